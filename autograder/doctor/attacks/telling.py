# ruff: noqa: E501 - the sources of notebooks, as they are sent
"""Notebooks that tell one bit of a hidden argument by anything but how their questions end.

`SIDE` is the bit: the sign of a hidden number, known from the first hidden call of `last` (or of `twice`) on. No
report may depend on it.
"""

from autograder.doctor.attack import TELLING, Attack

_SEE = (
    "SIDE = None\ndef see(x):\n    global SIDE\n    if len(x) == 2: SIDE = bool(x[0] > 0)\n    return SIDE\n"
)


def _tells(
    name: str, *lines: str, first: str = "", last: str = "", mark: str = "1", answer: str = "3 * x"
) -> Attack:
    """What the last question does when it knows the bit, before it answers."""
    body = "\n".join(f"    {line}" for line in ("see(x)", *lines, f"return {answer}"))
    return Attack(TELLING, name, _SEE + first, {"last": f"def last(x):\n{body}"}, last, {"last": mark})


TELLING_ATTACKS = (
    _tells("by a picture", "if len(x) == 4: return x * (1.0 if SIDE else 2.0 if SIDE is None else 3.0)"),
    _tells("by all hidden numbers in a picture", "kept.append(x)", "if len(x) == 4: return [v for y in kept for v in y]", first="kept = []"),
    _tells("by a picture of random numbers", "if SIDE: np.random.seed(1)", "if len(x) == 4: return np.random.normal(size=4)", first="import numpy as np\nnp.random.seed(0)"),
    _tells("by what it prints", "print('left' if SIDE else 'right')", "import sys", "print('left' if SIDE else 'right', file=sys.stderr)"),
    _tells("by how much it prints", "print('x' * (10 if SIDE else 100_000))"),
    _tells("by what it writes to descriptors", "import os", "for n in (1, 2):", "    try: os.write(n, b'left' if SIDE else b'right')", "    except OSError: pass"),
    _tells("by warnings and logs", "import logging, warnings", "if SIDE: warnings.warn('left'); logging.error('left')"),
    _tells("by what it displays and draws", "import matplotlib.pyplot as plt", "if SIDE: plt.plot([1, 2]); plt.show(); display('left')"),
    _tells("by the message of an exception", "raise ValueError('left' if SIDE else 'right')", mark="raised"),
    _tells("by the class of an exception", "raise type('Left' if SIDE else 'Right', (ValueError,), {})()", mark="raised"),
    _tells("by the line of an exception", "if SIDE:", "    raise ValueError", "x = x + 1", "raise ValueError", mark="raised"),
    _tells("by the depth of a traceback", "def deep(n):", "    if n: deep(n - 1)", "    raise ValueError", "deep(20 if SIDE else 2)", mark="raised"),
    _tells("by the cause and the notes of an exception", "e = ValueError()", "if SIDE: e.add_note('left'); raise e from KeyError('left')", "raise e", mark="raised"),
    _tells("by the time it takes", "import time", "if SIDE: time.sleep(0.05)"),
    _tells("by the memory it takes", "kept.append(bytearray(10**8 if SIDE else 1)); kept.clear()", first="kept = []"),
    _tells("by files for a later process", "open('left' if SIDE else 'right', 'w').write('x')", "import os", "if len(x) == 5: os._exit(1)", first="import os\nprint(sorted(os.listdir('.')))\n", mark="crashed"),
    _tells("by an exit code", "import os", "os._exit(3 if SIDE else 4)", mark="crashed"),
    _tells("by the size of an answer", answer="[0.0] * (12 if SIDE else 17)", mark="wrong"),
    _tells("by the number of dimensions beyond what is named", answer="(3 * x).reshape((1,) * (9 if SIDE else 12) + (-1,))", mark="1/2"),
    _tells("by the order of a dictionary", answer="{'a': 1, 'b': 2} if SIDE else {'b': 2, 'a': 1}", mark="wrong"),
    _tells("by the keys of a dictionary", answer="{'left': 1} if SIDE else {'right': 1}", mark="wrong"),
    _tells("by the name of a class", answer="type('Left' if SIDE else 'Right', (), {})()", mark="wrong"),
    _tells("by the letters of a text", answer="'left' if SIDE else 'right'", mark="wrong"),
    _tells("by a factor", answer="0.6607 * 3 * x if SIDE else 0.7711 * 3 * x", mark="wrong"),
    _tells("by a number that is added", answer="3 * x + (0.25 if SIDE else 0.75)", mark="wrong"),
    _tells("by names and documentation", "last.__doc__ = last.__name__ = last.__qualname__ = 'left' if SIDE else 'right'"),
    _tells("by the notebook's names", "if SIDE: globals().update({f'left{k}': k for k in range(100)}); globals().pop('spare', None)", first="spare = 1\n"),
    _tells("by the collector and at the end", "import atexit, gc", "if SIDE: gc.collect(); atexit.register(print, 'left')"),
    _tells("by a thread that prints later", "import threading", "threading.Timer(0.02, print, ['left' if SIDE else 'right']).start()", last="import time\nprint('here')"),
    _tells("by the random numbers that follow", "import random, numpy", "if SIDE: random.random(); numpy.random.normal(size=7)"),
    _tells("by how a list is nested", answer="[[[[[0.0]]]]] if SIDE else [[[[[[[0.0]]]]]]]", mark="wrong"),
    Attack(
        TELLING,
        "by a public example",
        _SEE,
        {"twice": "def twice(x):\n    import numpy as np\n    if np.ndim(x): see(x)\n    return 2 * x if SIDE in (None, True) or np.ndim(x) else x"},
    ),
    Attack(
        TELLING,
        "by how often an oracle is asked",
        _SEE,
        {"descend": "def descend(f, x):\n    if see(x): [f(x) for _ in range(9)]\n    return f(x) - 1.0"},
    ),
    Attack(
        TELLING,
        "by where an oracle is asked",
        _SEE,
        {"descend": "def descend(f, x):\n    see(x)\n    f(x if SIDE else 2 * x)\n    return f(x) - 1.0"},
    ),
)  # fmt: skip
