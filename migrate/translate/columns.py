"""Spark Column expressions as PyArrow expressions over one batch."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace

from migrate.mapping import Column, NotCarried, Selection
from migrate.translate import built, sql, windows
from migrate.translate.expressions import MODULE, expression
from migrate.translate.spark_types import ArrowType


@dataclass(frozen=True)
class UdfText:
    """A UDF as the emitted code calls it, and the name that Spark has for it, None where it cannot be told.

    ``aggregates`` says that it makes one value of many rows, ``loads`` that it loads a model.
    """

    text: str
    title: str | None
    aggregates: bool
    loads: bool


@dataclass(frozen=True)
class Translator:
    """Turns Column expressions into PyArrow source.

    ``resolve`` gives the dotted origin of a name, ``udf`` the UDF of the job that an expression is, ``is_dataset`` says
    whether a name is the DataFrame that the stage reads, ``type_of`` translates a type expression, ``bound`` gives the
    one value that a name is bound to. ``session`` is what the job's session says about expressions.
    ``aggregates`` says that a UDF has to make one value of all rows, ``windows`` that there may be window functions,
    and UDFs that load a model.
    """

    resolve: Callable[[ast.expr], str | None]
    udf: Callable[[ast.expr], UdfText | None]
    is_dataset: Callable[[str], bool]
    type_of: Callable[[ast.expr], ArrowType]
    bound: Callable[[str], ast.expr | None]
    session: built.Session
    aggregates: bool = False
    windows: bool = False

    def column(self, node: ast.expr) -> Column:
        """The column of one expression; NotCarried where a part of it has no faithful counterpart yet."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return built.reference(node.value)
        if isinstance(node, ast.Subscript | ast.Attribute):
            name = self._of_dataset(node)
            if name is not None:
                return built.reference(name)
        found = self._call(node) if isinstance(node, ast.Call) else expression(self, node)
        if found is None:
            raise NotCarried(f"the column expression {ast.unparse(node)} is not mapped yet")
        return found

    def sql(self, text: str) -> Column | None:
        """The column of one expression in SQL, None for ``*``."""
        return sql.expression(text, self.session)

    def condition(self, text: str) -> Column:
        """The column of a condition in SQL."""
        return sql.condition(text, self.session)

    def selection(self, text: str) -> Selection:
        """The columns, the table and the condition of a query in SQL."""
        return sql.selection(text, self.session)

    def is_column(self, node: ast.expr) -> bool:
        """Whether an expression is a Column and no Python value; NotCarried where a name may be either."""
        if isinstance(node, ast.Constant):
            return False
        if isinstance(node, ast.Name):
            bound = self.bound(node.id)
            if bound is None:
                raise NotCarried(f"whether {node.id} is a Column or a value cannot be told")
            return self.is_column(bound)
        if isinstance(node, ast.Subscript | ast.Attribute):
            inner = isinstance(node.value, ast.Call | ast.Subscript | ast.Attribute) and self.is_column(node.value)
            return inner or self._of_dataset(node) is not None
        if isinstance(node, ast.Call):
            if self.udf(node.func) is not None:
                return True
            origin = self.resolve(node.func)
            if origin is not None:
                return origin.startswith(MODULE)
            return isinstance(node.func, ast.Attribute) and self.is_column(node.func.value)
        return any(self.is_column(part) for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr))

    def _of_dataset(self, node: ast.Subscript | ast.Attribute) -> str | None:
        if not (isinstance(node.value, ast.Name) and self.is_dataset(node.value.id)):
            return None
        if isinstance(node, ast.Attribute):
            return node.attr
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            return node.slice.value
        return None

    def _call(self, node: ast.Call) -> Column | None:
        origin = self.resolve(node.func) or ""
        if origin in {f"{MODULE}col", f"{MODULE}column"} and len(node.args) == 1:
            return self.column(node.args[0])
        if origin == "pyspark.ml.functions.vector_to_array" and len(node.args) == 1:
            inner = self.column(node.args[0])
            helpers = inner.helpers | {"vector_to_array"}
            return Column("", f"vector_to_array({inner.text})", None, helpers, inner.imports)
        udf = self.udf(node.func)
        if udf is not None:
            return self._udf(node, udf)
        if isinstance(node.func, ast.Attribute) and len(node.args) == 1 and not node.keywords:
            if node.func.attr == "over":
                return self._over(node.func.value, node.args[0])
            if node.func.attr in {"alias", "name"}:
                return self._alias(self.column(node.func.value), node.args[0])
            if node.func.attr in {"cast", "astype"}:
                return built.cast(self.column(node.func.value), self.type_of(node.args[0]), self.session)
        return expression(self, node)

    def _over(self, function: ast.expr, window: ast.expr) -> Column:
        if not self.windows:
            raise NotCarried("a window function is not mapped here")
        return windows.over(replace(self, windows=False), function, window)

    def _alias(self, inner: Column, name: ast.expr) -> Column:
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            return built.named(inner, name.value)
        raise NotCarried(f"the name {ast.unparse(name)} of a column is not a literal")

    def _udf(self, node: ast.Call, udf: UdfText) -> Column:
        if node.keywords:
            raise NotCarried(f"keyword arguments of the UDF call {ast.unparse(node)} are not mapped yet")
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            raise NotCarried(f"unpacked arguments of the UDF call {ast.unparse(node)} are not mapped yet")
        if not node.args:
            raise NotCarried(f"the UDF call {ast.unparse(node)} takes no column, so how often to call it is not known")
        if udf.text in {"batch", "pa", "pc"}:
            raise NotCarried(f"a UDF named {udf.text}, which the emitted code needs, cannot be called; rename it")
        if udf.aggregates is not self.aggregates:
            kind = "one value of many rows" if udf.aggregates else "a value of each row"
            raise NotCarried(f"the UDF {ast.unparse(node.func)} makes {kind}, which is not mapped here")
        if udf.loads and not self.windows:
            raise NotCarried(f"the UDF {ast.unparse(node.func)} loads a model, which is not mapped here")
        inputs = [built.each_row(replace(self, aggregates=False).column(argument)) for argument in node.args]
        named = udf.title is not None and all(column.title for column in inputs)
        title = f"{udf.title}({', '.join(column.title for column in inputs)})" if named else ""
        return Column(
            title,
            f"{udf.text}({', '.join(column.text for column in inputs)})",
            None,
            frozenset().union(*(column.helpers for column in inputs)),
            frozenset().union(*(column.imports for column in inputs)),
            title,
            window=built.window_of(inputs),
            loads=udf.loads or any(column.loads for column in inputs),
            fails=any(column.fails for column in inputs),
        )
