"""One spelling for all: unicode, LaTeX fonts and environments become what tokens are made of."""

import re
import unicodedata
from math import factorial

from autograder.expressions.vocabulary import FONTS, GREEK_NAMES, LETTER_OF

_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵀᵗⁿⁱᵃᵇᶜᵈᵉᵏˡᵐᵖˢᵘᵛʷˣʸᶻ", "0123456789+-=()Ttniabcdeklmpsuvwxyz", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼₖₗₘₙₚₜₓ", "0123456789+-ijklmnptx", strict=True))
_LETTERS = {
    **dict.fromkeys("−–—﹣‐‑‒―﹘", "-"),
    **dict.fromkeys("ˆ˄⌃ꞈ", "^"),
    **dict.fromkeys("∣❘ǀ¦", "|"),
    **dict.fromkeys("“”„‟″", "''"),
    **dict.fromkeys("·⋅∙•", " \\cdot "),
    **dict.fromkeys("⟨〈〈", " \\langle "),
    **dict.fromkeys("⟩〉〉", " \\rangle "),
    **dict.fromkeys("‖∥", "||"),
    **dict.fromkeys("’′ʹ‘`´ʼˈ‛", "'"),
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
    "\u200c": "",
    "\u200d": "",
    "\u2060": "",
    "\ufe0e": "",
    "\ufe0f": "",
    "‹": "<",
    "›": ">",
    "…": "...",
    "˜": " ",
    "∈": " \\in ",
    "∪": " \\cup ",
    "∖": " \\setminus ",
    "∉": " \\notin ",
    "∨": " \\vee ",
    "≈": "=",
    "×": "*",
    "∗": "*",
    "⋆": "\\star ",
    "÷": "/",
    "⁄": "/",
    "∕": "/",
    "⊗": " \\otimes ",
    "±": " \\pm ",
    "∇": " \\nabla ",
    "∑": " \\sum ",
    "√": " \\sqrt ",
    "⊤": "\\top ",
    "⊺": "\\top ",
    "†": "\\dagger ",
    "≠": " \\neq ",
    "≻": " \\succ ",
    "≺": " \\prec ",
    "∧": " \\wedge ",
    "∂": " \\partial ",
    "∞": "\\infty ",
    "≔": "=",
    "ϵ": "ε",
    "ϕ": "φ",
    "ϑ": "θ",
    "ϱ": "ρ",
    "µ": "μ",
}
_MIXED = re.compile(r"(?<![\w^.,])(\d+)([¼½¾⅐-⅞])")
"""`2½`, two and a half."""
_ENTITIES = {"lt": "<", "gt": ">", "le": "<=", "ge": ">=", "amp": "&"}
_ENTITY = re.compile(r"&(lt|gt|le|ge|amp);")
"""Signs that were copied from the source of a page."""
_OF_MAPLE = re.compile(r"\b[A-Za-z]+:-(?=[A-Za-z])")
"""The package before a function, `LinearAlgebra:-Transpose(A)`."""
_RAISED_BEFORE = re.compile(r"(?<![\w)}\]'])\{\s*\^\s*\{?\s*(?:\\(?:rm|mathrm|text)\s*)?([tT])\s*\}?\s*\}")
"""`{^t}A`."""
_OF_R = re.compile(r"%([*o])%")
"""The matrix product and the outer product of R."""
_TRANSPOSE_OF_R = re.compile(r"(?<![\w.])t(?=\()")
_PLUS_MINUS = re.compile(r"(^|[=({\[,])\s*\+(?:/\s*)?-\s*(?=[\w(\\√])")
"""`x = +-2`, where nothing is added to."""
_OPTIONS = re.compile(
    r",\s*(?:assume_a|rcond|check_finite|overwrite_[ab]|hermitian)\s*=\s*(?:'\w*'|\"\w*\"|[\w.+-]+)"
)
"""Arguments of NumPy's and SciPy's functions that leave the value as it is."""
_CHOOSE = re.compile(
    r"\{([^{}]{1,20})\\choose(?![A-Za-z])([^{}]{1,20})\}|\\[dt]?binom\s+(\w)\s*(\w)"
    r"|(?<![\\\w])(?<![+\-−])(?<![+\-−] )(\w)\s*\\?\bchoose\s+(\w+)"
)
"""`{n \\choose 2}`, `\\binom n2` and `n choose 2`; of `n + 1 choose 2` nobody knows what is chosen from."""
_PRESCRIPT = re.compile(r"\\prescript\s*\{([^{}]*)\}\s*\{\s*\}\s*\{([^{}]*)\}")
_LIMITS = (
    re.compile(r"\\overset\{(?P<high>[^{}]*)\}\{\s*\\underset\{(?P<low>[^{}]*)\}\{\s*\\sum\s*\}\s*\}"),
    re.compile(r"\\underset\{(?P<low>[^{}]*)\}\{\s*\\overset\{(?P<high>[^{}]*)\}\{\s*\\sum\s*\}\s*\}"),
)
"""Sums as LyX and MathType write them."""
_PLAIN_TEX = re.compile(r"\\([pbvV]?matrix)\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_ENVIRONMENT = re.compile(
    r"\\begin\s*\{([a-zA-Z]{1,12})\*?\}(?:\{[lcr|]*\}|\[[lcr]\])?(.*?)\\end\s*\{\1\*?\}", re.DOTALL
)
_MATRICES = ("matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "array")
_LINES = (
    "aligned",
    "align",
    "split",
    "gathered",
    "gather",
    "equation",
    "eqnarray",
    "multline",
    "displaymath",
    "math",
)
_ACCENTS = {"\u0302": "hat", "\u0304": "bar", "\u0305": "bar", "\u0303": "tilde", "\u0307": "dot"}
_ACCENTED = re.compile("([A-Za-zα-ωΑ-Ω])([" + "".join(_ACCENTS) + "])")
_QUOTED = re.compile(r"(?<=[,=(\s])[\"'“”‘’](fro|nuc|F|inf|[12])[\"'“”‘’]")
_IN_THREES = re.compile(r"(?<![\w.,'])\d{1,3}(?:(?:'|_|\\,|\\ |\{,\})\d{3})+(?![\d'])")
"""Digits in groups of three as the Swiss, Python and LaTeX part them: `2'000`, `2_000`, `2\\,000`."""
_FACTORIAL = re.compile(r"(?<![\w.])(1?\d)!(?!=)")
_ONES = re.compile(r"\\(?:mathbf|mathbb|mathbbm|mathds|bm|boldsymbol)\s*(?:\{\s*1\s*\}|1)")
_EXTREMAL = re.compile(r"(?<![A-Za-z])\\?arg\s*\\?(min|max)(?![A-Za-z])")
_FONT = re.compile(
    r"\\(?:"
    + "|".join(sorted(FONTS, key=len, reverse=True))
    + r")\*?(?![A-Za-z])\s*(?:\{((?:[^{}]|\{[^{}]*\})*)\})?"
)
_RAISED_RUN = re.compile("[" + "".join(_RAISED) + "]+")
_LOWERED_RUN = re.compile("[" + "".join(_LOWERED) + "]+")
_NON_ASCII = re.compile(r"[^\x00-\x7f]")


def normalise(text: str) -> str:
    """The same mathematics in ASCII, Greek letters and LaTeX commands, fonts and display dropped."""
    text = _PLUS_MINUS.sub(r"\1 \\pm ", _OPTIONS.sub("", text))
    text = _QUOTED.sub(r"\1", text).replace('"', "''")
    if _NON_ASCII.search(text):
        text = _with_named_accents(text)
        text = _RAISED_RUN.sub(lambda run: "^{" + "".join(_RAISED[letter] for letter in run[0]) + "}", text)
        text = _LOWERED_RUN.sub(lambda run: "_{" + "".join(_LOWERED[letter] for letter in run[0]) + "}", text)
        text = _MIXED.sub(lambda mixed: f"({mixed[1]}+{_known_letter(mixed[2])})", text)
        text = _NON_ASCII.sub(lambda letter: _known_letter(letter[0]), text)
    text = _IN_THREES.sub(lambda number: re.sub(r"\D", "", number[0]), text)
    text = _FACTORIAL.sub(lambda number: str(factorial(int(number[1]))), text)
    if _OF_R.search(text):  # whatever else is called t
        text = _TRANSPOSE_OF_R.sub("transpose", text)
    text = _OF_R.sub(lambda sign: " @ " if sign[1] == "*" else " \\otimes ", text)
    text = _CHOOSE.sub(lambda one: "binom({}, {})".format(*filter(None, one.groups())), text)
    text = _ENTITY.sub(lambda sign: _ENTITIES[sign[1]], text)
    text = _RAISED_BEFORE.sub(r" ^{\1} ", _OF_MAPLE.sub("", text))
    text = _EXTREMAL.sub(r" arg\1", text)
    text = text.replace("$", " ").replace("`", " ").replace("~", " ")
    if "\\" not in text:
        return text
    text = _PRESCRIPT.sub(r"^{\1}{\2}", text)
    for limits in _LIMITS:
        text = limits.sub(r"\\sum_{\g<low>}^{\g<high>}", text)
    text = _PLAIN_TEX.sub(r"\\begin{\1}\2\\end{\1}", text)
    for _ in range(3):  # a matrix inside a matrix
        text = _ENVIRONMENT.sub(_without_environment, text)
    # LaTeX copied from a program has its backslashes twice.
    text = _ONES.sub(r" \\ones ", _TWICE.sub(r"\\", text))
    for _ in range(3):  # a font inside a font inside a font is as deep as anyone goes
        text = _FONT.sub(_unfonted, text)
    return text


_TWICE = re.compile(r"\\\\(?=[A-Za-z]{2}|[|{}])")


def _with_named_accents(text: str) -> str:
    r"""`ŵ` and `x̄` as `\hat{w}` and `\bar{x}`."""
    apart = "".join(
        unicodedata.normalize("NFD", letter)
        if unicodedata.normalize("NFD", letter)[1:2] in _ACCENTS
        else letter
        for letter in text
    )
    return _ACCENTED.sub(lambda match: f"\\{_ACCENTS[match[2]]}{{{match[1]}}}", apart)


def _without_environment(match: re.Match[str]) -> str:
    """A matrix with cells and rows marked by commands; lines of a display joined."""
    name, inside = match[1], match[2]
    if name in _LINES:
        joined: str = inside.replace("&", " ").replace("\\\\", " ")
        return joined
    if name in _MATRICES or name == "vmatrix":
        rows = (
            re.sub(r"\\\\\s*$", "", re.sub(r"\\cr(?![A-Za-z])", r"\\\\", inside).strip())
            .replace("\\\\", " \\row ")
            .replace("&", " \\cell ")
        )
        return f" \\{'stackdet' if name == 'vmatrix' else 'stack'}{{{rows}}} "
    return f" \\begin{{{name}}} "  # which nobody reads: cases, for one


def _known_letter(letter: str) -> str:
    if letter in _LETTERS:
        return _LETTERS[letter]
    folded = unicodedata.normalize("NFKC", letter)
    spelled = "".join(_LETTERS.get(part, part) for part in folded)
    return f"({spelled})" if "⁄" in folded else spelled  # ½ is one number, whatever stands beside it


def _unfonted(font: re.Match[str]) -> str:
    """What stood inside the font command, kept apart from letters around it."""
    inside = font[1]
    if inside is None:
        return " "
    before = font.string[max(font.start() - 1, 0) : font.start()]
    after = font.string[font.end() : font.end() + 1]
    return (" " if before.isalpha() else "") + inside + (" " if after.isalnum() else "")


def canonical_name(name: str) -> str:
    r"""A symbol's name as we keep it: Greek letters by their English names, accents as combining marks.

    `\hat w`, `ŵ` and `w_hat` are one name, as are `w^\star`, `w_*` and `w*`, and `x_{ij}` and `x_ij`.
    """
    spelled = normalise(name)
    for accent, mark in _MARK_OF.items():
        spelled = re.sub(
            rf"\\(?:wide)?{accent}\s*\{{?\s*(\\?[A-Za-z]+|[α-ωΑ-Ω])\s*\}}?", rf"\1{mark}", spelled
        )
        spelled = re.sub(rf"^(\\?[A-Za-z]+?)_\{{?{accent}\}}?", rf"\1{mark}", spelled)
    spelled = spelled.replace("overline", "bar").replace("\\", "").strip()
    for english, letter in LETTER_OF.items():
        spelled = spelled.replace(letter, english)
    spelled = re.sub(r"(?<![A-Za-z])(?:var)?eps(?:ilon)?(?![A-Za-z])", "epsilon", spelled)
    if re.search(r"(?:\^\{?star|\*\}?|_\{?star\}?)\s*$", spelled):
        spelled = re.sub(r"[\^_]?\{?(?:star|\*)\}?\s*$", "*", spelled)
    spelled = re.sub(r"\^\s*\{?\s*\(([^()]*)\)\s*\}?", r"^(\1)", spelled)
    spelled = re.sub(r"\s+(?=[_^'*(])", "", spelled)
    return re.sub(r"_\{([^{}]*)\}", lambda sub: "_" + re.sub(r"[\s,]", "", sub[1]), spelled)


_MARK_OF = {"hat": "\u0302", "bar": "\u0304", "overline": "\u0304", "tilde": "\u0303", "dot": "\u0307"}
_ACCENT_OF = {"\u0302": "hat", "\u0304": "(?:bar|overline)", "\u0303": "tilde", "\u0307": "dot"}
_NAME = re.compile(
    r"(?P<base>[A-Za-z]+)(?P<accent>[\u0302\u0303\u0304\u0307]?)(?P<digits>\d*)(?:_(?P<sub>[A-Za-z0-9+\-]+))?"
    r"(?:\^\((?P<sup>[A-Za-z0-9+\-]+)\))?(?P<mark>\*|'*)"
)
_STAR = r"(?:\^\s*\{\s*(?:\*|\\star|\\ast)\s*\}|\^\s*(?:\*|\\star(?![A-Za-z])|\\ast(?![A-Za-z]))"
_STAR += r"|_\s*\{\s*(?:\*|\\star|\\ast|star)\s*\}"
_STAR += r"|_\s*(?:\*|\\star(?![A-Za-z])|\\ast(?![A-Za-z])|star(?![A-Za-z]))"
_STAR += r"|\\star(?![A-Za-z])|star(?![A-Za-z])"


def name_parts(name: str) -> re.Match[str] | None:
    """Base, accent, digits, subscript, superscript and mark of a well-formed name, else None."""
    return _NAME.fullmatch(name)


def name_pattern(name: str, *, lone_star: bool, glued: bool = False) -> str:
    """A regular expression of every way to write a name that is more than Latin letters.

    `lone_star`: whether `w*x` can only be w* times x, because w itself is no symbol. `glued`: whether `xij`
    can only be x_ij, because x is none.
    """
    parts = name_parts(name)
    if parts is None:
        return re.escape(name)
    sub = _sub_pattern(parts["sub"], glued=glued and parts["sub"].isalpha()) if parts["sub"] else ""
    pattern = _base_pattern(parts["base"])
    if parts["digits"]:
        pattern += r"(?:_\s*\{\s*" + parts["digits"] + r"\s*\}|_?" + parts["digits"] + r")(?!\d)"
    if parts["accent"]:
        pattern = _accented_pattern(pattern, _ACCENT_OF[parts["accent"]], sub)
    else:
        pattern += sub
    if parts["sup"]:
        sup = r"\s*".join(re.escape(letter) for letter in parts["sup"])
        pattern += rf"\s*\^\s*(?:\{{\s*\(\s*{sup}\s*\)\s*\}}|\(\(\s*{sup}\s*\)\)|\(\s*{sup}\s*\))"
    return pattern + _mark_pattern(parts["mark"], lone_star=lone_star)


def _accented_pattern(base: str, accent: str, sub: str) -> str:
    r"""`\hat{w}_t`, `\hat{w_t}`, `\hat w_t`, `hat(w)_t`, `w_hat`."""
    within = rf"\\(?:wide)?{accent}\s*\{{\s*{base}{sub}\s*\}}"
    before = rf"\\(?:wide)?{accent}\s*(?:\{{\s*{base}\s*\}}|\s*(?=[\\α-ωΑ-Ω]){base}|\s+{base})"
    spelled = rf"(?<![A-Za-z\\]){accent}(?:\s*\(\s*{base}\s*\)|\s+{base}(?![A-Za-z]))"
    after = rf"{base}_(?:\{{\s*(?:\\text)?\s*{accent}\s*\}}|{accent}(?![A-Za-z]))"
    glued = rf"(?<![A-Za-z\\]){base}{accent}(?![A-Za-z])"
    return (rf"(?:{within}|" if sub else "(?:") + rf"(?:{before}|{spelled}|{after}|{glued}){sub})"


def _sub_pattern(sub: str, *, glued: bool) -> str:
    r"""`_{ij}`, `_ij`, `_{i, j}`, `_{\mu}`, and `_1` or `1` of a number; `ij` where `glued`."""
    greek = re.fullmatch(r"([A-Za-z]+)(.*)", sub)
    if greek and greek[1] in GREEK_NAMES:
        inside = _base_pattern(greek[1]) + r"\s*".join(re.escape(letter) for letter in greek[2])
        return rf"\s*_\s*(?:[{{(]\s*{inside}\s*[}})]|{inside})"
    letters = (r"\\?" if sub.isalpha() else "") + r"\s*,?\s*".join(re.escape(letter) for letter in sub)
    ends = r"(?!\d)" if sub.isdigit() else r"(?![A-Za-z0-9])"
    pattern = rf"\s*(?:_\s*[{{(]\s*{letters}\s*[}})]|_{re.escape(sub)}{ends}"
    return pattern + (rf"|{re.escape(sub)}{ends})" if sub.isdigit() or glued else ")")


def _base_pattern(base: str) -> str:
    if base not in GREEK_NAMES:
        return base
    spelled = {"epsilon": "(?:var)?eps(?:ilon)?", "lambda": "(?:lambda|lmbda|lambd|lam)"}.get(base, base)
    letter = LETTER_OF[base]
    return rf"(?:\\(?:var)?{base}(?![A-Za-z])|{letter}|(?<![A-Za-z\\]){spelled}(?![A-Za-z]))"


def _mark_pattern(mark: str, *, lone_star: bool) -> str:
    if mark == "*":
        follows = "" if lone_star else r"(?!\s*[A-Za-z0-9(\[<|\\])"
        return rf"\s*{_STAR}|\*(?!\*){follows})"
    if mark:
        primes = r"\s*".join([r"(?:'|\\prime)"] * len(mark))
        return rf"\s*(?:\^\s*\{{\s*{primes}\s*\}}|\^\s*{primes}|{primes})"
    return ""
