"""What is lost when a question leaves this program: every export says it, question by question."""

from dataclasses import dataclass

from autograder.quiz.model import QuestionKind, QuizQuestion


@dataclass(frozen=True, slots=True)
class Loss:
    """What one question loses in one format."""

    question: str
    what: str

    def __str__(self) -> str:
        return f"{self.question}: {self.what}"


@dataclass(frozen=True, slots=True)
class Export:
    """A file to hand to another program, and what it cannot carry."""

    content: bytes
    losses: tuple[Loss, ...]


def common_losses(question: QuizQuestion) -> list[str]:
    """What no other format carries."""
    losses = []
    if question.kind is QuestionKind.SYMBOLIC:
        losses.append("equal expressions in other spellings are not accepted; only the key as written")
    if question.parameters:
        losses.append("values are drawn once, at export")
    if question.kind in (QuestionKind.WITNESS, QuestionKind.CODE):
        losses.append(f"a {question.kind} is not judged: it becomes a text that a person reads")
    if question.kind is QuestionKind.MATRIX:
        losses.append("a matrix is not judged entry by entry: it becomes a text that a person reads")
    if question.digits:
        losses.append("significant digits are not asked for")
    if question.hints:
        losses.append("hints")
    return losses
