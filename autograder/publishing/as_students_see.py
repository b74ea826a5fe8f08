"""What students may know of a class before and after a publication: decisions wait until they are published.

Deadlines, extensions, excuses, teams and times of receipt are known to a student at once. Marks by hand,
decisions on marks and exam marks are known as they stood when the work, or the final grade, was published; so
are reports that were made again since, which are read as they were then.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from autograder.domain.course_events import CourseEvent
from autograder.domain.events import BadQuestion, ExamMark, Override, Revocation
from autograder.publishing.class_history import ClassHistory
from autograder.publishing.publication import AS_OF, find_last_publication


@dataclass(frozen=True, slots=True)
class SeenPublication:
    """The publication by which a student sees a piece of work, or the final grade."""

    event: CourseEvent
    """The last one; where the student was held back in it, the one before that counted."""
    grade: Any
    """What was published of the student; None where nothing was."""


SeenPublications = Mapping[str | None, SeenPublication]
"""By work; None is the final grade."""


def find_seen(
    events: Sequence[CourseEvent],
    student: str,
    works: Iterable[str],
    published_of: Callable[[int, str], Any],
) -> dict[str | None, SeenPublication]:
    """By which publications a student sees these works and the final grade; those that are not are left out.

    `published_of` gives what a publication, by its number, says of a student; None where nothing.
    """
    numbered = {each.number: each for each in events}
    seen: dict[str | None, SeenPublication] = {}
    for work in (*works, None):
        last = find_last_publication(events, work)
        if last is not None:
            grade = published_of(last.number, student)
            as_of = last.number if grade is None else grade.get(AS_OF, last.number)
            seen[work] = SeenPublication(numbered.get(as_of, last), grade)
    return seen


def as_students_see(history: ClassHistory, seen: SeenPublications) -> ClassHistory:
    """The history without what waits to be published."""
    events = tuple(each for each in history.events if _is_known(history, seen, each))
    marks = {}
    for (student, work), given in history.hand_marks.items():
        at = published_at(seen, work)
        marks[student, work] = [mark for mark in given if at is not None and mark.marked <= at]
    return replace(history, events=events, hand_marks=marks)


def published_at(seen: SeenPublications, work: str) -> datetime | None:
    """As of when marks of a piece of work are seen, published by themselves or in the final grade."""
    return max((seen[each].event.at for each in (work, None) if each in seen), default=None)


def _is_known(history: ClassHistory, seen: SeenPublications, event: CourseEvent) -> bool:
    what = event.what
    if isinstance(what, Revocation):  # is known where what it takes back is not, or not any more
        what = next(each.what for each in history.events if each.number == what.revokes)
    if not isinstance(what, Override | BadQuestion | ExamMark):
        return True
    work = None if isinstance(what, ExamMark) else what.work
    return any(event.number < seen[each].event.number for each in (work, None) if each in seen)
