"""`python -m benchmarks foreign FOLDER`: the marks of nbgrader and Otter on public courses, and ours.

Every notebook of the courses in FOLDER (benchmarks/foreign_courses.toml names those it was measured on) is
handed in solved, as a stub, with two sets of mistakes, and with mistakes in cells that are given and not
locked; the real tool and `autograder` grade it, and every cell that earns another mark is listed. What the
real tools gave is kept for the next time. They run notebooks as they are: caged by bubblewrap, with a /tmp
and a home folder of their own and no network, or not at all.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.foreign_cage import cage, require_cage
from benchmarks.foreign_corpus import COURSES, Unit, find_units, prepare_nbgrader, prepare_otter
from benchmarks.foreign_variants import SOLUTION, VARIANTS

_AT_ONCE = 8
_ROUNDED = 6


@dataclass(frozen=True, slots=True)
class Cell:
    """One test of one variant of a notebook, as both marked it."""

    unit: str
    variant: str
    name: str
    theirs: float | None
    ours: float | None
    where: str

    @property
    def same(self) -> bool:
        """Whether both give it the same points."""
        return self.theirs == self.ours


@dataclass(slots=True)
class Comparison:
    """All that was compared with one tool."""

    tool: str
    cells: list[Cell] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    """Of each notebook that one of the two does not grade: its name, what the tool says, what we say."""
    provable: Counter[str] = field(default_factory=Counter)
    """Where the tests are judged that the course's own solution passes with the real tool."""
    notebooks: set[str] = field(default_factory=set)
    courses: set[str] = field(default_factory=set)
    solved: set[str] = field(default_factory=set)
    """The notebooks whose solution is known, and passes at least one test."""


def main(arguments: Sequence[str]) -> dict[str, int]:
    """Run what is not there yet, compare, print every difference; the figures, of all notebooks alone."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks foreign", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="holds a checkout of each course")
    parser.add_argument("--work", type=Path, help="where runs are kept; default FOLDER/.marks")
    parser.add_argument("--only", default="", metavar="TEXT", help="notebooks with this in course or name")
    parser.add_argument("--kept", action="store_true", help="compare what was run before; run nothing")
    wanted = parser.parse_args(arguments)
    work = (wanted.work or wanted.folder / ".marks").resolve()
    left_out = read_listed("left_out", "notebooks")
    units = [unit for unit in find_units(wanted.folder) if wanted.only in unit.full_name]
    for unit in units:
        if unit.full_name in left_out:
            print(f"left out: {unit.full_name}: {left_out[unit.full_name]}")
    units = [unit for unit in units if unit.full_name not in left_out]
    if not wanted.kept:
        require_cage()
        prepare(units, work)
        run_their_tools(units, work)
        grade_here(units, work)
    compared = compare(units, work)
    for each in compared:
        print(format_comparison(each))
    return {} if wanted.only else {key: value for each in compared for key, value in sum_up(each).items()}


def prepare(units: Iterable[Unit], work: Path) -> None:
    """Lay out each notebook for both, those that are not there."""
    for unit in units:
        folder = work / unit.course / unit.name
        if not folder.is_dir():
            partial = folder.with_name(f".{folder.name}")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            (prepare_nbgrader if unit.tool == "nbgrader" else prepare_otter)(unit, partial)
            partial.rename(folder)


def run_their_tools(units: Iterable[Unit], work: Path) -> None:
    """Have the real tools grade what they have not graded."""
    for module, tools in (("nbgrader", ("nbgrader",)), ("otter", ("otter", "master"))):
        folders = [work / unit.course / unit.name for unit in units if unit.tool in tools]
        missing = [folder for folder in folders if not (folder / "theirs.json").is_file()]
        _run(f"foreign_{module}", missing, caged=True)


def grade_here(units: Iterable[Unit], work: Path) -> None:
    """Grade with `autograder` what the real tools have graded."""
    folders = [work / unit.course / unit.name for unit in units]
    for folder in folders:
        (folder / "ours.json").unlink(missing_ok=True)
    graded = [folder for folder in folders if (folder / "theirs" / "submitted").is_dir()]
    _run("foreign_ours", graded, caged=False)  # it seals what it runs, in a sandbox of its own


def _run(module: str, folders: Sequence[Path], *, caged: bool) -> None:
    """Run one of the two sides on some folders at a time, lest a strange notebook takes all down."""
    for start in range(0, len(folders), _AT_ONCE):
        some = folders[start : start + _AT_ONCE]
        command: list[str | Path] = [sys.executable, "-m", f"benchmarks.{module}", *some]
        command = cage(command, writable=some) if caged else command
        subprocess.run(command, env=make_environment(), check=False, stdin=subprocess.DEVNULL)


def make_environment() -> dict[str, str]:
    """Variables for both sides: one thread of linear algebra, and warnings as a kernel has them."""
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    found = {**os.environ, **threads, "PATH": path, "PYTHONPATH": str(Path(__file__).parents[1])}
    found.pop("PYTHONWARNINGS", None)
    return found


def compare(units: Iterable[Unit], work: Path) -> tuple[Comparison, ...]:
    """What both made of each notebook, by tool."""
    found = {"nbgrader": Comparison("nbgrader"), "otter": Comparison("otter")}
    for unit in units:
        folder = work / unit.course / unit.name
        files = [folder / "theirs.json", folder / "ours.json"]
        if not all(file.is_file() for file in files):
            continue
        theirs, ours = (json.loads(file.read_text(encoding="utf-8")) for file in files)
        into = found["nbgrader" if unit.tool == "nbgrader" else "otter"]
        name = unit.full_name
        if "refused" not in theirs and not any(theirs["marks"].values()):
            continue  # it has no tests
        if "refused" in theirs or "refused" in ours:
            into.refused.append((name, theirs.get("refused", ""), ours.get("refused", "")))
            continue
        compare_unit(name, theirs, ours, into)
        into.notebooks.add(name)
        into.courses.add(unit.course)
    return tuple(each for each in found.values() if each.notebooks or each.refused)


def compare_unit(name: str, theirs: dict[str, Any], ours: dict[str, Any], into: Comparison) -> None:
    """Compare one notebook's tests; those that a person marks are left out."""
    for variant in VARIANTS:
        if variant not in theirs["marks"]:
            continue
        here = ours["marks"].get(variant, {})
        for test, (points, most, *_) in theirs["marks"][variant].items():
            earned, where = here.get(test, (None, "missing"))
            if points is None and earned is None:
                continue
            into.cells.append(Cell(name, variant, test, _rounded(points), _rounded(earned), where))
            if variant == SOLUTION and theirs["solution_known"] and points == most:
                into.provable[where] += 1
                into.solved.add(name)


