"""Where a gradebook can be, and what the database's complaints become."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from latest_report import latest_report
from samples import open_book, report, submission
from sqlalchemy import text

from autograder.errors import StoreError
from autograder.gradebook import connect
from autograder.gradebook.connect import kind_of_file_system, location, shared_over_network
from autograder.gradebook.store import Gradebook


@contextmanager
def without_the_rights_of_root() -> Iterator[None]:
    """Who runs the tests as root may write everywhere; for a while, be nobody."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def pragma(gradebook: Gradebook, name: str) -> object:
    """A setting of the gradebook's connections."""
    with gradebook._reading() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar()


class TestPlaces:
    def test_a_path_is_a_file_whatever_is_in_its_name(self, tmp_path, monkeypatch):
        """Question marks and percent signs of folders do no harm, and a path may be relative."""
        monkeypatch.chdir(tmp_path)
        for place in ("100% sure?", "a#b;c é", "plain"):
            with open_book(f"{place}/gradebook.sqlite") as gradebook:
                gradebook.receive([submission()])
            assert (tmp_path / place / "gradebook.sqlite").is_file()
            with open_book(Path(place, "gradebook.sqlite"), read_only=True) as gradebook:
                assert len(gradebook.pending("gradients")) == 1

    def test_only_the_owner_may_read_it(self, tmp_path):
        """The file and what SQLite puts beside it, whatever the umask."""
        before = os.umask(0)
        try:
            with open_book(tmp_path / "state/gradebook.sqlite") as gradebook:
                gradebook.receive([submission()])
                modes = {
                    path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "state").iterdir()
                }
        finally:
            os.umask(before)

        assert modes == dict.fromkeys(
            [f"gradebook.sqlite{end}" for end in ("", "-wal", "-shm", ".head")], 0o600
        )
        assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700

    def test_no_commit_waits_for_the_disk_while_a_server_brings_the_log_in(self, tmp_path):
        """What a class hands in goes into the log; the file itself is written beside all who hand in."""
        place = tmp_path / "gradebook.sqlite"
        with open_book(place) as gradebook, open_book(place) as server:
            before = place.stat().st_size
            for number in range(8):
                gradebook.receive([submission(f"s{number}", content=os.urandom(1_000_000))])
            assert place.stat().st_size == before, "twice what SQLite's own bound would leave in the log"

            with gradebook.at_once():  # nobody who reads is waited for
                gradebook.students()
                server.flush_log()
            alone = tmp_path / "alone.sqlite"
            alone.write_bytes(place.read_bytes())  # without its log
            with closing(sqlite3.connect(alone)) as copy:
                assert copy.execute("SELECT count(*) FROM submissions").fetchone() == (8,)

    def test_addresses(self):
        """PostgreSQL is spoken to through psycopg 3; anything else is refused with what is possible."""
        assert location("postgresql://me:secret@db/course").drivername == "postgresql+psycopg"
        assert location("sqlite:////tmp/a.sqlite").database == "/tmp/a.sqlite"
        for wrong in ("mysql://db/course", "postgresql://me:secret@db:port/course", "sqlite://"):
            with pytest.raises(StoreError, match="postgresql://") as caught:
                location(wrong)
            assert "secret" not in str(caught.value)

    def test_a_password_is_never_shown(self):
        """Not even where the server cannot be reached."""
        with pytest.raises(StoreError, match="cannot be reached") as caught:
            Gradebook.open("postgresql://me:secret@127.0.0.1:1/course")

        assert "secret" not in str(caught.value)


class TestFileSystems:
    MOUNTS = (
        "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
        "23 22 0:21 / /proc rw - proc proc rw\n"
        "40 22 0:40 / /home rw,relatime - nfs4 server:/home rw\n"
        "41 40 8:2 / /home/local\\040disc rw - xfs /dev/sdb1 rw\n"
        "42 22 0:42 / /mnt/ssh rw - fuse.sshfs me@host: rw\n"
        "nonsense\n"
    )

    @pytest.mark.parametrize(
        ("path", "kind", "shared"),
        [
            ("/srv/course", "ext4", False),
            ("/home/me/course", "nfs4", True),
            ("/homes/me", "ext4", False),
            ("/home/local disc/course", "xfs", False),
            ("/mnt/ssh/course", "fuse.sshfs", True),
        ],
    )
    def test_the_deepest_mount_decides(self, tmp_path, path, kind, shared):
        """The system's own table of mounts tells on what a path lies."""
        (tmp_path / "mountinfo").write_text(self.MOUNTS)

        assert kind_of_file_system(Path(path), mounts=tmp_path / "mountinfo") == kind
        assert shared_over_network(kind) is shared

    def test_a_system_that_does_not_say(self, tmp_path):
        """Elsewhere than on Linux the disc is taken for a local one."""
        assert kind_of_file_system(tmp_path, mounts=tmp_path / "none") == ""
        assert not shared_over_network("")

    def test_a_local_disc_has_a_write_ahead_log(self, tmp_path):
        """Readers and the writer do not wait for each other there."""
        with open_book(tmp_path / "g.sqlite") as gradebook:
            assert (pragma(gradebook, "journal_mode"), pragma(gradebook, "foreign_keys")) == ("wal", 1)

    def test_a_network_disc_has_none(self, tmp_path, monkeypatch):
        """A store that was moved to a network file system loses its write-ahead log, and nothing else."""
        with open_book(tmp_path / "g.sqlite") as gradebook:
            gradebook.receive([submission()])
        monkeypatch.setattr(connect, "kind_of_file_system", lambda _path: "nfs4")

        with open_book(tmp_path / "g.sqlite") as gradebook:
            assert (pragma(gradebook, "journal_mode"), pragma(gradebook, "synchronous")) == ("delete", 2)
            assert gradebook.record(report(submission())) is True


