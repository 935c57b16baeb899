"""Phases from spans: who claims which second, and that the seconds sum to the wall-clock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migrate.ir import Engine
from migrate.parity.phases import Live, Span, Trace, read, timeline, totals
from migrate.parity.spec import Phase, PhaseLines, Side, Step

NO_LINES = ()
TRAINING_LINES = (PhaseLines(Phase.TRAINING, ((120, 140),)),)
ETL_LINES = (PhaseLines(Phase.ETL, ((10, 20),)), *TRAINING_LINES)
ALL_LINES = (PhaseLines(Phase.PREPROCESSING, ((30, 40),)), *ETL_LINES)


def side(engine: Engine = Engine.SPARK, phases: tuple[PhaseLines, ...] = NO_LINES, steps: int = 1) -> Side:
    named = tuple(Step(name, ("x",)) for name in ("spark", "ray")[:steps])
    return Side(engine, named, Path(), phases=phases)


def span(
    name: str, start: float, end: float, *, role: str = "action", line: int = 50, owner: str = "pyspark.rdd"
) -> Span:
    return Span(name, role, owner, start, end, (("/lib/helper.py", 3, False), ("/job/job.py", line, True)))


def stretches(trace: Trace, of: Side, step: str = "spark") -> list[tuple[str, float, float]]:
    return [(s.phase.value, s.start, s.end) for s in timeline(trace, 100.0, 110.0, of, step)]


@pytest.mark.parametrize(
    ("spans", "of", "step", "expected"),
    [
        pytest.param((), side(), "spark", [("other", 0, 10)], id="nothing traced"),
        pytest.param(
            (span("getOrCreate", 102, 104, role="ready"), span("collect", 105, 109)),
            side(),
            "spark",
            [("start-up", 0, 4), ("other", 4, 5), ("preprocessing", 5, 9), ("other", 9, 10)],
            id="start-up lasts from the process to the session",
        ),
        pytest.param(
            (span("collect", 100, 104, line=130), span("collect", 104, 110, line=141)),
            side(phases=TRAINING_LINES),
            "spark",
            [("training", 0, 4), ("preprocessing", 4, 10)],
            id="lines name training, its edge is inside",
        ),
        pytest.param(
            (span("write", 100, 104, line=10), span("collect", 104, 110, line=9)),
            side(phases=ETL_LINES),
            "spark",
            [("etl", 0, 4), ("preprocessing", 4, 10)],
            id="lines name the etl",
        ),
        pytest.param(
            (span("write", 100, 104, line=40), span("collect", 104, 110, line=9)),
            side(phases=ALL_LINES),
            "spark",
            [("preprocessing", 0, 4), ("other", 4, 10)],
            id="where lines name the preprocessing, the rest is other",
        ),
        pytest.param(
            (span("RDD.collect", 100, 110, role="train"),), side(), "spark", [("training", 0, 10)], id="a barrier"
        ),
        pytest.param(
            (span("XGB.fit", 100, 104, role="fit", owner="xgboost.spark"), span("Scaler.fit", 104, 110, role="fit")),
            side(),
            "spark",
            [("training", 0, 4), ("preprocessing", 4, 10)],
            id="fitting a model and fitting a scaler",
        ),
        pytest.param(
            (span("write", 100, 110),),
            side(Engine.RAY, steps=2),
            "spark",
            [("etl", 0, 10)],
            id="the surviving Spark step",
        ),
        pytest.param(
            (span("write", 100, 110),), side(Engine.RAY, steps=2), "ray", [("preprocessing", 0, 10)], id="the Ray step"
        ),
        pytest.param(
            (span("iter", 100, 110, role="iterate"), span("fit", 103, 105, role="train")),
            side(Engine.RAY),
            "ray",
            [("preprocessing", 0, 3), ("training", 3, 5), ("preprocessing", 5, 10)],
            id="training within an iteration",
        ),
        pytest.param(
            (span("collect", 90, 130),),
            side(),
            "spark",
            [("preprocessing", 0, 10)],
            id="nothing beyond the step's ends",
        ),
    ],
)
def test_timeline(spans: tuple[Span, ...], of: Side, step: str, expected: list[tuple[str, float, float]]) -> None:
    assert stretches(Trace(spans), of, step) == expected
    seconds = totals(timeline(Trace(spans), 100.0, 110.0, of, step))
    assert sum(seconds.values()) == pytest.approx(10.0)
    assert set(seconds) == set(Phase)


def test_a_stretch_is_named_by_its_longest_call() -> None:
    spans = (span("count", 100, 101, line=7), span("write", 101, 105, line=8), span("count", 105, 106, line=9))
    (segment, _) = timeline(Trace(spans), 100.0, 110.0, side(), "spark")
    assert segment.what == "write at helper.py:3"


def test_many_spans_take_no_time_to_speak_of() -> None:
    spans = tuple(span("get", 100 + number / 10_000, 100 + (number + 0.5) / 10_000) for number in range(20_000))
    assert len(timeline(Trace(spans), 100.0, 110.0, side(), "spark")) == 40_000


def test_a_trace_that_ends_in_the_middle(tmp_path: Path) -> None:
    file = tmp_path / "trace.jsonl"
    begin = {"type": "begin", "id": 1, "role": "train", "name": "TorchTrainer.fit", "owner": "", "at": 3.0, "stack": []}
    error = {"type": "error", "where": "begin", "message": "ValueError()"}
    file.write_text(f'{json.dumps(begin)}\n{json.dumps(error)}\n{{"type": "end", "i')
    trace = read(file, 9.0)
    assert [(each.name, each.end, each.finished) for each in trace.spans] == [("TorchTrainer.fit", 9.0, False)]
    assert trace.failures == ("begin: ValueError()",)
    assert read(tmp_path / "nothing", 9.0) == Trace()


def test_the_phase_of_a_running_step(tmp_path: Path) -> None:
    file = tmp_path / "trace.jsonl"
    live = Live(file, side(), "spark")
    assert live.phase() is Phase.START_UP

    def note(text: str) -> None:
        with file.open("a") as out:
            out.write(text)

    ready = json.dumps({"type": "begin", "id": 1, "role": "ready", "name": "x", "owner": "", "at": 1.0, "stack": []})
    note(ready + "\n")
    assert live.phase() is Phase.START_UP
    note('{"type": "end", "id": 1, "at": 2.0}\n')
    assert live.phase() is Phase.OTHER
    begin = ready.replace('"id": 1', '"id": 2').replace("ready", "train")
    note(begin[:20])
    assert live.phase() is Phase.OTHER, "half a line says nothing yet"
    note(begin[20:] + "\n")
    assert live.phase() is Phase.TRAINING
