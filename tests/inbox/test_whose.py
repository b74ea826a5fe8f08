"""Whose a hand-in is: names written otherwise, teams, and ids that a spreadsheet has changed."""

import unicodedata
from pathlib import Path

import pytest
from packing import Inbox, put, read_all_submissions, zipped

from autograder.course.teams import read_teams
from autograder.domain.course import Student
from autograder.errors import CourseError
from autograder.inbox.collect import collect
from autograder.inbox.collector import Collected, CollectRequest
from autograder.inbox.notice import Notice

MOODLE = "{}_{}_assignsubmission_file_/gradients.ipynb"
PEOPLE = (
    Student("ada", "Ada Lovelace"),
    Student("bob", "Bob Jones"),
    Student("zoe", "Zoé Müller"),
    Student("pierre", "Pierre Dupont"),
    Student("jean", "Jean Martin"),
    Student("jean2", "Martin Jean"),
    Student("soren", "Søren Ørsted-Dahl"),
)


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path, PEOPLE)


def moodle(*names: str, content: bytes = b"{}") -> bytes:
    return zipped({MOODLE.format(name, n): content for n, name in enumerate(names, 100)})


def in_team(inbox: Inbox, content: bytes, teams: dict[str, tuple[str, ...]]):
    from packing import NOW, PARIS

    from autograder.domain.course import Limits

    source = inbox.root / "download.zip"
    source.write_bytes(content)
    found = list(
        collect(
            CollectRequest(source, "gradients", inbox.into, inbox.people, Limits(), PARIS, NOW, teams=teams)
        )
    )
    collected = [one.student for one in found if isinstance(one, Collected)]
    return collected, [one for one in found if isinstance(one, Notice)]


class TestNames:
    @pytest.mark.parametrize(
        "name",
        [
            *("Müller, Zoé", "Müller Zoé", "MÜLLER Zoé", "Zoe Muller", "muller, zoe", "Zoé  Müller"),
            *(unicodedata.normalize("NFD", "Müller, Zoé"), unicodedata.normalize("NFD", "Zoé Müller")),
        ],
    )
    @pytest.mark.parametrize("form", ["{}_7_assignsubmission_file_/gd.ipynb", "{}/gd.ipynb"])
    def test_the_words_of_a_name_in_any_order(self, inbox, form, name):
        """A comma, capitals, accents, composed or not: exactly one student is meant."""
        collected, notices = inbox.collect(zipped({form.format(name): b"{}"}))

        assert [one.student for one in collected] == ["zoe"]
        assert all(notice.taken for notice in notices)

    @pytest.mark.parametrize("file", ["mullerzoe_1_2_gd.ipynb", "müllerzoé_1_2_gd.ipynb"])
    def test_canvas_with_or_without_accents(self, inbox, file):
        """The squashed name, too."""
        assert [one.student for one in inbox.collect(zipped({file: b"{}"}))[0]] == ["zoe"]

    def test_letters_that_decompose_into_nothing(self, inbox):
        """Strokes are accents to who types without them."""
        assert [one.student for one in inbox.collect(moodle("Orsted-Dahl, Soren"))[0]] == ["soren"]

    @pytest.mark.parametrize(
        ("name", "why"),
        [
            ("Martin, Jean", "2 students of students.csv may be Martin, Jean (jean, jean2)"),
            ("Muller Zоe", "no student of students.csv is called"),  # a Cyrillic letter
            ("Zoé", "no student of students.csv is called"),
            ("Zoé Müller Garcia", "no student of students.csv is called"),
        ],
    )
    def test_where_it_is_not_one_student_it_is_said(self, inbox, name, why):
        """Two who may be meant, a letter of another alphabet, a part of a name."""
        collected, (notice,) = inbox.collect(moodle(name))

        assert (collected, notice.taken) == ([], False)
        assert why in notice.what

    def test_an_exact_name_goes_before_its_words(self, inbox):
        """Jean Martin and Martin Jean are two people."""
        assert [one.student for one in inbox.collect(moodle("Jean Martin", "Martin Jean"))[0]] == [
            "jean",
            "jean2",
        ]

    def test_two_folders_that_lead_to_one_student(self, inbox):
        """Neither is taken."""
        collected, (notice,) = inbox.collect(moodle("Zoé Müller", "Muller Zoe"))

        assert (collected, notice.taken) == ([], False)
        assert "2 of them would be zoe" in notice.what

    def test_a_whole_class_by_family_name_is_said_in_a_few_lines(self, inbox):
        """Not a line a student."""
        collected, notices = inbox.collect(
            moodle("Lovelace Ada", "Jones Bob", "Müller Zoé", "Dupont Pierre", "Ørsted-Dahl Søren")
        )

        assert len(collected) == 5
        assert [notice.taken for notice in notices] == [True] * 4


