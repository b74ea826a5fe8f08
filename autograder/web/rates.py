"""How often something may be done: a bucket for each address or person, filled again as time passes.

The buckets that guard a password are kept in the store. Those that keep a script from asking all the time lie
in memory: an answer that is saved waits for no disk to be counted.
"""

from datetime import datetime, timedelta
from http import HTTPStatus

from sqlalchemy import Connection, delete, select

from autograder.domain.phrases import phrase
from autograder.gradebook.transient import TransientStore, buckets, put
from autograder.web.buckets import count_left
from autograder.web.visit import PageRefused, Visit


def require_slow(visit: Visit, what: str, *, at_once: int, a_minute: float, person: bool = False) -> None:
    """Refuse whoever does something more often than a person would.

    Args:
        visit: by whom.
        what: is done.
        at_once: how often it may be done without a pause.
        a_minute: how often for as long as one likes.
        person: count for the person; else for the address.
    """
    name = f"{what}/{visit.who.id if person else visit.address}"[:120]
    if not visit.site.buckets.take_one(name, at_once=at_once, a_minute=a_minute, now=visit.site.clock()):
        raise PageRefused(phrase("web.too_fast"), HTTPStatus.TOO_MANY_REQUESTS)


def take_one(store: TransientStore, name: str, *, at_once: int, a_minute: float, now: datetime) -> bool:
    """Take one out of a bucket; return whether there was one."""
    with store.writing() as connection:
        left = _count_left(connection, name, at_once, a_minute, now)
        if left < 1:
            return False
        connection.execute(delete(buckets).where(buckets.c.at <= now - timedelta(days=1)))
        put(connection, buckets, {"name": name, "left": repr(left - 1), "at": now})
    return True


def has_one(store: TransientStore, name: str, *, at_once: int, a_minute: float, now: datetime) -> bool:
    """Whether there is one in a bucket, which stays in it."""
    with store.reading() as connection:
        return _count_left(connection, name, at_once, a_minute, now) >= 1


def fill_up(store: TransientStore, name: str) -> None:
    """Fill a bucket: whoever emptied it is known to be the right one."""
    with store.writing() as connection:
        connection.execute(delete(buckets).where(buckets.c.name == name))


def _count_left(connection: Connection, name: str, at_once: int, a_minute: float, now: datetime) -> float:
    row = connection.execute(select(buckets).where(buckets.c.name == name)).mappings().first()
    if row is None:
        return float(at_once)
    at: datetime = row["at"]
    return count_left(float(row["left"]), now - at, at_once=at_once, a_minute=a_minute)
