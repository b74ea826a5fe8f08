"""The chain over all that is recorded: a link seals one row, and the link before it.

A link is an HMAC, under a key of the course's, of its number, its transaction, what kind of row it seals,
which one, the salted hash of the row, and the link before. Whoever has the store alone can change nothing,
take nothing out and put nothing in without a link that no longer fits. A row can be erased all the same: its
salt goes, without which the hash tells nothing of it, and a link of its own says so.
"""

import hmac
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Table,
    Text,
    TypeDecorator,
    bindparam,
    func,
    select,
    type_coerce,
    update,
)

from autograder.domain.counts import describe_count
from autograder.errors import StoreError
from autograder.gradebook.connect import WRITING
from autograder.gradebook.custody import ChainEnd, Custody
from autograder.gradebook.tables import blobs, chain, metadata, report_marks

BEGUN, TAKEN_OVER, ERASED, ACCEPTED, UPGRADED = "begun", "taken over", "erased", "accepted", "upgraded"
RESTORED, PERSON_ERASED = "restored", "person erased"
"""Kinds of links that seal no row: the first of a new store, of an older one, and what was done to it."""

UNSEALING = frozenset((BEGUN, TAKEN_OVER, ERASED, ACCEPTED, UPGRADED, RESTORED, PERSON_ERASED))
LEFT = "left of "
"""What stands before the name of a table in a link that seals what is left of an erased row; of one that was
erased twice it stands there twice."""
_MOST_LEFT = 20

BACKUP = "bring back a backup of .autograder (`autograder restore BACKUP FOLDER`)"
_DOCTOR = "`autograder doctor --store` tells more"


def seal_row(salt: bytes, values: Sequence[Any]) -> str:
    """The salted hash of a row's values as they are stored, in the order of the table's columns."""
    digest = sha256(salt)
    for value in values:
        content = value if isinstance(value, bytes) else str(value).encode()
        kind = next((kind.__name__ for kind in (bytes, str, int) if isinstance(value, kind)), "none")
        digest.update(f"{kind} {len(content)} ".encode())
        digest.update(content)
    return digest.hexdigest()


def make_link(key: bytes, link: Mapping[Any, Any], previous: str) -> str:
    """The HMAC of a link whose other columns are `link`."""
    told = [*(link[name] for name in ("number", "batch", "kind", "row", "seal")), previous]
    return hmac.digest(key, json.dumps(told).encode(), "sha256").hex()


def sealed_tables() -> list[Table]:
    """Every table but the chain itself, and but the marks, which carry seals of their own."""
    return [table for table in metadata.sorted_tables if table not in (chain, report_marks)]


