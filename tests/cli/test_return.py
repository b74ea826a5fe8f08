"""`autograder return`, as an instructor types it: each report to its student."""

import json
import re
import shutil
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.domain.course import Student
from autograder.publishing.mail import read_mail
from tests.samples.exported_course import make_graded
from tests.samples.marking_course import Course
from tests.samples.platform_files import NUMBERS, PEOPLE, worksheet

HANDED_IN = PEOPLE[:4]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_graded(tmp_path_factory.mktemp("graded") / "course").folder


@pytest.fixture
def course(graded: Path, tmp_path: Path) -> Course:
    """The graded class, in a folder that the test may change."""
    made = object.__new__(Course)
    made.folder = shutil.copytree(graded, tmp_path / "course")
    return made


def give(course: Course, content: bytes) -> str:
    place = course.folder.parent / "w.csv"
    place.write_bytes(content)
    return str(place)


def pages(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def name_of(student: str) -> str:
    return (
        next(each.name for each in PEOPLE if each.id == student).replace('"', "&#34;").replace("'", "&#39;")
    )


def is_read_by_moodle(path: str) -> str:
    """The number that Moodle's own reading of a path gives: the part behind the first underscore."""
    folder, _, file = path.partition("/")
    info = folder.split("_", 4)
    assert info[2:4] == ["assignsubmission", "file"]
    assert file == "report.html"
    return info[1]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_moodle_gets_each_report_under_the_number_of_its_student(course: Course, language: str) -> None:
    done = course.run(
        "return", "small", "--to", "moodle", give(course, worksheet(HANDED_IN, language=language))
    )

    assert done.exit_code == 0, done.output
    file = course.folder / "returned" / "small-moodle.zip"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found = pages(file)
    assert {is_read_by_moodle(path) for path in found} == {str(NUMBERS[each.id]) for each in HANDED_IN}
    for path, page in found.items():
        student = next(who for who, number in NUMBERS.items() if str(number) == is_read_by_moodle(path))
        assert name_of(student) in page
        others = [name_of(each.id) for each in HANDED_IN if each.name != name_of(student)]
        assert not [other for other in others if other in page and other != name_of(student)]
    assert "Siobhán O Neill, Jr_302_assignsubmission_file_/report.html" in found


def test_an_anonymous_worksheet_gives_nobody_away(course: Course) -> None:
    """Where numbers of participants are no ids here, nobody is guessed, and nothing is written."""
    done = course.run("return", "small", "--to", "moodle", give(course, worksheet(HANDED_IN, anonymous=True)))
    assert done.exit_code == 1
    assert "nothing was written" in done.output
    assert not (course.folder / "returned").exists()


def test_who_is_on_one_side_alone_is_named(course: Course) -> None:
    people = (*PEOPLE[:2], PEOPLE[4], Student("7", "Zoé Partie", "zoe@example.org"))

    done = course.run("return", "small", "--to", "moodle", give(course, worksheet(people)), "--json")

    assert done.exit_code == 1
    told = json.loads(done.output)
    assert told["not_there"] == ["21904713", "21904714"]
    assert [each["name"] for each in told["not_here"]] == ["line 5: Zoé Partie, 7, zoe@example.org"]
    assert told["without"] == ["line 4: Jean Martin, 21904715, jean.martin2@example.org"]
    assert len(told["written"]) == 2


def test_two_of_one_name_without_ids_get_no_report_of_the_other(course: Course) -> None:
    people = [replace(each, id="", email="") for each in PEOPLE]
    done = course.run("return", "small", "--to", "moodle", give(course, worksheet(people)))
    assert done.exit_code == 1
    assert not [path for path in pages(course.folder / "returned" / "small-moodle.zip") if "Jean" in path]


def downloaded(course: Course, names: list[str], *, folder: bool = False) -> str:
    place = course.folder.parent / ("canvas" if folder else "submissions.zip")
    if folder:
        place.mkdir()
        for name in names:
            (place / name).write_bytes(b"x")
    else:
        with zipfile.ZipFile(place, "w") as archive:
            for name in names:
                archive.writestr(name, "x")
    return str(place)


@pytest.mark.parametrize("folder", [False, True])
def test_canvas_gets_the_names_it_gave(course: Course, folder: bool) -> None:
    names = [
        "duranamélie_1_2_x.ipynb",
        "durandamélie_9000_55001_small.ipynb",
        "durandamélie_9000_55002_notes.txt",
    ]
    names.append("oneilljrsiobhán_LATE_9001_55003_small-1.ipynb")
    source = downloaded(course, names, folder=folder)

    done = course.run("return", "small", "--to", "canvas", source)

    assert done.exit_code == 1, "some have no file there, and one name is nobody's"
    found = pages(course.folder / "returned" / "small-canvas.zip")
    assert set(found) == {f"{names[1]}.html", f"{names[3]}.html"}
    assert name_of("21904711") in found[f"{names[1]}.html"]
    assert name_of("21904712") in found[f"{names[3]}.html"]
    for name in found:  # as Canvas reads them
        assert [part for part in name.split("_") if re.fullmatch(r"\d+", part)][:2] in (
            ["9000", "55001"],
            ["9001", "55003"],
        )


def test_two_people_of_canvas_who_may_be_one_student_get_nothing(course: Course) -> None:
    source = downloaded(course, ["durandamélie_1_2_small.ipynb", "durandamélie_3_4_small.ipynb"])
    done = course.run("return", "small", "--to", "canvas", source)
    assert done.exit_code == 1
    assert "2 people in Canvas may be 21904711" in done.output
    assert not (course.folder / "returned").exists()


def test_a_team_has_one_file_in_canvas_and_each_member_one_in_moodle(course: Course) -> None:
    (course.folder / "teams").mkdir()
    (course.folder / "teams" / "small.csv").write_text("team,id\nRed,21904711\nRed,21904712\n")

    canvas = course.run(
        "return", "small", "--to", "canvas", downloaded(course, ["red_50_60_small.ipynb"]), "--json"
    )
    moodle = course.run("return", "small", "--to", "moodle", give(course, worksheet(PEOPLE[:2])), "--json")

    assert json.loads(canvas.output)["written"] == [
        {"path": "red_50_60_small.ipynb.html", "students": ["21904711", "21904712"]}
    ]
    assert [each["students"] for each in json.loads(moodle.output)["written"]] == [["21904711"], ["21904712"]]


def test_a_folder_a_student_holds_the_page_alone(course: Course) -> None:
    done = course.run("return", "small", "--to", "folder")
    assert done.exit_code == 0
    out = course.folder / "returned" / "small"
    assert sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()) == sorted(
        f"{each.id}/report.html" for each in HANDED_IN
    )
    for student in HANDED_IN:
        assert name_of(student.id) in (out / student.id / "report.html").read_text(encoding="utf-8")


