"""Reads `parity.toml` into a Spec: every mistake in it is one sentence that names the file and the key."""

from __future__ import annotations

import sys
from pathlib import Path

from migrate.errors import MigrateError
from migrate.ir import Engine
from migrate.parity.spec import (
    EXACT,
    ROUNDING,
    Allowance,
    Cutover,
    Format,
    Gates,
    Output,
    Phase,
    PhaseLines,
    Predictions,
    Prices,
    Side,
    Spec,
    Stage,
    Step,
    Training,
    is_uri,
)
from migrate.parity.spec_table import Table

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SCHEMA_VERSION = 1


def load(path: Path) -> Spec:
    """Read a spec, or the `parity.toml` of a folder. Raises MigrateError naming the file and the key."""
    file = (path / "parity.toml" if path.is_dir() else path).absolute()
    try:
        text = file.read_text(encoding="utf-8")
        values = tomllib.loads(text)
    except OSError as error:
        raise MigrateError(f"{file}: the parity spec cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise MigrateError(f"{file}: the parity spec is not UTF-8 text.") from error
    except tomllib.TOMLDecodeError as error:
        raise MigrateError(f"{file}: the parity spec is not valid TOML: {error}.") from error
    return _spec(Table(values, file), file, text)


def _spec(table: Table, file: Path, text: str) -> Spec:
    version = table.whole("schema_version")
    if version != SCHEMA_VERSION:
        table.fail("schema_version", f"is {version}; this version of migrate reads {SCHEMA_VERSION}")
    name = table.text("name")
    if "/" in name or name in {".", ".."}:
        table.fail("name", "names a folder of the run and must not hold a slash")
    outputs = tuple(_output(each) for each in table.tables("output", named_by="path"))
    paths = [output.path for output in outputs]
    if twice := [path for path in paths if paths.count(path) > 1]:
        table.fail("output", f'declares "{twice[0]}" twice')
    inputs = table.table("inputs")
    path = inputs.optional_text("path")
    inputs.close()
    spec = Spec(
        name=name,
        file=file,
        text=text,
        inputs=None if path is None else path if is_uri(path) else str(file.parent / path),
        spark=_side(table, Engine.SPARK, file.parent),
        ray=_side(table, Engine.RAY, file.parent),
        outputs=outputs,
        training=_training(table, outputs),
        gates=_gates(table.table("gates")),
        noise=_allowance(table.table("noise"), ROUNDING),
        cutover=_cutover(table.table("cutover")),
        prices=_prices(table),
        stages=tuple(_stage(each) for each in table.tables("stage", named_by="variable")),
    )
    table.close()
    _check_seeds(table, spec)
    if spec.gates.max_cost_ratio is not None and spec.prices is None:
        table.fail("gates.max_cost_ratio", "needs a [cost] table that says what an hour of each side costs")
    return spec


def _side(root: Table, engine: Engine, folder: Path) -> Side:
    if not root.has(engine.value):
        root.fail(engine.value, "is missing: the spec needs a [spark] and a [ray] table")
    table = root.table(engine.value)
    if table.has("command") == table.has("step"):
        table.fail("command", f"or [[{engine.value}.step]] tables are needed, one of the two and not both")
    if table.has("command"):
        steps: tuple[Step, ...] = (Step(engine.value, table.texts("command", needed=True)),)
    else:
        steps = tuple(_step(each) for each in table.tables("step", named_by="name"))
        if not steps or len({step.name for step in steps}) < len(steps):
            table.fail("step", "must hold at least one step, each with its own name")
    side = Side(
        engine=engine,
        steps=steps,
        cwd=folder / table.text("cwd", "."),
        python=table.optional_text("python"),
        env=table.text_map("env"),
        pass_env=table.texts("pass_env"),
        phases=tuple(_phase(each) for each in table.tables("phase", named_by="name")),
    )
    if not side.cwd.is_dir():
        table.fail("cwd", f"is not a folder: {side.cwd}")
    table.close(also=("command", "step"))
    return side


def _step(table: Table) -> Step:
    step = Step(
        name=table.text("name"),
        command=table.texts("command", needed=True),
        python=table.optional_text("python"),
        env=table.text_map("env"),
    )
    if not step.name.replace("_", "").replace("-", "").isalnum():
        table.fail("name", "must be made of letters, digits, `_` and `-`")
    table.close()
    return step


def _phase(table: Table) -> PhaseLines:
    named = (Phase.ETL, Phase.PREPROCESSING, Phase.TRAINING)
    phase = PhaseLines(Phase(table.choice("name", [each.value for each in named])), table.line_ranges("lines"))
    table.close()
    return phase


def _output(table: Table) -> Output:
    tolerance = table.table("tolerance")
    output = Output(
        path=table.text("path"),
        format=Format(table.choice("format", [each.value for each in Format])),
        keys=table.texts("keys"),
        ordered=table.flag("ordered", False),
        tolerances={column: _allowance(tolerance.table(column)) for column in tolerance.names()},
        ignore=table.texts("ignore"),
        allow_empty=table.flag("allow_empty", False),
        reason=table.optional_text("reason"),
    )
    if Path(output.path).is_absolute() or ".." in Path(output.path).parts:
        table.fail("path", "must lie under {out}: relative, without `..`")
    if output.keys and output.format in {Format.TEXT, Format.TORCH, Format.METRICS, Format.BYTES}:
        table.fail("keys", f"means nothing for the format {output.format.value}")
    if output.tolerances and output.format is Format.BYTES:
        table.fail("tolerance", "means nothing for the format bytes")
    table.close()
    return output


def _allowance(table: Table, usual: Allowance = EXACT) -> Allowance:
    allowance = Allowance(table.number("abs", usual.abs), table.number("rel", usual.rel))
    table.close()
    return allowance


def _training(root: Table, outputs: tuple[Output, ...]) -> Training | None:
    table = root.table("training")
    if not root.has("training"):
        return None
    metrics = [output.path for output in outputs if output.format is Format.METRICS]
    output = table.optional_text("output") or (metrics[0] if len(metrics) == 1 else "")
    if not output:
        table.fail("output", "is missing: name the metrics file under {out}")
    training = Training(
        table.text("metric"), table.wholes("seeds"), table.number("margin"), output, _predictions(table)
    )
    table.close()
    return training


def _predictions(training: Table) -> Predictions | None:
    table = training.table("predictions")
    if not training.has("predictions"):
        return None
    predictions = Predictions(
        path=table.text("path"),
        keys=table.texts("keys", needed=True),
        column=table.text("column"),
        min_agreement=table.number("min_agreement"),
        tolerance=_allowance(table.table("tolerance")),
    )
    if not 0 < predictions.min_agreement <= 1:
        table.fail("min_agreement", "is a share of the rows: above 0, and at most 1")
    table.close()
    return predictions


def _gates(table: Table) -> Gates:
    limit = table.whole("max_mismatched_rows") if table.has("max_mismatched_rows") else None
    gates = Gates(
        min_speedup=table.optional_number("min_speedup"),
        max_mismatched_rows=limit,
        min_gpu_percent=table.optional_number("min_gpu_percent"),
        max_cost_ratio=table.optional_number("max_cost_ratio"),
    )
    table.close(also=("max_mismatched_rows",))
    return gates


def _prices(root: Table) -> Prices | None:
    table = root.table("cost")
    if not root.has("cost"):
        return None
    prices = Prices(table.number("spark_per_hour"), table.number("ray_per_hour"))
    for key, price in (("spark_per_hour", prices.spark_per_hour), ("ray_per_hour", prices.ray_per_hour)):
        if not price:
            table.fail(key, "must be more than 0")
    table.close()
    return prices


def _stage(table: Table) -> Stage:
    stage = Stage(table.text("variable"), table.optional_text("function") or "")
    for key, value in (("variable", stage.variable), ("function", stage.function or "module")):
        if not all(part.isidentifier() for part in value.split(".")):
            table.fail(key, f'is no name in Python: "{value}"')
    table.close()
    return stage


def _cutover(table: Table) -> Cutover:
    cutover = Cutover(
        table.whole("equal_nights", Cutover.equal_nights), table.whole("max_gap_days", Cutover.max_gap_days)
    )
    for key, value in (("equal_nights", cutover.equal_nights), ("max_gap_days", cutover.max_gap_days)):
        if not value:
            table.fail(key, "must be at least 1")
    table.close()
    return cutover


def _check_seeds(table: Table, spec: Spec) -> None:
    for side in spec.sides:
        words = [word for step in side.steps for word in (*step.command, *step.env.values())] + [*side.env.values()]
        if len(spec.seeds) > 1 and not any("{seed}" in word for word in words):
            lacking = f"no command of the {side.engine.value} side has {{seed}}"
            table.fail("training.seeds", f"names several seeds, but {lacking}")
