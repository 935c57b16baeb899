"""The memory of one batch is used again for the next, and not given back and cleared in between."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource, sys
import numpy as np
from migrate.oracle.executors.local import keep_freed_memory

if sys.argv[1] == "keep":
    keep_freed_memory()
for _ in range(200):
    batch = [np.ones(1 << 16, np.uint64) for _ in range(8)]
    del batch
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told what to keep")
def test_pages_are_not_asked_for_again_with_every_batch() -> None:
    faults = {
        how: int(subprocess.run([sys.executable, "-c", FAULTS, how], capture_output=True, check=True).stdout)
        for how in ("give back", "keep")
    }
    assert faults["keep"] * 3 < faults["give back"]
