"""Resource limits of one process: memory, processor time, size of a file, descriptors, threads."""

import resource
from dataclasses import dataclass
from pathlib import Path

_PAGE = resource.getpagesize()

BUFFER = 320 << 10
"""What one descriptor can hold at most: a socket of 208 KB, and a last message that began below that."""
_QUEUED = 256


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What one process may use. Memory counts from what the process already has: `mapped` bytes."""

    mapped: int
    memory_mb: int
    file_mb: int
    processor_seconds: int
    descriptors: int = 64
    """Each may hold a buffer that is the kernel's and not in `memory_mb`: `BUFFER` bytes at most."""
    threads: int = 64
    """Counted over all processes of the user, so more where student code runs as somebody who has others."""


def mapped_bytes() -> int:
    """The size of this process's address space, and of a child's when it begins."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * _PAGE


def threads_of_machine() -> int:
    """How many threads there are, of all users together."""
    return int(Path("/proc/loadavg").read_text().split()[3].partition("/")[2])


def hold_to(ceiling: Ceiling) -> None:
    """Set every limit, hard and soft, so that none can be raised again."""
    space = ceiling.mapped + (ceiling.memory_mb << 20)
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: ceiling.file_mb << 20,
        resource.RLIMIT_NOFILE: ceiling.descriptors,
        resource.RLIMIT_AS: space,
        resource.RLIMIT_MEMLOCK: 0,
        # Memory of the kernel's for a user: queued signals (a timer is one), queues of messages.
        resource.RLIMIT_SIGPENDING: _QUEUED,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_NPROC: ceiling.threads,
    }
    for which, most in limits.items():
        resource.setrlimit(which, (most, most))
    # SIGXCPU at the first, which Python code could ignore; SIGKILL a second later.
    resource.setrlimit(resource.RLIMIT_CPU, (ceiling.processor_seconds, ceiling.processor_seconds + 1))
