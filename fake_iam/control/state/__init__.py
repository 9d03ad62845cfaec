"""The state as a document: seeds, dumps, imports, dates."""
