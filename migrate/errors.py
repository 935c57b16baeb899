"""Expected failures of a run: one clear sentence for the person who started it."""


class MigrateError(Exception):
    """The run cannot be done. The message names the file, the line where there is one, and what to do about it."""
