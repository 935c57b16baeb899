"""The words of machine learning in a file's own names: hand-written learning imports no library that would tell."""

from __future__ import annotations

import ast
import re

from migrate.frontend.module import Module

_WORDS = {
    "kmeans": "k-means", "centroid": "k-means", "centroids": "k-means", "kpoints": "k-means", "closestpoint": "k-means", "closestcenter": "k-means",
    "kcenters": "k-means", "gradient": "gradient descent", "gradients": "gradient descent", "sgd": "gradient descent", "logistic": "regression",
    "regression": "regression", "classifier": "classification", "perceptron": "perceptron", "backprop": "neural network", "epochs": "training",
    "rmse": "model error", "loss": "model error", "factorization": "matrix factorisation", "likelihood": "likelihood", "svm": "support vectors",
    "naivebayes": "naive Bayes", "hyperplane": "support vectors", "weights": "weights", "w": "weights", "learningrate": "training",
}
_SPLIT = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def vocabulary(module: Module) -> tuple[str, ...]:
    """The notions of machine learning that the file's own functions, variables and docstring speak of, sorted."""
    names: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    found = {_WORDS[word] for name in names for word in _forms(name) if word in _WORDS}
    title = f"{module.name.rpartition('.')[2]} {ast.get_docstring(module.tree) or ''}"
    found |= {_WORDS[word] for word in _forms(title) if word in _WORDS and word != "w"}
    return tuple(sorted(found))


def _forms(text: str) -> set[str]:
    words = [word.lower() for word in _SPLIT.findall(text)]
    pairs = {first + second for first, second in zip(words, words[1:])}
    return set(words) | pairs
