"""QTI 1.2 for Canvas, through the text of text2qti, where that program is installed."""

import re
from collections.abc import Iterator
from fractions import Fraction
from importlib import import_module

from autograder.errors import CourseError, Flaw
from autograder.interop.losses import Export, Loss, common_losses, prompt_with_unit
from autograder.quiz.draw import plain_variant
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.model import Quiz, QuizQuestion
from autograder.quiz.portable import Form, PortableQuestion
from autograder.quiz.texts import fill
from autograder.quiz.variants import LETTERS

_MODULES = ("config", "err", "qti", "quiz")
SMALLEST = Fraction(1, 10**4)
"""Numbers nearer to zero are not told apart by Canvas."""


def to_qti(quiz: Quiz) -> Export:
    """The quiz as a QTI zip; CourseError where text2qti is missing or refuses the text."""
    text = to_text2qti(quiz)
    try:
        config, error, qti, texts = (import_module(f"text2qti.{name}") for name in _MODULES)
    except ImportError as missing:
        advice = "install autograder with its extra qti, as `autograder help install` says"
        raise CourseError([Flaw("export to qti", "text2qti is not installed", advice)]) from missing
    try:
        written = texts.Quiz(text, config=config.Config(), source_name=quiz.id)
        content = qti.QTI(written).zip_bytes()
    except error.Text2qtiError as refused:
        raise CourseError([Flaw(quiz.source, f"text2qti refuses it: {refused}")]) from refused
    losses = tuple(Loss(question.id, what) for question in quiz.questions for what in _losses(question))
    return Export(bytes(content), losses)


def _losses(question: QuizQuestion) -> Iterator[str]:
    portable = kind_of(question).portable(question, plain_variant(question))
    yield from common_losses(question, portable)
    texts = [question.prompt, *(choice.text for choice in question.choices)]
    if any("$" in text for text in texts):
        yield "formulas become pictures made by your institution's server"
    if portable.unit:
        yield f"the unit is said in the question ({portable.unit}), not read"
    if question.wrong:
        yield "feedback on listed wrong answers"
    if portable.form is Form.SEVERAL_CHOICES:
        yield "part credit is counted as Canvas does"
    if portable.pairs:
        yield f"there is no kind {question.kind}: it becomes a text that a person reads"
    if _points(question) != question.points:
        yield "points are rounded to halves"
    if portable.numbers and abs(portable.numbers[0].value) < SMALLEST:
        yield "numbers below 0.0001 are not told apart"


def to_text2qti(quiz: Quiz) -> str:
    """The quiz in text2qti's own text."""
    blocks = [f"Quiz title: {quiz.title}", "Feedback is solution: true"]
    blocks += [_block(number, question) for number, question in enumerate(quiz.questions, 1)]
    return "\n\n".join(blocks) + "\n"


def _points(question: QuizQuestion) -> Fraction:
    return max(Fraction(1, 2), Fraction(round(question.points * 2), 2))


def _block(number: int, question: QuizQuestion) -> str:
    variant = plain_variant(question)
    portable = kind_of(question).portable(question, variant)
    prompt = prompt_with_unit(fill(question.prompt, variant.drawn), portable)
    if portable.pairs:
        prompt += "\n\n" + "\n".join(f"- {text}" for text in _lines(portable))
    head = [
        f"Title: {question.id}",
        f"Points: {float(_points(question)):g}",
        _indent(f"{number}. ", prompt),
    ]
    if question.solution:
        head.append(_indent("... ", fill(question.solution, variant.drawn)))
    return "\n".join([*head, *_answers(portable)])


def _lines(portable: PortableQuestion) -> Iterator[str]:
    """The lines to put in order or to match, then the partners, each once."""
    yield from (line for line, _ in portable.pairs if line)
    if portable.form is Form.MATCHING:
        yield from dict.fromkeys(partner for _, partner in portable.pairs)


def _answers(portable: PortableQuestion) -> Iterator[str]:
    match portable.form:
        case Form.NUMBER:
            key = portable.numbers[0]
            yield f"=   [{float(key.low):.12g}, {float(key.high):.12g}]"
        case Form.SHORT_TEXT:
            yield from (f"*   {answer.text}" for answer in portable.answers if answer.credit == 1)
        case Form.ONE_CHOICE | Form.SEVERAL_CHOICES:
            for letter, answer in zip(LETTERS, portable.answers, strict=False):
                several = "[*] " if answer.right else "[ ] "
                one = f"*{letter}) " if answer.right else f"{letter}) "
                yield _indent(several if portable.form is Form.SEVERAL_CHOICES else one, answer.text)
                if answer.feedback:
                    yield _indent("... ", answer.feedback)
        case _:
            yield "____"


def _indent(marker: str, text: str) -> str:
    """The text after its marker, its other lines under its first."""
    plain_text = re.sub(r"\n{3,}", "\n\n", text.strip())
    lines = plain_text.split("\n")
    return "\n".join([marker + lines[0], *(" " * len(marker) + line if line else "" for line in lines[1:])])
