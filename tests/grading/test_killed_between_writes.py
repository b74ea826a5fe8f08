"""Killed between any two things that write, a run is completed by the next: the store, and its files.

A fault injector and not chance: a child does a scenario and dies before its n-th write: for every n there is
when the tests soak, and every day for one of each kind of write. Writes are statements and commits of the
database, and calls that make, open for writing, move, remove or change files; a file that is opened for
writing is also left empty once.
"""

import grp
import os
import re
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from autograder.access import Access, write_whole
from autograder.course.folder import CourseFolder
from autograder.domain.course import AssignmentSettings, Course
from autograder.domain.handmark import HandMark
from autograder.domain.receipt import Receipt
from autograder.domain.report import CriterionMark, Isolation, Outcome, Report, Verdict
from autograder.domain.sentences import authored
from autograder.domain.submission import ReceivedBy, Submission
from autograder.gradebook.store import Gradebook
from autograder.grading.batch import grade_pending
from autograder.grading.grader import GradedSubmission
from autograder.grading.report_files import ReportFiles, render_page
from autograder.grading.workers import ThisProcess
from autograder.marking import record as marking
from autograder.marking.table import Marked

GROUP = grp.getgrgid(os.getegid()).gr_name
OLD_STORE = Path(__file__).parents[1] / "gradebook" / "stores" / "273cb60.sqlite"
NOON = datetime(2026, 10, 12, 12, 0, tzinfo=UTC)
COURSE = Course(
    "small",
    "Small",
    "Europe/Paris",
    (AssignmentSettings("small", "S", Fraction(1)),),
)
Scenario = Callable[[Path], None]


def submission(student: str, content: bytes = b"{}", hour: int = 12) -> Submission:
    received = NOON.replace(hour=hour)
    return Submission(student, "small", content, received, ReceivedBy.SERVER, "small.ipynb")


def judge(one: Submission, revision: str = "r1") -> Report:
    """A report that says by its revision and the size of the file what it is of, and awaits a mark."""
    figure = Verdict("written-2", Fraction(1), Outcome.AWAITING_MARK, None, authored("By hand."), "Figure")
    code = Verdict("double", Fraction(2), Outcome.RIGHT, Fraction(1), authored(f"{len(one.content)}"))
    return Report(Receipt.of(one), revision, (code, figure), Isolation(2), NOON)


def recipe() -> Callable[[Submission], GradedSubmission]:
    def tool(one: Submission) -> GradedSubmission:
        report = judge(one)
        return GradedSubmission(report, render_page(report, COURSE))

    return tool


def group_of(root: Path) -> str:
    """The Unix group a course is shared with: the one that is told by a file in it, if there is one."""
    told = root / "group"
    return told.read_text() if told.exists() else ""


def opened(root: Path) -> Gradebook:
    folder = CourseFolder(root, access=Access(group_of(root)))
    return Gradebook.open(folder.store_url, folder.custody(), clock=lambda: NOON)


def files(root: Path) -> ReportFiles:
    return ReportFiles(root / "reports" / "small", replace(COURSE, group=group_of(root)))


def grade(root: Path, *arrivals: Submission) -> None:
    with opened(root) as book:
        access = Access(group_of(root))
        for path in [*access.find_wide([root / ".autograder", root / "reports"])]:
            access.set(path)
        grade_pending("small", arrivals, book, recipe, files(root), workers=ThisProcess())


def grade_first(root: Path) -> None:
    """Everything from nothing: the secret, the store, its tables, submissions, reports, files."""
    grade(root, submission("ada"), submission("bob"))


def grade_resubmission(root: Path) -> None:
    grade(root, submission("ada", b"{} ", 13), submission("bob"))


def regrade(root: Path) -> None:
    """Another revision judges what has a report, and the files follow."""
    with opened(root) as book:
        for one in book.latest_submissions("small"):
            book.record(judge(one, "r2"))
        files(root).complete(book, "small")


def mark_by_hand(root: Path) -> None:
    """What `mark --csv` does with a table that was read."""
    rubric = (CriterionMark("all of it", Fraction(1), Fraction(1, 2)),)
    with opened(root) as book:
        [blob] = {report.receipt.blob for report in book.latest_reports("small", students=["ada"])}
        mark = HandMark("ada", "small", "Figure", blob, rubric, "Well.", "mentor", NOON)
        marking.read_tables = lambda *_, **__: Marked((mark, replace(mark, student="bob")))  # type: ignore[assignment]
        marking.record([], [], book, files(root), marker="mentor", now=NOON)


def share(root: Path) -> None:
    """The course names a group: what is there gets its rights, what comes is made with them."""
    (root / "group").write_text(GROUP)


def put_old_store(root: Path) -> None:
    """A store of an earlier version, and its secret."""
    state = root / ".autograder"
    Access().make_folder(state)
    shutil.copyfile(OLD_STORE, state / "gradebook.sqlite")
    write_whole(state / "secret", "5e" * 32)


def upgrade(root: Path) -> None:
    """A store of an earlier version is copied and gets its chain; then grading goes on."""
    grade(root, submission("ada", b"{} ", 13))
    [copy] = (root / ".autograder").glob("gradebook.before_*")
    assert dump(copy) == dump(OLD_STORE)


def dump(store: Path) -> list[str]:
    """All of a store, as statements."""
    with closing(sqlite3.connect(store)) as connection:
        return list(connection.iterdump())


