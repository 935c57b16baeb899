"""The README says what the code does."""

from __future__ import annotations

from pathlib import Path

import readme_table

ROOT = Path(__file__).resolve().parents[1]


def test_the_table_of_what_moves_is_fresh() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme_table.BEGIN in text
    assert readme_table.updated(text) == text


def test_the_two_commands_are_targets_of_the_makefile() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test"):
        assert f"make {target}" in text
        assert f"\n{target}:" in makefile


def test_continuous_integration_calls_the_test_command() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
