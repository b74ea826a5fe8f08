"""Ways in and out: a link that logs in once, and logging out."""

from http import HTTPStatus
from typing import NoReturn

from starlette.responses import PlainTextResponse, Response

from autograder.domain.people import CourseRole
from autograder.errors import StoreError
from autograder.web.kept import find_kept
from autograder.web.links import is_grading
from autograder.web.rates import require_slow
from autograder.web.sessions import (
    begin_session,
    cookie_name,
    end_session,
    list_sessions,
    read_link,
    use_link,
)
from autograder.web.visit import PageRefused, Visit

_USED = "This link was used already, or is too old. Ask your instructors for another one."


def show_login(visit: Visit) -> Response:
    """How to come in."""
    return visit.page("web/login.html", kept=visit.cookies.get("kept", ""))


def show_link(visit: Visit) -> Response:
    """A button: nothing happens to whoever only follows the link, as programs that check mails do."""
    person = read_link(visit.site.transient, visit.params["token"], now=visit.site.clock())
    found = visit.read.person(person) if person else None
    if found is None:
        _refuse_link(visit)
    return visit.page("web/link.html", person=found)


def log_in(visit: Visit) -> Response:
    """Use the link up and begin a session: a new one, whatever cookie was there before."""
    store, now = visit.site.transient, visit.site.clock()
    id = use_link(store, visit.params["token"], now=now)
    person = visit.read.person(id) if id else None
    if person is None:
        _refuse_link(visit)
    name = cookie_name(visit.site.served)
    browser, before = visit.headers.get("user-agent", ""), visit.cookies.get(name, "")
    cookie = begin_session(store, person, now=now, browser=browser, ends=before)
    answer = visit.redirect("/" if not visit.cookies.get("kept") else "/me")
    secure, prefix = visit.site.served.secure, visit.site.served.prefix
    path = f"{prefix}/" if prefix else "/"
    answer.set_cookie(name, cookie, httponly=True, samesite="lax", secure=secure, path=path)
    return answer


def _refuse_link(visit: Visit) -> NoReturn:
    """Refuse a link that is none. Only these are counted: a whole class may come in from one address."""
    require_slow(visit, "link", at_once=20, a_minute=10)
    raise PageRefused(_USED, HTTPStatus.NOT_FOUND)


def log_out(visit: Visit) -> Response:
    """End the session."""
    if visit.session is not None:
        end_session(visit.site.transient, visit.session.key, visit.who.id)
    answer = visit.redirect("/login")
    prefix = visit.site.served.prefix
    answer.delete_cookie(cookie_name(visit.site.served), path=f"{prefix}/" if prefix else "/")
    answer.headers["clear-site-data"] = '"cache"'
    return answer


def show_me(visit: Visit) -> Response:
    """Who one is here, the sessions, and a text that was kept."""
    sessions = list_sessions(visit.site.transient, visit.who.id)
    return visit.page("web/me.html", sessions=sessions, kept=find_kept(visit), Role=CourseRole)


def end_other_session(visit: Visit) -> Response:
    """End one of one's own sessions."""
    end_session(visit.site.transient, visit.form.get("session"), visit.who.id)
    return visit.redirect("/me")


def show_health(visit: Visit) -> Response:
    """One word for machines: whether the stores answer, and what is handed in is graded."""
    try:
        visit.site.gradebook.events.last()
        grading = is_grading(visit.site.transient, visit.site.clock())
    except StoreError:
        return PlainTextResponse("store\n", status_code=HTTPStatus.SERVICE_UNAVAILABLE)
    if not grading:
        return PlainTextResponse("grading\n", status_code=HTTPStatus.SERVICE_UNAVAILABLE)
    return PlainTextResponse("ok\n")
