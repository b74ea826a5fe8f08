"""An author's notebook -> the notebook that students receive.

Nothing is stripped, because nothing hidden stands in it. It is normalised, so that the same source gives the
same bytes: outputs and execution counts cleared, ids made of the questions' names, format 4.5, plain kernel.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autograder.domain.notebook import Cell, CellKind
from autograder.errors import CourseError, Flaw, SubmissionError
from autograder.notebook.assignment import AssignmentText, Role, read_assignment
from autograder.notebook.ids import ids_of
from autograder.notebook.read import cells_of, is_format_3, read_document
from autograder.notebook.released import find_building_on_answers

RAISES = "raises-exception"
"""The tag by which Jupyter runs on after a cell that fails."""

_WITHOUT_ANSWERS = ("NameError", "TypeError")
"""What cells raise that need an answer, where the answer is not defined, or a variable is `...` yet."""
_KEPT = ("deletable", "editable")
"""Metadata of a cell that is handed on, besides its tags."""


def release(content: bytes, *, path: str = "") -> bytes:
    """The released notebook, valid in nbformat 4.5; the same bytes for the same notebook.

    Raises CourseError with every mistake at once: what `read_assignment` finds (a function that is solved,
    not a stub, among them), and outputs that show that the notebook does not run.
    """
    text = read_assignment(content, path=path)
    flaws = list(_flaws(content, text, path))
    if flaws:
        raise CourseError(flaws)
    return write(content, text, {part.cell.number: part.cell.source for part in text.parts}, fails=True)


def with_cells(content: bytes, cells: Sequence[Cell]) -> bytes:
    """The notebook in `content` with these cells at its end; itself where there are none, or it is broken."""
    try:
        document, _ = read_document(content, limit_mb=100)
    except SubmissionError:  # told where the notebook is read
        return content
    if not cells or is_format_3(document):
        return content
    added: list[dict[str, object]] = [
        {"cell_type": str(cell.kind), "metadata": {}, "source": cell.source}
        | ({"execution_count": None, "outputs": []} if cell.kind is CellKind.CODE else {})
        for cell in cells
    ]
    return json.dumps({**document, "cells": [*cells_of(document), *added]}).encode()


def with_conditions(released: bytes, markdown: str) -> bytes:
    """A released notebook with one more text cell, above its first code and its first question."""
    document = json.loads(released)
    parts = read_assignment(released).parts
    place = next((k for k, one in enumerate(parts) if one.question or one.cell.kind is CellKind.CODE), 0)
    cell = {"cell_type": "markdown", "id": "conditions", "metadata": {}}
    document["cells"].insert(place, cell | {"source": markdown.splitlines(keepends=True)})
    return (json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def write(content: bytes, text: AssignmentText, sources: Mapping[int, str], *, fails: bool) -> bytes:
    """The notebook in `content` normalised, with these sources by number of cell.

    `fails` tells whether the cells that need an answer are expected to fail, and tagged so.
    """
    raw_cells = cells_of(read_document(content, limit_mb=100)[0])
    failing = find_building_on_answers(text) | _numbers(text, Role.EXAMPLES) if fails else frozenset()
    cells = [
        _cell(part.cell, raw_cells[part.cell.number - 1], sources[part.cell.number], id_)
        | {"metadata": _metadata(part.cell, raw_cells[part.cell.number - 1], part.cell.number in failing)}
        for part, id_ in zip(text.parts, ids_of(text), strict=True)
    ]
    document = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _numbers(text: AssignmentText, role: Role) -> frozenset[int]:
    return frozenset(part.cell.number for part in text.parts if part.role is role)


def _cell(cell: Cell, raw: Any, source: str, id_: str) -> dict[str, object]:
    written: dict[str, object] = {
        "cell_type": str(cell.kind),
        "id": id_,
        "source": source.splitlines(keepends=True),
    }
    if cell.kind is CellKind.CODE:
        return written | {"execution_count": None, "outputs": []}
    attachments = raw.get("attachments")
    return written | ({"attachments": attachments} if isinstance(attachments, dict) else {})


def _metadata(cell: Cell, raw: Any, fails: bool) -> dict[str, object]:  # noqa: FBT001 -- private, one call
    written = raw.get("metadata")
    kept = {name: written[name] for name in _KEPT if name in written} if isinstance(written, dict) else {}
    tags = [tag for tag in cell.tags if tag != RAISES] + ([RAISES] if fails else [])
    return kept | ({"tags": tags} if tags else {})


def _flaws(content: bytes, text: AssignmentText, path: str) -> Iterator[Flaw]:
    before = f"{path}, " if path else ""
    document, _ = read_document(content, limit_mb=100)
    if is_format_3(document):
        yield Flaw(path or "notebook", "is in the old format 3", "open and save it in Jupyter")
    raw_cells = cells_of(document)
    fails = find_building_on_answers(text) | _numbers(text, Role.EXAMPLES)
    for part in text.parts:
        number = part.cell.number
        for name in _errors_in_outputs(raw_cells[number - 1]):
            if name != "NotImplementedError" and not (number in fails and name in _WITHOUT_ANSWERS):
                yield Flaw(f"{before}cell {number}", f"was saved with a {name}", "mend it and run it again")


def _errors_in_outputs(raw: Any) -> Iterator[str]:
    outputs = raw.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        if isinstance(output, dict) and output.get("output_type") == "error":
            yield str(output.get("ename", "error"))
