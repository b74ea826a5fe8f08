"""Time that students were given beyond what a quiz allows everybody."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from autograder.domain.events import Extension


@dataclass(frozen=True, slots=True)
class ExtraTime:
    """What one student was given for one quiz."""

    more: timedelta = timedelta(0)
    """Beyond the time limit, and beyond the closing."""
    until: datetime | None = None
    """With its time zone: a later closing for this student; the time limit stays."""

    def closing(self, closes: datetime) -> datetime:
        """When the quiz closes for this student."""
        return max(closes + self.more, self.until or closes)


ExtraTimes = Callable[[str], ExtraTime]
"""What a student was given for a quiz; it is what stood when it was read."""


def nobody_has_more(_student: str) -> ExtraTime:
    """Nobody was given more time."""
    return ExtraTime()


def find_extra_time(given: Iterable[Extension]) -> ExtraTime:
    """What extensions of one quiz come to: of several the longest holds, as with deadlines."""
    extensions = list(given)
    more = max((each.minutes for each in extensions if each.until is None), default=0)
    until = max((each.until for each in extensions if each.until is not None), default=None)
    return ExtraTime(timedelta(minutes=max(0, more)), until)
