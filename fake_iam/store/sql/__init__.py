"""Rows in a database, by SQLAlchemy Core: they outlive the process, and several processes may share them."""
