"""The commands, as an instructor types them: a course folder, a few students, a real sandbox."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from autograder.cli.main import group, main
from autograder.course.scaffold import make_course
from autograder.demo.answers import read_answers
from autograder.demo.notebook_builder import NotebookBuilder
from autograder.errors import CourseError
from autograder.gradebook.store import Gradebook
from autograder.notebook.release import release

NAME = "gradients"


class Class:
    """A course in a folder of its own, with commands run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.submissions = folder / "submissions" / NAME
        self.reports = folder / "reports" / NAME
        self._released = release((folder / "assignments" / NAME / f"{NAME}.ipynb").read_bytes())
        self._answers = read_answers(folder / "solutions" / f"{NAME}.py")

    def notebook(self, **answers: str) -> bytes:
        """The released notebook, filled in with these answers."""
        notebook = NotebookBuilder(self._released)
        for question, source in answers.items():
            notebook.answer(question, source)
        return notebook.to_bytes()

    def right(self, *questions: str) -> dict[str, str]:
        """Right answers to these questions."""
        return {question: self._answers[question].right[0] for question in questions}

    def hand_in(self, student: str, content: bytes, *, filename: str = f"{NAME}.ipynb") -> None:
        place = self.submissions / student / filename
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)

    def run(self, *arguments: str, typed: str | None = None) -> Result:
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            return CliRunner().invoke(group, arguments, input=typed, catch_exceptions=True)
        finally:
            os.chdir(before)

    def report(self, student: str) -> Mapping[str, object]:
        text = (self.reports / student / "report.json").read_text(encoding="utf-8")
        report: Mapping[str, object] = json.loads(text)
        return report

    def question(self, student: str, name: str) -> Mapping[str, object]:
        return next(q for q in self.report(student)["questions"] if q["name"] == name)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course without a roster, whose expected values are computed: they take the longest of a small run."""
    folder = tmp_path_factory.mktemp("template") / "course"
    make_course(folder)
    (folder / "students.csv").unlink()
    made = Class(folder)
    made.hand_in("nobody", made.notebook())
    assert made.run("grade", NAME, "--dry-run").exit_code == 0
    shutil.rmtree(made.submissions)
    return folder


@pytest.fixture
def course(template: Path, tmp_path: Path) -> Class:
    return Class(shutil.copytree(template, tmp_path / "course"))


def test_a_formula_for_symmetric_matrices_earns_a_quarter_and_a_hint_but_no_answer(course: Class) -> None:
    """`2 * A @ w` earns 25 %, is told that it holds for some matrices only, and is told nothing hidden."""
    course.hand_in("amelie", course.notebook(quad_grad="def quad_grad(A, w):\n    return 2 * A @ w\n"))

    assert course.run("grade", NAME, "-j", "1").exit_code == 0

    question = course.question("amelie", "quad_grad")
    assert question["exact"] == "1/4"
    assert "some matrices only" in str(question["sentence"])
    explained = course.run("explain", NAME, "amelie", "quad_grad").output
    decimals = set(re.findall(r"\d\.\d{6,}", explained))
    assert len(decimals) > 20, "the explanation shows the hidden cases"
    saved = course.run("explain", NAME, "amelie", "quad_grad", "--save", "case").output.splitlines()
    assert saved[0].startswith("case.npz holds the case 'random, d=")
    assert saved[1] == '  import numpy as np; case = np.load(\'case.npz\'); quad_grad(case["A"], case["w"])'
    with np.load(course.folder / "case.npz") as case:
        A, w = case["A"], case["w"]
        np.testing.assert_allclose(case["expected"], A @ w + A.T @ w)
        np.testing.assert_allclose(case["answered"], 2 * A @ w)
    assert (course.folder / "case.npz").stat().st_mode & 0o077 == 0
    none = course.run("explain", NAME, "amelie", "quad_grad", "--save", "case", "--case", "none")
    assert "has no case 'none' (--case names one of random, d=" in str(none.exception)

    for file in ("report.html", "report.json"):
        page = (course.reports / "amelie" / file).read_text(encoding="utf-8")
        assert "A.T" not in page
        assert "w @ A" not in page
        assert not [number for number in decimals if number in page]


def test_a_second_run_has_nothing_to_do(course: Class) -> None:
    """What has a report is not graded again, and the report keeps its time."""
    course.hand_in("amelie", course.notebook())
    assert course.run("grade", NAME, "-j", "1").exit_code == 0
    first = course.report("amelie")

    again = course.run("grade", NAME, "-j", "1")

    assert again.exit_code == 0
    assert "Nothing to grade" in again.output
    assert course.report("amelie") == first


def test_a_lost_report_file_is_written_again_without_grading(course: Class) -> None:
    """Whoever deletes a report gets the same one back from the gradebook."""
    course.hand_in("amelie", course.notebook())
    course.run("grade", NAME, "-j", "1")
    first = course.report("amelie")
    (course.reports / "amelie" / "report.json").unlink()

    course.run("grade", NAME, "-j", "1")

    assert course.report("amelie") == first


def test_a_new_submission_is_graded_and_the_old_one_kept(course: Class) -> None:
    """The report shows the latest submission."""
    course.hand_in("amelie", course.notebook())
    course.run("grade", NAME, "-j", "1")
    course.hand_in("amelie", course.notebook(**course.right("ls_hess")))

    course.run("grade", NAME, "-j", "1")

    assert course.report("amelie")["score"] == 1.0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b'{"cells": [', "ends"),
        (b"print('hello')\n", "cannot be read as a notebook"),
        (b"[" * 100_000, "nested"),
        (b"PK\x03\x04" + b"\0" * 100, "zip"),
    ],
)
def test_a_file_that_is_no_notebook_is_said_and_harms_nobody(
    course: Class, content: bytes, said: str
) -> None:
    """It gets a report that says what is wrong, and a person looks; everybody else is graded."""
    course.hand_in("amelie", course.notebook(**course.right("ls_hess")))
    course.hand_in("broken", content)

    run = course.run("grade", NAME, "-j", "1")

    assert run.exit_code == 1
    assert course.report("amelie")["score"] == 1.0
    broken = course.report("broken")
    assert broken["score"] is None
    assert broken["needs_person"] is True
    assert said in str(broken["trouble"])
    assert str(broken["trouble"]) in course.reports.joinpath("broken", "report.html").read_text("utf-8")


def test_what_cannot_be_taken_is_listed_and_the_rest_is_graded(course: Class) -> None:
    """A stranger, a folder named like a notebook and two notebooks are lines for a person, exit code 1."""
    (course.folder / "students.csv").write_text("id,name,email,group\namelie,Amélie,,\ntwo,,,\nodd,,,\n")
    course.hand_in("amelie", course.notebook(**course.right("ls_hess")))
    course.hand_in("stranger", course.notebook())
    course.hand_in("two", course.notebook(), filename="a.ipynb")
    course.hand_in("two", course.notebook(), filename="b.ipynb")
    (course.submissions / "odd" / f"{NAME}.ipynb").mkdir(parents=True)

    run = course.run("grade", NAME, "-j", "1")

    assert run.exit_code == 1
    assert all(f"{NAME}/{who}" in run.output for who in ("stranger", "two", "odd"))
    assert [folder.name for folder in course.reports.iterdir()] == ["amelie"]


def test_a_question_judged_alone_records_nothing(course: Class) -> None:
    """`--question` is a trial: it replaces no report, and the submission still waits for its own."""
    course.hand_in("amelie", course.notebook(**course.right("ls_hess")))

    alone = course.run("grade", NAME, "-j", "1", "--question", "ls_hess")

    assert alone.exit_code == 0
    assert not course.reports.exists()
    trial_folder = course.folder / "reports" / f"{NAME}-ls_hess" / "amelie"
    trial = json.loads((trial_folder / "report.json").read_text("utf-8"))
    assert [question["name"] for question in trial["questions"]] == ["ls_hess"]
    assert "1 submission would be graded" in course.run("grade", NAME, "--dry-run").output


def test_a_dry_run_leaves_no_trace(course: Class) -> None:
    """`--dry-run` says who would be graded; afterwards the gradebook knows nobody."""
    course.hand_in("amelie", course.notebook())

    assert "amelie" in course.run("grade", NAME, "--dry-run").output

    with Gradebook.open(course.folder / ".autograder" / "gradebook.sqlite") as gradebook:
        assert gradebook.history("amelie") == ()


def test_only_the_named_student_is_graded(course: Class) -> None:
    """`--student` leaves everybody else waiting."""
    course.hand_in("amelie", course.notebook())
    course.hand_in("basile", course.notebook())

    course.run("grade", NAME, "-j", "1", "--student", "basile")

    assert [folder.name for folder in course.reports.iterdir()] == ["basile"]


def test_two_workers_give_the_reports_of_one(course: Class) -> None:
    """The number of workers changes nothing but the time."""
    for number in range(4):
        course.hand_in(f"student{number}", course.notebook(**course.right("ls_hess", "ls_loss")))

    run = course.run("grade", NAME, "-j", "2", "--json")

    assert run.exit_code == 0
    assert json.loads(run.stdout)["graded"] == 4
    assert {course.report(f"student{number}")["score"] for number in range(4)} == {3.0}


def test_the_commands_around_grading(course: Class) -> None:
    """release, grades and feedback do what they say."""
    course.hand_in("amelie", course.notebook(**course.right("ls_hess")))

    assert course.run("release", NAME).exit_code == 0
    text = (course.folder / "release" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")
    assert f"Python {sys.version_info.major}.{sys.version_info.minor}" in text and "**Memory**" in text
    assert (course.folder / "release" / NAME / f"{NAME}.ipynb").is_file()
    course.run("grade", NAME, "-j", "1")
    assert json.loads(course.run("grades", "--json").stdout) == {"amelie": {NAME: 1.0}}
    assert "amelie" in course.run("grades").output
    assert "1 report written" in course.run("feedback", NAME, "--out", "elsewhere").output
    assert (course.folder / "elsewhere" / "amelie" / "report.html").is_file()


def test_the_solved_notebook_earns_everything(course: Class) -> None:
    """`solution` puts the references in place of the stubs, helpers included."""
    assert course.run("solution", NAME, "--out", "solved.ipynb").exit_code == 0
    course.hand_in("amelie", (course.folder / "solved.ipynb").read_bytes())

    course.run("grade", NAME, "-j", "1")

    assert course.report("amelie")["score"] == 20.0


def test_quiz_answers_in_the_notebook_are_graded_with_the_homework(course: Class) -> None:
    """`answers["quad-grad"] = "..."` in an ordinary cell is read as mathematics and earns its points."""
    text = (course.folder / "course.toml").read_text("utf-8")
    text = text.replace("[assignments.gradients]", '[assignments.gradients]\nquizzes = ["first-quiz"]')
    (course.folder / "course.toml").write_text(text, encoding="utf-8")
    notebook = json.loads(course.notebook(**course.right("ls_hess")))
    source = 'answers = {}\nanswers["quad-grad"] = "(A + A.T) @ w"\nanswers["grad-inner"] = "w"'
    cell = {"cell_type": "code", "id": "quiz", "metadata": {}, "outputs": [], "execution_count": None}
    notebook["cells"].append({**cell, "source": source})
    course.hand_in("amelie", json.dumps(notebook).encode())

    course.run("grade", NAME, "-j", "1")

    assert course.question("amelie", "quad-grad")["outcome"] == "right"
    assert course.question("amelie", "grad-inner")["mark"] == 0.0
    assert course.question("amelie", "global-min")["outcome"] == "not_attempted"
    assert course.report("amelie")["points"] > 20.0  # type: ignore[operator]


def test_a_quiz_is_judged_line_by_line(course: Class) -> None:
    """`quiz judge` reads JSON lines and writes one verdict each."""
    line = json.dumps({"question": "quad-grad", "answer": "2 A w"})
    run = course.run("quiz", "judge", "first-quiz", typed=line)

    assert run.exit_code == 0
    verdict = json.loads(run.stdout)
    assert verdict["state"] == "partial"
    assert "some matrices only" in verdict["message"]


def test_what_an_instructor_must_mend_is_a_sentence_and_exit_code_2(course: Class) -> None:
    """No traceback: the file, what is wrong, what to do."""
    text = (course.folder / "course.toml").read_text("utf-8").replace("timezone", "timezome")
    (course.folder / "course.toml").write_text(text, encoding="utf-8")

    run = subprocess.run(
        [sys.executable, "-m", "autograder", "grades"], cwd=course.folder, capture_output=True, text=True
    )

    assert run.returncode == 2
    assert "course.toml: timezome" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_place_where_nothing_can_be_written_is_a_sentence(
    course: Class, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing folder, a file in the way: the path and the system's reason."""
    monkeypatch.chdir(course.folder)
    monkeypatch.setattr(sys, "argv", ["autograder", "solution", NAME, "--out", "nowhere/solved.ipynb"])
    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 2
    advice = "(look at the path: its folder must be there)"
    assert (
        capsys.readouterr().err == f"autograder: nowhere/solved.ipynb: No such file or directory {advice}\n"
    )


