"""Judging again: what changes for whom is said first, all is recorded or nothing, no mark falls unseen."""

import csv
import io
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from class_course import ClassCourse
from marking_course import Course, notebook
from quiz_course import QUIZ, QuizCourse

from autograder.course.opened import open_course
from autograder.course.recipe import recipe_of
from autograder.domain.course_events import ALL, CourseEvent, Publication
from autograder.domain.report import Report
from autograder.domain.report_json import to_text
from autograder.errors import OvertakenError, SandboxError
from autograder.grading import make_report, versions
from autograder.grading.workers import ThisProcess
from autograder.regrading.homework import judge_again
from autograder.sandbox.runner import Runner

LEVEL = ("-j", "1", "--accept-isolation", "1")
HARDER = ("credit=0.25", "credit=0")
OTHER_SIGN = ("return float(np.min(x)), float(np.max(x))", "return -float(np.min(x)), float(np.max(x))")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three students: one right, one with a known mistake, one who is right by another sign."""
    made = ClassCourse(tmp_path_factory.mktemp("graded") / "course")
    made.hand_in("ada")
    made.hand_in("bob", grad="def grad(A, w):\n    return 2 * A @ w")
    made.hand_in("cyd", extremes="def extremes(x):\n    return -min(x), max(x)")
    assert made.grade().exit_code == 0
    return made.folder


@pytest.fixture
def course(graded: Path, tmp_path: Path) -> ClassCourse:
    """The same, for each test anew."""
    shutil.copytree(graded, tmp_path / "course")
    return ClassCourse.at(tmp_path / "course")


def fail(why: str) -> None:
    raise SandboxError(why)


def change(course: ClassCourse, *edits: tuple[str, str]) -> None:
    """Edit the solutions."""
    text = course.solutions.read_text()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    course.solutions.write_text(text)


def reprice(course: ClassCourse, old: str, new: str) -> None:
    """Let the question of so many points have others."""
    change(course, (f"points={old[0]}", f"points={new[0]}"))
    released = course.folder / "assignments/small/small.ipynb"
    released.write_text(released.read_text().replace(f"({old})", f"({new})"))


def drop_question(course: ClassCourse) -> None:
    """Ask for no gradient any more: neither in the notebook nor in the solutions."""
    text = course.solutions.read_text()
    head, _, rest = text.partition("@question(points=2)")
    course.solutions.write_text(head + rest[rest.index("@question(points=3)") :])
    released = course.folder / "assignments/small/small.ipynb"
    whole = json.loads(released.read_text())
    whole["cells"] = [each for each in whole["cells"] if "radient" not in each["source"]]
    text = json.dumps(whole).replace("## 2.", "## 1.").replace("## 3.", "## 2.")
    released.write_text(text)


def regrade(course: ClassCourse, *options: str, code: int = 0) -> str:
    done = course.run("regrade", "small", *LEVEL, *options)
    assert done.exit_code == code, done.output
    return done.stdout


def changes(course: ClassCourse, *options: str, code: int = 0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(regrade(course, "--json", *options, code=code))["changes"]
    return found


def mark(course: ClassCourse, student: str, question: str) -> float:
    return float(course.verdict(student, question)["mark"])


def test_nothing_is_judged_again_that_was_judged_by_what_there_is(course: ClassCourse):
    """Neither by `grade` nor by `regrade`."""
    (course.folder / "reports/small/bob/report.json").unlink()  # recorded, and killed before it was written
    assert "is of today's assignment and program" in regrade(course, "--yes")
    assert mark(course, "bob", "grad") == 0.25
    assert "Nothing to grade" in course.grade().output


def test_grade_leaves_old_reports_alone_and_says_how_many_there_are(course: ClassCourse):
    """What has a report is not pending, whatever changed since."""
    change(course, HARDER)
    done = course.grade()
    assert "Nothing to grade" in done.stdout
    assert "small: 3 reports were made by an older version (the assignment was changed)" in done.stderr
    assert mark(course, "bob", "grad") == 0.25


def test_what_failed_through_our_fault_is_judged_again(
    course: ClassCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No student made it fail, and no revision has changed: it would wait for a person for ever."""
    course.hand_in("dan")
    with monkeypatch.context() as patched:
        patched.setattr(Runner, "start", lambda *_, **__: fail("the disk is full"))
        assert course.grade().exit_code == 1
    assert course.verdict("dan", "grad")["mark"] is None
    assert "small: 1 report failed through a fault of ours: autograder regrade small" in course.grade().stderr
    assert "grading had failed through a fault of ours" in regrade(course, "--yes")
    assert mark(course, "dan", "grad") == 1
    assert "is of today's assignment and program" in regrade(course, "--yes")


