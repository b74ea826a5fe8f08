"""What is asked for on a page is done by a program of its own, which the service that grades begins."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import pytest
from class_course import ClassCourse

from autograder.course.grading_service import serve_pending
from autograder.course.opened import open_course
from autograder.gradebook.errands import Errand, ErrandKind, Errands, ErrandState


@pytest.fixture
def course(tmp_path: Path) -> ClassCourse:
    found = ClassCourse(tmp_path)
    (tmp_path / "students.csv").write_text("id,name\nada,Ada\n", encoding="utf-8")
    found.hand_in("ada")
    return found


def ask(folder: Path) -> None:
    with open_course(folder).transient() as store:
        Errands(store).ask(ErrandKind.RECEIVE, "small", {}, by="ina", now=datetime.now(UTC))


def last(folder: Path) -> Errand:
    with open_course(folder).transient() as store:
        found = Errands(store).last(ErrandKind.RECEIVE, "small")
    assert found is not None
    return found


def test_the_program_does_what_waits_and_ends(course: ClassCourse) -> None:
    open_course(course.folder).gradebook().close()
    ask(course.folder)
    command = [sys.executable, "-m", "autograder.course.errand_work", str(course.folder), "1", "1"]
    done = subprocess.run(
        [*command, str(os.getpid())], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert last(course.folder).state is ErrandState.DONE
    with open_course(course.folder).gradebook(read_only=True) as book:
        assert [each.student for each in book.ungraded()] == ["ada"]


def test_the_service_begins_it_and_judges_what_it_received(course: ClassCourse) -> None:
    open_course(course.folder).gradebook().close()
    ask(course.folder)
    stop = Event()
    service = Thread(
        target=serve_pending, args=(course.folder,), kwargs={"jobs": 1, "level": 1, "stop": stop}
    )
    service.start()
    try:
        with open_course(course.folder).gradebook(read_only=True) as book:
            while book.latest_report("small", "ada") is None:
                assert service.is_alive()
                stop.wait(0.1)
    finally:
        stop.set()
        service.join()
    assert last(course.folder).state is ErrandState.DONE
