"""A rule's page: the same Markdown for the terminal, the documentation and code scanning."""

from __future__ import annotations

import re

from migrate.rules.model import Rule

COMPARED = "PySpark 3.5.9 and Ray 2.60.0"

NOT_REPORTED = "a page to read: `migrate analyze` does not report this pattern by itself"

_MARKS = re.compile(r"^```\w*$\n?|^#+ |`", re.MULTILINE)


def title(rule: Rule) -> str:
    """``SR403 frame-map-in-pandas``."""
    return f"{rule.code} {rule.name}"


def summary(rule: Rule) -> str:
    """The first sentence of what the rule matches, without Markdown."""
    return first_sentence(rule.matches)


def first_sentence(text: str) -> str:
    """The first sentence of a Markdown text, without Markdown."""
    return re.split(r"(?<=[.])\s", plain(text), maxsplit=1)[0]


def markdown(rule: Rule) -> str:
    """The whole page."""
    parts = [
        f"# {title(rule)}",
        f"{rule.family.title}, {rule.severity.value if rule.reported else NOT_REPORTED}",
        f"## What it matches\n\n{rule.matches}",
        f"## Why it matters\n\n{rule.why}",
        f"## What to do\n\n{rule.do}",
        _example(rule),
    ]
    if rule.differences:
        points = "\n".join(f"- {difference}" for difference in rule.differences)
        parts.append(f"## Known differences\n\nSeen with {COMPARED}.\n\n{points}")
    return "\n\n".join(parts) + "\n"


def plain(text: str) -> str:
    """Markdown without its marks, for places that show text as it is."""
    return _MARKS.sub("", text)


def _example(rule: Rule) -> str:
    before = f"```python\n{rule.before}\n```"
    if rule.after is None:
        return f"## Example\n\n{before}"
    return f"## Example\n\nOn Spark:\n\n{before}\n\nOn Ray:\n\n```python\n{rule.after}\n```"
