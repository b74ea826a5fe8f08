"""Tests of adopted courses give the same verdict where no student code is as in the student's own process."""

import ast
import random
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from confined import confined_runner
from foreign_steps import case, cell, from_file, graded
from patience import PATIENT

from autograder.domain.answer import Ending
from autograder.foreign.session import Surroundings, TestTerms, run_inside, run_outside
from autograder.foreign.terms import names_reached
from autograder.sandbox.protocol import ProtocolFault
from autograder.sandbox.runner import Runner
from autograder.sandbox.worker.generators import Generators, find_standings, stand_at
from autograder.sandbox.worker.peer import set_state

LIMITS = replace(PATIENT, memory_mb=900)
STUDENT = """
def square(x):
    return x * x
def mean(v):
    return float(np.mean(v))
counter = 0
def count():
    global counter
    counter += 1
log = []
def append(x):
    log.append(x)
def fill(a):
    a[0] = 7
    return a
class BadAmount(ValueError):
    pass
class Account:
    def __init__(self, balance=0):
        self.balance = balance
    def deposit(self, x):
        if x < 0:
            raise BadAmount("negative")
        self.balance += x
    def __eq__(self, other):
        return self.balance == other.balance
def draw():
    return np.random.rand(), random.random()
def apply(f, x):
    return f(x) + 1
def shout():
    print("hello")
def frame():
    return pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
def gen():
    yield 1
    yield 2
def helper():
    return 3
def uses_helper():
    return helper() + 1
def doc(a, b=2, *c):
    "A doc."
    return a
class Other:
    def __init__(self):
        pass
def needs_import(x):
    return copy(x)
def noisy(x):
    import sys
    print("careful", file=sys.stderr)
    return x
def rank(frame):
    frame["rank"] = frame["a"].rank()
def itself(x):
    return x
def asks():
    return input("?")
class Color(Enum):
    RED = 1
    BLUE = 2
def fussy(x):
    import warnings
    if x <= 0:
        warnings.warn("not positive", RuntimeWarning)
    return abs(x)
def fit(model, v):
    model.mean, model.seen = sum(v) / len(v), np.array(v)
    return model
def walk(rng):
    return rng.choice([-1, 1], size=9).sum()
def roll(rng):
    return rng.random()
def once(f):
    from functools import wraps
    return wraps(f)(lambda *given: f(*dict.fromkeys(given)))
def invert(x):
    try:
        return 1 / x
    except ZeroDivisionError as error:
        raise ValueError("no inverse") from error
def fail(how):
    if how == "name":
        return no_such_name
    if how == "attribute":
        return [].no_such_attribute
    return open("/no/such/file")
shared = [1, 2]
same = [0, shared, "a"]
"""
STEPS = [
    cell("import numpy as np\nimport pandas as pd\nimport random\nfrom enum import Enum"),
    cell(STUDENT, 2),
    graded("square", "assert square(3) == 9\nassert np.allclose(square(np.arange(4.0)), [0, 1, 4, 9])"),
    graded(
        "mean",
        "from numpy.testing import assert_allclose\nassert_allclose(mean([1, 2, 6]), 3)\n"
        "assert isinstance(mean([1.0, 2.0]), float)\n"
        "assert all(abs(mean([k, k]) - k) < 1e-9 for k in range(3))",
    ),
    graded("global", "assert counter == 0\ncount()\nassert counter == 1\nappend(5)\nassert log == [5]"),
    graded(
        "in place",
        "a = [1, 2, 3]\nb = fill(a)\nassert a == [7, 2, 3] and a is b\n"
        "c = np.zeros(3)\nfill(c)\nassert c[0] == 7",
    ),
    graded(
        "class",
        "acc = Account(5)\nacc.deposit(3)\nassert acc.balance == 8 and isinstance(acc, Account)\n"
        "assert acc == Account(8)\nassert type(acc).__name__ == 'Account'\ntry:\n"
        "    acc.deposit(-1)\n    assert False\n"
        "except BadAmount as error:\n    assert 'negative' in str(error)",
    ),
    graded(
        "class of a class",
        "acc = Account(5)\nassert type(acc) == Account and type(acc) is Account and type(acc) != Other\n"
        "assert type(acc)(3).balance == 3 and 'Account' in str(type(acc))",
    ),
    graded(
        "compared by neither",
        "class Mine:\n    pass\nassert Other() != Mine() and not Mine() == Other()\nassert Other != Mine",
    ),
    graded(
        "seed",
        "np.random.seed(3)\nrandom.seed(4)\nexpected = np.random.rand(), random.random()\n"
        "np.random.seed(3)\nrandom.seed(4)\nassert draw() == expected",
    ),
    graded("callback", "assert apply(lambda v: v * 10, 4) == 41"),
    graded(
        "printed",
        "import io, contextlib\nf = io.StringIO()\nwith contextlib.redirect_stdout(f):\n    shout()\n"
        "assert f.getvalue() == 'hello\\n'",
    ),
    graded("frame", "pd.testing.assert_frame_equal(frame(), pd.DataFrame({'a': [1, 2], 'b': ['x', 'y']}))"),
    graded("generator", "assert list(gen()) == [1, 2]\ng = gen()\nassert next(g) == 1"),
    graded(
        "calls the helper",
        "kept = helper\ndel helper\ntry:\n    uses_helper()\nexcept NameError:\n    pass\n"
        "else:\n    raise AssertionError('no')\nhelper = kept\nassert uses_helper() == 4",
    ),
    graded(
        "inspect",
        "import inspect\nassert 'return a' in inspect.getsource(doc)\n"
        "assert list(inspect.signature(doc).parameters) == ['a', 'b', 'c']\nassert doc.__doc__ == 'A doc.'\n"
        "assert 'self.balance' in inspect.getsource(Account(1).__init__)",
    ),
    graded(
        "undecorated",
        "wrapped = once(square)\nassert wrapped(3, 3) == 9 and hasattr(wrapped, '__wrapped__')\n"
        "wrapped = wrapped.__wrapped__\nassert wrapped(4) == 16 and not hasattr(wrapped, '__wrapped__')",
    ),
    graded(
        "a column added in place",
        "f = pd.DataFrame({'a': [3, 1]})\nassert rank(f) is None and f['rank'].tolist() == [2, 1]",
    ),
    graded(
        "one of its kind",
        "assert Color.RED is Color['RED'] and Color.RED in [Color.RED] and Color.RED is not Color.BLUE\n"
        "one = Account(1)\none.owner = Account(2)\nassert one.owner is one.owner and one.owner is not one",
    ),
    graded("kind of a generator", "import types\nassert isinstance(gen(), types.GeneratorType)"),
    graded("the same thing", "one = Account(1)\nassert itself(one) is one and itself([one, 2]) == [one, 2]"),
    graded(
        "keyboard",
        "import builtins\nkept, given = builtins.input, iter(['Ada', 'Bo'])\n"
        "builtins.input = lambda prompt: next(given) + prompt\n"
        "try:\n    assert asks() == 'Ada?' and asks() == 'Bo?'\n"
        "finally:\n    builtins.input = kept\n",
    ),
    graded(
        "keyboard of a mock",
        "from unittest.mock import patch\nwith patch('builtins.input', return_value='Cy') as asked:\n"
        "    assert asks() == 'Cy'\nasked.assert_called_once_with('?')",
    ),
    graded("nobody at the keyboard", "asks()"),
    graded(
        "warnings are collected",
        "import warnings\nwith warnings.catch_warnings(record=True) as met:\n"
        "    warnings.simplefilter('always')\n    fussy(-1)\n    fussy(1)\n    fussy(-2)\n"
        "assert [(w.category, str(w.message)) for w in met] == [(RuntimeWarning, 'not positive')] * 2",
    ),
    graded(
        "warnings are errors",
        "with warnings.catch_warnings():\n    warnings.filterwarnings('error', 'not pos', RuntimeWarning)\n"
        "    try:\n        fussy(-1)\n    except RuntimeWarning:\n        pass\n"
        "    else:\n        raise AssertionError('no warning')\n",
    ),
    graded("warnings are wanted", "assert np.testing.assert_warns(RuntimeWarning, fussy, -3) == 3"),
    graded(
        "warnings are ignored",
        "with warnings.catch_warnings():\n    warnings.simplefilter('ignore')\n    assert fussy(-1) == 1",
    ),
    graded("warns on stderr", "assert fussy(-1) == 1"),
    graded(
        "generator of numbers",
        "one, other = np.random.default_rng(5), np.random.default_rng(5)\n"
        "walk(one)\nwalk(one)\nother.choice([-1, 1], size=18)\n"
        "assert one.integers(99) == other.integers(99)\n"
        "one, other = random.Random(5), random.Random(5)\n"
        "assert roll(one) == other.random() and one.random() == other.random()\n"
        "one, other = np.random.RandomState(5), np.random.RandomState(5)\n"
        "walk(one)\nother.choice([-1, 1], size=9)\nassert one.rand() == other.rand()",
    ),
    graded(
        "a thing of a library's",
        "from types import SimpleNamespace\nmodel = SimpleNamespace(rate=0.1, held=[1])\nheld = model.held\n"
        "assert fit(model, [1.0, 3.0]) is model and model.mean == 2.0 and model.seen.tolist() == [1, 3]\n"
        "assert model.held is held and model.rate == 0.1",
    ),
    graded(
        "to each row",
        "f = pd.DataFrame({'a': [1, 2]})\nassert f['a'].apply(square).tolist() == [1, 4]\n"
        "assert f['a'].map(square).tolist() == [1, 4] and f.apply(mean)['a'] == 1.5\n"
        "assert not hasattr(square, '__iter__') and not hasattr(square, '__len__')\n"
        "assert hasattr(square, '__call__') and f.groupby('a')['a'].agg(mean).tolist() == [1.0, 2.0]",
    ),
    graded(
        "print of a mock",
        "from unittest.mock import patch\nwith patch('builtins.print') as said:\n    shout()\n"
        "said.assert_called_once_with('hello')",
    ),
    graded("put aside", "%%capture\nshout()\nfussy(-1)\ntotal = square(3)\ntotal"),
    graded("put aside by name", "\n%%capture heard --no-stderr\nassert total == 9\nshout()"),
    graded("was put aside", "assert heard.stdout == 'hello\\n'"),
    graded("put aside and wrong", "%%capture told\nshout()\nassert square(3) == 10"),
    graded("was put aside before", "assert told.stdout == 'hello\\n'"),
    graded("put aside silently", "%%capture told\nsquare(3);"),
    graded("was not put aside", "assert 'told' not in globals()"),
    graded("timed and wrong", "%%time\nassert square(3) == 10"),
    graded(
        "what raised what",
        "try:\n    invert(0)\nexcept ValueError as error:\n"
        "    assert isinstance(error.__cause__, ZeroDivisionError) and error.__suppress_context__\n"
        "    assert error.args == ('no inverse',) and 'division' in str(error.__cause__)\n"
        "try:\n    fail('name')\nexcept NameError as error:\n    assert error.__cause__ is None\n",
    ),
    graded(
        "what an exception is about",
        "for how, kind, about in (('name', NameError, 'no_such_name'),\n"
        "                         ('attribute', AttributeError, 'no_such_attribute')):\n"
        "    try:\n        fail(how)\n    except kind as error:\n        assert error.name == about\n"
        "    else:\n        raise AssertionError('nothing was raised')\n"
        "try:\n    fail('file')\nexcept FileNotFoundError as error:\n"
        "    assert (error.errno, error.filename) == (2, '/no/such/file') and error.filename in str(error)\n",
    ),
    graded(
        "in threads",
        "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(4) as pool:\n"
        "    assert list(pool.map(square, range(40))) == [k * k for k in range(40)]",
    ),
    graded("the shell's names", "assert get_ipython().user_ns['square'](2) == 4"),
    graded("imports", "from copy import copy\nassert needs_import([1]) == [1]"),
    graded("identity", "assert same == [0, shared, 'a'] and same[1] is shared"),
    graded("binds", "xs = np.linspace(0, 1, 5)\nunread = 3"),
    cell("ys = xs * 2", 3),
    graded("uses", "assert ys[-1] == 2.0 and 'ys' in globals() and unread == 3"),
    graded("partial", "0.5"),
    graded("names", "assert 'ys' in vars() and 'nothing' not in dir()"),
    graded(
        "hash",
        "from hashlib import sha1\ndef digest(x):\n    return sha1(x.encode()).hexdigest()\n"
        "assert digest(str(type(mean([1])))) == digest(\"<class 'float'>\")",
    ),
    graded("on stderr", "assert noisy(1) == 1"),
    graded("warns", "import warnings\nwarnings.warn('x')"),
    graded("silent", "assert square(2) == 4;"),
    graded("wrong", "assert square(3) == 10, 'should be ten'"),
    graded("raises", "square('a')"),
    graded("undefined", "nothing_of_this_name"),
    graded("no Python", "assert square(3 == 9"),
    case("ok", ">>> square(4)\n16\n>>> mean([1, 2])\n1.5\n>>> shout()\nhello\n"),
    case("ok fails", ">>> square(4)\n17\n>>> 1\n1"),
    case("ok keeps apart", ">>> square = 3\n>>> square\n3"),
    case("ok still there", ">>> square(2)\n4"),
    from_file(
        "file",
        "from otter.test_files import test_case\n@test_case(points=1)\ndef test_it(square, env):\n"
        "    assert square(3) == 9 and env['counter'] == 1",
        "test_it",
    ),
    from_file("file fails", "def test_it(square):\n    assert square(3) == 8", "test_it"),
]


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with confined_runner(preload=("pandas",)) as made:
        yield made


