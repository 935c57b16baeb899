"""One part of a job as a file: edits made, dead code gone, imports and helpers in place, formatted."""

from __future__ import annotations

import ast
import os
from dataclasses import dataclass
from pathlib import Path

from migrate.emit.flow import Part
from migrate.emit.helpers import helper_source
from migrate.emit.imports import add_imports
from migrate.emit.prune import names_used, prune
from migrate.emit.style import formatted
from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.mapping import Edit, NotCarried
from migrate.translate.edits import apply
from migrate.translate.spark_types import arrow_type
from migrate.translate.udfs import udfs_of

_SPARK_PACKAGES = ("pyspark", "horovod", "sparkdl", "petastorm")


@dataclass(frozen=True)
class Layout:
    """Where things stand: the job's file, the emitted file, and the way from the one's folder to the other's."""

    job: Path
    target: Path

    @property
    def way_back(self) -> str:
        """The job's folder, seen from the folder of the emitted file, with ``/``."""
        return os.path.relpath(self.job.parent, self.target.parent).replace(os.sep, "/")


def ray_file(part: Part, module: Module, project: Project, layout: Layout, note: str) -> str:
    """The Ray job: runs from the job's folder, needs Ray, PyArrow and the user's own imports."""
    edits = [*part.edits, *_udf_edits(module, part), *_type_edits(module)]
    text = prune(apply(module.text, edits), module.tree, _SPARK_PACKAGES)
    siblings = _siblings(ast.parse(text), module, project)
    helpers, imports = helper_source(part.helpers, part.sorts)
    constants = []
    if "HANDOFF" in names_used(ast.parse(text)):
        constants.append(_HANDOFF)
    if siblings:
        files = ", ".join(f'os.path.join(JOB, "{name}")' for name in siblings)
        constants += [f"JOB = {_folder(layout.way_back)}", f"MODULES = [{files}]  # travel to Ray's workers"]
        text = text.replace("{{ray_init}}", 'ray.init(runtime_env={"py_modules": MODULES})')
    text = text.replace("{{ray_init}}", "ray.init()")
    text = _insert(text, "\n\n\n".join(piece for piece in ("\n".join(constants), helpers) if piece))
    wanted = {*part.imports, *imports, "import ray", *_missing(text)}
    text = add_imports(text, wanted)
    if siblings:
        text = _find_siblings(text, module, project, layout)
    return _finished(text, module, layout, note)


def spark_file(part: Part, module: Module, project: Project, layout: Layout, note: str) -> str:
    """The surviving Spark part: the job as it was up to the hand-off."""
    text = prune(apply(module.text, part.edits), module.tree, ())
    if part.helpers:
        helpers, imports = helper_source(part.helpers, part.sorts)
        text = add_imports(_insert(text, f"{_HANDOFF}\n\n\n{helpers}"), imports)
    if _siblings(ast.parse(text), module, project):
        text = _find_siblings(text, module, project, layout)
    return _finished(text, module, layout, note)


_HANDOFF = (
    "# Where Spark and Ray meet: storage that both can reach.\n"
    'HANDOFF = os.environ.get("HANDOFF_DIR", os.path.join(os.path.dirname(os.path.abspath(__file__)), "handoff"))'
)


def _folder(way_back: str) -> str:
    here = "os.path.dirname(os.path.abspath(__file__))"
    if way_back == ".":
        return here
    if way_back == "..":
        return f"os.path.dirname({here})"
    return f'os.path.normpath(os.path.join({here}, "{way_back}"))'


def _missing(text: str) -> set[str]:
    """Imports of the modules that emitted text always names in full."""
    tree = ast.parse(text)
    known = {"os": "import os", "pa": "import pyarrow as pa", "partial": "from functools import partial"}
    bound = {
        a.asname or a.name.split(".")[0]
        for n in tree.body
        if isinstance(n, ast.Import | ast.ImportFrom)
        for a in n.names
    }
    return {line for name, line in known.items() if name in names_used(tree) and name not in bound}


def _udf_edits(module: Module, part: Part) -> list[Edit]:
    edits = []
    for udf, scope in udfs_of(module):
        try:
            edits.append(udf.edit(module, scope))
            kind = udf.arrow(module, scope)
        except NotCarried:
            continue  # its uses were refused for the same reason, so it stays in the Spark part only
        if not any(_covers(edit, module, udf.maker) for edit in part.edits if not edit.text):
            part.sorts |= kind.sorts
            part.helpers.add("row_udf")
    return edits


def _covers(edit: Edit, module: Module, node: ast.AST) -> bool:
    span = module.span(node)
    return (edit.span.line, edit.span.column) <= (span.line, span.column) and (span.end_line, span.end_column) <= (
        edit.span.end_line,
        edit.span.end_column,
    )


def _type_edits(module: Module) -> list[Edit]:
    edits = []
    for statement in module.tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
            try:
                kind = arrow_type(statement.value, module.resolve, lambda name: None)
            except NotCarried:
                continue  # not a type, or one that only Spark's part uses
            edits.append(Edit(module.span(statement.value), kind.text))
    return edits


def _siblings(tree: ast.Module, module: Module, project: Project) -> list[str]:
    """The files of the job's own modules that a file imports, and what these import in turn, by path from the job's folder."""
    folder = os.path.dirname(module.path)
    found: list[str] = []
    open_ = [(module.path, tree)]
    while open_:
        importer, here = open_.pop()
        for node in ast.walk(here):
            for dotted in _imported(node):
                path = project.locate(importer, dotted)
                if path is None or path == module.path:
                    continue
                top = os.path.relpath(path, folder or ".").replace(os.sep, "/")
                shipped = top.split("/")[0] if "/" in top and not top.startswith("..") else top
                inner = project.module(path)
                if shipped not in found and inner is not None:
                    found.append(shipped)
                    open_.append((path, inner.tree))
    return sorted(found)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module]
    return []


def _find_siblings(text: str, module: Module, project: Project, layout: Layout) -> str:
    """The text with the job's folder on the path in front of the first import from it."""
    tree = ast.parse(text)
    for node in tree.body:
        if any(project.locate(module.path, dotted) for dotted in _imported(node)):
            lines = text.splitlines(keepends=True)
            lines.insert(node.lineno - 1, f"sys.path.insert(0, {_folder(layout.way_back)})\n")
            return add_imports("".join(lines), {"import os", "import sys"})
    return text


def _insert(text: str, block: str) -> str:
    """The text with a block below its last top-level import."""
    if not block:
        return text
    tree = ast.parse(text)
    last = max((n.end_lineno or 0 for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)), default=0)
    lines = text.splitlines(keepends=True)
    return "".join([*lines[:last], "\n", block, "\n\n\n", *lines[last:]])


def _finished(text: str, module: Module, layout: Layout, note: str) -> str:
    tree = ast.parse(text)
    first = tree.body[0] if tree.body else None
    lines = text.splitlines(keepends=True)
    at = 0
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        at = first.end_lineno or 0
    comment = "".join(f"# {line}\n" for line in note.splitlines())
    text = "".join([*lines[:at], "\n" if at else "", comment, *lines[at:]])
    return formatted(text, module.text, layout.job)
