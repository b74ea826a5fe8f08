"""The lines of a quiz file, each recognised by its first characters; prose and TeX stay untouched."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import Enum

from autograder.errors import Flaw


class Mark(Enum):
    """What a line is."""

    TEXT = "text"
    SYMBOLS = "symbols:"
    KEY = "= key"
    WRONG = "~ wrong answer"
    RADIO = "- (x) choice"
    BOX = "- [x] choice"
    RANK = "- (1) item"
    PAIR = "- item => partner"
    PARAMETER = "@ name in ..."
    HINT = "? hint"
    SOLUTION = ": solution"
    GIVE = "give"
    NEED = "need"
    SHOW = "show"
    RUBRIC = "+ points what earns them"


@dataclass(frozen=True, slots=True)
class Line:
    """One line (with those that continue it): what it is, what it says after its marker, where it stands."""

    mark: Mark
    text: str
    number: int
    column: int
    """Where `text` begins, from 1."""
    tick: str = ""
    """What stands in the brackets of a choice."""


class Complaints:
    """Collects what is wrong with a file, so that everything is said at once."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._noted: list[tuple[int, int, Flaw]] = []

    def add(self, line: int, what: str, allowed: str = "", *, column: int = 1) -> None:
        """Note a flaw at a line and column, with what is allowed instead."""
        self._noted.append((line, column, Flaw(f"{self.source}:{line}:{column}", what, allowed)))

    def in_order(self) -> tuple[Flaw, ...]:
        """The flaws, as one meets them when reading the file."""
        return tuple(flaw for _, _, flaw in sorted(self._noted, key=lambda noted: noted[:2]))

    def __bool__(self) -> bool:
        return bool(self._noted)


_PLAIN = {"=": Mark.KEY, "~": Mark.WRONG, "@": Mark.PARAMETER, "?": Mark.HINT, ":": Mark.SOLUTION}
_CHOICE = re.compile(r"-\s*(?:\((?P<radio>[^()]{0,2})\)|\[(?P<box>[^\[\]]?)\])(?:\s+|$)")
_WORD = re.compile(r"(give|need|show)\s+")
_SYMBOLS = re.compile(r"symbols\s*:\s*")
_FENCE = re.compile(r"\s*(```|~~~)")
_ESCAPED = re.compile(r"\\(?=[=~@?:+-](?:\s|$))")


def mark_lines(body: str, first: int, expected: Collection[Mark], complaints: Complaints) -> Iterator[Line]:
    """The lines below a heading, the first of them line `first` of the file; indented ones continue.

    What is `expected` matters for what may begin a line of prose too: give, need, show, and pairs.
    """
    pending: Line | None = None
    fenced = False
    for number, raw in enumerate(body.split("\n"), first):
        fence = bool(_FENCE.match(raw)) and (fenced or not raw.startswith("~ "))
        continues = pending is not None and raw.startswith("  ") and bool(raw.strip())
        if pending is not None and continues:
            pending = replace(pending, text=f"{pending.text}\n{raw.strip()}")
            continue
        if pending is not None:
            yield pending
            pending = None
        line = (
            Line(Mark.TEXT, raw, number, 1)
            if fenced or fence
            else _read_line(raw, number, expected, complaints)
        )
        fenced = fenced != fence
        if line.mark is Mark.TEXT:
            yield line
        else:
            pending = line
    if pending is not None:
        yield pending


def _read_line(raw: str, number: int, expected: Collection[Mark], complaints: Complaints) -> Line:
    """One line outside a fence, recognised by its first characters."""
    if choice := _CHOICE.match(raw):
        return _read_choice(raw, choice, number, complaints)
    if raw[:1] in _PLAIN and raw[:1]:
        if raw[1:2].strip():
            complaints.add(
                number,
                f"{raw[:1]!r} begins a line but is not followed by a space",
                f"{raw[:1]} {raw[1:16]}...",
            )
        return Line(_PLAIN[raw[0]], raw[1:].strip(), number, 3)
    # Elsewhere a list in prose may begin its lines with a plus.
    if Mark.RUBRIC in expected and re.match(r"\+(\s|$)", raw):
        return Line(Mark.RUBRIC, raw[1:].strip(), number, 3)
    if Mark.GIVE in expected and (word := _WORD.match(raw)):
        return Line(Mark(word[1]), raw[word.end() :].strip(), number, word.end() + 1)
    if symbols := _SYMBOLS.match(raw):
        return Line(Mark.SYMBOLS, raw[symbols.end() :].strip(), number, symbols.end() + 1)
    if Mark.PAIR in expected and raw.startswith("- ") and "=> " in raw:
        return Line(Mark.PAIR, raw[2:].strip(), number, 3)
    return Line(Mark.TEXT, _ESCAPED.sub("", raw), number, 1)


def _read_choice(raw: str, match: re.Match[str], number: int, complaints: Complaints) -> Line:
    tick = (match["radio"] if match["radio"] is not None else match["box"]).strip().lower()
    mark = Mark.BOX if match["radio"] is None else Mark.RADIO
    if mark is Mark.RADIO and tick.isdigit():
        mark = Mark.RANK
    elif tick not in ("", "x"):
        complaints.add(
            number, f"the brackets of a choice hold {tick!r}", "x or a space", column=match.start() + 3
        )
    return Line(mark, raw[match.end() :].strip(), number, match.end() + 1, tick)


def split_feedback(text: str) -> tuple[str, str]:
    """What stands before and after the first ` | ` that is not within a formula."""
    dollars = False
    for index, character in enumerate(text):
        if character == "$" and text[index - 1 : index] != "\\":
            dollars = not dollars
        elif not dollars and re.match(r"\s\|(\s|$)", text[index : index + 3]):
            return text[:index].strip(), text[index + 2 :].strip()
    return text.strip(), ""
