"""Who hands in a piece of work together, by what is recorded, and which files are a team's.

A team is whoever has a team of the same name for the same work. What a team hands in is each member's own
submission of the same bytes at the same moment; it is theirs by the team that they had when it was recorded,
and counts for them as long as that is not taken back. Whoever leaves keeps what was handed in before.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Protocol

from autograder.domain.course_events import CourseEvent, Team, find_standing
from autograder.domain.events import Revocation


class TeamMember(Protocol):
    """A submission, as far as it matters here whose it is."""

    @property
    def id(self) -> int:
        """Its number in the store."""

    @property
    def student(self) -> str:
        """Whose it is."""

    @property
    def assignment(self) -> str:
        """For which work."""

    @property
    def blob(self) -> str:
        """SHA-256 of the file."""

    @property
    def received(self) -> datetime:
        """With its time zone, as the store has it."""

    @property
    def recorded(self) -> datetime | None:
        """When the store learnt of it."""


@dataclass(frozen=True, slots=True)
class SharedFile:
    """What a team handed in."""

    team: str
    submissions: tuple[int, ...]
    """Of each member, by their numbers in the store, in order of students."""


@dataclass(frozen=True, slots=True)
class TeamFiles:
    """Which submissions were handed in by teams."""

    shared: Mapping[int, SharedFile] = field(default_factory=dict)
    """By the number of a submission in the store."""
    withdrawn: frozenset[int] = frozenset()
    """Those that came to a student by a team that was taken back: they are not theirs."""


def find_teams(events: Iterable[CourseEvent], work: str) -> dict[str, Team]:
    """The last that holds of each student's team for a piece of work; one without a name is none any more."""
    standing = find_standing(events)
    return {e.whom.student: e.what for e in standing if isinstance(e.what, Team) and e.what.work == work}


def find_mates(events: Iterable[CourseEvent], work: str, student: str) -> tuple[str, ...]:
    """With whom a student hands in a piece of work, in order."""
    teams = find_teams(events, work)
    own = teams.get(student)
    if own is None or not own.name:
        return ()
    return tuple(sorted(each for each, team in teams.items() if team.name == own.name and each != student))


def find_former_mates(events: Iterable[CourseEvent], work: str, student: str) -> frozenset[str]:
    """Everybody who ever had a team of the same name as a student, also where that was taken back.

    Whose a file of the student's is can be told from what these handed in, and from nobody else's.
    """
    teams = [
        (e.whom.student, e.what.name) for e in events if isinstance(e.what, Team) and e.what.work == work
    ]
    own = {name for whom, name in teams if whom == student and name}
    return frozenset(whom for whom, name in teams if name in own and whom != student)


def find_team_files(submissions: Iterable[TeamMember], events: Iterable[CourseEvent]) -> TeamFiles:
    """Which of these submissions were handed in by a team, and which came by one that was taken back."""
    every = list(events)
    teams = _teams_of(every)
    if not teams:
        return TeamFiles()
    same: defaultdict[tuple[str, str, int], list[TeamMember]] = defaultdict(list)
    for one in submissions:
        # Collecting tells two files of one second apart by a millionth of a second; they are one event.
        same[one.assignment, one.blob, int(one.received.timestamp())].append(one)
    shared: dict[int, SharedFile] = {}
    withdrawn: set[int] = set()
    for (work, _, _), alike in same.items():
        if len({one.student for one in alike}) < 2:
            continue
        named = [(team.name, one, team) for one in alike if (team := _team_then(one, work, teams))]
        named.sort(key=lambda each: (each[0], each[1].student, each[1].id))
        for name, group in groupby(named, key=lambda each: each[0]):
            members = list(group)
            if len(members) < 2:
                continue
            withdrawn |= {one.id for _, one, team in members if not team.stands}
            left = tuple(one.id for _, one, team in members if team.stands)
            if len(left) > 1:
                shared |= dict.fromkeys(left, SharedFile(name, left))
    return TeamFiles(shared, frozenset(withdrawn))


@dataclass(frozen=True, slots=True)
class _Joined:
    """That a student's team for a piece of work was recorded."""

    name: str
    at: datetime
    stands: bool
    taken_back: datetime | None
    """When it was taken back for good."""


_Teams = Mapping[tuple[str, str], list[_Joined]]


def _teams_of(events: list[CourseEvent]) -> _Teams:
    """All that was recorded of each student's team for each piece of work, the oldest first."""
    revoked: dict[int, datetime] = {}
    # The newest first: what takes a revocation back is known by then.
    for each in sorted(events, key=lambda one: one.number, reverse=True):
        if isinstance(each.what, Revocation) and each.number not in revoked:
            revoked[each.what.revokes] = each.at
    teams: defaultdict[tuple[str, str], list[_Joined]] = defaultdict(list)
    for each in events:
        if isinstance(each.what, Team):
            taken_back = revoked.get(each.number)
            teams[each.whom.student, each.what.work].append(
                _Joined(each.what.name, each.at, taken_back is None, taken_back)
            )
    return teams


def _team_then(one: TeamMember, work: str, teams: _Teams) -> _Joined | None:
    """The team of a student when a submission was recorded, or else the first that was recorded since."""
    joined = teams.get((one.student, work), [])
    recorded = one.recorded or datetime.max.replace(tzinfo=UTC)
    held = [e for e in joined if e.at <= recorded and (e.taken_back is None or e.taken_back > recorded)]
    # A store may have learnt of the file before it learnt of teams.
    since = [e for e in joined if e.at > recorded and e.stands][:1] if not held else []
    found = [*since, *held][-1:]
    return found[0] if found and found[0].name else None
