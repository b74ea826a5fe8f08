"""Collecting what was handed in elsewhere: files, teams and times, as one verb for every face."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.course.opened import OpenCourse
from autograder.course.teams import name_teams
from autograder.domain.course_events import Team, Whom
from autograder.gradebook.store import Gradebook
from autograder.grading.batch import receive
from autograder.inbox.collect import collect, find_silent
from autograder.inbox.collector import Collected, CollectRequest
from autograder.inbox.notice import Notice
from autograder.interop.moodle_times import read_lateness, read_times
from autograder.publishing.teams import find_leavers, find_team_changes, record_teams
from autograder.services.arrivals import take_in
from autograder.services.learnt_facts import LearntFacts, learn_of_collected


@dataclass(frozen=True, slots=True)
class CollectedWork:
    """What came of collecting, or would come of it."""

    request: CollectRequest
    collected: Sequence[Collected]
    notices: Sequence[Notice]
    """What a person should know."""
    silent: Sequence[str]
    """Students who handed in nothing so far."""
    teams: Sequence[tuple[Team, Whom]]
    """Who hands in together, where that is new."""
    learnt: LearntFacts

    @property
    def new(self) -> int:
        """How many files were not there before."""
        return sum(not one.unchanged for one in self.collected)

    @property
    def untaken(self) -> list[Notice]:
        """What was not taken: a person looks at it."""
        return [notice for notice in self.notices if not notice.taken]


def collect_work(
    course: OpenCourse,
    name: str,
    source: Path,
    *,
    times: Path | None = None,
    by: str,
    now: datetime,
    dry: bool = False,
) -> CollectedWork:
    """Put what was handed in for an assignment into submissions/NAME, unless `dry`.

    Args:
        course: whose assignment it is.
        name: of the assignment.
        source: what was downloaded.
        times: Moodle's grading worksheet.
        by: who collects.
        now: the moment.
        dry: say what would be collected, and stop.

    Raises:
        CourseError: the source, the worksheet or a list of the course cannot be read.
    """
    listed, known = course.named_teams(name), course.known_events()
    left = find_leavers(known, listed)
    request = _make_request(course, name, source, times=times, left=left, now=now, dry=dry)
    found = list(collect(request))
    collected = [one for one in found if isinstance(one, Collected)]
    notices = [one for one in found if isinstance(one, Notice)]
    named = name_teams(listed, collected)
    teams = list(find_team_changes(known, named))
    if teams and not dry:
        with course.gradebook() as gradebook:
            record_teams(gradebook, named, by=by, now=now)
    told_by = times.name if times else source.name
    learnt = learn_of_collected(course, request, collected, source=told_by, by=by)
    silent = _leave_out_known(course, name, find_silent(request, collected))
    return CollectedWork(request, collected, notices, silent, teams, learnt)


def _make_request(
    course: OpenCourse,
    name: str,
    source: Path,
    *,
    times: Path | None,
    left: frozenset[str],
    now: datetime,
    dry: bool,
) -> CollectRequest:
    """What collects from `source` into submissions/NAME; `left` are students who have left their team."""
    worksheet, zone = times.read_bytes() if times else b"", ZoneInfo(course.course.timezone)
    return CollectRequest(
        source=source,
        assignment=name,
        into=course.folder.path / "submissions" / name,
        people=course.course.roster,
        limits=course.settings(name).limits,
        zone=zone,
        now=now,
        dry=dry,
        others=course.other_assignments(name),
        notebooks=course.notebooks(name),
        teams=course.teams(name),
        left=left,
        access=course.folder.access,
        times=read_times(worksheet, times.name, zone) if times else {},
        late=read_lateness(worksheet, times.name) if times else {},
    )


def _leave_out_known(course: OpenCourse, name: str, silent: Sequence[str]) -> list[str]:
    """Those of whom nothing was received on a page either."""
    if not silent or not course.has_gradebook:
        return list(silent)
    with course.gradebook(read_only=True) as gradebook:
        heard = {one.student for one in gradebook.marked_submissions() if one.assignment == name}
    return [student for student in silent if student not in heard]


def receive_collected(
    course: OpenCourse, gradebook: Gradebook, name: str, *, by: str, now: datetime
) -> tuple[Notice, ...]:
    """Receive what lies in submissions/NAME; whoever grades the course judges it then.

    Returns what a person should know. Nothing is wrong where nothing lies there.

    Raises:
        CourseError: a list of the course cannot be read.
    """
    if not (course.folder.path / "submissions" / name).is_dir():
        return ()
    with take_in(course, gradebook, name, by=by, clock=lambda: now) as arrivals:
        return receive(arrivals.files, gradebook)
