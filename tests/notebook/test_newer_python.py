"""Syntax of a newer Python is told from what no Python reads."""

import pytest

from autograder.notebook.newer_python import find_newer_syntax

NEWER = [
    ('x = 1\nprint(f"loss {d["a"]}")', "3.12", 2),
    ("f'{d['a']}'", "3.12", 1),
    ('def f(d):\n    return f"{", ".join(d)}"', "3.12", 2),
    ("f\"{'\\n'.join(x)}\"", "3.12", 1),
    ('f"{x:{d["w"]}.2f} and {y!r:>{w}}" + f"{\n  x  # a comment\n}"', "3.12", 1),
    ('f"{f"{f"{1}"}"}"', "3.12", 1),
    ('print(f"""\n{d["a"]} {"""x"""}\n""")', "3.12", 1),
    ('f"{x = } {d["a"]=}"', "3.12", 1),
    ("type Vector = list[float]\nx = 1", "3.12", 1),
    ("x = 1\ntype Pair[T] = tuple[T, T]", "3.12", 2),
    ("def first[T](x: list[T]) -> T:\n    return x[0]", "3.12", 1),
    ("@decorated\nclass Box[T: int]:\n    pass", "3.12", 2),
    ("import numpy\n\nclass Box[K, V](dict):\n    def get[T](self, x: T): return x", "3.12", 3),
    ("def f[T = int](x): return x", "3.13", 1),
    ("try:\n    f()\nexcept ValueError, TypeError:\n    pass", "3.14", 3),
    ('x = t"hello {name}"', "3.14", 1),
    ('def f(x):\n    s = "type X = 1"\n    return f"{x["a"]}"', "3.12", 3),
]
NEVER = [
    "def f(x:\n    return x",
    'print(f"{}")',
    'print(f"{x!z}")',
    "print 'hello'",
    "f'{a b}'",
    'f"{d["a"]}" +',
    'f"{d["a"]',
    "x = 'not closed",
    "type = 3 4",
    "def f[T(x): return x",
    "try:\n    f()\nexcept ValueError, e:\n    pass",
    "return [f(x) for x in y",
    "f'{x}' f'{'",
    "(" * 200,
    'f"{' * 300,
]


@pytest.mark.parametrize(("source", "python", "line"), NEWER)
def test_what_a_newer_python_reads_is_named_with_its_line(source: str, python: str, line: int) -> None:
    found = find_newer_syntax(source, (3, 11))
    assert found is not None
    assert (found.python, found.line) == (python, line)


@pytest.mark.parametrize("source", NEVER)
def test_what_no_python_reads_is_not_called_newer(source: str) -> None:
    assert find_newer_syntax(source, (3, 11)) is None


@pytest.mark.parametrize(("source", "python", "line"), NEWER)
def test_nothing_is_newer_than_the_newest(source: str, python: str, line: int) -> None:
    """A Python that reads it does not call it newer."""
    major, minor = python.split(".")
    found = find_newer_syntax(source, (int(major), int(minor)))
    assert found is None or found.python > python
