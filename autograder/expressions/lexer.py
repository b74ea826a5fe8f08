"""A text cut into tokens by the symbols a question declares: `Aw` is A w because A and w are declared."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from autograder.domain.sentences import say
from autograder.expressions.normalisation import normalise
from autograder.expressions.symbols import Symbols
from autograder.expressions.unreadable import Unreadable, quoted
from autograder.expressions.vocabulary import (
    ALIASES,
    CHANCE,
    COMMANDS,
    FUNCTIONS,
    GREEK,
    GREEK_NAMES,
    KEYWORDS,
    METHODS,
    MODULES,
    SKIPPED,
)
from autograder.expressions.words import without_words

MAX_LENGTH = 400
MAX_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Token:
    """One word of an answer: its kind, its text, whether it touches the token before it."""

    kind: str
    text: str
    tight: bool = True
    typed: str = ""
    """For `2 000` the digits as they were typed; for a name that may follow a division, the backslash; for a
    star that may be the mark of the name before it, the star."""


_NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+|\d+\.(?![A-Za-z\d.]))(?:[eE][+-]?\d+(?![A-Za-z\d]))?")
_GROUPED = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\d])(?:\.\d+)?(?![eE]\d)")
"""Digits in groups of three, `2 000`."""
_SCIENTIFIC = re.compile(r"\d+(?=\.10\s*\^\s*\{?\s*[-+]?\d)")
"""The digits before the product of `2.10^3`."""
_THOUSAND_OR_DECIMAL = re.compile(r"([1-9]\d{0,2})[.,]000(?!\d)")
_INVERSE = re.compile(r"\.I(?![A-Za-z(])")
"""As numpy's matrices are inverted."""
_OF_NUMPY = re.compile(r"@|\.T\b|\bnp\.")
_LETTERS = re.compile(r"[A-Za-z]+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_MODULE = re.compile(
    r"(?:(?:" + "|".join(sorted(MODULES, key=len, reverse=True)) + r")\s*\.\s*)+(?=[A-Za-z])"
)
_JOINED = re.compile(rf"(?:{'|'.join(name for name in ALIASES if '_' in name)})(?=\s*\()")
"""Functions of programs with an underscore in their names: matrix_rank(X)."""
_METHOD = re.compile(r"\.\s*(" + "|".join(sorted(METHODS, key=len, reverse=True)) + r")(?=\s*\()")
_DOT_T = re.compile(r"\.(?:T|H|mT|mH)(?![A-Za-z(])")
_BASED = re.compile(r"log(?:_?\{?(10|2)\}?(?=\s*[(\w\\])|_\{(10|2)\}|_(10|2)(?![\d]))")
_BESIDE_ONE = re.compile(r"(?:log1p|expm1)(?=\s*\()")
_EXTREME = re.compile(
    r"(?:\\?(?P<name>lambda|mu|sigma|vp)|(?P<letter>[λμσ]))(?P<sub>_?)\s*"
    r"(?:\{\s*\\?(?P<braced>max|min)\s*\}|\\?(?P<bare>max|min))(?:(?P<of>\s*(?:\\left\s*)?[(\[{A-Z])|(?![A-Za-z(\[{]))"
)
"""An extreme eigenvalue or singular value, `\\lambda_{\\max}(A)`."""
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_PRIMES = re.compile(r"\^\s*(?:\{\s*((?:'|\\prime(?![A-Za-z])|\s)+)\}|(\\prime(?![A-Za-z])|'))")
_SUBSCRIPT = re.compile(
    r"_\s*(?:\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}|\(([^()]*)\)|(\d+|\\?[A-Za-z]+|[α-ωΑ-Ω*]|[+\-](?![\s]*[\w(]))|)"
)
_MINUS_IN_ANGLE = re.compile(r"<-(?!\s)")
"""An inner product `<-w, x>` is opened, and no arrow."""
_TWO = {"**": ("operator", "^"), "||": ("bar", "||"), ">=": ("relation", ">="), "=>": ("relation", ">=")}
_TWO |= {"<=": ("relation", "<="), "!=": ("relation", "!="), "==": ("relation", "="), ":=": ("relation", "=")}
_TWO |= {"<-": ("arrow", "<-"), "->": ("arrow", "->"), "&&": ("and", "and")}
_DOTTED = {".*": "∘", "./": "⊘", ".^": ".^"}
_ONE = {
    "@": ("operator", "@"),
    "|": ("bar", "|"),
    "<": ("angle", "<"),
    ">": ("angle", ">"),
    "=": ("relation", "="),
}
_ONE |= {",": ("comma", ","), ";": ("and", ";"), "'": ("prime", "'"), "&": ("and", "&"), ":": ("colon", ":")}
_ONE |= {letter: ("operator", letter) for letter in "+-*/^"} | {letter: ("open", letter) for letter in "([{"}
_ONE |= {letter: ("close", letter) for letter in ")]}"}
_ENDS = frozenset(["symbol", "close", "prime", "top", "subscript", "number", "size", "bar"])
"""Kinds of tokens that can end a factor."""
_TEX = re.compile(r"\\[A-Za-z]{2}|[\^_]\{")
_TWO_INDICES = re.compile(
    r"\s*_\s*(?:\{\s*([a-z]\s*,?\s*[a-z]|[1-9]\s*,?\s*[1-9])\s*\}|([a-z]{2}|[1-9]{2})(?!\w))"
)
_OPENS = re.compile(r"\s*\(")
_INDEX_LETTERS = frozenset("ijklmpqrst")
_SHORT_WORDS = frozenset(["et", "ou", "or", "in", "oo", "inf"])
_SPLIT_WORDS = ("exp", "log", "ln", "sin", "cos", "sqrt", "tr", "pi", "T", "Id", "I", "e")
_OF_FUNCTIONS = ("nabla", "grad", "hess", "Hess")


