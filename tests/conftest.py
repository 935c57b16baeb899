"""What every room's tests may ask for: the checkout, and the interpreter of the Spark side."""

from __future__ import annotations

from pathlib import Path

import pytest

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
