"""`autograder teams NAME`."""

from collections import defaultdict

import click

from autograder.cli import options
from autograder.cli.recording import note_option, record, require_why, why_option, yes_option
from autograder.course.graded import GradedClass
from autograder.course.opened import course_here
from autograder.domain.teams import find_teams
from autograder.gradebook.store import Gradebook
from autograder.publishing.proposals import find_student
from autograder.publishing.teams import describe_team, find_team_changes, take_back
from autograder.services.decisions import Proposal


@click.command()
@click.argument("name")
@click.option("--revoke", "student", metavar="STUDENT", help="Take the team of this student back.")
@why_option
@note_option
@yes_option
@options.as_json
def command(
    name: str,
    student: str | None,
    why: str,
    note: str,
    yes: bool,  # noqa: FBT001 - click passes options by name
    as_json: bool,  # noqa: FBT001
) -> None:
    """Show who hands in the assignment NAME together, and record what teams/NAME.csv says.

    `collect` and `grade` record it as well. Whoever stands in teams/NAME.csv no more keeps what the team
    handed in before, and has nothing of what it hands in afterwards. --revoke is for whoever never belonged
    to the team: what came to STUDENT by it counts for them no more.

    \b
    Exit codes: 0 done, 2 nothing was recorded.

    \b
    Example:
        autograder teams gradients
        autograder teams gradients --revoke ada --why "put into the wrong team" --yes
    """
    course = course_here()
    course.settings(name)
    if student is not None:
        require_why(why)

    def propose(graded: GradedClass, gradebook: Gradebook) -> Proposal:
        history, listed = graded.history, course.named_teams(name)
        if student is not None:
            who = find_student(history.students, student).id
            return Proposal([take_back(history.events, listed, who, why)])
        changes = find_team_changes(history.events, listed)
        teams: defaultdict[str, list[str]] = defaultdict(list)
        for whom, team in sorted(find_teams(history.events, name).items()):
            if team.name:
                teams[team.name].append(whom)
        notes = [f"{team}: {', '.join(members)}" for team, members in sorted(teams.items())]
        notes += [f"{whom}: {describe_team(team)}, says {listed.file}" for team, whom in changes]
        return Proposal(changes, tuple(notes or [f"{name} is handed in by nobody together"]))

    record(course, propose, yes=yes, note=note, as_json=as_json)
