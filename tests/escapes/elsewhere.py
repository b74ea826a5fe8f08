"""Go to another machine, as it were, and let the doctor and some attacks run there.

    python elsewhere.py '{"uid": 61999, "container": true, "landlock": false, "home": "/tmp/x", ...}'

Started as root: becomes another user, puts itself under a filter like that of a container's runtime, loses
Landlock. What is found is printed as JSON.
"""

import ctypes
import errno
import json
import os
import platform
import struct
import sys
from pathlib import Path

from autograder.sandbox.confine import namespaces
from autograder.sandbox.confine.kernel import NO_NEW_PRIVS, prctl, syscall
from autograder.sandbox.confine.syscalls import NUMBERS
from autograder.sandbox.interpreter import this_interpreter

_CONTAINER = """
unshare mount umount2 setns pivot_root keyctl add_key request_key bpf perf_event_open userfaultfd
open_by_handle_at ptrace process_vm_readv process_vm_writev kcmp io_uring_setup io_uring_enter
io_uring_register init_module finit_module delete_module kexec_load reboot swapon swapoff acct
settimeofday clock_settime open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr fanotify_init
"""
_NEW_NAMESPACE = 0x7E020000
_LANDLOCK = "landlock_create_ruleset landlock_add_rule landlock_restrict_self"


def _step(operation: int, then: int, otherwise: int, operand: int) -> bytes:
    return struct.pack("HBBI", operation, then, otherwise, operand)


def filter_like_a_container(*, container: bool, landlock: bool, mounts: bool) -> None:
    """Docker's default profile in short; or a kernel that has no Landlock; or both."""
    numbers = NUMBERS[platform.machine()]
    steps = [_step(0x20, 0, 0, 0)]

    def answer(names: str, code: int) -> None:
        for name in names.split():
            if name in numbers:
                steps.extend([_step(0x15, 0, 1, numbers[name]), _step(0x06, 0, 0, 0x00050000 | code)])

    if not landlock:
        answer(_LANDLOCK, errno.ENOSYS)
    if not mounts:
        answer("mount", errno.EPERM)
    if container:
        answer(_CONTAINER, errno.EPERM)
        answer("clone3", errno.ENOSYS)
        steps.extend([_step(0x15, 0, 4, numbers["clone"]), _step(0x20, 0, 0, 16)])
        steps.extend([_step(0x45, 0, 1, _NEW_NAMESPACE), _step(0x06, 0, 0, 0x00050000 | errno.EPERM)])
        steps.append(_step(0x06, 0, 0, 0x7FFF0000))
    steps.append(_step(0x06, 0, 0, 0x7FFF0000))
    code = b"".join(steps)
    memory = ctypes.create_string_buffer(code, len(code))
    prctl(NO_NEW_PRIVS, 1)
    syscall("seccomp", 1, 0, struct.pack("H6xQ", len(steps), ctypes.addressof(memory)))


def come_within_reach() -> None:
    """Bind interpreter and libraries over the private folders they lie below, for this process alone."""
    syscall("unshare", 0x00020000)
    namespaces.mount("none", "/", "", 0x4000 | 0x40000)
    roots = [namespaces.Kept(root) for root in this_interpreter().roots]
    private = {
        str(folder) for kept in roots for folder in Path(kept.path).parents if not folder.stat().st_mode & 1
    }
    for folder in sorted(private)[:1]:
        namespaces.cover(folder, [kept for kept in roots if Path(kept.path).is_relative_to(folder)])


def main() -> None:
    there = json.loads(sys.argv[1])
    home = there["home"]
    os.environ |= {"HOME": home, "MPLCONFIGDIR": home, "PYTHONDONTWRITEBYTECODE": "1"}
    if there["reach"]:
        come_within_reach()
    if there["uid"]:
        os.chown(home, there["uid"], there["uid"])
        os.setgroups([])
        os.setresgid(*[there["uid"]] * 3)
        os.setresuid(*[there["uid"]] * 3)
    if there["container"] or not there["landlock"] or not there["mounts"]:
        filter_like_a_container(
            container=there["container"], landlock=there["landlock"], mounts=there["mounts"]
        )
    os.chdir("/tmp")
    os.execv(sys.executable, [sys.executable, "-P", "-c", WORK, str(there["attacks"])])


WORK = """
import json, sys
from autograder.cli.doctor import _as_json
from autograder.doctor.attacks import CATALOGUE
from autograder.doctor.examination import examine
from autograder.doctor.run_attacks import run_attacks
from autograder.sandbox.interpreter import this_interpreter
found = examine()
told = _as_json(found, this_interpreter())
level = max(1, found.isolation.level)
number = int(sys.argv[1])
step = len(CATALOGUE) // number if number else 0
told["outcomes"] = [
    [outcome.attack.name, *outcome.breaches]
    for outcome in (run_attacks(CATALOGUE[::step], accept_level=level) if number else ())
]
print(json.dumps(told))
"""

if __name__ == "__main__":
    main()
