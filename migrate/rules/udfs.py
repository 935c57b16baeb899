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
            "job, it becomes a `map` or a batch function on Ray, in processes that read the data themselves."
        ),
        before="""\
@udf("double")
def score(text):
    return model_score(text)


df.withColumn("score", score("text"))""",
        after="""\
def add_score(row: dict) -> dict:
    row["score"] = score(row["text"])
    return row


ds.map(add_score)""",
        differences=(
            (
                "Spark does not convert what the function returns: an int for a declared double is NULL, a float "
                "for an int is NULL, an int out of range wraps, a numpy scalar raises. Ray keeps the value as it "
                "is and infers a type."
            ),
            (
                "The function is called with None for NULL on both. Integers that share a column with NULL stay "
                "integers in a Ray row, and become floats in a numpy batch."
            ),
            (
                "Binary columns arrive as `bytearray` on Spark and `bytes` on Ray, maps as dict and list of "
                "tuples, structs as `Row` and dict, timestamps as naive local and UTC."
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
def add_scaled(table: pa.Table) -> pa.Table:
    price = table["price"].to_pandas()
    return table.append_column("scaled", pa.array(scale(price), pa.float64(), from_pandas=True))


ds.map_batches(add_scaled, batch_format="pyarrow", batch_size=10_000)""",
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
                "A batch has at most 10,000 rows on Spark; Ray's default is the whole block. The example above "
                "depends on it, as statistics over a batch always do."
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
            "`map_batches` of a class whose constructor loads the model, with `concurrency` for the number of "
            "copies; a plain function where there is nothing to load."
        ),
        before="""\
def predict(frames):
    model = load_model()
    for frame in frames:
        yield frame.assign(score=model.predict(frame))


df.mapInPandas(predict, "id long, score double")""",
        after="""\
class Predict:
    def __init__(self) -> None:
        self.model = load_model()

    def __call__(self, table: pa.Table) -> pa.Table:
        score = self.model.predict(table.to_pandas())
        return pa.table({"id": table["id"], "score": pa.array(score, pa.float64())})


ds.map_batches(Predict, batch_format="pyarrow", batch_size=10_000, concurrency=2)""",
        differences=(
            (
                "Columns are matched to the schema by name where all names are text, else by position; a missing "
                "or extra column raises on Spark."
            ),
            (
                "A generator that carries state from one frame to the next sees a whole partition on Spark. On "
                "Ray it sees one batch: that state has to go."
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
        do=('`map_batches(batch_format="pyarrow")`, which passes a `Table` where Spark passes a `RecordBatch`.'),
        before='df.mapInArrow(tokenise, "id long, tokens array<int>")',
        after='ds.map_batches(tokenise_table, batch_format="pyarrow", batch_size=10_000)',
        differences=("Timestamps carry the session's time zone on Spark, and what the file says on Ray.",),
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
        do=('`groupby(key).map_groups(function, batch_format="pyarrow")` with the same conversions as for SR402.'),
        before='df.groupBy("store").applyInPandas(forecast, schema)',
        after="""\
def forecast_store(group: pa.Table) -> pa.Table:
    return from_pandas(forecast(to_pandas(group)), schema)


ds.groupby("store").map_groups(forecast_store, batch_format="pyarrow")""",
        differences=(
            (
                "A NULL key is a group of its own on both. Keys 0.0 and -0.0 are one group on Spark and two on "
                "Ray: add 0.0 to the key."
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


df.groupBy("k").agg(trimmed_mean("v"))""",
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
