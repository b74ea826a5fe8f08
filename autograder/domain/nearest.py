"""What may have been meant by a name that is not there: advice for messages."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import PurePath

_MOST_LISTED = 12


def did_you_mean(name: str, known: Iterable[str], *, before: str = "") -> str:
    """Which known names are close to one that is not known; empty where none is.

    A path may have been typed for the name of what lies there, as `solutions/gradients.py`. `before` is what
    all names begin with where they are written: it is shown, and not compared.
    """
    by_lower = {each.lower(): each for each in known}
    inner = PurePath(name).name.partition(".")[0].lower()
    close = (
        [inner] if inner in by_lower else _find_close(name.lower(), by_lower) or _find_close(inner, by_lower)
    )
    return f"did you mean {' or '.join(before + by_lower[each] for each in close)}?" if close else ""


def _find_close(name: str, known: Iterable[str]) -> list[str]:
    return get_close_matches(name, list(known), n=3, cutoff=0.6)


def advise(name: str, known: Iterable[str], *, they: str = "known are") -> str:
    """Which known name is close to one that is not known, and else what is known.

    Args:
        name: as it was typed.
        known: all names that would have been right.
        they: how a list of them begins.

    Returns:
        A piece of a sentence; empty where nothing is known.
    """
    names = list(dict.fromkeys(known))
    near = did_you_mean(name, names)
    if near or not names:
        return near
    more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
    return f"{they} {', '.join(names[:_MOST_LISTED])}{more}"
