"""How much of a source is read: whatever is packed into it, reading ends."""

from dataclasses import dataclass

from autograder.domain.course import Limits

_USUAL_CLASS = 100
_MOST_ENTRIES = 20_000
_MOST_NOTEBOOKS = 20
_RATIO = 200
_NEVER_A_BOMB = 1_000_000
_UNPACKED = 4


@dataclass(frozen=True, slots=True)
class SourceBounds:
    """The limits while one source is read; sizes in bytes."""

    file: int
    """One notebook."""
    owner: int
    """All notebooks of one student."""
    total: int
    """All notebooks of a source together."""
    entries: int = _MOST_ENTRIES
    """Files and folders of a source."""
    notebooks: int = _MOST_NOTEBOOKS
    """Notebooks that one student may hand in, to choose from."""
    ratio: int = _RATIO
    """How many times its packed size anything may have; notebooks reach 5 to 50."""

    @classmethod
    def of(cls, limits: Limits, people: int = 0) -> "SourceBounds":
        """The bounds that follow from an assignment's limits and the number of its students."""
        file = limits.notebook_mb * 1_000_000
        return cls(file, 3 * file, file * max(people, _USUAL_CLASS))

    def is_bomb(self, size: int, packed: int) -> bool:
        """Whether so much cannot honestly come out of so little."""
        return size > max(_NEVER_A_BOMB, self.ratio * packed)

    def limit_stream(self, packed: int) -> int:
        """How many bytes a compressed tar of this size may unpack to, including what is passed over."""
        return min(_UNPACKED * self.total, max(64 * _NEVER_A_BOMB, self.ratio * packed))
