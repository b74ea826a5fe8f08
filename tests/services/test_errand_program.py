"""What is asked for on a page is done by a program of its own, which the service that grades begins."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Event, Thread

import pytest
from class_course import ClassCourse
from latest_report import latest_report

from autograder.course.opened import open_course
from autograder.course.quizzes import quizzes_of
from autograder.domain.course_events import CourseEvent, Whom
from autograder.domain.events import Extension
from autograder.errors import CourseError
from autograder.gradebook.claims import Claims, name_holder
from autograder.gradebook.errands import Errand, ErrandKind, Errands, ErrandState
from autograder.grading.lanes import Lane, Lanes
from autograder.grading.service import GradingService, ServedAssignment
from autograder.services.collecting import receive_collected
from autograder.services.grading_service import _ErrandProgram, serve_pending
from autograder.services.quiz_endings import find_overdue


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
    command = [sys.executable, "-m", "autograder.services.errand_work", str(course.folder), "1", "1"]
    done = subprocess.run(
        [*command, str(os.getpid())], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert last(course.folder).state is ErrandState.DONE
    with open_course(course.folder).gradebook(read_only=True) as book:
        assert [each.student for each in book.ungraded()] == ["ada"]


QUIZ = """---
id: timed
title: Timed
time limit: 10 min
---

## pick {single 1}
Which is convex?

- (x) the square
- ( ) the cube
"""


def test_the_program_hands_in_the_attempts_that_the_clock_has_ended(course: ClassCourse) -> None:
    """And no other: whoever was given more time goes on, and a wrong file keeps nobody from anything."""
    (course.folder / "quiz").mkdir()
    (course.folder / "quiz" / "timed.quiz.md").write_text(QUIZ, encoding="utf-8")
    (course.folder / "quiz" / "wrong.quiz.md").write_text("id: wrong", encoding="utf-8")
    settings = course.folder / "course.toml"
    tables = '\n[quizzes.timed]\ntitle = "Timed"\nweight = "5 %"\nbonus = true\n'
    settings.write_text(settings.read_text(encoding="utf-8") + tables, encoding="utf-8")
    opened, begun = open_course(course.folder), datetime.now(UTC) - timedelta(minutes=20)
    with opened.gradebook() as book:
        then = replace(quizzes_of(opened), clock=lambda: begun)
        service = then.service("timed", book.quizzes)
        late, given = service.start("ada"), service.start("ben")
        service.save(late.id, "pick", "a")
        more = Extension(0, "timed", None, minutes=60)
        book.events.add([CourseEvent(more, Whom("ben"), begun, "ina")])
        assert [attempt.student for _, attempt in find_overdue(opened, book)] == ["ada"]
        command = [sys.executable, "-m", "autograder.services.errand_work", str(course.folder), "1", "1"]
        with opened.transient() as store:
            program = _ErrandProgram(
                Errands(store), command, lambda: any(True for _ in find_overdue(opened, book))
            )
            program.see_to()
            assert program._process is not None
            assert program._process.wait(300) == 0
        ended = book.quizzes.handed_in(late.id)
        assert ended is not None
        assert (ended.by_clock, ended.at) == (True, begun + timedelta(minutes=10))
        assert len(book.quizzes.judgings(late.id)) == 1
        assert book.quizzes.handed_in(given.id) is None
        assert not list(find_overdue(opened, book))


@pytest.mark.parametrize("set_back", [timedelta(0), timedelta(hours=1)])
def test_of_an_assignment_that_is_held_nothing_is_judged(course: ClassCourse, set_back: timedelta) -> None:
    """And it is judged as soon as it may be, also where the clock was set back by an hour meanwhile."""
    opened = open_course(course.folder)
    with opened.gradebook() as book, opened.transient() as store:
        receive_collected(opened, book, "small", by="ina", now=datetime.now(UTC))
        errands, stop, asked, looks = Errands(store), Event(), list[str](), list[int]()
        errands.hold("small", by="ina", now=datetime.now(UTC))
        start, ticks = datetime.now(UTC), count()  # a second passes whenever it is asked

        def clock() -> datetime:
            return start + timedelta(seconds=next(ticks)) - (set_back if len(looks) > 10 else timedelta(0))

        def look() -> None:
            """Let it go on after a while; then what waits is opened."""
            looks.append(len(asked))
            if len(looks) == 20:
                errands.let_go_on("small")
            if asked or len(looks) == 200:
                stop.set()

        def open_assignment(name: str) -> ServedAssignment:
            asked.append(name)
            raise CourseError([])

        service = GradingService(
            book,
            Claims(store, name_holder()),
            open_assignment,
            Lanes(*(Lane(lambda: 1, lambda _recipe: ThreadPoolExecutor(1)) for _ in range(2))),
            clock=clock,
            beat=lambda flaws: None,
            held=errands.held,
            beside=look,
        )
        service.run(stop)
    assert looks[:20] == [0] * 20
    assert set(asked) == {"small"}


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
            while latest_report(book, "small", "ada") is None:
                assert service.is_alive()
                stop.wait(0.1)
    finally:
        stop.set()
        service.join()
    assert last(course.folder).state is ErrandState.DONE
