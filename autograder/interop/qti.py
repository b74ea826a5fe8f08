"""QTI 1.2 for Canvas, through the text of text2qti, where that program is installed."""

import re
from collections.abc import Iterator
from fractions import Fraction
from importlib import import_module

from autograder.errors import CourseError, Flaw
from autograder.interop.losses import Export, Loss, common_losses
from autograder.quiz.kinds.numeric import target
from autograder.quiz.model import EXACT, QuestionKind, Quiz, QuizQuestion
from autograder.quiz.texts import fill
from autograder.quiz.variants import LETTERS, plain

_KEPT = (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.NUMERIC, QuestionKind.SYMBOLIC)
_MODULES = ("config", "err", "qti", "quiz")
SMALLEST = Fraction(1, 10**4)
"""Numbers nearer to zero are not told apart by Canvas."""


def to_qti(quiz: Quiz) -> Export:
    """The quiz as a QTI zip; CourseError where text2qti is missing or refuses the text."""
    text = to_text2qti(quiz)
    try:
        config, error, qti, texts = (import_module(f"text2qti.{name}") for name in _MODULES)
    except ImportError as missing:
        advice = "pip install 'nabla-autograder[qti]'"
        raise CourseError([Flaw("export to qti", "text2qti is not installed", advice)]) from missing
    try:
        written = texts.Quiz(text, config=config.Config(), source_name=quiz.id)
        content = qti.QTI(written).zip_bytes()
    except error.Text2qtiError as refused:
        raise CourseError([Flaw(quiz.source, f"text2qti refuses it: {refused}")]) from refused
    losses = tuple(Loss(question.id, what) for question in quiz.questions for what in _losses(question))
    return Export(bytes(content), losses)


def _losses(question: QuizQuestion) -> Iterator[str]:
    yield from common_losses(question)
    texts = [question.prompt, *(choice.text for choice in question.choices)]
    if any("$" in text for text in texts):
        yield "formulas become pictures made by your institution's server"
    if question.kind is QuestionKind.NUMERIC and question.keys[0].unit:
        yield f"the unit is said in the question ({question.keys[0].unit}), not read"
    if question.wrong:
        yield "feedback on listed wrong answers"
    if question.kind is QuestionKind.MULTIPLE:
        yield "part credit is counted as Canvas does"
    if question.kind in (QuestionKind.ORDER, QuestionKind.MATCH):
        yield f"there is no kind {question.kind}: it becomes a text that a person reads"
    if _points(question) != question.points:
        yield "points are rounded to halves"
    if (
        question.kind is QuestionKind.NUMERIC
        and abs(target(question.keys[0].text, "", plain(question)).value) < SMALLEST
    ):
        yield "numbers below 0.0001 are not told apart"


def to_text2qti(quiz: Quiz) -> str:
    """The quiz in text2qti's own text."""
    blocks = [f"Quiz title: {quiz.title}", "Feedback is solution: true"]
    blocks += [_block(number, question) for number, question in enumerate(quiz.questions, 1)]
    return "\n\n".join(blocks) + "\n"


def _points(question: QuizQuestion) -> Fraction:
    return max(Fraction(1, 2), Fraction(round(question.points * 2), 2))


def _block(number: int, question: QuizQuestion) -> str:
    drawn = plain(question).drawn
    prompt = fill(question.prompt, drawn)
    if question.kind is QuestionKind.NUMERIC and question.keys[0].unit:
        prompt += f" (in {question.keys[0].unit})"
    if question.kind in (QuestionKind.ORDER, QuestionKind.MATCH):
        prompt += "\n\n" + "\n".join(f"- {text}" for text in _lines(question) if text)
    head = [
        f"Title: {question.id}",
        f"Points: {float(_points(question)):g}",
        _indented(f"{number}. ", prompt),
    ]
    if question.solution:
        head.append(_indented("... ", fill(question.solution, drawn)))
    return "\n".join([*head, *_answers(question)])


def _lines(question: QuizQuestion) -> list[str]:
    return [choice.text for choice in question.choices] + list(filter(None, question.partners))


def _answers(question: QuizQuestion) -> Iterator[str]:
    variant = plain(question)
    if question.kind not in _KEPT:
        yield "____"
    elif question.kind is QuestionKind.NUMERIC:
        key = question.keys[0]
        low, high = (key.tolerance or EXACT).bounds(target(key.text, key.unit, variant).value)
        yield f"=   [{float(low):.12g}, {float(high):.12g}]"
    elif question.kind is QuestionKind.SYMBOLIC:
        for key in question.keys:
            yield f"*   {fill(key.text, variant.drawn)}"
    else:
        for letter, choice in zip(LETTERS, question.choices, strict=False):
            several = "[*] " if choice.right else "[ ] "
            one = f"*{letter}) " if choice.right else f"{letter}) "
            marker = several if question.kind is QuestionKind.MULTIPLE else one
            yield _indented(marker, fill(choice.text, variant.drawn))
            if choice.feedback:
                yield _indented("... ", fill(choice.feedback, variant.drawn))


def _indented(marker: str, text: str) -> str:
    """The text after its marker, its other lines under its first."""
    plain_text = re.sub(r"\n{3,}", "\n\n", text.strip())
    lines = plain_text.split("\n")
    return "\n".join([marker + lines[0], *(" " * len(marker) + line if line else "" for line in lines[1:])])
