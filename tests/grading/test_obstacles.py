"""A right answer that cannot be called as it is asked: what is in the way is named, with cell and line."""

import json
import sys
from collections.abc import Iterator

import pytest
from test_submissions import CASES, Case, grade_sample

from autograder.domain.notebook import Cell, CellKind
from autograder.domain.report import Outcome, Report, Verdict
from autograder.domain.sentences import say
from autograder.notebook.causes import find_causes, find_loops
from autograder.notebook.obstacles import ObstacleKind, find_definitions
from autograder.sandbox.runner import Runner

CELL = 8
"""Where the answer stands."""
RIGHT = "def quad_grad(A, w):\n    return (A + A.T) @ w"
STUB = 'def quad_grad(A, w):\n    """Gradient."""\n    raise NotImplementedError("Question 4")'


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner(preload=("matplotlib.pyplot",), accept_level=1) as warm:
        yield warm


def graded_with(
    runner: Runner,
    source: str,
    *,
    kind: str = "code",
    before: str = "",
    whole: bool = False,
) -> Report:
    """The right notebook of homework 1 with this cell in place of its answer to question 4.

    Only where it is graded as a whole are the other questions judged.
    """
    right = CASES["gradients-right"]
    notebook = json.loads(right.notebook)
    cells = [cell for cell in notebook["cells"] if "def quad_grad" not in "".join(cell["source"])]
    code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    text = {"cell_type": "markdown", "metadata": {}}
    cells.insert(CELL - 1, (code if kind == "code" else text) | {"source": source})
    if before:
        cells.insert(CELL - 2, code | {"source": before})
    notebook |= {"cells": cells, "nbformat_minor": 4}
    for cell in cells:
        cell.pop("id", None)
    case = Case("gradients", "obstacle", json.dumps(notebook).encode(), right.expected)
    return grade_sample(case, runner, question="" if whole else "quad_grad")


def verdict(report: Report) -> Verdict:
    [found] = [v for v in report.verdicts if v.question == "quad_grad"]
    assert [v.question for v in report.verdicts if v.mark != 1] in ([], ["quad_grad"])
    return found


@pytest.mark.parametrize(
    ("source", "key", "line", "outcome"),
    [
        (
            'def quad_grad(A, w):\n    raise NotImplementedError("Q4")\n    return (A + A.T) @ w',
            "raise_left",
            2,
            Outcome.RAISED,
        ),
        (
            "def quad_grad(A, w):\n    G = A + A.T\n    raise NotImplementedError\n    return G @ w",
            "raise_left",
            3,
            Outcome.RAISED,
        ),
        (
            "def helper(A):\n    raise NotImplementedError\n\ndef quad_grad(A, w):\n    return helper(A) @ w",
            "raise_left_in",
            2,
            Outcome.RAISED,
        ),
        ("async def quad_grad(A, w):\n    return (A + A.T) @ w", "coroutine", 1, Outcome.WRONG),
        ("x = 1\ndef quad_grad(A, w):\n    yield (A + A.T) @ w", "generator", 3, Outcome.WRONG),
        ("def quad_grad(w, A):\n    return (A + A.T) @ w", "order", 1, Outcome.WRONG),
        ("def quad_grad(A):\n    return A + A.T", "parameters", 1, Outcome.RAISED),
        ("def quad_grad(A, w, h):\n    return (A + A.T) @ w", "parameters", 1, Outcome.RAISED),
        ("def quad_grad(A, *, w):\n    return (A + A.T) @ w", "parameters", 1, Outcome.RAISED),
        (
            "class Answers:\n    def quad_grad(self, A, w):\n        return (A + A.T) @ w",
            "method",
            2,
            Outcome.MISSING,
        ),
        (
            "def other():\n    x = 1\n    def quad_grad(A, w):\n        return (A + A.T) @ w",
            "nested",
            3,
            Outcome.MISSING,
        ),
        ("%%writefile answer.py\n" + RIGHT, "magic", 1, Outcome.MISSING),
        ("%%script python\n" + RIGHT, "magic", 1, Outcome.MISSING),
        ("%%html\n" + RIGHT, "magic", 1, Outcome.MISSING),
        ("%%mine\n" + RIGHT, "magic_other", 1, Outcome.MISSING),
        ("x = 2\n# def quad_grad(A, w):\n#     return (A + A.T) @ w", "commented", 2, Outcome.MISSING),
        ("'''\n" + RIGHT + "\n'''", "quoted", 2, Outcome.MISSING),
    ],
)
def test_what_is_in_the_way_is_named(
    runner: Runner, source: str, key: str, line: int, outcome: Outcome
) -> None:
    found = verdict(graded_with(runner, source, whole=True))
    assert (found.sentence.key, found.outcome) == (f"obstacle.{key}", outcome)
    values = dict(found.sentence.values)
    assert (values["cell"], values["line"]) == (CELL, line)
    assert found.mark == 0 or key == "order"


