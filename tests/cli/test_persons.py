"""One person: everything that is recorded of them as a zip, or nothing of them any more."""

import io
import json
import os
import shutil
import sqlite3
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
from marking_course import STUB, Course, notebook
from quiz_course import QUIZ

from autograder.cli.main import group
from autograder.course.opened import open_course
from autograder.errors import CourseError
from autograder.services.persons import erase_everybody

WITH_QUIZ = '[quizzes.weekly]\ntitle = "Week 3"\nweight = "0 %"\n'
OWN = "def double(x):\n    ada_wrote_this = 2 * x\n    return ada_wrote_this"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Ada handed in twice, was marked by hand and took a quiz; bob left the stub as she did first."""
    course = Course(tmp_path_factory.mktemp("graded"))
    with (course.folder / "course.toml").open("a") as file:
        file.write(WITH_QUIZ)
    (course.folder / "quiz").mkdir()
    (course.folder / "quiz/weekly.quiz.md").write_text(QUIZ)
    (course.folder / "students.csv").write_text(
        "id;name;email;group\nada;Ada Lovelace;ada@x.org;ada2\nbob;Bob;;ada\n"
    )
    for student in ("ada", "bob"):
        course.hand_in(student, notebook(answer=STUB))
    assert course.grade().exit_code == 0
    course.hand_in("ada", notebook(answer=OWN, comment="Ada's own words."))
    assert course.grade().exit_code == 0
    assert course.run("mark", "small", "--names").exit_code == 0
    lines = course.table.read_text(encoding="utf-8-sig").splitlines()
    filled = [line.replace(",,,,", f",0.5,1,for {line[:3]},", 1) for line in lines]
    course.table.write_text("\n".join(filled), encoding="utf-8-sig")
    told = course.run("mark", "small", "--csv", str(course.table))
    assert told.exit_code == 0, (told.output, told.exception)
    take(course)
    return course


def take(course: Course) -> None:
    before = Path.cwd()
    os.chdir(course.folder)
    try:
        typed = "2 A w\nBecause ada says so.\n.\nyes\nyes\nyes\n"
        done = CliRunner().invoke(group, ["quiz", "take", "weekly", "--student", "ada"], input=typed)
    finally:
        os.chdir(before)
    assert done.exit_code == 0, done.output


def scores(course: Course) -> list[Fraction]:
    with open_course(course.folder).gradebook(read_only=True) as book:
        return sorted(report.score_so_far for report in book.latest_reports("small"))


def test_everything_of_a_person_is_exported(course: Course, tmp_path: Path) -> None:
    """And nothing of anybody else."""
    told = course.run("export", "--person", "ada", "--out", str(tmp_path / "ada.zip"))
    assert told.exit_code == 0, (told.output, told.exception)
    with zipfile.ZipFile(tmp_path / "ada.zip") as archive:
        content = {name: archive.read(name).decode() for name in archive.namelist()}
    assert json.loads(content["person.json"])["email"] == "ada@x.org"
    assert content["submissions/002-small.ipynb"].encode() == notebook(answer=OWN, comment="Ada's own words.")
    assert {"reports/small-001.json", "reports/small-002.json"} < content.keys()
    assert "for ada" in content["marks-by-hand/small.json"]
    assert "Because ada says so." in content["quizzes/weekly-1.json"]
    assert not any("bob" in text.lower() for text in content.values())
    unknown = course.run("export", "--person", "eve", "--out", str(tmp_path / "eve.zip"))
    assert isinstance(unknown.exception, CourseError)


def test_team_mates_are_not_named(course: Course, tmp_path: Path) -> None:
    """Their team is, unless it is called after them; and who has a team of one takes its folder along."""
    for folder, content in (("Red", OWN), ("ada+bob", OWN)):
        course.hand_in(folder, notebook(answer=content))
    teams = course.folder / "teams/small.csv"
    teams.parent.mkdir()
    for team, named in (("Red", "Red"), ("ada+bob", "")):
        teams.write_text(f"team,id\n{team},ada\n{team},bob\n")
        shutil.rmtree(course.folder / "submissions/small" / ("Red" if team != "Red" else "ada+bob"))
        shutil.rmtree(course.folder / "submissions/small/ada", ignore_errors=True)
        shutil.rmtree(course.folder / "submissions/small/bob", ignore_errors=True)
        assert course.grade().exit_code in (0, 1)
        out = tmp_path / f"{team}.zip"
        told = course.run("export", "--person", "ada", "--out", str(out))
        assert told.exit_code == 0, (told.output, told.exception)
        with zipfile.ZipFile(out) as archive:
            content = {name: archive.read(name).decode() for name in archive.namelist()}
        assert json.loads(content["person.json"])["teams"] == {"small": named}
        assert not [name for name, text in content.items() if "bob" in text.lower()]
        course.hand_in("Red", notebook(answer=OWN)) if team != "Red" else course.hand_in(
            "ada+bob", notebook(answer=OWN)
        )
    shutil.rmtree(course.folder / "submissions/small/Red")
    assert course.run("erase", "--person", "ada", "--yes").exit_code == 0
    assert (course.folder / "submissions/small/ada+bob").is_dir()
    assert course.run("erase", "--person", "bob", "--yes").exit_code == 0
    assert not (course.folder / "submissions/small/ada+bob").exists()


def test_nothing_of_an_erased_person_is_left(course: Course) -> None:
    """Not a byte of their name, their words or their file; marks stay, and the chain goes on checking."""
    before = scores(course)
    told = course.run("erase", "--person", "ada", "--yes")
    assert told.exit_code == 0, (told.output, told.exception)
    assert scores(course) == before
    shutil.rmtree(course.folder / "marking")
    for path in course.folder.rglob("*"):
        if path.is_file() and path.name != "course.toml":
            content = path.read_bytes().lower()
            for word in (b"ada@", b"lovelace", b"ada_wrote", b"own words", b"says so", b"for ada", b'"ada"'):
                assert word not in content, (path, word)
    assert "ada" not in {path.name for path in course.folder.rglob("*")}
    checked = course.run("doctor", "--store")
    assert (checked.exit_code, "A person was erased: erased-" in checked.output) == (0, True)
    assert (course.folder / "students.csv").read_text() == "id;name;email;group\nbob;Bob;;ada\n"
    with open_course(course.folder).gradebook(read_only=True) as book:
        assert not book.history("ada")
        assert len(book.history("bob")) == 1
        assert list(book.latest_reports("small", students=["bob"]))
    again = course.grade()
    assert (again.exit_code, "Nothing to grade" in again.output) == (0, True)
    assert course.run("grades").exit_code == 0


def test_commands_go_on_after_somebody_was_erased(course: Course) -> None:
    """Nothing of theirs is judged again, waits for a person, or takes a mark from them."""
    assert course.run("erase", "--person", "ada", "--yes").exit_code == 0
    before = scores(course)
    solutions = course.folder / "solutions/small.py"
    solutions.write_text(solutions.read_text().replace("-2.5", "-3.5"))
    told = course.run("regrade", "small", "--why", "w", "--yes", "--accept-isolation", "1", "--json")
    assert told.exit_code == 0, (told.output, told.exception)
    assert not [each for each in json.loads(told.output)["changes"] if "erased" in each["student"]]
    assert scores(course) == before
    told = course.run("stats", "small", "--accept-isolation", "1", "-j", "1")
    assert (told.exit_code, "erased" in told.output) in ((0, False), (1, False)), told.output
    told = course.run("mark", "small")
    assert "erased" not in told.output, told.output
    assert course.run("grades", "--json").exit_code == 0


def test_what_is_left_of_a_person_is_still_checked(course: Course) -> None:
    assert course.run("erase", "--person", "ada", "--yes").exit_code == 0
    with closing(sqlite3.connect(course.folder / ".autograder/gradebook.sqlite")) as connection:
        connection.execute("UPDATE reports SET body = replace(body, '\"mark\"', '\"mArk\"') WHERE id = 1")
        connection.commit()
    checked = course.run("doctor", "--store")
    assert checked.exit_code == 2
    assert "reports, entry 1: is not as it was recorded" in checked.stderr


def test_nothing_is_erased_that_was_not_confirmed(course: Course) -> None:
    told = course.run("erase", "--person", "ada")
    assert told.exit_code == 2
    assert "submissions/small/ada goes" in told.output
    assert (course.folder / "submissions/small/ada").is_dir()
    with open_course(course.folder).gradebook(read_only=True) as book:
        assert len(book.history("ada")) == 2
    assert isinstance(course.run("erase", "--person", "eve", "--yes").exception, CourseError)


def test_an_erased_person_is_erased_in_the_next_backup(course: Course, tmp_path: Path) -> None:
    assert course.run("erase", "--person", "ada", "--yes").exit_code == 0
    shutil.rmtree(course.folder / "marking")
    assert course.run("backup", str(tmp_path / "b.zip")).exit_code == 0
    with zipfile.ZipFile(io.BytesIO((tmp_path / "b.zip").read_bytes())) as archive:
        assert not any(b"lovelace" in archive.read(name).lower() for name in archive.namelist())
    assert course.run("restore", str(tmp_path / "b.zip"), str(tmp_path / "new")).exit_code == 0


@pytest.mark.parametrize(
    ("keep", "days", "erased"),
    [("1 month", 45, False), ("1 month", 70, True), ("2 years", 700, False), ("", 9000, False)],
)
def test_everybody_is_erased_when_their_time_is_over(
    course: Course, keep: str, days: int, erased: bool
) -> None:
    """And thirty days more, which are left for an archive."""
    if keep:
        with (course.folder / "course.toml").open("a") as file:
            file.write(f'[privacy]\nkeep = "{keep}"\n')
    opened = open_course(course.folder)
    later = datetime.now(UTC) + timedelta(days=days)
    if not erased:
        with pytest.raises(CourseError, match=r"privacy\.keep"):
            erase_everybody(opened, now=later)
        return
    assert len(erase_everybody(opened, now=later)) == 2
    with opened.gradebook(read_only=True) as book:
        assert book.students() == ()
    assert course.run("doctor", "--store").exit_code == 0
    assert (course.folder / "students.csv").read_text() == "id;name;email;group\n"
    assert course.run("erase", "--course", "--yes").exit_code == 1  # the time of today is not over


def test_a_time_that_is_no_time_is_told(course: Course) -> None:
    with (course.folder / "course.toml").open("a") as file:
        file.write('[privacy]\nkeep = "soon"\n')
    assert "18 months" in str(course.run("grades").exception)