def test_a_mark_that_falls_by_other_points_alone_is_listed(course: ClassCourse) -> None:
    """Of no question the share is less, of the whole it is: a question that went badly is worth more."""
    reprice(course, "2 points", "6 points")
    assert regrade(course, "--dry-run").split("Nothing")[0] == (
        "1 mark goes down:\n"
        "  bob  all questions  4.5/6 -> 5.5/10  (the assignment was changed)\n"
        "1 mark goes up:\n"
        "  cyd  all questions  4.5/6 -> 8.5/10  (the assignment was changed)\n"
        "3 marks are of other points, and go neither down nor up:\n"
        "  ada  grad  2/2 -> 6/6  (the assignment was changed)\n"
        "  bob  grad  0.5/2 -> 1.5/6  (the assignment was changed)\n"
        "  cyd  grad  2/2 -> 6/6  (the assignment was changed)\n"
        "0 reports keep all their marks.\n"
    )
    whole, *_ = changes(course, "--why", "It is worth more.", "--yes")
    assert (whole["question"], whole["old"], whole["new"]) == ("", "3/4", "11/20")
    assert (whole["old_points"], whole["new_points"]) == ("6", "10")


def test_a_question_that_is_not_asked_any_more_lowers_no_mark_by_itself(course: ClassCourse) -> None:
    """The mark of the whole tells whom it helps: bob, who had it wrong; cyd had it right."""
    drop_question(course)
    shown = regrade(course, "--dry-run")
    assert "1 mark goes down:\n  cyd  all questions  4.5/6 -> 2.5/4" in shown
    assert "1 mark goes up:\n  bob  all questions  4.5/6 -> 4/4" in shown
    assert "  ada  grad  2/2 -> not asked" in shown


def test_a_preview_records_nothing(course: ClassCourse):
    """Without a terminal and without --yes; the exit code says so. With --dry-run that was asked for."""
    change(course, HARDER)
    before = mark(course, "bob", "grad")
    shown = regrade(course, code=2)
    assert "1 mark goes down:\n  bob  grad  0.5/2 -> 0/2  (the assignment was changed)" in shown
    assert "Nothing was recorded; with --yes it is." in shown
    assert shown == regrade(course, code=2)
    regrade(course, "--dry-run")
    assert mark(course, "bob", "grad") == before


def test_marks_that_go_down_come_first_and_are_all_named(course: ClassCourse):
    """By student, question, old and new mark as shares, and the reason that was given."""
    change(course, HARDER, OTHER_SIGN)
    found = changes(course, "--why", "The sign was wrong.", "--yes")
    assert [(c["student"], c["question"], c["old"], c["new"]) for c in found[:2]] == [
        ("ada", "extremes", "1", "1/2"),
        ("bob", "extremes", "1", "1/2"),
    ]
    assert ("bob", "grad", "1/4", "0") in [(c["student"], c["question"], c["old"], c["new"]) for c in found]
    assert found[-1] == {
        "student": "cyd",
        "question": "extremes",
        "old": "1/2",
        "new": "1",
        "why": "The sign was wrong.",
        "old_points": "3",
        "new_points": "3",
    }
    assert mark(course, "cyd", "extremes") == 1
    assert changes(course, "--yes") == []


def test_no_given_mark_changes_without_a_reason(course: ClassCourse):
    """Whose mark is another reads why; then nothing is recorded."""
    change(course, OTHER_SIGN)
    before = mark(course, "cyd", "extremes")
    done = course.run("regrade", "small", *LEVEL, "--yes")
    assert "why marks change: is missing (the student reads it: say why in a sentence)" in str(done.exception)
    assert mark(course, "cyd", "extremes") == before


def test_students_read_why_and_what_it_was(course: ClassCourse):
    """Where a mark is another: in the notes of the report and of the question."""
    change(course, OTHER_SIGN)
    regrade(course, "--yes", "--why", "The sign was wrong.")
    report = course.report("cyd")
    assert report["notes"][0].startswith("Graded again on ") and "The sign was wrong." in report["notes"][0]
    assert "its mark was 1.5 of 3" in " ".join(course.verdict("cyd", "extremes")["notes"])
    assert "The sign was wrong." in (course.folder / "reports/small/cyd/report.html").read_text(
        encoding="utf-8"
    )


def test_old_reports_stay_beside_the_new_ones(course: ClassCourse):
    """The gradebook is added to."""
    change(course, HARDER)
    regrade(course, "--yes", "--why", "w")
    opened = open_course(course.folder)
    with opened.gradebook(read_only=True) as book:
        assert [len([*book.reports("small", students=[who])]) for who in ("ada", "bob", "cyd")] == [2, 2, 2]
        assert not opened.find_outdated("small", book)


