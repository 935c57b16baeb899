"""Puts measured figures into docs/benchmarks.md."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def write_section(name: str, section: str) -> None:
    """Put the figures between the markers of that name; what stands around them was written by hand."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
    text = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else "# Benchmarks\n"
    if begin not in text:
        text += f"\n{begin}{end}"
    head, _, rest = text.partition(begin)
    _, _, tail = rest.partition(end)
    PAGE.write_text(f"{head}{begin}{section}{end}{tail}", encoding="utf-8")


def read_section(name: str) -> str:
    """What stands between the markers of that name, nothing where there are none."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
    return text.partition(f"<!-- {name}: begin -->\n")[2].partition(f"<!-- {name}: end -->\n")[0]
