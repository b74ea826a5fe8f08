"""Commands that a notebook has Python run cost no mark by themselves, and nobody guesses what they print."""

from dataclasses import replace
from fractions import Fraction

import pytest
from foreign_steps import cell, graded
from patience import PATIENT

from autograder.foreign.marks import earn
from autograder.foreign.model import Profile, Tool, Where
from autograder.foreign.session import Surroundings, TestTerms, run_inside, run_outside

LIMITS = replace(PATIENT, memory_mb=900)
HARMLESS = """
import os, subprocess, sys
assert os.system("ls -l | head -3; python3 -V && cat x.txt") == 0
assert subprocess.run(["ls"]).returncode == 0 and subprocess.call("pwd", shell=True) == 0
subprocess.check_call(["echo", "hello"], stdout=subprocess.DEVNULL)
subprocess.run([sys.executable, "-m", "pip", "install", "numpy"], check=True)
subprocess.check_call("pip install -q numpy", shell=True)
after = 1
"""
WORKING = """
import os
os.system("python3 x.py")
os.system("ls; rm x")
os.system("cat a > b")
os.system("ls " + " " * 50_000 + "\\n&")
"""
READ = """
import os, subprocess
out = subprocess.run("ls", capture_output=True, text=True).stdout
lines = os.popen("wc -l data.csv").read()
with subprocess.Popen(["sort"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as sorting:
    sorting.communicate(b"b a")
"""
ASKING = "import os, subprocess\ndef count():\n    return len(subprocess.check_output('ls'))\nafter = 1"


def both(runner, *sources: str, test: str):
    steps = [*(cell(source, number) for number, source in enumerate(sources, 1)), graded("t", test)]
    inside, outside = both_ways(runner, steps)
    assert not any(one.traceback for one in inside.cells)
    return inside.trials["t"], outside.trials["t"]


def both_ways(runner, steps):
    inside = run_inside(runner, steps, LIMITS, Surroundings())
    outside = run_outside(runner, steps, LIMITS, Surroundings(), TestTerms(learning=True))
    assert [one.traceback for one in inside.cells] == [one.traceback for one in outside.cells]
    return inside, outside


def points(trial, *, needless=()):
    profile = Profile("t", Where.OUTSIDE, "", commands=tuple(needless))
    return earn(trial_test, trial, profile, tool=Tool.NBGRADER).points


trial_test = graded("t", "").test


def test_a_cell_goes_on_after_a_command_that_only_prints(runner) -> None:
    for trial in both(runner, HARMLESS, test="assert after == 2"):
        assert (trial.passed, trial.passed_over.commands, points(trial)) == (False, (), 0)


def test_a_command_that_may_do_more_than_print_is_told(runner) -> None:
    for trial in both(runner, WORKING, test="assert False"):
        assert (
            trial.passed_over.commands[:3] == ("python3 x.py", "ls; rm x", "cat a > b")
            and len(trial.passed_over.commands) == 4
        )
        assert points(trial) is None


FETCHING = "import os\nos.system('python3 fetch.py')"


def test_a_mistake_after_a_command_that_the_solution_passes_without_is_the_students(runner) -> None:
    for trial in both(runner, FETCHING, "def mean(x):\n    return 0.0", test="assert mean([1, 3]) == 2"):
        assert (trial.passed_over.missed, points(trial)) == (False, None)
        assert points(trial, needless=trial.passed_over.commands) == 0
    for trial in both(
        runner, FETCHING, "import os\nos.system('rm d.csv')\nmean = 0", test="assert mean == 2"
    ):
        assert points(trial, needless=trial.passed_over.commands[:1]) is None, "it asks for another one too"


@pytest.mark.parametrize(
    "uses", ["open('d.csv')", "import downloaded_module", "rows = !wc -l d.csv\nlen(rows)"]
)
def test_what_a_command_may_have_brought_costs_nobody_a_mark(runner, uses: str) -> None:
    """The solution does without; who opens the file, or imports what was installed, is right elsewhere."""
    steps = [cell(FETCHING), cell(f"{uses}\nmean = 2.0"), graded("t", "assert mean == 2")]
    for ran in both_ways(runner, steps):
        trial = ran.trials["t"]
        assert (trial.passed_over.missed, points(trial, needless=trial.passed_over.commands)) == (True, None)
    called = cell("def mean():\n    " + uses.replace("\n", "\n    ") + "\n    return 2.0")
    for ran in both_ways(runner, [cell(FETCHING), called, graded("t", "assert mean() == 2")]):
        trial = ran.trials["t"]
        assert (trial.passed_over.missed, points(trial, needless=trial.passed_over.commands)) == (True, None)


