r"""A LaTeX formula as MathML that browsers draw whole: latex2mathml, amended where it is silently wrong.

It takes `aligned` and `\operatorname*{arg\,min}` for nothing, sets limits as indices, and asks for bold
letters by an attribute that browsers have dropped. What cannot be drawn whole is refused, not half drawn.
"""

import re
import unicodedata
from functools import cache, lru_cache
from html import unescape
from xml.etree.ElementTree import Element, tostring

_READ_AS = (
    (re.compile(r"\\(begin|end)\{(?:aligned|align\*)\}"), r"\\\1{split}"),
    (re.compile(r"\\(begin|end)\{(?:gathered|gather\*)\}"), r"\\\1{matrix}"),
    (re.compile(r"\\(?:lVert|rVert)(?![a-zA-Z])"), r"\\|"),
    (re.compile(r"\\(?:lvert|rvert)(?![a-zA-Z])"), "|"),
    (re.compile(r"\\dfrac(?![a-zA-Z])"), r"\\frac"),
)
"""Spellings of the same thing of which the converter knows one."""
_OPERATOR = re.compile(r"\\operatorname(\*?)\s*\{([^{}]*)\}")
_SPACE = re.compile(r"(?:\\[,:; !]|~|\s)+")
_THIN = "\u2009"
_LIMITS = frozenset(("lim", "max", "min", "sup", "inf", "det", "gcd", "Pr"))
_SCRIPTS = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
_DRAWING = frozenset(
    {
        "math",
        "mrow",
        "mi",
        "mn",
        "mo",
        "mtext",
        "mspace",
        "msup",
        "msub",
        "msubsup",
        "mfrac",
        "msqrt",
        "mroot",
    }
    | {"mover", "munder", "munderover", "mstyle", "mtable", "mtr", "mtd", "mpadded", "mphantom"}
)
_ACTIVE = frozenset(("href", "style", "class", "id", "src"))
_STYLES = {
    "bold": "BOLD",
    "bold-italic": "BOLD ITALIC",
    "script": "SCRIPT",
    "bold-script": "BOLD SCRIPT",
    "fraktur": "FRAKTUR",
    "bold-fraktur": "BOLD FRAKTUR",
    "double-struck": "DOUBLE-STRUCK",
    "sans-serif": "SANS-SERIF",
    "bold-sans-serif": "SANS-SERIF BOLD",
    "monospace": "MONOSPACE",
}
_SYMBOLS = {"∇": "NABLA", "∂": "PARTIAL DIFFERENTIAL", "ϵ": "EPSILON SYMBOL"}


@lru_cache(maxsize=2048)
def draw_latex(formula: str, *, block: bool = False) -> str | None:
    r"""The formula as MathML, or None where it would not be drawn whole or hold more than what draws.

    >>> draw_latex(r"\mathbf{w}").partition("inline")[2]
    '"><mrow><mi>𝐰</mi></mrow></math>'
    >>> draw_latex(r"\unknown{w}")
    """
    from latex2mathml.converter import Converter  # only the first formula pays for the import

    for pattern, known in _READ_AS:
        formula = pattern.sub(known, formula)
    formula = _OPERATOR.sub(_name_operator, formula)
    try:
        root = Converter(display="block" if block else "inline").convert_to_element(formula)
        for element in root.iter():
            _amend(element)
        for parent in root.iter():
            _amend_children(parent)
    except Exception:  # noqa: BLE001 - the converter raises whatever it stumbles on
        return None
    tables = sum(element.tag == "mtable" for element in root.iter())
    # Of an environment that it does not know, the converter draws what is inside.
    whole = formula.count(r"\begin{") <= tables and all(map(_draws, root.iter()))
    return tostring(root, encoding="unicode") if whole else None


def _name_operator(match: re.Match[str]) -> str:
    """An operator whose spaces are letters that the converter lets through."""
    return rf"\operatorname{match[1]}{{{_SPACE.sub(_THIN, match[2].strip())}}}"


