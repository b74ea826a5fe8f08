"""What students may know of a class before and after a publication: decisions wait until they are published.

Deadlines, extensions, excuses, teams and times of receipt are known to a student at once. Marks by hand,
decisions on marks and exam marks are known as they stood when the work, or the final grade, was published.
"""

from dataclasses import replace
from datetime import datetime

from autograder.domain.course_events import CourseEvent
from autograder.domain.events import BadQuestion, ExamMark, Override, Revocation
from autograder.publishing.class_history import ClassHistory
from autograder.publishing.publication import find_last_publication


def as_students_see(history: ClassHistory) -> ClassHistory:
    """The history without what waits to be published."""
    events = tuple(each for each in history.events if _is_known(history, each))
    marks = {}
    for (student, work), given in history.hand_marks.items():
        at = published_at(history, work)
        marks[student, work] = [mark for mark in given if at is not None and mark.marked <= at]
    return replace(history, events=events, hand_marks=marks)


def published_at(history: ClassHistory, work: str) -> datetime | None:
    """When the marks of a piece of work were last published, by themselves or in the final grade."""
    both = (find_last_publication(history, work), find_last_publication(history, None))
    return max((each.at for each in both if each is not None), default=None)


def _is_known(history: ClassHistory, event: CourseEvent) -> bool:
    what = event.what
    if isinstance(what, Revocation):  # is known where what it takes back is not, or not any more
        what = next(each.what for each in history.events if each.number == what.revokes)
    if not isinstance(what, Override | BadQuestion | ExamMark):
        return True
    work = None if isinstance(what, ExamMark) else what.work
    last = [find_last_publication(history, None)]
    if work is not None:
        last.append(find_last_publication(history, work))
    return any(each is not None and event.number < each.number for each in last)
