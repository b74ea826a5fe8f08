"""The layers themselves: what the filter decides on every machine, what cannot be taken back."""

import errno
import os
import platform
import struct
import subprocess
import sys

import pytest

from autograder.sandbox.confine import landlock, seccomp
from autograder.sandbox.confine.syscalls import AUDIT_ARCH, NUMBERS, number
from autograder.sandbox.system import pages

ALLOWED, KILLED = 0x7FFF0000, 0x80000000
DENIED, PRETENDED, ABSENT, ATTRIBUTES = (
    0x00050000 | code for code in (errno.EPERM, 0, errno.ENOSYS, errno.EOPNOTSUPP)
)
ME = 4711
NO_CLOCK = 0x00050000 | errno.EINVAL
CLOCKS = ("clock_gettime", "clock_getres", "clock_nanosleep", "timer_create")
OF_A_PROCESS = (
    *("sched_getscheduler", "sched_getparam", "sched_getattr", "sched_rr_get_interval"),
    *("getpgid", "getsid", "get_robust_list"),
)


def clock_of(who, kind):
    """The number of a clock of a process or a thread, as a system call is given it."""
    return (~who << 3 | kind) & 0xFFFFFFFF


def decide(code, call, *arguments, arch):
    """What the kernel would do: a small interpreter of the instructions we use."""
    data = struct.pack("<iIQ6Q", call, arch, 0, *arguments, *[0] * (6 - len(arguments)))
    at = accumulator = 0
    while True:
        operation, then, otherwise, operand = struct.unpack_from("HBBI", code, 8 * at)
        at += 1
        if operation == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, operand)
        elif operation == 0x06:
            return operand
        elif operation == 0x54:
            accumulator &= operand
        else:
            test = {
                0x15: accumulator == operand,
                0x35: accumulator >= operand,
                0x45: bool(accumulator & operand),
            }
            at += then if test[operation] else otherwise


DECISIONS = [
    ("clone", 0x3D0F00, ALLOWED),
    ("clone", 0x01200011, DENIED),
    ("clone3", 0, ABSENT),
    ("fork", 0, DENIED),
    ("execve", 0, DENIED),
    ("socket", 0, DENIED),
    ("ptrace", 0, DENIED),
    ("io_uring_setup", 0, DENIED),
    ("kill", ME, ALLOWED),
    ("kill", ME + 1, DENIED),
    ("kill", 0, DENIED),
    ("tgkill", ME, ALLOWED),
    ("tgkill", 1, DENIED),
    ("tkill", ME, DENIED),
    ("prlimit64", 0, ALLOWED),
    ("prlimit64", ME, DENIED),
    ("prctl", 1, DENIED),
    ("prctl", 4, DENIED),
    ("prctl", 15, ALLOWED),
    ("fchmodat", 0, PRETENDED),
    ("chmod", 0, PRETENDED),
    ("prctl", 22, DENIED),
    ("prctl", 0x59616D61, DENIED),
    ("landlock_restrict_self", 0, DENIED),
    ("landlock_create_ruleset", 0, DENIED),
    ("seccomp", 1, DENIED),
    ("sendmsg", 3, DENIED),
    ("setsockopt", (3, 1, 7), DENIED),
    ("vmsplice", 3, DENIED),
    ("sendfile", 3, 0x00050000 | errno.ENOTSOCK),
    ("fadvise64", 3, PRETENDED),
    ("utimensat", (3, 0, 1 << 20), PRETENDED),
    ("utimensat", (3, 0, 0), DENIED),  # the time of now: `touch` makes a file that is not there
    ("utimes", (1 << 20, 1 << 20), PRETENDED),
    ("utimes", (1 << 20, 0), DENIED),
    ("flock", (3, 2), PRETENDED),
    ("fgetxattr", 3, ATTRIBUTES),
    ("setxattr", 0, ATTRIBUTES),
    ("listxattr", 0, ATTRIBUTES),
    *[("madvise", (0, 4096, advice), 0x00050000 | errno.EINVAL) for advice in (12, 20, 21, 25, 100, 101)],
    *[("madvise", (0, 4096, advice), ALLOWED) for advice in (0, 3, 4, 8, 14)],
    ("listmount", 0, DENIED),
    *[("mmap", (0, 4096, 3, flags), DENIED) for flags in (0x21, 0x23, 0x100021, 0x40021)],
    *[("mmap", (0, 4096, 3, flags), ALLOWED) for flags in (0x01, 0x02, 0x22, 0x100022)],
    ("socketpair", (1, 0x80801), ALLOWED),
    ("socketpair", (1, 2), DENIED),
    ("socketpair", (30, 1), DENIED),
    ("fcntl", (9, 2), ALLOWED),
    ("fcntl", (9, 8), DENIED),
    ("fcntl", (9, 1026), DENIED),
    *[("fcntl", (9, command), DENIED) for command in (10, 15, 17, 1024, 1029, 1031, 1033, 1036, 1038, 9999)],
    *[("fcntl", (9, command), ALLOWED) for command in (0, 1, 2, 3, 5, 36, 1025, 1030, 1032)],
    *[("fcntl", (9, command), PRETENDED) for command in (6, 7, 37, 38)],  # locks
    ("fcntl", (9, 4, 0x800), ALLOWED),
    ("fcntl", (9, 4, 0x2800), DENIED),
    ("ioctl", (9, 0x5401), ALLOWED),
    *[("ioctl", (9, request), DENIED) for request in (0x8901, 0x8902, 0x5452, 0x40086602, 0x40086685)],
    *[("ioctl", (9, request), ALLOWED) for request in (0x5413, 0x541B, 0x5421, 0x5451)],
    ("ioctl", (9, 0x40049409), 0x00050000 | errno.EOPNOTSUPP),
    ("openat", (0, 0, 0x80241), ALLOWED),
    ("openat", (0, 0, 0x80000), ALLOWED),
    ("openat", (0, 0, 0x80200), DENIED),
    ("open", (0, 0x202), ALLOWED),
    ("open", (0, 0x200), DENIED),
    ("openat2", 0, ABSENT),
    ("truncate", 0, DENIED),
    ("inotify_add_watch", 0, DENIED),
    # A futex on a page of a library would be one for all who have mapped it.
    *[("futex", (1 << 20, 0x80 | command), ALLOWED) for command in range(14)],
    *[("futex", (1 << 20, command), 0x00050000 | errno.EAGAIN) for command in (0, 9, 0x109)],
    *[("futex", (1 << 20, command), DENIED) for command in (1, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 0x101)],
    *[(name, 1 << 20, ABSENT) for name in ("futex_waitv", "futex_wake", "futex_wait", "futex_requeue")],
    # How others are scheduled, and which there are, is told to nobody.
    *[(name, who, ALLOWED) for name in OF_A_PROCESS for who in (0, ME)],
    *[(name, ME + 1, DENIED) for name in OF_A_PROCESS],
    *[("sched_getaffinity", who, ALLOWED) for who in (0, ME)],
    ("sched_getaffinity", ME + 1, ABSENT),
    *[("getpriority", (0, who), ALLOWED) for who in (0, ME)],
    *[("getpriority", where, DENIED) for where in ((0, ME + 1), (1, 0), (2, 0))],
    *[("ioprio_get", (1, who), ALLOWED) for who in (0, ME)],
    *[("ioprio_get", where, DENIED) for where in ((1, ME + 1), (2, 0), (3, 0))],
    *[(name, clock, ALLOWED) for name in CLOCKS for clock in (0, 1, 2, 3, 4, 11)],
    *[(name, clock_of(who, kind), ALLOWED) for name in CLOCKS for who in (0, ME) for kind in (2, 6)],
    *[(name, clock_of(ME + 1, kind), NO_CLOCK) for name in CLOCKS for kind in (0, 1, 2, 3, 6)],
]
EVERYWHERE = [
    (machine, decision[0], decision[1] if isinstance(decision[1], tuple) else decision[1:2], decision[2])
    for machine, numbers in sorted(NUMBERS.items())
    for decision in DECISIONS
    if decision[0] in numbers  # aarch64 has no fork
]


