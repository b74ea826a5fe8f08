"""Which attempt counts."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from grade_samples import AFTER, DEADLINES, LATE, file, policy

from autograder.domain.attempt_words import say_choice, say_counting, say_others
from autograder.domain.attempts import Keep, choose_attempt
from autograder.domain.derivation import derive
from autograder.domain.events import History
from autograder.domain.grade import grade_of


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


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (-1, "more can be handed in until 13 Dec 2026 23:59:00, and late until 16 Dec 2026 23:59:00"),
        (2, "more can be handed in until 13 Dec 2026 23:59:00, and late until 16 Dec 2026 23:59:00"),
        (4, ""),
    ],
)
def test_until_when_more_can_be_handed_in_is_told_with_the_days_on_which_late_files_count(days, told):
    """Two days after the due date the mark is open, and the due date alone would be no reason."""
    first = file("gradients", "6/10")
    now = DEADLINES["gradients"] + timedelta(days=days)
    found = str(derive(policy(), [first], grade_of(policy(), [first], now), heading=()))
    (line,) = [each for each in found.splitlines() if "file 1" in each]
    assert told in line
    assert ("can be handed in" in line) == bool(told)


def test_without_late_days_the_due_date_alone_is_told():
    first, rule = file("gradients", "6/10"), policy(late=replace(LATE, until=0))
    now = DEADLINES["gradients"] - timedelta(days=1)
    found = str(derive(rule, [first], grade_of(rule, [first], now), heading=()))
    assert "more can be handed in until 13 Dec 2026 23:59:00" in found
    assert "late until" not in found


def test_a_quiz_that_closes_before_it_is_due_can_be_taken_until_then():
    first, rule, due = file("gradients", "6/10"), policy(), DEADLINES["gradients"]
    rule = replace(rule, works=tuple(replace(each, closes=due - timedelta(days=1)) for each in rule.works))
    found = str(derive(rule, [first], grade_of(rule, [first], due - timedelta(days=2)), heading=()))
    assert "more can be handed in until 12 Dec 2026 23:59:00" in found
    assert "late until" not in found


def test_an_attempt_at_a_quiz_is_called_an_attempt_and_not_a_file():
    """Whoever took a quiz twice never handed in a file, and reads of none."""
    first, second = (
        replace(file("gradients", text, number=number, late=-timedelta(hours=9 - number)), attempt=True)
        for number, text in ((1, "6/10"), (2, "8/10"))
    )
    other = file("convexity", "7/10")
    grade = grade_of(policy(), [first, second, other], AFTER)
    history, works = History.of([first, second, other]), {each.name: each for each in grade.works}
    quiz, homework = works["gradients"], works["convexity"]
    assert str(say_choice(quiz)) == "gradients: the best attempt counts, lateness paid for"
    assert str(say_counting(quiz)).startswith("gradients, attempt 2: counts, and gives ")
    assert [str(each) for each in say_others(quiz, history)] == ["gradients, attempt 1: would give 3/5"]
    assert str(say_counting(homework)).startswith("convexity, file 1: counts")
    told = str(derive(policy(), [first, second, other], grade, heading=()))
    assert "attempt 2, " in told
    assert "file 1, " in told
