"""The built-in functions, operators and casts, all of them in one job for each engine over the adversarial table."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from engines import Engines
from job_of import PREAMBLE

from migrate.oracle import Options, Tolerance, Verdict, compare
from migrate.rewrite import rewrite
from migrate.translate.functions import FUNCTIONS, NOT_IN_ANSI_MODE

pytestmark = [pytest.mark.engines, pytest.mark.timeout(300)]

EXPRESSIONS = """
-F.col("i")
F.col("x") * 2.5
F.col("y") % F.col("y")
F.col("y") % 2
F.col("i") % F.col("y")
F.col("y") % 2.5
F.col("i") - F.col("big")
F.col("x").eqNullSafe(F.col("y"))
F.col("s").eqNullSafe("plain")
F.col("s").like("%a_n%")
F.col("s").substr(-3, 2)
F.col("place")["city"]
F.col("place").getField("zip")
F.col("tags")[0]
F.struct(F.col("i").alias("a"), F.col("x"))
F.array("i", F.col("big"), F.lit(1))
F.array(["x", "i"])
F.array(F.col("k"), "s")
F.array("tags", "tags")
F.abs("i")
F.sqrt("x")
F.exp("x")
F.expm1("x")
F.log("x")
F.log10("x")
F.log2("x")
F.log1p("x")
F.pow("x", 2)
F.pow("x", "y")
F.sin("x")
F.cos("x")
F.tan("y")
F.atan("x")
F.degrees("x")
F.radians("x")
F.ceil("x")
F.floor("x")
F.ceil("big")
F.round("x", 1)
F.round("x")
F.bround("x", 1)
F.greatest("x", "y")
F.least("x", "y")
F.greatest("y", "i")
F.least("big", "y")
F.greatest("i", "big")
F.isnan("x")
F.nanvl("x", F.col("y"))
F.isnull("x")
F.isnotnull("x")
F.coalesce("x", "y")
F.nvl("i", F.lit(1))
F.ifnull("i", F.lit(2))
F.length("s")
F.upper("s")
F.lower("s")
F.initcap("s")
F.reverse("s")
F.trim("s")
F.ltrim("s")
F.rtrim("s")
F.concat("s", "k", F.lit("!"))
F.concat_ws("-", "s", "k")
F.substring("s", 2, 3)
F.substring("s", 0, 3)
F.instr("s", "a")
F.locate("a", "s", 3)
F.lpad("s", 6, "*")
F.rpad("s", 6, "ab")
F.repeat("s", 2)
F.translate("s", "an", "01")
F.split("s", " ")
F.split("s", "[,a]")
F.split("s", "a", 2)
F.regexp_replace("s", "(a)(.)", "$2$1")
F.regexp_extract("s", "([a-z]+) ([a-z]+)", 2)
F.md5("s")
F.sha1("s")
F.sha2("s", 256)
F.year("at")
F.quarter("day")
F.month("day")
F.dayofmonth("day")
F.dayofyear("day")
F.dayofweek("day")
F.weekday("day")
F.weekofyear("day")
F.hour("at")
F.minute("at")
F.second("at")
F.to_date("s")
F.to_timestamp("day")
F.date_sub("day", 3)
F.datediff("day", "at")
F.add_months("day", -13)
F.last_day("day")
F.trunc("day", "month")
F.trunc("day", "week")
F.date_trunc("hour", "at")
F.date_format("at", "yyyy-MM-dd HH:mm:ss")
F.size("tags")
F.array_contains("tags", "a")
F.element_at("tags", -1)
F.sort_array("tags")
F.sort_array("weights", False)
F.array_join("tags", "|")
"""
"""Each has a name that Spark makes up, which is compared too."""

CASTS = {
    "i": ("string", "double", "bigint", "smallint", "boolean", "decimal(12,2)", "timestamp"),
    "big": ("int", "tinyint", "float", "string", "decimal(10,0)"),
    "x": ("int", "bigint", "smallint", "float", "boolean", "decimal(10,2)"),
    "s": ("int", "double", "boolean", "date", "timestamp", "binary", "decimal(10,2)"),
    "flag": ("int", "string", "double"),
    "price": ("double", "int", "string", "boolean", "decimal(12,4)", "decimal(5,1)"),
    "day": ("string", "timestamp"),
    "at": ("date", "string", "bigint", "double"),
}
ANSI = 'spark.conf.set("spark.sql.ansi.enabled", "true")\n'
ANSI_CASTS = {
    "i": ("string", "double", "bigint", "boolean", "decimal(12,2)", "timestamp"),
    "big": ("float", "string"),
    "x": ("float", "boolean"),
    "flag": ("int", "string", "double"),
    "price": ("double", "int", "string", "boolean", "decimal(12,4)"),
    "day": ("string", "timestamp"),
    "at": ("date", "string", "bigint", "double"),
}
ENDS_IN_ANSI_MODE = """
-F.col("i")
F.abs("big")
F.col("i") + 1
F.col("x") / F.col("x")
F.col("i") % 0
F.col("tags")[0]
F.element_at("tags", -1)
F.to_date("s")
F.col("s").cast("double")
F.col("k").cast("timestamp")
F.col("big").cast("int")
F.col("x").cast("bigint")
F.col("price").cast("decimal(5,1)")
F.expr("cast('1.5' AS int)")
"""
"""Each at values of the adversarial table."""
ENDS_HERE = {*ENDS_IN_ANSI_MODE.splitlines(), 'F.abs("i")', 'F.col("y") % F.col("y")', 'F.col("i") % F.col("y")'}
HOLD_IN_ANSI_MODE = """
F.abs("id")
-F.col("id")
F.col("i") % 7
F.col("i") / 7
F.col("id") * F.col("id")
F.col("y") + F.col("id")
F.col("y") + F.col("y")
F.col("y") * 2
F.col("x") - 1.5
F.col("y") > F.col("i")
F.col("y") == 1
F.split(F.lit("a,b"), ",")[1]
F.element_at(F.split(F.lit("a,b"), ","), 2)
F.to_date(F.lit("2024-02-29"))
F.to_timestamp(F.lit("2024-02-29 01:02:03"))
F.lit(" 17 ").cast("smallint")
F.lit("1.5e3").cast("double")
F.lit("yes").cast("boolean")
F.when(F.col("i") > 1, "a").otherwise("b")
"""
EXACT = {"outputTimestampType": "TIMESTAMP_MICROS", "datetimeRebaseModeInWrite": "CORRECTED"}
LAST_DIGIT = Tolerance(rel=5e-16)
"""Java's own sine, power and logarithm may differ from C's in the last digit."""


def _job(folder: Path, lines: Sequence[str], casts: Mapping[str, Sequence[str]], settings: str = "") -> Path:
    made = [f'F.col("{c}").cast("{t}").alias("{c} to {t}")' for c, types in casts.items() for t in types]
    file = folder / "job.py"
    body = ",\n    ".join(['"id"', *lines, *made])
    # Dates before 1582 and instants before 1900 are refused by the format that Spark writes by default.
    settings += "".join(f'spark.conf.set("spark.sql.parquet.{key}", "{value}")\n' for key, value in EXACT.items())
    file.write_text(
        f"{PREAMBLE}{settings}out = df.select(\n    {body},\n)\nout.write.parquet(path)\n", encoding="utf-8"
    )
    return file


def test_the_list_has_every_function() -> None:
    tree = ast.parse(EXPRESSIONS)
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    absent = set(FUNCTIONS) - called - {"ln", "rlike", "startswith", "endswith", "contains", "date_add"}
    assert not absent, "no expression of the list calls them"


def test_functions_give_the_same(engines: Engines, table: Path, tmp_path: Path) -> None:
    _compare(_job(tmp_path, EXPRESSIONS.strip().splitlines(), CASTS), engines, table, tmp_path)


@pytest.mark.slow
def test_functions_give_the_same_in_ansi_mode(engines: Engines, table: Path, tmp_path: Path) -> None:
    lines = [line for line in EXPRESSIONS.strip().splitlines() if line not in ENDS_HERE]
    lines = [line for line in lines if line.removeprefix("F.").partition("(")[0] not in NOT_IN_ANSI_MODE]
    job = _job(tmp_path, [*lines, *HOLD_IN_ANSI_MODE.strip().splitlines()], ANSI_CASTS, ANSI)
    _compare(job, engines, table, tmp_path)


def test_what_ends_a_job_in_ansi_mode_ends_it_on_both(engines: Engines, table: Path, tmp_path: Path) -> None:
    tries = [
        f"try:\n    df.select(({one}).alias('out')).collect()\n    print({n}, 'holds')\n"
        f"except Exception:\n    print({n}, 'ends')\n"
        for n, one in enumerate(ENDS_IN_ANSI_MODE.strip().splitlines())
    ]
    job = tmp_path / "job.py"
    job.write_text("".join([PREAMBLE, ANSI, *tries]), encoding="utf-8")
    made = rewrite(job, everything=True)
    assert [Path(name).name for name in made.run] == ["job_ray.py"], made.report
    made.write()
    (tmp_path / "table").symlink_to(table)
    on_spark = engines.spark.run(job, tmp_path).stdout
    on_ray = engines.ray.run(made.folder / made.run[0], tmp_path).stdout
    assert on_spark == "".join(f"{n} ends\n" for n in range(len(tries)))
    assert on_ray == on_spark


def _compare(job: Path, engines: Engines, table: Path, tmp_path: Path) -> None:
    made = rewrite(job, everything=True)
    assert [Path(name).name for name in made.run] == ["job_ray.py"], made.report
    made.write()
    for name, kernel, script in (("spark", engines.spark, job), ("ray", engines.ray, made.folder / made.run[0])):
        side = tmp_path / name
        side.mkdir()
        (side / "table").symlink_to(table)
        kernel.run(script, side)
    options = Options(tolerances={"*": LAST_DIGIT}, names=("Spark", "Ray"))
    found = compare(tmp_path / "spark" / "out", tmp_path / "ray" / "out", options, format="parquet")
    assert found.verdict is Verdict.EQUAL, "\n".join([*map(str, found.columns), *map(str, found.samples)])
