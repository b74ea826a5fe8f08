"""A notebook that was handed in, as nbgrader's formgrader shows it: graded cells marked, what running gave.

Students retype, copy and delete cells, and metadata with them. An answer is found by the name it defines, as
grading finds it; tests and tasks by their id, else by their text; what is lost is put back where it belongs.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from autograder.domain.report import CellRun
from autograder.errors import SubmissionError
from autograder.interop.nbgrader import CellUse, MarkedCell
from autograder.interop.otter import Document
from autograder.notebook.code import understand
from autograder.notebook.read import cells_of, read, read_document

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ANY_SIZE = 10_000.0
"""Megabytes: it was read when it was graded."""


def show_submission(content: bytes, marked: Sequence[MarkedCell], runs: Iterable[CellRun]) -> Document:
    """The notebook with nbgrader's metadata on the cells of answers, tests and tasks.

    Args:
        content: the file as it was handed in.
        marked: the cells of the released notebook that nbgrader knows, in order.
        runs: what running each cell gave.
    """
    cells = show_cells(content, runs)
    for cell in cells:
        cell["metadata"].pop("nbgrader", None)
    homes = _find_homes(cells, marked, _ids_of_students(content))
    place = 0
    for each in marked:
        home = homes.get(each.id)
        if home is None:
            home = _lost(each, homes)
            cells.insert(place, home)
        home["metadata"] = {**home["metadata"], **each.metadata}
        if each.use is not CellUse.ANSWER:
            home["source"] = each.source
        place = max(place, next(k for k, cell in enumerate(cells) if cell is home) + 1)
    return make_document(cells)


def show_cells(content: bytes, runs: Iterable[CellRun]) -> list[Document]:
    """The cells that were handed in, with outputs of our own run in place of the student's.

    Of a file that cannot be read there is one cell, which says why.
    """
    try:
        notebook = read(content, limit_mb=_ANY_SIZE)
        raw = cells_of(read_document(content, limit_mb=_ANY_SIZE)[0])
    except SubmissionError as error:
        return [_cell("markdown", f"The file that was handed in cannot be read: {error}", "unread")]
    ran, cells, ids = {run.number: run for run in runs}, [], set[str]()
    for cell in notebook.cells:
        written = raw[cell.number - 1]
        metadata = written.get("metadata") if isinstance(written, dict) else None
        id_ = cell.id if cell.id and cell.id not in ids else f"submitted-{cell.number}"
        ids.add(id_)
        made = _cell(cell.kind.value, cell.source, id_, metadata if isinstance(metadata, dict) else {})
        if isinstance(written, dict) and isinstance(written.get("attachments"), dict) and cell.attachments:
            made["attachments"] = written["attachments"]
        if cell.number in ran and made["cell_type"] == "code":
            made["outputs"] = _outputs(ran[cell.number])
        cells.append(made)
    return cells


def make_document(cells: list[Document], **metadata: Any) -> Document:
    """A notebook of these cells."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}, **metadata},
        "cells": cells,
    }


def _cell(kind: str, source: str, id_: str, metadata: Mapping[str, Any] = {}) -> Document:
    code: Document = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "id": id_, "metadata": dict(metadata), "source": source, **code}


def _ids_of_students(content: bytes) -> dict[int, str]:
    """The grade_id that each cell still carries, by its place in the file."""
    found: dict[int, str] = {}
    try:
        raw = cells_of(read_document(content, limit_mb=_ANY_SIZE)[0])
    except SubmissionError:
        return found
    for place, cell in enumerate(raw):
        metadata = cell.get("metadata") if isinstance(cell, dict) else None
        mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        grade_id = mark.get("grade_id") if isinstance(mark, dict) else None
        found[place] = grade_id if isinstance(grade_id, str) else ""
    return found


def _find_homes(
    cells: Sequence[Document], marked: Sequence[MarkedCell], grade_ids: Mapping[int, str]
) -> dict[str, Document]:
    """The cell of the student that is each marked one, no cell for two."""
    homes: dict[str, Document] = {}
    answers = _find_answers(cells, {each.question for each in marked if each.use is CellUse.ANSWER})
    for each in marked:
        by_id = [
            cell
            for place, cell in enumerate(cells)
            if each.id in (cell["id"], grade_ids.get(place)) and (cell["cell_type"] == "code") == each.code
        ]
        same = [cell for cell in cells if cell["source"] == each.source]
        found = [*same, *by_id]
        if each.use is CellUse.ANSWER:
            found = [answers[each.question]] if each.question in answers else by_id
        taken = {id(home) for home in homes.values()}
        home = next((cell for cell in found if id(cell) not in taken), None)
        if home is not None:
            homes[each.id] = home
    return homes


def _find_answers(cells: Sequence[Document], questions: set[str]) -> dict[str, Document]:
    """The last cell that defines each name and not as a stub; else the last that holds the stub."""
    answers, stubs = dict[str, Document](), dict[str, Document]()
    for cell in cells:
        if cell["cell_type"] == "code":
            code = understand(cell["source"])
            answers |= dict.fromkeys((code.names - code.stubs) & questions, cell)
            stubs |= dict.fromkeys(code.stubs & questions, cell)
    return stubs | answers


def _lost(each: MarkedCell, homes: Mapping[str, Document]) -> Document:
    """A released cell that the student's notebook has not, or an answer that shares its cell with another."""
    source = each.source
    if each.use is CellUse.ANSWER:
        others = [cell for cell in homes.values() if each.question in understand(cell["source"]).names]
        told = "in a cell above" if others else "in no cell of the notebook that was handed in"
        source = f"# {each.question} is defined {told}."
    return _cell("code" if each.code else "markdown", source, f"{each.id}-put-back"[-64:])


def _outputs(run: CellRun) -> list[Document]:
    """What a cell printed, displayed and raised, in nbformat's words."""
    made: list[Document] = []
    if run.printed:
        made.append({"output_type": "stream", "name": "stdout", "text": run.printed})
    shown = [{"text/plain": text} for text in run.displayed]
    shown += [{"image/png": each.png, "text/plain": each.alt or "a figure"} for each in run.figures]
    made += [{"output_type": "display_data", "data": data, "metadata": {}} for data in shown]
    if run.exception or run.message:
        made.append(make_error(run.exception or "Error", run.message, run.traceback))
    elif run.limit or run.end:
        made.append(make_error(run.ending.value, str(run.limit or run.end), ""))
    return made


def make_error(name: str, value: str, traceback: str) -> Document:
    """An error as the output of a cell."""
    lines = traceback.splitlines() or [f"{name}: {value}"]
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": lines}
