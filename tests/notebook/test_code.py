"""What a cell says is told without running it, whatever stands in it."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notebook_samples import ANSWER, STUB

from autograder.notebook.code import understand


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import numpy as np, os.path\nfrom math import pi as p", {"np", "os", "p"}),
        ("a, (b, *c) = d[e], f.g = 1, 2", {"a", "b", "c"}),
        ("for i in x:\n    y = i\nelse:\n    z = 1", {"i", "y", "z"}),
        ("with open(p) as f:\n    s: int = 1", {"f", "s"}),
        ("try:\n    a = 1\nexcept E:\n    b = 2\nfinally:\n    c = 3", {"a", "b", "c"}),
        ("if x:\n    def f(): y = 1\nelse:\n    class G: z = 2", {"f", "G"}),
        ("match x:\n    case 1:\n        a = 1", {"a"}),
        ("[k for k in x]; f(lambda y: y)", set()),
    ],
)
def test_names_bound_outside_of_functions_are_found(source, names):
    """Those that later cells can use."""
    assert understand(source).names == names


@pytest.mark.parametrize(
    ("source", "stub"),
    [
        (STUB, True),
        ("def quad(A, w):\n    raise NotImplementedError", True),
        ('def quad(A):\n    """Other."""; raise NotImplementedError()  # now', True),
        (ANSWER, False),
        ("def quad(A, w):\n    pass", False),
        ("def quad(A, w):\n    return 1\n    raise NotImplementedError", False),
        ("def quad(A, w):\n    raise ValueError", False),
        ("@decorate\ndef quad(A, w):\n    raise NotImplementedError", False),
        (STUB + "\nquad = lambda A, w: 0", False),
        (ANSWER + "\n" + STUB, True),
        (STUB + "\n" + ANSWER, False),
    ],
)
def test_a_stub_is_known_by_its_body(source, stub):
    """Comments, docstrings and parameters do not matter; the last binding counts."""
    assert understand(source).stubs == ({"quad"} if stub else set())


@pytest.mark.parametrize(
    ("source", "python"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("!ls\nx = 1", "pass\nx = 1"),
        ("np.dot?\nx = 1", "pass\nx = 1"),
        ("?np.dot\nx = 1", "pass\nx = 1"),
        ("files = !ls\nx = %who", "files = None\nx = None"),
        ("if a:\n    %who\n    b = 1", "if a:\n    pass\n    b = 1"),
        ("%time y = f(1)", "y = f(1)"),
        ("%%time\ny = f(1)", "\ny = f(1)"),
        ("%%bash\nls -l\nexit", "pass\n\n"),
        ("%%timeit -n 10\ny = 1", "pass\n"),
        (">>> x = 1\n>>> if x:\n...     y = 2", "x = 1\nif x:\n    y = 2"),
        ("  x = 1\n  y = 2", "x = 1\ny = 2"),
        ("x = (7\n% 4)\ny = '''\n%no magic\n'''", "x = (7\n% 4)\ny = '''\n%no magic\n'''"),
    ],
)
def test_magics_are_blanked_line_by_line(source, python):
    """Static scans see plain Python with the lines where they were."""
    found = understand(source)
    assert found.python == python
    assert found.trouble == ""
    ast.parse(found.python)


@pytest.mark.parametrize(
    "source",
    [
        "def f(:",
        "x = '",
        "\0",
        "(" * 300,
        "-" * 50_000 + "1",
        "1" + "+1" * 50_000,
        "x\n  y",
        "1" * 5000,
        "\ud800",
    ],
)
def test_what_is_not_python_is_trouble_not_an_exception(source):
    """Bounded in length: it is shown to the student."""
    found = understand(source)
    assert 0 < len(found.trouble) <= 200
    assert not found.names


def test_warnings_of_the_parser_stay_inside():
    """A student's "\\lambda" is no business of ours (warnings are errors in these tests)."""
    assert understand('x = "\\lambda"').names == {"x"}


@given(st.text(st.characters(), max_size=60) | st.text(st.sampled_from("%!? \n=x(':.>def"), max_size=40))
def test_any_text_is_understood(source):
    """What is said to be Python can be parsed, joined to other cells too."""
    found = understand(source)
    if not found.trouble:
        ast.parse(f"{found.python}\n\n{found.python}")
