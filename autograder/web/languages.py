"""In which language a visit is answered: the one that was chosen, else the browser's, else the course's.

Pages of staff are in English, and so is what programs are told.
"""

from starlette.responses import Response

from autograder.domain.language import Language
from autograder.domain.phrases import phrase
from autograder.web.visit import PageRefused, Visit

COOKIE = "language"
_LASTS = 365 * 24 * 3600
_OF_STAFF = ("/class", "/admin")
_MOST_TAGS = 20


def choose_language(visit: Visit) -> Language:
    """The language of an answer."""
    if visit.program or visit.path.startswith(_OF_STAFF):
        return Language.ENGLISH
    chosen = visit.cookies.get(COOKIE, "")
    if chosen in list(Language):
        return Language(chosen)
    return _find_accepted(visit.headers.get("accept-language", "")) or visit.read.opened.course.language


def keep_language(visit: Visit) -> Response:
    """Keep the language that was chosen, and go back."""
    chosen, back = visit.form.get("language"), visit.form.get("back")
    if chosen not in list(Language):
        raise PageRefused(phrase("web.no_language"))
    # To a page of ours, whatever a form says.
    answer = visit.redirect(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/")
    return remember(visit, answer, COOKIE, chosen)


def remember(visit: Visit, answer: Response, name: str, chosen: str) -> Response:
    """The answer, by which a browser remembers for a year what was chosen in it."""
    secure = visit.site.served.secure
    answer.set_cookie(name, chosen, max_age=_LASTS, httponly=True, samesite="lax", secure=secure)
    return answer


def _find_accepted(header: str) -> Language | None:
    """The language of ours that a browser likes best; None where it names none."""
    found: dict[str, float] = {}
    for each in header.split(",")[:_MOST_TAGS]:
        tag, _, quality = each.partition(";")
        code = tag.strip().lower().partition("-")[0]
        try:
            weight = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if code in list(Language) and weight > found.get(code, 0):
            found[code] = weight
    return Language(max(found, key=lambda code: found[code])) if found else None
