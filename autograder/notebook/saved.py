"""A notebook as it was saved, for a person to look at: sources, and what its own machine printed and drew.

Nothing of it is trusted: it is read within bounds, and only texts and pictures are taken; what else a cell
holds is counted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from autograder.domain.notebook import CellKind
from autograder.notebook.read import cells_of, read, read_document

_MOST_OUTPUTS = 30
_MOST_CHARACTERS = 200_000
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class OutputKind(StrEnum):
    """What a saved output is shown as."""

    TEXT = "text"
    ERROR = "error"
    PICTURE = "picture"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SavedOutput:
    """One output of a cell."""

    kind: OutputKind
    content: str
    """The text, a picture in base64, or of what else it is the media type."""


@dataclass(frozen=True, slots=True)
class SavedCell:
    """One cell with its outputs."""

    number: int
    kind: CellKind
    source: str
    outputs: tuple[SavedOutput, ...] = ()
    beyond: int = 0
    """Outputs that are left out."""


def read_saved(content: bytes, *, limit_mb: float = 20) -> tuple[SavedCell, ...]:
    """The cells of a file. Raises SubmissionError where it is no notebook."""
    notebook = read(content, limit_mb=limit_mb)
    document, _ = read_document(content, limit_mb=limit_mb)
    raw = dict(enumerate(cells_of(document), 1))
    found = []
    for cell in notebook.cells:
        outputs = list(_outputs(raw.get(cell.number)))
        kept, beyond = tuple(outputs[:_MOST_OUTPUTS]), max(0, len(outputs) - _MOST_OUTPUTS)
        found.append(SavedCell(cell.number, cell.kind, cell.source, kept, beyond))
    return tuple(found)


def _outputs(raw: object) -> Iterator[SavedOutput]:
    outputs = raw.get("outputs") if isinstance(raw, dict) else None
    for output in outputs if isinstance(outputs, list) else ():
        if not isinstance(output, dict):
            continue
        kind, data = output.get("output_type"), output.get("data")
        if kind == "stream":
            yield SavedOutput(OutputKind.TEXT, _text(output.get("text")))
        elif kind in ("error", "pyerr"):
            trace = output.get("traceback")
            lines = [_text(line) for line in trace] if isinstance(trace, list) else []
            yield SavedOutput(
                OutputKind.ERROR, _COLOURS.sub("", "\n".join(lines)) or _text(output.get("ename"))
            )
        elif isinstance(data, dict):
            yield from _display(data)


def _display(data: dict[object, object]) -> Iterator[SavedOutput]:
    """The first form of a displayed value that can be shown; else the name of what it is."""
    for media in ("image/png", "image/jpeg"):
        if media in data:
            yield SavedOutput(OutputKind.PICTURE, _text(data[media]))
            return
    if "text/plain" in data:
        yield SavedOutput(OutputKind.TEXT, _text(data["text/plain"]))
    others = [str(media)[:80] for media in data if media != "text/plain"]
    if others:
        yield SavedOutput(OutputKind.OTHER, ", ".join(others[:5]))


def _text(value: object) -> str:
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return value[: _MOST_CHARACTERS * 50] if isinstance(value, str) else ""
