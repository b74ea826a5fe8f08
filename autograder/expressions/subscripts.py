"""What a subscript says: indices of entries, the range of a sum, the order of a norm."""

import re

from autograder.domain.sentences import say
from autograder.expressions.unreadable import Unreadable, quoted

_INDEX = re.compile(r"\s*(?:([A-Za-z]\d?)|(\d{1,2}))\s*,?")


_NORMS = (
    ("1", r"1 \ell_1"),
    ("op2", r"2 \ell_2"),
    ("inf", r"\infty infty inf ∞"),
    ("F", "F fro Fro Frob"),
    ("nuclear", r"* \star \ast nuc tr"),
    ("spectral", r"op \sigma spec 2,2 2\to2"),
)
_ORDERS = {spelling: order for order, spellings in _NORMS for spelling in spellings.split()}


def norm_order(text: str) -> str:
    """The norm that a subscript or argument names; "op2" is 2, another norm for matrices than for vectors.

    Raises Unreadable.
    """
    order = _ORDERS.get(text.replace(" ", ""))
    if order is None:
        raise Unreadable(say("typed.i_do_not_know_the_2", text=quoted(text)))
    return order


def indices_in(text: str) -> tuple[str, ...]:
    """The one or two indices of a subscript, letters or whole numbers; raises Unreadable."""
    found, at = [], 0
    text = text.replace("\\,", " ").strip()
    while at < len(text):
        match = _INDEX.match(text, at)
        if match is None:
            raise Unreadable(say("typed.i_cannot_read_the_subscript_2", text=quoted(text)))
        found.append(match[1] or match[2])
        at = match.end()
    if not 1 <= len(found) <= 2:
        raise Unreadable(say("typed.i_cannot_read_the_subscript", text=quoted(text)))
    return tuple(found)


_BOUND = re.compile(
    r"([A-Za-z](?:\s*,?\s*[A-Za-z])*)\s*"
    r"(?:=\s*(\w+)\s*(?:(?:\.\.+|,?\\[lc]?dots,?|,\.\.\.,)\s*(\w+))?"
    r"|\\in\s*(?:\[\s*(?:1\s*,\s*)?(\w+)\s*\]|\\?\{\s*1\s*,[^{}A-Za-z]*(?:\\[lc]?dots)?\s*,?\s*(\w+)\s*\\?\})"
    r"|\\(?:leq?|leqslant)\s*(?P<most>[A-Za-z])(?![A-Za-z])"
    r"|(?P<only>\\neq?(?![A-Za-z])|!=|<|\\lt(?![A-Za-z])|>)\s*(?P<other>[A-Za-z]))?"
)


def _merged(found: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    r"""An index that is named twice is one: `j=1, j \neq i`, or `i, j, i \neq j`. Raises Unreadable."""
    merged: dict[str, tuple[str, str, str]] = {}
    for index, bound, only in found:
        before = merged.pop(index, (index, "", ""))
        if (before[1] and bound and before[1] != bound) or (before[2] and only):
            raise Unreadable(say("typed.the_index_has_two_ranges", index=index))
        merged[index] = (index, before[1] or bound, before[2] or only)
    return list(merged.values())


_FROM_ONE = re.compile(r"1\s*(?:\\leq?|\\leqslant|<=)\s*(?=[A-Za-z])")


def sum_indices(text: str) -> list[tuple[str, str, str]]:
    r"""Indices of a sum, the upper bounds that stand beside them, and which values are left out or kept.

    `i,j=1`, `i=1..n`, `ij`, `i \in [n]`, `1 \le i \le n`, `j \neq i`, `i<j`. Raises Unreadable.
    """
    found: list[tuple[str, str, str]] = []
    at = 0
    text = _FROM_ONE.sub("", text.strip().replace("<=", "\\le "))
    while at < len(text):
        match = _BOUND.match(text, at)
        if match is None:
            raise Unreadable(say("typed.i_cannot_read_the_range", text=quoted(text)))
        if match[2] not in (None, "1"):
            raise Unreadable(say("typed.let_the_sum_begin_at"))
        letters = [letter for letter in match[1] if letter.isalpha()]
        bound = match[3] or match[4] or match[5] or match["most"] or ""
        if match["only"] in ("<", ">", "\\lt"):  # i<j: both run, one below the other
            sign = ">" if match["only"] == ">" else "<"
            found += [(letter, bound, "") for letter in letters[:-1]]
            found += [(match["other"], "", ""), (letters[-1], bound, sign + match["other"])]
        else:
            only = f"!={match['other']}" if match["other"] else ""
            found += [(letter, bound, only) for letter in letters]
        at = match.end()
        while at < len(text) and text[at] in " ,":
            at += 1
    found = _merged(found)
    if len(found) > 4:
        raise Unreadable(say("typed.a_sum_may_have_four"))
    return found
