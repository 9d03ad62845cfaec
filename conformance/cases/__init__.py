"""The cases, a file per noun."""
