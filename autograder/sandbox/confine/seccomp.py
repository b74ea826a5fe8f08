"""Seccomp: the system calls student code may not make, as a filter the kernel runs before each.

The process can start no other process, open no socket, signal, trace or tune nobody but itself. A change of
mode, owner or time of a file is not done yet reported as done, so that `shutil.copy` keeps working; so is
advice to the kernel about its cache of files, which others use too; and so is a lock, since one on a library
would stop whoever else locks it, and nobody but this process can open what it writes. Attributes are absent,
as on a file system that has none.

Some doors are narrow: a pair of sockets may be of streams only, since half a pair of datagrams can send to
any unix socket of the machine; of `fcntl` and `ioctl` only what is listed is left, since an ordinary user
owns files that others open, and their owner may do more with them than read (leases, flags, verity); a
file may not be emptied by its name, or when opened for reading, which Landlock saw from its third version on.

Two sealed processes that live at the same time have no call by which one tells the other anything: one
of them may know hidden arguments, and the other show what it prints. So a futex is the process's own (the
pages of a library are everybody's, and so would be a futex on one), and nothing is told of how others are
scheduled or of their processor time.

What the kernel keeps for a process outside its memory stays small: buffers of sockets and pipes keep their
first size, no descriptor is in flight, no page is lent to a pipe, no filter or ruleset is added to ours.
Instructions: Linux, `include/uapi/linux/{filter,seccomp}.h`.
"""

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Sequence
from functools import cache

from autograder.sandbox.confine.kernel import NO_NEW_PRIVS, prctl, syscall
from autograder.sandbox.confine.syscalls import AUDIT_ARCH, NEWEST, NUMBERS

