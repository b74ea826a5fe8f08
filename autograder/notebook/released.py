"""The released notebook, prepared once for matching many submissions against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.domain.notebook import Cell, CellKind
from autograder.notebook.assignment import AssignmentText, Role, Statement, read_assignment
from autograder.notebook.code import Code, loads, parse, understand


@dataclass(frozen=True, slots=True)
class Support:
    """A released cell that later cells build on: it is put back where it is missing."""

    cell: Cell
    names: frozenset[str]
    """What it defines, never empty."""
    needs: tuple[Cell, ...]
    """Support cells before it that define what it uses, in order."""


@dataclass(frozen=True, slots=True)
class Released:
    """What `match` must know of the released notebook."""

    text: AssignmentText
    questions: Mapping[str, Statement]
    """By the name of the function to write."""
    support: tuple[Support, ...]
    known: Mapping[str, Code]
    """Its code cells by their source: most cells of a submission are unchanged and not read again."""

    @classmethod
    def from_content(cls, content: bytes) -> "Released":
        """Raises CourseError with all mistakes of its author."""
        return cls.from_text(read_assignment(content))

    @classmethod
    def from_text(cls, text: AssignmentText) -> "Released":
        """The same, of a notebook that has been read."""
        questions = {statement.name: statement for statement in text.statements if statement.name}
        code = {part.cell.source: understand(part.cell.source) for part in text.parts if _is_code(part.cell)}
        return cls(text, questions, _support(text, frozenset(questions), code), code)


def _is_code(cell: Cell) -> bool:
    return cell.kind is CellKind.CODE


def _support(
    text: AssignmentText, questions: frozenset[str], known: Mapping[str, Code]
) -> tuple[Support, ...]:
    """The support cells that can run without any answer.

    A cell that calls a question's function (to plot what it computes), or uses what such a cell made, shows
    the student something but carries nothing. Neither does a cell that defines nothing.
    """
    found: list[Support] = []
    made_from_answers = set(questions)
    for part in text.parts:
        names = known[part.cell.source].names if part.role is Role.SUPPORT else frozenset()
        used = loads(parse(part.cell.source)[0]) if names else frozenset()
        if used & made_from_answers:
            made_from_answers |= names
        elif names:
            found.append(Support(part.cell, names, _needed(found, used)))
    return tuple(found)


def _needed(earlier: Sequence[Support], used: frozenset[str]) -> tuple[Cell, ...]:
    """The earlier cells that define the names used, and what those need, in order."""
    numbers = set()
    for support in earlier:
        if support.names & used:
            numbers |= {support.cell.number, *(cell.number for cell in support.needs)}
    return tuple(support.cell for support in earlier if support.cell.number in numbers)
