"""What a question must have, whatever it says: a key, choices enough, names that are told apart."""

from collections.abc import Sequence

from autograder.quiz.format.lines import Complaints
from autograder.quiz.model import QuestionKind, QuizQuestion
from autograder.quiz.variants import LETTERS

MOST_CHOICES = len(LETTERS)
"""Lines to choose from: each has a letter."""


def check_shape(question: QuizQuestion, complaints: Complaints) -> None:
    """What a kind must have, whatever it says."""
    kind, choices, number = question.kind, question.choices, question.line
    if not question.prompt:
        complaints.add(number, f"{question.id} asks nothing", "the question, in prose, under its heading")
    if (
        kind in (QuestionKind.NUMERIC, QuestionKind.MATRIX, QuestionKind.SYMBOLIC, QuestionKind.CODE)
        and not question.keys
    ):
        complaints.add(number, f"{question.id} has no key", "= the accepted answer")
    if (
        kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.ORDER, QuestionKind.MATCH)
        and len(choices) < 2
    ):
        complaints.add(number, f"{question.id} has {len(choices)} lines to choose from", "two at least")
    if len(choices) > MOST_CHOICES:
        complaints.add(
            number, f"{question.id} has {len(choices)} lines to choose from", f"{MOST_CHOICES} at most"
        )
    if kind is QuestionKind.SINGLE and len(question.right) != 1:
        complaints.add(
            number, f"{question.id} has {len(question.right)} right choices", "exactly one `- (x)`"
        )
    if kind is QuestionKind.MULTIPLE and not question.right:
        complaints.add(number, f"{question.id} has no right choice", "one `- [x]` at least")
    if kind is QuestionKind.ORDER and sorted(choice.rank for choice in choices) != list(
        range(1, len(choices) + 1)
    ):
        complaints.add(number, f"the ranks of {question.id} are not 1 to {len(choices)}", "- (1), - (2), ...")
    if kind in (QuestionKind.WITNESS, QuestionKind.CODE) and not question.give:
        complaints.add(number, f"{question.id} does not say what is given", "give x: scalar, A: mat 2 2")
    if kind is QuestionKind.WITNESS and not question.show:
        complaints.add(number, f"{question.id} does not say what is to be shown", "show a > b")
    if kind is QuestionKind.CODE and not question.function:
        complaints.add(number, f"{question.id} does not name the function", "{code 2 name=the_function}")


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
