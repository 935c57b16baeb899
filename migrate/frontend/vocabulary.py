"""The words of machine learning in a file's own names: hand-written learning imports no library that would tell."""

from __future__ import annotations

import ast
import itertools
import re

from migrate.frontend.module import Module

_WORDS = frozenset(
    {
        "kmeans",
        "centroid",
        "centroids",
        "kpoints",
        "closestpoint",
        "closestcenter",
        "kcenters",
        "gradient",
        "gradients",
        "sgd",
        "logistic",
        "regression",
        "classifier",
        "perceptron",
        "backprop",
        "backpropagation",
        "epochs",
        "rmse",
        "loss",
        "factorization",
        "likelihood",
        "svm",
        "naivebayes",
        "hyperplane",
        "weights",
        "learningrate",
    }
)
_SPLIT = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def vocabulary(module: Module) -> tuple[str, ...]:
    """The words of machine learning among the file's name, its functions, variables and docstring, sorted."""
    names: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    found = {word for name in names for word in _forms(name) if word in _WORDS}
    title = f"{module.name.rpartition('.')[2]} {ast.get_docstring(module.tree) or ''}"
    found |= _forms(title) & _WORDS
    return tuple(sorted(found))


def _forms(text: str) -> set[str]:
    words = [word.lower() for word in _SPLIT.findall(text)]
    pairs = {first + second for first, second in itertools.pairwise(words)}
    return set(words) | pairs
