"""The bytes of an .ipynb file -> a Notebook, whoever wrote them.

Nothing in the file is trusted: outputs and metadata are not looked at, sizes and depth are bounded, and
whatever can be mended is mended and said. The only exception is SubmissionError, with a sentence for the
student. The file is read with `json`: importing nbformat would cost more than grading a submission.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from autograder.domain.bundle import NOT_TAKEN
from autograder.domain.notebook import Cell, CellKind, Notebook
from autograder.domain.sentences import Sentence, say
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
    return notebook_of(*read_document(content, limit_mb=limit_mb))


def notebook_of(document: Document, notes: tuple[Sentence, ...] = ()) -> Notebook:
    """The notebook that a document is, with what was noted when it was read.

    Raises SubmissionError, as `read` does.
    """
    mended = _Mended()
    raw_cells = cells_of(document)
    if len(raw_cells) > MAX_CELLS:
        raise SubmissionError(say("unread.cells", count=len(raw_cells), most=MAX_CELLS))
    cells = tuple(
        cell for number, raw in enumerate(raw_cells, 1) if (cell := _cell(raw, number, mended)) is not None
    )
    code = sum(len(cell.source) for cell in cells if cell.kind is CellKind.CODE)
    if code > MAX_CODE:
        raise SubmissionError(say("unread.code", count=code, most=MAX_CODE))
    if not cells:
        notes += (say("read.no_cells"),)
    return Notebook(cells, notes + _notes_on(document) + mended.notes)


def read_document(content: bytes, *, limit_mb: float) -> tuple[Document, tuple[Sentence, ...]]:
    """The JSON object in a file that has a list of cells, and what was mended to read it.

    Raises SubmissionError.
    """
    if len(content) > limit_mb * 1_000_000:
        size = f"{len(content) / 1_000_000:.1f}"
        raise SubmissionError(say("unread.large", size=size, most=f"{limit_mb:g}"))
    if content == NOT_TAKEN:
        raise SubmissionError(say("unread.not_taken"))
    text, notes = decode(content)
    document = _parse(text)
    if not isinstance(document, dict) or not (
        isinstance(document.get("cells"), list) or isinstance(document.get("worksheets"), list)
    ):
        raise SubmissionError(say("unread.no_cells"))
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
    too_deep = SubmissionError(say("unread.deep"))
    if text.count("[") + text.count("{") > MAX_CONTAINERS:
        bare = _STRINGS.sub("", text)
        if bare.count("[") + bare.count("{") > MAX_CONTAINERS:
            raise SubmissionError(say("unread.lists"))
    try:
        # An integer that matters here is short; a longer one is somebody's output, or an attack.
        return json.loads(text, parse_int=lambda digits: int(digits) if len(digits) < 20 else 0)
    except json.JSONDecodeError as problem:
        sentence = why_not_json(text, problem)
    except RecursionError:
        raise too_deep from None
    raise SubmissionError(sentence)


class _Mended:
    """What was mended, and in which cells."""

    def __init__(self) -> None:
        self._numbers: dict[str, list[int]] = {}

    def in_cell(self, number: int, what: str) -> None:
        self._numbers.setdefault(what, []).append(number)

    @property
    def notes(self) -> tuple[Sentence, ...]:
        return tuple(
            say("read.cells", cells=name_cells(numbers), what=say(f"read.{what}"))
            for what, numbers in self._numbers.items()
        )


def name_cells(numbers: Sequence[int]) -> Sentence:
    """The cells of these numbers, as a sentence begins: `Cell 3`, `Cells 3 and 5`, at most ten of them."""
    if len(numbers) > 10:
        return say("cells.many", cells=tuple(numbers[:10]), more=len(numbers) - 10)
    if len(numbers) == 1:
        return say("cells.one", last=numbers[0])
    return say("cells.several", cells=tuple(numbers[:-1]), last=numbers[-1])


def _cell(raw: object, number: int, mended: _Mended) -> Cell | None:
    if not isinstance(raw, dict):
        mended.in_cell(number, "not_a_cell")
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
    mended.in_cell(number, "kind")
    return CellKind.RAW


def _source(raw: Document, number: int, mended: _Mended) -> str:
    written = raw.get("source", raw.get("input", ""))
    if isinstance(written, list):
        lines = [line for line in written if isinstance(line, str)]
        if len(lines) < len(written):
            mended.in_cell(number, "parts")
        written = "".join(lines)
    if not isinstance(written, str):
        mended.in_cell(number, "content")
        return ""
    source = written.replace("\r\n", "\n").replace("\r", "\n")
    if not source.isascii() and _SURROGATES.search(source):
        mended.in_cell(number, "surrogates")
        source = _SURROGATES.sub("\ufffd", source)
    return source


def _tags(raw: Document) -> tuple[str, ...]:
    metadata = raw.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    if not isinstance(tags, list):
        return ()
    return tuple(tag for tag in tags[:20] if isinstance(tag, str) and _ID.fullmatch(tag))


def _notes_on(document: Document) -> tuple[Sentence, ...]:
    notes = []
    if is_format_3(document):
        notes.append(say("read.format_3"))
    metadata = document.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    if isinstance(kernel, dict):
        notes += _notes_on_kernel(kernel)
    return tuple(notes)


def _notes_on_kernel(kernel: Document) -> list[Sentence]:
    language, name = kernel.get("language"), kernel.get("name")
    if isinstance(language, str) and language.lower() not in ("python", "python3", ""):
        return [say("read.language", language=_clip(language))]
    if isinstance(name, str) and name not in ("python3", "python", ""):
        return [say("read.kernel", kernel=_clip(name))]
    return []


def _clip(word: str) -> str:
    """A word of the file as it may stand in a sentence of ours."""
    plain = "".join(character for character in word[:40] if character.isprintable())
    return f"“{plain}{'…' if len(word) > 40 else ''}”"
