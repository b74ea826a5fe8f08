"""What an author gets wrong in a hurry: `check` ends, and names the cause with its file and line."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from authored_course import CELLS, COURSE, SOLUTIONS, write_course, write_notebook
from click.testing import CliRunner, Result

from autograder.cli.main import group
from autograder.errors import CourseError

PROOF = "from small import double\n\n\n@double.alternate\ndef other(w):\n    "
QUIZ = "---\nid: first\ntitle: First\n---\n\n## one {numeric 1}\nWhat is $1 + 1$?\n\n= 2\n: Count.\n"
NOT_PLANNED = COURSE.replace("assignments.small", "assignments.other")
"""Without the assignment, which is then proven and not graded: quicker, where that is beside the point."""
ASKS_FIRST = f'{COURSE}quizzes = ["first"]\n'


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A course of one small assignment that is ready."""
    write_course(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["check", "small", "--draws", "1", *arguments])


def read_flaws(result: Result) -> list[str]:
    """What is to mend, as it is told."""
    if isinstance(result.exception, CourseError):
        return str(result.exception).replace(f"{Path.cwd()}/", "").splitlines()
    assert (result.exit_code, "to mend before it is released" in result.stderr) == (2, True), result.output
    return [line for line in result.stderr.splitlines() if not line.startswith("small: ")]


def test_the_small_course_is_ready(course: Path) -> None:
    """Else nothing of what follows would say anything."""
    result = check()

    assert result.exit_code == 0
    assert result.stdout.rstrip().endswith("small: ready to be released (2 points).")


def test_without_a_terminal_a_line_tells_each_question_as_it_is_begun(course: Path) -> None:
    """Whoever waits sees how far it is; the table for scripts stays by itself."""
    (course / "course.toml").write_text(NOT_PLANNED, encoding="utf-8")
    result = check("--json")

    assert result.stderr.splitlines() == [
        "small: drawing the cases",
        "small: the assignment as a whole",
        "small: double",
    ]
    assert json.loads(result.stdout)["ready"]


REFERENCE = "return 2.0 * np.asarray(w)"


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (
            REFERENCE,
            "raise SystemExit",
            "solutions/small.py:5: double: its reference raises SystemExit",
        ),
        (
            REFERENCE,
            "w = 2.0 * np.asarray(w)",
            "solutions/small.py:5: double: its reference returns nothing, in any core case",
        ),
        (
            REFERENCE,
            f"{REFERENCE} + np.random.default_rng().normal()",
            "solutions/small.py:5: double: its reference gives another value whenever it is called",
        ),
        (
            REFERENCE,
            "return np.array([w, None], dtype=object)",
            "solutions/small.py:5: double: its reference returns an array of objects, which cannot",
        ),
        (
            REFERENCE,
            "return [slice(0, 2)]",
            "solutions/small.py:5: double: its reference returns a slice, which cannot be compared",
        ),
        (
            "rng.normal(size=2)",
            "np.random.normal(size=2)",
            "solutions/small.py:5: double: @double.cases draws other cases each time (draw all",
        ),
        (
            "rng.normal(size=2)",
            "",
            "solutions/small.py:5: double: cannot be called in the core case 'two': missing a",
        ),
        (
            "points=2",
            "points='2 points'",
            "solutions/small.py:5: ValueError: points='2 points': is no number of points; write 3",
        ),
        (
            "@double.mistake",
            "@question(points=1)\nclass Model:\n    pass\n\n\n@double.mistake",
            "solutions/small.py:17: ValueError: Model is a class; ask for a function that returns what its",
        ),
        (
            "points=2",
            "points=2, tolerence=0.1",
            "solutions/small.py:5: TypeError: question() got an unexpected keyword argument 'tolerence'",
        ),
        (
            "@double.mistake",
            "@question(points=1)\ndef double(w):\n    return w\n\n\n@double.mistake",
            "solutions/small.py:17: ValueError: double is a question already, on line 5: rename one",
        ),
        (
            "import numpy as np",
            "import numpy as np, nowhere",
            "solutions/small.py:1: ModuleNotFoundError: No module named 'nowhere' (install it for ",
        ),
        ('yield core("three"', 'exit()\n    yield core("three"', "solutions/small.py:13: double: SystemExit"),
        ("return 3.0 * w", "exit()", "solutions/small.py:17: double: mistake triple: raises SystemExit"),
        (
            "@double.mistake",
            "@double.check('holds')\ndef _(answer, case):\n    exit()\n\n\n@double.mistake",
            "solutions/small.py:5: double: cannot be judged: a rule of double failed in case 'three'",
        ),
    ],
)
def test_a_reference_that_gives_nothing_to_compare_with_is_the_only_thing_told(
    course: Path, right: str, wrong: str, said: str
) -> None:
    """Not that examples fail by it, nor that nothing is caught: that only follows."""
    file = course / "solutions/small.py"
    file.write_text(SOLUTIONS.replace(right, wrong, 1), encoding="utf-8")

    [told] = read_flaws(check())

    assert told.startswith(said)


