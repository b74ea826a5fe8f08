"""Long reports are packed in the store, and come out as they went in, whatever students printed."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from latest_report import latest_report

from autograder.course.folder import CourseFolder
from autograder.domain.receipt import Receipt
from autograder.domain.report import CellEnding, CellRun, Isolation, Report
from autograder.domain.submission import ReceivedBy, Submission
from autograder.errors import StoreError
from autograder.gradebook.packed_text import pack, unpack
from autograder.gradebook.store import Gradebook

NOON = datetime(2026, 10, 12, 12, 0, tzinfo=UTC)


@given(st.text(st.characters(codec=None)), st.sampled_from([1, 9_000]))
def test_a_text_comes_out_as_it_went_in(text: str, times: int) -> None:
    """Lone surrogates too."""
    assert unpack(pack(text * times)) == text * times


def record(root: Path, printed: str) -> tuple[CourseFolder, Report]:
    folder = CourseFolder(root)
    one = Submission("ada", "small", b"{}", NOON, ReceivedBy.SERVER, "small.ipynb")
    cells = (CellRun(1, CellEnding.RAN, source="x", printed=printed),)
    report = Report(Receipt.of(one), "r1", (), Isolation(2), NOON, cells=cells)
    with Gradebook.open(folder.store_url, folder.custody()) as book:
        book.receive([one])
        book.record(report)
    return folder, report


def test_a_long_report_takes_little_room_names_nobody_and_is_whole(tmp_path: Path) -> None:
    folder, report = record(tmp_path, "a loss of 0.25\n" * 4000)
    with closing(sqlite3.connect(folder.store_url)) as store:
        [[body]] = store.execute("SELECT body FROM reports")
    assert len(body) < 5_000
    assert '"student": "person:' in unpack(body)
    with Gradebook.open(folder.store_url, folder.custody(), read_only=True) as book:
        assert latest_report(book, "small", "ada") == report
    with Gradebook.open(folder.store_url, folder.custody(), trusting=True) as book:
        assert not book.check(folder.custody()).faults


def test_a_short_one_can_be_read_by_anybody_who_opens_the_file(tmp_path: Path) -> None:
    folder, _ = record(tmp_path, "a loss")
    with closing(sqlite3.connect(folder.store_url)) as store:
        [[body]] = store.execute("SELECT body FROM reports")
    assert json.loads(body)["cells"][0]["printed"] == "a loss"


@pytest.mark.parametrize("change", ["substr(body, 1, 400)", "replace(body, 'zlib', 'zlib !')"])
def test_a_damaged_one_is_told_as_any_other(tmp_path: Path, change: str) -> None:
    folder, _ = record(tmp_path, "a loss of 0.25\n" * 4000)
    with closing(sqlite3.connect(folder.store_url)) as store:
        store.execute(f"UPDATE reports SET body = {change}")
        store.commit()
    with (
        Gradebook.open(folder.store_url, folder.custody(), read_only=True) as book,
        pytest.raises(StoreError, match="report 1 cannot be read"),
    ):
        latest_report(book, "small", "ada")
