"""Proving an assignment: every flaw that `check` claims to find is found, and a good one has none."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.check.assignment import CheckReport, check, must_pair
from autograder.domain.course import Limits
from autograder.errors import CourseError
from autograder.notebook.assignment import read_assignment
from autograder.questions.solutions import prepare

SOLUTIONS = '''
@question(points=2)
def double(w, times=1):
    """Twice w."""
    return 2.0 * np.asarray(w) * times

@double.cases
def _(rng):
    yield core("three", rng.normal(size=3))
    yield core("two", rng.normal(size=2), 3)
    yield edge("one", rng.normal(size=1))

@double.mistake(credit=0.25)
def triple(w, times=1):
    """That is thrice. Count again."""
    return 3.0 * w * times

@double.mistake(credit=0.25)
def plain(w, times=1):
    """That is w itself."""
    return w * times

@double.alternate
def added(w, times=1):
    return (w + w) * times

@double.alternate(float32=True)
def single(w, times=1):
    return (2 * w.astype("f4") * times).astype(float)
'''
STUB = 'def double(w, times=1):\n    """Twice w, as often."""\n    raise NotImplementedError'
EXAMPLES = "assert double(np.array([1.0, 2.0]), 1)[1] == 4"
HEADING = "## 1. Doubling (2 points)\n\nWrite the double."


def notebook(
    *,
    heading: str = HEADING,
    stub: str = STUB,
    examples: str = EXAMPLES,
    extra: str = "",
    support: str = "",
    title: str = "# Small",
) -> bytes:
    cells = [
        ("markdown", title),
        ("code", "import numpy as np"),
        ("code", support),
        ("markdown", heading),
    ]
    cells += [("code", stub), ("code", examples), ("markdown", extra)]
    document = {
        "cells": [
            {"cell_type": kind, "source": source, "metadata": {}, "id": f"c{k}"}
            | ({"outputs": [], "execution_count": None} if kind == "code" else {})
            for k, (kind, source) in enumerate(cells)
            if source
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document).encode()


@pytest.fixture
def checked(module: Callable[[str], Path]) -> Callable[..., CheckReport]:
    """Checks a solutions module against a notebook."""

    def run(solutions: str = SOLUTIONS, **changes: str) -> CheckReport:
        text = read_assignment(notebook(**changes), path="small.ipynb")
        hidden = prepare("small", module(solutions), secret=b"public", limits=Limits())
        return check(text, hidden, notebook="small.ipynb", module="small.py")

    return run


def flaws(result: CheckReport) -> str:
    return "\n".join(map(str, result.flaws))


def test_a_good_assignment_has_no_flaw_and_is_counted(checked) -> None:
    result = checked()
    assert flaws(result) == ""
    [tally] = result.counts
    assert (tally.question, tally.points, tally.cases, tally.alternates, tally.mistakes) == (
        "double",
        2,
        3,
        2,
        2,
    )


MISTAKE = "\n@double.mistake(credit={credit})\ndef {name}(w, times=1):\n    {hint}\n    return {value}\n"


def mistake(value: str, *, name: str = "other", credit: str = "0.5", hint: str = '"""Look again."""') -> str:
    return SOLUTIONS + MISTAKE.format(value=value, name=name, credit=credit, hint=hint)


@pytest.mark.parametrize(
    ("solutions", "said"),
    [
        (mistake("w + w * (2 * times - 1)"), "mistake other: is not caught: it earns everything"),
        (mistake("3.0 * w * times"), "mistake other: is taken for triple (same_as='triple' declares"),
        (mistake("5.0 * w", hint=""), "mistake other: has no docstring"),
        (mistake("w.nothing"), "mistake other: raises AttributeError in every case: "),
        (
            mistake("5.0 * w").replace("def other(w, times=1)", "def other(w, times, more)"),
            "mistake other: cannot be called as double(w, times=1) (give it the parameters of the reference)",
        ),
        (
            SOLUTIONS.replace("return 2.0 * np.asarray(w) * times", "return np.asarray(w) * np.nan"),
            "double: its reference gives NaN in the core case",
        ),
        (
            SOLUTIONS.replace("return 2.0 * np.asarray(w) * times", "return [][times]"),
            "double: its reference raises IndexError: list index out of range in the core case",
        ),
        (
            mistake("5.0 * w", hint='"""Try 2.0 * np.asarray(w) * times."""'),
            "mistake other: its hint holds the reference",
        ),
        (mistake("5.0 * w", credit="0.5, same_as='nobody'"), "same_as='nobody' names no mistake"),
        (mistake("1.0"), "returning 1.0 always earns 1/2 as mistake other (it should earn less than 1/5)"),
        (mistake("None"), "returning None always earns 1/2 as mistake other"),
        (mistake("np.ones(len(w))"), "returning ones of the right shape always earns 1/2 as mistake other"),
        (
            SOLUTIONS.replace("return w * times", "return np.array(w)").replace(
                "credit=0.25)\ndef plain", "credit=0.5)\ndef plain"
            ),
            "returning the first argument always earns 1/2 as mistake plain",
        ),
        (
            SOLUTIONS.replace("* times\n\n@double.cases", "* (times if len(w) > 1 else 1)\n\n@double.cases"),
            "small.py:7: double: a small edit earns everything (add a case, or double.equivalent(",
        ),
        (
            SOLUTIONS + 'double.equivalent("3.0 -> 4.0", because="I say so")\n',
            "declares `3.0 -> 4.0`, which is no edit of the reference",
        ),
        (
            mistake("5.0 * w", hint='r"""Think of $\\wrongsymbol{w}$."""'),
            r"mistake other: the formula `\wrongsymbol{w}` cannot be drawn faithfully in a report",
        ),
        (
            SOLUTIONS + "\n@double.alternate\ndef bad(w, times=1):\n    return 2.5 * w\n",
            "alternate bad: earns 0, not 1",
        ),
        (
            SOLUTIONS
            + "\n@double.alternate(float32=True)\ndef exact(w, times=1):\n    return 2.0 * w * times\n",
            "alternate exact: earns 1, not 9/10",
        ),
        (
            SOLUTIONS + "\n@double.check('never')\ndef _(answer, case):\n    return False\n",
            "the reference itself earns 0",
        ),
        (
            SOLUTIONS + "\n@double.check('broken')\ndef _(answer, case):\n    return answer.nothing\n",
            "cannot be judged: a rule of double failed in case 'three'",
        ),
        (SOLUTIONS.replace("points=2", "points=3"), "2 points in the notebook, 3 in the solutions"),
        (
            SOLUTIONS.replace("times=1", "often=1").replace("times", "often"),
            "the reference is double(w, often=1)",
        ),
        (SOLUTIONS.replace("def double(w, times=1)", "def double(w, times=2)"), "with the same defaults"),
        (
            SOLUTIONS + "\n@question(points=1)\ndef lost(x):\n    return x\n"
            "@lost.cases\ndef _(rng):\n    yield core('a', 1.0)\n",
            "lost: has no statement",
        ),
    ],
)
def test_a_flaw_of_the_solutions_is_found(checked, solutions, said) -> None:
    assert said in flaws(checked(solutions))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"examples": "assert double(np.ones(2), 1)[0] == 3"}, "an example of the notebook fails"),
        ({"extra": "    return 2.0 * np.asarray(w) * times"}, "holds a line of a right answer: return 2.0"),
        ({"extra": "return (w + w) * times"}, "holds a line of a right answer: return (w + w) * times"),
        ({"heading": HEADING.replace("2 points", "1 point")}, "1 point in the notebook, 2 in the solutions"),
        ({"stub": STUB.replace("double", "twice"), "examples": ""}, "twice: has no reference"),
        ({"examples": EXAMPLES + "\nassert unknown"}, "small.ipynb, cell 5, line 2: double: an example"),
        (
            {"heading": HEADING + r" It is $\limit_{t \to 2} t w$."},
            r"small.ipynb, cell 3: the formula `\limit_{t \to 2} t w` cannot be drawn",
        ),
        ({"heading": HEADING + "\n\n$$\n\\begin{unknown} a &= b \\end{unknown}\n$$"}, "cannot be drawn"),
        ({"title": "# Small\n\nThere are **3 points** in all."}, "says 3 points, and the questions have 2"),
        (
            {"title": "# Small\n\n| part | points |\n|:--|--:|\n| A | 1 |\n| B | 2 |"},
            "has a table of 3 points, and the questions have 2",
        ),
    ],
)
def test_a_flaw_of_the_notebook_is_found(checked, changes, said) -> None:
    assert said in flaws(checked(**changes))


def test_a_line_is_found_in_code_however_its_blanks_are_set(checked) -> None:
    helper = "def helper(w, times):\n    return 2.0*np.asarray( w )*times"
    assert "holds a line of a right answer" in flaws(checked(support=helper))
    assert flaws(checked(support="def helper(w):\n    return 2.0 * w")) == ""


def test_true_words_on_points_and_drawable_formulas_are_no_flaw(checked) -> None:
    title = (
        "# Small\n\nThere are **2 points** in all.\n\n| part | points |\n|:--|--:|\n| A | 1.5 |\n| B | 1/2 |"
    )
    assert flaws(checked(title=title, heading=HEADING + " $2 w$, which costs `$` and $$2 w \\in E$$")) == ""


def test_an_example_may_use_what_the_notebook_defines(checked) -> None:
    assert flaws(checked(support="W = np.ones(2)", examples="assert double(W)[0] == 2")) == ""


def test_an_edit_that_is_right_as_well_can_be_declared(checked) -> None:
    """It is counted, and said no more."""
    both_ways = SOLUTIONS.replace(
        "    return 2.0 * np.asarray(w) * times\n\n@double.cases",
        "    return 2.0 * np.asarray(w) * times if times < 100 else 0.0\n\n@double.cases",
    )
    alive = [flaw.allowed for flaw in checked(both_ways).flaws]
    assert 'add a case, or double.equivalent("100 -> 101", because="...")' in alive
    edits = ["100 -> 101", "100 -> 99", "0.0 -> 1.0", "times < 100 -> times <= 100"]
    declared = f'double.equivalent(*{edits}, because="nobody asks a hundred times")'
    result = checked(f"{both_ways}\n{declared}\n")
    assert flaws(result) == ""
    assert (result.counts[0].equivalent, result.counts[0].surviving) == (4, 0)


def test_what_holds_in_one_draw_of_the_cases_only_is_told(module) -> None:
    """An alternate that is right for some numbers."""
    lucky = "\n@double.alternate\ndef lucky(w, times=1):\n    return (2 if w[0] > -2 else 3) * w * times\n"
    text = read_assignment(notebook(), path="small.ipynb")
    path = module(SOLUTIONS + lucky)
    draws = [prepare("small", path, secret=b"%d" % k, limits=Limits()) for k in range(8)]
    told = (
        flaws(check(text, first, [each for each in draws if each is not first], notebook="n", module="m"))
        for first in draws
    )
    assert any("alternate lucky: in another draw of the cases (draw " in said for said in told)


def test_a_declared_twin_is_no_flaw(checked) -> None:
    assert flaws(checked(mistake("3.0 * w * times", credit="0.25, same_as='triple'"))) == ""


def test_a_loop_is_a_right_answer_that_loses_the_speed_group_only(checked) -> None:
    slow = SOLUTIONS.replace(
        '    yield edge("one", rng.normal(size=1))',
        '    yield speed("many", np.ones(10), seconds=1e-9)',
    )
    # Longer than it may take to receive the arguments, which is free.
    slow = re.sub(r"    return (.*times.*)", r"    return [\1 for _ in range(100_000)][0]", slow)
    said = flaws(checked(slow))
    assert "alternate added" not in said
    assert "the reference itself earns 7/8" in said


def test_a_command_that_grades_needs_both_sides_to_pair(module) -> None:
    text = read_assignment(notebook(), path="small.ipynb")
    hidden = prepare("small", module(SOLUTIONS), secret=b"public", limits=Limits())
    must_pair(text, hidden, notebook="small.ipynb", module="small.py")
    worth = prepare(
        "small", module(SOLUTIONS.replace("points=2", "points=1"), "b"), secret=b"public", limits=Limits()
    )
    with pytest.raises(CourseError, match="make them equal"):
        must_pair(text, worth, notebook="small.ipynb", module="small.py")


@pytest.mark.soak
def test_homework_one_can_be_released(root) -> None:
    text = read_assignment((root / "assignments/gradients/gradients.ipynb").read_bytes())
    hidden = prepare(
        "gradients", root / "solutions/gradients.py", secret=b"public", limits=Limits(), proof=True
    )
    assert flaws(check(text, hidden, notebook="gradients.ipynb", module="gradients.py")) == ""
    assert sum(one.question.points for one in hidden.questions) == 20


BY_HAND = "## 2. A figure of doubles (2 points, by hand)\n\nDraw it."
FIGURE = """
figure = written("A figure of doubles", points={points}, rubric={{"labels": 0.5, "a line": "3/2"}})
"""


def test_a_part_marked_by_hand_has_a_rubric_that_adds_up_to_its_points(checked) -> None:
    """Halves may be written as 0.5 or as 1/2."""
    assert flaws(checked(SOLUTIONS + FIGURE.format(points=2), extra=BY_HAND)) == ""
    with pytest.raises(CourseError, match="of doubles: its rubric adds up to 2, and it has 3 points"):
        checked(SOLUTIONS + FIGURE.format(points=3), extra=BY_HAND)


def test_a_part_marked_by_hand_stands_on_both_sides_with_the_same_points(checked) -> None:
    """What is missing is told with the line to write."""
    without = flaws(checked(SOLUTIONS, extra=BY_HAND))
    assert 'no rubric (write `part = written("A figure of doubles", points=2, rubric={...})` in' in without
    no_heading = flaws(checked(SOLUTIONS + FIGURE.format(points=2)))
    assert "has no heading (write `## 9. A figure of doubles (2 points, by hand)` in" in no_heading
    other = BY_HAND.replace("2 points", "1 point")
    assert "1 point in the notebook, 2 in the solutions" in flaws(
        checked(SOLUTIONS + FIGURE.format(points=2), extra=other)
    )


VARIABLE = """
answer = variable("answer", points=2, reference=lambda: np.array([1.5, 2.5]))

@answer.mistake(credit=0.25)
def doubled():
    '''A factor too many.'''
    return np.array([3.0, 5.0])
"""


def test_a_variable_is_checked_as_a_function_without_arguments(checked) -> None:
    cells = {"stub": "answer = ...", "examples": "assert len(answer) == 2"}
    result = checked(VARIABLE, **cells)
    assert flaws(result) == ""
    assert (result.counts[0].mistakes, result.counts[0].caught) == (1, 1)
    other = 'def answer():\n    """Two numbers."""\n    raise NotImplementedError'
    assert "the stub asks for a function, the solutions do not" in flaws(checked(VARIABLE, stub=other))
    wrong = {**cells, "examples": "assert len(answer) == 3"}
    assert "cell 5, line 1: answer: an example of the notebook fails" in flaws(checked(VARIABLE, **wrong))
