"""What a function that Spark ships reaches: which libraries it uses, whether it trains or applies a model."""

from __future__ import annotations

import ast
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
        "from_pretrained",
        "decision_function",
        "score_samples",
    }
)
_APPLYING = frozenset({"generate", "inference", "encode"})
"""Names that mean other things too: a model is applied where one of its libraries is there as well."""
_WORK = (ast.Call, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.stmt)
_LIMIT = 200


@dataclass
class Reach:
    """``libraries`` by their top package; ``trains`` and ``predicts`` say what is done with their models.

    ``size`` counts the calls, comprehensions and statements of the function and of what it reaches: a lambda that only
    rearranges a tuple has none.
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
        for child in ast.walk(function):
            found.size += isinstance(child, _WORK)
            if isinstance(child, ast.Attribute):
                found._attributes.add(child.attr)
            if isinstance(child, (ast.Name, ast.Attribute)) and isinstance(child.ctx, ast.Load):
                _follow(project, where, child, found, waiting)
            elif isinstance(child, (ast.Import, ast.ImportFrom)):
                names = [a.name for a in child.names] if isinstance(child, ast.Import) else [child.module or ""]
                found.libraries.update(name.split(".", 1)[0] for name in names if name.split(".", 1)[0] in LIBRARIES)
    frameworks = bool(found.libraries & _FRAMEWORKS)
    found.trains = (frameworks and bool(found._attributes & _TRAINING)) or "DistributedOptimizer" in found._attributes
    known = _PREDICTING | _APPLYING if found.libraries & _MODELS else _PREDICTING
    found.predicts = not found.trains and bool(found._attributes & known)
    return found


def _follow(
    project: Project, where: Module, node: ast.Name | ast.Attribute, found: Reach, waiting: list[tuple[Module, ast.AST]]
) -> None:
    origin = where.resolve(node)
    if origin is None:
        return
    top = origin.split(".", 1)[0]
    if top in LIBRARIES:
        found.libraries.add(top)
        return
    if top in roots():
        return
    target: Module | None = where
    name = origin
    if where.name and origin.startswith(where.name + "."):
        name = origin[len(where.name) + 1 :]
    else:
        holder, _, name = origin.rpartition(".")
        path = project.locate(where.path, holder) if holder else None
        target = project.module(path) if path else None
    if target is not None:
        definition = target.definitions.get(name)
        if definition is not None:
            waiting.append((target, definition))
