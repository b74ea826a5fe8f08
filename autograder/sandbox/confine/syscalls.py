"""Numbers of the system calls we use or deny, per machine: data, because headers are not always installed.

From Linux 6.12's `asm/unistd_64.h` (x86_64) and `asm-generic/unistd.h` (aarch64). A call that a machine
lacks (aarch64 has no `fork`) is absent from its table.
"""

import platform
from functools import cache
from types import MappingProxyType

# fmt: off
_X86_64 = {
    "accept": 43, "accept4": 288, "acct": 163, "add_key": 248, "adjtimex": 159, "bind": 49, "bpf": 321,
    "capset": 126, "chmod": 90, "chown": 92, "chroot": 161, "clock_adjtime": 305, "clock_settime": 227,
    "clone": 56, "clone3": 435, "connect": 42, "delete_module": 176, "execve": 59, "execveat": 322,
    "fanotify_init": 300, "fchmod": 91, "fchmodat": 268, "fchmodat2": 452, "fchown": 93, "fchownat": 260,
    "finit_module": 313, "fork": 57, "fremovexattr": 199, "fsconfig": 431, "fsetxattr": 190, "fsmount": 432,
    "fsopen": 430, "fspick": 433, "futimesat": 261, "init_module": 175, "io_uring_enter": 426,
    "io_uring_register": 427, "io_uring_setup": 425, "ioperm": 173, "iopl": 172, "ioprio_set": 251,
    "kcmp": 312, "kexec_file_load": 320, "kexec_load": 246, "keyctl": 250, "kill": 62,
    "landlock_add_rule": 445, "landlock_create_ruleset": 444, "landlock_restrict_self": 446, "lchown": 94,
    "listen": 50, "lremovexattr": 198, "lsetxattr": 189, "mbind": 237, "memfd_create": 319,
    "memfd_secret": 447, "migrate_pages": 256, "modify_ldt": 154, "mount": 165, "mount_setattr": 442,
    "move_mount": 429, "move_pages": 279, "mq_open": 240, "mq_unlink": 241, "msgctl": 71, "msgget": 68,
    "msgrcv": 70, "msgsnd": 69, "name_to_handle_at": 303, "open_by_handle_at": 304, "open_tree": 428,
    "perf_event_open": 298, "personality": 135, "pidfd_getfd": 438, "pidfd_open": 434,
    "pidfd_send_signal": 424, "pivot_root": 155, "prctl": 157, "prlimit64": 302, "process_madvise": 440,
    "process_mrelease": 448, "process_vm_readv": 310, "process_vm_writev": 311, "ptrace": 101,
    "quotactl": 179, "quotactl_fd": 443, "reboot": 169, "removexattr": 197, "request_key": 249,
    "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297, "sched_setaffinity": 203, "sched_setattr": 314,
    "sched_setparam": 142, "sched_setscheduler": 144, "seccomp": 317, "semctl": 66, "semget": 64,
    "semop": 65, "semtimedop": 220, "set_mempolicy": 238, "setdomainname": 171, "setfsgid": 123,
    "setfsuid": 122, "setgid": 106, "setgroups": 116, "sethostname": 170, "setns": 308, "setpriority": 141,
    "setregid": 114, "setresgid": 119, "setresuid": 117, "setreuid": 113, "settimeofday": 164,
    "setuid": 105, "setxattr": 188, "shmat": 30, "shmctl": 31, "shmget": 29, "socket": 41, "swapoff": 168,
    "swapon": 167, "syslog": 103, "tgkill": 234, "tkill": 200, "umount2": 166, "unshare": 272,
    "userfaultfd": 323, "utime": 132, "utimensat": 280, "utimes": 235, "vfork": 58, "vhangup": 153,
    "fcntl": 72, "inotify_add_watch": 254, "inotify_init": 253, "inotify_init1": 294, "io_setup": 206,
    "ioctl": 16, "open": 2, "openat": 257, "openat2": 437, "socketpair": 53, "sync": 162, "syncfs": 306,
    "truncate": 76,
    "cachestat": 451, "fadvise64": 221, "fanotify_mark": 301, "flock": 73, "inotify_rm_watch": 255,
    "io_submit": 209, "mq_getsetattr": 245, "mq_notify": 244, "mq_timedreceive": 243,
    "mq_timedsend": 242, "readahead": 187, "sendfile": 40, "sendmmsg": 307, "sendmsg": 46,
    "setsockopt": 54, "splice": 275, "sync_file_range": 277, "tee": 276, "vmsplice": 278,
    "fgetxattr": 193, "flistxattr": 196, "getxattr": 191, "lgetxattr": 192, "listxattr": 194,
    "listmount": 458, "llistxattr": 195, "lsm_set_self_attr": 460, "madvise": 28,
    "mlock": 149, "mmap": 9, "mlock2": 325, "mlockall": 151, "set_mempolicy_home_node": 450, "statmount": 457,
    "futex": 202, "futex_requeue": 456, "futex_wait": 455, "futex_waitv": 449, "futex_wake": 454,
    "clock_getres": 229, "clock_gettime": 228, "clock_nanosleep": 230, "timer_create": 222,
    "get_robust_list": 274, "getpgid": 121, "getpriority": 140, "getsid": 124, "ioprio_get": 252,
    "sched_getaffinity": 204, "sched_getattr": 315, "sched_getparam": 143, "sched_getscheduler": 145,
    "sched_rr_get_interval": 148,
}
_AARCH64 = {
    "accept": 202, "accept4": 242, "acct": 89, "add_key": 217, "adjtimex": 171, "bind": 200, "bpf": 280,
    "capset": 91, "chroot": 51, "clock_adjtime": 266, "clock_settime": 112, "clone": 220, "clone3": 435,
    "connect": 203, "delete_module": 106, "execve": 221, "execveat": 281, "fanotify_init": 262,
    "fchmod": 52, "fchmodat": 53, "fchmodat2": 452, "fchown": 55, "fchownat": 54, "finit_module": 273,
    "fremovexattr": 16, "fsconfig": 431, "fsetxattr": 7, "fsmount": 432, "fsopen": 430, "fspick": 433,
    "init_module": 105, "io_uring_enter": 426, "io_uring_register": 427, "io_uring_setup": 425,
    "ioprio_set": 30, "kcmp": 272, "kexec_file_load": 294, "kexec_load": 104, "keyctl": 219, "kill": 129,
    "landlock_add_rule": 445, "landlock_create_ruleset": 444, "landlock_restrict_self": 446, "listen": 201,
    "lremovexattr": 15, "lsetxattr": 6, "mbind": 235, "memfd_create": 279, "memfd_secret": 447,
    "migrate_pages": 238, "mount": 40, "mount_setattr": 442, "move_mount": 429, "move_pages": 239,
    "mq_open": 180, "mq_unlink": 181, "msgctl": 187, "msgget": 186, "msgrcv": 188, "msgsnd": 189,
    "name_to_handle_at": 264, "open_by_handle_at": 265, "open_tree": 428, "perf_event_open": 241,
    "personality": 92, "pidfd_getfd": 438, "pidfd_open": 434, "pidfd_send_signal": 424, "pivot_root": 41,
    "prctl": 167, "prlimit64": 261, "process_madvise": 440, "process_mrelease": 448,
    "process_vm_readv": 270, "process_vm_writev": 271, "ptrace": 117, "quotactl": 60, "quotactl_fd": 443,
    "reboot": 142, "removexattr": 14, "request_key": 218, "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240,
    "sched_setaffinity": 122, "sched_setattr": 274, "sched_setparam": 118, "sched_setscheduler": 119,
    "seccomp": 277, "semctl": 191, "semget": 190, "semop": 193, "semtimedop": 192, "set_mempolicy": 237,
    "setdomainname": 162, "setfsgid": 152, "setfsuid": 151, "setgid": 144, "setgroups": 159,
    "sethostname": 161, "setns": 268, "setpriority": 140, "setregid": 143, "setresgid": 149,
    "setresuid": 147, "setreuid": 145, "settimeofday": 170, "setuid": 146, "setxattr": 5, "shmat": 196,
    "shmctl": 195, "shmget": 194, "socket": 198, "swapoff": 225, "swapon": 224, "syslog": 116,
    "tgkill": 131, "tkill": 130, "umount2": 39, "unshare": 97, "userfaultfd": 282, "utimensat": 88,
    "vhangup": 58, "fcntl": 25, "inotify_add_watch": 27, "inotify_init1": 26, "io_setup": 0, "ioctl": 29,
    "openat": 56, "openat2": 437, "socketpair": 199, "sync": 81, "syncfs": 267, "truncate": 45,
    "cachestat": 451, "fadvise64": 223, "fanotify_mark": 263, "flock": 32, "inotify_rm_watch": 28,
    "io_submit": 2, "mq_getsetattr": 185, "mq_notify": 184, "mq_timedreceive": 183, "mq_timedsend": 182,
    "readahead": 213, "sendfile": 71, "sendmmsg": 269, "sendmsg": 211, "setsockopt": 208, "splice": 76,
    "sync_file_range": 84, "tee": 77, "vmsplice": 75,
    "fgetxattr": 10, "flistxattr": 13, "getxattr": 8, "lgetxattr": 9, "listxattr": 11, "listmount": 458,
    "llistxattr": 12, "lsm_set_self_attr": 460, "madvise": 233, "mmap": 222, "mlock": 228,
    "mlock2": 284, "mlockall": 230, "set_mempolicy_home_node": 450, "statmount": 457,
    "futex": 98, "futex_requeue": 456, "futex_wait": 455, "futex_waitv": 449, "futex_wake": 454,
    "clock_getres": 114, "clock_gettime": 113, "clock_nanosleep": 115, "timer_create": 107,
    "get_robust_list": 100, "getpgid": 155, "getpriority": 141, "getsid": 156, "ioprio_get": 31,
    "sched_getaffinity": 123, "sched_getattr": 275, "sched_getparam": 121, "sched_getscheduler": 120,
    "sched_rr_get_interval": 127,
}
# fmt: on

AUDIT_ARCH = MappingProxyType({"x86_64": 0xC000003E, "aarch64": 0xC00000B7})
"""How the kernel names the machine to a seccomp filter."""

NEWEST = 462
"""The last call of Linux 6.12, on every machine. What came later is unknown here, and so not allowed."""

NUMBERS = MappingProxyType({"x86_64": _X86_64, "aarch64": _AARCH64})


@cache
def number(name: str, machine: str | None = None) -> int:
    """The number of a system call on this machine (or the named one); KeyError where it has none."""
    return NUMBERS[machine or platform.machine()][name]
