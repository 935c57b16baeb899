"""The runner with real processes: what comes out equal, what comes out different, and what a run leaves behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from migrate.cli import run

if TYPE_CHECKING:
    from tests.parity.conftest import Bench


@pytest.fixture(scope="module")
def schema(checkout: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((checkout / "migrate" / "schemas" / "parity.schema.json").read_text())
    return loaded


def test_equal_sides(bench: Bench, capsys: pytest.CaptureFixture[str], schema: dict[str, Any]) -> None:
    bench.write(parquet=True)
    assert bench.run() == 0
    shown = capsys.readouterr()
    assert "EQUAL" in shown.out and "1,000" in shown.out
    assert "Spark, seed 0: started" in shown.err
    document = bench.document
    jsonschema.validate(document, schema)
    assert (document["verdict"], document["exit_code"], document["failure"]) == ("equal", 0, None)
    left = {path.name for path in bench.run_dir.iterdir()}
    assert left == {"parity.toml", "plan.json", "result.json", "report.html", "runs"}
    assert not list(bench.run_dir.glob("runs/*/out")), "equal outputs are not kept"
    assert {path.name for path in bench.run_dir.glob("runs/*/*.log")} == {"spark.log", "ray.log"}


def test_keep_keeps_the_outputs(bench: Bench) -> None:
    bench.write()
    assert bench.run("--keep") == 0
    assert len(list(bench.run_dir.glob("runs/*/out/features/part-0"))) == 2


@pytest.mark.parametrize(
    ("ray", "said"),
    [
        pytest.param(("--drop", "10"), ["`features`", "10"], id="1 % of the rows dropped"),
        pytest.param(("--spoil", "500"), ["features", "score"], id="one value changed"),
    ],
)
def test_different_sides(
    bench: Bench, capsys: pytest.CaptureFixture[str], schema: dict[str, Any], ray: tuple[str, ...], said: list[str]
) -> None:
    bench.write(ray=ray, parquet=True)
    assert bench.run() == 1
    shown = capsys.readouterr().out
    assert "DIFFERENT" in shown
    assert all(word in shown for word in said)
    jsonschema.validate(bench.document, schema)
    assert len(list(bench.run_dir.glob("runs/*/out/features/part-0"))) == 2, "the evidence is kept"


def test_a_tolerance_and_its_reason(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    tolerance = "[output.tolerance]\nscore = { abs = 0.5 }\n"
    bench.write(ray=("--spoil", "500"), parquet=True, output='reason = "sums in another order"\n' + tolerance)
    assert bench.run() == 0
    assert "because sums in another order" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("output", "both", "code", "said"),
    [
        pytest.param(None, (), 3, "declares nothing to compare", id="no output declared"),
        pytest.param("", ("--rows", "0"), 3, "`features` is empty", id="both sides empty"),
        pytest.param("allow_empty = true", ("--rows", "0"), 0, "EQUAL", id="empty and allowed to be"),
        pytest.param("", ("--nothing",), 2, "did not write the declared output `features`", id="nothing written"),
    ],
)
def test_nothing_compared_is_never_equal(
    bench: Bench, capsys: pytest.CaptureFixture[str], output: str | None, both: tuple[str, ...], code: int, said: str
) -> None:
    bench.write(spark=both, ray=both, output=output, parquet=True)
    assert bench.run() == code
    shown = capsys.readouterr()
    assert said in (shown.err if code == 2 else shown.out)


def test_repeats_alternate_and_seeds_are_compared_each(bench: Bench, schema: dict[str, Any]) -> None:
    bench.write(seeds=(0, 5))
    bench.run("--repeat", "2")
    document = bench.document
    jsonschema.validate(document, schema)
    order = [(side["engine"], side["seed"], side["repeat"]) for side in document["sides"]]
    assert order == [(engine, seed, repeat) for repeat in (1, 2) for seed in (0, 5) for engine in ("spark", "ray")]
    assert len(document["outputs"]) == 4
    assert document["speed"]["spark"]["runs"] == 4
    assert [metric["seed"] for metric in document["training"]["metrics"]] == [0, 5]


@pytest.mark.parametrize(
    ("shift", "verdict", "code"),
    [
        pytest.param("0.02", "equal", 0, id="on the edge of the margin"),
        pytest.param("-0.03", "different", 1, id="outside the margin"),
        pytest.param("nan", "different", 1, id="not a number"),
    ],
)
def test_training_over_seeds(bench: Bench, shift: str, verdict: str, code: int) -> None:
    bench.write(ray=("--shift", shift), seeds=(0, 1, 2, 3, 4))
    assert bench.run() == code
    training = bench.document["training"]
    assert training["verdict"] == verdict
    assert {curve["name"] for curve in bench.document["curves"]} == {"loss"}


def test_a_missing_metric_is_no_result(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.write(seeds=(0,), metric="f1")
    assert bench.run() == 2
    assert "there is no metric `f1`" in " ".join(capsys.readouterr().err.split())  # it is wrapped where paths are long


@pytest.mark.parametrize(
    ("ray", "gates", "code", "said"),
    [
        pytest.param((), "min_speedup = 1000.0", 1, "min_speedup: a speed-up of", id="too slow"),
        pytest.param((), "min_speedup = 0.0001", 0, "EQUAL", id="fast enough"),
        pytest.param(("--drop", "3"), "max_mismatched_rows = 2", 1, "max_mismatched_rows: 3", id="too many rows"),
        pytest.param(("--drop", "3"), "max_mismatched_rows = 3", 0, "3 mismatched rows, 3 accepted", id="as many rows"),
    ],
)
def test_gates(
    bench: Bench, capsys: pytest.CaptureFixture[str], ray: tuple[str, ...], gates: str, code: int, said: str
) -> None:
    bench.write(ray=ray, gates=gates)
    assert bench.run() == code
    assert said in " ".join(capsys.readouterr().out.split())


def test_steps_run_in_order_and_share_a_handoff(bench: Bench) -> None:
    (bench.folder / "part.py").write_text(
        "import os, pathlib, sys\n"
        "hand = pathlib.Path(os.environ['HANDOFF_DIR'], 'rows.txt')\n"
        "if sys.argv[1] == 'first':\n"
        "    assert not list(hand.parent.iterdir())\n"
        "    hand.write_text('a\\nb\\n')\n"
        "else:\n"
        "    pathlib.Path(sys.argv[2], 'rows.txt').write_text(hand.read_text())\n"
    )
    steps = "".join(
        f'[[{{side}}.step]]\nname = "{name}"\ncommand = ["{{{{python}}}}", "part.py", "{which}", "{{{{out}}}}"]\n'
        for name, which in (("spark", "first"), ("ray", "second"))
    )
    spec = bench.folder / "parity.toml"
    spec.write_text(
        'schema_version = 1\nname = "split"\n'
        + steps.format(side="spark")
        + steps.format(side="ray")
        + '[[output]]\npath = "rows.txt"\nformat = "text"\n'
    )
    assert bench.run() == 0
    assert [step["name"] for step in bench.document["sides"][1]["steps"]] == ["spark", "ray"]


def test_the_environment_is_clean(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "ray://elsewhere:10001")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("LICENCE", "number")
    shown = ("RAY_ADDRESS", "HTTPS_PROXY", "PYTHONPATH", "LICENCE", "OWN", "MIGRATE_TRACE", "PYTHONUNBUFFERED")
    bench.write(ray=("--show", *shown), ray_more='pass_env = ["LICENCE"]\nenv = { OWN = "{workdir}" }\n')
    assert bench.run() == 0
    log = next(bench.run_dir.glob("runs/*/ray.log")).read_text()
    work = bench.run_dir / "runs" / "002-ray-seed-0" / "work"
    assert log.splitlines() == [
        "RAY_ADDRESS is None",
        "HTTPS_PROXY is None",
        "PYTHONPATH is None",
        "LICENCE is number",
        f"OWN is {work}",
        "MIGRATE_TRACE is None",
        "PYTHONUNBUFFERED is 1",
    ]


def test_secrets_are_nowhere(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    secrets = ("hunter2-of-the-store", "tok-1234567", "pw-in-a-url")
    bench.write(
        ray=("--password", secrets[0], "--show", "API_TOKEN", "--fault", "exit"),
        ray_more=f'env = {{ API_TOKEN = "{secrets[1]}", STORE = "s3://user:{secrets[2]}@bucket" }}\n',
    )
    assert bench.run() == 2
    shown = capsys.readouterr()
    everything = (
        shown.out
        + shown.err
        + "".join(path.read_text(errors="replace") for path in bench.run_dir.rglob("*") if path.is_file())
    )
    assert "connecting with ***" in everything
    assert [secret for secret in secrets if secret in everything] == []


@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param(lambda folder: (folder / "result.json").write_text("an older run"), id="a folder in use"),
        pytest.param(lambda folder: None, id="an empty folder"),
    ],
)
def test_a_run_directory_in_use_is_left_alone(
    bench: Bench, capsys: pytest.CaptureFixture[str], prepare: Callable[[Path], object]
) -> None:
    bench.write()
    bench.run_dir.mkdir()
    prepare(bench.run_dir)
    taken = any(bench.run_dir.iterdir())
    assert bench.run() == (2 if taken else 0)
    if taken:
        assert "never overwritten" in capsys.readouterr().err
        assert [path.read_text() for path in bench.run_dir.iterdir()] == ["an older run"]


def test_the_usual_run_directory(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.write(output=None)
    monkeypatch.chdir(bench.folder)
    assert [run(["parity", "."]), run(["parity", "parity.toml"])] == [3, 3]
    assert len(list(bench.folder.glob(".migrate/parity/stand-in/*/result.json"))) == 2
    assert (bench.folder / ".migrate" / ".gitignore").read_text() == "*\n"


def test_other_inputs_by_option(bench: Bench) -> None:
    other = bench.folder / "other"
    other.mkdir()
    bench.write(output=None)
    bench.run("--inputs", str(other))
    assert str(other) in bench.document["sides"][0]["steps"][0]["command"]


def test_every_report_format(bench: Bench, capsys: pytest.CaptureFixture[str], schema: dict[str, Any]) -> None:
    bench.write()
    assert bench.run("--format", "json") == 0
    jsonschema.validate(json.loads(capsys.readouterr().out), schema)
    for format_, start in (("junit", "<?xml"), ("html", "<!doctype html>")):
        target = bench.folder / f"report.{format_}"
        run_dir = str(bench.folder / f"run-{format_}")
        options = ["--run-dir", run_dir, "--format", format_, "--output", str(target)]
        assert run(["parity", str(bench.folder), *options]) == 0
        assert target.read_text().startswith(start)
    assert (bench.run_dir / "report.html").read_text().startswith("<!doctype html>")
