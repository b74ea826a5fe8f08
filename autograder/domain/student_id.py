"""Which ids a student may have: they name folders, and stand in commands, tables and pages."""

import re
import unicodedata

_LONGEST = 100
_NOT_IN_A_FOLDER_NAME = frozenset('/\\<>:"|?*')
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories: control and formatting characters (bidirectional ones too), surrogates, line ends."""


_SHORTENED = re.compile(r"\d+[.,]\d+[eE]\+?\d{1,3}|\d+[eE]\+\d{1,3}|\d{3,}[.,]0+", re.ASCII)


def normal(student: str) -> str:
    """The id in composed form (NFC), in which two ids that look alike for this reason alone are equal."""
    return unicodedata.normalize("NFC", student)


def why_unsafe(student: str) -> str:
    """Why an id cannot be used, as the end of a sentence that begins with it; empty where it can."""
    if not student:
        return "is empty"
    if len(student) > _LONGEST or len(student.encode("utf-8", "surrogatepass")) > 2 * _LONGEST:
        return f"is longer than {_LONGEST} characters"
    if student != student.strip():
        return "begins or ends with a blank"
    if student.startswith((".", "-")) or student.endswith("."):
        return "begins with a dot or a dash, or ends with a dot"
    for character in student:
        if character in _NOT_IN_A_FOLDER_NAME:
            return f"holds {character}, which no folder may have in its name"
        if unicodedata.category(character) in _INVISIBLE:
            return f"holds the invisible character U+{ord(character):04X}"
    return "" if student == normal(student) else "is not in composed form (Unicode NFC)"


def is_shortened_number(student: str) -> bool:
    """Whether an id is a number as a spreadsheet shows it, which has lost digits that told students apart.

    >>> [is_shortened_number(student) for student in ("2.02E+07", "2,02E+07", "20231234.0", "1e5")]
    [True, True, True, False]
    """
    return _SHORTENED.fullmatch(student) is not None
