"""One spelling for all: unicode, LaTeX fonts and environments become what tokens are made of."""

import re
import unicodedata

from autograder.expressions.vocabulary import FONTS, GREEK_NAMES, LETTER_OF

_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵀᵗⁿⁱᵃᵇᶜᵈᵉᵏˡᵐᵖˢᵘᵛʷˣʸᶻ", "0123456789+-=()Ttniabcdeklmpsuvwxyz", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼₖₗₘₙₚₜₓ", "0123456789+-ijklmnptx", strict=True))
_LETTERS = {
    **dict.fromkeys("−–—﹣‐‑", "-"),
    **dict.fromkeys("·⋅∙•", " \\cdot "),
    **dict.fromkeys("⟨〈〈", " \\langle "),
    **dict.fromkeys("⟩〉〉", " \\rangle "),
    **dict.fromkeys("‖∥", "||"),
    **dict.fromkeys("’′ʹ‘`´", "'"),
    **dict.fromkeys("⪰≽", " \\succeq "),
    **dict.fromkeys("⪯≼", " \\preceq "),
    **dict.fromkeys("≥⩾", " \\geq "),
    **dict.fromkeys("≤⩽", " \\leq "),
    **dict.fromkeys("⊙∘", " \\odot "),
    **dict.fromkeys("←", " \\gets "),
    **dict.fromkeys("↦→", " \\to "),
    **dict.fromkeys("𝟏𝟙𝟭", " \\ones "),
    "\u200b": "",
    "\u2061": "",
    "\u2062": "",
    "\ufeff": "",
    "″": "''",
    "×": "*",
    "∗": "*",
    "⋆": "\\star ",
    "÷": "/",
    "⁄": "/",
    "∕": "/",
    "⊗": " \\otimes ",
    "∇": " \\nabla ",
    "∑": " \\sum ",
    "√": " \\sqrt ",
    "⊤": "\\top ",
    "†": "\\dagger ",
    "≠": " \\neq ",
    "≻": " \\succ ",
    "≺": " \\prec ",
    "∧": " \\wedge ",
    "∂": " \\partial ",
    "∞": "\\infty ",
    "≔": "=",
    "½": "(1/2)",
    "¼": "(1/4)",
    "¾": "(3/4)",
    "ϵ": "ε",
    "ϕ": "φ",
    "ϑ": "θ",
    "ϱ": "ρ",
    "µ": "μ",
}
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{[a-zA-Z]{1,12}\*?\}(?:\{[lcr|]*\})?")
_ONES = re.compile(r"\\(?:mathbf|mathbb|mathbbm|mathds|bm|boldsymbol)\s*(?:\{\s*1\s*\}|1)")
_FONT = re.compile(
    r"\\(?:" + "|".join(sorted(FONTS, key=len, reverse=True)) + r")\*?(?![A-Za-z])\s*(?:\{([^{}]*)\})?"
)
_RAISED_RUN = re.compile("[" + "".join(_RAISED) + "]+")
_LOWERED_RUN = re.compile("[" + "".join(_LOWERED) + "]+")
_NON_ASCII = re.compile(r"[^\x00-\x7f]")


def normalise(text: str) -> str:
    """The same mathematics in ASCII, Greek letters and LaTeX commands, fonts and display dropped."""
    if _NON_ASCII.search(text):
        text = _RAISED_RUN.sub(lambda run: "^{" + "".join(_RAISED[letter] for letter in run[0]) + "}", text)
        text = _LOWERED_RUN.sub(lambda run: "_{" + "".join(_LOWERED[letter] for letter in run[0]) + "}", text)
        text = _NON_ASCII.sub(lambda letter: _known_letter(letter[0]), text)
    text = text.replace("$", " ").replace("`", " ").replace("~", " ")
    if "\\" not in text:
        return text
    text = text.replace("\\\\", "\\")
    text = _ONES.sub(r" \\ones ", _ENVIRONMENT.sub(" ", text))
    for _ in range(3):  # a font inside a font inside a font is as deep as anyone goes
        text = _FONT.sub(_unfonted, text)
    return text


