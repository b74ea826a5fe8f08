"""Reading teams/NAME.csv: who hands in together, for one assignment."""

from collections.abc import Collection, Mapping
from pathlib import Path

from autograder.course.roster import read_table
from autograder.domain.student_id import normal
from autograder.errors import CourseError, Flaw

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
        raise CourseError(flaws)
    return teams
