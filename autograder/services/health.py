"""How a served course is: what grades it, what waits, where its gradebook lies, when it was backed up."""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from autograder.course.opened import OpenCourse
from autograder.gradebook.claims import find_claimed
from autograder.gradebook.connect import kind_of_file_system
from autograder.gradebook.errands import Errands
from autograder.gradebook.store import Gradebook, UngradedSubmission
from autograder.gradebook.transient import TransientStore, put, servers, upkeep

GRADER = "grader"
"""Under what name the process that grades says that it runs."""
BACKUP, TRIED = "backup", "try"
_NEARLY_FULL = 100_000_000
"""Free bytes below which a disk has room for a few files more."""
LONG = timedelta(minutes=3)
"""So long something may wait for its report before anybody need look."""
_LONGEST = timedelta(minutes=15)
"""No file takes so long to be judged, by the usual limits."""


@dataclass(frozen=True, slots=True)
class GraderState:
    """What the process that grades said last."""

    said: datetime
    jobs: int
    level: int
    """At which student code was seen to be sealed there."""
    layers: tuple[str, ...]
    flaws: dict[str, str]
    """What keeps assignments from being graded."""


@dataclass(frozen=True, slots=True)
class StoreState:
    """Where the gradebook lies."""

    kind: str
    file_system: str
    size: int
    log: int
    """Bytes of the write-ahead log."""
    free: int
    """Bytes that are free on the disk of the course."""
    entries: int


@dataclass(frozen=True, slots=True)
class UpkeepNote:
    """Something that was done for the course, and what came of it."""

    at: datetime
    told: str


@dataclass(frozen=True, slots=True)
class ServedHealth:
    """How a served course is."""

    grader: GraderState | None
    waiting: int
    oldest: datetime | None
    """When that of what waits was handed in which waits longest."""
    store: StoreState
    last_entry: datetime | None
    """When something was handed in last, by the clock of then: it cannot lie ahead."""
    backup: UpkeepNote | None
    tried: UpkeepNote | None


def read_health(course: OpenCourse, gradebook: Gradebook, store: TransientStore) -> ServedHealth:
    """How the course is now. Nothing is changed. Raises StoreError where its stores do not answer."""
    waiting, notes = gradebook.ungraded(), read_upkeep(store)
    return ServedHealth(
        read_grader(store),
        len(waiting),
        gradebook.recorded_at(waiting[0].id) if waiting else None,
        _read_store(course, gradebook),
        gradebook.recorded_at(gradebook.last_submission()),
        notes.get(BACKUP),
        notes.get(TRIED),
    )


def read_grader(store: TransientStore) -> GraderState | None:
    """What the process that grades said last, or None where it never did."""
    with store.reading() as connection:
        row = connection.execute(select(servers).where(servers.c.name == GRADER)).one_or_none()
    if row is None:
        return None
    said = json.loads(row.url)
    return GraderState(
        row.beat, said["jobs"], said.get("level", 0), tuple(said.get("layers", ())), said["flaws"]
    )


def judges_nothing(
    gradebook: Gradebook, store: TransientStore, waiting: Sequence[UngradedSubmission], now: datetime
) -> bool:
    """Whether submissions wait that nobody judges, though the process that grades may say that it is there.

    What is held back while it is judged again waits for nobody. `waiting`: in the order of recording.
    """
    held = Errands(store).held() if waiting else frozenset[str]()
    first = dict[str, int]()  # of each assignment
    for each in waiting:
        if each.assignment not in held:
            first.setdefault(each.assignment, each.id)
    old = {name for name, id in first.items() if now - (gradebook.recorded_at(id) or now) > LONG}
    if not old:
        return False
    grader = read_grader(store)
    if grader is not None and old & grader.flaws.keys():
        return True
    judged = gradebook.last_graded()
    if judged is not None and abs(now - judged) <= LONG:
        return False
    return all(now - begun > _LONGEST for begun in find_claimed(store, now).values())


def has_room(course: OpenCourse) -> bool:
    """Whether the disk of the course has room for what a class hands in before somebody can look."""
    return shutil.disk_usage(course.folder.path).free >= _NEARLY_FULL


def note_upkeep(store: TransientStore, name: str, told: str, now: datetime) -> None:
    """Say what was done for the course."""
    with store.writing() as connection:
        put(connection, upkeep, {"name": name, "at": now, "told": told})


def read_upkeep(store: TransientStore) -> dict[str, UpkeepNote]:
    """What was done last, by its name."""
    with store.reading() as connection:
        return {row.name: UpkeepNote(row.at, row.told) for row in connection.execute(select(upkeep))}


def _read_store(course: OpenCourse, gradebook: Gradebook) -> StoreState:
    folder = course.folder
    file = None if folder.store else Path(folder.store_url)
    return StoreState(
        "SQLite" if file else "PostgreSQL",
        kind_of_file_system(folder.state),
        _size(file) if file else 0,
        _size(Path(f"{file}-wal")) if file else 0,
        shutil.disk_usage(folder.path).free,
        gradebook.last_entry(),
    )


def _size(file: Path) -> int:
    try:
        return os.stat(file).st_size  # noqa: PTH116 - the same, in one call
    except OSError:
        return 0
