"""Who hands in together, for one assignment: as teams/NAME.csv says, and as what was collected names it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from autograder.course.roster import read_table, sort_by_line
from autograder.domain.student_id import normal
from autograder.errors import CourseError, Flaw
from autograder.inbox.collector import Collected
from autograder.inbox.naming import NamingScheme
from autograder.publishing.teams import NamedTeams

_COLUMNS = ("team", "id")


def read_teams(path: Path, roster: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """The members of each team by its name; no team where there is no such file.

    Raises CourseError with all that is wrong with it.
    """
    where = f"{path.parent.name}/{path.name}"
    rows, flaws = read_table(path, where, _COLUMNS, required=_COLUMNS)
    teams: dict[str, tuple[str, ...]] = {}
    team_of: dict[str, str] = {}
    for line, cells in rows:
        team, student = normal(cells["team"]), normal(cells["id"])
        at = f"{where}, line {line}"
        if not team or not student:
            flaws.append(Flaw(at, "lacks a team or an id", "each line names a team and one member of it"))
        elif roster and student not in roster:
            flaws.append(Flaw(at, f"no student of students.csv has the id {student!r}", "write it as there"))
        elif student in team_of:
            what = f"{student!r} is in the team {team_of[student]!r} already"
            flaws.append(Flaw(at, what, "each student is in one team"))
        else:
            team_of[student] = team
            teams[team] = (*teams.get(team, ()), student)
    if flaws:
        raise CourseError(sort_by_line(flaws))
    return teams


def name_teams(listed: NamedTeams, collected: Iterable[Collected]) -> NamedTeams:
    """The teams of the course's list with those that a platform names in what was collected from it.

    In a folder of folders nobody is said to be alone: what a team handed in may lie in each member's.
    """
    named = {one.student: one.team for one in collected if one.team or one.scheme is not NamingScheme.FOLDER}
    schemes = sorted({one.scheme.value for one in collected if one.student in named})
    return replace(listed, platform=" and ".join(schemes), named=named)
