"""Nothing that trains on Spark is changed without a word: each construct moves whole or stays with its sentence."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from training_constructs import LOOPS, WAYS_IN

from migrate.rewrite import Rewrite, rewrite
from migrate.translate.foreign import foreign_imports

JOBS = WAYS_IN | LOOPS
STAYS = "stays: "


@pytest.fixture(scope="module")
def documented(checkout: Path) -> dict[str, tuple[str, str]]:
    """The tables of the page: for each construct its code and what becomes of it."""
    lines = (checkout / "docs" / "training.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")]
    return {name: (code, fate) for name, code, fate in rows if code != "code"}


def rewritten(text: str, folder: Path) -> Rewrite:
    file = folder / "job.py"
    file.write_text(text)
    return rewrite(file, everything=True)


def test_the_page_names_every_construct(documented: dict[str, tuple[str, str]]) -> None:
    assert list(documented) == list(JOBS)


@pytest.mark.parametrize("construct", JOBS)
def test_a_construct_moves_whole_or_stays_with_its_sentence(
    construct: str, documented: dict[str, tuple[str, str]], tmp_path: Path
) -> None:
    code, fate = documented[construct]
    result = rewritten(JOBS[construct], tmp_path)
    if not fate.startswith(STAYS):
        assert fate == "moves"
        assert result.complete and result.run == ("job_ray.py",)
        tree = ast.parse(result.files["job_ray.py"])
        assert list(foreign_imports(tree)) == []
        assert "hvd" not in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert code in {stage.code for stage in result.job.stages}
        return
    assert not result.complete and result.files == {}
    said = [finding.message for finding in result.findings if finding.code == code]
    assert any("stays on Spark: " in one and one.endswith(fate.removeprefix(STAYS)) for one in said)


@pytest.mark.parametrize("construct", ["Horovod's `TorchEstimator`", "`SparkXGBRanker`", "SynapseML's LightGBM"])
def test_what_stays_beside_what_moves_is_marked_in_the_spark_part(
    construct: str, documented: dict[str, tuple[str, str]], tmp_path: Path
) -> None:
    moves = 'frame.mapInPandas(doubled, frame.schema).write.parquet("doubled")'
    text = JOBS[construct].replace("spark.stop()", f"{moves}\n    spark.stop()")
    text = text.replace("def main():", "def doubled(batches):\n    yield from batches\n\n\ndef main():")
    code, fate = documented[construct]
    result = rewritten(text, tmp_path)
    assert result.run == ("job_spark.py", "job_ray.py") and not result.complete
    sentence = fate.removeprefix(STAYS)
    marks = [line for line in result.files["job_spark.py"].splitlines() if f"# MIGRATE({code})" in line]
    assert marks and sentence.split(",")[0] in marks[0]
    assert list(foreign_imports(ast.parse(result.files["job_ray.py"]))) == []
