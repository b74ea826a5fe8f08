"""What is lost when a question leaves this program: every export says it, question by question."""

from dataclasses import dataclass

from autograder.quiz.model import QuizQuestion
from autograder.quiz.portable import Form, PortableQuestion


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


def common_losses(question: QuizQuestion, portable: PortableQuestion) -> list[str]:
    """What no other format carries."""
    losses = [portable.lost] if portable.lost else []
    if question.parameters:
        losses.append("values are drawn once, at export")
    if question.digits:
        losses.append("significant digits are not asked for")
    if question.rubric:
        losses.append("points are given as a whole, not by the rubric")
    if question.hints:
        losses.append("hints")
    return losses


def prompt_with_unit(prompt: str, portable: PortableQuestion) -> str:
    """The prompt, with the unit where another program reads none."""
    return f"{prompt} (in {portable.unit})" if portable.form is Form.NUMBER and portable.unit else prompt
