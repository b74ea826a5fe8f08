"""What a report says of its student's grade: as it stands for its own work, and else what is published."""

import json
import os
import pwd
import re
from html import unescape
from pathlib import Path

import pytest
from graded_course import final
from marking_course import Course
from quiz_course import QuizCourse

from autograder.course.opened import open_course

WHY = ("--why", "as <agreed>", "--yes")


def add_second(course: Course) -> None:
    """A second homework, of which nobody handed in anything."""
    for place in ("assignments/{0}/{0}.ipynb", "solutions/{0}.py"):
        new = course.folder / place.format("later")
        new.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes((course.folder / place.format("small")).read_bytes())
    toml = course.folder / "course.toml"
    text = toml.read_text().replace('weight = "100 %"', 'weight = "50 %"')
    table = '\n[assignments.later]\ntitle = "later"\nweight = "50 %"\ndeadline = 2026-10-01T23:59:00\n'
    toml.write_text(text.replace("\n[late]", f"{table}\n[late]"))


def record_exam(course: Course, mark: str) -> None:
    (course.folder / "exam.csv").write_text(f"id,exam (/20)\nada,{mark}\nben,{mark}\nall,{mark}\n")
    assert course.run("exam", "exam.csv", "--yes").exit_code == 0


def section(course: Course, student: str = "ada") -> str:
    """The text of the section in a report."""
    page = (course.folder / "reports" / "small" / student / "report.html").read_text(encoding="utf-8")
    assert page.count('id="grade"') == 1
    found = re.search(r'<section class="grade".*?</section>', page, re.DOTALL)
    assert found
    return unescape(re.sub(r"\s+", " ", re.sub(r"<(?!agreed)[^>]*>", " ", found[0])))


def write(course: Course) -> None:
    assert course.run("feedback", "small").exit_code == 0


def test_a_report_says_how_the_grade_comes_about_as_soon_as_it_is_graded(course: Course) -> None:
    told = section(course)
    for part in (
        "Homework 50 % 9/10 18.00 of 20",
        "small 2 of 2, file 1, 19 Oct 2026 10:15:00, 1 day late 9/10",
        "Exam 50 %, not published so far 0 to 1",
        "open: 9.00 to 19.00; so far 18.00",
    ):
        assert part in told
    assert re.search(r"session 1 · as of .* · policy [0-9a-f]{6}", told)


def test_feedback_follows_what_was_recorded_and_the_reason_is_text(course: Course) -> None:
    course.run("override", "ada", "small", "--mark", "1/2", *WHY)
    write(course)
    assert "decided by a person: as <agreed>" in section(course)
    page = (course.folder / "reports" / "small" / "ada" / "report.html").read_text(encoding="utf-8")
    assert "as &lt;agreed&gt;" in page and "<agreed>" not in page


def test_an_exam_mark_and_a_jury_are_told_once_they_are_published(course: Course) -> None:
    record_exam(course, "13")
    course.run("override", "ada", "--final", "--adjust", "+1/2", *WHY)
    write(course)
    told = section(course)
    assert "13/20" not in told and "adjusted" not in told and "not published so far" in told
    assert course.run("publish", "--final", "--yes").exit_code == 0
    write(course)
    told = section(course)
    for part in ("13 of 20, exam.csv, line 2 13/20", "adjusted by a person", "· published ", "16.00"):
        assert part in told
    assert final(course)["ada"]["final"] == "16.00"
    # What changes afterwards waits: the grade stays the published one.
    course.run("override", "ada", "--final", "--mark", "11/20", *WHY)
    write(course)
    told = section(course)
    assert "11.00" not in told and "13/20" not in told
    assert re.search(r"Published \d+ \w+ \d+ [\d:]+ 16.00", told)


def test_a_report_gives_away_no_other_mark_before_it_is_published(course: Course) -> None:
    add_second(course)
    course.run("override", "ada", "later", "--mark", "2/2", *WHY)
    course.run("override", "ben", "later", "--sanction", *WHY)
    write(course)
    for student in ("ada", "ben"):
        told = section(course, student)
        assert "decided" not in told and "zero, kept" not in told
    assert course.run("publish", "later", "--yes").exit_code == 0
    write(course)
    assert "later decided by a person: as <agreed> 1" in section(course)
    assert "zero, kept" in section(course, "ben")


