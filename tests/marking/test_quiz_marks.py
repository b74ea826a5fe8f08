"""A quiz that counts: its texts marked in sheets and tables, its scores, and where they stand."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from quiz_course import COURSE, QuizCourse

from autograder.course.opened import open_course
from autograder.course.quizzes import quizzes_of
from autograder.gradebook.store import Gradebook
from autograder.quiz.records import Occasion

WORDS = "Both stay <b>equal</b>."


@pytest.fixture
def course(tmp_path: Path) -> QuizCourse:
    """Ada typed both answers, bob only the mathematics, eve nothing."""
    made = QuizCourse(tmp_path / "course")
    made.take("ada", "(A + A')w", WORDS, ".")
    made.take("bob", "2 A w", "")
    return made


def fill(course: QuizCourse, points: str, comment: str = "") -> Path:
    """Fill in the first line of the table, as a spreadsheet would save it."""
    rows = list(csv.reader(io.StringIO(course.table.read_text(encoding="utf-8-sig"), newline="")))
    assert rows[0] == ["student", "part", "points (0 to 3)", "comment", "shown"]
    rows[1][2:4] = points, comment
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    file = course.folder / "filled.csv"
    file.write_text(out.getvalue(), encoding="utf-8")
    return file


def test_a_text_is_marked_in_the_sheets_and_tables_of_homework(course: QuizCourse) -> None:
    """No name on the sheet, the question and its solution on it, nothing of the answer runs."""
    told = course.run("quiz", "mark", "weekly")
    assert told.exit_code == 0, told.output
    assert "“why”, 1 copy, 0 of them empty, 0 marked" in told.output
    page = (course.folder / "marking/weekly/why.html").read_text(encoding="utf-8")
    assert "Both stay &lt;b&gt;equal" in page
    assert "Why does one not start at" in page
    assert "Both neurons stay equal." in page
    assert "ada" not in page
    done = course.run("quiz", "mark", "weekly", "--csv", str(fill(course, "1.5", "Half of it.")))
    assert done.exit_code == 0, done.output
    assert "1 mark recorded, 0 unchanged" in done.output
    assert course.scores()["ada"]["exact"] == "7/2"


RUBRIC = """+ 0.5 names both neurons
+ 2.5 says why
: Both neurons stay equal."""


def test_a_text_with_a_rubric_is_marked_line_by_line(course: QuizCourse) -> None:
    """On the sheet and in the table; the student reads every line, and the same table adds nothing twice."""
    course.quiz.write_text(course.quiz.read_text().replace(": Both neurons stay equal.", RUBRIC))
    course.run("quiz", "mark", "weekly")
    page = (course.folder / "marking/weekly/why.html").read_text(encoding="utf-8")
    assert "names both neurons" in page and "says why" in page
    for _ in range(2):
        rows = list(csv.reader(io.StringIO(course.table.read_text(encoding="utf-8-sig"), newline="")))
        assert rows[0][2:5] == ["names both neurons (0 to 0.5)", "says why (0 to 2.5)", "comment"]
        rows[1][2:5] = "0.5", "1", "Nearly."
        out = io.StringIO(newline="")
        csv.writer(out).writerows(rows)
        course.table.write_text(out.getvalue(), encoding="utf-8")
        done = course.run("quiz", "mark", "weekly", "--csv", str(course.table))
        assert done.exit_code == 0, done.output
        course.run("quiz", "mark", "weekly")
    assert "0 marks recorded, 1 unchanged" in done.output
    assert course.scores()["ada"]["exact"] == "7/2"
    told = course.run("quiz", "result", "weekly", "--student", "ada").output
    assert "Marked by hand (50 %). Nearly.\n  names both neurons: 0.5 of 0.5\n  says why: 1 of 2.5" in told


def test_a_mark_is_added_beside_the_verdict_and_the_last_one_counts(course: QuizCourse) -> None:
    """The same table again adds nothing, another mark adds one, and a regrade changes none."""
    course.run("quiz", "mark", "weekly")
    for points, said in (("1", "1 mark recorded"), ("1", "0 marks recorded, 1 unch"), ("3", "1 mark rec")):
        told = course.run("quiz", "mark", "weekly", "--csv", str(fill(course, points)), "--marker", "mentor")
        assert said in told.output
    course.quiz.write_text(course.quiz.read_text().replace("[0.5]", "[0.25]"))
    assert "1 verdict changed" in course.run("quiz", "regrade", "weekly").output
    assert course.scores()["ada"]["score"] == 5
    with Gradebook.open(course.folder / ".autograder" / "gradebook.sqlite") as gradebook:
        [ada] = gradebook.quizzes.attempts("weekly", "ada")
        kept = [j for j in gradebook.quizzes.judgings(ada.id) if j.question == "why"]
    assert [j.occasion for j in kept] == [Occasion.SUBMIT, Occasion.HAND, Occasion.HAND]
    assert kept[-1].by == "mentor"


def test_every_flaw_of_a_table_is_told_and_nothing_is_recorded(course: QuizCourse) -> None:
    course.run("quiz", "mark", "weekly")
    told = course.run("quiz", "mark", "weekly", "--csv", str(fill(course, "4")))
    assert told.exit_code != 0
    assert "line 2, column “points”: “4” (a number from 0 to 3)" in str(told.exception)
    told = course.run("quiz", "mark", "weekly", "--csv", str(fill(course, "-")))
    assert "weekly: the mark of an answer to a quiz cannot be taken back" in str(told.exception)
    assert course.scores()["ada"]["score"] is None
    text = fill(course, "1").read_text(encoding="utf-8")
    file = course.folder / "filled.csv"
    file.write_text(text.replace(",f", ",f0"))
    refused = course.run("quiz", "mark", "weekly", "--csv", str(file))
    assert "is nothing that this student handed in" in str(refused.exception)


def test_commands_of_homework_say_that_a_quiz_is_one(course: QuizCourse) -> None:
    for command in ("mark", "grade"):
        refused = course.run(command, "weekly")
        assert "'weekly' is a quiz, no assignment" in str(refused.exception)


def test_each_attempt_is_marked_where_the_best_one_counts(course: QuizCourse) -> None:
    """They are told apart by their number, by name or without."""
    course.take("ada", "(A + A')w", "Another.", ".")
    course.run("quiz", "mark", "weekly", "--names")
    assert {line.split(",")[0] for line in course.table.read_text().splitlines()[1:]} == {"ada/1", "ada/2"}
    filled = course.table.read_text(encoding="utf-8-sig").replace("ada/1,why,", "ada/1,why,1")
    course.table.write_text(filled.replace("ada/2,why,", "ada/2,why,2"), encoding="utf-8")
    course.run("quiz", "mark", "weekly", "--csv", str(course.table))
    assert (course.scores()["ada"]["attempt"], course.scores()["ada"]["score"]) == (2, 4)


def test_what_a_regrade_leaves_to_a_person_is_marked_the_same_way(tmp_path: Path) -> None:
    """A question whose choices changed in number is no longer judged by its letters."""
    body = (
        "---\nid: weekly\ntitle: W\nshuffle: none\n---\n## one {single 1}\nq\n- (x) a\n- ( ) b | No.\n: s\n"
    )
    course = QuizCourse(tmp_path / "course", quiz=body)
    course.take("ada", "a")
    course.quiz.write_text(body.replace(": s", "- ( ) c | No.\n: s"))
    told = course.run("quiz", "regrade", "weekly")
    assert told.exit_code == 1
    assert "1 answer waits for a person: autograder quiz mark weekly" in told.output
    assert course.scores()["ada"]["waiting"] == ["one"]
    course.run("quiz", "mark", "weekly", "--names")
    page = (course.folder / "marking/weekly/one.html").read_text(encoding="utf-8")
    assert "a = 1, b = 2" in page
    table = course.folder / "marking/weekly/one.csv"
    table.write_text(table.read_text(encoding="utf-8-sig").replace("ada,one,", "ada,one,1"), encoding="utf-8")
    assert "1 mark recorded" in course.run("quiz", "mark", "weekly", "--csv", str(table)).output
    assert course.scores()["ada"]["score"] == 1


def test_scores_are_a_table_json_and_csv_with_a_line_for_every_student(course: QuizCourse) -> None:
    """Exit code 1 while an answer waits for a person."""
    told = course.run("quiz", "scores", "weekly")
    assert told.exit_code == 1
    assert "2/5 so far, needs a person" in told.output
    assert "autograder quiz mark weekly" in told.output
    assert "2 of 3 students handed in, mean 1.00 of 5" in told.output
    scores = course.scores()
    assert list(scores) == ["ada", "bob", "eve"]
    assert (scores["ada"]["score"], scores["ada"]["score_so_far"]) == (None, 2)
    assert scores["ada"]["waiting"] == ["why"]
    assert (scores["bob"]["exact"], scores["bob"]["points"], scores["bob"]["attempts"]) == ("1", 5, 1)
    assert (scores["eve"]["score"], scores["eve"]["attempt"]) == (None, None)
    rows = list(csv.DictReader(io.StringIO(course.run("quiz", "scores", "weekly", "--csv").stdout)))
    assert [(row["id"], row["score"], row["waiting"]) for row in rows] == [
        ("ada", "", "why"), ("bob", "1", ""), ("eve", "", ""),
    ]  # fmt: skip


def test_scores_stand_in_grades_beside_homework(course: QuizCourse) -> None:
    assert json.loads(course.run("grades", "--json").stdout) == {
        "ada": {"weekly": None},
        "bob": {"weekly": 1.0},
    }
    told = course.run("grades").output
    assert "weekly" in told
    assert "2/5 so far, needs a person" in told
    assert "1/5" in told


def test_a_quiz_that_is_not_written_yet_keeps_nobody_from_the_grades(course: QuizCourse) -> None:
    toml = course.folder / "course.toml"
    later = '[quizzes.later]\ntitle = "Later"\nweight = "50 %"\n'
    toml.write_text(COURSE.replace('weight = "100 %"', 'weight = "50 %"') + later)
    assert json.loads(course.run("grades", "--json").stdout)["bob"] == {"weekly": 1.0}
    assert "there is no such file" in str(course.run("quiz", "scores", "later").exception)


def test_how_late_an_attempt_was_handed_in_is_told(course: QuizCourse) -> None:
    toml = course.folder / "course.toml"
    toml.write_text(COURSE + "deadline = 2020-01-01T12:00:00\n")
    assert "days" in course.scores()["bob"]["late"]
    toml.write_text(COURSE + "deadline = 2200-01-01T12:00:00\n")
    assert course.scores()["bob"]["late"] is None


def test_an_attempt_whose_time_is_over_counts_though_nobody_came_back(tmp_path: Path) -> None:
    """What is derived records nothing."""
    course = QuizCourse(tmp_path / "course")
    text = course.quiz.read_text()
    course.quiz.write_text(text.replace("attempts: 2", "time limit: 1 s"))
    course.run("quiz", "take", "weekly", "--student", "ada", typed="(A + A')w\n:quit\n")
    with Gradebook.open(course.folder / ".autograder" / "gradebook.sqlite") as gradebook:
        [ada] = gradebook.quizzes.attempts("weekly")
        assert ada.closes is not None
        later = ada.closes + timedelta(minutes=1)
        quizzes = replace(quizzes_of(open_course(course.folder)), clock=lambda: later)
        [line] = [line for line in quizzes.scores("weekly") if line.student == "ada"]
        assert (line.by_clock, line.score) == (True, 2)
        assert gradebook.quizzes.handed_in(ada.id) is None


def test_a_quiz_file_that_is_gone_or_broken_is_told_where_grades_are_asked(course: QuizCourse) -> None:
    """No score is left out in silence; a quiz that nobody has written or taken is passed over."""
    text = course.quiz.read_text(encoding="utf-8")
    course.quiz.write_text("hello\n", encoding="utf-8")
    for asked in (
        ("grades",),
        ("grades", "--final"),
        ("quiz", "scores", "weekly"),
        ("quiz", "mark", "weekly"),
        ("quiz", "report", "weekly"),
        ("quiz", "regrade", "weekly"),
        ("quiz", "result", "weekly", "--student", "ada"),
        ("quiz", "export", "weekly", "--to", "html"),
        ("regrade", "weekly"),
    ):
        told = str(course.run(*asked).exception)
        assert "weekly.quiz.md:1:1: the file does not begin with a head; 2 more such" in told, asked
        assert "`autograder quiz check weekly` lists all there is to mend" in told and "\n" not in told
    course.quiz.write_text(text.replace("id: weekly", "id: other"), encoding="utf-8")
    for asked in (("grades",), ("quiz", "scores", "weekly"), ("quiz", "take", "weekly")):
        told = str(course.run(*asked).exception)
        assert "weekly.quiz.md: has the id 'other' (id: weekly, as in course.toml)" in told, asked
    course.quiz.unlink()
    for asked in (("grades",), ("grades", "--final"), ("quiz", "scores", "weekly")):
        told = str(course.run(*asked).exception)
        assert "weekly.quiz.md: there is no such file" in told, asked
    course.quiz.write_text(text, encoding="utf-8")
    table = course.folder / "course.toml"
    later = '[quizzes.later]\ntitle = "Later"\nweight = "0 %"\n'
    table.write_text(f"{table.read_text()}\n{later}")
    assert course.run("grades").exit_code == 0
