"""Puts import lines where an import sorter would."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from migrate.translate.edits import physical_lines
from migrate.translate.names import names_used


def add_imports(text: str, wanted: Iterable[str], above: Iterable[str] = ()) -> str:
    """The text with those import lines, each in the block and at the place where sorted imports have it.

    ``from a import b`` joins an import of ``a`` that is there on one line already. Lines that are there stay alone.
    All come to stand above the first statement that reads what they bind or one of the names ``above``.
    """
    names = frozenset(above)
    for line in sorted(set(wanted)):
        text = _add(text, line, names)
    return text


def imports_above(tree: ast.Module, names: frozenset[str]) -> list[ast.Import | ast.ImportFrom]:
    """The top-level imports that stand above the first statement which reads one of those names."""
    found: list[ast.Import | ast.ImportFrom] = []
    for statement in tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            found.append(statement)
        elif names & names_used(statement):
            break
    return found


def _add(text: str, line: str, above: frozenset[str]) -> str:
    tree = ast.parse(text)
    new = ast.parse(line).body[0]
    assert isinstance(new, ast.Import | ast.ImportFrom)
    existing = imports_above(tree, above.union(alias.asname or alias.name.split(".")[0] for alias in new.names))
    lines = physical_lines(text)
    shared = {line for line, count in Counter(n.lineno for n in tree.body).items() if count > 1}
    for node in existing:
        if isinstance(node, ast.ImportFrom) and isinstance(new, ast.ImportFrom) and node.module == new.module:
            have = {ast.unparse(alias) for alias in node.names}
            want = {ast.unparse(alias) for alias in new.names}
            if want <= have or "*" in have:
                return text
            if node.lineno in shared or node.level:
                continue
            names = ", ".join(sorted(have | want, key=_name_order))
            lines[node.lineno - 1 : node.end_lineno] = [f"from {node.module} import {names}\n"]
            return "".join(lines)
        if ast.unparse(node) == ast.unparse(new):
            return text
    same = _first_block([node for node in existing if _group(node) == _group(new)])
    following = [node for node in same if _order(node) > _order(new)]
    if following:
        lines.insert(following[0].lineno - 1, line + "\n")
    elif same:
        lines.insert(same[-1].end_lineno or same[-1].lineno, line + "\n")
    else:
        later = [node for node in existing if _group(node) > _group(new)]
        if later:
            lines.insert(later[0].lineno - 1, line + "\n\n")
        elif existing:
            lines.insert(existing[-1].end_lineno or existing[-1].lineno, "\n" + line + "\n")
        else:
            at = _after_docstring(tree)
            lines.insert(at, f"{line}\n" if lines[at : at + 1] == ["\n"] else f"{line}\n\n")
    return "".join(lines)


def _first_block(nodes: list[ast.Import | ast.ImportFrom]) -> list[ast.Import | ast.ImportFrom]:
    """The nodes up to the first blank line between them: behind it stand the modules of the job itself."""
    for earlier, later in pairwise(nodes):
        if later.lineno > (earlier.end_lineno or earlier.lineno) + 1:
            return nodes[: nodes.index(later)]
    return nodes


def _after_docstring(tree: ast.Module) -> int:
    first = tree.body[0] if tree.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return first.end_lineno or first.lineno
    return 0


def _module(node: ast.Import | ast.ImportFrom) -> str:
    return (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name


def _group(node: ast.Import | ast.ImportFrom) -> int:
    name = _module(node).split(".")[0]
    if name == "__future__":
        return 0
    return 1 if name in sys.stdlib_module_names else 2


def _order(node: ast.Import | ast.ImportFrom) -> tuple[bool, list[str]]:
    return isinstance(node, ast.ImportFrom), [part.lower() for part in _module(node).split(".")]


def _name_order(name: str) -> tuple[int, str]:
    """Constants, classes, functions, as ruff and isort have them."""
    bare = re.split(r"\s", name)[0]
    return (0 if bare.isupper() else 1 if bare[:1].isupper() else 2), bare
