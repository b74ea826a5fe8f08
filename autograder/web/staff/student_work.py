"""What one student handed in for one piece of work, as staff look at it."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from autograder.domain.attempt_words import say_choice, say_counting, say_days, say_others
from autograder.domain.events import History
from autograder.domain.people import CourseRole
from autograder.errors import SubmissionError
from autograder.gradebook.marks import MarkedSubmission
from autograder.notebook.saved import OutputKind, SavedCell, read_saved
from autograder.publishing.as_students_see import find_seen, published_at
from autograder.quiz.attempt_report import report_of
from autograder.quiz.pictures import addresses, pictures_of
from autograder.render.page import report_values
from autograder.render.quiz_page import show_question
from autograder.render.redraw import PictureError, RedrawnPicture, redraw
from autograder.services.class_look import explain_file
from autograder.services.class_state import ClassState, StudentWork
from autograder.services.hand_in import find_event
from autograder.services.own_work import plan_shown
from autograder.services.shown_report import read_report_for_staff, read_report_for_student
from autograder.web.aside import AsideError
from autograder.web.downloads import send_download
from autograder.web.rights import RIGHTS, allows
from autograder.web.viewed import note_view
from autograder.web.visit import PageNotFound, Visit

_PICTURE_BYTES = 400_000
_MOST_PICTURES = 60


@dataclass(frozen=True, slots=True)
class ShownOutput:
    """An output of a saved cell, ready for a page."""

    kind: OutputKind
    content: str
    picture: RedrawnPicture | None = None
    trouble: str = ""
    """Why a picture is not shown."""


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A piece of work of one student, whom the visitor looks after."""

    state: ClassState
    work: StudentWork
    title: str
    is_quiz: bool

    @property
    def name(self) -> str:
        """Of the assignment or quiz."""
        return self.work.grade.name

    @property
    def history(self) -> History:
        """What happened to the student."""
        return History.of(self.state.by_student[self.work.student.id].happenings)

    def submission(self, number: int) -> MarkedSubmission | None:
        """What is stored of a file."""
        own = self.state.by_student[self.work.student.id].submissions
        return next((one for one in own if (one.assignment, one.number) == (self.name, number)), None)


def show_student_work(visit: Visit) -> Response:
    """Every file or attempt, which counts and why, and what people decided."""
    looked = _look(visit)
    grade, history = looked.work.grade, looked.history
    marks = visit.site.gradebook.hand_marks.of(looked.name, students=[looked.work.student.id])
    sentences = [str(say_counting(grade)), str(say_days(grade.late_days)), grade.standing.decided]
    if len(looked.work.files) > 1:
        sentences.append(str(say_choice(grade)))
    return _page(
        visit,
        looked,
        "web/staff/student_work.html",
        said=[each for each in (*sentences, *map(str, say_others(grade, history))) if each],
        hand_marks=marks,
    )


def show_file(visit: Visit) -> Response:
    """A file's report as its student sees it, or with all that staff may know; an attempt at a quiz."""
    looked = _look(visit)
    if looked.is_quiz:
        return _show_attempt(visit, looked)
    one = _submission(visit, looked)
    course, gradebook = visit.read.opened, visit.site.gradebook
    staff, history = visit.query.get("as") == "staff", looked.state.graded.history
    student, works = looked.work.student, [each.name for each in course.course.works]
    seen = find_seen(history.events, student.id, works, gradebook.events.published_of)
    plan = plan_shown(course, history, student, seen, visit.site.clock()).get(looked.name)
    if staff:
        report = read_report_for_staff(course, gradebook, one.id)
    else:
        published = published_at(seen, looked.name)
        report = read_report_for_student(course, gradebook, one.id, published=published)
    values = {} if report is None else report_values(report, standalone=False)
    return _page(
        visit,
        looked,
        "web/staff/file.html",
        one=one,
        instructor=staff,
        judged=report is not None,
        disclosed=plan.files[one.number - 1] if plan else None,
        **values,
    )


def send_file(visit: Visit) -> Response:
    """The file as it was received."""
    looked = _look(visit)
    one = _submission(visit, looked)
    event = find_event(visit.site.gradebook, one.student, looked.name, one.number)
    name = (event and event.filename) or f"{looked.name}-{one.number}.ipynb"
    return send_download(name, _content(visit, one))


