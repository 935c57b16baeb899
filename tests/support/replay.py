"""Stands in for a side that has run already: copies its recorded outputs and hand-offs. Run as a parity command."""

import os
import shutil
import sys
from pathlib import Path

run, out = Path(sys.argv[1]), Path(sys.argv[2])
names = sys.argv[3:]
for entry in (run / "out").iterdir():
    if not names or entry.name in names:
        copy = shutil.copytree if entry.is_dir() else shutil.copy
        copy(entry, out / entry.name)
if names and (run / "handoff").is_dir():
    shutil.copytree(run / "handoff", os.environ["HANDOFF_DIR"], dirs_exist_ok=True, ignore=lambda *_: {"ray_train"})
