"""What was handed in for an assignment, taken in: the teams, the files, and what platforms tell of them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.course.opened import OpenCourse
from autograder.domain.course_events import CourseEvent
from autograder.domain.submission import Submission
from autograder.gradebook.store import Gradebook
from autograder.inbox.notice import Notice
from autograder.publishing.platform_facts import PlatformFact, hear, learn
from autograder.publishing.teams import record_teams


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What is being taken in."""

    files: Iterator[Submission | Notice]
    """Read as they are asked for."""
    teams: Sequence[CourseEvent]
    """What was recorded of who hands in together, where that is new."""


@contextmanager
def take_in(
    course: OpenCourse,
    gradebook: Gradebook,
    name: str,
    folder: Path | None = None,
    *,
    by: str,
    clock: Callable[[], datetime],
) -> Iterator[Arrivals]:
    """Take in what lies in a folder, submissions/NAME by default, while its files are received or judged.

    Args:
        course: whose assignment it is.
        gradebook: of the course.
        name: of the assignment.
        folder: where it was handed in.
        by: who takes it in.
        clock: tells the time.

    Raises:
        CourseError: nothing lies there, or a list of the course cannot be read.
    """
    files, heard = course.arrivals(name, folder), list[PlatformFact]()
    # Before the files are: a submission is a team's by the teams that are recorded when it is.
    teams = record_teams(gradebook, course.named_teams(name), by=by, now=clock())
    yield Arrivals(hear(files, heard), teams)
    # After them: a fact is of a file that is recorded.
    learn(gradebook, name, heard, source="the platform", by=by, now=clock())
