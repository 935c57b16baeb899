"""The vocabulary: a Spark job as pure data, between the reader of source text and everything that judges or emits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from migrate.findings import Finding


class Kind(str, Enum):
    """What a stage does to its data, whatever the API that says so."""

    READ = "read"
    PROJECT = "project"
    FILTER = "filter"
    MAP_ROWS = "map_rows"
    MAP_BATCHES = "map_batches"
    MAP_GROUPS = "map_groups"
    EXPLODE = "explode"
    JOIN = "join"
    AGGREGATE = "aggregate"
    WINDOW = "window"
    SORT = "sort"
    UNION = "union"
    SHUFFLE = "shuffle"
    PERSIST = "persist"
    FIT = "fit"
    PREDICT = "predict"
    TRAIN = "train"
    TUNE = "tune"
    WRITE = "write"
    ACTION = "action"
    OPAQUE = "opaque"


class Cost(str, Enum):
    """Where the work of a stage happens: the JVM, Python fed by Arrow, Python fed by pickles, or the driver."""

    NATIVE = "native"
    ARROW = "arrow"
    PYTHON = "python"
    DRIVER = "driver"
    UNKNOWN = "unknown"


class Engine(str, Enum):
    """The engine a stage runs on after the move."""

    SPARK = "spark"
    RAY = "ray"


class HeavyKind(str, Enum):
    """The mechanism by which Spark runs Python for a stage."""

    PYTHON_UDF = "python_udf"
    IMPORTED_UDF = "imported_udf"
    PANDAS_UDF = "pandas_udf"
    MAP_IN_PANDAS = "map_in_pandas"
    MAP_IN_ARROW = "map_in_arrow"
    APPLY_IN_PANDAS = "apply_in_pandas"
    COGROUP_APPLY_IN_PANDAS = "cogroup_apply_in_pandas"
    APPLY_IN_PANDAS_WITH_STATE = "apply_in_pandas_with_state"
    PYTHON_UDTF = "python_udtf"
    PANDAS_API = "pandas_api"
    RDD_MAP = "rdd_map"
    RDD_FILTER = "rdd_filter"
    RDD_REDUCE = "rdd_reduce"
    RDD_GROUP_BY = "rdd_group_by"
    RDD_MAP_PARTITIONS = "rdd_map_partitions"
    RDD_FOREACH = "rdd_foreach"
    FOREACH_BATCH = "foreach_batch"
    FOREACH_RDD = "foreach_rdd"
    BARRIER = "barrier"
    HOROVOD_RUN = "horovod_run"
    HOROVOD_RUNNER = "horovod_runner"
    HOROVOD_ESTIMATOR = "horovod_estimator"
    TORCH_DISTRIBUTOR = "torch_distributor"
    TF_DISTRIBUTOR = "tf_distributor"
    TFOS_CLUSTER = "tfos_cluster"
    PETASTORM = "petastorm"
    XGBOOST_SPARK = "xgboost_spark"
    MLLIB_FIT = "mllib_fit"
    MLLIB_FEATURE_FIT = "mllib_feature_fit"
    HYPERPARAM_SEARCH = "hyperparam_search"
    MODEL_INFERENCE = "model_inference"
    PREDICT_BATCH_UDF = "predict_batch_udf"
    DRIVER_ML_FIT = "driver_ml_fit"
    PYTHON_DATA_SOURCE = "python_data_source"
    ESTIMATOR_OTHER = "estimator_other"


class Tag(str, Enum):
    """The dominant work of a job."""

    SQL_ETL = "sql_etl"
    BATCH_ML = "batch_ml"
    STREAMING = "streaming"
    PYTHON_COMPUTE = "python_compute"


class Verdict(str, Enum):
    """What should happen to a job."""

    KEEP_ON_SPARK = "keep_on_spark"
    MOVE_TO_RAY = "move_to_ray"
    SPLIT = "split"


class Stay(str, Enum):
    """How a job stays on Spark: it would run unchanged on another engine that speaks Spark, or is to be left alone."""

    PORTABLE = "portable"
    UNTOUCHED = "untouched"


@dataclass(frozen=True)
class Span:
    """A piece of source text: lines from 1, columns from 0 in characters, the end exclusive.

    In a Jupyter notebook lines count over its code cells joined in order; ``cell`` (from 0, over all cells) and
    ``cell_line`` (from 1) say where ``line`` stands.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    cell: int | None = None
    cell_line: int | None = None


