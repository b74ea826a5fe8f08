"""When a submission was received: timestamp.txt, and the names of attempts' folders."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.domain.submission import ReceivedBy
from autograder.inbox.times import convert_file_time, format_folder_name, read_folder_name, read_timestamp

PARIS = ZoneInfo("Europe/Paris")
HALF_PAST_THREE = datetime(2026, 10, 12, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-12 15:30:00.000000 UTC",
        "2026-10-12 15:30:00 UTC\n",
        "2026-10-12 15:30:00",
        "2026-10-12T15:30:00Z",
        "2026-10-12 17:30:00 +0200",
        "2026-10-12 17:30:00.000000 +02:00",
        "2026-10-12 17:30:00.000000 CEST",
        "2026-10-12 17:30:00 Europe/Paris",
        "2026-10-12 11:30:00 America/New_York",
        "Mon, 12 Oct 2026 17:30:00 +0200",
    ],
)
def test_what_nbgrader_writes_is_one_moment(text):
    """Every way in which nbgrader writes a time is understood."""
    assert read_timestamp(text, zone=PARIS) == HALF_PAST_THREE


def test_the_repeated_hour_is_told_apart_by_its_name():
    """At the end of summer time 2:30 comes twice, and the abbreviation says which is meant."""
    first = read_timestamp("2026-10-25 02:30:00 CEST", zone=PARIS)
    second = read_timestamp("2026-10-25 02:30:00 CET", zone=PARIS)

    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-10-12 15:30:00 EST",
        "2026-13-12 15:30:00 UTC",
        "2026-10-12 15:30:00 ../../etc/passwd",
        "UTC",
    ],
)
def test_what_tells_no_time_is_refused(text):
    """A zone that could be several, or no time at all, is not guessed."""
    with pytest.raises(ValueError):
        read_timestamp(text, zone=PARIS)


@given(st.text(max_size=60))
def test_no_text_does_anything_else_than_be_refused(text):
    """Whatever stands in a timestamp.txt is a time with a zone or a ValueError."""
    with suppress(ValueError):
        assert read_timestamp(text, zone=PARIS).tzinfo is not None


@given(
    st.datetimes(
        min_value=datetime(1990, 1, 1),
        timezones=st.sampled_from([UTC, PARIS, timezone(timedelta(hours=-11))]),
    ),
    st.sampled_from(ReceivedBy),
)
def test_the_name_of_an_attempts_folder_is_read_back(received, received_by):
    """Time and source of a receipt survive in the folder's name."""
    told = read_folder_name(format_folder_name(received, received_by))

    # Python holds a time that a zone skips or repeats unequal to any time of another zone.
    assert told == (received.astimezone(UTC), received_by)


@pytest.mark.parametrize(
    "name", ["figures", "20261012", "2026-10-12", "20261312T153000Z", "20261012T153000Z-me", ""]
)
def test_other_folders_are_no_attempts(name):
    """A folder of data, or one whose date does not exist, is no attempt."""
    assert read_folder_name(name) is None


@pytest.mark.parametrize("seconds", [-1e30, -1.0, 0.0, 1e12, 1e30])
def test_an_impossible_file_time_is_still_a_time(seconds):
    """A file system may hold any number as a file's time."""
    assert convert_file_time(seconds, zone=PARIS).tzinfo is PARIS