def outside(runner, steps, **terms):
    trees = [ast.parse(step.source) for step in steps if step.test is None]
    wanted = {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}
    given = {"learning": True, "wanted": tuple(wanted), "randomness": True} | terms
    return run_outside(runner, steps, LIMITS, Surroundings(), TestTerms(**given))


def test_the_verdict_outside_is_that_of_the_students_own_process(runner) -> None:
    there = run_inside(runner, STEPS, LIMITS, Surroundings()).trials
    ran = outside(runner, STEPS)
    assert [one.traceback for one in ran.cells] == ["", "", ""]
    for name, trial in ran.trials.items():
        plain = there[name]
        assert not trial.ours, (name, trial)
        assert (trial.passed, bool(trial.told.stderr), trial.told.shown) == (
            plain.passed,
            bool(plain.told.stderr),
            plain.told.shown,
        ), (name, trial.told, plain.told)
    failed = {name for name, trial in ran.trials.items() if not trial.passed}
    assert failed == {
        *("wrong", "raises", "undefined", "no Python", "ok fails", "file fails"),
        *("nobody at the keyboard", "put aside and wrong", "timed and wrong"),
    }


def test_files_are_opened_by_no_function_of_the_students(runner) -> None:
    """IPython's own `open` stands in the student's process, where it may be replaced."""
    lies = "import io\nopen = lambda *_: io.StringIO('5')"
    steps = [
        graded("reads", "open('none.txt')"),
        cell(lies),
        graded("lied to", "assert open('x').read() == '5'"),
    ]
    assert {
        name: trial.passed
        for name, trial in outside(runner, steps, pins={"open": "builtins:open"}).trials.items()
    } == {"reads": False, "lied to": False}
    assert outside(runner, steps[:1]).trials["reads"].told.arrived == [("open", "missing")]


