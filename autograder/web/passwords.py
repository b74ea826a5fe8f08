"""Passwords: chosen by whoever came in by a link, kept as hashes that take long to guess."""

import unicodedata
from datetime import datetime
from functools import cached_property
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from autograder.domain.people import CoursePerson
from autograder.domain.phrases import phrase
from autograder.gradebook.transient import TransientStore, passwords, put

SHORTEST, LONGEST = 10, 200
_AT_ONCE = 2
"""Each takes 19 MB for the while: a class that logs in together must not fill the memory."""


class Passwords:
    """The passwords of a course's people. Safe to be used by many threads."""

    def __init__(self, store: TransientStore) -> None:
        self._store = store
        # What OWASP names as least: 19 MB, two rounds; some 20 ms of a processor.
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._places = BoundedSemaphore(_AT_ONCE)

    def choose(self, person: str, password: str, now: datetime) -> None:
        """Keep a password in the place of the one before."""
        with self._places:
            made = self._hasher.hash(_composed(password))
        with self._store.writing() as connection:
            put(connection, passwords, {"person": person, "hash": made, "since": now})

    def fits(self, person: str, password: str) -> bool:
        """Whether this is somebody's password. It takes as long for whoever has none, or is not known."""
        with self._store.reading() as connection:
            known = select(passwords.c.hash).where(passwords.c.person == person)
            kept: str | None = connection.execute(known).scalar()
        with self._places:
            try:
                self._hasher.verify(kept or self._nobodys, _composed(password))
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None

    def since(self, person: str) -> datetime | None:
        """When somebody chose their password, or None."""
        with self._store.reading() as connection:
            known = select(passwords.c.since).where(passwords.c.person == person)
            found: datetime | None = connection.execute(known).scalar()
            return found

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("the password of nobody")


def why_weak(password: str, person: CoursePerson) -> str:
    """Why a password cannot be taken, in a sentence; empty where it can."""
    if len(password) < SHORTEST:
        return phrase("web.password.short", least=SHORTEST)
    if len(password) > LONGEST:
        return phrase("web.password.long", most=LONGEST)
    own = [person.id, person.name, *(each.email for each in (person.student, person.staff) if each)]
    if _plain(password) in {_plain(each) for each in own}:
        return phrase("web.password.own")
    if len(set(password)) < 5:
        return phrase("web.password.same")
    return ""


def _composed(password: str) -> str:
    """The same whatever keyboard it is typed on; a lone surrogate is no letter of any."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()


def _plain(text: str) -> str:
    return _composed(text).casefold().replace(" ", "")
