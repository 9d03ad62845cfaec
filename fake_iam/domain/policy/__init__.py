"""Policies as documents: what may be written in them."""
