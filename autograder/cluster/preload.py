"""For workers that are started by hand: `dask worker --preload autograder.cluster.preload ...`.

What graders need is imported before the first submission comes; what a worker writes its owner alone reads.
"""

import os
from typing import Any


def dask_setup(worker: Any) -> None:
    """Called by a worker that begins."""
    from autograder.cluster import carried  # noqa: F401 - graders and all they need

    os.umask(0o077)
