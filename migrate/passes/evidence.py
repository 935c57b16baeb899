"""What the stages of a job say about it, counted once for the tag and the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from migrate.ir import Cost, HeavyKind, Job, Kind, Stage
from migrate.passes.closure import reached

MLLIB = frozenset({HeavyKind.MLLIB_FIT, HeavyKind.MLLIB_FEATURE_FIT})
TRAINS = frozenset(
    {
        HeavyKind.HOROVOD_RUN,
        HeavyKind.HOROVOD_RUNNER,
        HeavyKind.HOROVOD_ESTIMATOR,
        HeavyKind.TORCH_DISTRIBUTOR,
        HeavyKind.TF_DISTRIBUTOR,
        HeavyKind.TFOS_CLUSTER,
        HeavyKind.XGBOOST_SPARK,
        HeavyKind.HYPERPARAM_SEARCH,
        HeavyKind.DRIVER_ML_FIT,
        HeavyKind.ESTIMATOR_OTHER,
    }
)
APPLIES = frozenset({HeavyKind.MODEL_INFERENCE, HeavyKind.PREDICT_BATCH_UDF})
_EITHER = frozenset({HeavyKind.HYPERPARAM_SEARCH, HeavyKind.ESTIMATOR_OTHER})
"""What runs in the JVM or in Python: the cost of the stage tells."""
STREAMS = frozenset({HeavyKind.FOREACH_BATCH, HeavyKind.FOREACH_RDD, HeavyKind.APPLY_IN_PANDAS_WITH_STATE})
VALUE_UDFS = frozenset({HeavyKind.PYTHON_UDF, HeavyKind.IMPORTED_UDF, HeavyKind.PYTHON_UDTF})
ROW_UDFS = VALUE_UDFS | {HeavyKind.RDD_MAP, HeavyKind.RDD_FILTER}
_STREAMING = (
    "DataStream",
    "StreamFrame",
    "StreamGrouped",
    "StreamingContext",
    "DStream",
    "StreamingQuery",
    "KafkaUtils",
    "dlt.read_stream",
)
_SHUFFLES = frozenset({Kind.JOIN, Kind.AGGREGATE, Kind.WINDOW, Kind.SORT, Kind.UNION})
_RELATIONAL_RDD = frozenset(
    {
        "RDD.join",
        "RDD.leftOuterJoin",
        "RDD.rightOuterJoin",
        "RDD.fullOuterJoin",
        "RDD.sortByKey",
        "RDD.sortBy",
        "RDD.subtractByKey",
        "RDD.intersection",
    }
)
_FRAMES = ("DataFrame.", "GroupedData.", "SparkSession.sql", "SQLContext.sql", "DynamicFrame.", "DataFrameNaFunctions.")
_LIGHT_LIBRARIES = frozenset({"numpy", "pandas"})
_NOT_COUNTED = frozenset({Kind.READ, Kind.PERSIST, Kind.ACTION, Kind.OPAQUE, Kind.FIT, Kind.PREDICT})


@dataclass(frozen=True)
class Evidence:
    """A job's stages sorted by what they show; those that nothing reaches count only where nothing else is there."""

    job: Job

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that running the file runs, all of them for a module of definitions.

        What the modules and notebooks that it includes do by themselves is set-up, unless there is nothing else.
        """
        reached = tuple(stage for stage in self.job.stages if stage.facts.get("reached") != "no")
        used = {maker for stage in reached for maker in stage.facts.get("udfs", "").split(",")}
        own = tuple(stage for stage in reached if stage.id in used or _begun_in(stage) == self.job.path)
        return own or reached or self.job.stages

    @cached_property
    def streaming(self) -> list[Stage]:
        """Stages on a stream."""
        return [stage for stage in self.stages if streams(stage)]

    @cached_property
    def mllib(self) -> list[Stage]:
        """Fits, searches and predictions that run in the JVM."""
        return [s for s in self.stages if s.cost is Cost.NATIVE and s.heavy in MLLIB | APPLIES | _EITHER]

    @cached_property
    def learners(self) -> list[Stage]:
        """Stages that train or apply a model in Python."""
        return [stage for stage in self.stages if learns(stage) and not (self.mllib and _applies_mllib(stage))]

    @cached_property
    def python(self) -> list[Stage]:
        """Stages for which Spark runs a Python function that no model is in."""
        return [stage for stage in self.stages if computes(stage)]

    @cached_property
    def native(self) -> list[Stage]:
        """Transformations and writes that Spark runs by itself on frames."""
        return [stage for stage in self.stages if stage.cost is Cost.NATIVE and operations(stage)]

    @cached_property
    def framed(self) -> list[Stage]:
        """Projections, filters and SQL over frames, with or without a UDF in them."""
        kinds = {Kind.PROJECT, Kind.FILTER, Kind.EXPLODE, *_SHUFFLES}
        return [
            s
            for s in self.stages
            if s.heavy is None and s.symbol.startswith(_FRAMES) and operations(s)
            if s.kind in kinds or s.facts.get("text")
        ]

    @cached_property
    def relational(self) -> list[Stage]:
        """Native work worth keeping: joins, aggregates and windows of frames, joins and sorts of RDDs."""
        kinds = _SHUFFLES - {Kind.SORT, Kind.UNION}
        frames = [s for s in self.stages if s.kind in kinds and s.cost is Cost.NATIVE and s.symbol.startswith(_FRAMES)]
        return frames + [s for s in self.stages if s.symbol in _RELATIONAL_RDD]

    @cached_property
    def upstream(self) -> Stage | None:
        """The first native work worth keeping whose rows reach a Python or training stage."""
        reached = ancestors(self.stages, [s for s in self.stages if learns(s) or s.cost in (Cost.PYTHON, Cost.ARROW)])
        return next((stage for stage in self.relational if stage.id in reached), None)

    @cached_property
    def size(self) -> int:
        """How much Python the functions hold: calls, comprehensions and statements."""
        return sum(int(stage.facts.get("size", "0")) for stage in self.python)

    @cached_property
    def libraries(self) -> frozenset[str]:
        """Libraries that the Python functions use, array and frame libraries left out."""
        names = {
            name for s in (*self.python, *self.learners) for name in s.facts.get("libraries", "").split(",") if name
        }
        return frozenset(names) - _LIGHT_LIBRARIES

    @property
    def hand_written_learning(self) -> bool:
        """Whether a job over RDDs computes a model by itself: two words of learning in its names, and arrays."""
        words = [word for word in self.job.facts.get("vocabulary", "").split(",") if word]
        arrays = any("numpy" in stage.facts.get("libraries", "") for stage in self.python)
        return len(words) >= 2 and arrays and any(stage.symbol.startswith("RDD.") for stage in self.python)


def _applies_mllib(stage: Stage) -> bool:
    """Whether a function that predicts does it without any library of models: the model is then MLlib's."""
    return (
        stage.role == "model_inference"
        and stage.facts.get("does") != "train"
        and not (_libraries(stage) - _LIGHT_LIBRARIES)
    )


