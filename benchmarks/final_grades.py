"""What the final grades of a large course take: 1000 students, 10 assignments, lateness, decisions, exam."""

import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

from autograder.course.opened import open_course
from autograder.domain.course_events import CourseEvent, Whom
from autograder.domain.events import ExamMark, Extension, Override, OverrideKind
from autograder.domain.receipt import Receipt
from autograder.domain.report import CellEnding, CellRun, Isolation, Outcome, Report, Verdict
from autograder.domain.sentences import authored
from autograder.domain.submission import ReceivedBy, Submission
from autograder.gradebook.store import Gradebook
from benchmarks.classroom import WORK
from benchmarks.meter import Usage, python_command, run

STUDENTS, ASSIGNMENTS, QUESTIONS = 1000, 10, 8
_DEADLINE = datetime(2025, 10, 5, 22, 0, tzinfo=UTC)
_POLICY = """
name = "large"
title = "Large"
timezone = "UTC"
[grade]
homework = "50 %"
exam = "50 %"
[homework.groups.short]
share = "100 %"
drop_lowest = 1
[late]
penalty = "10 %"
until = "3 days"
free_days = 3
"""


def measure_final_grades(students: int = STUDENTS) -> Usage:
    """Print the final grades once, and see that everybody has a line."""
    folder = make_large_course(WORK / "large", students)
    log = folder.with_suffix(".log")
    spent = run(python_command("-m", "autograder", "grades", "--final", "--csv"), cwd=folder, log=log)
    lines = log.read_text(encoding="utf-8").splitlines()
    if len(lines) != students + 1:
        raise RuntimeError(f"{len(lines)} lines for {students} students")
    return spent


def make_large_course(folder: Path, students: int) -> Path:
    """A course whose gradebook holds every submission, report, decision and exam mark."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    works = "".join(
        f'[assignments.hw{k}]\ntitle = "Homework {k}"\ngroup = "short"\n'
        f"deadline = {_DEADLINE + timedelta(days=7 * k):%Y-%m-%dT%H:%M:%S}\n"
        for k in range(ASSIGNMENTS)
    )
    (folder / "course.toml").write_text(_POLICY + works, encoding="utf-8")
    people = [f"s{number:04}" for number in range(students)]
    (folder / "students.csv").write_text("id,name\n" + "".join(f"{who},Name of {who}\n" for who in people))
    with open_course(folder).gradebook() as book:
        handed_in = list(_submissions(people))
        book.receive(handed_in)
        for one in handed_in:
            book.record(_report(one))
        _decide(book, people)
    return folder


def _submissions(people: list[str]) -> Iterator[Submission]:
    """One for each assignment; half of the people are late with one or two of theirs."""
    chance = random.Random(1)
    for place, who in enumerate(people):
        late = set(chance.sample(range(ASSIGNMENTS), chance.randint(1, 2))) if place % 2 else set()
        for k in range(ASSIGNMENTS):
            hours = chance.uniform(1, 70) if k in late else -chance.uniform(1, 70)
            received = _DEADLINE + timedelta(days=7 * k, hours=hours)
            yield Submission(who, f"hw{k}", f"{who} {k}".encode(), received, ReceivedBy.ARCHIVE, "hw.ipynb")


def _report(one: Submission) -> Report:
    chance = random.Random(one.blob)
    verdicts = tuple(
        Verdict(f"q{k}", Fraction(3), Outcome.WRONG, Fraction(chance.randint(0, 20), 20), authored("So."))
        for k in range(QUESTIONS)
    )
    # As large as most: what is printed and drawn is most of a report.
    cells = tuple(CellRun(k, CellEnding.RAN, source="x" * 400, printed="y" * 1200) for k in range(10))
    graded = one.received + timedelta(days=1)
    return Report(Receipt.of(one, found=()), "r", verdicts, Isolation(3, ()), graded, cells=cells)


def _decide(book: Gradebook, people: list[str]) -> None:
    """An exam mark for everybody, and a decision for every tenth."""
    chance, at = random.Random(2), _DEADLINE + timedelta(days=100)
    found = []
    for place, who in enumerate(people):
        mark = ExamMark(0, Fraction(chance.randint(0, 80), 80), source="exam.csv")
        found.append(CourseEvent(mark, Whom(who), at, "t"))
        if place % 10 == 0:
            work = f"hw{chance.randrange(ASSIGNMENTS)}"
            longer = Extension(0, work, _DEADLINE + timedelta(days=90), why="ill")
            given = Override(0, work, OverrideKind.ADJUST, Fraction(1, 10), why="a point")
            found.append(CourseEvent(longer if place % 20 else given, Whom(who), at, "t"))
    book.events.add(found)
