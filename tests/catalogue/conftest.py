"""One table for all tests of the catalogue."""

from __future__ import annotations

from pathlib import Path

import adversarial
import pytest


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The adversarial table."""
    folder = tmp_path_factory.mktemp("data") / "table"
    adversarial.write(folder)
    return folder
