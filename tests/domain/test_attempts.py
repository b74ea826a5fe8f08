"""Which attempt counts."""

from fractions import Fraction

import pytest

from autograder.domain.attempts import Keep, choose_attempt


@pytest.mark.parametrize(
    ("attempts", "keep", "chosen"),
    [
        ([], Keep.BEST, None),
        ([("a", 1), ("b", 3), ("c", 3), ("d", 2)], Keep.BEST, "b"),
        ([("a", 1), ("b", 3), ("c", 3), ("d", 2)], Keep.LAST, "d"),
    ],
)
def test_the_best_attempt_counts_or_the_last(attempts, keep, chosen):
    """Of equally good ones the earliest, so that trying again never changes which one it is."""
    found = choose_attempt(attempts, keep, score=lambda attempt: Fraction(attempt[1]))
    assert (found and found[0]) == chosen


def test_the_last_attempt_counts_before_it_has_a_score():
    """A submission that waits for its report is the last one all the same."""
    assert choose_attempt(["old", "new"], Keep.LAST, score=lambda attempt: Fraction(attempt)) == "new"
