"""Syntax of a newer Python than the one that grades: which, where, and since when it is valid.

A cell that does not parse here is rewritten without what is new (f-strings within f-strings, `type X = ...`,
`def f[T](x)`); if it parses then, that is why.
"""

import ast
import re
import sys
import warnings
from dataclasses import dataclass

GRADING = f"{sys.version_info.major}.{sys.version_info.minor}"
"""The Python that grades."""
_MOST_CHARACTERS = 100_000
_DEEPEST = 20

Version = tuple[int, int]


@dataclass(frozen=True, slots=True)
class NewerSyntax:
    """What a cell uses that the Python which grades does not know."""

    python: str
    """The first Python that reads it, `3.12`, say."""
    what: str
    """The key of its sentence."""
    line: int


_SINCE = {
    "newer.f_string": (3, 12),
    "newer.type": (3, 12),
    "newer.generic": (3, 12),
    "newer.default": (3, 13),
    "newer.except": (3, 14),
    "newer.t_string": (3, 14),
}
"""What is new, by the key of its sentence, with the first Python that reads it."""


def find_newer_syntax(source: str, running: Version = sys.version_info[:2]) -> NewerSyntax | None:
    """Why a source that is no Python here is valid in a newer one; None where it is not."""
    if len(source) > _MOST_CHARACTERS:
        return None
    try:
        plain, found = _Plainer(source, running).rewrite()
    except _NotValidError:
        return None
    if not found or not _parses(plain):
        return None
    kind, line = max(found, key=lambda each: (_SINCE[each[0]], -each[1]))
    major, minor = _SINCE[kind]
    return NewerSyntax(f"{major}.{minor}", kind, line)


