"""The bytes of an .ipynb file -> a Notebook, whoever wrote them.

Nothing in the file is trusted: outputs and metadata are not looked at, sizes and depth are bounded, and
whatever can be mended is mended and said. The only exception is SubmissionError, with a sentence for the
student. The file is read with `json`: importing nbformat would cost more than grading a submission.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from autograder.domain.notebook import Cell, CellKind, Notebook
from autograder.errors import SubmissionError
from autograder.notebook.attachments import list_attachments
from autograder.notebook.decoding import decode, why_not_json

Document: TypeAlias = Mapping[str, object]

MAX_CELLS = 2_000
MAX_CODE = 200_000
"""Characters of all code cells together: reading Python takes up to 1 kB of memory per character."""
MAX_CONTAINERS = 500_000
"""Lists and objects in the file: they take up to 30 times the memory they take on disk."""

_SURROGATES = re.compile("[\ud800-\udfff]")
_STRINGS = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def read(content: bytes, *, limit_mb: float = 20) -> Notebook:
    """The notebook in a submitted file.

    Raises SubmissionError, with a sentence that tells its student what is wrong and what to do.
    """
    document, notes = read_document(content, limit_mb=limit_mb)
    mended = _Mended()
    raw_cells = cells_of(document)
    if len(raw_cells) > MAX_CELLS:
        raise SubmissionError(
            f"The notebook has {len(raw_cells)} cells; at most {MAX_CELLS} are read. Delete what does not "
            "belong to the assignment, save and submit again."
        )
    cells = tuple(
        cell for number, raw in enumerate(raw_cells, 1) if (cell := _cell(raw, number, mended)) is not None
    )
    code = sum(len(cell.source) for cell in cells if cell.kind is CellKind.CODE)
    if code > MAX_CODE:
        raise SubmissionError(
            f"The code cells hold {code} characters; at most {MAX_CODE} are read. Load data from a file or "
            "compute it instead of writing it out, and submit again."
        )
    if not cells:
        notes += ("The notebook has no cells.",)
    return Notebook(cells, notes + _notes_on(document) + mended.notes)


def read_document(content: bytes, *, limit_mb: float) -> tuple[Document, tuple[str, ...]]:
    """The JSON object in a file that has a list of cells, and what was mended to read it.

    Raises SubmissionError.
    """
    if len(content) > limit_mb * 1_000_000:
        raise SubmissionError(
            f"The file has {len(content) / 1_000_000:.1f} MB; at most {limit_mb:g} MB are read. Clear the "
            "outputs (in Jupyter: Kernel > Restart Kernel and Clear Outputs), save and submit again."
        )
    text, notes = decode(content)
    document = _parse(text)
    if not isinstance(document, dict) or not (
        isinstance(document.get("cells"), list) or isinstance(document.get("worksheets"), list)
    ):
        raise SubmissionError(
            "The file is JSON but not a notebook: it has no list of cells. Submit the .ipynb file that "
            "Jupyter saved."
        )
    return document, notes


def cells_of(document: Document) -> Sequence[object]:
    """The raw cells in order: of format 4, or of all worksheets of format 3."""
    cells = document.get("cells")
    if isinstance(cells, list):
        return cells
    sheets = document.get("worksheets")
    found: list[object] = []
    for sheet in sheets if isinstance(sheets, list) else ():
        if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list):
            found += sheet["cells"]
    return found


def is_format_3(document: Document) -> bool:
    """Whether the document keeps its cells in worksheets, as Jupyter did before 2015."""
    return not isinstance(document.get("cells"), list)


def _parse(text: str) -> object:
    too_deep = SubmissionError("The file is nested far deeper than any notebook. Submit what Jupyter saved.")
    if text.count("[") + text.count("{") > MAX_CONTAINERS:
        bare = _STRINGS.sub("", text)
        if bare.count("[") + bare.count("{") > MAX_CONTAINERS:
            raise SubmissionError(
                "The file holds more lists than any notebook needs. Clear the outputs (in Jupyter: Kernel > "
                "Restart Kernel and Clear Outputs), save and submit again."
            )
    try:
        return json.loads(text, parse_int=_integer)
    except json.JSONDecodeError as problem:
        sentence = why_not_json(text, problem)
    except RecursionError:
        raise too_deep from None
    raise SubmissionError(sentence)


def _integer(digits: str) -> int:
    """An integer that matters here is short; a longer one is somebody's output, or an attack."""
    return int(digits) if len(digits) < 20 else 0


