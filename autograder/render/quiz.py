"""Pages of a quiz: printable, with and without solutions; the report on a class. No script, strict CSP."""

import base64
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.analytics.items import ENOUGH, ClassFigures
from autograder.quiz.kinds.matrices import matrix, written
from autograder.quiz.model import QuestionKind, Quiz, QuizQuestion
from autograder.quiz.prose import to_html, to_inline
from autograder.quiz.texts import fill
from autograder.quiz.variants import LETTERS, Variant, draw, plain, shared

INSTRUCTIONS = {
    QuestionKind.SINGLE: "Choose one.",
    QuestionKind.MULTIPLE: "Choose all that apply.",
    QuestionKind.NUMERIC: "Answer with a number and its unit.",
    QuestionKind.MATRIX: "Answer with rows of numbers.",
    QuestionKind.SYMBOLIC: "Answer with an expression.",
    QuestionKind.ORDER: "Put in order.",
    QuestionKind.MATCH: "Give each line its letter.",
    QuestionKind.CODE: "Write a function.",
    QuestionKind.WITNESS: "Give values that satisfy the conditions.",
    QuestionKind.TEXT: "Answer in a few sentences.",
}
"""What is asked of whoever answers; a number without unit is told by `instruction`."""


def instruction(question: QuizQuestion) -> str:
    """What is asked, in a few words."""
    bare = question.kind is QuestionKind.NUMERIC and not any(key.unit for key in question.keys)
    return "Answer with a number." if bare else INSTRUCTIONS[question.kind]


def printable(quiz: Quiz, *, solutions: bool, seed: str | None = None) -> str:
    """The quiz as a page to print; `seed` draws values and shuffles.

    Without a seed the first values stand in the written order. Lines to put in order and to match are
    always shuffled.
    """
    questions = [_printed(question, _variant(quiz, question, seed)) for question in quiz.questions]
    return render("paper.html", quiz=quiz, questions=questions, solutions=solutions, seed=seed or "")


def _variant(quiz: Quiz, question: QuizQuestion, seed: str | None) -> Variant:
    return shared(question) if seed is None else draw(question, f"{quiz.id}/{seed}")


@dataclass(frozen=True, slots=True)
class PrintedChoice:
    """A choice as it is printed."""

    letter: str
    text: str
    right: bool


@dataclass(frozen=True, slots=True)
class PrintedQuestion:
    """What is printed of one question, with the values filled in."""

    question: QuizQuestion
    prompt: str
    instruction: str
    choices: tuple[PrintedChoice, ...]
    items: tuple[str, ...]
    partners: tuple[str, ...]
    keys: tuple[str, ...]
    answer: str
    solution: str


def _printed(question: QuizQuestion, variant: Variant) -> PrintedQuestion:
    def filled(text: str) -> str:
        return fill(text, variant.drawn)

    match = question.kind is QuestionKind.MATCH
    lettered = zip(LETTERS, () if match else variant.order, strict=False)
    chosen = ((letter, question.choices[index]) for letter, index in lettered)
    return PrintedQuestion(
        question=question,
        prompt=filled(question.prompt),
        instruction=instruction(question),
        choices=tuple(PrintedChoice(letter, filled(choice.text), choice.right) for letter, choice in chosen),
        items=tuple(filled(item.text) for item in question.items) if match else (),
        partners=tuple(filled(question.partners[index]) for index in variant.order) if match else (),
        keys=tuple(_key(question, variant, filled(key.text)) for key in question.keys),
        answer=answer_line(question, variant),
        solution=filled(question.solution),
    )


def _key(question: QuizQuestion, variant: Variant, text: str) -> str:
    return written(matrix(text, variant)) if question.kind is QuestionKind.MATRIX else text


def answer_line(question: QuizQuestion, variant: Variant) -> str:
    """The right letters, for the kinds that have letters; else the empty string."""
    shown = dict(zip(variant.order, LETTERS, strict=False))
    if question.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE):
        return ", ".join(sorted(shown[index] for index in question.right))
    if question.kind is QuestionKind.ORDER:
        ranked = sorted(shown, key=lambda index: question.choices[index].rank)
        return ", ".join(shown[index] for index in ranked)
    if question.kind is QuestionKind.MATCH:
        partners = (question.partners.index(item.partner) for item in question.items)
        return " ".join(f"{number}{shown[index]}" for number, index in enumerate(partners, 1))
    return ""


def class_report(figures: ClassFigures) -> str:
    """The page on how a class answered; prompts are shown with the first values of their ranges."""
    prompts = {q.id: fill(q.prompt, plain(q).drawn) for q in figures.quiz.questions}
    return render("report.html", figures=figures, prompts=prompts, enough=ENOUGH)


def render(template: str, **values: Any) -> str:
    """A page from templates/quiz, its style inside and named in the policy by its hash."""
    style = (templates() / "quiz.css").read_text(encoding="utf-8")
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    # The style is ours and must reach the page as it was hashed.
    return (
        _environment()
        .get_template(template)
        .render(
            style=Markup(style),  # noqa: S704
            style_hash=f"sha256-{digest}",
            **values,
        )
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(prose=to_html, line=to_inline, points=points_said)
    return environment


def points_said(points: Any) -> str:
    """Points for people: `1 point`, `2.5 points`."""
    number = f"{float(points):g}"
    return f"{number} point" if number == "1" else f"{number} points"


def templates() -> Path:
    """The templates of the installed wheel, or of the checkout this file stands in."""
    installed = Path(__file__).parents[1] / "_templates"
    return (installed if installed.is_dir() else Path(__file__).parents[2] / "templates") / "quiz"
