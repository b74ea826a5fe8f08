"""What the stamp of a run of grading says of a course: all that decides what is to be graded and told."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course.opened import OpenCourse
from autograder.course.quiz_files import list_quiz_files
from autograder.course.quizzes import quizzes_of
from autograder.domain.course_events import find_standing
from autograder.domain.events import Extension
from autograder.domain.lateness import count_late_days
from autograder.errors import CourseError
from autograder.grading.report_files import ReportFiles
from autograder.grading.run_stamp import RunStamp
from autograder.regrading.outdated import say_outdated

if TYPE_CHECKING:
    from autograder.gradebook.store import Gradebook

_LONGEST = timedelta(days=1)
"""How long a stamp holds: pages say of which day they are."""


def make_run_stamp(course: OpenCourse, name: str, files: ReportFiles, folder: Path | None = None) -> RunStamp:
    """The stamp of an assignment; submissions are handed in at `folder`, submissions/NAME by default."""

    def tell(gradebook: "Gradebook") -> str:
        home = course.folder.path
        tables = [home / "course.toml", home / "students.csv", home / "teams" / f"{name}.csv"]
        given = (*tables, *list_quiz_files(course.folder.quiz))
        read = [(file.name, file.read_bytes()) for file in given if os.access(file, os.R_OK)]
        return repr(
            (gradebook.last_link(), course.revision(name), course.versions(), str(files.folder), read)
        )

    def tell_until(gradebook: "Gradebook", now: datetime) -> datetime:
        try:
            changes = [each for each in find_changes(course, gradebook, now) if each > now]
        except CourseError:
            return now  # of a quiz that cannot be read: it keeps no report from being written
        return min((now + _LONGEST, *changes))

    place = course.folder.state / "stamps" / f"{name}.json"
    arrivals = folder or course.folder.path / "submissions" / name
    return RunStamp(
        place,
        course.folder.access,
        arrivals.absolute(),
        tell,
        tell_until,
        lambda gradebook: say_outdated(name, course.find_outdated(name, gradebook)),
    )


def find_changes(course: OpenCourse, gradebook: "Gradebook", now: datetime) -> Iterator[datetime]:
    """When the clock next changes grades: work is a day later, or a quiz or an attempt at it closes."""
    events = (each.what for each in find_standing(gradebook.events.all()))
    longer = [each for each in events if isinstance(each, Extension)]
    for work in course.policy().works:
        if work.deadline is None:
            continue
        for due in (work.deadline, *(each.end(work.deadline) for each in longer if each.work == work.name)):
            yield due + timedelta(days=count_late_days(now, due, work.grace)) + work.grace
    quizzes = quizzes_of(course)
    for name in quizzes.counting(gradebook.quizzes):
        closing = [quizzes.quiz(name).settings.closes, *(a.closes for a in gradebook.quizzes.attempts(name))]
        for moment in filter(None, closing):
            yield from (moment, *(each.end(moment) for each in longer if each.work == name))
