"""`python -m benchmarks.foreign_nbgrader FOLDER ...`: what the real nbgrader makes of prepared assignments.

In each folder, `theirs/source/hw/*.ipynb` is released by `generate_assignment`, the variants are handed in,
`autograde` runs them, and `theirs.json` keeps what it gave: points by variant and cell. All by nbgrader's own
API, in one process, so that its start is paid once.
"""

import json
import os
import re
import shutil
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import nbgrader.api
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat import MetadataValidator
from traitlets.config import Config

from benchmarks.foreign_kernels import fork_kernels
from benchmarks.foreign_variants import CHANGED, MUTANTS, STUB, VARIANTS, fill_blanks, mutate_answers

ASSIGNMENT = "hw"
_ERROR = re.compile(r"[\w.]*(?:Error|Exception): \S")
_LONGEST = 60.0
"""Seconds of a variant beyond which no other is run."""


def main() -> None:
    """Grade what is prepared in the folders that are named."""
    fork_kernels()
    # Asked for each new database, by a process of its own: the answer is the same.
    nbgrader.api.get_alembic_version = cache(nbgrader.api.get_alembic_version)
    for name in sys.argv[1:]:
        folder = Path(name).resolve()
        began = time.perf_counter()
        found = grade_there(folder)
        (folder / "theirs.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
        print(
            f"{folder.name}: {found.get('refused') or 'graded'} ({time.perf_counter() - began:.0f} s)",
            flush=True,
        )


def grade_there(folder: Path) -> dict[str, Any]:
    """The marks of every variant, or why nbgrader refuses the assignment."""
    root = folder / "theirs"
    os.chdir(root)
    (root / "gradebook.db").unlink(missing_ok=True)
    for made in ("release", "submitted", "autograded"):
        shutil.rmtree(root / made, ignore_errors=True)
    (source,) = (root / "source" / ASSIGNMENT).glob("*.ipynb")
    solved = MetadataValidator().upgrade_notebook_metadata(nbformat.read(source, as_version=4))
    nbformat.write(solved, source)
    settings = Config()
    settings.CourseDirectory.root = str(root)
    settings.CourseDirectory.db_url = f"sqlite:///{root / 'gradebook.db'}"
    settings.ClearSolutions.enforce_metadata = settings.ClearHiddenTests.enforce_metadata = False
    api = NbGraderAPI(CourseDirectory(config=settings), config=settings)
    made = api.generate_assignment(ASSIGNMENT)
    if not made["success"]:
        return {"refused": _last_line(made)}
    released = nbformat.read(root / "release" / ASSIGNMENT / source.name, as_version=4)
    known = "BEGIN SOLUTION" in str(solved) or _differs(solved, released)
    marks: dict[str, Any] = {}
    seconds: dict[str, float] = {}
    errors: dict[str, str] = {}
    for variant in VARIANTS:
        handed_in = make_variant(solved, released, variant, name=folder.name, solution_known=known)
        place = root / "submitted" / variant / ASSIGNMENT / source.name
        place.parent.mkdir(parents=True)
        nbformat.write(handed_in, place)
        if max(seconds.values(), default=0) > _LONGEST:
            break
        began = time.perf_counter()
        graded = api.autograde(ASSIGNMENT, variant)
        seconds[variant] = time.perf_counter() - began
        if not graded["success"]:
            errors[variant] = _last_line(graded)
            continue
        marks[variant] = _read_marks(root, variant)
    return {"tool": "nbgrader", "marks": marks, "errors": errors, "seconds": seconds, "solution_known": known}


def make_variant(solved: Any, released: Any, variant: str, *, name: str, solution_known: bool) -> Any:
    """The released notebook with the answers of a variant."""
    texts = {_name_of(cell): cell.source for cell in solved.cells if _is_answer(cell)}
    handed_in = nbformat.from_dict(released)
    handed_in = nbformat.reads(nbformat.writes(handed_in), as_version=4)
    answers = [cell for cell in handed_in.cells if _is_answer(cell)]
    wanted = [texts[_name_of(cell)] for cell in answers]
    code = [place for place, cell in enumerate(answers) if cell.cell_type == "code"]
    if variant in MUTANTS:
        if solution_known:
            changed = mutate_answers([wanted[place] for place in code], name=name, which=variant)
        else:
            changed = [fill_blanks(wanted[place], which=variant) for place in code]
        for place, text in zip(code, changed, strict=True):
            wanted[place] = text
    if variant != STUB:
        for cell, text in zip(answers, wanted, strict=True):
            cell.source = text
    if variant == CHANGED:
        plain = [cell for cell in handed_in.cells if cell.cell_type == "code" and not _is_known(cell)]
        changed = mutate_answers([cell.source for cell in plain], name=name, which=variant)
        for cell, text in zip(plain, changed, strict=True):
            cell.source = text
    return handed_in


def _is_known(cell: Any) -> bool:
    """Whether a cell is an answer to nbgrader, or one that it puts back."""
    said = cell.metadata.get("nbgrader", {})
    return any(said.get(key) for key in ("grade", "solution", "locked", "task"))


def _differs(solved: Any, released: Any) -> bool:
    """Whether a notebook without marks of solutions is a solved one: its answers are no stubs."""
    texts = "".join(cell.source for cell in solved.cells if _is_answer(cell) and cell.cell_type == "code")
    return "YOUR CODE HERE" not in texts and "NotImplementedError" not in texts


def _is_answer(cell: Any) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _name_of(cell: Any) -> str:
    return str(cell.metadata.nbgrader["grade_id"])


def _read_marks(root: Path, variant: str) -> dict[str, Any]:
    """By cell: the points it earned by itself, None where a person marks it; and what it is out of."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(ASSIGNMENT, variant)
        return {
            grade.name: [grade.auto_score, grade.max_score, grade.cell.cell_type]
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def _last_line(result: dict[str, Any]) -> str:
    """The error that nbgrader logs before it says that there was one."""
    lines = [line.strip() for key in ("log", "error") for line in (result.get(key) or "").splitlines()]
    return next((line for line in lines if _ERROR.match(line)), "failed")[:300]


if __name__ == "__main__":
    main()
