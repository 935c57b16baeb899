"""Spark's built-in functions: one table of those that gave the same on both engines over the adversarial table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from migrate.mapping import Column, NotCarried
from migrate.translate.built import Session, cast, each_row, literal, made, quoted
from migrate.translate.spark_types import from_ddl

Value = str | int | float | bool | None
ZONED = "<zone>"


@dataclass(frozen=True)
class Function:
    """A function of columns.

    ``kinds`` has a word for each argument: ``column``, ``row`` (a column with a value for each row), ``number`` (a
    column or a number), ``int``, ``text``, ``bool`` or ``value`` for what has to be a literal, with ``=default`` where
    it may be left out, and ``*`` behind the last word where there may be more of it. ``source`` is PyArrow source with
    a ``{}`` for each column, or what makes it of the literals. ``title`` is Spark's name for it where that is not its
    own. Where the name of the session's time zone belongs, ``source`` has ``ZONED``.
    """

    kinds: str
    source: str | Callable[..., str]
    helper: str = ""
    title: str = ""

    def kind(self, position: int) -> str | None:
        """The kind of the argument at a position, None behind the last."""
        words = self.kinds.split()
        word = words[min(position, len(words) - 1)]
        if position >= len(words) and not word.endswith("*"):
            return None
        return word.rstrip("*").partition("=")[0]

    def defaults(self, count: int) -> list[str] | None:
        """The defaults of the arguments behind the first ``count``, None where one of them has none."""
        left = [word.partition("=") for word in self.kinds.split()[count:] if not (word.endswith("*") and count)]
        return [value for _, _, value in left] if all(given for _, given, _ in left) else None


def called(name: str, function: Function, arguments: Sequence[Column | Value], session: Session) -> Column:
    """The column of a function of these arguments, columns and literals in the order of its kinds."""
    if session.ansi:
        if name in _CASTS and isinstance(arguments[0], Column):
            title = f"{name}({arguments[0].title})" if arguments[0].title else ""
            return replace(cast(arguments[0], from_ddl(_CASTS[name]), session), name=title, title=title)
        function = _in_ansi_mode(name, function)
    columns = [
        each_row(argument) if function.kind(position) == "row" else argument
        for position, argument in enumerate(arguments)
        if isinstance(argument, Column)
    ]
    literals = [argument for argument in arguments if not isinstance(argument, Column)]
    source = function.source if isinstance(function.source, str) else function.source(*literals)
    if source.count("{}") == 1 < len(columns):
        source = source.replace("{}", ", ".join(["{}"] * len(columns)))
    source = source.replace(ZONED, session.zone)
    titles = ["{}" if isinstance(argument, Column) else _title(argument) for argument in arguments]
    shown = function.title or name
    title = shown.format(*titles) if "{" in shown else f"{shown}({', '.join(titles)})"
    fails = session.ansi and name in _CHECKED
    return made(source, *columns, helper=function.helper or None, title=title, fails=fails)


def _title(value: Value) -> str:
    return _braced(literal(value).title)


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _text(value: str) -> str:
    """A text as source inside of a format string."""
    return _braced(quoted(value))


def _each(kind: str, body: str) -> str:
    """The source that calls a function of one text for each row."""
    return f"each(lambda text: {body}, {kind}, {{}})"


_STRING, _INT, _BOOL = "pa.string()", "pa.int32()", "pa.bool_()"
_DOUBLE = "{}.cast(pa.float64(), safe=False)"


def _double(kernel: str) -> str:
    return f"pc.{kernel}({_DOUBLE})"


def _above(kernel: str, least: int) -> str:
    """A logarithm, which is NULL where there is none."""
    return f"pc.{kernel}(above({{}}, {least}))"


def _part(kernel: str) -> Function:
    """A part of a date, or of a time in the session's zone."""
    return Function("column", f"calendar({kernel}, {{}}{ZONED})", "calendar")


def _substring(start: int, length: int) -> str:
    first = max(start - 1, 0) if start >= 0 else start
    last = first + max(length, 0)
    if length <= 0 or (first < 0 and last == 0):
        return f"pc.utf8_slice_codeunits({{}}, {first})" if length > 0 else "pc.utf8_slice_codeunits({}, 0, 0)"
    return f"pc.utf8_slice_codeunits({{}}, {first}, {last})"


