"""Numbered lines, each to be given the letter of its partner."""

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from autograder.domain.phrases import phrase
from autograder.domain.sentences import authored, join, say
from autograder.quiz.format.lines import Mark
from autograder.quiz.kinds.kind import AnswerInput, Complaint, Judge
from autograder.quiz.kinds.letters import LetteredKind
from autograder.quiz.model import Choice, QuestionKind, QuizQuestion
from autograder.quiz.portable import Form, PortableQuestion
from autograder.quiz.seal import Seal
from autograder.quiz.texts import fill
from autograder.quiz.variants import LETTERS, Variant, letter_of, letters
from autograder.quiz.verdicts import (
    AnswerPart,
    AnswerState,
    AnswerVerdict,
    PartMark,
    unreadable,
    verdict_for,
)


class MatchKind(LetteredKind):
    """`- item => partner`: a letter for each numbered line."""

    name = QuestionKind.MATCH
    lines = frozenset({Mark.PAIR})
    rules = ("each", "all")
    input = AnswerInput.MATCH
    always_shuffled = True

    def judge(
        self, question: QuizQuestion, variant: Variant, raw: str, *, seal: Seal | None
    ) -> AnswerVerdict:
        """`1b 2a 3c`, or the letters alone, in the order of the lines."""
        items = question.items
        pairs = read_pairs(raw, variant, len(items))
        if pairs is None:
            example = " ".join(f"{number}{letter}" for number, letter in enumerate(LETTERS[: len(items)], 1))
            return unreadable(say("typed.answer_with_a_letter_for", example=example))
        marks = [item.partner == question.partners[i] for item, i in zip(items, pairs, strict=True)]
        parts = tuple(
            AnswerPart(
                str(number), PartMark.RIGHT if right else PartMark.WRONG, "" if right else item.feedback
            )
            for number, (item, right) in enumerate(zip(items, marks, strict=True), 1)
        )
        more = {
            "reading": " ".join(f"{n}{letter_of(variant, index)}" for n, index in enumerate(pairs, 1)),
            "fingerprint": "".join(LETTERS[index] for index in pairs),
        }
        wrong = ", ".join(part.name for part in parts if part.mark is PartMark.WRONG)
        if not wrong:
            return verdict_for(Fraction(1), "right", parts=parts, **more)
        credit = Fraction(sum(marks), len(marks)) if question.rule == "each" else Fraction(0)
        told = [
            say("typed.not_right", wrong=wrong),
            *(authored(part.message) for part in parts if part.message),
        ]
        return verdict_for(credit, f"match-{more['fingerprint']}", join(told), parts=parts, **more)

    def without_key(self, question: QuizQuestion) -> QuizQuestion:
        """How many lines and how many partners there are, and not which line shares which."""
        lines, partners = len(question.items), len(question.partners)
        pairs = (
            Choice(str(n) if n <= lines else "", partner=str(min(n, partners)))
            for n in range(1, max(lines, partners) + 1)
        )
        return replace(super().without_key(question), choices=tuple(pairs))

    def check(self, question: QuizQuestion, variant: Variant, judge: Judge) -> Iterator[Complaint]:
        """Its own pairs must be judged right."""
        if judge(self.right_letters(question, variant)).state is not AnswerState.CORRECT:
            yield question.line, "its own pairs are not judged right", ""

    def instruction(self, question: QuizQuestion) -> str:
        """What is asked, in a few words."""
        return phrase("ask.match")

    def numbered_lines(self, question: QuizQuestion) -> tuple[str, ...]:
        """The lines that have a text; the others are partners too many."""
        return tuple(item.text for item in question.items)

    def lettered_lines(self, question: QuizQuestion, variant: Variant) -> tuple[str, ...]:
        """The partners, each once."""
        return tuple(question.partners[index] for index in variant.order)

    def letter_count(self, question: QuizQuestion) -> int:
        """How many different partners there are."""
        return len(question.partners)

    def right_letters(self, question: QuizQuestion, variant: Variant) -> str:
        """Each line's number with the letter of its partner."""
        partners = (question.partners.index(item.partner) for item in question.items)
        return " ".join(f"{n}{letter_of(variant, index)}" for n, index in enumerate(partners, 1))

    def portable(self, question: QuizQuestion, variant: Variant) -> PortableQuestion:
        """Lines with their partners."""
        drawn = variant.drawn
        pairs = tuple((fill(c.text, drawn), fill(c.partner, drawn)) for c in question.choices)
        return PortableQuestion(Form.MATCHING, pairs=pairs)


def read_pairs(raw: str, variant: Variant, count: int) -> list[int] | None:
    """For each of `count` lines, the index of its partner; None if the text does not say it."""
    shown = letters(variant)
    raw = re.sub(r"[→⇒↦]", ">", raw)
    found = re.findall(r"([0-9]{1,2})\s{0,3}[-:=.)>,]{0,3}\s{0,3}([A-Za-z])", raw)
    if found:
        chosen = {int(number): letter.lower() for number, letter in found}
        whole = not re.sub(r"[0-9]{1,2}\s{0,3}[-:=.)>,]{0,3}\s{0,3}[A-Za-z]|[\s,;.()]", "", raw)
        if not whole or len(found) != count or sorted(chosen) != list(range(1, count + 1)):
            return None
        names = [chosen[number] for number in range(1, count + 1)]
    else:
        names = re.findall(r"[A-Za-z]", raw.lower()) if re.fullmatch(r"[A-Za-z\s,;]+", raw) else []
    if len(names) != count or any(name not in shown for name in names):
        return None
    return [shown[name] for name in names]
