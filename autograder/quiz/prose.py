"""Turns the prose of a quiz (Markdown with formulas) into HTML that holds no script and no foreign markup."""

import re
from collections.abc import Mapping
from functools import lru_cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from markupsafe import Markup

from autograder.domain.formulas import FormulaStyle, formula_style
from autograder.expressions.latex_mathml import draw_latex
from autograder.quiz.formulas import FORMULA
from autograder.quiz.pictures import PICTURE

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_CODE_OR_FORMULA = re.compile(rf"(?P<code>`[^`\n]*`|```.*?```)|{FORMULA.pattern}", re.S)
# Letters of the private use area stand for formulas while Markdown is read; an author's own are dropped.
_OPEN, _CLOSE = "\ue000", "\ue001"


def to_html(text: str, *, tex: bool = False, pictures: Mapping[str, str] = MappingProxyType({})) -> Markup:
    r"""Paragraphs, lists, tables, emphasis, `code`; formulas as MathML, or as their source where that is
    wanted (domain/formulas.py) or cannot be drawn.

    With `tex`, formulas stay as they are between `\(` and `\)`, for a page that draws them itself. `pictures`
    are the addresses of pictures by name; of one that is not among them, the words for it are shown.

    >>> to_html("Is *this* `x < y`?")
    Markup('<p>Is <em>this</em> <code>x &lt; y</code>?</p>\n')
    """
    held, text = _take_formulas(text, tex=tex)
    text = PICTURE.sub(partial(_take_picture, held, pictures), text)
    return _put_back(_markdown().render(text), held)


def spell_markup(text: str, *, in_formulas: bool = False) -> str:
    r"""The prose with `<` and entities spelled so that a program that reads HTML in Markdown shows them.

    Formulas and `code` stay as they are; `in_formulas` for a page that reads formulas as HTML too.

    >>> spell_markup("vector<int>, `a<b` and $x<y$", in_formulas=True)
    'vector&lt;int>, `a<b` and $x\\lt y$'
    """

    def spell(match: re.Match[str]) -> str:
        if match["code"] or not (match["block"] or match["inline"]):
            return match[0]
        return match[0].replace("<", r"\lt ") if in_formulas else match[0]

    pieces, start = [], 0
    for match in _CODE_OR_FORMULA.finditer(text):
        pieces += [_spelled(text[start : match.start()]), spell(match)]
        start = match.end()
    return "".join([*pieces, _spelled(text[start:])])


def _spelled(text: str) -> str:
    return re.sub(r"&(?=#?\w{1,30};)", "&amp;", text).replace("<", "&lt;")


def _take_picture(held: list[Markup], pictures: Mapping[str, str], match: re.Match[str]) -> str:
    alt, address = match["alt"].strip(), pictures.get(match["name"])
    if address is None:
        held.append(Markup("[{}]").format(alt))
    else:
        held.append(Markup('<img src="{}" alt="{}">').format(address, alt))
    return f"{_OPEN}{len(held) - 1}{_CLOSE}"


def to_inline(text: str) -> Markup:
    """The same for one line, without a paragraph around it."""
    held, text = _take_formulas(text)
    return _put_back(_markdown().renderInline(text), held)


def _take_formulas(text: str, *, tex: bool = False) -> tuple[list[Markup], str]:
    held: list[Markup] = []
    text = text.replace(_OPEN, "").replace(_CLOSE, "")

    def take(match: re.Match[str]) -> str:
        if match["code"]:
            return match[0]
        block = match["block"] is not None
        formula = (match["block"] or match["inline"]).strip()
        if tex:
            quoted = Markup("{}").format(formula)
            held.append(Markup(r"\[") + quoted + r"\]" if block else Markup(r"\(") + quoted + r"\)")
            return f"{_OPEN}{len(held) - 1}{_CLOSE}"
        drawn = draw_latex(formula, block=block) if formula_style() is FormulaStyle.MATHML else None
        # Nothing but elements that draw, and escaped as they were written.
        held.append(Markup(drawn) if drawn else Markup("<code>{}</code>").format(formula))  # noqa: S704
        return f"{_OPEN}{len(held) - 1}{_CLOSE}"

    return held, _CODE_OR_FORMULA.sub(take, text).replace(r"\$", "$")


def _put_back(html: str, held: list[Markup]) -> Markup:
    filled = re.sub(f"{_OPEN}([0-9]+){_CLOSE}", lambda match: held[int(match[1])], html)
    return Markup(filled)  # noqa: S704 - Markdown was read with foreign HTML escaped


@lru_cache(maxsize=1)
def _markdown() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # only pages need it

    plain = MarkdownIt("commonmark", {"html": False, "linkify": False})
    return plain.disable(["link", "image", "autolink"]).enable("table")
