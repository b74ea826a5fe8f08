"""Marks given by hand are added to what grading made, and take nothing away."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from latest_report import latest_report
from samples import NOON, open_book, report, submission

from autograder.domain.handmark import HandMark, with_marks
from autograder.domain.report import CriterionMark, Outcome, Report, Verdict
from autograder.domain.sentences import authored
from autograder.gradebook.store import Gradebook

HALF = Fraction(1, 2)


def mark(of: Report, *, earned: Fraction = HALF, comment: str = "Because.\n\0∇", hours: int = 0) -> HandMark:
    """What a person gave for the figure in the file that `of` reports on."""
    rubric = (CriterionMark("labels", HALF, HALF), CriterionMark("why", Fraction(3, 2), earned))
    at = NOON + timedelta(hours=hours)
    return HandMark("ada", "gradients", "The figure", of.receipt.blob, rubric, comment, "mentor", at, "d1")


def graded(content: bytes = b"{}", hours: float = 0) -> Report:
    """A report on a question of code and a figure, which awaits its mark."""
    figure = Verdict(
        "written-2", Fraction(2), Outcome.AWAITING_MARK, None, authored("A person marks it."), "The figure"
    )
    of = report(submission(content=content, hours=hours))
    return replace(of, verdicts=(*of.verdicts, figure))


@pytest.fixture
def gradebook(place: str):
    with open_book(place) as opened:
        opened.receive([submission()])
        opened.record(graded())
        yield opened


def test_a_mark_completes_the_score_and_leaves_the_stored_report_alone(gradebook: Gradebook) -> None:
    """Of three points for code and one of two for the figure."""
    assert latest_report(gradebook, "gradients", "ada").score is None
    assert gradebook.hand_marks.add([mark(graded())]) == (mark(graded()),)
    shown = latest_report(gradebook, "gradients", "ada")
    assert shown.score == 4
    assert shown.verdicts[1].outcome is Outcome.MARKED
    assert shown.verdicts[1].mark == HALF
    assert shown.verdicts[1].comment == "Because.\n\0∇"
    assert str(shown.verdicts[1].sentence) == "Marked by hand on 12 October 2026."
    assert list(gradebook.latest_reports("gradients", as_graded=True)) == [graded()]


def test_the_same_mark_again_is_no_event_and_a_changed_one_is_and_counts(gradebook: Gradebook) -> None:
    """The history holds both; changing back is an event too."""
    marks = gradebook.hand_marks
    marks.add([mark(graded())])
    assert marks.add([mark(graded(), hours=1)]) == ()
    better = mark(graded(), earned=Fraction(3, 2), hours=2)
    assert marks.add([better]) == (better,)
    assert latest_report(gradebook, "gradients", "ada").score == 5
    assert marks.add([mark(graded(), hours=3)]) != ()
    assert [one.earned for one in marks.of("gradients")] == [1, 2, 1]
    assert latest_report(gradebook, "gradients", "ada").score == 4


def test_another_file_awaits_a_mark_of_its_own(gradebook: Gradebook) -> None:
    """The mark of the earlier file stays in the history, and a regrade of that file would show it."""
    gradebook.hand_marks.add([mark(graded())])
    gradebook.receive([submission(content=b"[]", hours=1)])
    gradebook.record(graded(b"[]", hours=1))
    assert latest_report(gradebook, "gradients", "ada").score is None
    assert len(gradebook.hand_marks.of("gradients", students=["ada"])) == 1
    assert gradebook.hand_marks.of("gradients", students=["bob"]) == ()


def test_a_mark_out_of_other_points_is_not_taken_for_one_of_this_rubric() -> None:
    """Where the author changed the points since, a person marks again."""
    other = replace(mark(graded()), rubric=(CriterionMark("labels", HALF, HALF),))
    assert with_marks(graded(), [other]) == graded()


def test_what_could_not_be_judged_is_not_made_good_by_a_mark() -> None:
    """A question of code has no written part, whatever it is called."""
    unjudged = replace(graded().verdicts[1], outcome=Outcome.UNJUDGED)
    trouble = replace(graded(), verdicts=(unjudged,))
    assert with_marks(trouble, [mark(graded())]) == trouble
