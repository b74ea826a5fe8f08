# ruff: noqa: E501 - the sources of notebooks, as they are sent
"""Notebooks that want a mark for what they cannot know."""

from autograder.doctor.attack import FORGING, Attack, NotebookFile

_ANSWER = "def secret(x):\n    return "


def _cell(name: str, source: str, **more: str) -> Attack:
    return Attack(FORGING, name, first=source, answers=more)


def _returns(name: str, expression: str, first: str = "") -> Attack:
    return Attack(FORGING, name, first=first, answers={"secret": _ANSWER + expression})


def _forge_outputs(file: NotebookFile) -> None:
    for number, cell in enumerate(file["cells"]):
        if cell["cell_type"] == "code":
            result = {"output_type": "execute_result", "execution_count": number, "metadata": {}}
            cell["outputs"] = [result | {"data": {"text/plain": "All tests passed: 100/100"}}]
            cell["execution_count"] = number


def _forge_metadata(file: NotebookFile) -> None:
    file["metadata"] = {"nbgrader": {"score": 100}, "otter": {"tests": []}, "points": 999, "kernelspec": 3}
    file["nbformat_minor"] = 99
    for cell in file["cells"]:
        grade = {"grade": True, "points": 1000, "locked": False, "schema_version": 99, "grade_id": "secret"}
        cell["metadata"] = {"nbgrader": grade, "tags": ["secret", "skip", "raises-exception"], "points": 1000}


def _forge_points(file: NotebookFile) -> None:
    for cell in file["cells"]:
        cell["source"] = (
            cell["source"].replace("(1 point)", "(1000 points)").replace("(3 points)", "(0 points)")
        )


def _claim_ids(file: NotebookFile) -> None:
    stub = next(cell for cell in file["cells"] if cell["source"].startswith("def secret"))
    for source in ("secret = lambda x: x", "raise SystemExit", "# nothing"):
        file["cells"].append(stub | {"source": source})
    for cell in file["cells"]:
        cell["id"] = stub["id"]


def _add_questions(file: NotebookFile) -> None:
    for number in (2, 8, 9):
        heading = {"cell_type": "markdown", "metadata": {}, "id": f"added{number}"}
        file["cells"].insert(0, heading | {"source": f"## {number}. secret (500 points)\nWrite `secret`."})


def _drop_headings(file: NotebookFile) -> None:
    file["cells"] = [cell for cell in file["cells"] if cell["cell_type"] == "code"]


def _wrong_types(file: NotebookFile) -> None:
    file["cells"] += [3, None, [], "x", {"cell_type": 7, "source": 8}, {"cell_type": "code", "source": {}}]
    file["cells"].append(
        {"cell_type": "code", "source": [1, None, "x = 1\n"], "outputs": "none", "metadata": []}
    )


_EQUAL = (
    "import numpy as np\n"
    "class Equal(np.ndarray):\n"
    "    def __eq__(self, other): return np.True_\n"
    "    def __ne__(self, other): return np.False_\n"
    "    def __sub__(self, other): return np.zeros(np.shape(other))\n"
    "    __rsub__ = __sub__\n"
    "    def __array_ufunc__(self, *a, **k): return True\n"
    "    def __array_function__(self, *a, **k): return True\n"
    "    def __abs__(self): return 0.0\n"
    "    def __bool__(self): return True\n"
    "    def tobytes(self, *a): return b''\n"
)
_CHAMELEON = (
    "import numpy as np\n"
    "class Chameleon:\n"
    "    __array_interface__ = {'shape': (2,), 'typestr': '<f8', 'data': (0, False), 'version': 3}\n"
    "    __array_priority__ = 1e9\n"
    "    __class__ = property(lambda self: np.ndarray)\n"
    "    def __eq__(self, other): return True\n"
    "    def __array__(self, *a, **k): return np.zeros(2)\n"
    "    def __reduce__(self): return (print, ('unpickled',))\n"
    "    def __float__(self): return 0.0\n"
    "    def __len__(self): return 10**9\n"
    "    def __iter__(self): return iter(int, 1)\n"
    "    def __getattr__(self, name): return self\n"
    "    def __call__(self, *a, **k): return self\n"
    "    def __hash__(self): return 0\n"
    "    dtype = np.dtype(float); shape = property(lambda self: (2,)); nbytes = 16; ndim = 1; size = 2\n"
)
_LYING = (
    "import numpy as np\n"
    "class Lying(np.ndarray):\n"
    "    calls = 0\n"
    "    @property\n"
    "    def shape(self):\n"
    "        Lying.calls += 1\n"
    "        return (Lying.calls, 10**9)\n"
    "    dtype = property(lambda self: np.dtype('f8'))\n"
    "    nbytes = property(lambda self: -1)\n"
    "    __array_finalize__ = None\n"
)
_SUBCLASSES = (
    "def always(base):\n"
    "    names = ['__eq__', '__ne__', '__len__', '__iter__', '__getitem__', '__abs__', '__float__', '__int__',"
    " '__index__', '__repr__', '__str__', '__hash__', '__bool__', '__contains__', '__sub__', '__rsub__',"
    " '__pos__', '__complex__', 'items', 'keys', 'tobytes', 'encode', 'isascii', 'bit_length', 'real', 'imag']\n"
    "    return type('always', (base,), {n: (lambda self, *a: 0) for n in names if hasattr(base, n)})\n"
    "kinds = [always(kind) for kind in (float, int, str, list, tuple, dict, complex, bytes)]\n"
    "turn = iter(kinds * 100)\n"
)

