"""A notebook as grading sees it: cells in order, nothing of the file format."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from autograder.domain.sentences import Sentence


class CellKind(StrEnum):
    CODE = "code"
    MARKDOWN = "markdown"
    RAW = "raw"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture that is kept beside the text of a cell, as far as it is known without being opened."""

    name: str
    digest: str
    """By it the same content is known."""
    format: str = ""
    """What its first bytes say it is."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; `number` counts from 1 in the file as submitted, 0 for a cell we added."""

    kind: CellKind
    source: str
    number: int = 0
    id: str = ""
    tags: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Notebook:
    """Cells in order. `notes` say what was mended while reading (an old format, a byte order mark)."""

    cells: tuple[Cell, ...]
    notes: tuple[Sentence, ...] = ()

    @property
    def code(self) -> Iterator[Cell]:
        """The code cells, in order."""
        return (cell for cell in self.cells if cell.kind is CellKind.CODE)
