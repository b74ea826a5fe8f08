"""Both sides of an assignment tell of the same questions, with the same points."""

import re
from collections.abc import Iterator
from fractions import Fraction

from autograder.check.subject import AssignmentUnderTest
from autograder.errors import CourseError, Flaw
from autograder.notebook.assignment import AssignmentText, Role
from autograder.questions.solutions import Solutions

_IN_ALL = re.compile(r"(\d+(?:[./]\d+)?)[\s*_]*points?[\s*_]*(?:in all|in total|altogether)", re.IGNORECASE)
_ROW = re.compile(r"^\s*\|(.+)\|\s*$")


def must_pair(text: AssignmentText, solutions: Solutions, *, notebook: str, module: str) -> None:
    """Raise CourseError unless every question stands on both sides, with the same points."""
    subject = AssignmentUnderTest.of(text, solutions, notebook=notebook, module=module)
    flaws = (*check_pairs(subject), *check_written_parts(subject))
    if flaws:
        raise CourseError(flaws)


def check_pairs(subject: AssignmentUnderTest) -> Iterator[Flaw]:
    """Every question that is run stands on both sides, with the same points."""
    asked = {statement.name: statement for statement in subject.text.statements if statement.name}
    hidden = {prepared.question.name: prepared.question for prepared in subject.solutions.questions}
    for name in sorted(asked.keys() - hidden.keys()):
        where = f"{subject.cell(asked[name], Role.STUB)}: {name}"
        yield Flaw(where, "has no reference", f"write it in {subject.module}")
    for name in sorted(hidden.keys() - asked.keys()):
        where = f"{subject.line(hidden[name].reference)}: {name}"
        allowed = f"write its heading, statement and stub in {subject.notebook}"
        yield Flaw(where, "has no statement", allowed)
    for name in sorted(asked.keys() & hidden.keys()):
        if asked[name].points != hidden[name].points:
            what = f"{asked[name].points} points in the notebook, {hidden[name].points} in the solutions"
            yield Flaw(f"{subject.cell(asked[name], Role.STATEMENT)}: {name}", what, "make them equal")


def check_written_parts(subject: AssignmentUnderTest) -> Iterator[Flaw]:
    """Every part that is marked by hand has its heading and its rubric, with the same title and points."""
    notebook, module = subject.notebook, subject.module
    headed = {statement.title: statement.points for statement in subject.text.statements if statement.written}
    marked = {part.title: part.points for part in subject.solutions.written}
    for title in sorted(headed.keys() - marked.keys()):
        how = f'write `part = written("{title}", points={headed[title]}, rubric={{...}})` in {module}'
        yield Flaw(f"{notebook}: {title}", "is marked by hand and has no rubric", how)
    for title in sorted(marked.keys() - headed.keys()):
        heading = f"## 9. {title} ({marked[title]} points, by hand)"
        yield Flaw(f"{module}: {title}", "has no heading", f"write `{heading}` in {notebook}")
    for title in sorted(headed.keys() & marked.keys()):
        if headed[title] != marked[title]:
            what = f"{headed[title]} points in the notebook, {marked[title]} in the solutions"
            yield Flaw(f"{notebook}: {title}", what, "make them equal")


def check_points(subject: AssignmentUnderTest) -> Iterator[Flaw]:
    """What the introduction says of the points, `20 points in all` or a table with a column, is true."""
    points = subject.text.points
    told = [("says", Fraction(number)) for number in _IN_ALL.findall(subject.text.conventions)]
    told += [("has a table of", total) for total in _add_up_tables(subject.text.conventions)]
    for how, number in told:
        if number != points:
            what = f"the introduction {how} {number} points, and the questions have {points}"
            yield Flaw(subject.notebook, what, "make them equal")


def _add_up_tables(markdown: str) -> Iterator[Fraction]:
    """The sum of the last column of every table that heads it `points`."""
    column: list[str] | None = None
    for line in [*markdown.splitlines(), ""]:
        row = _ROW.match(line)
        last = row[1].split("|")[-1].strip() if row else ""
        if column is None:
            column = [] if last.lower() == "points" else None
        elif row:
            column.append(last)
        else:
            numbers = [_read_number(cell) for cell in column[1:]]
            known = [number for number in numbers if number is not None]
            if known and len(known) == len(numbers):
                yield sum(known, Fraction(0))
            column = None


def _read_number(cell: str) -> Fraction | None:
    try:
        return Fraction(cell.strip("* "))
    except (ValueError, ZeroDivisionError):
        return None
