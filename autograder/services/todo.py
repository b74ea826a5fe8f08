"""What waits for a person in a course, with the command that settles it."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from autograder.course.opened import OpenCourse
from autograder.domain.counts import describe_count
from autograder.domain.course import QuizSettings
from autograder.domain.given_marks import as_written
from autograder.gradebook.store import Gradebook
from autograder.grading.batch import foresee
from autograder.inbox.notice import Notice
from autograder.publishing.class_history import ClassHistory, find_ahead
from autograder.services.class_state import ClassState, StudentWork


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits; once it is settled, it is gone from here, from `grades` and from the report."""

    work: str
    """The assignment or quiz."""
    what: str
    command: str
    """What settles it, to be typed in the course's folder; capitals are to be filled in."""
    student: str = ""
    """Whom it concerns; empty where it is many."""
    question: str = ""


def find_waiting(course: OpenCourse, gradebook: Gradebook, state: ClassState) -> Iterator[Waiting]:
    """What waits for a person in every assignment and quiz, in the order of course.toml.

    Args:
        course: whose folders of submissions are looked at as well.
        gradebook: what is recorded. Nothing is changed.
        state: the class, as the gradebook says it stands.

    Raises:
        CourseError: a folder of submissions cannot be read.
    """
    for settings in state.works:
        name, every = settings.name, state.by_work.get(settings.name, ())
        if isinstance(settings, QuizSettings):
            yield from _find_in_work(every, name, mark=f"autograder quiz mark {name}")
        else:
            yield from _find_files(course, gradebook, every, name)
            yield from _find_doubted(state.graded.history, name)
            yield from _find_in_work(every, name, mark=f"autograder mark {name}")


def find_waiting_at_first(course: OpenCourse) -> Iterator[Waiting]:
    """What waits where nothing was ever recorded: what lies in the folders of submissions.

    Raises:
        CourseError: a folder of submissions cannot be read.
    """
    for settings in course.course.assignments:
        yield from _find_files(course, None, (), settings.name)


def _find_files(
    course: OpenCourse, gradebook: Gradebook | None, every: tuple[StudentWork, ...], name: str
) -> Iterator[Waiting]:
    """What was handed in and has no report: it is to be graded, or to be looked at first."""
    ungraded = {each.student.id for each in every if each.waiting}
    notices: tuple[Notice, ...] = ()
    if (course.folder.path / "submissions" / name).is_dir():
        found, notices = foresee(name, course.arrivals(name), gradebook)
        ungraded.update(found)
    grade = f"autograder grade {name}"
    if ungraded:
        many = f"{len(ungraded)} students have" if len(ungraded) > 1 else f"{min(ungraded)} has"
        yield Waiting(name, f"{many} handed in what is not graded", grade)
    for notice in notices:
        if not notice.taken:
            yield Waiting(name, f"{notice.where}: {notice.what}; {notice.todo}", grade, notice.student)


def _find_doubted(history: ClassHistory, name: str) -> Iterator[Waiting]:
    """Files that were received while the clock was ahead: whoever handed them in may be late by it alone."""
    ahead, known = find_ahead(history.submissions, key=lambda _: None), history.known_times()
    for one in history.submissions:
        if one.assignment == name and one.id in ahead and one.id not in known:
            what = f"{one.label} was received while the clock was ahead, which was set right since"
            settle = f'autograder received {name} {shlex.quote(one.label)} TIME --why "WHY"'
            yield Waiting(name, what, settle, one.student)


def _find_in_work(every: tuple[StudentWork, ...], name: str, *, mark: str) -> Iterator[Waiting]:
    """What of judged work has no mark."""
    failed = [each for each in every if each.unjudged and each.marks is not None and each.marks.our_fault]
    again = {each.student.id for each in failed}
    if failed:
        yield _judge_again(failed, name)
    for each in every:
        if each.student.id in again:
            continue
        yield from _find_unjudged(each, name)
    awaiting = sum(each.awaiting for each in every)
    if awaiting:
        many = describe_count(awaiting, "student has", "students have")
        yield Waiting(name, f"{many} parts that are marked by hand", mark)


def _find_unjudged(each: StudentWork, name: str) -> Iterator[Waiting]:
    """What of a file could not be judged: its questions, or where that is every one of several, the whole."""
    points = {one.name: one.points for one in (each.judged.questions if each.judged else None) or ()}
    student = shlex.quote(each.student.id)
    if len(each.unjudged_questions) == len(points) > 1:
        explain = f"autograder explain {name} {student}"
        what = f"not one of its {len(points)} questions could be judged (`{explain}` tells why)"
        yield Waiting(name, what, _decide(student, name, sum(points.values())), each.student.id)
        return
    for question in each.unjudged_questions:
        decide = _decide(student, shlex.quote(f"{name}/{question}"), points[question])
        yield Waiting(name, f"{question} could not be judged", decide, each.student.id, question)


def _decide(student: str, target: str, points: Fraction | int) -> str:
    return f'autograder override {student} {target} --mark MARK/{as_written(Fraction(points))} --why "WHY"'


def _judge_again(failed: list[StudentWork], name: str) -> Waiting:
    """Nothing of these files was judged, and no file made that so: to judge them once more may settle all."""
    whose = describe_count(len(failed), "file was", "files were")
    what = f"{whose} not judged through a fault of ours (what fails again, `autograder override` decides)"
    student = failed[0].student.id if len(failed) == 1 else ""
    only = f" --student {shlex.quote(student)}" if student else ""
    return Waiting(name, what, f"autograder regrade {name}{only}", student)
