"""While a server holds a course, nothing is done under it that it would not know of."""

import fcntl
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from marking_course import Course, notebook

from autograder.access import Access, find_holders
from autograder.course.opened import open_course
from autograder.errors import StoreError
from autograder.gradebook.served import find_server, hold_course
from autograder.services.outages import beat

URL = "https://course.example.org"
NOW = datetime(2026, 12, 10, 9, tzinfo=UTC)
HELD = r"the server at https://course.example.org \(process \d+, since 2026-12-10T09:00:00\+00:00\)"
OLD = Path(__file__).parents[1] / "gradebook" / "stores" / "273cb60.sqlite"


@contextmanager
def served(course: Course) -> Iterator[None]:
    with hold_course(course.folder / ".autograder", URL, NOW, Access()):
        yield


@contextmanager
def served_elsewhere(folder: Path) -> Iterator[None]:
    """By another program, as a server is for every command."""
    program = (
        "import sys; from datetime import datetime; from pathlib import Path\n"
        "from autograder.access import Access; from autograder.gradebook.served import hold_course\n"
        f"with hold_course(Path('.autograder'), {URL!r}, datetime.fromisoformat('{NOW}'), Access()):\n"
        "    print('on', flush=True); sys.stdin.read()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", program], cwd=folder, **pipes) as other:  # type: ignore[call-overload]
        assert other.stdout.readline() == b"on\n"
        yield
        other.communicate(b"")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = Course(tmp_path / "course")
    made.hand_in("ada", notebook(answer="def double(x):\n    return 2 * x"))
    assert made.grade().exit_code == 0
    return made


def test_a_course_has_one_server_and_that_is_known_as_long_as_it_runs(course: Course) -> None:
    state = course.folder / ".autograder"
    assert find_server(state) is None
    with served(course):
        found = find_server(state)
        assert found is not None
        assert found.url == URL
        with pytest.raises(StoreError, match=f"{HELD} serves this course already"), served(course):
            raise AssertionError
    assert find_server(state) is None
    assert (state / "served").stat().st_mode & 0o777 == 0o600


def test_nobody_is_erased_under_a_server(course: Course) -> None:
    with served(course):
        refused = course.run("erase", "--person", "ada", "--yes")
        assert "holds the course (end it, erase, and start it again)" in str(refused.exception)
        with open_course(course.folder).gradebook(read_only=True) as book:
            assert book.history("ada")
    assert course.run("erase", "--person", "ada", "--yes").exit_code == 0


def test_no_backup_is_brought_back_under_a_server(course: Course, tmp_path: Path) -> None:
    backup = tmp_path / "b.zip"
    assert course.run("backup", str(backup)).exit_code == 0
    with served(course):
        refused = course.run("restore", str(backup), str(course.folder))
    assert "holds the course that is there" in str(refused.exception)


@pytest.fixture
def outdated(tmp_path: Path) -> Course:
    """A course whose gradebook was written by an earlier version."""
    course = Course(tmp_path)
    state = tmp_path / ".autograder"
    state.mkdir(mode=0o700)
    shutil.copyfile(OLD, state / "gradebook.sqlite")
    (state / "secret").write_text("5e" * 32, encoding="ascii")
    return course


def test_a_gradebook_of_an_earlier_version_is_not_upgraded_under_a_server(outdated: Course) -> None:
    gradebook = outdated.folder / ".autograder/gradebook.sqlite"
    before = gradebook.read_bytes()
    with (
        served_elsewhere(outdated.folder),
        pytest.raises(StoreError, match=rf"upgraded when nobody else holds it; end {HELD} first"),
    ):
        open_course(outdated.folder).gradebook()
    assert gradebook.read_bytes() == before
    open_course(outdated.folder).gradebook().close()


def test_a_server_that_begins_upgrades_the_gradebook_itself(outdated: Course) -> None:
    """It holds the course by then, and is nobody else: it would refuse itself at every start."""
    with served(outdated):
        open_course(outdated.folder).gradebook().close()
    assert (outdated.folder / ".autograder/gradebook.before_0008.sqlite").is_file()


def test_an_upgrade_leaves_people_the_numbers_that_they_have(course: Course) -> None:
    """A number of a number would be nobody's: what was handed in would belong to no student."""
    gradebook = course.folder / ".autograder/gradebook.sqlite"
    with closing(sqlite3.connect(gradebook)) as store, store:
        assert store.execute("UPDATE autograder_version SET version_num = '0007'").rowcount == 1
        before = store.execute("SELECT number, student FROM people").fetchall()
    for read_only in (True, False):
        with open_course(course.folder).gradebook(read_only=read_only) as book:
            assert len(book.history("ada")) == 1
    with closing(sqlite3.connect(gradebook)) as store:
        assert store.execute("SELECT number, student FROM people").fetchall() == before
    assert course.run("doctor", "--store").exit_code == 0


def test_who_holds_a_lock_is_named_but_oneself_is_not(course: Course) -> None:
    file = course.folder / "course.toml"
    program = "import fcntl, sys; f = open('course.toml'); fcntl.flock(f, fcntl.LOCK_SH); "
    program += "print('on', flush=True); sys.stdin.read()"
    with file.open() as own:
        fcntl.flock(own, fcntl.LOCK_SH)
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        command = [sys.executable, "-c", program, "autograder", "grade", "small"]
        with subprocess.Popen(command, cwd=course.folder, **pipes) as other:  # type: ignore[call-overload]
            assert other.stdout.readline() == b"on\n"
            assert find_holders(file) == (f"autograder grade small (process {other.pid})",)
            other.communicate(b"")
    assert find_holders(file) == ()
    assert find_holders(course.folder / "nothing") == ()


def test_incident_says_when_the_pages_were_away_and_what_to_do(course: Course) -> None:
    assert "not away in the last two weeks" in course.run("incident", "--outages").output
    now = datetime.now(UTC).replace(microsecond=0)
    toml = course.folder / "course.toml"
    due = (now - timedelta(hours=1)).replace(tzinfo=None).isoformat()
    heading = "[assignments.small]\n"
    toml.write_text(toml.read_text().replace(heading, f"{heading}deadline = {due}Z\n"))
    with open_course(course.folder).transient() as store:
        beat(store, now - timedelta(minutes=95))
        beat(store, now - timedelta(minutes=75))
    told = course.run("incident", "--outages").output
    assert "(20 min)" in told
    assert 'autograder incident small --minutes 60 --why "the pages were away for 20 min"' in told
    given = course.run("incident", "small", "--minutes", "60", "--why", "away", "--yes")
    assert given.exit_code == 0, given.output
    assert "autograder incident small" not in course.run("incident", "--outages").output
    assert course.run("incident").exit_code == 2
