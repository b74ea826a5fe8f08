"""What people know a question of an adopted notebook by, where its own name tells them nothing."""

import re
from collections import Counter
from collections.abc import Iterator
from textwrap import shorten

from autograder.foreign.model import AdoptedAssignment, CellType, ForeignNotebook, ForeignRole
from autograder.foreign.rebuild import questions_of

_DRAWN = re.compile(r"(cell-?)?[0-9a-f]{6,}")
"""A grade_id that nbgrader or Jupyter drew by chance, and no page of theirs shows to students."""
_HEADING = re.compile(r" {0,3}#{1,6}\s+(.*?)[\s#]*")
_FENCE = re.compile(r"\s*(```|~~~)")
_MARKS = re.compile(r"[*`]+|(?<!\w)__|__(?!\w)|</?\w[^>]*>")
_LONGEST, _MOST = 80, 4


def title_questions(assignment: AdoptedAssignment) -> dict[str, str]:
    """The heading above each question whose name was drawn by chance; of a few below one, with a number.

    Of many below one it would tell nothing either, and they have none.
    """
    found = {}
    for notebook in assignment.notebooks:
        headings = dict(_headings_above(notebook))
        names = {
            question.name: headings.get(question.cell, "") for question in questions_of(assignment, notebook)
        }
        below, seen = Counter(names.values()), Counter[str]()
        for name, heading in names.items():
            seen[heading] += 1
            if heading and below[heading] <= _MOST and _DRAWN.fullmatch(name.rpartition("/")[2]):
                found[name] = f"{heading} ({seen[heading]})" if below[heading] > 1 else heading
    return found


def _headings_above(notebook: ForeignNotebook) -> Iterator[tuple[str, str]]:
    """Each cell's id, with the heading that students read last before it, or in it if it is a task."""
    heading = ""
    for cell in notebook.cells:
        given = cell.role in (ForeignRole.PROVIDED, ForeignRole.TASK)
        if given and cell.type is CellType.MARKDOWN:
            heading = _find_heading(cell.as_released) or heading
        yield cell.id, heading


def _find_heading(text: str) -> str:
    """The last heading in markdown, without its signs; empty where there is none."""
    found, fenced = "", False
    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and (heading := _HEADING.fullmatch(line)):
            found = shorten(_MARKS.sub("", heading[1]), _LONGEST, placeholder=" …") or found
    return found
