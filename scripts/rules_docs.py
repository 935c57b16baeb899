"""Writes docs/rules/ from the registry of rules; `--check` only says whether it is up to date."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from migrate.ir import HeavyKind
from migrate.rules import Family, rules
from migrate.rules.page import markdown, summary

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "rules"


def pages() -> dict[str, str]:
    """The text of every file under docs/rules, by its name."""
    found = {f"{rule.code}.md": markdown(rule) for rule in rules().values()}
    found["README.md"] = index()
    return found


def index() -> str:
    """The list of all rules, by family."""
    read = sum(not rule.reported for rule in rules().values())
    intro = (
        f"{len(rules()) - read} codes that the reports speak of, and {read} pages to read, of patterns that are not "
        "reported by themselves (marked so). `migrate explain CODE` prints a page."
    )
    lines = ["# Rules", "", intro, ""]
    for family in Family:
        lines += [f"## {family.value}: {family.title}", "", "| Code | Name | Matches |", "|---|---|---|"]
        for rule in rules().values():
            if rule.family is family:
                said = summary(rule).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
                name = rule.name if rule.reported else f"{rule.name} (to read)"
                lines.append(f"| [{rule.code}]({rule.code}.md) | {name} | {said} |")
        lines.append("")
    lines += [
        "## Mechanisms",
        "",
        "What makes a stage Python-heavy (`heavy` in the JSON report), and the rules that speak of it.",
        "",
        "| Mechanism | Rules |",
        "|---|---|",
    ]
    for heavy in HeavyKind:
        codes = [f"[{rule.code}]({rule.code}.md)" for rule in rules().values() if heavy in rule.heavy]
        lines.append(f"| `{heavy.value}` | {', '.join(codes)} |")
    return "\n".join(lines) + "\n"


def stale(folder: Path) -> list[str]:
    """The names of files that differ from what the registry says, are missing, or should not be there."""
    wanted = pages()
    present = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    return sorted(name for name in wanted.keys() | present.keys() if wanted.get(name) != present.get(name))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page is stale")
    check = parser.parse_args().check
    names = stale(FOLDER)
    if check:
        for name in names:
            print(f"docs/rules/{name} is stale: run python scripts/rules_docs.py")
        return int(bool(names))
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for name in names:
        if name in wanted:
            (FOLDER / name).write_text(wanted[name], encoding="utf-8")
        else:
            (FOLDER / name).unlink()
    print(f"{len(names)} of {len(wanted)} pages written to docs/rules")
    return 0


if __name__ == "__main__":
    sys.exit(main())
