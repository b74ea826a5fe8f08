"""Judges one answer: a pure function of the question, the variant and the text as typed."""

from autograder.expressions.unreadable import Unreadable
from autograder.quiz.arithmetic import NoValueError
from autograder.quiz.draw import fits, plain_variant
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.model import QuizQuestion
from autograder.quiz.seal import Seal
from autograder.quiz.texts import fill, fill_feedback
from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import AnswerVerdict, manual, unreadable


def judge(question: QuizQuestion, variant: Variant, raw: str, *, seal: Seal | None = None) -> AnswerVerdict:
    """The verdict on what a student typed.

    The variant must be of this version of the question. Code is run by `seal`; without it, and for texts,
    a person is asked. No text makes this raise; a key that has no value does (`NoValueError`), which
    `autograder quiz check` finds beforehand.
    """
    if not raw.strip():
        return unreadable("There is no answer yet.", code="empty")
    kind = kind_of(question)
    if kind.longest and len(raw) > kind.longest:
        return unreadable(f"An answer has at most {kind.longest} characters.", code="too_long")
    return kind.judge(fill_feedback(question, variant.drawn), variant, raw, seal=seal)


def judge_fitting(
    question: QuizQuestion, variant: Variant, raw: str, *, seal: Seal | None = None
) -> AnswerVerdict:
    """`judge`, for a variant that an earlier version of the question may have drawn."""
    if not raw.strip():
        return unreadable("There is no answer.", code="empty")
    if not fits(question, variant):
        return manual("The question was changed since it was asked; a person looks.", code="changed")
    return judge_or_leave(question, variant, raw, seal=seal)


def judge_or_leave(
    question: QuizQuestion, variant: Variant, raw: str, *, seal: Seal | None = None
) -> AnswerVerdict:
    """`judge`, where a key that has no value leaves the answer to a person: the fault is the author's."""
    try:
        return judge(question, variant, raw, seal=seal)
    except NoValueError:
        return manual("The question cannot be judged as it is written; a person looks.", code="unjudged")


def can_read(question: QuizQuestion, variant: Variant, raw: str) -> bool:
    """Whether an answer can be read. What is empty cannot; what is too long neither."""
    kind = kind_of(question)
    too_long = kind.longest is not None and len(raw) > kind.longest
    try:
        return bool(raw.strip()) and not too_long and kind.reads(question, variant, raw)
    except (NoValueError, Unreadable):  # the question itself cannot be read: what is typed goes to a person
        return True


def interpret(question: QuizQuestion, variant: Variant, raw: str) -> tuple[str, str]:
    """How an answer is read, without a verdict: text, and MathML where there is some.

    For what cannot be read, the reason stands in place of the text.
    """
    kind = kind_of(question)
    if not raw.strip():
        return "", ""
    if kind.longest and len(raw) > kind.longest:
        return judge(question, variant, raw).message, ""
    try:
        return kind.interpret(question, variant, raw)
    except (NoValueError, Unreadable):
        return "", ""


def question_flaw(question: QuizQuestion) -> str:
    """Why a question can be neither shown nor judged as it is written, or the empty string.

    It is tried with the first of its values alone; `autograder quiz check` tries many.
    """
    kind, variant = kind_of(question), plain_variant(question)
    shown = [question.prompt, *kind.numbered_lines(question), *kind.lettered_lines(question, variant)]
    try:
        for text in (*shown, *question.hints, question.solution):
            fill(text, variant.drawn)
        kind.interpret(question, variant, "1")
        kind.judge(fill_feedback(question, variant.drawn), variant, "1", seal=None)
    except (NoValueError, Unreadable) as reason:
        return str(reason)
    return ""
