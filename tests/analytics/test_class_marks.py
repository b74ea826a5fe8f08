"""Figures of a class from its marks alone."""

from fractions import Fraction

import pytest

from autograder.analytics.class_marks import figures_of_marks
from autograder.domain.events import QuestionMark
from autograder.domain.report import Outcome
from autograder.domain.report_marks import MarkLine


def line(name: str, earned: str | None, outcome: Outcome, points: int = 2) -> MarkLine:
    mark = QuestionMark(name, Fraction(points), None if earned is None else Fraction(earned))
    touched = outcome is not Outcome.NOT_ATTEMPTED
    mark = QuestionMark(mark.name, mark.points, mark.earned, touched)
    return MarkLine(mark, name.title(), outcome, by_hand=False)


def test_open_marks_count_nowhere_but_among_the_open() -> None:
    figures = figures_of_marks(
        [
            [line("a", "2", Outcome.RIGHT), line("b", None, Outcome.UNJUDGED)],
            [line("a", "1", Outcome.WRONG), line("b", "2", Outcome.RIGHT)],
            [line("a", "0", Outcome.NOT_ATTEMPTED), line("b", "0", Outcome.RAISED)],
        ]
    )
    assert (figures.files, figures.open, figures.points) == (3, 1, 4)
    assert figures.scores == (0.0, 3.0)
    assert figures.histogram == (1, 0, 0, 0, 0, 0, 0, 1, 0, 0)
    a, b = figures.questions
    assert (a.count, a.facility, a.right, a.untouched, a.stopped) == (3, pytest.approx(0.5), 1, 1, 0)
    assert (b.count, b.facility, b.right, b.stopped) == (2, pytest.approx(0.5), 1, 1)
    assert dict(a.outcomes) == {"right": 1, "partly right": 1, "not attempted": 1}


def test_a_class_of_nobody_has_no_figures() -> None:
    figures = figures_of_marks([])
    assert (figures.files, figures.scores, figures.questions, figures.alpha) == (0, (), (), None)
    assert sum(figures.histogram) == 0


def test_questions_that_only_some_were_asked_are_of_those() -> None:
    """As from a pool: each student has another score to reach."""
    figures = figures_of_marks([[line("a", "2", Outcome.RIGHT)], [line("b", "1", Outcome.WRONG, points=4)]])
    assert [(each.name, each.asked) for each in figures.questions] == [("a", 1), ("b", 1)]
    assert figures.histogram == (0, 0, 1, 0, 0, 0, 0, 0, 0, 1)


def test_a_question_without_points_divides_by_nothing() -> None:
    figures = figures_of_marks([[line("a", "0", Outcome.RIGHT, points=0)]])
    assert figures.questions[0].facility == 1
