"""Build what a student hands in from the released notebook, cell by cell, as Jupyter saves it."""

import json
from collections.abc import Iterable
from typing import Any, TypeAlias

from autograder.notebook.assignment import Role, read_assignment

Cell: TypeAlias = dict[str, Any]


class NotebookBuilder:
    """A notebook being edited; its cells are found by the question they belong to, wherever they move."""

    def __init__(self, released: bytes) -> None:
        self.document: dict[str, Any] = json.loads(released)
        self.prefix = b""
        """The first bytes of the file, before its text."""
        self.answers: dict[str, Cell] = {}
        """The cell of each question's stub or answer, by the name of its function."""
        self.examples: dict[str, Cell] = {}
        self.support: list[Cell] = []
        """Imports, data, plots."""
        self._stubs: dict[str, Any] = {}
        text = read_assignment(released)
        names = {statement.number: statement.name for statement in text.statements}
        for part, cell in zip(text.parts, self.cells, strict=True):
            match part.role:
                case Role.STUB:
                    self.answers[names[part.question]] = cell
                    self._stubs[names[part.question]] = cell["source"]
                case Role.EXAMPLES:
                    self.examples[names[part.question]] = cell
                case Role.SUPPORT:
                    self.support.append(cell)

    @property
    def cells(self) -> list[Cell]:
        """All cells, in order: the list itself, to be edited."""
        cells: list[Cell] = self.document["cells"]
        return cells

    @property
    def questions(self) -> tuple[str, ...]:
        """Names of the functions asked for, in order."""
        return tuple(self.answers)

    def answer(self, question: str, source: str) -> None:
        """Write an answer into the question's cell."""
        self.answers[question]["source"] = source.strip("\n")

    def restore_stub(self, question: str) -> None:
        """Put the stub back."""
        self.answers[question]["source"] = self._stubs[question]

    def read_stub(self, question: str) -> str:
        """The source of the released stub."""
        return "".join(self._stubs[question])

    def read_source(self, cell: Cell) -> str:
        """The text of a cell."""
        return "".join(cell["source"])

    def add(self, source: str, *, after: Cell | None = None) -> Cell:
        """A new code cell below another one, or at the end."""
        cell: Cell = {"cell_type": "code", "id": f"added-{len(self.cells)}", "metadata": {}}
        cell |= {"execution_count": None, "outputs": [], "source": source.strip("\n")}
        # By identity: two cells of a notebook may be equal.
        above = (position for position, other in enumerate(self.cells, 1) if other is after)
        self.cells.insert(len(self.cells) if after is None else next(above), cell)
        return cell

    def drop(self, cells: Iterable[Cell]) -> None:
        """Delete cells."""
        dropped = {id(cell) for cell in cells}
        self.cells[:] = [cell for cell in self.cells if id(cell) not in dropped]

    def to_bytes(self) -> bytes:
        """The bytes of the file, as Jupyter saves it."""
        text = json.dumps(self.document, indent=1, ensure_ascii=False)
        return self.prefix + text.encode() + b"\n"
