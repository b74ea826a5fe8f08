"""Limits of time that no test waits for: they are there for a machine that is busy with something else."""

from dataclasses import replace

from autograder.domain.course import Limits
from autograder.questions.solutions import Solutions

PATIENT = Limits(seconds_per_cell=120.0, seconds_per_case=120.0, seconds_per_question=120.0, seconds=900.0)


def patient(solutions: Solutions) -> Solutions:
    """The same solutions, with patience for the questions that have a limit of their own as well."""
    for prepared in solutions.questions:
        if prepared.question.seconds is not None:
            prepared.question.seconds *= 20
        if prepared.question.seconds_per_case is not None:
            prepared.question.seconds_per_case *= 20
    questions = (replace(p, batch=replace(p.batch, seconds_per_call=None)) for p in solutions.questions)
    return replace(solutions, questions=tuple(questions))
