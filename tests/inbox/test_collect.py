"""CollectRequest what Moodle, Canvas, nbgrader and people give: who, what and when."""

import os
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from packing import DOWNLOADED, NOW, PARIS, Inbox, entry, put, read_all_submissions, tarred, zipped

from autograder.domain.course import Limits, Student
from autograder.domain.submission import ReceivedBy
from autograder.errors import CourseError
from autograder.inbox.archive_entry import split_name
from autograder.inbox.confusables import mixed_script, skeleton
from autograder.inbox.naming import Naming, NamingScheme, Owner

MOODLE = "{}_{}_assignsubmission_file_/{}"
FLAT = "{}_{}_assignsubmission_file_{}"


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path)


def moodle(*people: str, content: bytes = b"{}") -> dict[str, bytes]:
    """Entries of a zip of Moodle, a notebook each."""
    return {MOODLE.format(name, 100 + n, "gradients.ipynb"): content for n, name in enumerate(people)}


def students(collected) -> list[str]:
    return [one.student for one in collected]


class TestMoodle:
    def test_a_full_name_is_found_in_the_roster(self, inbox):
        """Capitals, blanks and what Moodle leaves out of names make no difference."""
        collected, notices = inbox.collect(zipped(moodle("ada  LOVELACE", "Siobhán ONeill", "Bob Jones")))

        assert (students(collected), notices) == (["ada", "bob", "siobhan"], [])

    def test_grading_reads_what_was_collected(self, inbox):
        """Student, bytes, time and doubt arrive at the other side."""
        inbox.collect(zipped(moodle("Ada Lovelace", content=b"ada's")))

        (one,), notices = read_all_submissions(inbox.into, "gradients", roster=["ada"])

        assert notices == ()
        assert (one.student, one.content, one.filename) == ("ada", b"ada's", "gradients.ipynb")
        assert one.received == datetime(*DOWNLOADED, tzinfo=PARIS)
        assert one.received_by.doubtful

    @pytest.mark.parametrize("file", ["gd.ipynb", "gd (1).ipynb", "work/gd.IPYNB", "a_1_2_b.ipynb"])
    @pytest.mark.parametrize("form", ["{}_{}_assignsubmission_file_/{}", "{}_{}_assignsubmission_file/{}"])
    def test_any_file_name_will_do(self, inbox, form, file):
        """What a browser or a student makes of the name costs nothing; Moodle keeps folders of theirs."""
        assert students(inbox.collect(zipped({form.format("Ada Lovelace", 7, file): b"{}"}))[0]) == ["ada"]

    def test_without_folders(self, inbox):
        """Moodle can put all files side by side, too."""
        collected, notices = inbox.collect(zipped({FLAT.format("Bob Jones", 12, "gd.ipynb"): b"{}"}))

        assert ([(one.student, one.filename) for one in collected], notices) == ([("bob", "gd.ipynb")], [])

    def test_an_online_text_beside_a_notebook_is_passed_over(self, inbox):
        """And one alone is no notebook."""
        page = "{}_{}_assignsubmission_onlinetext_/onlinetext.html"
        files = {
            **moodle("Ada Lovelace"),
            page.format("Ada Lovelace", 100): b"",
            page.format("Bob Jones", 9): b"",
        }

        collected, (notice,) = inbox.collect(zipped(files))

        assert students(collected) == ["ada"]
        assert notice.what == "handed in no notebook, only onlinetext/onlinetext.html"
        assert notice.student == "bob"

    def test_an_unpacked_zip_is_the_same(self, inbox):
        """Whoever unpacks the zip first collects the folder."""
        folder = put(inbox.root / "unpacked", moodle("Ada Lovelace", "Bob Jones"))

        assert students(inbox.collect(folder)[0]) == ["ada", "bob"]

    @pytest.mark.parametrize(
        ("name", "why"),
        [
            ("Sam Lee", "2 students of students.csv may be Sam Lee (sam1, sam2)"),
            ("Bob Johns", "is called Bob Johns (is it Bob Jones, bob?)"),
            ("Participant", "no student of students.csv is called Participant"),
            ("Lee, Sam", "2 students of students.csv may be Lee, Sam (sam1, sam2)"),
            ("Jean-Bob Jones", "no student of students.csv is called Jean-Bob Jones"),
            ("Bоb Jones", "looks like Bob Jones, bob, but is spelt differently with U+043E"),
            ("bob", "no student of students.csv is called bob"),
        ],
    )
    def test_who_cannot_be_matched_is_listed(self, inbox, name, why):
        """A name of two students, of none, or that only looks like one: nobody is guessed."""
        collected, (notice,) = inbox.collect(zipped(moodle("Ada Lovelace", name)))

        assert students(collected) == ["ada"]
        assert why in str(notice)
        assert not notice.taken
        assert set(inbox.files()) == {"ada"}

    def test_two_people_of_one_name_where_the_roster_knows_one(self, inbox):
        """Neither is taken for the one."""
        collected, (notice,) = inbox.collect(zipped(moodle("Ada Lovelace", "Bob Jones", "bob jones")))

        assert students(collected) == ["ada"]
        assert "2 of them would be bob (Bob Jones_101, bob jones_102)" in str(notice)

    def test_without_names_in_the_roster_it_is_said_what_is_needed(self, inbox):
        """Nothing can be matched, and nothing is written."""
        inbox.people = (Student("ada"),)

        with pytest.raises(CourseError, match=r"students\.csv holds no name"):
            inbox.collect(zipped(moodle("Ada Lovelace")))

        assert not (inbox.root / "course").exists()


