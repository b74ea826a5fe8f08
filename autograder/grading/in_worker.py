"""What runs in a worker: its tool, made from the recipe that comes with the pieces, and kept for the next."""

import os
import sys
import threading
from collections.abc import Callable
from functools import cache
from multiprocessing.util import Finalize
from typing import Any

from autograder.sandbox.system.parent import die_with


class KeptTool:
    """One tool, closed where a piece comes with another recipe: each may hold a fork server of 100 MB.

    A tool with a `close` method is closed by it.
    """

    def __init__(self) -> None:
        self._recipe: Callable[[], Callable[[Any], Any]] | None = None
        self._tool: Callable[[Any], Any] | None = None

    def expect(self, recipe: Callable[[], Callable[[Any], Any]]) -> None:
        """Make the next tool by this recipe; pickled copies that equal it will not replace it."""
        if self._recipe != recipe:
            self.close()
            self._recipe = recipe

    def use(self, recipe: Callable[[], Callable[[Any], Any]], piece: Any) -> Any:
        """Do a piece of work. What the recipe raises is raised for each piece that comes with it."""
        self.expect(recipe)
        if self._tool is None:
            assert self._recipe is not None  # noqa: S101 - it is what was expected
            self._tool = self._recipe()
        return self._tool(piece)

    def close(self) -> None:
        """Close the tool, if there is one."""
        tool, self._tool, self._recipe = self._tool, None, None
        close = getattr(tool, "close", None)
        if close is not None:
            close()


@cache
def _kept_by(process: int, thread: int) -> KeptTool:
    """The tool of a thread of a process: a fork has another number, and what it inherits is not its own."""
    kept = KeptTool()
    # A worker of multiprocessing ends without atexit; this is called there as well.
    Finalize(None, kept.close, exitpriority=10)
    return kept


def do(recipe: Callable[[], Callable[[Any], Any]], piece: Any) -> Any:
    """Do a piece of work with the tool of this worker."""
    return _kept_by(os.getpid(), threading.get_ident()).use(recipe, piece)


def begin(recipe: Callable[[], Callable[[Any], Any]], leader: int) -> None:
    """Begin as a worker of a local pool, which ends with the process that leads it.

    A worker whose leader was killed would wait for work for ever, with a fork server of its own.
    """
    if sys.platform == "linux":
        die_with(leader)
    # A fork has this recipe whole, with all that its leader has opened already.
    _kept_by(os.getpid(), threading.get_ident()).expect(recipe)
