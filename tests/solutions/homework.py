"""A homework of this course, opened for tests: rehearsed with the grader's own functions, graded for real."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path
from textwrap import dedent
from typing import Any

from patience import PATIENT, patient

from autograder.check.assignment import CheckReport, check
from autograder.domain.course import AssignmentSettings
from autograder.domain.report import Report, Verdict
from autograder.domain.submission import ReceivedBy, Submission
from autograder.grading.assignment import OpenAssignment
from autograder.grading.grade import grade
from autograder.notebook.assignment import AssignmentText, read_assignment
from autograder.notebook.release import release
from autograder.notebook.released import Released
from autograder.notebook.solved import solve
from autograder.questions.in_process import InProcessCode
from autograder.questions.judge import judge
from autograder.questions.solutions import Prepared, Solutions, load, prepare
from autograder.sandbox.runner import Runner

COURSE = Path(__file__).parents[2]


class Homework:
    """The notebook and the solutions of one assignment, prepared with a seed of the tests."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._notebook = (COURSE / "assignments" / name / f"{name}.ipynb").read_bytes()

    @cached_property
    def text(self) -> AssignmentText:
        return read_assignment(self._notebook)

    @property
    def solutions(self) -> Solutions:
        return prepare_once(self.name)

    @property
    def released(self) -> bytes:
        return release(self._notebook)

    def question(self, name: str) -> Prepared:
        return next(p for p in self.solutions.questions if p.question.name == name)

    def checked(self) -> CheckReport:
        report = check(self.text, self.solutions, notebook="notebook", module="solutions")
        # Patience has changed the limits: what statements say of them is for those that students meet.
        return replace(
            report, flaws=tuple(f for f in report.flaws if "statement does not say so" not in f.what)
        )

    def limits_unsaid(self) -> list[str]:
        """Questions whose limit of all cases together, as students meet it, is not in their statement."""
        module = COURSE / "solutions" / f"{self.name}.py"
        said = {one.name: one.markdown for one in self.text.statements}
        limits = {asked.name: asked.seconds for asked in load(module) if not asked.variable}
        return [name for name, limit in limits.items() if limit and f"{limit:g} seconds" not in said[name]]

    def verdict(self, name: str, function: Callable[..., Any]) -> Verdict:
        """What `function` earns as an answer to a question, beside right answers to all others."""
        answers = {p.question.name: p.question.reference for p in self.solutions.questions}
        student = InProcessCode({**answers, name: function}, source=f"def {name}(): pass")
        return judge(self.question(name), student, seconds=PATIENT.seconds_per_question)

    def solved(self, answers: Mapping[str, str] | None = None) -> bytes:
        """The notebook with every question answered, by the reference where `answers` has no source."""
        references = {
            p.question.name: dedent(inspect.getsource(p.question.reference)) for p in self.solutions.questions
        }
        return solve(self._notebook, {**references, **{k: dedent(v) for k, v in (answers or {}).items()}})

    def graded(self, notebook: bytes, runner: Runner) -> Report:
        """The report on a notebook, from the real sandbox."""
        arrived = datetime(2026, 1, 1, tzinfo=UTC)
        submission = Submission("ada", self.name, notebook, arrived, ReceivedBy.ARCHIVE)
        return grade(submission, self.assignment, runner)

    @cached_property
    def assignment(self) -> OpenAssignment:
        settings = AssignmentSettings(self.name, self.text.title, Fraction(1, 8), limits=PATIENT)
        return OpenAssignment(settings, Released.from_text(self.text), self.solutions)


@cache
def prepare_once(name: str) -> Solutions:
    """For all tests of a process: to evaluate the references of a homework takes up to two seconds."""
    module = COURSE / "solutions" / f"{name}.py"
    return patient(prepare(name, module, secret=b"tests", limits=PATIENT, proof=True))


def verdicts(report: Report) -> dict[str, Verdict]:
    """The verdicts of a report by the name of the question."""
    return {verdict.question: verdict for verdict in report.verdicts}
