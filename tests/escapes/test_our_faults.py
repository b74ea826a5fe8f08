"""Our own faults: killed runs, full disks, locked stores, two runs at once. Nothing is lost or doubled."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from class_course import RIGHT, ClassCourse, notebook

from autograder.course.opened import open_course
from autograder.errors import IsolationError
from autograder.gradebook.store import Gradebook
from autograder.sandbox.runner import Runner

NAME = "small"
CLASS: dict[str, bytes] = {
    "right": notebook(**RIGHT),
    "untouched": notebook(),
    "wrong_formula": notebook(**{**RIGHT, "grad": "def grad(A, w):\n    return A @ w"}),
    "ends_the_process": notebook(before="import os\nos._exit(0)", **RIGHT),
    "dies_of_a_signal": notebook(**{**RIGHT, "root": "import os\ndef root(a, b):\n    os.abort()"}),
    "takes_A_symmetric": notebook(**{**RIGHT, "grad": "def grad(A, w):\n    return 2 * A @ w"}),
    "takes_long": notebook(before="import time\ntime.sleep(1)", **RIGHT),
}
"""What students handed in; the last one so that a run lasts, whatever is done to it."""


@pytest.fixture(scope="module", autouse=True)
def _confined() -> None:
    try:
        with Runner() as runner:
            runner.isolation  # noqa: B018 - tries it
    except IsolationError as error:
        pytest.skip(f"this machine cannot confine student code: {error}")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with some submissions."""
    course = ClassCourse(tmp_path_factory.mktemp("course") / "course").folder
    for name, content in CLASS.items():
        place = course / "submissions" / NAME / name / f"{NAME}.ipynb"
        place.parent.mkdir(parents=True)
        place.write_bytes(content)
    return course


@pytest.fixture
def course(template: Path, tmp_path: Path) -> Path:
    return shutil.copytree(template, tmp_path / "course")


def begin(course: Path, *arguments: str, **options: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "autograder", *arguments]
    return subprocess.Popen(
        command,
        cwd=course,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        **options,
    )


def autograder(course: Path, *arguments: str, **options: object) -> "subprocess.CompletedProcess[str]":
    run = begin(course, *arguments, **options)
    out, err = run.communicate(timeout=1800)
    return subprocess.CompletedProcess(run.args, run.returncode, out, err)


def grade_here(course: Path) -> None:
    """Grade in this process, which takes a fifth of the time, where nothing goes wrong."""
    done = ClassCourse.at(course).run("grade", NAME, "-j", "1")
    assert done.exit_code == 0, done.output


def content(course: Path) -> dict[str, object]:
    """Marks and outcomes of everybody, and how many reports each submission has."""
    with Gradebook.open(course / ".autograder" / "gradebook.sqlite", read_only=True) as book:
        reports = {report.student: report for report in book.latest_reports(NAME)}
        marks = {
            student: [(v.question, v.mark, str(v.outcome), str(v.sentence)) for v in report.verdicts]
            for student, report in reports.items()
        }
        events = {student: [len(event.revisions) for event in book.history(student)] for student in reports}
    return {"marks": marks, "events": events}


