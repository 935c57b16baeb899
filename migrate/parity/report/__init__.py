"""A parity result as text, JSON, JUnit XML and one HTML page: each a function from the result to its text."""
