"""What is measured: each function returns the values of some keys of results.json."""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from subprocess import DEVNULL, Popen
from typing import Any

from autograder.demo.classroom import RIGHT, Sample
from benchmarks.classroom import NAME, WORK, course_with, honest_class
from benchmarks.meter import Spent, beside, python, run

Value = float | dict[str, Any]
Values = dict[str, Value]
_GRADE = python("-m", "autograder", "grade", NAME)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many submissions are graded for what."""

    ours: int = 300
    peers: int = 10
    workers: int = 100
    memory: int = 40
    speed: int = 30
    breakdown: int = 100
    layers: int = 60
    rounds: int = 3


def cost(sizes: Sizes) -> Values:
    """Processor time per submission, start-up included, and the floor."""
    return {**_costs(sizes)}


def _costs(sizes: Sizes) -> dict[str, float]:
    samples = honest_class(sizes.ours)
    folder = course_with(samples, WORK / "ours")
    spent = _grade(folder, samples)
    ours = 1000 * spent.cpu / len(samples)
    floor = _floor(folder)
    return {
        "cpu_ms": ours,
        "ratio_to_floor": ours / floor,
        "floor_ms": floor,
        "wall_ms": 1000 * spent.wall / len(samples),
        "submissions": float(len(samples)),
    }


def peers(sizes: Sizes) -> Values:
    """How many times less processor time than nbgrader and Otter, in one run on the same answers.

    We are measured before and after them, and the mean counts: a machine is not as fast at all times.
    """
    from benchmarks import peers as tools

    samples = honest_class(sizes.peers)
    before = _costs(sizes)
    grader = tools.nbgrader(samples, WORK / "nbgrader")
    otter = tools.otter(samples, WORK / "otter")
    after = _costs(sizes)
    ours = {key: (before[key] + after[key]) / 2 for key in before}
    return {
        **ours,
        "nbgrader_cpu_ms": grader.cpu_ms,
        "otter_cpu_ms": otter.cpu_ms,
        "cpu_ratio_nbgrader": grader.cpu_ms / ours["cpu_ms"],
        "cpu_ratio_otter": otter.cpu_ms / ours["cpu_ms"],
        "peers_submissions": float(len(samples)),
    }


def speed(sizes: Sizes) -> Values:
    """What the speed cases add to a submission."""
    samples = honest_class(sizes.speed)
    spent = {
        with_speed: _grade(course_with(samples, WORK / "speed", speed=with_speed), samples).cpu
        for with_speed in (False, True)
    }
    return {"speed_group_cpu_ms": 1000 * (spent[True] - spent[False]) / len(samples)}


def workers(sizes: Sizes) -> Values:
    """Throughput of two workers over that of one, from the first report to the last."""
    samples = honest_class(sizes.workers)
    rates: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(sizes.rounds):
        for count, found in rates.items():
            folder = course_with(samples, WORK / "workers")
            _grade(folder, samples, jobs=count)
            found.append(_rate(folder))
    return {
        "workers_2_over_1": median(two / one for one, two in zip(rates[1], rates[2], strict=True)),
        "per_second_1_worker": median(rates[1]),
        "per_second_2_workers": median(rates[2]),
    }


def layers(sizes: Sizes) -> Values:
    """Throughput with every layer of the seal over that with limits alone, in turns."""
    folder = course_with(honest_class(sizes.layers), WORK / "layers")
    rates: dict[str, list[float]] = {"sealed": [], "bare": []}
    level = 0.0
    for _ in range(sizes.rounds):
        for how, found in rates.items():
            log = folder.with_suffix(".rate")
            run(python("-m", "benchmarks.layers", folder, how), cwd=Path.cwd(), log=log)
            told = json.loads(log.read_text().splitlines()[-1])
            found.append(told["per_second"])
            level = max(level, told["level"])
    pairs = zip(rates["sealed"], rates["bare"], strict=True)
    return {
        "sealed_over_bare": median(sealed / bare for sealed, bare in pairs),
        "per_second_sealed": median(rates["sealed"]),
        "per_second_bare": median(rates["bare"]),
        "level_sealed": level,
    }


def memory(sizes: Sizes) -> Values:
    """The most memory that a run with two workers holds, all its processes together."""
    samples = honest_class(sizes.memory)
    folder = course_with(samples, WORK / "memory")
    spent = _grade(folder, samples, jobs=2, watch_memory=True)
    return {"rss_mb": spent.peak_mb, "rss_kind": {"summed": spent.memory_kind}}


def first_mark(sizes: Sizes) -> Values:
    """Seconds from the start of `autograder grade` to the first report, with nothing kept."""
    samples = honest_class(4)
    return {"first_mark_s": median(_first_mark(samples) for _ in range(sizes.rounds))}


def help_page(sizes: Sizes) -> Values:
    """What `autograder --help` takes beyond an interpreter that does nothing."""
    took: dict[str, list[float]] = {"help": [], "pass": []}
    commands = {"help": [beside("autograder"), "--help"], "pass": python("-c", "pass")}
    for _ in range(5 * sizes.rounds):
        for name, command in commands.items():
            took[name].append(1000 * run(command, cwd=WORK).wall)
    return {"help_ms": median(took["help"]) - median(took["pass"])}


def breakdown(sizes: Sizes) -> Values:
    """Processor milliseconds of a submission by phase, on each side of the wall."""
    folder = course_with(honest_class(sizes.breakdown), WORK / "breakdown")
    log = WORK / "breakdown.log"
    run(python("-m", "benchmarks.breakdown", folder), cwd=Path.cwd(), log=log)
    return {"breakdown": json.loads(log.read_text())}


FIGURES: dict[str, Callable[[Sizes], Values]] = {
    "help": help_page,
    "first_mark": first_mark,
    "peers": peers,
    "breakdown": breakdown,
    "workers": workers,
    "layers": layers,
    "memory": memory,
    "speed": speed,
}
ALONE = {"cost": cost}
"""Part of another figure, to be measured by its name only."""


def _grade(folder: Path, samples: Sequence[Sample], *, jobs: int = 1, watch_memory: bool = False) -> Spent:
    """Grade a course folder by the command line, and check that all of it was done."""
    log = folder.with_suffix(".log")
    command: list[str | Path] = [*_GRADE, "-j", str(jobs)]
    spent = run(command, cwd=folder, log=log, watch_memory=watch_memory)
    for sample in samples:
        reports = folder / "reports" / NAME / sample.student
        told = json.loads((reports / "report.json").read_text(encoding="utf-8"))
        if not (reports / "report.html").is_file():
            raise RuntimeError(f"{sample.student} has no page")
        if (told["score"] == told["points"]) != (not sample.mistakes):
            raise RuntimeError(f"{sample.student}, {sample.archetype}, was given {told['score']}")
        if sample.archetype == RIGHT and told["needs_person"]:
            raise RuntimeError(f"{sample.student} needs a person")
    return spent


def _floor(folder: Path) -> float:
    """Mean milliseconds of plain `exec`."""
    log = folder.with_suffix(".floor")
    environment = {"PYTHONWARNINGS": "ignore", "OPENBLAS_NUM_THREADS": "1"}
    run(python("-m", "benchmarks.floor", folder), cwd=Path.cwd(), log=log, environment=environment)
    return mean(map(float, log.read_text().split()))


def _rate(folder: Path) -> float:
    times = sorted(file.stat().st_mtime for file in (folder / "reports" / NAME).glob("*/report.json"))
    return (len(times) - 1) / (times[-1] - times[0])


def _first_mark(samples: Sequence[Sample]) -> float:
    folder = course_with(samples, WORK / "first")
    began = time.perf_counter()
    with Popen(list(map(str, _GRADE)), cwd=folder, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL) as process:
        while not any((folder / "reports" / NAME).glob("*/report.json")):
            if process.poll() is not None or time.perf_counter() - began > 120:
                raise RuntimeError("no report was written")
            time.sleep(0.005)
        return time.perf_counter() - began


def machine() -> dict[str, str]:
    """Where this is measured."""
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
    return {
        "cpu": models[0].partition(":")[2].strip() if models else "unknown",
        "cores": str(len(os.sched_getaffinity(0))),
        "kernel": os.uname().release,
        "python": ".".join(map(str, sys.version_info[:3])),
        "load_before": f"{os.getloadavg()[0]:.1f}",
    }
