"""What a job takes on its command line, and where it reads and writes: the facts behind a parity spec."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.frontend.module import Module
from migrate.translate.locate import bound_value, functions


@dataclass(frozen=True)
class Option:
    """One option of an argparse parser: its flag, the attribute it sets, whether it must be given."""

    flag: str
    dest: str
    required: bool


@dataclass(frozen=True)
class Place:
    """A path as the job builds it: the option it starts from and the rest below it (empty for the option itself)."""

    dest: str
    below: str


def options(module: Module) -> list[Option]:
    """The options and positional arguments that the job's ``add_argument`` calls declare, in their order."""
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_argument":
            flags = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if not flags:
                continue
            known = {keyword.arg: keyword.value for keyword in node.keywords}
            flag = next((flag for flag in flags if flag.startswith("--")), flags[0])
            given = known.get("dest")
            dest = given.value if isinstance(given, ast.Constant) else flag.lstrip("-").replace("-", "_")
            required = known.get("required")
            must = not flag.startswith("-") or (isinstance(required, ast.Constant) and bool(required.value))
            found.append((node.lineno, Option(flag, str(dest), must)))
    return [option for _, option in sorted(found, key=lambda item: item[0])]


def place_of(node: ast.expr, module: Module, scope: str, depth: int = 4) -> Place | None:
    """Where a path expression leads: ``os.path.join(args.output, "features")`` is ``features`` below ``output``.

    Follows variables, f-strings, ``+`` and the arguments of the functions of the file; None where it cannot be told.
    """
    if depth == 0:
        return None
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return Place(node.attr, "")
    if isinstance(node, ast.Name):
        value = bound_value(module, node.id, scope) if scope in functions(module) or not scope else None
        if value is not None:
            return place_of(value, module, scope, depth - 1)
        passed = _passed(node.id, module, scope)
        return place_of(passed[0], module, passed[1], depth - 1) if passed else None
    parts: list[ast.expr] = []
    if isinstance(node, ast.Call) and (module.resolve(node.func) or "").endswith("path.join"):
        parts = list(node.args)
    elif isinstance(node, ast.JoinedStr):
        parts = [v.value if isinstance(v, ast.FormattedValue) else v for v in node.values]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Div):
        parts = [node.left, node.right]
    if not parts:
        return None
    root = place_of(parts[0], module, scope, depth - 1)
    rest = [part.value for part in parts[1:] if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    if root is None or len(rest) < len(parts) - 1:
        return None
    return Place(root.dest, "/".join(p.strip("/") for p in [root.below, *rest] if p.strip("/")))


def _passed(name: str, module: Module, scope: str) -> tuple[ast.expr, str] | None:
    """The argument that the one caller of a function passes for a parameter, with the caller's scope."""
    function = functions(module).get(scope)
    names = [argument.arg for argument in function.args.args] if function else []
    if function is None or name not in names:
        return None
    for caller, body in {"": module.tree, **functions(module)}.items():
        if caller == scope:
            continue
        for node in ast.walk(body):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function.name:
                position = names.index(name)
                if position < len(node.args):
                    return node.args[position], _innermost(module, node) if caller == "" else caller
    return None


def _innermost(module: Module, node: ast.AST) -> str:
    line = getattr(node, "lineno", 0)
    holding = [
        (function.lineno, scope)
        for scope, function in functions(module).items()
        if function.lineno <= line <= (function.end_lineno or 0)
    ]
    return max(holding)[1] if holding else ""
