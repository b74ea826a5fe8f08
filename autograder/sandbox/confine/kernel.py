"""System calls by ctypes: what Python's standard library has no function for."""

import ctypes
import os
from functools import cache

from autograder.sandbox.confine.syscalls import number

DUMPABLE = 4
NO_NEW_PRIVS = 38

_CAPABILITY_VERSION_3 = 0x20080522


@cache
def libc() -> ctypes.CDLL:
    """The C library, with `errno` kept per call."""
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    return library


def checked(outcome: int, what: str) -> int:
    """The outcome of a C call, or the OSError it stands for."""
    if outcome < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), what)
    return outcome


def syscall(name: str, *arguments: int | bytes | None) -> int:
    """Make a system call: integers as they are, bytes as a pointer to them."""
    # As wide as a register: a variadic function takes an int's upper half from whatever was there.
    plain = [ctypes.c_long(item) if isinstance(item, int) else ctypes.c_char_p(item) for item in arguments]
    return checked(libc().syscall(ctypes.c_long(number(name)), *plain), name)


def prctl(option: int, value: int = 0, *rest: int) -> int:
    """Change a property of this process or thread."""
    arguments = [value, *rest, 0, 0, 0, 0][:4]
    words = [ctypes.c_ulong(item) for item in arguments]
    return checked(libc().prctl(ctypes.c_int(option), *words), "prctl")


def drop_capabilities() -> None:
    """Give up every privilege of root that this process holds, for good."""
    # Of this thread (0); twice four bytes each of effective, permitted and inheritable ones: none.
    header = _CAPABILITY_VERSION_3.to_bytes(4, "little") + bytes(4)
    syscall("capset", header, bytes(24))
