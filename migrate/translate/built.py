"""Columns made of columns: Spark's operators as PyArrow source, whatever language they were read from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from migrate.mapping import Column, NotCarried, Window
from migrate.translate.spark_types import ArrowType

COMPUTE = "import pyarrow.compute as pc"
ARROW = "import pyarrow as pa"

_LARGEST_INT = 2**31 - 1
_SIGNS = {"==": "=", "!=": "="}


@dataclass(frozen=True)
class Session:
    """What a job's session says about its expressions.

    ``zone`` is the argument that names its time zone to a helper, empty for the machine's own; ``ansi`` says that what
    has no answer (a cast of a text that is no number, a sum that does not fit, a division by zero) ends the job.
    """

    zone: str = ""
    ansi: bool = False


def quoted(text: str) -> str:
    """A text as a Python string literal."""
    return json.dumps(text, ensure_ascii=False)


def made(source: str, *parts: Column, helper: str | None = None, title: str = "", fails: bool = False) -> Column:
    """A column whose source is made of those of its parts, with all that they need.

    ``title`` has a place for the title of each part; without all of them Spark's name for the whole is not known.
    """
    helpers = frozenset({helper} if helper else ()).union(*(part.helpers for part in parts))
    imports = frozenset({line for name, line in (("pc.", COMPUTE), ("pa.", ARROW)) if name in source})
    known = title.format(*(part.title for part in parts)) if all(part.title for part in parts) else ""
    return Column(
        known,
        source.format(*(part.text for part in parts)),
        None,
        helpers,
        imports.union(*(part.imports for part in parts)),
        known,
        single=bool(parts) and all(part.single for part in parts),
        window=window_of(parts),
        loads=any(part.loads for part in parts),
        fails=fails or any(part.fails for part in parts),
    )


def window_of(parts: Iterable[Column]) -> Window | None:
    """The window that columns look at, None for none; NotCarried for windows of two partitionings."""
    found = [part.window for part in parts if part.window is not None]
    # Over all rows Spark also puts them in order, which two windows do one after the other.
    if len({one if not one.keys else one.keys for one in found}) > 1:
        raise NotCarried("windows over two partitionings in one step are not mapped; give each a step of its own")
    return found[0] if found else None


def reference(name: str) -> Column:
    """A column of the batch by its name; ``place.zip`` is the field ``zip`` of the struct column ``place``."""
    if name == "*" or "`" in name or "(" in name:
        raise NotCarried(f"the column reference {name!r} is not mapped yet")
    first, *path = name.split(".")
    text, imports = f"batch[{quoted(first)}]", frozenset[str]()
    for part in path:
        text, imports = f"pc.struct_field({text}, {quoted(part)})", frozenset({COMPUTE})
    return Column((path or [first])[-1], text, None if path else first, imports=imports, title=name)


def literal(value: object) -> Column:
    """A value that the job writes down, as Spark types it: an int is 32 bits wide where it fits."""
    if value is None:
        return Column("NULL", "pa.scalar(None)", None, imports=frozenset({ARROW}), title="NULL", single=True)
    text = quoted(value) if isinstance(value, str) else repr(value)
    title = _title(value)
    return Column(
        title, f"pa.scalar({text}, {_type(value)})", None, frozenset(), frozenset({ARROW}), title, text, single=True
    )


def decimal(digits: str) -> Column:
    """A fraction in SQL, which is a decimal of as many digits as are written."""
    imports = frozenset({ARROW, "from decimal import Decimal"})
    return Column(digits, f'pa.scalar(Decimal("{digits}"))', None, frozenset(), imports, digits, digits, single=True)


def computed(source: str) -> Column:
    """A value that the job computes: its type is seen when the job runs."""
    return Column("", f"literal({source})", None, frozenset({"literal"}), literal=source, single=True)


def _title(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        # Java changes to an exponent earlier than Python.
        return repr(value) if value == 0 or 1e-3 <= abs(value) < 1e7 else ""
    return str(value)


def _type(value: object) -> str:
    if isinstance(value, bool):
        return "pa.bool_()"
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return "pa.int32()" if -_LARGEST_INT - 1 <= value <= _LARGEST_INT else "pa.int64()"
    if isinstance(value, float):
        return "pa.float64()"
    if isinstance(value, str):
        return "pa.string()"
    raise NotCarried(f"the literal {value!r} is not mapped yet")


def each_row(column: Column) -> Column:
    """The column with a value for each row, where it is one for all of them."""
    if not column.single:
        return column
    return replace(made("pa.repeat({}, len(batch))", column), name=column.name, title=column.title, single=False)


def named(column: Column, name: str) -> Column:
    """The column under another name."""
    title = f"{column.title} AS {name}" if column.title else ""
    return replace(column, name=name, title=title)


def untitled(column: Column) -> Column:
    """The column where the name that Spark makes up for it is not known."""
    return replace(column, name="", title="")


def compared(left: Column, symbol: str, right: Column, session: Session) -> Column:
    """A comparison, of columns or of a column with a value."""
    if any(side.title == "NULL" and side.single for side in (left, right)):
        raise NotCarried("a comparison with None, which is NULL for every row, is not mapped")
    if left.single and right.single:
        raise NotCarried("a comparison of two values, which is one for all rows, is not mapped")
    sign = _SIGNS.get(symbol, symbol)
    title = f"({{}} {sign} {{}})"
    sides = [_bare(side) for side in (left, right)]
    helper = "compared_wide" if session.ansi else "compared"
    return made(
        f'{helper}({{}}, "{symbol}", {{}})',
        *sides,
        helper=helper,
        title=f"(NOT {title})" if symbol == "!=" else title,
    )


def _bare(side: Column) -> Column:
    """A side of a comparison: a value stands there as Python has it."""
    return side if side.literal is None else replace(side, text=side.literal, helpers=frozenset(), imports=frozenset())


def calculated(left: Column, symbol: str, right: Column, session: Session) -> Column:
    """Arithmetic: ``+ - * / %``."""
    helper, title = "strict_arithmetic" if session.ansi else "calculated", f"({{}} {symbol} {{}})"
    if session.ansi and left.single and right.single:
        raise NotCarried("in ANSI mode arithmetic of two values, which is one for all rows, is not mapped")
    return made(f'{helper}({{}}, "{symbol}", {{}})', left, right, helper=helper, title=title, fails=session.ansi)


def negative(column: Column, session: Session) -> Column:
    """A number with the other sign."""
    return made(f"pc.negate{'_checked' if session.ansi else ''}({{}})", column, title="(- {})", fails=session.ansi)


def field(column: Column, name: str) -> Column:
    """A field of a struct, or the value of a key of a map."""
    return made(f"field({{}}, {_plain(quoted(name))})", column, helper="field", title=f"{{}}.{_plain(name)}")


def item(column: Column, position: int, session: Session) -> Column:
    """An element of a list by its position from 0; where there is none it is NULL, in ANSI mode an error."""
    if position < 0:
        raise NotCarried("an item at a negative position is not mapped")
    helper = "strict_item" if session.ansi else "list_item"
    title = f"{{}}[{position}]"
    return made(f"{helper}({{}}, {position})", each_row(column), helper=helper, title=title, fails=session.ansi)


def both(left: Column, right: Column) -> Column:
    """Whether two conditions are true."""
    return made("pc.and_kleene({}, {})", left, _never_fails(right), title="({} AND {})")


def either(left: Column, right: Column) -> Column:
    """Whether one of two conditions is true."""
    return made("pc.or_kleene({}, {})", left, _never_fails(right), title="({} OR {})")


def _never_fails(column: Column) -> Column:
    """The column, where Spark works it out for some rows only: the emitted code does for all."""
    if column.fails:
        raise NotCarried("in ANSI mode what may fail is not mapped behind a condition, which decides for which rows")
    return column


def inverted(condition: Column) -> Column:
    """Whether a condition is false."""
    return made("pc.invert({})", condition, title="(NOT {})")


def null(column: Column) -> Column:
    """Whether there is no value."""
    return made("pc.is_null({})", column, title="({} IS NULL)")


def valid(column: Column) -> Column:
    """Whether there is a value."""
    return made("pc.is_valid({})", column, title="({} IS NOT NULL)")


def between(column: Column, least: Column, most: Column, session: Session) -> Column:
    """Whether a value lies between two others, which count."""
    return both(compared(column, ">=", least, session), compared(column, "<=", most, session))


def same(left: Column, right: Column, session: Session) -> Column:
    """Whether two values are equal, or both NULL."""
    equal = compared(left, "==", right, session)
    source = "pc.coalesce({}, pc.and_(pc.is_null({}), pc.is_null({})))"
    return made(source, equal, left, right, title=_inner(equal.title, left, right))


def _inner(title: str, left: Column, right: Column) -> str:
    return "({1} <=> {2})" if title and left.title and right.title else ""


def is_in(column: Column, values: Sequence[object]) -> Column:
    """Whether a value is one of some literals of one type."""
    if not values or None in values or len({type(value) for value in values}) > 1:
        raise NotCarried("isin() takes literals of one type, None not among them")
    if isinstance(values[0], float):
        raise NotCarried("isin() with floating numbers, where NaN and -0.0 have rules of their own, is not mapped yet")
    literals = [literal(value) for value in values]
    listed = ", ".join(str(one.literal) for one in literals)
    titles = ", ".join(one.title for one in literals)
    return made(f"is_in({{}}, [{_plain(listed)}])", column, helper="is_in", title=f"({{}} IN ({_plain(titles)}))")


def _plain(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def case_when(pairs: Sequence[tuple[Column, Column]], otherwise: Column | None, session: Session) -> Column:
    """The value of the first condition that is true."""
    last = [] if otherwise is None else [otherwise]
    values = [_never_fails(value) for value in [value for _, value in pairs] + last]
    for condition, _ in pairs[1:]:
        _never_fails(condition)
    if session.ansi and not _of_one_type(values):
        raise NotCarried("in ANSI mode values of several types have another type in common, which is not mapped")
    conditions = ", ".join("{}" for _ in pairs)
    body = ", ".join("{}" for _ in values)
    whens = " ".join(f"WHEN {{{n}}} THEN {{{len(pairs) + n}}}" for n in range(len(pairs)))
    end = f" ELSE {{{2 * len(pairs)}}}" if last else ""
    return made(
        f"case_when([{conditions}], [{body}])",
        *(condition for condition, _ in pairs),
        *values,
        helper="case_when",
        title=f"CASE {whens}{end} END",
    )


def _of_one_type(values: Sequence[Column]) -> bool:
    """Whether values have one type in plain sight: literals of one type, or one and the same column."""
    known = [value for value in values if value.title != "NULL" or not value.single]
    if all(value.literal is not None for value in known):
        return len({value.text.rpartition(", ")[2] for value in known}) <= 1
    return len({value.text for value in known}) == 1


_CASTS = {"integer": "cast_to_int", "floating": "cast_to_float", "decimal": "cast_to_decimal"}
_ZONED_CASTS = {"string": "cast_to_string", "date": "cast_to_date", "timestamp": "cast_to_timestamp"}
_PLAIN_CASTS = {"boolean": "cast_to_bool", "binary": "cast_to_binary"}


def cast(column: Column, target: ArrowType, session: Session) -> Column:
    """Spark's cast; in ANSI mode it ends the job where it would otherwise give NULL or another number."""
    if len(target.sorts) > 1 or target.text == 'pa.timestamp("us")':
        raise NotCarried(f"a cast to {target.text} is not mapped yet")
    sort, column = next(iter(target.sorts)), each_row(column)
    if sort in _CASTS:
        helper, options = _CASTS[sort], f", {target.text}"
    elif sort in _ZONED_CASTS:
        helper, options = _ZONED_CASTS[sort], session.zone
    elif sort in _PLAIN_CASTS:
        helper, options = _PLAIN_CASTS[sort], ""
    else:
        raise NotCarried(f"a cast to {target.text} is not mapped yet")
    if not session.ansi or sort in {"string", "binary"}:
        made_of = made(f"{helper}({{}}{options})", column, helper=helper)
    elif sort == "integer":
        made_of = made(f"strict_int({{}}{options})", column, helper="strict_int", fails=True)
    else:
        strict = made(f"strict({helper}, {{}}{options})", column, helper=helper, fails=True)
        made_of = replace(strict, helpers=strict.helpers | {"strict"})
    title = f"CAST({column.title} AS {sql_type(target)})" if column.title else ""
    # The cast of a column keeps its name, a cast of that cast too; that of an expression is named like a function.
    keeps = column.plain is not None or (column.title.startswith("CAST(") and column.name != column.title)
    name = column.name if keeps else title
    return replace(made_of, name=name, title=title)


def sql_type(kind: ArrowType) -> str:
    """The name that SQL has for a simple type."""
    names = {
        "pa.bool_()": "BOOLEAN",
        "pa.int8()": "TINYINT",
        "pa.int16()": "SMALLINT",
        "pa.int32()": "INT",
        "pa.int64()": "BIGINT",
        "pa.float32()": "FLOAT",
        "pa.float64()": "DOUBLE",
        "pa.string()": "STRING",
        "pa.binary()": "BINARY",
        "pa.date32()": "DATE",
        'pa.timestamp("us", tz="UTC")': "TIMESTAMP",
    }
    return names.get(kind.text) or kind.text.removeprefix("pa.").replace("decimal128", "DECIMAL").replace(", ", ",")
