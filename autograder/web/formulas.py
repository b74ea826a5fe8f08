"""How formulas are shown on the pages of one browser: as was chosen on the page under one's name."""

from starlette.responses import Response

from autograder.domain.formulas import FormulaStyle
from autograder.domain.phrases import phrase
from autograder.web.languages import remember
from autograder.web.visit import PageRefused, Visit

COOKIE = "formulas"


def choose_formulas(visit: Visit) -> FormulaStyle:
    """How the answer to a visit shows them."""
    chosen = visit.cookies.get(COOKIE, "")
    return FormulaStyle(chosen) if chosen in list(FormulaStyle) else FormulaStyle.MATHML


def keep_formulas(visit: Visit) -> Response:
    """Keep what was chosen, and show the page again."""
    chosen = visit.form.get(COOKIE)
    if chosen not in list(FormulaStyle):
        raise PageRefused(phrase("web.no_formulas"))
    return remember(visit, visit.redirect("/me"), COOKIE, chosen)
