"""A zip that a student handed in is opened: its notebook is taken, or a sentence says why not."""

import random
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hostile_archives import ADA, HONEST, with_honest
from packing import Inbox, entry, put, tarred, zipped

from autograder.domain.submission import ReceivedBy

NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4}'
PACKED = zipped({"gradients.ipynb": NOTEBOOK, "data.csv": b"1,2", "__MACOSX/gradients.ipynb": b"x"})


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "bob/gradients.zip",
        "bob/gradients/Gradients final.ZIP",
        "submitted/bob/gradients/hand-in.zip",
        "Bob Jones_1234_assignsubmission_file_/gradients.zip",
        "Bob Jones_1234_assignsubmission_file_gradients.zip",
        "jonesbob_1234_567890_gradients.zip",
    ],
)
@pytest.mark.parametrize("packing", ["zip", "tar", "folder"])
def test_the_notebook_in_a_students_zip_is_taken(inbox: Inbox, name: str, packing: str) -> None:
    files = {name: PACKED, "README.txt": b"x"}
    source = put(inbox.root / "class", files) if packing == "folder" else None
    collected, _ = inbox.collect(source or (tarred(files) if packing == "tar" else zipped(files)))
    (one,) = collected
    assert (one.student, one.blob) == ("bob", sha256(NOTEBOOK).hexdigest())
    assert one.filename.endswith("/gradients.ipynb")


def test_it_was_received_when_the_zip_was(inbox: Inbox) -> None:
    """The times within a zip are the student's."""
    old = zipped([(entry("gradients.ipynb", when=(2020, 1, 1, 0, 0, 0)), NOTEBOOK)])
    (one,), _ = inbox.collect(zipped({"bob/g.zip": old}))
    assert (one.received.year, one.received_by) == (2026, ReceivedBy.FILE_TIME)
    stamp = b"2026-10-12 15:30:00.123456 UTC"
    files = {
        "ada/gradients/g.zip": zipped(
            {"gradients.ipynb": NOTEBOOK, "timestamp.txt": b"2026-01-01 00:00:00 UTC"}
        ),
        "ada/gradients/timestamp.txt": stamp,
    }
    (one,), _ = inbox.collect(put(inbox.root / "class", files))
    assert (one.received.isoformat(), one.received_by) == (
        "2026-10-12T15:30:00.123456+00:00",
        ReceivedBy.TIMESTAMP,
    )


def test_a_notebook_beside_the_zip_goes_before_the_one_in_it(inbox: Inbox) -> None:
    files = {"bob/gradients.zip": PACKED, "bob/gradients.ipynb": b"{}"}
    (one,), notices = inbox.collect(zipped(files))
    assert one.filename == "gradients.ipynb"
    assert any("2 different notebooks" in notice.what for notice in notices)


def test_a_zip_that_claims_to_be_anothers_is_its_owners(inbox: Inbox) -> None:
    inbox.collect(with_honest((entry("bob/x.zip"), zipped({HONEST[0]: b"bob's"}))))
    assert inbox.files() == {**ADA, "bob": b"bob's"}


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "damaged": (lambda: b"PK\x03\x04 no zip", "is a damaged zip"),
    "many entries": (lambda: zipped({f"{k}.csv": b"" for k in range(1001)}), "1001 entries"),
    "a way out": (lambda: zipped({"../../ada/gradients.ipynb": b"{}"}), "leads out of its folder"),
    "a bomb": (lambda: zipped({"gradients.ipynb": b" " * 50_000_000}), "as a bomb does"),
    "a link": (
        lambda: zipped([(entry("gradients.ipynb", mode=0o120777), b"/etc/passwd")]),
        "is a symbolic link",
    ),
    "too large": (lambda: zipped([(entry("big.csv"), random.Random(0).randbytes(1_500_000))]), "MB"),
}


@pytest.mark.parametrize("bad", BAD)
def test_what_cannot_be_taken_is_told_and_costs_nobody_else(inbox: Inbox, bad: str) -> None:
    make, words = BAD[bad]
    collected, notices = inbox.collect(with_honest((entry("bob/g.zip"), make())))
    assert [one.student for one in collected] == [HONEST[0].partition("/")[0]]
    assert any(words in notice.what for notice in notices), notices
    assert inbox.files() == ADA


def test_of_many_zips_the_first_twenty_are_opened(inbox: Inbox) -> None:
    many = [(entry(f"bob/{k:02}.zip"), zipped({"notes.csv": b""})) for k in range(22)]
    _, notices = inbox.collect(with_honest(*many))
    assert sum("more than 20 zips" in notice.what for notice in notices) == 2
