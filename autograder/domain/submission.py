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
class PlatformWord:
    """What a platform says of the lateness of a file, by its own deadline: a fact for people."""

    platform: str
    """Such as Canvas."""
    late: bool

    def to_text(self) -> str:
        """As it is written beside the file."""
        return f"{self.platform}: {'late' if self.late else 'in time'}\n"

    @classmethod
    def read(cls, text: str) -> "PlatformWord | None":
        """What such a text says, or None for any other.

        >>> PlatformWord.read("Canvas: late")
        PlatformWord(platform='Canvas', late=True)
        """
        platform, colon, word = (part.strip() for part in text.partition(":"))
        known = platform.isalpha() and len(platform) < 20 and word in ("late", "in time")
        return cls(platform, word == "late") if colon and known else None


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
    word: PlatformWord | None = None
    """What the platform said of its lateness, where it said anything."""
    _hash: list[str] = field(default_factory=list, init=False, repr=False, compare=False)
    """The blob's name, once it was asked for: of a file with pictures it takes milliseconds each time."""

    @property
    def blob(self) -> str:
        """The name of the bytes: their SHA-256, 64 hexadecimal digits."""
        if not self._hash:
            self._hash.append(sha256(self.content).hexdigest())
        return self._hash[0]
