"""When a submission was received, as the files beside it say."""

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from autograder.domain.submission import ReceivedBy

_FOLDER = re.compile(r"(?P<time>\d{8}T\d{6}(\.\d{1,6})?Z)(-(?P<source>[a-z]+))?", re.ASCII)
_SOURCES = {
    None: ReceivedBy.ARCHIVE,
    "server": ReceivedBy.SERVER,
    "timestamp": ReceivedBy.TIMESTAMP,
    "file": ReceivedBy.FILE_TIME,
}
_KEY_OF_ZONE = re.compile(r"[A-Za-z]+(/[A-Za-z0-9_+-]+)+")
_LATEST = 253_402_214_400.0  # the last day a datetime can name, in any zone


def read_timestamp(text: str, *, zone: tzinfo) -> datetime:
    """The time in a timestamp.txt of nbgrader; raises ValueError if it cannot be understood.

    nbgrader writes `2026-10-12 15:30:00.123456 UTC`, or what its `timestamp_format` and `timezone` say; it
    takes a time without a zone for UTC. Abbreviations (CEST) are those of `zone`. An offset is read as
    hours and minutes, although nbgrader itself takes `+0100` for 100 seconds.
    """
    text = text.strip()
    try:
        return _assume_utc(datetime.fromisoformat(text))
    except ValueError:
        stamp, _, name = text.rpartition(" ")
    try:
        return _apply_zone(name, datetime.fromisoformat(stamp), zone)
    except ValueError:
        from email.utils import parsedate_to_datetime  # Mon, 12 Oct 2026 15:30:00 +0200

        return _assume_utc(parsedate_to_datetime(text))


def format_folder_name(received: datetime, received_by: ReceivedBy) -> str:
    """The name of an attempt's folder: its time in UTC, and how that is known if not from an archive.

    >>> format_folder_name(datetime(2026, 10, 12, 15, 30, tzinfo=UTC), ReceivedBy.ARCHIVE)
    '20261012T153000.000000Z'
    """
    source = next(name for name, meaning in _SOURCES.items() if meaning is received_by)
    stamp = received.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    return f"{stamp}-{source}" if source else stamp


def read_folder_name(name: str) -> tuple[datetime, ReceivedBy] | None:
    """What `format_folder_name` wrote into a name, or None for any other folder."""
    match = _FOLDER.fullmatch(name)
    if match is None or match["source"] not in _SOURCES:
        return None
    try:
        return datetime.fromisoformat(match["time"]), _SOURCES[match["source"]]
    except ValueError:
        return None


def convert_file_time(seconds: float, *, zone: tzinfo) -> datetime:
    """A file's own time, moved to the first or last day that a calendar holds if it is beyond."""
    return datetime.fromtimestamp(min(max(seconds, 0.0), _LATEST), zone)


def _assume_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _apply_zone(name: str, moment: datetime, zone: tzinfo) -> datetime:
    if moment.tzinfo is not None:
        raise ValueError(f"two time zones: {moment} and {name}")
    if name in {"UTC", "GMT", "Z"}:
        return moment.replace(tzinfo=UTC)
    # The hour that the end of summer time repeats has two names, and fold tells them apart.
    for here in (moment.replace(tzinfo=zone), moment.replace(tzinfo=zone, fold=1)):
        if here.tzname() == name:
            return here
    if _KEY_OF_ZONE.fullmatch(name):
        try:
            return moment.replace(tzinfo=ZoneInfo(name))
        except (ZoneInfoNotFoundError, OSError) as error:
            raise ValueError(f"{name} is no time zone") from error
    raise ValueError(f"{name} is no time zone")
