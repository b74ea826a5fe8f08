"""Long work that is asked for on a page and done beside the pages: how far it is, and what came of it.

An errand is asked for, begun by a program that is free, and ended with what came of it. Of a program that was
killed an errand is begun once more; one that ends its program every time is given up.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, func, select, update

from autograder.gradebook.claims import is_gone
from autograder.gradebook.transient import TransientStore, errands, holds

_TRIES = 2
_KEPT = 200
"""Errands that are remembered."""


class ErrandKind(StrEnum):
    """What is done."""

    CHECK = "check"
    RELEASE = "release"
    COLLECT = "collect"
    RECEIVE = "receive"
    """What lies in submissions/NAME is received."""
    REGRADE = "regrade"
    """Judged again, and nothing recorded."""
    RECORD = "record"
    """What was judged again is recorded."""


class ErrandState(StrEnum):
    """How far an errand is."""

    WAITING = "waiting"
    RUNNING = "running"
    STOPPING = "stopping"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


_OPEN = (ErrandState.WAITING, ErrandState.RUNNING, ErrandState.STOPPING)


@dataclass(frozen=True, slots=True)
class Errand:
    """Work that somebody asked for."""

    number: int
    kind: ErrandKind
    work: str
    """The name of an assignment or a quiz."""
    wanted: Mapping[str, Any] = field(repr=False)
    """What belongs to it, in plain JSON values."""
    by: str
    asked: datetime
    state: ErrandState
    done: int
    """Of `total`, in whatever it counts."""
    total: int
    ended: datetime | None
    told: Mapping[str, Any] = field(repr=False)
    """What came of it, in plain JSON values; of one that failed, the sentences that say why."""

    @property
    def open(self) -> bool:
        """Whether something is still to come of it."""
        return self.state in _OPEN


class Errands:
    """The errands of a course. Every method raises `StoreError` where the database fails."""

    def __init__(self, store: TransientStore) -> None:
        self._store = store

    def ask(self, kind: ErrandKind, work: str, wanted: Mapping[str, Any], *, by: str, now: datetime) -> int:
        """Ask for something; where the same is asked for already, that is meant. Return its number."""
        with self._store.writing() as connection:
            same = select(errands.c.number).where(
                errands.c.kind == kind, errands.c.work == work, errands.c.state.in_(_OPEN)
            )
            known = connection.execute(same).scalar()
            if known is not None:
                return int(known)
            number = (
                int(connection.execute(select(func.coalesce(func.max(errands.c.number), 0))).scalar_one()) + 1
            )
            row = {
                "number": number,
                "kind": kind.value,
                "work": work,
                "wanted": json.dumps(dict(wanted)),
                "by": by,
                "asked": now,
                "state": ErrandState.WAITING.value,
                "holder": "",
                "tries": 0,
                "done": 0,
                "total": 0,
                "told": "{}",
                "ended": now,
            }
            connection.execute(errands.insert().values(**row))
            connection.execute(delete(errands).where(errands.c.number <= number - _KEPT))
        return number

    def last(self, kind: ErrandKind, work: str) -> Errand | None:
        """The errand of a kind on a piece of work that was asked for last, or None."""
        wanted = select(errands).where(errands.c.kind == kind, errands.c.work == work)
        with self._store.reading() as connection:
            row = connection.execute(wanted.order_by(errands.c.number.desc()).limit(1)).mappings().first()
        return _errand(row) if row else None

    def any_waiting(self) -> bool:
        """Whether there is something to begin."""
        with self._store.reading() as connection:
            rows = connection.execute(
                select(errands.c.state, errands.c.holder).where(errands.c.state.in_(_OPEN))
            )
            return any(row.state == ErrandState.WAITING or is_gone(row.holder) for row in rows)

    def begin(self, holder: str, now: datetime) -> Errand | None:
        """Take the errand that was asked for first and that nobody does, or None."""
        with self._store.writing() as connection:
            wanted = select(errands).where(errands.c.state.in_(_OPEN)).order_by(errands.c.number)
            for row in connection.execute(wanted).mappings().all():
                if row["state"] != ErrandState.WAITING and not is_gone(row["holder"]):
                    continue
                this = update(errands).where(errands.c.number == row["number"])
                if row["state"] == ErrandState.STOPPING:
                    connection.execute(this.values(state=ErrandState.STOPPED.value, ended=now))
                    continue
                if row["tries"] >= _TRIES:
                    told = json.dumps(
                        {"flaws": ["it ended the program that did it, twice: see the server's log"]}
                    )
                    connection.execute(this.values(state=ErrandState.FAILED.value, ended=now, told=told))
                    continue
                values = {"state": ErrandState.RUNNING.value, "holder": holder, "tries": row["tries"] + 1}
                connection.execute(this.values(**values))
                return _errand({**row, **values})
        return None

    def tell(self, number: int, done: int, total: int) -> bool:
        """Say how far an errand is; return whether to go on with it."""
        with self._store.writing() as connection:
            this = errands.c.number == number
            connection.execute(update(errands).where(this).values(done=done, total=total))
            return bool(
                connection.execute(select(errands.c.state).where(this)).scalar() == ErrandState.RUNNING
            )

    def end(self, number: int, state: ErrandState, told: Mapping[str, Any], now: datetime) -> None:
        """Say what came of an errand."""
        values = {"state": state.value, "told": json.dumps(dict(told)), "ended": now}
        with self._store.writing() as connection:
            connection.execute(update(errands).where(errands.c.number == number).values(**values))

    def stop(self, kind: ErrandKind, work: str, now: datetime) -> None:
        """Ask that what is done of a kind on a piece of work is stopped."""
        with self._store.writing() as connection:
            of = (errands.c.kind == kind, errands.c.work == work)
            waiting = update(errands).where(*of, errands.c.state == ErrandState.WAITING)
            connection.execute(waiting.values(state=ErrandState.STOPPED.value, ended=now))
            running = update(errands).where(*of, errands.c.state == ErrandState.RUNNING)
            connection.execute(running.values(state=ErrandState.STOPPING.value))

    def hold(self, work: str, *, by: str, now: datetime) -> None:
        """Let nothing of an assignment be judged until somebody lets it go on."""
        with self._store.writing() as connection:
            connection.execute(delete(holds).where(holds.c.work == work))
            connection.execute(holds.insert().values(work=work, by=by, at=now))

    def let_go_on(self, work: str) -> None:
        """Let an assignment be judged again."""
        with self._store.writing() as connection:
            connection.execute(delete(holds).where(holds.c.work == work))

    def held(self) -> frozenset[str]:
        """The assignments of which nothing is judged for now."""
        with self._store.reading() as connection:
            return frozenset(connection.execute(select(holds.c.work)).scalars())


def _errand(row: Mapping[Any, Any]) -> Errand:
    return Errand(
        row["number"],
        ErrandKind(row["kind"]),
        row["work"],
        json.loads(row["wanted"]),
        row["by"],
        row["asked"],
        ErrandState(row["state"]),
        row["done"],
        row["total"],
        None if row["state"] in _OPEN else row["ended"],
        json.loads(row["told"]),
    )