@pytest.mark.parametrize(
    ("source", "key", "line", "name"),
    [
        ("import functools\n@functools.cache\n" + RIGHT, "cached", 2, "cache"),
        ("from functools import *\n@lru_cache(maxsize=None)\n" + RIGHT, "cached", 2, "lru_cache"),
        (
            (
                "import multiprocessing as m\ndef quad_grad(A, w):\n    with m.Pool(2) as p:\n"
                "        return (A + A.T) @ w"
            ),
            "processes",
            3,
            "Pool",
        ),
        (
            (
                "import os, subprocess\ndef go():\n    subprocess.run(['ls'])\n"
                "def quad_grad(A, w):\n    go()\n    return (A + A.T) @ w"
            ),
            "processes",
            3,
            "run",
        ),
        ("def quad_grad(A, w):\n    input()\n    return (A + A.T) @ w", "keyboard", 2, "input"),
        (
            (
                "def quad_grad(A, w, g=[]):\n    for k in range(len(w)):\n"
                "        g.append(A[k] @ w + A.T[k] @ w)\n"
                "    return np.array(g)"
            ),
            "kept_default",
            1,
            "g",
        ),
        ("def quad_grad(A, w):\n    g = (A + A.T) @ w\n    return g, w @ g", "several", 3, None),
        (
            "g = []\ndef quad_grad(A, w):\n    g.extend((A + A.T) @ w)\n    return np.array(g)",
            "kept_name",
            1,
            "g",
        ),
        (
            "\ng = 0\ndef quad_grad(A, w):\n    global g\n    g += np.sum((A + A.T) @ w)\n    return g",
            "kept_name",
            2,
            "g",
        ),
        ("M = np.eye(2)\ndef quad_grad(A, w):\n    return (M + M.T) @ w", "trial_data", 1, "M"),
        ("v = np.ones(2)\ndef quad_grad(A, w):\n    return (A + A.T) @ v", "trial_data", 1, "v"),
        ("def quad_grad(A, w):\n    g = (A + A.T) @ w\n    print(g)", "no_return", 1, None),
        ("def quad_grad(A, w):\n    return print((A + A.T) @ w)", "no_return", 1, None),
    ],
)
def test_what_the_text_of_a_function_explains_is_named(
    runner: Runner, source: str, key: str, line: int, name: str | None
) -> None:
    found = verdict(graded_with(runner, source))
    assert found.sentence.key == f"obstacle.{key}"
    values = dict(found.sentence.values)
    assert (values["cell"], values["line"], values.get("name")) == (CELL, line, name)
    assert not found.advice


def test_a_cache_or_a_default_that_does_no_harm_is_not_blamed(runner: Runner) -> None:
    source = "def quad_grad(A, w, seen={}):\n    seen[len(w)] = 1\n    return A @ w"
    assert verdict(graded_with(runner, source)).sentence.key != "obstacle.cached"
    assert verdict(graded_with(runner, source.replace("A @ w", "(A + A.T) @ w"))).mark == 1


