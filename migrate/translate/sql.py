"""SQL text (``df.filter("x > 1")``, ``selectExpr("upper(s) AS u")``, ``SELECT a FROM t``) read into columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from migrate.frontend.sql import parsed
from migrate.mapping import Column, NotCarried, Selection
from migrate.translate import built
from migrate.translate.built import Session
from migrate.translate.functions import FUNCTIONS, OTHER_NAMES, Value, called, cast_function
from migrate.translate.spark_types import from_ddl

if TYPE_CHECKING:
    from sqlglot import exp


def condition(text: str, session: Session) -> Column:
    """A condition over one batch; NotCarried for what has no counterpart."""
    found = _statement(f"SELECT 1 WHERE {text}", text).args.get("where")
    if found is None:
        raise _Unread(text)
    return _column(found.this, session)


def expression(text: str, session: Session) -> Column | None:
    """One expression of a select list, None for ``*``."""
    items = _statement(f"SELECT {text}", text).expressions
    if len(items) != 1:
        raise _Unread(text)
    return _item(items[0], session)


def selection(text: str, session: Session) -> Selection:
    """A query of one table; NotCarried for any with more than columns and a condition."""
    from sqlglot import exp

    statement = _statement(text, text)
    parts = {name for name, value in statement.args.items() if value} - {"expressions", "where", "kind"}
    source = next((statement.args[name].this for name in ("from", "from_") if statement.args.get(name)), None)
    if parts - {"from", "from_"} or not isinstance(source, exp.Table) or source.alias or source.args.get("joins"):
        raise NotCarried("SQL with more than the columns of one table and a condition is not mapped yet")
    where = statement.args.get("where")
    columns = tuple(_item(item, session) for item in statement.expressions)
    name = ".".join(part.name for part in source.parts).lower()
    return Selection(columns, name, None if where is None else _column(where.this, session))


class _Unread(NotCarried):
    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} cannot be read as SQL")


def _statement(text: str, shown: str) -> exp.Select:
    from sqlglot import exp

    if "\\" in text or "''" in text or '""' in text:
        # Spark's rules for these depend on its version and settings.
        raise NotCarried("SQL with escaped quotes is not mapped yet")
    found = parsed(text)
    if len(found) != 1 or not isinstance(found[0], exp.Select):
        raise _Unread(shown)
    return found[0]


def _item(node: Any, session: Session) -> Column | None:
    from sqlglot import exp

    if isinstance(node, exp.Star) and not any(node.args.values()):
        return None
    return _column(node, session)


def _column(node: Any, session: Session) -> Column:
    from sqlglot import exp

    def inner(part: Any) -> Column:
        return _column(part, session)

    if isinstance(node, exp.Paren):
        return inner(node.this)
    if isinstance(node, exp.Alias):
        return built.named(inner(node.this), node.alias)
    if isinstance(node, exp.Column) and all(isinstance(part, exp.Identifier) for part in node.parts):
        return built.reference(".".join(part.name for part in node.parts))
    if type(node) in _compared():
        return built.compared(inner(node.left), _compared()[type(node)], inner(node.right), session)
    if type(node) in _calculated():
        found = built.calculated(inner(node.left), _calculated()[type(node)], inner(node.right), session)
        return built.untitled(found) if isinstance(node, exp.Mod) else found  # it may be mod(a, b)
    if isinstance(node, exp.And | exp.Or):
        return (built.both if isinstance(node, exp.And) else built.either)(inner(node.left), inner(node.right))
    if isinstance(node, exp.Not):
        return _inverted(node, session)
    if isinstance(node, exp.NullSafeEQ):
        return built.same(inner(node.left), inner(node.right), session)
    if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
        return built.null(inner(node.this))
    if isinstance(node, exp.Between):
        return built.between(inner(node.this), inner(node.args["low"]), inner(node.args["high"]), session)
    if isinstance(node, exp.In) and node.expressions:
        return built.is_in(inner(node.this), [_whole(value) for value in node.expressions])
    if isinstance(node, exp.If):
        other = node.args.get("false")
        pairs = [(inner(node.this), inner(node.args["true"]))]
        return built.untitled(built.case_when(pairs, None if other is None else inner(other), session))
    if isinstance(node, exp.Case) and node.this is None:
        pairs = [(inner(branch.this), inner(branch.args["true"])) for branch in node.args["ifs"]]
        default = node.args.get("default")
        return built.case_when(pairs, None if default is None else inner(default), session)
    if isinstance(node, exp.Cast) and node.sql("spark").startswith("CAST("):
        cast = built.cast(inner(node.this), from_ddl(node.to.sql("spark").lower()), session)
        return built.untitled(cast) if isinstance(node.this, exp.Literal) else cast  # it may be DATE'2024-02-29'
    if isinstance(node, exp.DPipe):
        return called("concat", FUNCTIONS["concat"], [inner(node.left), inner(node.right)], session)
    if isinstance(node, exp.Neg) and not isinstance(node.this, exp.Literal):
        return built.negative(inner(node.this), session)
    if isinstance(node, exp.Literal | exp.Boolean | exp.Null | exp.Neg):
        return _literal(node)
    if isinstance(node, exp.Like | exp.RegexpLike) and not node.args.get("escape"):
        if isinstance(node, exp.RegexpLike):
            return built.untitled(_called("rlike", [node.this, node.expression], session))
        return _called("like", [node.this, node.expression], session)
    if isinstance(node, exp.Func):
        return _function(node, session)
    raise NotCarried(f"{node.sql('spark')} in SQL is not mapped yet")


def _inverted(node: exp.Not, session: Session) -> Column:
    from sqlglot import exp

    if isinstance(node.this, exp.Is) and isinstance(node.this.expression, exp.Null):
        return built.valid(_column(node.this.this, session))
    return built.inverted(_column(node.this, session))


def _compared() -> Mapping[type[Any], str]:
    from sqlglot import exp

    return {exp.EQ: "==", exp.NEQ: "!=", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}


def _calculated() -> Mapping[type[Any], str]:
    from sqlglot import exp

    return {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}


def _literal(node: Any) -> Column:
    from sqlglot import exp

    if isinstance(node, exp.Null):
        return built.literal(None)
    number = node.this if isinstance(node, exp.Neg) else node
    if isinstance(number, exp.Literal) and not number.is_string and not number.is_int:
        if "e" in number.this.lower():
            raise NotCarried(f"the number {number.this} in SQL is not mapped yet")
        return built.decimal(f"-{number.this}" if number is not node else number.this)
    return built.literal(_whole(node))


def _whole(node: Any) -> Value:
    """The value of a literal that is no fraction."""
    from sqlglot import exp

    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal) and node.this.is_int:
        return -int(node.this.this)
    if isinstance(node, exp.Literal) and (node.is_string or node.is_int):
        return str(node.this) if node.is_string else int(node.this)
    raise NotCarried(f"{node.sql('spark')} in SQL, where a literal is expected that is no fraction, is not mapped")


_ONE_NAME = {"abs", "concat", "concat_ws", "exp", "floor", "greatest", "initcap", "isnan", "least", "lpad", "ltrim"} | {
    *{"md5", "repeat", "reverse", "round", "rpad", "rtrim", "sort_array", "sqrt", "translate", "trim"}
}
"""Functions with one name: Spark names their result as the job spells them, which sqlglot does not keep."""


def _function(node: Any, session: Session) -> Column:
    """A function by the name that Spark knows it by, where sqlglot says nothing else of it than its arguments."""
    from sqlglot import exp

    arguments = [part for value in node.args.values() for part in (value if isinstance(value, list) else [value])]
    arguments = [part for part in arguments if isinstance(part, exp.Expression)]
    written = node.sql("spark")
    name = written.partition("(")[0].lower()
    if written.lower() != f"{name}({', '.join(part.sql('spark') for part in arguments)})".lower():
        raise NotCarried(f"{written} in SQL is not mapped yet")
    if len(arguments) == 1:
        cast = cast_function(name, _column(arguments[0], session), session)
        if cast is not None:
            return cast
    found = _called(name, arguments, session)
    return found if name in _ONE_NAME else built.untitled(found)


def _called(name: str, nodes: list[Any], session: Session) -> Column:
    known = OTHER_NAMES.get(name, name)
    function = FUNCTIONS.get(known)
    kinds = [] if function is None else [function.kind(position) for position in range(len(nodes))]
    defaults = None if function is None or None in kinds else function.defaults(len(nodes))
    if function is None or defaults is None:
        raise NotCarried(f"the function {name} with {len(nodes)} arguments in SQL is not mapped yet")
    given = [
        _column(node, session) if kind in {"column", "row", "number"} else _checked(_whole(node), kind, name)
        for node, kind in zip(nodes, kinds, strict=True)
    ]
    return called(known, function, [*given, *map(_default, defaults)], session)


def _checked(value: Value, kind: str | None, name: str) -> Value:
    wanted = {"int": int, "text": str, "bool": bool}.get(str(kind), object)
    if not isinstance(value, wanted):
        raise NotCarried(f"{value!r} is no literal that {name}() takes there")
    return value


def _default(text: str) -> Value:
    return {"True": True, "False": False}.get(text, int(text) if text.lstrip("-").isdecimal() else text)
