"""What people recorded that decides how late the submissions for an assignment are, for their reports."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC
from functools import cache
from typing import TYPE_CHECKING

from autograder.domain.course import Student
from autograder.domain.lateness import ReceiptFacts
from autograder.domain.receipt import Receipt

if TYPE_CHECKING:
    from autograder.course.opened import OpenCourse
    from autograder.gradebook.store import Gradebook


FactsOf = Callable[[Receipt], ReceiptFacts]


def read_receipt_facts(
    course: "OpenCourse", name: str, gradebook: "Gradebook | None" = None
) -> Callable[[str], FactsOf | None]:
    """What was recorded, by student and receipt; the gradebook is asked when the first student is.

    One that the caller has open is asked; else the course's is opened for it.
    """
    found = cache(lambda: _read(course, name, gradebook))

    def facts_of(student: str) -> FactsOf | None:
        return found()(student)

    return facts_of


def _read(course: "OpenCourse", name: str, opened: "Gradebook | None") -> Callable[[str], FactsOf | None]:
    from autograder.domain.course_events import ReceiptTime, find_standing
    from autograder.domain.events import Extension

    settings = course.course.settings(name)
    with nullcontext(opened) if opened else course.gradebook(read_only=True) as gradebook:
        standing = find_standing(gradebook.events.all())
        times = {
            each.what.submission: each.what
            for each in standing
            if isinstance(each.what, ReceiptTime) and each.what.work == name
        }
        people = {each.whom.student for each in standing if isinstance(each.what, ReceiptTime)}
        submissions = gradebook.marked_submissions(students=people) if times else ()
    extensions = [
        (each.whom, each.what)
        for each in standing
        if isinstance(each.what, Extension) and each.what.work == name
    ]
    # A receipt does not tell the number in the store, but what is one event there: who, which bytes, when.
    by_receipt = {
        (one.student, one.blob, one.received.astimezone(UTC)): times[one.id]
        for one in submissions
        if one.id in times
    }
    roster = {each.id: each for each in course.course.roster}

    def of_student(id: str) -> FactsOf | None:
        student, deadline = roster.get(id, Student(id)), settings.deadline if settings else None
        ends = [what.end(deadline) for whom, what in extensions if deadline and whom.includes(student)]
        if not ends and id not in people:
            return None
        end = max(ends, key=lambda each: each.timestamp(), default=None)

        def of_receipt(receipt: Receipt) -> ReceiptFacts:
            time = by_receipt.get((id, receipt.blob, receipt.received.astimezone(UTC)))
            return ReceiptFacts(end, time.received if time else None, time is not None)

        return of_receipt

    return of_student
