"""Moments for people, in English whatever the machine speaks."""

from datetime import datetime, timedelta, tzinfo

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def describe_moment(moment: datetime, zone: tzinfo | None = None) -> str:
    """A moment with its seconds, by the clock of a zone, or else of its own.

    >>> from datetime import UTC
    >>> describe_moment(datetime(2026, 12, 13, 21, 4, 11, tzinfo=UTC))
    '13 Dec 2026 21:04:11'
    """
    local = moment.astimezone(zone) if zone else moment
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year} {local:%H:%M:%S}"


def describe_day(moment: datetime, zone: tzinfo | None = None) -> str:
    """The same with the day of the week, for whoever plans by it.

    >>> from datetime import UTC
    >>> describe_day(datetime(2026, 12, 13, 21, 4, 11, tzinfo=UTC))
    'Sunday 13 Dec 2026, 21:04:11'
    """
    local = moment.astimezone(zone) if zone else moment
    date, _, clock = describe_moment(local).rpartition(" ")
    return f"{_WEEKDAYS[local.weekday()]} {date}, {clock}"


def describe_span(span: timedelta) -> str:
    """How long something lasts, in two units at most, never longer than it is.

    >>> describe_span(timedelta(days=3, hours=4, minutes=59)), describe_span(timedelta(seconds=59))
    ('3 days 4 h', 'less than a minute')
    """
    minutes = int(span.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} day{'s' if days > 1 else ''}" + (f" {hours} h" if hours else "")
    if hours:
        return f"{hours} h" + (f" {minutes} min" if minutes else "")
    return f"{minutes} min" if minutes else "less than a minute"
