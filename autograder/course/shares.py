"""Whether the parts of a course make a whole: weights, groups, both sessions; and the group of a work."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from pydantic_core import PydanticCustomError

from autograder.course import values
from autograder.errors import Flaw

_FILE = "course.toml"
_WHOLE = "together they make 100 %"


def tables(data: Mapping[str, Any], *path: str) -> dict[str, dict[str, Any]]:
    """The tables below a key, as far as they are tables: what else stands there is told of elsewhere."""
    found: Any = data
    for key in path:
        found = found.get(key, {}) if isinstance(found, dict) else {}
    if not isinstance(found, dict):
        return {}
    return {name: each for name, each in found.items() if isinstance(each, dict)}


def find_wrong_parts(data: Mapping[str, Any]) -> Iterator[Flaw]:
    """Parts that do not make a whole, as far as they can be read."""
    for key in ("grade", "second_session"):
        table = data.get(key)
        if isinstance(table, dict):
            total = _total([table.get("homework"), table.get("exam")])
            if total not in (None, 1):
                yield Flaw(f"{_FILE}: {key}", f"homework and exam make {values.percent(total)}", _WHOLE)
    second = data.get("second_session")
    if isinstance(second, dict) and ("homework" in second) != ("exam" in second):
        missing = "exam" if "homework" in second else "homework"
        yield Flaw(f"{_FILE}: second_session.{missing}", "is missing", "write both, or neither")
    yield from _wrong_free_days(data)
    if is_grouped(data):
        yield from _wrong_groups(data)
    elif isinstance(data.get("homework", {}), dict):
        yield from _wrong_weights(data)


def is_grouped(data: Mapping[str, Any]) -> bool:
    """Whether the works of a course are put into groups: then weights are within each."""
    homework = data.get("homework")
    return isinstance(homework, dict) and bool(homework.get("groups"))


def _works(data: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for kind in ("assignments", "quizzes"):
        yield from ((kind, name, each) for name, each in tables(data, kind).items())


def _wrong_weights(data: Mapping[str, Any]) -> Iterator[Flaw]:
    """Without groups, all that is no bonus makes the whole homework."""
    works = [each for _, _, each in _works(data) if each.get("bonus") is not True]
    if works:
        later = data.get("homework", {}).get("to_come", 0)
        total = _total([*(each.get("weight") for each in works), later])
        if total is not None and total != 1:
            all_of = "assignments and quizzes" if tables(data, "quizzes") else "assignments"
            what = f"the weights of all {all_of} and homework.to_come make {values.percent(total)}"
            advice = f"{_WHOLE}; homework.to_come is the weight of those not written yet"
            left = values.share(later) + 1 - total
            if _total([values.percent(left)]) == left:
                advice = f"{_WHOLE}: let to_come in [homework] be {values.percent(left)}"
            yield Flaw(f"{_FILE}: assignments", what, advice)
    for kind, name, each in _works(data):
        if "group" in each:
            what, allowed = "there are no groups", "make [homework.groups.NAME] tables, or take the key away"
            yield Flaw(f"{_FILE}: {kind}.{name}.group", what, allowed)


def _wrong_groups(data: Mapping[str, Any]) -> Iterator[Flaw]:
    """With groups, their shares make the homework, and every work that is no bonus is in one of them."""
    groups = tables(data, "homework", "groups")
    total = _total([each.get("share") for each in groups.values()])
    if total not in (None, 1):
        what = f"the shares of all groups make {values.percent(total)}"
        yield Flaw(f"{_FILE}: homework.groups", what, _WHOLE)
    if "to_come" in data["homework"]:
        what = "has no meaning beside groups"
        yield Flaw(f"{_FILE}: homework.to_come", what, "take it away: weights are within a group")
    weighed: dict[str, set[bool]] = {}
    for kind, name, each in _works(data):
        where, group = f"{_FILE}: {kind}.{name}.group", each.get("group")
        if each.get("bonus") is True:
            if "group" in each:
                yield Flaw(where, "a bonus is in no group", "take the key away")
        elif group is None:
            yield Flaw(where, "is missing", f"one of {', '.join(groups)}")
        elif group not in groups:
            hint = values.meant(str(group), list(groups))
            yield Flaw(where, f"there is no group {values.said(group)}", f"{hint}one of {', '.join(groups)}")
        else:
            weighed.setdefault(group, set()).add("weight" in each)
    for group, given in weighed.items():
        if len(given) == 2:
            what = f"some works of group {group} have a weight and some have none"
            yield Flaw(f"{_FILE}: homework.groups.{group}", what, "all of them or none; none: equal weights")


def _wrong_free_days(data: Mapping[str, Any]) -> Iterator[Flaw]:
    """More free days for one work than there are for the course."""
    late = data.get("late")
    free = late.get("free_days", 0) if isinstance(late, dict) else 0
    places: list[tuple[str, Any]] = [("late", late)]
    places += [(f"{kind}.{name}.late", each.get("late")) for kind, name, each in _works(data)]
    for place, table in places:
        most = table.get("free_days_most") if isinstance(table, dict) else None
        if type(most) is int and type(free) is int and most > free >= 0:
            what = f"{most} is more than the {free} of late.free_days"
            yield Flaw(f"{_FILE}: {place}.free_days_most", what, "make one smaller or the other larger")


def _total(shares: list[Any]) -> Fraction | None:
    """Their sum, or None where one of them cannot be read: that is told of elsewhere."""
    try:
        return sum((values.share(each) for each in shares), Fraction(0))
    except PydanticCustomError:
        return None
