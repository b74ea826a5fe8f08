"""Workers as jobs of SLURM, found by a scheduler file; one of them is cancelled while it grades."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from cluster_processes import started, wait_for, write_certificates

from autograder.demo.course import NAME, make_demo
from autograder.domain.report_json import from_json

NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "scancel")
pytestmark = [
    pytest.mark.soak,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(
        os.geteuid() != 0 or not all(map(shutil.which, NEEDED)),
        reason="needs root, slurm-wlm and munge: it makes a cluster of one node",
    ),
]
CONF = """
ClusterName=course
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmctldPort={controller}
SlurmdPort={node}
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={processors} State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES OverSubscribe=FORCE:4 State=UP
"""


@pytest.fixture
def slurm(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """A command of SLURM's, on a cluster of this machine alone."""
    folder, key = tmp_path / "slurm", tmp_path / "munge.key"
    (folder / "state").mkdir(parents=True)
    (folder / "spool").mkdir()
    key.write_bytes(os.urandom(128))
    key.chmod(0o400)
    host, processors = socket.gethostname(), os.cpu_count()
    conf = folder / "slurm.conf"
    text = CONF.format(host=host, folder=folder, processors=processors, controller=free(), node=free())
    conf.write_text(text, encoding="utf-8")
    named = os.environ | {"SLURM_CONF": str(conf)}
    munge = ["munged", "--foreground", "--force", f"--key-file={key}", f"--socket={folder}/munge.socket"]
    munge += [f"--pid-file={folder}/munge.pid", f"--seed-file={folder}/munge.seed"]

    def run(*command: str) -> str:
        done = subprocess.run(command, env=named, cwd=folder, capture_output=True, text=True, check=True)
        return done.stdout

    with ExitStack() as stack:
        stack.enter_context(started(munge, folder, "munged.log"))
        stack.enter_context(started(["slurmctld", "-D", "-f", str(conf)], folder, "slurmctld.log", named))
        stack.enter_context(
            started(["slurmd", "-D", "-N", host, "-f", str(conf)], folder, "slurmd.log", named)
        )
        wait_for(lambda: "idle" in run_or_nothing(run, "sinfo", "-h", "-o", "%t"))
        yield run
        run("scancel", "--user=root")
        wait_for(lambda: not run("squeue", "-h").strip())


def run_or_nothing(run: Callable[..., str], *command: str) -> str:
    try:
        return run(*command)
    except subprocess.CalledProcessError:
        return ""


def free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def test_a_job_that_is_cancelled_costs_no_report(tmp_path: Path, slurm: Callable[..., str]) -> None:
    course, _ = make_demo(tmp_path / "course", size=16)
    folder, file = course.folder.path, tmp_path / "scheduler.json"
    tls = write_certificates(tmp_path / "certificates")
    dask = [sys.executable, "-m", "dask"]
    head = [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--protocol", "tls"]
    scheduler = [*head, "--scheduler-file", str(file), "--no-dashboard", *tls]
    work = [*dask, "worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-dashboard", *tls]
    work += ["--preload", "autograder.cluster.preload", "--local-directory", str(tmp_path / "scratch")]
    command = [sys.executable, "-m", "autograder", "grade", NAME, "--on", f"dask:scheduler-file={file}"]
    command += ["--tls", str(tmp_path / "certificates"), "--accept-isolation", "1"]
    with ExitStack() as stack:
        stack.enter_context(started(scheduler, tmp_path, "scheduler.log"))
        wait_for(file.is_file)
        told = slurm("sbatch", "--array=0-1", f"--chdir={tmp_path}", "--wrap", " ".join(work))
        job = told.split()[-1]
        run = stack.enter_context(started(command, folder, "run.log"))
        reports = folder / "reports" / NAME
        wait_for(lambda: any(reports.glob("*/report.json")) or run.poll() is not None)
        slurm("scancel", f"{job}_0")
        assert run.wait(400) in (0, 1), (folder / "run.log").read_text(encoding="utf-8")
    found = [
        from_json(json.loads(path.read_text(encoding="utf-8"))) for path in reports.glob("*/report.json")
    ]
    assert len(found) >= 15
    assert not [report.student for report in found if report.trouble]