class TestTeams:
    @pytest.mark.parametrize("name", ["Team A", "Group-Team A", "team a"])
    def test_what_a_team_handed_in_is_each_members_own(self, inbox, name):
        """Members are named in teams/NAME.csv."""
        collected, notices = in_team(inbox, moodle(name, "Zoé Müller"), {"Team A": ("ada", "bob")})

        assert collected == ["ada", "bob", "zoe"]
        assert {notice.what for notice in notices} == {"is the team Team A"}
        submissions, _ = read_all_submissions(inbox.into, "gradients")
        assert [one.student for one in submissions] == ["ada", "bob", "zoe"]
        assert in_team(inbox, moodle(name), {"Team A": ("ada", "bob")})[0] == ["ada", "bob"]
        assert len(list(inbox.into.glob("*/*/gradients.ipynb"))) == 3

    def test_a_folder_called_like_a_team(self, inbox):
        """Also in a folder of folders."""
        assert in_team(inbox, zipped({"Team A/gd.ipynb": b"{}"}), {"Team A": ("ada", "bob")})[0] == [
            "ada",
            "bob",
        ]

    def test_moodle_puts_the_team_before_each_member(self, inbox):
        """`Team A-Ada Lovelace`, a folder a member, with the same files."""
        collected, notices = inbox.collect(
            moodle(
                "Team A-Ada Lovelace", "Team A-Bob Jones", "Team-B-Müller, Zoé", "Default group-Pierre Dupont"
            )
        )

        assert [one.student for one in collected] == ["ada", "bob", "pierre", "zoe"]
        assert all(notice.taken for notice in notices)

    def test_a_member_without_a_folder_has_what_the_team_handed_in(self, inbox):
        """Where teams/NAME.csv knows the team, one folder is enough."""
        teams = {"Team A": ("ada", "bob")}

        collected, notices = in_team(inbox, moodle("Team A-Ada Lovelace"), teams)

        assert collected == ["ada", "bob"]
        assert all(notice.taken for notice in notices)
        assert in_team(inbox, moodle("Team A-Ada Lovelace", "Team A-Bob Jones"), teams)[0] == ["ada", "bob"]

    def test_a_double_first_name_is_no_team(self, inbox):
        """Jean-Pierre Dupont is not on the roster, and is not Pierre of the team Jean."""
        collected, (notice,) = inbox.collect(moodle("Ada Lovelace", "Jean-Pierre Dupont"))

        assert [one.student for one in collected] == ["ada"]
        assert "teams/NAME.csv" in notice.todo

    def test_alone_and_with_a_team_is_for_a_person(self, inbox):
        """Nothing of that student is taken; the others' is."""
        collected, notices = in_team(inbox, moodle("Team A", "Ada Lovelace"), {"Team A": ("ada", "bob")})

        assert collected == ["bob"]
        assert [notice.student for notice in notices if not notice.taken] == ["ada"]

    def test_a_team_nobody_knows(self, inbox):
        """How to name its members is said."""
        _, (notice,) = inbox.collect(moodle("Team A"))

        assert "name its members in teams/NAME.csv (columns team and id)" in notice.todo

    def test_grade_reads_teams_too(self, tmp_path):
        """Put under submissions/ by hand."""
        put(tmp_path, {"Team A/gd.ipynb": b"{}", "zoe/gd.ipynb": b"{}"})

        submissions, notices = read_all_submissions(
            tmp_path, "gradients", roster=["ada", "bob", "zoe"], teams={"Team A": ("ada", "bob")}
        )

        assert ([one.student for one in submissions], notices) == (["ada", "bob", "zoe"], ())

    def test_all_that_is_wrong_with_a_file_of_teams_is_told(self, tmp_path):
        """Each with its line."""
        path = (
            put(tmp_path, {"teams/gradients.csv": b"team;id\nA;ada\nA;eve\nB;ada\n;bob\n"})
            / "teams/gradients.csv"
        )

        with pytest.raises(CourseError) as caught:
            read_teams(path, {"ada", "bob"})

        assert [flaw.where for flaw in caught.value.flaws] == [
            f"teams/gradients.csv, line {n}" for n in (3, 4, 5)
        ]
        path.write_text("team,id\nA,ada\nA,bob\n")
        assert read_teams(path, {"ada", "bob"}) == {"A": ("ada", "bob")}
        assert read_teams(path.with_name("other.csv"), {"ada"}) == {}


class TestSpreadsheets:
    @pytest.mark.parametrize("student", ["2.02E+07", "2,02E+07", "2.02e+07", "20231234.0"])
    def test_an_id_that_a_spreadsheet_shortened_is_warned_of(self, inbox, student):
        """Where it is collected and where it is graded."""
        inbox.people = (Student("ada"), Student(student))

        collected, notices = inbox.collect(zipped({"ada/gd.ipynb": b"{}", "20231234/gd.ipynb": b"{}"}))
        _, graded = read_all_submissions(inbox.into, "gradients", roster=["ada", student])

        assert [one.student for one in collected] == ["ada"]
        assert f"a spreadsheet has shortened the number that was the id ({student})" in notices[0].what
        assert "as text" in notices[0].todo
        assert "students.csv holds numbers that a spreadsheet has shortened" in notices[1].what
        assert [notice.where for notice in graded] == ["students.csv"]

    @pytest.mark.parametrize(
        ("folder", "known", "lost"), [("0123", "123", "students.csv"), ("123", "00123", "this name")]
    )
    def test_lost_zeros_are_told_and_never_guessed(self, inbox, folder, known, lost):
        """Whichever side has lost them."""
        inbox.people = (Student(known),)

        collected, (notice,) = inbox.collect(zipped({f"{folder}/gd.ipynb": b"{}"}))
        source = put(inbox.root / "class", {f"{folder}/gd.ipynb": b"{}"})
        submissions, (also,) = read_all_submissions(source, "gradients", roster=[known])

        assert (collected, submissions) == ([], ())
        sentence = f"students.csv has {known}: the zeros before the number were lost in {lost}"
        assert sentence in str(notice)
        assert sentence in str(also)

    def test_a_folder_with_a_shortened_number(self, inbox):
        """What was lost is said."""
        inbox.people = (Student("20231234"),)

        _, (notice,) = inbox.collect(zipped({"2.02E+07/gd.ipynb": b"{}"}))

        assert "a spreadsheet has shortened this number" in notice.what
