"""A quiz that is answered in a notebook: released, read back, judged, marked with the rest."""

import contextlib
import io
import json
import sys
from pathlib import Path

import pytest
from marking_course import Course
from quiz_in_notebook import QUIZ, answered, course_with_quiz, released, right_letters, sources

RIGHT = {
    "grad": "(A + A^T) w",
    "power": "87 W",
    "pairs": right_letters("pairs"),
    "hessian": "1729 4104; 4104 13832",
    "why": "Both stay equal.",
}
SCALED = "def scaled(x, u):\n    return x * u"
DOUBLE = "def double(x):\n    return 2 * x"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return course_with_quiz(tmp_path / "course")


def run_cells(document: dict[str, object]) -> str:
    """What the cells of the quiz print where a student runs them."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        space: dict[str, object] = {}
        for cell in document["cells"]:  # type: ignore[attr-defined]
            text = "".join(cell["source"])
            if cell["cell_type"] == "code" and "answers" in text:
                exec(text, space)
    return told.getvalue()


def questions(course: Course, student: str) -> dict[str, dict[str, object]]:
    return {question["name"]: question for question in course.report(student)["questions"]}


def test_the_release_asks_the_questions_and_holds_no_key(course: Course) -> None:
    """A text for each question, a cell for the answers, a stub for a function."""
    document = released(course)
    text = "\n".join(sources(document))
    assert "# Warm-up" in text
    assert "What mean power are 1800 kcal a day?" in text
    assert "- 1. one" in text
    assert 'answers["grad"] = r""' in text
    assert "def scaled(x, u):\n    ..." in text
    for secret in (
        "(A + A^T) w",
        "A^T",
        "symmetric",
        "4184",
        "1729",
        "4104",
        "return",
        "stay equal",
        "Two is two",
    ):
        assert secret not in text.replace("$w \\mapsto w^\\top A w$", "").replace("scaled(x, u)", ""), secret
    assert released(course) == document, "the same course gives the same bytes"


def test_the_cell_for_the_answers_reads_them_back(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read, what cannot be, what is missing; nothing of right or wrong."""
    # Other tests import the room of the sealed process, in whose presence nothing is read back.
    monkeypatch.delitem(sys.modules, "autograder.sandbox.worker", raising=False)
    typed = {"grad": "2Aw", "power": "87", "pairs": "1a", "hessian": "1, 2; 3, 4"}
    told = run_cells(json.loads(answered(released(course), typed)))
    lines = dict(line.split(": ", 1) for line in told.splitlines())
    assert lines["grad"] == "2 A w"
    assert lines["power"] == "cannot be read: Give a unit, such as W."
    assert lines["pairs"].startswith("cannot be read: Answer with a letter for each line")
    assert lines["hessian"] == "[[1, 2], [3, 4]]"
    assert lines["why"] == "no answer yet"
    assert "root" not in lines
    assert "ight" not in told


def test_answers_are_judged_and_functions_run_sealed(course: Course) -> None:
    """One by one in the report, as the rest of the homework."""
    course.hand_in("ada", answered(released(course), RIGHT, scaled=SCALED, double=DOUBLE))
    slip = {**RIGHT, "grad": "2 A w", "why": "", "power": "0.087 W"}
    course.hand_in("bob", answered(released(course), slip, scaled=SCALED.replace("x * u", "x * x * u")))
    course.hand_in("eve", answered(released(course), {}))
    assert course.grade().exit_code == 0
    marks = {name: question["exact"] for name, question in questions(course, "ada").items()}
    assert marks == {
        "double": "1", "written-2": None,
        "grad": "1", "power": "1", "pairs": "1", "hessian": "1", "root": "1", "why": None,
    }  # fmt: skip
    assert questions(course, "ada")["why"]["outcome"] == "awaiting_mark"
    bob = questions(course, "bob")
    assert (bob["grad"]["exact"], bob["power"]["exact"], bob["root"]["exact"]) == ("1/2", "0", "1/2")
    assert bob["root"]["sentence"] == "Once."
    assert bob["why"]["outcome"] == "not_attempted"
    eve = [question["outcome"] for name, question in questions(course, "eve").items() if name in RIGHT]
    assert eve == ["not_attempted"] * 5
    assert questions(course, "eve")["root"]["outcome"] == "not_attempted"
    assert not any("pip install" in cell["printed"] for cell in course.report("ada")["cells"])


def test_a_function_that_was_typed_as_a_text_runs_sealed_as_well(course: Course) -> None:
    document = released(course)
    document["cells"][-1]["source"] = f"answers['root'] = {SCALED!r}"
    course.hand_in("ada", json.dumps(document).encode())
    assert course.grade().exit_code == 0
    assert questions(course, "ada")["root"]["exact"] == "1"


