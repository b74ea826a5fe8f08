"""A test and the student's code find each other's files; nothing in them runs where no student code is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from foreign_assignment import STUB, nbgrader
from foreign_steps import cell, graded
from patience import PATIENT

from autograder.foreign.model import ForeignFile, Where
from autograder.foreign.prove import prove_assignment
from autograder.foreign.session import Surroundings, TestTerms, run_inside, run_outside
from autograder.sandbox.protocol import ProtocolFault
from autograder.sandbox.worker.shared_files import SharedFolder, TooManyFilesError

LIMITS = replace(PATIENT, memory_mb=900)
COURSE = (("given.csv", b"1,2\n"), ("tools/helpers.py", b"def double(x):\n    return 2 * x\n"))
STUDENT = """
import json, os, sys
from pathlib import Path
sys.path.append("./tools")
from helpers import double
def write(folder, text):
    path = os.path.join(folder, "answer.txt")
    with open(path, "w") as file:
        file.write(text)
    return path
def read(path):
    return Path(path).read_text()
def there(folder):
    return sorted(os.listdir(folder))
def remove(path):
    os.remove(path)
Path("out").mkdir()
Path("out/table.csv").write_text("3,4\\n")
Path("given.csv").write_text("5,6\\n")
"""
IN_A_FOLDER = """
import tempfile, os
from pathlib import Path
with tempfile.TemporaryDirectory() as folder:
    assert there(folder) == []
    path = write(Path(folder), "abc")
    assert path == os.path.join(folder, "answer.txt") and open(path).read() == "abc"
    Path(path).write_text("xyz")
    assert read(path) == "xyz" and read(Path(path)) == "xyz" and there(folder) == ["answer.txt"]
    write(folder, "uvw")
    assert Path(path).read_text() == "uvw"
    remove(path)
    assert not Path(path).exists() and there(folder) == []
assert not os.path.exists(folder)
try:
    there(folder)
except FileNotFoundError:
    pass
else:
    raise AssertionError
"""
STEPS = [
    cell(STUDENT),
    graded("reads", "assert open('out/table.csv').read() == '3,4\\n'"),
    graded("in a folder", IN_A_FOLDER),
    graded("of the course", "from helpers import double\nassert double(2) == 4"),
    graded("binds", "with open('left.txt', 'w') as file:\n    _ = file.write('left')"),
    cell("found = open('left.txt').read()", 2),
    graded("left", "assert found == 'left'"),
]


def outside(runner, steps, sharing=None, **terms):
    names = [step.test.name for step in steps if step.test] if sharing is None else sharing
    around = Surroundings(files=COURSE)
    given = {"learning": True, "files": tuple(path for path, _ in COURSE), "sharing": tuple(names)} | terms
    return run_outside(runner, steps, LIMITS, around, TestTerms(**given))


def test_what_one_side_writes_the_other_finds(runner) -> None:
    plain = run_inside(runner, STEPS, LIMITS, Surroundings(files=COURSE))
    assert {name: one.told.message for name, one in plain.trials.items() if not one.passed} == {}
    ran = outside(runner, STEPS)
    assert [one.traceback for one in ran.cells] == ["", ""]
    assert {name: (one.told, one.ours) for name, one in ran.trials.items() if not one.passed} == {}


def test_without_sharing_each_has_its_own(runner) -> None:
    ran = outside(runner, STEPS, sharing=())
    assert {name for name, one in ran.trials.items() if one.passed} == {"of the course", "binds"}


def test_a_file_of_the_course_is_the_students_only_where_its_solution_writes_it(runner) -> None:
    """What a course ships of its own results would else be right whatever a student wrote."""
    steps = [cell(STUDENT), graded("given", "assert open('given.csv').read() == '1,2\\n'")]
    assert outside(runner, steps, learning=False).trials["given"].passed
    assert not outside(runner, steps, learning=False, written=("given.csv",)).trials["given"].passed
    learnt = outside(runner, steps).trials["given"]
    assert (learnt.passed, learnt.told.written) == (False, ["given.csv"])


ATTACK = """
from pathlib import Path
code = "import builtins\\nbuiltins.sorted = lambda *a: [1]\\nanswer = 1\\n"
for name in ("fresh.py", "tools/fresh.py", "tools/helpers.py", "fresh.pth"):
    Path(name).write_text(code)
Path("code.txt").write_text(code)
import pickle
class Bad:
    def __reduce__(self):
        return (print, ("run",))
