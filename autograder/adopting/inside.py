"""What is decided on tests that only the student's own process can run: their marks could be forged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.access import Access, write_whole
from autograder.domain.course import InsideRule
from autograder.domain.report import FORGEABLE
from autograder.foreign.model import (
    INSIDE_FILE,
    ForeignTest,
    InsideAnswer,
    Where,
    read_assignment_file,
    read_inside,
    read_profiles,
    write_inside,
)


@dataclass(frozen=True, slots=True)
class InsideTest:
    """A test that is judged inside, as a person is asked about it."""

    test: ForeignTest
    reason: str
    """Why it cannot be judged outside."""
    answer: InsideAnswer | None
    """What was decided on this text of it."""


def list_inside(folder: Path) -> tuple[InsideTest, ...]:
    """The tests of the assignment adopted in a folder that are judged inside. Raises CourseError."""
    answers = {(answer.test, answer.digest): answer for answer in read_inside(folder)}
    reasons = {each.test: each.reason for each in read_profiles(folder) if each.where is Where.INSIDE}
    return tuple(
        InsideTest(test, reasons[test.name], answers.get((test.name, test.digest)))
        for test in read_assignment_file(folder).tests
        if test.name in reasons
    )


def say_forgeable(folder: Path, rule: InsideRule) -> str:
    """Which tests of an adopted assignment count though their marks could be forged; empty where none does.

    Raises:
        CourseError: the assignment is not there.
    """
    counting = [
        each.test.name
        for each in (() if rule is InsideRule.MANUAL else list_inside(folder))
        if rule is InsideRule.ACCEPT or (each.answer is not None and each.answer.accepted)
    ]
    return f"{FORGEABLE} ({', '.join(counting)})" if counting else ""


def record_inside(
    folder: Path, decided: Mapping[str, bool], *, by: str, at: datetime, access: Access
) -> None:
    """Record for tests by their names whether their marks are accepted; of several decisions the last holds.

    Raises:
        CourseError: the assignment is not there.
    """
    tests = {each.test.name: each.test for each in list_inside(folder)}
    kept = [answer for answer in read_inside(folder) if answer.test not in decided]
    new = [
        InsideAnswer(name, tests[name].digest, accepted, by, at)
        for name, accepted in decided.items()
        if name in tests
    ]
    write_whole(folder / INSIDE_FILE, write_inside((*kept, *new)), access)