def test_a_module_of_the_courses_asks_for_the_class_of_what_stays_there(runner) -> None:
    """As a test does: a stand-in is of no class that anybody looks for."""
    module = (
        b"class Fruit:\n    pass\nclass Pear(Fruit):\n    pass\n"
        b"def look(things):\n    assert [type(one) for one in things] == [Fruit, Pear]\n"
        b"    assert type(things[0]) is not Pear and type(3) == int and isinstance(type(3), type)\n"
    )
    around = Surroundings(files=(("fruits.py", module),))
    steps = [
        cell("from fruits import Fruit, Pear, look\nthings = [Fruit(), Pear()]"),
        graded("t", "look(things)"),
    ]
    terms = TestTerms(learning=True, files=("fruits.py",))
    trial = run_outside(runner, steps, LIMITS, around, terms).trials["t"]
    assert (trial.passed, trial.ours) == (True, ""), trial.told


def test_an_array_that_is_too_large_to_cross_is_asked_for_its_parts(runner) -> None:
    """Its parts are data, and are compared where the test is."""
    steps = [
        cell("import numpy as np\nbig = np.arange(7_000_000)\ndef part(a):\n    return a[::2]"),
        graded(
            "t",
            "assert big[1:4].tolist() == [1, 2, 3] and len(big[5:]) == 6_999_995\n"
            "assert isinstance(big, np.ndarray) and part(big)[-1] == 6_999_998 and big.shape == (7_000_000,)",
        ),
    ]
    trial = outside(runner, steps).trials["t"]
    assert (trial.passed, trial.ours) == (True, ""), trial.told
    assert "class:numpy:ndarray" in trial.told.used  # which the student's process alone decides