def _rounded(points: float | None) -> float | None:
    return None if points is None else round(points, _ROUNDED)


def sum_up(compared: Comparison) -> dict[str, int]:
    """The figures of a comparison."""
    different = [cell for cell in compared.cells if not cell.same]
    wrong = {(cell.unit, cell.variant) for cell in different}
    every = {(cell.unit, cell.variant) for cell in compared.cells}
    provable = sum(compared.provable.values())
    figures = {
        "courses": len(compared.courses),
        "notebooks": len(compared.notebooks),
        "notebooks_solved": len(compared.solved),
        "refused": len(compared.refused),
        "cells": len(compared.cells),
        "cells_same": len(compared.cells) - len(different),
        "submissions": len(every),
        "submissions_same": len(every) - len(wrong),
        "notebooks_same": len(compared.notebooks - {cell.unit for cell in different}),
        "passed_here_alone": sum((cell.ours or 0) > (cell.theirs or 0) for cell in different),
        "provable": provable,
        "provable_outside": compared.provable["outside"],
    }
    return {f"foreign_{compared.tool}_{key}": value for key, value in figures.items()}


def format_comparison(compared: Comparison) -> str:
    """The figures, and every difference, on lines."""
    return "\n".join(_format_lines(compared))


def _format_lines(compared: Comparison) -> Iterator[str]:
    for key, value in sum_up(compared).items():
        yield f"{key:<44} {value:>6}"
    for name, they, we in compared.refused:
        yield f"  not graded: {name}: {compared.tool}: {they or 'graded'}; here: {we or 'graded'}"
    causes = read_listed("difference", "cells")
    for cell in compared.cells:
        if not cell.same:
            cause = causes.get(f"{cell.unit}, {cell.name}", "no cause is known")
            marks = f"{compared.tool} {cell.theirs}, here {cell.ours} ({cell.where})"
            yield f"  {cell.unit}, {cell.variant}, {cell.name}: {marks}: {cause}"


def read_listed(table: str, key: str) -> dict[str, str]:
    """The causes in a table of the list of courses, by what they are of: notebooks, or `NOTEBOOK, CELL`."""
    found = {}
    for each in tomllib.loads(COURSES.read_text(encoding="utf-8")).get(table, ()):
        before = f"{each['notebook']}, " if "notebook" in each else ""
        found |= {f"{before}{name}": each["cause"] for name in each[key]}
    return found
