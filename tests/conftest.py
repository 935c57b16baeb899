"""What every room's tests may ask for: the checkout, and the interpreter of the Spark side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import Engines

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder that holds pyproject.toml."""
    return CHECKOUT


@pytest.fixture(scope="session")
def spark_python() -> Path:
    """The interpreter that has PySpark and Horovod; `make env` builds it."""
    python = CHECKOUT / ".venv" / "spark" / "bin" / "python"
    if not python.exists():
        pytest.skip("there is no .venv/spark; `make env` builds it")
    return python


@pytest.fixture(scope="session")
def engines(checkout: Path, spark_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """One session of each engine for all tests."""
    both = Engines.at(checkout, tmp_path_factory.mktemp("engines"))
    yield both
    both.stop()
