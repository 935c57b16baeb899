"""Move Python-heavy PySpark jobs to Ray, and prove that nothing changed."""

__version__ = "0.1.0"
