"""A small course adopted from nbgrader, in which three students have handed in and were graded."""

import json
from pathlib import Path
from typing import Any

import nbgrader_course as sample
from click.testing import Result
from marking_course import Course

from autograder.adopting.adopt import adopt
from autograder.adopting.their_tools import TheirPython

INSIDE = "assert len(_ih) > 1\nassert square(5) == 25"
SHAPE = "import numpy as np\nassert np.array_equal(column, np.zeros((3, 1)))"
COLUMN = "import numpy as np\n### BEGIN SOLUTION\ncolumn = np.zeros((3, 1))\n### END SOLUTION"
ANSWERS = {
    "ada": ("return x ** 2", "import numpy as np\ncolumn = np.zeros((3, 1))"),
    "bob": ("return x + x", "column = [0.0, 0.0, 0.0]"),
    "cyd": ("return abs(x) * x", "import numpy as np\ncolumn = np.zeros(3)"),
}


class AdoptedCourse(Course):
    """The course; `theirs` is the folder it was adopted from."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.theirs = folder / "ours", folder / "theirs"
        self.cells = [
            *sample.usual_cells()[:3],
            sample.check("square_test"),
            sample.check("kernel_test", INSIDE, 1),
            sample.answer("column", COLUMN),
            sample.check("column_test", SHAPE, 2),
            sample.essay("why"),
        ]
        sample.write_course(self.theirs)
        sample.write_notebook(self.theirs / "source/ps1/squares.ipynb", self.cells)
        adopt(self.theirs, self.folder, python=TheirPython())
        for student, (square, column) in ANSWERS.items():
            self.hand_in_answers(student, square, column)

    def hand_in_answers(self, student: str, square: str, column: str) -> None:
        """Put a notebook where submissions lie."""
        given = [dict(cell) for cell in self.cells]
        given[2]["source"], given[5]["source"] = f"def square(x):\n    {square}", column
        given[7]["source"] = f"So says {student}."
        sample.write_notebook(self.folder / "submissions/ps1" / student / "squares.ipynb", given)

    def grade_all(self, *options: str) -> Result:
        """Grade what lies there."""
        return self.run("grade", "ps1", "-j", "1", *options)

    def report(self, student: str) -> dict[str, Any]:
        """The report of a student, by question."""
        text = (self.folder / "reports/ps1" / student / "report.json").read_text()
        return {each["name"]: each for each in json.loads(text)["questions"]}