class Killer:
    """Dies before the n-th write."""

    FILE_EVENTS = frozenset(
        ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.chown", "os.link", "os.truncate")
    )

    def __init__(self, left: int, root: Path, log: Path | None) -> None:
        self._left, self._root = left, str(root)
        self._log = log.open("a") if log else None
        sys.addaudithook(self._audit)
        event.listen(Engine, "before_cursor_execute", self._statement)
        event.listen(Engine, "commit", lambda _connection: self.count("commit"))
        real = os.open

        def open_and_count(path: Any, flags: int, *arguments: Any, **options: Any) -> int:
            descriptor = real(path, flags, *arguments, **options)
            if flags & (os.O_WRONLY | os.O_RDWR):
                self.count(f"opened {kind_of(path)}")
            return descriptor

        os.open = open_and_count

    def count(self, kind: str) -> None:
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1
        if self._log:
            print(kind, file=self._log, flush=True)

    def _audit(self, name: str, arguments: tuple[Any, ...]) -> None:
        ours = bool(arguments) and str(arguments[0]).startswith(self._root)
        writes = name == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if ours and (writes or name in self.FILE_EVENTS):
            self.count(f"{name} {kind_of(arguments[0])}")

    def _statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
            self.count(" ".join(statement.split()[:3]))


def kind_of(path: Any) -> str:
    """What a file is, whosever it is."""
    return Path(os.fsdecode(path)).name if isinstance(path, str | bytes | os.PathLike) else ""


def run(scenario: Scenario, root: Path, *, die_before: int = -1, log: Path | None = None) -> bool:
    """Do a scenario in a child, which may die or note its writes; return whether it came to its end."""
    child = os.fork()
    if child == 0:
        try:
            if die_before >= 0 or log:
                Killer(die_before, root, log)
            scenario(root)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFEXITED(status)


def named(row: tuple[Any, ...], whose: dict[str, str]) -> tuple[Any, ...]:
    """A row with students in the place of the numbers that stand for them."""
    pattern = re.compile("|".join(map(re.escape, whose)) or "(?!)")
    return tuple(
        pattern.sub(lambda found: f"of {whose[found[0]]}", value) if isinstance(value, str) else value
        for value in row
    )


def state(root: Path) -> tuple[dict[str, list[Any]], dict[str, tuple[int, bytes]]]:
    """All rows but the links, whose salts are drawn; and all files, of .autograder only names and rights."""
    folder = CourseFolder(root, access=Access(group_of(root)))
    with Gradebook.open(folder.store_url, read_only=True) as book:
        found = book.check(folder.custody())
    assert found.faults == ()
    with closing(sqlite3.connect(folder.store_url)) as connection:
        made = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'chain'")
        # The database's own tables, of counters and the like, record nothing.
        names = [name for (name,) in made if not name.startswith("sqlite_")]
        tables = {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in names}
    # Numbers that stand for people are drawn; whose they are must be the same.
    whose = {number: student for _, number, student in tables["people"]}
    tables = {name: [named(row, whose) for row in rows] for name, rows in tables.items()}
    # Their last column is sealed by the secret, which is another one wherever it is drawn.
    tables["report_marks"] = [row[:-1] for row in tables["report_marks"]]
    own = (folder.state, *folder.state.glob("*"))
    contents = {
        str(path.relative_to(root)): (
            path.stat().st_mode,
            b"" if path in own or path.is_dir() else path.read_bytes(),
        )
        for path in root.rglob("*")
        if not path.name.endswith(("-wal", "-shm"))
    }
    return tables, contents


SCENARIOS: dict[str, tuple[list[Scenario], Scenario]] = {
    "the first run": ([], grade_first),
    "a re-submission": ([grade_first], grade_resubmission),
    "a regrade": ([grade_first], regrade),
    "a re-submission of what was marked": ([grade_first, mark_by_hand], grade_resubmission),
    "marks by hand": ([grade_first], mark_by_hand),
    "a store of an earlier version": ([put_old_store], upgrade),
    "the first run for a group": ([share], grade_first),
    "a group that is named later": ([grade_first, mark_by_hand, share], grade_resubmission),
}


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.soak)], ids=["some", "every"])
@pytest.mark.parametrize(("before", "scenario"), SCENARIOS.values(), ids=SCENARIOS.keys())
def test_a_run_killed_before_any_of_its_writes_is_completed_by_the_next(
    tmp_path: Path, before: list[Scenario], scenario: Scenario, *, every: bool
) -> None:
    """Store and files are to the byte those of an undisturbed run, and nothing else is left."""
    start, undisturbed = tmp_path / "start", tmp_path / "undisturbed"
    start.mkdir()
    for each in before:
        assert run(each, start)
    shutil.copytree(start, undisturbed)
    log = tmp_path / "log"
    assert run(scenario, undisturbed, log=log)
    told, kinds = state(undisturbed), log.read_text().splitlines()
    assert len(kinds) > 15
    for moment in range(len(kinds) + 1) if every else choose(kinds):
        root = tmp_path / str(moment)
        shutil.copytree(start, root)
        assert run(scenario, root, die_before=moment) == (moment == len(kinds))
        assert run(scenario, root)
        assert state(root) == told, f"killed before write {moment}: {[*kinds, 'none'][moment]}"
        shutil.rmtree(root)


def choose(kinds: list[str]) -> list[int]:
    """Four moments: of the first of each kind of write as many, as far apart as there are."""
    first = [moment for moment, kind in enumerate(kinds) if kind not in kinds[:moment]]
    return [first[len(first) * part // 4] for part in range(4)]
