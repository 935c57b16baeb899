"""What both parts of a split job may compute each for itself, and what only one of them makes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile import MOVED, READ, job, rewritten

BOTH = READ + "df.write.parquet(str(run))\n" + MOVED.replace('"x"', "str(run)")
KEPT = READ + "df.write.parquet(args.input)\n" + MOVED.replace('"x"', "str(run)")


@pytest.mark.parametrize(
    ("made", "body", "refused"),
    [
        pytest.param("run = uuid.uuid4()\n", BOTH, True, id="a name that is drawn"),
        pytest.param("run = fresh()\n", BOTH, True, id="drawn in a function"),
        pytest.param("now = datetime.now()\nrun = now.strftime('%F')\n", BOTH, True, id="the time, by another name"),
        pytest.param("run = random.random()\n", BOTH, True, id="a number without a seed"),
        pytest.param("random.seed(3)\nrun = random.random()\n", BOTH, False, id="a number with a seed"),
        pytest.param("run = len(args.input)\n", BOTH, False, id="the same each time"),
        pytest.param("run = uuid.uuid4()\n", KEPT, False, id="in one part only"),
        pytest.param("run = 1\nstart = datetime.now()\nprint(start)\n", BOTH + "print(start)\n", False, id="only told"),
    ],
)
def test_what_is_another_value_each_time_is_not_computed_in_both_parts(
    made: str, body: str, refused: bool, tmp_path: Path
) -> None:
    imports = "import os\nimport random\nimport uuid\nfrom datetime import datetime\n"
    text = (
        job(made + body)
        .replace("import os\n", imports)
        .replace("def main", "def fresh():\n    return uuid.uuid4()\n\n\ndef main")
    )
    result = rewritten(text, tmp_path)
    assert (result.files == {}) == refused
    assert any("another value each time" in finding.message for finding in result.findings) == refused


def test_a_temporary_folder_is_not_shared_by_both_parts(tmp_path: Path) -> None:
    body = (
        "with tempfile.TemporaryDirectory() as folder:\n"
        + READ.replace("df", "    df")
        + "    df.write.parquet(folder)\n"
    )
    moved = "".join(f"    {line}\n" for line in MOVED.splitlines()).replace("args.output", "folder")
    result = rewritten(job(body + moved).replace("import os\n", "import os\nimport tempfile\n"), tmp_path)
    assert result.files == {}
    assert any("another value each time" in finding.message for finding in result.findings)


def test_an_estimator_that_fits_on_spark_is_made_there_alone(tmp_path: Path) -> None:
    fitted = (
        "lr = LogisticRegression()\nchosen = {lr.maxIter: 3}\n\n\n"
        'df = lr.fit(df, chosen).transform(df).select("a", "prediction")\n'
    )
    text = job(READ + fitted + MOVED)
    text = text.replace("import os\n", "import os\nfrom pyspark.ml.classification import LogisticRegression\n")
    result = rewritten(text, tmp_path)
    ray = result.files["job_ray.py"]
    assert "LogisticRegression" not in ray and "chosen" not in ray and "\n\n\n\n" not in ray
    assert "lr.fit(df, chosen)" in result.files["job_spark.py"]