class _Mended:
    """What was mended, and in which cells."""

    def __init__(self) -> None:
        self._numbers: dict[str, list[int]] = {}

    def in_cell(self, number: int, what: str) -> None:
        self._numbers.setdefault(what, []).append(number)

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(f"{name_cells(numbers)}: {what}." for what, numbers in self._numbers.items())


def name_cells(numbers: Sequence[int]) -> str:
    """The cells of these numbers, as a sentence begins: `Cell 3`, `Cells 3 and 5`, at most ten of them."""
    shown = [str(number) for number in numbers[:10]]
    if len(numbers) > 10:
        shown.append(f"{len(numbers) - 10} more")
    if len(shown) == 1:
        return f"Cell {shown[0]}"
    return f"Cells {', '.join(shown[:-1])} and {shown[-1]}"


def _cell(raw: object, number: int, mended: _Mended) -> Cell | None:
    if not isinstance(raw, dict):
        mended.in_cell(number, "not a cell, left out")
        return None
    kind = _kind(raw, number, mended)
    source = _source(raw, number, mended)
    if raw.get("cell_type") == "heading":
        level = raw.get("level")
        source = f"{'#' * (level if isinstance(level, int) and 1 <= level <= 6 else 1)} {source}"
    written = raw.get("id")
    id_ = written if isinstance(written, str) and _ID.fullmatch(written) else ""
    attached = list_attachments(raw) if "attachments" in raw else ()
    return Cell(kind, source, number, id_, _tags(raw), attached)


def _kind(raw: Document, number: int, mended: _Mended) -> CellKind:
    written = raw.get("cell_type")
    if written == "heading":
        return CellKind.MARKDOWN
    if isinstance(written, str) and written in CellKind.__members__.values():
        return CellKind(written)
    mended.in_cell(number, "of a kind that notebooks do not have, kept as text that is not run")
    return CellKind.RAW


def _source(raw: Document, number: int, mended: _Mended) -> str:
    written = raw.get("source", raw.get("input", ""))
    if isinstance(written, list):
        lines = [line for line in written if isinstance(line, str)]
        if len(lines) < len(written):
            mended.in_cell(number, "parts of it are not text, left out")
        written = "".join(lines)
    if not isinstance(written, str):
        mended.in_cell(number, "its content is not text, read as empty")
        return ""
    source = written.replace("\r\n", "\n").replace("\r", "\n")
    if not source.isascii() and _SURROGATES.search(source):
        mended.in_cell(number, "holds halves of characters (lone surrogates), replaced by �")
        source = _SURROGATES.sub("\ufffd", source)
    return source


def _tags(raw: Document) -> tuple[str, ...]:
    metadata = raw.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    if not isinstance(tags, list):
        return ()
    return tuple(tag for tag in tags[:20] if isinstance(tag, str) and _ID.fullmatch(tag))


def _notes_on(document: Document) -> tuple[str, ...]:
    notes = []
    if is_format_3(document):
        notes.append("The notebook is in the old format 3; it was converted.")
    metadata = document.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    if isinstance(kernel, dict):
        notes += _notes_on_kernel(kernel)
    return tuple(notes)


def _notes_on_kernel(kernel: Document) -> list[str]:
    language, name = kernel.get("language"), kernel.get("name")
    if isinstance(language, str) and language.lower() not in ("python", "python3", ""):
        return [f"The notebook says that it is written in {_clip(language)}; it was run as Python."]
    if isinstance(name, str) and name not in ("python3", "python", ""):
        return [f"The notebook asks for the kernel {_clip(name)}; it was run with plain Python 3."]
    return []


def _clip(word: str) -> str:
    """A word of the file as it may stand in a sentence of ours."""
    plain = "".join(character for character in word[:40] if character.isprintable())
    return f"“{plain}{'…' if len(word) > 40 else ''}”"
