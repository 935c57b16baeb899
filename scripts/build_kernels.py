"""Compile the oracle's inner loops while a wheel is built or the checkout is installed; without a compiler, leave them.

Hatchling calls this (``tool.hatch.build.hooks.custom`` in pyproject.toml). The library needs no Python, only the
platform, so one wheel serves every version of Python there.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

KERNELS = "migrate/oracle/kernels"
FLAGS = ("-O3", "-std=c11", "-fPIC", "-shared")


class BuildKernels(BuildHookInterface[Any]):
    """Adds the library to what is built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or os.name != "posix":
            return
        library = Path(self.root) / KERNELS / "lanes.so"
        if why := compile_into(library, library.with_name("lanes.c")):
            self.app.display_warning(f"The comparison will use NumPy alone, which is slower: {why}")
            return
        build_data["artifacts"].append(f"{KERNELS}/{library.name}")
        build_data["pure_python"] = False
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["tag"] = f"py3-none-{platform}"


def compile_into(library: Path, source: Path) -> str | None:
    """Compile the source; why it was not, where it was not. No library of an earlier build is left in its place."""
    library.unlink(missing_ok=True)
    unfinished = library.with_suffix(".part")
    command = [*shlex.split(os.environ.get("CC") or "cc"), *FLAGS, str(source), "-o", str(unfinished)]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except OSError as error:
        return f"{command[0]} cannot be run ({error.strerror})."
    except subprocess.CalledProcessError as error:
        unfinished.unlink(missing_ok=True)
        return f"{command[0]} fails: {' '.join(error.stderr.split())}"
    unfinished.rename(library)
    return None
