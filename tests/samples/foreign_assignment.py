"""A small adopted assignment of nbgrader's, and one of Otter's, as their readers would make them."""

import json
from fractions import Fraction

from autograder.foreign.model import (
    AdoptedAssignment,
    CellType,
    ForeignCell,
    ForeignEnvironment,
    ForeignNotebook,
    ForeignQuestion,
    ForeignRole,
    ForeignSource,
    ForeignTest,
    SourceKind,
    TestStyle,
    Tool,
)

CODE = CellType.CODE
ROLES = ForeignRole
STUB = "def {}(*a):\n    # YOUR CODE HERE\n    raise NotImplementedError()"


def nbgrader(
    provided: str, answers: dict[str, tuple[str, str]], tests: dict[str, tuple[str, str]]
) -> AdoptedAssignment:
    """An assignment of one notebook.

    Args:
        provided: a locked cell at its beginning.
        answers: by grade_id, what students receive and what the solution is.
        tests: by grade_id, the answer behind which it stands, and its text; each is worth 2.
    """
    first = ForeignCell("setup", ROLES.PROVIDED, CODE, provided, locked=True, graded=True)
    cells, solved, questions = [first], [first], []
    for name, (released, solution) in answers.items():
        cells.append(ForeignCell(name, ROLES.STUDENT, CODE, released, graded=True))
        solved.append(ForeignCell(name, ROLES.STUDENT, CODE, solution, graded=True))
        for test, (behind, text) in tests.items():
            if behind == name:
                graded = ForeignCell(
                    test, ROLES.TEST, CODE, text, points=Fraction(2), locked=True, graded=True
                )
                cells.append(graded)
                solved.append(graded)
                own = ForeignTest(test, TestStyle.CELL, text, Fraction(2))
                questions.append(ForeignQuestion(test, Fraction(2), "hw", test, (own,)))
    return AdoptedAssignment(
        "hw",
        "Homework",
        Tool.NBGRADER,
        ForeignSource(SourceKind.COURSE_FOLDER, "/course", "hw"),
        (ForeignNotebook("hw", tuple(cells), tuple(solved)),),
        tuple(questions),
        environment=ForeignEnvironment(imports=("numpy",)),
    )


def submit(assignment: AdoptedAssignment, answers: dict[str, str]) -> bytes:
    """A submission: the released notebook with these answers, the tests without their text."""
    [notebook] = assignment.notebooks
    cells = []
    for cell in notebook.cells:
        source = answers.get(cell.id, "" if cell.role is ROLES.TEST else cell.as_released)
        flags = {**cell.nbgrader, "grade_id": cell.id, "points": float(cell.points), "schema_version": 3}
        cells.append(
            {
                "cell_type": "code",
                "metadata": {"nbgrader": flags},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
        )
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def otter(
    answers: dict[str, tuple[str, str]],
    cases: dict[str, list[tuple[str, Fraction, bool]]],
    *,
    all_or_nothing: bool = False,
) -> AdoptedAssignment:
    """An assignment of Otter's: by question, what students receive and its solution, and its cases."""
    cells, solved, questions = [], [], []
    for name, (released, solution) in answers.items():
        check = ForeignCell(f"check-{name}", ROLES.PROVIDED, CODE, f'grader.check("{name}")')
        cells += [ForeignCell(name, ROLES.STUDENT, CODE, released), check]
        solved += [ForeignCell(name, ROLES.STUDENT, CODE, solution), check]
        tests = tuple(
            ForeignTest(f"{name} - {place}", TestStyle.OK, text, points, hidden)
            for place, (text, points, hidden) in enumerate(cases[name], 1)
        )
        total = sum((test.points for test in tests), Fraction(0))
        questions.append(ForeignQuestion(name, total, "hw", tests=tests, all_or_nothing=all_or_nothing))
    first = ForeignCell("init", ROLES.PROVIDED, CODE, 'import otter\ngrader = otter.Notebook("hw.ipynb")')
    return AdoptedAssignment(
        "hw",
        "Homework",
        Tool.OTTER,
        ForeignSource(SourceKind.MASTER, "/master.ipynb", "hw"),
        (ForeignNotebook("hw", (first, *cells), (first, *solved)),),
        tuple(questions),
    )