@pytest.fixture(scope="module")
def undisturbed(template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    course = shutil.copytree(template, tmp_path_factory.mktemp("undisturbed") / "course")
    grade_here(course)
    told = content(course)
    assert set(told["marks"]) == set(CLASS)  # type: ignore[call-overload]
    return told


def offspring(leader: int, scratch: Path) -> Iterator[int]:
    """Processes that came of a run and still live: of its session, or fork servers of its workers.

    One that is just becoming a fork server has another session already, and another name not yet: what it
    has of the run is the folder in its environment.
    """
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, IndexError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                command = (entry / "cmdline").read_bytes()
                known = int(fields[3]) == leader or f"from {leader}".encode() in command
                if fields[0] != "Z" and (known or was_given(entry, scratch)):
                    yield int(entry.name)


def was_given(process: Path, scratch: Path) -> bool:
    """Whether the environment of a process names this folder, as far as we may read it."""
    with suppress(OSError):
        return os.fsencode(scratch) in (process / "environ").read_bytes()
    return False


def left_in(folder: Path) -> list[str]:
    """Files that lie there, not counting empty folders; what is tidied away meanwhile does not lie there."""
    return [str(Path(at) / name) for at, _, names in os.walk(folder) for name in names]


@pytest.mark.parametrize("jobs", [pytest.param("1", marks=pytest.mark.soak), "2"])
@pytest.mark.soak
def test_a_run_that_is_killed_again_and_again_ends_as_an_undisturbed_one(
    course: Path, undisturbed: dict[str, object], jobs: str
) -> None:
    """SIGKILL at random moments, from the first import to the last report; no process and no file is left."""
    chance = random.Random(20261001)
    scratch = Path(tempfile.mkdtemp(dir="/tmp"))
    scratch.chmod(0o711)
    environment = os.environ | {"TMPDIR": str(scratch)}
    leaders = []
    for _ in range(3):
        run = begin(course, "grade", NAME, "-j", jobs, env=environment)
        time.sleep(chance.uniform(0.3, 4.5))
        run.kill()
        run.communicate()
        leaders.append(run.pid)
    end = time.monotonic() + 600
    while time.monotonic() < end and (
        any(list(offspring(pid, scratch)) for pid in leaders) or left_in(scratch)
    ):
        time.sleep(0.1)

    assert [list(offspring(pid, scratch)) for pid in leaders] == [[]] * len(leaders)
    assert left_in(scratch) == []
    shutil.rmtree(scratch)
    done = autograder(course, "grade", NAME, "-j", jobs)
    assert done.returncode == 0, done.stderr
    assert content(course) == undisturbed
    for name in CLASS:
        report = json.loads((course / "reports" / NAME / name / "report.json").read_text())
        assert report["student"] == name
        assert (course / "reports" / NAME / name / "report.html").stat().st_size > 1000


@pytest.mark.soak
def test_two_runs_at_once_grade_each_submission_once(course: Path, undisturbed: dict[str, object]) -> None:
    runs = [begin(course, "grade", NAME, "-j", "1") for _ in range(2)]
    for run in runs:
        _, err = run.communicate(timeout=1800)
        assert run.returncode == 0, err
    assert content(course) == undisturbed


def test_a_killed_fork_server_costs_nobody_a_mark(course: Path, undisturbed: dict[str, object]) -> None:
    """As when the machine runs out of memory: the run goes on with another."""
    run = begin(course, "grade", NAME, "-j", "1")
    killed, end = 0, time.monotonic() + 900
    while run.poll() is None and killed < 2 and time.monotonic() < end:
        for server in servers_of(run.pid):
            time.sleep(0.7)
            with suppress(ProcessLookupError):
                os.kill(server, signal.SIGKILL)
                killed += 1
        time.sleep(0.02)
    _, err = run.communicate(timeout=1800)
    assert killed
    assert run.returncode == 0, err
    assert content(course) == undisturbed


def servers_of(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(word) for word in children.read_text().split()] if children.exists() else []


def said(done: "subprocess.CompletedProcess[str]", words: str) -> bool:
    """A sentence of ours, and no traceback."""
    return done.returncode == 2 and words in done.stderr and "Traceback" not in done.stderr


def test_a_locked_store_is_said_and_the_next_run_completes(
    course: Path, undisturbed: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_course(course).gradebook().close()  # makes the store
    store = course / ".autograder" / "gradebook.sqlite"
    lock = sqlite3.connect(store, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    command = [sys.executable, "-c", PATIENT, "grade", NAME, "-j", "1"]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=1800)
    lock.execute("ROLLBACK")
    lock.close()
    assert said(done, "another program has been writing"), done.stderr
    grade_here(course)
    assert content(course) == undisturbed


def test_a_read_only_store_is_said(course: Path, undisturbed: dict[str, object]) -> None:
    """Root may write to any file, so it is run without that power."""
    open_course(course).gradebook().close()  # makes the store
    (course / ".autograder" / "gradebook.sqlite").chmod(0o400)
    as_others = ["setpriv", "--bounding-set", "-dac_override"] if os.geteuid() == 0 else []
    command = [*as_others, sys.executable, "-m", "autograder", "grade", NAME, "-j", "1"]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=1800)
    assert said(done, "may only be read"), done.stderr


PATIENT = """
import sys
import autograder.gradebook.store as store
opened = store.Gradebook.open
store.Gradebook.open = lambda *a, **k: opened(*a, **k | {"patience": 1.0})
from autograder.cli.main import main
main()
"""
LITTLE = """
import resource, signal, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
from autograder.cli.main import main
sys.argv[:] = ["autograder", *sys.argv[2:]]
main()
"""


def test_a_disk_that_is_full_loses_nothing(course: Path, undisturbed: dict[str, object]) -> None:
    """No file may grow beyond some size, as when no room is left: a sentence, and the next run completes."""
    command = [sys.executable, "-c", LITTLE, "170000", "grade", NAME, "-j", "1"]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=1800)
    assert said(done, "start again") or said(done, "room"), done.stderr[-3000:]
    grade_here(course)
    assert content(course) == undisturbed


def test_a_rule_that_raises_on_one_case_leaves_that_question_to_a_person(course: Path) -> None:
    """The others are judged, the batch goes on, and the exit code says that somebody must look."""
    break_rule(course, "np.size(answer) == 2")
    two = ("--student", "right", "--student", "untouched")
    done = ClassCourse.at(course).run("grade", NAME, "-j", "1", *two)
    assert done.exit_code == 1, done.output
    told = outcomes(course, "right")
    assert told.pop("grad") == "unjudged"
    assert set(told.values()) == {"right"}
    assert set(outcomes(course, "untouched").values()) == {"not_attempted"}


def break_rule(course: Path, when: str) -> None:
    """Give a question a rule of the author's that raises."""
    module = course / "solutions" / f"{NAME}.py"
    rule = f"""

@grad.check("never fails")
def _(answer, case):
    if {when}:
        raise RuntimeError("a mistake of the author's")
    return True
"""
    module.write_text(module.read_text() + rule)


def outcomes(course: Path, student: str) -> dict[str, str]:
    report = json.loads((course / "reports" / NAME / student / "report.json").read_text())
    return {question["name"]: question["outcome"] for question in report["questions"]}