def read_stored(connection: Connection, table: Table) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Key and values of every row as they are stored, in no order."""
    plain = [plain_column(column) for column in table.columns]
    # A few at a time: the files of a class need not fit in memory.
    rows = connection.execute(select(*table.primary_key, *plain), execution_options={"yield_per": 50})
    return ((row[0], tuple(row[1:])) for row in rows)


def plain_column(column: Column[Any]) -> ColumnElement[Any]:
    """A column whose values are read as they are stored: a time as it is spelt, a person as a number."""
    return type_coerce(column, Text).label(column.name) if isinstance(column.type, TypeDecorator) else column


class Pen:
    """Links what one transaction adds. The links are written at its end, all at once."""

    def __init__(self, custody: Custody, *, place: str, end: ChainEnd | None = None) -> None:
        self._custody = custody
        self._place = place
        self._end = end
        self._links: list[dict[str, Any]] = []

    def link_row(self, connection: Connection, table: Table, row: Mapping[str, Any], key: object) -> None:
        """Seal a row that was added, under its primary key."""
        whole = {**{column.name: key for column in table.primary_key}, **row}
        dialect = connection.dialect
        stored = [_stored(whole.get(c.name), c.type, dialect) for c in table.columns]
        # The file of somebody who was erased is handed in by somebody else: it has its name again.
        known = connection.execute(_LINKS_OF_FILE, {"hash": key}).scalar_one() if table is blobs else 0
        self._seal_again(connection, table, key, stored, known)

    def seal(self, connection: Connection, table: Table, stored: Sequence[Any], key: object) -> None:
        """Link a row by its values as they are stored."""
        salt = os.urandom(16)
        self.append(connection, table.name, str(key), salt=salt.hex(), seal=seal_row(salt, stored))

    def append(
        self, connection: Connection, kind: str, row: str, *, salt: str | None = None, seal: str = ""
    ) -> None:
        """Add a link."""
        before = self._end = self._end or find_end(connection, self._custody, place=self._place)
        batch = before.batch if self._links else before.batch + 1
        made = {"number": before.length + 1, "batch": batch, "kind": kind, "row": row, "seal": seal}
        link = make_link(self._custody.key, made, before.link)
        self._links.append({**made, "salt": salt, "link": link})
        store = before.store or row.split(" ")[0]
        self._end = ChainEnd(store, before.length + 1, batch, link)

    def erase(self, connection: Connection, table: Table, key: object) -> None:
        """Say that a row is erased, and forget its salt; what becomes of the row itself is the caller's."""
        *_, link = _links_of(connection, table, [key])[str(key)]
        connection.execute(update(chain).where(chain.c.number == link).values(salt=None))
        self.append(connection, ERASED, str(link))

    def seal_left(self, connection: Connection, table: Table, key: object) -> None:
        """Link what is left of an erased row, as it stands in the store."""
        kept = select(*(plain_column(c) for c in table.columns)).where(table.primary_key.columns[0] == key)
        times = len(_links_of(connection, table, [key])[str(key)])
        self._seal_again(connection, table, key, tuple(connection.execute(kept).one()), times)

    def replace(self, connection: Connection, table: Table, rows: Mapping[Any, Sequence[Any]]) -> None:
        """Erase rows as they were and seal what now stands there: the values as they are stored, by key."""
        before = _links_of(connection, table, rows)
        last = [{"which": links[-1]} for links in before.values()]
        connection.execute(update(chain).where(chain.c.number == bindparam("which")).values(salt=None), last)
        for key, stored in rows.items():
            links = before[str(key)]
            self.append(connection, ERASED, str(links[-1]))
            self._seal_again(connection, table, key, stored, len(links))

    def _seal_again(
        self, connection: Connection, table: Table, key: object, stored: Sequence[Any], times: int
    ) -> None:
        salt = os.urandom(16)
        seal = seal_row(salt, stored)
        self.append(connection, LEFT * times + table.name, str(key), salt=salt.hex(), seal=seal)

    def write(self, connection: Connection) -> ChainEnd | None:
        """Write the links; return where the chain ends once the transaction is committed, if it grew."""
        if not self._links:
            return None
        connection.execute(chain.insert(), self._links)
        return self._end


@contextmanager
def writing(
    engine: Engine, custody: Custody, *, place: str, end: ChainEnd | None = None
) -> Iterator[Connection]:
    """A transaction that writes: what it adds is linked in it, and the head is written after its commit.

    `end` is where the chain ends, where the caller knows; the caller holds the lock of `custody`.
    """
    pen = Pen(custody, place=place, end=end)
    with engine.connect() as plain:
        connection = plain.execution_options(**{WRITING: pen})
        with connection.begin():
            yield connection
            reached = pen.write(connection) if connection.in_transaction() else None
    if reached is not None:
        custody.write(reached)


def find_end(
    connection: Connection, custody: Custody, *, place: str, mend: bool = True, trust: bool = False
) -> ChainEnd:
    """Where the chain ends, which must be where the head says, or one transaction further: then it is mended.

    Called with the writers' lock: only then do store and head belong together.

    Args:
        connection: to the store.
        custody: the key and the head.
        place: of the store, for messages.
        mend: write a head that is one transaction behind.
        trust: the head may say what it likes.

    Raises:
        StoreError: anything else is damage.
    """
    end = _check_links(connection, custody, place)
    if trust:
        return end
    head = custody.read()
    if head is None or not head.genuine:
        what = "is lost" if head is None else "is not what was written"
        raise StoreError(
            f"{custody.file}: the file that says where the gradebook ends {what}; {BACKUP}, or see with "
            "`autograder doctor --store` that the gradebook is whole and add --accept"
        )
    if head == end:
        return end
    _compare(connection, head, end, place)
    if mend:
        custody.write(end)
    return end