def test_a_value_that_every_call_makes_anew_is_not_said_to_be_kept(runner: Runner) -> None:
    source = "g = 0\ndef quad_grad(A, w):\n    global g\n    g = 0 * w\n    g += A @ w - w\n    return g"
    assert verdict(graded_with(runner, source)).sentence.key != "obstacle.kept_name"
    memo = "seen = {}\ndef quad_grad(A, w):\n    seen[len(w)] = A\n    return A @ w - w"
    assert verdict(graded_with(runner, memo)).sentence.key != "obstacle.kept_name"


KEPT = {
    "Seen": """class Seen:
    M = None
def quad_grad(A, w):
    if Seen.M is None:
        Seen.M = A + A.T
    return Seen.M @ w""",
    "Form": """class Form:
    seen = {}
    def grad(self, A, w):
        if "M" not in self.seen:
            self.seen["M"] = A + A.T
        return self.seen["M"] @ w
def quad_grad(A, w):
    return Form().grad(A, w)""",
    "seen": """seen = {}
def symmetrised(A):
    if len(A) not in seen:
        seen[len(A)] = A + A.T
    return seen[len(A)]
def quad_grad(A, w):
    return symmetrised(A) @ w""",
    "M": """M = None
def quad_grad(A, w):
    global M
    if M is None:
        M = A + A.T
    return M @ w""",
    "quad_grad": """def quad_grad(A, w):
    if not hasattr(quad_grad, "M"):
        quad_grad.M = A + A.T
    return quad_grad.M @ w""",
}
"""By what values are kept in for the next call, which has other arguments."""


@pytest.mark.parametrize("name", KEPT)
def test_where_values_are_kept_for_the_next_call_is_asked_beside_what_is_seen(
    runner: Runner, name: str
) -> None:
    asked = say("obstacle.kept_values", question="quad_grad", cell=CELL, line=1, name=name)
    assert asked in verdict(graded_with(runner, KEPT[name])).notes


def test_what_is_kept_is_named_beside_a_part_of_the_marks(runner: Runner) -> None:
    """Right where one size is met for the first time, and on ordinary cases so."""
    memo = """seen = {}
def quad_grad(A, w):
    if len(w) not in seen:
        seen[len(w)] = (A + A.T) @ w
    return (A + A.T) @ w if A.dtype == float and np.max(np.abs(A)) < 1e3 else seen[len(w)]"""
    found = verdict(graded_with(runner, memo))
    assert 0 < found.mark < 1
    assert say("obstacle.kept_values", question="quad_grad", cell=CELL, line=1, name="seen") in found.notes


@pytest.mark.parametrize("above", ["sum = 0", "for sum in range(3):\n    pass", "sum, n = 1, 2"])
def test_a_function_of_pythons_own_that_a_cell_has_put_something_in_place_of_is_named(
    runner: Runner, above: str
) -> None:
    source = "def quad_grad(A, w):\n    return sum([A @ w, A.T @ w])"
    found = verdict(graded_with(runner, source, before=above))
    place = {"question": "quad_grad", "name": "sum", "cell": CELL - 1, "line": 1}
    assert found.sentence == say("obstacle.shadowed", **place)


@pytest.mark.parametrize(
    ("line", "name", "raises"),
    [
        ("np.seterr(all='raise')", "seterr", "np.float64(1e-200) * 1e-200"),
        ("import warnings; warnings.simplefilter('error')", "simplefilter", "np.ones(1) / 0"),
    ],
)
def test_the_line_that_makes_errors_of_warnings_is_named(
    runner: Runner, line: str, name: str, raises: str
) -> None:
    both = "np.seterr(all='warn')\n" if name == "simplefilter" else ""
    source = f"{both}{line}\ndef quad_grad(A, w):\n    {raises}\n    return (A + A.T) @ w"
    place = {"question": "quad_grad", "name": name, "cell": CELL, "line": 2 if both else 1}
    assert verdict(graded_with(runner, source)).sentence == say("obstacle.strict", **place)
    once = source.replace("    return", "    return 2 * A @ w\n    return").replace(f"    {raises}\n", "")
    assert verdict(graded_with(runner, once)).mistake == "takes_A_symmetric"


