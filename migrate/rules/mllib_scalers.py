"""The rules of MLlib's pipelines, scalers and buckets."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.ir import HeavyKind
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR601",
        name="pipeline-fit",
        matches="`Pipeline(stages=[...]).fit(df)`.",
        why=(
            "Fits each stage in turn, transforming the data in between. It runs in the JVM; what follows or feeds "
            "it may not."
        ),
        do=(
            "A job that is only MLlib stays on Spark: that is its framework. In front of a training job that "
            "moves, each transformer is rewritten on its own (SR603 to SR636), fitted once, and applied in a "
            "batch function."
        ),
        before="model = Pipeline(stages=[indexer, assembler, scaler]).fit(df)",
        differences=(
            (
                "Intermediate columns exist after a pipeline's `transform`; a batch function writes only what is "
                "asked for."
            ),
        ),
        symbols=("Pipeline.fit", "Pipeline"),
        heavy=(HeavyKind.MLLIB_FIT, HeavyKind.MLLIB_FEATURE_FIT),
    ),
    Rule(
        code="SR602",
        name="model-transform",
        matches="`model.transform(df)` of a fitted MLlib model or pipeline.",
        why="Native: it adds columns inside the JVM. A vector column leaves the JVM only as a struct.",
        do="Stay on Spark in front of the hand-off, and turn vectors into arrays there (SR232).",
        before="features = model.transform(df)",
        symbols=("PipelineModel.transform", "Model.transform", "Model.*"),
    ),
    Rule(
        code="SR603",
        name="vector-assembler",
        matches="`VectorAssembler(inputCols, outputCol)`, `VectorSizeHint`.",
        why="It refuses NULL and NaN by default, which many jobs use as their only check of the data.",
        do="Concatenate float64 arrays in a numpy batch and keep the check.",
        before='VectorAssembler(inputCols=["a", "b"], outputCol="features").transform(df)',
        after="""\
