"""A gradebook that an earlier program wrote opens and goes on.

stores/273cb60.sqlite was written by the program as it was at that commit, in the course of
samples/marking_course with a deadline: `grade` (ada; ben twice; cleo, late), `mark --csv` (cleo), a
submission of dora whose run was stopped before it was graded, and two attempts at a quiz.
"""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from marking_course import Course, notebook

from autograder.course import read_course
from autograder.domain.events import MarkedFile, QuestionMark
from autograder.domain.grade import grade_of
from autograder.domain.policy import LatePolicy
from autograder.gradebook.store import Gradebook

STORE = Path(__file__).parent / "stores" / "273cb60.sqlite"
RIGHT = "def double(x):\n    return 2 * x"
DEADLINE = 'deadline = 2026-10-18T23:59:00\ngrace = "15 min"\n'


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course of today with that store."""
    course = Course(tmp_path)
    with (tmp_path / "course.toml").open("a", encoding="utf-8") as file:
        file.write(DEADLINE)
    state = tmp_path / ".autograder"
    state.mkdir(mode=0o700)
    shutil.copyfile(STORE, state / "gradebook.sqlite")
    (state / "secret").write_text("5e" * 32, encoding="ascii")
    return course


def opened(course: Course, *, read_only: bool = True) -> Gradebook:
    return Gradebook.open(course.folder / ".autograder" / "gradebook.sqlite", read_only=read_only)


def scores(course: Course) -> dict[str, float | None]:
    table = json.loads(course.run("grades", "--json").output)
    return {student: row["small"] for student, row in table.items()}


def test_its_scores_history_and_marks_are_read(course: Course) -> None:
    assert scores(course) == {"ada": None, "ben": None, "cleo": 1.5}
    with opened(course) as book:
        so_far = {report.student: report.score_so_far for report in book.latest_reports("small")}
        [cleo] = book.hand_marks.of("small", students=["cleo"])
        events = book.history("ben")
        assert book.pending("small").students == ("dora",)
        assert json.loads(book.content(events[0].blob))["nbformat"] == 4
    assert so_far == {"ada": 2, "ben": 2, "cleo": Fraction(3, 2)}
    assert (cleo.earned, cleo.comment, cleo.marker) == (Fraction(3, 2), "Well drawn.", "The teacher")
    assert [(event.received.day, len(event.revisions)) for event in events] == [(18, 1), (20, 1)]


def test_a_course_toml_of_its_day_means_what_it_meant(course: Course) -> None:
    """Late work counts in full and the last file counts; so every grade is the score, as it was."""
    policy = read_course(course.folder).policy
    with opened(course) as book:
        reports = list(book.latest_reports("small"))
    assert {work.late for work in policy.works} == {LatePolicy()}
    for report in reports:
        questions = tuple(QuestionMark(v.question, v.points, v.earned) for v in report.verdicts)
        file = MarkedFile("small", 1, report.receipt.received, questions, report.receipt.blob)
        [small] = grade_of(policy, [file], report.receipt.received + timedelta(days=400)).works
        assert small.mark == (None if report.score is None else report.score / report.points)
        assert small.so_far == report.score_so_far / report.points


def test_its_attempts_at_quizzes_are_read(course: Course) -> None:
    with opened(course) as book:
        quizzes = book.quizzes
        attempts = {attempt.student: attempt for attempt in quizzes.attempts("sample")}
        ended = {student: quizzes.handed_in(attempt.id) for student, attempt in attempts.items()}
        raw = {student: quizzes.responses(attempt.id)[1].raw for student, attempt in attempts.items()}
        last = quizzes.judgings(attempts["ada"].id)[-1].verdict
    assert {student: end is not None and end.by_clock for student, end in ended.items()} == {
        "zoé": False,
        "ada": True,
    }
    assert raw == {"zoé": "2 A w", "ada": "2 A w"}
    assert last.credit is None or 0 <= last.credit <= 1


def test_grading_and_marking_go_on(course: Course) -> None:
    """What was pending is graded, what is new is received, and what has a report keeps it."""
    course.hand_in("ben", notebook(answer="def double(x):\n    return -2 * x"))
    course.hand_in("emil", notebook(answer=RIGHT))

    done = course.grade()

    assert done.exit_code == 0, done.output
    assert "3 graded, 0 needing a person" in done.output
    with opened(course) as book:
        so_far = {report.student: report.score_so_far for report in book.latest_reports("small")}
    assert so_far == {"ada": 2, "ben": 0, "cleo": Fraction(3, 2), "dora": 2, "emil": 2}
    assert course.report("dora")["score"] is None
    assert course.run("mark", "small").exit_code == 0
    assert len(course.table.read_text(encoding="utf-8").splitlines()) == 6
    assert course.grade().exit_code == 0


def test_its_reports_are_written_again(course: Course) -> None:
    """Marks by hand stand in them, and how late they are is said once."""
    assert course.run("feedback", "small").exit_code == 0
    cleo, ada = course.report("cleo"), course.report("ada")
    assert cleo["score"] == 1.5
    late = [note for note in cleo["notes"] if "after the deadline" in note]
    assert late == ["Received 14 h 01 min after the deadline."]
    assert not [note for note in ada["notes"] if "after the deadline" in note]


def test_it_is_copied_beside_itself_before_it_is_upgraded(course: Course) -> None:
    """And its chain begins: what is there is checked from here on, as it is here."""
    course.run("grade", "small", "--dry-run")
    copy = course.folder / ".autograder" / "gradebook.before_0008.sqlite"
    with closing(sqlite3.connect(copy)) as old, closing(sqlite3.connect(STORE)) as stored:
        assert list(old.iterdump()) == list(stored.iterdump())
    assert copy.stat().st_mode & 0o777 == 0o600

    told = course.run("doctor", "--store")

    assert told.exit_code == 0, told.output
    assert "all as recorded" in told.output
    assert "what was there before is checked as it was then" in told.output
    store = course.folder / ".autograder" / "gradebook.sqlite"
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE reports SET body = replace(body, 'Small', 'Large')")
        connection.commit()
    assert "reports, entry 1: is not as it was recorded" in course.run("doctor", "--store").output


def test_it_is_not_put_back_in_the_place_of_the_upgraded_one(course: Course) -> None:
    course.run("grade", "small", "--dry-run")
    state = course.folder / ".autograder"
    shutil.copyfile(state / "gradebook.before_0008.sqlite", state / "gradebook.sqlite")
    told = course.run("grade", "small", "--dry-run")
    assert "this is an older copy of the gradebook" in str(told.exception)


def test_a_lost_secret_is_not_made_anew(course: Course) -> None:
    """Not for a store of today, nor for one of the past: everybody would get other cases."""
    course.hand_in("ben", notebook(answer=RIGHT))
    secret = course.folder / ".autograder" / "secret"
    for _ in range(2):
        secret.unlink()
        told = course.run("grade", "small", "--dry-run")
        assert "the course's secret is lost" in str(told.exception)
        assert not secret.exists()
        secret.write_text("5e" * 32, encoding="ascii")
        assert course.run("grade", "small", "--dry-run").exit_code == 0


def test_an_emptied_store_of_the_past_is_not_begun_anew(course: Course) -> None:
    store = course.folder / ".autograder" / "gradebook.sqlite"
    store.write_bytes(b"")
    told = course.run("grade", "small", "--dry-run")
    assert "nothing says that it was ever begun" in str(told.exception)
    assert store.read_bytes() == b""
