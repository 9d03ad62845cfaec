"""Policies as things with a name: managed, inline, attached."""
