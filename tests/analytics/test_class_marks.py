"""Figures of a class from its marks alone."""

from fractions import Fraction

import pytest

from autograder.analytics.class_marks import TopMistake, figures_of_marks, find_top_mistakes
from autograder.domain.events import QuestionMark
from autograder.domain.report import Outcome
from autograder.domain.report_marks import MarkLine, ReportMarks, marks_from_text, marks_to_text


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


def test_right_untouched_and_stopped_are_counted_of_the_same_answers() -> None:
    """Those that have a mark: what waits for a person is in none of them."""
    ended = [(None, Outcome.NOT_ATTEMPTED), (None, Outcome.CRASHED), ("0", Outcome.NOT_ATTEMPTED)]
    files = [[line("a", earned, outcome)] for earned, outcome in (*ended, ("2", Outcome.RIGHT))]
    (a,) = figures_of_marks(files).questions
    assert (a.asked, a.count, a.right, a.untouched, a.stopped) == (4, 2, 1, 1, 0)


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


def test_the_top_mistake_is_the_one_most_often_recognised_and_of_equals_the_first_by_name() -> None:
    files = [
        ReportMarks((), {}, mistakes=each) for each in ({"a": "y"}, {"a": "x", "b": "z"}, {"a": "x"}, {})
    ]
    assert find_top_mistakes(files) == {"a": TopMistake("x", 2), "b": TopMistake("z", 1)}
    assert find_top_mistakes(files[:2])["a"] == TopMistake("x", 1)


def test_marks_that_were_kept_before_mistakes_were_say_that_these_are_unknown() -> None:
    """None is not the same as no mistake."""
    assert marks_from_text('{"lines": [], "versions": {}}').mistakes is None
    for known in (None, {}, {"a": "x"}):
        kept = ReportMarks((), {"numpy": "2"}, mistakes=known)
        assert marks_from_text(marks_to_text(kept)) == kept
    assert find_top_mistakes([ReportMarks((), {})]) == {}