def test_a_name_that_is_none_is_told_with_those_there_are(course: Class) -> None:
    """Misspelt assignments, questions and quizzes are refused; nothing is done for them in silence."""
    course.hand_in("amelie", course.notebook())
    for command in (["grades", "nosuch"], ["feedback", "nosuch"], ["grade", NAME, "--question", "nosuch"]):
        run = course.run(*command)
        assert isinstance(run.exception, CourseError)
        assert "'nosuch' (known are " in str(run.exception)
    quiz = course.run("quiz", "judge", "nosuch")
    assert "there is no such file" in str(quiz.exception)


def test_help_loads_nothing_heavy() -> None:
    """`autograder --help` imports neither numpy nor the database nor any Jupyter package."""
    code = (
        "import sys\n"
        "from autograder.cli.main import group\n"
        "group.main(['--help'], standalone_mode=False)\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    heavy = (
        "numpy",
        "sqlalchemy",
        "alembic",
        "nbformat",
        "nbgrader",
        "otter",
        "pandas",
        "jinja2",
        "rich",
        "pydantic",
    )
    assert not [name for name in heavy if f"'{name}'" in run.stdout]
    assert all(word in run.stdout for word in ("grade", "release", "explain", "doctor", "demo"))


def test_the_notebook_of_another_homework_needs_a_person_who_is_told_which(course: Class) -> None:
    """No mark is given, not 0; nothing was run."""
    other = (course.folder / "assignments/convexity/convexity.ipynb").read_bytes()
    course.hand_in("amelie", course.notebook(**course.right("ls_hess")))
    course.hand_in("bob", other)

    run = course.run("grade", NAME, "-j", "1")

    assert run.exit_code == 1
    assert "look at bob: This is the notebook of convexity, not of gradients" in run.output
    report = course.report("bob")
    assert (report["score"], report["needs_person"]) == (None, True)
    assert course.report("amelie")["score"] == 1.0


