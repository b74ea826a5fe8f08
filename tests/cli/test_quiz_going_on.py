"""An attempt that the clock handed in, and time that its student is given afterwards."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from quiz_course import COURSE, QUIZ, QuizCourse

from autograder.course.opened import open_course
from autograder.course.quizzes import quizzes_of
from autograder.domain.course_events import ALL, CourseEvent, Recorded, Whom
from autograder.domain.events import Extension
from autograder.errors import AttemptError
from autograder.quiz.service import QuizService

LIMITED = QUIZ.replace("attempts: 2\n", "attempts: 1\ntime limit: 20 min\n")
BEGUN = datetime.now(UTC) - timedelta(hours=5)
WHY = ("--why", "a fire alarm", "--yes")


def give(course: QuizCourse, whom: Whom, what: Recorded) -> None:
    with open_course(course.folder).gradebook() as book:
        book.events.add([CourseEvent(what, whom, datetime.now(UTC), "me")])


@contextmanager
def at(course: QuizCourse, moment: datetime) -> Iterator[QuizService]:
    """The quiz as it is taken at a moment."""
    quizzes = replace(quizzes_of(open_course(course.folder)), clock=lambda: moment)
    with quizzes.records() as records:
        yield quizzes.service("weekly", records)


def sit(course: QuizCourse, student: str = "ada") -> None:
    """Begin an attempt, answer one of two questions, and let the clock end it."""
    with at(course, BEGUN) as service:
        attempt = service.start(student)
        service.save(attempt.id, "grad", "(A + A') w")
    with at(course, BEGUN + timedelta(hours=1)) as service:
        assert service.has_ended(service.attempts(student)[0])


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., QuizCourse]:
    def make(quiz: str = LIMITED, course: str = COURSE) -> QuizCourse:
        made = QuizCourse(tmp_path / "course", quiz=quiz, course=course)
        sit(made)
        return made

    return make


def work(course: QuizCourse, student: str = "ada") -> dict[str, object]:
    told = json.loads(course.run("grades", "--final", "--json").stdout)["students"]
    found: dict[str, object] = next(e for e in told if e["id"] == student)["assignments"]["weekly"]
    return found


def test_an_attempt_is_gone_on_with_for_as_long_as_was_given(make: Callable[..., QuizCourse]) -> None:
    """With the same values, the answers and the tries so far; it uses up no attempt."""
    course = make()
    later = BEGUN + timedelta(hours=2)
    with at(course, later) as service, pytest.raises(AttemptError, match="You have used your 1 attempt"):
        service.start("ada")
    give(course, Whom("ada"), Extension(0, "weekly", None, "a fire alarm", minutes=10))
    with at(course, later) as service:
        first, second = service.attempts("ada")[0], service.start("ada")
        assert (second.number, second.variants, second.started) == (2, first.variants, later)
        assert service.ends(second) == later + timedelta(minutes=10)
        assert service.answers(second.id) == {"grad": "(A + A') w"}
        assert service.start("ada").id == second.id
        service.save(second.id, "why", "Both stay equal.")
    with at(course, later + timedelta(minutes=9)) as service:
        assert not service.has_ended(second)
        service.submit(second.id)
        with pytest.raises(AttemptError, match="You have used your 1 attempt"):
            service.start("ada")
        ends = [service.records.handed_in(each.id) for each in service.attempts("ada")]
        assert [end.by_clock for end in ends if end] == [True, False]


def test_the_clock_ends_it_again_and_only_what_is_given_since_is_left(
    make: Callable[..., QuizCourse],
) -> None:
    course = make()
    give(course, Whom("ada"), Extension(0, "weekly", None, "a fire alarm", minutes=10))
    later = BEGUN + timedelta(hours=2)
    with at(course, later) as service:
        service.start("ada")
    with at(course, later + timedelta(minutes=11)) as service:
        with pytest.raises(AttemptError, match="You have used your 1 attempt"):
            service.start("ada")
        assert [service.has_ended(each) for each in service.attempts("ada")] == [True, True]
    give(course, ALL, Extension(0, "weekly", None, "and another", minutes=25))
    with at(course, later + timedelta(hours=1)) as service:
        third = service.start("ada")
        assert (third.number, service.ends(third)) == (3, later + timedelta(hours=1, minutes=15))


def test_time_that_was_there_before_is_not_given_twice(tmp_path: Path) -> None:
    course = QuizCourse(tmp_path / "course", quiz=LIMITED)
    give(course, Whom("ada"), Extension(0, "weekly", None, "a third more", minutes=7))
    sit(course)
    with at(course, BEGUN + timedelta(hours=2)) as service:
        assert service.records.handed_in(service.attempts("ada")[0].id).at == BEGUN + timedelta(minutes=27)  # type: ignore[union-attr]
        with pytest.raises(AttemptError, match="You have used your 1 attempt"):
            service.start("ada")


def test_what_a_student_handed_in_is_not_gone_on_with(make: Callable[..., QuizCourse]) -> None:
    course = make()
    with at(course, BEGUN) as service:
        attempt = service.start("bob")
        service.submit(attempt.id, anyway=True)
    give(course, ALL, Extension(0, "weekly", None, "a fire alarm", minutes=10))
    with at(course, BEGUN + timedelta(hours=2)) as service:
        with pytest.raises(AttemptError, match="You have used your 1 attempt"):
            service.start("bob")
        assert service.start("ada").number == 2


def test_a_later_closing_is_a_later_end(make: Callable[..., QuizCourse]) -> None:
    """Of an attempt without a time limit: until the closing that was given; not after it."""
    closes = BEGUN + timedelta(minutes=30)
    course = make(QUIZ.replace("attempts: 2\n", f"attempts: 1\ncloses: {closes.isoformat()}\n"))
    until = BEGUN + timedelta(hours=3)
    give(course, Whom("ada"), Extension(0, "weekly", until, "ill"))
    with at(course, BEGUN + timedelta(hours=4)) as service, pytest.raises(AttemptError, match="closed on"):
        service.start("ada")
    with at(course, BEGUN + timedelta(hours=2)) as service:
        attempt = service.start("ada")
        assert (attempt.number, service.ends(attempt)) == (2, until)


def test_extending_says_what_becomes_of_it(make: Callable[..., QuizCourse]) -> None:
    course = make()
    told = course.run("extend", "ada", "weekly", "--minutes", "10", *WHY)
    assert told.exit_code == 0, told.output
    assert "ada: the clock handed in attempt 1 on" in told.output
    assert "; it can be gone on with, begun now until" in told.output
    assert "whoever goes on may have seen the verdicts on their answers meanwhile" in told.output
    told = course.run("quiz", "take", "weekly", "--student", "ada", typed=":quit\n")
    assert told.exit_code == 0, told.output
    assert "You were given more time: this goes on with attempt 1" in told.output
    assert "the clock handed in" not in course.run("extend", "bob", "weekly", "--minutes", "10", *WHY).output


def test_extending_says_where_it_comes_too_late(make: Callable[..., QuizCourse]) -> None:
    closes = BEGUN + timedelta(minutes=30)
    course = make(QUIZ.replace("attempts: 2\n", f"attempts: 1\ncloses: {closes.isoformat()}\n"))
    told = course.run("extend", "--all", "weekly", "--minutes", "10", *WHY)
    assert "nothing of this time is left, so it stays as it was handed in" in told.output
    assert course.run("incident", "weekly", "--minutes", "10", *WHY).exit_code == 0


TABLE = '[quizzes.weekly]\ntitle = "Week 3"\n'
DUE = COURSE.replace(TABLE, f"{TABLE}deadline = 2099-01-01T12:00:00\n")


def test_of_a_quiz_that_is_used_up_no_further_attempt_is_awaited(make: Callable[..., QuizCourse]) -> None:
    course = make(course=DUE)
    assert "more can be handed in" not in course.run("grades", "--why", "ada").output
    assert (work(course)["mark"], work(course)["range"]) == ("2/5", ["2/5", "2/5"])
    assert "more can be handed in" in course.run("grades", "--why", "bob").output
    # Until somebody gives time to go on with it.
    give(course, Whom("ada"), Extension(0, "weekly", None, "a fire alarm", minutes=10))
    assert "more can be handed in" in course.run("grades", "--why", "ada").output


def test_where_an_attempt_is_left_it_is_awaited(make: Callable[..., QuizCourse]) -> None:
    course = make(QUIZ.replace("attempts: 2\n", "attempts: 2\ntime limit: 20 min\n"), course=DUE)
    assert "more can be handed in" in course.run("grades", "--why", "ada").output
    course.take("ada", "2 A w", "yes", "equal", ".")
    assert "more can be handed in" not in course.run("grades", "--why", "ada").output


def test_of_a_quiz_that_has_closed_none_is_awaited(make: Callable[..., QuizCourse]) -> None:
    closes = BEGUN + timedelta(minutes=30)
    course = make(QUIZ.replace("attempts: 2\n", f"attempts: 3\ncloses: {closes.isoformat()}\n"), course=DUE)
    assert "more can be handed in" not in course.run("grades", "--why", "ada").output
