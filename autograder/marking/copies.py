"""What a marking table is about: a part with its rubric, and a copy of it for each answer to mark.

Written parts of a notebook and answers typed in a quiz are marked in the same sheets and tables.
"""

from collections.abc import Sequence
from typing import Protocol

from autograder.domain.handmark import Criterion, HandMark

_SHOWN = 16
"""Digits of the hashes by which an answer is known to be what was shown."""


def name_shown(blob: str, digest: str) -> str:
    """What tells an answer from any other; never read as a number by a spreadsheet."""
    return f"f{blob[:_SHOWN]}-{digest}"


class MarkedPart(Protocol):
    """What is asked, and what of it earns points."""

    @property
    def title(self) -> str:
        """What it is called in the table."""

    @property
    def key(self) -> str:
        """What its files are called."""

    @property
    def rubric(self) -> tuple[Criterion, ...]:
        """A column each."""


class MarkedCopy(Protocol):
    """One answer, and the last mark it, or an earlier answer, was given."""

    @property
    def student(self) -> str:
        """Who gave it."""

    @property
    def label(self) -> str:
        """What it is called where names are shown: the student, and the attempt where there are several."""

    @property
    def number(self) -> int:
        """By which it is known while the student's name is not shown."""

    @property
    def assignment(self) -> str:
        """What was answered: the assignment, or the quiz."""

    @property
    def blob(self) -> str:
        """What it stands in: the hash of a file, or the attempt at a quiz."""

    @property
    def digest(self) -> str:
        """By it an answer is known to be the same."""

    @property
    def shown(self) -> str:
        """What tells this answer from any other; never read as a number by a spreadsheet."""

    @property
    def mark(self) -> HandMark | None:
        """The last mark."""

    @property
    def outdated(self) -> bool:
        """Whether its mark was given for another answer."""


class PartCopies(Protocol):
    """A part with the answers to it, and the students of whom there is none that can be marked."""

    @property
    def part(self) -> MarkedPart:
        """What is asked."""

    @property
    def answers(self) -> Sequence[MarkedCopy]:
        """In the order in which they are marked."""

    @property
    def missing(self) -> Sequence[tuple[str, str]]:
        """Students, with the reason."""


def file_stem(key: str) -> str:
    """What the files of a part are called: where several notebooks have one name, its key is a path."""
    return key.replace("/", "-")
