"""Grading as a service: whatever waits is graded as it comes, until the service is told to stop.

Nothing of it is remembered here: what waits is asked of the store, so a service that was killed goes on where
it was. A submission is claimed before it is judged, so that several programs may grade one course at once.
"""

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Event

from autograder.domain.course_events import CourseEvent
from autograder.domain.submission import Submission
from autograder.domain.teams import find_mates, find_team_files
from autograder.errors import AutograderError, CourseError, ErasedError
from autograder.gradebook.claims import Claims
from autograder.gradebook.store import Gradebook, UngradedSubmission
from autograder.grading.answer_prints import AnswerPrints
from autograder.grading.batch import keep_report
from autograder.grading.grader import GradedSubmission, GraderRecipe, SubmissionGrader
from autograder.grading.in_worker import do
from autograder.grading.report_files import ReportFiles
from autograder.grading.team_reports import copy_report
from autograder.grading.waiting import turn

_log = logging.getLogger(__name__)
QUICK = timedelta(seconds=2)
"""How long a judging has a place in the quick lane; what takes longer goes on in the slow one."""
SLOW_PLACES = 2
"""Endless loops must not keep everybody waiting: so many of them run beside the quick lane."""
_LOOK = 0.1
_LOOK_ANYWAY = timedelta(seconds=5)
_RENEW = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class ServedAssignment:
    """An assignment as it is graded now."""

    recipe: GraderRecipe
    files: ReportFiles
    prints: AnswerPrints


@dataclass(frozen=True, slots=True)
class _Running:
    """A submission that is being judged."""

    waiting: UngradedSubmission
    submission: Submission
    begun: datetime
    recipe: GraderRecipe
    alone: bool = False