@pytest.mark.parametrize(
    ("stub", "said"),
    [
        (f"# Later\n\n```python\n{CELLS[3]}\n```", "question 1 has no stub: it stands in a text cell"),
        ("def double(w):\n    return 2 * w", "question 1 has no stub: cell 4 has a function with a body"),
    ],
)
def test_a_stub_that_is_none_is_told_once(course: Path, stub: str, said: str) -> None:
    """Not that examples stand above any stub, which follows from it."""
    stub = stub.replace("# Later", "### Later")
    write_notebook(course / "assignments/small/small.ipynb", (*CELLS[:3], stub, *CELLS[4:]))

    [told] = read_flaws(check())

    assert told.startswith(f"assignments/small/small.ipynb, cell 3: {said}")


def test_what_is_wrong_in_every_draw_is_told_once(course: Path) -> None:
    """A mistake that is none, an alternate that is wrong: not again for each draw of the cases."""
    (course / "course.toml").write_text(NOT_PLANNED, encoding="utf-8")
    (course / "solutions/small.py").write_text(SOLUTIONS.replace("3.0 * w", "2.0 * w"), encoding="utf-8")
    (course / "solutions/small_proof.py").write_text(f"{PROOF}return 5.0 * w\n", encoding="utf-8")

    alternate, mistake = read_flaws(check("--draws", "3"))

    assert "alternate other: earns 0, not 1" in alternate
    assert "mistake triple: is not caught: it earns everything" in mistake


@pytest.mark.parametrize("compare", ["up to sign", "same span", "trajectory"])
def test_a_comparison_of_arrays_is_refused_where_the_reference_returns_a_pair(
    course: Path, compare: str
) -> None:
    """Axes and variances: which of the two has free signs is for a rule of the author's to say."""
    text = SOLUTIONS.replace("points=2", f"points=2, compare={compare!r}")
    text = text.replace(REFERENCE, "return np.outer(w, w), 2.0 * np.asarray(w)")
    (course / "solutions/small.py").write_text(text, encoding="utf-8")

    told = next(line for line in read_flaws(check()) if "compares" in line)

    assert told == (
        f"solutions/small.py:5: double: compare={compare!r} compares arrays, and its reference returns a "
        "tuple (return the array alone, or judge its parts in @double.accepts)"
    )


def test_points_are_what_is_written(course: Path) -> None:
    """A tenth is a tenth, not the nearest float."""
    text = SOLUTIONS.replace("points=2", "points=0.1")
    (course / "solutions/small.py").write_text(text, encoding="utf-8")

    [told] = read_flaws(check())

    assert "2 points in the notebook, 0.1 in the solutions" in told


def test_an_alternate_that_never_ends_is_named_with_what_students_have(course: Path) -> None:
    """It is not waited for in every case and every draw."""
    text = SOLUTIONS.replace("points=2", "points=2, seconds_per_case=0.5")
    (course / "solutions/small.py").write_text(text, encoding="utf-8")
    (course / "solutions/small_proof.py").write_text(f"{PROOF}while True:\n        pass\n", encoding="utf-8")

    _, told = read_flaws(check("--draws", "3"))

    assert told.startswith(
        "solutions/small_proof.py:4: double: alternate other: takes more than 0.5 s, which"
    )
    assert told.endswith("in the case 'three' (look for a loop that never ends)")


def test_an_alternate_that_ends_the_program_earns_nothing(course: Path) -> None:
    """And does not end `check`, which would look as if all were well."""
    (course / "solutions/small_proof.py").write_text(f"{PROOF}exit()\n", encoding="utf-8")

    [told] = read_flaws(check())

    assert (
        "small_proof.py:4: double: alternate other: earns 0, not 1: Your function raised SystemExit" in told
    )


