"""Judges one answer: a pure function of the question, the variant and the text as typed."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from autograder.quiz.kinds import choices, matrices, numeric, symbolic, witness
from autograder.quiz.kinds.code import Askable, judge_code
from autograder.quiz.model import QuestionKind, QuizQuestion
from autograder.quiz.texts import with_feedback_filled
from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import AnswerVerdict, manual, unreadable

Seal = Callable[[str], AbstractContextManager[Askable]]
"""Runs code in a sealed process and gives what can be asked of it."""

LONGEST = 2_000
"""Characters of an answer that is read by rules; code and texts may be longer."""

_JUDGES: Mapping[QuestionKind, Callable[[QuizQuestion, Variant, str], AnswerVerdict]] = {
    **choices.JUDGES,
    QuestionKind.NUMERIC: numeric.judge_numeric,
    QuestionKind.MATRIX: matrices.judge_matrix,
    QuestionKind.SYMBOLIC: symbolic.judge_symbolic,
    QuestionKind.WITNESS: witness.judge_witness,
}


def judge(question: QuizQuestion, variant: Variant, raw: str, *, seal: Seal | None = None) -> AnswerVerdict:
    """The verdict on what a student typed.

    The variant must be of this version of the question. Code is run by `seal`; without it, and for texts,
    a person is asked. No text makes this raise; a key that has no value does (`NoValueError`), which
    `autograder quiz check` finds beforehand.
    """
    if not raw.strip():
        return unreadable("There is no answer yet.", code="empty")
    question = with_feedback_filled(question, variant.drawn)
    if question.kind is QuestionKind.TEXT:
        return manual("A person reads this answer.", reading=raw.strip())
    if question.kind is QuestionKind.CODE:
        if seal is None:
            return manual("The code waits to be run.", code="not_run")
        with seal(raw) as student:
            return judge_code(question, variant, student)
    if len(raw) > LONGEST:
        return unreadable(f"An answer has at most {LONGEST} characters.", code="too_long")
    return _JUDGES[question.kind](question, variant, raw)


def interpret(question: QuizQuestion, variant: Variant, raw: str) -> tuple[str, str]:
    """How an answer is read, without a verdict: text, and MathML where there is some.

    What cannot be read is told by its message; code and texts are read as they stand.
    """
    if question.kind in (QuestionKind.TEXT, QuestionKind.CODE) or not raw.strip():
        return raw.strip(), ""
    if question.kind is QuestionKind.SYMBOLIC and len(raw) <= LONGEST:
        return symbolic.interpret_symbolic(question, variant, raw)
    verdict = judge(question, variant, raw)
    return (verdict.reading if verdict.costs else verdict.message), ""
