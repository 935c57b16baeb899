#!/usr/bin/env python3
"""Resolve requirements/*.in into the pins of requirements/*.txt, for every supported Python at once (needs network)."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV_COMPILE = ("uv", "pip", "compile", "--quiet", "--universal", "--python-version=3.10", "--no-header", "--no-annotate")


def main() -> None:
    pins = ROOT / "requirements"
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        subprocess.run([sys.executable, "-m", "venv", str(scratch / "venv")], check=True)
        subprocess.run([str(scratch / "venv/bin/pip"), "install", "--quiet", "uv"], check=True)
        _compile(scratch, str(pins / "spark.in"), output=pins / "spark.txt")
        # Both engines on the same numpy and PyArrow, or a difference of theirs would look like one of the engines'.
        shared = [line for line in (pins / "spark.txt").read_text().splitlines() if not line.startswith("pandas==")]
        (scratch / "shared.txt").write_text("\n".join(shared))
        constraint = f"--constraint={scratch / 'shared.txt'}"
        _compile(scratch, "pyproject.toml", str(pins / "ray.in"), "--extra=dev", constraint, output=pins / "ray.txt")


def _compile(scratch: Path, *arguments: str, output: Path) -> None:
    uv, *rest = UV_COMPILE
    command = [str(scratch / "venv/bin" / uv), *rest, *arguments, f"--output-file={output}"]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
