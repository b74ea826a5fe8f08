"""What a kind of question is: everything that differs from one kind to another, behind one Protocol.

To add a kind, write one file here with a class that subclasses `Kind`, name it in `QuestionKind` and list it
in `registry.KINDS`. Nothing outside this folder asks which kind a question is.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Any, Protocol

from autograder.quiz.format.lines import Mark
from autograder.quiz.model import QuestionKind, QuizQuestion
from autograder.quiz.portable import PortableQuestion
from autograder.quiz.seal import Seal
from autograder.quiz.texts import fill
from autograder.quiz.variants import Stream, Variant
from autograder.quiz.verdicts import AnswerVerdict

LONGEST = 2_000
"""Characters of an answer that is read by rules."""

Complaint = tuple[int, str, str]
"""A line of the quiz file, what is wrong there, what is allowed instead."""
Judge = Callable[[str], AnswerVerdict]
"""Judges an answer to one variant of one question."""


class AnswerInput(StrEnum):
    """What a page, a terminal or a sheet of paper offers to answer in."""

    RADIO = "radio"
    BOXES = "boxes"
    ORDER = "order"
    """A place for each line."""
    MATCH = "match"
    """A letter for each line."""
    LINE = "line"
    VALUES = "values"
    """A line for values by their names, below the conditions they must satisfy."""
    LINES = "lines"
    """Room for several lines."""


class Kind(Protocol):
    """One kind of question. Members with a value here have it for most kinds."""

    name: QuestionKind

    # In the quiz file.

    lines: frozenset[Mark]
    """The lines it takes, beside prose, drawn values, hints and the solution."""
    rules: tuple[str, ...] = ()
    """How part credit may be counted (`rule=...`); the first is the default."""
    units: bool = False
    """Whether keys are numbers that may end in a unit."""
    tolerances: bool = False
    """Whether keys may name a tolerance."""
    option: str = ""
    """An option of its own in the heading, as an example; `read_option` reads it."""

    def read_option(self, name: str, value: str) -> dict[str, Any] | None:
        """The fields of a question that the option sets; None for an option it does not have."""
        return None

    def lacks(self, question: QuizQuestion) -> Iterator[tuple[str, str]]:
        """What a question of this kind must have and has not, each with what is to be written."""
        if Mark.KEY in self.lines and not question.keys:
            yield f"{question.id} has no key", "= the accepted answer"
        if Mark.GIVE in self.lines and not question.give:
            yield f"{question.id} does not say what is given", "give x: scalar, A: mat 2 2"

    # Judging.

    longest: int | None = LONGEST
    """Characters of an answer; None where it is not read by rules but run or read by a person."""
    awaits_mark: bool = False
    """Whether a person marks every answer."""

    def judge(
        self, question: QuizQuestion, variant: Variant, raw: str, *, seal: Seal | None
    ) -> AnswerVerdict:
        """The verdict on an answer that is not empty and not too long; feedback is filled in already.

        Raises NoValueError for a key that has no value, never for anything that a student types.
        """

    def interpret(self, question: QuizQuestion, variant: Variant, raw: str) -> tuple[str, str]:
        """How an answer is read, before any verdict: text, and MathML where there is some.

        For what cannot be read, the reason stands in place of the text.
        """
        verdict = self.judge(question, variant, raw, seal=None)
        return (verdict.reading if verdict.costs else verdict.message), ""

    def reads(self, question: QuizQuestion, variant: Variant, raw: str) -> bool:
        """Whether an answer that is not empty can be read; nothing is run for that."""
        return self.judge(question, variant, raw, seal=None).costs

    def without_key(self, question: QuizQuestion) -> QuizQuestion:
        """The question with nothing left that tells its answer: by it answers are read, and never judged.

        What `reads` and `interpret` need is left: shapes, units and numbers of lines, which are no secret.
        """
        return replace(
            question,
            prompt="",
            keys=(),
            wrong=(),
            choices=(),
            rubric=(),
            hints=(),
            solution="",
            parameters=(),
        )

    # Before release.

    def check(self, question: QuizQuestion, variant: Variant, judge: Judge) -> Iterator[Complaint]:
        """What would harm a student who meets this variant, above all a key that is not judged right.

        Raises NoValueError where an expression has no value.
        """
        return iter(())

    # What is shown: on a page, on a terminal, on paper.

    input: AnswerInput
    always_shuffled: bool = False
    """Whether its lines, as they are written, would give the answer away."""

    def instruction(self, question: QuizQuestion) -> str:
        """What is asked, in a few words."""

    def scoring_note(self, question: QuizQuestion) -> str:
        """What must be known of how credit is counted, or the empty string."""
        return ""

    def numbered_lines(self, question: QuizQuestion) -> tuple[str, ...]:
        """The lines that await a letter."""
        return ()

    def lettered_lines(self, question: QuizQuestion, variant: Variant) -> tuple[str, ...]:
        """The lines with a letter, in the order shown."""
        return tuple(question.choices[index].text for index in variant.order)

    def letter_count(self, question: QuizQuestion) -> int:
        """How many lines have a letter."""
        return len(question.choices)

    def shuffle(self, question: QuizQuestion, seed: str) -> tuple[int, ...]:
        """The lines with a letter, by index, in an order that follows from the seed."""
        return Stream(seed).shuffled(range(self.letter_count(question)))

    def right_letters(self, question: QuizQuestion, variant: Variant) -> str:
        """The right answer where it is given by letters, else the empty string."""
        return ""

    def shown_keys(self, question: QuizQuestion, variant: Variant) -> tuple[str, ...]:
        """The accepted answers as they stand beside a solution."""
        return tuple(fill(key.text, variant.drawn) for key in question.keys)

    def staff_keys(self, question: QuizQuestion, variant: Variant) -> tuple[str, ...]:
        """The accepted answers as whoever teaches reads them, computed; none where they cannot be listed."""
        letters = self.right_letters(question, variant)
        return (*([letters] if letters else []), *self.shown_keys(question, variant))

    # For other programs, and for statistics.

    def portable(self, question: QuizQuestion, variant: Variant) -> PortableQuestion:
        """What the question is to other programs."""

    vague_codes: frozenset[str] = frozenset({"wrong"})
    """Codes of verdicts that say no more than that an answer is wrong."""
    counts_choices: bool = False
    """Whether the fingerprint of an answer is the letters of its choices, so that each can be counted."""
