"""Grading as a service, in a process of its own: what waits is graded once, whoever is killed meanwhile."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from class_course import RIGHT, ClassCourse, notebook

from autograder.course.opened import OpenCourse, open_course
from autograder.domain.course_events import CourseEvent, Team, Whom
from autograder.gradebook.claims import Claims, find_claimed, is_gone, name_holder
from autograder.gradebook.store import UngradedSubmission
from autograder.grading.waiting import count_before
from autograder.services.hand_in import hand_in
from autograder.services.health import read_grader

NOW = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
LOOP = "while True:\n    pass"


def wait_for(condition: Callable[[], object]) -> None:
    """Wait for an event; only a broken program takes this long."""
    end = time.monotonic() + 600
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.3)  # to look takes as long as some of the work: more often would hinder it


def make_course(folder: Path) -> OpenCourse:
    made = ClassCourse(folder)
    toml = folder / "course.toml"
    toml.write_text(toml.read_text() + "\n[assignments.small.limits]\nseconds_per_cell = 5\n")
    (folder / "students.csv").write_text("id\n" + "".join(f"s{k:02}\n" for k in range(12)))
    return open_course(made.folder)


@pytest.fixture
def course(tmp_path: Path) -> OpenCourse:
    return make_course(tmp_path)


@contextmanager
def service(course: OpenCourse, jobs: int = 2) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "autograder.services.grading_service", str(course.folder.path)]
    process = subprocess.Popen([*command, str(jobs), "1", str(os.getpid())])
    try:
        yield process
    finally:
        process.terminate()
        process.wait(300)


def send(course: OpenCourse, student: str, content: bytes, at: datetime = NOW) -> None:
    with course.gradebook() as book:
        hand_in(course, book, student, "small", filename="small.ipynb", content=content, received=at)


def reports(course: OpenCourse) -> list[str]:
    with course.gradebook(read_only=True) as book:
        return [report.student for report in book.reports("small")]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> OpenCourse:
    """One service has judged it: s00, s01 while it ran, two files of s02, the teams of s03 and s05.

    When it began, the assignment was wrong.
    """
    course = make_course(tmp_path_factory.mktemp("served"))
    teams = {"s03": "Red", "s04": "Red", "s05": "Blue"}
    with course.gradebook() as book:
        book.events.add(
            [
                CourseEvent(Team(0, "small", name), Whom(who), NOW - timedelta(days=1), "me")
                for who, name in teams.items()
            ]
        )
    solutions = course.folder.path / "solutions" / "small.py"
    right = solutions.read_text()
    solutions.write_text("this is no Python")
    send(course, "s00", notebook(**RIGHT))
    send(course, "s02", notebook())
    send(course, "s02", notebook(**RIGHT), NOW + timedelta(minutes=1))
    send(course, "s03", notebook())
    send(course, "s05", notebook())
    with service(course, jobs=1) as process, course.transient() as transient:
        wait_for(lambda: read_grader(transient))
        time.sleep(1)
        assert (process.poll(), reports(course)) == (None, [])
        solutions.write_text(right)
        wait_for(lambda: "s00" in reports(course))
        send(course, "s01", notebook(**RIGHT))
        wait_for(lambda: sorted(reports(course)) == ["s00", "s01", "s02", "s02", "s03", "s04", "s05"])
        for who in ("s01", "s02", "s04"):
            wait_for((course.folder.path / "reports" / "small" / who / "report.json").is_file)
    return course


def test_what_is_handed_in_has_its_report_written_and_no_claim_is_left(served: OpenCourse) -> None:
    assert {"s00", "s01"} <= set(reports(served))
    assert (served.folder.path / "reports" / "small" / "s00" / "report.json").is_file()
    with served.transient() as transient:
        assert not find_claimed(transient, datetime.now(UTC))


def test_an_earlier_file_of_a_student_is_judged_after_the_later_one_and_its_page_stays(
    served: OpenCourse,
) -> None:
    """Both have a receipt, so both have a report; the file beside the name is of the one that counts."""
    assert reports(served).count("s02") == 2
    report = json.loads((served.folder.path / "reports" / "small" / "s02" / "report.json").read_text())
    assert report["score"] == report["points"]


def test_what_a_team_hands_in_is_judged_once_for_all_of_it(served: OpenCourse) -> None:
    """Whoever of it sends the file; another team with the same bytes has a report of its own."""
    with served.gradebook(read_only=True) as book:
        graded = {report.student: report.graded for report in book.reports("small")}
    assert graded["s03"] == graded["s04"] != graded["s05"]


@pytest.mark.soak
def test_a_service_that_is_killed_loses_nothing_and_the_next_one_need_not_wait(course: OpenCourse) -> None:
    for k in range(6):
        send(course, f"s{k:02}", notebook(before=f"x = {k}", **RIGHT))
    for _ in range(3):
        with service(course) as process:
            time.sleep(0.7)
            process.send_signal(signal.SIGKILL)
            process.wait()
    with service(course):
        wait_for(lambda: len(reports(course)) == 6)
    assert sorted(reports(course)) == [f"s{k:02}" for k in range(6)]  # none of them twice


@pytest.mark.soak
def test_two_services_judge_each_file_once(course: OpenCourse) -> None:
    for k in range(8):
        send(course, f"s{k:02}", notebook(before=f"x = {k}", **RIGHT))
    with service(course), service(course):
        wait_for(lambda: len(reports(course)) == 8)
    assert sorted(reports(course)) == [f"s{k:02}" for k in range(8)]


def test_the_command_leaves_to_another_program_what_it_judges(course: OpenCourse) -> None:
    send(course, "s00", notebook(**RIGHT))
    with course.gradebook() as book, course.transient() as transient:
        (waiting,) = book.ungraded()
        other = Claims(transient, "another machine/1/1")
        other.take([waiting.id], datetime.now(UTC))
        command = ("grade", "small", "-j", "1", "--accept-isolation", "1")
        told = ClassCourse.at(course.folder.path).run(*command)
        assert told.exit_code == 0, told.output
        assert "1 submission is being judged by another program" in told.output
        assert reports(course) == []
        other.release_all()
    assert ClassCourse.at(course.folder.path).run(*command).exit_code == 0
    assert reports(course) == ["s00"]


def test_a_claim_ends_with_its_process_or_by_itself(course: OpenCourse) -> None:
    command = [sys.executable, "-c", "import os; print(os.getpid())"]
    gone = subprocess.run(command, capture_output=True, text=True)
    mine = name_holder()
    host = mine.split("/")[0]
    assert not is_gone(mine)
    assert is_gone(f"{host}/{gone.stdout.strip()}/123")
    assert is_gone(f"{host}/{os.getpid()}/1")  # the number came again
    assert not is_gone("another machine/1/1")
    with course.gradebook(), course.transient() as transient:
        assert Claims(transient, "another machine/1/1").take([1, 2], NOW) == {1, 2}
        assert Claims(transient, mine).take([1, 3], NOW) == {3}
        later = NOW + timedelta(minutes=1, seconds=1)
        assert Claims(transient, mine).take([1], later) == {1}
        assert Claims(transient, f"{host}/{os.getpid()}/1").take([2], later) == {2}
        assert Claims(transient, mine).take([2], later) == {2}


@pytest.mark.soak
def test_endless_loops_do_not_keep_others_waiting(course: OpenCourse) -> None:
    """With one place in the quick lane, more loops than the slow lane has places let an honest file go by."""
    for k in range(4):
        send(course, f"s{k:02}", notebook(before=f"x = {k}\n{LOOP}", **RIGHT))
    send(course, "s05", notebook(**RIGHT))
    with service(course, jobs=1):
        wait_for(lambda: reports(course))
        assert reports(course)[0] == "s05"
        wait_for(lambda: len(reports(course)) == 5)
    with course.gradebook(read_only=True) as book:
        endings = [report.cells[1].limit for report in book.reports("small") if report.student != "s05"]
    assert {str(limit) for limit in endings} == {"5 s for a cell"}  # the course's, no other


def test_an_assignment_that_is_wrong_waits_until_it_is_right(served: OpenCourse) -> None:
    """What came while it was wrong is judged as it stands once it is right; the service went on meanwhile."""
    with served.gradebook(read_only=True) as book:
        [report] = [each for each in book.reports("small") if each.student == "s00"]
    assert report.score_so_far == 6


def test_the_latest_file_of_each_student_goes_first() -> None:
    waiting = [
        UngradedSubmission(1, "ada", "small", latest=False),
        UngradedSubmission(2, "ben", "small", latest=True),
        UngradedSubmission(3, "ada", "small", latest=True),
    ]
    assert [count_before(waiting, each) for each in (2, 3, 1, 9)] == [0, 1, 2, 0]


def test_a_service_whose_starter_has_ended_does_not_begin(course: OpenCourse) -> None:
    """A server that is killed before its grader has begun leaves none behind."""
    with subprocess.Popen([sys.executable, "-c", "pass"]) as ended:
        ended.wait()
    command = [sys.executable, "-m", "autograder.services.grading_service", str(course.folder.path)]
    done = subprocess.run([*command, "1", "1", str(ended.pid)], capture_output=True, timeout=300)
    assert done.returncode == 1
    assert b"the process that started this one has ended" in done.stderr
