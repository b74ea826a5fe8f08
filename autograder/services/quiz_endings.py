"""What an extension makes of attempts at a quiz that the clock has handed in already, for the instructor."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from autograder.course.opened import OpenCourse
from autograder.course.quizzes import find_extra_times, quizzes_of
from autograder.domain.counts import describe_count
from autograder.domain.course_events import Whom
from autograder.domain.moments import describe_moment
from autograder.gradebook.store import Gradebook
from autograder.publishing.class_history import ClassHistory
from autograder.quiz.model import Showing

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
