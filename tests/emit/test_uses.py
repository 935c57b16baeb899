"""Which names statements read, bind and change."""

from __future__ import annotations

import ast

import pytest

from migrate.emit.uses import blocks, changes, header, loads, reads, stores

ROWS = [
    pytest.param("a = b", {"b"}, {"a"}, set(), id="assignment"),
    pytest.param("a += b", {"a", "b"}, {"a"}, set(), id="augmented reads too"),
    pytest.param("a, *b = c", {"c"}, {"a", "b"}, set(), id="unpacking"),
    pytest.param("x = [a for a in b if a > c]", {"b", "c"}, {"x"}, set(), id="a comprehension's name is its own"),
    pytest.param("f = lambda a, b=c: a + b + d", {"c", "d"}, {"f"}, set(), id="a lambda's parameters are its own"),
    pytest.param("if (n := g()) > m: pass", {"g", "m"}, {"n"}, set(), id="walrus"),
    pytest.param("def f(a=b):\n    c = a\n    return c + d", {"b", "d"}, {"f"}, set(), id="free names of a function"),
    pytest.param("def f(a: b) -> c:\n    import b, c", {"b", "c"}, {"f"}, set(), id="annotations are read outside"),
    pytest.param("def f():\n    import a\n    return a.b", set(), {"f"}, set(), id="a function's own imports"),
    pytest.param("def f():\n    global a\n    a = a + 1", {"a"}, {"f"}, set(), id="a global of a function"),
    pytest.param("import a.b, c as d", set(), {"a", "d"}, set(), id="imports"),
    pytest.param("a[b] = c", {"a", "b", "c"}, set(), {"a"}, id="an item"),
    pytest.param("a.b.c = d", {"a", "d"}, set(), {"a"}, id="an attribute"),
    pytest.param("a.append(b)", {"a", "b"}, set(), {"a"}, id="a method that changes"),
    pytest.param("a.info(b)", {"a", "b"}, set(), set(), id="a method that does not"),
    pytest.param("del a", {"a"}, set(), set(), id="deletion needs the name"),
    pytest.param("with a as b: pass", {"a"}, {"b"}, set(), id="with"),
    pytest.param("try: pass\nexcept E as e: pass", {"E"}, {"e"}, set(), id="handler"),
    pytest.param("for a in b: c = a", {"a", "b"}, {"a", "c"}, set(), id="loop"),
]


@pytest.mark.parametrize(("source", "read", "bound", "changed"), ROWS)
def test_names(source: str, read: set[str], bound: set[str], changed: set[str]) -> None:
    statement = ast.parse(source).body[0]
    assert (loads(statement), stores(statement), changes(statement)) == (read, bound, changed)


def test_blocks_and_header_of_a_compound_statement() -> None:
    statement = ast.parse("try:\n    a\nexcept E:\n    b\nelse:\n    c\nfinally:\n    d").body[0]
    assert [ast.unparse(block[0]) for block in blocks(statement)] == ["a", "b", "c", "d"]
    assert [ast.unparse(node) for node in header(statement)] == ["E"]


def test_reads_are_of_the_scope_itself_not_of_names_that_a_function_has_of_its_own() -> None:
    text = """\
def own(edges):
    return edges


def also():
    for edges in []:
        pass
    return edges


def outer(default=edges):
    return [edges for _ in edges] + [1 for edges in ()]


def moved():
    global edges
    edges = edges + 1


print((lambda edges: edges)(edges))
"""
    tree = ast.parse(text)
    lines = sorted(node.lineno for statement in tree.body for node in reads(statement, {"edges"}))
    assert lines == [11, 12, 12, 17, 20]
