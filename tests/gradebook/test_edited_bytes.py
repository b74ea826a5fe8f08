"""One bit of a gradebook's file is another: reading says so in a sentence, or nothing recorded is another."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from autograder.errors import StoreError
from autograder.gradebook.custody import Custody
from autograder.gradebook.marks import MarkedSubmission
from autograder.gradebook.store import Gradebook

STORE = Path(__file__).parent / "stores" / "273cb60.sqlite"


@pytest.fixture
def custody(tmp_path: Path) -> Custody:
    return Custody(lambda: b"s" * 32, tmp_path / "head")


@pytest.fixture
def store(tmp_path: Path, custody: Custody) -> Path:
    """With reports, marks by hand and attempts at a quiz; all of it in the file itself."""
    store = tmp_path / "gradebook.sqlite"
    shutil.copyfile(STORE, store)
    Gradebook.open(store, custody).close()
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return store


def read_everything(store: Path, custody: Custody) -> bool:
    """What commands read, one after the other; whether the last of them, the check, found all whole."""
    for trusting in (False, True):
        try:
            with Gradebook.open(store, custody, read_only=True, trusting=trusting) as book:
                list(book.latest_reports("small"))
                list(book.reports("small"))
                list(book.latest_submissions("small"))
                book.hand_marks.of("small")
                book.quizzes.snapshot("sample")
                book.quizzes.attempts("sample")
                for student in ("ada", "ben", "cleo", "dora"):
                    for event in book.history(student):
                        book.content(event.blob)
        except StoreError as error:
            assert len(str(error).splitlines()) == 1
    try:
        with Gradebook.open(store, custody, trusting=True) as book:
            return not book.check(custody).faults
    except StoreError as error:
        assert len(str(error).splitlines()) == 1
    return False


def rows(store: Path) -> list[list[Any]]:
    """All that is recorded: a table's own text may be spelt otherwise and mean the same."""
    with closing(sqlite3.connect(store)) as connection:
        found = connection.execute("SELECT lower(name) FROM sqlite_master WHERE type = 'table' ORDER BY 1")
        # The database's own tables, of counters and the like, record nothing; nor do copies of marks, each of
        # which has a seal of its own: see `marks`.
        own = ("sqlite_", "report_marks")
        names = [name for (name,) in found.fetchall() if not name.startswith(own)]
        every = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}
    # The salts of the chain are hexadecimal numbers: capitals mean the same.
    every["chain"] = [tuple(str(value).lower() for value in row) for row in every["chain"]]
    return [sorted(found, key=repr) for found in every.values()]


def marks(store: Path, custody: Custody) -> tuple[MarkedSubmission, ...]:
    """The marks of the class, by copies where their seals fit; nothing of a store that cannot be read."""
    try:
        with Gradebook.open(store, custody, read_only=True) as book:
            return book.marked_submissions()
    except StoreError as error:
        assert len(str(error).splitlines()) == 1
        return ()


@pytest.mark.parametrize("flips", [25, pytest.param(3000, marks=pytest.mark.soak)])
def test_no_edited_bit_goes_unnoticed_and_none_ends_in_a_traceback(
    store: Path, custody: Custody, flips: int
) -> None:
    whole, recorded, drawn = store.read_bytes(), rows(store), Random(flips)
    marked = marks(store, custody)
    assert any(each.marks for each in marked)
    written = [place for place, byte in enumerate(whole) if byte]
    found = 0
    for _ in range(flips):
        edited = bytearray(whole)
        edited[drawn.choice(written)] ^= 1 << drawn.randrange(8)
        store.write_bytes(edited)
        for beside in store.parent.glob("gradebook.sqlite-*"):
            beside.unlink()
        if read_everything(store, custody):
            assert rows(store) == recorded
            assert marks(store, custody) in (marked, ())
        else:
            found += 1
    assert found > flips / 2
