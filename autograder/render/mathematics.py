"""Sentences of authors, with their `code` and their $formulas$, as HTML that needs no script."""

import re
from functools import lru_cache

from markupsafe import Markup, escape

from autograder.domain.formulas import FormulaStyle, formula_style
from autograder.expressions.latex_mathml import draw_latex
from autograder.render.visible import clean

_SPAN = re.compile(r"`([^`\n]+)`|\$(?=\S)([^$\n]{1,400}?)(?<=\S)\$(?!\d)")
_PLAIN_MATHML = re.compile(
    r"(?:</?(?:math|mrow|mi|mn|mo|mtext|mspace|msup|msub|msubsup|mfrac|msqrt|mroot|mover|munder|munderover"
    r"|mstyle|mtable|mtr|mtd|mfenced|mpadded|mphantom)"
    r"(?: [a-z]+=\"[^\"<>&\\:]*\"| xmlns=\"http://www\.w3\.org/1998/Math/MathML\")*\s*/?>|[^<>\\])*"
)
_ACTIVE = re.compile(r" (?:href|style|class|id|on[a-z]+|src)=")


def prose(text: str, *, reach: int = 4_000) -> Markup:
    """A sentence as HTML: `code` spans, $formulas$ as MathML or as their source, all else escaped.

    >>> prose("Is `A` symmetric & real?")
    Markup('Is <code>A</code> symmetric &amp; real?')
    """
    text = clean(text[:reach])
    parts: list[str] = []
    end = 0
    for span in _SPAN.finditer(text):
        parts += [escape(text[end : span.start()]), _span(span)]
        end = span.end()
    return Markup("").join([*parts, escape(text[end:])])


def _span(span: re.Match[str]) -> Markup:
    code, formula = span.groups()
    if code is not None:
        return Markup("<code>{}</code>").format(code)
    drawn = mathml(formula) if formula_style() is FormulaStyle.MATHML else None
    return drawn or Markup("<code>{}</code>").format(formula)


def only_draws(markup: str) -> bool:
    """Whether markup is MathML that draws, and nothing that could load, link or run."""
    return bool(_PLAIN_MATHML.fullmatch(markup)) and not _ACTIVE.search(markup)


@lru_cache(maxsize=1024)
def mathml(formula: str) -> Markup | None:
    """A LaTeX formula as MathML, or None where it would not be drawn whole."""
    drawn = draw_latex(formula)
    return Markup(drawn) if drawn and only_draws(drawn) else None  # noqa: S704 - as just checked
