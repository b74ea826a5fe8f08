"""The questions of an adopted assignment that wait for a person, with all answers, as parts of our own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from autograder.domain.course import Limits
from autograder.domain.handmark import Criterion, find_standing_mark
from autograder.domain.notebook import Cell
from autograder.domain.report import Outcome, Report
from autograder.errors import CourseError, Flaw, SubmissionError
from autograder.foreign.model import (
    AdoptedAssignment,
    CellType,
    ForeignCell,
    ForeignNotebook,
    ForeignQuestion,
    ForeignRole,
    Tool,
)
from autograder.foreign.rebuild import find_grade_ids, split_submission
from autograder.gradebook.store import Gradebook
from autograder.marking.answers import AnswerToMark, PartAnswers, WrittenPart, copy_number
from autograder.marking.formgrader import CellPlace, GradedCell
from autograder.marking.teams import find_mates_of_files, show_once
from autograder.marking.work_to_mark import FoundAnswers
from autograder.notebook.assignment import Statement
from autograder.notebook.read import read
from autograder.notebook.written import WrittenAnswer
from autograder.questions.written import Written

CRITERION = "the answer as a whole"
"""What the mark is for: their questions have points, and no rubric that a program can read."""
_ANY_SIZE = 1_000_000_000
"""Bytes: it was opened when it was graded."""


def open_adopted_parts(
    assignment: AdoptedAssignment, gradebook: Gradebook, *, secret: bytes, limits: Limits
) -> list[PartAnswers]:
    """The questions that wait for a person, with all answers. Raises CourseError where there is none."""
    found = list_adopted_parts(assignment, gradebook, secret=secret, limits=limits)
    if not found:
        raise CourseError([Flaw(assignment.name, "has no question that waits for a person")])
    mates = find_mates_of_files(gradebook, assignment.name)
    return [replace(part, answers=show_once(part.answers, mates)) for part in found]


def list_adopted_parts(
    assignment: AdoptedAssignment, gradebook: Gradebook, *, secret: bytes, limits: Limits
) -> list[PartAnswers]:
    """The questions that a person marks, and those of which a test could not be judged outside."""
    name = assignment.name
    reports = list(gradebook.latest_reports(name, as_graded=True))
    waiting = {
        verdict.question
        for report in reports
        for verdict in report.verdicts
        if verdict.outcome is Outcome.AWAITING_MARK
    }
    found = []
    for question in assignment.questions:
        if not question.points or not (question.by_hand or question.name in waiting):
            continue
        part = _make_part(question, assignment)
        marks = [mark for mark in gradebook.hand_marks.of(name) if mark.part == part.title]
        answers, missing = list[AnswerToMark](), list[tuple[str, str]]()
        for report in reports:
            trouble = _why_not(report, question)
            if trouble is None:
                written = _find_answer(gradebook.content(report.receipt.blob), question, assignment, limits)
                theirs = [mark for mark in marks if mark.student == report.student]
                mark = find_standing_mark(theirs, report.receipt.blob)
                shown = show_cells_of(report, question, assignment)
                number = copy_number(report.student, name, secret=secret)
                answers.append(AnswerToMark(report.student, number, written, shown, mark))
            elif trouble:
                missing.append((report.student, trouble))
        answers.sort(key=lambda one: one.number)
        found.append(PartAnswers(part, tuple(answers), tuple(missing)))
    return found


@dataclass(slots=True)
class AdoptedAnswersRead:
    """What stands in the notebooks of an adopted assignment: they are marked page by page as our own are."""

    assignment: AdoptedAssignment
    limits: Limits
    found: dict[int, FoundAnswers] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Of the assignment."""
        return self.assignment.name

    @property
    def has_rubrics(self) -> bool:
        """Whether its author wrote criteria: another tool's have points alone."""
        return False

    def look(self, report: Report, content: bytes) -> Iterator[tuple[str, WrittenAnswer | str]]:
        """What a file has of each question that waits: an answer, or why there is none to mark."""
        for question in self._questions():
            trouble = _why_not(report, question)
            if trouble is None:
                yield question.name, _find_answer(content, question, self.assignment, self.limits)
            elif trouble:
                yield question.name, trouble

    def _questions(self) -> Iterator[ForeignQuestion]:
        """What a person may have to mark: the others are worth nothing."""
        return (question for question in self.assignment.questions if question.points)

    def list_parts(self) -> Iterator[tuple[WrittenPart, bool]]:
        """Every question as a part, and whether a person always marks it."""
        for question in self._questions():
            yield _make_part(question, self.assignment), question.by_hand

    def write(self, part: WrittenPart, content: bytes) -> WrittenAnswer:
        """What a file has for a question."""
        question = next(each for each in self._questions() if each.name == part.title)
        return _find_answer(content, question, self.assignment, self.limits)

    def show(self, report: Report, part: WrittenPart) -> Report:
        """The report by whose cells an answer is shown."""
        question = next(each for each in self._questions() if each.name == part.title)
        return show_cells_of(report, question, self.assignment)


