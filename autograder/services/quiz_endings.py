"""Attempts at quizzes that the clock ends: recorded as handed in, and what an extension makes of them."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from autograder.course.opened import OpenCourse
from autograder.course.quizzes import find_extra_times, quizzes_of
from autograder.domain.counts import describe_count
from autograder.domain.course_events import Whom
from autograder.domain.moments import describe_moment
from autograder.errors import AutograderError, CourseError
from autograder.gradebook.store import Gradebook
from autograder.publishing.class_history import ClassHistory
from autograder.quiz.model import Showing
from autograder.quiz.records import Attempt
from autograder.quiz.service import QuizService

_log = logging.getLogger(__name__)
_NAMED = 5
"""Students who are named; of more, their number is told."""


def describe_ended(
    course: OpenCourse, gradebook: Gradebook, name: str, after: ClassHistory, whom: Sequence[Whom]
) -> Iterator[str]:
    """Who can go on with an attempt, once `after` is what is recorded, and for whom it comes too late."""
    opened, zone = quizzes_of(course), ZoneInfo(course.course.timezone)
    if not opened.path(name).is_file():
        return
    quiz = opened.quiz(name)
    students = [each.id for each in after.students if any(one.includes(each) for one in whom)]
    given = find_extra_times(course, name, after.events)
    taken = opened.taken(quiz, gradebook.quizzes)
    ended = opened.find_ended(quiz, taken, given, students)
    for each in ended[:_NAMED]:
        told = (
            f"{each.attempt.student}: the clock handed in attempt {each.attempt.number} on "
            f"{describe_moment(each.end.at, zone)}"
        )
        if each.until is None:
            yield f"{told}; nothing of this time is left, so it stays as it was handed in"
        else:
            yield f"{told}; it can be gone on with, begun now until {describe_moment(each.until, zone)}"
    going_on = [each for each in ended if each.until is not None]
    if len(ended) > _NAMED:
        more = len([each for each in ended[_NAMED:] if each.until is not None])
        yield (
            f"{describe_count(len(ended) - _NAMED, 'more attempt was', 'more attempts were')} handed in "
            f"by the clock; {more} can be gone on with"
        )
    if going_on and quiz.settings.results in (Showing.AT_ONCE, Showing.AT_SUBMISSION):
        yield "whoever goes on may have seen the verdicts on their answers meanwhile"


def find_overdue(course: OpenCourse, gradebook: Gradebook) -> Iterator[tuple[QuizService, Attempt]]:
    """The attempts at quizzes that count whose time is over, and of which that is not recorded so far.

    Of each what would record it; a quiz whose file is wrong is left out, and the class page tells of it.
    """
    opened = quizzes_of(course)
    for name in opened.counting(gradebook.quizzes):
        unended = gradebook.quizzes.unended(name, opened.clock())
        if not unended:
            continue
        given = find_extra_times(course, name, gradebook.events.all())
        try:
            service = replace(opened, extra_time={name: given}.__getitem__).service(name, gradebook.quizzes)
        except CourseError:
            continue
        for id in unended:
            attempt = gradebook.quizzes.attempt(id)
            if attempt is not None and service.is_overdue(attempt):
                yield service, attempt


def record_endings(course: OpenCourse, gradebook: Gradebook) -> int:
    """Hand in what the clock has ended, and judge it: nobody need look at it for that. Return how many."""
    count = 0
    for service, attempt in list(find_overdue(course, gradebook)):
        try:
            count += service.has_ended(attempt)
        except AutograderError as error:  # where code cannot be run, say: the others go on
            _log.error("attempt %s of %s is not handed in: %s", attempt.number, attempt.student, error)
    return count
