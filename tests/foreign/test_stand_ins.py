"""What stands for a thing of the student's can what the thing can, and no more."""

from dataclasses import replace
from fractions import Fraction

import pytest
from foreign_assignment import nbgrader
from foreign_steps import cell, graded
from patience import PATIENT

from autograder.foreign.marks import earn, profile_of
from autograder.foreign.model import Tool, Where
from autograder.foreign.prove import prove_assignment
from autograder.foreign.session import Surroundings, TestTerms, run_inside, run_outside
from autograder.foreign.stand_ins import spell_set_up
from autograder.foreign.terms import with_profiles
from autograder.sandbox.runner import Runner

LIMITS = replace(PATIENT, memory_mb=900)
TRIED = """from collections.abc import *
from contextlib import AbstractContextManager
try:
    said = repr({})
except Exception as error:
    said = str(error)
assert False, said"""
KINDS = {
    "plain": "pass",
    "iterable": "def __iter__(self): return iter([1, 2])",
    "sized": "def __len__(self): return 2",
    "callable": "def __call__(self): return 2",
    "container": "def __contains__(self, x): return True",
    "unhashable": "def __eq__(self, other): return True",
    "manager": "def __enter__(self): return self\n    def __exit__(self, *how): return False",
    "sequence": "def __getitem__(self, k): return [5, 6][k]",
    "number": "def __add__(self, x): return 1\n    def __float__(self): return 2.5",
}
ASKED = (
    *("callable({})", "isinstance({}, Iterable)", "isinstance({}, Sized)", "isinstance({}, Container)"),
    *("isinstance({}, Callable)", "isinstance({}, Hashable)", "isinstance({}, Iterator)"),
    *("isinstance({}, Collection)", "isinstance({}, AbstractContextManager)", "np.iterable({})"),
    *(
        "hasattr({}, '__iter__')",
        "hasattr({}, '__len__')",
        "hasattr({}, '__call__')",
        "hasattr({}, '__add__')",
    ),
    *("bool({})", "1 in {}", "len({})", "list({})", "{}[1]", "{} + 1", "1 + {}", "float({})", "-{}", "{}()"),
    *("isinstance(hash({}), int)", "next({})", "int({})", "{} < 1", "issubclass(type({}), Iterable)"),
    *("issubclass(type({}), Hashable)", "type({}).__repr__ is object.__repr__", "{}.__class__.__name__"),
)


def test_each_question_about_a_thing_is_answered_as_where_it_lives(runner: Runner) -> None:
    """What has no length has none here, and raises with the same words."""
    student = "\n".join(
        f"class {name.title()}:\n    {body}\n{name} = {name.title()}()" for name, body in KINDS.items()
    )
    steps = [cell(f"import numpy as np\n{student}")]
    for name in KINDS:
        for place, asked in enumerate(ASKED):
            text = TRIED.format(asked.format(name))
            steps.append(graded(f"{name} {place}", text))
    plain = run_inside(runner, steps, LIMITS, Surroundings()).trials
    outside = run_outside(runner, steps, LIMITS, Surroundings(), TestTerms(learning=True)).trials
    found = {name: (plain[name].told.message, trial.told.message) for name, trial in outside.items()}
    wrong = {name: both for name, both in found.items() if both[0] != both[1]}
    assert not wrong
    assert len({said for said, _ in found.values()}) > 20


