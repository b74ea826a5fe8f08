"""`python -m benchmarks.foreign_time FOLDER --only TEXT`: what a submission costs, and with the real tools.

Of notebooks that `python -m benchmarks foreign FOLDER` has compared. A class, with other mistakes in each
notebook, is graded by `autograder grade` before and after the real tool, which grades a few of it: by their
command lines. What `nbgrader autograde` would take for the whole class follows from one run for one student
and one for the few: its start, and as much for each notebook. `otter run` is started for each, as it is used.
Some are also run by themselves in a warm process, below which no grading can go. Processor time, of all
processes together; ours includes the reports that students read, theirs does not.
"""

import argparse
import contextlib
import io
import json
import os
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from compileall import compile_dir
from pathlib import Path
from statistics import mean, median
from typing import Any

import nbformat

import autograder
from benchmarks.figures import describe_machine
from benchmarks.foreign import make_environment
from benchmarks.foreign_cage import cage, require_cage
from benchmarks.foreign_corpus import Unit, find_units
from benchmarks.foreign_variants import SOLUTION, STUB
from benchmarks.meter import find_program, python_command, run
from benchmarks.results import RESULTS, keep

STUDENTS, PEERS = 60, 5
LIGHT_MS = 200.0
"""Of a notebook that computes less than this by itself, most of the time is that of grading."""


