"""Decisions say what a mark is out of and what they change; publications are shown, and taken back."""

import csv
import io
import json
from pathlib import Path

import pytest
from class_course import ClassCourse
from graded_course import final
from marking_course import Course
from quiz_course import QuizCourse

from autograder.course.opened import open_course
from autograder.grading import versions

WHY = ("--why", "as agreed", "--yes")


def add_works(course: Course, *names: str) -> None:
    """More assignments of the same questions, whose names are words of the commands."""
    for name in names:
        for place in ("assignments/{0}/{0}.ipynb", "solutions/{0}.py"):
            new = course.folder / place.format(name)
            new.parent.mkdir(parents=True, exist_ok=True)
            new.write_bytes((course.folder / place.format("small")).read_bytes())
    toml = course.folder / "course.toml"
    tables = "".join(f'\n[assignments.{name}]\ntitle = "{name}"\nweight = "25 %"\n' for name in names)
    text = toml.read_text().replace('weight = "100 %"', 'weight = "50 %"')
    toml.write_text(text.replace("\n[late]", f"{tables}\n[late]"))


def test_assignments_may_be_called_final_and_exam(course: Course) -> None:
    add_works(course, "final", "exam")
    assert course.run("override", "all", "final", "--mark", "1/2", *WHY).exit_code == 0
    assert course.run("override", "all", "exam/double", "--mark", "1/2", *WHY).exit_code == 0
    assert course.run("override", "ben", "--final", "--mark", "12/20", *WHY).exit_code == 0
    reached = final(course)
    assert reached["all"]["assignments"]["final"]["mark"] == "1/2"  # type: ignore[index]
    assert reached["ben"]["final"] == "12.00"
    assert reached["ben"]["assignments"]["final"]["mark"] is None  # type: ignore[index]
    told = course.run("publish", "final", "--yes")
    assert "all: nothing -> 1/2" in told.output
    assert "published: 1 students" not in told.output
    assert "published: 1 student" in told.output
    assert "ben: nothing -> 12.00" in course.run("publish", "--final", "--yes").output
    course.run("override", "ben", "--final", "--mark", "11/20", *WHY)
    course.run("override", "all", "final", "--mark", "2/2", *WHY)
    told = course.run("grades", "--final")
    assert "unpublished changes of final: 1 student, 0 down" in told.output
    assert "unpublished changes of the final grades: 1 student, 1 down" in told.output


def test_a_homework_called_final_and_the_final_grades_are_exported_apart(course: Course) -> None:
    add_works(course, "final", "exam")
    for name in ("final", "exam", "small"):
        course.run("override", "all", name, "--mark", "2/2", *WHY)
    course.run("override", "all", "--final", "--mark", "12/20", *WHY)
    for what in ("final", "--final"):
        told = course.run("export", what, "--to", "csv")
        assert told.exit_code == 0, (told.output, told.exception)
    exports = course.folder / "exports"
    homework, grades = (
        (exports / f"{name}.csv").read_text(encoding="utf-8-sig").splitlines()
        for name in ("final", "final grade")
    )
    assert (homework[0], homework[3]) == ("id,name,email,group,final (/2)", "all,All,,TP 1,2.00")
    assert grades[0] == "id,name,email,group,final grade (/20),code"
    assert grades[3] == "all,All,,TP 1,12.00,"
    # A platform's column of the homework does not take them either.
    (course.folder / "moodle.csv").write_text("Identifiant,Devoir : Final (Brut)\nall,\n", encoding="utf-8")
    told = course.run("export", "--final", "--to", "moodle", "--into", "moodle.csv")
    assert told.exit_code == 1 and "12" not in (course.folder / "moodle.csv").read_text()
    # Columns of final grades have one heading each.
    table = list(csv.reader(io.StringIO(course.run("grades", "--final", "--csv").stdout)))
    assert len(set(table[0])) == len(table[0])
    line = dict(zip(table[0], table[3], strict=True))
    assert (line["final"], line["final (homework)"], line["exam (homework)"], line["exam"]) == (
        ("12.00", "1", "1", "")
    )


def test_one_question_alone_takes_no_place_of_another_homework(course: Course) -> None:
    add_works(course, "small-double", "other")
    told = course.run("grade", "small", "--question", "double", "--accept-isolation", "1")
    assert "reports/small-double: is where the reports of the assignment small-double are" in str(
        told.exception
    )
    assert not (course.folder / "reports" / "small-double").exists()


