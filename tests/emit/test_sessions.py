"""A session that is handed from function to function: the Ray part has none, and the functions lose the parameter."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile import HEAD, rewritten

START = "spark = SparkSession.builder.getOrCreate()\n"
BODY = '    df = spark.read.parquet(path)\n    df.withColumn("b", loud("a")).write.parquet(path + "x")\n\n\n'


@pytest.mark.parametrize(
    ("parameters", "call", "after", "called"),
    [
        pytest.param("spark, path", "run(spark, 'a')", "def run(path):", "run('a')", id="first"),
        pytest.param("path, spark", "run('a', spark)", "def run(path):", "run('a')", id="last"),
        pytest.param("path, spark=None", "run('a', spark=spark)", "def run(path):", "run('a')", id="by keyword"),
        pytest.param(
            "path, spark, sc", "run('a', spark, spark.sparkContext)", "def run(path):", "run('a')", id="and its context"
        ),
        pytest.param(
            "spark, path, sc", "run(spark, 'a', spark.sparkContext)", "def run(path):", "run('a')", id="around"
        ),
    ],
)
def test_the_parameter_goes(parameters: str, call: str, after: str, called: str, tmp_path: Path) -> None:
    text = f"{HEAD}\n\ndef run({parameters}):\n{BODY}{START}{call}\n"
    emitted = rewritten(text, tmp_path).files["job_ray.py"]
    assert after in emitted
    assert called in emitted.replace('"', "'")
    assert "spark" not in emitted.partition("def run")[2]


def test_it_is_handed_on_through_functions(tmp_path: Path) -> None:
    start = "def start(spark, path):\n    run(spark, path)\n\n\n"
    text = f"{HEAD}\n\ndef run(session, path):\n{BODY.replace('spark', 'session')}{start}{START}start(spark, 'a')\n"
    emitted = rewritten(text, tmp_path).files["job_ray.py"]
    assert "def run(path):" in emitted
    assert "    run(path)\n" in emitted


@pytest.mark.parametrize(
    "use",
    [
        pytest.param("list(map(run, [spark], ['a']))", id="handed over as a value"),
        pytest.param("run(*[spark, 'a'])", id="unpacked arguments"),
    ],
)
def test_a_function_that_is_more_than_called_keeps_it(use: str, tmp_path: Path) -> None:
    text = f"{HEAD}\n\ndef run(spark, path):\n{BODY}{START}{use}\n"
    result = rewritten(text, tmp_path)
    assert result.files == {} and not result.complete
    assert any("which only the other part has" in finding.message for finding in result.findings)
