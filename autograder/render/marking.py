"""The sheet of a written part, for whoever marks it: every answer with its rubric, nothing that runs."""

from dataclasses import dataclass
from fractions import Fraction

from autograder.domain.handmark import Criterion, HandMark
from autograder.domain.report import CellRun
from autograder.render.environment import render_page
from autograder.render.redraw import RedrawnPicture


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture in the text of an answer, or why it is not shown."""

    drawn: RedrawnPicture | None = None
    name: str = ""
    """What the text calls it."""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class CopiedCell:
    """A cell of an answer: text, or code with what it printed and drew when it was run."""

    text: str = ""
    code: str = ""
    ran: CellRun | None = None
    number: int = 0
    pictures: tuple[ShownPicture, ...] = ()
    """Those that the text marks `[picture 1]`, and so on."""


@dataclass(frozen=True, slots=True)
class AnswerCopy:
    """One student's answer."""

    label: str
    """What it is called: a number, or the student."""
    cells: tuple[CopiedCell, ...]
    empty: bool
    """Whether nothing was written."""
    found: bool = True
    """Whether the part was found in the notebook."""
    mark: HandMark | None = None
    """The last mark given, for this file or an earlier one."""
    outdated: bool = False
    """Whether that mark was given for another answer than this."""
    remarks: tuple[str, ...] = ()
    """What else its marker must know."""


@dataclass(frozen=True, slots=True)
class MarkingSheet:
    """A written part with all its answers."""

    assignment: str
    title: str
    points: Fraction
    statement: str
    rubric: tuple[Criterion, ...]
    copies: tuple[AnswerCopy, ...]
    table: str
    """Name of the file to fill in."""
    guide: str = ""
    """The solution, for whoever marks."""

    @property
    def empty(self) -> int:
        """How many wrote nothing."""
        return sum(copy.empty for copy in self.copies)


def render_sheet(sheet: MarkingSheet) -> str:
    """The sheet as a self-contained page, to read on a screen or to print."""
    return render_page("marking.html", "report.css", "marking.css", sheet=sheet)
