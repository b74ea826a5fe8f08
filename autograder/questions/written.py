"""A part that is answered in words or figures and marked by a person: its points and its rubric."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from autograder.domain.handmark import Criterion

Points = int | float | str | Fraction


@dataclass(frozen=True, slots=True)
class Written:
    """A part marked by hand; its title is the one of its heading in the notebook."""

    title: str
    points: Fraction
    rubric: tuple[Criterion, ...]

    @property
    def offered(self) -> Fraction:
        """Points of all criteria together: what `points` must be."""
        return sum((criterion.points for criterion in self.rubric), Fraction(0))


def written(title: str, *, points: Points, rubric: Mapping[str, Points]) -> Written:
    """A part of the notebook that a person marks, below the heading `## 9. Title (2 points, by hand)`.

    Keep it under a name of the module, as in `figure = written(...)`.

    Args:
        title: as in the heading.
        points: what a full answer earns.
        rubric: points per criterion, which add up to `points`. Students read the criteria with their mark.
    """
    criteria = tuple(Criterion(sentence, _exact(worth)) for sentence, worth in rubric.items())
    for sentence, worth in (("points", _exact(points)), *((c.sentence, c.points) for c in criteria)):
        if worth <= 0:
            raise ValueError(f"{sentence}: {worth}, must be more than 0")
    return Written(title, _exact(points), criteria)


def _exact(points: Points) -> Fraction:
    """A half is 1/2, also where it is written 0.5."""
    return Fraction(str(points))


def written_of(namespace: Mapping[str, Any]) -> Iterator[Written]:
    """The written parts a solutions module defines, in the order they are written, each once."""
    return iter(dict.fromkeys(value for value in namespace.values() if isinstance(value, Written)))