_DENIED = """
ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd pidfd_open pidfd_send_signal process_madvise
process_mrelease mount umount2 pivot_root chroot setns unshare open_by_handle_at name_to_handle_at open_tree
move_mount fsopen fsconfig fsmount fspick mount_setattr add_key request_key keyctl bpf perf_event_open
userfaultfd io_uring_setup io_uring_enter io_uring_register init_module finit_module delete_module kexec_load
kexec_file_load reboot swapon swapoff sethostname setdomainname acct quotactl quotactl_fd syslog settimeofday
clock_settime adjtimex clock_adjtime iopl ioperm modify_ldt vhangup personality fanotify_init shmget shmat
shmctl semget semop semtimedop semctl msgget msgsnd msgrcv msgctl mq_open mq_unlink memfd_create memfd_secret
socket connect bind listen accept accept4 migrate_pages move_pages mbind set_mempolicy setpriority ioprio_set
setuid setgid setresuid setresgid setgroups setreuid setregid setfsuid setfsgid capset tkill rt_sigqueueinfo
rt_tgsigqueueinfo fork vfork execve execveat inotify_init inotify_init1 inotify_add_watch inotify_rm_watch
fanotify_mark io_setup io_submit truncate mq_timedsend mq_timedreceive mq_notify mq_getsetattr cachestat
setsockopt sendmsg sendmmsg splice tee vmsplice landlock_create_ruleset landlock_add_rule
landlock_restrict_self seccomp statmount listmount lsm_set_self_attr set_mempolicy_home_node
"""
_PRETENDED = """
chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat flock sync syncfs sync_file_range fadvise64
readahead
"""
_ATTRIBUTES = """
getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr setxattr lsetxattr fsetxattr
removexattr lremovexattr fremovexattr
"""
_TIMES = {"utime": 24, "utimes": 24, "futimesat": 32, "utimensat": 32}  # offsets of the argument
_OF_ITSELF_BY_ZERO = "prlimit64 sched_setaffinity sched_setscheduler sched_setparam sched_setattr"
_OF_ITSELF_BY_PID = "kill tgkill"
_ABOUT_ITSELF = (
    "sched_getscheduler sched_getparam sched_getattr sched_rr_get_interval getpgid getsid get_robust_list"
)
_ABOUT_ITSELF_AS_SECOND = {
    "getpriority": 0,
    "ioprio_get": 1,
}  # what names a process rather than a group or user
_CLOCKS = "clock_gettime clock_getres clock_nanosleep timer_create"
_FUTEX_PRIVATE, _FUTEX_COMMAND = 0x80, 0x7F
_FUTEX_WAITS = (0, 9)  # FUTEX_WAIT, FUTEX_WAIT_BITSET
_CLONE_THREAD = 0x10000
# PR_SET_: PDEATHSIG, DUMPABLE, SECCOMP, MM, PTRACER, MEMORY_MERGE, VMA (names of mappings, which are the
# kernel's memory); PR_SCHED_CORE, by which neighbours lose a processor
_DENIED_PRCTL = (1, 4, 22, 35, 0x59616D61, 67, 0x53564D41, 62)
# F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_GETLK, F_GETOWN, F_GETSIG, F_GETOWN_EX, F_OFD_GETLK; F_GETLEASE,
# F_DUPFD_QUERY, F_CREATED_QUERY, F_DUPFD_CLOEXEC, F_GETPIPE_SZ, F_GET_SEALS
_ALLOWED_FCNTL = (0, 1, 2, 3, 5, 9, 11, 16, 36, 1025, 1027, 1028, 1030, 1032, 1034)
_LOCK_FCNTL = (6, 7, 37, 38)  # F_SETLK, F_SETLKW, and the same of open files
# MADV_: MERGEABLE, by which equal pages of others are felt; COLD, PAGEOUT, COLLAPSE of a library's pages,
# which others use; HWPOISON, SOFT_OFFLINE
_DENIED_MADVISE = (12, 20, 21, 25, 100, 101)
_SET_FLAGS, _SIGNAL_OWNER = 4, 0x2000  # F_SETFL, O_ASYNC
# What terminals and waiting bytes are asked for, FIONBIO, FIONCLEX, FIOCLEX, FIOQSIZE
_ALLOWED_IOCTL = (0x5401, 0x802C542A, 0x540F, 0x5411, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451, 0x5460)
_CLONE_FILE = 0x40049409  # FICLONE, whose callers copy when a file system does not know it
_SHARED_ANONYMOUS = 0x21  # MAP_SHARED (or MAP_SHARED_VALIDATE, which has its bit) and MAP_ANONYMOUS
_UNIX, _STREAM, _KINDS_OF_SOCKET = 1, 1, 0xF
_TRUNCATE_ONLY, _HOW_OPENED = 0x200, 0x203  # O_TRUNC without O_WRONLY or O_RDWR

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _MASK, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _ARCH = 0, 4  # offsets in struct seccomp_data
_FIRST, _SECOND, _THIRD, _FOURTH = 16, 24, 32, 40  # low words of the arguments
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_X32 = 0x40000000
_SET_FILTER, _ALL_THREADS = 1, 1


def _answer(code: int) -> int:
    return 0x00050000 | code


_DENIAL = _answer(errno.EPERM)


def _step(operation: int, then: int, otherwise: int, operand: int) -> bytes:
    return struct.pack("HBBI", operation, then, otherwise, operand & 0xFFFFFFFF)


def _if(test: int, operands: Sequence[int], then: int, otherwise: int) -> list[bytes]:
    """Return `then` if the accumulator passes the test with any of the operands."""
    last = len(operands)
    found = [_step(test, last - at, 0, operand) for at, operand in enumerate(operands)]
    return [*found, _step(_RETURN, 0, 0, otherwise), _step(_RETURN, 0, 0, then)]


def _when(operands: Sequence[int], then: int) -> list[bytes]:
    """Return `then` if the accumulator is one of the operands, else go on."""
    others = [
        _step(_EQUAL, len(operands) - at, 0, operand) for at, operand in enumerate(operands[:-1], start=1)
    ]
    return [*others, _step(_EQUAL, 0, 1, operands[-1]), _step(_RETURN, 0, 0, then)]


def _if_argument(argument: int, test: int, operands: Sequence[int], then: int, otherwise: int) -> list[bytes]:
    return [_step(_LOAD, 0, 0, argument), *_if(test, operands, then, otherwise)]


