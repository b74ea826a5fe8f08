"""Start of the fork server: `python -m autograder.sandbox.worker CONTROL_FD NAMESPACES`, which is 0 or 1.

On standard input stands a PrepareServer message. Namespaces are entered before anything large is imported,
because entering those of processes takes a fork.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

from autograder.sandbox.confine import namespaces
from autograder.sandbox.confine.kernel import DUMPABLE, prctl
from autograder.sandbox.system.parent import die_with


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
    die_with(0)  # a parent in other namespaces has no number here
    try:
        namespaces.own_proc()
    except OSError:
        return names
    return (*names, "proc")


def main() -> None:
    """Become the fork server; ends when the grader closes its end, or ends itself."""
    control, wanted = int(sys.argv[1]), sys.argv[2] == "1"
    grader = os.pidfd_open(os.getppid())
    with suppress(OSError):  # should the machine run out of memory, it is student code that goes
        Path("/proc/self/oom_score_adj").write_text("500")
    entered = _enter(wanted)
    prctl(DUMPABLE, 0)  # nor do processes of the same user look into it, or into its children

    from autograder.sandbox.messages import TO_SERVER, decode_message
    from autograder.sandbox.worker.server import Server

    plan = decode_message(sys.stdin.buffer.read(), TO_SERVER)
    Server(control, grader, plan, entered).serve()


if __name__ == "__main__":
    main()