class Lexer:
    """Cuts one text; `tokens` ends with a token of kind "end"."""

    def __init__(self, text: str, symbols: Symbols) -> None:
        if len(text) > MAX_LENGTH:
            raise Unreadable(say("typed.the_answer_is_too_long", most=MAX_LENGTH))
        self.text = normalise(without_words(text))
        if "lambda" in symbols and "lambda*" not in symbols:  # Python has a use for the name itself
            self.text = re.sub(r"(?<![\w\\])lambda_(?![\w{(\\])", "lambda ", self.text)
        self.symbols = symbols
        self.tokens: list[Token] = []
        self.at = 0
        self.spaced = True

    def run(self) -> Sequence[Token]:
        """All tokens of the text."""
        while self.at < len(self.text):
            if self.text[self.at].isspace():
                self.at += 1
                self.spaced = True
            else:
                self._next()
        self._add("end", "")
        return self.tokens

    def _add(self, kind: str, text: str, length: int = 0) -> None:
        self.tokens.append(Token(kind, text, not self.spaced))
        self.spaced = False
        self.at += length

    def _next(self) -> None:
        letter = self.text[self.at]
        if self._extreme() or self._declared() or self._second_derivative():
            return
        if letter == "\\":
            self._command()
        elif letter.isascii() and letter.isalpha():
            self._letters()
        elif letter == "Σ" and "Sigma" not in self.symbols:
            self._add("sum", letter, 1)
        elif letter in GREEK:
            self._add("symbol" if GREEK[letter] in self.symbols else "word", GREEK[letter], 1)
        elif letter.isascii() and (letter.isdigit() or letter == "."):
            if not self._number():
                self._dot()
        else:
            self._sign()

    def _extreme(self) -> bool:
        match = _EXTREME.match(self.text, self.at)
        if match is None:
            return False
        name = match["name"] or GREEK.get(match["letter"] or "", "")
        of = "" if match["of"] else self._only_square()
        if (not match["sub"] and name in self.symbols) or not (match["of"] or of):
            return False
        largest = (match["braced"] or match["bare"]) == "max"
        word = ("sing" if name == "sigma" else "eig") + ("max" if largest else "min")
        self._add("word", word, len(match[0]) - len(match["of"] or ""))
        for kind, text in (("open", "("), ("symbol", of), ("close", ")")) if of else ():
            self._add(kind, text)
        return True

    def _only_square(self) -> str:
        """The one matrix whose eigenvalue can be meant by λ_max alone, or the empty string."""
        square = [symbol.name for symbol in self.symbols if symbol.shape.is_square]
        return square[0] if len(square) == 1 else ""

    def _declared(self) -> bool:
        """Take a declared name that is more than Latin letters: w*, x', λ, w_{t+1}."""
        match = self.symbols.odd.match(self.text, self.at) if self.symbols.odd else None
        if match is None or not match[0]:
            return False
        name = self.symbols.odd_names[int((match.lastgroup or "g0")[1:])]
        # `K\alpha` is a product in LaTeX, and a division from the left in MATLAB.
        divides = (
            match[0].startswith("\\") and not self.spaced and self.tokens and self.tokens[-1].kind in _ENDS
        )
        self.tokens.append(Token("symbol", name, not self.spaced, "\\" if divides else ""))
        self.spaced, self.at = False, match.end()
        return True

    def _command(self) -> None:
        match = _COMMAND.match(self.text, self.at)
        if match is None:
            raise Unreadable(say("typed.a_backslash_ends_the_answer"))
        name = match[1]
        based = _BASED.match(self.text, self.at + 1)
        if based:
            self._add("word", "log" + (based[1] or based[2] or based[3]), len(based[0]) + 1)
        elif self._divides(name):
            self._add("operator", "\\", 1)
        elif name in "()[]":  # marks of a formula, around all of it
            if (name in "([") != (not self.tokens) or (name in ")]" and self.text[match.end() :].strip(" .")):
                raise Unreadable(say("typed.i_do_not_know_what"))
            self.at = match.end()
            self.spaced = True
        elif name in SKIPPED or name.isspace():
            self._skip(match)
        elif name in COMMANDS and name != "lambda":
            self._add(*COMMANDS[name], match.end() - match.start())
        else:
            self._named(name.removeprefix("var"), written=match[0])

    def _skip(self, match: re.Match[str]) -> None:
        r"""A space or a command of layout; `A \ b` may be a space of TeX or MATLAB's division."""
        between = bool(self.tokens) and self.tokens[-1].kind in _ENDS and self.text[match.end() :].strip()
        if match[1].isspace() and between and not _TEX.search(self.text):
            raise Unreadable(say("typed.is_this_backslash_a_division"))
        self.at = match.end()
        self.spaced = True

    def _divides(self, name: str) -> bool:
        r"""Whether the backslash before `name` divides from the left, as MATLAB's: `A\b`, `(X'*X)\(X'*y)`."""
        if not self.tokens or self.tokens[-1].kind not in _ENDS:
            return False
        if name == "(" or name == "[":
            return "\\)" not in self.text and "\\]" not in self.text
        known = name in COMMANDS or name in SKIPPED or name in KEYWORDS or name in GREEK_NAMES
        if known or not name[0].isalpha() or ALIASES.get(name, name) in FUNCTIONS:
            return False
        return name in self.symbols or split_letters(name, self.symbols, after_factor=False) is not None

    def _named(self, name: str, *, written: str) -> None:
        if name in self.symbols:
            self._add("symbol", name, len(written))
        elif name in KEYWORDS:
            self._add(*KEYWORDS[name], len(written))
        elif ALIASES.get(name, name) in FUNCTIONS or name in GREEK_NAMES or name in ("I", "Id"):
            self._add("word", ALIASES.get(name, name), len(written))
        else:
            self._add("word", name if name in CHANCE else written, len(written))

    def _number(self) -> bool:
        """Take the number that begins here, if one does."""
        grouped = _GROUPED.match(self.text, self.at)
        if grouped and not any(token.text == "[" for token in self.tokens):
            digits = re.sub(r"\s", "", grouped[0])
            self.tokens.append(Token("number", digits, not self.spaced, grouped[0]))
            self.spaced, self.at = False, grouped.end()
            return True
        unclear = _THOUSAND_OR_DECIMAL.match(self.text, self.at) if self.symbols.by_name else None
        if unclear:
            whole = unclear[1]
            raise Unreadable(
                say("typed.is_a_thousand_or_a", written=unclear[0], thousand=f"{whole}000", decimal=whole)
            )
        scientific = _SCIENTIFIC.match(self.text, self.at)
        number = scientific or _NUMBER.match(self.text, self.at)
        if number is None:
            return False
        if len(number[0]) > MAX_DIGITS:
            raise Unreadable(say("typed.the_number_is_too_long", number=str(number[0][:12]), most=MAX_DIGITS))
        self._add("number", number[0], len(number[0]))
        if scientific:
            self._add("operator", "·", 1)
        return True

    def _dot(self) -> None:
        """Take what begins with a dot and is no number."""
        turned = _DOT_T.match(self.text, self.at)
        if turned and turned[0][1:] not in self.symbols:
            return self._add("prime", "'", len(turned[0]))
        if _INVERSE.match(self.text, self.at) and _OF_NUMPY.search(self.text):
            for kind, text in (("operator", "^"), ("open", "{"), ("operator", "-"), ("number", "1")):
                self._add(kind, text)
            return self._add("close", "}", 2)
        method = _METHOD.match(self.text, self.at)
        if method:
            return self._add("method", method[1], len(method[0]))
        if self.text.startswith(("...", ".."), self.at):
            raise Unreadable(say("typed.write_a_closed_expression_without"))
        if self.text[self.at : self.at + 2] in _DOTTED:
            return self._add("operator", _DOTTED[self.text[self.at : self.at + 2]], 2)
        if self.text.startswith(".'", self.at):
            return self._add("prime", "'", 2)
        return self._add("dot", ".", 1)

    def _sign(self) -> None:
        before = self.symbols.by_name.get(self.tokens[-1].text) if self.tokens and not self.spaced else None
        primes = _PRIMES.match(self.text, self.at)
        if primes:
            for _ in range((primes[1] or primes[2]).replace("\\prime", "'").count("'")):
                self._add("prime", "'")
            self.at = primes.end()
        elif self.text[self.at] == "_":
            self._subscript()
        elif self.text[self.at : self.at + 2] in _TWO and not _MINUS_IN_ANGLE.match(self.text, self.at):
            self._add(*_TWO[self.text[self.at : self.at + 2]], 2)
        elif self.text[self.at] == "*" and self.tokens and f"{self.tokens[-1].text}*" in self.symbols:
            self.tokens.append(Token("operator", "*", not self.spaced, "*"))  # or the mark of K*
            self.spaced, self.at = False, self.at + 1
        elif self.text.startswith("[[", self.at) and before is not None and before.shape.is_array:
            raise Unreadable(say("typed.write_entries_with_letters_as"))  # Mathematica's A[[1, 2]]
        elif self.text[self.at] in _ONE:
            self._add(*_ONE[self.text[self.at]], 1)
        elif word := next(
            (one for one in _WORD.finditer(self.text) if one.start() <= self.at < one.end()), None
        ):
            raise Unreadable(say("typed.i_do_not_know_the_word", word=quoted(word[0])))
        else:
            raise Unreadable(say("typed.i_cannot_read_the_character", sign=quoted(self.text[self.at])))

    def _subscript(self) -> None:
        """A whole subscript is one token; bare letters after _ go on as long as they look like indices."""
        match = _SUBSCRIPT.match(self.text, self.at)
        inside = next((group for group in match.groups() if group is not None), None) if match else None
        if match is None or inside is None:
            raise Unreadable(say("typed.an_index_is_missing_after"))
        if match[3] and match[3].isalpha() and match[3] not in ("star", "infty", "inf", "op"):
            inside = self._bare_indices(match[3])
            self._add("subscript", inside, match.end() - match.start() - len(match[3]) + len(inside))
        else:
            self._add("subscript", inside.strip(), match.end() - match.start())

    def _bare_indices(self, letters: str) -> str:
        end = 1
        while end < len(letters) and letters[end] in _INDEX_LETTERS and letters[end] not in self.symbols:
            end += 1
        return letters[:end]

    def _letters(self) -> None:
        module = _MODULE.match(self.text, self.at)
        if module and module[0].split(".")[0].strip() not in self.symbols:
            self.at = module.end()
            return None
        joined = _JOINED.match(self.text, self.at)
        if joined:
            return self._add("word", ALIASES[joined[0]], len(joined[0]))
        match = _LETTERS.match(self.text, self.at)
        run = self._before_declared(match[0] if match else self.text[self.at])
        beside_one, based = _BESIDE_ONE.match(self.text, self.at), _BASED.match(self.text, self.at)
        if beside_one:
            return self._add("word", beside_one[0], len(beside_one[0]))
        if based and "log" not in self.symbols:
            return self._add("word", "log" + (based[1] or based[2] or based[3]), len(based[0]))
        raised = self._follows("operator", "^")
        if run in self.symbols or run in self.symbols.sizes:
            self._add("symbol" if run in self.symbols else "size", run, len(run))
        elif raised and (run == "H" or (run[0] in "Tt" and run[0] not in self.symbols)):
            self._add("top", "T", 1)
        elif run == "t" and _OPENS.match(self.text, self.at + 1):  # the transpose of R
            self._add("word", "transpose", 1)
        elif run in KEYWORDS and not (run in _SHORT_WORDS and not self._stands_alone(run)):
            self._add(*KEYWORDS[run], len(run))
        elif run == "Id":
            self._add("word", "I", len(run))
        elif ALIASES.get(run, run) in FUNCTIONS or run in GREEK_NAMES:
            self._add("word", ALIASES.get(run, run), len(run))
        else:
            self._split(run)
        return None

    def _second_derivative(self) -> bool:
        """Take the H of `H_f(w)` and `Hf(w)`, or the D of `D^2 f(w)`, where the question declares none."""
        letter, functions = self.text[self.at], [symbol.name for symbol in self.symbols if symbol.is_function]
        if letter not in "HD" or letter in self.symbols or letter in self.symbols.sizes or not functions:
            return False
        names = "|".join(map(re.escape, functions))
        of = rf"H\s*(?:_\s*\{{?\s*(?:{names})\s*\}}?|\(\s*(?:{names})\s*\)|{names})\s*\("
        twice = (
            rf"D\s*(?:_\s*\{{?\w\}}?\s*)?\^\s*(?:2|\{{\s*2\s*\}})\s*(?:_\s*\{{?\w\}}?\s*)?\(?\s*(?:{names})\b"
        )
        found = re.compile(of if letter == "H" else twice).match(self.text, self.at) is not None
        if found:
            self._add("nabla", "2" if letter == "H" else "1", 1)
        return found

    def _stands_alone(self, run: str) -> bool:
        """Whether a short word is one, with spaces around it, and not letters that are declared."""
        spelt = split_letters(run, self.symbols, after_factor=False)
        after = self.text[self.at + len(run) : self.at + len(run) + 1]
        return spelt is None or (self.spaced and bool(self.tokens) and (after.isspace() or after in "]["))

    def _before_declared(self, run: str) -> str:
        """The run up to where a name with a mark begins in it, as x' in `xx'`."""
        for start in range(1, len(run)) if self.symbols.odd else ():
            match = self.symbols.odd.match(self.text, self.at + start) if self.symbols.odd else None
            if match and match.end() > self.at + len(run):
                return run[:start]
        return run

    def _follows(self, kind: str, *texts: str) -> bool:
        """Whether the token before is of that kind, and one of the texts if any are given."""
        before = self.tokens[-1] if self.tokens else Token("start", "")
        return before.kind == kind and (not texts or before.text in texts)

    def _split(self, run: str) -> None:
        """`nAw` is n, A, w where these are declared; else one unknown word."""
        after_factor = not self.spaced and (self._follows("symbol") or self._follows("close"))
        parts = split_letters(run, self.symbols, after_factor=after_factor)
        if parts is None and self.symbols.chance:
            parts = self._with_operator(run)
        turned = run[0] == "t" and len(run) > 1 and "t" not in self.symbols
        of = split_letters(run[1:], self.symbols, after_factor=False) if parts is None and turned else None
        first = self.symbols.by_name.get(of[0]) if of else None
        if first is not None and first.shape.is_array:  # tX, as the French write ᵗX without raising the t
            self.tokens += [Token("operator", "^", tight=False), Token("top", "T")]
            self.at, self.spaced = self.at + 1, False
            return None
        after = self.text[self.at + len(run) :].lstrip()[:1]
        named = ALIASES.get(run.lower(), run.lower()) if run[0].isupper() and len(run) > 2 else ""
        if parts is None and named in FUNCTIONS and after in ("(", "["):  # Mathematica's Transpose[A]
            return self._add("word", named, len(run))
        if parts is None:
            matrix = self.symbols.by_name.get(run.upper()) if len(run) == 1 else None
            known = matrix is not None and matrix.shape.is_matrix
            if known and _TWO_INDICES.match(self.text, self.at + 1):  # a_ij is an entry of A
                return self._add("symbol", run.upper(), 1)
            return self._add("word", run, len(run))
        for part in parts:
            if part == "T" and "T" not in self.symbols:
                self._add("prime", "'", 1)
            elif part in KEYWORDS and part not in self.symbols:
                self._add(*KEYWORDS[part], len(part))
            elif part in self.symbols.plain_names or part in self.symbols:
                is_size = part in self.symbols.sizes and part not in self.symbols
                self._add("size" if is_size else "symbol", part, len(part))
            else:
                self._add("word", ALIASES.get(part, part), len(part))
        return None

    def _with_operator(self, run: str) -> list[str] | None:
        """`aE` before a bracket as a and E, `EX` as E and X, or None."""
        opens = self.text[self.at + len(run) : self.at + len(run) + 1] in ("[", "(", "{", "_", "^")
        for name in CHANCE:
            before = run.removesuffix(name) if opens else run
            if before and before != run:
                parts = split_letters(before, self.symbols, after_factor=False)
                return [*parts, name] if parts else None
        after = split_letters(run[1:], self.symbols, after_factor=False) if run[0] == "E" else None
        return ["E", *after] if after else None


def split_letters(run: str, symbols: Symbols, *, after_factor: bool) -> list[str] | None:
    """Declared names and known words that together spell the run, the longest names first, or None."""
    greek = tuple(name for name in symbols.odd_names if name.isalpha())
    names = symbols.plain_names + greek + tuple(word for word in _SPLIT_WORDS if word not in symbols)
    if any(symbol.is_function for symbol in symbols):
        names = (*_OF_FUNCTIONS, *names)
    tails: list[list[str] | None] = [None] * len(run) + [[]]
    for start in range(len(run) - 1, -1, -1):
        for name in names:
            if name == "T" and start == 0 and not after_factor and "T" not in symbols:
                continue
            tail = tails[start + len(name)] if run.startswith(name, start) else None
            if tail is not None:
                tails[start] = [name, *tail]
                break
    return tails[0]


def read_number(text: str) -> Fraction:
    """The number that a token of digits writes; raises Unreadable where it is too large."""
    mantissa, _, exponent = text.lower().partition("e")
    if exponent and abs(int(exponent)) > 40:
        raise Unreadable(say("typed.the_number_is_too_large", text=text))
    return Fraction(mantissa.rstrip(".")) * Fraction(10) ** int(exponent or 0)