@pytest.mark.soak
def test_a_mistake_and_an_example_that_never_end_are_named(course: Path) -> None:
    """Each within its limit."""
    endless = "while True:\n        pass"
    (course / "solutions/small.py").write_text(SOLUTIONS.replace("return 3.0 * w", endless), encoding="utf-8")
    helper = f"def wait():\n    {endless}"
    write_notebook(
        course / "assignments/small/small.ipynb",
        (*CELLS[:2], helper, *CELLS[2:4], f"wait()\n{CELLS[4]}".replace("wait()", "x = wait()")),
    )

    example, mistake = read_flaws(check())

    assert example.startswith("assignments/small/small.ipynb, cell 6, line 1: double: an example of the note")
    assert example.endswith("takes more than 10 s")
    assert mistake.startswith("solutions/small.py:17: double: mistake triple: never ends, in any case")


@pytest.mark.parametrize(
    ("introduction", "line", "said"),
    [
        ("There are **3 points** in all.", 3, 3),
        ("This homework is worth 20 points.\n\nGood luck!", 3, 20),
        ("Read it.\n\nTotal: 4 points", 5, 4),
        ("| part | points | about |\n|:--|--:|--|\n| A | 1 | x |\n| B | 2 | y |", 3, 3),
        ("| part | points |\n|:--|--:|\n| A | 2 |\n| total | 5 |", 6, 5),
    ],
)
def test_an_introduction_that_says_other_points_is_told_with_its_line(
    course: Path, introduction: str, line: int, said: int
) -> None:
    """However it says them."""
    notebook = course / "assignments/small/small.ipynb"
    write_notebook(notebook, (f"# Small\n\n{introduction}", *CELLS[1:]))

    [told] = read_flaws(check())

    assert told.startswith(f"assignments/small/small.ipynb, cell 1, line {line}: the introduction ")
    assert f" {said} points, and the questions have 2 (make them equal)" in told


@pytest.mark.parametrize(
    "introduction",
    [
        "# Small (2 points)",
        "# Small\n\n| part | points |\n|:--|--:|\n| A | 1.5 |\n| B | 1/2 |\n| **total** | **2** |",
        "# Small\n\nEach part of it is worth 1 point, and you have 3 days.",
    ],
)
def test_true_words_on_points_are_left_alone(course: Path, introduction: str) -> None:
    """Whatever their form."""
    (course / "course.toml").write_text(NOT_PLANNED, encoding="utf-8")
    write_notebook(course / "assignments/small/small.ipynb", (introduction, *CELLS[1:]))

    assert check().exit_code == 0


def test_a_quiz_that_is_not_there_is_told_where_it_is_asked_for(course: Path) -> None:
    """With the one that was meant; what else is wrong with the notebook and the solutions is told with it."""
    (course / "course.toml").write_text(ASKS_FIRST, encoding="utf-8")
    (course / "quiz/fist.quiz.md").write_text(QUIZ, encoding="utf-8")
    (course / "solutions/small.py").write_text(SOLUTIONS.replace("yield", "yeld", 1), encoding="utf-8")
    write_notebook(course / "assignments/small/small.ipynb", (*CELLS[:2], "## 1. Doubling", *CELLS[3:]))

    quiz, *notebook, solutions = read_flaws(check())

    assert (
        quiz == "course.toml: assignments.small.quizzes: there is no quiz/first.quiz.md (did you mean fist?)"
    )
    assert notebook[0].startswith(
        "assignments/small/small.ipynb, cell 3: the heading “1. Doubling” has no po"
    )
    assert solutions.startswith("solutions/small.py:13: SyntaxError")


def test_a_quiz_that_cannot_be_read_is_told_with_its_line(course: Path) -> None:
    """The file is named as it is typed."""
    (course / "course.toml").write_text(ASKS_FIRST, encoding="utf-8")
    (course / "quiz/first.quiz.md").write_text(QUIZ.replace("numeric", "numeri"), encoding="utf-8")

    assert read_flaws(check()) == [
        "quiz/first.quiz.md:6:9: there is no kind 'numeri' (did you mean numeric?)",
    ]