def test_an_object_that_every_call_makes_anew_keeps_nothing(runner: Runner) -> None:
    source = """class Form:
    def __init__(self, A):
        self.A, self.seen = A, {}
    def grad(self, w):
        self.seen["w"] = w
        return self.A @ w - w
def quad_grad(A, w):
    return Form(A).grad(w)"""
    found = verdict(graded_with(runner, source))
    assert found.mark == 0
    assert not [note for note in found.notes if note.key == "obstacle.kept_values"]


def test_a_return_inside_a_loop_is_named_beside_what_is_seen_of_the_answer(runner: Runner) -> None:
    source = "def quad_grad(A, w):\n    for row in A + A.T:\n        return row @ w"
    found = verdict(graded_with(runner, source))
    assert say("obstacle.return_inside", cell=CELL, line=3) in found.notes
    assert found.sentence.key == "only.first.entry"


@pytest.mark.parametrize(
    ("line", "kinds"),
    [("k - 1", [ObstacleKind.ENDLESS, ObstacleKind.LOOP]), ("k -= 1", [ObstacleKind.LOOP])],
)
def test_the_loop_of_what_did_not_end_is_found_in_a_helper_too(line: str, kinds: list[ObstacleKind]) -> None:
    """As standing still only where nothing in it changes."""
    source = f"def run(k):\n    while k < 3:\n        {line}\n\ndef f(w):\n    return run(0) * w"
    cells = [Cell(CellKind.CODE, source, 1)]
    found = list(find_causes("f", "def f(w): ...", cells, raised=frozenset(), said={"limit", "timed_out"}))
    assert [(one.kind, one.line) for one in found] == [(kind, 2) for kind in kinds]


@pytest.mark.parametrize(
    ("said", "kinds"),
    [({"returned_not"}, [ObstacleKind.SEVERAL]), ({"part", "returned_not"}, [])],
)
def test_two_values_are_one_too_many_only_where_one_is_asked_for(
    said: set[str], kinds: list[ObstacleKind]
) -> None:
    """Complex eigenvalues are no reason to say that one value is asked for."""
    cells = [Cell(CellKind.CODE, "def f(A):\n    e = np.linalg.eigvals(A)\n    return max(e), min(e)", 1)]
    found = find_causes("f", "def f(A): ...", cells, raised=frozenset(), said=said)
    assert [one.kind for one in found] == kinds


@pytest.mark.parametrize(
    "body",
    [
        "while k < 3:\n        k += 1",
        "while k < 3:\n        step(k)",
        "while len(left) < 3:\n        left.append(k)",
        "while left[0] < 3:\n        left[0] += 1",
        "while (k := k + 1) < 3:\n        pass",
        "while True:\n        if k: break",
    ],
)
def test_a_loop_that_may_change_what_it_reads_is_not_said_to_stand_still(body: str) -> None:
    cell = Cell(CellKind.CODE, f"def f(k, left):\n    {body}\n    return k", 1)
    kinds = [one.kind for one in find_loops(list(find_definitions([cell])))]
    assert kinds == [ObstacleKind.LOOP]


def test_an_answer_that_is_defined_again_further_down_is_said_to_be(runner: Runner) -> None:
    wrong = "# try\ndef quad_grad(A, w):\n    return 2 * A @ w"
    notes = verdict(graded_with(runner, wrong, before=RIGHT)).notes
    assert [(one.key, dict(one.values)) for one in notes] == [
        (
            "place.defined_again",
            {"question": "quad_grad", "first": CELL - 1, "cell": CELL + 1, "line": 2},
        )
    ]
    assert not verdict(graded_with(runner, RIGHT, before=wrong)).notes
    assert not verdict(graded_with(runner, wrong, before=STUB)).notes
    assert not verdict(graded_with(runner, wrong, before=wrong.replace("# try", "# first try"))).notes


