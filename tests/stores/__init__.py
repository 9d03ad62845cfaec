"""Stores in a database, and servers that share them."""
