"""The store is tamper-evident: whatever is done to it behind the program's back is said."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from marking_course import Course
from samples import SECRET, custody, open_book, report, submission
from sqlalchemy import create_engine, text

from autograder.errors import StoreError
from autograder.gradebook import custody as custody_module
from autograder.gradebook.chain import writing
from autograder.gradebook.connect import WRITING, location
from autograder.gradebook.custody import Custody
from autograder.gradebook.store import Gradebook
from autograder.gradebook.tables import chain, reports, submissions
from autograder.gradebook.verify import StoreCheck


def execute(place: str, *statements: str) -> None:
    """Do something to a database behind the gradebook's back."""
    engine = create_engine(location(place))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def check(place: str, by: Custody | None = None) -> StoreCheck:
    with Gradebook.open(place, read_only=True) as book:
        return book.check(by or custody(place))


@pytest.fixture
def kept(place: str) -> Iterator[str]:
    """A gradebook with three students, two of them graded."""
    with open_book(place) as book:
        for student in ("ada", "bob", "cy"):
            book.receive([submission(student, student.encode())])
        for student in ("ada", "bob"):
            book.record(report(submission(student, student.encode())))
    yield place


def test_an_untouched_store_is_whole(kept: str) -> None:
    """Every row has its link: three people, files and submissions, two reports; and one begins."""
    found = check(kept)
    assert (found.faults, found.rows, found.links, found.taken_over) == ((), 11, 12, False)


