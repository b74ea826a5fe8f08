"""What people decided of one mark: of a question, of a piece of work, or of the final grade."""

from dataclasses import dataclass
from fractions import Fraction

from autograder.domain.events import History, Override, OverrideKind
from autograder.domain.phrases import phrase


@dataclass(frozen=True, slots=True)
class Ruling:
    """The last decision on a mark; what is withheld beside it will stand again once it is released."""

    last: Override
    valid: Override | None
    """The last one that says what the mark is."""

    @classmethod
    def of(cls, history: History, work: str | None, question: str = "") -> "Ruling | None":
        """What holds of a question, of a piece of work (no question) or of the final grade (no work)."""
        found = [e for e in history.of_kind(Override) if (e.work, e.question) == (work, question)]
        valid = [each for each in found if each.kind is not OverrideKind.WITHHELD]
        return cls(found[-1], valid[-1] if valid else None) if found else None

    @property
    def withheld(self) -> bool:
        """Whether somebody is still to decide."""
        return self.last.kind is OverrideKind.WITHHELD

    @property
    def sanction(self) -> bool:
        """Whether the mark is 0 and no drop takes it away."""
        return self.valid is not None and self.valid.kind is OverrideKind.SANCTION

    @property
    def fixed(self) -> bool:
        """Whether the mark is given, whatever was handed in."""
        return self.valid is not None and self.valid.kind is not OverrideKind.ADJUST

    @property
    def settles(self) -> bool:
        """Whether it leaves nothing to decide."""
        return self.fixed and not self.withheld

    def highest(self, mark: Fraction) -> Fraction:
        """What it makes of a mark between 0 and 1, released where it is withheld."""
        if self.valid is None:
            return mark
        if self.valid.kind is OverrideKind.ADJUST:
            return max(Fraction(0), min(Fraction(1), mark + self.valid.value))
        return Fraction(0) if self.sanction else self.valid.value

    def lowest(self, mark: Fraction) -> Fraction:
        """The same, 0 while it is withheld."""
        return Fraction(0) if self.withheld else self.highest(mark)

    def told(self) -> str:
        """The decision for the student, with its reason."""
        return told(f"decided.{self.last.kind.name.lower()}", self.last.why)


def told(key: str, why: str) -> str:
    """What was decided, and why where that is said."""
    what = phrase(key)
    return phrase("decided.why", what=what, why=why) if why else what
