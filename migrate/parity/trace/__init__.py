"""The folder that a step finds first on its PYTHONPATH: its `sitecustomize` notes what the engines do, and when."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
# Named here for the runner's side; `sitecustomize` runs where this package is not installed and names them again.
FILE = "MIGRATE_TRACE"
RUNNER = "MIGRATE_TRACE_RUNNER"
STAGES = "MIGRATE_STAGES"
