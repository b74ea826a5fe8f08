# ruff: noqa: E501, ISC004 - attacks are programs, each on as few lines as it takes
"""Ways to earn a mark that was not earned: none earns one where no student code is.

The first ten are known from the field and most work in nbgrader; the others aim at what is new here, the wire
between the two processes and what is believed of things that stay with the student.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from confined import confined_runner
from foreign_assignment import STUB, nbgrader, submit
from patience import PATIENT

from autograder.domain.course import AdoptionSettings
from autograder.domain.submission import ReceivedBy, Submission
from autograder.foreign.model import Where
from autograder.foreign.prove import prove_assignment
from autograder.grading.adopted import OpenAdopted, grade_adopted, open_adopted
from autograder.sandbox.runner import Runner

LIMITS = replace(PATIENT, memory_mb=900, seconds_per_cell=5.0)
PROVIDED = "import numpy as np\nimport pandas as pd\ndef close(a, b):\n    return bool(np.allclose(a, b))"
BOX = """class Box:
    def __init__(self, x):
        self.x = x
    def area(self):
        return self.x ** 2
    def __eq__(self, other):
        return self.x == other.x"""
ANSWERS = {
    "sq": (STUB.format("square"), "def square(x):\n    return x * x"),
    "mean": (STUB.format("mean"), "def mean(v):\n    return float(np.mean(v))"),
    "table": ("table = None", "table = pd.DataFrame({'a': [1, 2]})\nanswer = 42.0"),
    "box": ("class Box:\n    pass", BOX),
}
TESTS = {
    "t_square": (
        "sq",
        "assert square(3) == 9\nassert np.allclose(square(np.arange(4.0)), [0, 1, 4, 9])\nassert square(12) == 144",
    ),
    "t_near": ("sq", "assert abs(square(5) - 25) < 1e-9"),
    "t_helper": ("sq", "assert close(square(7), 49)"),
    "t_callback": ("sq", "expected = 64\nassert square(8) == expected"),
    "t_mean": (
        "mean",
        "from numpy.testing import assert_allclose\nassert_allclose(mean([1, 2, 6]), 3)\n"
        "assert isinstance(mean([1.0, 2.0]), float)\nassert all(abs(mean([k, k]) - k) < 1e-9 for k in range(3))",
    ),
    "t_raises": (
        "mean",
        "try:\n    mean('text')\nexcept TypeError:\n    pass\nelse:\n    raise AssertionError\nassert mean([4, 6]) == 5",
    ),
    "t_table": ("table", "assert table.equals(pd.DataFrame({'a': [1, 2]}))\nassert len(table) == 2"),
    "t_answer": ("table", "assert np.isclose(answer, 42)\nassert answer == 42"),
    "t_box": ("box", "b = Box(3)\nassert b.area() == 9\nassert Box(2).x == 2"),
}
EVERYTHING = """class Y:
    def __eq__(self, other): return True
    __ne__ = lambda self, other: False
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __eq__
    def __sub__(self, other): return 0.0
    __rsub__ = __add__ = __radd__ = __mul__ = __abs__ = lambda self, *a: 0.0
    def __bool__(self): return True
    def __len__(self): return 2
    def __call__(self, *a, **k): return Y()
    def __getattr__(self, name):
        if name.startswith('__array'): raise AttributeError(name)
        return lambda *a, **k: True
    def __iter__(self): return iter([])
    __hash__ = None
"""
RETURN_Y = "def square(x): return Y()\ndef mean(v): return Y()\ntable = answer = Y()\nBox = lambda x: Y()\n"
WRONG = (
    "def square(x): return 0\ndef mean(v): return 0.0\ntable = pd.DataFrame({'a': [0]})\nanswer = 0.0\n"
    "class Box:\n    def __init__(self, x): self.x = 0\n    def area(self): return 0\n"
)
SEND = """import os, struct
def send(*headers):
    for header in headers:
        header = header.encode()
        os.write(3, struct.pack('<IH', len(header), 0) + header)