def test_an_exception_of_the_student_s_own_arrives_with_what_it_keeps(runner: Runner) -> None:
    student = """
class TooMuch(ValueError):
    def __init__(self, asked, left):
        super().__init__(f"{asked} of {left}")
        self.asked, self.left, self._secret = asked, left, 1
def draw(asked):
    raise TooMuch(asked, 5)
"""
    test = """
try:
    draw(9)
except TooMuch as error:
    assert (error.asked, error.left, str(error)) == (9, 5, "9 of 5")
    assert not hasattr(error, "_secret")
else:
    raise AssertionError("nothing was raised")
"""
    trial = outside(runner, [cell(student, 1), graded("t", test)]).trials["t"]
    assert (trial.passed, trial.ours) == (True, ""), trial.told


def test_what_an_exception_of_a_test_s_was_raised_from_stays_with_the_test(runner: Runner) -> None:
    student = (
        "def look(f):\n    try:\n        f()\n    except ValueError as error:\n"
        "        return [repr(error.__cause__), repr(error.__context__), vars(error)]\n"
    )
    test = """
def fails():
    try:
        raise KeyError("expected 42")
    except KeyError as error:
        problem = ValueError("no")
        problem.expected = 42
        raise problem from error
assert look(fails) == ["None", "None", {}]
"""
    trial = outside(runner, [cell(student, 1), graded("t", test)]).trials["t"]
    assert (trial.passed, trial.ours) == (True, ""), trial.told


