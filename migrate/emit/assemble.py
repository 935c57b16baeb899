"""One part of a job as a file: edits made, dead code gone, imports and helpers in place, formatted."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from migrate.emit.collide import refuse_collisions
from migrate.emit.flow import CannotCut, Flow, Part
from migrate.emit.imports import add_imports, imports_above
from migrate.emit.prune import prune
from migrate.emit.siblings import find_siblings, refuse_relative, shipped, siblings
from migrate.emit.style import formatted
from migrate.emit.uses import stores
from migrate.frontend.module import Module
from migrate.ir import Engine
from migrate.mapping import Edit, NotCarried
from migrate.translate import accumulators, broadcasts, rdds
from migrate.translate.edits import apply, physical_lines
from migrate.translate.foreign import SPARK_PACKAGES, foreign_imports
from migrate.translate.helpers import helper_source
from migrate.translate.locate import bound_value, functions
from migrate.translate.names import asked_of, names_used
from migrate.translate.spark_types import arrow_type
from migrate.translate.stand_ins import helpers_for, renames
from migrate.translate.udfs import udfs_of

_COOKIE = re.compile(r"^([ \t\f]*#.*?coding[:=][ \t]*)([-\w.]+)")
_INIT = "{{ray_init}}"
_CLUSTER = "ray.cluster_resources("
_HANDOFF = (
    "# Where Spark and Ray meet: storage that both can reach.\n"
    'HANDOFF = os.environ.get("HANDOFF_DIR", os.path.join(os.path.dirname(os.path.abspath(__file__)), "handoff"))'
)


@dataclass(frozen=True)
class Layout:
    """Where things stand: the job's file, the folder of the emitted files, and the way from the one to the other."""

    job: Path
    target: Path

    @property
    def spark_name(self) -> str:
        """The file of the Spark part."""
        return f"{self.job.stem}_spark.py"

    @property
    def ray_name(self) -> str:
        """The file of the Ray part."""
        return f"{self.job.stem}_ray.py"

    @property
    def way_back(self) -> str:
        """The job's folder, seen from the emitted files, with ``/``."""
        return os.path.relpath(self.job.parent, self.target).replace(os.sep, "/")

    @property
    def way_there(self) -> str:
        """The folder of the emitted files, seen from the job's, with ``/``."""
        return os.path.relpath(self.target, self.job.parent).replace(os.sep, "/")

    @property
    def folder(self) -> str:
        """The job's folder as an expression of the emitted file."""
        here = "os.path.dirname(os.path.abspath(__file__))"
        if self.way_back == ".":
            return here
        if self.way_back == "..":
            return f"os.path.dirname({here})"
        return f"os.path.normpath(os.path.join({here}, {self.way_back!r}))"


def ray_text(part: Part, flow: Flow, layout: Layout) -> str:
    """The Ray job, not yet formatted: runs from the job's folder, needs Ray, PyArrow and the user's own imports."""
    module, project = flow.module, flow.project
    edits = [*part.edits, *_udf_edits(module), *_type_edits(module), *renames(module)]
    text = _pruned(module, edits, SPARK_PACKAGES)
    used = names_used(ast.parse(text))
    _ask_for_udfs(part, module, used)
    part.helpers |= {module.HELPER for module in (accumulators, broadcasts) if module.NAME in used}
    part.helpers |= helpers_for(module, used)
    own = siblings(ast.parse(text), module, project)
    constants, arguments, environment = [], [], []
    if own:
        files = ", ".join(f'os.path.join(JOB, "{name}")' for name in shipped(own))
        constants += [f"JOB = {layout.folder}", f"MODULES = [{files}]  # travel to Ray's workers"]
        environment.append('"py_modules": MODULES')
    if rdds.BY_HASH in part.sorts:
        environment.append('"env_vars": {"PYTHONHASHSEED": "0"}')
    if environment:
        arguments.append(f"runtime_env={{{', '.join(environment)}}}")
    if text.count(_INIT) > 1:
        arguments.append("ignore_reinit_error=True")
    asked = {name for tree in (ast.parse(text), *(m.tree for m in own.values())) for name in asked_of(tree)}
    helpers, imports = helper_source(part.helpers, part.sorts, asked)
    if "HANDOFF" in names_used(ast.parse(text)) | names_used(ast.parse(helpers)):
        constants.insert(0, _HANDOFF)
    init = f"ray.init({', '.join(arguments)})"
    # A launcher finds its session by itself, so a job need not make one; what the cluster has is asked all the same.
    asked_early = _INIT not in text and _CLUSTER in text + helpers
    block = "\n\n\n".join(piece for piece in ("\n".join(constants), helpers, init if asked_early else "") if piece)
    plain = text.replace(_INIT, "pass")
    text = text.replace(_INIT, init)
    wanted = {*part.imports, *imports, "import ray", *_missing(text, block)}
    refuse_collisions(plain, block, wanted, [edit.text for edit in edits], module)
    text = _with_block(text, block, wanted)
    if own:
        text = find_siblings(text, module, project, layout.folder)
    _refuse_foreign(text, flow)
    return text


def _refuse_foreign(text: str, flow: Flow) -> None:
    """CannotCut where Spark is still imported, for the stages of the functions that do."""
    tree = ast.parse(text)
    for _, package in foreign_imports(tree):
        importers = {
            scope
            for scope, function in functions(Module("", text, tree, "")).items()
            if any(foreign_imports(ast.Module(function.body, [])))
        }
        stages = {stage.id for stage in flow.here if stage.scope in importers and stage.engine is Engine.RAY}
        raise CannotCut(f"the Ray part would still import {package}", stages)


