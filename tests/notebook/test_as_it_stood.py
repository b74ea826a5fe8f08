"""Which cell took an answer away that was right where it stood."""

import pytest

from autograder.domain.notebook import Cell, CellKind
from autograder.notebook.as_it_stood import NameChange, Rebinding, rebindings

ANSWER = "def helper(x):\n    return 2 * x\n\ndef f(x):\n    return helper(np.sum(x)) + SHIFT\n"
EXAMPLE = "assert f([1]) == 2"


def found(*below: str, question: str = "f") -> list[Rebinding]:
    sources = ["import numpy as np\nSHIFT = 0", ANSWER, EXAMPLE, *below]
    cells = [Cell(CellKind.CODE, source, number) for number, source in enumerate(sources, 1)]
    return list(rebindings(cells, [question], {question: frozenset([EXAMPLE])}))


@pytest.mark.parametrize(
    ("cell", "name", "change"),
    [
        ("f = f([1])", "f", NameChange.ASSIGNED),
        ("def helper(x):\n    return 3", "helper", NameChange.DEFINED),
        ("for helper in range(3):\n    pass", "helper", NameChange.LOOPED),
        ("if True:\n    for helper, k in []:\n        pass", "helper", NameChange.LOOPED),
        ("np = 3", "np", NameChange.ASSIGNED),
        ("sum = 1\nimport math as np", "np", NameChange.IMPORTED),
        ("%reset -f", "f", NameChange.RESET),
        ("del helper", "helper", NameChange.DELETED),
        ("SHIFT += 1", "SHIFT", NameChange.ASSIGNED),
        ("SHIFT[0] = 1", "SHIFT", NameChange.CHANGED),
        ("SHIFT.fill(3)", "SHIFT", NameChange.CHANGED),
        ("from numpy import *", "f", NameChange.IMPORTED),
        ("def g():\n    global SHIFT\n    SHIFT = 2", "SHIFT", NameChange.ASSIGNED),
        ("with open('x') as helper:\n    pass", "helper", NameChange.ASSIGNED),
        ("(helper := 3)", "helper", NameChange.ASSIGNED),
        ("x = [helper := 3]", "helper", NameChange.ASSIGNED),
        ("match 3:\n    case helper:\n        pass", "helper", NameChange.ASSIGNED),
        ("match {}:\n    case {**helper}:\n        pass", "helper", NameChange.ASSIGNED),
        ("np.sum = None", "np", NameChange.CHANGED),
        ("np.linalg.norm, x = 1, 2", "np", NameChange.CHANGED),
        ("setattr(np, 'sum', None)", "np", NameChange.CHANGED),
        ("del np.sum", "np", NameChange.CHANGED),
        ("globals().clear()", "f", NameChange.INDIRECT),
        ("globals()['f'] = 3", "f", NameChange.INDIRECT),
        ("exec('f = 3')", "f", NameChange.INDIRECT),
        ("get_ipython().run_line_magic('reset', '-f')", "f", NameChange.INDIRECT),
    ],
)
def test_the_first_cell_that_binds_a_used_name_anew_is_named(cell, name, change):
    assert found("print(f([2]))", cell, "f = 1") == [Rebinding("f", 3, 4, name, change)]


@pytest.mark.parametrize(
    "cell",
    [
        "other = f([1])",
        "import numpy as np",
        "np.random.seed(0)",
        "def other():\n    f = 1\n    helper = 2",
        "[helper for helper in range(3)]",
        "not python at all",
        "np.random.default_rng(0).shuffle([1])",
        "draw(helper, f)",
        "print(SHIFT, len(SHIFT))",
        "g = f",
    ],
)
def test_a_cell_that_leaves_its_names_alone_takes_nothing(cell):
    assert found(cell) == []


@pytest.mark.parametrize(
    "cell",
    ["spoil(SHIFT)", "np.add(1, 2, out=SHIFT)", "other = SHIFT", "view = SHIFT[:]", "x = g([1], *SHIFT)"],
)
def test_a_value_that_is_handed_over_may_have_been_changed(cell):
    assert found("print(f([2]))", cell) == [Rebinding("f", 3, 4, "SHIFT", NameChange.HANDED_OVER)]


def test_what_surely_took_a_name_is_named_and_the_state_is_that_before_all():
    assert found("show(SHIFT)", "SHIFT = 3") == [Rebinding("f", 2, 4, "SHIFT", NameChange.ASSIGNED)]


@pytest.mark.parametrize(
    "answer", ["f = partial(helper, 1)", "f = helper", "f = Helper()", "f = h = np.vectorize(g)"]
)
def test_an_answer_that_was_assigned_is_the_first_that_was(answer):
    cells = [Cell(CellKind.CODE, source, k) for k, source in enumerate([answer, EXAMPLE, "f = f(3)"], 1)]
    [one] = rebindings(cells, ["f"], {"f": frozenset([EXAMPLE])})
    assert (one.stood, one.place, one.change) == (1, 2, NameChange.ASSIGNED)


def test_the_last_definition_is_the_answer():
    assert found("def f(x):\n    return 7") == []


def test_a_copied_stub_is_no_answer():
    [one] = found("def f(x):\n    raise NotImplementedError")
    assert (one.stood, one.change) == (2, NameChange.DEFINED)


def test_a_question_without_an_answer_never_stood():
    assert found("g = 1", question="g") == []
