"""Where each test of an adopted assignment is judged."""

from collections.abc import Iterator
from pathlib import Path

from autograder.foreign.model import AdoptedAssignment, ForeignQuestion, Profile, Where


def prove(assignment: AdoptedAssignment, folder: Path) -> tuple[Profile, ...]:
    """The profile of every test, and of every question that a person marks, in order.

    Args:
        assignment: as it was read.
        folder: where it is kept, with its `files/`; nothing is written there.
    """
    return tuple(profile for question in assignment.questions for profile in _prove_question(question))


def _prove_question(question: ForeignQuestion) -> Iterator[Profile]:
    if question.by_hand:
        yield Profile(question.name, Where.BY_HAND, "a person marks it")
    for test in question.tests:
        reason = test.obstacle or "it was not tried on a solution"
        yield Profile(test.name, Where.NOT_JUDGED, reason)