class GradingService:
    """Grades what waits in a gradebook.

    Args:
        gradebook: where it waits, and where reports are recorded.
        claims: by which programs that grade the same course know of each other.
        open_assignment: the assignment of a name as it is now. Raises CourseError while it is not right; what
            waits for it goes on waiting.
        open_executor: opens a pool of so many workers, told which recipe comes first.
        jobs: the places of the quick lane.
        clock: tells the time.
        beat: called every few seconds with what is wrong, by assignment.
        at_work: entered while something is recorded and written, so that nobody is erased in between.
    """

    def __init__(
        self,
        gradebook: Gradebook,
        claims: Claims,
        open_assignment: Callable[[str], ServedAssignment],
        open_executor: Callable[[GraderRecipe, int], Executor],
        *,
        jobs: int,
        clock: Callable[[], datetime],
        beat: Callable[[dict[str, str]], None],
        at_work: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._gradebook = gradebook
        self._claims = claims
        self._open_assignment = open_assignment
        self._open_executor = open_executor
        self._jobs = jobs
        self._clock = clock
        self._beat = beat
        self._at_work = at_work
        self._executor: Executor | None = None
        self._running: dict[Future[GradedSubmission], _Running] = {}
        self._suspects: deque[_Running] = deque()
        self._flaws: dict[str, str] = {}
        self._waiting: list[UngradedSubmission] = []
        self._last_seen, self._looked = -1, datetime.min.replace(tzinfo=clock().tzinfo)
        self._renewed = self._looked
        self._events: tuple[int, tuple[CourseEvent, ...]] = (0, ())
        """What people recorded, and the number of the last of it: who hands in together."""

    def run(self, stop: Event) -> None:
        """Grade until `stop` is set; then what is being judged is finished."""
        try:
            while not (stop.is_set() and not self._running):
                self._keep_alive()
                if not stop.is_set():
                    self._look()
                    self._hand_out()
                if not self._collect():
                    stop.wait(_LOOK)
        finally:
            self._claims.release_all()
            if self._executor is not None:
                self._executor.shutdown(cancel_futures=True)

    def _keep_alive(self) -> None:
        now = self._clock()
        if now - self._renewed >= _RENEW:
            self._renewed = now
            self._claims.renew(now)
            self._beat(self._flaws)

    def _look(self) -> None:
        """See what waits; all of it is asked only where something came, and every few seconds."""
        now, last = self._clock(), self._gradebook.last_submission()
        if last == self._last_seen and now - self._looked < _LOOK_ANYWAY and not self._waiting:
            return
        if last == self._last_seen and now - self._looked < timedelta(seconds=1):
            return
        self._last_seen, self._looked = last, now
        under_way = {each.waiting.id for each in (*self._running.values(), *self._suspects)}
        found = self._gradebook.ungraded()
        self._waiting = sorted((each for each in found if each.id not in under_way), key=turn)

    def _hand_out(self) -> None:
        """Begin what there are places for."""
        if self._suspects:
            # Whatever ended a worker is tried once more, with nothing beside it that could be lost too.
            if not self._running:
                self._begin(self._suspects.popleft())
            return
        if any(each.alone for each in self._running.values()):
            return
        for chosen in list(self._waiting):
            now = self._clock()
            quick = sum(now - each.begun < QUICK for each in self._running.values())
            if quick >= self._jobs or len(self._running) >= self._jobs + SLOW_PLACES:
                return
            self._waiting.remove(chosen)
            running = self._claim(chosen)
            if running is not None:
                self._begin(running)

    def _claim(self, chosen: UngradedSubmission) -> _Running | None:
        """A submission that is ours to judge, or None."""
        try:
            served = self._open_assignment(chosen.assignment)
        except AutograderError as error:
            self._flaws[chosen.assignment] = str(error)
            return None
        self._flaws.pop(chosen.assignment, None)
        now = self._clock()
        under_way = {each.waiting.id for each in (*self._running.values(), *self._suspects)}
        if under_way.intersection(self._find_members(chosen)):
            return None  # it is given the report on the same file of the team, or waits again
        if not self._claims.take([chosen.id], now):
            return None
        submission = self._gradebook.ungraded_submission(chosen.id)
        if submission is None:  # another program was faster, and has let go of it
            self._claims.release([chosen.id])
            return None
        return _Running(chosen, submission, now, served.recipe)

    def _begin(self, running: _Running) -> None:
        if self._executor is None:
            self._executor = self._open_executor(running.recipe, self._jobs + SLOW_PLACES)
        try:
            future = self._executor.submit(do, running.recipe, running.submission)
        except BrokenExecutor as death:  # of which nobody has heard yet
            future = Future()
            future.set_exception(death)
        self._running[future] = running

    def _collect(self) -> bool:
        """Record what is done; return whether anything was."""
        if not self._running:
            return False
        done, _ = wait(self._running, timeout=_LOOK, return_when=FIRST_COMPLETED)
        for future in done:
            self._finish(self._running.pop(future), future)
        return bool(done)

    def _finish(self, running: _Running, future: Future[GradedSubmission]) -> None:
        error = future.exception()
        if isinstance(error, BrokenExecutor):
            self._executor = None
            if not running.alone:
                self._suspects.append(replace(running, begun=self._clock(), alone=True))
                return
        if isinstance(error, CourseError):  # its files were changed meanwhile: it waits for the new ones
            self._flaws[running.waiting.assignment] = str(error)
        elif error is None:
            self._record(running, future.result())
        else:  # a fault of ours: a person looks at it
            _log.error("grading %s failed", running.submission.student, exc_info=error)
            with closing[SubmissionGrader](running.recipe()) as grader:
                self._record(running, grader.ungraded(running.submission))
        self._claims.release([running.waiting.id])

    def _record(self, running: _Running, graded: GradedSubmission) -> None:
        served = self._open_assignment(running.waiting.assignment)
        self._keep(running.waiting, graded, served)
        members = set(self._find_members(running.waiting)) - {running.waiting.id}
        for mate in self._gradebook.ungraded() if members else ():
            # Another program that judges it has claimed it, and it has the report of that one.
            if mate.id in members and self._claims.take([mate.id], self._clock()):
                submission = self._gradebook.ungraded_submission(mate.id)
                if submission is not None:
                    self._keep(mate, copy_report(graded.report, submission), served)
                self._claims.release([mate.id])

    def _keep(self, waiting: UngradedSubmission, graded: GradedSubmission, served: ServedAssignment) -> None:
        """Record a report, and write that which counts beside its student's name."""
        # Of somebody who was erased while their file was judged, nothing is kept.
        with self._at_work(), suppress(ErasedError):
            if waiting.latest:
                keep_report(graded, served.files, self._gradebook, served.prints)
            else:
                self._gradebook.record(graded.report)
                served.files.complete(self._gradebook, waiting.assignment, students=[waiting.student])

    def _find_members(self, waiting: UngradedSubmission) -> tuple[int, ...]:
        """The submissions of all members of the team that handed a file in; empty where no team did."""
        last = self._gradebook.events.last()
        if last != self._events[0]:
            self._events = (last, self._gradebook.events.all())
        events = self._events[1]
        mates = find_mates(events, waiting.assignment, waiting.student)
        if not mates:
            return ()
        handed_in = self._gradebook.marked_submissions(students=[waiting.student, *mates])
        own = [one for one in handed_in if one.assignment == waiting.assignment]
        shared = find_team_files(own, events).shared.get(waiting.id)
        return shared.submissions if shared else ()
