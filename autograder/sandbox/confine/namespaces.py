"""Namespaces of the fork server: its own process numbers, mounts, network; a folder covered by a small one.

Student code that is forked from there sees no process but its own, no network, and of a covered folder only
what was bound back into it, read-only.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.confine.kernel import checked, libc, syscall

_NEW_MOUNT, _NEW_UTS, _NEW_IPC, _NEW_USER, _NEW_PID, _NEW_NET = (
    0x00020000,
    0x04000000,
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
_READ_ONLY, _NO_SUID, _NO_DEVICES, _NO_EXEC = 1, 2, 4, 8
_DETACH = 2
_SLACK_MB, _MOST_FILES = 4, 20_000
_REMOUNT, _BIND, _RECURSIVE, _PRIVATE = 0x20, 0x1000, 0x4000, 0x40000


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder that stays reachable below a covered one, at its own path."""

    path: str
    writable: bool = False


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Attach a file system or a folder, with failure as an OSError."""
    arguments = (source.encode(), target.encode(), kind.encode(), flags, options.encode() or None)
    checked(libc().mount(*arguments), f"mount {target}")


def mount_scratch(folder: str, size_mb: int, uid: int | None) -> None:
    """Make a folder a small file system in memory, for its owner alone.

    It holds a little more than may be used, so that whoever looks sees the limit exceeded before it is full.
    """
    owner = "" if uid is None else f",uid={uid},gid={uid}"
    options = f"size={size_mb + _SLACK_MB}m,nr_inodes={_MOST_FILES},mode=700{owner}"
    mount("tmpfs", folder, "tmpfs", _NO_SUID | _NO_DEVICES | _NO_EXEC, options)


def unmount(folder: str) -> None:
    """Take away what was mounted on a folder, with all that is in it."""
    # Detached, because the grader may still hold a descriptor on it.
    checked(libc().umount2(folder.encode(), _DETACH), f"umount {folder}")


def unshare() -> tuple[str, ...]:
    """Leave the namespaces of everybody else; returns which. Children, not this process, get new numbers.

    As root directly; as an ordinary user inside a user namespace where that user is still itself.
    """
    uid, gid = os.geteuid(), os.getegid()
    flags = _NEW_MOUNT | _NEW_UTS | _NEW_IPC | _NEW_PID | _NEW_NET
    names: tuple[str, ...] = ("pid", "mount", "network", "ipc")
    if uid != 0:
        flags |= _NEW_USER
        names = ("user", *names)
    syscall("unshare", flags)
    if uid != 0:
        # The kernel lets an ordinary user map a group only once groups cannot be set any more.
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    # Where / is shared, as systemd makes it, what is mounted here would else appear outside.
    mount("none", "/", "", _RECURSIVE | _PRIVATE)
    return names


def own_proc() -> None:
    """Show only the processes of this namespace under /proc."""
    mount("proc", "/proc", "proc", _NO_SUID | _NO_DEVICES | _NO_EXEC)


def number_next(pid: int) -> None:
    """Give the next process of this namespace this number, or the first above that is free.

    Raises OSError where the kernel does not let it be chosen.
    """
    Path("/proc/sys/kernel/ns_last_pid").write_text(str(pid - 1))


def cover(folder: str, kept: Sequence[Kept]) -> None:
    """Put a small empty file system over a folder, with what is kept bound back at its own path."""
    # Opened first: once the folder is covered, their paths lead nowhere.
    handles = [os.open(item.path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC) for item in kept]
    try:
        mount("tmpfs", folder, "tmpfs", _NO_SUID | _NO_DEVICES, "size=1m,nr_inodes=1k,mode=755")
        for item, handle in zip(kept, handles, strict=True):
            Path(item.path).mkdir(parents=True, exist_ok=True)
            mount(f"/proc/self/fd/{handle}", item.path, "", _BIND | _RECURSIVE)
            # A bind takes other flags only when it is mounted again.
            extra = 0 if item.writable else _READ_ONLY
            mount("none", item.path, "", _REMOUNT | _BIND | _NO_SUID | _NO_DEVICES | extra)
        mount("none", folder, "", _REMOUNT | _BIND | _NO_SUID | _NO_DEVICES | _READ_ONLY)
    finally:
        for handle in handles:
            os.close(handle)