def test_the_points_of_quizzes_count(course: Path) -> None:
    """Students have them, so the introduction counts them, and so does the last line."""
    (course / "course.toml").write_text(ASKS_FIRST, encoding="utf-8")
    (course / "quiz/first.quiz.md").write_text(QUIZ, encoding="utf-8")
    notebook = course / "assignments/small/small.ipynb"

    [told] = read_flaws(check())
    assert (
        "cell 1, line 3: the introduction says 2 points, and the questions have 2, with the quizzes 3" in told
    )

    write_notebook(notebook, (CELLS[0].replace("2", "3"), *CELLS[1:]))
    result = check()

    assert "small: ready to be released (3 points, 1 of them for quizzes)." in result.stdout


def test_a_quiz_under_the_name_of_another_is_told(course: Path) -> None:
    """Its attempts would be recorded by one name, and looked for by the other."""
    (course / "course.toml").write_text(ASKS_FIRST, encoding="utf-8")
    (course / "quiz/first.quiz.md").write_text(QUIZ.replace("id: first", "id: other"), encoding="utf-8")
    write_notebook(course / "assignments/small/small.ipynb", (CELLS[0].replace("2", "3"), *CELLS[1:]))

    assert read_flaws(check()) == [
        "quiz/first.quiz.md:1:1: its id is other (write id: first, or rename the file)"
    ]


def test_a_question_that_the_notebook_does_not_ask_is_told_with_its_line(course: Path) -> None:
    """And what to write where."""
    lost = "@question(points=1)\ndef lost(x):\n    return x\n\n\n"
    more = f"{lost}@lost.cases\ndef _(rng):\n    yield core('a', 1.0)\n"
    (course / "solutions/small.py").write_text(f"{SOLUTIONS}\n\n{more}", encoding="utf-8")

    [told] = read_flaws(check())

    assert told.startswith("solutions/small.py:23: lost: has no statement (write its heading, statement and")
    assert told.endswith(" stub in assignments/small/small.ipynb)")


def test_a_library_that_is_missing_where_it_is_graded_is_told_before_the_class_finds_it(course: Path) -> None:
    """By `check` and by `release`, with its line and what installs it; one that may be missing is not."""
    maybe = "try:\n    import nor_this\nexcept ImportError:\n    pass"
    imports = f"import json\n\nimport not_there_at_all.parts\n{maybe}"
    write_notebook(course / "assignments/small/small.ipynb", (CELLS[0], f"{CELLS[1]}\n{imports}", *CELLS[2:]))
    (course / "course.toml").write_text(f'preload = ["neither.this"]\n{COURSE}', encoding="utf-8")

    preload, cell = read_flaws(check())

    assert preload.startswith(
        "course.toml: preload: neither is missing where notebooks are graded, by Python "
    )
    assert cell.startswith(
        "assignments/small/small.ipynb, cell 2, line 4: not_there_at_all is missing where "
    )
    assert cell.endswith(" -m pip install not_there_at_all)")

    released = CliRunner().invoke(group, ["release", "small"])

    assert read_flaws(released) == [preload, cell]
    assert not (course / "release").exists()


def test_a_package_that_the_course_asks_for_and_lacks_is_told(course: Path) -> None:
    """`check` needs no other command to be called first."""
    text = f'{COURSE}[environment]\npackages = ["not-there-at-all>=2"]\n'
    (course / "course.toml").write_text(text, encoding="utf-8")

    [told] = read_flaws(check())

    assert "has no not-there-at-all>=2 (" in told


def test_a_cell_that_only_the_class_would_run_is_run(course: Path) -> None:
    """The file lies on the author's desk."""
    loads = f"{CELLS[1]}\n\ntable = np.loadtxt('table.csv')"
    write_notebook(course / "assignments/small/small.ipynb", (CELLS[0], loads, *CELLS[2:]))

    [told] = read_flaws(check())

    assert told.startswith(
        "assignments/small/small.ipynb, cell 2, line 3: stops where it is graded, though ev"
    )
    assert "FileNotFoundError: table.csv not found" in told


def test_an_assignment_that_is_not_planned_yet_is_proven_and_not_graded(course: Path) -> None:
    """Which is said."""
    (course / "course.toml").write_text(NOT_PLANNED, encoding="utf-8")

    result = check()

    assert result.exit_code == 0
    assert "It cannot be graded before course.toml has a table [assignments.small]." in result.stdout
