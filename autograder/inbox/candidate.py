"""The notebooks among what one student handed in, and which of them is the one to grade."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from autograder.domain.student_id import normal
from autograder.inbox.file_names import NOTEBOOK, strip_copy_marks, strip_copy_number
from autograder.inbox.notice import escape


@dataclass(frozen=True, slots=True)
class Candidate:
    """A notebook that may be the one to grade."""

    inside: tuple[str, ...]
    """Where it lies among what its owner handed in: the owner chose these names."""
    path: Path
    modified: datetime | None = None
    by_content: bool = False
    """Whether it is called otherwise, and only its content says that it is a notebook."""

    @property
    def name(self) -> str:
        """As its owner called it, safe to print."""
        return escape("/".join(self.inside))

    @property
    def at_top(self) -> bool:
        """Whether it lies in no folder of its owner's."""
        return len(self.inside) == 1


def choose_collected(
    candidates: Sequence[Candidate], assignment: str, *, outer_first: bool
) -> Candidate | None:
    """The one to grade of files that `collect` keeps, if it can be told without guessing.

    Equal ones are one. Of different ones, that which is named after the assignment, if there is exactly
    one; with `outer_first`, those in no folder go before those in one. Else the only one that is called
    like a notebook.
    """
    rank = next(_rank(candidates, assignment, outer_first=outer_first), [])
    return rank[0] if len({sha256(one.path.read_bytes()).digest() for one in rank}) == 1 else None


def choose_placed(candidates: Sequence[Candidate], assignment: str) -> Candidate | None:
    """The one to grade of files in a folder of submissions: the one called NAME.ipynb settles it."""
    exact = [one for one in candidates if one.inside[-1] == f"{assignment}{NOTEBOOK}"]
    for rank in ([one for one in exact if one.at_top], exact):
        if len(rank) == 1:
            return rank[0]
    rank = next(_rank(candidates, assignment, outer_first=True), [])
    return rank[0] if len(rank) == 1 else None


def choose_named(candidates: Iterable[Candidate], names: Sequence[str]) -> dict[str, Candidate]:
    """The notebooks of these names, in their order; of two of one name the outer one."""
    found: dict[str, Candidate] = {}
    for one in sorted(candidates, key=lambda one: len(one.inside), reverse=True):
        found[one.inside[-1].removesuffix(NOTEBOOK)] = one
    return {name: found[name] for name in names if name in found}


def _rank(
    candidates: Sequence[Candidate], assignment: str, *, outer_first: bool
) -> Iterator[list[Candidate]]:
    """Groups of candidates, the likeliest first; none is empty."""
    wanted = normal(assignment).casefold()
    ordered = sorted(candidates, key=lambda one: (one.by_content, len(one.inside)))
    called = [one for one in ordered if not one.by_content]
    named = [one for one in called if strip_copy_number(one.inside[-1]) == wanted]
    alike = [one for one in ordered if strip_copy_marks(one.inside[-1]) == wanted]
    ranks: Iterable[list[Candidate]] = (
        *([_at_top(named)] if outer_first else []),
        named,
        [one for one in alike if not one.by_content],
        alike,
        *([_at_top(called)] if outer_first else []),
        called,
        ordered,
    )
    yield from (rank for rank in ranks if rank)


def _at_top(candidates: Iterable[Candidate]) -> list[Candidate]:
    return [one for one in candidates if one.at_top]