EDITS = {
    "a character": "UPDATE reports SET body = replace(body, 'Because.', 'Because!') WHERE id = 1",
    "whose report it is": "UPDATE reports SET submission = 3 WHERE id = 1",
    "when it was graded": "UPDATE reports SET graded = replace(graded, '2026', '2025') WHERE id = 2",
    "how a time is spelt": "UPDATE submissions SET received = replace(received, '.000000', '')",
    "a file": "UPDATE blobs SET packed = (SELECT packed FROM blobs ORDER BY hash LIMIT 1)",
    "a report is gone": "DELETE FROM reports WHERE id = 1",
    "a report nobody made": "INSERT INTO reports SELECT 9, submission, 'r', 0, graded, body FROM reports"
    " WHERE id = 1",
    "a salt": "UPDATE chain SET salt = NULL WHERE number = 4",
    "a seal": "UPDATE chain SET seal = (SELECT seal FROM chain WHERE number = 3) WHERE number = 4",
    "a link in the middle is gone": "DELETE FROM chain WHERE number = 4",
    "all reports": "DELETE FROM reports",
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_whatever_is_edited_is_found(kept: str, edit: str) -> None:
    execute(kept, edit)
    assert check(kept).faults


def test_who_edits_and_seals_anew_is_found(kept: str) -> None:
    """The salt stands in the store, so a hash is no secret; the key is."""
    from hashlib import sha256

    execute(kept, "UPDATE reports SET body = '{}' WHERE id = 1")
    execute(
        kept, f"UPDATE chain SET seal = '{sha256(b'x').hexdigest()}' WHERE kind = 'reports' AND row = '1'"
    )
    assert any("of the chain is not what was written" in fault for fault in check(kept).faults)


OPENINGS = {
    "DELETE FROM chain WHERE number = 12": "ends after 11 of the 12 entries",
    "DELETE FROM chain WHERE number > 4": "ends after 4 of the 12 entries",
    "DELETE FROM chain": "the beginning of the gradebook is lost",
    "UPDATE chain SET link = 'x' WHERE number = 12": "was edited or is damaged",
    "UPDATE chain SET row = 'y' WHERE number = 1": "was edited or is damaged",
}


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize(("edit", "said"), OPENINGS.items(), ids=OPENINGS.values())
def test_opening_checks_the_end(kept: str, edit: str, said: str, *, read_only: bool) -> None:
    execute(kept, edit)
    with pytest.raises(StoreError, match=said) as caught:
        open_book(kept, read_only=read_only)
    assert "bring back a backup" in str(caught.value)


def test_another_secret_is_said(kept: str) -> None:
    with pytest.raises(StoreError, match=r"not written with the course's secret .*bring back"):
        Gradebook.open(kept, custody(kept, b"another"))


def test_an_emptied_database_is_never_begun_anew(kept: str) -> None:
    engine = create_engine(location(kept))
    with engine.begin() as connection:
        from sqlalchemy import MetaData

        everything = MetaData()
        everything.reflect(connection)
        everything.drop_all(connection)
    engine.dispose()
    for read_only in (False, True):
        with pytest.raises(StoreError, match="empty or gone, and 12 entries were recorded"):
            open_book(kept, read_only=read_only)


class TestFiles:
    """What can be done to the file itself."""

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        file = tmp_path / "state" / "gradebook.sqlite"
        with open_book(file) as book:
            book.receive([submission(f"s{n}", b"%d" % n * 3000) for n in range(20)])
        return file

    @pytest.mark.parametrize("read_only", [False, True])
    def test_an_emptied_file(self, file: Path, *, read_only: bool) -> None:
        file.write_bytes(b"")
        with pytest.raises(StoreError, match="empty or gone, and 61 entries"):
            open_book(file, read_only=read_only)
        assert file.read_bytes() == b""

    def test_a_lost_file(self, file: Path) -> None:
        file.unlink()
        with pytest.raises(StoreError, match="empty or gone, and 61 entries"):
            open_book(file)
        assert not file.exists()

    def test_a_file_that_is_cut(self, file: Path) -> None:
        """At whatever page, or in the middle of one: opening says so, or the check of everything."""
        whole = file.read_bytes()
        for size in (100, 4096, 5000, len(whole) // 2, len(whole) - 4096, len(whole) - 1):
            file.write_bytes(whole[:size])
            for beside in file.parent.glob("gradebook.sqlite-*"):
                beside.unlink()
            with pytest.raises(StoreError) as caught:
                open_book(file).close()
                faults = check(str(file)).faults
                raise StoreError("\n".join(faults)) if faults else AssertionError(size)
            assert "Traceback" not in str(caught.value)

    def test_an_older_copy_put_back(self, file: Path, tmp_path: Path) -> None:
        older = shutil.copy(file, tmp_path / "older")
        with open_book(file) as book:
            book.receive([submission("late", b"late")])
        shutil.copy(older, file)
        with pytest.raises(StoreError, match=r"ends after 61 of the 64 entries.*--accept"):
            open_book(file)

    def test_an_older_copy_can_be_kept_knowingly(self, file: Path, tmp_path: Path) -> None:
        """It goes on from there, and the chain says that it was kept."""
        self.test_an_older_copy_put_back(file, tmp_path)
        Gradebook.accept(file, custody(file))
        with open_book(file) as book:
            assert book.receive([submission("late", b"late")]) == 1
        found = check(str(file))
        assert (found.faults, len(found.accepted)) == ((), 1)

    def test_what_is_edited_cannot_be_kept_knowingly(self, file: Path) -> None:
        execute(str(file), "UPDATE submissions SET student = 'mallory' WHERE id = 1")
        custody(file).file.unlink()
        with pytest.raises(StoreError, match="is not as it was recorded"):
            Gradebook.accept(file, custody(file))

    def test_another_store_put_in_its_place(self, file: Path, tmp_path: Path) -> None:
        """Of the same course and the same secret, say a trial of last week."""
        with open_book(tmp_path / "other.sqlite") as book:
            book.receive([submission(f"t{n}") for n in range(60)])
        shutil.copy(tmp_path / "other.sqlite", file)
        with pytest.raises(StoreError, match="another gradebook than the one that was kept here"):
            open_book(file)

    def test_a_lost_or_forged_head(self, file: Path) -> None:
        head = custody(file).file
        content = head.read_bytes()
        for forged, said in (
            (None, "is lost"),
            (b"", "not what was written"),
            (b"{}", "not what was written"),
        ):
            head.unlink()
            if forged is not None:
                head.write_bytes(forged)
            with pytest.raises(StoreError, match=said):
                open_book(file)
            head.write_bytes(content)
        head.write_bytes(content.replace(b'"length": 61', b'"length": 60'))
        with pytest.raises(StoreError, match="not what was written"):
            open_book(file)

    def test_a_head_that_is_one_commit_behind_is_mended(self, file: Path) -> None:
        """As a kill between the commit and the writing of the head leaves it; however long the commit was."""
        head = custody(file).file
        before = head.read_bytes()
        with open_book(file) as book:
            book.receive([submission(f"u{n}", b"u%d" % n) for n in range(50)])
        after = head.read_bytes()
        head.write_bytes(before)
        open_book(file, read_only=True).close()
        assert head.read_bytes() == before
        open_book(file).close()
        assert head.read_bytes() == after

    def test_a_head_that_is_two_commits_behind_is_damage(self, file: Path) -> None:
        head = custody(file).file
        before = head.read_bytes()
        with open_book(file) as book:
            book.receive([submission("u", b"u")])
            book.receive([submission("v", b"v")])
        head.write_bytes(before)
        with pytest.raises(
            StoreError, match=r"by \.autograder/head the gradebook has 61 entries, and it has 67"
        ):
            open_book(file)

    def test_damage_during_a_run_is_said_by_the_next_entry(self, file: Path) -> None:
        """Each writing transaction looks at the end before it adds to it."""
        with open_book(file) as book:
            execute(str(file), "DELETE FROM chain WHERE number = 61")
            with pytest.raises(StoreError, match="ends after 60 of the 61"):
                book.receive([submission("w", b"w")])
        with Gradebook.open(file, read_only=True) as book:
            assert not book.history("w")


def test_a_writer_killed_before_the_head_is_mended_by_the_next_writer(
    kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the next one had the store open already."""
    with open_book(kept) as first, open_book(kept) as second:
        with monkeypatch.context() as patch:

            def killed(*_: object) -> None:
                raise KeyboardInterrupt

            patch.setattr(custody_module.Custody, "write", killed)
            with pytest.raises(KeyboardInterrupt):
                first.receive([submission("dan", b"d")])
        second.receive([submission("eve", b"e")])
        second.receive([submission("fay", b"f")])
    assert check(kept).faults == ()


def test_a_row_can_be_erased_and_all_else_still_checks(kept: str) -> None:
    """The salt goes with it, a link says that it was, and whatever stands in its place is not asked."""
    engine = create_engine(location(kept))
    with writing(engine, custody(kept), place=kept) as connection:
        pen = connection.get_execution_options()[WRITING]
        pen.erase(connection, reports, 1)
        pen.erase(connection, submissions, 3)
        connection.execute(text("UPDATE reports SET body = '' WHERE id = 1"))
        connection.execute(text("DELETE FROM submissions WHERE id = 3"))
    with engine.connect() as connection:
        salts = connection.execute(text("SELECT count(*) FROM chain WHERE salt IS NULL")).scalar_one()
    engine.dispose()
    found = check(kept)
    assert (found.faults, found.erased, salts) == ((), 2, 5)
    execute(kept, "UPDATE reports SET revision = 'x' WHERE id = 2")
    assert check(kept).faults == ("reports, entry 2: is not as it was recorded",)


def test_a_link_says_nothing_of_an_erased_row(kept: str) -> None:
    """Equal rows have different seals: without the salt nobody can try what it may have held."""
    engine = create_engine(location(kept))
    with engine.connect() as connection:
        rows = connection.execute(chain.select()).mappings().all()
    engine.dispose()
    assert len({row["salt"] for row in rows if row["salt"]}) == 11
    assert len({row["seal"] for row in rows if row["seal"]}) == 11


def test_the_gradebook_of_another_course_is_said(kept: str, tmp_path: Path) -> None:
    """In the place of one whose head is there: file or database."""
    own = Custody(lambda: b"own", tmp_path / "own" / "head")
    with Gradebook.open(tmp_path / "own" / "gradebook.sqlite", own) as book:
        book.receive([submission()])
    for read_only in (False, True):
        with pytest.raises(StoreError, match=r"belongs to another course.*put the one of this course back"):
            Gradebook.open(kept, Custody(lambda: b"own", own.file), read_only=read_only)


def test_gradebook_and_head_lost_together_are_said(place: str, tmp_path: Path) -> None:
    """The file of the secret remembers, also where a database was emptied, and only where one was begun."""
    secret, head = tmp_path / "secret", tmp_path / "head"
    secret.write_text("5e" * 32)
    made = [Custody(lambda: SECRET, head, secret_file=secret) for _ in range(4)]
    assert not made[0].has_begun
    with Gradebook.open(place, made[0]) as book:
        book.receive([submission()])
    assert made[0].has_begun
    head.unlink()
    if "://" in place:
        execute(place, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    else:
        Path(place).unlink()
    said = r"begun here is gone, and \.autograder/head with it; bring back"
    for later, options in zip(made[1:], ({}, {"read_only": True}, {"trusting": True}), strict=True):
        with pytest.raises(StoreError, match=said):
            Gradebook.open(place, later, **options)
    assert not head.exists()


def test_a_database_that_may_only_be_read(postgresql: str, tmp_path: Path) -> None:
    """Reading goes on; writing ends in a sentence, and nothing is half recorded."""
    import psycopg

    with psycopg.connect(postgresql % "postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE still")
    place = postgresql % "still"
    with open_book(place) as book:
        book.receive([submission()])
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute("ALTER DATABASE still SET default_transaction_read_only = on")
    with open_book(place, read_only=True) as book:
        assert len(book.pending("gradients")) == 1
    with open_book(place) as book, pytest.raises(StoreError, match="may only be read; make"):
        book.receive([submission("bob")])
    assert check(place).faults == ()


DAMAGE = {
    "whose": ("UPDATE submissions SET student = 'eve'", ""),
    "cut": ("DELETE FROM chain WHERE number = (SELECT max(number) FROM chain)", "ends after"),
    "dropped": ("DROP SCHEMA public CASCADE; CREATE SCHEMA public", "is empty or gone"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_commands_say_of_a_database_what_they_say_of_a_file(
    postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """In one sentence, and the doctor ends with exit code 2."""
    import psycopg

    edit, said = DAMAGE[kind]
    name = f"damaged_{kind}"
    with psycopg.connect(postgresql % "postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    monkeypatch.setenv("AUTOGRADER_STORE", postgresql % name)
    course = Course(tmp_path)
    course.hand_in("ada", b"{}")
    assert course.grade().exit_code in (0, 1)
    assert course.run("doctor", "--store").exit_code == 0
    execute(postgresql % name, *edit.split("; "))
    told = course.run("grades")
    assert not said or (isinstance(told.exception, StoreError) and said in str(told.exception))
    told = course.run("doctor", "--store")
    assert told.exit_code == 2 or isinstance(told.exception, StoreError)


def test_a_backup_of_a_database_comes_back_as_a_file_and_the_other_way(
    postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row for row as it was stored, so that the chain fits; and what follows is counted on."""
    import psycopg

    with psycopg.connect(postgresql % "postgres", autocommit=True) as connection:
        for name in ("kept_there", "brought_back"):
            connection.execute(f"CREATE DATABASE {name}")
    monkeypatch.setenv("AUTOGRADER_STORE", postgresql % "kept_there")
    course = Course(tmp_path / "course")
    course.hand_in("ada", b"{}")
    assert course.grade().exit_code in (0, 1)
    for store, folder in (("", "file"), (postgresql % "brought_back", "database")):
        backup = tmp_path / f"{folder}.zip"
        told = course.run("backup", str(backup))
        assert told.exit_code == 0, told.exception
        monkeypatch.setenv("AUTOGRADER_STORE", store)
        assert course.run("restore", str(backup), str(tmp_path / folder)).exit_code == 0
        course.folder = tmp_path / folder
        assert course.run("doctor", "--store").exit_code == 0
        course.hand_in(f"of {folder}", b"{ }")
        assert course.grade().exit_code in (0, 1)
        told = course.run("doctor", "--store")
        assert (told.exit_code, f"from {folder}.zip" in told.output) == (0, True)
    assert not (tmp_path / "database/.autograder/gradebook.sqlite").exists()
    again = course.run("restore", str(tmp_path / "file.zip"), str(tmp_path / "again"))
    assert "there is a gradebook already" in str(again.exception)
    assert not any((tmp_path / "again").iterdir())


def test_a_person_is_erased_from_any_database(kept: str) -> None:
    """And all else still checks; a file that somebody else handed in as well stays."""
    with open_book(kept) as book:
        book.receive([submission("bob", b"ada"), submission("dan", b"d")])
        number = book.erase_person("ada")
        assert not book.history("ada")
        assert [event.assignment for event in book.history(number)] == ["gradients"]
        assert book.students() == ("bob", "cy", "dan")
        assert [each.student for each in book.latest_reports("gradients")] == ["bob", number]
        assert book.pending("gradients").students == ("bob", "cy", "dan")
        assert book.latest_submissions("gradients").students == ("bob", "cy", "dan")
        book.erase_person("cy")
        assert book.pending("gradients").students == ("bob", "dan")
    found = check(kept)
    assert (found.faults, len(found.people_erased)) == ((), 2)
    execute(kept, "UPDATE reports SET revision = 'x' WHERE id = 1")
    assert check(kept).faults == ("reports, entry 1: is not as it was recorded",)
