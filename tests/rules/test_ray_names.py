"""What a page shows of Ray is there in the Ray that it was compared with: names, methods and their arguments."""

from __future__ import annotations

import ast
import builtins
import contextlib
import inspect
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from migrate.rules import Rule, rules

ray = pytest.importorskip("ray", reason="needs the environment of Ray")

# A snippet names what its imports would bring.
MODULES = (
    "ray", "ray.data", "ray.data.aggregate", "ray.data.expressions", "ray.data.preprocessors", "ray.data.block",
    "ray.train", "ray.train.torch", "ray.train.tensorflow", "ray.train.xgboost", "ray.tune", "ray.tune.search",
    "ray.tune.schedulers", "torch.utils.data", "decimal",
)  # fmt: skip
RETURNED = {"Dataset": "ray.data", "MaterializedDataset": "ray.data.dataset", "GroupedData": "ray.data.grouped_data",
            "TrainContext": "ray.train", "DataIterator": "ray.data"}  # fmt: skip
WITH_AFTER = [rule for rule in rules().values() if rule.after is not None]
UNKNOWN = object()


@cache
def names(module: str) -> frozenset[str]:
    """What a module gives; where it needs a library that is not here, what its source speaks of."""
    try:
        return frozenset(dir(import_module(module)))
    except ImportError:
        spec = find_spec(module)
        assert spec is not None and spec.origin is not None
        return frozenset(re.findall(r"\w+", Path(spec.origin).read_text(encoding="utf-8")))


def meant(node: ast.expr) -> Any:
    """What an expression of a snippet is: an object of Ray, or the class of a result; None where Ray has none."""
    if isinstance(node, ast.Name):
        return {"ray": ray, "ds": import_module("ray.data").Dataset}.get(node.id, UNKNOWN)
    if isinstance(node, ast.Attribute):
        holder = meant(node.value)
        if holder is UNKNOWN or holder is None:
            return UNKNOWN
        if inspect.ismodule(holder) and not hasattr(holder, node.attr):
            with contextlib.suppress(ImportError):
                import_module(f"{holder.__name__}.{node.attr}")
        return getattr(holder, node.attr, None)
    if isinstance(node, ast.Call):
        called = meant(node.func)
        if inspect.isroutine(called):
            name = str(inspect.signature(called).return_annotation).strip("'\"").split(".")[-1].rstrip("'>")
            return getattr(import_module(RETURNED[name]), name) if name in RETURNED else UNKNOWN
    return UNKNOWN


def calls(source: str) -> Iterator[tuple[ast.Call, Any]]:
    """Each call of something of Ray, and what is called; None where it is not there."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and (called := meant(node.func)) is not UNKNOWN:
            yield node, called


@pytest.mark.parametrize("rule", WITH_AFTER, ids=lambda rule: rule.code)
def test_calls_of_ray_exist_with_their_arguments(rule: Rule) -> None:
    assert rule.after is not None
    for call, found in calls(rule.after):
        written, keywords = ast.unparse(call.func), {keyword.arg for keyword in call.keywords if keyword.arg}
        assert found is not None, f"{written} is not in Ray {ray.__version__}"
        taken = inspect.signature(found).parameters
        if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in taken.values()):
            assert keywords <= set(taken), f"{written} takes no {keywords - set(taken)}"


def test_a_name_that_is_not_there_is_found() -> None:
    found = {
        ast.unparse(call.func): called for call, called in calls("ray.data.read_csv(p).map(f).distinct('x').sum()")
    }
    assert found["ray.data.read_csv(p).map(f).distinct"] is None and found["ray.data.read_csv(p).map"] is not None


@pytest.mark.parametrize("rule", WITH_AFTER, ids=lambda rule: rule.code)
def test_classes_come_from_ray_or_from_the_job(rule: Rule) -> None:
    assert rule.after is not None
    tree = ast.parse(rule.after)
    made = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    made |= {node.name for node in ast.walk(tree) if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
    made |= {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    strange = {
        name
        for name in called - made - set(dir(builtins))
        if name[0].isupper() and name not in rule.before and not any(name in names(place) for place in MODULES)
    }
    assert strange == set()
