"""The first page: a student's work, by what must be done next; whoever teaches is led to the class."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import Response

from autograder.domain.course import Student
from autograder.domain.people import CourseRole
from autograder.domain.report import Outcome
from autograder.domain.second_looks import SecondLook
from autograder.domain.shown_reports import Shown
from autograder.services.own_work import OwnWork, read_own_course
from autograder.web.navigation import CLASS_LINKS, list_links
from autograder.web.visit import Visit

_FAR = float("inf")
_NEWS = timedelta(days=14)
"""How long the list tells that something was answered."""


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One piece of work in the list."""

    work: OwnWork
    state: str


@dataclass(frozen=True, slots=True)
class AnsweredLook:
    """A request for a second look that was answered lately."""

    work: OwnWork
    number: int
    """The student's own number of the file that was asked about."""
    look: SecondLook


def show_home(visit: Visit) -> Response:
    """The list of a student's work. Staff begin at the class; who is a student too comes here by a link."""
    student = visit.who.student
    staff = visit.who.roles - {CourseRole.STUDENT}
    if student is None or (staff and visit.query.get("as") != "student"):
        links = list_links(CLASS_LINKS, visit.person, visit.read.opened.course, {})
        return visit.redirect(links[0].path if links else "/me")
    return _show_work(visit, student)


def _show_work(visit: Visit, student: Student) -> Response:
    gradebook, now = visit.site.gradebook, visit.site.clock()
    own = read_own_course(visit.read.opened, gradebook, student, now)
    lines = [WorkLine(work, _state(work)) for work in own.works]
    coming = [line for line in lines if line.work.opens and line.state == "nothing"]
    begun = [line for line in lines if line not in coming]
    opened = [line for line in begun if line.work.grade.standing.open or line.state in ("waiting", "begun")]
    ended = [line for line in begun if line not in opened]
    coming.sort(key=lambda line: line.work.opens.timestamp() if line.work.opens else _FAR)
    opened.sort(key=lambda line: line.work.due.timestamp() if line.work.due else _FAR)
    more_time = [work for work in own.works if work.reasons and work.due and work.due > now]
    looks = gradebook.second_looks.all(student=student.id)
    answered = [
        AnsweredLook(work, file.number, look)
        for look in looks
        for work in own.works
        for file in work.files
        if file.id == look.asked.submission and not look.is_open and look.last.at > now - _NEWS
    ]
    return visit.page(
        "web/work_list.html",
        opened=opened,
        coming=coming,
        ended=ended,
        more_time=more_time,
        answered=answered,
    )


def _state(work: OwnWork) -> str:
    """What has come of a piece of work, in one word of a closed set."""
    if work.begun:
        return "begun"
    if work.published is not None:
        return "published"
    if work.grade.standing.excused:
        return "excused"
    if work.files:
        if work.shown(work.files[-1].number).how is not Shown.FULL:
            return "received"
        last = work.files[-1].marks
        if last is None:
            return "waiting"
        waiting = [line for line in last.lines if line.mark.earned is None]
        if any(line.outcome is Outcome.UNJUDGED for line in waiting):
            return "unjudged"
        return "awaiting" if waiting else "report"
    return "attempted" if work.counting is not None else "nothing"
