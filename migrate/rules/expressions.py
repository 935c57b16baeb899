"""The rules of column expressions: comparison, arithmetic and text."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR341",
        name="conditional",
        matches="`F.when(...).otherwise(...)` and SQL `CASE`.",
        why="Ray's expressions have no conditional, so the column needs a batch function.",
        do="`pc.case_when` in a batch function, with NULL conditions filled as false.",
        before='df.withColumn("size", F.when(F.col("n") > 10, "big").otherwise("small"))',
        after="""\
big = pc.fill_null(pc.greater(table["n"], 10), False)
table.append_column("size", pc.if_else(big, "big", "small"))""",
        differences=("A NULL condition counts as false in Spark; without a final `otherwise` the result is NULL.",),
        symbols=("pyspark.sql.functions.when",),
        reported=False,
    ),
    Rule(
        code="SR342",
        name="nan-comparison",
        matches="A comparison of double or float columns that may hold NaN.",
        why=(
            "Spark has an order in which NaN equals itself and is larger than all numbers. Arrow follows IEEE: "
            "every comparison with NaN is false."
        ),
        do="Spell it out: `greater(d, 1) or is_nan(d)`; for equality, equal or both NaN.",
        before='df.filter(F.col("ratio") > 1)',
        after='pc.or_(pc.greater(table["ratio"], 1.0), pc.is_nan(table["ratio"]))',
        differences=("`d != d` is false in Spark for every row, and true for NaN in Arrow.",),
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR343",
        name="not-in-with-null",
        matches="`~column.isin(...)` and SQL `NOT IN`.",
        why="A NULL is neither in nor not in a list on Spark, so its row is dropped. Ray's `not_in` keeps it.",
        do="Add `is_not_null()`. A list that itself holds NULL keeps no row at all on Spark.",
        before='df.filter(~F.col("code").isin(7, 0))',
        after='ds.filter(expr=~col("code").is_in([7, 0]) & col("code").is_not_null())',
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR344",
        name="division",
        matches="`/`, `%` and `div` in expressions.",
        why=(
            "Spark (ANSI off) gives NULL for a division by zero, and always divides in doubles. Arrow raises for "
            "integers and gives infinity for doubles."
        ),
        do="Replace a zero divisor by NULL and cast integers to double before dividing.",
        before='df.withColumn("rate", F.col("clicks") / F.col("views"))',
        after="""\
views = pc.if_else(pc.equal(table["views"], 0), None, table["views"]).cast(pa.float64())
rate = pc.divide(table["clicks"].cast(pa.float64()), views)""",
        differences=("`%` takes the sign of the dividend in Spark and of the divisor in Python: use `math.fmod`.",),
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR345",
        name="rounding",
        matches="`F.round(column, digits)`.",
        why=(
            "Spark rounds halves away from zero on the decimal digits that it prints; numpy, pandas and Arrow "
            "round halves to even."
        ),
        do=("`Decimal(repr(x)).quantize(..., ROUND_HALF_UP)`, which agreed on every value tried, 1.005 among them."),
        before='df.withColumn("price", F.round("price", 2))',
        after="""\
