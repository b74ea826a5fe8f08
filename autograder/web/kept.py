"""Texts of forms whose session was over: kept for a quarter of an hour, for whoever wrote them."""

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import delete, select

from autograder.gradebook.transient import kept_texts, put, sessions
from autograder.web.sessions import find_former_person
from autograder.web.visit import Visit

LASTS = timedelta(minutes=15)
_MOST = 64_000
GIVEN_BACK = "given_back"
"""The field that tells of a form that it is sent once more."""
_NOT_KEPT = frozenset(("form_key", "password", "again", "current", GIVEN_BACK))
"""No password is ever kept as it is."""


@dataclass(frozen=True, slots=True)
class KeptText:
    """What was sent, and where to."""

    path: str
    fields: tuple[tuple[str, str], ...]


def keep_text(visit: Visit) -> str:
    """Keep the fields of a form that came after its session; return what finds them again, or nothing.

    They are given back to the person alone whose session it was: without one, nothing is kept.
    """
    person = _former_person(visit)
    fields = [[name, value] for name, value in visit.form.fields if name not in _NOT_KEPT]
    text = json.dumps(fields)
    if not person or not fields or len(text) > _MOST:
        return ""
    key, now = secrets.token_urlsafe(24), visit.site.clock()
    # What a script sends while somebody writes is kept for the page on which it is written.
    path = visit.path.removesuffix("/draft").removesuffix("/read")
    row = {"key": _hash(key), "person": person, "path": path, "fields": text, "ends": now + LASTS}
    with visit.site.transient.writing() as connection:
        connection.execute(delete(kept_texts).where(kept_texts.c.ends <= now))
        put(connection, kept_texts, row)
    return key


def find_kept(visit: Visit) -> KeptText | None:
    """What is kept for the person of a visit, or None."""
    key = visit.cookies.get("kept", "")
    if not key:
        return None
    valid = select(kept_texts).where(
        kept_texts.c.key == _hash(key),
        kept_texts.c.person == visit.who.id,
        kept_texts.c.ends > visit.site.clock(),
    )
    with visit.site.transient.reading() as connection:
        row = connection.execute(valid).mappings().first()
    return KeptText(row["path"], tuple((n, v) for n, v in json.loads(row["fields"]))) if row else None


def forget_kept(visit: Visit) -> None:
    """Forget what was kept for the person of a visit: it was sent again."""
    with visit.site.transient.writing() as connection:
        key = _hash(visit.cookies.get("kept", ""))
        whose = (kept_texts.c.key == key, kept_texts.c.person == visit.who.id)
        connection.execute(delete(kept_texts).where(*whose))


def _former_person(visit: Visit) -> str:
    """Whose session it was that is over, by its row, which stays for two weeks.

    A form tells in which session it was made: whoever logged out has no cookie, or another person's.
    """
    made_by = find_former_person(visit.site.transient, visit.form.get("form_key"), visit.site.clock())
    if made_by:
        return made_by
    cookie = next((value for name, value in visit.cookies.items() if name.endswith("session")), "")
    with visit.site.transient.reading() as connection:
        found = connection.execute(select(sessions.c.person).where(sessions.c.key == _hash(cookie))).scalar()
    return str(found or "")


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
