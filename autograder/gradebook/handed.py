"""Submissions taken out of the store one after another, so that a class never lies in memory whole."""

import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from hashlib import sha256
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from autograder.domain.submission import ReceivedBy, Submission
from autograder.errors import StoreError
from autograder.gradebook import queries

_AT_ONCE = 10
"""Submissions that are claimed in one write: it then costs little, and leaves work to others."""


class Handed:
    """Submissions whose number is known and whose bytes are read as they are asked for, anew each time.

    Of pending ones, those that another run has graded in the meantime are left out.
    """

    def __init__(
        self,
        students: Mapping[int, str],
        reading: Callable[[], AbstractContextManager[Connection]],
        *,
        unreported: bool,
    ) -> None:
        self._students = students
        self._reading = reading
        self._unreported = unreported

    @property
    def students(self) -> tuple[str, ...]:
        """Whose they are, in order."""
        return tuple(self._students.values())

    def __len__(self) -> int:
        return len(self._students)

    def claimed(self, take: Callable[[Collection[int]], Collection[int]]) -> Iterator[Submission]:
        """Those that `take` gives to the caller, who asks for a few at a time; the rest is left to others."""
        waiting = iter(self._students)
        while few := [*islice(waiting, _AT_ONCE)]:
            taken = take(few)
            theirs = {identity: self._students[identity] for identity in few if identity in taken}
            yield from Handed(theirs, self._reading, unreported=self._unreported)

    def __iter__(self) -> Iterator[Submission]:
        for identity in self._students:
            # Let go before it is graded, which takes seconds: a reader keeps SQLite's log from being cut.
            with self._reading() as connection:
                row = queries.with_bytes(connection, identity)
                found = None if self._unreported and row["reported"] else _submission(row)
            if found is not None:
                yield found


def _submission(row: Mapping[Any, Any]) -> Submission:
    return Submission(
        student=row["student"],
        assignment=row["assignment"],
        content=unpacked(row["blob"], row["packed"]),
        received=row["received"],
        received_by=ReceivedBy(row["received_by"]),
        filename=row["filename"],
    )


def unpacked(blob: str, packed: bytes) -> bytes:
    """The bytes of a blob, which must be those it is named after."""
    try:
        content = zlib.decompress(packed)
    except zlib.error:
        content = b""
    if sha256(content).hexdigest() != blob:
        raise StoreError(f"the gradebook holds a damaged file ({blob[:12]}); bring back a backup")
    return content