def _locate(sought: str, start: int) -> str:
    if start < 1:
        raise NotCarried("locate() from a position below 1 is not mapped")
    given = _text(sought) if start == 1 else f"{_text(sought)}, {start - 1}"
    return _each(_INT, f"text.find({given}) + 1")


def _lpad(length: int, pad: str) -> str:
    if length < 0:
        raise NotCarried("lpad() to a negative length is not mapped")
    return _each(_STRING, f"({_text(pad)} * {length})[: max({length} - len(text), 0)] + text[:{length}]")


def _rpad(length: int, pad: str) -> str:
    if length < 0:
        raise NotCarried("rpad() to a negative length is not mapped")
    return _each(_STRING, f"(text + {_text(pad)} * {length})[:{length}]")


def _translate(matching: str, replacement: str) -> str:
    table = {one: replacement[n] if n < len(replacement) else "" for n, one in reversed(list(enumerate(matching)))}
    items = ", ".join(f"{_text(one)}: {_text(other)}" for one, other in reversed(list(table.items())))
    return _each(_STRING, f"text.translate(str.maketrans({{{{{items}}}}}))")


_META = set(".\\+*?[](){}^$|")
_READ_ALIKE = re.compile(
    r"""(?: [^\\\[\](){}?*+|]                        # a character, an anchor
          | \\[dDsSwWtnrf.\\+*?\[\](){}^$|\-/"'@#&%~:;,=<>!_ ]   # a class or an escaped sign
          | \[\^?(?:[^\\\[\]&]|\\[dDsSwWtnrf.\\+*?\[\](){}^$|\-/])+\]
          | \((?!\?)|\(\?: | \) | \|                 # groups
          | (?:[*+?]|\{\d+(?:,\d*)?\})\??            # how often, as much or as little as possible
        )*""",
    re.VERBOSE,
)


def pattern(text: str) -> str:
    """A regular expression as source; NotCarried for what Java and Python read in two ways."""
    if not _READ_ALIKE.fullmatch(text) or re.search(r"[*+?}]\+", re.sub(r"\\.|\[[^\]]*\]", "", text)):
        raise NotCarried(f"the regular expression {text!r} has parts that Java reads in its own way")
    try:
        re.compile(text)
    except re.error:
        raise NotCarried(f"the regular expression {text!r} cannot be read") from None
    return _text(text)


def _split(sought: str, limit: int) -> str:
    if not sought:
        raise NotCarried("split() at an empty pattern is not mapped")
    if re.compile(sought).match(""):
        raise NotCarried("split() at a pattern that matches the empty text is not mapped")
    groups = re.compile(sought).groups
    if groups:
        raise NotCarried("split() at a pattern with groups is not mapped")
    if not _META & set(sought):
        given = _text(sought) if limit <= 0 else f"{_text(sought)}, {limit - 1}"
        return f"each(lambda text: text.split({given}), pa.list_(pa.string()), {{}})" if limit != 1 else _whole()
    if limit == 1:
        return _whole()
    given = "" if limit <= 0 else f", {limit - 1}"
    return f"each(lambda text: java_pattern({pattern(sought)}).split(text{given}), pa.list_(pa.string()), {{}})"


def _whole() -> str:
    return "each(lambda text: [text], pa.list_(pa.string()), {})"


def _replace(sought: str, replacement: str) -> str:
    if "\\" in replacement or re.search(r"\$\D|\$\d\d|\$$", replacement):
        raise NotCarried(f"the replacement {replacement!r} is not mapped")
    if re.compile(sought).match(""):
        raise NotCarried("regexp_replace() of a pattern that matches the empty text is not mapped")
    new = re.sub(r"\$(\d)", r"\\g<\1>", replacement)
    return _each(_STRING, f"java_pattern({pattern(sought)}).sub({_text(new)}, text)")


