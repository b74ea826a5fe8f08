"""What pages of staff take in a large course: read first, after a file came, and while nothing changes."""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from starlette.testclient import TestClient

from autograder.domain.submission import ReceivedBy, Submission
from autograder.web.app import make_app
from autograder.web.links import login_link
from autograder.web.site import Site
from benchmarks.classroom import WORK
from benchmarks.final_grades import make_large_course

SIZES = (300, 1000)
_TIMES = 5
_PAGES = {"class": "/class", "grades": "/class/grades", "work": "/class/work/hw3"}


def measure_staff_pages() -> dict[str, float]:
    """Processor seconds of each page, by its name, the size of the class and what happened before."""
    found: dict[str, float] = {}
    for students in SIZES:
        folder = make_large_course(WORK / f"pages{students}", students)
        (folder / "staff.csv").write_text("id,name,role\nina,Ina,instructor\n", encoding="utf-8")
        for name, path in _PAGES.items():
            for what, seconds in _measure(folder, path).items():
                found[f"page_{name}_{students}_{what}_cpu_s"] = seconds
    return found


def _measure(folder: Path, path: str) -> dict[str, float]:
    site = Site(folder)
    try:
        client = TestClient(make_app(site), base_url=site.served.url, follow_redirects=False)
        link = login_link(site.course, "ina", now=site.clock(), url=site.served.url)
        client.post(f"/in/{link.rpartition('/')[2]}")

        def show() -> None:
            answer = client.get(path)
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status_code}")

        first = _time(show)
        changed, kept = [], []
        for number in range(_TIMES):
            content = f"{time.time_ns()} {number}".encode()
            now = datetime.now(UTC)
            site.gradebook.receive([Submission("s0001", "hw3", content, now, ReceivedBy.SERVER, "hw.ipynb")])
            changed.append(_time(show))
            kept.append(_time(show))
        return {"first": first, "changed": statistics.median(changed), "kept": statistics.median(kept)}
    finally:
        site.close()


def _time(do: Callable[[], None]) -> float:
    began = time.process_time()
    do()
    return time.process_time() - began