VECTOR = '''class Vector:
    """Numbers."""
    def __init__(self, *x):
        self.x = list(x)
    def __add__(self, other):
        return Vector(*(a + b for a, b in zip(self.x, other.x)))
    def __iadd__(self, other):
        self.x = (self + other).x
        return self
    def __len__(self):
        return len(self.x)
    def __repr__(self):
        return f"Vector({self.x})"
    def __eq__(self, other):
        return self.x == other.x
    @classmethod
    def zeros(cls, n):
        return cls(*[0] * n)
class Shape(ABC):
    @abstractmethod
    def area(self): ...
class Guard:
    def __init__(self):
        self.log = []
    def __enter__(self):
        return self
    def __exit__(self, kind, error, traceback):
        self.log.append(kind and kind.__name__)
        return kind is ZeroDivisionError
class Stack(list):
    def push(self, x):
        self.append(x)
Point = namedtuple("Point", "x y")
def corner():
    return Point(1, 2)
def is_point(p):
    return type(p) is Point
class Place(NamedTuple):
    x: int
    def double(self):
        return 2 * self.x
largest = partial(max, 3)
@lru_cache
def square(x):
    return x * x
def draw(x):
    plt.figure()
    plt.plot(x)
'''
PROVIDED = (
    "import numpy as np\nimport matplotlib.pyplot as plt\nfrom abc import ABC, abstractmethod\n"
    "from collections import namedtuple\nfrom functools import lru_cache, partial\n"
    "from typing import NamedTuple"
)
TESTS = {
    "in place": "a = b = Vector(1, 2)\na += Vector(1, 1)\nassert a is b and a.x == [2, 3] and len(a) == 2",
    "own repr": "assert Vector.__repr__ is not object.__repr__ and Guard.__repr__ is object.__repr__",
    "abstract": "assert issubclass(Shape, ABC) and not issubclass(Vector, ABC)",
    "class": "assert Vector(1).__class__ is Vector and type(Vector) is type",
    "derived": "s = Stack([1])\ns.push(2)\nassert isinstance(s, list) and s == [1, 2]",
    "guard": "with Guard() as g:\n    1 / 0\nassert g.log == ['ZeroDivisionError']",
    "raised": (
        "try:\n    with Guard():\n        raise KeyError('k')\nexcept KeyError as error:\n"
        "    assert error.args == ('k',)"
    ),
    "named": "assert type(corner()) is Point and is_point(Point(3, 4)) and corner() == Point(1, 2)",
    "place": "assert Place(3).double() == 6 and isinstance(Place(3), tuple)",
    "partial": "assert largest(2) == 3 and largest.func is max",
    "cached": "assert square(3) == 9 and square.cache_info().misses == 1 and callable(square)",
    "copied": (
        "import copy\na = Vector(1)\nb = copy.deepcopy(a)\nb.x = [2]\nassert a.x == [1] and copy.copy(b) == b"
    ),
    "deleted": "a = Vector(1)\na.tag = 1\ndel a.tag\nassert not hasattr(a, 'tag')",
    "members": "import inspect\nassert 'zeros' not in dict(inspect.getmembers(Vector, inspect.isfunction))",
    "main": "import __main__\nassert __main__.corner().y == 2 and hasattr(__main__, 'Guard')",
    "patched": (
        "from unittest.mock import patch\nwith patch('__main__.corner', return_value=7):\n"
        "    assert corner() == 7\nassert corner().x == 1"
    ),
    "all names": "assert 'corner' in {name for name, value in globals().items() if callable(value)}",
    "drawn": "draw([1])\nassert len(plt.get_fignums()) == 1",
    "closed": "assert plt.get_fignums() == []",
    "made": "labels, grid, bag = ['a', 'b'], np.zeros(2), {1}",
    "changed": "assert labels == ['a', 'b', 'c'] and grid[0] == 5 and bag == {1, 2}",
    "reset": (
        "%reset -f\nassert 'corner' not in globals()\n"
        "try:\n    Vector\n    assert False\nexcept NameError:\n    pass"
    ),
    "gone": "assert 'labels' not in globals() and again == 3",
}


