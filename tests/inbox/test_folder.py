"""A folder of submissions, with all that can be wrong in one."""

import os
import socket
import time
import tracemalloc
import unicodedata
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from packing import read_all_submissions

from autograder.domain.course import Limits
from autograder.domain.submission import ReceivedBy
from autograder.errors import CourseError
from autograder.inbox.folder import read_submissions
from autograder.inbox.notice import Notice

PARIS = ZoneInfo("Europe/Paris")


def put(folder: Path, name: str, content: bytes = b"{}") -> Path:
    """A file, with the folders it stands in."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@contextmanager
def without_the_rights_of_root():
    """Who runs the tests as root may read everything; for a while, be nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def students(folder: Path, **options) -> list[str]:
    """Whose submissions are found."""
    return [one.student for one in read_all_submissions(folder, "gradients", **options)[0]]


@pytest.fixture
def honest(tmp_path: Path) -> Path:
    """A folder with one submission in which nothing is wrong, to which the tests add something that is."""
    put(tmp_path, "ada/gradients.ipynb", b"ada's")
    return tmp_path


@pytest.fixture
def the_notice(honest: Path):
    """The only odd line of the folder; ada's submission must have come through whatever else is there."""

    def collect(**options) -> Notice:
        submissions, notices = read_all_submissions(honest, "gradients", **options)
        assert ("ada", b"ada's") in [(one.student, one.content) for one in submissions]
        (notice,) = notices
        return notice

    return collect


class TestWhatIsTaken:
    def test_the_student_is_the_folder_and_the_time_the_files_own_which_is_doubtful(self, honest):
        """Id, bytes, name and time of a plain submission."""
        os.utime(honest / "ada/gradients.ipynb", (0, 1_800_000_000))

        (one,), notices = read_all_submissions(honest, "gradients", zone=PARIS)

        assert notices == ()
        assert (one.student, one.assignment, one.content, one.filename) == (
            "ada",
            "gradients",
            b"ada's",
            "gradients.ipynb",
        )
        assert one.received == datetime.fromtimestamp(1_800_000_000, UTC)
        assert one.received.tzinfo is PARIS
        assert one.received_by.doubtful

    def test_students_come_in_order_and_one_at_a_time(self, honest):
        """Submissions are read when they are asked for, so that a class need not fit in memory."""
        for student in ("zoe", "bob"):
            put(honest, f"{student}/x.ipynb")
        stream = read_submissions(honest, "gradients")

        assert next(stream).student == "ada"
        put(honest, "bob/x.ipynb", b"changed meanwhile")
        assert next(stream).content == b"changed meanwhile"
        assert next(stream).student == "zoe"

    @pytest.mark.parametrize("name", ["gd (1).ipynb", "HW.IPYNB", "mon devoir é.ipynb"])
    def test_a_single_notebook_may_have_any_name(self, tmp_path, name):
        """What a browser or a student makes of the file's name costs nothing."""
        put(tmp_path, f"ada/{name}")

        assert read_all_submissions(tmp_path, "gradients")[0][0].filename == name

    def test_an_empty_file_is_a_submission(self, tmp_path):
        """Its student gets a report that says so."""
        put(tmp_path, "ada/gradients.ipynb", b"")

        assert [one.content for one in read_all_submissions(tmp_path, "gradients")[0]] == [b""]

    def test_what_programs_leave_behind_is_passed_over(self, honest):
        """Checkpoints, resource forks and lists beside the folders are neither taken nor listed."""
        put(honest, "ada/.ipynb_checkpoints/gradients-checkpoint.ipynb")
        put(honest, "ada/._gradients.ipynb")
        put(honest, "ada/data.csv")
        put(honest, "__MACOSX/ada/gradients.ipynb")
        put(honest, ".DS_Store")
        put(honest, "grades.csv")

        submissions, notices = read_all_submissions(honest, "gradients")

        assert ([one.content for one in submissions], notices) == ([b"ada's"], ())

    def test_a_decomposed_name_is_the_student_it_looks_like(self, tmp_path):
        """A folder copied from a Mac is found in the roster."""
        put(tmp_path, unicodedata.normalize("NFD", "zoé") + "/a.ipynb")

        assert students(tmp_path, roster=["zoé"]) == ["zoé"]


