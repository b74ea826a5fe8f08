"""The commands, as they are typed."""

import json
from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner
from quiz_samples import BODY, HEAD, Clock

from autograder.cli.quiz.commands import command
from autograder.course.quizzes import OpenQuizzes
from autograder.errors import CourseError
from autograder.quiz.records import MemoryRecords


@pytest.fixture
def quizzes(tmp_path: Path) -> OpenQuizzes:
    (tmp_path / "sample.quiz.md").write_text(HEAD.format(settings="results: at once\n") + BODY)
    records = MemoryRecords()
    return OpenQuizzes(tmp_path, lambda: nullcontext(records), clock=Clock())


def run(quizzes: OpenQuizzes, *arguments: str, typed: str = ""):
    return CliRunner().invoke(command, list(arguments), input=typed, obj=quizzes)


def test_check_says_what_is_to_mend(quizzes, tmp_path):
    """Exit code 2 where something is, 0 where nothing is; every quiz of the folder without a name."""
    clean = run(quizzes, "check", "--seeds", "5")
    assert clean.exit_code == 0 and "sample: 10 questions, 14 points, nothing to mend." in clean.output
    (tmp_path / "bad.quiz.md").write_text("---\nid: bad\ntitle: B\n---\n## a {symbolic 1}\nq\n= B w\n")
    bad = run(quizzes, "check")
    assert bad.exit_code == 2 and "bad.quiz.md:5:1: a: has no solution" in bad.output
    (tmp_path / "bad.quiz.md").write_text("---\nid: bad\n---\n")
    assert "cannot be read" in run(quizzes, "check", "bad").output


def test_a_quiz_is_taken_and_reported_and_regraded(quizzes, tmp_path):
    """From the terminal into the records, and out of them."""
    taken = run(quizzes, "take", "sample", "--student", "ada", typed="2Aw\nyes\n" + "\n" * 9 + "yes\n")
    assert "Partly right (50 %)" in taken.output and "Score:" in taken.output
    page = tmp_path / "report.html"
    report = run(quizzes, "report", "sample", "--out", str(page))
    assert report.exit_code == 0 and "1 student" in report.output and "<svg" in page.read_text()
    path = tmp_path / "sample.quiz.md"
    path.write_text(path.read_text().replace("[0.5] | Right when", "[0.25] | Right when"))
    dry = run(quizzes, "regrade", "sample", "--dry-run")
    assert "ada  grad  -0.5  partial (listed) -> partial (listed)  '2Aw'" in dry.output
    assert "1 verdict would change, 1 mark goes down." in dry.output
    assert "1 verdict changed" in run(quizzes, "regrade", "sample").output
    assert "0 verdicts changed" in run(quizzes, "regrade", "sample").output


def test_an_old_result_can_be_seen_again(quizzes):
    """By whoever took it, attempt by attempt."""
    run(quizzes, "take", "sample", "--student", "ada", typed="2Aw\nyes\n" + "\n" * 9 + "yes\n")
    told = run(quizzes, "result", "sample", "--student", "ada")
    assert told.exit_code == 0, told.output
    assert "Attempt 1 was handed in on 01 October 2026 at 12:00 UTC." in told.output
    assert "grad: Partly right (50 %)" in told.output and "Score: 1 of 14" in told.output
    for more in (["--student", "bob"], ["--student", "ada", "--attempt", "2"]):
        assert "has made no attempt" in str(run(quizzes, "result", "sample", *more).exception)


