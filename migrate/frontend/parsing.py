"""Source text to a syntax tree, also of text that is not quite Python: older Python, mixed tabs, a broken statement."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from migrate.frontend.source import LINE_END

UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What reading a text that is no Python raises."""

_REPAIRS = 60
_TUPLES = re.compile(r"\blambda\b[^:]*\([^:]*:")
"""Parameters of a lambda that Python 2 unpacked."""
_PYTHON_2: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"^(\s*)print\s+>>\s*([\w.]+)\s*,\s*(.*?)\s*$"), r"\1print(\3, file=\2)"),
    (re.compile(r"^(\s*)print\s+(?![=(])(.*?),?\s*$"), r"\1print(\2)"),
    (re.compile(r"^(\s*)print\s+(\(.*?\).*?),?\s*$"), r"\1print(\2)"),
    (re.compile(r"^(.*[:;]\s*)print\s+(.*?),?\s*$"), r"\1print(\2)"),
    (re.compile(r"^(\s*)exec\s+(.*?)\s*$"), r"\1exec(\2)"),
    (re.compile(r"^(\s*except\s+[\w.() ,]+?)\s*,\s*(\w+)\s*:(.*)$"), r"\1 as \2:\3"),
    (re.compile(r"^(\s*raise\s+[\w.]+)\s*,\s*(.*?)\s*$"), r"\1(\2)"),
    (re.compile(r"^(.*)<>(.*)$"), r"\1!=\2"),
    (re.compile(r"^(.*?)\b[uU][rR](['\"].*)$"), r"\1r\2"),
    (re.compile(r"^(.*?)\b0([0-7]+)\b(.*)$"), r"\g<1>0o\2\3"),
    (re.compile(r"^(.*?)\b(\d+)[lL]\b(.*)$"), r"\1\2\3"),
    (re.compile(r"^(.*?)`([^`]*)`(.*)$"), r"\1repr(\2)\3"),
    (_TUPLES, lambda found: found.group().replace("(", " ").replace(")", " ")),
    (re.compile(r"^(\s*def\s+\w+\([\w, =]*)\(([\w, ]+)\)(.*)$"), r"\1\2\3"),
)
_PRINT = re.compile(r"^(\s*)print\s+(?![=(])(.*)$")
_STATEMENT = re.compile(r"(?!(?:else|elif|except|finally)\b)[\w@\"']")
"""How a line starts that may start a statement of a file's top level."""


@dataclass(frozen=True)
class Parsed:
    """A tree, the lines that were changed or left out for it (line, what was done), and the text that was parsed."""

    tree: ast.Module
    repairs: tuple[tuple[int, str], ...] = ()
    text: str = ""


def parse(text: str) -> Parsed:
    """The syntax tree of a text, its unreadable statements left out.

    Raises SyntaxError where hardly anything could be read, RecursionError or MemoryError where it is nested too deeply,
    ValueError where it holds null bytes.
    """
    try:
        return Parsed(_tree(text), (), text)
    except SyntaxError as error:
        return _repaired(text, error)


def salvaged(text: str) -> Parsed:
    """The tree of those top-level statements of a text that can be read by themselves.

    Raises SyntaxError where more lines are lost than read, and what ``parse`` raises of a text too deep or with nulls.
    """
    lines = text.splitlines(keepends=True)
    starts = [n for n, line in enumerate(lines) if _STATEMENT.match(line) and not lines[n - 1].startswith("@")]
    repairs: list[tuple[int, str]] = []
    lost = 0
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        try:
            piece = parse("".join(lines[start:end]))
        except SyntaxError as error:
            size = sum(map(_is_code, lines[start:end]))
            lost += size
            repairs.append((start + 1, "a statement that is not Python"))
            lines[start:end] = ["pass\n"] + ["\n"] * (end - start - 1)
            failure = error
        else:
            repairs.extend((start + line, what) for line, what in piece.repairs)
            lines[start:end] = piece.text.splitlines(keepends=True)
    if 2 * lost > sum(map(_is_code, text.splitlines())):
        raise failure
    changed = "".join(lines)
    return Parsed(_tree(changed), tuple(repairs), changed)