def _extract(sought: str, group: int) -> str:
    if not 0 <= group <= re.compile(sought).groups:
        raise NotCarried(f"the pattern {sought!r} has no group {group}")
    return _each(_STRING, f"extracted(java_pattern({pattern(sought)}), text, {group})")


def _like(sought: str) -> str:
    if "\\" in sought:
        raise NotCarried("like() with an escaped sign is not mapped")
    return _each(_BOOL, f'java_pattern("{_like_pattern(sought)}", like=True).fullmatch(text) is not None')


def _like_pattern(sought: str) -> str:
    signs = {"%": ".*", "_": "."}
    made_of = "".join(signs.get(sign, re.escape(sign)) for sign in sought)
    return _text(made_of)[1:-1]


_DATE_UNITS = {
    **dict.fromkeys(("year", "yyyy", "yy"), "year"),
    "quarter": "quarter",
    **dict.fromkeys(("month", "mon", "mm"), "month"),
    "week": "week",
}
_TIME_UNITS = {
    **_DATE_UNITS,
    **dict.fromkeys(("day", "dd"), "day"),
    "hour": "hour",
    "minute": "minute",
    "second": "second",
}


def _trunc(unit: str) -> str:
    if unit.lower() not in _DATE_UNITS:
        raise NotCarried(f"trunc() to {unit!r} is not mapped")
    return f'date_trunc(cast_to_date({{}}{ZONED}), "{_DATE_UNITS[unit.lower()]}")'


def _date_trunc(unit: str) -> str:
    if unit.lower() not in _TIME_UNITS:
        raise NotCarried(f"date_trunc() to {unit!r} is not mapped")
    return f'time_trunc({{}}, "{_TIME_UNITS[unit.lower()]}"{ZONED})'


_LETTERS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}


def _date_format(form: str) -> str:
    pieces = re.findall(r"[A-Za-z]+|[^A-Za-z]+", form)
    if any(piece[0].isalpha() and piece not in _LETTERS for piece in pieces) or set(form) & set("'%[]{}#\"\\"):
        raise NotCarried(f"the format {form!r} has letters that are not mapped")
    return f'date_format({{}}, "{"".join(_LETTERS.get(piece, piece) for piece in pieces)}"{ZONED})'


def _item(position: int) -> str:
    if position == 0:
        raise NotCarried("element_at() position 0, which fails, is not mapped")
    return f"list_item({{}}, {position - 1 if position > 0 else position})"


def _sha2(bits: int) -> str:
    if bits not in {0, 224, 256, 384, 512}:
        raise NotCarried(f"sha2() of {bits} bits is not mapped")
    return f'digest("sha{bits or 256}", {{}})'


