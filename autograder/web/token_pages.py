"""One's own personal tokens: made, shown once, revoked."""

from http import HTTPStatus

from starlette.responses import Response

from autograder.domain.phrases import phrase
from autograder.web.tokens import MOST, list_tokens, make_token, revoke_token
from autograder.web.visit import Visit


def show_tokens(visit: Visit) -> Response:
    """The tokens there are, and the form that makes one."""
    return _page(visit)


def change_tokens(visit: Visit) -> Response:
    """Make a token, which this answer alone shows, or revoke one."""
    store = visit.site.transient
    if visit.form.has("revoke"):
        revoke_token(store, visit.form.get("revoke"), visit.who.id)
        return visit.redirect("/me/tokens")
    name = visit.form.get("name").strip()
    if not name:
        return _page(visit, trouble=phrase("web.token.unnamed"))
    if len(list_tokens(store, visit.who.id)) >= MOST:
        return _page(visit, trouble=phrase("web.token.many", most=MOST))
    return _page(visit, made=make_token(store, visit.who.id, name, visit.site.clock()))


def _page(visit: Visit, *, made: str = "", trouble: str = "") -> Response:
    return visit.page(
        "web/tokens.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if trouble else HTTPStatus.OK,
        tokens=list_tokens(visit.site.transient, visit.who.id),
        made=made,
        trouble=trouble,
        server=visit.site.served.url,
    )
