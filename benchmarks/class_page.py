"""What the page on a class of 1000 takes, where no wrong answer is a known mistake and all are compared."""

import ast
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autograder.course.opened import open_course
from autograder.domain.receipt import Receipt
from autograder.domain.submission import ReceivedBy, Submission
from benchmarks.classroom import NAME, WORK, make_course_with, make_honest_class
from benchmarks.meter import Usage, python_command, run

STUDENTS = 1000
_GRADED = 60
"""So many are graded; the others are the same with another name, and a file that differs by a key."""
_BEGINNING = datetime(2026, 11, 1, tzinfo=UTC)


def measure_page() -> Usage:
    """Write the page once, of a class that has been graded."""
    folder = make_course_with(make_honest_class(_GRADED), WORK / "class")
    module = folder / "solutions" / f"{NAME}.py"
    module.write_text(drop_mistakes(module.read_text(encoding="utf-8")), encoding="utf-8")
    log = folder.with_suffix(".log")
    run(python_command("-m", "autograder", "grade", NAME, "-j", "2"), cwd=folder, log=log)
    multiply(folder)
    return run(python_command("-m", "autograder", "stats", NAME), cwd=folder, log=log)


def drop_mistakes(source: str) -> str:
    """A solutions module without its known mistakes."""
    tree = ast.parse(source)
    tree.body = [
        node
        for node in tree.body
        if not any(".mistake" in ast.unparse(each) for each in getattr(node, "decorator_list", ()))
    ]
    return ast.unparse(tree) + "\n"


def multiply(folder: Path, students: int = STUDENTS) -> None:
    """Fill the gradebook up to so many students, with the reports of those who were graded."""
    course = open_course(folder)
    prints = course.answer_prints(NAME)
    with course.gradebook() as book:
        graded = list(book.latest_reports(NAME))
        known = prints.read(graded[0].revision)
        handed_in, reports = [], []
        for number in range(students - len(graded)):
            like = graded[number % len(graded)]
            notebook = json.loads(book.content(like.receipt.blob))
            notebook["metadata"]["copy"] = number
            received = _BEGINNING + timedelta(seconds=number)
            content = json.dumps(notebook).encode()
            one = Submission(f"copy.{number}", NAME, content, received, ReceivedBy.ARCHIVE, f"{NAME}.ipynb")
            handed_in.append(one)
            reports.append(replace(like, receipt=Receipt.of(one, found=like.receipt.found)))
            prints.add(one.blob, like.revision, known.get(like.receipt.blob, ()))
        book.receive(handed_in)
        for report in reports:
            book.record(report)