step = Decimal("0.01")
rounded = [float(Decimal(repr(x)).quantize(step, ROUND_HALF_UP)) for x in prices]""",
        differences=(
            (
                "2.5 rounds to 3 on Spark and to 2 on Ray; 1.005 to two digits is 1.01 and 1.0. `bround` agrees "
                "except for -0.0."
            ),
        ),
        symbols=("pyspark.sql.functions.round", "pyspark.sql.functions.bround"),
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR346",
        name="cast-from-string",
        matches="`cast` of strings to numbers, booleans and dates.",
        why=(
            "Spark turns what it cannot read into NULL and accepts forms that others refuse (`'5.9'` to 5, `'1d'` "
            "to 1.0, `'y'` to true, `'2020-1-2'` to a date). Arrow raises on the first bad value."
        ),
        do=("A parsing function for the exact set of forms, or the cast stays on Spark in front of the hand-off."),
        before='df.withColumn("age", F.col("age").cast("int"))',
        differences=(
            "`'1e3'`, `'1_000'` and values out of range are NULL as integers in Spark. White space around is ignored.",
        ),
        symbols=("Column.cast",),
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR347",
        name="cast-to-string",
        matches='`cast("string")` of doubles, timestamps and nested values, and implicit casts in `concat`.',
        why="The text is Java's, not Python's, and jobs build keys and file names from it.",
        do=(
            "Format explicitly on both sides before the move (`format_number`, `date_format`); then there is "
            "nothing to differ."
        ),
        before='df.withColumn("key", F.col("score").cast("string"))',
        differences=(
            (
                "0.0 is `0.0` on Spark and `0` in Arrow; NaN is `NaN` and `nan`; 1e10 is `1.0E10`. On JDK 17 "
                "Java's digits are not always the shortest: of 2,000 random doubles 1,870 agreed with Python."
            ),
        ),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR348",
        name="regular-expression",
        matches="`regexp_replace`, `regexp_extract`, `rlike`, `split` with a pattern.",
        why=(
            "Java's regular expressions, RE2 in Arrow and Python's `re` are three languages: look-around, "
            "possessive quantifiers and classes differ."
        ),
        do=(
            "Use Arrow's function where the pattern is in the common part; write group references as `\\1` "
            "instead of `$1`."
        ),
        before=r"""df.withColumn("digits", F.regexp_extract("text", r"(\d+)", 1))""",
        after='found = pc.extract_regex(table["text"], r"(?P<digits>[0-9]+)")',
        differences=(
            "No match gives an empty string in Spark and NULL in Arrow.",
            "`\\w`, `\\s` and `\\d` are ASCII in Java: use `re.ASCII` in Python.",
        ),
        symbols=("pyspark.sql.functions.regexp_replace", "pyspark.sql.functions.regexp_extract", "Column.rlike"),
        reported=False,
    ),
    Rule(
        code="SR349",
        name="dates-and-local-time",
        matches="`hour`, `to_date`, `date_format`, `date_trunc` and kin over timestamps.",
        why=("They work in the session's time zone (SR104). Arrow's work in the zone of the column, UTC unless cast."),
        do=(
            "Cast to the session's zone first, then use Arrow's functions; pattern letters of `date_format` have "
            "to be translated."
        ),
        before='df.withColumn("day", F.to_date("at"))',
        after="""\
local = pc.local_timestamp(table["at"].cast(pa.timestamp("us", "Europe/Berlin")))
day = local.cast(pa.date32())""",
        differences=("`dayofweek` counts Sunday as 1. `%S` prints fractions in Arrow; floor to seconds first.",),
        symbols=(
            "pyspark.sql.functions.hour",
            "pyspark.sql.functions.to_date",
            "pyspark.sql.functions.date_format",
            "pyspark.sql.functions.date_trunc",
        ),
        reported=False,
    ),
    Rule(
        code="SR350",
        name="hash",
        matches="`F.hash(...)` and `F.xxhash64(...)`.",
        why="Buckets and splits computed from it must agree with data already written.",
        do=(
            "`F.hash` can be computed in Python: a murmur3 variant with seed 42, chained over the columns, agreed "
            "on all values tried. `xxhash64` has no ready counterpart."
        ),
        before='df.withColumn("bucket", F.pmod(F.hash("id"), F.lit(16)))',
        differences=(
            (
                "It is not the standard murmur3: each byte of the tail is mixed as a block of its own. MLlib's "
                "HashingTF does use the standard one."
            ),
        ),
        symbols=("pyspark.sql.functions.hash", "pyspark.sql.functions.xxhash64"),
        reported=False,
    ),
    Rule(
        code="SR351",
        name="random-columns",
        matches="`F.rand(seed)`, `F.randn(seed)`, `F.uuid()`, `F.shuffle`.",
        why="The values depend on the partition and on the row's place in it.",
        do=(
            "Derive the number from a hash of the row's key when both engines have to agree; otherwise compare "
            "distributions."
        ),
        before='df.withColumn("r", F.rand(seed=1))',
        symbols=("pyspark.sql.functions.rand", "pyspark.sql.functions.randn"),
        severity=Severity.WARNING,
        reported=False,
    ),
)
