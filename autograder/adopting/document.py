"""A notebook of another tool's course, its metadata included."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.errors import CourseError, Flaw, SubmissionError
from autograder.foreign.model import CellType
from autograder.notebook.read import cells_of, read_document

LIMIT_MB = 100
_IMPORT = re.compile(r"^[ \t>.]*(?:import|from)[ \t]+([A-Za-z_]\w*)", re.MULTILINE)
_OWN = frozenset({"__future__", "otter", "nose"})


@dataclass(frozen=True, slots=True)
class SourceCell:
    """One cell as it stands in the file."""

    number: int
    """From 1."""
    id: str
    """Its own, or `cell-N`."""
    type: CellType
    source: str
    metadata: Mapping[str, Any]
    printed: str = ""
    """What it printed and gave, as far as the file keeps it."""

    def with_source(self, source: str) -> "SourceCell":
        """The same cell with another text."""
        return replace(self, source=source)


@dataclass(frozen=True, slots=True)
class SourceNotebook:
    """A notebook file."""

    path: Path
    cells: tuple[SourceCell, ...]
    metadata: Mapping[str, Any]

    @property
    def language(self) -> str:
        """The language of its kernel, in lower case; Python where nothing is said."""
        kernel = self.metadata.get("kernelspec")
        info = self.metadata.get("language_info")
        said = [kernel.get("language")] if isinstance(kernel, dict) else []
        said += [info.get("name")] if isinstance(info, dict) else []
        named = next((each for each in said if isinstance(each, str) and each), "python")
        return "python" if named.lower() in ("python3", "ipython") else named.lower()

    def place(self, cell: SourceCell) -> str:
        """A cell of it, as messages name it."""
        return f"{self.path}, cell {cell.number}"


def read_notebook(path: Path) -> SourceNotebook:
    """The notebook in a file. Raises CourseError, with a sentence that says what the file is instead."""
    try:
        document, _ = read_document(path.read_bytes(), limit_mb=LIMIT_MB)
    except SubmissionError as problem:
        raise CourseError([Flaw(str(path), str(problem))]) from problem
    except OSError as error:
        raise CourseError([Flaw(str(path), f"cannot be read ({error.strerror})")]) from error
    metadata = document.get("metadata")
    cells = [_read_cell(raw, number) for number, raw in enumerate(cells_of(document), 1)]
    return SourceNotebook(
        path, tuple(cell for cell in cells if cell), metadata if isinstance(metadata, dict) else {}
    )


def _read_cell(raw: object, number: int) -> SourceCell | None:
    if not isinstance(raw, dict):
        return None
    source = raw.get("source", raw.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    source = source.replace("\r\n", "\n") if isinstance(source, str) else ""
    metadata, own = raw.get("metadata"), raw.get("id")
    written = raw.get("cell_type")
    if written == "heading":  # of format 3
        written, level = "markdown", raw.get("level")
        source = f"{'#' * level if isinstance(level, int) and 1 <= level <= 6 else '#'} {source}"
    return SourceCell(
        number,
        own if isinstance(own, str) and own else f"cell-{number}",
        CellType(written) if written in list(CellType) else CellType.RAW,
        source,
        metadata if isinstance(metadata, dict) else {},
        "".join(_read_outputs(raw.get("outputs"))),
    )


def _read_outputs(outputs: object) -> Iterator[str]:
    """The texts of a cell's outputs, each printed one and each value."""
    for output in outputs if isinstance(outputs, list) else ():
        if isinstance(output, dict):
            data = output.get("data")
            value = data.get("text/plain") if isinstance(data, dict) else None
            for text in (output.get("text"), value):
                if isinstance(text, str | list):
                    yield text if isinstance(text, str) else "".join(map(str, text))


def list_imports(*texts: str) -> set[str]:
    """The top modules that texts of code import, in doctests as well; of the grading tools, none."""
    return {name for text in texts for name in _IMPORT.findall(text)} - _OWN
