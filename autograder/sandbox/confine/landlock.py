"""Landlock: the files, ports and processes this process may reach from here on.

Rights and structures: Linux, `include/uapi/linux/landlock.h`. An ABI the kernel lacks protects less, so
what is active is said by its number; nothing is silently degraded to nothing.
"""

import os
import stat
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.sandbox.confine.kernel import NO_NEW_PRIVS, prctl, syscall

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
_MAKE_CHAR, _MAKE_SOCK, _MAKE_FIFO, _MAKE_BLOCK = 1 << 6, 1 << 9, 1 << 10, 1 << 11
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
# Rights are bits from the first on: 2 added linking elsewhere, 3 truncating, 5 ioctl on devices.
_RIGHTS_OF_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | _TRUNCATE | _IOCTL_DEV
_NEVER_MADE = EXECUTE | _MAKE_CHAR | _MAKE_SOCK | _MAKE_FIFO | _MAKE_BLOCK
_GET_VERSION = 1
_RULE_PATH_BENEATH = 1


@dataclass(frozen=True, slots=True)
class Reach:
    """What stays reachable: everything else on disk does not."""

    readable: tuple[str, ...] = ()
    """Files, or folders with all that is below them."""
    writable: tuple[str, ...] = ()
    """Folders."""
    devices: tuple[str, ...] = ()
    """Files that may be read and written, such as /dev/null."""


def abi() -> int:
    """The kernel's Landlock version, 0 where there is none."""
    try:
        return syscall("landlock_create_ruleset", None, 0, _GET_VERSION)
    except OSError:
        return 0


def restrict(reach: Reach) -> int:
    """Leave this thread nothing but `reach`; returns the ABI that holds. OSError where there is none."""
    version = abi()
    rights = (1 << _RIGHTS_OF_ABI[max(1, min(version, 5))]) - 1
    ports = 3 if version >= 4 else 0
    scopes = 3 if version >= 6 else 0  # abstract unix sockets, signals
    # The structure grew with the kernel, which refuses fields that it does not know.
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = syscall("landlock_create_ruleset", struct.pack("QQQ", rights, ports, scopes)[:size], size, 0)
    try:
        _allow(ruleset, reach.readable, rights & (READ_FILE | READ_DIR))
        _allow(ruleset, reach.writable, rights & ~_NEVER_MADE)
        _allow(ruleset, reach.devices, rights & (READ_FILE | WRITE_FILE))
        prctl(NO_NEW_PRIVS, 1)  # else the kernel takes rules from root alone
        syscall("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)
    return version


def _allow(ruleset: int, paths: Iterable[str], rights: int) -> None:
    """Add a rule per path; a path this machine lacks needs none."""
    for path in paths:
        try:
            beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            # A right of folders in a rule about a file is an error.
            kept = rights if stat.S_ISDIR(os.fstat(beneath).st_mode) else rights & _ON_FILES
            rule = struct.pack("=Qi", kept, beneath)
            syscall("landlock_add_rule", ruleset, _RULE_PATH_BENEATH, rule, 0)
        finally:
            os.close(beneath)
