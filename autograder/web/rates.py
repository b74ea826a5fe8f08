"""How often something may be done: a bucket for each address or person, filled again as time passes."""

from datetime import datetime, timedelta
from http import HTTPStatus

from sqlalchemy import delete, select

from autograder.gradebook.transient import TransientStore, buckets, put
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
    if not take_one(visit.site.transient, name, at_once=at_once, a_minute=a_minute, now=visit.site.clock()):
        raise PageRefused("This came too often: wait a minute and try again.", HTTPStatus.TOO_MANY_REQUESTS)


def take_one(store: TransientStore, name: str, *, at_once: int, a_minute: float, now: datetime) -> bool:
    """Take one out of a bucket; return whether there was one."""
    with store.writing() as connection:
        row = connection.execute(select(buckets).where(buckets.c.name == name)).mappings().first()
        left = float(at_once)
        if row is not None:
            minutes = max(0.0, (now - row["at"]) / timedelta(minutes=1))
            left = min(left, float(row["left"]) + minutes * a_minute)
        if left < 1:
            return False
        connection.execute(delete(buckets).where(buckets.c.at <= now - timedelta(days=1)))
        put(connection, buckets, {"name": name, "left": repr(left - 1), "at": now})
    return True
