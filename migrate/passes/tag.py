"""What a job mainly does: its tag, and the tags of what it also does, with the lines that show it."""

from __future__ import annotations

from migrate.ir import Cost, HeavyKind, Job, Kind, Reason, Stage, Tag
from migrate.rules import code_for

TRAINS = {
    HeavyKind.BARRIER,
    HeavyKind.HOROVOD_RUN,
    HeavyKind.HOROVOD_RUNNER,
    HeavyKind.HOROVOD_ESTIMATOR,
    HeavyKind.TORCH_DISTRIBUTOR,
    HeavyKind.TF_DISTRIBUTOR,
    HeavyKind.TFOS_CLUSTER,
    HeavyKind.PETASTORM,
    HeavyKind.XGBOOST_SPARK,
    HeavyKind.HYPERPARAM_SEARCH,
    HeavyKind.DRIVER_ML_FIT,
    HeavyKind.ESTIMATOR_OTHER,
}
APPLIES = {HeavyKind.MODEL_INFERENCE, HeavyKind.PREDICT_BATCH_UDF}
MLLIB = {HeavyKind.MLLIB_FIT, HeavyKind.MLLIB_FEATURE_FIT}
STREAMS = {HeavyKind.FOREACH_BATCH, HeavyKind.FOREACH_RDD, HeavyKind.APPLY_IN_PANDAS_WITH_STATE}
_STREAMING_TYPES = ("DataStream", "StreamingContext", "DStream", "StreamingQuery", "KafkaUtils")
_SQL = {Kind.JOIN, Kind.AGGREGATE, Kind.WINDOW, Kind.SORT, Kind.UNION, Kind.FILTER, Kind.PROJECT, Kind.READ, Kind.WRITE}


def learns(stage: Stage) -> bool:
    """Whether a stage trains or applies a model in Python, whatever mechanism carries it."""
    trains = stage.heavy in TRAINS or stage.heavy in APPLIES or stage.kind in (Kind.TRAIN, Kind.TUNE)
    return trains or stage.role == "model_inference"


def streams(stage: Stage) -> bool:
    """Whether a stage works on a stream."""
    names = (stage.symbol, *(link.symbol for link in stage.links))
    return stage.heavy in STREAMS or any(name.startswith(_STREAMING_TYPES) for name in names)


def computes(stage: Stage) -> bool:
    """Whether Spark runs a Python function for a stage, other than for a model."""
    return stage.heavy is not None and not learns(stage) and stage.heavy not in MLLIB | STREAMS


def tags(job: Job) -> tuple[Tag, tuple[Tag, ...], tuple[Reason, ...]]:
    """The tag of a job, its other tags, and the reason with its line for each."""
    shown: dict[Tag, Stage] = {}
    for stage in job.stages:
        if streams(stage):
            shown.setdefault(Tag.STREAMING, stage)
        elif learns(stage) or stage.heavy in MLLIB:
            shown.setdefault(Tag.BATCH_ML, stage)
        elif computes(stage):
            shown.setdefault(Tag.PYTHON_COMPUTE, stage)
        elif stage.kind in _SQL and stage.cost is Cost.NATIVE:
            shown.setdefault(Tag.SQL_ETL, stage)
    order = [Tag.STREAMING, Tag.BATCH_ML, Tag.PYTHON_COMPUTE, Tag.SQL_ETL]
    found = [tag for tag in order if tag in shown] or [Tag.SQL_ETL]
    if found[0] is Tag.PYTHON_COMPUTE and _incidental(job):
        found = [Tag.SQL_ETL, Tag.PYTHON_COMPUTE]
    reasons = tuple(_reason(tag, shown[tag]) for tag in found if tag in shown)
    return found[0], tuple(found[1:]), reasons


def _incidental(job: Job) -> bool:
    """Whether SQL carries the job and Python only helps: one row UDF beside several native transformations."""
    heavy = [stage for stage in job.stages if computes(stage)]
    native = [s for s in job.stages if s.cost is Cost.NATIVE and s.kind in _SQL - {Kind.READ, Kind.WRITE}]
    only_udf = all(stage.heavy in (HeavyKind.PYTHON_UDF, HeavyKind.IMPORTED_UDF) for stage in heavy)
    return only_udf and len(heavy) == 1 and len(native) >= 6


_WORDS = {
    Tag.STREAMING: "works on a stream",
    Tag.BATCH_ML: "trains or applies a model",
    Tag.PYTHON_COMPUTE: "runs a Python function over the data",
    Tag.SQL_ETL: "reads, shapes and writes with Spark's own operators",
}


def _reason(tag: Tag, stage: Stage) -> Reason:
    code = stage.code or code_for(stage.symbol, stage.heavy) or ""
    return Reason(code, f"{stage.symbol} {_WORDS[tag]}", stage.span.line)
