# ruff: noqa: E501 - the sources of notebooks, as they are sent
"""Notebooks that want hidden arguments, or the key, to appear anywhere their author can read."""

from autograder.doctor.attack import READING, Attack

_WRONG = "wrong"


def _in_last(
    name: str, *lines: str, first: str = "", last: str = "", mark: str = "1", says: str = ""
) -> Attack:
    """What is done with the hidden arguments of the last question, answered honestly or not."""
    body = "\n".join(f"    {line}" for line in lines)
    return Attack(
        READING, name, first, {"last": f"def last(x):\n{body}\n    return 3 * x"}, last, {"last": mark}, says
    )


READING_ATTACKS = (
    _in_last("hidden arguments printed", "print(x.tolist())", "import sys", "print(x.tolist(), file=sys.stderr)"),
    _in_last("hidden arguments printed by the real streams", "import os, sys",
             "for fd in range(10):", "    try: os.write(fd if fd != 3 else 1, repr(x.tolist()).encode())",
             "    except OSError: pass"),
    _in_last("hidden arguments displayed", "from IPython.display import display, HTML, Markdown",
             "display(x.tolist(), HTML(repr(x.tolist())), Markdown(repr(x.tolist())))"),
    _in_last("hidden arguments drawn", "import matplotlib.pyplot as plt", "plt.title(repr(x.tolist()))", "plt.plot(x)",
             "plt.show()"),
    _in_last("hidden arguments warned and logged of", "import logging, warnings",
             "warnings.warn(repr(x.tolist()))", "logging.warning(repr(x.tolist()))"),
    _in_last("hidden arguments raised", "raise ValueError(repr(x.tolist()))", mark="raised"),
    _in_last("hidden arguments as the name of an exception", "raise type(repr(x.tolist()), (ValueError,), {})()",
             mark="raised"),
    _in_last("hidden arguments as the name of a forged built-in",
             "import builtins", "kind = type(repr(x.tolist()), (ValueError,), {'__module__': 'builtins'})",
             "setattr(builtins, kind.__name__, kind)", "raise kind", mark="raised"),
    _in_last("hidden arguments as notes of an exception", "e = ValueError()", "e.add_note(repr(x.tolist()))",
             "raise ExceptionGroup(repr(x.tolist()), [e])", mark="raised"),
    _in_last("hidden arguments as the name of a type", "return type(repr(x.tolist()), (), {})()", mark=_WRONG),
    _in_last("hidden arguments returned", "return repr(x.tolist())", mark=_WRONG),
    _in_last("hidden arguments as keys", "return {repr(x.tolist()): x}", mark=_WRONG),
    _in_last("hidden arguments as a shape", "import numpy as np",
             "return np.zeros((0, int(abs(x[0]) * 1e9), int(abs(x[1]) * 1e9)))", mark=_WRONG),
    _in_last("hidden arguments as the width of text", "import numpy as np",
             "return np.zeros(0, dtype=f'U{int(abs(x[0]) * 1e5) + 1}')", mark=_WRONG),
    _in_last("hidden arguments as an exit code", "import os", "os._exit(137)", mark="crashed"),
    _in_last("hidden arguments as a signal", "import os", "os.kill(os.getpid(), 12)", mark="crashed"),
    _in_last("hidden arguments in names of files", "open(repr(x.tolist())[:200], 'w').write(repr(x.tolist()))",
             last="import os\nprint(os.listdir('.'))\nfor n in os.listdir('.'): print(open(n).read())"),
    _in_last("hidden arguments kept for a later cell", "kept.append(x.tolist())", first="kept = []",
             last="print(kept)\nimport threading, time\ndef tell():\n    time.sleep(0.3)\n    print(kept, flush=True)\n"
                  "threading.Thread(target=tell, daemon=True).start()"),
    _in_last("hidden arguments kept in what every cell shares", "import builtins, sys",
             "builtins.kept = sys.kept = x.tolist()", "type(get_ipython()).kept = builtins.kept",
             last="import builtins\nprint(getattr(builtins, 'kept', None))"),
    _in_last("hidden arguments in documentation", "last.__doc__ = last.__name__ = repr(x.tolist())",
             "last.__qualname__ = repr(x.tolist())"),
    _in_last("hidden arguments found in the caller's frames", "import sys", "f = sys._getframe(1)",
             "print({k: repr(v) for k, v in f.f_locals.items()})", "print([repr(v) for v in f.f_globals.values()])"),
    Attack(
        READING,
        "arguments of the oracle and the key asked for and printed",
        answers={"descend": "def descend(f, x):\n    import numpy as np\n    e = np.eye(len(x))\n"
                            "    print([float(f(v)) for v in e])\n    return f(x) - 1.0"},
    ),
    Attack(
        READING,
        "the oracle's insides",
        answers={"descend": "def descend(f, x):\n    import gc, inspect\n    found = [f.__closure__, f.__globals__, f.__code__]\n"
                            "    print([repr(c.cell_contents) for c in f.__closure__])\n"
                            "    print([repr(o) for o in gc.get_referents(f)])\n"
                            "    try: print(inspect.getsource(f))\n    except OSError: pass\n    return f(x) - 1.0"},
    ),
    Attack(
        READING,
        "the oracle kept and asked in a later question",
        first="kept = []",
        answers={"descend": "def descend(f, x):\n    kept.append((f, x))\n    return f(x) - 1.0",
                 "last": "def last(x):\n    for f, y in kept:\n        try: print(f(y))\n        except ValueError: pass\n"
                         "    return 3 * x"},
    ),
    Attack(
        READING,
        "the stand-in's answers printed and raised",
        answers={"after": "def after(x):\n    y = secret(x)\n    print(y.tolist())\n    raise ValueError(repr(y.tolist()))"},
        marks={"after": "raised"},
    ),
    Attack(
        READING,
        "the stand-in's insides",
        answers={"after": "def after(x):\n    import gc\n    print([repr(c.cell_contents) for c in secret.__closure__ or ()])\n"
                          "    return 2 * secret(x)"},
        marks={"after": "9/10"},
    ),
)  # fmt: skip
