"""A course of one homework with a class that was graded, and an nbgrader course in which it was released."""

import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from click.testing import Result

from tests.interop.real_tools import run
from tests.samples.marking_course import DRAW, PLACEHOLDER, STUB, Course, code, notebook

RIGHT = "def double(x):\n    return x + x"
WRONG = "def double(x):\n    return x * x"
EXAMPLES = "assert double(1.0) == 2.0\nassert double(3.0) == 6.0"
TASK, TESTS, ANSWER = "question2-statement", "double-examples", "double"
"""What nbgrader calls the graded cells, and the cell that has the comment on the first question."""

_GRADES = """
select student.id, base_cell.name, auto_score, manual_score, needs_manual_grade from grade
join base_cell on base_cell.id = grade.cell_id
join submitted_notebook on submitted_notebook.id = grade.notebook_id
join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
join student on student.id = submitted_assignment.student_id
"""


def with_examples(answer: str = STUB, figure: str = "# your figure", comment: str = PLACEHOLDER) -> bytes:
    """The notebook of the marking course, with a cell of examples below its stub."""
    document = json.loads(notebook(answer=answer, figure=figure, comment=comment))
    document["cells"].insert(3, code(EXAMPLES))
    return json.dumps(document).encode()


class NbgraderCourse:
    """Both courses, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.ours = Course(folder / "ours")
        self.theirs = folder / "theirs"

    @property
    def database(self) -> Path:
        return self.theirs / "gradebook.db"

    @classmethod
    def make(cls, folder: Path) -> "NbgraderCourse":
        """Ada is right, Bob is wrong, Cy left the stub; nbgrader has generated the assignment."""
        made = cls(folder)
        made.ours.folder.joinpath("assignments/small/small.ipynb").write_bytes(with_examples())
        made.hand_in("ada", with_examples(RIGHT, DRAW, "They all go down."))
        made.hand_in("bob", with_examples(WRONG, DRAW, "I see it."))
        made.hand_in("cy", with_examples())
        done = made.ours.grade()
        assert done.exit_code == 0, done.output
        done = made.ours.run("release", "small", "--to", "nbgrader", "--out", str(made.theirs))
        assert done.exit_code == 0, done.output
        run("nbgrader", "generate_assignment", "small", "--create", at=made.theirs)
        return made

    def copy_to(self, folder: Path) -> "NbgraderCourse":
        """The same in another folder, to be changed there."""
        shutil.copytree(self.ours.folder.parent, folder, dirs_exist_ok=True)
        copied = type(self).__new__(type(self))
        copied.ours = Course.__new__(Course)
        copied.ours.folder, copied.theirs = folder / "ours", folder / "theirs"
        return copied

    def hand_in(self, student: str, content: bytes) -> None:
        self.ours.hand_in(student, content)
        # A time that does not hang on when the tests run.
        os.utime(self.ours.folder / "submissions/small" / student / "small.ipynb", (1.7e9, 1.7e9))

    def export(self, *more: str) -> Result:
        return self.ours.run("export", "small", "--to", "nbgrader", "--into", str(self.theirs), *more)

    def take_back(self) -> Result:
        return self.ours.run("mark", "small", "--from", "nbgrader", str(self.theirs), "--marker", "grader")

    def ask(self, question: str) -> list[Any]:
        """What their database answers."""
        connection = sqlite3.connect(self.database)
        try:
            return connection.execute(question).fetchall()
        finally:
            connection.close()

    def change(self, *statements: str) -> None:
        """Change their database as their pages do."""
        connection = sqlite3.connect(self.database)
        with connection:
            for each in statements:
                connection.execute(each)
        connection.close()

    def give(
        self, student: str, cell: str, score: float, comment: str = "", home: str = "", extra: float = 0
    ) -> None:
        """A mark as a person gives it in formgrader, with extra credit; `home` is the cell of the comment."""
        whose = (
            "in (select submitted_notebook.id from submitted_notebook join submitted_assignment on "
            "submitted_assignment.id = submitted_notebook.assignment_id "
            f"where submitted_assignment.student_id = '{student}')"
        )
        which = "(select id from base_cell where name = '{}')"
        done = [
            (
                f"update grade set manual_score = {score}, extra_credit = {extra}, needs_manual_grade = 0 "
                f"where cell_id = {which.format(cell)} and notebook_id {whose}"
            )
        ]
        if comment:
            done.append(
                f"update comment set manual_comment = '{comment}' "
                f"where cell_id = {which.format(home or cell)} and notebook_id {whose}"
            )
        self.change(*done)

    @property
    def grades(self) -> dict[tuple[str, str], tuple[float | None, float | None, bool]]:
        """By student and cell: the score of a machine, that of a person, whether a person must look."""
        return {(row[0], row[1]): (row[2], row[3], bool(row[4])) for row in self.ask(_GRADES)}

    def cells(self, student: str, step: str = "autograded") -> list[dict[str, Any]]:
        """The cells of a notebook in their tree."""
        file = self.theirs / step / student / "small" / "small.ipynb"
        cells: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["cells"]
        return cells

    def tree(self) -> dict[str, bytes]:
        """Every file of theirs."""
        files: Iterable[Path] = (file for file in self.theirs.rglob("*") if file.is_file())
        return {str(file.relative_to(self.theirs)): file.read_bytes() for file in files}


PYTHON = sys.executable
