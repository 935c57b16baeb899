"""Finds where a train function saves its model on rank 0 and reads it again: to Ray Train that is a checkpoint."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeGuard

from migrate.frontend.module import Module
from migrate.mapping import Edit
from migrate.translate.edits import Lines, stands_alone
from migrate.translate.locate import bound_value


class Checkpoints:
    """The saves of one train function. ``is_rank`` says whether an expression asks for the worker's rank."""

    def __init__(self, module: Module, function: ast.FunctionDef, is_rank: Callable[[ast.expr], bool]) -> None:
        self.module, self.function, self._asks_rank = module, function, is_rank
        self.loops: list[ast.For] = []
        self.reported = False

    def report(self, statement: ast.If) -> Edit | None:
        """The edit that reports what the statement saves, None where it does not do so for all ranks."""
        if not (self._saves_on_rank_0(statement) and self._all_ranks_pass(statement)):
            return None
        self.reported = True
        return self._report(statement)

    def note(self, reached: Iterable[ast.FunctionDef]) -> str | None:
        """What to say of a save that is not reported, in the function or another one that it reaches."""
        saves = [node for function in reached for node in ast.walk(function) if self._saves(node)]
        if not saves or self.reported:
            return None
        return (
            f"what {self.function.name} saves on line {saves[0].lineno} is not reported to Ray Train as a checkpoint: "
            f"it is not saved on rank 0 alone, at a place that every rank comes by"
        )

    def restore(self, reads: Iterable[ast.FunctionDef], gone: set[ast.stmt]) -> Edit | None:
        """The edit that brings back what was reported, None where nothing is reported or ``reads`` never load a file.

        It goes in front of the first statement that is not in ``gone``, and so in front of all that may look for it.
        """
        loads = (node for function in reads for node in ast.walk(function) if isinstance(node, ast.Call))
        if not self.reported or not any(self.module.resolve(node.func) == "torch.load" for node in loads):
            return None
        lines = Lines(self.module.text)
        spans = (self.module.span(one) for one in self.function.body if one not in gone and not _is_docstring(one))
        span = next(one for one in spans if stands_alone(lines, one))
        before = replace(span, end_line=span.line, end_column=span.column)
        return Edit(before, f"restore_saved()\n{lines.indent(span.line)}")

    def _saves(self, node: ast.AST) -> TypeGuard[ast.Call]:
        return isinstance(node, ast.Call) and self.module.resolve(node.func) == "torch.save"

    def _saves_on_rank_0(self, statement: ast.If) -> bool:
        return self._is_rank_0(statement.test) and not statement.orelse and self._saved_path(statement) is not None

    def _is_rank_0(self, test: ast.expr) -> bool:
        """``hvd.rank() == 0``, ``0 == hvd.rank()``, ``not hvd.rank()``, also by a variable that holds the rank."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return self._is_rank(test.operand)
        if not (isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)):
            return False
        sides = [test.left, test.comparators[0]]
        zero = any(isinstance(side, ast.Constant) and side.value == 0 for side in sides)
        return zero and any(self._is_rank(side) for side in sides)

    def _is_rank(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name):
            value = bound_value(self.module, node.id, self.function.name)
            return value is not None and self._asks_rank(value)
        return self._asks_rank(node)

    def _all_ranks_pass(self, statement: ast.If) -> bool:
        """Whether every rank comes by equally often: a report waits for all, so it must not hang on a condition."""
        around = self.loops[-1].body if len(self.loops) == 1 else self.function.body
        if self.loops and (len(self.loops) > 1 or self.loops[0] not in self.function.body):
            return False
        if statement not in around or any(_leaves_early(other) for other in around[: around.index(statement)]):
            return False
        path = self._saved_path(statement)
        used = {n.id for n in ast.walk(ast.parse(path or "", mode="eval")) if isinstance(n, ast.Name)}
        bound = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        return not used & bound and stands_alone(Lines(self.module.text), self.module.span(statement))

    def _saved_path(self, statement: ast.stmt) -> str | None:
        saves = [node for node in ast.walk(statement) if self._saves(node) and len(node.args) >= 2]
        return self.module.segment(saves[0].args[1]) if len(saves) == 1 else None

    def _report(self, statement: ast.If) -> Edit:
        lines = Lines(self.module.text)
        span = self.module.span(statement)
        end = len(lines.line(span.end_line))
        after = replace(span, line=span.end_line, column=end, end_column=end)
        text = f"\n{lines.indent(span.line)}report_saved({self._metrics(statement)}, {self._saved_path(statement)})"
        return Edit(after, text)

    def _metrics(self, before: ast.stmt) -> str:
        """What to report: the row that the loop appends to its history, else the epoch."""
        if not self.loops:
            return "{}"
        # Only what every rank appends is there on every rank.
        plain = [s.value for s in self.loops[-1].body if isinstance(s, ast.Expr)]
        for node in plain:
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "append"
                and isinstance(node.func.value, ast.Name)
                and node.args
                and isinstance(node.args[0], ast.Dict)
                and node.lineno < before.lineno
            ):
                return f"{node.func.value.id}[-1]"
        target = self.loops[-1].target
        return f'{{"{target.id}": {target.id}}}' if isinstance(target, ast.Name) else "{}"


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _leaves_early(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Continue | ast.Break | ast.Return) for node in ast.walk(statement))
