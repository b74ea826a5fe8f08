"""An error carried forward: a question judged again with references in place of earlier, wrong functions.

An error is then counted once, where it was made.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from autograder.domain.report import Outcome, Verdict
from autograder.domain.sentences import say
from autograder.questions.forbidden import forbidden_names
from autograder.questions.question import Question
from autograder.questions.student_code import StudentCode

CARRIED_FORWARD = Fraction(9, 10)
"""What is left of a mark earned with references in place of earlier, wrong functions."""


def carry_forward(
    own: Verdict,
    question: Question,
    student: StudentCode,
    earlier: Mapping[str, Verdict],
    *,
    judge_again: Callable[[StudentCode], Verdict],
) -> Verdict:
    """The better of a verdict and of that with references in place of earlier functions that are wrong."""
    marks = {name: verdict.mark for name, verdict in earlier.items() if verdict.mark is not None}
    wrong = [needed for needed in question.needs if marks.get(needed.name, 1) < 1]
    if not wrong or not _may_gain(own, wrong, student):
        return own
    references = {needed.name: needed.reference for needed in wrong}
    with student.standing_in(references) as second:
        again = judge_again(second)
    if own.mark is None or again.mark is None or CARRIED_FORWARD * again.mark <= own.mark:
        return own
    names = tuple(references)
    return replace(
        again,
        mark=CARRIED_FORWARD * again.mark,
        outcome=Outcome.WRONG,
        sentence=say("carried_forward", names=names, inner=again.sentence),
        notes=(*again.notes, say("also.carried_forward", names=names, kept=str(CARRIED_FORWARD))),
        answered=replace(again.answered, references=names) if again.answered else None,
    )


def _may_gain(verdict: Verdict, wrong: Sequence[Question], student: StudentCode) -> bool:
    """Whether a second judging could give more; a function that is not there gains nothing by it.

    One that is there seems not to be attempted where it calls an earlier one that is still a stub.
    """
    if verdict.outcome is Outcome.NOT_ATTEMPTED:
        return _uses(student, verdict.question, [needed.name for needed in wrong])
    absent = verdict.outcome is Outcome.MISSING
    return verdict.mark is not None and verdict.mark < CARRIED_FORWARD and not absent


def _uses(student: StudentCode, function: str, names: Sequence[str]) -> bool:
    """Whether a function of the student's uses any of these names, as far as reading it tells."""
    try:
        used = forbidden_names(student.source, function, names)
    except SyntaxError:
        return False
    return bool(set(used or ()) & set(names))
