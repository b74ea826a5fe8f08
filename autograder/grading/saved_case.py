"""One hidden case of one student as a file of arrays, with the line that runs it: for instructors."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.domain.answer import Built, Seeded
from autograder.domain.submission import Submission
from autograder.errors import CourseError, Flaw, JudgingError
from autograder.grading.assignment import OpenAssignment
from autograder.notebook.match import match
from autograder.notebook.read import read
from autograder.questions.arguments import make_argument
from autograder.questions.judged_case import JudgedCase, judge_cases
from autograder.sandbox.runner import Runner


@dataclass(frozen=True, slots=True)
class SavedCase:
    """The arrays of a case, and what calls the question's function with them where `case` holds the file."""

    label: str
    content: bytes
    """Of a .npz file: the arguments by their names, `expected` and `answered` where they are arrays."""
    call: str
    """As `quad_grad(case["A"], case["w"])`."""
    others: tuple[str, ...]
    """What else the file holds."""


def save_case(
    submission: Submission, assignment: OpenAssignment, runner: Runner, *, label: str = ""
) -> SavedCase:
    """A case of the one question of an assignment: the one of this label, or the first that lost something.

    Raises:
        CourseError: there is no such case, or an argument of it is a function, which no file holds.
        SubmissionError: the file cannot be read as a notebook.
    """
    limits, [prepared] = assignment.limits, assignment.solutions.questions
    question = prepared.question
    notebook = match(read(submission.content, limit_mb=limits.notebook_mb), assignment.released)
    with runner.start(notebook.notebook.cells, limits, source=notebook.source) as student:
        try:
            seconds = prepared.budget(limits.seconds_per_question)
            judged = judge_cases(prepared, student, seconds=seconds)
        except JudgingError as fault:
            raise CourseError([Flaw(question.name, f"not judged: {fault}")]) from fault
    chosen = _choose(question.name, judged, label)
    names = () if question.variable else tuple(question.signature.parameters)
    arrays = dict[str, Any]()
    arguments = []
    for key, value in chosen.case.call.named():
        name = key if isinstance(key, str) else names[key] if key < len(names) else f"argument_{key + 1}"
        written = write_argument(value, name, arrays)
        if written is None:
            what = f"{name} of the case {chosen.case.label!r} is a function, which no file holds"
            raise CourseError([Flaw(question.name, what, "--case names another case")])
        arguments.append(f"{key}={written}" if isinstance(key, str) else written)
    others = []
    for name, answer in (("expected", chosen.expected), ("answered", chosen.answer)):
        if name not in arrays and isinstance(answer.value, np.ndarray | np.generic | int | float | complex):
            arrays[name] = np.asarray(answer.value)
            others.append(f'case["{name}"]')
    file = io.BytesIO()
    np.savez(file, **arrays)
    call = question.name if question.variable else f"{question.name}({', '.join(arguments)})"
    return SavedCase(chosen.case.label, file.getvalue(), call, tuple(others))


def _choose(question: str, judged: tuple[JudgedCase, ...], label: str) -> JudgedCase:
    found = (
        [one for one in judged if one.case.label == label]
        if label
        else [one for one in judged if one.score.credit < 1 or one.answer.changed]
    )
    if found:
        return found[0]
    labels = ", ".join(dict.fromkeys(one.case.label for one in judged))
    what = f"has no case {label!r}" if label else "lost nothing in any case"
    raise CourseError([Flaw(question, what, f"--case names one of {labels}")])


def write_argument(value: Any, name: str, arrays: dict[str, Any]) -> str | None:
    """Python for a value, whose arrays are kept under names of their own; None for what cannot be kept."""
    match value:
        case np.ndarray() | np.generic():
            name = _free(name, arrays)
            arrays[name] = np.asarray(value)
            return f'case["{name}"]' if isinstance(value, np.ndarray) else f'case["{name}"][()]'
        case Built():
            return write_argument(make_argument(value), name, arrays)
        case Seeded(seed):
            return f"np.random.default_rng({seed})"
        case None | bool() | int() | str():
            return repr(value)
        case float() | complex():  # NaN and infinity have no literal
            name = _free(name, arrays)
            arrays[name] = np.asarray(value)
            return f'case["{name}"].item()'
        case list() | tuple():
            parts = [write_argument(each, f"{name}_{k}", arrays) for k, each in enumerate(value)]
            inner = ", ".join(part for part in parts if part is not None)
            if None in parts:
                return None
            return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' * (len(parts) == 1)})"
        case Mapping():
            pairs = {key: write_argument(each, f"{name}_{key}", arrays) for key, each in value.items()}
            if None in pairs.values():
                return None
            return "{" + ", ".join(f"{key!r}: {written}" for key, written in pairs.items()) + "}"
    return None


def _free(name: str, arrays: Mapping[str, Any]) -> str:
    """The name, or one like it where that is taken."""
    while name in arrays:
        name += "_"
    return name