def test_prose_around_an_answer_in_a_text_cell_is_named(runner: Runner) -> None:
    found = verdict(graded_with(runner, "My answer is:\n\n" + RIGHT, kind="text"))
    assert (found.sentence.key, found.outcome) == ("obstacle.text_cell", Outcome.MISSING)
    assert dict(found.sentence.values)["line"] == 3


def test_a_raise_in_one_branch_is_named_beside_what_was_raised(runner: Runner) -> None:
    source = "def quad_grad(A, w):\n  if len(w) > 1:\n    raise NotImplementedError\n  return (A + A.T) @ w"
    found = verdict(graded_with(runner, source))
    said = [found.sentence, *found.notes]
    assert any(one.key == "obstacle.raise_left" and dict(one.values)["line"] == 3 for one in said)


@pytest.mark.parametrize(
    "source",
    [
        STUB,
        "def quad_grad(A, w):\n    # I do not know\n    raise NotImplementedError",
        "def quad_grad(A, w):\n    pass\n    raise NotImplementedError()",
    ],
)
def test_a_stub_is_not_called_an_answer(runner: Runner, source: str) -> None:
    found = verdict(graded_with(runner, source))
    assert (found.outcome, found.sentence.key) == (Outcome.NOT_ATTEMPTED, "not_attempted")


@pytest.mark.parametrize(
    ("source", "kind", "note"),
    [
        (RIGHT, "text", "match.text_cell"),
        (f"My answer:\n\n```python\n{RIGHT}\n```\n\nas derived above.", "text", "match.text_cell"),
        (f"~~~\n{RIGHT}\n~~~", "text", "match.text_cell"),
        (f"$ ls\n\n```bash\nls\n```\n\n``` py\n{RIGHT}\n```", "text", "match.text_cell"),
        (f"```python\n{RIGHT}\n```", "code", "match.fences"),
        (f"%%timeit\n{RIGHT}", "code", "match.timeit"),
        (f"\n%%timeit -n 10 -r 3 x = 1\n{RIGHT}", "code", "match.timeit"),
        (f"%%timeit -n1\n\n{RIGHT}\nquad_grad(np.eye(2), np.ones(2))", "code", "match.timeit"),
    ],
)
@pytest.mark.parametrize("before", ["", STUB])
def test_a_right_answer_keeps_its_marks_and_it_is_said_why(
    runner: Runner, source: str, kind: str, note: str, before: str
) -> None:
    """Whether the stub still stands above it or not."""
    report = graded_with(runner, source, kind=kind, before=before)
    assert verdict(report).mark == 1
    [said] = [one for one in report.notes if one.key == note]
    assert dict(said.values)["cell"] == (CELL + 1 if before else CELL)


@pytest.mark.parametrize(
    "source",
    [
        f"%%time\n{RIGHT}",
        f"%%capture out\n{RIGHT}",
        "def quad_grad(B, x):\n    return (B + B.T) @ x",
        "def quad_grad(A, w, more=None):\n    return (A + A.T) @ w",
        "def quad_grad(*given):\n    A, w = given\n    return (A + A.T) @ w",
        "class Quad:\n  def quad_grad(self, A, w):\n    return (A + A.T) @ w\n\nquad_grad = Quad().quad_grad",
    ],
)
def test_what_can_be_called_is_right_without_a_word(runner: Runner, source: str) -> None:
    report = graded_with(runner, source)
    assert verdict(report).mark == 1
    assert verdict(report).notes == ()


