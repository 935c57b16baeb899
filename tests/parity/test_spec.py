"""The spec: what is read, and one sentence naming file and key for every mistake, in step with the JSON Schema."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from migrate.errors import MigrateError
from migrate.ir import Engine
from migrate.parity import interpreters
from migrate.parity.plan import Options, plan
from migrate.parity.spec import Allowance, Cutover, Format, Phase, Predictions, Prices
from migrate.parity.spec_file import load

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FULL = """
schema_version = 1
name = "photos"
[inputs]
path = "photos"
[spark]
command = ["{python}", "job.py", "--input", "{inputs}", "--output", "{out}", "--seed", "{seed}"]
python = "spark-env/bin/python"
cwd = "job"
env = { OMP_NUM_THREADS = "1" }
pass_env = ["HADOOP_CONF_DIR"]
[[spark.phase]]
name = "training"
lines = [[120, 140], [150, 151]]
[ray]
[[ray.step]]
name = "spark"
command = ["{python}", "job_spark.py", "--seed", "{seed}"]
[[ray.step]]
name = "ray"
command = ["{python}", "job_ray.py", "--seed", "{seed}"]
python = "ray-env/bin/python"
env = { SCRATCH = "{workdir}" }
[[output]]
path = "features"
format = "parquet"
keys = ["name"]
ignore = ["written_at"]
reason = "sums in another order"
[output.tolerance]
stats = { abs = 1e-9 }
"*" = { rel = 0.5 }
[[output]]
path = "metrics.json"
format = "metrics"
[training]
metric = "val_accuracy"
seeds = [0, 1, 2]
margin = 0.02
[training.predictions]
path = "predictions"
keys = ["name"]
column = "said"
min_agreement = 0.98
[gates]
min_speedup = 1.5
max_mismatched_rows = 0
min_gpu_percent = 50
max_cost_ratio = 0.8
[cost]
spark_per_hour = 3.5
ray_per_hour = 2
[[stage]]
variable = "raw"
[[stage]]
function = "Job.main"
variable = "decoded"
[noise]
rel = 1e-6
[cutover]
equal_nights = 5
"""
SMALL = """
schema_version = 1
name = "small"
[spark]
command = ["{python}", "job.py"]
[ray]
command = ["{python}", "job_ray.py"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "job").mkdir()
    (tmp_path / "photos").mkdir()
    for name in ("spark-env", "ray-env"):
        python = tmp_path / name / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.symlink_to(sys.executable)
    return tmp_path


