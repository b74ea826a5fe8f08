"""Recording what files say, which nobody is asked to confirm: found anew where somebody else was faster."""

from collections.abc import Callable, Sequence
from datetime import datetime

from autograder.domain.course_events import CourseEvent, Recorded, Whom
from autograder.errors import OvertakenError
from autograder.gradebook.store import Gradebook

_ROUNDS = 20
"""How often it is tried where others keep recording."""

Find = Callable[[Sequence[CourseEvent]], Sequence[tuple[Recorded, Whom]]]
"""Finds what is not recorded, by what is."""


def record_found(gradebook: Gradebook, find: Find, *, by: str, now: datetime) -> tuple[CourseEvent, ...]:
    """Record what is found that is not recorded, all of it or nothing; return it as it was recorded.

    Raises:
        OvertakenError: others record all the time.
    """
    for _ in range(_ROUNDS):
        events = gradebook.events.all()
        new = [CourseEvent(what, whom, now, by) for what, whom in find(events)]
        if not new:
            return ()
        try:
            return gradebook.events.add(new, after=events[-1].number if events else 0)
        except OvertakenError:
            continue
    raise OvertakenError("others record all the time; try again when they are done: nothing is recorded")
