"""Regions of cells that students do not get: solutions, hidden tests, marking schemes (nbgrader's rules)."""

import re
from collections.abc import Collection, Iterator

from autograder.adopting.document import SourceCell, SourceNotebook
from autograder.adopting.nbgrader_cells import NbgraderMark
from autograder.adopting.nbgrader_config import NbgraderConfig, Region
from autograder.errors import Flaw
from autograder.foreign.model import CellType, ForeignRole

_ANSWERS = (ForeignRole.STUDENT, ForeignRole.BY_HAND)


def take_out_solution(cell: SourceCell, mark: NbgraderMark | None, config: NbgraderConfig) -> str:
    """The text of a cell with its solution replaced by the stub, as students begin with it.

    A marked region is replaced; an answer without one is replaced whole. Regions are as
    `find_wrong_regions` wants them.
    """
    stub = config.code_stub if cell.type is CellType.CODE else config.text_stub
    text, found = replace_region(cell.source, config.solution, stub)
    if not found and mark is not None and mark.role in _ANSWERS:
        return stub
    return text


def take_out_hidden(text: str, config: NbgraderConfig) -> str:
    """The text of a cell as students receive it: without hidden tests and marking schemes."""
    for region in (config.hidden_tests, config.mark_scheme):
        text, _ = replace_region(text, region)
    return text


def replace_region(text: str, region: Region, stub: str | None = None) -> tuple[str, bool]:
    r"""A text with every region replaced by a stub of the same indent, or by nothing; whether there was one.

    >>> replace_region("a\n  # BEGIN\n  b\n  # END\nc", Region("BEGIN", "END"), "pass")
    ('a\n  pass\nc', True)
    """
    kept: list[str] = []
    inside = found = False
    for line in text.split("\n"):
        if region.begin in line:
            inside = found = True
            if stub is not None:
                indent = re.match(r"\s*", line)
                kept += [f"{indent[0] if indent else ''}{each}" for each in stub.split("\n")]
        elif region.end in line:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept), found


def find_wrong_regions(
    notebook: SourceNotebook,
    marks: dict[int, NbgraderMark],
    config: NbgraderConfig,
    *,
    refused: Collection[str] = (),
) -> Iterator[Flaw]:
    """Regions that nbgrader refuses: begun twice, never ended, or in a cell of another kind.

    Of cells in a place that is `refused` already, the kind is not known.
    """
    kinds = (
        (config.solution, _ANSWERS, "an answer"),
        (config.hidden_tests, (ForeignRole.TEST, ForeignRole.BY_HAND), "a test"),
        (config.mark_scheme, (ForeignRole.TASK,), "a task"),
    )
    for cell in notebook.cells:
        mark = marks.get(cell.number)
        # nbgrader takes solutions out first: what stands in an answer that it replaces whole, it never sees.
        left = take_out_solution(cell, mark, config)
        for region, roles, kind in kinds:
            text = cell.source if region is config.solution else left
            trouble = _find_trouble(text, region)
            if trouble:
                yield Flaw(notebook.place(cell), trouble, f'one "{region.begin}" and one "{region.end}"')
            elif notebook.place(cell) in refused:
                continue
            elif region.begin in text and region.enforced and (not mark or mark.role not in roles):
                what = f'has a "{region.begin}", and is not marked as {kind}'
                yield Flaw(notebook.place(cell), what, "mark the cell in nbgrader's toolbar")


def _find_trouble(text: str, region: Region) -> str:
    inside = False
    for line in text.split("\n"):
        if region.begin in line:
            if inside:
                return f'has a second "{region.begin}" before the end of the first'
            inside = True
        elif region.end in line:
            inside = False
    return f'has a "{region.begin}" without its end' if inside else ""
