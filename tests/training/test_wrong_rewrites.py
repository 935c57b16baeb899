"""A rewrite that trains otherwise is told by the equivalence test, one that only shuffles otherwise is not.

The job trains on real Horovod, what is emitted for it on Ray Train, as it is and with a mistake planted. Each trains
from five seeds in one run; the runner is then given those metrics seed by seed.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest
from processes import process

from migrate.cli import run
from migrate.rewrite import rewrite

HERE = Path(__file__).resolve().parent
MARGIN = 0.02
"""Of the root mean square error, which is about 0.2 here. Another order of the rows moved it by 0.004 at most."""

SPEC = """\
schema_version = 1
name = "sine curves"

[inputs]
path = "metrics"

[spark]
command = ["{{python}}", "give.py", "{{inputs}}/spark.json", "{{seed}}", "{{out}}/metrics.json"]

[ray]
command = ["{{python}}", "give.py", "{{inputs}}/ray.json", "{{seed}}", "{{out}}/metrics.json"]

[training]
metric = "error"
output = "metrics.json"
margin = {margin}
seeds = [0, 1, 2, 3, 4]
"""
GIVE = """\
import json, sys
errors = json.load(open(sys.argv[1]))
json.dump({"error": errors[int(sys.argv[2])]}, open(sys.argv[3], "w"))
"""
PLANTED = [
    pytest.param(r"    optimizer = distributed_optimizer\(.*\)\n", "", "different", id="gradients are not averaged"),
    pytest.param(r"lr=RATE \* [\w.()]+", "lr=RATE", "different", id="the learning rate is not scaled"),
    pytest.param(r"    x, y = \([^=]*?\n    \)\n", "", "different", id="every rank sees all rows"),
    pytest.param(r"100 \* epoch", "7 + 1000 * epoch", "equal", id="harmless: another order of the rows"),
]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def _run(python: str, script: Path, out: Path) -> str:
    """The errors that a job writes, seed by seed, as it writes them."""
    done = process(python, script, out)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return out.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def emitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Ray job that the rewriter makes."""
    job = Path(shutil.copy(HERE / "sine_curves.py", tmp_path_factory.mktemp("curves")))
    made = rewrite(job, everything=True)
    made.write()
    assert made.complete
    return made.folder / made.run[0]


@pytest.fixture(scope="module")
def on_spark(spark_python: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The errors of the original."""
    return _run(str(spark_python), HERE / "sine_curves.py", tmp_path_factory.mktemp("spark") / "errors.json")


def _verdict(folder: Path, spark: str, ray: str) -> tuple[int, dict[str, object]]:
    """Exit code and training section of the runner over the errors of both sides."""
    (folder / "metrics").mkdir()
    (folder / "metrics" / "spark.json").write_text(spark)
    (folder / "metrics" / "ray.json").write_text(ray)
    (folder / "give.py").write_text(GIVE)
    (folder / "parity.toml").write_text(SPEC.format(margin=MARGIN))
    code = run(["parity", str(folder), "--run-dir", str(folder / "run")])
    return code, json.loads((folder / "run" / "result.json").read_text())["training"]


def test_the_rewrite_as_it_is(emitted: Path, on_spark: str, tmp_path: Path) -> None:
    ray = _run(sys.executable, emitted, tmp_path / "errors.json")
    assert json.loads(ray) == json.loads(on_spark)
    code, training = _verdict(tmp_path, on_spark, ray)
    assert (code, training["verdict"]) == (0, "equal")


@pytest.mark.parametrize(("pattern", "planted", "verdict"), PLANTED)
def test_a_planted_change(
    emitted: Path, on_spark: str, tmp_path: Path, pattern: str, planted: str, verdict: str
) -> None:
    text, count = re.subn(pattern, planted, emitted.read_text(encoding="utf-8"))
    assert count == 1
    script = tmp_path / emitted.name
    script.write_text(text, encoding="utf-8")
    ray = _run(sys.executable, script, tmp_path / "errors.json")
    assert json.loads(ray) != json.loads(on_spark)
    code, training = _verdict(tmp_path, on_spark, ray)
    assert training["verdict"] == verdict, training
    assert code == (0 if verdict == "equal" else 1)
