"""Temporary credentials, and for whom they are."""
