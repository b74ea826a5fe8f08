"""Sealing a fresh child, in an order that never opens again what is closed, before any student code.

Each step either holds or is reported as failed: the grader, which reads the report, decides whether student
code may run. Nothing here decides it.
"""

import errno
import os
import socket
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.sandbox.confine import identity, landlock, limits, seccomp
from autograder.sandbox.messages import ForkChild
from autograder.sandbox.system.parent import die_with

WIRE = 3
"""The one descriptor a child keeps open, apart from three times /dev/null."""

_THREADS = 64
_DEVICES = ("/dev/null", "/dev/full")  # not /dev/zero: mapped, it is memory that nothing counts
_ALWAYS_READABLE = (
    "/usr", "/lib", "/lib64", "/etc/fonts", "/etc/localtime", "/etc/ld.so.cache", "/etc/mime.types",
    "/sys/devices/system/cpu", "/proc/cpuinfo", "/proc/meminfo", "/proc/self", "/dev/urandom", "/dev/random",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms one child runs: those of the grader, and what the server knows."""

    grader: ForkChild
    readable: tuple[str, ...]
    mapped: int
    """Bytes of the address space that a child begins with."""
    files: Mapping[str, np.ndarray]
    """What may be put beside the notebook, by path."""


@dataclass(slots=True)
class Sealed:
    """What is active and what failed, with the kernel's reason."""

    active: dict[str, Any] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def attempt(self, layer: str, step: Callable[[], Any]) -> None:
        """Put a layer in place, and record truthfully whether it is."""
        try:
            self.active[layer] = step()
        except OSError as error:
            self.failed[layer] = error.strerror or str(error)
        except (KeyError, ValueError) as error:
            self.failed[layer] = f"unknown on this machine: {error}"


def leave_server(end: socket.socket, server: int) -> socket.socket:
    """Become a process of its own: own group, no descriptor but the wire, gone when the server goes."""
    # Of the server's session: one of its own would have as much right to a processor as anybody's.
    os.setpgid(0, 0)
    die_with(server)
    null = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    handle = end.detach()
    if handle != WIRE:
        os.dup2(handle, WIRE)
    os.closerange(WIRE + 1, 1 << 20)  # the server's control line among them
    return socket.socket(fileno=WIRE)


def seal(terms: Terms, server: int) -> Sealed:
    """Put all layers in place and say which hold."""
    sealed, wanted = Sealed(), terms.grader
    if wanted.uid is None:  # others' threads count as well: how many there are is read while /proc can be
        threads = limits.threads_of_machine() + 4 * _THREADS
    else:
        threads, uid = _THREADS, wanted.uid
        sealed.attempt("uid", lambda: _become(uid, server))
    _move_to(wanted.scratch)
    sealed.attempt("capabilities", identity.renounce)
    reach = landlock.Reach((*_ALWAYS_READABLE, *terms.readable), (wanted.scratch,), _DEVICES)
    sealed.attempt("landlock", lambda: landlock.restrict(reach))
    ceiling = limits.Ceiling(
        terms.mapped, wanted.memory_mb, wanted.scratch_mb, wanted.processor_seconds, threads=threads
    )
    sealed.attempt("rlimits", lambda: limits.hold_to(ceiling))
    # Last: it takes away the calls that the steps before it make.
    sealed.attempt("seccomp", seccomp.filter_calls)
    _believe_nothing(sealed)
    return sealed


def _become(uid: int, server: int) -> int:
    identity.become(uid)
    die_with(server)  # a change of user clears it
    return uid


def _move_to(scratch: str) -> None:
    for name in ("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR"):
        os.environ[name] = scratch
    tempfile.tempdir = scratch
    os.umask(0o077)
    os.chdir(scratch)


def _believe_nothing(sealed: Sealed) -> None:
    """Try what the layers forbid; a layer that lets it happen is not active."""
    if "landlock" in sealed.active and not _refused(lambda: os.close(os.open("/", os.O_RDONLY))):
        sealed.failed["landlock"] = "accepted by the kernel, yet / could be opened"
        del sealed.active["landlock"]
    if "seccomp" in sealed.active and not _refused(lambda: socket.socket().close()):
        sealed.failed["seccomp"] = "accepted by the kernel, yet a socket could be opened"
        del sealed.active["seccomp"]


def _refused(step: Callable[[], Any]) -> bool:
    try:
        step()
    except OSError as error:
        return error.errno in (errno.EPERM, errno.EACCES)
    return False