def _known_letter(letter: str) -> str:
    if letter in _LETTERS:
        return _LETTERS[letter]
    folded = unicodedata.normalize("NFKC", letter)
    return "".join(_LETTERS.get(part, part) for part in folded)


def _unfonted(font: re.Match[str]) -> str:
    """What stood inside the font command, kept apart from letters around it."""
    inside = font[1]
    if inside is None:
        return " "
    before = font.string[max(font.start() - 1, 0) : font.start()]
    after = font.string[font.end() : font.end() + 1]
    return (" " if before.isalpha() else "") + inside + (" " if after.isalnum() else "")


def canonical_name(name: str) -> str:
    """A symbol's name as we keep it: Greek letters by their English names."""
    spelled = normalise(name).replace("\\", "").strip()
    for english, letter in LETTER_OF.items():
        spelled = spelled.replace(letter, english)
    spelled = (
        re.sub(r"\^?\{?(?:star|\*)\}?$", "*", spelled)
        if re.search(r"(\^\{?star|\*\}?)$", spelled)
        else spelled
    )
    return re.sub(r"_\{([^{}]*)\}", r"_\1", spelled)


_NAME = re.compile(r"(?P<base>[A-Za-z]+)(?P<digits>\d*)(?:_(?P<sub>[A-Za-z0-9+\-]+))?(?P<mark>\*|'*)")
_STAR = r"(?:\^\s*\{\s*(?:\*|\\star|\\ast)\s*\}|\^\s*(?:\*|\\star(?![A-Za-z])|\\ast(?![A-Za-z]))"
_STAR += (
    r"|_\s*\{\s*(?:\*|\\star|\\ast)\s*\}|_\s*(?:\*|\\star(?![A-Za-z])|\\ast(?![A-Za-z])|star(?![A-Za-z]))"
)
_STAR += r"|\\star(?![A-Za-z])|star(?![A-Za-z])"


def name_parts(name: str) -> re.Match[str] | None:
    """Base, digits, subscript and mark of a well-formed name, else None."""
    return _NAME.fullmatch(name)


def name_pattern(name: str, *, lone_star: bool) -> str:
    """A regular expression of every way to write a name that is more than Latin letters.

    `lone_star`: whether `w*x` can only be w* times x, because w itself is no symbol.
    """
    parts = name_parts(name)
    if parts is None:
        return re.escape(name)
    pattern = _base_pattern(parts["base"])
    if parts["digits"]:
        pattern += r"(?:_\s*\{\s*" + parts["digits"] + r"\s*\}|_?" + parts["digits"] + r")(?!\d)"
    if parts["sub"]:
        sub = r"\s*".join(re.escape(letter) for letter in parts["sub"])
        pattern += r"\s*(?:_\s*[{(]\s*" + sub + r"\s*[})]|_" + sub + r"(?![A-Za-z0-9])"
        pattern += (r"|" + sub + r"(?![A-Za-z0-9]))") if parts["sub"].isdigit() else ")"
    return pattern + _mark_pattern(parts["mark"], lone_star=lone_star)


def _base_pattern(base: str) -> str:
    if base not in GREEK_NAMES:
        return base
    return rf"(?:\\(?:var)?{base}(?![A-Za-z])|{LETTER_OF[base]}|(?<![A-Za-z]){base}(?![A-Za-z]))"


def _mark_pattern(mark: str, *, lone_star: bool) -> str:
    if mark == "*":
        follows = "" if lone_star else r"(?!\s*[A-Za-z0-9(\[<|\\])"
        return rf"\s*{_STAR}|\*(?!\*){follows})"
    if mark:
        primes = r"\s*".join([r"(?:'|\\prime)"] * len(mark))
        return rf"\s*(?:\^\s*\{{\s*{primes}\s*\}}|\^\s*{primes}|{primes})"
    return ""
