"""A notebook of another homework of the course, handed in for this one: told by the names it defines."""

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.domain.notebook import CellKind, Notebook
from autograder.domain.sentences import say
from autograder.errors import SubmissionError
from autograder.notebook.code import understand
from autograder.notebook.match import Matched
from autograder.notebook.read import read
from autograder.notebook.released import Released

_NAMED = 3


@dataclass(frozen=True, slots=True)
class OtherHomework:
    """Another assignment of the course, as far as its notebook is recognised."""

    name: str
    questions: frozenset[str]
    """Names of its stubs."""
    given: frozenset[str]
    """All other names that its released notebook defines."""

    @classmethod
    def of(cls, name: str, content: bytes) -> "OtherHomework | None":
        """From the released notebook; None where it cannot be read, or asks for no code."""
        try:
            cells = read(content).cells
        except SubmissionError:
            return None
        code = [understand(cell.source) for cell in cells if cell.kind is CellKind.CODE]
        questions = frozenset[str]().union(*(one.stubs for one in code))
        names = frozenset[str]().union(*(one.names for one in code))
        return cls(name, questions, names - questions) if questions else None


def require_this_homework(
    submitted: Notebook,
    matched: Matched,
    released: Released,
    *,
    assignment: str,
    others: Sequence[OtherHomework],
) -> None:
    """Raise SubmissionError, which says whose it is, where a notebook is another homework's.

    A notebook with one question of this homework is taken for this homework's, unless that name is given in
    the other's.
    """
    # Nearly every notebook ends here, and costs nothing.
    if not released.questions or 2 * len(matched.found) > len(released.questions):
        return
    sources = (cell.source for cell in submitted.cells if cell.kind is CellKind.CODE)
    code = (released.known.get(source) or understand(source) for source in sources)
    defined = frozenset[str]().union(*(one.names for one in code))
    ours = defined & released.questions.keys()
    found = [(len(defined & other.questions), other) for other in others if ours <= other.given]
    count, other = max(found, key=lambda pair: pair[0], default=(0, None))
    if other is None or not count:
        return
    names = tuple(sorted(defined & other.questions))
    about = {"other": other.name, "assignment": assignment, "names": names[:_NAMED]}
    if count > _NAMED:
        raise SubmissionError(say("other_homework.more", more=count - _NAMED, **about))
    sure = count > 1 or count == len(other.questions)
    raise SubmissionError(say("other_homework" if sure else "other_homework.seems", **about))
