"""Extra time that the events of a course give for a quiz, where it is taken and where it is scored."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from quiz_course import QUIZ, QuizCourse

from autograder.course.opened import open_course
from autograder.course.quizzes import quizzes_of, read_extra_time
from autograder.domain.course_events import ALL, CourseEvent, Recorded, Whom
from autograder.domain.events import Extension, Revocation
from autograder.errors import AttemptError
from autograder.quiz.extra_time import ExtraTime

LIMITED = QUIZ.replace("attempts: 2\n", "time limit: 20 min\n")


def give(course: QuizCourse, whom: Whom, what: Recorded) -> None:
    with open_course(course.folder).gradebook() as book:
        book.events.add([CourseEvent(what, whom, datetime.now(UTC), "me")])


@pytest.fixture
def course(tmp_path: Path) -> QuizCourse:
    return QuizCourse(tmp_path / "course", quiz=LIMITED)


def ends_in(course: QuizCourse, student: str) -> timedelta:
    """How long the attempt lasts that a student began."""
    quizzes = quizzes_of(open_course(course.folder))
    with quizzes.records() as records:
        service = quizzes.service("weekly", records)
        (attempt,) = service.attempts(student)
        end = service.ends(attempt)
        assert end is not None
        return end - attempt.started


def test_minutes_are_added_to_an_attempt_under_way(course: QuizCourse) -> None:
    """For the student, for a group or for all; not for another quiz, and not once taken back."""
    course.run("quiz", "take", "weekly", "--student", "ada", typed=":quit\n")
    assert ends_in(course, "ada") == timedelta(minutes=20)
    give(course, Whom("ada"), Extension(0, "weekly", None, "ill", minutes=30))
    give(course, Whom("bob"), Extension(0, "weekly", None, "ill", minutes=90))
    give(course, ALL, Extension(0, "other", None, "ill", minutes=60))
    assert ends_in(course, "ada") == timedelta(minutes=50)
    give(course, ALL, Extension(0, "weekly", None, "a fire alarm", minutes=40))
    assert ends_in(course, "ada") == timedelta(minutes=60)
    give(course, ALL, Revocation(0, 4, "false alarm"))
    assert ends_in(course, "ada") == timedelta(minutes=50)
    extra = read_extra_time(open_course(course.folder), "weekly")
    assert extra("bob") == ExtraTime(timedelta(minutes=90)) and extra("eve") == ExtraTime()


def test_a_quiz_that_has_closed_is_open_to_whom_was_given_time(tmp_path: Path) -> None:
    """Until the end that was given, by the command and by the scores alike."""
    closed = QUIZ.replace("attempts: 2\n", "closes: 2026-01-01T12:00+01:00\n")
    course = QuizCourse(tmp_path / "course", quiz=closed)
    refused = course.run("quiz", "take", "weekly", "--student", "ada")
    assert isinstance(refused.exception, AttemptError)
    assert "closed on 01 January 2026 at 12:00 CET" in str(refused.exception)
    until = datetime.now(UTC) + timedelta(days=2)
    give(course, Whom("ada"), Extension(0, "weekly", until, "ill"))
    told = course.run("quiz", "take", "weekly", "--student", "ada", typed="(A + A')w\n:quit\n")
    assert told.exit_code == 0 and "This attempt ends on" in told.output, told.output
    assert course.scores()["ada"]["attempts"] == 0, "it is under way"
    assert isinstance(course.run("quiz", "take", "weekly", "--student", "bob").exception, AttemptError)
