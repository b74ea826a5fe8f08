"""What is entered on a page, as the text that is judged: choices as letters, lines of a match with theirs."""

import re
from collections.abc import Mapping, Sequence

from autograder.quiz.kinds.kind import AnswerInput

_PAIR = re.compile(r"([0-9]{1,2})\s*[-:=.)>]?\s*([A-Za-z])(?![A-Za-z])")
_NONE = "none"


def join_entered(how: AnswerInput, values: Sequence[str], pairs: Mapping[str, str]) -> str:
    """The answer as text.

    Args:
        how: it is entered.
        values: of the fields that have the question's own name, in order.
        pairs: of a match, the letter that was chosen for each line, by its number.
    """
    match how:
        case AnswerInput.BOXES:
            return ", ".join(value for value in values if value)
        case AnswerInput.MATCH:
            return " ".join(f"{number}{letter}" for number, letter in sorted(pairs.items()) if letter)
        case _:
            return values[-1].replace("\r\n", "\n") if values else ""


def chosen_letters(raw: str) -> frozenset[str]:
    """The letters of an answer by choices, and `none` where it says so: what a page shows ticked."""
    words = re.findall(r"[a-z]+", raw.lower())
    return frozenset(words) if _NONE in words else frozenset("".join(words))


def matched_letters(raw: str) -> dict[int, str]:
    """The letter of each line of a match, as far as an answer gives one."""
    return {int(number): letter.lower() for number, letter in _PAIR.findall(raw)}
