"""Sentences of authors, with their `code` and their $formulas$, as HTML that needs no script."""

import re
from functools import lru_cache

from markupsafe import Markup, escape

from autograder.render.visible import clean

_SPAN = re.compile(r"`([^`\n]+)`|\$(?=\S)([^$\n]{1,400}?)(?<=\S)\$(?!\d)")
_SILENTLY_WRONG = re.compile(
    r"\\(?:begin|operatorname\*|boldsymbol|bm|lim|limsup|liminf|mathscr)(?![a-zA-Z])"
)
"""Commands that latex2mathml takes without a word and draws wrongly."""
_PLAIN_MATHML = re.compile(
    r"(?:</?(?:math|mrow|mi|mn|mo|mtext|mspace|msup|msub|msubsup|mfrac|msqrt|mroot|mover|munder|munderover"
    r"|mstyle|mtable|mtr|mtd|mfenced|mpadded|mphantom)"
    r"(?: [a-z]+=\"[^\"<>&\\:]*\"| xmlns=\"http://www\.w3\.org/1998/Math/MathML\")*\s*/?>|[^<>\\])*"
)
_ACTIVE = re.compile(r" (?:href|style|class|id|on[a-z]+|src)=")


def prose(text: str, *, reach: int = 4_000) -> Markup:
    """A sentence as HTML: `code` spans, $formulas$ as MathML, everything else escaped.

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
    return mathml(formula) or Markup("<code>{}</code>").format(formula)


def only_draws(markup: str) -> bool:
    """Whether markup is MathML that draws, and nothing that could load, link or run."""
    return bool(_PLAIN_MATHML.fullmatch(markup)) and not _ACTIVE.search(markup)


@lru_cache(maxsize=1024)
def mathml(formula: str) -> Markup | None:
    r"""A LaTeX formula as MathML, or None where the converter refuses it or would draw it wrongly.

    The converter neither escapes `\text` nor refuses `\href`, and shows commands it does not know as they
    stand: so what it gives is let through only if it is nothing but elements and attributes that draw.
    """
    if _SILENTLY_WRONG.search(formula):
        return None
    from latex2mathml.converter import convert  # only the first formula of a run pays for the import

    try:
        drawn = convert(formula)
    except Exception:  # noqa: BLE001 - the converter raises whatever it stumbles on
        return None
    if not only_draws(drawn):
        return None
    return Markup(drawn)  # noqa: S704 - only drawing elements are left, as just checked
