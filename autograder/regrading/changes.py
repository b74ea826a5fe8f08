"""What changes for whom, the same for homework and quizzes; marks that go down come first."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class MarkChange:
    """One mark that is another when it is judged again."""

    student: str
    question: str
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
        return (self.new or Fraction(0)) * self.new_points - (self.old or Fraction(0)) * self.old_points

    @property
    def goes_down(self) -> bool:
        """Whether the mark is less than it was, or not known any more."""
        if self.old is None or self.new is None:
            return self.old is not None
        return self.new < self.old or (self.new == self.old and self.new_points < self.old_points)


def sort_changes(changes: Iterable[MarkChange]) -> tuple[MarkChange, ...]:
    """Those that go down first, of these those that lose most."""
    return tuple(sorted(changes, key=lambda one: (not one.goes_down, one.gain, one.student, one.question)))
