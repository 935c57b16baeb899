"""The rules of how UDFs are written."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.ir import HeavyKind
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR411",
        name="registered-udf",
        matches="`spark.udf.register(name, function, type)`: a UDF with a name for SQL text.",
        why="SQL strings anywhere in the job may call it: a query that looks native runs Python.",
        do=(
            "Keep the native part of the query on Spark and apply the function to its result, in the moved part. "
            "A call inside a join, a filter or an aggregate of the query keeps it on Spark."
        ),
        before="""\
spark.udf.register("tidy", tidy, "string")
spark.sql("SELECT tidy(name) FROM people")""",
        symbols=("UDFRegistration.register", "SQLContext.registerFunction"),
        reported=False,
    ),
    Rule(
        code="SR412",
        name="iterator-pandas-udf",
        matches="A pandas UDF over iterators: `Iterator[pd.Series] -> Iterator[pd.Series]`.",
        why="Its first lines run once a partition, which is why models are loaded there.",
        do=("The lines before the loop become the constructor of a class, the loop's body its `__call__` (SR403)."),
        before="""\
@pandas_udf("double")
def predict(batches: Iterator[pd.Series]) -> Iterator[pd.Series]:
    model = load_model()
    for batch in batches:
        yield model.predict(batch)""",
        after="""\
class Predict:
    def __init__(self) -> None:
        self.model = load_model()

    def __call__(self, table: pa.Table) -> pa.Table:
        return table.append_column("score", pa.array(self.model.predict(table["x"].to_pandas())))""",
        reported=False,
    ),
    Rule(
        code="SR413",
        name="arrow-optimised-udf",
        matches="`udf(..., useArrow=True)` or `spark.sql.execution.pythonUDF.arrow.enabled`.",
        why="The same function follows other conversion rules than without Arrow: a move has to know which.",
        do="Convert returned values with Arrow's casts instead of the plain UDF's rules (SR401).",
        before='to_int = udf(parse, "int", useArrow=True)',
        differences=(
            "An int for a declared double is 3.0 with Arrow and NULL without; `'5'` for a declared int is 5 and NULL.",
        ),
        reported=False,
    ),
    Rule(
        code="SR414",
        name="nondeterministic-udf",
        matches=("A UDF that draws random numbers, reads a clock or calls a service, `asNondeterministic()` or not."),
        why=(
            "Spark may call a UDF more than once for a row and in any order, so no comparison of two runs can be exact."
        ),
        do="Pass the seed or the time in as a column, derived from the row's key. Then both engines agree.",
        before='jitter = udf(lambda x: x + random.random(), "double")',
        after="""\
def jitter(row: dict) -> dict:
    noise = random.Random(row["id"]).random()
    return {**row, "x": row["x"] + noise}""",
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR415",
        name="udf-without-return-type",
        matches="`udf(f)` without a return type.",
        why="The type is then string: a number comes back as its Java text.",
        do="Declare what the function returns. A rewrite keeps the string.",
        before="half = udf(lambda x: x / 2)",
        after="""\
def half(row: dict) -> dict:
    return {**row, "half": str(row["x"] / 2)}""",
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR416",
        name="unused-udf",
        matches="A UDF that is defined and never used.",
        why=(
            "It is no work of the job, and it is not counted as a Python-heavy stage. It may be used from SQL "
            "text that could not be read."
        ),
        do="Delete it, or find the query that uses it.",
        before='old_score = udf(score_v1, "double")',
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR417",
        name="model-loaded-per-row",
        matches="A model, tokenizer, connection or file opened inside a function that Spark calls for every row.",
        why="Loading often takes longer than the work: the stage spends its time reading the same file.",
        do=("Load once per worker: a class with a constructor on Ray, an iterator UDF or `mapPartitions` on Spark."),
        before="""\
@udf("double")
def score(text):
    model = joblib.load("model.pkl")
    return float(model.predict([text])[0])""",
        after="""\
class Score:
    def __init__(self) -> None:
        self.model = joblib.load("model.pkl")

    def __call__(self, row: dict) -> dict:
        return {**row, "score": float(self.model.predict([row["text"]])[0])}


ds.map(Score, concurrency=2)""",
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR418",
        name="udf-with-builtin-equal",
        matches=(
            "A UDF whose body is a single call that Spark has as a built-in function: `lower`, `strip`, `split`, "
            "`len`, arithmetic, date parts."
        ),
        why="It pays the price of Python for work that the JVM does in place.",
        do="Use the built-in and stay on Spark; such a stage is no reason to move.",
        before='lower = udf(lambda s: s.lower() if s else None, "string")',
        after='df.withColumn("name", F.lower("name"))',
        differences=("Mind the edges: Python's `str.strip()` takes all white space, Spark's `trim` only blanks.",),
        reported=False,
    ),
    Rule(
        code="SR419",
        name="python-data-source",
        matches="A data source written in Python (`pyspark.sql.datasource.DataSource`).",
        why="Its reader runs in Python workers and hands rows to the JVM.",
        do="A Ray `Datasource`, or simpler, a list of partitions turned into rows by a `map` function.",
        before="spark.dataSource.register(WeatherSource)",
        symbols=("DataSourceRegistration.register",),
        heavy=(HeavyKind.PYTHON_DATA_SOURCE,),
    ),
    Rule(
        code="SR420",
        name="python-closure-over-driver-state",
        matches="A function for the workers that changes a variable of the driver.",
        why=(
            "Each worker has its own copy: the change is lost on Spark and on Ray alike. It seems to work in "
            "local mode."
        ),
        do="Return the value as a column and aggregate it.",
        before="""\
seen = set()
rdd.foreach(lambda row: seen.add(row.id))""",
        after='seen = set(ds.unique("id"))',
        severity=Severity.WARNING,
        reported=False,
    ),
)
