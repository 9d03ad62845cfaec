"""How documents, moments and spans are read, and what is said of those that cannot be."""
