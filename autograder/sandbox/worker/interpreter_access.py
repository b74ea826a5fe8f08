"""Whether the user that student code runs as can reach the interpreter, and how to make it so.

An interpreter below a folder of mode 700 (root's home, usually) is out of reach once root is given up: what
was imported before works, the next import fails like the student's own typo. So it is tried first, as that
user. As root with mounts of its own, the fork server then covers such a folder by a small file system that
holds the interpreter and the libraries, read-only, at their own paths.
"""

import json
import os
import site
import sys
from pathlib import Path

import numpy as np

from autograder.sandbox.confine import identity, namespaces
from autograder.sandbox.messages import PrepareServer

_ROUNDS = 5


class Unreachable(Exception):  # noqa: N818 - a state of affairs
    """Student code could not reach the interpreter here."""


def ensure_interpreter_readable(plan: PrepareServer, entered: tuple[str, ...]) -> None:
    """Make the interpreter readable for the plan's user; Unreachable, with the way out, if it cannot be."""
    uid = plan.uid
    if uid is None:
        return
    for _ in range(_ROUNDS):
        blocked = _blocked_as(uid)
        if not blocked:
            return
        folder = Path(blocked)
        kept = [namespaces.Kept(root) for root in plan.readable if _lies_below(root, folder)]
        kept += [namespaces.Kept(root, writable=True) for root in plan.keep if _lies_below(root, folder)]
        if "mount" not in entered or not any(not item.writable for item in kept):
            raise Unreachable(_sentence(blocked))
        namespaces.cover(blocked, kept)
    raise Unreachable(_sentence(blocked))


def _sentence(folder: str) -> str:
    return (
        f"the interpreter {sys.executable} or its libraries lie below {folder}, which the user that student "
        "code runs as cannot enter: use an interpreter under /usr or /opt, or grade as an ordinary user"
    )


def _lies_below(path: str, folder: Path) -> bool:
    return Path(path).is_relative_to(folder) and Path(path) != folder


def _blocked_as(uid: int) -> str:
    """The first folder or file on the way to a sample that this user cannot pass, or nothing."""
    ear, mouth = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            identity.become(uid)
            os.write(mouth, _blocked().encode())
        finally:
            os._exit(0)
    os.close(mouth)
    with open(ear, "rb") as pipe:  # noqa: PTH123 - a descriptor
        blocked = pipe.read()
    _, status = os.waitpid(pid, 0)
    if not blocked and status:
        raise Unreachable("whether student code can reach the interpreter could not be tried")
    return blocked.decode().strip("\n")


def _blocked() -> str:
    # Files that must open: of the standard library, of the libraries.
    libraries = [f"{folder}/." for folder in site.getsitepackages()]
    for sample in (os.__file__, json.__file__, np.__file__, *libraries):
        for folder in reversed(Path(sample).parents):
            if not os.access(folder, os.X_OK):
                return str(folder)
        try:
            os.close(os.open(sample, os.O_RDONLY))
        except FileNotFoundError:
            continue
        except OSError:
            return sample
    return ""
