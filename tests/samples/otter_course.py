"""A small Otter assignment of our own writing: its master, its tests, its autograder.zip."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nbgrader_course import cell, write_notebook

Cell = dict[str, Any]

OK_TEST = """OK_FORMAT = True

test = {
    "name": "q1",
    "points": 2,
    "suites": [
        {
            "cases": [
                {"code": ">>> square(2)\\n4", "hidden": False, "locked": False},
                {"code": ">>> square(-3) == 9\\nTrue", "hidden": True, "locked": False, "points": 1.5},
            ],
            "scored": True, "setup": "", "teardown": "", "type": "doctest",
        }
    ],
}
"""
EXCEPTION_TEST = """from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = None
all_or_nothing = True


@test_case(points=1, hidden=False, failure_message="Cubes keep the sign.")
def check_one(cube):
    assert cube(2) == 8


@test_case(points=2, hidden=True)
def check_two(env):
    assert env["cube"](-1) == -1
"""


def raw(text: str) -> Cell:
    """A raw cell, as masters mark their parts."""
    return cell(text, "raw")


SEEDED = """files:
- data.csv
seed:
  variable: rng_seed
  autograder_value: 7
  student_value: 3
"""


def master_cells(config: str = SEEDED) -> list[Cell]:
    """A master with a question that tests judge and one that a person marks."""
    shown = cell("assert square(2) == 4")
    hidden = cell("# HIDDEN\nassert square(-3) == 9")
    config = f"# ASSIGNMENT CONFIG\ninit_cell: true\nexport_cell: false\n{config}"
    return [
        raw(config),
        cell("rng_seed = 1"),
        raw("# BEGIN QUESTION\nname: q1\npoints: 2\n"),
        cell("Write `square`.", "markdown"),
        raw("# BEGIN SOLUTION"),
        cell("def square(x):\n    return x * x  # SOLUTION"),
        raw("# END SOLUTION"),
        raw("# BEGIN TESTS"),
        shown,
        hidden,
        raw("# END TESTS"),
        raw("# END QUESTION"),
        raw("# BEGIN QUESTION\nname: why\nmanual: true\npoints: 3  # for two reasons\n"),
        cell("Why?", "markdown"),
        raw("# BEGIN SOLUTION"),
        cell("Because.", "markdown"),
        raw("# END SOLUTION"),
        raw("# END QUESTION"),
    ]


def write_master(folder: Path, cells: Sequence[Cell] | None = None) -> Path:
    """A master with its data file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "data.csv").write_text("1,2\n")
    return write_notebook(folder / "squares.ipynb", master_cells() if cells is None else cells)


def write_zip(
    path: Path,
    tests: Mapping[str, str] | None = None,
    *,
    config: Any = None,
    files: Mapping[str, str] | None = None,
    prefix: str = "",
) -> Path:
    """An autograder.zip as `otter generate` makes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    environment = "name: otter-env\ndependencies:\n  - python=3.12\n  - pip:\n    - numpy>=2\n"
    entries = {"run_autograder": "#!/bin/bash\n", "environment.yml": environment}
    entries |= {"otter_config.json": config if isinstance(config, str) else json.dumps(config or {})}
    shown = {"q1.py": OK_TEST, "q2.py": EXCEPTION_TEST} if tests is None else tests
    entries |= {f"tests/{name}": text for name, text in shown.items()}
    entries |= {f"files/{name}": text for name, text in (files or {}).items()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in entries.items():
            archive.writestr(f"{prefix}{name}", text)
    return path