def test_what_tests_ask_of_things_is_asked_outside(runner: Runner, tmp_path) -> None:
    """Of classes, named tuples, `__main__`, figures, and of names that a later cell has changed."""
    answers = {
        "a": ("pass", VECTOR),
        "b": ("pass", "labels.append('c')\ngrid[0] = 5\nbag.add(2)"),
        "c": ("pass", "again = 3"),
    }
    behind = {"changed": "b", "reset": "b", "gone": "c"}
    tests = {name: (behind.get(name, "a"), text) for name, text in TESTS.items()}
    profiles = prove_assignment(nbgrader(PROVIDED, answers, tests), tmp_path, runner, LIMITS)
    inside = {p.test: p.reason for p in profiles if p.where is not Where.OUTSIDE or not p.tried}
    assert not inside


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("assert hasattr(Vector(1), '__len__')", "__len__"),
        ("assert Vector.__repr__ is not object.__repr__", "__repr__"),
        ("from collections.abc import Sized\nassert isinstance(Vector(1), Sized)", "__len__"),
        ("assert hasattr(Vector, '__add__')", "__add__"),
    ],
)
def test_a_class_without_a_method_has_none_for_a_test_either(
    text: str, lacking: str, runner: Runner, tmp_path
) -> None:
    """The solution passes, and a class that lacks the method does not."""
    assignment = nbgrader(PROVIDED, {"a": ("pass", VECTOR)}, {"t": ("a", text)})
    profiles = prove_assignment(assignment, tmp_path, runner, LIMITS)
    profile = profile_of({p.test: p for p in profiles}, "t")
    assert (profile.where, profile.tried) == (Where.OUTSIDE, True)
    terms = with_profiles(TestTerms(), profiles)
    earned = []
    for source in (VECTOR, VECTOR.replace(f"def {lacking}", "def other")):
        steps = [cell(PROVIDED), cell(source, 2), graded("t", text)]
        trial = run_outside(runner, steps, LIMITS, Surroundings(), terms).trials["t"]
        [test] = assignment.tests
        earned.append(earn(test, trial, profile, tool=Tool.NBGRADER).points)
    assert earned == [Fraction(2), Fraction(0)]


NOSE = {
    "equal": "from nose.tools import *\nassert_equal(x, 3)\nassert_equals(x, 3)\neq_(x, 3)\nok_(x == 3)",
    "not almost": "from nose.tools import assert_not_almost_equals as differ\ndiffer(x, 4)",
    "raises": "from nose.tools import raises\n@raises(ZeroDivisionError)\ndef f(): x / 0\nf()",
    "timed": "from nose.tools import timed\n@timed(60)\ndef f():\n    'F.'\n    return x\nassert f() == 3\n"
    "assert (f.__name__, f.__doc__) == ('f', 'F.')",
    "marked": "from nose.tools import istest, nottest\nassert istest(lambda: 1).__test__\n"
    "assert not nottest(lambda: 1).__test__",
    "part": "import nose\nnose.tools.assert_dict_contains_subset({'a': x}, {'a': 3, 'b': 1})",
    "skip": "from nose.plugins.skip import SkipTest\nimport nose\nassert nose.SkipTest is SkipTest",
    "too long": "from nose.tools import timed\ntimed(-1)(lambda: x)()",
    "no part": "import nose.tools as t\nt.assert_dict_contains_subset({'a': x}, {'a': 4})",
    "not raised": "from nose.tools import raises\nraises(KeyError)(lambda: x)()",
}


def test_what_stands_for_nose_has_all_its_tools(runner: Runner) -> None:
    """On both sides; the last three fail."""
    around = Surroundings(setup=spell_set_up(otter=False, nose=True))
    steps = [cell("from nose.tools import assert_equal\nx = 3"), *(graded(*each) for each in NOSE.items())]
    plain = run_inside(runner, steps, LIMITS, around).trials
    outside = run_outside(runner, steps, LIMITS, around, TestTerms(learning=True)).trials
    for trials in (plain, outside):
        failed = {name: trial.told.exception for name, trial in trials.items() if not trial.passed}
        assert failed == {
            "too long": "TimeExpired",
            "no part": "AssertionError",
            "not raised": "AssertionError",
        }