def test_what_cannot_be_read_needs_a_person_and_is_no_zero(course: Course) -> None:
    """The grader says so, the sheet shows it, a mark settles it."""
    course.hand_in("ada", answered(released(course), {**RIGHT, "grad": "(A + A^T w"}, double=DOUBLE))
    assert course.grade().exit_code == 1
    grad = questions(course, "ada")["grad"]
    assert (grad["outcome"], grad["exact"]) == ("unjudged", None)
    assert "cannot be read, so a person looks at it" in str(grad["sentence"])
    told = course.run("mark", "small", "--names")
    assert "“Warm-up: grad”, 1 copy" in told.output
    assert "“Warm-up: why”, 1 copy" in told.output
    assert "(A + A^T w" in (course.marking / "grad.html").read_text(encoding="utf-8")
    for name, points in (("grad", "2"), ("why", "1.5")):
        table = course.marking / f"{name}.csv"
        filled = table.read_text(encoding="utf-8-sig").replace(
            f"Warm-up: {name},", f"Warm-up: {name},{points}"
        )
        table.write_text(filled, encoding="utf-8")
        done = course.run("mark", "small", "--csv", str(table))
        assert "1 mark recorded" in done.output, done.output
    marked = questions(course, "ada")
    assert [marked[name]["outcome"] for name in ("grad", "why")] == ["marked", "marked"]
    assert [marked[name]["exact"] for name in ("grad", "why")] == ["1", "1/2"]


def test_such_a_quiz_counts_in_its_notebook_alone(course: Course) -> None:
    """Its scores come from the reports, and it is marked with the assignment."""
    course.hand_in("ada", answered(released(course), {**RIGHT, "why": ""}, scaled=SCALED, double=DOUBLE))
    course.grade()
    scores = json.loads(course.run("quiz", "scores", "warm-up", "--json").stdout)["students"]
    assert [(line["id"], line["score"], line["points"]) for line in scores] == [("ada", 7, 10)]
    for command, instead in (("regrade", "regrade"), ("report", "stats")):
        refused = course.run("quiz", command, "warm-up")
        assert f"(autograder {instead} small)" in str(refused.exception)
    refused = course.run("quiz", "mark", "warm-up")
    assert "is answered in the notebook of small and is marked with it (autograder mark small)" in str(
        refused.exception
    )


def test_two_questions_of_one_name_are_refused(course: Course) -> None:
    """A notebook has one answer of a name."""
    (course.folder / "quiz" / "other.quiz.md").write_text(
        QUIZ.replace("id: warm-up", "id: other"), encoding="utf-8"
    )
    toml = course.folder / "course.toml"
    toml.write_text(toml.read_text().replace('["warm-up"]', '["warm-up", "other"]'))
    refused = course.run("release", "small")
    assert "grad is asked in warm-up as well" in str(refused.exception)


def test_an_assignment_with_a_quiz_is_proven_as_any(course: Course) -> None:
    done = course.run("check", "small", "--draws", "1")
    assert "ready to be released" in done.output, done.output
    quiz = course.folder / "quiz" / "warm-up.quiz.md"
    quiz.write_text(QUIZ.replace(": Both neurons stay equal.\n", ""), encoding="utf-8")
    refused = course.run("check", "small", "--draws", "1")
    assert refused.exit_code == 2
    assert "why: has no solution" in refused.output


def test_a_rubric_is_marked_line_by_line_and_not_released(course: Course) -> None:
    """A column for each line, and the report shows what each earned."""
    place = course.folder / "quiz" / "warm-up.quiz.md"
    rubric = "+ 1 names both neurons\n+ 2 says why\n: Both neurons stay equal."
    place.write_text(place.read_text(encoding="utf-8").replace(": Both neurons stay equal.", rubric))
    document = released(course)
    assert "names both neurons" not in json.dumps(document)
    course.hand_in("ada", answered(document, RIGHT | {"root": SCALED}))
    course.run("grade", "small")
    assert course.run("mark", "small", "--names").exit_code == 0
    table = course.marking / "why.csv"
    head, line = table.read_text(encoding="utf-8-sig").splitlines()
    assert "names both neurons (0 to 1),says why (0 to 2)" in head
    table.write_text(f"{head}\n{line.replace(',,,,', ',1,0.5,,')}\n", encoding="utf-8")
    done = course.run("mark", "small", "--csv", str(table))
    assert "1 mark recorded" in done.output, (done.output, done.exception)
    why = questions(course, "ada")["why"]
    assert [(one["criterion"], one["earned"]) for one in why["rubric"]] == [  # type: ignore[attr-defined]
        ("names both neurons", 1.0),
        ("says why", 0.5),
    ]


def test_a_quiz_that_cannot_be_asked_is_not_released(course: Course) -> None:
    """With the line of the question, before anything is written."""
    place = course.folder / "quiz" / "warm-up.quiz.md"
    place.write_text(place.read_text(encoding="utf-8").replace("What with what?", "What {{z}}?"))
    told = str(course.run("release", "small").exception)
    assert "warm-up.quiz.md:20: pairs cannot be asked as it is written" in told and "\n" not in told
    assert not (course.folder / "release").exists()
