"""Grading what was handed in for an assignment: who hands in together, the files, what is told of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from autograder.course.opened import OpenCourse
from autograder.course.people_named import require_students
from autograder.course.recipe import recipe_of
from autograder.course.run_stamps import make_run_stamp
from autograder.domain.course_events import Team, Whom
from autograder.errors import CourseError, Flaw
from autograder.gradebook.claims import LASTS_LONG, Claims, name_holder
from autograder.gradebook.store import Gradebook
from autograder.grading.batch import (
    GradedBatch,
    GradingWorkers,
    Watch,
    foresee,
    grade_pending,
    grade_unrecorded,
)
from autograder.inbox.notice import Notice
from autograder.regrading.homework import Regrading
from autograder.regrading.outdated import say_outdated
from autograder.services.arrivals import take_in
from autograder.services.regrading import regrade_decided


@dataclass(frozen=True, slots=True)
class GradedWork:
    """What came of a run."""

    batch: GradedBatch
    teams: Sequence[tuple[Team, Whom]]
    """Who hands in together, where that is new."""
    decided: Regrading | None = None
    """What waited for a decision on tests inside, and was judged again."""


class GradingRun:
    """One run over what was handed in for an assignment, all of it or some students' alone."""

    def __init__(
        self,
        course: OpenCourse,
        name: str,
        *,
        folder: Path | None = None,
        students: Sequence[str] = (),
        question: str = "",
        out: Path | None = None,
        accept_level: int,
    ) -> None:
        """Open the assignment; nothing is made or recorded.

        Args:
            course: whose assignment it is.
            name: of the assignment.
            folder: where it was handed in; submissions/NAME where none is given.
            students: whose work alone is graded.
            question: judged alone; nothing is recorded then, and the reports lie in reports/NAME-QUESTION.
            out: where the reports are written instead.
            accept_level: the lowest level of isolation to grade at.

        Raises:
            CourseError: the assignment cannot be opened, has no such question, or its reports have no place.
        """
        self._course, self._name, self._question = course, name, question
        self._folder, self._students = folder, students
        self._recipe = recipe_of(course, name, accept_level=accept_level, question=question)
        # One question alone replaces nobody's report.
        place = f"{name}-{question}" if question else name
        if question and out is None and course.course.settings(place):
            what = f"is where the reports of the assignment {place} are"
            raise CourseError([Flaw(f"reports/{place}", what, "--out names another folder")])
        self._files = course.report_files(place, out)

    @property
    def reports(self) -> Path:
        """The folder of the reports."""
        return self._files.folder

    def foresee(self, gradebook: Gradebook) -> tuple[list[str], tuple[Notice, ...]]:
        """Whose submissions would be graded, and what a person should know; nothing is recorded."""
        self._require_students(gradebook)
        arrivals = self._course.arrivals(self._name, self._folder)
        return foresee(self._name, arrivals, gradebook, students=self._students or None)

    def grade(
        self,
        gradebook: Gradebook,
        *,
        workers: GradingWorkers,
        watch: Watch,
        by: str,
        clock: Callable[[], datetime],
    ) -> GradedWork:
        """Grade it.

        Args:
            gradebook: of the course, where all is recorded.
            workers: who grade; closed at the end.
            watch: told of each report.
            by: who starts the run.
            clock: tells the time.

        Raises:
            CourseError: a student is named whom nobody knows, or a list of the course cannot be read.
            OvertakenError: what was to be judged again was judged by somebody else meanwhile.
            IsolationError: the machine cannot seal student code as well as was asked.
        """
        course, name, students = self._course, self._name, self._students or None
        decided = None
        self._require_students(gradebook)
        with take_in(course, gradebook, name, self._folder, by=by, clock=clock) as arrivals:
            given = name, arrivals.files, gradebook, self._recipe, self._files
            if self._question:
                batch = grade_unrecorded(*given, workers=workers, students=students, watch=watch)
                batch = replace(batch, outdated=say_outdated(name, course.find_outdated(name, gradebook)))
            else:
                decided = regrade_decided(
                    course,
                    gradebook,
                    name,
                    self._recipe,
                    students=students,
                    workers=workers,
                    watch=watch,
                    clock=clock,
                )
                with course.transient() as transient:
                    batch = grade_pending(
                        *given,
                        workers=workers,
                        students=students,
                        watch=watch,
                        prints=course.answer_prints(name),
                        revision=course.revision(name),
                        claims=Claims(transient, name_holder(), lasts=LASTS_LONG),
                        stamp=make_run_stamp(course, name, self._files, self._folder),
                    )
        teams = [(each.what, each.whom) for each in arrivals.teams if isinstance(each.what, Team)]
        return GradedWork(batch, teams, decided)

    def _require_students(self, gradebook: Gradebook) -> None:
        """Raises CourseError where a student is named whom neither the course nor a file knows."""
        handed_in = self._folder or self._course.folder.path / "submissions" / self._name
        look = bool(self._students) and handed_in.is_dir()
        arrived = [each.name for each in handed_in.iterdir()] if look else []
        require_students(self._course, gradebook, self._students, arrived=arrived)
