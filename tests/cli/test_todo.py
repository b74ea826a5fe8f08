"""What waits for a person is listed with what settles it; settled, it is gone everywhere."""

import json
import shlex

from marking_course import DRAW, Course, notebook

from autograder.errors import SandboxError
from autograder.sandbox.runner import Runner

RULE = """
@double.accepts
def _(answer, case):
    if answer == 7:
        raise KeyError("our own mistake")

figure ="""


def todo(course: Course) -> list[dict[str, str]]:
    """What waits, each by its command."""
    done = course.run("todo", "--json")
    waiting: list[dict[str, str]] = json.loads(done.stdout)
    assert done.exit_code == (1 if waiting else 0)
    return waiting


def test_what_waits_is_listed_with_the_command_that_settles_it(tmp_path):
    """A file to grade, a question that our rule could not judge, a part to mark: each until it is settled."""
    course = Course(tmp_path)
    solutions = tmp_path / "solutions" / "small.py"
    solutions.write_text(solutions.read_text().replace("\nfigure =", RULE))
    course.hand_in("ada", notebook(answer="def double(x):\n    return 7.0", figure=DRAW, comment="So."))
    course.grade()

    unjudged, by_hand = todo(course)
    assert (unjudged["student"], unjudged["question"]) == ("ada", "double")
    assert by_hand["command"] == "autograder mark small"
    shown = course.run("todo").stdout
    assert f"small, ada: double could not be judged\n    {unjudged['command']}\n" in shown

    typed = unjudged["command"].replace("MARK", "2").replace("WHY", "our rule was wrong")
    assert course.run(*shlex.split(typed)[1:], "--yes").exit_code == 0
    assert [each["command"] for each in todo(course)] == ["autograder mark small"]

    course.run("mark", "small")
    table = course.table.read_text(encoding="utf-8").splitlines()
    course.table.write_text(
        "\n".join([table[0], *(_mark(table[0], line) for line in table[1:])]), encoding="utf-8"
    )
    assert course.run("mark", "small", "--csv", str(course.table)).exit_code == 0
    assert course.run("todo").stdout == "Nothing waits for a person.\n"
    assert "4/4" in course.run("grades", "small").stdout


def test_files_that_were_not_graded_wait_and_those_that_cannot_be(tmp_path):
    """Each with what to do about it."""
    course = Course(tmp_path)
    course.ask_for_no_figure()
    course.hand_in("ada", notebook(answer="def double(x):\n    return 2 * x"))
    course.grade()
    assert todo(course) == []

    course.hand_in("ben", notebook())
    (tmp_path / "submissions" / "small" / "cleo").mkdir()
    ungraded, empty = todo(course)

    assert (ungraded["what"], ungraded["command"]) == (
        "ben has handed in what is not graded",
        "autograder grade small",
    )
    assert empty["student"] == "cleo"
    assert "autograder grade small" in empty["command"]


def test_in_a_new_course_what_lies_in_the_folders_waits_and_else_nothing(tmp_path):
    course = Course(tmp_path)
    assert course.run("todo").stdout == "Nothing waits for a person.\n"
    course.hand_in("ada", notebook(answer="def double(x):\n    return 2 * x"))
    assert [each["what"] for each in todo(course)] == ["ada has handed in what is not graded"]
    assert not (tmp_path / "gradebook.db").exists(), "nothing is recorded by looking"


def test_files_that_a_fault_of_ours_kept_from_being_judged_are_judged_again(tmp_path, monkeypatch):
    """One command for all of them, not a decision on each question of each; it settles what it names."""
    course = Course(tmp_path)
    course.ask_for_no_figure()

    def fail(*_args, **_options):
        raise SandboxError("the disk is full")

    def grade_badly(*students: str) -> list[dict[str, str]]:
        for student in students:
            course.hand_in(student, notebook(answer="def double(x):\n    return 2 * x"))
        with monkeypatch.context() as patched:
            patched.setattr(Runner, "start", fail)
            course.run("grade", "small")
        return todo(course)

    (alone,) = grade_badly("ada")
    assert (alone["student"], alone["command"]) == ("ada", "autograder regrade small --student ada")
    assert alone["what"].startswith("1 file was not judged through a fault of ours")
    (all_of_them,) = grade_badly("ben")
    assert (all_of_them["student"], all_of_them["command"]) == ("", "autograder regrade small")
    assert all_of_them["what"].startswith("2 files were not judged")

    for each, left in ((alone, 1), (all_of_them, 0)):
        assert course.run(*shlex.split(each["command"])[1:], "--yes").exit_code == 0
        assert len(todo(course)) == left
    assert "2/2" in course.run("grades", "small").stdout


def _mark(head: str, line: str) -> str:
    """A line of a table, with all points of the rubric."""
    import csv
    import io

    row = dict(zip(next(csv.reader([head])), next(csv.reader([line])), strict=True))
    for name in row:
        if name.startswith("labels"):
            row[name] = "0.5"
        if name.startswith("why"):
            row[name] = "1.5"
    written = io.StringIO()
    csv.writer(written).writerow(row.values())
    return written.getvalue().strip()
