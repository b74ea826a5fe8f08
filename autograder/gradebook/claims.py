"""Who is judging what: claims that expire, so that nothing is judged twice and nothing is lost.

A program claims a submission before it judges it, renews the claim while it does, and lets go of it when the
report is recorded. Of one that was killed the claim ends by itself, and whoever comes next takes the work.
"""

import os
import socket
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import bindparam, delete, select, update

from autograder.gradebook.transient import TransientStore, claims

LASTS = timedelta(minutes=1)
"""How long a claim holds that nobody renews, where its holder renews them all the time."""
LASTS_LONG = timedelta(minutes=15)
"""The same for whoever renews them only between submissions."""


class Claims:
    """The claims of one program on the submissions of a course."""

    def __init__(self, store: TransientStore, holder: str, *, lasts: timedelta = LASTS) -> None:
        """`holder` names the program among all that judge: no two have the same."""
        self._store = store
        self._holder = holder
        self._lasts = lasts

    def take(self, submissions: Iterable[int], now: datetime) -> frozenset[int]:
        """Claim what of these submissions nobody else holds, and return it."""
        wanted = set(submissions)
        if not wanted:
            return frozenset()
        with self._store.writing() as connection:
            connection.execute(delete(claims).where(claims.c.ends <= now))
            held = connection.execute(select(claims).where(claims.c.submission.in_(wanted))).all()
            gone = {row.holder for row in held if is_gone(row.holder)}
            if gone:
                connection.execute(delete(claims).where(claims.c.holder.in_(gone)))
            free = wanted.difference(row.submission for row in held if row.holder not in gone)
            rows = [
                {"submission": each, "holder": self._holder, "begun": now, "ends": now + self._lasts}
                for each in sorted(free)
            ]
            if rows:
                connection.execute(claims.insert(), rows)
        return frozenset(free)

    def renew(self, now: datetime) -> None:
        """Hold on to all that this program has claimed."""
        with self._store.writing() as connection:
            mine = update(claims).where(claims.c.holder == self._holder)
            connection.execute(mine.values(ends=now + self._lasts))

    def release(self, submissions: Collection[int]) -> None:
        """Let go of these submissions."""
        self._let_go(claims.c.submission.in_(submissions))

    def release_all(self) -> None:
        """Let go of everything."""
        self._let_go()

    def _let_go(self, *which: object) -> None:
        with self._store.writing() as connection:
            connection.execute(delete(claims).where(claims.c.holder == self._holder, *which))  # type: ignore[arg-type] # a condition


def name_holder() -> str:
    """A name for this process among all that grade the course, by which others see when it has ended."""
    return f"{_host()}/{os.getpid()}/{_begun(os.getpid())}"


def is_gone(holder: str) -> bool:
    """Whether the process of this name was one of this machine and has ended: its claims need not run out."""
    host, _, process = holder.rpartition("/")[0].rpartition("/")
    if host != _host() or not Path("/proc/self/stat").exists() or not process.isdigit():
        return False
    return _begun(int(process)) != holder.rpartition("/")[2]


def _begun(process: int) -> str:
    """When a process began, for numbers of processes come again; empty where it is gone."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _host() -> str:
    return socket.gethostname()[:30]


_HELD = select(claims.c.submission, claims.c.begun).where(claims.c.ends > bindparam("now"))


def find_claimed(store: TransientStore, now: datetime) -> dict[int, datetime]:
    """The submissions that are being judged, each with when that began."""
    with store.reading() as connection:
        return {row.submission: row.begun for row in connection.execute(_HELD, {"now": now})}
