"""Being logged in: one-use links, sessions, and how long they last."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, or_, select, update
from starlette.responses import Response

from autograder.domain.people import CoursePerson, CourseRole
from autograder.gradebook.transient import TransientStore, links, logins, put, sessions
from autograder.web.site import ServedAt

_LONGEST = timedelta(days=14)
_IDLE, _IDLE_STAFF = timedelta(hours=12), timedelta(hours=8)
_TOUCH = timedelta(minutes=1)
_ENDED = datetime(1970, 1, 1, tzinfo=UTC)
"""When a session was seen last that was ended: its row stays, and tells whose a text is that comes later."""
LINK_LASTS = timedelta(days=2)
_OF_COOKIE = select(sessions).where(sessions.c.key == bindparam("hash"))


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in, in one browser."""

    key: str
    """The hash of what the cookie holds."""
    person: str
    form_key: str
    begun: datetime
    seen: datetime
    browser: str


def make_link(store: TransientStore, person: str, *, now: datetime, lasts: timedelta = LINK_LASTS) -> str:
    """A token that logs somebody in once; what is stored does not tell it."""
    return make_links(store, [person], now=now, lasts=lasts)[0]


def make_links(
    store: TransientStore, people: Sequence[str], *, now: datetime, lasts: timedelta = LINK_LASTS
) -> list[str]:
    """The same for several people, in their order."""
    tokens = [secrets.token_urlsafe(32) for _ in people]
    with store.writing() as connection:
        connection.execute(delete(links).where(links.c.ends <= now))
        for person, token in zip(people, tokens, strict=True):
            put(connection, links, {"key": _hash(token), "person": person, "ends": now + lasts})
    return tokens


def read_link(store: TransientStore, token: str, *, now: datetime) -> str | None:
    """Whom a token would log in, or None. It stays valid: mail scanners follow links too."""
    with store.reading() as connection:
        valid = select(links.c.person).where(links.c.key == _hash(token), links.c.ends > now)
        found: str | None = connection.execute(valid).scalar()
        return found


def use_link(store: TransientStore, token: str, *, now: datetime) -> str | None:
    """Whom a token logs in, or None; it is used up by that."""
    with store.writing() as connection:
        used = delete(links).where(links.c.key == _hash(token), links.c.ends > now)
        found: str | None = connection.execute(used.returning(links.c.person)).scalar()
        return found


def begin_session(
    store: TransientStore, person: CoursePerson, *, now: datetime, browser: str = "", ends: str = ""
) -> str:
    """A new session; return what the cookie holds. `ends` is the cookie before, whose session ends."""
    cookie = secrets.token_urlsafe(32)
    row = {
        "key": _hash(cookie),
        "person": person.id,
        "roles": _roles(person),
        "form_key": secrets.token_urlsafe(24),
        "begun": now,
        "seen": now,
        "browser": browser[:200],
    }
    with store.writing() as connection:
        connection.execute(delete(sessions).where(sessions.c.begun <= now - _LONGEST))
        connection.execute(update(sessions).where(sessions.c.key == _hash(ends)).values(seen=_ENDED))
        connection.execute(sessions.insert().values(**row))
        put(connection, logins, {"person": person.id, "at": now})
    return cookie


def find_session(store: TransientStore, cookie: str, *, now: datetime) -> tuple[Session, str] | None:
    """The session of a cookie and the roles it was begun with, or None where it is over."""
    with store.reading() as connection:
        row = connection.execute(_OF_COOKIE, {"hash": _hash(cookie)}).mappings().first()
    if row is None or row["begun"] <= now - _LONGEST:
        return None
    staff = row["roles"] != CourseRole.STUDENT
    if row["seen"] <= now - (_IDLE_STAFF if staff else _IDLE):
        return None
    if row["seen"] <= now - _TOUCH:
        with store.writing() as connection:
            connection.execute(update(sessions).where(sessions.c.key == row["key"]).values(seen=now))
    return _session(row), row["roles"]


def fits(person: CoursePerson, roles: str) -> bool:
    """Whether somebody still has the roles that a session was begun with: it dies with a change."""
    return _roles(person) == roles


def end_session(store: TransientStore, key: str, person: str) -> None:
    """End one session of a person."""
    with store.writing() as connection:
        whose = (sessions.c.key == key, sessions.c.person == person)
        connection.execute(update(sessions).where(*whose).values(seen=_ENDED))


def end_sessions(store: TransientStore, person: str, *, but: str = "") -> None:
    """End the sessions of a person, but for the one of this key."""
    with store.writing() as connection:
        others = (sessions.c.person == person, sessions.c.key != but)
        connection.execute(update(sessions).where(*others).values(seen=_ENDED))


def list_sessions(store: TransientStore, person: str, now: datetime) -> list[Session]:
    """The sessions of a person that may still be used, the newest first."""
    with store.reading() as connection:
        own = select(sessions).where(sessions.c.person == person, _may_be_used(now))
        return [_session(row) for row in connection.execute(own.order_by(sessions.c.begun.desc())).mappings()]


def find_former_person(store: TransientStore, form_key: str, now: datetime) -> str:
    """Whose session it was, which is over, that a form was made in; empty where it was none."""
    with store.reading() as connection:
        made_in = select(sessions.c.person).where(sessions.c.form_key == form_key, ~_may_be_used(now))
        return str(connection.execute(made_in).scalar() or "")


def find_logins(store: TransientStore) -> dict[str, datetime]:
    """When each person logged in last."""
    with store.reading() as connection:
        return {row.person: row.at for row in connection.execute(select(logins))}


def count_sessions(store: TransientStore, now: datetime) -> dict[str, int]:
    """How many sessions each person has that may still be used."""
    with store.reading() as connection:
        valid = select(sessions.c.person).where(_may_be_used(now))
        return dict(Counter(connection.execute(valid).scalars()))


def _may_be_used(now: datetime) -> ColumnElement[bool]:
    """Which sessions are not over."""
    student = and_(sessions.c.roles == CourseRole.STUDENT.value, sessions.c.seen > now - _IDLE)
    return and_(sessions.c.begun > now - _LONGEST, or_(student, sessions.c.seen > now - _IDLE_STAFF))


def set_cookie(answer: Response, served: ServedAt, cookie: str) -> None:
    """Have a browser keep what a session is known by."""
    path = f"{served.prefix}/" if served.prefix else "/"
    secure = served.secure
    answer.set_cookie(cookie_name(served), cookie, httponly=True, samesite="lax", secure=secure, path=path)


def cookie_name(served: ServedAt) -> str:
    """What the session's cookie is called: with https nobody else's site on the same domain can set it."""
    if not served.secure:
        return "session"
    return "__Secure-session" if served.prefix else "__Host-session"


def _roles(person: CoursePerson) -> str:
    return " ".join(sorted(person.roles))


def _session(row: Mapping[Any, Any]) -> Session:
    names = ("key", "person", "form_key", "begun", "seen", "browser")
    return Session(**{name: row[name] for name in names})


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
