"""The keys that a join compares, read from names or from a condition of equalities."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.ir import Stage
from migrate.mapping import Call, NotCarried
from migrate.translate.built import quoted
from migrate.translate.projections import name_list

_BROADCAST = "pyspark.sql.functions.broadcast"
_COLUMN = {"pyspark.sql.functions.col", "pyspark.sql.functions.column"}
_KINDS = {
    **dict.fromkeys(("inner",), "inner"),
    **dict.fromkeys(("left", "leftouter"), "left"),
    **dict.fromkeys(("right", "rightouter"), "right"),
    **dict.fromkeys(("outer", "full", "fullouter"), "full"),
    **dict.fromkeys(("semi", "leftsemi"), "semi"),
    **dict.fromkeys(("anti", "leftanti"), "anti"),
}


@dataclass(frozen=True)
class Keys:
    """What a join compares: names that both sides have, or pairs of names; ``null_safe`` numbers those by ``<=>``."""

    names: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    null_safe: tuple[int, ...] = ()

    @property
    def source(self) -> str:
        """The keys as source."""
        if self.names:
            return name_list(self.names)
        return f"[{', '.join(f'({quoted(one)}, {quoted(other)})' for one, other in self.pairs)}]"

    @property
    def shared(self) -> set[str]:
        """The names, in lower case, of pairs that Spark keeps twice."""
        return {one.lower() for one, other in self.pairs if one.lower() == other.lower()}


@dataclass(frozen=True)
class Partner:
    """The other side of a join: its expression without the hint to broadcast it, and whether it had one."""

    node: ast.expr
    broadcast: bool


def kind_of(call: Call) -> str:
    """The kind of a join, by the name that the emitted helper has for it; NotCarried where it cannot be read."""
    how = call.argument("how", 2)
    if how is None:
        return "inner"
    if not isinstance(how, ast.Constant) or not isinstance(how.value, str):
        raise NotCarried("the kind of the join is not a literal")
    kind = _KINDS.get(how.value.lower().replace("_", ""))
    if kind is None:
        raise NotCarried(f"a {how.value} join makes every pair of rows, which Ray has no join for")
    return kind


def partner_of(call: Call) -> Partner:
    """The other side of a join; NotCarried where it cannot be read."""
    other = call.argument("other", 0)
    if other is None:
        raise NotCarried("the other side of the join is not an argument that can be read")
    if isinstance(other, ast.Call) and call.resolve(other.func) == _BROADCAST and len(other.args) == 1:
        return Partner(other.args[0], True)
    return Partner(other, False)


def keys_of_join(call: Call, other: ast.expr) -> Keys:
    """The keys that a join compares; NotCarried for what is no equality of columns of both sides."""
    on = call.argument("on", 1)
    if on is None:
        raise NotCarried("a join without keys makes every pair of rows, which Ray has no join for")
    nodes = list(on.elts) if isinstance(on, ast.List | ast.Tuple) else [on]
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    if texts and len(texts) == len(nodes):
        if len({text.lower() for text in texts}) < len(texts) or any("." in text or "`" in text for text in texts):
            raise NotCarried("the names that the join is on cannot be told apart")
        return Keys(names=tuple(texts))
    pairs: list[tuple[str, str]] = []
    null_safe: list[int] = []
    for node in [part for one in nodes for part in _conjuncts(one)]:
        sides = _equal(node)
        if sides is None:
            raise NotCarried(f"the join condition {ast.unparse(node)} is no equality, which Ray has no join for")
        if isinstance(node, ast.Call):
            null_safe.append(len(pairs))
        pairs.append(_ordered(call, other, *(_key(call, other, side) for side in sides)))
    if len({name for pair in pairs for name in pair}) < len({*pairs}) or not pairs:
        raise NotCarried("the keys of the join cannot be told apart")
    return Keys(pairs=tuple(pairs), null_safe=tuple(null_safe))


def _conjuncts(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd):
        return [*_conjuncts(node.left), *_conjuncts(node.right)]
    return [node]


def _equal(node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq):
        return node.left, node.comparators[0]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "eqNullSafe":
        return (node.func.value, node.args[0]) if len(node.args) == 1 else None
    return None


_Key = tuple[str, bool | None]
"""A column's name, and whether it is the other side's, None where only the data tells."""


def _key(call: Call, other: ast.expr, node: ast.expr) -> _Key:
    if isinstance(node, ast.Call) and call.resolve(node.func) in _COLUMN and len(node.args) == 1:
        name = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
        if isinstance(name, str) and name.isidentifier():
            return name, None
    qualified = qualified_name(node)
    if qualified is None:
        raise NotCarried(f"the key {ast.unparse(node)} of the join is no plain column")
    frame, name = qualified
    return name, isinstance(other, ast.Name) and other.id == frame


def qualified_name(node: ast.expr) -> tuple[str, str] | None:
    """The frame and the column of ``df.k`` or ``df["k"]``, None for any other expression."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id, node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        key = node.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value.isidentifier():
            return node.value.id, key.value
    return None


