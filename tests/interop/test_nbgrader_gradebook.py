"""Marks of our grading stand in nbgrader's own gradebook and pages, and marks of people there come back."""

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from exported_to_nbgrader import ANSWER, RIGHT, TASK, TESTS, NbgraderCourse, with_examples
from formgrader_pages import open_formgrader, read_scores, serve_formgrader
from real_tools import needs, run

from autograder.course.opened import open_course

pytestmark = [needs("nbgrader", "nbformat"), pytest.mark.soak]  # nbgrader itself makes the course: a minute


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> NbgraderCourse:
    return NbgraderCourse.make(tmp_path_factory.mktemp("released"))


@pytest.fixture(scope="module")
def exported(released: NbgraderCourse, tmp_path_factory: pytest.TempPathFactory) -> NbgraderCourse:
    """Only read by the tests that share it."""
    made = released.copy_to(tmp_path_factory.mktemp("exported"))
    done = made.export()
    assert done.exit_code == 0, done.output
    assert "filled: 3" in done.output
    return made


def find(cells: list[dict[str, Any]], grade_id: str) -> dict[str, Any]:
    [found] = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id]
    return found


def test_the_gradebook_has_each_mark_at_its_cell(exported: NbgraderCourse) -> None:
    """A written part waits for a person there as here, and no mark of a person is made up."""
    assert exported.grades == {
        ("ada", TESTS): (2.0, None, False),
        ("bob", TESTS): (0.0, None, False),
        ("cy", TESTS): (0.0, None, False),
        ("ada", TASK): (None, None, True),
        ("bob", TASK): (None, None, True),
        ("cy", TASK): (None, None, True),
    }
    comments = dict(
        exported.ask(
            "select submitted_assignment.student_id || base_cell.name, auto_comment from comment "
            "join base_cell on base_cell.id = comment.cell_id "
            "join submitted_notebook on submitted_notebook.id = comment.notebook_id "
            "join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id"
        )
    )
    assert comments[f"ada{ANSWER}"] is None
    assert "What your function returns is not what is asked for." in comments[f"bob{ANSWER}"]
    assert "not attempted" in comments[f"cy{ANSWER}"]
    assert comments[f"cy{TASK}"] == "No response."
    assert exported.ask("select manual_comment from comment where manual_comment is not null") == []


def test_the_notebooks_carry_the_graded_cells_and_what_running_gave(exported: NbgraderCourse) -> None:
    for student in ("ada", "bob", "cy"):
        cells = exported.cells(student)
        assert find(cells, ANSWER)["metadata"]["nbgrader"]["solution"] is True
        assert find(cells, TASK)["metadata"]["nbgrader"]["task"] is True
        assert "assert double(1.0)" in "".join(find(cells, TESTS)["source"])
    outputs = [output for cell in exported.cells("ada") for output in cell.get("outputs", ())]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert [o for o in outputs if o["output_type"] == "error"] == []
    failed = find(exported.cells("bob"), TESTS)["outputs"]
    assert "What your function returns is not what is asked for." in [o.get("evalue") for o in failed]
    handed_in = exported.theirs / "submitted" / "ada" / "small" / "small.ipynb"
    assert handed_in.read_bytes() == (exported.ours.folder / "submissions/small/ada/small.ipynb").read_bytes()


def test_what_is_exported_again_unchanged_changes_nothing(exported: NbgraderCourse, tmp_path: Path) -> None:
    course = exported.copy_to(tmp_path)
    before = {name: content for name, content in course.tree().items() if name != "gradebook.db"}
    grades = course.ask("select * from grade order by id"), course.ask("select * from comment order by id")
    done = course.export("--json")
    assert done.exit_code == 0
    assert json.loads(done.output)["same"] == ["ada", "bob", "cy"]
    after = {name: content for name, content in course.tree().items() if name != "gradebook.db"}
    assert after == before
    assert grades == (
        course.ask("select * from grade order by id"),
        course.ask("select * from comment order by id"),
    )


