"""How formulas are shown to whoever reads: drawn, or as they were written.

Most browsers and screen readers read MathML; of those that do not, people read the source.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum


class FormulaStyle(StrEnum):
    """What stands in the place of a formula."""

    MATHML = "mathml"
    SOURCE = "source"
    """LaTeX as its author wrote it; an answer as it is typed."""


_style = ContextVar("formulas", default=FormulaStyle.MATHML)


@contextmanager
def showing_formulas(style: FormulaStyle) -> Iterator[None]:
    """What is drawn meanwhile, in this thread, shows formulas so."""
    before = _style.set(style)
    try:
        yield
    finally:
        _style.reset(before)


def formula_style() -> FormulaStyle:
    """How formulas are shown now."""
    return _style.get()