def _parses(source: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


class _NotValidError(Exception):
    """No Python reads this."""


_TEXT = re.compile(r"""(?P<prefix>[A-Za-z]{0,2})(?P<quotes>'''|\"\"\"|'|")""")
_PREFIXES = frozenset({"", "r", "u", "b", "br", "rb", "f", "fr", "rf", "t", "tr", "rt"})
_PLAIN = re.compile(r"[^A-Za-z_0-9'\"#(\[{)\]}]+|\w+")
_ENDS = {
    "'": re.compile(r"(?:\\.|[^'\\\n])*+'", re.DOTALL),
    '"': re.compile(r'(?:\\.|[^"\\\n])*+"', re.DOTALL),
    "'''": re.compile(r"(?:\\.|(?!''')[^\\])*+'''", re.DOTALL),
    '"""': re.compile(r'(?:\\.|(?!""")[^\\])*+"""', re.DOTALL),
}
_INSIDE_A_WORD = re.compile(r"\w[^\W_]")
_WORD = re.compile(r"\w+")
_CONVERSION = re.compile(r"\s*=?\s*(?:![rsa]\s*)?")
_STATEMENTS = (
    (
        "newer.default",
        re.compile(
            r"^(\s*(?:(?:async\s+)?def|class)\s+\w+)\s*\[[^\[\]()]{0,300}=[^()]{0,300}?\](?=\s*[(:])", re.M
        ),
    ),
    (
        "newer.generic",
        re.compile(r"^(\s*(?:(?:async\s+)?def|class)\s+\w+)\s*\[[^()]{0,600}?\](?=\s*[(:])", re.M),
    ),
    ("newer.type", re.compile(r"^([ \t]*)type\s+(?=\w+\s*(?:\[[^\n]*\])?\s*=(?!=))", re.M)),
    (
        "newer.except",
        re.compile(r"^(\s*except\*?\s+)(?=[\w.]+\s*,\s*[A-Z][\w.]*(?:\s*,\s*[\w.]+)*\s*:)", re.M),
    ),
)
_BARE = re.compile(r"^(\s*except\*?\s+)([\w.]+(?:\s*,\s*[\w.]+)+)(\s*:)", re.M)
_ALIAS = re.compile(r"^([ \t]*\w+)\s*\[[^\n=]*\](\s*=)")


class _Plainer:
    """Rewrites a source without what is new, with the same lines."""

    def __init__(self, source: str, running: Version) -> None:
        self._source = source
        self._running = running
        self.found: list[tuple[str, int]] = []

    def rewrite(self) -> tuple[str, list[tuple[str, int]]]:
        """The source in older words, and what of it is newer than the Python that runs, with its line."""
        plain, _ = self._code(0, closing="", depth=0)
        for kind, pattern in _STATEMENTS:
            plain = self._without(kind, pattern, plain)
        newer = [(kind, line) for kind, line in self.found if _SINCE[kind] > self._running]
        return plain, newer

    def _without(self, kind: str, pattern: re.Pattern[str], text: str) -> str:
        def plainer(match: re.Match[str]) -> str:
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            self.found.append((kind, text.count("\n", 0, start) + 1))
            return match[1] + "\n" * (match[0].count("\n") - match[1].count("\n"))

        text = pattern.sub(plainer, text)
        if kind == "newer.type":  # an alias may have parameters of its own: `type Pair[T] = tuple[T, T]`
            lines = text.split("\n")
            for number in {line for found, line in self.found if found == "newer.type"}:
                lines[number - 1] = _ALIAS.sub(r"\1\2", lines[number - 1])
            text = "\n".join(lines)
        if kind == "newer.except":
            text = _BARE.sub(r"\1(\2)\3", text)
        return text

    def _code(self, at: int, *, closing: str, depth: int) -> tuple[str, int]:
        """Code up to the end, or up to what closes a field of an f-string; and where that is."""
        source, out, brackets = self._source, list[str](), 0
        while at < len(source):
            character = source[at]
            text = _TEXT.match(source, at)
            if (
                text
                and text["prefix"].lower() in _PREFIXES
                and not (at and _INSIDE_A_WORD.match(source, at - 1))
            ):
                piece, at = self._text(text, depth)
                out.append(piece)
                continue
            if character == "#":
                end = source.find("\n", at)
                end = len(source) if end < 0 else end
                at = end
                continue
            if closing and not brackets and _closes(source, at):
                return "".join(out), at
            if character in "([{":
                brackets += 1
            elif character in ")]}":
                brackets -= 1
                if closing and brackets < 0:
                    raise _NotValidError
            plain = (_WORD if closing else _PLAIN).match(source, at)
            out.append(plain[0] if plain else character)
            at += len(out[-1])
        if closing:
            raise _NotValidError
        return "".join(out), at

    def _text(self, start: re.Match[str], depth: int) -> tuple[str, int]:
        """A string as it is, an f-string as the expressions in it; and where it ends."""
        prefix, quotes, source = start["prefix"].lower(), start["quotes"], self._source
        if "f" not in prefix and "t" not in prefix:
            end = _ENDS[quotes].match(source, start.end())
            if end is None:
                raise _NotValidError
            return source[start.start() : end.end()], end.end()
        if depth > _DEEPEST:
            raise _NotValidError
        line = source.count("\n", 0, start.start()) + 1
        body, at = self._fields(start.end(), quotes, depth)
        whole = source[start.start() : at]
        if "t" in prefix:
            self.found.append(("newer.t_string", line))
        elif depth == 0 and not _parses(f"({whole}\n)"):
            self.found.append(("newer.f_string", line))
        else:
            return (whole, at) if depth == 0 else (body, at)
        return body + "\n" * (whole.count("\n") - body.count("\n")), at

    def _fields(self, at: int, quotes: str, depth: int, *, spec: bool = False) -> tuple[str, int]:
        """The expressions of an f-string, or of a format within one, as a tuple; and where it ends."""
        source, parts = self._source, list[str]()
        while at < len(source):
            end = "}" if spec else quotes
            if source.startswith(end, at):
                return f"({' '.join(parts)})", at + (0 if spec else len(quotes))
            if source[at] == "\\" or (not spec and source[at : at + 2] in ("{{", "}}")):
                at += 2
            elif source[at] == "{":
                field, at = self._field(at + 1, quotes, depth)
                parts.append(field)
            elif source[at] == "}" or (source[at] == "\n" and len(quotes) == 1):
                raise _NotValidError
            else:
                at += 1
        raise _NotValidError

    def _field(self, at: int, quotes: str, depth: int) -> tuple[str, int]:
        """The expression of one field, with those of its format; and where the next character stands."""
        expression, at = self._code(at, closing="}", depth=depth + 1)
        if not expression.strip():
            raise _NotValidError
        conversion = _CONVERSION.match(self._source, at)
        at = conversion.end() if conversion else at
        inner = ""
        if self._source.startswith(":", at):
            inner, at = self._fields(at + 1, quotes, depth + 1, spec=True)
            inner += ","
        if not self._source.startswith("}", at):
            raise _NotValidError
        return f"({expression}),{inner}", at + 1


def _closes(source: str, at: int) -> bool:
    """Whether the expression of a field ends here: at `}`, `:`, `!r` or `=`."""
    rest = source[at : at + 3]
    if rest[:1] in ("}", ":"):
        return True
    if rest[:1] == "!" and rest[1:2] != "=":
        return True
    return bool(re.match(r"=\s*(?:[}:]|![rsa])", source[at : at + 20])) and source[at - 1] not in "=!<>"