class TestTimeOfReceipt:
    def test_timestamp_txt_is_believed(self, honest):
        """nbgrader's file beside the notebook tells the time, with a mark that knows its source."""
        put(honest, "ada/timestamp.txt", b"2026-10-12 15:30:00.5 UTC\n")

        (one,), notices = read_all_submissions(honest, "gradients")

        assert (one.received, one.received_by) == (
            datetime(2026, 10, 12, 15, 30, 0, 500_000, UTC),
            ReceivedBy.TIMESTAMP,
        )
        assert notices == ()

    @pytest.mark.parametrize(
        "content", [b"", b"soon", b"\xff\xfe\0", b"2026-10-12 15:30:00 UTC" + b" " * 10_000]
    )
    def test_a_timestamp_that_tells_nothing_is_listed(self, honest, the_notice, content):
        """The submission is taken with its doubtful file time."""
        put(honest, "ada/timestamp.txt", content)

        notice = the_notice()

        assert (notice.student, notice.taken) == ("ada", True)
        assert "doubtful" in notice.todo

    def test_a_linked_timestamp_is_not_followed(self, honest, the_notice, tmp_path_factory):
        """A link could name any file of the grader's."""
        secret = put(tmp_path_factory.mktemp("elsewhere"), "secret", b"2026-10-12 15:30:00 UTC")
        (honest / "ada/timestamp.txt").symlink_to(secret)

        assert the_notice().taken

    def test_of_several_attempts_the_latest_counts(self, tmp_path):
        """The name of an attempt's folder tells its time, and how that is known."""
        put(tmp_path, "ada/20261012T090000Z/gradients.ipynb", b"late")
        put(tmp_path, "ada/20261011T235959.5Z/gradients.ipynb", b"early")
        put(tmp_path, "ada/20261012T090000Z/timestamp.txt", b"1999-01-01 00:00:00 UTC")
        put(tmp_path, "bob/20261012T090000Z-file/gradients.ipynb")

        (ada, bob), notices = read_all_submissions(tmp_path, "gradients")

        assert (ada.content, ada.received, ada.received_by) == (
            b"late",
            datetime(2026, 10, 12, 9, tzinfo=UTC),
            ReceivedBy.ARCHIVE,
        )
        assert bob.received_by.doubtful
        assert notices == ()

    def test_an_empty_latest_attempt_is_not_replaced_by_an_earlier_one(self, honest, the_notice):
        """Which attempt counts is not guessed."""
        put(honest, "bob/20261011T090000Z/gradients.ipynb")
        put(honest, "bob/20261012T090000Z/readme.txt")

        notice = the_notice()

        assert (notice.student, notice.what) == ("bob", "holds no notebook, only readme.txt")

    def test_a_notebook_beside_attempts_is_listed(self, honest, the_notice):
        """A file that somebody dropped beside the attempts is neither taken nor passed over silently."""
        put(honest, "bob/20261012T090000Z/gradients.ipynb")
        put(honest, "bob/corrected.ipynb")

        assert "20261012T090000Z was taken" in the_notice().todo


