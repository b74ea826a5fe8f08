"""Pages of a quiz: printable, with and without solutions; the report on a class."""

from dataclasses import dataclass

from autograder.analytics.items import ENOUGH, ClassFigures
from autograder.quiz.draw import draw_questions, draw_variant, plain_variant, shared_variant
from autograder.quiz.kinds.kind import AnswerInput
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.model import Quiz, QuizQuestion
from autograder.quiz.pictures import addresses, pictures_of
from autograder.quiz.texts import fill
from autograder.quiz.variants import LETTERS, Variant
from autograder.render.environment import render_page


def render_paper(quiz: Quiz, *, solutions: bool, seed: str | None = None) -> str:
    """The quiz as a page to print; `seed` draws values and shuffles.

    Without a seed the first values stand in the written order. Lines to put in order and to match are
    always shuffled.
    """
    questions = [
        _prepare_question(q, shared_variant(q) if seed is None else draw_variant(q, f"{quiz.id}/{seed}"))
        for q in (quiz.shared_questions if seed is None else draw_questions(quiz, f"{quiz.id}/{seed}"))
    ]
    return render_page(
        "quiz_paper.html",
        "quiz.css",
        quiz=quiz,
        questions=questions,
        solutions=solutions,
        seed=seed or "",
        pictures=addresses(pictures_of(quiz)),
    )


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


def _prepare_question(question: QuizQuestion, variant: Variant) -> PrintedQuestion:
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


def render_class_report(figures: ClassFigures) -> str:
    """The page on how a class answered; prompts are shown with the first values of their ranges."""
    prompts = {q.id: fill(q.prompt, plain_variant(q).drawn) for q in figures.quiz.questions}
    pictures = addresses(pictures_of(figures.quiz))
    styles = ("quiz.css", "class.css")
    return render_page(
        "quiz_class.html", *styles, figures=figures, prompts=prompts, enough=ENOUGH, pictures=pictures
    )
