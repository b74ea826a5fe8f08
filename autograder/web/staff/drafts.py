"""What a marker has written of an answer and not saved: kept every few seconds, and gone once it is saved."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select

from autograder.gradebook.transient import TransientStore, drafts, put

_LASTS = timedelta(days=30)
_BUSY = timedelta(minutes=10)
_MOST = 64_000
Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DraftPlace:
    """Of which answer a draft is, and whose."""

    marker: str
    work: str
    part: str
    student: str
    shown: str
    """What tells the answer from any other."""

    @property
    def key(self) -> str:
        """By which it is found."""
        told = json.dumps([self.marker, self.work, self.part, self.student, self.shown])
        return sha256(told.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Draft:
    """What was written, and when."""

    fields: Fields
    at: datetime


def keep_draft(store: TransientStore, place: DraftPlace, fields: Fields, now: datetime) -> bool:
    """Keep what is written so far; return False where it is too long to be kept."""
    text = json.dumps(fields)
    if len(text) > _MOST:
        return False
    row = {
        "key": place.key,
        "marker": place.marker,
        "student": place.student,
        "work": place.work,
        "part": place.part,
        "fields": text,
        "at": now,
    }
    with store.writing() as connection:
        connection.execute(delete(drafts).where(drafts.c.at <= now - _LASTS))
        put(connection, drafts, row)
    return True


def find_draft(store: TransientStore, place: DraftPlace) -> Draft | None:
    """What is kept of an answer, or None."""
    with store.reading() as connection:
        row = connection.execute(select(drafts).where(drafts.c.key == place.key)).mappings().first()
    return Draft(tuple((n, v) for n, v in json.loads(row["fields"])), row["at"]) if row else None


def forget_draft(store: TransientStore, place: DraftPlace) -> None:
    """Let a draft go: what it says is saved, or not wanted."""
    with store.writing() as connection:
        connection.execute(delete(drafts).where(drafts.c.key == place.key))


def find_busy(store: TransientStore, work: str, part: str, now: datetime) -> frozenset[str]:
    """Who has written something of a part a moment ago."""
    recent = (drafts.c.work == work, drafts.c.part == part, drafts.c.at > now - _BUSY)
    with store.reading() as connection:
        return frozenset(connection.execute(select(drafts.c.marker).where(*recent)).scalars())