def parse_expression(text: str) -> ast.expr:
    """The syntax tree of a text that is one expression; one of ``UNREADABLE`` where it is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text, mode="eval").body


def _tree(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _repaired(text: str, error: SyntaxError) -> Parsed:
    pieces = LINE_END.split(text)
    lines, ends = pieces[::2], [*pieces[1::2], ""]
    if isinstance(error, TabError):
        lines = [line[: len(line) - len(line.lstrip())].expandtabs(8) + line.lstrip() for line in lines]
    done: dict[int, str] = {}
    if "print" in (error.msg or ""):
        done.update(dict.fromkeys(_print_statements(lines), "Python 2"))
    if done or "Lambda" in (error.msg or ""):
        tuples = [number for number, line in enumerate(lines, 1) if _TUPLES.search(line)]
        done.update({number: "Python 2" for number in tuples if _modernised(lines, number)})
    first_error = error
    for _ in range(_REPAIRS):
        if (not isinstance(error, TabError) and error is not first_error) or (
            not done and not isinstance(error, TabError)
        ):
            _repair(lines, error, done)
        try:
            changed = "".join(line + end for line, end in zip(lines, ends, strict=False))
            return Parsed(_tree(changed), tuple(sorted((line, what) for line, what in done.items() if line)), changed)
        except SyntaxError as next_error:
            error = next_error
            done.setdefault(0, "repaired")
    raise first_error


def _print_statements(lines: list[str]) -> list[int]:
    """Make calls of all ``print`` statements, over the lines that they go on to by a backslash."""
    changed = []
    for index, line in enumerate(lines):
        match = _PRINT.match(line)
        if not match:
            continue
        last = index
        while lines[last].rstrip().endswith("\\") and last + 1 < len(lines):
            last += 1
        if last == index:
            if not _modernised(lines, index + 1):
                continue
        else:
            lines[index] = f"{match.group(1)}print({match.group(2)}"
            lines[last] = lines[last].rstrip() + ")"
        changed.append(index + 1)
    return changed


def _repair(lines: list[str], error: SyntaxError, done: dict[int, str]) -> None:
    """Change the line that an error points at, or where that was tried before, leave its statement out."""
    number = min(max(error.lineno or 1, 1), len(lines))
    message = error.msg or ""
    done.pop(0, None)
    if "unterminated triple-quoted" in message or "EOF while scanning triple" in message:
        for index in range(number - 1, len(lines)):
            lines[index] = ""
        done[number] = "an unterminated string; the file was read up to it"
        return
    if "was never closed" in message or "unexpected EOF" in message:
        _blank(lines, number, len(lines) if number not in done else number)
        done[number] = "a bracket that is never closed; the file was read up to it"
        return
    for line in (number, number - 1):
        if line >= 1 and done.get(line, "Python 2") == "Python 2" and _modernised(lines, line):
            done[line] = "Python 2"
            return
    if isinstance(error, IndentationError) and "expected an indented block" in message:
        header = number - 1
        while header > 1 and (not lines[header - 1].strip() or lines[header - 1].lstrip().startswith("#")):
            header -= 1
        if lines[header - 1].rstrip().endswith(":") and header not in done:
            lines[header - 1] += " pass"
            done[header] = "an empty block"
            return
    if isinstance(error, IndentationError) and "unexpected indent" in message and number not in done:
        _dedent(lines, number)
        done[number] = "an indent too deep"
        return
    start = number
    if start in done and done[start] != "Python 2":
        start = max((n for n in range(1, number) if lines[n - 1].strip()), default=number)
    _blank(lines, start, start)
    done[start] = "a statement that is not Python"
    done[number] = done.get(number, "a statement that is not Python")


def _dedent(lines: list[str], first: int) -> None:
    """Take the block that starts at a line to the indent of the code before it, as notebooks do with a cell."""
    before = next((line for line in reversed(lines[: first - 1]) if _is_code(line)), "")
    depth = _indent(lines[first - 1])
    surplus = depth - _indent(before)
    for index, line in enumerate(lines[first - 1 :], first - 1):
        if _is_code(line) and _indent(line) < depth:
            return
        lines[index] = line[min(surplus, _indent(line)) :]


def _is_code(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _blank(lines: list[str], first: int, last: int) -> None:
    for index in range(first - 1, last):
        line = lines[index]
        lines[index] = line[: _indent(line)] + "pass" if index == first - 1 else ""


def _modernised(lines: list[str], number: int) -> bool:
    line = lines[number - 1]
    for pattern, replacement in _PYTHON_2:
        changed = pattern.sub(replacement, line)
        if changed != line:
            lines[number - 1] = changed
            return True
    return False
