"""One table for all tests of the catalogue, and one rewrite of every case."""

from __future__ import annotations

from pathlib import Path

import adversarial
import pytest
from case_jobs import CaseJobs


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The adversarial table."""
    folder = tmp_path_factory.mktemp("data") / "table"
    adversarial.write(folder)
    return folder


@pytest.fixture(scope="session")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> CaseJobs:
    """The cases as jobs."""
    return CaseJobs(tmp_path_factory.mktemp("jobs"))