class TestWhatIsListed:
    def test_of_two_notebooks_the_one_named_after_the_assignment_is_taken(self, honest, the_notice):
        """And it is said."""
        put(honest, "bob/gradients.ipynb", b"this")
        put(honest, "bob/scratch.ipynb", b"not this")

        notice = the_notice()

        assert notice.taken
        assert notice.what == "holds 2 notebooks (gradients.ipynb, scratch.ipynb)"
        assert students(honest) == ["ada", "bob"]

    def test_of_two_others_none_is_taken(self, honest, the_notice):
        """Which one is meant is not guessed."""
        put(honest, "bob/gradients (1).ipynb")
        put(honest, "bob/gradients (2).ipynb")

        notice = the_notice()

        assert not notice.taken
        assert notice.todo == "keep the one to grade, or name it gradients.ipynb"

    def test_no_notebook(self, honest, the_notice):
        """What is there instead is named."""
        put(honest, "bob/homework.pdf")

        assert the_notice().what == "holds no notebook, only homework.pdf"

    def test_an_empty_folder(self, honest, the_notice):
        """A student's folder with nothing in it."""
        (honest / "bob").mkdir()

        assert the_notice().what == "holds no file"

    def test_a_folder_named_like_a_notebook(self, honest, the_notice):
        """It is no notebook itself."""
        put(honest, "bob/gradients.ipynb/data.csv")

        notice = the_notice()

        assert notice.where.endswith("bob/gradients.ipynb")
        assert not notice.taken

    def test_a_folder_named_like_a_notebook_beside_a_real_one(self, honest, the_notice):
        """The real one is taken."""
        put(honest, "bob/gradients.ipynb/x")
        put(honest, "bob/mine.ipynb")

        assert the_notice().taken
        assert students(honest) == ["ada", "bob"]

    @pytest.mark.parametrize("to", ["ada/gradients.ipynb", "/etc/passwd", "nowhere"])
    def test_a_linked_notebook(self, honest, the_notice, to):
        """Links are not followed, to another student's file least of all."""
        (honest / "bob").mkdir()
        (honest / "bob/gradients.ipynb").symlink_to(honest / to)

        assert the_notice().what == "is a symbolic link"

    def test_a_linked_folder_of_a_student(self, honest, the_notice):
        """A link to another student's folder is not followed."""
        (honest / "bob").symlink_to(honest / "ada")

        assert the_notice().what == "is a symbolic link"

    def test_a_linked_attempt(self, honest):
        """An attempt that is a link is no attempt."""
        put(honest, "ada/20261012T090000Z/gradients.ipynb")
        (honest / "bob").mkdir()
        (honest / "bob/20261012T090000Z").symlink_to(honest / "ada/20261012T090000Z")

        assert students(honest) == ["ada"]

    def test_a_pipe_keeps_nobody_waiting(self, honest, the_notice):
        """A pipe and a socket named like a notebook are listed at once."""
        (honest / "bob").mkdir()
        os.mkfifo(honest / "bob/gradients.ipynb")
        began = time.monotonic()

        assert the_notice().what == "is a pipe, a socket or a device"
        assert time.monotonic() - began < 120

    def test_a_socket(self, tmp_path, monkeypatch):
        """A socket is no notebook either."""
        (tmp_path / "bob").mkdir()
        monkeypatch.chdir(tmp_path / "bob")
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("gradients.ipynb")

            (notice,) = read_all_submissions(tmp_path, "gradients")[1]

        assert notice.what == "is a pipe, a socket or a device"

    def test_a_file_of_200_megabytes_is_not_read(self, honest, the_notice):
        """It is refused by its size, and the limit is named."""
        put(honest, "bob/gradients.ipynb")
        os.truncate(honest / "bob/gradients.ipynb", 200_000_000)
        tracemalloc.start()
        try:
            notice = the_notice()
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

        assert notice.what == "has 200.0 MB, more than the 20 MB that are read"
        assert "limits.notebook_mb" in notice.todo
        assert peak < 5_000_000

    def test_a_file_of_the_limit_is_read(self, tmp_path):
        """The limit itself is allowed, a byte more is not."""
        put(tmp_path, "ada/a.ipynb", b" " * 1_000_000)
        put(tmp_path, "bob/a.ipynb", b" " * 1_000_001)

        assert students(tmp_path, limits=Limits(notebook_mb=1)) == ["ada"]

    def test_files_that_may_not_be_read(self):
        """Somebody else's file, or folder, is listed; the others are taken."""
        with TemporaryDirectory() as name:
            folder = Path(name)
            folder.chmod(0o755)
            put(folder, "ada/gradients.ipynb")
            put(folder, "bob/gradients.ipynb").chmod(0)
            put(folder, "cy/gradients.ipynb").parent.chmod(0)
            with without_the_rights_of_root():
                submissions, notices = read_all_submissions(folder, "gradients")
            (folder / "cy").chmod(0o755)

        assert [one.student for one in submissions] == ["ada"]
        assert [(one.student, one.what) for one in notices] == [
            ("bob", "cannot be read (Permission denied)"),
            ("cy", "cannot be read (Permission denied)"),
        ]

    def test_an_unknown_student(self, honest, the_notice):
        """Where there is a roster, a stranger's folder is listed with the id it may have meant."""
        put(honest, "robert/gradients.ipynb")

        notice = the_notice(roster=["ada", "roberts"])

        assert notice.what == "no student of students.csv has the id robert"
        assert "(is it roberts?)" in notice.todo

    @pytest.mark.parametrize("name", ["-rf", " bob", "b\u202eob", "a\nb", "b:b"])
    def test_names_that_could_do_harm(self, honest, the_notice, name):
        """Such a folder is listed, and what is printed of it holds no control character."""
        put(honest, f"{name}/gradients.ipynb")

        notice = the_notice()

        assert notice.what.startswith("this name of a folder ")
        assert str(notice).isprintable()

    def test_a_name_that_is_no_text(self, honest, the_notice):
        """Bytes that are not UTF-8 do not stop the others."""
        (honest / os.fsdecode(b"b\xffb")).mkdir()

        assert str(the_notice()).isprintable()

    def test_two_folders_of_one_student(self, honest, the_notice):
        """Composed and decomposed forms of one name can stand side by side: neither is taken."""
        for form in ("NFC", "NFD"):
            put(honest, unicodedata.normalize(form, "zoé") + "/gradients.ipynb")

        assert the_notice().todo == "keep one of them"
        assert students(honest) == ["ada"]

    @pytest.mark.parametrize("name", ["gradients.ipynb", "bob.zip", "all.tar.gz"])
    def test_a_file_in_no_students_folder(self, honest, the_notice, name):
        """A notebook or an archive beside the folders is nobody's."""
        put(honest, name)

        assert the_notice().what == "is in no student's folder"

    def test_an_empty_folder_of_submissions(self, tmp_path):
        """Nothing at all is said too."""
        assert "no student's folder" in str(read_all_submissions(tmp_path, "gradients")[1][0])

    @pytest.mark.parametrize(
        ("name", "what"), [("missing", "there is no such folder"), ("file", "cannot be read")]
    )
    def test_no_folder_of_submissions(self, tmp_path, name, what):
        """A folder that is not there is the caller's mistake."""
        put(tmp_path, "file")

        with pytest.raises(CourseError, match=rf"{what}.*is expected at .*<student>"):
            read_all_submissions(tmp_path / name, "gradients")