def test_what_is_looked_at_between_tests_is_asked_by_none(runner: Runner) -> None:
    """A generator of the student's that an earlier test keeps is looked at, before the next cell runs."""
    steps = [
        cell(STUDENT, 1),
        graded("keeps", "kept = gen()\nassert next(kept) == 1"),
        cell("after = 1", 2),
        graded("other", "assert after == 1 and square(2) == 4"),
        cell("last = 1", 3),
    ]
    ran = run_outside(runner, steps, LIMITS, Surroundings(), TestTerms(learning=True))
    assert {name: (trial.passed, trial.told.used) for name, trial in ran.trials.items()} == {
        "keeps": (True, []),
        "other": (True, []),
    }


def test_a_generator_that_is_said_to_stand_beyond_its_buffer_is_not_put_there() -> None:
    """The student's process says where it stands, and numpy would read what lies behind the buffer."""
    old, new = np.random.RandomState(1), np.random.Generator(np.random.Philox(1))
    far = [old.get_state(legacy=False), new.bit_generator.state]
    far[0]["state"]["pos"], far[1]["buffer_pos"] = 10**6, 9
    for generator, state in zip((old, new), far, strict=True):
        with pytest.raises(ProtocolFault):
            set_state(generator, state)
    [(keys, place), pythons] = find_standings()
    for far_off in ([(keys, [10**6, *place[1:]]), None], [None, (pythons[0], [10**6, None])]):
        with pytest.raises(ValueError, match="beyond the buffer"):
            stand_at(far_off)


def test_generators_go_on_from_one_anothers_whatever_is_told_of_them() -> None:
    """Of two processes each begins where the other stopped; what they tell is as little as tells it."""
    here, there = Generators(find_standings()), Generators()
    first, both = here.tell(), find_standings()
    assert first == [None, None]
    there.follow(first)
    random.seed(5)
    np.random.seed(5)
    np.random.normal(size=3)
    there_stands = find_standings()
    answer = there.tell()
    stand_at(both)
    here.follow(answer)
    assert find_standings() == there_stands
    np.random.normal()
    [numpys, pythons] = here.tell()
    assert len(numpys) == 1 and pythons is None, "no keys are told that both know"
    after = find_standings()
    stand_at(there_stands)
    there.follow([numpys, pythons])
    assert find_standings() == after
    for wrong in ([None], [["x"], None], [[[]], None], [[[1.5, 0, 0.0]], None], "ab", [[[3], "k"], None]):
        with pytest.raises((ValueError, TypeError)):
            here.follow(wrong)
    assert find_standings() == after


def test_what_the_notebook_has_seeded_is_drawn_by_its_first_test(runner) -> None:
    seeded = "import random\nimport numpy as np\nrandom.seed(1)\nnp.random.seed(1)\ndraw = random.random"
    wanted = "assert draw() == 0.13436424411240122 and np.random.rand() == 0.417022004702574"
    steps = [cell(seeded), graded("t", wanted), graded("on", "assert random.random() == 0.8474337369372327")]
    trials = outside(runner, steps).trials
    assert trials["t"].passed and trials["on"].passed, trials


