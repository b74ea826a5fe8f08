"""The tutorial for instructors does what it says: its files are written, its commands are run."""

import json
from pathlib import Path

from followed_page import Follower, blocks_of


def notebook(cells: list[tuple[str, str]]) -> str:
    """The cells as Jupyter would save them."""
    made = [
        {"cell_type": kind, "id": f"cell-{k}", "metadata": {}, "source": source.rstrip("\n")}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for k, (kind, source) in enumerate(cells)
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def follow_tutorial(instructor: Follower, *, until: str = "the end") -> None:
    """From an empty folder to the reports of two students, or to the first command that holds `until`."""
    cells: list[tuple[str, str]] = []
    for kind, name, body in blocks_of("docs/tutorial.md"):
        if kind == "console":
            if until in body:
                return
            instructor.type(body, ends=2 if name == "refused" else 0)
        elif name == "cell":
            cells.append(("code" if kind == "python" else kind, body))
            instructor.write("assignments/distances/distances.ipynb", notebook(cells))
        else:
            instructor.write(name, body)


def test_the_tutorial_leads_from_nothing_to_a_report(tmp_path: Path) -> None:
    instructor = Follower(tmp_path)
    follow_tutorial(instructor)
    told = json.loads((instructor.folder / "reports/distances/ben/report.json").read_text(encoding="utf-8"))
    [_, gradient] = told["questions"]
    assert gradient["exact"] == "1/4"
    page = (instructor.folder / "reports/distances/ben/report.html").read_text(encoding="utf-8")
    assert "Differentiate the square" in page
    assert "2 * (" not in page
