"""Kernels of the real ipykernel that begin with their libraries loaded: forked, not started anew.

What a kernel does is the same; of the three seconds of processor time that a notebook takes in it, two are
spent on imports. Never used where time is measured.
"""

import json
import os
import pdb
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import matplotlib_inline
from IPython.core import debugger

LIBRARIES = (
    *("ipykernel.kernelapp", "ipykernel.zmqshell", "ipykernel.ipkernel", "IPython.core.interactiveshell"),
    *("numpy", "pandas", "matplotlib.pyplot", "matplotlib_inline.config", "scipy.stats", "scipy.optimize"),
    *("sklearn.linear_model", "seaborn", "otter", "otter.check.notebook", "nose.tools"),
)
"""Not `datascience`, which decides, for every kernel then, how figures are drawn and numbers are shown."""
_BACKEND = "module://matplotlib_inline.backend_inline"
_MEMORY = 6 << 30
"""Bytes of a kernel: a mutant may ask for more than the machine has."""


class ForkedKernel:
    """A forked kernel, as Jupyter's provisioner handles a process that it started."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """None while it runs."""
        try:
            state = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            state = "X"
        if state in "XZ":
            self.returncode = 0
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended."""
        until = time.monotonic() + (timeout or 60.0)
        while self.poll() is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("kernel", timeout or 60.0)
            time.sleep(0.01)
        return 0

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def fork_kernels() -> None:
    """Have Jupyter fork its kernels in this process from one that has the libraries loaded."""
    from jupyter_client.provisioning import local_provisioner

    environment = {**os.environ, "MPLBACKEND": _BACKEND}
    source = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.foreign_kernels"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[1],
    )

    def launch(command: Sequence[str], **options: Any) -> ForkedKernel:
        wanted = {
            "argv": list(command),
            "cwd": str(options.get("cwd") or Path.cwd()),
            "env": dict(options["env"]),
        }
        assert source.stdin is not None and source.stdout is not None
        source.stdin.write(json.dumps(wanted) + "\n")
        source.stdin.flush()
        return ForkedKernel(int(source.stdout.readline()))

    local_provisioner.launch_kernel = launch  # type: ignore[assignment] # what is used of a process


def main() -> None:
    """Fork a kernel for every line that comes in, and print its pid."""
    # A kernel does so when it starts, before Otter imports doctest, whose debugger inherits from this one.
    pdb.Pdb = debugger.InterruptiblePdb
    pdb.set_trace = debugger.set_trace
    for name in LIBRARIES:
        try:
            import_module(name)
        except ImportError:
            continue
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a kernel ended
    for line in sys.stdin:
        wanted = json.loads(line)
        pid = os.fork()
        if pid == 0:
            become_kernel(wanted)
        os.setpgid(pid, pid)  # before Jupyter asks for it: its interrupts go to the group
        print(pid, flush=True)


def become_kernel(wanted: dict[str, Any]) -> None:
    """Be what `python -m ipykernel_launcher` is, in this process."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    silent = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silent, stream)
    os.environ.clear()
    os.environ.update(wanted["env"])
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    os.environ.setdefault("MPLBACKEND", _BACKEND)
    os.chdir(wanted["cwd"])
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    sys.path[:] = [each for each in sys.path if each != str(Path(__file__).parents[1]) and each]
    sys.argv = ["ipykernel_launcher", *wanted["argv"][wanted["argv"].index("-f") :]]
    # It looks for its shell when it is imported: in a kernel, to close the figures of each cell.
    sys.modules.pop("matplotlib_inline.backend_inline", None)
    vars(matplotlib_inline).pop("backend_inline", None)
    random.seed()
    import numpy as np

    np.random.seed()
    from ipykernel import kernelapp

    kernelapp.launch_new_instance()
    os._exit(0)


if __name__ == "__main__":
    main()