@pytest.fixture(scope="module")
def schema(checkout: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((checkout / "migrate" / "schemas" / "parity_spec.schema.json").read_text())
    return loaded


def test_everything_a_spec_can_say(folder: Path, schema: dict[str, Any]) -> None:
    jsonschema.validate(tomllib.loads(FULL), schema)
    (folder / "parity.toml").write_text(FULL)
    spec = load(folder)
    assert (spec.name, spec.inputs, spec.seeds) == ("photos", str(folder / "photos"), (0, 1, 2))
    assert (spec.spark.cwd, spec.ray.cwd) == (folder / "job", folder)
    assert [(phase.phase, phase.lines) for phase in spec.spark.phases] == [(Phase.TRAINING, ((120, 140), (150, 151)))]
    assert [step.name for step in spec.ray.steps] == ["spark", "ray"]
    features, metrics = spec.outputs
    assert features.tolerances == {"stats": Allowance(abs=1e-9), "*": Allowance(rel=0.5)}
    assert metrics.format is Format.METRICS
    assert spec.training is not None and spec.training.output == "metrics.json"
    assert (spec.gates.min_speedup, spec.gates.max_mismatched_rows) == (1.5, 0)
    assert (spec.gates.min_gpu_percent, spec.gates.max_cost_ratio, spec.prices) == (50, 0.8, Prices(3.5, 2))
    assert spec.training.predictions == Predictions("predictions", ("name",), "said", 0.98)
    assert spec.needed == ("features", "metrics.json", "predictions")
    assert [stage.title for stage in spec.stages] == ["raw", "decoded in Job.main"]
    assert spec.noise == Allowance(abs=1e-12, rel=1e-6)
    assert spec.cutover == Cutover(equal_nights=5, max_gap_days=1)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("schema_version = 1", "", "schema_version is missing", id="no version"),
        pytest.param("schema_version = 1", "schema_version = 2", "schema_version is 2", id="a later version"),
        pytest.param('name = "small"', "", "name is missing", id="no name"),
        pytest.param('name = "small"', 'name = "a/b"', "name names a folder", id="a name with a slash"),
        pytest.param("[ray]", "[rayy]", "ray is missing", id="no Ray side"),
        pytest.param(
            "[ray]", "[spork]\n[ray]", "spork is not a key of the spec; did you mean `spark`?", id="a stranger"
        ),
        pytest.param('command = ["{python}", "job.py"]', "", "spark.command or [[spark.step]]", id="no command"),
        pytest.param('["{python}", "job.py"]', "[]", "spark.command must not be empty", id="an empty command"),
        pytest.param('["{python}", "job.py"]', '"job.py"', "spark.command must be a list", id="a command as text"),
        pytest.param("[ray]", "[ray]\nenv = { A = 1 }", "ray.env.A must be a text, not 1", id="a number as variable"),
        pytest.param("[ray]", '[ray]\ncomand = "x"', "did you mean `command`?", id="a key misspelt"),
        pytest.param(
            "",
            '[[output]]\npath = "features"\nformat = "parqet"\n',
            'output "features": format must be one of parquet, csv, json, text, torch, metrics, bytes, not "parqet"',
            id="an unknown format",
        ),
        pytest.param("", '[[output]]\nformat = "csv"\n', "output 1: path is missing", id="an output without a path"),
        pytest.param(
            "",
            '[[output]]\npath = "x"\nformat = "csv"\n[output.tolerance]\nscore = { abs = -1 }\n',
            'output "x": tolerance.score.abs must be a number of 0 or more, not -1',
            id="a negative tolerance",
        ),
        pytest.param(
            "",
            '[training]\nmetric = "a"\nseeds = []\nmargin = 1\noutput = "m"\n',
            "training.seeds must be",
            id="no seed",
        ),
        pytest.param("", "[gates]\nmax_mismatched_rows = 0.5\n", "gates.max_mismatched_rows must be", id="half a row"),
        pytest.param("", '[[ray.phase]]\nname = "start-up"\nlines = [[1, 2]]\n', "ray.phase", id="a phase of no lines"),
        pytest.param("", "[cutover]\nequal_nights = 0\n", "cutover.equal_nights must be at least 1", id="no nights"),
        pytest.param("", "[cost]\nspark_per_hour = 1\n", "cost.ray_per_hour is missing", id="half a price list"),
        pytest.param("", "[cost]\nspark_per_hour = 0\nray_per_hour = 1\n", "must be more than 0", id="Spark for free"),
        pytest.param("", '[[stage]]\nfunction = "main"\n', "stage 1: variable is missing", id="a stage without a name"),
        pytest.param("", "[noise]\nabs = -1\n", "noise.abs must be a number of 0 or more", id="negative noise"),
    ],
)
def test_mistakes_that_the_schema_knows_too(
    folder: Path, schema: dict[str, Any], old: str, new: str, said: str
) -> None:
    text = SMALL.replace(old, new, 1) if old else SMALL + new
    (folder / "parity.toml").write_text(text)
    with pytest.raises(MigrateError) as caught:
        load(folder)
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(folder / "parity.toml"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(text), schema)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        pytest.param("[ray.x]\n[ray.x]\n", "not valid TOML", id="no TOML"),
        pytest.param('[[output]]\npath = "../x"\nformat = "csv"\n', "must lie under {out}", id="an output elsewhere"),
        pytest.param('[[output]]\npath = "m"\nformat = "metrics"\nkeys = ["a"]\n', "keys means nothing", id="keys"),
        pytest.param(
            '[[output]]\npath = "m"\nformat = "csv"\n[[output]]\npath = "m"\nformat = "json"\n', "twice", id="twice"
        ),
        pytest.param('[training]\nmetric = "a"\nseeds = [1]\nmargin = 0.1\n', "training.output", id="no metrics file"),
        pytest.param(
            '[training]\nmetric = "a"\nseeds = [1, 2]\nmargin = 0.1\noutput = "m.json"\n',
            "training.seeds names several seeds, but no command of the spark side has {seed}",
            id="seeds that reach nobody",
        ),
        pytest.param(
            '[[output]]\npath = "m"\nformat = "bytes"\n[output.tolerance]\n"*" = { abs = 1 }\n',
            "tolerance means nothing for the format bytes",
            id="a tolerance of bytes",
        ),
        pytest.param('[[stage]]\nvariable = "a b"\n', 'is no name in Python: "a b"', id="a stage of no name"),
        pytest.param(
            '[training]\nmetric = "a"\nseeds = [1]\nmargin = 0.1\noutput = "m"\n'
            '[training.predictions]\npath = "p"\nkeys = ["a"]\ncolumn = "b"\nmin_agreement = 98\n',
            "training.predictions.min_agreement is a share of the rows",
            id="a share in percent",
        ),
        pytest.param("[gates]\nmax_cost_ratio = 1\n", "gates.max_cost_ratio needs a [cost] table", id="no prices"),
        pytest.param('[[ray.phase]]\nname = "etl"\nlines = [[9, 2]]\n', "[first, last] lines", id="lines backwards"),
    ],
)
def test_mistakes_that_only_reading_shows(folder: Path, more: str, said: str) -> None:
    (folder / "parity.toml").write_text(SMALL + more)
    with pytest.raises(MigrateError, match=str(folder / "parity.toml")) as caught:
        load(folder / "parity.toml")
    assert said in str(caught.value)