def test_one_question_alone_takes_its_new_verdict_and_leaves_the_others(course: ClassCourse):
    """The rest is judged by the next full regrade."""
    change(course, HARDER, OTHER_SIGN)
    found = changes(course, "--question", "grad", "--yes", "--why", "w")
    assert [(c["student"], c["question"]) for c in found] == [("bob", "grad")]
    assert mark(course, "ada", "extremes") == 1
    assert {c["question"] for c in changes(course, "--yes", "--why", "w")} == {"extremes"}
    done = course.run("regrade", "small", "--question", "none", *LEVEL)
    assert "there is no question 'none'" in str(done.exception)


def test_another_version_of_a_library_is_reason_enough(course: ClassCourse, monkeypatch: pytest.MonkeyPatch):
    """The reports' versions are compared as well as their revision."""
    here = versions.versions_here()
    later = tuple((name, "99.0" if name == "numpy" else version) for name, version in here)
    # The one is asked what is outdated, the other writes what judged.
    for module in (versions, make_report):
        monkeypatch.setattr(module, "versions_of", lambda _: later)
    shown = regrade(course, "--yes", "--why", "w")
    assert "0 marks go down.\n0 marks go up.\n3 reports keep all their marks.\nRecorded." in shown
    assert "is of today's" in regrade(course, "--yes")


def test_a_run_that_was_stopped_goes_on(course: ClassCourse):
    """What it judged is not judged again, and nothing was recorded before all was shown."""
    change(course, HARDER)
    opened = open_course(course.folder)
    counted: list[str] = []

    def stop(reports: Iterator[Report], total: int) -> Iterator[Report]:
        counted.append(f"of {total}")
        yield from islice(reports, 1)

    def judge(watch: Any) -> int:
        with opened.gradebook() as book:
            outdated = opened.find_outdated("small", book)
            recipe = recipe_of(opened, "small", accept_level=1)
            spool, prints = opened.spool("small"), opened.answer_prints("small")
            found = judge_again(outdated, book, recipe, spool, prints, workers=ThisProcess(), watch=watch)
            return len(found)

    assert judge(stop) == 1
    assert judge(stop) == 2
    assert counted == ["of 3", "of 2"]
    spooled = next((course.folder / ".autograder/regrading/small").iterdir())
    with spooled.open("a") as file:
        file.write('[1, "{}", "forged"]\n[7, "{\\"cut')
    assert changes(course, "--yes", "--why", "w")[0]["student"] == "bob"
    assert not spooled.exists()


@pytest.mark.soak
def test_what_was_judged_by_other_solutions_is_judged_anew(course: ClassCourse):
    """A preview, another change, and then the marks of that."""
    change(course, HARDER)
    regrade(course, code=2)
    change(course, ("credit=0", "credit=0.75"))
    regrade(course, "--yes", "--why", "w")
    assert mark(course, "bob", "grad") == 0.75


def test_all_is_recorded_or_nothing_where_somebody_else_was_faster(course: ClassCourse):
    """The reports that were compared must still be the last ones."""
    opened = open_course(course.folder)
    with opened.gradebook() as book:
        ids = [each.id for each in book.marked_submissions()]
        stored = list(book.last_reports(ids))
        book.record(stored[2].report, again=True)
        with pytest.raises(OvertakenError, match="was graded again in the meantime"):
            book.supersede((each.id, each.report, to_text(each.report)) for each in stored)
        assert len(list(book.reports("small"))) == 4


def test_what_was_published_goes_down_only_where_the_course_says_so(course: ClassCourse):
    """With never_down, the higher mark stays, and the student reads that it does."""
    toml = course.folder / "course.toml"
    toml.write_text(toml.read_text().replace("[grade]\n", "[grade]\nnever_down = true\n"))
    opened = open_course(course.folder)
    with opened.gradebook() as book:
        event = CourseEvent(Publication(0, "small", "digest"), ALL, datetime.now(UTC), "me")
        book.events.publish(event, {"ada": {}, "cyd": {}})
    change(course, HARDER, OTHER_SIGN)
    shown = json.loads(regrade(course, "--json", "--yes", "--why", "w"))
    assert [(c["student"], c["old"], c["new"]) for c in shown["kept"]] == [("ada", "1", "1/2")]
    assert {c["student"] for c in shown["changes"]} == {"bob", "cyd"}
    assert mark(course, "ada", "extremes") == 1
    assert "what was published stays" in " ".join(course.verdict("ada", "extremes")["notes"])
    assert mark(course, "bob", "extremes") == 0.5


