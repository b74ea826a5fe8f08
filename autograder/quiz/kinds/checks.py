"""What kinds with keys check alike before a quiz is released."""

from collections.abc import Iterator

from autograder.quiz.kinds.kind import Complaint
from autograder.quiz.model import ListedMistake
from autograder.quiz.verdicts import AnswerState, AnswerVerdict


def check_key(line: int, key: str, answer: str, verdict: AnswerVerdict) -> Iterator[Complaint]:
    """A key, given as an answer, must be judged right."""
    if verdict.state is not AnswerState.CORRECT:
        yield (
            line,
            f"the key {key!r}, answered as {answer!r}, is judged {verdict.state}: {verdict.message}",
            "",
        )


def check_listed(mistake: ListedMistake, verdict: AnswerVerdict) -> Iterator[Complaint]:
    """A listed wrong answer must be readable, wrong, and recognised as the one it is."""
    if verdict.state in (AnswerState.UNREADABLE, AnswerState.MANUAL):
        yield mistake.line, f"the wrong answer {mistake.text!r} cannot be read: {verdict.message}", ""
    elif verdict.state is AnswerState.CORRECT:
        yield mistake.line, f"the wrong answer {mistake.text!r} is right", ""
    elif verdict.message != mistake.feedback:
        yield mistake.line, f"the wrong answer {mistake.text!r} is taken for another: {verdict.message}", ""
