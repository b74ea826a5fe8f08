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
from autograder.quiz.draw import draw, plain, shared
from autograder.quiz.kinds.kind import AnswerInput
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.model import Quiz, QuizQuestion
from autograder.quiz.prose import to_html, to_inline
from autograder.quiz.texts import fill
from autograder.quiz.variants import LETTERS, Variant


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
    """A line with a letter, as it is printed."""

    letter: str
    text: str
    right: bool


@dataclass(frozen=True, slots=True)
class PrintedQuestion:
    """What is printed of one question, with the values filled in."""

    question: QuizQuestion
    input: AnswerInput
    prompt: str
    instruction: str
    lettered: tuple[PrintedChoice, ...]
    numbered: tuple[str, ...]
    """Lines that await a letter."""
    keys: tuple[str, ...]
    letters: str
    """The right answer, where it is given by letters."""
    solution: str


def _printed(question: QuizQuestion, variant: Variant) -> PrintedQuestion:
    kind, drawn = kind_of(question), variant.drawn
    lettered = zip(LETTERS, kind.lettered_lines(question, variant), variant.order, strict=False)
    return PrintedQuestion(
        question=question,
        input=kind.input,
        prompt=fill(question.prompt, drawn),
        instruction=f"{kind.instruction(question)} {kind.scoring_note(question)}".rstrip(),
        lettered=tuple(
            PrintedChoice(letter, fill(text, drawn), index in question.right)
            for letter, text, index in lettered
        ),
        numbered=tuple(fill(text, drawn) for text in kind.numbered_lines(question)),
        keys=kind.shown_keys(question, variant),
        letters=kind.right_letters(question, variant),
        solution=fill(question.solution, drawn),
    )


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