class TestCanvas:
    @pytest.mark.parametrize(
        ("file", "student"),
        [
            ("lovelaceada_4711_99_gd.ipynb", "ada"),
            ("lovelaceada_LATE_4711_99_gd.ipynb", "ada"),
            ("jonesbob_4712_99_gd-1.ipynb", "bob"),
            ("oneillsiobhán_4713_99_1_2_gd.ipynb", "siobhan"),
            ("müllergarciazoë_4714_99_x.ipynb", "zoé"),
        ],
    )
    def test_the_squashed_name_is_found_in_the_roster(self, inbox, file, student):
        """Canvas puts the family name first and leaves letters and digits only."""
        assert students(inbox.collect(zipped({file: b"{}"}))[0]) == [student]

    def test_names_in_utf8_that_are_not_declared(self, inbox):
        """Canvas and macOS write UTF-8 without saying so."""
        data = zipped({"M~~llergarciazo~~_1_2_gd.ipynb": b"{}"})
        data = data.replace(b"M~~llergarciazo~~", "Müllergarciazoë".encode())

        assert students(inbox.collect(data)[0]) == ["zoé"]

    def test_late_is_passed_on(self, inbox):
        """The zip does not say when, but that it was late: a person can look."""
        _, (notice,) = inbox.collect(zipped({"lovelaceada_LATE_4711_99_gd.ipynb": b"{}"}))

        assert (notice.what, notice.taken) == ("came late, Canvas says", True)

    @pytest.mark.parametrize(
        "file", ["leesam_1_2_gd.ipynb", "weili_1_2_gd.ipynb", "anon_x1y2z_2_gd.ipynb", "group1_1_2_x.ipynb"]
    )
    def test_who_cannot_be_matched_is_listed(self, inbox, file):
        """Li Wei and Wei Li are one word to Canvas; an anonymous name is nobody's."""
        collected, (notice,) = inbox.collect(zipped({file: b"{}"}))

        assert (collected, notice.taken, inbox.files()) == ([], False, {})

    def test_a_resubmission_beside_the_first_is_not_guessed(self, inbox):
        """Two different notebooks of one name: which is meant is for a person."""
        files = {"lovelaceada_1_2_gradients.ipynb": b"1", "lovelaceada_1_3_gradients-1.ipynb": b"2"}

        collected, (notice,) = inbox.collect(zipped(files))

        assert collected == []
        assert notice.what == "handed in 2 different notebooks (gradients.ipynb, gradients-1.ipynb)"

    def test_a_typed_text_is_no_notebook(self, inbox):
        """Canvas writes a page for it."""
        _, (notice,) = inbox.collect(zipped({"lovelaceada_4711_text.html": b""}))

        assert notice.what == "handed in no notebook, only text.html"