def _check_links(connection: Connection, custody: Custody, place: str) -> ChainEnd:
    """The end of the chain by its first and its last link, which must be signed with the key."""
    key = custody.key
    last = connection.execute(_LAST).mappings().all()
    previous = last[1]["link"] if len(last) > 1 else ""
    whole = bool(last) and make_link(key, last[0], previous) == last[0]["link"]
    # The beginning is checked once: this is asked for every submission.
    if not (whole and custody.store):
        first = connection.execute(_FIRST).mappings().one_or_none()
        if first is None or first["kind"] not in (BEGUN, TAKEN_OVER):
            raise StoreError(f"{place}: the beginning of the gradebook is lost; {BACKUP}")
        begun = make_link(key, first, "") == first["link"]
        head = custody.read()
        if not begun and not whole and head and head.genuine and head.length:
            raise StoreError(
                f"{place}: this gradebook belongs to another course: it was written with another secret than "
                f".autograder/head was; put the one of this course back, or {BACKUP}"
            )
        if not begun and not whole:
            raise StoreError(
                f"{place}: the gradebook was not written with the course's secret as it is today; bring back "
                ".autograder/secret from a backup (with another secret, everybody would get other cases)"
            )
        if not begun or not whole:
            raise StoreError(f"{place}: the gradebook was edited or is damaged; {BACKUP} ({_DOCTOR})")
        custody.store = first["row"].split(" ")[0]
    return ChainEnd(custody.store, last[0]["number"], last[0]["batch"], last[0]["link"])


def _compare(connection: Connection, head: ChainEnd, end: ChainEnd, place: str) -> None:
    """Raise StoreError unless the store is ahead of its head by the one transaction that a kill explains."""
    if head.store and head.store != end.store:
        raise StoreError(
            f"{place}: this is another gradebook than the one that was kept here before; put that one back"
        )
    if head.length >= end.length:
        entries = describe_count(head.length, "entry", "entries")
        raise StoreError(
            f"{place}: the gradebook ends after {end.length} of the {entries} "
            f"recorded: it was cut, or an older copy was put in its place; {BACKUP}, or keep this one "
            "knowingly with `autograder doctor --store --accept`"
        )
    at_head = connection.execute(
        select(chain.c.link, chain.c.batch).where(chain.c.number == head.length)
    ).one_or_none()
    known = head.length == 0 or (at_head is not None and tuple(at_head) == (head.link, head.batch))
    if not known:
        raise StoreError(f"{place}: the gradebook has other entries than were recorded; {BACKUP} ({_DOCTOR})")
    if end.batch != head.batch + 1:
        entries = describe_count(head.length, "entry", "entries")
        raise StoreError(
            f"{place}: by .autograder/head the gradebook has {entries}, and it has "
            f"{end.length}: an older copy of one of them was put back; {BACKUP}, or keep them knowingly with "
            "`autograder doctor --store --accept`"
        )


def _stored(value: Any, kind: Any, dialect: Dialect) -> Any:
    """A value as the database holds it."""
    return kind.process_bind_param(value, dialect) if isinstance(kind, TypeDecorator) else value


def _kinds_of(table: Table) -> list[str]:
    return [LEFT * times + table.name for times in range(_MOST_LEFT)]


def _links_of(connection: Connection, table: Table, keys: Iterable[object]) -> dict[str, list[int]]:
    """The links of rows by their keys, the oldest first: the last one seals what stands there."""
    wanted = select(chain.c.row, chain.c.number).where(
        chain.c.kind.in_(_kinds_of(table)), chain.c.row.in_([str(key) for key in keys])
    )
    found: dict[str, list[int]] = {}
    for row, number in connection.execute(wanted.order_by(chain.c.number)):
        found.setdefault(row, []).append(number)
    return found


_LAST = select(chain).order_by(chain.c.number.desc()).limit(2)
_FIRST = select(chain).where(chain.c.number == 1)
_LINKS_OF_FILE = select(func.count()).where(
    chain.c.kind.in_(_kinds_of(blobs)), chain.c.row == bindparam("hash")
)
"""Asked in every transaction that writes, and composed once."""
