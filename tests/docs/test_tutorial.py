"""The tutorial for instructors does what it says: its files are written, its commands are run."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "tutorial.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", PAGE, re.S | re.M)


def notebook(cells: list[tuple[str, str]]) -> str:
    """The cells as Jupyter would save them."""
    made = [
        {"cell_type": kind, "id": f"cell-{k}", "metadata": {}, "source": source.rstrip("\n")}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for k, (kind, source) in enumerate(cells)
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


class Instructor:
    """Follows the page in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cells: list[tuple[str, str]] = []

    def write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def type(self, session: str) -> None:
        """Run the commands of a session; each line shown below them stands in what they print."""
        for part in session.removeprefix("$ ").split("\n$ "):
            command, *shown = part.strip().splitlines()
            if command.startswith("cd "):
                self.folder /= command.removeprefix("cd ")
                continue
            said = " ".join(self.run(command).split())
            for line in shown:
                assert " ".join(line.split()) in said, f"{command}: {said}"

    def run(self, command: str) -> str:
        words = shlex.split(command)
        if words[0] == "autograder":
            command = shlex.join([sys.executable, "-m", "autograder", *words[1:]])
        environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
        done = subprocess.run(
            command,
            shell=True,
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=1800,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout


def test_the_tutorial_leads_from_nothing_to_a_report(tmp_path: Path) -> None:
    instructor = Instructor(tmp_path)
    for kind, name, body in BLOCKS:
        if kind == "console":
            instructor.type(body)
        elif name == "cell":
            instructor.cells.append(("code" if kind == "python" else kind, body))
            instructor.write("assignments/distances/distances.ipynb", notebook(instructor.cells))
        else:
            instructor.write(name, body)
    told = json.loads((instructor.folder / "reports/distances/ben/report.json").read_text(encoding="utf-8"))
    [_, gradient] = told["questions"]
    assert gradient["exact"] == "1/4"
    page = (instructor.folder / "reports/distances/ben/report.html").read_text(encoding="utf-8")
    assert "Differentiate the square" in page
    assert "2 * (" not in page


def test_every_page_that_is_linked_exists() -> None:
    for page in DOCS.glob("*.md"):
        for link in re.findall(r"\]\(([\w-]+\.md)\)", page.read_text(encoding="utf-8")):
            assert (DOCS / link).is_file(), f"{page.name} links {link}"
