"""What a student's function answered, case by case, and how each case went."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from autograder.domain.answer import Answer, Batch, Ending
from autograder.errors import JudgingError
from autograder.questions.case_score import RIGHT, Finding, Standing, wrong
from autograder.questions.cases import Case, Group
from autograder.questions.memo import likeness_of
from autograder.questions.score_case import weigh
from autograder.questions.solutions import Prepared
from autograder.questions.student_code import StudentCode


@dataclass(frozen=True, slots=True, eq=False)
class Exhibit:
    """One case: what was expected, what came back, how it stands."""

    case: Case
    expected: Answer
    answer: Answer
    standing: Standing


def examine(
    prepared: Prepared, student: StudentCode, *, seconds: float, told: Sequence[Answer] | None = None
) -> tuple[Exhibit, ...]:
    """Ask a student's function every case, speed cases only where every core case earned something.

    `told` is what it answered to the ordinary cases, where it was asked these before.

    Raises:
        JudgingError: an oracle or a rule of the author's failed, or a call was not answered.
    """
    answers = _ask(prepared, student, prepared.batch, seconds=seconds) if told is None else told
    _must_be_all(answers, prepared, prepared.batch)
    exhibits = _weighed(prepared, answers)
    if all(e.standing.worth > 0 for e in exhibits if e.case.group is Group.CORE):
        exhibits += tuple(_race(prepared, student, k) for k in range(prepared.ordinary, len(prepared.cases)))
    return exhibits


def _weighed(prepared: Prepared, answers: Sequence[Answer]) -> tuple[Exhibit, ...]:
    """How ordinary cases went; found out once for all who answer alike."""
    likeness = likeness_of(answers)
    exhibits: tuple[Exhibit, ...] | None = prepared.weighed.met(likeness)
    if exhibits is None:
        with np.errstate(all="ignore"):
            exhibits = tuple(_exhibit(prepared, k, answer) for k, answer in enumerate(answers))
        prepared.weighed.meet(likeness, exhibits)
    return exhibits


def _ask(prepared: Prepared, student: StudentCode, batch: Batch, *, seconds: float) -> tuple[Answer, ...]:
    if prepared.question.variable:
        return (student.variable(prepared.question.name),) * len(batch.calls)
    answers = student.ask(prepared.question.name, batch, seconds=seconds)
    _must_be_all(answers, prepared, batch)
    return answers


def _must_be_all(answers: Sequence[Answer], prepared: Prepared, batch: Batch) -> None:
    """One answer per call: a case that nobody answered must not count as passed."""
    if len(answers) != len(batch.calls):
        raise JudgingError(f"{len(batch.calls)} calls of {prepared.question.name}, {len(answers)} answers")


def _exhibit(prepared: Prepared, k: int, answer: Answer) -> Exhibit:
    case, expected, scale = prepared.cases[k], prepared.expected.reference[k], prepared.expected.scales[k]
    yardstick = prepared.yardsticks[k]
    return Exhibit(
        case, expected, answer, weigh(prepared.question, case, expected, scale, answer, yardstick=yardstick)
    )


def _race(prepared: Prepared, student: StudentCode, k: int) -> Exhibit:
    """Ask a speed case; whoever is too slow is asked once more, against a loop timed at that moment."""
    exhibit, slow = _lap(prepared, student, k, anew=False)
    if slow:
        exhibit, slow = _lap(prepared, student, k, anew=True)
    if slow and exhibit.standing.worth > 0:
        return replace(exhibit, standing=wrong(Finding.SLOW, "Right, but too slow on large input."))
    return exhibit


def _lap(prepared: Prepared, student: StudentCode, k: int, *, anew: bool) -> tuple[Exhibit, bool]:
    """One try at a speed case, and whether it took too long."""
    case = prepared.cases[k]
    if case.pace is None:
        raise JudgingError(f"speed case {case.label!r} of {prepared.question.name} has no time limit")
    limit = prepared.stopwatch.limit(case.pace, anew=anew)
    [answer] = _ask(prepared, student, Batch((case.call,)), seconds=3.0 * limit + 2.0)
    exhibit = _exhibit(prepared, k, answer)
    slow = answer.ending is Ending.TIMED_OUT or (exhibit.standing.worth > 0 and not answer.seconds <= limit)
    return exhibit, slow


def failing(exhibits: tuple[Exhibit, ...], group: Group) -> Iterator[Exhibit]:
    """The exhibits of a group that earned less than everything."""
    return (e for e in exhibits if e.standing is not RIGHT and e.case.group is group and e.standing.worth < 1)