def _amend(element: Element) -> None:
    """Put one element right."""
    # The converter writes letters as entities, and counts on being unescaped as a whole.
    element.text = unescape(element.text) if element.text else element.text
    if element.text == "\u29f5":  # few fonts have this sign
        element.tag, element.text = "mo", "\u2216"
    if element.tag == "mi" and "\u2a00" <= (element.text or "") <= "\u2aff":  # relations, with spaces around
        element.tag = "mo"
    variant = element.get("mathvariant", "normal")
    if variant == "normal":
        return
    del element.attrib["mathvariant"]
    style = _STYLES.get(variant)
    if style and element.text:
        element.text = "".join(_styled(letter, style) for letter in element.text)


def _amend_children(parent: Element) -> None:
    """Put right what depends on what stands beside it."""
    children = list(parent)
    first = children[0] if children else None
    if parent.tag in _SCRIPTS and first is not None and _takes_limits(first):
        first.attrib.update({"movablelimits": "true", "lspace": "0em", "rspace": "0.167em"})
        parent.tag = _SCRIPTS[parent.tag]
    for place, child in enumerate(children):
        after = children[place + 1] if place + 1 < len(children) else None
        if child.tag in ("mi", "mo") and len(child.text or "") > 1 and parent.tag not in _SCRIPTS.values():
            child.tag = "mi"  # a word is a name; as an operator it has wide spaces around it
            child.attrib.clear()
            if (
                after is not None
                and after.tag not in ("mo", "mspace")
                and parent.tag in ("math", "mrow", "mtd")
            ):
                parent.insert(list(parent).index(after), Element("mspace", width="0.167em"))
        if child.tag == "mtable":
            for at, form in ((place - 1, "prefix"), (place + 1, "postfix")):
                beside = children[at] if 0 <= at < len(children) else None
                if beside is not None and beside.tag == "mo" and beside.text in ("|", "\u2016"):
                    beside.attrib.update({"stretchy": "true", "fence": "true", "form": form})


def _takes_limits(base: Element) -> bool:
    return base.tag == "mo" and ("movablelimits" in base.attrib or base.text in _LIMITS)


@cache
def _styled(letter: str, style: str) -> str:
    """A letter in the style, as a letter of its own; as it is where Unicode has none."""
    name = unicodedata.name(letter, "")
    for start, short in (("LATIN ", ""), ("GREEK ", ""), ("DIGIT", "DIGIT")):
        if name.startswith(start):
            rest = _SYMBOLS.get(letter, (short + name.removeprefix(start)).replace(" LETTER", ""))
            break
    else:
        rest = _SYMBOLS.get(letter, "")
    # Letters that were in Unicode before the others, as the script H, kept their names.
    older = {"SCRIPT": "SCRIPT", "FRAKTUR": "BLACK-LETTER", "DOUBLE-STRUCK": "DOUBLE-STRUCK"}.get(style, "")
    plain = style.replace(" ITALIC", "")  # there are no italic digits
    for candidate in (f"MATHEMATICAL {style} {rest}", f"{older} {rest}", f"MATHEMATICAL {plain} {rest}"):
        try:
            return unicodedata.lookup(candidate)
        except KeyError:
            continue
    return letter


def _draws(element: Element) -> bool:
    """Whether an element draws, and draws what was meant."""
    text = (element.text or "") + (element.tail or "")
    if element.tag not in _DRAWING or "\\" in text or (element.tag == "mtext" and "$" in text):
        return False
    if element.get("linebreak") or (element.tag == "mi" and text == "&"):  # outside of what it would align
        return False
    if {"solid", "dashed"} & set(f"{element.get('columnlines')} {element.get('rowlines')}".split()):
        return False  # browsers draw no lines in tables
    return not any(key in _ACTIVE or key.startswith("on") for key in element.attrib)
