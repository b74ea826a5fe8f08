"""Opening a store: nothing lost is begun anew, the tables are brought up to date, the end is checked."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Connection, Engine

from autograder.access import Access
from autograder.domain.counts import describe_count
from autograder.errors import StoreError
from autograder.gradebook.chain import BACKUP, find_end
from autograder.gradebook.connect import connect
from autograder.gradebook.custody import ChainEnd, Custody
from autograder.gradebook.schema import CHAINED, EARLIER, READABLE, make_or_upgrade, read_version
from autograder.gradebook.tables import SCHEMA


@dataclass(frozen=True, slots=True)
class Opening:
    """What a store is opened with."""

    url: URL
    place: str
    """As messages name it."""
    custody: Custody | None
    read_only: bool
    patience: float
    clock: Callable[[], datetime]
    trusting: bool = False
    """Take the store as it is, to be checked whole: ask only that it is not lost."""

    def open(self) -> Engine:
        """The engine of a store that is as its course left it. Raises StoreError."""
        custody = self.custody
        if custody is None:
            return self._connect()
        if self.read_only:
            if self._is_empty_file():
                self._refuse_lost(custody)
            return self._connect()
        # Under the lock, that nobody else has begun it and we take the file of a moment ago for lost.
        with custody.lock(self.patience) if self._is_empty_file() else nullcontext():
            self._begin(custody)
            engine = self._connect()
        # Not before it is begun: a program killed in between would have made a damage of nothing.
        custody.remember(self.clock())
        return engine

    def _connect(self) -> Engine:
        access = self.custody.access if self.custody else Access()
        engine = connect(self.url, read_only=self.read_only, patience=self.patience, access=access)
        try:
            self._check(engine)
        except BaseException:
            engine.dispose()
            raise
        return engine

    def _is_empty_file(self) -> bool:
        """Whether the store is a file in which there is nothing, or that is not there."""
        if self.url.get_backend_name() != "sqlite":
            return False
        file = Path(str(self.url.database))
        return not file.exists() or (file.is_file() and file.stat().st_size == 0)

    def _refuse_lost(self, custody: Custody, found: str | None = None) -> None:
        """Raise StoreError where entries were recorded: here is nothing, or a store of version `found`."""
        head = custody.read()
        if not custody.has_begun and (head is None or (head.genuine and not head.length)):
            return
        known = (
            f", and {describe_count(head.length, 'entry was', 'entries were')} recorded"
            if head and head.genuine and head.length
            else ""
        )
        if found is None and head is None:
            what = f"the gradebook that was begun here is gone, and .autograder/head with it; {BACKUP}"
        elif found is None:
            what = f"the gradebook is empty or gone{known}; {BACKUP}"
        else:
            what = f"this is an older copy of the gradebook{known} since; put the newer one back"
        raise StoreError(f"{self.place}: {what}; to begin anew on purpose, put all of .autograder aside")

    def _begin(self, custody: Custody) -> None:
        """Say that a store is going to be made here, unless there was one."""
        if not self._is_empty_file():
            return
        self._refuse_lost(custody)
        if custody.read() is None:
            if Path(str(self.url.database)).exists():
                # We say that we begin before we make the file.
                raise StoreError(
                    f"{self.place}: the gradebook is empty, and nothing says that it was ever begun: bring "
                    "back a backup, or delete the file if nothing was recorded"
                )
            custody.write(ChainEnd())

    def _check(self, engine: Engine) -> None:
        custody = self.custody
        with engine.connect() as connection:
            version = read_version(connection, self.place)
            if version == SCHEMA and (custody is None or self.trusting or self._fits(connection, custody)):
                return
        if custody is None:
            if version is None or version < READABLE:
                raise StoreError(f"{self.place}: {EARLIER}")
            return
        with custody.lock(self.patience):
            with engine.connect() as connection:
                found = read_version(connection, self.place)
            if found != SCHEMA:
                chained = found is not None and found >= CHAINED
                # One that has a chain is told from an older copy of it by where that ends.
                if not chained:
                    self._refuse_lost(custody, found)
                if self.read_only and (found is None or found < READABLE):
                    raise StoreError(f"{self.place}: {EARLIER}")
                if self.read_only and not chained:
                    return
                if not self.read_only:
                    make_or_upgrade(engine, custody, place=self.place, url=self.url, now=self.clock())
            with engine.connect() as connection:
                find_end(connection, custody, place=self.place, mend=not self.read_only)

    def _fits(self, connection: Connection, custody: Custody) -> bool:
        """Whether store and head agree without the lock; if not, somebody may just be writing."""
        try:
            head = custody.read()
            return find_end(connection, custody, place=self.place, trust=True) == head
        except StoreError:
            return False
