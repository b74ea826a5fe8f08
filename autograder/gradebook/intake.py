"""Recording what was handed in: which submissions are new events, and where they stand among the others."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from autograder.domain.submission import ReceivedBy, Submission
from autograder.gradebook import queries
from autograder.gradebook.tables import blobs, submissions

_AT_ONCE = 100
_BYTES_AT_ONCE = 32_000_000


@dataclass(frozen=True, slots=True)
class _Standing:
    """A student's latest submission for one assignment."""

    blob: str
    stands: datetime
    behind: datetime
    """Before this moment the clock stands behind one by which it was recorded, and was set back since."""


_Latest = dict[tuple[str, str], _Standing]


def batches(handed_in: Iterable[Submission]) -> Iterator[list[Submission]]:
    """Submissions in portions that are recorded in one transaction and fit in memory together."""
    batch: list[Submission] = []
    size = 0
    for one in handed_in:
        batch.append(one)
        size += len(one.content)
        if len(batch) >= _AT_ONCE or size >= _BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def not_latest(connection: Connection, batch: list[Submission]) -> list[Submission]:
    """The submissions whose bytes are not those of their student's latest, or which surely came before it."""
    latest = _latest(connection, batch)
    return [one for one in batch if not _is_latest(one, latest)]


def pack(batch: list[Submission]) -> dict[str, bytes]:
    """The files of a batch as they are stored, by their names: packed before anybody waits for the lock."""
    return {one.blob: zlib.compress(one.content, level=1) for one in batch}


def enter(
    connection: Connection,
    batch: list[Submission],
    packed: Mapping[str, bytes],
    *,
    now: datetime,
    overtaken: Callable[[Submission], object],
) -> int:
    """Record a batch in the writing transaction of `connection`; return how many events were new.

    `overtaken` is called with each submission behind which a later one is recorded.
    """
    # Asked again under the writers' lock: another program may have recorded some of them meanwhile.
    latest = _latest(connection, batch)
    added = 0
    for one in batch:
        if _is_latest(one, latest):
            continue
        key = one.assignment, one.student
        before = latest.get(key)
        stands = _stands(one, before, now)
        new = _add(connection, one, packed[one.blob], stands, now)
        added += new
        # Of equal times the row that came later is the latest, as in `queries.latest_submissions`.
        if new and (before is None or stands >= before.stands):
            latest[key] = _standing(one.blob, one.received, stands, now)
        else:
            overtaken(one)
    return added


def _latest(connection: Connection, batch: list[Submission]) -> _Latest:
    assignments = {one.assignment for one in batch}
    students = {one.student for one in batch}
    rows = queries.latest_submissions(connection, assignments, students)
    return {
        (row.assignment, row.student): _standing(row.blob, row.received, row.stands, row.recorded)
        for row in rows
    }


def _standing(blob: str, received: datetime, stands: datetime, recorded: datetime) -> _Standing:
    # One that stands later than it was received stands where one did that was recorded before it.
    return _Standing(blob, stands, max(recorded, stands) if stands > received else recorded)


def _is_latest(one: Submission, latest: _Latest) -> bool:
    before = latest.get((one.assignment, one.student))
    if before is None or before.blob != one.blob:
        return False
    # Sent twice, the copy that was begun later may be recorded first: the earlier time must count.
    return one.received_by is not ReceivedBy.SERVER or one.received >= before.stands


def _stands(one: Submission, before: _Standing | None, now: datetime) -> datetime:
    """The time of receipt, unless that would put a new file before one that was certainly there already.

    A doubtful time would, and that of a server whose clock was ahead and was set back since.
    """
    received = one.received.astimezone(UTC)
    if before is None:
        return received
    set_back = one.received_by is ReceivedBy.SERVER and now < before.behind
    return max(received, before.stands) if set_back or one.received_by.doubtful else received


def _add(connection: Connection, one: Submission, packed: bytes, stands: datetime, now: datetime) -> bool:
    queries.add(connection, blobs, {"hash": one.blob, "size": len(one.content), "packed": packed})
    event = {
        "student": one.student,
        "assignment": one.assignment,
        "blob": one.blob,
        "received": one.received,
        "received_by": one.received_by.value,
        "filename": one.filename,
        "stands": stands,
        "recorded": now,
    }
    return queries.add(connection, submissions, event)