def spark_text(part: Part, flow: Flow, layout: Layout) -> str:
    """The surviving Spark part, not yet formatted: the job as it was up to the hand-off."""
    module, project = flow.module, flow.project
    text = _pruned(module, part.edits, ())
    if part.helpers:
        helpers, imports = helper_source(part.helpers, part.sorts)
        block = f"{_HANDOFF}\n\n\n{helpers}"
        refuse_collisions(text, block, imports, [edit.text for edit in part.edits], module)
        text = _with_block(text, block, imports)
    if siblings(ast.parse(text), module, project):
        text = find_siblings(text, module, project, layout.folder)
    return text


def _pruned(module: Module, edits: Iterable[Edit], foreign: Iterable[str]) -> str:
    """The edited text with line feeds alone, or NotCarried where the edits do not fit together."""
    try:
        text = apply(module.text, edits)
        text = re.sub(r"\r\n?", "\n", text)
        tree = ast.parse(text)
    except (ValueError, SyntaxError) as error:
        line = getattr(error, "lineno", None)
        raise NotCarried(f"what moves cannot be cut out of the text{f' near line {line}' if line else ''}") from error
    refuse_relative(tree)
    return _utf8(prune(text, module.tree, foreign))


def _utf8(text: str) -> str:
    """The text with its coding line, where it has one, saying what the emitted file is written in."""
    lines = physical_lines(text)
    for number, line in enumerate(lines[:2]):
        lines[number] = _COOKIE.sub(r"\g<1>utf-8", line)
    return "".join(lines)


def _missing(text: str, block: str) -> set[str]:
    """Imports of the modules that emitted text, the job's or its helpers', always names in full."""
    tree = ast.parse(text)
    known = {"os": "import os", "pa": "import pyarrow as pa", "partial": "from functools import partial"}
    bound = {
        a.asname or a.name.split(".")[0]
        for n in tree.body
        if isinstance(n, ast.Import | ast.ImportFrom)
        for a in n.names
    }
    used = names_used(tree) | names_used(ast.parse(block))
    return {line for name, line in known.items() if name in used and (name not in bound or name == "pa")}


def _udf_edits(module: Module) -> list[Edit]:
    edits: list[Edit] = []
    for udf, scope in udfs_of(module):
        with suppress(NotCarried):  # its uses were refused for the same reason, so it stays in the Spark part only
            edits += udf.edits(module, scope)
    return edits


def _ask_for_udfs(part: Part, module: Module, used: set[str]) -> None:
    """Add the helpers of the UDFs that the emitted text makes."""
    for udf, scope in udfs_of(module):
        if udf.form is not None and udf.form.name in used:
            part.helpers.add(udf.form.helper)
            with suppress(NotCarried):
                part.sorts |= udf.arrow(module, scope).sorts


def _type_edits(module: Module) -> list[Edit]:
    edits = []
    for statement in ast.walk(module.tree):
        if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(statement.value, ast.Call):
            try:
                kind = arrow_type(statement.value, module.resolve, lambda name: bound_value(module, name, ""))
            except NotCarried:
                continue  # not a type, or one that only Spark's part uses
            edits.append(Edit(module.span(statement.value), kind.text))
    return edits


def _with_block(text: str, block: str, imports: Iterable[str]) -> str:
    """The text with those imports and, below the last import that stands above what needs it, the block."""
    names = frozenset[str]().union(*(stores(statement) for statement in ast.parse(block).body))
    text = add_imports(text, imports, names)
    if not block:
        return text
    tree = ast.parse(text)
    last = max((n.end_lineno or 0 for n in imports_above(tree, names)), default=docstring_end(tree))
    lines = physical_lines(text)
    after = last
    while after < len(lines) and not lines[after].strip():
        after += 1
    return "".join([*lines[:last], "\n", block, "\n\n\n", *lines[after:]])


def docstring_end(tree: ast.Module) -> int:
    """The line on which the docstring of a file ends, 0 where it has none."""
    first = tree.body[0] if tree.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return first.end_lineno or first.lineno
    return 0


def finished(text: str, module: Module, layout: Layout, note: str) -> str:
    """The text of a part as its file: with ``note`` in its head, formatted, with the job's ends of lines."""
    lines = physical_lines(text)
    at = docstring_end(ast.parse(text))
    comment = "".join(f"# {line}\n" for line in note.splitlines())
    head = at or next((n for n, line in enumerate(lines[:3]) if not re.match(r"#!|[ \t\f]*#.*?coding[:=]", line)), 0)
    text = _narrowed("".join([*lines[:head], "\n" if at else "", comment, *lines[head:]]), module.text)
    text = formatted(text, module.text.replace("\r\n", "\n"), layout.job)
    return text.replace("\n", "\r\n") if "\r\n" in module.text else text


def _narrowed(text: str, before: str) -> str:
    """The text without wider gaps than the job had, or two blank lines: what moved away leaves its own behind."""
    widest = max([2, *(len(gap) - 1 for gap in re.findall(r"\n{3,}", before.replace("\r\n", "\n")))])
    return re.sub(rf"\n{{{widest + 2},}}", "\n" * (widest + 1), text)
