"""A question of a quiz as its student meets it: nothing of its key is in what a page is made from."""

from dataclasses import dataclass
from fractions import Fraction

from autograder.domain.phrases import phrase
from autograder.quiz.entered import chosen_letters, matched_letters
from autograder.quiz.kinds.kind import AnswerInput
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.marks import BY_HAND
from autograder.quiz.model import Asked, QuizQuestion
from autograder.quiz.texts import fill
from autograder.quiz.variants import LETTERS, Variant
from autograder.quiz.verdicts import AnswerVerdict


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """One question of an attempt, with the values filled in and what was entered so far."""

    id: str
    number: int
    points: Fraction
    prompt: str
    instruction: str
    input: AnswerInput
    lettered: tuple[tuple[str, str], ...]
    """Letter and text of each line that has a letter."""
    numbered: tuple[str, ...]
    """The lines that await a letter."""
    give: tuple[Asked, ...]
    conditions: tuple[tuple[str, str], ...]
    """"with" or "so that", and the condition."""
    raw: str

    @property
    def chosen(self) -> frozenset[str]:
        """The letters that are chosen."""
        return chosen_letters(self.raw)

    @property
    def matched(self) -> dict[int, str]:
        """The letter of each numbered line."""
        return matched_letters(self.raw)


def verdict_words(verdict: AnswerVerdict) -> str:
    """How an answer ended, in words; what is said beside it stands in its message."""
    credit = f"{float(100 * (verdict.credit or Fraction(0))):.0f}"
    if verdict.code == BY_HAND and verdict.credit is not None:
        return phrase("verdict.by_hand", credit=credit)
    return phrase(f"verdict.{verdict.state}", credit=credit)


def show_question(question: QuizQuestion, variant: Variant, number: int, raw: str) -> ShownQuestion:
    """A question as it is shown in an attempt."""
    kind, drawn = kind_of(question), variant.drawn
    lines = [fill(text, drawn) for text in kind.lettered_lines(question, variant)]
    return ShownQuestion(
        question.id,
        number,
        question.points,
        fill(question.prompt, drawn),
        f"{kind.instruction(question)} {kind.scoring_note(question)}".rstrip(),
        kind.input,
        tuple(zip(LETTERS, lines, strict=False)),
        tuple(fill(text, drawn) for text in kind.numbered_lines(question)),
        question.give if kind.input is AnswerInput.VALUES else (),
        tuple(
            [("with", each.text) for each in question.need]
            + [("so that", each.text) for each in question.show]
        ),
        raw,
    )