def test_a_comparison_that_fails_tells_both_sides(runner) -> None:
    ran = outside(
        runner,
        [cell("def f(x):\n    return x + 1"), graded("t", "assert f(1) == 3"), case("o", ">>> f(1)\n3")],
    )
    told = ran.trials["t"].told
    assert (told.answer, told.expected, told.line) == ("2", "3", 1)
    assert (ran.trials["o"].told.answer, ran.trials["o"].told.expected) == ("2\n", "3\n")


GIVEN = "def helper():\n    return 3"


@pytest.mark.parametrize(
    "terms",
    [{"wanted": ()}, {"wanted": ("helper",), "pins": {"helper": "helper"}, "helpers": GIVEN}],
    ids=["nothing that students receive names it", "it is the course's own"],
)
def test_what_a_test_takes_away_and_puts_back_is_the_notebooks_own_again(runner, terms) -> None:
    """The classic "does it call the helper?": what calls it afterwards finds it, cells and later tests."""
    takes = "kept = helper\ndel helper\ntry:\n    uses_helper()\nexcept NameError:\n    pass\n"
    takes += "else:\n    raise AssertionError('no')\n"
    steps = [
        cell(f"{GIVEN}\ndef uses_helper():\n    return helper() + 1\nlist_ = [1]"),
        graded("takes", f"{takes}finally:\n    helper = kept\nheld = list_\nlist_ = None\nlist_ = held"),
        cell("y = uses_helper() + len(list_)\nmine = helper.__globals__ is globals()", 2),
        graded("after", "assert y == 5 and mine and uses_helper() == 4"),
        graded("takes again", f"{takes}finally:\n    helper = kept"),
        graded("after that", "assert uses_helper() == 4"),
    ]
    ran = outside(runner, steps, **terms)
    assert [one.traceback for one in ran.cells] == ["", ""]
    assert {name: (one.passed, one.ours) for name, one in ran.trials.items()} == dict.fromkeys(
        ran.trials, (True, "")
    )


def test_a_function_may_read_what_it_is_passed_by_the_name_that_the_test_has_for_it(runner) -> None:
    """As in one process. What is not passed does not cross, whatever it is called."""
    steps = [
        cell(
            "def first(a):\n    return A[0]\ndef snoops(a):\n    return a == expected\n"
            "def last(a):\n    A.append(3)\n    return A[-1]"
        ),
        graded("passes", "A = [7, 8]\nassert first(A) == 7\nA = [5]\nassert first(a=A) == 5"),
        graded("again", "A.append(6)\nassert last(A) == 3 and first(A) == 5"),
        graded("does not", "expected = 4\nassert snoops(3 + 1)"),
        graded("another", "B = [1]\nA = [2]\nassert first(B) == 2"),
    ]
    ran = outside(runner, steps, wanted=(), reached=tuple(names_reached([steps[0].source])))
    assert {name: trial.passed for name, trial in ran.trials.items()} == {
        "passes": True,
        "again": True,
        "does not": False,
        "another": False,  # nor here: it passes in one process, and is found to do so before it is judged
    }


def test_names_that_functions_read_from_outside_are_told_from_their_own() -> None:
    source = (
        "%magic\ndef f(A, b=c):\n    d = A\n    return d + e + len(x for x in g)\nh = i\nclass K:\n    j = k"
    )
    assert {*names_reached([source, "not python("])} == {"e", "g", "k", "len"}


def test_a_test_that_needs_the_history_of_the_kernel_is_not_judged_outside(runner) -> None:
    steps = [
        cell("x = 1"),
        cell("x + 1", 2),
        graded("t", "assert 'x + 1' in In[2] and Out[2] == 2 and In[3]"),
    ]
    assert run_inside(runner, steps, LIMITS, Surroundings()).trials["t"].passed
    assert "history" in outside(runner, steps).trials["t"].ours


def test_a_function_that_a_profile_pins_and_the_course_does_not_define_is_no_fault_of_the_students(
    runner,
) -> None:
    steps = [cell("def f(x):\n    return x + 1"), graded("t", "assert f(1) == 2")]
    assert "adopt it again" in outside(runner, steps, pins={"f": "helper"}, helpers="").trials["t"].ours


def test_a_test_that_is_timed_is_judged_outside(runner) -> None:
    steps = [
        cell("def f(x):\n    return x + 1"),
        graded("holds", "%%time\nassert f(1) == 2"),
        graded("fails", "\n%%time\nassert f(1) == 3"),
    ]
    trials = outside(runner, steps).trials
    assert [trials["holds"].ours, trials["holds"].passed, trials["fails"].passed] == ["", True, False]
    assert trials["fails"].told.line == 3


