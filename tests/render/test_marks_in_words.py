"""What a file earned, in the few words of a list."""

from fractions import Fraction

import pytest

from autograder.domain.events import QuestionMark
from autograder.domain.report import CellEnding, CellRun, Outcome
from autograder.domain.report_marks import MarkLine, ReportMarks
from autograder.render.words import marks_score, run_of_cells


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


def test_of_several_notebooks_it_is_said_that_each_was_run_by_itself() -> None:
    one, two = (CellRun(1, CellEnding.RAN, notebook=name) for name in ("one", "two"))
    assert run_of_cells([one]) == "Your notebook was run from top to bottom in a fresh Python: 1 cell ran."
    told = "Your notebooks were run from top to bottom, each in a fresh Python: 2 cells ran."
    assert run_of_cells([one, two]) == told
