"""Moments for people, in English whatever the machine speaks."""

from datetime import datetime, tzinfo

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def describe_moment(moment: datetime, zone: tzinfo | None = None) -> str:
    """A moment with its seconds, by the clock of a zone, or else of its own.

    >>> from datetime import UTC
    >>> describe_moment(datetime(2026, 12, 13, 21, 4, 11, tzinfo=UTC))
    '13 Dec 2026 21:04:11'
    """
    local = moment.astimezone(zone) if zone else moment
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year} {local:%H:%M:%S}"