class TestFolders:
    @pytest.mark.parametrize("wrapping", ["", "./", "submissions/", "submissions/gradients/", "class/"])
    @pytest.mark.parametrize("packing", ["zip", "tar", "gz", "bz2", "xz"])
    def test_one_folder_a_student_in_every_packing(self, inbox, packing, wrapping):
        """A folder around the students' folders is no student, whatever it was packed with."""
        files = {f"{wrapping}{student}/gd.ipynb": student.encode() for student in ("ada", "bob")}
        content = zipped(files) if packing == "zip" else tarred(files, packing if packing != "tar" else "")

        collected, notices = inbox.collect(content, name=f"class.{packing}")

        assert (students(collected), notices) == (["ada", "bob"], [])
        assert inbox.files() == {"ada": b"ada", "bob": b"bob"}

    def test_nbgraders_tree_with_its_timestamps(self, inbox):
        """Other assignments in it are nobody's concern here."""
        folder = put(
            inbox.root / "submitted",
            {
                "ada/gradients/gradients.ipynb": b"{}",
                "ada/gradients/timestamp.txt": b"2026-12-13 22:59:00.5 UTC",
                "ada/gradients/data.csv": b"",
                "ada/kernels/kernels.ipynb": b"k",
                "bob/kernels/kernels.ipynb": b"k",
                "stranger/kernels/kernels.ipynb": b"k",
            },
        )

        (one,), notices = inbox.collect(folder)

        assert notices == []
        assert one.student == "ada"
        assert one.received == datetime(2026, 12, 13, 22, 59, 0, 500_000, UTC)
        assert one.received_by is ReceivedBy.TIMESTAMP

    @pytest.mark.parametrize(
        "stamp", [b"yesterday", b"2030-01-01 00:00:00", b"0001-01-01 00:00:00 +1400", b"\xff"]
    )
    def test_a_timestamp_that_tells_no_time(self, inbox, stamp):
        """A time to come, or none: the file's own is taken, and it is said."""
        (one,), (notice,) = inbox.collect(
            zipped({"ada/gradients/gradients.ipynb": b"{}", "ada/gradients/timestamp.txt": stamp})
        )

        assert one.received_by is ReceivedBy.FILE_TIME
        assert "timestamp.txt tells no time that has been" in notice.what
        assert notice.taken

    def test_a_student_cannot_bring_a_timestamp_through_moodle(self, inbox):
        """Moodle has none, so it can only be the student's."""
        name = MOODLE.format("Ada Lovelace", 100, "timestamp.txt")

        (one,), _ = inbox.collect(zipped({**moodle("Ada Lovelace"), name: b"2026-01-01 00:00:00 UTC"}))

        assert one.received_by is ReceivedBy.FILE_TIME

    def test_an_id_in_decomposed_form(self, inbox):
        """A folder copied from a Mac is found in the roster."""
        name = unicodedata.normalize("NFD", "zoé/gd.ipynb")

        assert students(inbox.collect(zipped({name: b"{}"}))[0]) == ["zoé"]

    def test_what_programs_leave_behind_is_passed_over(self, inbox):
        """Checkpoints, resource forks and lists are neither taken nor listed."""
        files = {
            "ada/gd.ipynb": b"{}",
            "ada/.ipynb_checkpoints/gd-checkpoint.ipynb": b"old",
            "ada/._gd.ipynb": b"",
            "__MACOSX/ada/._gd.ipynb": b"",
            ".DS_Store": b"",
            "grades.csv": b"",
        }

        collected, notices = inbox.collect(zipped(files))

        assert students(collected) == ["ada"]
        assert [notice.where for notice in notices if not notice.taken] == []

    def test_without_a_roster_every_safe_id_is_welcome(self, inbox):
        """A course that has no students.csv yet."""
        inbox.people = ()

        assert students(inbox.collect(zipped({"s123@etu.fr/gd.ipynb": b"{}"}))[0]) == ["s123@etu.fr"]

    def test_the_same_notebook_twice_is_one(self, inbox):
        """Equal bytes need no choice."""
        collected, notices = inbox.collect(zipped({"ada/a.ipynb": b"{}", "ada/b.ipynb": b"{}"}))

        assert (students(collected), notices) == (["ada"], [])

    def test_of_several_the_one_named_after_the_assignment(self, inbox):
        """And it is said."""
        (one,), (notice,) = inbox.collect(zipped({"ada/a.ipynb": b"1", "ada/Gradients (2).ipynb": b"2"}))

        assert (one.filename, notice.taken) == ("Gradients (2).ipynb", True)


