"""Judges one answer: a pure function of the question, the variant and the text as typed."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from autograder.domain.sentences import join_names, say
from autograder.errors import CourseError, Flaw
from autograder.expressions.unreadable import Unreadable
from autograder.quiz.arithmetic import NoValueError
from autograder.quiz.draw import fits, plain_variant, settle
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.model import Quiz, QuizQuestion
from autograder.quiz.seal import Seal
from autograder.quiz.texts import fill, fill_feedback
from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import AnswerVerdict, manual, unreadable, verdict_for

if TYPE_CHECKING:
    from autograder.quiz.carry import CarriedValue

CARRIED = Fraction(9, 10)
"""What a part earns that is right but for an error carried forward, as in notebooks."""


def judge(question: QuizQuestion, variant: Variant, raw: str, *, seal: Seal | None = None) -> AnswerVerdict:
    """The verdict on what a student typed.

    The variant must be of this version of the question. Code is run by `seal`; without it, and for texts,
    a person is asked. No text makes this raise; a key that has no value does (`NoValueError`), which
    `autograder quiz check` finds beforehand.
    """
    if not raw.strip():
        return unreadable(say("typed.there_is_no_answer_yet"), code="empty")
    kind = kind_of(question)
    if kind.longest and len(raw) > kind.longest:
        return unreadable(say("typed.an_answer_has_at_most", most=kind.longest), code="too_long")
    return kind.judge(fill_feedback(question, variant.drawn), variant, raw, seal=seal)


def judge_fitting(
    question: QuizQuestion, variant: Variant, raw: str, *, seal: Seal | None = None
) -> AnswerVerdict:
    """`judge`, for a variant that an earlier version of the question may have drawn."""
    if not raw.strip():
        return unreadable(say("typed.there_is_no_answer"), code="empty")
    if not fits(question, variant):
        return manual(say("typed.the_question_was_changed_since"), code="changed")
    return judge_or_leave(question, variant, raw, seal=seal)


def judge_part(
    question: QuizQuestion,
    variant: Variant,
    raw: str,
    carried: "Sequence[CarriedValue]",
    *,
    seal: Seal | None = None,
) -> AnswerVerdict:
    """`judge_fitting`, and where that is not right, once more with the student's own answers above.

    An error is paid for where it is made: what is right but for it earns nine tenths. The better of the two
    verdicts is given.
    """
    drawn = {p.name: variant.drawn[p.name] for p in question.parameters if p.name in variant.drawn}
    computed = {parameter.name for parameter in question.parameters if parameter.expression}
    plain = {name: value for name, value in drawn.items() if name not in computed}
    if computed:  # by the keys as they are, which may have been mended since it was drawn
        variant = replace(variant, values=settle(question, plain))
    verdict = judge_fitting(question, variant, raw, seal=seal)
    if not carried or verdict.credit is None or verdict.credit == 1:
        return verdict
    own = settle(question, {**plain, **{each.name: each.value for each in carried}})
    again = judge_fitting(question, replace(variant, values=own), raw, seal=seal)
    whole = all(each.right for each in carried)
    credit = (again.credit or Fraction(0)) * (1 if whole else CARRIED)
    if credit <= verdict.credit:
        return verdict
    sources = join_names(list(dict.fromkeys(each.source for each in carried)))
    inner = again.said or say("typed.it_is_right_with_that")
    said = say("typed.judged_with_your_own_answer", sources=sources, inner=inner)
    return replace(
        verdict_for(credit, "carried", said),
        reading=again.reading,
        reading_mathml=again.reading_mathml,
        fingerprint=verdict.fingerprint,
        parts=again.parts,
    )


def judge_or_leave(
    question: QuizQuestion, variant: Variant, raw: str, *, seal: Seal | None = None
) -> AnswerVerdict:
    """`judge`, where a key that has no value leaves the answer to a person: the fault is the author's."""
    try:
        return judge(question, variant, raw, seal=seal)
    except NoValueError:
        return manual(say("typed.the_question_cannot_be_judged"), code="unjudged")


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


def require_usable(quiz: Quiz) -> None:
    """Refuse a quiz of which a question can be neither shown nor judged as it is written.

    Each is tried with the first of its values alone; `autograder quiz check` tries many.

    Raises:
        CourseError: one sentence, with the line of the question.
    """
    for question in quiz.questions:
        if flaw := question_flaw(question, plain_variant(question)):
            what = f"{question.id} cannot be asked as it is written: {flaw}"
            advice = f"`autograder quiz check {quiz.id}` lists all there is to mend"
            raise CourseError([Flaw(f"{quiz.source}:{question.line}", what, advice)])


def question_flaw(question: QuizQuestion, variant: Variant) -> str:
    """Why a question can be neither shown nor judged with these values, or the empty string."""
    kind = kind_of(question)
    try:
        kind.interpret(question, variant, "1")
        kind.judge(fill_feedback(question, variant.drawn), variant, "1", seal=None)
    except (NoValueError, Unreadable) as reason:
        return text_flaw(question, variant) or str(reason)
    return text_flaw(question, variant)


def text_flaw(question: QuizQuestion, variant: Variant) -> str:
    """Why a text of a question cannot be shown with these values, or the empty string."""
    kind = kind_of(question)
    shown = [question.prompt, *kind.numbered_lines(question), *kind.lettered_lines(question, variant)]
    try:
        for text in (*shown, *question.hints, question.solution):
            fill(text, variant.drawn)
    except NoValueError as reason:
        return str(reason)
    return ""