FUNCTIONS: Mapping[str, Function] = {
    # Numbers
    "abs": Function("column", "pc.abs({})"),
    "sqrt": Function("column", _double("sqrt"), title="SQRT"),
    "exp": Function("column", _double("exp"), title="EXP"),
    "expm1": Function("column", _double("expm1"), title="EXPM1"),
    "ln": Function("column", _above("ln", 0), "above"),
    "log10": Function("column", _above("log10", 0), "above", "LOG10"),
    "log2": Function("column", _above("log2", 0), "above", "LOG2"),
    "log1p": Function("column", _above("log1p", -1), "above", "LOG1P"),
    "pow": Function("number number", f"pc.power({_DOUBLE}, {_DOUBLE})", title="POWER"),
    "sin": Function("column", _double("sin"), title="SIN"),
    "cos": Function("column", _double("cos"), title="COS"),
    "tan": Function("column", _double("tan"), title="TAN"),
    "atan": Function("column", _double("atan"), title="ATAN"),
    "degrees": Function("column", f"pc.multiply({_DOUBLE}, 57.29577951308232)", title="DEGREES"),
    "radians": Function("column", f"pc.multiply({_DOUBLE}, 0.017453292519943295)", title="RADIANS"),
    "ceil": Function("column", "whole(pc.ceil, {})", "whole", "CEIL"),
    "floor": Function("column", "whole(pc.floor, {})", "whole", "FLOOR"),
    "round": Function("column int=0", lambda digits: f"rounded({{}}, {digits})", "rounded"),
    "bround": Function("column int=0", lambda digits: f'rounded({{}}, {digits}, half="ROUND_HALF_EVEN")', "rounded"),
    "greatest": Function("column column*", "extreme(pc.max_element_wise, {})", "extreme"),
    "least": Function("column column*", "extreme(pc.min_element_wise, {})", "extreme"),
    "isnan": Function("column", "pc.fill_null(pc.is_nan({}), False)"),
    "nanvl": Function("column column", "nanvl({}, {})", "nanvl"),
    # Any type
    "isnull": Function("column", "pc.is_null({})", title="({} IS NULL)"),
    "isnotnull": Function("column", "pc.is_valid({})", title="({} IS NOT NULL)"),
    "coalesce": Function("column column*", "pc.coalesce({})"),
    "nvl": Function("column column", "pc.coalesce({}, {})"),
    "ifnull": Function("column column", "pc.coalesce({}, {})"),
    # Text
    "length": Function("column", "pc.utf8_length({})"),
    "upper": Function("row", "each(str.upper, pa.string(), {})", "each"),
    "lower": Function("row", "each(str.lower, pa.string(), {})", "each"),
    "initcap": Function("row", "each(initcap, pa.string(), {})", "initcap"),
    "reverse": Function("column", "pc.utf8_reverse({})"),
    "trim": Function("column", 'pc.utf8_trim({}, " ")'),
    "ltrim": Function("column", 'pc.utf8_ltrim({}, " ")'),
    "rtrim": Function("column", 'pc.utf8_rtrim({}, " ")'),
    "concat": Function("column column*", 'pc.binary_join_element_wise({}, "")'),
    "concat_ws": Function("text row row*", lambda joint: f"concat_ws({_text(joint)}, {{}})", "concat_ws"),
    "substring": Function("column int int", _substring),
    "instr": Function("row text", lambda sought: _locate(sought, 1), "each"),
    "locate": Function("text row int=1", _locate, "each"),
    "lpad": Function("row int text", _lpad, "each"),
    "rpad": Function("row int text", _rpad, "each"),
    "repeat": Function("column int", lambda times: f"pc.binary_repeat({{}}, {max(times, 0)})"),
    "translate": Function("row text text", _translate, "each"),
    "split": Function("row text int=-1", _split, "java_pattern"),
    "regexp_replace": Function("row text text", _replace, "java_pattern", "regexp_replace({}, {}, {}, 1)"),
    "regexp_extract": Function("row text int", _extract, "extracted"),
    "rlike": Function(
        "row text",
        lambda sought: _each(_BOOL, f"java_pattern({pattern(sought)}).search(text) is not None"),
        "java_pattern",
        "RLIKE",
    ),
    "like": Function("row text", _like, "java_pattern", "{} LIKE {}"),
    "startswith": Function("column text", lambda sought: f"pc.starts_with({{}}, {_text(sought)})"),
    "endswith": Function("column text", lambda sought: f"pc.ends_with({{}}, {_text(sought)})"),
    "contains": Function("column text", lambda sought: f"pc.match_substring({{}}, {_text(sought)})"),
    "md5": Function("row", 'digest("md5", {})', "digest"),
    "sha1": Function("row", 'digest("sha1", {})', "digest"),
    "sha2": Function("row int", _sha2, "digest"),
    # Dates and times
    "year": _part("pc.year"),
    "quarter": _part("pc.quarter"),
    "month": _part("pc.month"),
    "dayofmonth": _part("pc.day"),
    "dayofyear": _part("pc.day_of_year"),
    "weekofyear": _part("pc.iso_week"),
    "weekday": _part("pc.day_of_week"),
    "hour": _part("pc.hour"),
    "minute": _part("pc.minute"),
    "second": _part("pc.second"),
    "dayofweek": Function("column", f"day_of_week({{}}{ZONED})", "day_of_week"),
    "to_date": Function("column", f"cast_to_date({{}}{ZONED})", "cast_to_date"),
    "to_timestamp": Function("column", f"cast_to_timestamp({{}}{ZONED})", "cast_to_timestamp"),
    "date_add": Function("column int", lambda days: f"date_add(cast_to_date({{}}{ZONED}), {days})", "date_add"),
    "date_sub": Function("column int", lambda days: f"date_add(cast_to_date({{}}{ZONED}), {-days})", "date_add"),
    "datediff": Function("column column", f"date_diff({{}}, {{}}{ZONED})", "date_diff"),
    "add_months": Function("row int", lambda months: f"add_months(cast_to_date({{}}{ZONED}), {months})", "add_months"),
    "last_day": Function("column", f"last_day(cast_to_date({{}}{ZONED}))", "last_day"),
    "trunc": Function("column text", _trunc, "date_trunc"),
    "date_trunc": Function("text column", _date_trunc, "time_trunc"),
    "date_format": Function("column text", _date_format, "date_format"),
    # Lists and structs
    "array": Function("row*", "array_of({})", "array_of"),
    "size": Function("column", "pc.fill_null(pc.list_value_length({}), -1)"),
    "array_contains": Function(
        "row value", lambda value: f"array_contains({{}}, {_braced(str(literal(value).literal))})", "array_contains"
    ),
    "element_at": Function("row int", _item, "list_item"),
    "sort_array": Function("row bool=True", lambda rising: f"sort_array({{}}, {rising})", "sort_array"),
    "array_join": Function("row text", lambda joint: f"array_join({{}}, {_text(joint)})", "array_join"),
}
"""By Spark's name in SQL, which is the one in ``pyspark.sql.functions`` but for ``OTHER_NAMES``."""