def test_a_page_that_says_it_already_is_left_alone_and_drawn_once(course: Course) -> None:
    page = course.folder / "reports" / "small" / "ada" / "report.html"
    before = page.stat().st_mtime_ns
    assert course.grade().exit_code == 0
    assert page.stat().st_mtime_ns == before
    course.run("override", "ada", "small", "--mark", "1/2", *WHY)
    assert course.grade().exit_code == 0
    assert "decided by a person" in section(course)
    # A page of an earlier version has no place for it.
    page.write_bytes(re.sub(rb"<!-- grade .*?<!-- end of grade -->", b"", page.read_bytes(), flags=re.DOTALL))
    assert course.grade().exit_code == 0
    assert "decided by a person" in section(course)


def test_what_is_given_back_says_the_same(course: Course) -> None:
    course.run("extend", "ada", "small", "2026-10-20", *WHY)
    assert course.run("return", "small", "--to", "folder").exit_code == 0
    [page] = (course.folder / "returned").rglob("ada/report.html")
    told = page.read_text(encoding="utf-8")
    assert "How your grade comes about" in told
    assert "extension to 20 Oct 2026" in told
    assert "after the deadline" not in told


def test_unpublished_changes_are_told_where_grades_are_made_and_given_away(course: Course) -> None:
    course.run("publish", "small", "--yes")
    line = "unpublished changes of small: 1 student, 1 down"
    commands = (
        ("grade", "small", "-j", "1", "--accept-isolation", "1"),
        ("export", "small", "--to", "csv", "--yes"),
        ("return", "small", "--to", "folder", "--yes"),
    )
    for command in commands:
        assert "unpublished changes" not in course.run(*command).output
    course.run("override", "ada", "small", "--mark", "1/2", *WHY)
    for command in commands:
        told = course.run(*command)
        assert (told.exit_code, line in told.stdout) == (0, True), (command, told.output)
    for command in commands[1:]:
        told = json.loads(course.run(*command, "--json").stdout)
        assert told["unpublished"] == [{"work": "small", "students": 1, "down": 1}]


def test_a_new_grading_says_what_it_leaves_unpublished(course: Course) -> None:
    course.run("publish", "small", "--yes")
    solutions = course.folder / "solutions" / "small.py"
    solutions.write_text(solutions.read_text().replace("2.0 * x", "-2.0 * x"))
    regrade = ("regrade", "small", "-j", "1", "--accept-isolation", "1")
    assert "unpublished changes" not in course.run(*regrade, "--dry-run").stdout
    told = course.run(*regrade, "--yes", "--why", "the sign was wrong")
    assert "unpublished changes of small: 2 students, 2 down" in told.stdout, told.output
    assert "0 of 2, file 1" in section(course)


def test_reports_of_another_revision_are_counted(course: Course) -> None:
    assert "older version" not in course.run("grades").output
    solutions = course.folder / "solutions" / "small.py"
    solutions.write_text(solutions.read_text().replace("-2.5", "-3.5"))
    told = course.run("grades").stdout
    assert "3 reports were made by an older version. `autograder regrade NAME --dry-run`" in told
    assert "small" in told.splitlines()[-1]
    assert json.loads(course.run("grades", "--final", "--json").stdout)["older_reports"] == 3
    solutions.write_text("def (")  # nobody can say whether it is another one
    assert course.run("grades").exit_code == 0


@pytest.mark.parametrize(
    ("decision", "shown", "number"),
    [
        (("--mark", "1/2"), "1/2 decided (2/2, 1 day late)", 1.0),
        (("--adjust", "-1/2"), "1.3/2 adjusted (2/2, 1 day late)", 1.3),
        (("--sanction",), "0/2 sanction (2/2, 1 day late)", 0.0),
        (("--withheld",), "withheld (2/2)", None),
    ],
)
def test_scores_say_where_a_person_decided_otherwise(
    course: Course, decision: tuple[str, ...], shown: str, number: float | None
) -> None:
    assert course.run("override", "ada", "small", *decision, *WHY).exit_code == 0
    assert shown in course.run("grades").output
    assert json.loads(course.run("grades", "--json").stdout)["ada"]["small"] == number
    course.run("override", "ada", "small", "--revoke", *WHY)
    assert "2/2, 1 day late" in course.run("grades").output