def program(pid: int, machine: str | None = None) -> bytes:
    """The filter for a process of this number, in the kernel's instructions of 8 bytes."""
    machine = machine or platform.machine()
    numbers = NUMBERS[machine]
    of_itself = _if_argument(_FIRST, _EQUAL, (pid,), _ALLOW, _DENIAL)
    calls = [_settle_by(numbers.get(name), *of_itself) for name in _OF_ITSELF_BY_PID.split()]
    about_itself = _if_argument(_FIRST, _EQUAL, (0, pid), _ALLOW, _DENIAL)
    calls += [_settle_by(numbers.get(name), *about_itself) for name in _ABOUT_ITSELF.split()]
    # As if the kernel did not know it: who asks of one of its threads can then do without.
    mask = _if_argument(_FIRST, _EQUAL, (0, pid), _ALLOW, _answer(errno.ENOSYS))
    calls.append(_settle_by(numbers["sched_getaffinity"], *mask))
    for name, which in _ABOUT_ITSELF_AS_SECOND.items():
        first = [_step(_LOAD, 0, 0, _FIRST), _step(_EQUAL, 1, 0, which), _step(_RETURN, 0, 0, _DENIAL)]
        calls.append(
            _settle_by(numbers[name], *first, *_if_argument(_SECOND, _EQUAL, (0, pid), _ALLOW, _DENIAL))
        )
    # A negative number is the clock of a process or of a thread, spelled as in the kernel's posix-timers.h.
    own = [~number << 3 | kind for number in (0, pid) for kind in (2, 6)]
    others = [
        *[_step(_LOAD, 0, 0, _FIRST), _step(_AT_LEAST, 1, 0, 1 << 31), _step(_RETURN, 0, 0, _ALLOW)],
        *_if(_EQUAL, own, _ALLOW, _answer(errno.EINVAL)),
    ]
    calls += [_settle_by(numbers[name], *others) for name in _CLOCKS.split()]
    return b"".join([_for_any_process(machine), *calls, _step(_RETURN, 0, 0, _ALLOW)])


def _settle_by(number: int | None, *tests: bytes) -> bytes:
    """A call that is decided by its arguments, in steps of which the last returns; nothing for None."""
    return b"" if number is None else b"".join([_step(_EQUAL, 0, len(tests), number), *tests])


