"""What changes for whom, the same for homework and quizzes; marks that go down come first."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class MarkChange:
    """One mark that is another when it is judged again."""

    student: str
    question: str
    """Empty where it is the mark of the whole, by other points of its questions or by other questions."""
    old: Fraction | None
    """A share of the points, between 0 and 1; None while a person must look, or where it was not asked."""
    new: Fraction | None
    why: str
    old_points: Fraction
    new_points: Fraction
    number: int = 0
    """Of the file or attempt, where several of the student's were judged again."""

    @property
    def whose(self) -> str:
        """The student, and which file where there are several."""
        return f"{self.student}/{self.number}" if self.number else self.student

    @property
    def gain(self) -> Fraction:
        """Points gained, negative where some are lost; a mark that is open now is lost until it is given."""
        return ((self.new or Fraction(0)) - (self.old or Fraction(0))) * self.new_points

    @property
    def goes_down(self) -> bool:
        """Whether the share is less than it was, or not known any more."""
        return self._is_asked and _height(self.new) < _height(self.old)

    @property
    def goes_up(self) -> bool:
        """Whether the share is more than it was, or known at last."""
        return self._is_asked and _height(self.new) > _height(self.old)

    @property
    def _is_asked(self) -> bool:
        """Whether it was asked before as well as now: else the mark of the whole tells what that changes."""
        ends = ((self.old, self.old_points), (self.new, self.new_points))
        return all(share is not None or points for share, points in ends)


def _height(share: Fraction | None) -> Fraction:
    """What it is compared by: a mark that nobody knows is below them all."""
    return Fraction(-1) if share is None else share


def sort_changes(changes: Iterable[MarkChange]) -> tuple[MarkChange, ...]:
    """Those that go down first, then those that go up; of each the whole first, then what loses most."""

    def order(one: MarkChange) -> tuple[bool, bool, bool, Fraction, str, str]:
        return not one.goes_down, not one.goes_up, bool(one.question), one.gain, one.student, one.question

    return tuple(sorted(changes, key=order))