class TestAgain:
    def test_collecting_twice_changes_nothing(self, inbox):
        """The same zip, or a later download of the same notebooks."""
        inbox.collect(zipped(moodle("Ada Lovelace")))
        before = sorted(inbox.into.rglob("*"))
        later = [(entry(next(iter(moodle("Ada Lovelace"))), when=(2026, 12, 14, 9, 50, 0)), b"{}")]

        for content in (zipped(moodle("Ada Lovelace")), zipped(later)):
            (one,), notices = inbox.collect(content)
            assert (one.unchanged, notices) == (True, [])

        assert sorted(inbox.into.rglob("*")) == before

    def test_another_notebook_is_another_attempt(self, inbox):
        """The earlier one stays; the later one is graded."""
        name = next(iter(moodle("Ada Lovelace")))
        inbox.collect(zipped({name: b"first"}))
        inbox.collect(zipped([(entry(name, when=(2026, 12, 14, 9, 50, 0)), b"second")]))

        (one,), _ = read_all_submissions(inbox.into, "gradients")

        assert one.content == b"second"
        assert len(list(inbox.into.glob("ada/*/gradients.ipynb"))) == 2

    def test_two_attempts_of_one_second_are_two(self, inbox):
        """Nothing that was collected is overwritten."""
        for content in (b"first", b"second"):
            inbox.collect(zipped({"ada/gd.ipynb": content}))

        assert len(list(inbox.into.glob("ada/*/gradients.ipynb"))) == 2
        assert read_all_submissions(inbox.into, "gradients")[0][0].content == b"second"

    def test_an_older_zip_after_a_newer_one_is_said(self, inbox):
        """It is kept, but the newer one stays the one that is graded, which somebody should know."""
        name = next(iter(moodle("Ada Lovelace")))
        inbox.collect(zipped({name: b"new"}))
        old = zipped([(entry(name, when=(2026, 12, 1, 9, 50, 0)), b"old")])

        _, (notice,) = inbox.collect(old)
        again, nothing = inbox.collect(old)

        assert "seems older than the attempt of 2026-12-14 08:30" in notice.what
        assert ([one.unchanged for one in again], nothing) == ([True], [])
        assert read_all_submissions(inbox.into, "gradients")[0][0].content == b"new"

    def test_a_time_to_come_is_the_time_of_collecting(self, inbox):
        """A clock that is wrong somewhere makes nobody late."""
        (one,), _ = inbox.collect(zipped([(entry("ada/gd.ipynb", when=(2107, 1, 1, 0, 0, 0)), b"{}")]))

        assert one.received == NOW

    def test_a_dry_run_leaves_no_trace(self, inbox):
        """What would be collected is told."""
        collected, _ = inbox.collect(zipped(moodle("Ada Lovelace")), dry=True)

        assert students(collected) == ["ada"]
        assert not (inbox.root / "course").exists()

    def test_two_runs_at_once(self, inbox):
        """The second is told to wait, and harms nothing."""
        from autograder.inbox.destination import Destination

        with (
            Destination(inbox.into, "gradients"),
            pytest.raises(CourseError, match="another run collects into it"),
        ):
            inbox.collect(zipped(moodle("Ada Lovelace")))

    def test_a_folder_that_cannot_be_written(self, inbox):
        """A file stands where submissions/ should be: what to do is said."""
        put(inbox.root, {"course": b""})

        with pytest.raises(CourseError, match="cannot be written"):
            inbox.collect(zipped(moodle("Ada Lovelace")))

    @pytest.mark.parametrize(
        "source", ["course/submissions/gradients", "course", "course/submissions/gradients/ada"]
    )
    def test_what_was_collected_is_no_source(self, inbox, source):
        """CollectRequest a folder into itself would never end."""
        put(inbox.into, {"ada/gd.ipynb": b"{}"})

        with pytest.raises(CourseError, match="one cannot lie in the other"):
            inbox.collect(inbox.root / source)


