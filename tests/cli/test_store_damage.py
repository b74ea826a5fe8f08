"""A damaged gradebook ends a command with one sentence and exit code 2."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from marking_course import Course

from autograder.cli.main import main
from autograder.course.opened import open_course
from autograder.domain.submission import ReceivedBy, Submission
from autograder.errors import AutograderError, StoreError
from autograder.gradebook.store import Gradebook

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(course: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command with how it ends, in this process."""
    monkeypatch.chdir(course.folder)
    monkeypatch.delenv("AUTOGRADER_STORE", raising=False)

    def call(*arguments: str) -> "subprocess.CompletedProcess[str]":
        monkeypatch.setattr(sys, "argv", ["autograder", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return subprocess.CompletedProcess(arguments, ended.value.code, told.out, told.err)

    return call


NOON = datetime(2026, 10, 12, 12, 0, tzinfo=UTC)


@contextmanager
def opened(course: Course) -> Iterator[Gradebook]:
    with open_course(course.folder).gradebook() as book:
        yield book


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = Course(tmp_path)
    course.hand_in("ada", b"{}")
    assert course.run("grade", "small", "--dry-run").exit_code == 0
    return course


def cut(state: Path) -> None:
    (state / "gradebook.sqlite").write_bytes((state / "gradebook.sqlite").read_bytes()[:20_000])


def empty(state: Path) -> None:
    (state / "gradebook.sqlite").write_bytes(b"")


def delete(state: Path) -> None:
    (state / "gradebook.sqlite").unlink()


def lose_secret(state: Path) -> None:
    (state / "secret").unlink()


def delete_all_but_secret(state: Path) -> None:
    for file in state.glob("[!s]*"):
        shutil.rmtree(file) if file.is_dir() else file.unlink()


def change_secret(state: Path) -> None:
    (state / "secret").write_text("00" * 32)


def lose_head(state: Path) -> None:
    (state / "head").unlink()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut, "bring back a backup"),
        (empty, "the gradebook is empty or gone"),
        (delete, "the gradebook is empty or gone"),
        (delete_all_but_secret, "the gradebook that was begun here is gone, and .autograder/head with it"),
        (lose_secret, "the course's secret is lost"),
        (change_secret, "not written with the course's secret as it is today"),
        (lose_head, "the file that says where the gradebook ends is lost"),
    ],
)
def test_it_is_one_sentence_and_never_a_new_beginning(course: Course, run: Run, damage, said: str) -> None:
    """Whichever command comes first."""
    damage(course.folder / ".autograder")
    for command in (["grade", "small", "--dry-run"], ["grades"], ["grade", "small", "--dry-run"]):
        done = run(*command)
        assert done.returncode == 2, done.stdout + done.stderr
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_the_doctor_checks_the_whole_store(course: Course, run: Run) -> None:
    told = run("doctor", "--store")
    assert (told.returncode, told.stderr) == (0, "")
    assert "0 entries, all as recorded" in told.stdout
    lose_head(course.folder / ".autograder")
    told = run("doctor", "--store")
    assert told.returncode == 2
    assert "is lost" in told.stderr
    told = run("doctor", "--store", "--accept")
    assert told.returncode == 0, told.stderr
    assert "kept knowingly" in told.stdout
    assert run("grade", "small", "--dry-run").returncode == 0


def other_course(state: Path) -> Path:
    """What another course has accumulated by the same steps."""
    other = Course(state.parent.parent / "other")
    other.hand_in("ada", b"{}")
    assert other.run("grade", "small", "--dry-run").exit_code == 0
    return other.folder / ".autograder"


def grow(state: Path) -> None:
    """One more commit: one more student."""
    course = Course(state.parent)
    course.hand_in(f"s{len(list((state.parent / 'submissions/small').iterdir()))}", b"{ }")
    assert course.grade().exit_code in (0, 1)


def take_store_of_another(state: Path) -> None:
    shutil.copy(other_course(state) / "gradebook.sqlite", state / "gradebook.sqlite")


def take_head_of_another(state: Path) -> None:
    shutil.copy(other_course(state) / "head", state / "head")


def take_store_and_head_of_another(state: Path) -> None:
    take_store_of_another(state)
    take_head_of_another(state)


def take_older_store(state: Path) -> None:
    older = (state / "gradebook.sqlite").read_bytes()
    grow(state)
    (state / "gradebook.sqlite").write_bytes(older)


def take_much_older_head(state: Path) -> None:
    older = (state / "head").read_bytes()
    grow(state)
    grow(state)
    (state / "head").write_bytes(older)


def edit_head(state: Path) -> None:
    content = (state / "head").read_bytes()
    (state / "head").write_bytes(content.replace(b'"length": 1', b'"length": 2'))


def empty_head(state: Path) -> None:
    (state / "head").write_bytes(b"")


def empty_both(state: Path) -> None:
    empty(state)
    empty_head(state)


def empty_store_and_lose_head(state: Path) -> None:
    empty(state)
    lose_head(state)


