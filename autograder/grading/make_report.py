"""The report on a submission, and on one that could not be graded."""

import math
from datetime import UTC, datetime

from autograder.domain.receipt import Receipt
from autograder.domain.report import CellEnding, CellRun, Isolation, Outcome, Report, Verdict
from autograder.domain.sentences import Sentence, say
from autograder.domain.submission import Submission
from autograder.grading.assignment import OpenAssignment
from autograder.grading.stopped_cells import tell_stopped_cells
from autograder.grading.versions import versions_of
from autograder.notebook.match import Matched
from autograder.sandbox.interpreter import Interpreter
from autograder.sandbox.run import Run


def report_on(
    submission: Submission,
    assignment: OpenAssignment,
    notebook: Matched,
    student: Run,
    verdicts: tuple[Verdict, ...],
    *,
    graded: datetime,
    interpreter: Interpreter,
) -> Report:
    """The report on a submission whose notebook was run; how late that was is said where it is shown.

    `graded` is when its grading began: when it ended may depend on hidden arguments. `interpreter` ran it.
    """
    stopped = tell_stopped_cells(student.cells)
    skipped = (CellRun(cell.number, CellEnding.SKIPPED, cell.source) for cell in notebook.skipped)
    return Report(
        receipt=Receipt.of(submission, found=notebook.found),
        revision=assignment.revision,
        verdicts=verdicts,
        isolation=student.isolation,
        graded=graded,
        title=assignment.released.text.title,
        trouble=student.trouble,
        notes=(*notebook.notes, *stopped, *student.notes),
        cells=tuple(sorted((*student.cells, *skipped), key=lambda cell: cell.number)),
        versions=versions_of(interpreter),
    )


def ungraded(
    submission: Submission,
    assignment: OpenAssignment,
    interpreter: Interpreter,
    *,
    trouble: Sentence | None = None,
) -> Report:
    """The report on a file that could not be graded: no mark is given, a person looks.

    `trouble` says why; without it, it is our fault.
    """
    sentence = say("not_graded")
    statements = [(s.key, s.points, s.title, s.number) for s in assignment.released.text.statements]
    typed = [(q.id, q.points, "", 0) for quiz in assignment.quizzes for q in quiz.shared_questions]
    verdicts = tuple(
        Verdict(name, points, Outcome.UNJUDGED, None, sentence, title, number=number)
        for name, points, title, number in statements + typed
    )
    return Report(
        receipt=Receipt.of(submission),
        revision=assignment.revision,
        verdicts=verdicts,
        isolation=Isolation(0),
        graded=datetime.now(UTC),
        title=assignment.released.text.title,
        trouble=trouble or say("our_fault"),
        versions=versions_of(interpreter),
    )


def tell_seconds(seconds: float) -> float:
    """How long grading took, as a report tells it: the next power of two, a sixteenth of a second at least.

    By the exact time, student code could tell numbers to whoever reads the report.
    """
    return 2.0 ** max(-4, math.ceil(math.log2(max(seconds, 1e-9))))