def show_notebook(visit: Visit) -> Response:
    """The notebook as it was saved: text and pictures of ours, nothing that could run."""
    looked = _look(visit)
    one = _submission(visit, looked)
    limit = visit.read.opened.settings(looked.name).limits.notebook_mb
    try:
        cells = read_saved(_content(visit, one), limit_mb=limit)
    except SubmissionError as error:
        return _page(visit, looked, "web/staff/notebook.html", one=one, cells=[], trouble=str(error))
    left = _MOST_PICTURES
    shown: list[tuple[SavedCell, list[ShownOutput]]] = []
    for cell in cells:
        pictures = sum(each.kind is OutputKind.PICTURE for each in cell.outputs)
        shown.append((cell, [_show_output(each.kind, each.content, left) for each in cell.outputs]))
        left -= pictures
    return _page(visit, looked, "web/staff/notebook.html", one=one, cells=shown, trouble="")


def show_cases(visit: Visit) -> Response:
    """Every hidden case of a file: what `autograder explain` says."""
    looked = _look(visit)
    one = _submission(visit, looked)
    trouble, lines = "", tuple[str, ...]()
    try:
        lines = visit.site.aside.run(
            explain_file,
            visit.read.opened.folder.path,
            looked.name,
            one.student,
            one.number,
            accept_level=visit.site.accept_level,
        )
    except AsideError as error:
        trouble = str(error)
    questions: list[list[str]] = []
    for line in lines:
        if not line.startswith(" ") or not questions:
            questions.append([])
        questions[-1].append(line)
    return _page(visit, looked, "web/staff/cases.html", one=one, questions=questions, trouble=trouble)


def _look(visit: Visit) -> LookedAt:
    """The work that the path names, whose being looked at is noted."""
    state = visit.site.class_state(visit.read.opened)
    name, student = visit.params["name"], visit.params["student"]
    every = state.students_work(visit.who, name)
    work = next((each for each in every if each.student.id == student), None)
    settings = next((each for each in state.works if each.name == name), None)
    if work is None or settings is None:
        raise PageNotFound
    note_view(visit, student, name)
    return LookedAt(state, work, settings.title, visit.read.opened.course.settings(name) is None)


def _submission(visit: Visit, looked: LookedAt) -> MarkedSubmission:
    text = visit.params["number"]
    one = looked.submission(int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else None
    if one is None:
        raise PageNotFound
    return one


def _content(visit: Visit, one: MarkedSubmission) -> bytes:
    """The bytes of a file; of somebody who was erased there are none."""
    if not visit.site.gradebook.holds(one.blob):
        raise PageNotFound
    return visit.site.gradebook.content(one.blob)


def _page(visit: Visit, looked: LookedAt, template: str, **values: Any) -> Response:
    cases = RIGHTS["GET", "/class/work/{name}/student/{student}/{number}/cases"]
    return visit.page(
        template,
        looked=looked,
        student=looked.work.student,
        sees_cases=allows(cases, visit.who, visit.read.opened.course, visit.params),
        is_instructor=CourseRole.INSTRUCTOR in visit.who.roles,
        **values,
    )


def _show_output(kind: OutputKind, content: str, left: int) -> ShownOutput:
    if kind is not OutputKind.PICTURE:
        return ShownOutput(kind, content)
    if left <= 0:
        return ShownOutput(kind, "", trouble="is one of too many")
    try:
        return ShownOutput(kind, "", redraw(content, most=_PICTURE_BYTES))
    except PictureError as error:
        return ShownOutput(kind, "", trouble=str(error))


def _show_attempt(visit: Visit, looked: LookedAt) -> Response:
    """An attempt at a quiz with every text that was saved, and what was judged of it."""
    service = visit.site.quiz_service(looked.name, looked.work.student.id)
    attempts = service.attempts(looked.work.student.id)
    attempt = next((each for each in attempts if str(each.number) == visit.params["number"]), None)
    if attempt is None:
        raise PageNotFound
    records, now = service.records, visit.site.clock()
    report = report_of(service.quiz, attempt, records, now=now, staff=True)
    told = {each.question: each for each in report.questions}
    shown = []
    for number, variant in enumerate(attempt.variants, 1):
        question = service.quiz.question(variant.question)
        if question is not None and question.id in told:
            drawn = show_question(question, variant, number, told[question.id].raw)
            shown.append((drawn, told[question.id]))
    return _page(
        visit,
        looked,
        "web/staff/attempt.html",
        attempt=attempt,
        report=report,
        questions=shown,
        responses=records.responses(attempt.id),
        judgings=records.judgings(attempt.id),
        pictures=addresses(pictures_of(service.quiz)),
    )
