"""What may be pasted into the solutions: computing, and nothing else."""

import numpy as np
import pytest

from autograder.questions.ready_mistake import NotReadyError, StudentSource, write_mistake

HEAD = "import os\nimport subprocess\nimport numpy as np\nimport numpy\nimport math\n"


def write(source: str, *, without: tuple[str, ...] = ()) -> str:
    """The mistake made of a notebook's `f`."""
    return write_mistake(
        StudentSource.read(HEAD + source),
        "f",
        "f_mistake",
        hint='Say "why".',
        without=without,
    )


@pytest.mark.parametrize(
    ("source", "given", "answer"),
    [
        ("def f(x):\n    return 2 * x", (3,), 6),
        ("def f(x: np.ndarray) -> np.ndarray:\n    return np.sqrt(x)", (4,), 2),
        ("def f(x: float) -> float:\n    '''Doc.'''\n    return np.sqrt(x)", (4,), 2),
        ("def f(x):\n    return np.linalg.norm(x)", ([3.0, 4.0],), 5),
        ("from numpy.linalg import norm\ndef f(x):\n    return norm(x)", ([3.0, 4.0],), 5),
        ("from numpy import linalg\ndef f(x):\n    return linalg.norm(x)", ([3.0, 4.0],), 5),
        ("def f(x):\n    import numpy.linalg as la\n    return la.norm(x)", ([3.0, 4.0],), 5),
        ("def f(x):\n    return math.sqrt(x)", (9,), 3),
        ("def f(x):\n    return numpy.sum(x)", ([1, 2],), 3),
        ("k = 3\ndef g(y):\n    return k * y\ndef f(x):\n    return g(x) + k", (2,), 9),
        ("def f(n):\n    return 1 if n < 2 else n * f(n - 1)", (5,), 120),
        ("def g(n):\n    return f(n - 1) if n else 7\ndef f(n):\n    return g(n)", (3,), 7),
        ("def f(x):\n    if x < 0:\n        raise ValueError('negative')\n    return x", (1,), 1),
        ("def f(x, *, k=2):\n    return [k * i for i in x]", ([1, 2],), [2, 4]),
        ("x = open('a')\ndef f(x):\n    return x", (1,), 1),
        ("def f(x):\n    step = lambda a: a + 1\n    return step(x)", (1,), 2),
        ("import numpy as onp\ndef f(x):\n    return onp.abs(x)", (-1,), 1),
    ],
)
def test_what_computes_is_written_whole(source, given, answer):
    """With helpers, constants and imports, under its new name, with the hint for a docstring."""
    namespace = {"np": np, "f": lambda *_: pytest.fail("the reference was called")}
    exec(write(source), namespace)
    made = namespace["f_mistake"]
    assert made(*given) == answer
    assert made.__doc__ == 'Say "why".'


def test_what_the_solutions_have_themselves_is_left_to_them():
    """A function in whose place a reference stood is not written along."""
    made = write("def g(x):\n    return 0\ndef f(x):\n    return g(x) + 1", without=("g",))
    namespace = {"np": np, "g": lambda x: 10 * x}
    exec(made, namespace)
    assert namespace["f_mistake"](2) == 21


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    return open('secret').read()",
        "def f(x):\n    return eval('1')",
        "def f(x):\n    return exec('1')",
        "def f(x):\n    return os.system('true')",
        "def f(x):\n    return subprocess.run('true')",
        "def f(x):\n    import os\n    return os.getcwd()",
        "def f(x):\n    from os import system\n    return system('true')",
        "def f(x):\n    return __import__('os')",
        "def f(x):\n    return x.__class__.__mro__",
        "def f(x):\n    return f'{x.__class__}'",
        "def f(x):\n    return '{0.__class__}'.format(x)",
        "def f(x):\n    return getattr(x, 'real')",
        "def f(x):\n    return np.load('a.npy', allow_pickle=True)",
        "def f(x):\n    return np.fromfile('a')",
        "def f(x):\n    np.savetxt('a', x)",
        "def f(x):\n    x.tofile('a')",
        "def f(x):\n    x.dump('a')",
        "def f(x):\n    return np.ctypeslib.load_library('a', 'b')",
        "def f(x):\n    return np.lib.npyio.os.system('true')",
        "def f(x):\n    np.seterr(all='raise')",
        "def f(x):\n    return np.random.rand()",
        "def f(x):\n    return (lambda m: m.os)(np)",
        "def f(x):\n    p = np\n    return p.os",
        "def f(x):\n    return [np][0].load('a')",
        "def f(x):\n    global f\n    return 1",
        "def f(x):\n    with x:\n        return 1",
        "def f(x):\n    try:\n        return 1\n    except Exception:\n        return 2",
        "def f(x):\n    class A:\n        pass\n    return A",
        "def f(x):\n    yield 1",
        "async def f(x):\n    return 1",
        "def f(x):\n    print(x)",
        "def f(x):\n    return input()",
        "def f(x):\n    return globals()",
        "def f(x):\n    return unknown(x)",
        "h = open('a')\ndef f(x):\n    return h",
        "def g(x):\n    return open('a')\ndef f(x):\n    return g(x)",
        "def g(x):\n    return 1\ndef f(x, y=g(open('a'))):\n    return 1",
        "from numpy import load\ndef f(x):\n    return load('a')",
        "from numpy import *\ndef f(x):\n    return dot(x, x)",
        "from scipy import linalg\ndef f(x):\n    return linalg.inv(x)",
        "import numpy.lib.npyio as io\ndef f(x):\n    return io.os",
        "@staticmethod\ndef f(x):\n    return 1",
        "f = lambda x: 1",
        "class f:\n    pass",
        "x = 1",
        "def f(:",
        "def f(x):\n" + "    x = x + 1\n" * 200 + "    return x",
        "def f(*x):\n    return f(*x)",
    ],
)
def test_whatever_else_a_function_does_it_is_left_to_a_person(source):
    """Files, settings, other modules, attributes that lead further, statements that are no computing."""
    with pytest.raises(NotReadyError):
        write(source)
