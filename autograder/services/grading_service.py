"""A course that is graded as it is handed in: a program of its own beside the web pages.

`python -m autograder.services.grading_service FOLDER JOBS LEVEL STARTER` grades until it is told to end,
or until the process of number STARTER, which started it, ends. It is a process of its own so that a page
never waits for judging, and so that its workers are forks of a process without threads, which share all that
it has opened.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from autograder.course.in_use import in_use
from autograder.course.opened import OpenCourse, open_course
from autograder.course.quiz_files import list_quiz_files
from autograder.course.recipe import recipe_of
from autograder.errors import CourseError, StoreError
from autograder.gradebook.claims import Claims, name_holder
from autograder.gradebook.errands import Errands
from autograder.gradebook.store import Gradebook
from autograder.gradebook.transient import put, servers
from autograder.grading.grader import GraderRecipe
from autograder.grading.lanes import Lanes, local_lanes
from autograder.grading.service import BegunSubmission, GradingService, ServedAssignment
from autograder.sandbox.isolation import LIMITS_ONLY
from autograder.sandbox.runner import Runner
from autograder.sandbox.system.parent import die_with
from autograder.services.health import GRADER
from autograder.services.quiz_endings import find_overdue
from autograder.services.uploads import course_uploads

_AFTER_PAGES = 10
"""How nice grading is: where pages and grading both want a processor, pages have nine tenths of it."""
_LOOK_AT_QUIZZES = 30.0
"""Seconds after which attempts that the clock has ended are handed in, so that no page judges them."""


@dataclass(slots=True)
class _Assignments:
    """The assignments of a course as their files are now: opened once, and again where a file changed."""

    folder: Path
    level: int
    gradebook: Gradebook
    _kept: dict[str, tuple[object, OpenCourse, GraderRecipe]] = field(default_factory=dict)

    def open(self, name: str) -> ServedAssignment:
        """An assignment. Raises CourseError."""
        seen = self._look(name)
        kept = self._kept.get(name)
        if kept is None or kept[0] != seen:
            course = open_course(self.folder)
            kept = (seen, course, recipe_of(course, name, accept_level=self.level))
            self._kept[name] = kept
        _, course, recipe = kept
        # What was recorded of deadlines since is read anew for each report.
        files = course.report_files(name, gradebook=self.gradebook)
        return ServedAssignment(recipe, files, course.answer_prints(name))

    def _look(self, name: str) -> object:
        """What tells whether a file was changed."""
        folder = self.folder
        files = [
            folder / "course.toml",
            folder / "students.csv",
            *sorted((folder / "assignments" / name).glob("*.ipynb")),
            *sorted((folder / "solutions").rglob(f"{name}*")),
            *sorted((folder / "solutions" / name).rglob("*.py")),
            *list_quiz_files(folder / "quiz"),
        ]
        found = []
        for file in files:
            with suppress(OSError):
                status = file.stat()
                found.append((str(file), status.st_mtime_ns, status.st_size))
        return tuple(found)


@dataclass(slots=True)
class _ErrandProgram:
    """The program that does errands: begun where one waits, and gone when all are done."""

    errands: Errands
    command: list[str]
    any_overdue: Callable[[], bool] = lambda: False
    """Tells whether the clock has ended an attempt at a quiz."""
    _process: subprocess.Popen[bytes] | None = None
    _look_again: float = 0.0
    _look_at_quizzes: float = 0.0

    def see_to(self) -> None:
        """Begin it where something waits; looked at every second."""
        if time.monotonic() < self._look_again:
            return
        self._look_again = time.monotonic() + 1
        if self._process is not None and self._process.poll() is None:
            return
        self._process = None
        if self.errands.any_waiting() or self._is_quiz_over():
            # The kernel ends it with this process, whose number it is told.
            self._process = subprocess.Popen([*self.command, str(os.getpid())], stdin=subprocess.DEVNULL)  # noqa: S603 - our own program

    def _is_quiz_over(self) -> bool:
        """Looked at seldom: whoever looks at an attempt that is over has it handed in at once."""
        if time.monotonic() < self._look_at_quizzes:
            return False
        self._look_at_quizzes = time.monotonic() + _LOOK_AT_QUIZZES
        return self.any_overdue()

    def stop(self) -> None:
        """End it; what it did not end it begins again another time."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def serve_pending(
    folder: Path, *, jobs: int, level: int, stop: Event, lanes: Lanes[BegunSubmission] | None = None
) -> None:
    """Grade what is handed in for the assignments of a course until `stop` is set.

    Args:
        folder: of the course.
        jobs: workers on this machine, for errands, and for the lanes where none are given.
        level: the lowest level of isolation to grade at.
        stop: ends it.
        lanes: where submissions are judged, if not here.

    Raises:
        StoreError: the gradebook cannot be read or written any more.
    """
    course, lanes = open_course(folder), lanes or local_lanes(jobs)
    # As it is on this machine, whatever level is demanded: an admin sees it.
    with Runner(accept_level=LIMITS_ONLY) as own:
        isolation = own.isolation
    with course.gradebook() as gradebook, course.transient() as transient:

        def beat(flaws: dict[str, str]) -> None:
            seal = {"level": isolation.level, "layers": isolation.layers}
            why = lanes.trouble()  # for whoever looks at the class
            found = flaws | {"--on": why} if why else flaws
            told = json.dumps({"jobs": jobs, "flaws": found, **seal})
            with transient.writing() as connection:
                put(connection, servers, {"name": GRADER, "url": told, "beat": _now()})

        beat({})
        # Nobody may send anything for months: what waits to be confirmed goes all the same.
        course_uploads(course).forget_old(_now())
        errands = Errands(transient)
        command = [
            sys.executable,
            "-m",
            "autograder.services.errand_work",
            str(folder),
            str(jobs),
            str(level),
        ]

        def any_overdue() -> bool:
            try:
                return any(True for _ in find_overdue(open_course(folder), gradebook))
            except CourseError:  # of which the class page tells
                return False

        program = _ErrandProgram(errands, command, any_overdue)
        service = GradingService(
            gradebook,
            Claims(transient, name_holder()),
            _Assignments(folder, level, gradebook).open,
            lanes,
            clock=_now,
            beat=beat,
            at_work=lambda: in_use(folder),
            held=errands.held,
            beside=program.see_to,
        )
        try:
            service.run(stop)
        finally:
            program.stop()


def _now() -> datetime:
    return datetime.now(UTC)


def main(
    folder: str, jobs: str, level: str, starter: str, *, lanes: Lanes[BegunSubmission] | None = None
) -> None:
    """Grade until a signal, or the end of the process that started this; see `serve_pending`."""
    logging.basicConfig(format="grading: %(message)s")
    os.nice(_AFTER_PAGES)  # and so do its workers, and all that they start
    if sys.platform == "linux":
        try:
            die_with(int(starter))
        except OSError as error:
            sys.exit(f"grading: {error}")
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        serve_pending(Path(folder), jobs=int(jobs), level=int(level), stop=stop, lanes=lanes)
    except StoreError as error:
        sys.exit(f"grading: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
