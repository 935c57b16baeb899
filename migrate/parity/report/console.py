"""Rich renderables as text, and the colours of the verdicts."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Sequence

from rich.console import Console, RenderableType

from migrate.parity.verdict import Verdict

STYLE = {
    Verdict.EQUAL: "bold green",
    Verdict.DIFFERENT: "bold red",
    Verdict.INCONCLUSIVE: "bold yellow",
    Verdict.FAILED: "bold red",
}


def write(parts: Sequence[RenderableType], *, width: int | None = None, color: bool = False) -> str:
    """The parts with a blank line between them, in ``width`` columns (default: the terminal's, 100 without one)."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=width or shutil.get_terminal_size((100, 24)).columns,
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
        emoji=False,
        markup=False,
        legacy_windows=False,
    )
    for part in parts:
        console.print(part)
        console.print()
    # Cells are padded to their column; the blanks at the ends of lines would only show up in a file.
    text = "\n".join(line.rstrip() for line in out.getvalue().split("\n")).rstrip() + "\n"
    return re.sub(r"\n{3,}", "\n\n", text)