@pytest.mark.parametrize(("machine", "name", "arguments", "decision"), EVERYWHERE)
def test_the_filter_decides_alike_on_every_machine(machine, name, arguments, decision):
    """By the numbers of that machine, whichever this one is."""
    code = seccomp.program(ME, machine)
    assert decide(code, number(name, machine), *arguments, arch=AUDIT_ARCH[machine]) == decision


@pytest.mark.parametrize("machine", sorted(NUMBERS))
def test_calls_that_are_newer_than_the_filter_do_not_exist(machine):
    """What nobody has looked at yet is not allowed."""
    code = seccomp.program(ME, machine)
    assert decide(code, 463, arch=AUDIT_ARCH[machine]) == ABSENT  # setxattrat
    assert decide(code, 462, arch=AUDIT_ARCH[machine]) == ALLOWED


def test_calls_of_another_machine_are_fatal():
    """A call under another table of numbers, or under x32, ends the process."""
    code = seccomp.program(ME, "x86_64")
    assert decide(code, 0, arch=AUDIT_ARCH["aarch64"]) == KILLED
    assert decide(code, 0x40000000 + 57, arch=AUDIT_ARCH["x86_64"]) == KILLED
    assert decide(code, 0, arch=AUDIT_ARCH["x86_64"]) == ALLOWED


def test_every_denied_call_has_a_number_somewhere():
    """A misspelt name would deny nothing."""
    names = f"{seccomp._DENIED} {seccomp._PRETENDED} {seccomp._ATTRIBUTES} {seccomp._OF_ITSELF_BY_ZERO}"
    names = f"{names} {seccomp._OF_ITSELF_BY_PID} {' '.join(seccomp._TIMES)}"
    known = set(NUMBERS["x86_64"]) | set(NUMBERS["aarch64"])
    assert set(names.split()) <= known


def test_no_two_calls_share_a_number():
    """The tables are one to one."""
    for table in NUMBERS.values():
        assert len(set(table.values())) == len(table)


@pytest.mark.skipif(platform.system() != "Linux" or not landlock.abi(), reason="this kernel has no Landlock")
def test_landlock_leaves_what_is_named(tmp_path):
    """In a process of its own: the folder stays writable, its neighbour is gone."""
    code = (
        "import os, sys\nfrom autograder.sandbox.confine import landlock\n"
        "mine = sys.argv[1]\n"
        "print(landlock.restrict(landlock.Reach(('/usr', '/not/there'), (mine,), ('/dev/null',))))\n"
        "open(mine + '/a', 'w').close(); open('/dev/null', 'w').close()\n"
        "for path in (mine + '/..', '/'):\n"
        "    try: os.listdir(path)\n"
        "    except PermissionError: print('refused')\n"
    )
    (tmp_path / "mine").mkdir()
    run = [sys.executable, "-c", code, str(tmp_path / "mine")]
    told = subprocess.run(run, capture_output=True, text=True, check=True, env=os.environ).stdout.split()
    assert told == [str(landlock.abi()), "refused", "refused"]


def test_gathering_memory_changes_nothing_that_it_holds():
    """Whether or not this kernel makes large pages of it."""
    held = bytearray(os.urandom(1 << 20) * 8)
    before = bytes(held)
    pages.gather()
    held[12345] ^= 1
    assert held[:12345] + held[12346:] == before[:12345] + before[12346:]
    assert held[12345] == before[12345] ^ 1
