"""Both sides of an assignment tell of the same questions, with the same points."""

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import takewhile

from autograder.check.subject import AssignmentUnderTest
from autograder.domain.counts import describe_count
from autograder.domain.given_marks import as_written
from autograder.domain.notebook import CellKind
from autograder.errors import CourseError, Flaw
from autograder.notebook.assignment import AssignmentText, Role
from autograder.questions.solutions import Solutions

_NUMBER = r"[*_]*(\d+(?:[./]\d+)?)[*_]*"
_WORK = r"(?:homework|assignment|notebook|sheet|problem set|exam|project|lab)"
_IN_ALL = tuple(
    re.compile(pattern.replace("NUMBER", _NUMBER).replace("WORK", _WORK), re.IGNORECASE)
    for pattern in (
        r"NUMBER\s*points?[\s*_]*(?:in all|in total|altogether|overall)\b",
        r"\b(?:total|in all|in total|altogether)[*_]*(?: of|:| is)?\s+NUMBER\s*points?\b",
        r"\bWORK\s+(?:is worth|counts|has|gives|carries|is (?:marked|graded) out of)\s+NUMBER\s*points?\b",
        r"^# .*\(NUMBER\s*points?\)",
    )
)
"""How an introduction says what all questions together are worth."""
_ROW = re.compile(r"^\s*\|(.+)\|\s*$")
_RULE = re.compile(r":?-+:?")
_TOTALS = frozenset(("total", "totals", "sum", "all", "in all", "in total", "altogether", "together"))


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
            what = _contrast(asked[name].points, hidden[name].points)
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
        heading = f"## 9. {title} ({describe_count(marked[title], 'point')}, by hand)"
        yield Flaw(f"{module}: {title}", "has no heading", f"write `{heading}` in {notebook}")
    for title in sorted(headed.keys() & marked.keys()):
        if headed[title] != marked[title]:
            what = _contrast(headed[title], marked[title])
            yield Flaw(f"{notebook}: {title}", what, "make them equal")


def check_points(subject: AssignmentUnderTest) -> Iterator[Flaw]:
    """What the introduction says of the points is true: `20 points in all`, `worth 20 points`, or a table.

    A table may count the quizzes that are answered in the notebook or leave them out.
    """
    points, everything = subject.text.points, subject.points
    have = f"the questions have {points}" + (
        "" if everything == points else f", with the quizzes {everything}"
    )
    for part in takewhile(lambda one: not one.question, subject.text.parts):
        if part.cell.kind is not CellKind.MARKDOWN:
            continue
        where = f"{subject.notebook}, cell {part.cell.number}, line"
        for line, number in _find_totals(part.cell.source):
            if number != everything:
                what = f"the introduction says {describe_count(number, 'point')}, and {have}"
                yield Flaw(f"{where} {line}", what, "make them equal")
        for line, number in _add_up_tables(part.cell.source):
            if number not in (points, everything):
                what = f"the introduction has a table of {describe_count(number, 'point')}, and {have}"
                yield Flaw(f"{where} {line}", what, "make them equal")


def _contrast(noted: Fraction, hidden: Fraction) -> str:
    """What is wrong where the points of a question or part are not the same in both files."""
    return f"{describe_count(noted, 'point')} in the notebook, {as_written(hidden)} in the solutions"


def _find_totals(markdown: str) -> Iterator[tuple[int, Fraction]]:
    """The points that a text says an assignment has altogether, each with its line."""
    for line, text in enumerate(markdown.splitlines(), 1):
        for pattern in _IN_ALL:
            for found in pattern.finditer(text):
                number = _read_number(found[1])
                if number is not None:
                    yield line, number


def _add_up_tables(markdown: str) -> Iterator[tuple[int, Fraction]]:
    """The sum of every column headed `points` and every row of totals, each with its line."""
    column, place, began = list[Fraction | None](), -1, 0
    for line, text in enumerate([*markdown.splitlines(), ""], 1):
        row = _ROW.match(text)
        cells = [cell.strip("* ") for cell in row[1].split("|")] if row else []
        heads = [cell.lower() for cell in cells]
        if place < 0 and "points" in heads:
            column, place, began = [], heads.index("points"), line
        elif place >= 0 and not row:
            known = [number for number in column if number is not None]
            if known and len(known) == len(column):
                yield began, sum(known, Fraction(0))
            place = -1
        elif place >= 0 and len(cells) > place and not _RULE.fullmatch(cells[place]):
            total = _read_number(cells[place]) if heads[0] in _TOTALS else None
            if total is None:
                column.append(_read_number(cells[place]))
            else:
                yield line, total


def _read_number(cell: str) -> Fraction | None:
    try:
        return Fraction(cell)
    except (ValueError, ZeroDivisionError):
        return None