def test_a_process_that_ends_costs_the_test_that_ended_it(runner) -> None:
    steps = [
        cell("x = 1\ndef end():\n    import os\n    os._exit(0)"),
        graded("before", "y = 5\nassert x == 1"),
        graded("ends", "end()"),
        graded("after", "assert x == 1 and y == 5"),
    ]
    trials = outside(runner, steps).trials
    assert {name: one.passed for name, one in trials.items()} == {
        "before": True,
        "ends": False,
        "after": True,
    }
    assert trials["ends"].ending is Ending.CRASHED and not trials["ends"].ours


@pytest.mark.soak
def test_what_is_lost_costs_itself_alone(runner) -> None:
    """An endless loop in a test, a process that ends itself, a loop in a cell: the other tests go on."""
    limits = replace(LIMITS, seconds_per_cell=0.5)
    steps = [
        cell("x = 1\ndef loop():\n    while True:\n        pass\ndef end():\n    import os\n    os._exit(0)"),
        graded("before", "y = 5\nassert x == 1"),
        graded("loops", "loop()"),
        graded("ends", "end()"),
        cell("while True:\n    try:\n        loop()\n    except BaseException:\n        pass", 2),
        graded("own loop", "while x == 1:\n    pass"),
        cell("z = 3", 3),
        graded("after", "assert z == 3 and x == 1 and y == 5"),
    ]
    ran = run_outside(runner, steps, limits, Surroundings(), TestTerms(learning=True))
    endings = {name: (trial.passed, trial.ending, trial.ours) for name, trial in ran.trials.items()}
    assert endings == {
        "before": (True, Ending.RETURNED, ""),
        "loops": (False, Ending.TIMED_OUT, ""),
        "ends": (False, Ending.CRASHED, ""),
        "own loop": (False, Ending.TIMED_OUT, ""),
        "after": (True, Ending.RETURNED, ""),
    }


COUNTING = """calls = []
def count(step=1):
    calls.append(step)
    return sum(calls)
def parts():
    yield from range(9)
left = parts()
class Box:
    def __len__(self):
        return count()
"""
ASKING = {
    "wrong": "assert count() == 5",
    "one": "assert calls == [1]",
    "in numpy": "import numpy as np\nnp.testing.assert_allclose(count(), 9)",
    "two": "assert calls == [1, 1]",
    "wrapped": "assert abs(count() - 7) < 1e-9, 'no'",
    "three": "assert len(calls) == 3",
    "next": "assert next(left) == 5",
    "went on": "assert next(left) == 1",
    "length": "assert len(Box()) == 0",
    "four": "assert count() == 5",
    "loop": "for k in (5, 0):\n    assert count(k) == 10",
    "last": "assert calls == [1, 1, 1, 1, 1, 5, 0]",
    "is": "box = Box()\nassert box is box",
}


def test_what_a_comparison_compared_is_told_without_asking_again(runner) -> None:
    """A function that counts its calls is called as often as with the tool."""
    steps = [cell(COUNTING), *(graded(*each) for each in ASKING.items())]
    here = outside(runner, steps).trials
    there = run_inside(runner, steps, LIMITS, Surroundings()).trials
    verdicts = {name: trial.passed for name, trial in here.items()}
    assert verdicts == {name: trial.passed for name, trial in there.items()}
    assert [name for name, passed in verdicts.items() if not passed] == [
        *("wrong", "in numpy", "wrapped", "next", "length")
    ]
    told = {name: (trial.told.answer, trial.told.expected) for name, trial in here.items()}
    assert [told[name] for name in ("wrong", "in numpy", "wrapped", "next")] == [
        *(("1", "5"), ("2", "9"), ("3", "7"), ("0", "5"))
    ]


def test_a_doctest_that_fails_asks_nothing_a_second_time(runner) -> None:
    steps = [cell(COUNTING), case("q", ">>> 5 == count()\nTrue\n>>> type(calls) == list\nTrue", "q")]
    steps.append(case("r", ">>> calls\n[1]", "r"))
    ran = outside(runner, steps).trials
    assert (ran["q"].told.answer, ran["q"].told.expected) == ("1", "5")
    assert ran["q"].told.statement == "5 == count()\n"
    assert ran["r"].passed
