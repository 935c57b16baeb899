"""Conditions written as SQL text (``df.filter("x > 1 AND s IS NOT NULL")``) as PyArrow source."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from migrate.mapping import Column, NotCarried
from migrate.translate.expressions import made

if TYPE_CHECKING:
    from sqlglot import exp


def condition(text: str) -> Column:
    """The condition over one batch; NotCarried for anything but comparisons, IN, BETWEEN, IS NULL, AND, OR and NOT."""
    import sqlglot

    if "\\" in text or "''" in text or '""' in text:
        # Spark's rules for these depend on its version and settings.
        raise NotCarried("a condition with escaped quotes is not mapped yet")
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    try:
        parsed: Any = sqlglot.parse_one(f"SELECT 1 WHERE {text}", dialect="spark")
    except (sqlglot.errors.SqlglotError, RecursionError):
        raise NotCarried(f"the condition {text!r} cannot be read as SQL") from None
    found = parsed.args.get("where")
    if found is None:
        raise NotCarried(f"the condition {text!r} cannot be read as SQL")
    return _condition(found.this)


def _condition(node: Any) -> Column:
    from sqlglot import exp

    compared: Mapping[type[Any], str] = {
        exp.EQ: "==",
        exp.NEQ: "!=",
        exp.LT: "<",
        exp.LTE: "<=",
        exp.GT: ">",
        exp.GTE: ">=",
    }
    if isinstance(node, exp.Paren):
        return _condition(node.this)
    if isinstance(node, (exp.And, exp.Or)):
        kleene = "pc.and_kleene" if isinstance(node, exp.And) else "pc.or_kleene"
        return made(f"{kleene}({{}}, {{}})", _condition(node.left), _condition(node.right))
    if isinstance(node, exp.Not):
        return made("pc.invert({})", _condition(node.this))
    if type(node) in compared:
        sides = (_operand(node.args["this"]), _operand(node.args["expression"]))
        return made(f'compared({{}}, "{compared[type(node)]}", {{}})', *sides, helper="compared")
    if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
        return made("pc.is_null({})", _operand(node.this))
    if isinstance(node, exp.Between):
        least, most = (
            made(f'compared({{}}, "{symbol}", {{}})', _operand(node.this), _operand(node.args[side]), helper="compared")
            for symbol, side in ((">=", "low"), ("<=", "high"))
        )
        return made("pc.and_kleene({}, {})", least, most)
    if isinstance(node, exp.In) and node.expressions:
        return _is_in(node)
    if isinstance(node, exp.Column):
        return _operand(node)
    raise NotCarried(f"the condition {node.sql('spark')} is not mapped yet")


def _is_in(node: exp.In) -> Column:
    from sqlglot import exp

    literals = [value.this if isinstance(value, exp.Neg) else value for value in node.expressions]
    if not all(isinstance(value, exp.Literal) for value in literals):
        raise NotCarried(f"the condition {node.sql('spark')} is not mapped yet")
    if any(not value.is_string and not value.is_int for value in literals):
        raise NotCarried("IN with floating numbers, where NaN and -0.0 have rules of their own, is not mapped yet")
    if len({value.is_string for value in literals}) > 1:
        raise NotCarried("IN takes literals of one type")
    listed = ", ".join(_operand(value).text for value in node.expressions)
    return made(f"is_in({{}}, [{listed}])", _operand(node.this), helper="is_in")


def _operand(node: Any) -> Column:
    from sqlglot import exp

    if isinstance(node, exp.Paren):
        return _operand(node.this)
    if isinstance(node, exp.Column) and len(node.parts) == 1:
        return made(f"batch[{json.dumps(node.name, ensure_ascii=False)}]".replace("{", "{{").replace("}", "}}"))
    if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal) and node.this.is_number:
        return made(f"-{node.this.this}")
    if isinstance(node, exp.Literal):
        text = json.dumps(node.this, ensure_ascii=False) if node.is_string else node.this
        return made(text.replace("{", "{{").replace("}", "}}"))
    if isinstance(node, exp.Boolean):
        return made(str(node.this))
    raise NotCarried(f"{node.sql('spark')} in a condition is not mapped yet")
