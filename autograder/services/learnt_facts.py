"""What a download tells of files that are recorded already, and what marks change by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from autograder.course.graded import read_graded_class
from autograder.course.opened import OpenCourse
from autograder.domain.course_events import CourseEvent, PlatformLateness, ReceiptTime
from autograder.errors import CourseError
from autograder.inbox.collector import Collected, CollectRequest
from autograder.publishing.platform_facts import PlatformFact, learn
from autograder.publishing.proposals import GradeChange, preview


@dataclass(frozen=True, slots=True)
class LearntFacts:
    """What is known from now on of files that were there already."""

    times: Mapping[str, datetime]
    """When they were received, by the student and the number of the file where it is recorded."""
    late: Sequence[tuple[str, PlatformLateness]] = ()
    """What a platform says of their lateness, by the same."""
    changes: Sequence[GradeChange] = ()
    """What marks change by it."""


def learn_of_collected(
    course: OpenCourse, request: CollectRequest, collected: Sequence[Collected], *, source: str, by: str
) -> LearntFacts:
    """Record what is told of files that are in the gradebook, unless the run is dry.

    Args:
        course: whose files they are.
        request: by which they were collected.
        collected: what came of it.
        source: of what is told, as students read it.
        by: who records it.
    """
    facts = [
        PlatformFact(one.student, one.blob, one.told, one.word)
        for one in collected
        if one.unchanged and (one.told is not None or one.word is not None)
    ]
    times = {one.student: one.received for one in collected if one.dated}
    name, now = request.assignment, request.now
    if not facts or not course.has_gradebook:
        return LearntFacts(times)
    with course.gradebook(read_only=request.dry) as gradebook:
        # The class is read only where something is new.
        if not learn(gradebook, name, facts, source=source, by=by, now=now, dry=True):
            return LearntFacts(times)
        try:
            graded = read_graded_class(course, gradebook, now)
        except CourseError:  # of a quiz that counts: it keeps nothing from being known
            graded = None
        found = learn(gradebook, name, facts, source=source, by=by, now=now, dry=request.dry)
    for each in found:
        if isinstance(each.what, ReceiptTime) and each.what.received is not None:
            times.pop(each.one.student, None)
            times[each.one.label] = each.what.received
    late = [(each.one.label, each.what) for each in found if isinstance(each.what, PlatformLateness)]
    events = [CourseEvent(*each.decision, now, by) for each in found]
    changes = preview(graded.history, graded.policy, events, now) if graded else ()
    return LearntFacts(times, late, changes)