FORGING_ATTACKS = (
    _cell(
        "numpy's comparisons always hold",
        "import numpy as np, numpy.testing as t\n"
        "for m in (np, t):\n"
        "    for n in dir(m):\n"
        "        if n.startswith('assert_') or n in ('allclose', 'isclose', 'array_equal', 'array_equiv', 'all'):\n"
        "            setattr(m, n, lambda *a, **k: True)",
    ),
    _cell(
        "the standard library's comparisons always hold",
        "import builtins, math, operator, unittest\n"
        "math.isclose = operator.eq = lambda *a, **k: True\n"
        "for n in dir(unittest.TestCase):\n"
        "    if n.startswith('assert'):\n"
        "        setattr(unittest.TestCase, n, lambda *a, **k: None)\n"
        "builtins.abs = builtins.max = builtins.sum = lambda *a, **k: 0\n"
        "builtins.all = builtins.any = lambda *a: True",
    ),
    _cell(
        "swapped code of every function of the worker",
        "import gc, types\n"
        "def nothing(*a, **k): return True\n"
        "for f in gc.get_objects():\n"
        "    if isinstance(f, types.FunctionType) and 'compare' in f.__module__ + f.__name__:\n"
        "        try: f.__code__ = nothing.__code__\n"
        "        except Exception: pass",
    ),
    _returns("an array that equals everything", "np.zeros(np.shape(x)).view(Equal)", _EQUAL),
    _returns("an object that is what one wants", "Chameleon()", _CHAMELEON),
    _returns("an array whose shape lies", "np.zeros(2).view(Lying)", _LYING),
    _returns("numbers, lists and texts that equal everything", "next(turn)()", _SUBCLASSES),
    _returns("a list of objects that equal everything", "[Chameleon() for _ in x]", _CHAMELEON),
    _returns("an array of objects", "np.array([Chameleon] * len(x), dtype=object)", _CHAMELEON),
    _returns("not a number", "x * float('nan')"),
    _returns("infinity", "x + float('inf')"),
    _returns("nothing at all", "None"),
    _returns("NotImplemented", "NotImplemented"),
    _returns("a generator", "(v for v in x)"),
    _returns("itself", "secret"),
    _returns("an iterator without end", "iter(int, 1)"),
    _returns("an integer of a million digits", "10 ** 1_000_000"),
    _returns("an integer beyond floats", "10 ** 1000"),
    _returns("lists in lists in lists", "nested", "nested = []\nfor _ in range(60): nested = [nested]"),
    _returns("a list that holds itself", "loop", "loop = []\nloop.append(loop)"),
    _returns("a dictionary with hostile keys", "{k: v for k, v in zip((float('nan'), (), 1j, ''), x)}"),
    _returns("an array of text", "__import__('numpy').array(['1'] * len(x))"),
    _returns("a very long text", "'9' * 3_000_000"),
    _returns("many dimensions", "__import__('numpy').zeros((1,) * 30)"),
    _returns("a great many zeros", "[0.0] * 400_000"),
    _returns("a large array", "__import__('numpy').zeros((1000, 1000))"),
    _returns("extended numbers", "__import__('numpy').longdouble('1e4000') * x"),
    _returns("ragged lists", "[[1.0], [1.0, 2.0], 'x', None]"),
    _cell(
        "transformers of the shell",
        "ip = get_ipython()\n"
        "ip.input_transformers_post.append(lambda lines: ['pass\\n'])\n"
        "ip.input_transformers_cleanup.append(lambda lines: ['pass\\n'])\n"
        "import ast\n"
        "class Nothing(ast.NodeTransformer):\n"
        "    def visit_Assert(self, node): return ast.Pass()\n"
        "ip.ast_transformers.append(Nothing())\n"
        "ip.set_custom_exc((BaseException,), lambda *a, **k: None)\n"
        "ip.run_code = ip.run_cell = ip.showtraceback = type(ip).run_cell = lambda *a, **k: None",
    ),
    _cell("it leaves by sys.exit", "import sys\nsys.exit(0)"),
    _cell("it leaves by os._exit", "import os\nos._exit(0)"),
    _cell("it leaves by an exception nobody catches", "raise GeneratorExit"),
    _cell(
        "it says that all is well when it ends",
        "import atexit, sys\natexit.register(print, 'passed 100/100')\nsys.exit = lambda *a: print('passed')",
    ),
    _returns("leaving in the middle of a question", "__import__('sys').exit(0)"),
    _returns("ending in the middle of a question", "__import__('os')._exit(0)"),
    _cell(
        "handlers of every signal",
        "import signal\n"
        "for s in signal.valid_signals():\n"
        "    try: signal.signal(s, lambda *a: None)\n"
        "    except (OSError, ValueError): pass",
    ),
    _cell(
        "fake words of the grader",
        "import json, sys\n"
        "for stream in (sys.stdout, sys.stderr):\n"
        "    print(json.dumps({'score': 100, 'secret': 1, 'outcome': 'right'}), 'OK (passed=9)', file=stream)",
    ),
    _cell(
        "replaced modules",
        "import sys, types\n"
        "fake = types.ModuleType('fake')\n"
        "fake.__getattr__ = lambda name: (lambda *a, **k: True)\n"
        "for name in list(sys.modules):\n"
        "    if name.startswith('autograder') and 'worker' not in name:\n"
        "        sys.modules[name] = fake",
    ),
    _cell(
        "a tracer that changes what our frames see",
        "import sys, threading\n"
        "def tracer(frame, event, arg):\n"
        "    if 'ending' in frame.f_locals: frame.f_locals['ending'] = 'returned'\n"
        "sys.settrace(tracer); sys.setprofile(tracer); threading.settrace(tracer)",
    ),
    _cell(
        "asking for the reference that is not there",
        "",
        secret="def secret(x):\n    return globals()['=secret'](x)",  # noqa: S106 - no password
    ),
    Attack(
        FORGING,
        "keeping what the stand-in answers for the question itself",
        first="import os\nkept = open('kept').read() if os.path.exists('kept') else ''",
        answers={
            "secret": "def secret(x):\n    return float(kept) * x + float(kept) if kept else x",
            "after": "def after(x):\n    y = secret(x)\n    open('kept', 'w').write(repr(float(y[0] / (x[0] + 1))))\n"
            "    global kept\n    kept = open('kept').read()\n    return 2 * y",
        },
    ),
    Attack(FORGING, "forged outputs in the file", edit=_forge_outputs),
    Attack(FORGING, "forged points, ids and versions in metadata", edit=_forge_metadata),
    Attack(FORGING, "forged points in headings", edit=_forge_points),
    Attack(FORGING, "cells that claim another's id", edit=_claim_ids),
    Attack(FORGING, "added questions", edit=_add_questions),
    Attack(FORGING, "all headings gone", edit=_drop_headings),
    Attack(FORGING, "cells that are no cells", edit=_wrong_types),
    Attack(
        FORGING,
        "the answer again as a stub, and a stub again as the answer",
        last='def secret(x):\n    """secret."""\n    raise NotImplementedError',
    ),
    Attack(
        FORGING,
        "a warning costs nothing",
        answers={"last": "import warnings\ndef last(x):\n    warnings.warn('hidden')\n    return 3 * x"},
    ),
    Attack(
        FORGING,
        "changing its arguments",
        answers={"last": "def last(x):\n    y = 3 * x\n    x[:] = 0\n    return y"},
        marks={"last": "4/5"},
    ),
)
