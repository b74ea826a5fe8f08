"""`python -m benchmarks.course [NAME ...]`: what the course holds, how well it is checked, what it costs.

Per assignment: what `autograder check` counts and how long it takes; and a class of honest students, graded
by the command line, with and without the speed cases. Writes benchmarks/course.json, assignment by
assignment, and prints a table for the README.
"""

import argparse
import json
import shutil
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.course.scaffold import make_course, sample_course
from autograder.demo.classroom import Sample, hand_in
from autograder.notebook.assignment import read_assignment
from autograder.notebook.release import release
from autograder.questions.files import find_solutions
from benchmarks.classroom import WORK, drop_speed_cases
from benchmarks.figures import describe_machine
from benchmarks.honest import make_right_class
from benchmarks.meter import Usage, python_command, run

Row = dict[str, Any]

_RESULTS = Path(__file__).parent / "course.json"
_DONE, _NEEDS_PERSON, _FLAWED = 0, 1, 2
_COLUMNS: Mapping[str, str] = {
    "questions": "{questions}",
    "points (by hand)": "{points:g} ({by_hand:g})",
    "cases": "{cases}",
    "mistakes caught": "{caught} of {mistakes}",
    "other right ways accepted": "{accepted} of {alternates}",
    "small edits caught, equivalent, missed": "{edits_caught}, {equivalent}, {surviving}",
    "check": "{check_s:.0f} s",
    "class with full marks": "{full_marks} of {submissions}",
    "CPU a submission": "{cpu_ms:.0f} ms",
    "its speed cases": "{speed}",
}


def main() -> None:
    """Measure the assignments that are named, or all of the course."""
    course = tomllib.loads((sample_course() / "course.toml").read_text(encoding="utf-8"))
    names = tuple(course["assignments"])
    parser = argparse.ArgumentParser(prog="python -m benchmarks.course", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}; default all")
    parser.add_argument("--submissions", type=int, default=20, help="honest students in the class")
    wanted = parser.parse_args()
    unknown = [name for name in wanted.names if name not in names]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}")
    kept: dict[str, Row] = json.loads(_RESULTS.read_text(encoding="utf-8")) if _RESULTS.is_file() else {}
    for name in wanted.names or names:
        where = {"machine": describe_machine(), "date": f"{datetime.now(UTC):%Y-%m-%d}"}
        kept[name] = {**measure_check(name), **measure_grading(name, count=wanted.submissions), **where}
        kept = {each: kept[each] for each in names if each in kept}
        _RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print(format_table(kept))


def measure_check(name: str, *, draws: int = 3) -> Row:
    """What `autograder check` counts, in seconds of the wall and of the processor."""
    folder, log = _make_course_folder(name, speed=True), WORK / "course-check.log"
    command = python_command("-m", "autograder", "check", name, "--draws", str(draws), "--json")
    spent = run(command, cwd=folder, log=log, accept=(_DONE, _FLAWED))
    lines = log.read_text(encoding="utf-8").splitlines()
    printed = json.loads(next(line for line in lines if line.startswith('{"assignment"')))
    counted, questions = printed["all"], printed["questions"]
    text = read_assignment((folder / "assignments" / name / f"{name}.ipynb").read_bytes())
    counts = ("cases", "mistakes", "caught", "alternates", "accepted", "mutants", "equivalent", "surviving")
    return {
        "questions": len(text.statements),
        "points": float(text.points),
        "by_hand": float(text.points) - counted["points"],
        **{key: counted[key] for key in counts},
        "edits_caught": counted["mutants"] - counted["equivalent"] - counted["surviving"],
        "missed_edits_of": {each["question"]: each["surviving"] for each in questions if each["surviving"]},
        "flaws": len(printed["flaws"]),
        "draws": draws,
        "check_s": round(spent.wall, 1),
        "check_cpu_s": round(spent.cpu, 1),
    }


def measure_grading(name: str, *, count: int) -> Row:
    """Processor time of a submission of an honest class, without speed cases and with them."""
    plain = _grade_class(name, count, speed=False)
    timed = _grade_class(name, count, speed=True) if _has_speed(name) else plain
    return {
        "submissions": count,
        "full_marks": count - len(timed["lost"]),
        "lost": timed["lost"],
        "cpu_ms": round(plain["cpu_ms"], 1),
        "speed_cpu_ms": round(timed["cpu_ms"] - plain["cpu_ms"], 1) if timed is not plain else None,
        "wall_ms": round(plain["wall_ms"], 1),
    }


