"""A cluster of two hosts with addresses of their own, which speak TLS; one is cut off, and comes back."""

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from cluster_processes import started, wait_for, write_certificates

from autograder.demo.course import NAME, make_demo
from autograder.domain.report_json import from_json

HEAD, OTHER = "10.77.13.1", "10.77.13.2"
PORT = 8786
pytestmark = [
    pytest.mark.soak,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(
        os.geteuid() != 0 or shutil.which("ip") is None,
        reason="needs root and iproute2: it makes two hosts of network namespaces",
    ),
]


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


class Hosts:
    """Two network namespaces with a cable between them."""

    def __init__(self) -> None:
        self.head, self.other = f"head{os.getpid()}", f"other{os.getpid()}"
        self.cables = {self.head: f"h{os.getpid()}", self.other: f"o{os.getpid()}"}

    def __enter__(self) -> "Hosts":
        for host in (self.head, self.other):
            ip("netns", "add", host)
            ip("-n", host, "link", "set", "lo", "up")
        ends = self.cables[self.head], self.cables[self.other]
        one, other = ["link", "add", ends[0], "netns", self.head], ["name", ends[1], "netns", self.other]
        ip(*one, "type", "veth", "peer", *other)
        for host, address in ((self.head, HEAD), (self.other, OTHER)):
            ip("-n", host, "address", "add", f"{address}/24", "dev", self.cables[host])
            ip("-n", host, "link", "set", self.cables[host], "up")
        return self

    def __exit__(self, *_: object) -> None:
        for host in (self.head, self.other):
            subprocess.run(["ip", "netns", "delete", host], check=False, capture_output=True)

    def on(self, host: str, *command: str) -> list[str]:
        """A command on a host."""
        return ["ip", "netns", "exec", host, *command]

    def cut(self, *, back: bool) -> None:
        """Pull the cable of the other host, or put it back."""
        ip("-n", self.other, "link", "set", self.cables[self.other], "up" if back else "down")


def test_a_host_that_is_cut_off_and_comes_back_costs_no_report(tmp_path: Path) -> None:
    course, _ = make_demo(tmp_path / "course", size=16)
    folder = course.folder.path
    tls = write_certificates(tmp_path / "certificates")
    place, dask = f"tls://{HEAD}:{PORT}", [sys.executable, "-m", "dask"]
    scheduler = [*dask, "scheduler", "--host", HEAD, "--port", str(PORT), "--no-dashboard", *tls]
    work = [*dask, "worker", place, "--nthreads", "1", "--no-dashboard", *tls]
    work += ["--preload", "autograder.cluster.preload"]
    command = [sys.executable, "-m", "autograder", "grade", NAME, "--on", f"dask:{place}"]
    command += ["--tls", str(tmp_path / "certificates"), "--accept-isolation", "1"]
    with Hosts() as hosts, ExitStack() as stack:
        stack.enter_context(started(hosts.on(hosts.head, *scheduler), tmp_path, "scheduler.log"))
        stack.enter_context(started(hosts.on(hosts.head, *work), tmp_path, "worker here.log"))
        stack.enter_context(started(hosts.on(hosts.other, *work), tmp_path, "worker there.log"))
        run = stack.enter_context(started(hosts.on(hosts.head, *command), folder, "run.log"))
        reports = folder / "reports" / NAME
        wait_for(lambda: any(reports.glob("*/report.json")) or run.poll() is not None)
        hosts.cut(back=False)
        time.sleep(10.0)
        hosts.cut(back=True)
        assert run.wait(400) in (0, 1), (folder / "run.log").read_text(encoding="utf-8")
    assert "tls://10.77.13.2" in (tmp_path / "scheduler.log").read_text(encoding="utf-8")
    files = (folder / "reports" / NAME).glob("*/report.json")
    found = [from_json(json.loads(path.read_text(encoding="utf-8"))) for path in files]
    assert len(found) >= 15
    assert not [report.student for report in found if report.trouble]