@pytest.mark.parametrize(
    ("target", "mark", "right"),
    [
        ("small", "13,5", "A/2"),
        ("small", "", "A/2"),
        ("small", "80", "A/2"),
        ("small", "1/2/2", "A/2"),
        ("small", "3/2", "A/2"),
        ("small", "120 %", "A/2"),
        ("small", "1/0", "A/2"),
        ("small", "1/20", "A/2"),
        ("small/double", "-1/2", "A/2"),
        ("small/double", "=1/2", "A/2"),
        ("--final", "13", "A/20"),
        ("--final", "21/20", "A/20"),
        ("--final", "7/10", "A/20"),
    ],
)
def test_a_mark_that_is_refused_names_the_right_points(
    course: Course,
    target: str,
    mark: str,
    right: str,
) -> None:
    told = course.run("override", "ben", target, "--mark", mark, *WHY)
    assert f"write it as {right}, or as a share: 80 %" in str(told.exception)


@pytest.mark.parametrize(
    ("mark", "share"),
    [("1/2", "1/2"), ("1,5/2", "3/4"), (" 1.5 / 2 ", "3/4"), ("80 %", "4/5"), ("12,5%", "1/8"), ("0/2", "0")],
)
def test_marks_are_read_as_people_write_them(course: Course, mark: str, share: str) -> None:
    assert course.run("override", "ben", "small", "--mark", mark, *WHY).exit_code == 0
    assert final(course)["ben"]["homework"] == share


def test_a_decision_on_a_question_that_is_in_no_file_says_that_it_changes_nothing(course: Course) -> None:
    told = course.run("override", "all", "small/double", "--mark", "1/2", *WHY)
    assert told.exit_code == 0
    assert "all handed in nothing for small: a decision on small/double changes nothing" in told.output
    told = course.run("override", "all", "small", "--mark", "1/2", *WHY)
    assert "changes nothing" not in told.output
    assert "all: small 0.00 -> 0.50" in told.output
    assert "changes nothing" not in course.run("override", "ben", "small/double", "--sanction", *WHY).output


def test_what_waits_for_a_person_is_settled_by_a_decision(tmp_path: Path) -> None:
    """A text of a quiz that nobody marked, and then the whole quiz."""
    course = QuizCourse(tmp_path)
    course.take("ada", "2 A w", "yes", "equal", ".")

    def mark() -> object:
        told = json.loads(course.run("grades", "--final", "--json").stdout)["students"]
        return next(each for each in told if each["id"] == "ada")["assignments"]["weekly"]["mark"]

    assert mark() is None
    wrong = course.run("override", "ada", "weekly/why", "--mark", "1/2", *WHY)
    assert "'1/2' is not out of 3 (write it as A/3" in str(wrong.exception)
    told = course.run("override", "ada", "weekly/why", "--mark", "1,5/3", *WHY)
    assert "ada: weekly 0.20 to 0.80 -> 0.50\n" in told.output
    told = course.run("override", "ada", "weekly", "--mark", "4/5", *WHY)
    assert "-> 0.80" in told.output
    assert mark() == "4/5"
    assert "ada: nothing -> 4/5" in course.run("publish", "weekly", "--yes").output


def test_a_publication_is_taken_back_and_the_one_before_it_holds_again(course: Course) -> None:
    assert course.run("publish", "small", "--yes").exit_code == 0
    course.run("override", "ada", "small", "--mark", "1/2", *WHY)
    assert course.run("publish", "small", "--yes").exit_code == 0
    assert course.run("grades").output.count("unpublished") == 0
    told = course.run("publish", "small", "--revoke", "--why", "too early")
    assert told.exit_code == 2
    assert "ada: 1/2 -> 9/10" in told.output
    assert "is missing" in str(course.run("publish", "small", "--revoke", "--yes").exception)
    assert course.run("publish", "small", "--revoke", *WHY).exit_code == 0
    assert "unpublished changes of small: 1 student, 1 down" in course.run("grades").output
    told = course.run("publish", "small", "--revoke", *WHY)
    assert "ada: 9/10 -> nothing  DOWN" in told.output
    assert "nothing of it is published" in str(course.run("publish", "small", "--revoke", *WHY).exception)
    assert "unpublished" not in course.run("grades").output