def make_class_folder(name: str, count: int) -> Path:
    """A course folder in which so many students handed in right answers; there are no speed cases."""
    folder = _make_course_folder(name, speed=False)
    released = release((folder / "assignments" / name / f"{name}.ipynb").read_bytes())
    everybody = make_right_class(released, folder / "solutions" / f"{name}.py", count=count)
    hand_in(everybody, folder / "submissions" / name, filename=f"{name}.ipynb")
    return folder


def make_right_samples(name: str, count: int) -> tuple[Sample, ...]:
    """So many students whose answers are all right."""
    folder = sample_course()
    released = release((folder / "assignments" / name / f"{name}.ipynb").read_bytes())
    return make_right_class(released, folder / "solutions" / f"{name}.py", count=count)


def grade_right_class(name: str, samples: Sequence[Sample]) -> float:
    """Processor milliseconds of a submission, its part of the start with it, without speed cases."""
    folder = _make_course_folder(name, speed=False)
    spent = _grade(folder, name, samples)
    lost = find_lost_marks(folder / "reports" / name, samples)
    if lost:
        raise RuntimeError(f"right answers were refused: {lost}")
    return 1000 * spent.cpu / len(samples)


def _grade_class(name: str, count: int, *, speed: bool) -> Row:
    """Grade a class in a course where everything that is kept between runs is there already.

    The start and end of a run are subtracted: they are what a run with a single submission takes, but for it.
    """
    folder = _make_course_folder(name, speed=speed)
    released = release((folder / "assignments" / name / f"{name}.ipynb").read_bytes())
    everybody = make_right_class(released, folder / "solutions" / f"{name}.py", count=count)
    _grade(folder, name, [replace(everybody[0], student="first.run")])
    single = _grade(folder, name, [replace(everybody[0], student="second.run")])
    whole = _grade(folder, name, everybody)
    others = max(count - 1, 1)
    return {
        "cpu_ms": 1000 * (whole.cpu - single.cpu) / others,
        "wall_ms": 1000 * (whole.wall - single.wall) / others,
        "lost": find_lost_marks(folder / "reports" / name, everybody),
    }


def _grade(folder: Path, name: str, samples: Sequence[Sample]) -> Usage:
    """Grade these students, who are new, and nobody else."""
    hand_in(samples, folder / "submissions" / name, filename=f"{name}.ipynb")
    command = python_command("-m", "autograder", "grade", name, "-j", "1")
    return run(command, cwd=folder, log=WORK / "course-grade.log", accept=(_DONE, _NEEDS_PERSON))


def find_lost_marks(reports: Path, samples: Iterable[Sample]) -> dict[str, list[str]]:
    """Per student whose right answers were refused, which, and why."""
    lost: dict[str, list[str]] = {}
    for sample in samples:
        report = json.loads((reports / sample.student / "report.json").read_text(encoding="utf-8"))
        refused = [q for q in report["questions"] if q["outcome"] not in ("right", "awaiting_mark")]
        if refused:
            lost[sample.student] = [f"{q['name']}: {q['exact']} {q['sentence']}" for q in refused]
    return lost


def _make_course_folder(name: str, *, speed: bool) -> Path:
    """A new course folder without submissions; without `speed` the assignment has no speed cases."""
    folder = WORK / "course"
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(exist_ok=True)
    make_course(folder)
    if not speed:
        for module in find_solutions(folder / "solutions" / f"{name}.py").modules:
            module.write_text(drop_speed_cases(module.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def _has_speed(name: str) -> bool:
    modules = find_solutions(sample_course() / "solutions" / f"{name}.py").modules
    texts = [module.read_text(encoding="utf-8") for module in modules]
    return any(len(drop_speed_cases(text).splitlines()) < len(text.splitlines()) for text in texts)


def format_table(rows: Mapping[str, Row]) -> str:
    """A table in Markdown, one line for each assignment."""
    lines = ["| assignment | " + " | ".join(_COLUMNS) + " |", "|:--" + "|--:" * len(_COLUMNS) + "|"]
    for name, row in rows.items():
        speed = "none" if row["speed_cpu_ms"] is None else f"{row['speed_cpu_ms']:.0f} ms"
        cells = (cell.format(**row, speed=speed) for cell in _COLUMNS.values())
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
