"""The rules of Python functions that Spark calls on columns and frames."""

from __future__ import annotations

from migrate.ir import HeavyKind
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR401",
        name="python-udf",
        matches="A function that Spark calls once for every row: `@udf`, `udf(f, type)`, `udf(lambda ...)`.",
        why=(
            "Each row is pickled in the JVM, sent through a socket, unpickled, computed in a single-threaded "
            "Python process, and sent back the same way. The optimiser sees a black box: no filter moves through "
            "it."
        ),
        do=(
            "With an equal built-in function, use it and stay on Spark. Where the function is the point of the "
            "job, it runs on Ray in the processes that read the data. The emitted `RowUdf` hands it the Python values "
            "that Spark does and makes of its result what Spark makes of it."
        ),
        before="""\
@udf("double")
def score(text):
    return model_score(text)


df.withColumn("score", score("text"))""",
        after="""\
@partial(RowUdf, dtype=pa.float64())
def score(text):
    return model_score(text)


ds.map_batches(lambda batch: set_column(batch, "score", score(batch["text"])), batch_format="pyarrow")""",
        differences=(
            (
                "Spark does not convert what the function returns: an int for a declared double is NULL, a float "
                "for an int is NULL, an int out of range wraps, a numpy scalar raises. `RowUdf` does the same; "
                "`Dataset.map` would keep the value as it is and infer a type."
            ),
            (
                "A float, a list or a date returned for a declared string becomes Java's text of it on Spark, which "
                "Python cannot repeat to the digit: the emitted code raises and asks for a `str`."
            ),
            (
                "The function is called with None for NULL on both. Integers that share a column with NULL stay "
                "integers in a Ray row, and become floats in a numpy batch."
            ),
            (
                "Binary columns arrive as `bytearray` on Spark and `bytes` in a Ray row, maps as dict and list of "
                "tuples, structs as `Row` and dict, timestamps as naive local and UTC. The emitted code passes what "
                "Spark does."
            ),
        ),
        symbols=("pyspark.sql.functions.udf", "udf"),
        heavy=(HeavyKind.PYTHON_UDF,),
    ),
    Rule(
        code="SR402",
        name="pandas-udf",
        matches="`@pandas_udf(type)`: a function over pandas Series, fed by Arrow in batches.",
        why=(
            "Cheaper than a row-wise UDF, but still a copy out of the JVM and back per batch, and a model inside "
            "is often loaded per process or per batch."
        ),
        do=(
            '`map_batches` with `batch_format="pyarrow"`, converting to pandas as Spark does. '
            '`batch_format="pandas"` gives other dtypes: do not use it for code moved from Spark.'
        ),
        before="""\
@pandas_udf("double")
def scale(price: pd.Series) -> pd.Series:
    return (price - price.mean()) / price.std()


df.withColumn("scaled", scale("price"))""",
        after="""\
@partial(PandasUdf, dtype=pa.float64())
def scale(price: pd.Series) -> pd.Series:
    return (price - price.mean()) / price.std()


ds.map_batches(lambda batch: set_column(batch, "scaled", scale(batch["price"])), batch_format="pyarrow")""",
        differences=(
            (
                "NULL and NaN are one thing inside a pandas UDF. Ray's pandas batches keep them apart, and "
                "`mean()` then gives NaN where Spark's gives a number."
            ),
            (
                "What the function returns is cast to the declared type: NaN becomes NULL, 1.5 becomes 1, `'1'` "
                "becomes 1. Ray infers the type from each block."
            ),
            (
                "A batch has at most 10,000 rows on both, but blocks end elsewhere than partitions. The example above "
                "depends on it, as statistics over a batch always do. An iterator is fed a block, no partition."
            ),
        ),
        symbols=("pyspark.sql.functions.pandas_udf", "pandas_udf"),
        heavy=(HeavyKind.PANDAS_UDF,),
    ),
    Rule(
        code="SR403",
        name="map-in-pandas",
        matches="`df.mapInPandas(function, schema)`: a function over an iterator of pandas frames.",
        why=(
            "The idiom for batch inference and heavy preparation on Spark. The iterator lets it load a model once "
            "per partition."
        ),
        do=(
            "`map_batches` over whole blocks: the emitted `map_in_pandas` calls the function once a block and feeds it "
            "frames of 10,000 rows, so the function stays as it is. Where loading the model takes longer than a block, "
            "rewrite it by hand as a class whose constructor loads it, with `concurrency` for the number of copies."
        ),
        before="""\
def predict(frames):
    model = load_model()
    for frame in frames:
        yield frame.assign(score=model.predict(frame))


df.mapInPandas(predict, "id long, score double")""",
        after="""\
schema = pa.schema([("id", pa.int64()), ("score", pa.float64())])
ds.map_batches(map_in_pandas(predict, schema), batch_format="pyarrow", batch_size=None)""",
        differences=(
            (
                "Columns are matched to the schema by name where all names are text, else by position; a missing "
                "or extra column raises on Spark."
            ),
            (
                "What a function keeps from one frame to the next reaches over a partition on Spark and over a block "
                "on Ray: the same rows, cut elsewhere."
            ),
            "A partition without rows still calls the function on Spark.",
        ),
        symbols=("DataFrame.mapInPandas",),
        heavy=(HeavyKind.MAP_IN_PANDAS,),
    ),
    Rule(
        code="SR404",
        name="map-in-arrow",
        matches="`df.mapInArrow(function, schema)`: a function over an iterator of Arrow record batches.",
        why="The cheapest way of running Python on Spark, and the closest to Ray: no pandas in between.",
        do=(
            "`map_batches` over whole blocks: the emitted `map_in_arrow` calls the function once a block and feeds it "
            "record batches of 10,000 rows."
        ),
        before='df.mapInArrow(tokenise, "id long, tokens array<int>")',
        after="""\
schema = pa.schema([("id", pa.int64()), ("tokens", pa.list_(pa.int32()))])
ds.map_batches(map_in_arrow(tokenise, schema), batch_format="pyarrow", batch_size=None)""",
        differences=("Timestamps carry the session's time zone on Spark; on Ray too where the job sets it, else UTC.",),
        symbols=("DataFrame.mapInArrow",),
        heavy=(HeavyKind.MAP_IN_ARROW,),
    ),
    Rule(
        code="SR405",
        name="apply-in-pandas",
        matches="`df.groupBy(key).applyInPandas(function, schema)`: one pandas frame a group.",
        why=(
            "All rows of a key meet in one Python process: a shuffle, then a copy through Arrow. Per-group "
            "forecasting, simulation and model fitting are written this way."
        ),
        do=(
            "`groupby(key)` and `map_groups`, with the conversions of SR402. Ray's shuffle starts a task for each part "
            "it cuts the rows into, 200 unless told otherwise: the emitted code cuts four for each CPU, or as many as "
            "`spark.sql.shuffle.partitions` says in the job."
        ),
        before='df.groupBy("store").applyInPandas(forecast, schema)',
        after="""\
groups = ds.groupby(["store"], num_partitions=4 * cpus)
groups.map_groups(apply_in_pandas(forecast, ["store"], schema), batch_format="pyarrow")""",
        differences=(
            (
                "A NULL key is a group of its own on both. Keys 0.0 and -0.0 are one group on Spark and two on "
                "Ray: the emitted code turns -0.0 into 0.0 first, which is then what the function sees."
            ),
            "The order of rows inside a group is defined on neither engine: sort inside the function when it matters.",
            "One group must fit in the memory of one worker on both.",
        ),
        symbols=("GroupedData.applyInPandas", "GroupedData.apply", "GroupedData.applyInArrow"),
        heavy=(HeavyKind.APPLY_IN_PANDAS,),
    ),
    Rule(
        code="SR406",
        name="cogrouped-apply-in-pandas",
        matches="`a.groupBy(k).cogroup(b.groupBy(k)).applyInPandas(function, schema)`.",
        why="Two datasets meet by key in Python: as-of joins and matching logic that SQL cannot say.",
        do=(
            "Ray has no cogroup. Tag the rows of both sides, align their columns with typed NULLs, `union`, group "
            "by the key, and split by the tag inside the function."
        ),
        before='trades.groupBy("id").cogroup(quotes.groupBy("id")).applyInPandas(asof, schema)',
        differences=(
            (
                "It is a full outer match by key: NULL keys match each other, and the missing side is an empty "
                "frame that has its columns."
            ),
        ),
        symbols=("CoGroupedData.applyInPandas", "CoGroupedData.applyInArrow"),
        heavy=(HeavyKind.COGROUP_APPLY_IN_PANDAS,),
    ),
    Rule(
        code="SR407",
        name="grouped-aggregate-pandas-udf",
        matches="A pandas UDF that returns one value for a group, used in `agg(...)` or over a window.",
        why="Each group's column is copied to Python as one Series.",
        do="`map_groups` that returns one row a group. Over a window keep it on Spark.",
        before="""\
@pandas_udf("double")
def trimmed_mean(values: pd.Series) -> float:
    return stats.trim_mean(values, 0.1)


df.groupBy("k").agg(trimmed_mean("v").alias("mean"))""",
        after="""\
@partial(AggregateUdf, dtype=pa.float64())
def trimmed_mean(values: pd.Series) -> float:
    return stats.trim_mean(values, 0.1)


def trimmed(group: pa.Table) -> pa.Table:
    return pa.table({"k": group["k"].slice(0, 1), "mean": trimmed_mean(group["v"])})


ds.groupby(["k"], num_partitions=4 * cpus).map_groups(trimmed, batch_format="pyarrow")""",
        differences=(
            (
                "NULL values arrive as NaN, and pandas' mean skips both; Ray's own `Mean` turns NULL away and "
                "lets NaN through."
            ),
        ),
        reported=False,
    ),
    Rule(
        code="SR408",
        name="python-udtf",
        matches="A Python table function: `@udtf(returnType=...)`, a class with `eval` that yields rows.",
        why="Several output rows for each input row, made in Python, called from SQL or with `lateral`.",
        do="`ds.flat_map(function)`, or a batch function that explodes its own lists.",
        before="""\
@udtf(returnType="word string")
class Words:
    def eval(self, text):
        for word in text.split():
            yield (word,)""",
        after="""\
def words(row: dict) -> list[dict]:
    return [{"word": word} for word in row["text"].split()]


ds.flat_map(words)""",
        symbols=("pyspark.sql.functions.udtf", "udtf", "UDTFRegistration.register"),
        heavy=(HeavyKind.PYTHON_UDTF,),
    ),
    Rule(
        code="SR409",
        name="pandas-on-spark",
        matches="`pyspark.pandas` (formerly Koalas): `ps.read_csv`, `psdf.apply(function)`, `df.pandas_api()`.",
        why=(
            "Plain pandas-like calls become Spark plans and stay native; `apply`, `transform` and `map` with a "
            "function run Python. An implicit index may force a sort or one partition."
        ),
        do=("Functions move as pandas batches (SR402). Native calls stay, or go back to DataFrame calls first."),
        before="""\
psdf = ps.read_parquet("events")
psdf["clean"] = psdf["text"].apply(tidy)""",
        differences=("The default index numbers rows in an order that Spark does not promise from run to run.",),
        symbols=(
            "PandasFrame.apply",
            "PandasFrame.transform",
            "PandasFrame.apply_batch",
            "PandasFrame.transform_batch",
            "DataFrame.pandas_api",
            "DataFrame.to_pandas_on_spark",
            "DataFrame.koalas",
            "DataFrame.to_koalas",
            "PandasFrame.*",
            "pyspark.pandas.*",
            "databricks.koalas.*",
        ),
        heavy=(HeavyKind.PANDAS_API,),
    ),
    Rule(
        code="SR410",
        name="imported-udf",
        matches="A UDF made of a function that another module defines.",
        why=(
            "The function travels by name: its module must be installed, or shipped, on every worker of either engine."
        ),
        do=(
            "Modules beside the job are shipped by the emitted job. A module that is not part of the analysed "
            "folder cannot be read: analyse the repository's root to have it followed."
        ),
        before="""\
from features.text import tidy

tidy_udf = udf(tidy, "string")""",
        after="""\
from features.text import tidy

ds.map(lambda row: {**row, "clean": tidy(row["text"])})""",
        heavy=(HeavyKind.IMPORTED_UDF,),
    ),
)
