"""Recording who hands in together, where that is not what is recorded already."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from autograder.domain.course_events import CourseEvent, Team, Whom, find_standing
from autograder.domain.events import Revocation
from autograder.domain.teams import find_teams
from autograder.errors import CourseError, Flaw
from autograder.gradebook.store import Gradebook
from autograder.publishing.recording import record_found


@dataclass(frozen=True, slots=True)
class NamedTeams:
    """Who hands in a piece of work together, as its sources name it today."""

    work: str
    file: str
    """The course's own list, as messages name it."""
    listed: Mapping[str, str]
    """The team of each student whom that list names."""
    platform: str = ""
    """What else names teams; empty where nothing else is read."""
    named: Mapping[str, str] = field(default_factory=dict)
    """The team of each student who handed in there; empty for whoever handed in alone."""


def find_team_changes(events: Iterable[CourseEvent], teams: NamedTeams) -> tuple[tuple[Team, Whom], ...]:
    """The teams that are not what is recorded, in order of students.

    The course's list goes before a platform. Whoever stands in it no more is in none of its teams.
    """
    known = find_teams(events, teams.work)
    changes = []
    for student in sorted({*teams.listed, *teams.named, *known}):
        before, name, source = known.get(student), "", teams.file
        if student in teams.listed:
            name = teams.listed[student]
        elif student in teams.named:
            name, source = teams.named[student], teams.platform
        elif before is None or before.source != teams.file:
            continue
        if name == (before.name if before else ""):
            continue
        why = f"{teams.work} is handed in with the team {name}, says {source}"
        alone = f"{teams.work} is handed in with no team any more, says {source}"
        changes.append((Team(0, teams.work, name, why if name else alone, source), Whom(student)))
    return tuple(changes)


def find_leavers(events: Iterable[CourseEvent], teams: NamedTeams) -> frozenset[str]:
    """Students whom the course's list has taken out of their team."""
    every = list(events)
    gone = {whom.student for team, whom in find_team_changes(every, teams) if not team.name}
    known = find_teams(every, teams.work)
    return frozenset(gone | {s for s, team in known.items() if not team.name and team.source == teams.file})


def record_teams(
    gradebook: Gradebook, teams: NamedTeams, *, by: str, now: datetime
) -> tuple[CourseEvent, ...]:
    """Record the teams that are not what is recorded, all or none of them; return what was recorded.

    Raises:
        OvertakenError: others record all the time.
    """
    return record_found(gradebook, lambda events: find_team_changes(events, teams), by=by, now=now)


def describe_team(team: Team) -> str:
    """What is recorded of a student's team, for the instructor."""
    return f"team {team.name}" if team.name else "no team any more"


def take_back(
    events: Iterable[CourseEvent], teams: NamedTeams, student: str, why: str
) -> tuple[Revocation, Whom]:
    """What takes the last team of a student back, for good.

    Raises:
        CourseError: there is none, or the course's list still names it and would have it recorded again.
    """
    held = [
        each
        for each in find_standing(events)
        if isinstance(each.what, Team) and each.what.work == teams.work and each.what.name
    ]
    own = [each for each in held if each.whom.student == student]
    if not own:
        raise CourseError([Flaw(student, f"has no team for {teams.work} to take back")])
    if student in teams.listed:
        what = f"still names {student} in the team {teams.listed[student]}"
        raise CourseError([Flaw(teams.file, what, "take the line out first: it would be recorded again")])
    return Revocation(0, own[-1].number, why), own[-1].whom
