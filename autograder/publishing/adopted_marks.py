"""Marks of an adopted nbgrader assignment, back in the gradebook from which it was adopted."""

from collections.abc import Mapping, Sequence

from autograder.domain.course import Student
from autograder.domain.grade import WorkGrade
from autograder.domain.language import Language, speaking
from autograder.domain.report import Outcome, Verdict
from autograder.errors import CourseError, Flaw
from autograder.foreign.model import AdoptedAssignment, ForeignNotebook, ForeignRole, Tool
from autograder.foreign.rebuild import split_submission
from autograder.gradebook.store import Gradebook
from autograder.interop.nbgrader_gradebook import MarkedWork, NbgraderExport, NotebookMarks
from autograder.interop.nbgrader_notebook import make_document, make_error, show_cells
from autograder.publishing.counting import CountedReport, counted_reports
from autograder.publishing.nbgrader_marks import write_comment
from autograder.render import words

_ANY_SIZE = 1_000_000_000
"""Bytes: it was opened when it was graded."""


def adopted_marks(
    assignment: AdoptedAssignment,
    works: Mapping[str, WorkGrade],
    gradebook: Gradebook,
    people: Sequence[Student],
    *,
    language: Language,
) -> NbgraderExport:
    """The marks of a class in an assignment that was adopted from nbgrader, by its graded cells.

    Raises:
        CourseError: it was adopted from another tool.
        StoreError: the gradebook cannot be read.
    """
    if assignment.tool is not Tool.NBGRADER:
        what = f"was adopted from {assignment.tool.value}, and nbgrader has no such assignment"
        raise CourseError([Flaw(assignment.name, what, "`--to otter` writes Otter's table")])
    counted = list(counted_reports(assignment.name, works, gradebook))
    without = {
        who: "is excused" if work.standing.excused else "was not judged" if work.file else "handed in nothing"
        for who, work in works.items()
    }
    for each in counted:
        del without[each.report.student]
    points = {
        notebook.name: {q.cell: q.points for q in assignment.questions if q.notebook == notebook.name}
        for notebook in assignment.notebooks
    }
    with speaking(language):
        marked = tuple(_work(each, assignment, gradebook) for each in counted)
    return NbgraderExport(
        assignment=assignment.source.assignment,
        points=points,
        works=marked,
        people=tuple(people),
        without=without,
        add_missing=True,
        remarks=tuple(f"{each.report.student}: {each.note}" for each in counted if each.note),
    )


def _work(counted: CountedReport, assignment: AdoptedAssignment, gradebook: Gradebook) -> MarkedWork:
    report = counted.report
    content = gradebook.content(report.receipt.blob)
    several = split_submission(content, assignment, most=_ANY_SIZE)
    verdicts = {verdict.question: verdict for verdict in report.verdicts}
    notebooks = {}
    for number, notebook in enumerate(assignment.notebooks):
        own = several.get(notebook.name, b"")
        counted_in = notebook.name if len(assignment.notebooks) > 1 else ""
        runs = [run for run in report.cells if run.notebook == counted_in]
        document = make_document(show_cells(own, runs) if own else [])
        document["metadata"]["autograder"] = {"blob": report.receipt.blob, "revision": report.revision}
        asked = {
            question.cell: verdicts.get(question.name)
            for question in assignment.questions
            if question.notebook == notebook.name
        }
        notebooks[notebook.name] = NotebookMarks(
            content=own,
            document=document,
            # Formgrader is asked for a person where nobody judges, as nbgrader does, without points too:
            # somebody may want to write a comment there.
            scores={
                cell: None if verdict is None or verdict.outcome is Outcome.NO_POINTS else verdict.earned
                for cell, verdict in asked.items()
            },
            comments=_comment(notebook, asked),
            outputs={
                cell: [make_error(words.outcome(verdict), words.said(verdict.sentence), "")]
                for cell, verdict in asked.items()
                if verdict is not None and verdict.mark is not None and verdict.mark != 1
            },
            # nbgrader adds penalties of notebooks: lateness is taken once.
            penalty=counted.penalty if number == 0 else counted.penalty * 0,
        )
    return MarkedWork(report.student, report.receipt.received, notebooks)


def _comment(notebook: ForeignNotebook, asked: Mapping[str, Verdict | None]) -> dict[str, str]:
    """What is said of each question, at the answer above its tests; of several tests there, each is named."""
    told: dict[str, dict[str, str]] = {}
    home = ""
    for cell in notebook.cells:
        if cell.role in (ForeignRole.STUDENT, ForeignRole.BY_HAND, ForeignRole.TASK):
            home = cell.id
        verdict = asked.get(cell.id)
        if home and verdict is not None:
            told.setdefault(home, {})[cell.id] = write_comment(verdict)
    return {
        answer: "\n\n".join(
            f"{cell}: {text}" if len(texts) > 1 else text for cell, text in texts.items() if text
        )
        for answer, texts in told.items()
        if any(texts.values())
    }