def _libraries(stage: Stage) -> frozenset[str]:
    return frozenset(name for name in stage.facts.get("libraries", "").split(",") if name)


def operations(stage: Stage) -> int:
    """How many operations on data a native stage stands for: one for a call, those of its clauses for SQL."""
    told = stage.facts.get("operations")
    return int(told) if told is not None else int(stage.kind not in _NOT_COUNTED)


def _begun_in(stage: Stage) -> str:
    """The file whose top level leads to a stage."""
    return stage.facts["calls"].split(":", 1)[0] if "calls" in stage.facts else stage.span.path


def learns(stage: Stage) -> bool:
    """Whether a stage trains or applies a model in Python, whatever mechanism carries it."""
    if stage.heavy in _EITHER or stage.heavy in APPLIES:
        return stage.cost is not Cost.NATIVE
    reads = stage.heavy is HeavyKind.PETASTORM and stage.kind is Kind.TRAIN
    return (
        stage.heavy in TRAINS
        or reads
        or stage.kind is Kind.TRAIN
        or stage.role == "model_inference"
        or stage.facts.get("does") == "train"
    )


def computes(stage: Stage) -> bool:
    """Whether Spark runs a Python function for a stage, other than for a model or a stream's batches."""
    if stage.heavy is None or learns(stage) or stage.heavy in MLLIB | STREAMS | APPLIES:
        return False
    return stage.heavy not in (HeavyKind.HYPERPARAM_SEARCH, HeavyKind.PETASTORM)


def streams(stage: Stage) -> bool:
    """Whether a stage works on a stream."""
    names = (stage.symbol, *(link.symbol for link in stage.links))
    return stage.heavy in STREAMS or any(name.startswith(_STREAMING) for name in names)


def ancestors(stages: tuple[Stage, ...], of: list[Stage]) -> set[str]:
    """The stages whose rows reach one of these."""
    inputs = {stage.id: stage.inputs for stage in stages}
    return reached((source for stage in of for source in stage.inputs), inputs) & inputs.keys()
