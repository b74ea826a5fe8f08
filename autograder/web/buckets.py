"""Buckets in memory, which keep a script from asking all the time: nobody waits for a disk to be counted."""

import threading
from datetime import datetime, timedelta

_MOST = 100_000


def count_left(left: float, since: timedelta, *, at_once: int, a_minute: float) -> float:
    """What is in a bucket that held so much, some time later."""
    minutes = max(0.0, since / timedelta(minutes=1))
    return min(float(at_once), left + minutes * a_minute)


class Buckets:
    """One for each name, as many as were asked for last. Safe to be used by many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, datetime]] = {}

    def take_one(self, name: str, *, at_once: int, a_minute: float, now: datetime) -> bool:
        """Take one out of a bucket; return whether there was one."""
        with self._lock:
            held, at = self._kept.pop(name, (float(at_once), now))
            left = count_left(held, now - at, at_once=at_once, a_minute=a_minute)
            taken = left >= 1
            self._kept[name] = (left - taken, now)
            if len(self._kept) > _MOST:
                del self._kept[next(iter(self._kept))]
        return taken
