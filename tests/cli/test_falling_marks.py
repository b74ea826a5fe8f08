"""Marks that would go down when they are published again: published, kept by a decision, or held back."""

from pathlib import Path

import pytest
from graded_course import final, make_graded_course
from marking_course import Course

from autograder.course.opened import open_course
from autograder.domain.course_events import find_standing
from autograder.domain.events import Override

WHY = ("--why", "as agreed", "--yes")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Published; then ben's mark goes down from 1 to 1/2, and ada's goes up from 9/10 to 1."""
    found = make_graded_course(tmp_path_factory.mktemp("graded"))
    assert found.run("publish", "small", "--yes").exit_code == 0
    assert found.run("override", "ben", "small", "--mark", "1/2", *WHY).exit_code == 0
    assert found.run("override", "ada", "small", "--mark", "2/2", *WHY).exit_code == 0
    return found


def seen(course: Course) -> dict[str, str]:
    """What students are shown of the last publication."""
    with open_course(course.folder).gradebook(read_only=True) as book:
        number = book.events.publications()[-1].number
        return {student: each["exact"] for student, each in book.events.published(number).items()}


def test_published_they_go_down(course: Course) -> None:
    told = course.run("publish", "small", "--yes")
    assert "ben: 1 -> 1/2  DOWN" in told.output
    assert seen(course)["ben"] == "1/2"


def test_kept_they_stay_by_a_decision_that_is_recorded_with_the_publication(course: Course) -> None:
    told = course.run("publish", "small", "--falling", "keep", "--yes")
    assert "kept as published, by a decision: ben" in told.output
    assert "DOWN" not in told.output
    assert seen(course) == {"ada": "1", "ben": "1", "all": "0"}
    with open_course(course.folder).gradebook(read_only=True) as book:
        last = [e for e in find_standing(book.events.all()) if isinstance(e.what, Override)][-1]
    assert (last.whom.student, last.what.why) == ("ben", "It was published, and does not go down.")
    assert final(course)["ben"]["homework"] == "1"
    # Nothing is left to be published: the mark is what students see.
    assert "Nothing has changed" in course.run("publish", "small", "--yes").output


def test_held_back_students_go_on_seeing_what_was_published(course: Course) -> None:
    told = course.run("publish", "small", "--falling", "hold back", "--yes")
    assert "held back, as published: ben" in told.output
    assert seen(course)["ben"] == "1"
    assert final(course)["ben"]["homework"] == "1/2"  # nothing is decided
    assert "unpublished changes of small: 1 student, 1 down" in course.run("grades").output
    assert "Nothing has changed" in course.run("publish", "small", "--falling", "hold back", "--yes").output


def test_a_mark_that_is_open_meanwhile_is_held_back_and_not_decided(course: Course) -> None:
    assert course.run("override", "ben", "small", "--withheld", *WHY).exit_code == 0
    told = course.run("publish", "small", "--falling", "keep", "--yes")
    assert "held back, as published: ben" in told.output
    assert "by a decision" not in told.output


def test_final_grades_are_kept_as_they_were_rounded(tmp_path: Path) -> None:
    course = make_graded_course(tmp_path)
    (course.folder / "exam.csv").write_text("id;exam (/20)\nada;13,3\nben;10\nall;5\n", encoding="utf-8")
    assert course.run("exam", str(course.folder / "exam.csv"), "--yes").exit_code == 0
    toml = course.folder / "course.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8")
        .replace("[late]", "[late]\n#", 1)
        .replace("[grade]", '[grade]\nstep = "0.5"')
    )
    assert course.run("publish", "--final", "--yes").exit_code == 0
    before = final(course)["ada"]["final"]
    assert course.run("override", "ada", "small", "--mark", "0/2", *WHY).exit_code == 0
    told = course.run("publish", "--final", "--falling", "keep", "--yes")
    assert "kept as published, by a decision: ada" in told.output
    assert "DOWN" not in told.output
    assert final(course)["ada"]["final"] == before
