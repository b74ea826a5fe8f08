"""What a speed case is asked on was never seen before: else its answer could be prepared."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.check.subject import AssignmentUnderTest
from autograder.domain.answer import Built, Call
from autograder.errors import Flaw
from autograder.questions.cases import Group
from autograder.questions.solutions import Prepared

_SMALL = 32
"""Numbers of an array that is no data to prepare anything from."""


def check_novelty(subject: AssignmentUnderTest, prepared: Prepared) -> Iterator[Flaw]:
    """No large argument of a speed case is one of another case, of this question or another, or of a picture.

    A function may keep what it made of an argument, and be quick when it meets that again.
    """
    question = prepared.question
    others = [*_list_others(subject, prepared)]
    for case in (case for case in prepared.cases if case.group is Group.SPEED):
        own = _fingerprint_data(case.call)
        for what, call in others:
            if own & _fingerprint_data(call):
                where = f"{subject.line(question.reference)}: {question.name}"
                told = f"speed case {case.label!r} has an argument that {what} has too"
                yield Flaw(where, told, "draw it from another seed: its answer could be prepared")
        others.append((f"speed case {case.label!r}", case.call))


def _list_others(subject: AssignmentUnderTest, prepared: Prepared) -> Iterator[tuple[str, Call]]:
    for one in subject.solutions.questions:
        name = one.question.name
        for case in one.cases:
            if one is not prepared or case.group is not Group.SPEED:
                yield f"case {case.label!r} of {name}", case.call
        for picture in one.question.pictures:
            yield f"a picture of {name}", picture.case.call


def _fingerprint_data(call: Call) -> frozenset[Any]:
    """What tells large arguments apart: the bytes of an array, or the recipe of one that is built."""
    found = set[Any]()
    for _, value in call.named():
        if isinstance(value, Built):
            found.add((value.recipe.source, repr(sorted(value.recipe.values.items()))))
        elif isinstance(value, np.ndarray) and value.size > _SMALL:
            found.add((value.dtype.str, value.shape, value.tobytes()))
    return frozenset(found)
