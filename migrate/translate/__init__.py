"""Pieces of PySpark source as pieces of Ray source: column expressions, types, train functions; and edits on text."""
