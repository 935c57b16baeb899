"""Score the analyzer against hand-made labels of real repositories.

`python scripts/score_corpus.py LABELS SCORER ROOT`: ROOT holds each repository as OWNER+NAME at the labelled commit,
SCORER is the program that knows the labels' format. It is run on a fresh report with the marks that have to be reached.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

MARKS = {"tag": 0.95, "verdict": 0.90, "stage_recall": 0.95, "stage_precision": 0.95}


def main(labels: str, scorer: str, root: str) -> int:
    """Analyse the corpus anew and score it; 0 when every mark is reached."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        analyze = [sys.executable, "-m", "migrate", "analyze", root, "--no-cache", "--format", "json"]
        subprocess.run([*analyze, "--output", str(report)], check=True)
        least = [part for key, mark in MARKS.items() for part in ("--min", f"{key}={mark}")]
        score = [sys.executable, scorer, "--labels", labels, "--report", str(report), "--misses", *least]
        return subprocess.run(score, check=False).returncode


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
