# ruff: noqa: E501 - the sources of notebooks, as they are sent
"""Notebooks that want the grader, or its own process, to load what lies beside them."""

from autograder.doctor.attack import REACHING, Attack

_MODULES = (
    "numpy", "sitecustomize", "usercustomize", "ipykernel_launcher", "autograder", "json", "linecache", "ast",
    "traceback", "encodings", "matplotlib", "IPython",
)  # fmt: skip
_PLANT = (
    f"import os\nfor name in {_MODULES!r}:\n"
    "    open(name + '.py', 'w').write('raise SystemExit(\"planted\")')\n"
    "    os.makedirs('p/' + name, exist_ok=True); open(f'p/{name}/__init__.py', 'w').write('1/0')\n"
)

REACHING_ATTACKS = (
    Attack(REACHING, "modules with the names of ours beside the notebook", first=_PLANT),
    Attack(
        REACHING,
        "modules planted, then the process ended",
        first=_PLANT,
        answers={"last": "def last(x):\n    import os\n    os._exit(0)"},
        marks={"last": "crashed"},
    ),
    Attack(
        REACHING,
        "a module of its own, by its own code",
        first="open('helper.py', 'w').write('def three(x): return 3 * x')\nimport helper",
        answers={"last": "def last(x):\n    return helper.three(x)"},
    ),
    Attack(
        REACHING,
        "another folder before all others",
        first="import sys\nsys.path[:0] = ['/tmp', '.', '/nowhere']\nsys.meta_path.insert(0, None)",
    ),
    Attack(REACHING, "every module forgotten", first="import sys\nsys.modules.clear()", marks={}),
    Attack(
        REACHING,
        "builtins taken away",
        first="import builtins\nfor n in ('print', 'len', 'open', 'isinstance', '__import__'): delattr(builtins, n)",
    ),
)