class TestComplaints:
    def test_a_full_disc(self, tmp_path):
        """What was recorded before is kept, and a later run goes on."""
        with open_book(tmp_path / "g.sqlite") as gradebook:
            gradebook.receive([submission("ada")])
            pages = pragma(gradebook, "page_count")
            pragma(gradebook, f"max_page_count = {pages}")
            with pytest.raises(StoreError, match=r"no room left .*free some space"):
                gradebook.receive([submission("bob", os.urandom(100_000))])
            pragma(gradebook, "max_page_count = 100000")

            assert gradebook.pending("gradients").students == ("ada",)
            assert gradebook.receive([submission("bob", b"smaller")]) == 1

    def test_a_file_that_may_only_be_read(self):
        """Reading works, also for who may not write the folder; writing says what to do."""
        with TemporaryDirectory() as name:
            folder = Path(name)
            with open_book(folder / "g.sqlite") as gradebook:
                gradebook.receive([submission()])
            (folder / "g.sqlite").chmod(0o444)
            (folder / "g.sqlite.head").chmod(0o444)
            folder.chmod(0o555)
            with without_the_rights_of_root():
                with open_book(folder / "g.sqlite", read_only=True) as gradebook:
                    assert len(gradebook.pending("gradients")) == 1
                with pytest.raises(StoreError, match="writ"):
                    open_book(folder / "g.sqlite").receive([submission("bob")])
                with pytest.raises(StoreError, match="cannot be made here"):
                    open_book(folder / "other.sqlite")
            folder.chmod(0o755)

    @pytest.mark.parametrize(
        "content", [b"not a database at all" * 300, b"SQLite format 3\0" + b"\xff" * 9000]
    )
    def test_a_file_that_is_no_gradebook(self, tmp_path, content):
        """It is refused and left as it was."""
        (tmp_path / "g.sqlite").write_bytes(content)

        with pytest.raises(StoreError, match="damaged or is no gradebook"):
            open_book(tmp_path / "g.sqlite")
        assert (tmp_path / "g.sqlite").read_bytes() == content

    def test_a_folder_in_its_place(self, tmp_path):
        """A folder is no gradebook."""
        with pytest.raises(StoreError, match="see that it is a file"):
            open_book(tmp_path)

    @pytest.mark.parametrize("packed", [b"", b"nonsense", b"x\x9c\x03\x00\x00\x00\x00\x01"])
    def test_a_damaged_file_of_a_student(self, tmp_path, packed):
        """Bytes that are not those that were handed in are never graded."""
        with open_book(tmp_path / "g.sqlite") as gradebook:
            gradebook.receive([submission()])
            with gradebook._writing() as connection:
                connection.execute(text("UPDATE blobs SET packed = :packed"), {"packed": packed})

            with pytest.raises(StoreError, match="holds a damaged file"):
                list(gradebook.pending("gradients"))

    @pytest.mark.parametrize("body", ["", "{}", "[]", "{"])
    def test_a_damaged_report(self, tmp_path, body):
        """It is said which."""
        with open_book(tmp_path / "g.sqlite") as gradebook:
            gradebook.receive([submission()])
            gradebook.record(report(submission()))
            with gradebook._writing() as connection:
                connection.execute(text("UPDATE reports SET body = :body"), {"body": body})

            with pytest.raises(StoreError, match="report 1 cannot be read"):
                latest_report(gradebook, "gradients", "ada")

    def test_a_foreign_reader_does_not_stop_the_writer(self, tmp_path):
        """Somebody who looks into the file with another program and stays there."""
        with open_book(tmp_path / "g.sqlite", patience=0.2) as gradebook:
            gradebook.receive([submission()])
            looking = sqlite3.connect(tmp_path / "g.sqlite", isolation_level=None)
            looking.execute("BEGIN")
            looking.execute("SELECT * FROM submissions").fetchall()

            assert gradebook.receive([submission("bob")]) == 1
            looking.close()
