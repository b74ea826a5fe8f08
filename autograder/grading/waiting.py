"""In which order what waits is judged."""

from collections.abc import Sequence

from autograder.gradebook.store import UngradedSubmission


def turn(waiting: UngradedSubmission) -> tuple[bool, int]:
    """Whose turn it is: what a student handed in last passes what that student handed in before."""
    return not waiting.latest, waiting.id


def count_before(waiting: Sequence[UngradedSubmission], submission: int) -> int:
    """How many submissions are judged before this one, of those that wait."""
    ordered = [each.id for each in sorted(waiting, key=turn)]
    return ordered.index(submission) if submission in ordered else 0