BRINGING = """
!git clone --quiet https://example.org/course.git && cp course/*.csv .
!mkdir -p data
!wget -q https://example.org/d.zip -O data/d.zip; unzip -o data/d.zip
!curl -sSLo data/e.csv https://example.org/e.csv
"""


def test_what_only_brings_files_excuses_no_mistake_where_none_is_missed(runner) -> None:
    """The set-up cell of a notebook for Colab; no solution is known to pass without it."""
    for trial in both(runner, BRINGING, "total = 5", test="assert total == 4"):
        assert (len(trial.passed_over.commands), points(trial)) == (4, 0)


@pytest.mark.parametrize(
    "command", ["wget -qO- x.org", "curl x.org", "cp a b | sort", "mkdir $(date)", "make"]
)
def test_what_may_do_more_than_bring_files_is_known_to_nobody(runner, command: str) -> None:
    for trial in both(runner, f"!{command}", "total = 5", test="assert total == 4"):
        assert points(trial) is None


@pytest.mark.parametrize(
    ("cells", "test"),
    [
        (["total = 0\ntry:\n    total = len(open('e.csv').read())\nfinally:\n    pass"], "assert total == 4"),
        (["import os\ntotal = 4 if os.path.exists('e.csv') else 0"], "assert total == 4"),
        (["from glob import glob\ntotal = len(glob('*.csv'))"], "assert total == 4"),
        (["total = 4"], "from pathlib import Path\nassert Path('e.csv').is_file()"),
    ],
)
def test_where_a_file_may_be_missed_nobody_gets_0(runner, cells: list[str], test: str) -> None:
    steps = [cell(source, number) for number, source in enumerate([BRINGING, *cells], 1)]
    for ran in both_ways(runner, [*steps, graded("t", test)]):
        assert points(ran.trials["t"]) is None


def test_what_is_read_of_a_command_is_known_to_nobody(runner) -> None:
    for trial in both(runner, READ, test="assert 'data.csv' in out"):
        assert trial.passed_over.commands == ("ls", "wc -l data.csv", "sort")
        assert points(trial) is None
    for trial in both(runner, READ, test="assert isinstance(out, str)"):
        assert points(trial) == Fraction(1)


def test_what_a_function_asks_for_while_it_is_tested_is_told_too(runner) -> None:
    for trial in both(runner, ASKING, test="assert count() == 3"):
        assert trial.passed_over.commands == ("ls",)
        assert points(trial) is None


def test_a_test_that_runs_a_command_needs_the_students_process(runner) -> None:
    for command in ("import os; os.system('rm x')", "import subprocess\nsubprocess.run(['rm', 'x'])"):
        inside, outside = both(runner, ASKING, test=f"{command}\nassert after == 2")
        assert points(inside) is None
        assert outside.ours == "a command of the operating system"


def test_a_test_that_decides_by_a_command_is_judged_by_nobody(runner) -> None:
    """Where `test -e` would fail, the mark would be another; here every command ends well."""
    for test in (
        "import os\nassert os.system('test -e out.txt') == 0",
        "import subprocess\nsubprocess.run(['python', 'mine.py'], check=True)",
    ):
        inside, outside = both(runner, "after = 1", test=test)
        assert inside.passed and points(inside) is None and "none runs here" in inside.ours
        assert points(outside) is None
    function = "import os\ndef clean():\n    os.system('rm -f out.txt')\n    return 1"
    for trial in both(runner, function, test="assert clean() == 1"):
        assert (trial.passed_over.commands, points(trial)) == (("rm -f out.txt",), 1), (
            "what the student's code asks for"
        )


def test_what_one_test_asks_for_costs_the_next_nothing(runner) -> None:
    steps = [
        cell("after = 1"),
        graded("asks", "import os\nassert os.system('exit 3') != 0"),
        graded("next", "assert after == 2"),
    ]
    ran = run_inside(runner, steps, LIMITS, Surroundings())
    assert ran.trials["asks"].ours and (
        ran.trials["next"].passed_over.commands,
        points(ran.trials["next"]),
    ) == ((), 0)


def test_a_library_hears_that_there_is_no_program(runner) -> None:
    asked = "import platform\nkind = platform.processor()\nimport ctypes.util\nctypes.util.find_library('m')"
    for trial in both(runner, asked, test="assert kind == 1"):
        assert (trial.passed_over.commands, points(trial)) == ((), 0)
