"""The answers to a written part, gathered from the gradebook for the person who marks them."""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from autograder.domain.course import Limits
from autograder.domain.course_events import CourseEvent
from autograder.domain.handmark import Criterion, HandMark, find_rubric, find_standing_mark
from autograder.domain.report import Outcome, Report
from autograder.errors import SubmissionError
from autograder.gradebook.store import Gradebook
from autograder.grading.assignment import OpenAssignment
from autograder.marking.copies import file_stem, name_shown
from autograder.marking.gallery import Content, Gallery
from autograder.notebook.assignment import Statement
from autograder.notebook.pictures import find_pictures
from autograder.notebook.read import read
from autograder.notebook.written import WrittenAnswer, written_answers
from autograder.questions.written import Written
from autograder.render.marking import AnswerCopy, CopiedCell, MarkingSheet


@dataclass(frozen=True, slots=True)
class WrittenPart:
    """A written part: what the notebook and the solutions say of it."""

    statement: Statement
    written: Written

    @property
    def title(self) -> str:
        """What it is called in the notebook and in the solutions."""
        return self.written.title

    @property
    def key(self) -> str:
        """What its files are called."""
        return self.statement.key

    @property
    def rubric(self) -> tuple[Criterion, ...]:
        """What earns points."""
        return self.written.rubric


@dataclass(frozen=True, slots=True)
class AnswerToMark:
    """One student's answer to a part, and the last mark it, or an earlier answer, was given."""

    student: str
    number: int
    """By which it is known while the student's name is not shown."""
    written: WrittenAnswer
    report: Report
    mark: HandMark | None = None

    @property
    def label(self) -> str:
        """What it is called where names are shown."""
        return self.student

    @property
    def assignment(self) -> str:
        """What it answers."""
        return self.report.assignment

    @property
    def blob(self) -> str:
        """The hash of the file it stands in."""
        return self.report.receipt.blob

    @property
    def digest(self) -> str:
        """By it an answer is known to be the same in another file."""
        return self.written.digest

    @property
    def shown(self) -> str:
        """What tells this file and this answer from any other; never read as a number by a spreadsheet."""
        return name_shown(self.blob, self.written.digest)

    @property
    def outdated(self) -> bool:
        """Whether its mark was given for another answer."""
        mark = self.mark
        return mark is not None and mark.blob != self.blob and mark.answer != self.written.digest


@dataclass(frozen=True, slots=True)
class PartAnswers:
    """All answers to a part, and the students whose notebook has none that can be marked, with the reason."""

    part: WrittenPart
    answers: tuple[AnswerToMark, ...]
    missing: tuple[tuple[str, str], ...]


def parts_of(assignment: OpenAssignment) -> Iterator[WrittenPart]:
    """The written parts of an assignment, in its order."""
    marked = {part.title: part for part in assignment.solutions.written}
    for statement in assignment.released.text.statements:
        if statement.written:
            yield WrittenPart(statement, marked[statement.title])


def amend(part: WrittenPart, work: str, events: Iterable[CourseEvent]) -> WrittenPart:
    """The part with the criteria by which it is marked."""
    rubric = find_rubric(part.rubric, work, part.title, events)
    return replace(part, written=replace(part.written, rubric=rubric))


def gather(
    assignment: OpenAssignment, gradebook: Gradebook, part: WrittenPart, *, secret: bytes
) -> PartAnswers:
    """The answers to a part in the notebooks whose reports count, by their numbers, which mix the class."""
    name, answers, missing = assignment.settings.name, [], []
    marks = [mark for mark in gradebook.hand_marks.of(name) if mark.part == part.title]
    for report in gradebook.latest_reports(name, as_graded=True):
        trouble = explain_unmarkable(report, part)
        if trouble:
            missing.append((report.student, trouble))
            continue
        written = find_written(assignment, gradebook.content(report.receipt.blob), part)
        number = copy_number(report.student, name, secret=secret)
        theirs = [mark for mark in marks if mark.student == report.student]
        mark = find_standing_mark(theirs, report.receipt.blob)
        answers.append(AnswerToMark(report.student, number, written, report, mark))
    return PartAnswers(part, tuple(sorted(answers, key=lambda one: one.number)), tuple(missing))


def explain_unmarkable(report: Report, part: WrittenPart) -> str:
    """Why a report's answer to a part cannot be marked; empty where it can be."""
    verdict = next((verdict for verdict in report.verdicts if verdict.title == part.title), None)
    if verdict is None:
        return "was graded before this part was asked: regrade it"
    if verdict.outcome is not Outcome.AWAITING_MARK:
        return "could not be graded: a person looks at the file first"
    return "" if verdict.points == part.written.points else "was graded when this part had other points"


def find_written(assignment: OpenAssignment, content: bytes, part: WrittenPart) -> WrittenAnswer:
    """What stands in a notebook for a part."""
    released = assignment.released
    try:
        notebook = read(content, limit_mb=assignment.settings.limits.notebook_mb)
    except SubmissionError:  # it was read when it was graded, with another limit of size
        return WrittenAnswer((), empty=True, found=False)
    return written_answers(notebook, [part.statement], released.places)[part.key]


def copy_number(student: str, assignment: str, *, secret: bytes) -> int:
    """A number of eight digits that tells nothing of the student to whom it belongs, always the same."""
    told = hmac.new(secret, f"copy/{assignment}/{student}".encode(), sha256).digest()
    return 10_000_000 + int.from_bytes(told) % 90_000_000


def sheet_of(
    title: str, limits: Limits, gathered: PartAnswers, content: Content, *, names: bool
) -> MarkingSheet:
    """The sheet of a part.

    Args:
        title: of the assignment.
        limits: what a file may hold.
        gathered: the answers.
        content: gives the bytes of a file by its hash, for the pictures.
        names: whether it is shown who wrote what.
    """
    part = gathered.part
    gallery = Gallery(content, (answer.written for answer in gathered.answers), limits)
    return MarkingSheet(
        assignment=title,
        title=part.title,
        points=part.written.points,
        statement=part.statement.markdown,
        rubric=part.written.rubric,
        copies=tuple(draw_copy(answer, gallery, names=names) for answer in gathered.answers),
        table=f"{file_stem(part.key)}.csv",
    )


def draw_copy(answer: AnswerToMark, gallery: Gallery, *, names: bool) -> AnswerCopy:
    """One answer as it is shown, its pictures drawn anew."""
    ran = {cell.number: cell for cell in answer.report.cells}
    written, draw = answer.written, gallery.open(answer.blob, answer.written)
    pieces = (
        CopiedCell(code=cell.source, ran=ran.get(cell.number), number=cell.number)
        if cell.kind.value == "code"
        else CopiedCell(text=text, number=cell.number, pictures=draw(cell, pictures))
        for cell in written.cells
        for text, pictures in [find_pictures(cell)]
    )
    label = answer.student if names else f"Copy {answer.number}"
    return AnswerCopy(label, tuple(pieces), written.empty, written.found, answer.mark, answer.outdated)