def assemble(batch: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    features = np.stack([batch["a"].astype(np.float64), batch["b"].astype(np.float64)], axis=1)
    if np.isnan(features).any():
        raise ValueError("NULL or NaN in the columns of features")
    return {**batch, "features": features}


ds.map_batches(assemble, batch_format="numpy")""",
        differences=(
            (
                '`handleInvalid="skip"` drops rows with NULL or NaN, `"keep"` writes NaN. Ray\'s '
                "`Concatenator` checks nothing, and makes an object array from a vector column and a scalar."
            ),
            "64-bit integers above 2^53 lose digits on both.",
        ),
        symbols=("VectorAssembler", "VectorAssembler.transform", "VectorSizeHint", "VectorSizeHint.transform"),
    ),
    Rule(
        code="SR604",
        name="standard-scaler",
        matches="`StandardScaler(withMean, withStd)`.",
        why="The preprocessor of the same name on Ray computes something else.",
        do=(
            "Fit with `Mean` and `Std(ddof=1)`, apply `x * (1 / std)`, with 0 for a constant column, and subtract "
            "the mean only when `withMean` is set."
        ),
        before='StandardScaler(inputCol="raw", outputCol="scaled").fit(df)',
        after="""\
stats = ds.aggregate(Std("x", ddof=1))
factor = 1.0 / stats["std(x)"] if stats["std(x)"] > 0 else 0.0
ds = ds.map_batches(lambda batch: {**batch, "scaled": batch["x"] * factor}, batch_format="numpy")""",
        differences=(
            (
                "Spark's default does not centre and divides by n - 1. Ray's `StandardScaler` centres and divides "
                "by n: 1.3 apart on the test data."
            ),
            "A NaN makes the whole column NaN on Spark, and NULL on Ray.",
        ),
        symbols=("StandardScaler", "StandardScaler.fit", "StandardScalerModel.transform"),
        heavy=(HeavyKind.MLLIB_FEATURE_FIT,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR605",
        name="min-max-scaler",
        matches="`MinMaxScaler(min, max)`.",
        why="Equal to Ray's for most data, and not for a column that never changes.",
        do="Scale by hand: `(x - low) / (high - low)`, with the middle of the range for a constant column.",
        before='MinMaxScaler(inputCol="raw", outputCol="scaled").fit(df)',
        after="""\
width = high - low
scaled = np.where(width != 0, (x - low) / np.where(width != 0, width, 1), 0.5)""",
        differences=("A constant column becomes 0.5 on Spark and 0.0 on Ray. Ray's has no target range.",),
        symbols=("MinMaxScaler", "MinMaxScaler.fit", "MinMaxScalerModel.transform"),
        heavy=(HeavyKind.MLLIB_FEATURE_FIT,),
    ),
    Rule(
        code="SR606",
        name="max-abs-scaler",
        matches="`MaxAbsScaler`.",
        why="One of the few that agree as they are.",
        do="`ray.data.preprocessors.MaxAbsScaler(columns=[...])`, on scalar columns.",
        before='MaxAbsScaler(inputCol="raw", outputCol="scaled").fit(df)',
        after="""\
scaler = MaxAbsScaler(columns=["x", "y"])
ds = scaler.fit_transform(ds)""",
        differences=("Ray's preprocessors work on scalar columns, not on an assembled vector.",),
        symbols=("MaxAbsScaler", "MaxAbsScaler.fit", "MaxAbsScalerModel.transform"),
        heavy=(HeavyKind.MLLIB_FEATURE_FIT,),
    ),
    Rule(
        code="SR607",
        name="robust-scaler",
        matches="`RobustScaler`: median and quartiles.",
        why=(
            "From about 1,000 rows on Spark uses a sketch whose result depends on the partitions: no other engine "
            "can repeat it."
        ),
        do="Use exact quantiles on Ray and state a tolerance of 0.001 n in rank.",
        before='RobustScaler(inputCol="raw", outputCol="scaled").fit(df)',
        differences=("Spark does not centre by default; Ray's always does, with another sketch in 32-bit floats.",),
        symbols=("RobustScaler", "RobustScaler.fit", "RobustScalerModel.transform"),
        heavy=(HeavyKind.MLLIB_FEATURE_FIT,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR608",
        name="normalizer",
        matches="`Normalizer(p)`: each row scaled to length 1.",
        why="Row by row, so it moves easily.",
        do="`x * (1 / norm)` with the zero vector left alone.",
        before='Normalizer(inputCol="raw", outputCol="unit", p=2.0).transform(df)',
        after="""\
norm = np.linalg.norm(x, axis=1, keepdims=True)
unit = x * (1.0 / np.where(norm == 0, 1.0, norm))""",
        differences=("Ray's turns a zero row into NULL, takes only p = 1, 2 and max.",),
        symbols=("Normalizer", "Normalizer.transform"),
    ),
    Rule(
        code="SR609",
        name="imputer",
        matches="`Imputer(strategy)`: mean, median or mode for missing values.",
        why="NULL and NaN are both missing on Spark.",
        do="Turn NaN into NULL, fit with `Mean`, fill with `pc.fill_null`.",
        before='Imputer(inputCols=["age"], outputCols=["age"]).fit(df)',
        after='mean = ds.map_batches(nan_to_null, batch_format="pyarrow").mean("age")',
        differences=(
            "With a NaN present Ray's `SimpleImputer` raises. An integer column gets the mean's whole part on Spark.",
            (
                "The median is a lower order statistic, approximate from about 1,000 rows on. The mode's ties go "
                "to the smallest value."
            ),
        ),
        symbols=("Imputer", "Imputer.fit", "ImputerModel.transform"),
        heavy=(HeavyKind.MLLIB_FEATURE_FIT,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR610",
        name="binarizer",
        matches="`Binarizer(threshold)`.",
        why="A comparison written as a transformer; only NaN and NULL need a thought.",
        do="`pc.if_else(pc.greater(x, threshold), 1.0, 0.0)`; NaN gives 0, NULL stays NULL on both.",
        before='Binarizer(threshold=0.5, inputCol="p", outputCol="label").transform(df)',
        after='label = pc.if_else(pc.greater(table["p"], 0.5), 1.0, 0.0)',
        symbols=("Binarizer", "Binarizer.transform"),
    ),
    Rule(
        code="SR611",
        name="bucketizer",
        matches="`Bucketizer(splits)`.",
        why="Which side of a border a value falls on decides the bucket.",
        do='`np.searchsorted(splits, x, side="right") - 1`, with the last border inside the last bucket.',
        before='Bucketizer(splits=[0.0, 10.0, 20.0], inputCol="age", outputCol="band").transform(df)',
        after="""\
band = np.searchsorted(splits, x, side="right") - 1.0
band = np.where(x == splits[-1], len(splits) - 2, band)""",
        differences=(
            (
                "Spark's buckets are closed on the left; Ray's `CustomKBinsDiscretizer` on the right by default, "
                "and NULL outside, where Spark raises."
            ),
        ),
        symbols=("Bucketizer", "Bucketizer.transform"),
    ),
    Rule(
        code="SR612",
        name="quantile-discretizer",
        matches="`QuantileDiscretizer(numBuckets)`.",
        why="The borders come from an approximate quantile: see SR607.",
        do=("Borders at `sorted(x)[ceil(k / n_buckets * n) - 1]` with both ends open; exact for `relativeError=0`."),
        before='QuantileDiscretizer(numBuckets=4, inputCol="age", outputCol="band").fit(df)',
        differences=(
            (
                "Equal to the default for up to about 100 rows, 0.01 apart at 1,000. Ray's "
                "`UniformKBinsDiscretizer` is of equal width, not of equal count."
            ),
        ),
        symbols=("QuantileDiscretizer", "QuantileDiscretizer.fit"),
        heavy=(HeavyKind.MLLIB_FEATURE_FIT,),
        severity=Severity.WARNING,
    ),
)