def main() -> None:
    """Measure the notebooks that are named, and print a line for each."""
    if sys.argv[1] == "--alone":
        print(json.dumps([1000 * run_alone(Path(name)) for name in sys.argv[2:]]))
        return
    parser = argparse.ArgumentParser(prog="python -m benchmarks.foreign_time", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--work", type=Path, help="as of `python -m benchmarks foreign`")
    parser.add_argument(
        "--only", action="append", metavar="TEXT", help="notebooks with this in course or name"
    )
    parser.add_argument("--students", type=int, default=STUDENTS)
    parser.add_argument(
        "--peers", type=int, default=PEERS, help="how many of them the real tool grades, three at least"
    )
    wanted = parser.parse_args()
    require_cage()
    work = (wanted.work or wanted.folder / ".marks").resolve()
    compile_dir(Path(autograder.__file__).parent, quiet=1)  # as installers do, and have done for the others
    where, kept = describe_machine(), {}
    for unit in find_units(wanted.folder):
        name = unit.full_name
        if any(text in name for text in wanted.only or [""]) and (work / name / "ours.json").is_file():
            kept[name] = measure(unit, work / name, students=wanted.students, peers=wanted.peers)
            print(name, json.dumps(kept[name]), flush=True)
            # Both sides of a notebook are of one run; its neighbours may be of another.
            known = json.loads(RESULTS.read_text(encoding="utf-8")).get("foreign_time", {"value": {}})
            every = known["value"] | kept
            keep({"foreign_time": every, **sum_up(every)}, where)


def measure(unit: Unit, folder: Path, *, students: int, peers: int) -> dict[str, float]:
    """Milliseconds of processor time a submission: alone, here, and with the real tool."""
    scratch = folder / "time"
    shutil.rmtree(scratch, ignore_errors=True)
    files = make_class(unit, folder, scratch / "submitted", students)
    course = scratch / "course"  # a new one: what has its report is not graded again
    course.mkdir()
    shutil.copytree(folder / "ours" / "adopted", course / "adopted")
    settings = shutil.copyfile(folder / "ours" / "course.toml", course / "course.toml")
    assignment = settings.read_text(encoding="utf-8").partition("[assignments.")[2].partition("]")[0]
    environment, log = make_environment(), scratch / "log"
    command = [
        "-m",
        "autograder",
        "grade",
        assignment,
        str(scratch / "submitted"),
        "--out",
        str(scratch / "out"),
        "--jobs",
        "1",  # a second one has imports of its own, and the other tools work one after the other too
    ]

    def grade() -> float:
        for left in ("out", "course/.autograder"):  # what has its report is not graded again
            shutil.rmtree(scratch / left, ignore_errors=True)
        ours = run(python_command(*command), cwd=course, environment=environment, log=log, accept=(0, 1))
        reports = len(list((scratch / "out").glob("*/report.json")))
        if reports != students:
            raise RuntimeError(f"{reports} reports for {students} students\n{log.read_text()[-2000:]}")
        return ours.cpu / students

    some = files[:: max(1, students // peers)][:peers]
    alone = _run_alone_elsewhere(some, environment, log)
    before = grade()
    theirs = _run_nbgrader if unit.tool == "nbgrader" else _run_otter
    each = theirs(folder, some, scratch, environment, students=students)
    ours = (before + grade()) / 2
    return {
        "alone_ms": round(mean(alone), 1),
        "ours_ms": round(1000 * ours, 1),
        "theirs_ms": round(1000 * each, 1),
        "ratio": round(each / ours, 1),
    }


def sum_up(kept: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Medians, of notebooks that compute little and of all others; what grading adds is ours alone."""
    sides: dict[str, list[Mapping[str, float]]] = {"foreign_time_light": [], "foreign_time_heavy": []}
    for one in kept.values():
        sides["foreign_time_light" if one["alone_ms"] < LIGHT_MS else "foreign_time_heavy"].append(one)
    return {
        side: {
            "notebooks": len(found),
            **{key: round(median(one[key] for one in found), 1) for key in found[0]},
            "added_ms": round(median(one["ours_ms"] - one["alone_ms"] for one in found), 1),
        }
        for side, found in sides.items()
        if found
    }


def make_class(unit: Unit, folder: Path, place: Path, students: int) -> list[Path]:
    """Hand in the solution, the stub, and mistakes that are not the same twice."""
    from benchmarks import foreign_nbgrader, foreign_otter

    root = folder / "theirs"
    variants = [SOLUTION, STUB, *(f"mutant{number}" for number in range(3, students + 1))]
    name = next((folder / "theirs" / "submitted").rglob("*.ipynb")).name
    files = []
    for number, variant in enumerate(variants[:students]):
        if unit.tool == "nbgrader":
            solved = nbformat.read(root / "source/hw" / name, as_version=4)
            released = nbformat.read(root / "release/hw" / name, as_version=4)
            made = foreign_nbgrader.make_variant(
                solved, released, variant, name=folder.name, solution_known=True
            )
        else:
            released = nbformat.read(root / "dist/student" / name, as_version=4)
            solved = nbformat.read(root / "dist/autograder" / name, as_version=4)
            made = foreign_otter.make_variant(solved, released, variant, name=folder.name, known=True)
        file = place / f"student{number:02}" / name
        file.parent.mkdir(parents=True)
        nbformat.write(made, file)
        files.append(file)
    return files


def _run_nbgrader(
    folder: Path, files: Sequence[Path], scratch: Path, environment: dict[str, str], *, students: int
) -> float:
    """Seconds of `nbgrader autograde` a student of so many, from one run for one and one for the others."""
    root = scratch / "nbgrader"
    shutil.copytree(folder / "theirs", root, ignore=shutil.ignore_patterns("submitted", "autograded"))
    command = cage([find_program("nbgrader"), "autograde", "hw"], writable=[root])
    spent = []
    for handed_in in (files[:1], files[1:]):  # who is graded already is not graded again
        for file in handed_in:
            target = root / "submitted" / file.parent.name / "hw" / file.name
            target.parent.mkdir(parents=True)
            shutil.copyfile(file, target)
        spent.append(run(command, cwd=root, environment=environment, log=scratch / "nbgrader.log").cpu)
    one, others = spent
    each = (others - one) / (len(files) - 2)
    return each + (one - each) / students


def _run_otter(
    folder: Path, files: Sequence[Path], scratch: Path, environment: dict[str, str], *, students: int
) -> float:
    """Seconds of `otter run` a student, however many there are."""
    (archive,) = (folder / "theirs/dist/autograder").glob("*.zip")
    spent = 0.0
    for file in files:
        otter = [find_program("otter"), "run", "-a", archive, "-o", file.parent, file]
        command = cage(otter, writable=[file.parent])
        spent += run(command, cwd=file.parent, environment=environment, log=scratch / "otter.log").cpu
    return spent / len(files)


def _run_alone_elsewhere(files: Sequence[Path], environment: dict[str, str], log: Path) -> list[float]:
    command = python_command("-m", "benchmarks.foreign_time", "--alone", *files)
    run(
        cage(command, writable=[file.parent for file in files]),
        cwd=Path.cwd(),
        environment=environment,
        log=log,
    )
    found: list[float] = json.loads(log.read_text().splitlines()[-1])
    return found


def run_alone(file: Path) -> float:
    """Seconds of the cells of a notebook, run a second time in one process, when imports are paid."""
    from IPython.core.interactiveshell import InteractiveShell

    os.environ.setdefault("MPLBACKEND", "Agg")
    cells = [cell.source for cell in nbformat.read(file, as_version=4).cells if cell.cell_type == "code"]
    shell: Any = InteractiveShell.instance()
    os.chdir(file.parent)
    spent = 0.0
    for _ in range(2):
        shell.reset(new_session=False)
        began = time.process_time()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            for cell in cells:
                shell.run_cell(cell, silent=True)
        spent = time.process_time() - began
    return spent


if __name__ == "__main__":
    main()
