"""Buckets that keep a script from asking all the time."""

from datetime import UTC, datetime, timedelta

from autograder.web.buckets import Buckets

NOON = datetime(2026, 10, 12, 12, 0, tzinfo=UTC)


def take(buckets: Buckets, times: int, *, name: str = "save/ada", seconds: float = 0) -> int:
    """How many of so many were given."""
    now = NOON + timedelta(seconds=seconds)
    return sum(buckets.take_one(name, at_once=5, a_minute=60, now=now) for _ in range(times))


def test_a_bucket_gives_what_it_holds_and_fills_again_as_time_passes() -> None:
    buckets = Buckets()
    assert take(buckets, 8) == 5
    assert take(buckets, 8, seconds=2) == 2
    assert take(buckets, 8, seconds=3600) == 5


def test_who_takes_too_often_empties_nobody_elses_bucket() -> None:
    buckets = Buckets()
    assert take(buckets, 100) == 5
    assert take(buckets, 1, name="save/bob") == 1


def test_a_clock_that_was_set_back_fills_no_bucket_and_empties_none() -> None:
    buckets = Buckets()
    assert take(buckets, 2, seconds=10) == 2
    assert take(buckets, 5) == 3
