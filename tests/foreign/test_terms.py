"""What a notebook of an adopted course is run with, as far as its text decides it."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from foreign_steps import case, cell, graded

from autograder.foreign.model import (
    AdoptedAssignment,
    CellType,
    ForeignCell,
    ForeignFile,
    ForeignNotebook,
    ForeignQuestion,
    ForeignRole,
    ForeignSource,
    ForeignTest,
    Profile,
    SourceKind,
    TestStyle,
    Tool,
    Where,
)
from autograder.foreign.terms import find_modules, find_shown, find_terms, list_given, steps_inside


def make_assignment(
    test: str, file: ForeignFile, *, provided: str = "import numpy as np"
) -> AdoptedAssignment:
    """One notebook: a cell that is given, an answer, and a test of it, with a file beside."""
    cells = (
        ForeignCell("given", ForeignRole.PROVIDED, CellType.CODE, provided),
        ForeignCell("answer", ForeignRole.STUDENT, CellType.CODE, "x = np.loadtxt('points.csv')"),
        ForeignCell("t", ForeignRole.TEST, CellType.CODE, test, "", Fraction(1), locked=True, graded=True),
    )
    judged = ForeignTest("t", TestStyle.CELL, test, Fraction(1))
    return AdoptedAssignment(
        name="ps1",
        title="ps1",
        tool=Tool.NBGRADER,
        source=ForeignSource(SourceKind.NOTEBOOK, "/course/nb.ipynb", "ps1"),
        notebooks=(ForeignNotebook("nb", cells, cells),),
        questions=(ForeignQuestion("t", Fraction(1), "nb", "t", (judged,)),),
        files=(file,),
    )


@pytest.mark.parametrize(
    ("test", "path", "wanted"),
    [
        ("assert x.shape == (2,)", "points.csv", False),
        ("assert len(x) % 2 == 0 and x[0] != 1", "points.csv", False),
        ("files = !ls", "points.csv", True),
        ("assert x == pointsman", "points.csv", False),
        ("assert same(x, 'points.csv')", "points.csv", True),
        ("assert open('out.txt').read()", "points.csv", True),
        ("assert x.shape == (2,)", "grading.py", True),
    ],
)
def test_files_lie_beside_tests_that_can_look_at_them(
    tmp_path: Path, test: str, path: str, *, wanted: bool
) -> None:
    """A test that names none, reads none and imports none has no use for them."""
    assignment = make_assignment(test, ForeignFile(path, "", helper=path.endswith(".py")))
    assert find_terms(assignment, assignment.notebooks[0], tmp_path).base.files == ((path,) if wanted else ())


def test_files_lie_beside_tests_that_call_modules_which_look_at_them(tmp_path: Path) -> None:
    """Of the course's own modules those count that a notebook names, and those that these name."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "grading.py").write_text("import reading\ndef judge(x):\n    return reading.read(x)")
    (folder / "reading.py").write_text("def read(x):\n    return open('points.csv').read() == x")
    (folder / "submit.py").write_text("import pickle")
    names = ("grading.py", "reading.py", "submit.py", "points.csv")
    files = tuple(ForeignFile(name, "", helper=name.endswith(".py")) for name in names)
    for test, looks in (("assert grading.judge(x)", True), ("assert x == 1", False)):
        made = replace(make_assignment(test, files[0]), files=files)
        terms = find_terms(made, made.notebooks[0], tmp_path)
        (judged,) = made.tests
        assert ("points.csv" in terms.base.files, terms.looks_at_files(judged)) == (looks, looks)
        assert not terms.may_run_files(judged)


def test_without_a_solution_no_function_of_an_otter_notebook_is_the_courses_own(tmp_path: Path) -> None:
    """What looks like one may be what students fill in: it would be judged as it was given out."""
    made = make_assignment("assert f(1)", ForeignFile("points.csv", ""), provided="def f(x):\n    return x")
    unsolved = replace(made.notebooks[0], solved=())
    otter = replace(made, tool=Tool.OTTER, notebooks=(unsolved,))
    assert find_terms(made, made.notebooks[0], tmp_path).provided == {"f"}
    assert find_terms(replace(made, notebooks=(unsolved,)), unsolved, tmp_path).provided == {"f"}
    terms = find_terms(otter, unsolved, tmp_path)
    assert (terms.provided, terms.base.helpers) == (frozenset(), "")


