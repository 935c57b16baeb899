"""Row UDFs of a job: where they are made and what they become."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from migrate.frontend.module import Module
from migrate.ir import Span
from migrate.mapping import Edit, NotCarried
from migrate.translate.locate import binding, bound_value, functions
from migrate.translate.spark_types import ArrowType, arrow_type

_MAKERS = {"pyspark.sql.functions.udf"}
_STRING = ArrowType("pa.string()", frozenset({"string"}))


@dataclass(frozen=True)
class Udf:
    """A row UDF: the expression that makes it one, its function (None under a decorator) and its declared type."""

    maker: ast.expr
    function: ast.expr | None
    declared: ast.expr | None
    decorates: bool
    unknown: tuple[str, ...] = ()

    def arrow(self, module: Module, scope: str) -> ArrowType:
        """The declared type, a string where none is; NotCarried for a type that is not mapped."""
        if self.unknown:
            raise NotCarried(f"a UDF made with {', '.join(self.unknown)} is not mapped yet")
        if self.declared is None:
            return _STRING
        return arrow_type(self.declared, module.resolve, lambda name: bound_value(module, name, scope))

    def edit(self, module: Module, scope: str) -> Edit:
        """The edit that makes a RowUdf of it."""
        kind = self.arrow(module, scope).text
        span: Span = module.span(self.maker)
        if self.decorates:
            return Edit(span, f"partial(RowUdf, dtype={kind})")
        assert self.function is not None
        return Edit(span, f"RowUdf({module.segment(self.function)}, {kind})")


def udf_named(module: Module, name: str, scope: str) -> Udf | None:
    """The row UDF that a name stands for in a scope, None when it is none."""
    bound = binding(module, name, scope)
    if isinstance(bound, ast.Call):
        return _made(module, bound)
    return _decorated(module, bound) if isinstance(bound, ast.FunctionDef) else None


def udfs_of(module: Module) -> Iterator[tuple[Udf, str]]:
    """Every row UDF that a module makes, with the scope it is made in."""
    scopes = [("", [node for node in module.tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)])]
    for scope, function in functions(module).items():
        decorated = _decorated(module, function)
        if decorated is not None:
            yield decorated, scope.rpartition(".")[0]
        scopes.append((scope, list(function.body)))
    seen: set[int] = set()
    for scope, body in reversed(scopes):
        for statement in body:
            for node in ast.walk(statement):
                if isinstance(node, ast.Call) and id(node) not in seen:
                    seen.add(id(node))
                    made = _made(module, node)
                    if made is not None:
                        yield made, scope


def _made(module: Module, call: ast.Call) -> Udf | None:
    if module.resolve(call.func) not in _MAKERS:
        return None
    options = {keyword.arg: keyword.value for keyword in call.keywords}
    function = call.args[0] if call.args else options.get("f")
    declared = call.args[1] if len(call.args) > 1 else options.get("returnType")
    unknown = tuple(sorted(str(name) for name in set(options) - {"f", "returnType"}))
    return None if function is None else Udf(call, function, declared, decorates=False, unknown=unknown)


def _decorated(module: Module, function: ast.FunctionDef) -> Udf | None:
    for decorator in function.decorator_list:
        if module.resolve(decorator) in _MAKERS:
            return Udf(decorator, None, None, decorates=True)
        if isinstance(decorator, ast.Call) and module.resolve(decorator.func) in _MAKERS:
            options = {keyword.arg: keyword.value for keyword in decorator.keywords}
            declared = decorator.args[0] if decorator.args else options.get("returnType")
            unknown = tuple(sorted(str(name) for name in set(options) - {"returnType"}))
            return Udf(decorator, None, declared, decorates=True, unknown=unknown)
    return None
