"""Start of the fork server: `python -m autograder.sandbox.worker CONTROL_FD NAMESPACES`, which is 0 or 1.

On standard input stands a PrepareServer message. Namespaces are entered before anything large is imported,
because entering those of processes takes a fork.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

from autograder.sandbox.confine.kernel import DUMPABLE, prctl
from autograder.sandbox.worker.entering import enter_namespaces


def main() -> None:
    """Become the fork server; ends when the grader closes its end, or ends itself."""
    control, wanted = int(sys.argv[1]), sys.argv[2] == "1"
    grader = os.pidfd_open(os.getppid())
    with suppress(OSError):  # should the machine run out of memory, it is student code that goes
        Path("/proc/self/oom_score_adj").write_text("500")
    entered = enter_namespaces(wanted=wanted)
    prctl(DUMPABLE, 0)  # nor do processes of the same user look into it, or into its children

    from autograder.sandbox.messages import TO_SERVER, decode_message
    from autograder.sandbox.worker.server import Server

    plan = decode_message(sys.stdin.buffer.read(), TO_SERVER)
    Server(control, grader, plan, entered).serve()


if __name__ == "__main__":
    main()
