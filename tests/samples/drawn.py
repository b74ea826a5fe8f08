"""How many examples of a property are drawn: a fifth of them every day, all of them by `make soak`."""

from hypothesis import settings

EVERY_DAY, FULL = 12, 60


def drawn(full: int) -> int:
    """So many in soak, and their part every day."""
    return full * settings.default.max_examples // FULL
