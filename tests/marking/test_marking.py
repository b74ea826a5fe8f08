"""Marking by hand, as an instructor does it: sheets and tables out, tables in, reports complete."""

import csv
import io
import shutil
from pathlib import Path

import pytest
from marking_course import DRAW, Course, notebook

from autograder.gradebook.store import Gradebook

RIGHT = "def double(x):\n    return 2 * x"
WORDS = "Units are *inactive*:\ntheir gradient is $0$. <script>alert(1)</script>"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ada did all of it, bob left the written part as it was, eve is hostile."""
    made = Course(tmp_path_factory.mktemp("graded") / "course")
    made.hand_in("ada", notebook(answer=RIGHT, figure=DRAW, comment=WORDS))
    made.hand_in("bob", notebook(answer=RIGHT))
    made.hand_in("eve", notebook(comment="=HYPERLINK(1) \x1b[31m\u202e<img src=x onerror=alert(1)>"))
    assert made.grade().exit_code == 0
    return made.folder


@pytest.fixture
def course(graded: Path, tmp_path: Path) -> Course:
    return Course(shutil.copytree(graded, tmp_path / "course"))


def rows(course: Course) -> list[dict[str, str]]:
    text = course.table.read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


LABELS, WHY = "labels, and = signs (0 to 0.5)", "why (0 to 1.5)"


def fill(course: Course, marks: dict[str, tuple[str, str, str]], *, delimiter: str = ",") -> Path:
    """Fill in the table written with names, as a spreadsheet would save it."""
    assert course.run("mark", "small", "--names").exit_code == 0
    filled = rows(course)
    for row in filled:
        if row["student"] in marks:
            row[LABELS], row[WHY], row["comment"] = marks[row["student"]]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, filled[0].keys(), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(filled)
    file = course.folder / "filled.csv"
    file.write_text(out.getvalue(), encoding="utf-8")
    return file


def test_a_sheet_shows_every_answer_without_names_and_nothing_of_it_runs(course: Course) -> None:
    """Text, code, figure and output of the part; who wrote nothing is told."""
    told = course.run("mark", "small")
    assert told.exit_code == 0, told.output
    assert "3 copies, 1 of them empty, 0 marked" in told.output
    page = (course.marking / "written-2.html").read_text(encoding="utf-8")
    assert "Units are *inactive*:\ntheir gradient is" in page
    assert "plt.plot([3, 1, 0.2])" in page
    assert "data:image/png;base64," in page
    assert "drawn" in page
    assert "Nothing was written" in page
    assert "double" not in page
    for word in ("ada", "bob", "eve", "<script", "<img src=x", "\x1b", "\u202e"):
        assert word not in page
    assert all(row["student"].isdigit() for row in rows(course))
    assert (course.marking.stat().st_mode & 0o077) == 0


def test_names_are_shown_where_they_are_asked_for(course: Course) -> None:
    course.run("mark", "small", "--names")
    assert "ada" in (course.marking / "written-2.html").read_text(encoding="utf-8")
    assert {row["student"] for row in rows(course)} == {"ada", "bob", "eve"}


def test_what_was_not_written_is_said_in_the_report_before_anybody_marks(course: Course) -> None:
    said = {student: course.report(student)["questions"][1] for student in ("ada", "bob")}
    assert {question["outcome"] for question in said.values()} == {"awaiting_mark"}
    assert "nothing was found" in said["bob"]["sentence"]
    assert said["ada"]["sentence"] == "A person marks this part."


def test_marks_complete_the_reports_of_those_who_were_marked(course: Course) -> None:
    """Rubric and comment stand in the report, the score is whole, and `grades` says so."""
    before = course.report("bob")
    assert (course.report("ada")["score"], course.report("ada")["score_so_far"]) == (None, 2)
    file = fill(course, {"ada": ("0.5", "1", "Which units?")})
    done = course.run("mark", "small", "--csv", str(file), "--marker", "mentor")
    assert done.exit_code == 0, done.output
    assert "1 mark recorded, 0 unchanged" in done.output
    ada = course.report("ada")
    assert (ada["score"], ada["questions"][1]["outcome"]) == (3.5, "marked")
    assert [line["earned_exact"] for line in ada["questions"][1]["rubric"]] == ["1/2", "1"]
    page = (course.folder / "reports/small/ada/report.html").read_text(encoding="utf-8")
    assert "Which units?" in page
    assert "mentor" not in page
    assert course.report("bob") == before
    assert "3.5/4" in course.run("grades").output
    assert "2/4 so far" in course.run("grades").output
    with Gradebook.open(course.folder / ".autograder" / "gradebook.sqlite") as gradebook:
        [stored] = gradebook.latest_reports("small", students=["ada"], as_graded=True)
        assert stored.score is None
        [mark] = gradebook.hand_marks.of("small")
        assert mark.marker == "mentor"


def test_a_mark_is_taken_back_and_the_answer_awaits_one_again(course: Course) -> None:
    """A line of dashes; what was given is kept beside it, and a mark given later counts."""
    course.run("mark", "small", "--csv", str(fill(course, {"ada": ("0.5", "1", "Which units?")})))
    file = fill(course, {"ada": ("-", "-", "no matter")})
    assert "1 mark recorded, 0 unchanged" in course.run("mark", "small", "--csv", str(file)).output
    ada = course.report("ada")
    assert (ada["score"], ada["questions"][1]["outcome"]) == (None, "awaiting_mark")
    assert "2/4 so far" in course.run("grades").output
    assert "0 marks recorded, 1 unchanged" in course.run("mark", "small", "--csv", str(file)).output
    course.run("mark", "small", "--names")
    assert {row[WHY] for row in rows(course)} == {""}
    half = fill(course, {"bob": ("-", "1", "")})
    assert "“-” (a number from 0 to 0.5)" in str(course.run("mark", "small", "--csv", str(half)).exception)
    course.run("mark", "small", "--csv", str(fill(course, {"ada": ("0.5", "1.5", "")})))
    assert course.report("ada")["score"] == 4
    with Gradebook.open(course.folder / ".autograder" / "gradebook.sqlite") as gradebook:
        assert [mark.taken_back for mark in gradebook.hand_marks.of("small")] == [False, True, False]


def test_an_anonymous_table_is_read_as_well_and_again_changes_nothing(course: Course) -> None:
    """Its numbers stand for the students."""
    course.run("mark", "small")
    filled = rows(course)
    lines = [",".join(["student", "part", f'"{LABELS}"', WHY, "comment"])]
    lines += [f"{row['student']},{row['part']},0.5,1.5,good" for row in filled]
    file = course.folder / "filled.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    assert "3 marks recorded" in course.run("mark", "small", "--csv", str(file)).output
    assert "0 marks recorded, 3 unchanged" in course.run("mark", "small", "--csv", str(file)).output
    assert {course.report(student)["score"] for student in ("ada", "bob")} == {4}


def test_a_table_of_a_french_spreadsheet_is_read(course: Course) -> None:
    """Semicolons, decimal commas, its own encoding."""
    file = fill(course, {"ada": ("0,5", "1,25", "très bien, mais…")}, delimiter=";")
    file.write_bytes(file.read_text(encoding="utf-8").encode("cp1252", "replace"))
    assert "1 mark recorded" in course.run("mark", "small", "--csv", str(file)).output
    question = course.report("ada")["questions"][1]
    assert (question["exact"], question["comment"]) == ("7/8", "très bien, mais…")


def test_what_a_spreadsheet_would_run_is_written_as_text_and_comes_back(course: Course) -> None:
    """A comment that begins like a formula survives the way out and in."""
    comment = "=1+1 is not what you mean"
    file = fill(course, {"ada": ("0.5", "1", f"'{comment}")})
    course.run("mark", "small", "--csv", str(file))
    assert course.report("ada")["questions"][1]["comment"] == comment
    course.run("mark", "small", "--names")
    [ada] = [row for row in rows(course) if row["student"] == "ada"]
    assert (ada["comment"], ada[LABELS], ada[WHY]) == (f"'{comment}", "0.5", "1")
    assert "0 marks recorded, 1 unchanged" in course.run("mark", "small", "--csv", str(course.table)).output


def test_every_mistake_of_a_table_is_told_at_once_and_nothing_is_recorded(course: Course) -> None:
    """With line, column and what is allowed."""
    file = fill(course, {"ada": ("0.6", "", "x"), "bob": ("", "", "forgotten"), "eve": ("-1", "1", "")})
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "zoe,Losses of random starts,0.5,1,,\n", encoding="utf-8")
    told = course.run("mark", "small", "--csv", str(file))
    assert told.exit_code != 0
    said = str(told.exception)
    where = {row["student"]: n for n, row in enumerate(rows(course), 2)}
    assert f"line {where['ada']}, column “labels, and = signs”: “0.6” (a number from 0 to 0.5)" in said
    assert f"line {where['ada']}, column “why”: is empty, while the line has other" in said
    assert f"line {where['bob']}, column “why”: is empty" in said
    assert f"line {where['eve']}, column “labels, and = signs”: “-1” (a number from 0 to 0.5)" in said
    assert "line 5, column “student”: “zoe” is no copy of this part" in said
    assert course.report("ada")["score"] is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("why (0 to 1.5)", "whither (0 to 1.5)", "line 1, column “why”: is missing"),
        ("why (0 to 1.5)", "whither (0 to 1.5)", "line 1, column “whither”: is no column of this part"),
        ("Losses of random starts", "Gains", "“Gains” is no part that is marked by hand (“Losses of random"),
        ("bob", "ada", "“ada” is in line"),
        ("0.5,1,", "0,5,1,", ": has 7 cells under 6 headings"),
    ],
)
def test_a_table_that_was_changed_is_refused(course: Course, old: str, new: str, said: str) -> None:
    file = fill(course, {"ada": ("0.5", "1", ""), "bob": ("0", "0", "")})
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert said in str(course.run("mark", "small", "--csv", str(file)).exception)


def test_a_table_that_was_filled_in_is_never_overwritten(course: Course) -> None:
    """It is put aside under another name."""
    course.run("mark", "small")
    course.table.write_text("a morning's work", encoding="utf-8")
    told = course.run("mark", "small")
    assert "kept as written-2.before-1.csv" in told.output
    kept = course.marking / "written-2.before-1.csv"
    assert kept.read_text(encoding="utf-8") == "a morning's work"
    course.run("mark", "small")
    assert len(list(course.marking.glob("*.before-*"))) == 1


def test_who_hands_in_again_awaits_a_mark_again_and_an_unchanged_answer_brings_its_marks(
    course: Course,
) -> None:
    """A mark belongs to the file that was looked at."""
    file = fill(course, {"ada": ("0.5", "1", "Good."), "bob": ("0", "0", "")})
    course.run("mark", "small", "--csv", str(file))
    course.hand_in("ada", notebook(answer=RIGHT + " + 0", figure=DRAW, comment=WORDS))
    course.hand_in("bob", notebook(answer=RIGHT, comment="Here it is."))
    assert course.grade().exit_code == 0
    assert course.report("ada")["score"] is None

    late = course.run("mark", "small", "--csv", str(file))
    assert "another file was handed in since" in late.output
    assert "0 marks recorded, 2 unchanged" in late.output
    assert course.report("ada")["score"] is None

    course.run("mark", "small", "--names")
    page = (course.marking / "written-2.html").read_text(encoding="utf-8")
    assert "Marked already: 1.5 of 2 points" in page
    assert "Another answer of this student was given: 0 of 2 points; this one was handed in since" in page
    given = {row["student"]: (row[LABELS], row[WHY], row["comment"]) for row in rows(course)}
    assert given == {"ada": ("0.5", "1", "Good."), "bob": ("", "", ""), "eve": ("", "", "")}
    assert "1 mark recorded" in course.run("mark", "small", "--csv", str(course.table)).output
    assert course.report("ada")["score"] == 3.5


def test_who_could_not_be_graded_is_named(course: Course) -> None:
    """Their file needs a person first."""
    course.hand_in("zed", b"no notebook")
    course.grade()
    told = course.run("mark", "small")
    assert told.exit_code == 1
    assert "look at zed: could not be graded" in told.output


def test_an_assignment_without_such_a_part_says_so(course: Course) -> None:
    solutions = course.folder / "solutions" / "small.py"
    solutions.write_text(solutions.read_text(encoding="utf-8").replace("figure =", "# "), encoding="utf-8")
    told = course.run("mark", "small")
    assert "is marked by hand and has no rubric" in str(told.exception)
