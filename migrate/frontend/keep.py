"""The comments by which a user keeps a place as it is: ``# migrate: keep SR401, SR417``."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from typing import NamedTuple

from migrate.frontend.parsing import parse

_COMMENT = re.compile(r"#\s*migrate:\s*keep\b(?P<codes>(?:[\s,]*[A-Za-z]+\d+\b)*)")
_CODE = re.compile(r"[A-Za-z]+\d+")
_BLANK = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


class Keep(NamedTuple):
    """A keep comment on ``line``: the lines that it holds for (both included), and the codes, None for every code."""

    line: int
    first: int
    last: int
    codes: frozenset[str] | None

    def holds(self, line: int, code: str) -> bool:
        """Whether what is said of ``line`` under ``code`` is to be kept."""
        return self.first <= line <= self.last and (self.codes is None or code in self.codes)


def keeps(source: str) -> tuple[Keep, ...]:
    """The keep comments of a source text.

    A comment behind code holds for its line. One on a line of its own holds for the statement below it, with all its
    lines: of a function, a class, a loop or a ``with`` the whole block.
    """
    if "migrate:" not in source:
        return ()
    ends = _statement_ends(source)
    found = []
    for line, text, target in _comments(source):
        if match := _COMMENT.match(text):
            codes = frozenset(code.upper() for code in _CODE.findall(match["codes"])) or None
            last = target if target == line else ends.get(target, target)
            found.append(Keep(line, target, last, codes))
    return tuple(found)


def _comments(source: str) -> Iterator[tuple[int, str, int]]:
    """Line and text of each comment, and the line of the code that it is about, as far as the text can be read."""
    waiting: list[tuple[int, str]] = []
    code_line = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT and token.start[0] == code_line:
                yield code_line, token.string, code_line
            elif token.type == tokenize.COMMENT:
                waiting.append((token.start[0], token.string))
            elif token.type not in _BLANK:
                yield from ((line, text, token.start[0]) for line, text in waiting)
                waiting.clear()
                code_line = token.end[0]
    except (tokenize.TokenError, SyntaxError):
        # Old or broken code: what has been read so far holds, the rest has no comments that could be trusted.
        pass
    yield from ((line, text, line) for line, text in waiting)


def _statement_ends(source: str) -> dict[int, int]:
    """The last line of the outermost statement that starts on each line, decorators counted in."""
    try:
        tree = parse(source).tree
    except (SyntaxError, RecursionError, MemoryError, ValueError):
        return {}
    ends: dict[int, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
            ends[first] = max(ends.get(first, 0), node.end_lineno or node.lineno)
    return ends
