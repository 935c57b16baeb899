"""`python -m migrate`: the command line without the console script."""

import sys

# ``-m`` puts the current folder first, so that a json.py of the analysed repository would be imported, and run, in
# place of Python's own. What is imported from here on is imported from elsewhere.
if __name__ == "__main__" and not getattr(sys.flags, "safe_path", False):
    del sys.path[0]

from migrate.cli import main

if __name__ == "__main__":
    main()