def test_a_timed_trial_below_a_right_answer_is_no_answer(runner: Runner) -> None:
    trial = "%%timeit -n1\ndef quad_grad(A, w):\n    return w"
    report = graded_with(runner, trial, before=RIGHT.replace("A.T", "np.transpose(A)"))
    assert verdict(report).mark == 1


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python reads it")
@pytest.mark.parametrize(
    ("line", "at"),
    [
        ('print(f"{d["a"]}")', 5),
        ("type X = int", 5),
        ("print(f\"{'\\n'.join(d)}\")", 5),
    ],
)
def test_a_newer_python_is_named_and_which_grades(runner: Runner, line: str, at: int) -> None:
    source = f"x = 1\ndef quad_grad(A, w):\n    d = dict(a='1')\n\n    {line}\n    return (A + A.T) @ w"
    if line.startswith("type"):
        source = source.replace("    type", "    pass\ntype").replace("    return", "# ")
        at = 6
    report = graded_with(runner, source)
    found = verdict(report)
    assert found.sentence.key == "missing.newer_python"
    values = dict(found.sentence.values)
    assert (values["cell"], values["line"], values["python"]) == (CELL, at, "3.12")
    assert "needs Python 3.12" in str(found.sentence)
    assert f"graded by Python {sys.version_info.major}.{sys.version_info.minor}" in str(report.notes[0])


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (
            f"{RIGHT}\nreturn 3",
            "Cell 8, which defines `quad_grad`, is refused by Python at line 3: nothing of it was run.",
        ),
        (
            f"import math\nfrom __future__ import annotations\n{RIGHT}",
            "Cell 8, which defines `quad_grad`, is refused by Python at line 2: nothing of it was run.",
        ),
        (
            "def quad_grad(A, A):\n    return A",
            "Cell 8, which defines `quad_grad`, is refused by Python at line 1: nothing of it was run.",
        ),
    ],
    ids=["return at the margin", "late __future__", "a parameter twice"],
)
def test_a_cell_that_python_does_not_compile_is_named(runner: Runner, source: str, sentence: str) -> None:
    found = verdict(graded_with(runner, source))
    assert found.outcome is Outcome.MISSING
    assert str(found.sentence) == sentence


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("breakpoint()", "breakpoint"),
        ("import pdb; pdb.set_trace()", "set_trace"),
        ("input('go on?')", "input"),
    ],
)
def test_what_waits_for_the_keyboard_is_named(runner: Runner, line: str, name: str) -> None:
    found = verdict(graded_with(runner, f"def quad_grad(A, w):\n    {line}\n    return (A + A.T) @ w"))
    assert found.sentence.key == "obstacle.keyboard"
    assert dict(found.sentence.values)["name"] == name


def test_a_name_that_this_numpy_does_not_have_is_named(runner: Runner) -> None:
    source = "def quad_grad(A, w):\n    return np.asarray((A + A.T) @ w,\n        dtype=np.float)"
    found = verdict(graded_with(runner, source))
    assert str(found.sentence).startswith(
        "`quad_grad` uses `np.float` (cell 8, line 3), which the NumPy that"
    )


@pytest.mark.parametrize(
    ("source", "where"),
    [
        (
            "def quad_grad(A, w):\n    B = A.t\n    return B @ w",
            "It does so on the public example as well: cell 8, line 2.",
        ),
        (
            "def inner(A):\n    return A + a\n\ndef quad_grad(A, w):\n    return inner(A) @ w",
            "It does so on the public example as well: cell 8, line 2.",
        ),
        (
            "def quad_grad(A, w):\n    if len(w) == 5:\n        raise KeyError\n    return (A + A.T) @ w",
            "`quad_grad` is defined in cell 8, line 1.",
        ),
    ],
    ids=["typo", "helper", "only hidden cases"],
)
def test_what_raised_is_named_with_its_place(runner: Runner, source: str, where: str) -> None:
    """Where no public example shows it, the place is that of the definition: no line tells a hidden case."""
    found = verdict(graded_with(runner, source))
    assert where in map(str, found.notes)
