"""What a student is shown of the report on each file before marks are published, and when.

Every file is received, judged and counts. It is the full report that is rationed, so that nobody can ask the
hidden cases as often as a program can hand in; all of it follows from when files were received.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class ReportShows(StrEnum):
    """What course.toml lets students see of reports before marks are published."""

    AT_ONCE = "at once"
    EXAMPLES = "examples"
    """Which questions were found, and how the public examples went."""
    NOTHING = "nothing"


class Shown(StrEnum):
    """What is shown of the report on one file."""

    FULL = "full"
    LATER = "later"
    """In full, from a moment on, unless a newer file comes before."""
    PASSED = "passed"
    """A newer file took its place; in full once marks are published."""
    SPENT = "spent"
    """The full reports are spent; in full once marks are published."""
    EXAMPLES = "examples"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class ShownReport:
    """What is shown of one report, and from when on."""

    how: Shown
    at: datetime | None = None
    """Of LATER."""


@dataclass(frozen=True, slots=True)
class ReportRules:
    """What course.toml says of reports before marks are published."""

    shows: ReportShows = ReportShows.AT_ONCE
    attempts: int | None = None
    """Full reports of one student; None for as many as there are files."""
    pause: timedelta = timedelta(0)
    """Between two of them."""

    @property
    def rationed(self) -> bool:
        """Whether full reports are fewer than files may be."""
        return self.shows is ReportShows.AT_ONCE and (self.attempts is not None or bool(self.pause))


@dataclass(frozen=True, slots=True)
class ReportPlan:
    """What is shown of a student's files for one assignment, and when the next full report can come."""

    files: tuple[ShownReport, ...]
    """In order of receipt."""
    full: int
    """Full reports so far, of those that are counted."""
    next_at: datetime | None
    """When a file that is handed in at this moment has its full report; None: once marks are published."""


def plan_reports(
    rules: ReportRules, received: Sequence[datetime], *, now: datetime, published: datetime | None = None
) -> ReportPlan:
    """What is shown of files that were received at these times, in this order.

    Args:
        rules: of the assignment.
        received: with their time zones.
        now: the moment.
        published: when the marks were last published: of files that were there by then all is shown.

    >>> from datetime import UTC
    >>> start = datetime(2026, 12, 1, 12, tzinfo=UTC)
    >>> times = [start + timedelta(minutes=m) for m in (0, 1, 2)]
    >>> rules = ReportRules(attempts=20, pause=timedelta(minutes=5))
    >>> [each.how.value for each in plan_reports(rules, times, now=times[-1]).files]
    ['full', 'passed', 'later']
    >>> [each.how.value for each in plan_reports(rules, times, now=start + timedelta(minutes=5)).files]
    ['full', 'passed', 'full']
    """
    if rules.shows is not ReportShows.AT_ONCE:
        how = Shown.EXAMPLES if rules.shows is ReportShows.EXAMPLES else Shown.NOTHING
        plan = [ShownReport(how)] * len(received)
        return ReportPlan(_open_published(plan, received, published), 0, None)
    plan, full, free = list[ShownReport](), 0, None
    for place, time in enumerate(received):
        if rules.attempts is not None and full >= rules.attempts:
            plan.append(ShownReport(Shown.SPENT))
            continue
        at = time if free is None else max(time, free)
        following = received[place + 1] if place + 1 < len(received) else None
        if following is not None and following < at:
            plan.append(ShownReport(Shown.PASSED))
            continue
        full, free = full + 1, at + rules.pause
        plan.append(ShownReport(Shown.FULL) if at <= now else ShownReport(Shown.LATER, at))
    waiting = bool(plan) and plan[-1].how is Shown.LATER
    if rules.attempts is not None and full - waiting >= rules.attempts:
        next_at = None
    elif waiting:  # a newer file takes the place of the one that waits
        next_at = plan[-1].at
    else:
        next_at = now if free is None else max(now, free)
    return ReportPlan(_open_published(plan, received, published), full - waiting, next_at)


def _open_published(
    plan: Sequence[ShownReport], received: Sequence[datetime], published: datetime | None
) -> tuple[ShownReport, ...]:
    return tuple(
        ShownReport(Shown.FULL) if published is not None and time <= published else shown
        for shown, time in zip(plan, received, strict=True)
    )
