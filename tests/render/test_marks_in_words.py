"""What a file earned, in the few words of a list."""

from fractions import Fraction

import pytest

from autograder.domain.events import QuestionMark
from autograder.domain.report import Outcome
from autograder.domain.report_marks import MarkLine, ReportMarks
from autograder.render.words import marks_score


@pytest.mark.parametrize(
    ("earned", "told"),
    [
        ((), "could not be judged"),
        ((None, None), "not marked yet"),
        ((Fraction(1), None), "1 of 4 points, a part is open"),
        ((Fraction(0), Fraction(2)), "2 of 4 points"),
    ],
)
def test_a_score_is_told_as_soon_as_a_part_is_marked(earned: tuple[Fraction | None, ...], told: str) -> None:
    """Before that no 0 is told, which reads like a mark."""
    lines = (
        MarkLine(QuestionMark("q", Fraction(2), one), "Q", Outcome.RIGHT, by_hand=False) for one in earned
    )
    assert marks_score(ReportMarks(tuple(lines), {})) == told
