"""`python -m benchmarks [NAME ...]`: measure, print a table, keep the values in benchmarks/results.json."""

import argparse
import json
import os
import sys
import time
from compileall import compile_dir
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import autograder
from benchmarks import foreign
from benchmarks.classroom import WORK
from benchmarks.figures import ALONE, FIGURES, Sizes, describe_machine

_RESULTS = Path(__file__).parent / "results.json"
_BARS = {
    "cpu_ms": "processor ms per submission: graded, stored, rendered",
    "cpu_ratio_nbgrader": "times less than nbgrader 0.9.6 (bar 50, aim 100)",
    "cpu_ratio_otter": "times less than otter-grader 7.0.0",
    "peers_final": "the same for the final homework",
    "nbgrader_cpu_ms": "",
    "otter_cpu_ms": "",
    "ratio_to_floor": "times plain exec of the same cells, in a warm process",
    "floor_ms": "",
    "speed_group_cpu_ms": "added by the speed cases",
    "workers_2_over_1": "throughput of two workers over one (bar 1.8)",
    "machine_2_over_1": "of two runs that have nothing in common, over one: what this machine can do",
    "sealed_over_bare": "throughput with all layers over that with limits alone (bar 0.9)",
    "rss_mb": "MB of a run with two workers (bar 400)",
    "first_mark_s": "s from a cold start to the first report (bar 5)",
    "class_page_s": "s of `stats` for 1000 students without known mistakes (aim 5)",
    "class_page_cpu_s": "",
    "final_grades_s": "s of `grades --final` for 1000 students with 10 assignments (bar 2)",
    "final_grades_cpu_s": "",
    "burst_receipt_p95_ms": "ms from upload to receipt, 300 in the last minute, p95 (bar 1000)",
    "burst_report_p95_s": "s from receipt to report, of files that end, p95 (bar 10)",
    "burst_page_p95_ms": "ms of a page meanwhile, p95 (bar 100)",
    "burst_save_p95_ms": "ms to save an answer of a quiz, 60 a second, p95 (bar 150)",
    "burst_mb": "MB of the server with two workers, PSS (bar 500)",
    "burst_lost": "receipts without a report (bar 0)",
    "burst_read_receipt_p95_ms_while": "ms from upload to receipt while whoever teaches reads the class",
    "burst_read_receipt_p95_ms_between": "and between, in turns",
    "burst_killed_lost": "the same, with the server killed 50 times (bar 0)",
    "cluster_2_over_1": "throughput of two workers of a Dask cluster over one (bar 1.8)",
    "growth": "time of a submission in the large class over that in one of 100 (bar 1.1)",
    "growth_again_s": "s of `grade` with nothing to do (bar 3)",
    "growth_store_kb": "kB of the store a submission (bar 40)",
    "cluster_lost": "submissions without a report (bar 0)",
    "cluster_twice": "submissions with two (bar 0)",
    "cluster_honest_changed": "honest marks that differ beside hostile ones (bar 0)",
    "cluster_growth": "time of a submission at the end over that at the beginning (bar 1.1)",
    "cluster_coordinator_mb_start": "MB of the command after 100 submissions",
    "cluster_coordinator_mb": "MB of the command at its highest (bar 300)",
    "cluster_again_s": "s of `grade` with nothing to do (bar 3)",
    "cluster_store_kb": "kB of the store a submission (bar 40)",
    "help_ms": "ms of --help beyond `python -c pass` (bar 150)",
}


def main() -> None:
    """Measure the named figures, or all; `foreign FOLDER` compares marks with those of other tools."""
    if sys.argv[1:2] == ["foreign"]:
        foreign.main(sys.argv[2:])
        return
    known = FIGURES | ALONE
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(known)}; default all")
    parser.add_argument("--submissions", type=int, help="graded by us, where a figure is of one class")
    parser.add_argument("--peers", type=int, default=Sizes().peers, help="graded by each peer")
    wanted = parser.parse_args()
    unknown = [name for name in wanted.names if name not in known]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}")
    WORK.mkdir(exist_ok=True)
    compile_dir(Path(autograder.__file__).parent, quiet=1)  # as installers do, and have done for the peers
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])
    sizes = Sizes(peers=wanted.peers)
    if wanted.submissions:
        sizes = replace(sizes, ours=wanted.submissions, large=wanted.submissions)
    for name in wanted.names or FIGURES:
        began, where = time.perf_counter(), describe_machine()
        values = known[name](sizes)
        _keep(values, where)
        _show(name, values, time.perf_counter() - began)


def _keep(values: dict[str, Any], where: dict[str, str]) -> None:
    kept = json.loads(_RESULTS.read_text(encoding="utf-8")) if _RESULTS.is_file() else {}
    date = f"{datetime.now(UTC):%Y-%m-%d}"
    for key, value in values.items():
        rounded = round(value, 3) if isinstance(value, float) else value
        kept[key] = {"value": rounded, "machine": where, "date": date}
    _RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _show(name: str, values: dict[str, Any], seconds: float) -> None:
    print(f"{name} ({seconds:.0f} s)")
    for key, value in values.items():
        if isinstance(value, float):
            print(f"  {key:<22} {value:>10.2f}  {_BARS.get(key, '')}".rstrip())
        else:
            _show_sides(value)


def _show_sides(sides: dict[str, Any]) -> None:
    for side, phases in sides.items():
        if not isinstance(phases, dict):
            print(f"  {side:<22} {phases:>10}")
            continue
        print(f"  {side}: {sum(phases.values()):.1f} ms")
        for phase, value in sorted(phases.items(), key=lambda item: -item[1]):
            print(f"    {phase:<28} {value:>8.2f}")


if __name__ == "__main__":
    main()
