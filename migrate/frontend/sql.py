"""SQL text as Spark reads it: what it does, the tables it reads, the functions it calls, the columns it gives."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from migrate.ir import Kind

if TYPE_CHECKING:
    from sqlglot import exp

_LONGEST = 200_000
"""Characters; a longer text is data in the shape of SQL."""
_HOLE = "unknown_hole"
_WORD = re.compile(r"[A-Za-z_]\w*")
_PARAMETER = re.compile(r"\$\{[^}]*\}|\{\{[^}]*\}\}|\{[^}]*\}|\$\w+")


@dataclass(frozen=True)
class Query:
    """What a text of one or more SQL statements does.

    ``kind`` is the dearest thing in it: a write, a join, a window, an aggregate, a union, a sort, an explosion, a
    filter, a projection, a read, an action that gives no rows. ``tables`` are the names it reads and ``functions``
    those it calls, in lower case; ``views`` maps each temporary view that it creates to the names that this one reads.
    ``columns`` are the names that its last statement gives, None where they cannot be known without the data.
    ``operations`` counts what would be calls on a DataFrame: projections, filters, joins, groupings, sorts, writes.
    """

    kind: Kind
    tables: frozenset[str]
    functions: frozenset[str]
    views: tuple[tuple[str, frozenset[str]], ...] = ()
    columns: tuple[str, ...] | None = None
    operations: int = 0


@lru_cache(maxsize=512)
def read_query(text: str) -> Query | None:
    """The statements of a text, ``{}`` or a parameter standing for what is filled in later; None if it is no SQL."""
    statements = parsed(text)
    if not statements:
        return None
    from sqlglot import exp

    if any(isinstance(statement, exp.Command) for statement in statements):
        return None
    kinds = [_kind(statement) for statement in statements]
    return Query(
        kind=min(kinds, key=_DEAREST_FIRST.index),
        tables=frozenset().union(*(_tables(statement) for statement in statements)),
        functions=frozenset().union(*(_functions(statement) for statement in statements)),
        views=tuple(_views(statements)),
        columns=_columns(statements[-1]),
        operations=sum(map(_operations, statements)),
    )


@lru_cache(maxsize=2048)
def functions_called(text: str) -> frozenset[str]:
    """The functions that a statement or an expression calls, in lower case; every word of it where it is no SQL."""
    if "(" not in text:
        return frozenset()
    query = read_query(text)
    if query is not None:
        return query.functions
    expression = parsed(f"SELECT {text}")
    if expression:
        return frozenset().union(*(_functions(statement) for statement in expression))
    return frozenset(word.lower() for word in _WORD.findall(text))


@lru_cache(maxsize=2048)
def names_of(text: str) -> tuple[str, ...] | None:
    """The column names that a list of expressions gives (``a, b AS c``); None where they cannot be told."""
    statements = parsed(f"SELECT {text}")
    return _columns(statements[0]) if len(statements) == 1 else None


@lru_cache(maxsize=2048)
def fields_of(text: str) -> tuple[str, ...] | None:
    """The field names of a schema written as DDL (``a int, b string`` or ``struct<a: int>``); None if it is none."""
    import sqlglot
    from sqlglot import exp

    inner = text.strip()
    if not inner.lower().startswith("struct<"):
        inner = f"struct<{inner}>"
    try:
        made = sqlglot.parse_one(f"CAST(a AS {inner})", dialect="spark")
    except (sqlglot.errors.SqlglotError, RecursionError):
        return None
    kind = made.args.get("to") if isinstance(made, exp.Cast) else None
    fields = kind.expressions if isinstance(kind, exp.DataType) else []
    if not fields or not all(isinstance(field, exp.ColumnDef) for field in fields):
        return None
    return tuple(field.name for field in fields)


def parsed(text: str) -> list[exp.Expression]:
    """The statements of a text, none where it is no SQL; a parameter stands for what is filled in later."""
    if len(text) > _LONGEST or not _WORD.search(text):
        return []
    import sqlglot

    # What sqlglot reads as an opaque command it says on stderr too: the caller gets None and knows.
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    try:
        found: list[Any] = sqlglot.parse(_PARAMETER.sub(_HOLE, text), dialect="spark")
    except (sqlglot.errors.SqlglotError, RecursionError, ValueError, IndexError, AttributeError, TypeError):
        return []
    return [statement for statement in found if statement is not None]


_DEAREST_FIRST = (
    Kind.WRITE,
    Kind.JOIN,
    Kind.WINDOW,
    Kind.AGGREGATE,
    Kind.UNION,
    Kind.SORT,
    Kind.EXPLODE,
    Kind.FILTER,
    Kind.PROJECT,
    Kind.READ,
    Kind.ACTION,
)


def _kind(statement: exp.Expression) -> Kind:
    from sqlglot import exp

    if isinstance(statement, (exp.Insert, exp.Merge, exp.Update, exp.Delete)):
        return Kind.WRITE
    if isinstance(statement, exp.Create) and not _is_temporary(statement):
        return Kind.WRITE
    if not isinstance(statement, (exp.Query, exp.Create)):
        return Kind.ACTION
    signs: tuple[tuple[Kind, tuple[type[Any], ...]], ...] = (
        (Kind.JOIN, (exp.Join,)),
        (Kind.WINDOW, (exp.Window,)),
        (Kind.AGGREGATE, (exp.Group, exp.AggFunc, exp.Distinct)),
        (Kind.UNION, (exp.SetOperation,)),
        (Kind.SORT, (exp.Order, exp.Sort)),
        (Kind.EXPLODE, (exp.Lateral, exp.Explode)),
        (Kind.FILTER, (exp.Where, exp.Limit)),
    )
    present = {type(node) for node in statement.walk()}
    for kind, types in signs:
        if any(issubclass(one, types) for one in present):
            return kind
    last = statement.expression if isinstance(statement, exp.Create) else statement
    whole = not isinstance(last, exp.Select) or all(isinstance(one, exp.Star) for one in last.expressions)
    return Kind.READ if whole else Kind.PROJECT


def _operations(statement: exp.Expression) -> int:
    from sqlglot import exp

    clauses = (exp.Join, exp.Group, exp.Order, exp.Where, exp.Having, exp.Limit, exp.Lateral, exp.SetOperation)
    count = int(_kind(statement) is Kind.WRITE and not _is_container(statement))
    for node in statement.walk():
        projects = isinstance(node, exp.Select) and not all(isinstance(one, exp.Star) for one in node.expressions)
        count += projects or isinstance(node, clauses)
    return count


def _is_container(statement: exp.Expression) -> bool:
    """Whether a statement makes what holds tables: a schema, a catalogue, a volume."""
    from sqlglot import exp

    return isinstance(statement, exp.Create) and statement.kind not in ("TABLE", "VIEW")


def _tables(statement: exp.Expression) -> frozenset[str]:
    from sqlglot import exp

    named = {cte.alias.lower() for cte in statement.find_all(exp.CTE)}
    target = _target(statement)
    return frozenset(
        name
        for table in statement.find_all(exp.Table)
        if table is not target and (name := _name(table)) and name not in named and _HOLE not in name
    )


def _name(table: exp.Table) -> str:
    return ".".join(part.name for part in table.parts).lower()


def _target(statement: exp.Expression) -> exp.Table | None:
    """The table that a statement writes; a merge or an update reads its own as well."""
    from sqlglot import exp

    if isinstance(statement, (exp.Create, exp.Insert)):
        table = statement.this.this if isinstance(statement.this, exp.Schema) else statement.this
        return table if isinstance(table, exp.Table) else None
    return None


def _functions(statement: exp.Expression) -> frozenset[str]:
    from sqlglot import exp

    found: set[str] = set()
    for node in statement.find_all(exp.Func):
        if isinstance(node, exp.Anonymous):
            found.add(str(node.this).lower())
        else:
            found.update(name.lower() for name in node.sql_names())
    return frozenset(found)


def _is_temporary(statement: exp.Create) -> bool:
    from sqlglot import exp

    properties = statement.args.get("properties")
    return properties is not None and any(properties.find_all(exp.TemporaryProperty))


def _views(statements: list[exp.Expression]) -> Iterator[tuple[str, frozenset[str]]]:
    from sqlglot import exp

    for statement in statements:
        if isinstance(statement, exp.Create) and _is_temporary(statement):
            target = _target(statement)
            if target is not None:
                yield _name(target), _tables(statement)


def _columns(statement: exp.Expression) -> tuple[str, ...] | None:
    from sqlglot import exp

    while isinstance(statement, exp.SetOperation):
        statement = statement.this
    if not isinstance(statement, exp.Select):
        return None
    names = []
    for expression in statement.expressions:
        name = expression.alias or (expression.name if isinstance(expression, exp.Column) else "")
        if not name or _HOLE in name or isinstance(expression, exp.Star) or name == "*":
            return None
        names.append(name)
    return tuple(names)
