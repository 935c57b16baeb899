"""The whole road once: the flagship job analysed, rewritten, run on both engines and compared.

Works on a copy of the sample under build/demo, so that the checkout stays as it is. What it prints are the commands
that a person would type, and what they say.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "samples" / "spark_mllib_horovod"
JOB = "train_photos.py"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--images", type=int, default=1200, help="photos to make (default %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="seed of the photos (default %(default)s)")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "demo")
    options = parser.parse_args()
    started = time.monotonic()
    folder = options.folder.resolve()
    inputs, job, report = folder / f"photos-{options.images}-{options.seed}", folder / "job", folder / "report.html"
    if not inputs.is_dir():
        making = inputs.with_name(f".{inputs.name}")
        shutil.rmtree(making, ignore_errors=True)  # photos of an interrupted run
        run("make_inputs.py", "--output", making, "--images", options.images, "--seed", options.seed, tool=SAMPLE)
        making.rename(inputs)
    shutil.rmtree(job, ignore_errors=True)
    shutil.copytree(SAMPLE, job, ignore=shutil.ignore_patterns("__pycache__", "*_ray"))
    run("migrate", "analyze", job)
    run("migrate", "rewrite", job / JOB)
    code = run(
        *("migrate", "parity", job / f"{JOB.removesuffix('.py')}_ray" / "parity.toml"),
        *("--inputs", inputs),
        *("--spark-python", python_of("spark"), "--ray-python", python_of("ray")),
        *("--run-dir", fresh(folder / "runs")),
        *("--timeout", "900"),
        may_fail=True,
    )
    newest = max((folder / "runs").glob("*/report.html"), default=None, key=lambda path: path.stat().st_mtime)
    if newest is not None:
        shutil.copy(newest, report)
        print(f"\nThe report as a page: {report}")
    print(f"The demo took {time.monotonic() - started:.0f} s and ends with exit {code}.")
    return code


def python_of(side: str) -> Path:
    """The interpreter of one of the environments that the set-up builds."""
    return ROOT / ".venv" / side / "bin" / "python"


def fresh(folder: Path) -> Path:
    """A run folder of its own: an existing one is never written over."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder / time.strftime("%Y%m%d-%H%M%S")


def run(*words: object, tool: Path | None = None, may_fail: bool = False) -> int:
    """Print a command and run it with this interpreter; anything but success ends the demo unless ``may_fail``."""
    texts = [str(word) for word in words]
    shown = [os.path.relpath(text) if text.startswith(str(ROOT)) else text for text in texts]
    print(f"\n$ {'python ' if tool else ''}{shlex.join(shown)}", flush=True)
    start = [sys.executable, str(tool / texts[0])] if tool else [sys.executable, "-m", texts[0]]
    code = subprocess.run([*start, *texts[1:]], check=False).returncode
    if code and not may_fail:
        sys.exit(f"The demo stops here: {texts[0]} {texts[1]} ended with exit {code}.")
    return code


if __name__ == "__main__":
    sys.exit(main())
