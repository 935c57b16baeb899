"""The stages of a model that MLlib has saved, as far as its files or the job itself tell them."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from migrate.mapping import Call, NotCarried

_JAVA, _PYTHON = "org.apache.spark.ml.", "pyspark.ml."


def saved_stages(call: Call, path: ast.expr) -> list[str]:
    """The dotted classes (``pyspark.ml.feature.IDFModel``) of the stages of the pipeline that is saved at a path.

    NotCarried where the path is no literal, or nothing is there that can be read.
    """
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