@dataclass(frozen=True)
class Argument:
    """One argument of a call as written. ``name`` is None for a positional one, ``*`` and ``**`` for unpacked ones."""

    name: str | None
    source: str
    span: Span


@dataclass(frozen=True)
class Link:
    """A call or attribute that prepares the stage it belongs to: ``.write``, ``.mode("append")``, ``.rdd``.

    ``symbol`` is the resolved name (``DataFrameWriter.mode``); ``span`` runs from the end of its receiver to its
    own end.
    """

    symbol: str
    args: tuple[Argument, ...]
    span: Span


@dataclass(frozen=True)
class PythonFunction:
    """A Python function that Spark would ship to its workers.

    ``name`` is as the job calls it (``<lambda>`` for a lambda), ``definition`` the place of its ``def`` or ``lambda``
    (None when it lives outside the analysed files), ``declared`` the source of the return type given to Spark,
    ``maker`` the place that makes a UDF of it (``@udf``, ``udf(...)``, ``spark.udf.register(...)``), None for a plain
    function.
    """

    name: str
    definition: Span | None
    declared: str | None = None
    maker: Span | None = None


@dataclass(frozen=True)
class Stage:
    """One step of a job: a call whose result is a dataset, a model or nothing.

    ``span`` is the place to show: from the token that names the call (``.mapInPandas``) to the end of the call; for a
    heavy UDF the place that makes it one, with its uses in ``used_at`` (lines). ``chain`` is the text that a rewrite
    replaces: from the end of the receiver (``df`` in ``df.write.parquet(p)``) to the end of the call, builder links
    included; for a call without a receiver dataset (``spark.read.parquet(p)``) the whole expression. ``statement`` is
    the whole statement that holds it, ``scope`` the function that holds the statement (``""`` for the module),
    ``result`` the variable that the statement binds to this stage's value. ``inputs`` are the stages whose
    data it takes.
    ``engine`` is None until placed; ``blocked_by`` names the stages that keep it from moving.
    """

    id: str
    kind: Kind
    symbol: str
    cost: Cost
    span: Span
    chain: Span
    statement: Span
    scope: str
    inputs: tuple[str, ...] = ()
    result: str | None = None
    args: tuple[Argument, ...] = ()
    links: tuple[Link, ...] = ()
    functions: tuple[PythonFunction, ...] = ()
    heavy: HeavyKind | None = None
    role: str | None = None
    used_at: tuple[int, ...] = ()
    code: str | None = None
    engine: Engine | None = None
    blocked_by: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Boundary:
    """A hand-off: the dataset of stage ``source`` crosses engines as Parquet.

    ``columns`` is None where not known. ``blocked`` is a hand-off that the verdict asks for and that cannot be made
    today, because blockers keep the stages behind it on Spark.
    """

    source: str
    target: str
    direction: str
    columns: tuple[str, ...] | None
    path: str
    format: str = "parquet"
    blocked: bool = False


@dataclass(frozen=True)
class Reason:
    """Why a tag or verdict was given; ``line`` is the line that shows it, None for the job as a whole."""

    code: str
    message: str
    line: int | None


@dataclass(frozen=True)
class Job:
    """One entry point, its stages in the order in which they are written, and what is thought of it.

    ``unresolved`` counts the uses of a dataset that could not be followed. ``confidence`` is between 0 and 1.
    ``stay`` says how a job stays on Spark, None for one that should not. ``facts``
    are what the reader noticed of the file as a whole.
    """

    path: str
    name: str
    stages: tuple[Stage, ...]
    findings: tuple[Finding, ...] = ()
    tag: Tag | None = None
    also: tuple[Tag, ...] = ()
    verdict: Verdict | None = None
    confidence: float = 0.0
    reasons: tuple[Reason, ...] = ()
    boundaries: tuple[Boundary, ...] = ()
    unresolved: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)
    stay: Stay | None = None

    def stage(self, stage_id: str) -> Stage:
        """The stage of that id; KeyError when there is none."""
        for stage in self.stages:
            if stage.id == stage_id:
                return stage
        raise KeyError(stage_id)
