"""The runs of a spec, night by night, in a file of JSON lines; and whether they allow a cutover."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from migrate.errors import MigrateError
from migrate.parity.entry import Entry
from migrate.parity.result import Cause, Result
from migrate.parity.spec import Cutover


@dataclass(frozen=True)
class Night:
    """All runs that began on one day (UTC). It is equal where every one of them is, with all gates met."""

    day: date
    entries: tuple[Entry, ...]

    @property
    def is_equal(self) -> bool:
        return all(entry.exit_code == 0 for entry in self.entries)


@dataclass(frozen=True)
class Trend:
    """A history held against its rule. ``row`` counts the equal nights up to the last one."""

    name: str
    file: str
    rule: Cutover
    nights: tuple[Night, ...]
    row: int
    met: bool
    sentence: str


def usual_file(name: str) -> Path:
    """Where the history of a spec lies unless told otherwise: beside its run directories."""
    return Path.cwd() / ".migrate" / "parity" / name / "history.jsonl"


def entry_of(result: Result, identity: str) -> Entry | None:
    """What the history keeps of a run; nothing of one that somebody interrupted."""
    if result.failure is not None and result.failure.cause is Cause.INTERRUPTED:
        return None
    speed = result.speed
    return Entry(
        started=result.started,
        verdict=result.verdict.value,
        exit_code=result.exit_code,
        headline=result.headline,
        identity=identity,
        spark_seconds=speed.spark.median if speed else None,
        ray_seconds=speed.ray.median if speed else None,
        mismatched_rows=sum(output.mismatched_rows for output in result.outputs),
        run_dir=result.run_dir,
    )


def append(file: Path, entry: Entry) -> None:
    """Add a run. Raises MigrateError where the file can't be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        torn = file.exists() and file.stat().st_size > 0 and not file.read_bytes().endswith(b"\n")
        with file.open("a", encoding="utf-8") as lines:
            lines.write("\n" * torn + json.dumps(asdict(entry)) + "\n")
    except OSError as error:
        raise MigrateError(f"{file}: the history cannot be written: {error.strerror}.") from error


def read(file: Path) -> tuple[Entry, ...]:
    """All runs, oldest first. Raises MigrateError naming the line that is no run."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise MigrateError(
            f"{file}: there is no history yet; a run of the spec adds to it, or name another by --history-file."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise MigrateError(f"{file}: the history cannot be read: {error}.") from error
    entries = [_entry(line, f"{file}:{number}") for number, line in enumerate(lines, start=1) if line.strip()]
    return tuple(sorted(entries, key=lambda entry: entry.moment))


def judge(name: str, file: Path, entries: Sequence[Entry], rule: Cutover, identity: str, today: date) -> Trend:
    """Count the equal nights in a row that end with the last one, all of the code and spec that there are now."""
    days = groupby(entries, key=lambda entry: entry.moment.date())
    nights = tuple(Night(day, tuple(found)) for day, found in days)
    row, end = 0, "it is the first of the history"
    after = today
    for night in reversed(nights):
        if reason := _breaks(night, rule, identity, after):
            end = reason
            break
        row, after = row + 1, night.day
    met = row >= rule.equal_nights
    nights_in_a_row = f"{row} equal night{'' if row == 1 else 's'} in a row"
    why = "" if met else f"; {end}"
    return Trend(name, str(file), rule, nights, row, met, f"{nights_in_a_row}, {rule.equal_nights} wanted{why}")


def _breaks(night: Night, rule: Cutover, identity: str, after: date) -> str | None:
    """Why a night is none of the row that ends on ``after``."""
    if (after - night.day).days > rule.max_gap_days:
        return f"there is no run between {night.day} and {after}"
    bad = next((entry for entry in night.entries if entry.exit_code != 0), None)
    if bad is not None:
        return f"{night.day} was {bad.verdict} (exit {bad.exit_code}): {bad.headline.rstrip('.')}"
    if any(entry.identity != identity for entry in night.entries):
        return f"{night.day} ran another spec or other code than there is now"
    return None


def _entry(line: str, where: str) -> Entry:
    try:
        values: Any = json.loads(line)
        entry = Entry(**values)
        datetime.fromisoformat(entry.started.replace("Z", "+00:00"))
    except (ValueError, TypeError, AttributeError) as error:
        raise MigrateError(f"{where}: this line is no run of a history ({error}); take it out of the file.") from error
    return entry
