"""Seccomp: the system calls student code may not make, as a filter the kernel runs before each.

The process can start no other process, open no socket, signal, trace or tune nobody but itself. A change of
mode, owner or time of a file is not done yet reported as done, so that `shutil.copy` keeps working.
Instructions: Linux, `include/uapi/linux/{filter,seccomp}.h`.
"""

import ctypes
import errno
import os
import platform
import struct

from autograder.sandbox.confine.kernel import NO_NEW_PRIVS, prctl, syscall
from autograder.sandbox.confine.syscalls import AUDIT_ARCH, NUMBERS

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
rt_tgsigqueueinfo fork vfork execve execveat
"""
_PRETENDED = """
chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat
setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
"""
_OF_ITSELF_BY_ZERO = "prlimit64 sched_setaffinity sched_setscheduler sched_setparam sched_setattr"
_OF_ITSELF_BY_PID = "kill tgkill"
_CLONE_THREAD = 0x10000
_DENIED_PRCTL = (1, 4)  # PR_SET_PDEATHSIG, PR_SET_DUMPABLE

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _FIRST = 0, 4, 16  # offsets in struct seccomp_data; 16: low word of the first argument
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_X32 = 0x40000000
_SET_FILTER, _ALL_THREADS = 1, 1


def _answer(code: int) -> int:
    return 0x00050000 | code


def _step(operation: int, then: int, otherwise: int, operand: int) -> bytes:
    return struct.pack("HBBI", operation, then, otherwise, operand & 0xFFFFFFFF)


def program(pid: int, machine: str | None = None) -> bytes:
    """The filter for a process of this number, in the kernel's instructions of 8 bytes."""
    machine = machine or platform.machine()
    numbers = NUMBERS[machine]
    steps = [_step(_LOAD, 0, 0, _ARCH), _step(_EQUAL, 1, 0, AUDIT_ARCH[machine]), _step(_RETURN, 0, 0, _KILL)]
    steps.append(_step(_LOAD, 0, 0, _NUMBER))
    if machine == "x86_64":  # the x32 calls are the same calls under other numbers
        steps += [_step(_AT_LEAST, 0, 1, _X32), _step(_RETURN, 0, 0, _KILL)]

    def settle(names: str, action: int) -> None:
        for name in names.split():
            if name in numbers:
                steps.extend([_step(_EQUAL, 0, 1, numbers[name]), _step(_RETURN, 0, 0, action)])

    def settle_by_first(name: str, test: int, operand: int, then: int, otherwise: int) -> None:
        steps.extend(
            [
                _step(_EQUAL, 0, 4, numbers[name]),
                _step(_LOAD, 0, 0, _FIRST),
                _step(test, 0, 1, operand),
                _step(_RETURN, 0, 0, then),
                _step(_RETURN, 0, 0, otherwise),
            ]
        )

    denied = _answer(errno.EPERM)
    settle(_DENIED, denied)
    settle(_PRETENDED, _answer(0))
    settle("clone3", _answer(errno.ENOSYS))  # its arguments lie in memory: the C library then uses clone
    settle_by_first("clone", _ANY_BIT, _CLONE_THREAD, _ALLOW, denied)
    for name in _OF_ITSELF_BY_ZERO.split():
        settle_by_first(name, _EQUAL, 0, _ALLOW, denied)
    for name in _OF_ITSELF_BY_PID.split():
        settle_by_first(name, _EQUAL, pid, _ALLOW, denied)
    steps.append(_step(_EQUAL, 0, 4, numbers["prctl"]))
    steps.append(_step(_LOAD, 0, 0, _FIRST))
    steps.append(_step(_EQUAL, 1, 0, _DENIED_PRCTL[0]))
    steps.append(_step(_EQUAL, 0, 1, _DENIED_PRCTL[1]))
    steps.append(_step(_RETURN, 0, 0, denied))
    steps.append(_step(_RETURN, 0, 0, _ALLOW))
    return b"".join(steps)


def filter_calls() -> int:
    """Put the filter over every thread of this process, for good; returns its number of instructions."""
    code = program(os.getpid())
    count = len(code) // 8
    memory = ctypes.create_string_buffer(code, len(code))
    prctl(NO_NEW_PRIVS, 1)
    syscall("seccomp", _SET_FILTER, _ALL_THREADS, struct.pack("H6xQ", count, ctypes.addressof(memory)))
    return count
