"""Writes the README's table of what moves, from the catalogue: `python scripts/readme_table.py [--check]`."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

from migrate.catalogue import mappings

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- what moves: begin -->\n", "<!-- what moves: end -->\n"


def table() -> str:
    """One row for each mapping, in the order of the codes."""
    rows = ["| Code | Spark | Carried | Not carried yet: stays on Spark, and is said to |", "|---|---|---|---|"]
    for mapping in sorted(dict.fromkeys(mappings().values()), key=lambda mapping: mapping.code):
        page = sections(inspect.cleandoc(type(mapping).__doc__ or ""))
        symbols = ", ".join(f"`{symbol}`" for symbol in mapping.symbols)
        rows.append(f"| {mapping.code} | {symbols} | {page['Matches']} | {page['Not covered']} |")
    return "\n".join(rows) + "\n"


def sections(page: str) -> dict[str, str]:
    """The text below each heading of a mapping's page, on one line."""
    found = {}
    for part in page.split("## ")[1:]:
        head, _, body = part.partition("\n")
        found[head.strip()] = " ".join(body.replace("``", "`").split())
    return found


def updated(text: str) -> str:
    """The README with the table between its markers made anew."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}{table()}{END}{tail}"


def main() -> int:
    text = README.read_text(encoding="utf-8")
    new = updated(text)
    if "--check" in sys.argv[1:]:
        if new != text:
            print("README.md: the table of what moves is stale; run python scripts/readme_table.py", file=sys.stderr)
        return int(new != text)
    README.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
