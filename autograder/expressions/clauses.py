r"""What an answer says beside its mathematics: for whom it holds, where it holds, and what it is elsewhere.

`f(y) >= 0 for all y`, `w/||w||, w \neq 0`, `z if z > 0 else 0`, `\begin{cases} ... \end{cases}`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.expressions.symbols import Symbols
from autograder.expressions.tree import Node

_ALL = (
    r"(?:\\forall|∀|pour\s+tou(?:s|te?s?)\b|for\s+(?:all|every|any|each)\b"
    r"|quel(?:le)?s?\s+que\s+soi(?:en)?t\b)"
)
_NAME = r"(?:\\[A-Za-z]+|[^\W\d_])(?:[_^](?:\w|\*|\{[^{}]*\}))*'*(?![A-Za-z])"
_REALS = r"(?:\\mathbb\s*\{?\s*R\s*\}?|ℝ|R)(?:\s*\^\s*(?:\{[^{}]*\}|\w)|[ⁿᵈ])?"
_NAMES = (
    rf"\(?{_NAME}(?:\s*(?:,|\bet\b|\band\b)\s*{_NAME})*\)?(?:\s*(?:∈|\\in\b|in\b|dans\b|of\b)\s*{_REALS})?"
)
_GAP = r"(?:[\s,;:]|\\q?quad\b|\\[,;:!])"
_FOR_ALL_BEFORE = re.compile(
    rf"^\s*{_ALL}\s*{_NAMES}\s*(?:[,:]|\\q?quad\b|\\[,;:]){_GAP}*(?P<rest>.+)$", re.I
)
_FOR_ALL_BEHIND = re.compile(rf"^(?P<rest>.+?){_GAP}*\(?\s*{_ALL}\s*{_NAMES}\s*\)?[\s.]*$", re.I)

_IF = (
    r"(?:si|if|pour|for|when(?:ever)?|where|with|avec|où|quand|lorsque?|provided(?:\s+that)?|as\s+long\s+as"
    r"|tant\s+que)"
)
_ELSE = r"(?:else|sinon|otherwise)"
_OTHERWISE = re.compile(rf"\b{_ELSE}\b", re.I)
_NONZERO = r"\s+(?:est\s+|is\s+)?(?:non[-\s]?nul(?:le)?s?|non[-\s]?zero|not\s+zero)\b"
_SIDE = re.compile(
    rf"^(?P<rest>.*?[\w)\]}}|‖'*])(?<!seulement)(?<!only)(?:{_GAP}+\(?\s*{_IF}\s+(?P<said>.+?)"
    rf"|{_GAP}*[,;(]{_GAP}*(?P<bare>[^,;(){{}}<>]*(?:(?:≠|!=|\\neq?\b)[^,;(){{}}]*|{_NONZERO}))"
    rf"|{_GAP}*[,;]{_GAP}*(?P<positive>[^,;(){{}}<>]*>\s*0))\)?[\s.]*$",
    re.I,
)
_WORDS = re.compile(
    r"\\(?:text|mbox|textrm|textit)\s*\{([^{}]*\s[^{}]*|si|if|sinon|otherwise|else|pour|for)\}"
)
_LOOP = re.compile(
    r"\bsum\(\s*\[?(?P<body>.+?)\s+(?P<loops>(?:for\s+[a-z]\s+in\s+range\(\s*\w+\s*\)\s*)+)\]?\s*\)"
)
_CASES = re.compile(r"\\begin\s*\{cases\}(.*?)\\end\s*\{cases\}", re.DOTALL)
_OF_CASE = r"(?:if|si|for|pour|when|quand)"
_TWO_CASES = (
    re.compile(
        rf"^(?P<then>.+?)\s+{_OF_CASE}\s+(?P<if>.+?)\s*,?\s+{_ELSE}\s+(?P<else>.+?)[\s.]*$", re.I | re.DOTALL
    ),
    re.compile(
        rf"^(?P<then>.+?)\s+{_OF_CASE}\s+(?P<if>[^;]+?)\s*[,;]\s*(?:(?:et|and)\s+)?"
        rf"(?P<else>[^;]+?)\s+{_ELSE}[\s.]*$",
        re.I,
    ),
)
_LISTED = re.compile(r"\s*(?P<brace>\\?\{?)(?P<lines>[^{}]*;[^{}]*?)\\?\}?[\s.]*")
"""Cases after one another: `{x - 1 if x > 1; x + 1 if x < -1; 0 otherwise}`."""
_ONE_CASE = re.compile(rf"(?P<value>.+?)(?:\s+{_OF_CASE}\s+|\s*,\s*)(?P<where>[^,]*[<>=≤≥≠][^,]*)", re.I)
_LAST_CASE = re.compile(rf"(?P<value>.+?)\s*,?\s+{_ELSE}|{_ELSE}\s*:?\s+(?P<behind>.+)", re.I)


@dataclass(frozen=True, slots=True)
class Clauses:
    """An answer apart from what it says beside its mathematics."""

    answer: str
    side: str = ""
    """The condition under which it is said to hold."""


_SPACE = re.compile(
    rf"\s*(?:∈|\\in\b|\b(?:in|dans)\b)\s*{_REALS}[\s.$]*$"
    r"|\s+\((?:an?\s+|une?\s+|le\s+|la\s+)?(?:column\s+|row\s+)?"
    r"(?:vector|vecteur|matrix|matrice|scalar|scalaire|number|nombre|réel)(?![^\W\d_])[^()]*\)[\s.]*$"
)
"""Where a value lies, and of what kind it is: `∈ ℝ^d`, `(a column vector)`."""


def without_space(text: str) -> str:
    """A value without what says in which space it lies."""
    return _SPACE.sub("", text)


def split_clauses(text: str) -> Clauses:
    """The mathematics of an answer, and where it holds; several cases as one expression."""
    text = re.sub(r"\s{3,}", " ", text)
    text = _WORDS.sub(r" \1 ", text)
    if loop := _LOOP.search(text):
        ranges = re.findall(r"for\s+([a-z])\s+in\s+range\(\s*(\w+)\s*\)", loop["loops"])
        signs = " ".join(rf"\sum_{{{index}=1}}^{{{size}}}" for index, size in ranges)
        text = f"{text[: loop.start()]}({signs} ({loop['body']})){text[loop.end() :]}"
    text = _CASES.sub(_join_cases, text)
    text = _join_two(_join_listed(text))
    for clause in (_FOR_ALL_BEFORE, _FOR_ALL_BEHIND):
        text = clause.sub(r"\g<rest>", text)
    found = _SIDE.match(text)
    if found is None:
        return Clauses(text)
    return Clauses(
        found["rest"],
        re.sub(_NONZERO, " != 0", found["said"] or found["bare"] or found["positive"], flags=re.I),
    )


def _join_cases(cases: re.Match[str]) -> str:
    """Cases as a sum, each over where it holds; the last one may hold elsewhere."""
    lines = [
        re.split(r"&|,\s*(?=(?:si|if|pour|for)\b)", row, maxsplit=1)
        for row in cases[1].split(r"\\")
        if row.strip()
    ]
    said = [(value.strip(" ,;"), where[0].strip(" ,;.") if where else "") for value, *where in lines]
    if len(said) < 2 or not all(where for _, where in said[:-1]):
        return cases[0]
    return f" {_nest(said)} "


def _join_listed(text: str) -> str:
    """Cases that semicolons part, as one expression; a text that is none as it is."""
    listed, said = _LISTED.fullmatch(text), list[tuple[str, str]]()
    if listed is None:
        return text
    for part in listed["lines"].split(";"):
        one, last = _ONE_CASE.fullmatch(part.strip()), _LAST_CASE.fullmatch(part.strip())
        if last is not None:
            said.append((last["value"] or last["behind"], ""))
        elif one is not None and (listed["brace"] or "," not in part):
            said.append((one["value"], one["where"]))
        else:
            return text
    if len(said) < 2 or not all(where for _, where in said[:-1]):
        return text
    return _nest(said)


def _join_two(text: str) -> str:
    """`z if z > 0 else 0` as one expression; what stands behind `else` may be of that form itself."""
    found = next((match for two in _TWO_CASES if (match := two.match(text))), None)
    if found is None:
        return text
    otherwise = found["else"]
    if otherwise.startswith("(") and otherwise.endswith(")") and _OTHERWISE.search(otherwise):
        otherwise = otherwise[1:-1]
    return f"where({found['if']}, {found['then']}, {_join_two(otherwise)})"


def _nest(said: Sequence[tuple[str, str]]) -> str:
    """Values, each over where it holds; the last one may hold elsewhere."""
    joined = ""
    for value, where in reversed(said):
        where = re.sub(rf"^{_IF}\s+", "", where, flags=re.I)
        elsewhere = not where or re.fullmatch(_ELSE, where, re.I)
        joined = f"({value})" if elsewhere and not joined else f"where({where}, {value}, {joined or 0})"
    return joined


def is_granted(side: Node, symbols: Symbols) -> bool:
    """Whether a condition leaves out single points alone, or says what the question declares."""
    if side.op == "both":
        return all(is_granted(part, symbols) for part in side.args)
    if side.op != "relation" or side.value == "!=":
        return side.op == "relation"
    left, right = side.args if side.value not in ("<", "<=") else side.args[::-1]
    symbol = symbols.by_name.get(str(left.value)) if left.op == "symbol" else None
    if symbol is None:
        return False
    if side.value == "=":
        return symbol.symmetric and (right.op, right.args) == ("transpose", (left,))
    return symbol.positive and (right.op, right.value) == ("number", 0)