def _ordered(call: Call, other: ast.expr, one: _Key, two: _Key) -> tuple[str, str]:
    """The two names of an equality, that of the left side in front."""
    (first, of_other), (second, second_of_other) = one, two
    if of_other is not None and of_other is second_of_other:
        raise NotCarried(f"both sides of a join condition, {first} and {second}, seem to be columns of one frame")
    return (second, first) if of_other or second_of_other is False else (first, second)


def settles(call: Call, keys: Keys, kind: str, other: ast.expr) -> tuple[Stage, ...]:
    """The stages behind a join that drop the second of two columns of one name, which is not there on Ray.

    NotCarried where both columns could be read.
    """
    if not keys.shared or kind in ("semi", "anti"):
        return ()
    dropped: list[Stage] = []
    left, behind = set(keys.shared), call
    while left and kind != "full":
        following = behind.consumers()
        if len(following) != 1 or following[0].statement != call.stage.statement:
            break
        behind = call.neighbour(following[0].id)
        if following[0].symbol == "DataFrame.select" and not dropped and _reads_one(behind, keys, kind, other):
            return ()
        names = _dropped(behind, kind, other) if following[0].symbol == "DataFrame.drop" else set()
        if not names or not names <= left:
            break
        left -= names
        dropped.append(following[0])
    if left:
        names_left = ", ".join(sorted(left))
        raise NotCarried(f"{names_left} stays twice behind this join; join on the name, or drop one right behind it")
    return tuple(dropped)


def names_all(call: Call) -> bool:
    """Whether all that a frame is used for is a ``select`` that names each column it takes."""
    found = call.consumers()
    arguments = [argument.source for stage in found for argument in stage.args]
    return bool(found) and all(s.symbol == "DataFrame.select" for s in found) and not any("*" in a for a in arguments)


def _spare(kind: str, other: ast.expr, frame: str) -> bool:
    """Whether a frame is the side whose column of a shared name is not kept."""
    is_other = isinstance(other, ast.Name) and other.id == frame
    return is_other is (kind != "right")


def _dropped(call: Call, kind: str, other: ast.expr) -> set[str]:
    """The names that a drop takes from the side that is not kept; none where it takes anything else."""
    arguments = call.node().args
    found = [qualified_name(argument) for argument in arguments]
    spare = {one[1].lower() for one in found if one is not None and _spare(kind, other, one[0])}
    return spare if len(spare) == len(arguments) else set()


def _reads_one(call: Call, keys: Keys, kind: str, other: ast.expr) -> bool:
    """Whether a select reads of two columns of one name only that which is kept."""
    nodes = [node for argument in call.node().args for node in ast.walk(argument)]
    if any(isinstance(node, ast.Constant) and isinstance(node.value, str) and "*" in node.value for node in nodes):
        return False
    found = [qualified_name(node) for node in nodes if isinstance(node, ast.expr)]
    return not any(one[1].lower() in keys.shared and _spare(kind, other, one[0]) for one in found if one is not None)