def test_no_spec_at_all(tmp_path: Path) -> None:
    with pytest.raises(MigrateError, match=r"parity\.toml: the parity spec cannot be read: No such file"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        pytest.param('"{python}", "{input}"', "unknown placeholder {input}", id="a placeholder misspelt"),
        pytest.param('"{python}", "{inputs}"', "nothing says where", id="inputs that nobody named"),
        pytest.param('"{python}", "{\\"a\\": 1}"', None, id="other braces are text"),
    ],
)
def test_placeholders(folder: Path, command: str, said: str | None) -> None:
    (folder / "parity.toml").write_text(SMALL.replace('"{python}", "job.py"', command))
    spec = load(folder)
    if said is None:
        assert plan(spec, Options()).pairs[0].spark.steps[0].command[1] == '{"a": 1}'
        return
    with pytest.raises(MigrateError) as caught:
        plan(spec, Options())
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("overrides", "found"),
    [
        pytest.param({}, ["spark-env/bin/python", "spark-env/bin/python", "ray-env/bin/python"], id="as written"),
        pytest.param({Engine.SPARK: "job/py"}, ["job/py", "job/py", "ray-env/bin/python"], id="another Spark"),
        pytest.param({Engine.RAY: "job/py"}, ["spark-env/bin/python"] * 2 + ["job/py"], id="another Ray"),
    ],
)
def test_whose_interpreter(folder: Path, overrides: dict[Engine, str], found: list[str]) -> None:
    (folder / "job" / "py").symlink_to(sys.executable)
    (folder / "parity.toml").write_text(FULL)
    spec = load(folder)
    steps = [(side, step) for side in spec.sides for step in side.steps]
    paths = [interpreters.find(spec, side, step, overrides) for side, step in steps]
    assert paths == [str(folder / path) for path in found]