def test_only_what_students_see_bound_is_theirs_to_use() -> None:
    def graded(whole: str, seen: str) -> ForeignCell:
        return ForeignCell("t", ForeignRole.TEST, CellType.CODE, whole, seen)

    cells = [graded("a = 1\nb = 2\nb = 3\nc = 4", "a = 1\nb = 2"), graded("d, e = 5, 6", "d, e = 5, 6")]
    assert find_shown(cells) == {"a", "d", "e"}
    assert find_shown([*cells, graded("a = 7", "")]) == {"d", "e"}


def test_no_test_is_among_the_code_that_all_submissions_share(tmp_path: Path) -> None:
    assignment = make_assignment("assert x == 'secret'", ForeignFile("points.csv", ""))
    assert list_given(assignment) == ["import numpy as np"]


def test_nose_is_imported_once_where_a_test_needs_it() -> None:
    without = make_assignment("assert x", ForeignFile("points.csv", ""))
    with_nose = make_assignment("from nose.tools import ok_\nok_(x)", ForeignFile("points.csv", ""))
    assert "nose.tools" not in find_modules(without)
    assert {"nose.tools", "unittest"} <= set(find_modules(with_nose))


def test_a_test_that_changes_what_an_inside_one_reads_runs_beside_it() -> None:
    """It binds no name: it changes what is there. What may call the student's code runs outside once more."""
    texts = {
        "adds": "frame['new'] = 1",
        "appends": "rows[0].append(2)",
        "looks": "assert frame[0] == 1",
        "calls": "assert make()",
        "lost": "assert make(1)",
        "sets": "box.size = 3",
        "inside": "assert frame.shape and rows and box",
        "late": "assert make()",
    }
    steps = [cell("frame, rows, box = make()"), *(graded(name, text) for name, text in texts.items())]
    profiles = {name: Profile(name, Where.OUTSIDE, "") for name in texts}
    profiles["inside"] = Profile("inside", Where.INSIDE, "")
    chosen, inside = steps_inside(steps, profiles, ended={*texts} - {"lost"})
    assert [step.test.name for step in chosen if step.test is not None] == [
        *("adds", "appends", "calls", "sets", "inside")
    ]
    assert inside == {"adds", "appends", "sets", "inside"}


def test_of_a_doctest_the_code_behind_its_prompts_is_read() -> None:
    texts = {
        "first": ">>> rows[0]\n9\n>>> rows.append(2)\n>>> for x in (1,):\n...     last = x\n",
        "second": ">>> rows[-1] == last\nTrue",
        "other": ">>> other = 1\n",
    }
    steps = [cell("rows = [1]"), *(case(name, text, "q") for name, text in texts.items())]
    profiles = {name: Profile(name, Where.OUTSIDE, "") for name in texts}
    profiles["second"] = Profile("second", Where.INSIDE, "")
    _, inside = steps_inside(steps, profiles, ended={*texts})
    assert inside == {"first", "second"}


def test_what_a_module_of_the_courses_keeps_is_kept_where_the_inside_test_looks() -> None:
    texts = {
        "opens": "a = bank.open(3)",
        "draws": "assert np.add(draw(), 1)",
        "inside": "assert bank.total()",
    }
    steps = [cell("import bank"), *(graded(name, text) for name, text in texts.items())]
    profiles = {
        "opens": Profile("opens", Where.OUTSIDE, "", pinned=("bank=bank:", "all=builtins:all")),
        "draws": Profile("draws", Where.OUTSIDE, "", pinned=("np=numpy:",)),
        "inside": Profile("inside", Where.INSIDE, ""),
    }
    for own, wanted in (({"bank"}, {"opens", "inside"}), ((), {"inside"})):
        chosen, inside = steps_inside(steps, profiles, ended={*texts}, own_modules=own)
        assert (inside, len(chosen)) == (wanted, len(steps))
