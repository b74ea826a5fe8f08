"""The marks of a report, kept in a few words beside it, are those of the report itself."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from autograder.domain.handmark import HandMark, with_marks
from autograder.domain.report import CriterionMark, Isolation, Outcome, Receipt, Report, Verdict
from autograder.domain.report_marks import marks_from_text, marks_of, marks_to_text
from autograder.domain.sentences import say
from autograder.domain.submission import ReceivedBy

NOW = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.mark.parametrize(("title", "part"), [("Your figure", "Your figure"), ("", "figure")])
def test_a_mark_given_by_hand_counts_alike_in_the_report_and_in_grades(title: str, part: str) -> None:
    """Of a written part it has the part's title; questions of an adopted assignment have none."""
    points = Fraction(4)
    waiting = Verdict("figure", points, Outcome.AWAITING_MARK, None, say("awaiting_mark"), title=title)
    receipt = Receipt("ada", "hw", "0" * 64, "hw.ipynb", NOW, ReceivedBy.SERVER)
    report = Report(receipt, "r", (waiting,), Isolation(3), NOW)
    given = HandMark(
        "ada", "hw", part, "0" * 64, (CriterionMark("all", points, Fraction(3)),), "", "bob", NOW
    )
    [question] = marks_from_text(marks_to_text(marks_of(report))).questions(given.blob, [given])
    assert question.earned == with_marks(report, [given]).score == 3
