"""The stages of a model that MLlib has saved, as far as its files or the job itself tell them."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from migrate.mapping import Call, NotCarried
from migrate.translate.ml_pipelines import made_as, stages_of
from migrate.translate.stand_ins import offer_of

_SAVES = ("PipelineModel.save", "MLWriter.save")
_JAVA, _PYTHON = "org.apache.spark.ml.", "pyspark.ml."


def saved_stages(call: Call, path: ast.expr) -> list[str]:
    """The dotted classes (``pyspark.ml.feature.IDFModel``) of the stages of the pipeline that is saved at a path.

    Those of a pipeline that the job saves at that path itself, else what the files say. NotCarried where the
    path is no literal, or nothing is there that can be read.
    """
    saves = (call.neighbour(stage.id) for stage in call.job.stages if stage.symbol in _SAVES)
    fits = [save for save in saves if call.text(path) == _text(save)]
    if fits:
        return _fitted(fits[-1])
    value = call.bound(path.id) if isinstance(path, ast.Name) else path
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        raise NotCarried("which stages the saved pipeline has is read from its files, and the path is no literal")
    folder = Path(value.value.removeprefix("file://").removeprefix("file:"))
    beside = Path(call.project.root, call.module.path).parent
    for place in dict.fromkeys((beside / folder, call.project.root / folder)):
        if (place / "metadata" / "part-00000").is_file():
            return list(_stages(place))
    raise NotCarried(
        f"which stages the saved pipeline has is read from its files, and {value.value} is not there; rewrite the job "
        "where it is, or beside a copy"
    )


def _text(save: Call) -> str | None:
    """The path of a save as it is written."""
    path = save.argument("path", 0)
    return save.text(path) if path is not None else None


def _fitted(save: Call) -> list[str]:
    """The stages of the pipeline that a job fits and saves."""
    fits = [stage for stage in save.job.stages if stage.id in save.stage.inputs and stage.symbol == "Pipeline.fit"]
    function = save.neighbour(fits[0].id).node().func if len(fits) == 1 else None
    if not isinstance(function, ast.Attribute):
        raise NotCarried(f"line {save.stage.span.line} saves what is no pipeline that the job fits")
    fit = save.neighbour(fits[0].id)
    _, maker = made_as(fit, function.value, "pipeline")
    return [f"{one}Model" if "_fit" in offer_of(one, frozenset()).members else one for one in stages_of(fit, maker)]


def _stages(folder: Path) -> Iterator[str]:
    file = folder / "metadata" / "part-00000"
    try:
        saved = json.loads(file.read_text(encoding="utf-8"))
        name, uids = saved["class"], saved["paramMap"].get("stageUids")
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as wrong:
        raise NotCarried(f"{file} does not say what was saved there") from wrong
    if not name.endswith(".PipelineModel"):
        yield _PYTHON + name.removeprefix(_JAVA) if name.startswith(_JAVA) else name
        return
    for number, uid in enumerate(uids or ()):
        yield from _stages(folder / "stages" / f"{number:0{len(str(len(uids)))}}_{uid}")