def test_nothing_to_grade_never_hides_what_was_passed_over(course: Class) -> None:
    """The last line says how much is for a person, and the exit code does."""
    course.hand_in("bob", b"%PDF", filename="homework.pdf")

    run = course.run("grade", NAME, "-j", "1")

    assert run.exit_code == 1
    assert "bob: holds no notebook, only homework.pdf; ask for gradients.ipynb" in run.output
    assert "Nothing to grade: 1 for you to look at, listed above." in run.output
    assert "every submission has its report" not in run.output


def test_a_notebook_in_a_folder_of_the_students_own_is_graded(course: Class) -> None:
    """Also one that a browser saved as text; both are said, and nobody needs to do anything."""
    course.hand_in("amelie", course.notebook(**course.right("ls_hess")), filename="hw1/final/gd.ipynb")
    course.hand_in("bob", course.notebook(**course.right("ls_hess")), filename="gradients.ipynb.txt")

    run = course.run("grade", NAME, "-j", "1")

    assert run.exit_code == 0
    assert "the only notebook lies further in (hw1/final/gd.ipynb); it was taken" in run.output
    assert "gradients.ipynb.txt is a notebook by its content, whatever its name; it was taken" in run.output
    assert [course.report(student)["score"] for student in ("amelie", "bob")] == [1.0, 1.0]


def test_what_a_team_handed_in_is_graded_for_each_member(course: Class) -> None:
    """Each has a report; a mistake in the file of teams ends in a sentence."""
    (course.folder / "students.csv").write_text("id,name\namelie,Amélie\nbob,Bob Jones\n", encoding="utf-8")
    teams = course.folder / "teams" / f"{NAME}.csv"
    teams.parent.mkdir()
    teams.write_text("team,id\nTeam A,amelie\nTeam A,bob\n", encoding="utf-8")
    course.hand_in("Team A", course.notebook(**course.right("ls_hess")))

    assert course.run("grade", NAME, "-j", "1").exit_code == 0
    assert [course.report(student)["score"] for student in ("amelie", "bob")] == [1.0, 1.0]

    teams.write_text("team,id\nTeam A,eve\n", encoding="utf-8")
    assert "no student of students.csv has the id 'eve'" in str(course.run("grade", NAME).exception)