def test_marks_of_people_come_back_as_marks_by_hand_and_as_decisions(
    exported: NbgraderCourse, tmp_path: Path
) -> None:
    """Once each; and exporting leaves them as they are."""
    course = exported.copy_to(tmp_path)
    course.give("ada", TASK, 1.25, "A clear figure.", extra=0.25)
    course.give("bob", TESTS, 1, "The idea is right.", home=ANSWER)
    done = course.take_back()
    assert done.exit_code == 0, done.output
    assert "1 mark by hand and 1 decision on questions recorded, 0 unchanged" in done.output
    report = course.ours.report("ada")
    written = next(each for each in report["questions"] if each["name"] == "written-2")
    assert (written["mark"], written["outcome"], written["comment"]) == (0.75, "marked", "A clear figure.")
    assert "bob: small 0.00 to 0.50 -> 0.25 to 0.75" in done.output
    with open_course(course.ours.folder).gradebook(read_only=True) as gradebook:
        [event] = gradebook.events.all()
    assert (event.what.why, event.whom.student, event.by) == ("The idea is right.", "bob", "grader")
    assert "0 marks by hand and 0 decisions on questions recorded, 2 unchanged" in course.take_back().output
    done = course.export()
    assert done.exit_code == 0, done.output
    assert course.grades["ada", TASK] == (1.5, 1.25, False)
    assert course.grades["bob", TESTS] == (0.0, 1.0, False)
    assert "2 unchanged" in course.take_back().output


@pytest.mark.soak
def test_a_mark_of_a_person_stays_and_is_asked_about_when_another_file_comes(
    exported: NbgraderCourse, tmp_path: Path
) -> None:
    course = exported.copy_to(tmp_path)
    course.give("bob", TESTS, 1)
    course.give("bob", TASK, 2)
    course.hand_in("bob", with_examples(RIGHT, comment="Anew."))
    assert course.ours.grade().exit_code == 0
    done = course.export()
    assert done.exit_code == 1
    assert "bob: double-examples was given 1 by a person there, and another file" in done.output
    assert course.grades["bob", TESTS] == (2.0, 1.0, True)
    assert course.grades["bob", TASK] == (None, 2.0, True)
    done = course.take_back()
    assert done.exit_code == 1
    assert done.output.count("look at it again in formgrader") == 2
    assert "0 marks by hand and 0 decisions" in done.output


@pytest.mark.soak
@pytest.mark.parametrize(("score", "told"), [(7, "7 of 2 points"), (-1, "-1 of 2 points")])
def test_a_mark_outside_its_points_is_not_taken(
    exported: NbgraderCourse, tmp_path: Path, score: float, told: str
) -> None:
    course = exported.copy_to(tmp_path)
    course.give("cy", TESTS, score)
    course.give("ada", TASK, 2)
    done = course.take_back()
    assert done.exit_code == 1
    assert f"not taken: cy: {TESTS} was given {told}: write a mark from 0 to 2" in done.output
    assert "1 mark by hand and 0 decisions" in done.output


# what one side does not know, and what is in the way


def test_students_whom_one_side_does_not_know_are_told_and_left_out(
    exported: NbgraderCourse, tmp_path: Path
) -> None:
    course = exported.copy_to(tmp_path)
    course.hand_in("dora", with_examples(RIGHT))
    shutil.rmtree(course.ours.folder / "submissions" / "small" / "cy")
    (course.ours.folder / "students.csv").write_text("id,name\nada,Ada\nbob,Bob\ndora,Dora Diaz\n")
    course.change("insert into student (id) values ('zoe')")
    assert course.ours.grade().exit_code == 0
    before = course.grades
    done = course.export("--json")
    told = json.loads(done.output)
    assert done.exit_code == 1
    assert (told["not_here"], told["not_in_gradebook"], told["added"]) == (["zoe"], ["dora"], [])
    assert course.grades == before
    done = course.export("--add-students")
    assert done.exit_code == 1  # zoe is still nobody's
    assert course.grades["dora", TESTS] == (2.0, None, False)
    assert course.ask("select first_name, last_name from student where id = 'dora'") == [("Dora", "Diaz")]


def refuse(course: NbgraderCourse, told: str) -> None:
    """Nothing is written, and one sentence says why."""
    before = course.tree()
    for done in (course.export(), course.export("--json")):
        assert done.exit_code == 1, done.output
        assert re.search(told, done.output), done.output
    assert course.tree() == before


