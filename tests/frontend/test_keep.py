"""Keep comments: which codes they name, and which lines they hold for."""

from __future__ import annotations

import pytest

from migrate.frontend.keep import keeps

BLOCK = "# migrate: keep SR401\n@udf\ndef f(x):\n    y = x\n    return y\nz = 1\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("x = 1  # migrate: keep SR401\n", (1, 1, {"SR401"}), id="behind code"),
        pytest.param("x = 1  # migrate: keep SR401, SR402\n", (1, 1, {"SR401", "SR402"}), id="two codes"),
        pytest.param("x = 1  # migrate: keep sr401 SR402\n", (1, 1, {"SR401", "SR402"}), id="small letters, no comma"),
        pytest.param("x = 1  # migrate: keep S401\n", (1, 1, {"S401"}), id="a code that does not exist"),
        pytest.param("x = 1  #migrate:keep\n", (1, 1, None), id="all codes"),
        pytest.param("x = 1  # migrate: keep (agreed in 2024)\n", (1, 1, None), id="all codes, with a reason"),
        pytest.param("# migrate: keep SR401 (agreed)\n\n# why\nx = 1\n", (4, 4, {"SR401"}), id="above code"),
        pytest.param("# migrate: keep SR401\nx = f(\n    1,\n)\n", (2, 4, {"SR401"}), id="above a long statement"),
        pytest.param("x = f(  # migrate: keep SR401\n    1,\n)\n", (1, 1, {"SR401"}), id="within a long statement"),
        pytest.param("x = f(\n    # migrate: keep SR401\n    1,\n)\n", (3, 3, {"SR401"}), id="above one of its lines"),
        pytest.param(BLOCK, (2, 5, {"SR401"}), id="above a function"),
        pytest.param("if a:\n    # migrate: keep\n    b()\n    c()\n", (3, 3, None), id="above a line of a block"),
        pytest.param("x = 1\n# migrate: keep SR401\n", (2, 2, {"SR401"}), id="above nothing"),
        pytest.param("x = 1  # migrate: keep SR401\nprint 'x\n", (1, 1, {"SR401"}), id="broken code after it"),
        pytest.param("x = '# migrate: keep SR401'\n", None, id="in a string"),
        pytest.param("x = 1  # migrates: keep SR401\n", None, id="another word"),
        pytest.param("x = 1  # migrate: keeper SR401\n", None, id="a longer word"),
        pytest.param("x = 1\n", None, id="none"),
    ],
)
def test_what_a_comment_keeps(source: str, expected: tuple[int, int, set[str] | None] | None) -> None:
    assert [(keep.first, keep.last, keep.codes) for keep in keeps(source)] == ([] if expected is None else [expected])
