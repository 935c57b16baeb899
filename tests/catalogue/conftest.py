"""One session of each engine and one table for all tests of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import adversarial
import pytest
from engines import Engines


@pytest.fixture(scope="session")
def engines(checkout: Path, spark_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """One session of each engine for all cases."""
    both = Engines.at(checkout, tmp_path_factory.mktemp("engines"))
    yield both
    both.stop()


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The adversarial table."""
    folder = tmp_path_factory.mktemp("data") / "table"
    adversarial.write(folder)
    return folder
