"""Grading as a service: whatever waits is graded as it comes, until the service is told to stop.

Nothing of it is remembered here: what waits is asked of the store, so a service that was killed goes on where
it was. A submission is claimed before it is judged, so that several programs may grade one course at once.
"""

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Event

from autograder.domain.course_events import CourseEvent
from autograder.domain.submission import Submission
from autograder.domain.teams import find_mates, find_team_files
from autograder.errors import AutograderError, ClusterError, CourseError, ErasedError
from autograder.gradebook.claims import Claims
from autograder.gradebook.store import Gradebook, UngradedSubmission
from autograder.grading.answer_prints import AnswerPrints
from autograder.grading.batch import keep_report
from autograder.grading.grader import GradedSubmission, GraderRecipe, SubmissionGrader
from autograder.grading.in_worker import do
from autograder.grading.lanes import QUICK, Lane, LanePiece, LaneRecipe, Lanes
from autograder.grading.report_files import ReportFiles
from autograder.grading.team_reports import copy_report
from autograder.grading.waiting import turn

_log = logging.getLogger(__name__)
_LOOK = 0.1
_LOOK_ANYWAY = timedelta(seconds=5)
_RENEW = timedelta(seconds=10)
_NONE = timedelta(0)
"""Less has passed since what lies ahead, by a clock that was set back: it is not waited for."""


@dataclass(frozen=True, slots=True)
class ServedAssignment:
    """An assignment as it is graded now."""

    recipe: GraderRecipe
    files: ReportFiles
    prints: AnswerPrints


@dataclass(frozen=True, slots=True)
class BegunSubmission:
    """A submission that is being judged."""

    waiting: UngradedSubmission
    submission: Submission
    recipe: GraderRecipe
    begun: datetime
    alone: bool = False


