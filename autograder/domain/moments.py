"""Moments for people, in the language that is spoken, whatever the machine speaks."""

from datetime import datetime, timedelta, tzinfo

from autograder.domain.phrases import count_phrase, phrase


def name_weekday(moment: datetime) -> str:
    """The day of the week."""
    return phrase(f"weekday.{moment.weekday()}")


def name_month(moment: datetime) -> str:
    """The month."""
    return phrase(f"month.{moment.month}")


def describe_moment(moment: datetime, zone: tzinfo | None = None) -> str:
    """A moment with its seconds, by the clock of a zone, or else of its own.

    >>> from datetime import UTC
    >>> describe_moment(datetime(2026, 12, 13, 21, 4, 11, tzinfo=UTC))
    '13 Dec 2026 21:04:11'
    """
    local = moment.astimezone(zone) if zone else moment
    return phrase("moment", **_date(local), clock=f"{local:%H:%M:%S}")


def describe_day(moment: datetime, zone: tzinfo | None = None) -> str:
    """The same with the day of the week, for whoever plans by it.

    >>> from datetime import UTC
    >>> describe_day(datetime(2026, 12, 13, 21, 4, 11, tzinfo=UTC))
    'Sunday 13 Dec 2026, 21:04:11'
    """
    local = moment.astimezone(zone) if zone else moment
    return phrase("moment.day", weekday=name_weekday(local), **_date(local), clock=f"{local:%H:%M:%S}")


def describe_minute(moment: datetime, zone: tzinfo | None = None) -> str:
    """A moment with its day of the week and without seconds, as deadlines are told.

    >>> from datetime import UTC
    >>> describe_minute(datetime(2026, 12, 13, 22, 59, tzinfo=UTC))
    'Sunday 13 December 2026, 22:59'
    """
    local = moment.astimezone(zone) if zone else moment
    date = {"weekday": name_weekday(local), "month": name_month(local), "year": local.year}
    return phrase("moment.minute", day=local.day, clock=f"{local:%H:%M}", **date)


def describe_span(span: timedelta) -> str:
    """How long something lasts, in two units at most, never longer than it is.

    >>> describe_span(timedelta(days=3, hours=4, minutes=59)), describe_span(timedelta(seconds=59))
    ('3 days 4 h', 'less than a minute')
    """
    minutes = int(span.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [count_phrase("span.days", days)] if days else []
    parts += [phrase("span.hours", hours=hours)] if hours else []
    parts += [phrase("span.minutes", minutes=minutes)] if minutes and not days else []
    return " ".join(parts) if parts else phrase("span.least")


def _date(local: datetime) -> dict[str, str | int]:
    return {"day": local.day, "month": phrase(f"month.short.{local.month}"), "year": local.year}
