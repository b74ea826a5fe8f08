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


def test_of_a_file_that_cannot_be_read_one_thing_waits_until_it_is_decided(tmp_path):
    """Not a decision on each question; whoever is excused waits for nobody, until that is taken back."""
    course = Course(tmp_path)
    course.hand_in("ada", b"not json")
    course.hand_in("ben", b"not json")
    course.grade()
    ada, ben = todo(course)
    assert (ada["student"], ada["question"]) == ("ada", "")
    assert "not one of its 2 questions could be judged" in ada["what"]
    explained = course.run(*shlex.split(ada["what"].split("`")[1])[1:])
    assert "cannot be read as a notebook" in str(explained.exception)

    typed = shlex.split(ada["command"].replace("MARK", "1").replace("WHY", "she showed it on paper"))[1:]
    assert course.run(*typed, "--yes").exit_code == 0
    assert todo(course) == [ben]
    shown = course.run("grades", "small").stdout
    assert "1/4 decided (0/4 so far)" in shown
    excuse = ("excuse", "ben", "small", "--why", "ill", "--yes")
    assert course.run(*excuse).exit_code == 0
    assert course.run("todo").stdout == "Nothing waits for a person.\n"

    for taken_back in (typed, excuse[1:-1]):
        name = ("override", *typed[1:3]) if taken_back is typed else ("excuse", "ben", "small")
        assert course.run(*name, "--revoke", "--why", "a mistake of ours", "--yes").exit_code == 0
    assert todo(course) == [ada, ben]


def test_a_decided_question_waits_neither_in_the_derivation_nor_in_an_export(tmp_path):
    """Also while more can be handed in, which leaves the mark of the whole open."""
    course = Course(tmp_path)
    toml, roster = tmp_path / "course.toml", tmp_path / "students.csv"
    toml.write_text(toml.read_text() + "deadline = 2099-01-01T23:59:00\n")
    roster.write_text("id,name\nada,Ada\n")
    course.hand_in("ada", notebook(answer="def double(x):\n    return 2 * x", figure=DRAW, comment="So."))
    course.grade()
    (figure,) = json.loads(course.run("grades", "--final", "--json").stdout)["students"]
    export = ("export", "small", "--to", "csv", "--yes")
    assert figure["range"] == ["0.00", "20.00"]
    assert "waits for marks" in course.run("grades", "--why", "ada").stdout
    assert "waits for a person" in course.run(*export).output

    part = next(each["name"] for each in course.report("ada")["questions"] if each["mark"] is None)
    decision = ("override", "ada", f"small/{part}", "--mark", "1/2", "--why", "shown in class", "--yes")
    assert course.run(*decision).exit_code == 0
    assert "waits for marks" not in course.run("grades", "--why", "ada").stdout
    assert "waits for a person" not in course.run(*export).output
    assert "ada,Ada,,,3.00" in (tmp_path / "exports" / "small.csv").read_text(encoding="utf-8-sig")


def test_a_question_of_which_everybody_gets_the_points_waits_for_nobody(tmp_path):
    """What was decided of it for all leaves nothing to decide of one, unless that is withheld."""
    course = Course(tmp_path)
    solutions = tmp_path / "solutions" / "small.py"
    solutions.write_text(solutions.read_text().replace("\nfigure =", RULE))
    course.ask_for_no_figure()
    course.hand_in("ada", notebook(answer="def double(x):\n    return 7.0"))
    course.grade()
    (unjudged,) = todo(course)

    full = ("incident", "small/double", "--full", "--why", "the rule was wrong", "--yes")
    assert course.run(*full).exit_code == 0
    assert todo(course) == []
    withheld = ("override", "ada", "small/double", "--withheld", "--why", "to be looked into", "--yes")
    assert course.run(*withheld).exit_code == 0
    assert todo(course) == [unjudged]


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
