"""The parity spec of a rewritten job: both commands, what they write, and how close it has to be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from migrate.catalogue import mappings
from migrate.emit.context import StageCall
from migrate.emit.options import Option, Place, options, place_of
from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.ir import Engine, Job, Kind, Stage
from migrate.mapping import Emission
from migrate.passes.place import is_udf_maker
from migrate.templating import render
from migrate.translate.locate import functions

_FORMATS = {"parquet": "parquet", "csv": "csv", "json": "json", "text": "text", "saveAsTextFile": "text"}
_DATASETS = frozenset(Kind) - {Kind.FIT, Kind.TRAIN, Kind.TUNE, Kind.WRITE, Kind.ACTION, Kind.OPAQUE}
_SEEDS = ("seed", "random_seed")
# Where the model itself is compared, a few seeds show that it is the same; a metric alone is tested over more.
_SEEDS_OF_ONE_MODEL, _SEEDS_OF_A_TEST = 3, 5


@dataclass
class Output:
    """One thing that the job writes under its output option, and how it is compared."""

    path: str
    format: str
    keys: tuple[str, ...] = ()
    tolerances: dict[str, str] = field(default_factory=dict)
    reason: str | None = None


def parity_spec(
    job: Job,
    module: Module,
    project: Project,
    emissions: dict[str, Emission],
    name: str,
    way_back: str,
    parts: list[str],
) -> str:
    """The text of ``parity.toml``; ``parts`` are the emitted files in the order in which they run."""
    return render(
        "job/parity.toml.j2",
        name=name,
        way_back=way_back,
        job=module.path.rpartition("/")[2],
        parts=[(part, "spark" if part.endswith(("_spark.py", "_spark_after.py")) else "ray") for part in parts],
        arguments=_arguments(job, module, project),
        outputs=_outputs(job, module, project, emissions),
        training=_training(job, module, _SEEDS_OF_ONE_MODEL if _shard_keys(job, emissions) else _SEEDS_OF_A_TEST),
        phases=_phases(job),
        stages=_stages(job),
    )


def _seed(module: Module) -> Option | None:
    return next((option for option in options(module) if option.dest in _SEEDS), None)


def _is_training(stage: Stage) -> bool:
    mapping = mappings().get(stage.symbol)
    return mapping is not None and mapping.kind is Kind.TRAIN


def _trains(job: Job) -> bool:
    return any(_is_training(stage) and stage.engine is Engine.RAY for stage in job.stages)


def _arguments(job: Job, module: Module, project: Project) -> list[str]:
    reads = {place.dest for place in _places(job, module, project, Kind.READ)}
    writes = {place.dest for place in _places(job, module, project, Kind.WRITE)}
    writes |= {place.dest for place, _, _ in _files(module)}
    found: list[str] = []
    for option in options(module):
        value = "{out}" if option.dest in writes else "{inputs}" if option.dest in reads else None
        if option == _seed(module) and _trains(job):
            value = "{seed}"
        if value is None and option.required:
            value = f"FILL-IN-{option.dest}"
        if value is not None:
            found += [option.flag, value] if option.flag.startswith("-") else [value]
    return found


def _places(job: Job, module: Module, project: Project, kind: Kind) -> Iterator[Place]:
    for stage in job.stages:
        place = _path_of(stage, job, module, project) if stage.kind is kind else None
        if place is not None:
            yield place


def _path_of(stage: Stage, job: Job, module: Module, project: Project) -> Place | None:
    if stage.chain.path != module.path:
        return None
    node = StageCall(stage, job, module, project).argument("path", 0)
    return place_of(node, module, stage.scope) if node is not None else None


def _outputs(job: Job, module: Module, project: Project, emissions: dict[str, Emission]) -> list[Output]:
    found: list[Output] = []
    keys = _shard_keys(job, emissions)
    loose = _inexact_columns(module)
    for stage in job.stages:
        place = _path_of(stage, job, module, project) if stage.kind is Kind.WRITE else None
        form = _FORMATS.get(stage.symbol.rpartition(".")[2])
        if place is None or form is None or not place.below:
            continue
        output = Output(place.below, form)
        if stage.engine is Engine.RAY:
            output.keys = keys
            columns = [name for name in _last_columns(stage, job, module, project) if name in loose]
            output.tolerances = dict.fromkeys(columns, "{ abs = 1e-9, rel = 1e-9 }")
            output.reason = "moments are added up in another order than MLlib's" if columns else None
        found.append(output)
    for place, form, _ in _files(module):
        if form == "torch" and not keys:
            continue  # other rows on each worker: another model, judged by its metric over seeds
        output = Output(place.below, form)
        if _trains(job):
            output.tolerances = {"*": "{ abs = 1e-4 }"}
            output.reason = (
                "gradients are added up in another order; the same rows in the same order give the same model"
            )
        found.append(output)
    return found


def _shard_keys(job: Job, emissions: dict[str, Emission]) -> tuple[str, ...]:
    """The columns by which rows went to workers: they name a row, where training was fed by them."""
    for stage in job.stages:
        if "hash_shards" in emissions.get(stage.id, Emission()).helpers:
            for claim in emissions[stage.id].claims:
                covered = job.stage(claim)
                if covered.symbol == "DataFrame.repartition":
                    return tuple(argument.source.strip("\"'") for argument in covered.args[1:])
    return ()


def _inexact_columns(module: Module) -> set[str]:
    """Columns computed by an aggregate, whose last digits depend on the order of addition, and their aliases."""
    found = {
        keyword.value.value
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and module.resolve(node.func) == "pyspark.ml.feature.StandardScaler"
        for keyword in node.keywords
        if keyword.arg == "outputCol"
        and isinstance(keyword.value, ast.Constant)
        and isinstance(keyword.value.value, str)
    }
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "alias"
            and node.args
        ):
            inside = {n.value for n in ast.walk(node.func.value) if isinstance(n, ast.Constant)}
            if inside & found and isinstance(node.args[0], ast.Constant):
                found.add(str(node.args[0].value))
    return found


def _last_columns(stage: Stage, job: Job, module: Module, project: Project) -> list[str]:
    """The column names of the last selection in front of a write, empty where there is none."""
    here, seen = stage, {stage.id}
    while here.inputs and here.inputs[0] not in seen:
        here = job.stage(here.inputs[0])
        seen.add(here.id)
        if here.engine is not Engine.RAY or here.chain.path != module.path:
            return []
        if here.symbol == "DataFrame.select":
            call = StageCall(here, job, module, project)
            nodes = [call.argument("", position) for position in range(len(here.args))]
            if len(nodes) == 1 and isinstance(nodes[0], ast.List):
                nodes = list(nodes[0].elts)
            return [call.column(node).name for node in nodes if node is not None]
    return []


def _files(module: Module) -> list[tuple[Place, str, ast.Call]]:
    """Files that plain Python writes: models by ``torch.save``, metrics by ``json.dump``."""
    found = []
    bodies = {"": module.tree.body} | {scope: function.body for scope, function in functions(module).items()}
    for scope, statements in bodies.items():
        body = [s for s in statements if not isinstance(s, ast.FunctionDef | ast.ClassDef)]
        for node in (n for statement in body for n in ast.walk(statement)):
            if not isinstance(node, ast.Call):
                continue
            origin = module.resolve(node.func) or ""
            if origin == "torch.save" and len(node.args) > 1:
                target, form = node.args[1], "torch"
            elif origin in {"open", "builtins.open"} or (isinstance(node.func, ast.Name) and node.func.id == "open"):
                mode = node.args[1] if len(node.args) > 1 else None
                if not (isinstance(mode, ast.Constant) and "w" in str(mode.value)) or not node.args:
                    continue
                target, form = node.args[0], "metrics"
            else:
                continue
            place = place_of(target, module, scope)
            if place is not None and place.below and (form != "metrics" or place.below.endswith(".json")):
                found.append((place, form, node))
    return found


def _training(job: Job, module: Module, seeds: int) -> dict[str, object] | None:
    seed = _seed(module)
    metrics = [place.below for place, form, _ in _files(module) if form == "metrics"]
    if not _trains(job) or seed is None or not metrics:
        return None
    keys = [
        key.value
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    ]
    for wanted in ("acc", "auc", "f1", "loss", "rmse", "error"):
        for key in sorted(set(keys), key=lambda key: ("val" not in key, key)):
            if wanted in key.lower():
                return {"metric": key, "output": metrics[0], "seeds": list(range(seeds))}
    return None


def _stages(job: Job) -> list[tuple[str, str]]:
    """Function and variable of every dataset that the job's own file gives a name: both sides can write it out."""
    named = (
        (stage.scope, stage.result)
        for stage in job.stages
        if stage.result and stage.kind in _DATASETS and not is_udf_maker(stage) and stage.statement.path == job.path
    )
    return list(dict.fromkeys(named))


def _phases(job: Job) -> list[tuple[str, list[list[int]]]]:
    """The lines of the original whose actions are ETL, preprocessing and training."""
    lines: dict[str, set[tuple[int, int]]] = {}
    trained = {stage.statement for stage in job.stages if _is_training(stage)}
    for stage in job.stages:
        if is_udf_maker(stage) or stage.statement.path != job.path:
            continue
        name = "training" if stage.statement in trained else "preprocessing" if stage.engine is Engine.RAY else "etl"
        lines.setdefault(name, set()).add((stage.statement.line, stage.statement.end_line))
    order = [name for name in ("etl", "preprocessing", "training") if name in lines]
    return [(name, [list(pair) for pair in sorted(lines[name])]) for name in order]
