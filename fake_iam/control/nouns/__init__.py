"""The nouns, each declared once: from it follow its seed, dump, dates, import, schema and page."""