def test_mails_are_written_and_not_sent(course: Course) -> None:
    roster = course.folder / "students.csv"
    roster.write_text(
        roster.read_text(encoding="utf-8").replace("paul@example.org", "paul at home"), encoding="utf-8"
    )

    done = course.run("return", "small", "--to", "mail", "--from", "teacher@example.org")

    assert done.exit_code == 1
    assert "21904713: has no e-mail address in students.csv" in done.output
    out = course.folder / "returned" / "small-mail"
    assert sorted(path.name for path in out.iterdir()) == ["21904711.eml", "21904712.eml", "21904714.eml"]
    content = (out / "21904712.eml").read_bytes()
    address, page = read_mail(content)
    assert address == "siobhan@example.org"
    assert name_of("21904712") in page.decode()
    assert b"From: teacher@example.org" in content
    assert b"Subject: Small: your report on Small" in content
    assert b"X-Unsent: 1" in content


def test_nothing_is_overwritten_silently(course: Course) -> None:
    file = course.folder / "returned" / "small-moodle.zip"
    ours = give(course, worksheet(HANDED_IN))
    asked = ("return", "small", "--to", "moodle", ours)
    assert course.run(*asked).exit_code == 0
    assert course.run(*asked).exit_code == 0, "the same zip again is no harm"
    file.write_bytes(b"something else")

    refused = course.run(*asked)

    assert refused.exit_code != 0
    assert "is there already" in str(refused.exception)
    assert file.read_bytes() == b"something else"
    assert course.run(*asked, "--yes").exit_code == 0
    assert len(pages(file)) == 4
    assert course.run("return", "small", "--to", "folder").exit_code == 0
    assert "4 files to write are there" in str(course.run("return", "small", "--to", "folder").exception)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("small", "--to", "moodle"), "Moodle's grading worksheet says"),
        (("small", "--to", "canvas"), "the zip downloaded from Canvas says"),
        (("small", "--to", "canvas", "students.csv"), "is no zip"),
        (("small", "--to", "moodle", "students.csv"), "no grading worksheet"),
        (("other", "--to", "folder"), "there is no assignment 'other'"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(course: Course, arguments: tuple[str, ...], says: str) -> None:
    here = str(course.folder / "students.csv")
    done = course.run("return", *(here if each == "students.csv" else each for each in arguments))
    assert says in str(done.exception)
