"""The comparison as documents, each format a function from the frozen comparison to a string."""
