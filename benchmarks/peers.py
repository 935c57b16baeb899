"""The open peers of the analyzer, each in an environment of its own, with rules that ask what the analyzer answers."""

from __future__ import annotations

import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

RULES = Path(__file__).with_name("semgrep_rules.yaml")


@dataclass(frozen=True)
class Peer:
    """A package of PyPI and the arguments that make it read a ``{folder}`` or a ``{file}``."""

    package: str
    arguments: tuple[str, ...]
    says: str

    def command(self, environments: Path, folder: Path) -> list[str]:
        """How it is called; one whose ``arguments`` want a ``{file}`` is called for each file, two at a time."""
        program = environments / self.package / "bin" / self.package
        filled = [part.format(folder=folder, rules=RULES, file="{}") for part in self.arguments]
        if "{}" not in filled:
            return [str(program), *filled]
        one = shlex.join([str(program), *filled])
        return ["sh", "-c", f"find {shlex.quote(str(folder))} -name '*.py' | xargs -P 2 -I {{}} {one}"]

    def build(self, environments: Path) -> None:
        """Its environment, made where it is missing (needs a network)."""
        place = environments / self.package
        if not (place / "bin" / self.package).exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
            subprocess.run([str(place / "bin" / "pip"), "install", "--quiet", self.package], check=True)


PEERS = (
    Peer("pysparkler", ("upgrade", "--input-file", "{file}", "--dry-run"), "moves PySpark 2 to 3, a file a run"),
    Peer(
        "semgrep",
        (
            *("scan", "--config", "{rules}", "--metrics", "off", "--disable-version-check", "--no-git-ignore"),
            *("--jobs", "2", "--json", "--quiet", "{folder}"),
        ),
        "the heavy kinds as patterns; no jobs, no flow of data",
    ),
)