"""
ATTACKS = {
    # Known from the field.
    "an object that is equal to everything": EVERYTHING + RETURN_Y,
    "a float that lies": "class F(float):\n    def __eq__(s, o): return True\n    def __sub__(s, o): return 0.0\n"
    "    def __lt__(s, o): return True\ndef square(x): return F(0)\nmean = square\nanswer = F(0)\n",
    "numpy's comparisons patched": "import numpy.testing\nnp.allclose = np.isclose = lambda *a, **k: True\n"
    "np.testing.assert_allclose = lambda *a, **k: None\n" + WRONG,
    "later cells emptied": "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])\n"
    + WRONG,
    "the parser patched": "import ast\nget_ipython().compile.ast_parse = lambda *a, **k: ast.parse('pass')\n"
    + WRONG,
    "names rebound": "class M:\n    def __getattr__(s, n): return lambda *a, **k: True\n"
    + WRONG
    + "np = pd = M()\nall = any = isinstance = abs = lambda *a: True\n",
    "the test read from the stack": "import sys, re, linecache\ndef square(x):\n    f = sys._getframe(1)\n    while f:\n"
    "        t = ''.join(linecache.getlines(f.f_code.co_filename))\n"
    "        m = re.search(r'square\\(%s\\)[^0-9]*(\\d+)' % x, t)\n        if m: return int(m.group(1))\n"
    "        f = f.f_back\n    return 0\n",
    "frames searched for what is expected": "import sys\ndef square(x):\n    f = sys._getframe(1)\n    while f:\n"
    "        if 'expected' in f.f_globals: return f.f_globals['expected']\n        f = f.f_back\n    return 0\n",
    "the process ends well": "import os\ndef square(x): os._exit(0)\nmean = square\nclass Box:\n"
    "    def __init__(self, x): os._exit(0)\n",
    "the reply of the shell forged": "ip = get_ipython()\ntype(ip).showtraceback = lambda *a, **k: None\n"
    "type(ip).run_cell = lambda *a, **k: None\n" + WRONG,
    # What stays with the student.
    "a frame that equals every frame": "class T(pd.DataFrame):\n    def equals(self, other): return True\n"
    + WRONG
    + "table = T({'a': [0, 0]})\n",
    "a method that judges": "class T:\n    def equals(self, other): return True\n    def __len__(self): return 2\n"
    + WRONG
    + "table = T()\n",
    "an array of a class that lies": "class A(np.ndarray):\n    def __eq__(s, o): return True\n"
    "    def __array_function__(s, f, t, a, k): return True\n    def __array_ufunc__(s, u, m, *a, **k): return np.True_\n"
    "def square(x): return np.zeros(()).view(A)\nmean = square\nanswer = square(0)\n",
    "arithmetic that lies": EVERYTHING + WRONG + "def square(x): return Y()\n",
    "a number that grows with each question": "class N:\n    n = 0\n    def __float__(self):\n        N.n += 1\n"
    "        return float(N.n)\n    def __array__(self, *a, **k): return np.zeros(4)\n    def __eq__(self, o): return True\n"
    "def square(x): return N()\ndef mean(v): return N()\nanswer = N()\n",
    "a class that says it is float": "class L:\n    __class__ = float\n    def __eq__(self, o): return True\n"
    "    def __sub__(self, o): return 0.0\n    def __float__(self): return 0.0\ndef mean(v): return L()\nsquare = mean\n",
    "a mock": "from unittest.mock import MagicMock, ANY\nsquare = mean = Box = MagicMock\ntable = MagicMock()\n"
    "answer = ANY\n",
    "a function of a library": "import operator, unittest.mock\nsquare = operator.truth\nmean = operator.not_\n"
    "answer = unittest.mock.ANY\ntable = unittest.mock\nBox = unittest.mock.call\n",
    "a truth that is returned": "def square(x): return NotImplemented\nmean = square\nanswer = ...\ntable = True\n",
    "a tuple of a class that lies": "from collections import namedtuple\nclass P(namedtuple('P', 'a')):\n"
    "    def __eq__(s, o): return True\ndef square(x): return P(1)\nmean = square\n",
    "a dictionary and a key that lie": "class K(str):\n    def __eq__(s, o): return True\n    def __hash__(s): return 0\n"
    "def square(x): return {K('a'): 1}\nmean = square\n",
    # What ends a test.
    "the end of the interpreter raised": "def square(x): raise SystemExit(0)\ndef mean(v): raise GeneratorExit\n"
    "class Box:\n    def __init__(self, x): raise KeyboardInterrupt\n",
    "exceptions that are caught": "def square(x): raise AssertionError\ndef mean(v): raise TypeError\n",
    "the helper rebound": WRONG + "def close(a, b): return True\n",
    "the helper rebound by a class": EVERYTHING + WRONG + "close = Y()\nnp.allclose = Y()\n",
    # The wire.
    "an account of a test forged": SEND + 'done = \'["l","tested",["d",["passed",true]]]\'\n'
    "def square(x):\n    send(done)\n    return 0\nmean = square\n",
    "answers sent ahead": SEND + 'yes = \'["l","peer",["l","v",["l",true,["l"],null],"","",null]]\'\n'
    "def square(x):\n    send(*[yes] * 50)\n    return 0\nmean = square\n",
    "questions to the tests": SEND + 'ask = \'["l","peer",["l","?",null,"%s",%s]]\'\n'
    'def square(x):\n    send(ask % (\'attribute\', \'["l","y",0],"__globals__"\'), ask % (\'names\', \'["l","expected"]\'))\n'
    "    return os.read(3, 1000)\nmean = square\n",
    "a pickle sent to the tests": SEND + "import pickle\nraw = pickle.dumps(print)\n"
    'def square(x):\n    head = (\'["l","peer",["l","v",["l",["l","p",["a","|u1",%d]],["l"],null],"","",null]]\' % len(raw)).encode()\n'
    "    os.write(3, struct.pack('<IHQ', len(head), 1, len(raw)) + head + raw)\n    return 0\nmean = square\n",
    "the one that answers replaced": "import gc\nfor thing in gc.get_objects():\n"
    "    if type(thing).__name__ in ('StudentSide', 'Child', 'CellRunner'):\n"
    "        for name in ('_tell', 'handle', '_spell_error'):\n"
    "            if hasattr(type(thing), name): setattr(type(thing), name, lambda *a, **k: ['value', True])\n"
    + WRONG,
    "a library's class claimed": SEND
    + "import sys\nsys.modules['expected_values'] = sys\nclass Table:\n    pass\nTable.__module__ = 'pandas'\n"
    "Table.__qualname__ = Table.__name__ = 'DataFrame'\nTable.equals = lambda *a: True\nTable.__len__ = lambda s: 2\n"
    "table = Table()\n" + WRONG.replace("table =", "_ ="),
}


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with confined_runner(preload=("pandas",)) as made:
        yield made


@pytest.fixture(scope="module")
def opened(runner, tmp_path_factory) -> OpenAdopted:
    folder = tmp_path_factory.mktemp("forging")
    assignment = nbgrader(PROVIDED, ANSWERS, TESTS)
    profiles = prove_assignment(assignment, folder, runner, LIMITS)
    assert {profile.where for profile in profiles} == {Where.OUTSIDE}, profiles
    settings = AdoptionSettings("adopted/hw")
    return open_adopted(
        assignment, profiles, folder, settings=settings, limits=LIMITS, revision="r", title=""
    )


def marks(runner, opened: OpenAdopted, answers: dict[str, str]) -> dict[str, float]:
    content = submit(opened.assignment, answers)
    submission = Submission("eve", "hw", content, datetime(2026, 1, 1, tzinfo=UTC), ReceivedBy.SERVER)
    report = grade_adopted(submission, opened, runner)
    wrong = {"SyntaxError", "NameError", "AttributeError"}
    assert not [one.traceback for one in report.cells if one.exception in wrong], "the attack itself is wrong"
    return {verdict.question: float(verdict.earned or 0) for verdict in report.verdicts}


def test_the_solution_earns_everything(runner, opened) -> None:
    earned = marks(runner, opened, {name: solution for name, (_, solution) in ANSWERS.items()})
    assert earned == dict.fromkeys(TESTS, 2.0)


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_earns_nothing(runner, opened, attack: str) -> None:
    """The attack stands in the first answer, and once more in the last; all others are empty."""
    text = ATTACKS[attack]
    empty = dict.fromkeys(ANSWERS, "pass")
    assert set(marks(runner, opened, {**empty, "sq": text}).values()) == {0.0}


def test_there_are_thirty() -> None:
    assert len(ATTACKS) >= 30