OTHER_NAMES: Mapping[str, str] = {
    "log": "ln",
    "power": "pow",
    "ceiling": "ceil",
    "toDegrees": "degrees",
    "toRadians": "radians",
    "day": "dayofmonth",
    "date_diff": "datediff",
    "regexp": "rlike",
    "lcase": "lower",
    "ucase": "upper",
    "char_length": "length",
    "character_length": "length",
    "substr": "substring",
    "sha": "sha1",
}
"""Names that give another function's answer, and its name for the result where the job gives none."""


def struct(fields: Sequence[Column]) -> Column:
    """A struct of columns under their names."""
    if not fields or not all(field.name for field in fields) or len({field.name for field in fields}) < len(fields):
        raise NotCarried("the fields of a struct have no names of their own")
    names = ", ".join(_text(field.name) for field in fields)
    places = ", ".join("{}" for _ in fields)
    return made(f"pc.make_struct({places}, field_names=[{names}])", *fields, title=f"struct({places})")


_CHECKED: Mapping[str, Function] = {
    "abs": Function("column", "pc.abs_checked({})"),
    "element_at": Function("row int", lambda position: _item(position).replace("list", "strict"), "strict_item"),
    "size": Function("column", "pc.list_value_length({})"),
}
"""What is different in ANSI mode, as it is there."""

_CASTS = {"to_date": "date", "to_timestamp": "timestamp"}
_OF_DATES = {"add_months", "date_add", "date_format", "date_sub", "date_trunc", "datediff", "last_day", "trunc"}
_DATES, _TYPES = "a text that is no date ends the job", "what it is given has another type in common"
NOT_IN_ANSI_MODE: Mapping[str, str] = {
    **dict.fromkeys(_OF_DATES, _DATES),
    **dict.fromkeys(("array", "coalesce", "greatest", "ifnull", "least", "nvl"), _TYPES),
}
"""Functions that are not mapped in ANSI mode, with what is different there."""


def _in_ansi_mode(name: str, function: Function) -> Function:
    """A function as it is in ANSI mode; NotCarried where that depends on types that the job's source does not tell."""
    if name in NOT_IN_ANSI_MODE:
        raise NotCarried(f"{name}() in ANSI mode, where {NOT_IN_ANSI_MODE[name]}, is not mapped")
    return _CHECKED.get(name, function)


def cast_function(name: str, column: Column, session: Session) -> Column | None:
    """The cast that a function named like a type is (``int(x)``), None for another function."""
    known = {"int", "bigint", "smallint", "tinyint", "float", "double", "string", "boolean", "date", "timestamp"}
    return cast(column, from_ddl(name), session) if name in known else None