class GradingService:
    """Grades what waits in a gradebook.

    Args:
        gradebook: where it waits, and where reports are recorded.
        claims: by which programs that grade the same course know of each other.
        open_assignment: the assignment of a name as it is now. Raises CourseError while it is not right; what
            waits for it goes on waiting.
        lanes: where what waits is judged.
        clock: tells the time.
        beat: called every few seconds with what is wrong, by assignment.
        at_work: entered while something is recorded and written, so that nobody is erased in between.
        held: the assignments of which nothing is judged for now.
        beside: called all the time, for what else is to be seen to.
    """

    def __init__(
        self,
        gradebook: Gradebook,
        claims: Claims,
        open_assignment: Callable[[str], ServedAssignment],
        lanes: Lanes[BegunSubmission],
        *,
        clock: Callable[[], datetime],
        beat: Callable[[dict[str, str]], None],
        at_work: Callable[[], AbstractContextManager[None]] = nullcontext,
        held: Callable[[], frozenset[str]] = frozenset,
        beside: Callable[[], object] = lambda: None,
    ) -> None:
        self._gradebook = gradebook
        self._claims = claims
        self._open_assignment = open_assignment
        self._lanes, self._quick, self._slow = lanes, lanes.quick, lanes.slow
        self._moved: deque[UngradedSubmission] = deque()
        """What took too long for the quick lane: it is ours, and waits for a place in the slow one."""
        self._slow_before: set[tuple[str, str]] = set()
        """Whose last file for which assignment took too long: the next one begins in the slow lane."""
        self._clock = clock
        self._beat = beat
        self._at_work = at_work
        self._held = held
        self._beside = beside
        self._suspects: deque[BegunSubmission] = deque()
        self._flaws: dict[str, str] = {}
        self._waiting: list[UngradedSubmission] = []
        self._last_seen, self._looked = -1, datetime.min.replace(tzinfo=clock().tzinfo)
        self._renewed = self._looked
        self._events: tuple[int, tuple[CourseEvent, ...]] = (0, ())
        """What people recorded, and the number of the last of it: who hands in together."""

    def run(self, stop: Event) -> None:
        """Grade until `stop` is set; then what is being judged is finished."""
        try:
            while not stop.is_set() or self._quick.running or self._slow.running:
                self._keep_alive()
                self._beside()
                if not stop.is_set():
                    self._look()
                    self._hand_out()
                if not self._collect():
                    stop.wait(_LOOK)
        finally:
            self._claims.release_all()
            self._lanes.close()

    def _keep_alive(self) -> None:
        now = self._clock()
        if not _NONE <= now - self._renewed < _RENEW:
            self._renewed = now
            self._claims.renew(now)
            self._beat(self._flaws)

    def _look(self) -> None:
        """See what waits; all of it is asked only where something came, and every few seconds."""
        now, last = self._clock(), self._gradebook.last_submission()
        since = now - self._looked
        if last == self._last_seen and _NONE <= since < _LOOK_ANYWAY and not self._waiting:
            return
        if last == self._last_seen and _NONE <= since < timedelta(seconds=1):
            return
        self._last_seen, self._looked = last, now
        under_way = self._under_way()
        found = self._gradebook.ungraded()
        held = self._held()
        waiting = (each for each in found if each.id not in under_way and each.assignment not in held)
        self._waiting = sorted(waiting, key=turn)

    def _under_way(self) -> set[int]:
        """What is ours, whether it is being judged or waits for a place."""
        begun = (*self._quick.running.values(), *self._slow.running.values(), *self._suspects)
        return {each.waiting.id for each in begun} | {each.id for each in self._moved}

    def _hand_out(self) -> None:
        """Begin what there are places for."""
        if self._suspects:
            # Whatever ended a worker is tried once more, with nothing beside it that could be lost too.
            if not self._slow.running:
                self._begin(self._slow, self._suspects.popleft())
        elif not any(each.alone for each in self._slow.running.values()):
            while self._moved and not self._slow.is_full:
                running = self._open(self._moved.popleft())
                if running is not None:
                    self._begin(self._slow, running)
        for chosen in list(self._waiting):
            if self._quick.is_full:
                return
            self._waiting.remove(chosen)
            running = self._claim(chosen)
            if running is not None and (chosen.student, chosen.assignment) in self._slow_before:
                self._moved.append(chosen)
            elif running is not None:
                self._begin(self._quick, running)

    def _claim(self, chosen: UngradedSubmission) -> BegunSubmission | None:
        """A submission that is ours to judge, or None."""
        if chosen.assignment in self._held():  # since it was looked at what waits
            return None
        if self._find_recipe(chosen) is None:
            return None
        if self._under_way().intersection(self._find_members(chosen)):
            return None  # it is given the report on the same file of the team, or waits again
        if not self._claims.take([chosen.id], self._clock()):
            return None
        return self._open(chosen)

    def _find_recipe(self, chosen: UngradedSubmission) -> GraderRecipe | None:
        """How its assignment is graded now; None while that is not right."""
        try:
            served = self._open_assignment(chosen.assignment)
        except AutograderError as error:
            self._flaws[chosen.assignment] = str(error)
            return None
        self._flaws.pop(chosen.assignment, None)
        return served.recipe

    def _open(self, claimed: UngradedSubmission) -> BegunSubmission | None:
        """A claimed submission with what it is graded by, or None, and then it is let go of."""
        recipe = self._find_recipe(claimed)
        submission = self._gradebook.ungraded_submission(claimed.id)
        if recipe is None or submission is None:  # another program was faster, and has let go of it
            self._claims.release([claimed.id])
            return None
        return BegunSubmission(claimed, submission, recipe, self._clock())

    def _begin(self, lane: Lane[BegunSubmission], running: BegunSubmission) -> None:
        recipe = LaneRecipe(running.recipe)
        executor = lane.ensure_executor(recipe)
        try:
            future = executor.submit(do, recipe, LanePiece(running.submission, lane.patience))
        except BrokenExecutor as death:  # of which nobody has heard yet
            future = Future()
            future.set_exception(death)
        lane.running[future] = running

    def _collect(self) -> bool:
        """Record what is done; return whether anything was."""
        under_way = [*self._quick.running, *self._slow.running]
        if not under_way:
            return False
        done, _ = wait(under_way, timeout=_LOOK, return_when=FIRST_COMPLETED)
        for future in done:
            lane = self._quick if future in self._quick.running else self._slow
            self._finish(lane, lane.running.pop(future), future)
        return bool(done)

    def _finish(
        self,
        lane: Lane[BegunSubmission],
        running: BegunSubmission,
        future: Future[GradedSubmission | None],
    ) -> None:
        whose = (running.waiting.student, running.waiting.assignment)
        error = future.exception()
        graded = None if error else future.result()
        if isinstance(error, BrokenExecutor):
            lane.executor = None
            if not running.alone:
                self._suspects.append(replace(running, alone=True))
                return
        if isinstance(error, CourseError | ClusterError):
            # Its files were changed meanwhile, or those who judged it are gone: it waits.
            self._flaws[running.waiting.assignment] = str(error)
        elif graded is not None:
            self._record(running, graded)
            if _NONE <= self._clock() - running.begun < timedelta(seconds=QUICK):
                self._slow_before.discard(whose)
        elif error is None:
            self._moved.append(running.waiting)
            self._slow_before.add(whose)
            return
        else:  # a fault of ours: a person looks at it
            _log.error("grading %s failed", running.submission.student, exc_info=error)
            with closing[SubmissionGrader](running.recipe()) as grader:
                self._record(running, grader.ungraded(running.submission))
        self._claims.release([running.waiting.id])

    def _record(self, running: BegunSubmission, graded: GradedSubmission) -> None:
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
