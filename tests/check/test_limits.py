"""Where cases are heavy, the statement must say how long one may take."""

from pathlib import Path

import pytest
from test_check import SOLUTIONS, notebook

from autograder.check.assignment import check
from autograder.domain.course import Limits
from autograder.notebook.assignment import read_assignment
from autograder.questions.solutions import prepare

LIMITED = SOLUTIONS.replace("@question(points=2)", "@question(points=2, seconds_per_case=20)", 1)

TOGETHER = SOLUTIONS.replace("@question(points=2)", "@question(points=2, seconds=7)", 1)
AMPLE = SOLUTIONS.replace("@question(points=2)", "@question(points=2, seconds=900)", 1)


@pytest.mark.parametrize(
    ("solutions", "statement", "missing"),
    [
        (LIMITED, "Write the double.", True),
        (LIMITED, "A case may take 20 seconds.", False),
        (LIMITED, "A case may take 20 s.", False),
        (LIMITED, "A case may take 10 seconds, 20 samples.", True),
        (SOLUTIONS, "Write the double.", False),
        (TOGETHER, "Write the double.", True),
        (TOGETHER, "All cases together may take 7 seconds.", False),
        (AMPLE, "Write the double.", False),
    ],
)
def test_a_limit_of_its_own_stands_in_the_statement(
    tmp_path: Path, solutions: str, statement: str, *, missing: bool
) -> None:
    file = tmp_path / "small.py"
    imports = "import numpy as np\nfrom autograder import core, edge, question\n"
    file.write_text(imports + solutions, encoding="utf-8")
    text = read_assignment(notebook(heading=f"## 1. Doubling (2 points)\n\n{statement}"))
    hidden = prepare("small", file, secret=b"x", limits=Limits())
    flaws = check(text, hidden, notebook="small.ipynb", module="small.py").flaws
    assert any("the statement does not say so" in flaw.what for flaw in flaws) == missing
