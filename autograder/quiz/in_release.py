"""A quiz as cells of a released notebook: its questions, a cell for the answers, nothing that tells a key."""

import json
from collections.abc import Iterator

from autograder.domain.language import Language, localize_number, spoken_language
from autograder.domain.notebook import Cell, CellKind
from autograder.domain.phrases import count_phrase, phrase
from autograder.quiz.draw import shared_variant
from autograder.quiz.in_notebook import VARIABLE, skeleton
from autograder.quiz.kinds.kind import AnswerInput
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.model import Quiz, QuizQuestion
from autograder.quiz.pictures import pictures_of, with_pictures
from autograder.quiz.read_back import describe
from autograder.quiz.texts import fill
from autograder.quiz.variants import LETTERS

_READER = """\
try:
    from autograder.quiz.read_back import read_back
except (ImportError, OSError):  # where it is graded it cannot be read
    def read_back(answers, asked{parameter}):
        import sys
        if "autograder" not in sys.modules:
            print({told})
"""


def release_cells(quizzes: tuple[Quiz, ...]) -> Iterator[Cell]:
    """The cells in which quizzes are asked and answered, in order; without numbers.

    They are in the language that is spoken, and say it to `read_back` where it is not English.
    """
    for place, quiz in enumerate(quizzes):
        pictures = pictures_of(quiz)
        yield Cell(CellKind.MARKDOWN, f"# {quiz.title}\n\n{phrase('cells.intro')}")
        for question in quiz.shared_questions:
            yield Cell(CellKind.MARKDOWN, with_pictures(_ask(question), pictures))
            if question.function:
                yield Cell(CellKind.CODE, skeleton(question))
        if place == 0:
            told = json.dumps(phrase("cells.not_installed"), ensure_ascii=False)
            reader = _READER.format(parameter=", language" if _language() else "", told=told)
            yield Cell(CellKind.CODE, f"{VARIABLE} = {{}}\n{reader}".rstrip())
        yield Cell(CellKind.CODE, _answers(quiz))


def _ask(question: QuizQuestion) -> str:
    """What is asked, with the values and the letters that everybody meets."""
    kind, variant = kind_of(question), shared_variant(question)
    amount = localize_number(f"{float(question.points):g}")
    worth = count_phrase("points", question.points, points=amount)
    numbered = [fill(text, variant.drawn) for text in kind.numbered_lines(question)]
    lettered = [fill(text, variant.drawn) for text in kind.lettered_lines(question, variant)]
    lines = [f"- {place}. {text}" for place, text in enumerate(numbered, 1)]
    lines += [f"- {letter}) {text}" for letter, text in zip(LETTERS, lettered, strict=False)]
    lines += [f"- {phrase('cells.need', condition=condition.text)}" for condition in question.need]
    lines += [f"- {phrase('cells.show', condition=condition.text)}" for condition in question.show]
    told = f"*{kind.instruction(question)} {kind.scoring_note(question)}".rstrip() + "*"
    prompt = fill(question.prompt, variant.drawn)
    return "\n\n".join(filter(None, (f"### {question.id} ({worth})", prompt, "\n".join(lines), told)))


def _answers(quiz: Quiz) -> str:
    """The cell for the answers: raw texts, so that LaTeX keeps its backslashes."""
    asked = [question for question in quiz.shared_questions if not question.function]
    lines = [
        f'{VARIABLE}["{question.id}"] = r"""\n\n"""'
        if kind_of(question).input is AnswerInput.LINES
        else f'{VARIABLE}["{question.id}"] = r""'
        for question in asked
    ]
    return "\n".join([*lines, f"read_back({VARIABLE}, {describe(quiz)!r}{_language()})"])


def _language() -> str:
    """The argument that tells the language; without one `read_back` speaks English."""
    spoken = spoken_language()
    return "" if spoken is Language.ENGLISH else f", {json.dumps(spoken)}"
