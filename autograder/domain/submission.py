"""A submission: one event, who handed in which bytes, and when they arrived."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256


class ReceivedBy(StrEnum):
    """How we know when a submission was received, the surest first."""

    SERVER = "server"
    ARCHIVE = "archive"
    TIMESTAMP = "timestamp.txt"
    FILE_TIME = "file time"

    @property
    def doubtful(self) -> bool:
        """A file's own time can be set by whoever touches the file."""
        return self is ReceivedBy.FILE_TIME


@dataclass(frozen=True, slots=True)
class Submission:
    """Who handed in what, and when. Two equal files are two submissions that share a blob."""

    student: str
    assignment: str
    content: bytes = field(repr=False)
    received: datetime
    """With its time zone."""
    received_by: ReceivedBy
    filename: str = ""

    @property
    def blob(self) -> str:
        """The name of the bytes: their SHA-256, 64 hexadecimal digits."""
        return sha256(self.content).hexdigest()
