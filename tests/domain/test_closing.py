"""A quiz that its own file closes: whoever never took it waits for nothing afterwards."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from autograder.domain.events import Extension, History
from autograder.domain.policy import WorkPolicy
from autograder.domain.standing import stand

CLOSES = datetime(2026, 10, 8, 23, 59, tzinfo=ZoneInfo("Europe/Paris"))
QUIZ = WorkPolicy("first-quiz", closes=CLOSES)


def is_open(minutes: float, *extensions: Extension) -> bool:
    """Whether something can come still, so many minutes after the closing."""
    history = History.of(extensions)
    return stand(QUIZ, history, free_days=0, now=CLOSES + timedelta(minutes=minutes)).open


@pytest.mark.parametrize(("minutes", "expected"), [(-1, True), (0, False), (1, False)])
def test_it_is_open_until_it_closes(minutes: float, expected: bool) -> None:
    assert is_open(minutes) is expected


def test_whoever_has_more_time_can_take_it_for_longer() -> None:
    ten_minutes = Extension(1, "first-quiz", None, minutes=10)
    assert is_open(9, ten_minutes)
    assert not is_open(10, ten_minutes)
    next_day = Extension(2, "first-quiz", CLOSES + timedelta(days=1))
    assert is_open(9 * 60, ten_minutes, next_day)
    assert not is_open(10, Extension(3, "another-quiz", None, minutes=60))


def test_a_quiz_that_never_closes_stays_open() -> None:
    open_ended = WorkPolicy("first-quiz")
    assert stand(open_ended, History.of(()), free_days=0, now=CLOSES + timedelta(days=900)).open