Path("bad.pkl").write_bytes(pickle.dumps(Bad()))
"""


@pytest.mark.parametrize(
    "test",
    [
        "from fresh import answer",
        "import sys\nsys.path.insert(0, '.')\nsys.path.insert(0, 'tools')\nfrom fresh import answer",
        "exec(open('code.txt').read())",
        "exec(compile(open('code.txt').read(), __import__('os').path.abspath('code.txt'), 'exec'))",
        "import pickle\nwith open('bad.pkl', 'rb') as file:\n    pickle.load(file)",
    ],
)
def test_no_code_of_a_file_of_the_students_runs_beside_the_tests(runner, test: str) -> None:
    steps = [cell(ATTACK), graded("attacked", test), graded("after", "assert sorted([3, 2]) == [2, 3]")]
    ran = outside(runner, steps)
    assert not ran.trials["attacked"].passed and "run" not in ran.trials["attacked"].told.printed
    assert ran.trials["after"].passed


def test_more_than_crosses_is_not_judged(runner) -> None:
    large = "with open('large', 'wb') as file:\n    _ = file.write(bytes(20_000_000))"
    ran = outside(runner, [cell(large), graded("large", "assert open('large', 'rb').read()[:1]")])
    assert "more than 16 MB of the student's" in ran.trials["large"].ours


@pytest.mark.parametrize("path", ["../out", "/etc/passwd", "a/../b", "", "a\0b", 3, "x" * 2000])
def test_a_path_that_leads_out_is_a_fault(path: object, tmp_path: Path) -> None:
    folder = SharedFolder(str(tmp_path), ())
    with pytest.raises(ProtocolFault):
        folder.take([[path], [np.zeros(1, np.uint8)], []])
    with pytest.raises(ProtocolFault):
        folder.take([[], [], [path]])
    assert not list(tmp_path.iterdir())


def test_only_what_is_other_crosses_and_links_do_not(tmp_path: Path) -> None:
    folder = SharedFolder(str(tmp_path), ["./given.csv"])
    (tmp_path / "in").mkdir()
    for name in ("in/new", "given.csv", "code.py"):
        (tmp_path / name).write_text("a")
    (tmp_path / "link").symlink_to("/etc/passwd")
    folder.begin()
    assert folder.changes()[0] == ["in", "in/new"]
    assert folder.changes() == [[], [], []]
    (tmp_path / "in/new").write_text("b")
    assert folder.changes()[0] == ["in/new"]
    (tmp_path / "in/new").unlink()
    assert folder.changes() == [[], [], ["in/new"]]
    for name in ("bad\udcff", "new\nline"):
        (tmp_path / name).touch()
    assert folder.changes() == [[], [], []]
    for number in range(501):
        (tmp_path / f"many{number}").touch()
    with pytest.raises(TooManyFilesError):
        folder.changes()


@pytest.mark.parametrize("shipped", [False, True])
def test_the_proof_shares_files_with_tests_that_look_at_them(
    runner, tmp_path: Path, *, shipped: bool
) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files/t.csv").write_text("4")
    files = (ForeignFile("t.csv", ""),) if shipped else ()
    answers = {
        "a1": (STUB.format("square"), "def square(x):\n    return x * x\nopen('t.csv', 'w').write('4')")
    }
    tests = {
        "reads": ("a1", "assert open('t.csv').read() == '4'"),
        "reads none": ("a1", "assert square(3) == 9"),
        "unpickles": ("a1", "import pickle\nassert open('t.csv').read() == '4'"),
    }
    provided = "import re\nWORD = re.compile('[a-z]+')"
    solved = replace(nbgrader(provided, answers, tests), files=files)
    profiles = prove_assignment(solved, tmp_path, runner, LIMITS)
    assert [(p.test, p.where, p.shares_files) for p in profiles] == [
        ("reads", Where.OUTSIDE, True),
        ("reads none", Where.OUTSIDE, False),
        ("unpickles", Where.INSIDE, False),
    ]
    assert profiles[0].written == (("t.csv",) if shipped else ())
    unsolved = nbgrader("", answers, tests)
    (notebook,) = unsolved.notebooks
    unsolved = replace(unsolved, notebooks=(replace(notebook, solved=()),))
    profiles = prove_assignment(unsolved, tmp_path, runner, LIMITS)
    assert [p.shares_files for p in profiles] == [True, False, False]
