"""A course that is graded on a cluster as it is handed in.

`python -m autograder.cluster.grading_service FOLDER JOBS LEVEL STARTER ON TLS PLAIN` is
`autograder.services.grading_service` with its lanes on the cluster that ON names; TLS is a folder or empty,
PLAIN is 0 or 1.
"""

import sys
from contextlib import closing
from pathlib import Path

from autograder.cluster.client import ClusterClient
from autograder.cluster.lanes import ClusterLanes
from autograder.cluster.place import Trust, read_place
from autograder.services import grading_service


def main(folder: str, jobs: str, level: str, starter: str, on: str, tls: str, plain: str) -> None:
    """Grade until a signal, or the end of the process that started this."""
    trust = Trust(Path(tls) if tls else None, plain == "1")
    # A scheduler file is read anew each time: it tells another address after a restart.
    lost = "it is looked for again, and what was being judged waits"
    with closing(ClusterLanes(lambda: ClusterClient(read_place(on), trust, if_lost=lost))) as lanes:
        grading_service.main(folder, jobs, level, starter, lanes=lanes.open())


if __name__ == "__main__":
    main(*sys.argv[1:])
