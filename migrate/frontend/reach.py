"""What a function that Spark ships reaches: which libraries it uses, whether it trains or applies a model."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.frontend.symbols import roots

LIBRARIES = frozenset(
    {
        "horovod",
        "torch",
        "torchvision",
        "tensorflow",
        "keras",
        "tf_keras",
        "sklearn",
        "xgboost",
        "lightgbm",
        "catboost",
        "transformers",
        "onnxruntime",
        "pytorch_lightning",
        "lightning",
        "mxnet",
        "jax",
        "flax",
        "spacy",
        "gensim",
        "sentence_transformers",
        "prophet",
        "fbprophet",
        "statsmodels",
        "pmdarima",
        "mlflow",
        "joblib",
        "cv2",
        "PIL",
        "numpy",
        "scipy",
        "pandas",
        "nltk",
        "petastorm",
        "deepspeed",
        "openai",
        "langchain",
        "vllm",
        "llama_cpp",
        "skimage",
        "dgl",
        "bs4",
        "requests",
        "rdkit",
        "librosa",
        "textblob",
        "faker",
        "shap",
        "geopy",
    }
)
"""Libraries worth naming: they tell training, inference and heavy Python work from a line of string handling."""

_FRAMEWORKS = LIBRARIES & frozenset(
    {
        "horovod",
        "torch",
        "tensorflow",
        "keras",
        "tf_keras",
        "sklearn",
        "xgboost",
        "lightgbm",
        "catboost",
        "pytorch_lightning",
        "lightning",
        "mxnet",
        "jax",
        "flax",
        "prophet",
        "fbprophet",
        "statsmodels",
        "pmdarima",
        "deepspeed",
    }
)
_MODELS = _FRAMEWORKS | {"transformers", "onnxruntime", "sentence_transformers", "vllm", "llama_cpp"}
_TRAINING = frozenset(
    {
        "fit",
        "backward",
        "train_on_batch",
        "DistributedOptimizer",
        "partial_fit",
        "fit_transform",
        "auto_arima",
        "GradientTape",
        "minimize",
    }
)
_PREDICTING = frozenset(
    {
        "predict",
        "predict_proba",
        "predict_on_batch",
        "no_grad",
        "inference_mode",
        "load_model",
        "load_state_dict",
        "saved_model",
        "InferenceSession",
        "from_pretrained",
        "decision_function",
        "score_samples",
    }
)
_APPLYING = {"generate": _MODELS, "inference": _MODELS, "encode": frozenset({"sentence_transformers"})}
"""Names that mean other things too: a model is applied where one of these libraries is there as well."""
_WORK = (ast.Call, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.stmt)
_NO_WORK = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Return, ast.Pass)
_LIMIT = 200


@dataclass
class Reach:
    """``libraries`` by their top package; ``trains`` and ``predicts`` say what is done with their models.

    ``size`` counts the calls, comprehensions and statements of the function and of what it reaches, where returning
    is no statement: a lambda or a function that only rearranges a tuple has none.
    """

    libraries: set[str] = field(default_factory=set)
    trains: bool = False
    predicts: bool = False
    size: int = 0
    _attributes: set[str] = field(default_factory=set)


def reach_of(project: Project, module: Module, node: ast.AST) -> Reach:
    """Follow a function, and the functions of the project that it names, through their bodies."""
    found = Reach()
    seen: set[ast.AST] = set()
    waiting: list[tuple[Module, ast.AST]] = [(module, node)]
    while waiting and len(seen) < _LIMIT:
        where, function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        inside = list(ast.walk(function))
        local = {part.id for part in inside if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
        local |= {part.arg for part in inside if isinstance(part, ast.arg)}
        owners = {part.value for part in inside if isinstance(part, ast.Attribute)}
        for child in inside:
            found.size += _is_work(child)
            if isinstance(child, ast.Attribute):
                found._attributes.add(child.attr)
            if isinstance(child, (ast.Name, ast.Attribute)) and isinstance(child.ctx, ast.Load):
                for source in _sources(project, where, child, local):
                    if isinstance(source, str):
                        found.libraries.add(source)
                    elif not (child in owners and isinstance(source[1], ast.ClassDef)):
                        waiting.append(source)
            elif isinstance(child, (ast.Import, ast.ImportFrom)):
                names = [a.name for a in child.names] if isinstance(child, ast.Import) else [child.module or ""]
                found.libraries.update(name.split(".", 1)[0] for name in names if name.split(".", 1)[0] in LIBRARIES)
    frameworks = bool(found.libraries & _FRAMEWORKS)
    found.trains = (frameworks and bool(found._attributes & _TRAINING)) or "DistributedOptimizer" in found._attributes
    known = _PREDICTING | {name for name, libraries in _APPLYING.items() if found.libraries & libraries}
    found.predicts = not found.trains and bool(found._attributes & known)
    return found


def _is_work(node: ast.AST) -> bool:
    return isinstance(node, _WORK) and not isinstance(node, _NO_WORK) and not _is_docstring(node)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _sources(
    project: Project, where: Module, node: ast.Name | ast.Attribute, local: set[str]
) -> Iterator[str | tuple[Module, ast.AST]]:
    """The libraries worth naming that a name comes from, and its definition in the project."""
    origin = where.resolve(node)
    if origin is None:
        if isinstance(node, ast.Name) and node.id not in local:
            yield from _variable(where, node.id)
        return
    top = origin.split(".", 1)[0]
    if top in LIBRARIES:
        yield top
    if top in roots() or top in LIBRARIES:
        return
    target: Module | None = where
    name = origin
    if where.name and origin.startswith(where.name + "."):
        name = origin[len(where.name) + 1 :]
    else:
        holder, _, name = origin.rpartition(".")
        path = project.locate(where.path, holder) if holder else None
        target = project.module(path) if path else None
    definition = target.definitions.get(name) if target is not None else None
    if target is not None and definition is not None:
        yield target, definition


def _variable(where: Module, name: str) -> Iterator[str | tuple[Module, ast.AST]]:
    """What a variable of the module holds: a lambda, or an object with the libraries it was made by."""
    value = where.definitions.get(name)
    if isinstance(value, ast.Lambda):
        yield where, value
    elif isinstance(value, ast.Call):
        for part in ast.walk(value):
            if isinstance(part, (ast.Name, ast.Attribute)):
                top = (where.resolve(part) or "").split(".", 1)[0]
                if top in LIBRARIES:
                    yield top
