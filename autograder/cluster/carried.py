"""How a course gets to the workers of a cluster: its files once, by content, with the recipe of its grader.

What is carried lies in the worker's memory, and while it is open in a folder that its owner alone can read.
"""

import hashlib
import os
import pickle
import shutil
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from distributed import WorkerPlugin

from autograder.course.recipe import AdoptedRecipe, CourseFile, GraderRecipe, read_content
from autograder.errors import ClusterError, CourseError, Flaw
from autograder.grading.in_worker import KeptTool
from autograder.grading.lanes import LanePiece, LaneRecipe
from autograder.grading.versions import versions_here

_PREFIX = "autograder-"
_LONG, _LARGE = 2.0, 4 << 20
"""Seconds and bytes after which a batch is sent back as far as it has come: what is done waits no longer."""
_carried: dict[str, "CarriedCourse"] = {}
"""What this worker holds, by name."""


@dataclass(frozen=True, slots=True)
class CarriedFiles:
    """The files of a course that a worker holds."""

    name: str

    def fetch(self, files: Sequence[CourseFile]) -> Path:
        """The folder in which they lie. Raises CourseError where the worker does not hold them."""
        return _find(self.name).unpack(files)


class CarriedCourse(WorkerPlugin):
    """A recipe and its files, as a plugin of every worker: those that come later get it too."""

    idempotent = True

    def __init__(self, recipe: GraderRecipe | AdoptedRecipe, content: Mapping[str, bytes]) -> None:
        """`content` holds the content of each of the recipe's files, by its SHA-256."""
        self._content = dict(content)
        bare = replace(recipe, source=CarriedFiles(""), opened=None)
        self.name = _PREFIX + hashlib.sha256(pickle.dumps(bare)).hexdigest()[:16]
        self._recipe = replace(bare, source=CarriedFiles(self.name))
        self._versions = versions_here()
        self._begin()

    @classmethod
    def of(cls, recipe: GraderRecipe | AdoptedRecipe) -> "CarriedCourse":
        """What is carried for this recipe. Raises CourseError where a file is not what it was."""
        folder = recipe.source.fetch(recipe.files)
        return cls(recipe, {file.sha256: read_content(folder / file.path) for file in recipe.files})

    def _begin(self) -> None:
        self._tools: dict[int, KeptTool] = {}
        self._folder: Path | None = None
        self._lock = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {key: self.__dict__[key] for key in ("name", "_content", "_recipe", "_versions")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._begin()

    def setup(self, worker: Any) -> None:
        """Called by a worker that begins; `worker` is what grades."""
        _carried[self.name] = self

    def teardown(self, worker: Any) -> None:
        """Called by a worker that ends, or when the run is over: the fork servers end, the files go."""
        _carried.pop(self.name, None)
        for tool in self._tools.values():
            tool.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._begin()

    def grade(self, pieces: Sequence[LanePiece]) -> list[bytes]:
        """Grade a batch with the grader of this thread, whose fork server stays warm for the next.

        Returns:
            What came of the first ones, pickled: a GradedSubmission, None, or what was raised. The rest was
            not begun, since a submission takes as long as it takes, and what is done must not wait for many.
        """
        if versions_here() != self._versions:
            raise ClusterError(tell_versions({"this worker": versions_here()}, self._versions))
        tool, recipe = self._tools.setdefault(threading.get_ident(), KeptTool()), LaneRecipe(self._recipe)
        came, end = list[bytes](), time.monotonic() + _LONG
        for piece in pieces:
            try:
                came.append(pickle.dumps(tool.use(recipe, piece)))
            except Exception as error:  # noqa: BLE001 - of one submission, which must not cost the others theirs
                came.append(_pack_error(error))
            if time.monotonic() > end or sum(map(len, came)) > _LARGE:
                break
        return came

    def unpack(self, files: Sequence[CourseFile]) -> Path:
        """Lay the files into a folder that nobody else can read, once."""
        with self._lock:
            if self._folder is None:
                folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
                for file in files:
                    place = folder / file.path
                    for parent in reversed(Path(file.path).parents[:-1]):
                        (folder / parent).mkdir(mode=0o700, exist_ok=True)
                    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                    with os.fdopen(descriptor, "wb") as target:
                        target.write(self._content[file.sha256])
                self._folder = folder
            return self._folder


def _find(name: str) -> CarriedCourse:
    if name not in _carried:
        raise CourseError([Flaw("the cluster", "a worker has lost the course", "run the command again")])
    return _carried[name]


def _pack_error(error: Exception) -> bytes:
    """An exception, pickled; one that would not arrive is told in words."""
    error.add_note("".join(traceback.format_tb(error.__traceback__)))
    try:
        packed = pickle.dumps(error)
        pickle.loads(packed)  # noqa: S301 - what was packed a moment ago
    except Exception:  # noqa: BLE001 - an exception may hold anything
        return pickle.dumps(RuntimeError("".join(traceback.format_exception(error))))
    return packed


def grade_carried(name: str, pieces: bytes) -> list[bytes]:
    """Grade a pickled batch in a worker that holds the course of this name, as `CarriedCourse.grade` does."""
    return _find(name).grade(pickle.loads(pieces))  # noqa: S301 - of whoever may run code here


def tell_versions(
    workers: Mapping[str, tuple[tuple[str, str], ...]], here: tuple[tuple[str, str], ...]
) -> str:
    """What other versions workers have, in a sentence; empty where they have ours."""
    ours = dict(here)
    other = [
        f"{worker} has {name} {version} (here {ours.get(name, 'none')})"
        for worker, found in sorted(workers.items())
        for name, version in found
        if ours.get(name) != version
    ]
    return (
        f"workers have other versions: {'; '.join(other)} (marks could differ: install the same)"
        if other
        else ""
    )
