"""Names that must be told apart in a quiz: of questions, of values, of lines to choose from."""

from collections.abc import Sequence

from autograder.quiz.format.lines import Complaints
from autograder.quiz.model import QuizQuestion


def check_names(questions: Sequence[QuizQuestion], complaints: Complaints) -> None:
    """Every name once: questions in a quiz, drawn values in a question, lines to choose from."""
    seen = set[str]()
    for question in questions:
        if question.id in seen:
            complaints.add(question.line, f"two questions are called {question.id}")
        seen.add(question.id)
        names = [parameter.name for parameter in question.parameters] + [
            asked.name for asked in question.give
        ]
        for name in sorted({name for name in names if names.count(name) > 1}):
            complaints.add(question.line, f"{name} is drawn or given twice in {question.id}")
        texts = [choice.text for choice in question.choices if choice.text]
        for text in sorted({text for text in texts if texts.count(text) > 1}):
            complaints.add(question.line, f"two choices of {question.id} say the same: {text!r}")
