"""The rules of column expressions: strings, lists and generated values."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR352",
        name="joining-strings",
        matches="`concat`, `concat_ws`, `lpad`, `initcap`, `trim`.",
        why="They look alike everywhere and differ at the edges.",
        do=(
            "`col + col` for `concat`; a row function for `concat_ws`; for the others take the edge below into account."
        ),
        before='df.withColumn("key", F.concat_ws("-", "country", "city"))',
        after='["-".join(part for part in pair if part is not None) for pair in zip(countries, cities)]',
        differences=(
            "`concat` with a NULL is NULL, `concat_ws` skips it, and is empty when all are NULL.",
            (
                "`lpad` cuts longer strings on Spark only. `trim` takes blanks on Spark, tabs and newlines too on "
                "Ray. `initcap` of `-3x` stays `-3x`."
            ),
        ),
        symbols=("pyspark.sql.functions.concat_ws", "pyspark.sql.functions.concat"),
        reported=False,
    ),
    Rule(
        code="SR353",
        name="list-functions",
        matches="Indexing and measuring arrays: `a[0]`, `element_at`, `size`, `sort_array`, `array_contains`.",
        why="Out of range is NULL on Spark and raises in Ray's list expressions.",
        do="A row function over `to_pylist()`, or Arrow's list kernels with a guard.",
        before='df.select(F.size("tags"), F.element_at("tags", -1))',
        differences=(
            (
                "`size(NULL)` is -1 in Spark 3.5 with its default settings. `sort_array` puts NULLs first, "
                "`array_sort` and Ray last."
            ),
        ),
        symbols=(
            "pyspark.sql.functions.element_at",
            "pyspark.sql.functions.size",
            "pyspark.sql.functions.sort_array",
            "pyspark.sql.functions.array_contains",
        ),
        reported=False,
    ),
    Rule(
        code="SR354",
        name="higher-order-function",
        matches=(
            "`F.transform(column, lambda x: ...)`, `F.filter`, `F.aggregate`: a Python lambda that builds a Spark "
            "expression."
        ),
        why="The lambda runs once, on the driver, over columns. It is native work that looks like Python.",
        do="Nothing: it is not Python-heavy, and it stays with the stage that holds it.",
        before='df.select(F.transform("prices", lambda price: price * 1.2))',
        symbols=("pyspark.sql.functions.transform", "pyspark.sql.functions.aggregate"),
        reported=False,
    ),
    Rule(
        code="SR355",
        name="input-file-name",
        matches="`F.input_file_name()` and the `_metadata` column.",
        why="Jobs cut dates and ids out of it.",
        do="`include_paths=True` of the Ray readers gives the column `path`.",
        before='df.withColumn("file", F.input_file_name())',
        after='ds = ray.data.read_parquet("events", include_paths=True)',
        differences=("Spark gives a URI with its scheme, Ray a plain path.",),
        symbols=("pyspark.sql.functions.input_file_name",),
        reported=False,
    ),
    Rule(
        code="SR356",
        name="logarithm-of-nonpositive",
        matches="`F.log`, `F.log10`, `F.log2`, `F.log1p`.",
        why="A value that is zero or below gives NULL on Spark, and NaN or minus infinity in Arrow and numpy.",
        do="Mask such values to NULL first.",
        before='df.withColumn("log_price", F.log("price"))',
        after="""\
price = pc.if_else(pc.less_equal(table["price"], 0.0), None, table["price"])
log_price = pc.ln(price)""",
        symbols=("pyspark.sql.functions.log", "pyspark.sql.functions.log10", "pyspark.sql.functions.log2"),
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR357",
        name="parsing-nested-text",
        matches="`from_json`, `to_json`, `get_json_object`.",
        why=("A value that does not fit the declared type becomes NULL, field by field, under rules of Spark's own."),
        do="Keep it in front of the hand-off on Spark, so that the Ray part reads typed columns.",
        before='df.withColumn("event", F.from_json("payload", schema))',
        symbols=(
            "pyspark.sql.functions.from_json",
            "pyspark.sql.functions.to_json",
            "pyspark.sql.functions.schema_of_json",
            "pyspark.sql.functions.get_json_object",
        ),
        reported=False,
    ),
    Rule(
        code="SR358",
        name="cast-double-to-integer",
        matches='`cast("int")` of doubles, `ceil`, `floor`.',
        why=(
            "Spark truncates and saturates: NaN is 0, infinity the largest integer. Arrow raises, or wraps when "
            "told to be unsafe."
        ),
        do="`0 if x != x else` the value clamped to the type's range, then truncated.",
        before='df.withColumn("n", F.col("x").cast("int"))',
        after="[0 if x != x else high if x >= high else low if x <= low else int(x) for x in values]",
        differences=(
            (
                "`ceil` and `floor` return 64-bit integers in Spark, doubles in Arrow. A 64-bit integer cast to "
                "32 bits wraps on both."
            ),
        ),
        symbols=("pyspark.sql.functions.ceil", "pyspark.sql.functions.floor"),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR359",
        name="increasing-id",
        matches="`F.monotonically_increasing_id()`.",
        why=(
            "The ids hold the partition in their upper bits: they change with the partitions, and jobs that join "
            "on them break when anything is reordered."
        ),
        do=("Ray's function of the same name follows the same scheme over its blocks. Better: use a key of the data."),
        before='df.withColumn("id", F.monotonically_increasing_id())',
        after='ds.with_column("id", monotonically_increasing_id())',
        symbols=("pyspark.sql.functions.monotonically_increasing_id",),
        severity=Severity.WARNING,
        reported=False,
    ),
)