def test_every_submission_with_a_report_is_judged_again(course: ClassCourse):
    """An earlier file may be the one that counts."""
    course.hand_in("bob", grad="def grad(A, w):\n    return A @ w")
    assert course.grade().exit_code == 0
    change(course, HARDER)
    assert "bob/1  grad  0.5/2 -> 0/2" in regrade(course, "--dry-run")
    found = changes(course, "--student", "bob", "--yes", "--why", "w")
    assert [(c["question"], c["old"], c["new"]) for c in found] == [("grad", "1/4", "0")]
    assert {c["student"] for c in changes(course, "--yes", "--why", "w")} == set()


QUIZ_EDIT = ("= (A + A^T) w\n~ 2 A w [0.5] | Right when $A$ is symmetric.", "= 2 A w")


def test_new_points_of_a_quiz_count_at_once_and_whose_published_grade_they_change_is_told(tmp_path: Path):
    """No answer is judged otherwise: only what it is worth is new."""
    second = "## half {symbolic 2}\nAnd of half of it?\n= (A + A^T) w / 2\n"
    course = QuizCourse(tmp_path, quiz=QUIZ.partition("## why")[0] + second)
    course.take("bob", "(A + A^T) w", "yes", "2 A w", "yes")
    assert course.run("publish", "weekly", "--yes").exit_code == 0
    course.quiz.write_text(course.quiz.read_text().replace("{symbolic 2}", "{symbolic 5}", 1))

    told = course.run("regrade", "weekly")

    assert told.exit_code == 0, told.output
    lines = told.stdout.splitlines()
    assert lines[0].startswith(
        "Every answer to weekly is judged as it was. Points are those of the quiz as it is"
    )
    assert lines[1:] == ["unpublished changes of weekly: 1 student, 0 down"], told.stdout


def test_a_quiz_is_judged_again_with_the_same_nouns(tmp_path: Path):
    """A preview first, marks that go down first, shares, the reason; then nothing is left to do."""
    course = QuizCourse(tmp_path)
    course.take("ada", "2 A w", "yes", "equal", ".")
    course.take("bob", "(A + A^T) w", "yes", "equal", ".")
    assert "is judged as it was" in course.run("regrade", "weekly").stdout
    course.quiz.write_text(course.quiz.read_text().replace(*QUIZ_EDIT))
    shown = course.run("regrade", "weekly")
    assert shown.exit_code == 2
    assert "  bob  grad  2/2 -> 1/2  (the quiz was changed)\n1 mark goes up:\n  ada  grad" in shown.stdout
    assert course.scores()["ada"]["score_so_far"] == 1
    done = course.run("regrade", "weekly", "--yes", "--json", "--why", "The key was wrong.")
    told = {"question": "grad", "why": "The key was wrong.", "old_points": "2", "new_points": "2"}
    assert json.loads(done.stdout)["changes"] == [
        {"student": "bob", "old": "1", "new": "1/2", **told},
        {"student": "ada", "old": "1/2", "new": "1", **told},
    ]
    assert course.scores()["ada"]["score_so_far"] == 2
    assert json.loads(course.run("regrade", "weekly", "--json").stdout)["changes"] == []
    wrong = course.run("regrade", "weekly", "--question", "none")
    assert "there is no question 'none'" in str(wrong.exception)


@pytest.mark.soak
def test_marks_by_hand_hold_for_the_new_report_too(tmp_path: Path):
    """What a person marked is no change, and is not lost."""
    course = Course(tmp_path)
    course.hand_in("ada", notebook(answer="def double(x):\n    return 2 * x", comment="It falls."))
    course.grade()
    course.run("mark", "small")
    rows = course.table.read_text(encoding="utf-8-sig").splitlines()
    course.table.write_text("\n".join([rows[0], fill(rows[0], rows[1])]), encoding="utf-8")
    assert course.run("mark", "small", "--csv", str(course.table)).exit_code == 0
    before = course.report("ada")["score"]
    assert before is not None
    module = tmp_path / "solutions" / "small.py"
    module.write_text(module.read_text().replace('core("two", -2.5)', 'core("two", -4.5)'))
    done = course.run("regrade", "small", *LEVEL, "--yes", "--why", "w")
    assert "0 marks go down.\n0 marks go up.\n1 report keeps all its marks." in done.stdout
    assert course.report("ada")["score"] == before


def fill(head: str, row: str) -> str:
    """A row of a marking table with full marks."""
    names, cells = next(csv.reader([head])), next(csv.reader([row]))
    given = {"labels, and = signs (0 to 0.5)": "0.5", "why (0 to 1.5)": "1.5"}
    out = io.StringIO()
    csv.writer(out).writerow([given.get(name, cell) for name, cell in zip(names, cells, strict=True)])
    return out.getvalue().strip()