def show_cells_of(report: Report, question: ForeignQuestion, assignment: AdoptedAssignment) -> Report:
    """The report with the cells of the question's own notebook: in each notebook they are counted anew."""
    if len(assignment.notebooks) == 1:
        return report
    return replace(report, cells=tuple(c for c in report.cells if c.notebook == question.notebook))


def _why_not(report: Report, question: ForeignQuestion) -> str | None:
    """Why there is nothing to mark, for whoever marks; empty where a machine has judged; None: there is."""
    verdict = next((each for each in report.verdicts if each.question == question.name), None)
    if verdict is None:
        return "was graded before this question was asked: regrade it"
    if verdict.outcome is Outcome.UNJUDGED:
        return "could not be graded: a person looks at the file first"
    if verdict.outcome is not Outcome.AWAITING_MARK:
        return ""
    return None if verdict.points == question.points else "was graded when this question had other points"


def _make_part(question: ForeignQuestion, assignment: AdoptedAssignment) -> WrittenPart:
    notebook = assignment.notebook(question.notebook)
    text = "\n\n".join(_find_statement(question, notebook)) if notebook else ""
    statement = Statement(question.name, question.name, question.points, text)
    rubric = (Criterion(CRITERION, question.points),)
    return WrittenPart(statement, Written(question.name, question.points, rubric))


def _find_statement(question: ForeignQuestion, notebook: ForeignNotebook) -> Iterator[str]:
    """What stands above the cell of a question, up to an answer or test; of a task, its own text too."""
    above: list[str] = []
    for cell in notebook.cells:
        if cell.id == question.cell:
            yield from above
            if cell.role is ForeignRole.TASK:
                yield cell.source
            return
        if cell.role is not ForeignRole.PROVIDED:
            above = []
        elif cell.type is CellType.MARKDOWN:
            above.append(cell.as_released)


def _find_answer(
    content: bytes, question: ForeignQuestion, assignment: AdoptedAssignment, limits: Limits
) -> WrittenAnswer:
    """What a student wrote for a question."""
    notebook = assignment.notebook(question.notebook)
    try:
        own = split_submission(content, assignment, most=_ANY_SIZE)[question.notebook]
        cells = read(own, limit_mb=limits.notebook_mb).cells
        ids = find_grade_ids(own, limit_mb=limits.notebook_mb)
    except (SubmissionError, KeyError):  # it was read when it was graded, with another limit of size
        return WrittenAnswer((), empty=True, found=False)
    if notebook is None:
        return WrittenAnswer((), empty=True, found=False)
    known = {cell.id: cell for cell in notebook.cells}
    if assignment.tool is Tool.OTTER:
        given = {cell.as_released.strip() for cell in notebook.cells}
        # Nothing says which cells answer a question that no test does: all that is theirs is shown.
        theirs = [cell for cell in cells if cell.source.strip() and cell.source.strip() not in given]
        return WrittenAnswer(tuple(theirs), empty=not theirs, found=True)
    found = _cells_of(question, cells, [known.get(ids.get(cell.number, "")) for cell in cells])
    released = {cell.as_released.strip() for cell in notebook.cells}
    empty = all(not cell.source.strip() or cell.source.strip() in released for cell in found)
    return WrittenAnswer(tuple(found), empty=empty, found=bool(found))


def _cells_of(
    question: ForeignQuestion, cells: Sequence[Cell], known: Sequence[ForeignCell | None]
) -> list[Cell]:
    """The cell of an answer; of a task, and of tests, what the student wrote around its cell.

    A task is answered below its cell, up to the next one that the course knows; a test judges what stands
    above it, back to the test before.
    """
    places = [at for at, one in enumerate(known) if one is not None and one.id == question.cell]
    if not places:
        return []
    at, cell = places[-1], known[places[-1]]
    if cell is not None and cell.role is ForeignRole.BY_HAND:
        return [cells[at]]
    if cell is not None and cell.role is ForeignRole.TASK:
        after = at + 1
        while after < len(cells) and known[after] is None:
            after += 1
        return list(cells[at + 1 : after])
    tests = [place for place in range(at) if (one := known[place]) and one.role is ForeignRole.TEST]
    above = range(tests[-1] + 1 if tests else 0, at)
    return [cells[i] for i in above if not (one := known[i]) or one.role is not ForeignRole.PROVIDED]


def find_adopted_places(assignment: AdoptedAssignment) -> dict[GradedCell, CellPlace]:
    """What the graded cells of nbgrader are here: each a question, with its comment at the answer above."""
    places = {}
    for notebook in assignment.notebooks:
        questions = {q.cell: q for q in assignment.questions if q.notebook == notebook.name}
        home = ""
        for cell in notebook.cells:
            if cell.role in (ForeignRole.STUDENT, ForeignRole.BY_HAND, ForeignRole.TASK):
                home = cell.id
            question = questions.get(cell.id)
            if question is not None:
                answer = notebook.name, home or cell.id
                places[notebook.name, cell.id] = CellPlace(question.name, question.points, answer)
    return places
