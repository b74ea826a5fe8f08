"""The proof finds where each test can be judged, and what the student's word may decide."""

import hashlib
from dataclasses import replace
from fractions import Fraction

import pytest
from foreign_assignment import STUB, nbgrader, otter
from patience import PATIENT

from autograder.foreign import prove
from autograder.foreign.model import Where
from autograder.foreign.prove import mutate, prove_assignment
from autograder.foreign.session import run_outside

LIMITS = replace(PATIENT, memory_mb=900)


PROVIDED = (
    "import numpy as np\nfrom nose.tools import assert_equal\ndef close(a, b):\n    return np.allclose(a, b)"
)
ANSWERS = {
    "a1": (STUB.format("square"), "def square(x):\n    return x * x"),
    "a2": (
        "class Box:\n    pass",
        """class Box:
    def __init__(self, x):
        self.x = x
    def __eq__(self, o):
        return self.x == o.x""",
    ),
}
TESTS = {
    "t1": (
        "a1",
        "assert square(3) == 9\nassert close(square(np.arange(3.0)), [0, 1, 4])\nassert all([square(2)])",
    ),
    "t2": ("a1", "assert_equal(square(4), 16)"),
    "t3": ("a2", "assert Box(3) == Box(3)\nassert Box(3).x == 3"),
    "t4": ("a2", "assert Out is not None"),
    "t5": ("a2", "assert square(2) == 5"),
}


def test_each_test_is_judged_where_both_ways_agree(runner, tmp_path) -> None:
    profiles = {
        p.test: p for p in prove_assignment(nbgrader(PROVIDED, ANSWERS, TESTS), tmp_path, runner, LIMITS)
    }
    assert {name: p.where for name, p in profiles.items()} == {
        "t1": Where.OUTSIDE,
        "t2": Where.OUTSIDE,
        "t3": Where.OUTSIDE,
        "t4": Where.INSIDE,
        "t5": Where.OUTSIDE,
    }, profiles
    pins = dict(pin.split("=") for pin in profiles["t1"].pinned)
    assert (pins["np"], pins["close"], pins["all"]) == ("numpy:", "helper", "builtins:all")
    assert "square" not in pins
    assert not profiles["t1"].operators
    assert "eq" in profiles["t3"].operators
    assert "does not pass it here: AssertionError" in profiles["t5"].reason


def test_a_solution_may_use_what_students_see_that_a_test_binds(runner, tmp_path) -> None:
    answers = {"a1": ANSWERS["a1"], "a2": ("total = None", "total = sum(given) + square(2)")}
    tests = {"t1": ("a1", "given = [1, 2]\nassert square(3) == 9"), "t2": ("a2", "assert total == 7")}
    profiles = prove_assignment(nbgrader("", answers, tests), tmp_path, runner, LIMITS)
    assert [p.where for p in profiles] == [Where.OUTSIDE, Where.OUTSIDE]


def test_what_functions_of_the_courses_own_read_is_pinned_as_well(runner, tmp_path) -> None:
    """A hash of the answer: neither it nor the library that it reads by a name of the notebook's is asked of
    the student's process, where both could be replaced."""
    given = (
        "import hashlib\nsalt = 'x'\ndef digest(value):\n"
        "    return hashlib.blake2b(bytes(salt + str(value), 'utf8'), digest_size=5).hexdigest()"
    )
    wanted = hashlib.blake2b(b"x9", digest_size=5).hexdigest()
    tests = {"t1": ("a1", f"assert digest(square(3)) == {wanted!r}")}
    (profile,) = prove_assignment(nbgrader(given, {"a1": ANSWERS["a1"]}, tests), tmp_path, runner, LIMITS)
    assert profile.where is Where.OUTSIDE, profile
    assert {"digest=helper", "hashlib=hashlib:"} <= {*profile.pinned}
    assert not [each for each in profile.operators if each.startswith("call:")]


