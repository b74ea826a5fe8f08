"""The figures: each function measures the values of some keys of results.json."""

import json
import os
import sys
import time
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean, median
from subprocess import DEVNULL, Popen
from typing import Any

from autograder.course.scaffold import sample_course
from autograder.demo.classroom import RIGHT, Sample
from benchmarks.classroom import NAME, WORK, make_course_with, make_honest_class
from benchmarks.meter import Usage, find_program, python_command, run

Value = float | dict[str, Any]
Values = dict[str, Value]
_GRADE = python_command("-m", "autograder", "grade", NAME)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many submissions are graded for what."""

    ours: int = 300
    peers: int = 10
    final: int = 60
    workers: int = 100
    memory: int = 40
    speed: int = 30
    breakdown: int = 100
    layers: int = 60
    assignments: int = 60
    rounds: int = 3
    burst: int = 300
    kills: int = 50
    pair: int = 200
    large: int = 10_000
    large_kills: int = 20


def measure_cost(sizes: Sizes) -> Values:
    """Processor time per submission, start-up included, and the floor."""
    return {**_measure_costs(sizes)}


def _measure_costs(sizes: Sizes) -> dict[str, float]:
    samples = make_honest_class(sizes.ours)
    folder = make_course_with(samples, WORK / "ours")
    spent = _grade(folder, samples)
    ours = 1000 * spent.cpu / len(samples)
    floor = _measure_floor(folder)
    return {
        "cpu_ms": ours,
        "ratio_to_floor": ours / floor,
        "floor_ms": floor,
        "wall_ms": 1000 * spent.wall / len(samples),
        "submissions": float(len(samples)),
    }


def measure_peers(sizes: Sizes) -> Values:
    """How many times less processor time than nbgrader and Otter, in one run on the same answers.

    We are measured before and after them, and the mean counts: a machine is not as fast at all times.
    """
    from benchmarks.peers import run_nbgrader, run_otter

    samples = make_honest_class(sizes.peers)
    before = _measure_costs(sizes)
    nbgrader = run_nbgrader(samples, WORK / "nbgrader")
    otter = run_otter(samples, WORK / "otter")
    after = _measure_costs(sizes)
    ours = {key: (before[key] + after[key]) / 2 for key in before}
    return {
        **ours,
        "nbgrader_cpu_ms": nbgrader.cpu_ms,
        "otter_cpu_ms": otter.cpu_ms,
        "cpu_ratio_nbgrader": nbgrader.cpu_ms / ours["cpu_ms"],
        "cpu_ratio_otter": otter.cpu_ms / ours["cpu_ms"],
        "peers_submissions": float(len(samples)),
    }


def measure_peers_final(sizes: Sizes) -> Values:
    """The same for the final homework, where most of the time is the students' own computing.

    All answers are right, and there are no speed cases. Our start is shared by a class, as it would be.
    """
    from benchmarks.course import grade_right_class, make_right_samples
    from benchmarks.peers import run_nbgrader, run_otter

    samples = make_right_samples("final", sizes.final)
    before = grade_right_class("final", samples)
    nbgrader = run_nbgrader(samples[: sizes.peers], WORK / "nbgrader", "final")
    otter = run_otter(samples[: sizes.peers], WORK / "otter", "final")
    ours = (before + grade_right_class("final", samples)) / 2
    return {
        "peers_final": {
            "cpu_ms": round(ours, 1),
            "nbgrader_cpu_ms": round(nbgrader.cpu_ms, 1),
            "otter_cpu_ms": round(otter.cpu_ms, 1),
            "cpu_ratio_nbgrader": round(nbgrader.cpu_ms / ours, 2),
            "cpu_ratio_otter": round(otter.cpu_ms / ours, 2),
            "submissions": len(samples),
            "peers_submissions": sizes.peers,
        }
    }


def measure_speed(sizes: Sizes) -> Values:
    """What the speed cases add to a submission."""
    samples = make_honest_class(sizes.speed)
    spent = {
        with_speed: _grade(make_course_with(samples, WORK / "speed", speed=with_speed), samples).cpu
        for with_speed in (False, True)
    }
    return {"speed_group_cpu_ms": 1000 * (spent[True] - spent[False]) / len(samples)}


def measure_workers(sizes: Sizes) -> Values:
    """Throughput of two workers over that of one, from the first report to the last.

    Two processors do less than twice as much where they share a core or a memory: what this machine can do at
    most is told by two runs that have nothing in common, over one.
    """
    samples = make_honest_class(sizes.workers)
    rates: dict[str, list[float]] = {"one": [], "two": [], "apart": []}
    for _ in range(sizes.rounds):
        for jobs, how in ((1, "one"), (2, "two")):
            folder = make_course_with(samples, WORK / "workers")
            _grade(folder, samples, jobs=jobs)
            rates[how].append(_compute_rate(folder))
        rates["apart"].append(_grade_apart(samples))
    over_one = {
        how: median(found / one for found, one in zip(rates[how], rates["one"], strict=True)) for how in rates
    }
    return {
        "workers_2_over_1": over_one["two"],
        "machine_2_over_1": over_one["apart"],
        "per_second_1_worker": median(rates["one"]),
        "per_second_2_workers": median(rates["two"]),
    }


def _grade_apart(samples: Sequence[Sample]) -> float:
    """Throughput of two runs at one time, each with a course and a class of its own."""
    folders = [make_course_with(samples, WORK / f"apart-{k}") for k in (1, 2)]
    command = [*map(str, _GRADE), "-j", "1"]
    runs = [Popen(command, cwd=each, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL) for each in folders]
    if {each.wait() for each in runs} != {0}:
        raise RuntimeError("one of two runs did not end well")
    return sum(map(_compute_rate, folders))


def measure_layers(sizes: Sizes) -> Values:
    """Throughput with every layer of the seal over that with limits alone, in turns."""
    folder = make_course_with(make_honest_class(sizes.layers), WORK / "layers")
    rates: dict[str, list[float]] = {"sealed": [], "bare": []}
    level = 0.0
    for _ in range(sizes.rounds):
        for how, found in rates.items():
            log = folder.with_suffix(".rate")
            run(python_command("-m", "benchmarks.layers", folder, how), cwd=Path.cwd(), log=log)
            measured = json.loads(log.read_text().splitlines()[-1])
            found.append(measured["per_second"])
            level = max(level, measured["level"])
    pairs = zip(rates["sealed"], rates["bare"], strict=True)
    return {
        "sealed_over_bare": median(sealed / bare for sealed, bare in pairs),
        "per_second_sealed": median(rates["sealed"]),
        "per_second_bare": median(rates["bare"]),
        "level_sealed": level,
    }


def measure_memory(sizes: Sizes) -> Values:
    """The most memory that a run with two workers holds, all its processes together."""
    samples = make_honest_class(sizes.memory)
    folder = make_course_with(samples, WORK / "memory")
    spent = _grade(folder, samples, jobs=2, watch_memory=True)
    return {"rss_mb": spent.peak_mb, "rss_kind": {"summed": spent.memory_kind}}


def measure_first_report(sizes: Sizes) -> Values:
    """Seconds from the start of `autograder grade` to the first report, with nothing kept."""
    samples = make_honest_class(4)
    return {"first_mark_s": median(_time_first_report(samples) for _ in range(sizes.rounds))}


def measure_help(sizes: Sizes) -> Values:
    """What `autograder --help` takes beyond an interpreter that does nothing."""
    took: dict[str, list[float]] = {"help": [], "pass": []}
    commands = {"help": [find_program("autograder"), "--help"], "pass": python_command("-c", "pass")}
    for _ in range(5 * sizes.rounds):
        for name, command in commands.items():
            took[name].append(1000 * run(command, cwd=WORK).wall)
    return {"help_ms": median(took["help"]) - median(took["pass"])}


def measure_breakdown(sizes: Sizes) -> Values:
    """Processor milliseconds of a submission by phase, on each side of the wall."""
    folder = make_course_with(make_honest_class(sizes.breakdown), WORK / "breakdown")
    log = WORK / "breakdown.log"
    run(python_command("-m", "benchmarks.breakdown", folder), cwd=Path.cwd(), log=log)
    return {"breakdown": json.loads(log.read_text())}


def measure_ours(sizes: Sizes) -> Values:
    """Processor milliseconds of a submission that are ours, and those of the student's code, by assignment.

    The student's are what their cells, figures, examples and functions take, with what those call that was
    shipped. Ours is all else that one more submission costs after the first: that one, and the start of the
    run, are left out. The class gives right answers, and there are no speed cases.
    """
    from benchmarks.breakdown import STUDENTS_OWN
    from benchmarks.course import make_class_folder

    ours: dict[str, float] = {}
    students: dict[str, float] = {}
    for name in tomllib.loads((sample_course() / "course.toml").read_text(encoding="utf-8"))["assignments"]:
        folder = make_class_folder(name, sizes.assignments)
        log = WORK / "ours.log"
        run(python_command("-m", "benchmarks.breakdown", folder, name), cwd=Path.cwd(), log=log)
        sides = json.loads(log.read_text())
        own = sum(sides["sealed"].get(phase, 0.0) for phase in STUDENTS_OWN)
        everything = sum(sum(sides[side].values()) for side in ("grader", "fork server", "sealed"))
        ours[name], students[name] = round(everything - own, 1), round(own, 1)
    return {"ours_ms": {"ours": ours}, "students_ms": {"students": students}}


def measure_class_page(_sizes: Sizes) -> Values:
    """What the page on a class of 1000 takes."""
    from benchmarks.class_page import STUDENTS, measure_page

    spent = measure_page()
    return {"class_page_s": spent.wall, "class_page_cpu_s": spent.cpu, "class_page_students": float(STUDENTS)}


def measure_final(_sizes: Sizes) -> Values:
    """What the final grades of a class of 1000 with 10 assignments take."""
    from benchmarks.final_grades import STUDENTS, measure_final_grades

    spent = measure_final_grades()
    return {
        "final_grades_s": spent.wall,
        "final_grades_cpu_s": spent.cpu,
        "final_grades_students": float(STUDENTS),
    }


def measure_pages(_sizes: Sizes) -> Values:
    """What pages of staff take in classes of 300 and 1000 with 10 assignments."""
    from benchmarks.staff_pages import measure_staff_pages

    return {**measure_staff_pages()}


def measure_burst(sizes: Sizes) -> Values:
    """A class that hands in during the last minute: by SQLite, by PostgreSQL, read meanwhile, and killed."""
    return {key: value for part in _BURSTS for key, value in _measure_one_burst(part, sizes).items()}


_BURSTS = {
    "burst_sqlite": ("burst", False, 0.0, False),
    "burst_read": ("burst_read", False, 0.5, False),
    "burst_killed": ("burst_killed", False, 0.0, True),
    "burst_pg": ("burst_pg", True, 0.0, False),
    "burst_pg_read": ("burst_pg_read", True, 0.5, False),
    "burst_pg_killed": ("burst_pg_killed", True, 0.0, True),
}
"""What its figures are called, whether the store is PostgreSQL, how many pages on the class whoever teaches
reads each second, whether the server is killed meanwhile."""


def _measure_one_burst(part: str, sizes: Sizes) -> Values:
    from benchmarks.burst import BurstSizes, measure_burst, summarise
    from benchmarks.postgresql import find_server, run_server

    prefix, by_postgresql, staff_pages, killed = _BURSTS[part]
    how = BurstSizes(sizes.burst, staff_pages=staff_pages)
    if killed:
        how = BurstSizes(sizes.burst, seconds=3.0 * sizes.kills, saves=5.0, pages=1.0, kills=sizes.kills)
    folder = WORK / part.replace("_", "-")
    if not by_postgresql:
        return {**summarise(measure_burst(folder, how), prefix)}
    binaries = find_server()
    if binaries is None:
        raise RuntimeError("there is no PostgreSQL server (apt-get install postgresql)")
    with run_server(binaries, durable=True) as address:
        return {**summarise(measure_burst(folder, how, store=address % "postgres"), prefix)}


def measure_cluster_pair(sizes: Sizes) -> Values:
    """Two workers of a Dask cluster against one."""
    from benchmarks.cluster import measure_pair

    return {**measure_pair(sizes.pair, sizes.rounds)}


def measure_growth(sizes: Sizes) -> Values:
    """A small class and a large one, graded without a cluster."""
    from benchmarks import cluster

    return {**cluster.measure_growth(sizes.large)}


def measure_cluster(sizes: Sizes) -> Values:
    """Two workers of a Dask cluster against one; then a large class there, hostile ones in it, with kills."""
    from benchmarks.cluster import measure_class

    return {**measure_cluster_pair(sizes), **measure_class(sizes.large, sizes.large_kills)}


FIGURES: dict[str, Callable[[Sizes], Values]] = {
    "help": measure_help,
    "first_mark": measure_first_report,
    "peers": measure_peers,
    "peers_final": measure_peers_final,
    "breakdown": measure_breakdown,
    "ours": measure_ours,
    "workers": measure_workers,
    "layers": measure_layers,
    "cluster_pair": measure_cluster_pair,
    "memory": measure_memory,
    "speed": measure_speed,
}
ALONE = {
    "cost": measure_cost,
    "class": measure_class_page,
    "final": measure_final,
    "pages": measure_pages,
    "burst": measure_burst,
    "growth": measure_growth,
    "cluster": measure_cluster,
    **{part: partial(_measure_one_burst, part) for part in _BURSTS},
}
"""To be measured by their names only: part of another figure, or of one command."""


def _grade(folder: Path, samples: Sequence[Sample], *, jobs: int = 1, watch_memory: bool = False) -> Usage:
    """Grade a course folder by the command line, and check that all of it was done."""
    log = folder.with_suffix(".log")
    command: list[str | Path] = [*_GRADE, "-j", str(jobs)]
    spent = run(command, cwd=folder, log=log, watch_memory=watch_memory)
    for sample in samples:
        reports = folder / "reports" / NAME / sample.student
        report = json.loads((reports / "report.json").read_text(encoding="utf-8"))
        if not (reports / "report.html").is_file():
            raise RuntimeError(f"{sample.student} has no page")
        if (report["score"] == report["points"]) != (not sample.mistakes):
            raise RuntimeError(f"{sample.student}, {sample.archetype}, was given {report['score']}")
        if sample.archetype == RIGHT and report["needs_person"]:
            raise RuntimeError(f"{sample.student} needs a person")
    return spent


def _measure_floor(folder: Path) -> float:
    """Mean milliseconds of plain `exec`."""
    log = folder.with_suffix(".floor")
    environment = {"PYTHONWARNINGS": "ignore", "OPENBLAS_NUM_THREADS": "1"}
    run(python_command("-m", "benchmarks.floor", folder), cwd=Path.cwd(), log=log, environment=environment)
    return mean(map(float, log.read_text().split()))


def _compute_rate(folder: Path) -> float:
    times = sorted(file.stat().st_mtime for file in (folder / "reports" / NAME).glob("*/report.json"))
    return (len(times) - 1) / (times[-1] - times[0])


def _time_first_report(samples: Sequence[Sample]) -> float:
    folder = make_course_with(samples, WORK / "first")
    began = time.perf_counter()
    with Popen(list(map(str, _GRADE)), cwd=folder, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL) as process:
        while not any((folder / "reports" / NAME).glob("*/report.json")):
            if process.poll() is not None or time.perf_counter() - began > 120:
                raise RuntimeError("no report was written")
            time.sleep(0.005)
        return time.perf_counter() - began


def describe_machine() -> dict[str, str]:
    """Where this is measured."""
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
    return {
        "cpu": models[0].partition(":")[2].strip() if models else "unknown",
        "cores": str(len(os.sched_getaffinity(0))),
        "kernel": os.uname().release,
        "python": ".".join(map(str, sys.version_info[:3])),
        "load_before": f"{os.getloadavg()[0]:.1f}",
    }