def test_a_publication_is_shown_anew_where_somebody_recorded_something_meanwhile(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two that were shown at once, the one that is confirmed later holds what was recorded before it."""
    from autograder.services import decisions

    before = decisions.read_graded_class

    def read_slowly(*arguments):
        graded = before(*arguments)
        monkeypatch.setattr(decisions, "read_graded_class", before)
        assert course.run("override", "ada", "small", "--mark", "1/2", *WHY).exit_code == 0
        return graded

    monkeypatch.setattr(decisions, "read_graded_class", read_slowly)
    told = course.run("publish", "small", "--yes")
    assert told.exit_code == 0
    assert "Somebody else recorded something meanwhile" in told.output
    first, second = told.output.split("Somebody else")
    assert "ada: nothing -> 9/10" in first and "ada: nothing -> 1/2" in second
    assert "Nothing has changed" in course.run("publish", "small", "--yes").output


def test_where_everything_is_open_nothing_is_published(course: Course) -> None:
    told = course.run("publish", "--final", "--yes")
    assert told.exit_code == 2
    assert "open, not published: ada, ben, all" in told.output
    assert "Nothing was published: every grade is still open." in told.output
    assert "Nothing has changed" not in told.output
    with open_course(course.folder).gradebook(read_only=True) as book:
        assert not book.events.publications()


def test_unpublished_changes_are_told_wherever_grades_are_shown(course: Course) -> None:
    course.run("publish", "small", "--yes")
    course.run("override", "ada", "small", "--mark", "1/2", *WHY)
    line = "unpublished changes of small: 1 student, 1 down"
    for command in (("grades",), ("grades", "--final")):
        assert line in course.run(*command).stdout
    # Scripts read what stands on stdout.
    for command in (("grades", "--json"), ("grades", "--final", "--csv")):
        told = course.run(*command)
        assert line in told.stderr
        assert line not in told.stdout
    told = json.loads(course.run("grades", "--final", "--json").stdout)
    assert told["unpublished"] == [{"work": "small", "students": 1, "down": 1}]
    assert "unpublished change of small: 9/10 -> 1/2  DOWN" in course.run("grades", "--why", "ada").stdout
    assert "unpublished" not in course.run("grades", "--why", "ben").stdout
    told = json.loads(course.run("grades", "--why", "ada", "--json").stdout)
    assert told["unpublished"] == [{"work": "small", "before": "9/10", "after": "1/2", "down": True}]


def test_grades_that_are_equal_when_rounded_are_told_apart(course: Course) -> None:
    (course.folder / "exam.csv").write_text("id,exam (/20)\nada,13\nben,13\nall,13\n")
    course.run("exam", "exam.csv", "--yes")
    course.run("publish", "--final", "--yes")
    course.run("override", "all", "small", "--mark", "0.0001/2", *WHY)
    told = course.run("publish", "--final", "--yes")
    assert "all: 6.50 (13/2) -> 6.50 (13001/2000)" in told.output
    assert "ada" not in told.output


def test_a_published_mark_stays_where_the_course_says_so_until_that_is_taken_back(tmp_path: Path) -> None:
    """never_down, by the commands that people type."""
    course = ClassCourse(tmp_path)
    course.hand_in("ada")
    assert course.grade().exit_code == 0
    toml = course.folder / "course.toml"
    toml.write_text(toml.read_text().replace("[grade]\n", "[grade]\nnever_down = true\n"))
    assert course.run("publish", "small", "--yes").exit_code == 0
    solutions = course.folder / "solutions" / "small.py"
    text = solutions.read_text()
    changed = text.replace("float(np.min(x)), float(np.max(x))", "-float(np.min(x)), float(np.max(x))", 1)
    assert changed != text
    solutions.write_text(changed)
    regrade = ("regrade", "small", "--json", "-j", "1", "--accept-isolation", "1")
    kept = json.loads(course.run(*regrade).stdout)["kept"]
    assert kept
    assert course.run("publish", "small", "--revoke", *WHY).exit_code == 0
    assert json.loads(course.run(*regrade).stdout)["kept"] == []


def test_reports_of_an_older_version_are_counted(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "older version" not in course.run("grades").output
    later = tuple((name, "99.0" if name == "numpy" else each) for name, each in versions.versions_here())
    monkeypatch.setattr(versions, "versions_of", lambda _: later)
    assert "reports were made by an older version." in course.run("grades").stdout
    assert json.loads(course.run("grades", "--final", "--json").stdout)["older_reports"] > 1
