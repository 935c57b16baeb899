"""The shape of the package: who may import whom, and what is imported only when it is needed."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

# A room may import itself and the rooms above it.
ROOMS = (
    "errors",
    "findings",
    "ir",
    "templating",
    "rules",
    "frontend",
    "mapping",
    "translate",
    "catalogue",
    "passes",
    "emit",
    "report",
    "rewrite",
    "cache",
    "inventory",
    "oracle",
    "parity",
    "doctor",
    "cli",
    "__main__",
)
# Imported by a function that needs it, never by merely importing the toolkit.
ENGINES = {"pyspark", "ray", "torch", "horovod"}


@dataclass(frozen=True)
class Import:
    """One import of a module: the room it stands in, what it names, and whether it runs on import."""

    file: str
    line: int
    room: str
    target: str
    on_import: bool

    @property
    def top(self) -> str:
        return self.target.split(".")[0]

    @property
    def target_room(self) -> str | None:
        """The room of this package that is imported; None for other packages and for the version alone."""
        parts = self.target.split(".")
        return parts[1] if parts[0] == "migrate" and len(parts) > 1 and not parts[1].startswith("__version") else None


def imports_of(package: Path) -> list[Import]:
    found: list[Import] = []
    for file in sorted(package.rglob("*.py")):
        relative = file.relative_to(package)
        room = relative.parts[0].removesuffix(".py")
        tree = ast.parse(file.read_text(encoding="utf-8"))
        lazy = set(_never_run_on_import(tree))
        for node in ast.walk(tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                found += (
                    Import(str(relative), node.lineno, room, target, node not in lazy)
                    for target in _targets(node, relative)
                )
    return found


def _targets(node: ast.Import | ast.ImportFrom, file: Path) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = node.module or ""
    if node.level:
        above = ("migrate", *file.parent.parts)[: len(file.parent.parts) + 2 - node.level]
        base = ".".join([*above, *filter(None, [base])])
    # `from migrate import ir` names the room in the list of names.
    return [f"migrate.{alias.name}" for alias in node.names] if base == "migrate" else [base]


def _never_run_on_import(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        inside_function = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for_types_only = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        if inside_function or for_types_only:
            yield from ast.walk(node)


def points_up(found: list[Import]) -> list[str]:
    order = {room: number for number, room in enumerate(ROOMS)}
    return [
        f"{one.file}:{one.line}: {one.room} imports {one.target}"
        for one in found
        if one.target_room is not None
        and one.room != "__init__"
        and order.get(one.target_room, len(ROOMS)) > order.get(one.room, -1)
    ]


def engines_on_import(found: list[Import]) -> list[str]:
    return [f"{one.file}:{one.line}: {one.target}" for one in found if one.on_import and one.top in ENGINES]


@pytest.fixture(scope="module")
def found(checkout: Path) -> list[Import]:
    return imports_of(checkout / "migrate")


def test_every_room_has_its_place(checkout: Path) -> None:
    there = {path.stem for path in (checkout / "migrate").iterdir() if path.suffix == ".py" or _is_package(path)}
    assert there - set(ROOMS) == {"__init__"}, "give a new room its place in ROOMS"


def _is_package(path: Path) -> bool:
    return (path / "__init__.py").exists()


def test_imports_point_one_way(found: list[Import]) -> None:
    assert points_up(found) == []


def test_no_engine_is_loaded_by_importing_the_toolkit(found: list[Import]) -> None:
    assert engines_on_import(found) == []


@pytest.mark.parametrize(
    ("file", "source", "check", "complaints"),
    [
        pytest.param("ir.py", "from migrate.cli import run", points_up, 1, id="vocabulary on the command line"),
        pytest.param("ir.py", "from migrate import parity", points_up, 1, id="a room among the names"),
        pytest.param("report/a.py", "from ..oracle import compare", points_up, 1, id="relative"),
        pytest.param("oracle/a.py", "def f():\n    import migrate.parity", points_up, 1, id="lazy is no excuse"),
        pytest.param("cli/a.py", "from migrate.ir import Job", points_up, 0, id="downwards"),
        pytest.param("oracle/a.py", "from migrate.oracle.b import c", points_up, 0, id="within a room"),
        pytest.param("doctor.py", "from migrate import __version__", points_up, 0, id="the version"),
        pytest.param("emit/a.py", "import ray.data", engines_on_import, 1, id="engine at the top"),
        pytest.param("emit/a.py", "if True:\n    import torch", engines_on_import, 1, id="engine in a block"),
        pytest.param("emit/a.py", "def f():\n    import torch", engines_on_import, 0, id="engine in a function"),
        pytest.param("emit/a.py", "import raylike", engines_on_import, 0, id="a name that only begins so"),
    ],
)
def test_the_checks_themselves(file: str, source: str, check: object, complaints: int, tmp_path: Path) -> None:
    module = tmp_path / file
    module.parent.mkdir(exist_ok=True)
    module.write_text(textwrap.dedent(source))
    assert callable(check)
    assert len(check(imports_of(tmp_path))) == complaints