def drop_tables(state: Path) -> None:
    with closing(sqlite3.connect(state / "gradebook.sqlite")) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in names:
            if not name.startswith("sqlite_"):
                connection.execute(f"DROP TABLE {name}")
        connection.commit()


def drop_tables_and_lose_head(state: Path) -> None:
    drop_tables(state)
    lose_head(state)


def empty_secret(state: Path) -> None:
    (state / "secret").write_bytes(b"")


def overwrite_with_text(state: Path) -> None:
    (state / "gradebook.sqlite").write_text("not a database\n" * 2000)


def make_it_a_folder(state: Path) -> None:
    delete(state)
    (state / "gradebook.sqlite").mkdir()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (take_store_of_another, "belongs to another course"),
        (take_head_of_another, "the file that says where the gradebook ends is not what was written"),
        (take_store_and_head_of_another, "not written with the course's secret as it is today"),
        (take_older_store, "it was cut, or an older copy was put in its place"),
        (take_much_older_head, "an older copy of one of them was put back"),
        (edit_head, "the file that says where the gradebook ends is not what was written"),
        (empty_head, "the file that says where the gradebook ends is not what was written"),
        (empty_both, "the gradebook is empty or gone"),
        (empty_store_and_lose_head, "the gradebook that was begun here is gone"),
        (drop_tables, "the gradebook is empty or gone"),
        (drop_tables_and_lose_head, "the gradebook that was begun here is gone"),
        (empty_secret, "is not a secret of 32 bytes"),
        (overwrite_with_text, "is damaged or is no gradebook"),
        (make_it_a_folder, "see that it is a file"),
    ],
)
def test_every_kind_of_damage_has_its_sentence(course: Course, damage, said: str) -> None:
    """For commands that write, that read, and that check; and what is there stays as it is."""
    state = course.folder / ".autograder"
    damage(state)
    before = {file.name: file.read_bytes() for file in state.iterdir() if file.is_file()}
    for command in (["grade", "small", "--dry-run"], ["grades"], ["doctor", "--store"]):
        done = course.run(*command)
        if command[0] == "doctor" and done.exception and isinstance(done.exception, SystemExit):
            assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
            continue
        assert isinstance(done.exception, AutograderError), (command, done.output)
        assert said in str(done.exception)
        assert len(str(done.exception).splitlines()) == 1
    after = {file.name: file.read_bytes() for file in state.iterdir() if file.is_file()}
    assert {name: after[name] for name in before if not name.endswith(("-wal", "-shm"))} == {
        name: content for name, content in before.items() if not name.endswith(("-wal", "-shm"))
    }


def test_a_head_that_is_one_commit_behind_is_mended(course: Course) -> None:
    """As a program that was killed in between leaves it."""
    state = course.folder / ".autograder"
    behind = (state / "head").read_bytes()
    with opened(course) as book:
        book.receive([Submission("bob", "small", b"{}", NOON, ReceivedBy.SERVER, "small.ipynb")])
    ahead = (state / "head").read_bytes()
    assert behind != ahead
    (state / "head").write_bytes(behind)
    assert course.run("grades").exit_code == 0
    assert course.run("grade", "small", "--dry-run").exit_code == 0
    assert (state / "head").read_bytes() == ahead


def test_a_disk_that_is_full_for_the_head(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was recorded before it was to be written is kept, and the next run goes on."""
    real = os.pwrite

    def full(descriptor: int, content: bytes, offset: int) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    course.hand_in("bob", b"{}")
    told = course.grade()
    assert isinstance(told.exception, StoreError), told.output
    assert "No space left on device); make room" in str(told.exception)
    monkeypatch.setattr(os, "pwrite", real)
    assert course.grade().exit_code in (0, 1)
    assert course.run("doctor", "--store").exit_code == 0
    assert {"ada", "bob"} == {path.name for path in (course.folder / "reports/small").iterdir()}


def test_a_course_of_today_remembers_from_its_next_run_on(course: Course) -> None:
    """The secret's file is the only one that says nothing yet; it stays the same secret."""
    secret = course.folder / ".autograder" / "secret"
    lines = secret.read_text().splitlines()
    assert [len(lines), len(lines[0])] == [2, 64]
    secret.write_text(lines[0])
    assert course.run("grades").exit_code == 0
    assert secret.read_text() == lines[0]
    assert course.run("grade", "small", "--dry-run").exit_code == 0
    assert [secret.read_text().splitlines()[0], stat.S_IMODE(secret.stat().st_mode)] == [lines[0], 0o600]
    assert len(secret.read_text().splitlines()) == 2


def test_putting_everything_aside_begins_anew(course: Course) -> None:
    """As the sentence says."""
    state = course.folder / ".autograder"
    (state / "gradebook.sqlite").unlink()
    assert "put all of .autograder aside" in str(course.run("grade", "small", "--dry-run").exception)
    state.rename(course.folder / "aside")
    assert course.run("grade", "small", "--dry-run").exit_code == 0
