"""A few sentences, which a person reads and marks."""

from autograder.quiz.kinds.kind import AnswerInput, Kind
from autograder.quiz.model import QuestionKind, QuizQuestion
from autograder.quiz.portable import Form, PortableQuestion
from autograder.quiz.seal import Seal
from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import AnswerVerdict, manual


class TextKind(Kind):
    """No key: every answer waits for a person."""

    name = QuestionKind.TEXT
    lines = frozenset()
    longest = None
    awaits_mark = True
    input = AnswerInput.LINES

    def judge(
        self, question: QuizQuestion, variant: Variant, raw: str, *, seal: Seal | None
    ) -> AnswerVerdict:
        """A verdict that waits."""
        return manual("A person reads this answer.", reading=raw.strip())

    def instruction(self, question: QuizQuestion) -> str:
        """What is asked, in a few words."""
        return "Answer in a few sentences."

    def portable(self, question: QuizQuestion, variant: Variant) -> PortableQuestion:
        """An essay."""
        return PortableQuestion(Form.ESSAY)