@pytest.mark.parametrize(
    ("path", "owner", "inside"),
    [
        (
            "Ada_1_assignsubmission_file_/Bob_2_assignsubmission_file_/x.ipynb",
            Owner(NamingScheme.MOODLE, "Ada", "1"),
            2,
        ),
        (
            "Ada_1_assignsubmission_file_Bob_2_assignsubmission_file_x.ipynb",
            Owner(NamingScheme.MOODLE, "Ada", "1"),
            1,
        ),
        ("Ada_1_assignsubmission_file_bob_2_3_x.ipynb", Owner(NamingScheme.MOODLE, "Ada", "1"), 1),
        ("ada_1_2_Bob_2_assignsubmission_file_x.ipynb", Owner(NamingScheme.CANVAS, "ada", "1"), 1),
        ("ada_1_2_bob_3_4_x.ipynb", Owner(NamingScheme.CANVAS, "ada", "1"), 1),
        ("ada_LATE_1_2_bob_LATE_3_4_x.ipynb", Owner(NamingScheme.CANVAS, "ada", "1"), 1),
        ("ada/bob/x.ipynb", Owner(NamingScheme.FOLDER, "ada"), 2),
        ("submitted/ada/submitted/x.ipynb", Owner(NamingScheme.FOLDER, "ada"), 2),
        ("eve/submissions/bob/x.ipynb", Owner(NamingScheme.FOLDER, "eve"), 3),
    ],
)
def test_whose_a_file_is_the_first_name_tells(path, owner, inside):
    """Whatever a student adds behind it, in the manner of Moodle, Canvas or a folder."""
    place = Naming("gradients", frozenset({"ada", "bob"}), "class").locate(split_name(path))

    assert (place.owner, len(place.inside)) == (owner, inside)


def test_a_student_called_as_a_wrapper_is_a_student():
    """Where the roster has an id such as the archive's name, a folder of that name is the student's."""
    place = Naming("gradients", frozenset({"ada"}), "ada").locate(("ada", "bob", "x.ipynb"))

    assert place.owner == Owner(NamingScheme.FOLDER, "ada")


def test_skeletons_are_equal_where_looks_are():
    """Letters of other alphabets, capitals, and what cannot be seen."""
    assert len({skeleton(name) for name in ("ada", "аda", "ADA", "a\u200bda", "ａda")}) == 1
    assert skeleton("ada") != skeleton("aba")
    assert (mixed_script("аda"), mixed_script("ада"), mixed_script("zoé")) == ("U+0430", "", "")


def test_a_limit_follows_from_the_assignment(inbox):
    """One notebook is as large as limits.notebook_mb allows."""
    content = os.urandom(1_500_000)

    _, (notice,) = inbox.collect(zipped({"ada/gd.ipynb": content}))
    collected, _ = inbox.collect(zipped({"ada/gd.ipynb": content}), limits=Limits(notebook_mb=2))

    assert notice.what == "has more than the 1 MB that are read of one notebook"
    assert students(collected) == ["ada"]


def test_names_are_written_by_us(inbox):
    """The file on disk is called after the assignment, with nobody's modes."""
    inbox.collect(zipped([(entry("ada/gd\u202e\x1b[31m.ipynb", mode=0o104777), b"{}")]))

    (path,) = inbox.into.glob("ada/*/*")

    assert path.name == "gradients.ipynb"
    assert path.stat().st_mode & 0o7111 == 0
