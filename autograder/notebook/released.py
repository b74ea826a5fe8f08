"""The released notebook, prepared once for matching many submissions against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.domain.notebook import Cell, CellKind
from autograder.notebook.assignment import AssignmentText, Role, Statement, read_assignment
from autograder.notebook.code import Code, find_names_read, parse, understand
from autograder.notebook.written import Places


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
    """Its code cells by their source: most cells of a submission are unchanged and not read again.

    For speed alone: it saves 5 % of the processor time of 300 submissions of homework 1.
    """
    places: Places
    """Where its parts begin, for finding what is marked by hand."""

    @classmethod
    def from_content(cls, content: bytes) -> "Released":
        """Raises CourseError with all mistakes of its author."""
        return cls.from_text(read_assignment(content))

    @classmethod
    def from_text(cls, text: AssignmentText) -> "Released":
        """The same, of a notebook that has been read."""
        questions = {statement.name: statement for statement in text.statements if statement.name}
        code = {
            part.cell.source: understand(part.cell.source)
            for part in text.parts
            if part.cell.kind is CellKind.CODE
        }
        return cls(text, questions, _support(text, code), code, Places.of(text))


def find_building_on_answers(text: AssignmentText) -> frozenset[int]:
    """Numbers of the support cells that call a question's function, or use what such a cell made.

    They show the student something (a plot of what was computed) and fail until the answer is there.
    """
    numbers: set[int] = set()
    made_from_answers = {statement.name for statement in text.statements}
    for part in text.parts:
        if part.role is Role.SUPPORT:
            tree, _ = parse(part.cell.source)
            if find_names_read(tree) & made_from_answers:
                numbers.add(part.cell.number)
                made_from_answers |= understand(part.cell.source).names
    return frozenset(numbers)


def _support(text: AssignmentText, known: Mapping[str, Code]) -> tuple[Support, ...]:
    """The support cells that define something and can run without any answer."""
    found: list[Support] = []
    fails = find_building_on_answers(text)
    for part in text.parts:
        if part.role is Role.SUPPORT and part.cell.number not in fails:
            names = known[part.cell.source].names
            used = find_names_read(parse(part.cell.source)[0])
            found += [Support(part.cell, names, _needed(found, used))] if names else []
    return tuple(found)


def _needed(earlier: Sequence[Support], used: frozenset[str]) -> tuple[Cell, ...]:
    """The earlier cells that define the names used, and what those need, in order."""
    numbers = set()
    for support in earlier:
        if support.names & used:
            numbers |= {support.cell.number, *(cell.number for cell in support.needs)}
    return tuple(support.cell for support in earlier if support.cell.number in numbers)