def test_scores_say_what_was_decided_of_a_question_and_of_nothing(course: Course) -> None:
    course.run("override", "ada", "small/double", "--mark", "1/2", *WHY)
    course.run("override", "all", "small", "--mark", "2/2", *WHY)
    course.run("excuse", "ben", "small", *WHY)
    told = course.run("grades").output
    assert "1/2, double decided, 1 day late" in told
    assert "excused (2/2, file 2 (file 1 would give 0))" in told
    assert re.search(r"^all +\S+ +2/2 decided *$", told, re.MULTILINE)
    assert json.loads(course.run("grades", "--json").stdout) == {
        "ada": {"small": 1.0},
        "all": {"small": 2.0},
        "ben": {"small": None},
    }


def test_scores_of_a_quiz_say_it_too(tmp_path: Path) -> None:
    course = QuizCourse(tmp_path)
    course.take("ada", "2 A w", "yes", "equal", ".")
    assert "1/5 so far" in course.run("grades").output
    course.run("override", "ada", "weekly/why", "--mark", "3/3", *WHY)
    assert "4/5, why decided" in course.run("grades").output
    course.run("override", "ada", "weekly", "--mark", "2/5", *WHY)
    course.run("override", "eve", "weekly", "--mark", "5/5", *WHY)
    told = course.run("grades").output
    assert "2/5 decided (4/5, why decided)" in told
    assert re.search(r"^eve +Eve +5/5 decided *$", told, re.MULTILINE)


def test_who_marks_by_hand_or_takes_a_quiz_is_the_unix_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = pwd.getpwuid(os.getuid()).pw_name
    monkeypatch.setenv("LOGNAME", "somebody else")
    course = QuizCourse(tmp_path)
    (tmp_path / "students.csv").write_text(f"id,name\n{me},Me\n")
    course.run("quiz", "take", "weekly", typed="2 A w\nyes\nequal\n.\nyes\nyes\nyes\n")
    assert course.scores()[me]["attempts"] == 1
    assert course.run("quiz", "mark", "weekly", "--names").exit_code == 0
    filled = course.table.read_text(encoding="utf-8-sig").splitlines()
    assert me in filled[1]
    cells = filled[1].split(",")
    heads = filled[0].split(",")
    cells[next(place for place, head in enumerate(heads) if "0 to 3" in head)] = "3"
    course.table.write_text("\n".join((filled[0], ",".join(cells))))
    told = course.run("quiz", "mark", "weekly", "--csv", str(course.table))
    assert "1 mark recorded" in told.output, (told.output, told.exception)
    with open_course(tmp_path).gradebook(read_only=True) as book:
        [attempt] = book.quizzes.attempts("weekly")
        marked = [each.by for each in book.quizzes.judgings(attempt.id) if each.by]
    assert marked == [me]


def test_in_a_course_that_speaks_french_reports_and_the_policy_do(course: Course) -> None:
    """Pages that were written in English are drawn anew; what is stored is of no language."""
    small = course.folder / "reports" / "small" / "ada"
    before = (small / "report.json").read_bytes()
    toml = course.folder / "course.toml"
    toml.write_text('language = "fr"\n' + toml.read_text(encoding="utf-8"), encoding="utf-8")
    write(course)
    told = section(course)
    for part in (
        "Comment votre note est calculée",
        "Devoirs 50 % 9/10 18,00 sur 20",
        "small 2 sur 2, fichier 1, 19 oct. 2026 10:15:00, 1 jour de retard 9/10",
        "Examen 50 %, pas encore publié 0 à 1",
    ):
        assert part in told
    page = (small / "report.html").read_text(encoding="utf-8")
    assert '<html lang="fr">' in page
    assert "Vue d’ensemble" in page
    assert "lundi 19 octobre 2026, 10:15:00" in page
    assert (small / "report.json").read_bytes() == before
    assert course.run("policy").output.startswith("Note finale\n  Sur 20\N{NO-BREAK SPACE}: 50")
    assert "1 jour de retard" in course.run("grades", "--why", "ada").output
    write(course)
    assert (small / "report.html").read_text(encoding="utf-8") == page
