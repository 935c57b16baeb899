"""Classes of Spark's that an emitted class of the same name stands in for, so that the job's own text can stay.

A template under ``templates/stage/`` that begins with ``{# stands_in: pyspark.ml.feature.Binarizer #}`` takes the place
of that import in the Ray part, wherever the job uses the name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from migrate.frontend.module import Module
from migrate.mapping import Edit, NotCarried
from migrate.templating import environment
from migrate.translate.helpers import helper_source

_RAYS = {"Preprocessor": ast.parse("def fit(self, ds): ...\ndef transform(self, ds): ...").body}
"""What Ray's own classes offer, where an emitted class builds on them and the job uses it."""

_SAVES = frozenset({"save", "write"})
"""What a job does with a model in a stage of its own, which has its own mapping."""

_HEADER = re.compile(r"^\{#\s*stands_in:\s*(.*?)\s*#\}\n", re.MULTILINE)


@cache
def stand_ins() -> dict[str, str]:
    """The helper that stands in for each of Spark's classes, by the dotted origin of the class."""
    loader = environment().loader
    assert loader is not None
    found: dict[str, str] = {}
    for template in loader.list_templates():
        if not template.startswith("stage/"):
            continue
        for origins in _HEADER.findall(loader.get_source(environment(), template)[0]):
            for origin in origins.split(","):
                found[origin.strip()] = template.removeprefix("stage/").removesuffix(".py.j2")
    return found


def class_name(origin: str) -> str:
    """The name of a class by its dotted origin."""
    return origin.rpartition(".")[2]


def uses_of(module: Module) -> Iterator[tuple[ast.Name | ast.Attribute, str]]:
    """Every place where a job names a class that has a stand-in, with the origin of the class."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            origin = module.resolve(node)
            if origin in stand_ins():
                yield node, origin


def renames(module: Module) -> list[Edit]:
    """The edits that call each stand-in by the name of its class: ``feature.Binarizer`` becomes ``Binarizer``."""
    return [
        Edit(module.span(node), class_name(origin))
        for node, origin in uses_of(module)
        if module.segment(node) != class_name(origin)
    ]


def helpers_for(module: Module, names: set[str]) -> set[str]:
    """The helpers that stand in for those of Spark's classes that a text goes on naming.

    NotCarried where two classes of one name, of different packages, would need one each.
    """
    chosen: dict[str, str] = {}
    for node, origin in uses_of(module):
        name, helper = class_name(origin), stand_ins()[origin]
        if name in names and chosen.setdefault(name, helper) != helper:
            raise NotCarried(f"line {node.lineno} uses {origin}, and another class of that name is in use too")
    return {helper for name, helper in chosen.items() if name in names}


@dataclass(frozen=True)
class Offer:
    """What an emitted class can do: the parameters of its constructor, and its attributes and methods."""

    parameters: frozenset[str]
    members: frozenset[str]


def offer_of(origin: str, uses: frozenset[str], part: str = "") -> Offer:
    """What the class that stands in for ``origin`` offers a job that asks for the members ``uses``.

    A model of its own, ``BinarizerModel`` beside ``Binarizer``, counts with it. ``part`` names another class that comes
    with it, for what that one offers.
    """
    name = part or class_name(origin)
    source, _ = helper_source([stand_ins()[origin]], (), uses | {name, class_name(origin)})
    classes = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)}
    own = list(_line_of(classes, name))
    makers = [node for node in own if isinstance(node, ast.FunctionDef) and node.name == "__init__"]
    parameters = (
        {argument.arg for argument in ast.walk(makers[0].args) if isinstance(argument, ast.arg)} if makers else {"self"}
    )
    members = [*own, *_line_of(classes, f"{name}Model")]
    return Offer(frozenset(parameters - {"self"}), frozenset(_member_names(members)))


def _line_of(classes: dict[str, ast.ClassDef], name: str) -> Iterator[ast.stmt]:
    """The statements of a class, then those of the classes that it builds on."""
    if name not in classes:
        return
    yield from classes[name].body
    for base in classes[name].bases:
        if isinstance(base, ast.Name):
            yield from _line_of(classes, base.id) if base.id in classes else _RAYS.get(base.id, [])


def _member_names(body: Iterable[ast.stmt]) -> Iterator[str]:
    for statement in body:
        if isinstance(statement, ast.FunctionDef):
            yield statement.name
        for node in ast.walk(statement):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.ctx, ast.Store)
                and ast.unparse(node.value) == "self"
            ):
                yield node.attr


def made_of(module: Module, origin: str) -> Iterator[ast.Call]:
    """The calls of a job that make an object of a class."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and module.resolve(node.func) == origin:
            yield node


def names_of(module: Module, origin: str, holder: ast.AST) -> set[str]:
    """The variables that statements of ``holder`` bind to an object of a class, as made or with setters behind it."""
    makers = list(made_of(module, origin))
    return {
        target.id
        for node in ast.walk(holder)
        if isinstance(node, ast.Assign) and any(inner in makers for inner in chained(node.value))
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def chained(node: ast.expr) -> Iterator[ast.Call]:
    """A call and the calls that it is chained to: ``Tokenizer().setInputCol("a")``."""
    while isinstance(node, ast.Call):
        yield node
        if not (isinstance(node.func, ast.Attribute) and node.func.attr.startswith("set")):
            return
        node = node.func.value


def check_uses(module: Module, origin: str, offer: Offer, models: set[str], *, by_position: bool = False) -> None:
    """NotCarried where a job asks a class, or one of the ``models`` fitted by it, for what the stand-in does not have.

    A parameter that the constructor does not take, a method or an attribute. ``by_position`` says that its parameters
    stand in Spark's order.
    """
    name = class_name(origin)
    for call in made_of(module, origin):
        given = {keyword.arg or "**" for keyword in call.keywords}
        if (call.args and not by_position) or not given <= offer.parameters:
            unknown = ", ".join(sorted(given - offer.parameters)) or "parameters by position"
            raise NotCarried(f"{name} with {unknown} (line {call.lineno}) is not mapped yet")
    holders = names_of(module, origin, module.tree) | models
    makers = list(made_of(module, origin))
    in_grids = {id(param) for param in grid_params(module)}
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Attribute) or node.attr in offer.members or id(node) in in_grids:
            continue
        value = node.value
        if node.attr in _SAVES and isinstance(value, ast.Name) and value.id in models:
            continue
        if (isinstance(value, ast.Name) and value.id in holders) or any(inner in makers for inner in chained(value)):
            raise NotCarried(f"{name}.{node.attr} (line {node.lineno}) is not mapped yet")


def grid_params(module: Module) -> Iterator[ast.expr]:
    """What a job gives a grid as parameters: ``lr.regParam`` of ``addGrid(lr.regParam, [0.1, 0.01])``."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "addGrid":
            yield from node.args[:1]


def is_fitted_stage(node: ast.expr) -> bool:
    """Whether an expression is a stage of a fitted pipeline: ``model.stages[0]``."""
    return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "stages"


def check_parts(module: Module, is_part: Callable[[ast.expr], bool], members: frozenset[str]) -> None:
    """NotCarried where a job asks a part of a model, in place or under a name, for what none of the parts has."""
    nodes = list(ast.walk(module.tree))
    names = {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and is_part(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in nodes:
        if not isinstance(node, ast.Attribute) or node.attr in members:
            continue
        if is_part(node.value) or (isinstance(node.value, ast.Name) and node.value.id in names):
            raise NotCarried(f"{module.segment(node)} (line {node.lineno}) is not mapped yet")
