"""What spreadsheets do to ids: 20231234 becomes 2.02E+07, 0123 becomes 123. Told, never guessed."""

import re
from collections.abc import Collection, Iterable, Iterator

from autograder.domain.student_id import is_shortened_number
from autograder.inbox.notice import Notice, escape

_DIGITS = re.compile(r"\d+", re.ASCII)
_AS_TEXT = "take the ids anew from where they came, and let the spreadsheet treat their column as text"
_LISTED = 3


def notice_shortened_ids(roster: Iterable[str]) -> Iterator[Notice]:
    """What a person should know of the ids of students.csv."""
    shortened = [name for name in roster if is_shortened_number(name)]
    if shortened:
        named = ", ".join(map(escape, shortened[:_LISTED]))
        more = f" and {len(shortened) - _LISTED} more" if len(shortened) > _LISTED else ""
        what = f"a spreadsheet has shortened the number that was the id ({named}{more})"
        yield Notice("students.csv", what, _AS_TEXT)


def explain_unknown_id(name: str, roster: Collection[str]) -> str:
    """What a spreadsheet may have done to an id that is not in the roster, for a person to decide."""
    if is_shortened_number(name):
        return "a spreadsheet has shortened this number: name the folder after the whole id"
    if not _DIGITS.fullmatch(name):
        return ""
    same = [one for one in sorted(roster) if _DIGITS.fullmatch(one) and one.lstrip("0") == name.lstrip("0")]
    if same:
        which = "students.csv" if len(name) > len(same[0]) else "this name"
        known = ", ".join(same[:_LISTED])
        return f"students.csv has {known}: the zeros before the number were lost in {which}"
    if any(is_shortened_number(one) for one in roster):
        return "students.csv holds numbers that a spreadsheet has shortened"
    return ""
