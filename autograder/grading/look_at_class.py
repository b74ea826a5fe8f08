"""What an instructor sees of a class in one homework: its figures, and its wrong answers with their code."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from autograder.analytics.homework import SAMPLES, CodeSample, SeenClass, figures_of_homework
from autograder.domain.answer_print import AnswerPrint
from autograder.domain.report import Outcome, Report
from autograder.domain.submission import Submission
from autograder.errors import SubmissionError
from autograder.gradebook.numbers import ERASED_PERSON
from autograder.gradebook.store import Gradebook
from autograder.grading.answer_prints import AnswerPrints
from autograder.grading.assignment import OpenAssignment
from autograder.grading.batch import Watch
from autograder.grading.grader import GradedSubmission
from autograder.grading.ready_mistakes import make_ready
from autograder.notebook.match import match
from autograder.notebook.read import read
from autograder.questions.ready_mistake import StudentSource
from autograder.sandbox.runner import Runner

_MOST_READ = 5
"""Students of a group whose code is read for that."""
_UNASKED = (Outcome.MISSING, Outcome.NOT_ATTEMPTED, Outcome.FORBIDDEN, Outcome.AWAITING_MARK, Outcome.MARKED)


RunAgain = Callable[[Iterable[Submission]], Iterator[GradedSubmission]]
"""Runs files once more."""


def look_at_class(
    assignment: OpenAssignment,
    gradebook: Gradebook,
    prints: AnswerPrints,
    runner: Runner,
    *,
    again: RunAgain | None = None,
    watch: Watch = lambda reports, total: reports,
    students: Collection[str] | None = None,
    question: str = "",
) -> SeenClass:
    """Gather what there is, run once more those of whose wrong answers nothing is kept, and compare.

    Args:
        assignment: which one.
        gradebook: where the reports are.
        prints: what is kept of wrong answers; what is missing is added.
        runner: runs what may be pasted.
        again: runs files once more; None: what is missing stays unknown.
        watch: told of each that is run again.
        students: who is looked at; None for all.
        question: the one of which code and mistakes to paste are asked for; empty for all.

    Raises:
        IsolationError: the machine cannot seal student code as well as was asked.
    """
    name, revision = assignment.settings.name, assignment.revision
    # What cells printed and drew is not looked at, and would be most of what a class takes of memory.
    reports = [replace(report, cells=()) for report in gradebook.latest_reports(name, students=students)]
    current = [report for report in reports if report.revision == revision]
    kept = prints.read(revision)
    # Of somebody who was erased there is no file that could be run.
    there = [report for report in current if not report.student.startswith(ERASED_PERSON)]
    missing = [r for r in there if r.receipt.blob not in kept and _has_wrong_answers(r)]
    unknown = {r.receipt.blob for r in missing} if again is None else set[str]()
    if again is not None:
        kept |= dict(_run_again(again(submissions_of(missing, gradebook)), prints, watch, len(missing)))
    known = {r.receipt.blob: kept.get(r.receipt.blob, ()) for r in current if r.receipt.blob not in unknown}
    questions = [prepared.question for prepared in assignment.solutions.questions]
    hints = {(q.name, mistake.name): mistake.hint for q in questions for mistake in q.mistakes}
    whole = figures_of_homework(reports, known, hints=hints)
    asked = tuple(each for each in whole.questions if question in ("", each.marks.name))
    figures = replace(whole, questions=asked)
    blobs = {report.student: report.receipt.blob for report in reports}
    told = {(r.student, v.question): str(v.sentence) for r in reports for v in r.verdicts}

    @cache
    def source_of(student: str) -> StudentSource:
        return _read_source(gradebook.content(blobs[student]), assignment)

    ready = make_ready(
        assignment, figures, runner, source_of=source_of, told=lambda student, asked: told[student, asked]
    )
    samples = {
        (asked.marks.name, place): tuple(_pick_samples(asked.marks.name, group.students, source_of))
        for asked in figures.questions
        for place, group in enumerate(asked.groups)
    }
    return SeenClass(figures, samples, ready, told, len(reports) - len(current))


def look_at_reports(gradebook: Gradebook, name: str, revision: str) -> SeenClass:
    """What the reports say of a class in an adopted assignment: its answers are no values to be compared."""
    reports = [replace(report, cells=()) for report in gradebook.latest_reports(name)]
    figures = figures_of_homework(reports, {report.receipt.blob: () for report in reports}, hints={})
    told = {(r.student, v.question): str(v.sentence) for r in reports for v in r.verdicts}
    return SeenClass(figures, {}, {}, told, sum(report.revision != revision for report in reports))


def _run_again(
    again: Iterator[GradedSubmission], prints: AnswerPrints, watch: Watch, total: int
) -> Iterator[tuple[str, tuple[AnswerPrint, ...]]]:
    """Keep what comes of running again; no report does."""
    made: dict[str, tuple[AnswerPrint, ...]] = {}

    def keep() -> Iterator[Report]:
        for graded in again:
            blob = graded.report.receipt.blob
            made[blob] = graded.prints
            prints.add(blob, graded.report.revision, graded.prints)
            yield graded.report

    for _ in watch(keep(), total):
        pass
    yield from made.items()


def submissions_of(reports: Iterable[Report], gradebook: Gradebook) -> Iterator[Submission]:
    """What these reports are of, read as it is asked for."""
    for report in reports:
        receipt = report.receipt
        yield Submission(
            student=receipt.student,
            assignment=receipt.assignment,
            content=gradebook.content(receipt.blob),
            received=receipt.received,
            received_by=receipt.received_by,
            filename=receipt.filename,
        )


def _pick_samples(
    question: str, students: Sequence[str], source_of: Callable[[str], StudentSource]
) -> Iterator[CodeSample]:
    """A few students of a group who write it differently."""
    seen = {""}
    for student in students[:_MOST_READ]:
        code = source_of(student).show(question)
        if code not in seen and len(seen) <= SAMPLES:
            seen.add(code)
            yield CodeSample(student, code)


def _has_wrong_answers(report: Report) -> bool:
    """Whether a function answered and lost marks."""
    return not report.trouble and any(
        verdict.mark is not None and verdict.mark < 1 and verdict.outcome not in _UNASKED
        for verdict in report.verdicts
    )


def _read_source(content: bytes, assignment: OpenAssignment) -> StudentSource:
    try:
        submitted = read(content, limit_mb=assignment.limits.notebook_mb)
    except SubmissionError:
        return StudentSource({})
    return StudentSource.read(match(submitted, assignment.released).source)