@cache
def _for_any_process(machine: str) -> bytes:
    """The part of the filter that is the same for every process: nearly all of it, made once."""
    numbers = NUMBERS[machine]
    # A call in 32-bit mode has other numbers: what is denied below would pass under another's.
    steps = [_step(_LOAD, 0, 0, _ARCH), _step(_EQUAL, 1, 0, AUDIT_ARCH[machine]), _step(_RETURN, 0, 0, _KILL)]
    steps.append(_step(_LOAD, 0, 0, _NUMBER))
    if machine == "x86_64":  # the x32 calls are the same calls under other numbers
        steps += [_step(_AT_LEAST, 0, 1, _X32), _step(_RETURN, 0, 0, _KILL)]

    # Calls that are younger than our table: as if the kernel were as old.
    steps += [_step(_AT_LEAST, 0, 1, NEWEST + 1), _step(_RETURN, 0, 0, _answer(errno.ENOSYS))]

    def settle(names: str, action: int) -> None:
        """Calls that are decided alike: one test each, and one decision for all of them."""
        steps.extend(_when([numbers[name] for name in names.split() if name in numbers], action))

    def settle_by(name: str, *tests: bytes) -> None:
        steps.append(_settle_by(numbers.get(name), *tests))

    settle(_DENIED, _DENIAL)
    settle(_PRETENDED, _answer(0))
    settle("sendfile", _answer(errno.ENOTSOCK))  # as if to no socket: callers then read and write
    settle(_ATTRIBUTES, _answer(errno.EOPNOTSUPP))
    # A time that is given is not set, yet reported as set. "Now", a null pointer, is refused: `touch` takes
    # success for a sign that the file exists, and makes it otherwise.
    for name, times in _TIMES.items():
        settle_by(name, *_if_argument(times, _EQUAL, (0,), _DENIAL, _answer(0)))
    # Their arguments lie in memory, or nobody uses them so far: callers use older ones.
    settle("clone3 openat2 futex_waitv futex_wake futex_wait futex_requeue", _answer(errno.ENOSYS))
    # Who waits for another's futex is told to look again, as `pthread_join` does until its thread has ended.
    shared = [_step(_MASK, 0, 0, _FUTEX_COMMAND), *_if(_EQUAL, _FUTEX_WAITS, _answer(errno.EAGAIN), _DENIAL)]
    private = [_step(_ANY_BIT, 0, 1, _FUTEX_PRIVATE), _step(_RETURN, 0, 0, _ALLOW)]
    settle_by("futex", _step(_LOAD, 0, 0, _SECOND), *private, *shared)
    settle_by("clone", *_if_argument(_FIRST, _ANY_BIT, (_CLONE_THREAD,), _ALLOW, _DENIAL))
    for name in _OF_ITSELF_BY_ZERO.split():
        settle_by(name, *_if_argument(_FIRST, _EQUAL, (0,), _ALLOW, _DENIAL))
    settle_by("prctl", *_if_argument(_FIRST, _EQUAL, _DENIED_PRCTL, _DENIAL, _ALLOW))
    flags = _if_argument(_THIRD, _ANY_BIT, (_SIGNAL_OWNER,), _DENIAL, _ALLOW)
    settle_by(
        "fcntl",
        *[_step(_LOAD, 0, 0, _SECOND), _step(_EQUAL, 0, len(flags), _SET_FLAGS), *flags],
        *_when(_LOCK_FCNTL, _answer(0)),
        *_if(_EQUAL, _ALLOWED_FCNTL, _ALLOW, _DENIAL),
    )
    # Of shared memory that no file has, one page keeps all others when those are unmapped: nothing counts it.
    shared = [_step(_MASK, 0, 0, _SHARED_ANONYMOUS), *_if(_EQUAL, (_SHARED_ANONYMOUS,), _DENIAL, _ALLOW)]
    settle_by("mmap", _step(_LOAD, 0, 0, _FOURTH), *shared)
    settle_by("madvise", *_if_argument(_THIRD, _EQUAL, _DENIED_MADVISE, _answer(errno.EINVAL), _ALLOW))
    unknown = _when((_CLONE_FILE,), _answer(errno.EOPNOTSUPP))
    settle_by("ioctl", _step(_LOAD, 0, 0, _SECOND), *unknown, *_if(_EQUAL, _ALLOWED_IOCTL, _ALLOW, _DENIAL))
    empties = [_step(_MASK, 0, 0, _HOW_OPENED), *_if(_EQUAL, (_TRUNCATE_ONLY,), _DENIAL, _ALLOW)]
    settle_by("open", _step(_LOAD, 0, 0, _SECOND), *empties)
    settle_by("openat", _step(_LOAD, 0, 0, _THIRD), *empties)
    settle_by(
        "socketpair",
        *[_step(_LOAD, 0, 0, _FIRST), _step(_EQUAL, 1, 0, _UNIX), _step(_RETURN, 0, 0, _DENIAL)],
        *[_step(_LOAD, 0, 0, _SECOND), _step(_MASK, 0, 0, _KINDS_OF_SOCKET)],
        *_if(_EQUAL, (_STREAM,), _ALLOW, _DENIAL),
    )
    return b"".join(steps)


def filter_calls() -> int:
    """Put the filter over every thread of this process, for good; returns its number of instructions."""
    code = program(os.getpid())
    count = len(code) // 8
    memory = ctypes.create_string_buffer(code, len(code))
    prctl(NO_NEW_PRIVS, 1)
    syscall("seccomp", _SET_FILTER, _ALL_THREADS, struct.pack("H6xQ", count, ctypes.addressof(memory)))
    return count
