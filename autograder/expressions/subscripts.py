"""What a subscript says: indices of entries, the range of a sum, the order of a norm."""

import re

from autograder.expressions.unreadable import Unreadable

_INDEX = re.compile(r"\s*(?:([A-Za-z]\d?)|(\d{1,2}))\s*,?")


def norm_order(text: str) -> str:
    """The norm that a subscript or argument names: "1", "2", "inf" or "F"; raises Unreadable."""
    order = {"\\infty": "inf", "infty": "inf", "inf": "inf", "1": "1", "2": "2", "F": "F", "fro": "F"}.get(
        text.strip()
    )
    if order is None:
        raise Unreadable(f"I do not know the norm with subscript {text!r}; I know 1, 2, F and \\infty.")
    return order


def indices_in(text: str) -> tuple[str, ...]:
    """The one or two indices of a subscript, letters or whole numbers; raises Unreadable."""
    found, at = [], 0
    text = text.replace("\\,", " ").strip()
    while at < len(text):
        match = _INDEX.match(text, at)
        if match is None:
            raise Unreadable(f"I cannot read the subscript {text!r}: indices are letters or numbers.")
        found.append(match[1] or match[2])
        at = match.end()
    if not 1 <= len(found) <= 2:
        raise Unreadable(f"I cannot read the subscript {text!r}: one index or two.")
    return tuple(found)


_BOUND = re.compile(
    r"([A-Za-z](?:\s*,?\s*[A-Za-z])*)\s*(?:=\s*(\w+)\s*(?:(?:\.\.+|,?\\[lc]?dots,?|,\.\.\.,)\s*(\w+))?)?"
)


def sum_indices(text: str) -> list[tuple[str, str]]:
    """Indices of a sum with the upper bounds that stand beside them: `i,j=1`, `i=1..n`, `ij`.

    Raises Unreadable.
    """
    found: list[tuple[str, str]] = []
    at = 0
    text = text.strip()
    while at < len(text):
        match = _BOUND.match(text, at)
        if match is None:
            raise Unreadable(
                f"I cannot read the range {text!r} of the sum: write \\sum_{{i=1}}^n or \\sum_{{i,j}}."
            )
        if match[2] not in (None, "1"):
            raise Unreadable("Let the sum begin at 1.")
        found += [(letter, match[3] or "") for letter in match[1] if letter.isalpha()]
        at = match.end()
        while at < len(text) and text[at] in " ,":
            at += 1
    if len(found) > 4:
        raise Unreadable("A sum may have four indices at most.")
    return found
