"""A few sentences, which a person reads and marks."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from autograder.domain.counts import describe_count
from autograder.domain.given_marks import as_written
from autograder.domain.phrases import phrase
from autograder.domain.sentences import say
from autograder.quiz.format.lines import Mark
from autograder.quiz.kinds.kind import AnswerInput, Kind
from autograder.quiz.model import QuestionKind, QuizQuestion
from autograder.quiz.portable import Form, PortableQuestion
from autograder.quiz.seal import Seal
from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import AnswerVerdict, manual

_COLUMNS = frozenset({"student", "part", "comment", "shown"})
"""What the other columns of a marking table are called."""


class TextKind(Kind):
    """No key: every answer waits for a person."""

    name = QuestionKind.TEXT
    lines = frozenset({Mark.RUBRIC})
    longest = None
    awaits_mark = True
    input = AnswerInput.LINES

    def lacks(self, question: QuizQuestion) -> Iterator[tuple[str, str]]:
        """A rubric that adds up, whose lines can be told apart as columns of a table."""
        offered = sum((criterion.points for criterion in question.rubric), Fraction(0))
        if question.rubric and offered != question.points:
            adds_up = f"the rubric of {question.id} adds up to {describe_count(offered, 'point')}"
            what = f"{adds_up}, and the question has {as_written(question.points)}"
            yield what, "lines that add up, or none"
        named = Counter(criterion.sentence.casefold() for criterion in question.rubric)
        for sentence, times in named.items():
            if times > 1 or sentence in _COLUMNS:
                what = f"the rubric of {question.id} cannot have {'two lines' if times > 1 else 'a line'}"
                taken = ", ".join(sorted(_COLUMNS))
                yield f"{what} {sentence!r}", f"words of its own for each line, and none of {taken}"

    def judge(
        self, question: QuizQuestion, variant: Variant, raw: str, *, seal: Seal | None
    ) -> AnswerVerdict:
        """A verdict that waits."""
        return manual(say("typed.a_person_reads_this_answer"), reading=raw.strip())

    def instruction(self, question: QuizQuestion) -> str:
        """What is asked, in a few words."""
        return phrase("ask.sentences")

    def portable(self, question: QuizQuestion, variant: Variant) -> PortableQuestion:
        """An essay."""
        return PortableQuestion(Form.ESSAY)
