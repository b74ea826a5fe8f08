"""Start of the fork server: `python -m autograder.sandbox.worker CONTROL_FD PLAN`.

The plan is JSON: preload, readable, uid, keep, namespaces. On standard input, JSON again, stand the sources
of the cells that every student was given. Namespaces are entered before anything large is imported, because
entering those of processes takes a fork.
"""

import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from autograder.sandbox.confine import identity, namespaces
from autograder.sandbox.confine.kernel import DUMPABLE, prctl


def _may_enter() -> bool:
    """Whether namespaces can be entered wholly, tried by a process that does nothing else.

    Some systems let an ordinary user in but mount nothing there; whoever finds out in there cannot go back.
    """
    trial = os.fork()
    if trial == 0:
        try:
            namespaces.unshare()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(trial, 0)[1] == 0


def _enter(wanted: bool) -> tuple[str, ...]:  # noqa: FBT001 - the one caller names it
    """Go on as the first process of new namespaces, if wanted and allowed here; returns which."""
    if not wanted or not _may_enter():
        return ()
    names = namespaces.unshare()
    inner = os.fork()
    if inner:
        _, status = os.waitpid(inner, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0x7F)
    identity.die_with(0)  # a parent in other namespaces has no number here
    try:
        namespaces.own_proc()
    except OSError:
        return names
    return (*names, "proc")


def main() -> None:
    """Become the fork server; ends when the grader closes its end, or ends itself."""
    control, plan = int(sys.argv[1]), json.loads(sys.argv[2])
    given = json.load(sys.stdin)
    grader = os.pidfd_open(os.getppid())
    with suppress(OSError):  # should the machine run out of memory, it is student code that goes
        Path("/proc/self/oom_score_adj").write_text("500")
    entered = _enter(plan["namespaces"])
    prctl(DUMPABLE, 0)

    from autograder.sandbox.worker.server import Server

    Server(control, grader, plan, entered, given).serve()


if __name__ == "__main__":
    main()
