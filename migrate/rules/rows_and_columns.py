"""The rules of rows and columns."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR301",
        name="select",
        matches="`df.select(...)` and `df.selectExpr(...)`.",
        why=(
            "A selection of columns moves freely; each expression in it has to mean the same on Ray. Spark "
            "evaluates it in generated JVM code."
        ),
        do=(
            "Plain columns become `select_columns`. Expressions follow their own pages (SR341 to SR358); one that "
            "has no counterpart keeps the stage on Spark."
        ),
        before='df.select("id", F.upper("name").alias("name"))',
        after='ds.with_column("name", col("name").str.upper()).select_columns(["id", "name"])',
        differences=(
            "Column names match in any case on Spark, exactly on Ray.",
            "Integer literals are 32 bits wide in Spark and 64 in Ray: `i + 1` changes its type.",
        ),
        symbols=("DataFrame.select", "DataFrame.selectExpr", "DataFrame.to"),
    ),
    Rule(
        code="SR302",
        name="with-column",
        matches="`df.withColumn(name, expression)`.",
        why="The usual place of a UDF call: a line that looks relational and runs Python for every row.",
        do=(
            "`ds.with_column(name, expression)` where the expression is native on both sides; with a UDF inside, "
            "the stage becomes the `map_batches` of that UDF (SR401, SR402)."
        ),
        before='df = df.withColumn("total", F.col("price") * F.col("count"))',
        after='ds = ds.with_column("total", col("price") * col("count"))',
        differences=(
            "A literal makes a 64-bit result on Ray where Spark keeps 32 bits: cast it (`pa.scalar(1, pa.int32())`).",
        ),
        symbols=("DataFrame.withColumn", "DataFrame.withColumns", "DataFrame.colRegex"),
    ),
    Rule(
        code="SR303",
        name="filter",
        matches="`df.filter(condition)` and `df.where(condition)`.",
        why=(
            "It decides which rows reach the Python part, so a filter in front of it is carried along or pushed "
            "into the read."
        ),
        do=(
            "`ds.filter(expr=...)`. Never `ds.filter(lambda row: ...)`: it loses the schema when nothing is left, "
            "and raises on NULL."
        ),
        before='adults = df.filter((F.col("age") > 18) & F.col("name").isNotNull())',
        after='adults = ds.filter(expr=(col("age") > 18) & col("name").is_not_null())',
        differences=(
            "NaN is larger than every number in Spark and incomparable in Ray: `d > 1` keeps NaN rows on Spark only.",
            "`~col.isin(...)` keeps NULL rows on Ray and drops them on Spark (SR343).",
            "A comparison of a number with a string is cast by Spark and raises on Ray.",
        ),
        symbols=("DataFrame.filter", "DataFrame.where"),
    ),
    Rule(
        code="SR304",
        name="drop-columns",
        matches="`df.drop(...)`.",
        why="Harmless, but for names that are not there.",
        do="`ds.drop_columns([...])` with the names as the schema has them.",
        before='df = df.drop("raw")',
        after='ds = ds.drop_columns(["raw"])',
        differences=("Spark ignores a column that does not exist; Ray raises.",),
        symbols=("DataFrame.drop",),
    ),
    Rule(
        code="SR305",
        name="rename-columns",
        matches="`withColumnRenamed`, `toDF(names)` and aliases.",
        why="A rename of a missing column does nothing on Spark, so a typing error can live there for years.",
        do="`ds.rename_columns({...})`.",
        before='df = df.withColumnRenamed("ts", "at")',
        after='ds = ds.rename_columns({"ts": "at"})',
        differences=("Ray raises when the column is missing.",),
        symbols=(
            "DataFrame.withColumnRenamed",
            "DataFrame.withColumnsRenamed",
            "DataFrame.toDF",
            "DataFrame.alias",
            "DataFrame.withMetadata",
        ),
    ),
    Rule(
        code="SR306",
        name="distinct",
        matches="`distinct()` and `dropDuplicates([columns])`.",
        why=(
            "Ray Data has no such method. With a subset of columns, which of the duplicates survives is undefined "
            "on both engines."
        ),
        do=(
            "Keep it on Spark where it comes before the Python part. On Ray group by the columns and take one row "
            "of each group, with the same total order on both sides when it matters which."
        ),
        before='df.dropDuplicates(["name"])',
        after='ds.groupby(["name"]).map_groups(lambda group: group.slice(0, 1), batch_format="pyarrow")',
        differences=(
            (
                "0.0 and -0.0 are one value to Spark and two groups to Ray: add `0.0` to the key first. NULL and "
                "NaN equal themselves on both."
            ),
        ),
        symbols=("DataFrame.distinct", "DataFrame.dropDuplicates", "DataFrame.drop_duplicates"),
    ),
    Rule(
        code="SR307",
        name="order-by",
        matches="`df.orderBy(...)` and `df.sort(...)`.",
        why="A global sort moves all data; on Ray its place for NULL and NaN is another.",
        do=(
            "Drop it where nothing reads the order. Otherwise sort by a rank column first (0 for NULL, 1 for "
            "values, 2 for NaN), then by the column."
        ),
        before='df.orderBy("score")',
        after='ranked.sort(["score_rank", "score"]).drop_columns(["score_rank"])',
        differences=(
            (
                "Ascending, Spark puts NULL first, Ray last. Descending, both put it last. NaN is the largest "
                "value in Spark; Ray puts it before the NULLs at the end in both directions."
            ),
        ),
        symbols=("DataFrame.orderBy", "DataFrame.sort"),
    ),
    Rule(
        code="SR308",
        name="limit",
        matches="`df.limit(n)`.",
        why=(
            "Without a sort in front of it, which rows come is up to the engine: two runs of the same Spark job "
            "may differ."
        ),
        do=(
            "`ds.limit(n)` after a sort. Without one, no comparison of both engines can be exact: give the job an "
            "order, or compare counts."
        ),
        before='df.orderBy("at").limit(10)',
        after='ds.sort("at").limit(10)',
        symbols=("DataFrame.limit", "DataFrame.offset"),
    ),
    Rule(
        code="SR309",
        name="union",
        matches="`union` and `unionAll`, which pair columns by position.",
        why=(
            "Ray's `union` looks at names, checks nothing, and reports the first block's schema: wrong data "
            "without an error."
        ),
        do=("Rename the right side's columns to the left's by position, cast both to a common type, then `union`."),
        before="both = left.union(right)",
        after="both = left.union(right.rename_columns(dict(zip(right_names, left_names))))",
        differences=("Spark widens types (int with string gives string); Ray keeps each block's own.",),
        symbols=("DataFrame.union", "DataFrame.unionAll"),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR310",
        name="union-by-name",
        matches="`unionByName`, with or without `allowMissingColumns`.",
        why="Missing columns become NULL on Spark; on Ray such rows lack the key altogether.",
        do="Add the missing columns as typed NULLs on both sides, then `union`.",
        before="both = left.unionByName(right, allowMissingColumns=True)",
        after='both = left.union(right.map_batches(add_null_note, batch_format="pyarrow"))',
        symbols=("DataFrame.unionByName",),
    ),
    Rule(
        code="SR311",
        name="intersect-and-except",
        matches="`intersect`, `subtract`, `exceptAll` and `intersectAll`.",
        why="Ray has none of them. Set semantics count NULL equal to NULL, unlike a join.",
        do=(
            "Keep them on Spark. Where they must move: tag both sides, `union`, group by all columns, and keep "
            "the groups that have the right tags."
        ),
        before="new = today.subtract(yesterday)",
        differences=("Keys need `-0.0` turned into `0.0` before grouping on Ray.",),
        symbols=("DataFrame.intersect", "DataFrame.intersectAll", "DataFrame.subtract", "DataFrame.exceptAll"),
    ),
    Rule(
        code="SR312",
        name="fill-nulls",
        matches="`df.fillna(value)` and `df.na.fill(value)`.",
        why=(
            "A number fills every numeric column, NaN included, and nothing else; an integer column gets the "
            "number's whole part."
        ),
        do="Write the columns out and fill each by its type; NaN has to be asked for.",
        before="df.fillna(0)",
        after='ds.map_batches(fill_zero, batch_format="pyarrow")',
        differences=("Arrow's `fill_null` leaves NaN alone; Spark replaces it in double columns.",),
        symbols=("DataFrame.fillna", "DataFrameNaFunctions.fill"),
    ),
    Rule(
        code="SR313",
        name="drop-nulls",
        matches="`df.dropna(...)` and `df.na.drop(...)`.",
        why="Rows with NaN go too, not only rows with NULL. Feature jobs depend on it.",
        do="Filter on `is_not_null` and, for floating columns, on not NaN as well.",
        before='clean = df.dropna(subset=["score"])',
        after='clean = ds.map_batches(drop_null_and_nan, batch_format="pyarrow")',
        symbols=("DataFrame.dropna", "DataFrameNaFunctions.drop"),
    ),
    Rule(
        code="SR314",
        name="replace-values",
        matches="`df.replace(old, new)`.",
        why="It touches only columns of the matching type.",
        do="Name the columns and use a conditional per column.",
        before='df.replace({"N/A": None}, subset=["city"])',
        symbols=("DataFrame.replace", "DataFrameNaFunctions.replace"),
    ),
    Rule(
        code="SR315",
        name="explode",
        matches="`explode`, `explode_outer` and `posexplode` in a projection.",
        why=(
            "It multiplies rows: empty and NULL lists vanish with `explode` and stay as one NULL row with "
            "`explode_outer`."
        ),
        do=("With Arrow: `pc.list_parent_indices` to repeat the other columns, `pc.list_flatten` for the values."),
        before='df.select("id", F.explode("tags").alias("tag"))',
        after="""\
def explode(table: pa.Table) -> pa.Table:
    parents = pc.list_parent_indices(table["tags"])
    return pa.table({"id": table["id"].take(parents), "tag": pc.list_flatten(table["tags"])})


ds.map_batches(explode, batch_format="pyarrow")""",
        symbols=(
            "pyspark.sql.functions.explode",
            "pyspark.sql.functions.explode_outer",
            "pyspark.sql.functions.posexplode",
        ),
        reported=False,
    ),
    Rule(
        code="SR316",
        name="unpivot",
        matches="`unpivot`, `melt` and `stack(...)`: columns become rows.",
        why="Types of the columns must agree; Spark finds a common one.",
        do="Keep it on Spark, or write the wide-to-long step as a batch function with explicit casts.",
        before='df.unpivot("id", ["q1", "q2"], "quarter", "amount")',
        symbols=("DataFrame.unpivot", "DataFrame.melt", "DataFrame.transpose"),
    ),
)
