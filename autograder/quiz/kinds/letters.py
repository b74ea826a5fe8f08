"""What kinds that are answered by letters have in common: the letters read, the lines counted."""

import re
from collections.abc import Iterator
from dataclasses import replace

from autograder.domain.counts import describe_count
from autograder.domain.sentences import Sentence, say
from autograder.quiz.kinds.checks import check_key
from autograder.quiz.kinds.kind import Complaint, Judge, Kind
from autograder.quiz.model import Choice, QuizQuestion
from autograder.quiz.texts import fill
from autograder.quiz.variants import LETTERS, Variant, letter_of, letters

MOST_CHOICES = len(LETTERS)
"""Lines to choose from: each has a letter."""


class LetteredKind(Kind):
    """A kind whose lines have letters."""

    def lacks(self, question: QuizQuestion) -> Iterator[tuple[str, str]]:
        """Two lines at least, and no more than there are letters."""
        count = len(question.choices)
        what = f"{question.id} has {describe_count(count, 'line')} to choose from"
        if count < 2:
            form = min(mark.value for mark in self.lines if mark.value.startswith("- "))
            yield what, f"two at least, such as `{form}`"
        if count > MOST_CHOICES:
            yield what, f"{MOST_CHOICES} at most"

    def without_key(self, question: QuizQuestion) -> QuizQuestion:
        """Of the lines, their number is left."""
        lines = (Choice(str(n), n == 1, rank=n) for n in range(1, len(question.choices) + 1))
        return replace(super().without_key(question), choices=tuple(lines))


class ChoiceKind(LetteredKind):
    """A kind in which some of the lines are chosen."""

    counts_choices = True

    def right_letters(self, question: QuizQuestion, variant: Variant) -> str:
        """The letters of the right choices, in alphabetical order."""
        return ", ".join(sorted(letter_of(variant, index) for index in question.right))

    def check(self, question: QuizQuestion, variant: Variant, judge: Judge) -> Iterator[Complaint]:
        """Choices must differ, and the right ones be judged right."""
        texts = [fill(choice.text, variant.drawn) for choice in question.choices]
        if len(set(texts)) < len(texts):
            yield question.line, "two choices say the same", ""
        answer = ", ".join(letter_of(variant, index) for index in sorted(question.right))
        yield from check_key(question.line, answer, answer, judge(answer))


def read_letters(raw: str, variant: Variant) -> list[int] | None:
    """The indices of the lines whose letters are given (`b`, `B)`, `a, c`, `ac`), or None."""
    shown = letters(variant)
    text = re.sub(
        r"^(?:r[ée]ponse|answer|option|choix|choice|lettre|letter)s?\s*:?\s+", "", raw.strip().lower()
    )
    text = re.sub(r"\b(?:and|et|puis|then)\b|&", " ", text)
    text = re.sub(r"(?<=[a-z)])\s*(?:->|=>|[→>⇒<+/])\s*(?=[(a-z])", " ", text)
    if not re.fullmatch(r"[a-z().,;\[\]{}'\"\s]+", text):
        return None
    words = re.findall(r"[a-z]+", text)
    names = (
        words if all(len(word) == 1 for word in words) else list("".join(words)) if len(words) == 1 else []
    )
    if not names or len(set(names)) != len(names) or any(name not in shown for name in names):
        return None
    return [shown[name] for name in names]


def letter_span(variant: Variant) -> Sentence:
    """The letters shown, in words."""
    return say("typed.to_2", first=LETTERS[0], last=LETTERS[len(variant.order) - 1])
