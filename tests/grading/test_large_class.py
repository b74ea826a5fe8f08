"""A class of thousands is graded in the memory of a few, and what has not changed is not looked at twice."""

import os
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from test_killed_between_writes import COURSE, NOON

from autograder.access import Access
from autograder.course.folder import CourseFolder
from autograder.domain.receipt import Receipt
from autograder.domain.report import CellEnding, CellRun, Isolation, Outcome, Report, Verdict
from autograder.domain.sentences import authored
from autograder.domain.submission import ReceivedBy, Submission
from autograder.gradebook.store import Gradebook
from autograder.grading.batch import grade_pending
from autograder.grading.grader import GradedSubmission
from autograder.grading.report_files import ReportFiles
from autograder.grading.run_stamp import RunStamp
from autograder.grading.workers import ThisProcess

PRINTED = 100_000


def submission(number: int) -> Submission:
    content = f'{{"n": {number}}}'.encode()
    return Submission(f"s{number:03}", "small", content, NOON, ReceivedBy.SERVER, "small.ipynb")


def recipe() -> Callable[[Submission], GradedSubmission]:
    """Every third student is wrong, and everybody prints much."""

    def tool(one: Submission) -> GradedSubmission:
        wrong = int(one.student[1:]) % 3 == 0
        outcome, mark = (Outcome.WRONG, Fraction(0)) if wrong else (Outcome.RIGHT, Fraction(1))
        verdict = Verdict("double", Fraction(2), outcome, mark, authored("So."), "Double")
        cells = (CellRun(1, CellEnding.RAN, source="x", printed=one.student * (PRINTED // 4)),)
        report = Report(Receipt.of(one), "r1", (verdict,), Isolation(2), NOON, cells=cells)
        return GradedSubmission(report, "<p>page</p>")

    return tool


def test_a_run_keeps_nothing_of_what_students_printed(tmp_path: Path) -> None:
    """Of each report there stay a name and a score; what is told at the end is gathered on the way."""
    folder = CourseFolder(tmp_path)
    marks: list[int] = []

    def watch(reports: Iterator[Report], _total: int) -> Iterator[Report]:
        for report in reports:
            marks.append(tracemalloc.get_traced_memory()[0])
            yield report

    with Gradebook.open(folder.store_url, folder.custody(), clock=lambda: NOON) as book:
        arrivals = map(submission, range(60))
        files = ReportFiles(tmp_path / "reports", COURSE)
        tracemalloc.start()
        try:
            batch = grade_pending("small", arrivals, book, recipe, files, workers=ThisProcess(), watch=watch)
        finally:
            tracemalloc.stop()

    assert max(marks[-10:]) - marks[10] < 5 * PRINTED
    assert [each.student for each in batch.reports] == [f"s{number:03}" for number in range(60)]
    [figures] = batch.questions
    assert (figures.mean, figures.common, figures.count) == (Fraction(4, 3), "wrong", 20)
    assert batch.points == 2


class Watched:
    """A course in a folder, and how many submissions were read of it."""

    def __init__(self, root: Path) -> None:
        self.root, self.read = root, 0
        self.folder = CourseFolder(root)
        self.files = ReportFiles(root / "reports", COURSE)
        self.until = datetime.now(UTC) + timedelta(hours=1)
        self.outdated, self.said = "one report is outdated", ""
        """What would be said, and what a run has said."""
        for number in range(3):
            self.hand_in(number, f'{{"n": {number}}}')

    def hand_in(self, number: int, text: str) -> None:
        """Hand in a while ago, as far as the clock of files tells."""
        place = self.root / "submissions" / f"s{number:03}"
        place.mkdir(parents=True, exist_ok=True)
        (place / "small.ipynb").write_text(text)

    def arrivals(self) -> Iterator[Submission]:
        for place in sorted((self.root / "submissions").iterdir()):
            self.read += 1
            content = (place / "small.ipynb").read_bytes()
            yield Submission(place.name, "small", content, NOON, ReceivedBy.SERVER, "small.ipynb")

    def grade(self) -> int:
        """Grade what is pending; how many submissions were read for it."""
        before = self.read
        stamp = RunStamp(
            self.root / "stamp.json",
            Access(),
            self.root / "submissions",
            lambda book: book.last_link(),
            lambda _book, _now: self.until,
            lambda _book: self.outdated,
        )
        with Gradebook.open(self.folder.store_url, self.folder.custody(), clock=lambda: NOON) as book:
            workers = ThisProcess[Submission, GradedSubmission]()
            arrivals = self.arrivals()
            done = grade_pending("small", arrivals, book, recipe, self.files, workers=workers, stamp=stamp)
        self.said = done.outdated
        return self.read - before


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Its clock is an hour ahead of that of files: nothing was handed in a moment ago."""
    monkeypatch.setattr("autograder.grading.run_stamp.time.time", lambda: datetime.now().timestamp() + 3600)
    course = Watched(tmp_path)
    course.grade()
    return course


def test_what_has_not_changed_is_not_read_again(watched: Watched) -> None:
    assert watched.grade() == 0


def test_what_is_outdated_is_said_again_and_not_looked_for(watched: Watched) -> None:
    """The marks of a class are read for it, which takes as long as all else."""
    said, watched.outdated = watched.outdated, "all of them are"
    watched.grade()
    assert watched.said == said
    watched.hand_in(1, '{"n": 8}')
    watched.grade()
    assert watched.said == "all of them are"


def test_another_file_is_seen_whatever_its_times_say(watched: Watched) -> None:
    """As many bytes, and a time that was set back."""
    file = watched.root / "submissions" / "s001" / "small.ipynb"
    before = file.stat()
    watched.hand_in(1, '{"n": 7}')
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert watched.grade() == 3
    with Gradebook.open(watched.folder.store_url, watched.folder.custody(), read_only=True) as book:
        assert len(book.history("s001")) == 2


def test_a_report_that_was_edited_or_is_gone_is_written_again(watched: Watched) -> None:
    for number, change in enumerate((lambda f: f.write_text("100/100"), Path.unlink)):
        page = watched.root / "reports" / f"s00{number}" / "report.html"
        change(page)

        assert watched.grade() == 3
        assert "Small" in page.read_text()
        assert watched.grade() == 0


def test_what_was_recorded_since_is_seen(watched: Watched) -> None:
    """By another command, or on a page."""
    other = Submission("s009", "small", b"{}", NOON, ReceivedBy.SERVER, "small.ipynb")
    with Gradebook.open(watched.folder.store_url, watched.folder.custody(), clock=lambda: NOON) as book:
        book.receive([other])

    assert watched.grade() == 3
    assert (watched.root / "reports" / "s009" / "report.html").is_file()


def test_where_the_clock_changes_grades_all_is_looked_at(watched: Watched) -> None:
    """A day that work is late, an attempt that ends: nothing of it is recorded."""
    watched.until = datetime.now(UTC)
    watched.hand_in(1, '{"n": 8}')
    assert watched.grade() == 3
    assert watched.grade() == 3


def test_a_file_of_this_moment_is_read_again(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another change in the same tick of the clock would leave no trace."""
    monkeypatch.setattr("autograder.grading.run_stamp.time.time", lambda: datetime.now().timestamp() + 1)
    watched.hand_in(1, '{"n": 9}')
    assert watched.grade() == 3
    assert watched.grade() == 3


@pytest.mark.parametrize("text", ["", "{", "[]", '{"seen": 3}', '{"seen": "", "until": "", "reports": ""}'])
def test_a_stamp_that_cannot_be_read_costs_nothing_but_time(watched: Watched, text: str) -> None:
    (watched.root / "stamp.json").write_text(text)
    assert watched.grade() == 3
    assert watched.grade() == 0
