"""From what a step's tracer noted to where its wall-clock went: phases that sum to the step's seconds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from migrate.parity.spec import Phase, PhaseLines, Side

# Where spans overlap (threads, an iteration around a training), the first phase of this list gets the time.
_PRECEDENCE = (Phase.START_UP, Phase.TRAINING, Phase.PREPROCESSING, Phase.ETL, Phase.OTHER)
_TRAINING_PACKAGES = {"horovod", "xgboost", "sparkdl", "lightgbm", "synapse", "sparktorch", "elephas"}


@dataclass(frozen=True)
class Span:
    """One outermost call into an engine. ``start`` and ``end`` are seconds of the machine's monotonic clock.

    ``stack`` is the user's frames, innermost first: file, line, whether it is the main script. ``finished`` is False
    for a call that the process did not come back from.
    """

    name: str
    role: str
    owner: str
    start: float
    end: float
    stack: tuple[tuple[str, int, bool], ...]
    finished: bool = True

    @property
    def place(self) -> str | None:
        """The user's line that made the call, as `file.py:12`."""
        return f"{Path(self.stack[0][0]).name}:{self.stack[0][1]}" if self.stack else None


@dataclass(frozen=True)
class Trace:
    """What one step's tracer noted. ``failures`` are the tracer's own, which the job did not notice."""

    spans: tuple[Span, ...] = ()
    failures: tuple[str, ...] = ()
    dropped: int = 0


@dataclass(frozen=True)
class Segment:
    """A stretch of one phase, in seconds since the step began; ``what`` names its longest call."""

    phase: Phase
    start: float
    end: float
    what: str | None = None

    @property
    def seconds(self) -> float:
        return self.end - self.start


class Live:
    """The phase that a running step is in now, from the lines its tracer has written so far."""

    def __init__(self, file: Path, side: Side, step: str) -> None:
        self._file, self._side, self._step = file, side, step
        self._offset = 0
        self._open: dict[int, Phase] = {}
        self._ready = False

    def phase(self) -> Phase:
        for record in self._news():
            if record["type"] == "begin":
                self._open[record["id"]] = phase_of(_span(record, None, record["at"]), self._side, self._step)
            elif record["type"] == "end":
                self._ready |= self._open.pop(record["id"], None) is Phase.START_UP
        if self._open:
            return min(self._open.values(), key=_PRECEDENCE.index)
        return Phase.OTHER if self._ready else Phase.START_UP

    def _news(self) -> Iterable[dict[str, Any]]:
        if not self._file.exists():
            return ()
        with self._file.open("rb") as file:
            file.seek(self._offset)
            whole, newline, _ = file.read().rpartition(b"\n")
        self._offset += len(whole) + len(newline)
        return _records(whole.decode("utf-8", errors="replace").splitlines())


def read(file: Path, end: float) -> Trace:
    """Read a trace file; a span without an end lasts to ``end``. A step that was never traced has no spans."""
    if not file.exists():
        return Trace()
    begun: dict[int, dict[str, Any]] = {}
    ends: dict[int, float] = {}
    failures: list[str] = []
    dropped = 0
    for record in _records(file.read_text(encoding="utf-8", errors="replace").splitlines()):
        if record["type"] == "begin":
            begun[record["id"]] = record
        elif record["type"] == "end":
            ends[record["id"]] = record["at"]
        elif record["type"] == "error":
            failures.append(f"{record['where']}: {record['message']}")
        elif record["type"] == "closed":
            dropped = record["dropped"]
    spans = tuple(_span(record, ends.get(number), end) for number, record in begun.items())
    return Trace(spans, tuple(failures), dropped)


def timeline(trace: Trace, start: float, end: float, side: Side, step: str) -> tuple[Segment, ...]:
    """The step's wall-clock from ``start`` to ``end`` as segments without gaps, in order."""
    claims = [(phase_of(span, side, step), span) for span in trace.spans]
    ready = [span for phase, span in claims if phase is Phase.START_UP]
    if ready:
        first = min(ready, key=lambda span: span.start)
        claims.append((Phase.START_UP, Span(f"process start to {first.name}", "ready", "", start, first.end, ())))
    return _joined(_pieces(claims, start, end), start)


def phase_of(span: Span, side: Side, step: str) -> Phase:
    """The phase of one call: by the lines that the spec names, else by what the call is."""
    if span.role == "ready":
        return Phase.START_UP
    for _, line, is_main in span.stack:
        for named in side.phases:
            if is_main and _holds(named, line):
                return named.phase
    if span.role == "train" or (span.role == "fit" and span.owner.partition(".")[0] in _TRAINING_PACKAGES):
        return Phase.TRAINING
    if step in {"spark", "spark_after"} and len(side.steps) > 1:
        return Phase.ETL
    is_named = any(named.phase is Phase.PREPROCESSING for named in side.phases)
    return Phase.OTHER if is_named else Phase.PREPROCESSING


def totals(segments: Iterable[Segment]) -> dict[Phase, float]:
    """Seconds by phase, every phase named; they sum to the wall-clock."""
    seconds = dict.fromkeys(Phase, 0.0)
    for segment in segments:
        seconds[segment.phase] += segment.seconds
    return seconds


def _records(lines: Sequence[str]) -> Iterable[dict[str, Any]]:
    for line in lines:
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue  # The last line of a process that was killed while it wrote.


def _span(record: dict[str, Any], ended: float | None, end: float) -> Span:
    stack = tuple((str(file), int(line), bool(is_main)) for file, line, is_main in record["stack"])
    last = end if ended is None else ended
    return Span(record["name"], record["role"], record["owner"], record["at"], last, stack, ended is not None)


def _holds(named: PhaseLines, line: int) -> bool:
    return any(first <= line <= last for first, last in named.lines)


def _pieces(claims: Sequence[tuple[Phase, Span]], start: float, end: float) -> Iterator[Segment]:
    """Walk the edges of all spans, keeping those that are open: each stretch between two edges is one piece."""
    opening: dict[float, list[int]] = {start: [], end: []}
    closing: dict[float, list[int]] = {}
    for number, (_, span) in enumerate(claims):
        opening.setdefault(min(max(span.start, start), end), []).append(number)
        closing.setdefault(min(max(span.end, start), end), []).append(number)
    edges = sorted(opening.keys() | closing.keys())
    active: set[int] = set()
    for left, right in pairwise(edges):
        active.update(opening.get(left, ()))
        active.difference_update(closing.get(left, ()))
        yield _piece(left, right, [claims[number] for number in sorted(active)])


def _piece(left: float, right: float, claims: Sequence[tuple[Phase, Span]]) -> Segment:
    if not claims:
        return Segment(Phase.OTHER, left, right)
    phase = min((phase for phase, _ in claims), key=_PRECEDENCE.index)
    longest = max((span for claimed, span in claims if claimed is phase), key=lambda span: span.end - span.start)
    what = f"{longest.name} at {longest.place}" if longest.place else longest.name
    return Segment(phase, left, right, what)


def _joined(pieces: Iterable[Segment], origin: float) -> tuple[Segment, ...]:
    """Neighbours of one phase made one, told from ``origin``; the longest piece names the whole."""
    joined: list[Segment] = []
    longest = 0.0
    for piece in pieces:
        start, end = piece.start - origin, piece.end - origin
        if joined and joined[-1].phase is piece.phase:
            what = piece.what if piece.seconds > longest else joined[-1].what
            longest = max(longest, piece.seconds)
            joined[-1] = Segment(piece.phase, joined[-1].start, end, what)
        else:
            longest = piece.seconds
            joined.append(Segment(piece.phase, start, end, piece.what))
    return tuple(joined)
