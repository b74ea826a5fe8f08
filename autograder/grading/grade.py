"""Grading one submission: its notebook runs sealed, its answers are judged here, and a report comes out."""

import platform
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from autograder import __version__
from autograder.domain.answer import Answer
from autograder.domain.disclosure import disclose
from autograder.domain.lateness import lateness
from autograder.domain.receipt import Receipt
from autograder.domain.report import CellEnding, CellRun, Isolation, Outcome, Report, Verdict
from autograder.domain.submission import Submission
from autograder.errors import IsolationError, SandboxError, SubmissionError
from autograder.grading.assignment import OpenAssignment
from autograder.notebook.assignment import Statement
from autograder.notebook.match import Matched, match
from autograder.notebook.read import read
from autograder.questions.judge import judge
from autograder.questions.solutions import Prepared
from autograder.sandbox.run import Run
from autograder.sandbox.runner import Runner


def grade(submission: Submission, assignment: OpenAssignment, runner: Runner) -> Report:
    """Grade one submission.

    Raises:
        IsolationError: the machine cannot seal student code as well as the runner was told to.
    """
    started, limits = time.perf_counter(), assignment.settings.limits
    try:
        notebook = match(read(submission.content, limit_mb=limits.notebook_mb), assignment.released)
        cells = notebook.notebook.cells
        with runner.start(cells, limits, source=notebook.source) as student:  # untrusted, sealed
            verdicts = judge_all(assignment, notebook, student)  # trusted
            verdicts += judge_quizzes(assignment, notebook)
        report = _report(submission, assignment, notebook, student, verdicts)
    except SubmissionError as problem:
        report = ungraded(submission, assignment, trouble=str(problem))
    except IsolationError:
        raise
    except SandboxError:
        report = ungraded(submission, assignment)
    return replace(report, seconds=time.perf_counter() - started)


def judge_all(assignment: OpenAssignment, notebook: Matched, student: Run) -> tuple[Verdict, ...]:
    """Ask the public examples, then every question its ordinary cases; then judge one after the other."""
    seconds = assignment.settings.limits.seconds_per_question
    statements = assignment.released.text.statements
    sources = [example for statement in statements for example in statement.examples]
    examples = iter(student.examples(sources, seconds=seconds, still_valid=notebook.still_valid))
    shown = {s.name: tuple(next(examples) for _ in s.examples) for s in statements}
    hidden = {prepared.question.name: prepared for prepared in assignment.solutions.questions}
    told = _ask_all([hidden[s.name] for s in statements if not s.written], student, seconds)
    verdicts: dict[str, Verdict] = {}
    for statement in statements:
        if statement.written:
            verdict = _awaiting_mark(statement)
        else:
            prepared, answers = hidden[statement.name], told.pop(statement.name, None)
            verdict = judge(prepared, student, seconds=seconds, earlier=verdicts, answers=answers)
        verdicts[verdict.question] = replace(
            verdict, title=statement.title, examples=shown.get(statement.name, ())
        )
    return tuple(verdicts.values())


def _ask_all(questions: Sequence[Prepared], student: Run, seconds: float) -> dict[str, tuple[Answer, ...]]:
    """What the student's functions answer to ordinary cases, by question, up to where it is too much."""
    asked = [prepared for prepared in questions if not prepared.question.variable]
    batches = [(p.question.name, p.batch, p.question.seconds or seconds) for p in asked]
    answers = student.ask_all(batches)
    return {p.question.name: told for p, told in zip(asked, answers, strict=False)}


_OUR_FAULT = "Grading failed through a fault of ours, not of yours. A person will look at it."


def judge_quizzes(assignment: OpenAssignment, notebook: Matched) -> tuple[Verdict, ...]:
    """Judge what the notebook answers to the quizzes of the assignment, read where it stands."""
    if not assignment.quizzes:
        return ()
    from autograder.quiz.in_notebook import (
        judge_notebook,
        read_answers,
    )  # a tenth of a second, where there are any

    written = read_answers(cell.source for cell in notebook.notebook.code)
    return tuple(verdict for quiz in assignment.quizzes for verdict in judge_notebook(quiz, written))


def _awaiting_mark(statement: Statement) -> Verdict:
    sentence = "A person marks this part."
    return Verdict(statement.key, statement.points, Outcome.AWAITING_MARK, None, sentence)


def _report(
    submission: Submission,
    assignment: OpenAssignment,
    notebook: Matched,
    student: Run,
    verdicts: tuple[Verdict, ...],
) -> Report:
    receipt = Receipt.of(submission, found=notebook.found)
    late = lateness(receipt, assignment.settings)
    skipped = (CellRun(cell.number, CellEnding.SKIPPED, cell.source) for cell in notebook.skipped)
    return Report(
        receipt=receipt,
        revision=assignment.revision,
        verdicts=tuple(disclose(_explain_absence(v, notebook), assignment.settings) for v in verdicts),
        isolation=student.isolation,
        graded=datetime.now(UTC),
        title=assignment.released.text.title,
        trouble=student.trouble,
        notes=(*([late] if late else []), *notebook.notes, *student.notes),
        cells=tuple(sorted((*student.cells, *skipped), key=lambda cell: cell.number)),
        versions=_versions(),
    )


_NOTHING_WRITTEN = "A person marks this part. Below its heading, nothing was found but what was handed out."


def _explain_absence(verdict: Verdict, notebook: Matched) -> Verdict:
    """Say where a function that was not found seems to stand, and where nothing was written to be marked."""
    if verdict.question in notebook.unwritten:
        return replace(verdict, sentence=_NOTHING_WRITTEN)
    cell = notebook.broken.get(verdict.question)
    if verdict.outcome is not Outcome.MISSING or cell is None:
        return verdict
    sentence = (
        f"Cell {cell}, which seems to define `{verdict.question}`, is not valid Python and could not be run."
    )
    return replace(verdict, sentence=sentence)


def ungraded(submission: Submission, assignment: OpenAssignment, *, trouble: str = _OUR_FAULT) -> Report:
    """The report on a file that could not be graded: no mark is given, a person looks."""
    sentence = "Not graded: see above."
    statements = [(s.key, s.points, s.title) for s in assignment.released.text.statements]
    typed = [(q.id, q.points, "") for quiz in assignment.quizzes for q in quiz.questions]
    verdicts = tuple(
        Verdict(name, points, Outcome.UNJUDGED, None, sentence, title)
        for name, points, title in statements + typed
    )
    return Report(
        receipt=Receipt.of(submission),
        revision=assignment.revision,
        verdicts=verdicts,
        isolation=Isolation(0),
        graded=datetime.now(UTC),
        title=assignment.released.text.title,
        trouble=trouble,
        versions=_versions(),
    )


def _versions() -> tuple[tuple[str, str], ...]:
    return (
        ("autograder", __version__),
        ("numpy", np.__version__),
        ("python", platform.python_version()),
    )
