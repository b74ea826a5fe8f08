"""Which files are a team's: by the teams that were recorded when the store learnt of them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from autograder.domain.course_events import CourseEvent, Recorded, Team, Whom
from autograder.domain.events import Revocation
from autograder.domain.teams import TeamFiles, find_former_mates, find_mates, find_team_files, find_teams

NOON = datetime(2026, 10, 12, 12, tzinfo=UTC)
WORK = "gradients"


@dataclass(frozen=True, slots=True)
class Handed:
    """A submission, recorded so many minutes after noon."""

    id: int
    student: str
    minute: int = 10
    blob: str = "a"
    assignment: str = WORK
    received: datetime = NOON

    @property
    def recorded(self) -> datetime | None:
        return NOON + timedelta(minutes=self.minute)


def events(*said: tuple[int, str, str | int]) -> list[CourseEvent]:
    """Of each: the minute, the student, and the team, or the number of the event that is taken back."""
    found = []
    for number, (minute, student, what) in enumerate(said, 1):
        body: Recorded = Team(number, WORK, what) if isinstance(what, str) else Revocation(number, what)
        found.append(CourseEvent(body, Whom(student), NOON + timedelta(minutes=minute), "me"))
    return found


TOGETHER = ((0, "ada", "Red"), (0, "ben", "Red"))
PAIR = (Handed(1, "ada"), Handed(2, "ben"))


def shared(files: TeamFiles) -> dict[int, tuple[int, ...]]:
    return {number: each.submissions for number, each in files.shared.items()}


def test_the_same_bytes_at_the_same_moment_are_one_file_of_a_team() -> None:
    """Two that collecting told apart by a millionth of a second are one; of other bytes or times, two."""
    apart = Handed(2, "ben", received=NOON + timedelta(microseconds=1))
    for one in (PAIR[1], apart):
        assert shared(find_team_files([PAIR[0], one], events(*TOGETHER))) == {1: (1, 2), 2: (1, 2)}
    others = (
        Handed(2, "ben", blob="b"),
        Handed(2, "ben", received=NOON + timedelta(seconds=1)),
        Handed(2, "ben", assignment="other"),
        Handed(2, "eve"),
        Handed(2, "ada"),
    )
    for other in others:
        assert find_team_files([PAIR[0], other], events(*TOGETHER)) == TeamFiles()


def test_two_teams_with_the_same_bytes_are_two() -> None:
    four = [*PAIR, Handed(3, "eve"), Handed(4, "zoe")]
    said = events(*TOGETHER, (0, "eve", "Blue"), (0, "zoe", "Blue"))
    found = find_team_files(four, said)
    assert shared(found) == {1: (1, 2), 2: (1, 2), 3: (3, 4), 4: (3, 4)}
    assert {each.team for each in found.shared.values()} == {"Red", "Blue"}


def test_whoever_leaves_keeps_what_was_handed_in_before() -> None:
    left = events(*TOGETHER, (20, "ben", ""))
    assert shared(find_team_files(PAIR, left)) == {1: (1, 2), 2: (1, 2)}
    later = [Handed(1, "ada", 30), Handed(2, "ben", 30)]
    assert find_team_files(later, left) == TeamFiles()
    assert find_mates(left, WORK, "ada") == ()
    assert find_mates(left[:2], WORK, "ada") == ("ben",)
    assert {student: team.name for student, team in find_teams(left, WORK).items()} == {
        "ada": "Red",
        "ben": "",
    }


def test_whoever_changes_the_team_has_the_files_of_each_by_their_time() -> None:
    said = events(*TOGETHER, (20, "ben", "Blue"), (20, "eve", "Blue"))
    late = [Handed(3, "ben", 30, "b"), Handed(4, "eve", 30, "b")]
    assert shared(find_team_files([*PAIR, *late], said)) == {1: (1, 2), 2: (1, 2), 3: (3, 4), 4: (3, 4)}


def test_what_came_by_a_team_that_is_taken_back_is_not_the_students() -> None:
    """Of three, two are left together; taking that back gives it back."""
    three = [*PAIR, Handed(3, "eve")]
    said = (*TOGETHER, (0, "eve", "Red"), (20, "ben", 2))
    found = find_team_files(three, events(*said))
    assert (shared(found), found.withdrawn) == ({1: (1, 3), 3: (1, 3)}, {2})
    found = find_team_files(PAIR, events(*TOGETHER, (20, "ben", 2)))
    assert (shared(found), found.withdrawn) == ({}, {2})
    again = find_team_files(three, events(*said, (30, "ben", 4)))
    assert (len(again.shared), again.withdrawn) == (3, frozenset())
    assert find_former_mates(events(*said), WORK, "ben") == {"ada", "eve"}
    assert find_former_mates(events(*said), "other", "ben") == frozenset()


def test_what_was_handed_in_after_a_team_was_taken_back_is_the_students_own() -> None:
    said = events(*TOGETHER, (5, "ben", 2))
    assert find_team_files(PAIR, said) == TeamFiles()


def test_a_store_that_learnt_of_teams_late_has_them_for_files_before() -> None:
    """What is taken back of those takes no file away: it may have been the student's own."""
    early = [Handed(1, "ada", -10), Handed(2, "ben", -10)]
    assert shared(find_team_files(early, events(*TOGETHER))) == {1: (1, 2), 2: (1, 2)}
    assert find_team_files(early, events(*TOGETHER, (20, "ben", 2))) == TeamFiles()