BAD = {
    "symbols": ("symbols: w: vec d", "symbols: w: vek d", "grad cannot be asked as it is written"),
    "hole": ("Which?", "Which {{x}}?", "one cannot be asked as it is written"),
    "key": ("= (A + A^T) w", "= (A + B) w", "grad cannot be asked as it is written"),
    "rows": ("= [[1, 1], [1, 2]]", "= [[1, 1], [1, 1/0]]", "gram cannot be asked as it is written"),
    "heading": ("{single 1}", "{singel 1}", "there is no kind 'singel'"),
    "many": ("title: A sample", "titel: A sample", "1 more such"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_quiz_file_that_cannot_be_used_is_one_sentence_for_judge_and_take(quizzes, tmp_path, name):
    """What is wrong, on which line, and what lists the rest."""
    old, new, said = BAD[name]
    path = tmp_path / "sample.quiz.md"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    for command_ in ("judge", "take"):
        refused = run(quizzes, command_, "sample", typed='{"question": "grad", "answer": "w"}\n').exception
        assert isinstance(refused, CourseError), refused
        assert said in str(refused) and "sample.quiz.md:" in str(refused) and "\n" not in str(refused)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\xff\xfe", "line 1 is not text in UTF-8"), (b"---\nid: x\n\xff", "line 3 is not text in UTF-8")],
)
def test_a_file_that_is_no_text_says_so(quizzes, tmp_path, content, said):
    (tmp_path / "sample.quiz.md").write_bytes(content)
    assert said in str(run(quizzes, "judge", "sample").exception)
    (tmp_path / "sample.quiz.md").unlink()
    assert "there is no such file" in str(run(quizzes, "take", "sample").exception)
    (tmp_path / "sample.quiz.md").mkdir()
    assert "cannot be read (Is a directory)" in str(run(quizzes, "judge", "sample").exception)


def test_a_key_without_a_value_for_one_draw_leaves_the_answer_to_a_person(quizzes, tmp_path):
    """The fault is the author's: no student pays for it."""
    path = tmp_path / "sample.quiz.md"
    path.write_text(path.read_text().replace("= kcal*4184/86400 W +- 5%", "= 1/(kcal - 2000) W +- 5%"))
    line = {"question": "power", "answer": "1 W", "values": {"kcal": 2000}}
    told = run(quizzes, "judge", "sample", typed=json.dumps(line) + "\n")
    assert json.loads(told.output)["state"] == "manual"


def test_a_quiz_that_cannot_be_asked_is_one_sentence_for_every_command(quizzes, tmp_path):
    """Read without complaint, a text without its value: nothing is exported, reported or judged by it."""
    path = tmp_path / "sample.quiz.md"
    path.write_text(path.read_text().replace("Which?", "Which {{x}}?"))
    for asked in (
        ("export", "sample", "--to", "moodle"),
        ("export", "sample", "--to", "html"),
        ("report", "sample"),
        ("regrade", "sample"),
    ):
        told = str(run(quizzes, *asked).exception)
        assert "one cannot be asked as it is written: 'x'" in told and "\n" not in told, asked


def test_values_that_leave_a_text_empty_keep_nobody_in_an_attempt(quizzes, tmp_path):
    """Where a draw gives a text no value, no attempt is begun and none is lost, and a sentence says why."""
    path = tmp_path / "sample.quiz.md"
    path.write_text(
        "---\nid: sample\ntitle: S\n---\n## a {numeric 1}\n@ n in {1, 0}\nWhat is {{1/n}}?\n= 1\n: {{1/n}}\n"
    )
    said = {
        str(run(quizzes, "take", "sample", "--student", f"s{number}", typed="1\n").exception)
        for number in range(8)
    }
    (refused,) = said - {"None"}
    assert refused.startswith(
        "a cannot be asked with the values drawn for you ('1/n': This has no value here"
    )
    assert refused.endswith("nothing is lost: tell your instructor.")
    assert said != {refused}, "whoever drew the other value takes it"


def test_without_records_it_is_practice(tmp_path):
    """And it says so."""
    (tmp_path / "sample.quiz.md").write_text(HEAD.format(settings="") + BODY)
    taken = run(OpenQuizzes(tmp_path), "take", "sample", typed=":quit\n")
    assert "Practice: nothing is recorded." in taken.output and taken.exit_code == 0


def test_judge_reads_lines(quizzes):
    """One line each; exit code 2 where one was no answer."""
    lines = json.dumps({"question": "grad", "answer": "(A+A')w"}) + "\n"
    good = run(quizzes, "judge", "sample", typed=lines)
    assert good.exit_code == 0 and json.loads(good.output)["state"] == "correct"
    assert run(quizzes, "judge", "sample", typed="nonsense\n").exit_code == 2


def test_export_writes_a_file_and_says_what_is_lost(quizzes, tmp_path):
    """On the error stream, so that scripts are not bothered."""
    target = tmp_path / "out.xml"
    made = run(quizzes, "export", "sample", "--to", "moodle", "--out", str(target))
    assert made.exit_code == 0 and "lost in grad: equal expressions" in made.output and target.exists()
    paper = tmp_path / "paper.html"
    run(quizzes, "export", "sample", "--to", "html", "--solutions", "--out", str(paper))
    assert "not for students" in paper.read_text()


def test_every_command_has_help_with_an_example():
    """What to type."""
    for name, each in command.commands.items():
        assert "Example:" in (each.help or ""), name
