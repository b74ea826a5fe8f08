"""Personal tokens: with one, a program hands in for its owner, and can do nothing else."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, select, update

from autograder.gradebook.transient import TransientStore, put, tokens

MOST = 10
"""Of one person."""


@dataclass(frozen=True, slots=True)
class PersonalToken:
    """A token of somebody's. What it is, its owner was shown once, and nobody can be shown again."""

    key: str
    """Its hash."""
    person: str
    name: str
    made: datetime
    used: datetime | None
    """When it was used last."""


def make_token(store: TransientStore, person: str, name: str, now: datetime) -> str:
    """A new token; what is stored does not tell it."""
    token = f"nabla_{secrets.token_urlsafe(32)}"
    row = {"key": _hash(token), "person": person, "name": name[:60], "made": now, "used": None}
    with store.writing() as connection:
        put(connection, tokens, row)
    return token


def use_token(store: TransientStore, token: str, now: datetime) -> str | None:
    """Whose token this is, or None; when it was used is noted."""
    with store.writing() as connection:
        used = update(tokens).where(tokens.c.key == _hash(token)).values(used=now)
        found: str | None = connection.execute(used.returning(tokens.c.person)).scalar()
        return found


def list_tokens(store: TransientStore, person: str | None = None) -> list[PersonalToken]:
    """The tokens of a person, or of everybody, the newest first."""
    chosen = select(tokens).order_by(tokens.c.made.desc())
    if person is not None:
        chosen = chosen.where(tokens.c.person == person)
    with store.reading() as connection:
        return [PersonalToken(**row) for row in connection.execute(chosen).mappings()]


def revoke_token(store: TransientStore, key: str, person: str | None = None) -> None:
    """Take a token away; with a person, only where it is theirs."""
    gone = delete(tokens).where(tokens.c.key == key)
    with store.writing() as connection:
        connection.execute(gone if person is None else gone.where(tokens.c.person == person))


def _hash(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