def test_a_database_that_is_being_written_to_is_left_alone(released: NbgraderCourse, tmp_path: Path) -> None:
    course = released.copy_to(tmp_path)
    # Not read while it is locked: locks of a process end when it closes the file anywhere.
    before = course.tree()
    other = sqlite3.connect(course.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        done = course.export()
    finally:
        other.close()
    assert done.exit_code == 1
    assert "nothing was written: another program is writing to gradebook.db" in done.output
    assert course.tree() == before


@pytest.mark.soak
def test_a_database_of_another_version_is_left_alone(released: NbgraderCourse, tmp_path: Path) -> None:
    course = released.copy_to(tmp_path)
    course.change("update alembic_version set version_num = '50a4d84c131a'")
    refuse(course, "has version 50a4d84c131a of nbgrader's tables.*nbgrader db upgrade")


@pytest.mark.soak
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("drop table alembic_version", "has no version of nbgrader's tables"),
        ("drop table grade", "is no gradebook of nbgrader"),
        ("update assignment set name = 'other'", "knows no assignment 'small', its assignments are: other"),
        ("update notebook set name = 'other'", "has no notebook 'small' there, its notebooks are: other"),
        ("update grade_cells set max_score = 5", f"{TESTS} is worth 5 there and 2 here"),
        (
            f"update base_cell set name = 'gone' where name = '{TESTS}'",
            f"{TESTS} is not there; gone is not here",
        ),
    ],
)
def test_an_assignment_that_is_another_one_there_is_left_alone(
    released: NbgraderCourse, tmp_path: Path, change: str, told: str
) -> None:
    course = released.copy_to(tmp_path)
    course.change("pragma foreign_keys = off", change)
    refuse(course, told)


@pytest.mark.soak
def test_a_course_without_a_gradebook_or_with_a_damaged_one_is_left_alone(
    released: NbgraderCourse, tmp_path: Path
) -> None:
    course = released.copy_to(tmp_path)
    course.database.write_bytes(b"no database at all" * 100)
    refuse(course, "is no gradebook of nbgrader")
    course.database.unlink()
    refuse(course, "there is no gradebook at")


@pytest.mark.soak
def test_nothing_is_half_written_where_a_notebook_cannot_be_put_in_its_place(
    exported: NbgraderCourse, tmp_path: Path
) -> None:
    """The last of three students has a file where a folder should be: the first two keep what they had."""
    course = exported.copy_to(tmp_path)
    course.change("delete from grade", "delete from comment", "delete from submitted_notebook",
                  "delete from submitted_assignment")  # fmt: skip
    shutil.rmtree(course.theirs / "autograded")
    (course.theirs / "autograded" / "cy").mkdir(parents=True)
    (course.theirs / "autograded" / "cy" / "small").write_text("a file")
    refuse(course, "could not be written.*nothing was changed")


# the real tools


@pytest.mark.soak
def test_nbgrader_makes_its_feedback_and_its_table_of_what_was_exported(
    exported: NbgraderCourse, tmp_path: Path
) -> None:
    course = exported.copy_to(tmp_path)
    run("nbgrader", "generate_feedback", "small", at=course.theirs)
    page = (course.theirs / "feedback/bob/small/small.html").read_text(encoding="utf-8")
    assert "What your function returns is not what is asked for." in page
    assert "(Score: 0.0 / 4.0)" in page
    run("nbgrader", "export", at=course.theirs)
    table = (course.theirs / "grades.csv").read_text(encoding="utf-8")
    assert re.search(r"small,.*,ada,.*,2\.0,4\.0", table), table


@pytest.fixture
def formgrader(exported: NbgraderCourse, tmp_path: Path) -> Iterator[tuple[NbgraderCourse, str]]:
    """The real formgrader on a copy of the course, at an address."""
    course = exported.copy_to(tmp_path / "course")
    with serve_formgrader(course.theirs, tmp_path) as address:
        yield course, address


@pytest.mark.soak
@needs("jupyter_server")
def test_formgrader_shows_our_marks_and_what_a_person_types_there_comes_back(
    formgrader: tuple[NbgraderCourse, str],
) -> None:
    """In a real browser, beside the cells they belong to."""
    course, address = formgrader
    [[bob]] = course.ask(
        "select submitted_notebook.id from submitted_notebook join submitted_assignment on "
        "submitted_assignment.id = submitted_notebook.assignment_id where student_id = 'bob'"
    )
    with open_formgrader() as page:
        page.goto(f"{address}/formgrader/gradebook/small")
        page.wait_for_selector("text=small")
        assert read_scores(page, address, bob) == ["0", None]
        assert "What your function returns is not what is asked for." in page.content()
        task = page.locator("input.score").nth(1)
        task.fill("1.25")
        with page.expect_response(lambda reply: "/api/grade" in reply.url and reply.request.method == "PUT"):
            task.press("Tab")
        if (wanted := os.environ.get("AUTOGRADER_PICTURES")) is not None:
            page.screenshot(path=f"{wanted}/formgrader.png", full_page=True)
    assert course.grades["bob", TASK] == (None, 1.25, False)
    done = course.take_back()
    assert done.exit_code == 0, done.output
    assert "1 mark by hand" in done.output