@pytest.mark.parametrize("locked", [True, False])
def test_a_function_in_a_cell_that_nobody_locked_may_be_what_students_write(runner, tmp_path, locked) -> None:
    """Its author forgot to mark it as an answer: the course's own notebook fails the test that names it."""
    given = "def close(a, b):\n    return abs(a - b) < 1e-9\ndef greet():\n    return '<your text>'"
    tests = {"t1": ("a1", "assert close(square(3), 9)"), "t2": ("a1", "assert greet() == 'hello'")}
    assignment = nbgrader(given, {"a1": ANSWERS["a1"]}, tests)
    (notebook,) = assignment.notebooks

    def unlock(cells):
        return (replace(cells[0], locked=locked, graded=locked), *cells[1:])

    notebook = replace(notebook, cells=unlock(notebook.cells), solved=unlock(notebook.solved))
    assignment = replace(assignment, notebooks=(notebook,))
    first, other = prove_assignment(assignment, tmp_path, runner, LIMITS)
    assert (first.where, other.where) == (Where.OUTSIDE, Where.OUTSIDE)
    assert "close=helper" in first.pinned
    assert ("greet=helper" in other.pinned) is locked


def test_a_mistake_that_makes_a_loop_endless_is_not_waited_for_twice(runner, tmp_path, monkeypatch) -> None:
    """Two of the four mistakes in this solution do so: they would take each test its whole time."""
    monkeypatch.setattr(prove, "_PATIENCE", 0)
    monkeypatch.setattr(prove, "_LEAST_PATIENCE", 0.3)
    ran = []

    def note(spawner, steps, *rest):
        ran.append("\n".join(step.source for step in steps))
        return run_outside(spawner, steps, *rest)

    monkeypatch.setattr(prove, "run_outside", note)
    solution = "def down(n):\n    while n != 0:\n        n = n - 1\n    return 'done'"
    answers = {"a1": (STUB.format("down"), solution)}
    assignment = nbgrader("", answers, {"t1": ("a1", "assert down(3) == 'done'")})
    (profile,) = prove_assignment(assignment, tmp_path, runner, LIMITS)
    assert profile.where is Where.OUTSIDE
    assert any("n - 1" in source for source in ran)
    assert not any("n + 1" in source or "n - 2" in source for source in ran), ran


def test_cases_of_otter_are_proven_too(runner, tmp_path) -> None:
    cases = {
        "q1": [(">>> square(3)\n9", Fraction(1), False), (">>> square(4) == 16\nTrue", Fraction(1), True)]
    }
    assignment = otter({"q1": ANSWERS["a1"]}, cases)
    profiles = prove_assignment(assignment, tmp_path, runner, LIMITS)
    assert [(p.test, p.where, p.reason) for p in profiles] == [
        ("q1 - 1", Where.OUTSIDE, ""),
        ("q1 - 2", Where.OUTSIDE, ""),
    ]


def test_mutants_change_answers_alone() -> None:
    [notebook] = nbgrader(PROVIDED, ANSWERS, TESTS).notebooks
    for mutant in mutate(notebook.solved, 3):
        changed = [
            one.id for one, other in zip(mutant, notebook.solved, strict=True) if one.source != other.source
        ]
        assert len(changed) == 1 and changed[0].startswith("a")


def test_a_class_of_the_courses_own_runs_beside_the_test_where_nothing_else_works(runner, tmp_path) -> None:
    """It takes what is printed, and that is printed where the test is."""
    taking = """import io, sys
class Taking(list):
    def __enter__(self):
        self.before, sys.stdout = sys.stdout, io.StringIO()
        return self
    def __exit__(self, *_):
        self.extend(sys.stdout.getvalue().splitlines())
        sys.stdout = self.before"""
    answers = {"a1": (STUB.format("greet"), "def greet(name):\n    print('hello', name)")}
    tests = {"t1": ("a1", "with Taking() as lines:\n    greet('you')\nassert lines == ['hello you']")}
    (profile,) = prove_assignment(nbgrader(taking, answers, tests), tmp_path, runner, LIMITS)
    assert profile.where is Where.OUTSIDE and "Taking=helper" in profile.pinned


def test_a_test_that_ends_the_process_of_the_tests_says_so(runner, tmp_path) -> None:
    ends = "import gc, os\n[type(one).__name__ == 'Bench' and os._exit(0) for one in gc.get_objects()]"
    tests = {"t1": ("a1", f"{ends}\nassert square(3) == 9"), "t2": ("a1", "assert square(4) == 16")}
    first, other = prove_assignment(nbgrader("", {"a1": ANSWERS["a1"]}, tests), tmp_path, runner, LIMITS)
    assert (first.where, other.where) == (Where.INSIDE, Where.OUTSIDE)
    assert first.reason.startswith("outside of the student's process, the process of the tests was lost")
