"""The parity result as text for a terminal: the verdict first, then what it rests on."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from migrate.ir import Engine
from migrate.parity.compared import OutputResult, Parting
from migrate.parity.report import console, words
from migrate.parity.result import Failure, Result, TrainingResult
from migrate.parity.spec import Phase
from migrate.parity.verdict import Verdict
from migrate.report.source import printable

_SAMPLES = 3


def write(result: Result, *, width: int | None = None, color: bool = False) -> str:
    """The result as text of ``width`` columns (default: the terminal's, 100 where there is none)."""
    return console.write(_parts(result), width=width, color=color)


def _parts(result: Result) -> list[RenderableType]:
    title = Text.assemble(
        (result.name, "bold"), "  ", (words.VERDICTS[result.verdict].upper(), console.STYLE[result.verdict])
    )
    parts: list[RenderableType] = [Group(title, Text(printable(result.headline)))]
    if result.failure is not None:
        parts.append(_failure(result.failure))
    if result.outputs:
        parts.append(_outputs(result))
    if result.parting is not None:
        parts.append(_parting(result.parting))
    if result.sides:
        parts.append(_clock(result))
    if result.training is not None:
        parts.append(_training(result.training))
    if result.gates:
        parts.append(_gates(result))
    if result.notes:
        parts.append(Group(*(Text(f"Note: {printable(note)}", style="dim") for note in result.notes)))
    parts.append(Text(f"Everything this run left behind: {result.run_dir}", style="dim"))
    return parts


def _failure(failure: Failure) -> RenderableType:
    if not failure.log_tail:
        return Text("There is no log to show.", style="dim")
    head = Text(f"The last {len(failure.log_tail)} lines of {failure.log}:")
    lines = (Padding(Text(printable(line)), (0, 0, 0, 2)) for line in failure.log_tail)
    return Group(head, *lines)


def _outputs(result: Result) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("output", overflow="fold")
    table.add_column("format")
    table.add_column("rows on Spark", justify="right")
    table.add_column("rows on Ray", justify="right")
    table.add_column("mismatched", justify="right")
    table.add_column("verdict")
    worst = words.worst_first(result)
    for output in worst:
        left, right = words.rows(output.comparison)
        verdict = Text(words.VERDICTS[output.verdict].lower(), style=console.STYLE[output.verdict])
        cells = (f"{left:,}", f"{right:,}", f"{output.mismatched_rows:,}")
        table.add_row(Text(printable(output.path)), output.format, *cells, verdict)
    details = [detail for output in worst for detail in _details(output)]
    return Group(table, *details)


def _details(output: OutputResult) -> list[RenderableType]:
    lines: list[RenderableType] = []
    if allowed := words.tolerance(output):
        lines.append(Text(f"{output.path}: {printable(allowed)}", style="dim"))
    if output.noise is not None:
        lines.append(Text(f"{output.path} (seed {output.seed}): {printable(output.noise.sentence)}.", style="dim"))
    if output.verdict is Verdict.EQUAL:
        return lines
    notes = [printable(str(note)) for note in output.comparison.get("notes", ())]
    if not notes and (rows := words.row_differences(output)):
        notes = [rows]
    lines += [Text(f"{output.path} (seed {output.seed}): {note}") for note in notes]
    for sample in output.comparison.get("samples", ())[:_SAMPLES]:
        lines.append(Padding(Text(printable(_sample(sample)), style="dim"), (0, 0, 0, 2)))
    return lines


def _parting(parting: Parting) -> RenderableType:
    lines: list[RenderableType] = [Text(printable(parting.sentence) + ".", style="bold")]
    for stage in parting.stages:
        said = f"not compared ({stage.reason})" if stage.verdict is None else words.VERDICTS[stage.verdict].lower()
        lines.append(Text(f"  {printable(stage.title)}: {printable(said)}"))
        if stage.title == parting.first and stage.comparison is not None:
            samples = stage.comparison.get("samples", ())[:_SAMPLES]
            lines += [Padding(Text(printable(_sample(sample)), style="dim"), (0, 0, 0, 4)) for sample in samples]
    return Group(*lines)


def _sample(sample: dict[str, object]) -> str:
    key = sample.get("key")
    named = ", ".join(f"{name}={value!r}" for name, value in key.items()) if isinstance(key, dict) and key else "a row"
    cells = sample.get("cells")
    shown = [_cell(cell) for cell in cells[:4]] if isinstance(cells, (list, tuple)) else []
    where = {"only_left": " only on Spark", "only_right": " only on Ray"}.get(str(sample.get("kind")), "")
    return f"{named}{where}: {'; '.join(shown)}"


def _cell(cell: dict[str, object]) -> str:
    sides = [f"{name} {_short(cell[key])}" for key, name in (("left", "Spark"), ("right", "Ray")) if key in cell]
    return f"{cell['column']} {', '.join(sides)}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 48 else text[:45] + "..."


def _clock(result: Result) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("wall-clock")
    engines = [engine for engine in Engine if result.sides_of(engine)]
    for engine in engines:
        table.add_column(engine.value.capitalize(), justify="right")
    phases = {engine: result.median_phases(engine) for engine in engines}
    for phase in Phase:
        if any(phases[engine][phase] >= 0.05 for engine in engines):
            table.add_row(phase.value, *(words.seconds(phases[engine][phase]) for engine in engines))
    table.add_section()
    typical = [run for engine in engines if (run := result.typical(engine)) is not None]
    table.add_row("total", *(words.seconds(_median_seconds(result, engine)) for engine in engines), style="bold")
    table.add_row(f"mean use of {typical[0].load.cores} cores", *(words.percent(run.mean_cpu) for run in typical))
    table.add_row("peak memory", *(words.size(run.peak_rss) for run in typical))
    if any(run.mean_gpu is not None for run in typical):
        table.add_row("mean use of the GPUs", *(words.percent(run.mean_gpu) for run in typical))
    told = [words.ratio(result.speed)] if result.speed is not None else []
    told += filter(None, (words.cold_and_warm(result), words.cost(result)))
    return Group(table, *(Text(f"{each}.", style="bold") for each in told))


def _median_seconds(result: Result, engine: Engine) -> float:
    speed = result.speed
    if speed is not None:
        return speed.spark.median if engine is Engine.SPARK else speed.ray.median
    run = result.typical(engine)
    return run.seconds if run else 0.0


def _training(training: TrainingResult) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("seed", f"{training.metric} on Spark", "on Ray", "difference"):
        table.add_column(name, justify="right")
    for metric in training.metrics:
        table.add_row(str(metric.seed), f"{metric.spark:.5g}", f"{metric.ray:.5g}", f"{metric.ray - metric.spark:+.3g}")
    return Group(table, Text(printable(training.sentence) + ".", style=console.STYLE[training.verdict]))


def _gates(result: Result) -> RenderableType:
    lines = []
    for gate in result.gates:
        mark = (f"{words.gate_word(gate):<7}", console.STYLE[words.gate_verdict(gate)])
        lines.append(Text.assemble("Gate ", mark, gate.sentence))
    return Group(*lines)
