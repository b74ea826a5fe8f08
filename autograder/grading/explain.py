"""Every hidden case of one student, with arguments, expected value, answer and difference: for appeals.

For instructors only: what stands here is not in any report.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from autograder.domain.answer import Answer, Built, Ending, Given, Oracle, Seeded
from autograder.domain.counts import describe_count
from autograder.domain.submission import Submission
from autograder.errors import JudgingError
from autograder.grading.assignment import OpenAssignment
from autograder.notebook.match import match
from autograder.notebook.read import read
from autograder.questions.compare import as_real
from autograder.questions.judged_case import JudgedCase, judge_cases
from autograder.sandbox.runner import Runner

_WIDE = 2_000
"""Characters shown of one value."""


def tell_question(name: str, points: Fraction) -> str:
    """The line above all that is explained of a question."""
    return f"{name} ({describe_count(points, 'point')})"


def explain(submission: Submission, assignment: OpenAssignment, runner: Runner) -> Iterator[str]:
    """The lines of the explanation, question by question.

    Raises:
        SubmissionError: the file cannot be read as a notebook.
    """
    limits = assignment.limits
    notebook = match(read(submission.content, limit_mb=limits.notebook_mb), assignment.released)
    with runner.start(notebook.notebook.cells, limits, source=notebook.source) as student:
        for prepared in assignment.solutions.questions:
            question = prepared.question
            yield tell_question(question.name, question.points)
            seconds = prepared.budget(limits.seconds_per_question)
            try:
                names = () if question.variable else tuple(question.signature.parameters)
                for one in judge_cases(prepared, student, seconds=seconds):
                    yield from (f"  {line}" for line in _case(one, names))
            except JudgingError as fault:
                yield f"  not judged: {fault}"


def _case(one: JudgedCase, names: Sequence[str]) -> Iterator[str]:
    case, score = one.case, one.score
    yield f"[{case.group}] {case.label}: {score.finding}, worth {score.credit}"
    if score.credit == 1 and not one.answer.changed:
        return
    for key, value in case.call.named():
        yield f"    {_name(key, names)} = {_argument(value)}"
    yield f"    expected  {_ending(one.expected)}"
    yield f"    answered  {_ending(one.answer)}"
    difference = _difference(one)
    if difference:
        yield f"    difference {difference}"
    if one.answer.changed:
        yield f"    changed arguments: {', '.join(_name(key, names) for key in one.answer.changed)}"
    if score.sentence:
        yield f"    {score.sentence}"


def _name(key: int | str, names: Sequence[str]) -> str:
    """What an argument is called where the function is defined."""
    if isinstance(key, str):
        return key
    return names[key] if key < len(names) else f"argument {key + 1}"


def _argument(value: Any) -> str:
    match value:
        case Oracle(function):
            return f"<function {function.__name__}, asked of the grader>"
        case Given(name, _, values):
            return f"<function {name} with {_shown(dict(values))}>"
        case Built(recipe):
            return f"<made by {recipe.name} with {_shown(dict(recipe.values))}>"
        case Seeded(seed):
            return f"np.random.default_rng({seed})"
        case _:
            return _shown(value)


def _ending(answer: Answer) -> str:
    if answer.ending is Ending.RETURNED:
        return _shown(answer.value)
    said = f": {answer.exception}: {answer.message}" if answer.exception else ""
    limit = f" ({answer.limit})" if answer.limit else ""
    return f"{answer.ending}{limit}{said}"


def _difference(one: JudgedCase) -> str:
    answer, _ = as_real(one.answer.value)
    expected, _ = as_real(one.expected.value)
    if answer is None or expected is None or answer.shape != expected.shape:
        return ""
    with np.errstate(all="ignore"):
        return _shown(answer - expected)


def _shown(value: Any) -> str:
    with np.printoptions(precision=12, threshold=60, linewidth=110):
        text = repr(value)
    return text if len(text) <= _WIDE else f"{text[:_WIDE]}... ({len(text)} characters)"
