"""Ways in and out: a link that logs in once, id and password, and logging out."""

from datetime import timedelta
from functools import reduce
from hashlib import sha256
from http import HTTPStatus
from typing import NoReturn, TypedDict

from starlette.responses import PlainTextResponse, Response

from autograder.domain.people import CoursePerson
from autograder.domain.phrases import phrase
from autograder.domain.student_id import normal
from autograder.errors import StoreError
from autograder.services.health import LONG, has_room, judges_nothing
from autograder.web.browsers import name_browser
from autograder.web.formulas import choose_formulas
from autograder.web.kept import find_kept
from autograder.web.links import is_grading
from autograder.web.passwords import why_weak
from autograder.web.rates import fill_up, has_one, require_slow, take_one
from autograder.web.sessions import (
    begin_session,
    cookie_name,
    end_session,
    end_sessions,
    list_sessions,
    read_link,
    set_cookie,
    use_link,
)
from autograder.web.viewed import list_views
from autograder.web.visit import PageRefused, Visit


class _Rate(TypedDict):
    at_once: int
    a_minute: float


_REMEMBERED = timedelta(minutes=1)
"""So long a store that did not do what a page asked of it is told of."""
_TRIES_OF_ADDRESS = _Rate(at_once=20, a_minute=5)
"""Wrong ones alone: a whole class may come in from one address."""
_TRIES_OF_ACCOUNT = _Rate(at_once=5, a_minute=3 / 60)


def show_login(visit: Visit) -> Response:
    """How to come in."""
    return _login_page(visit)


def log_in_by_password(visit: Visit) -> Response:
    """Begin a session for whoever knows a password.

    One answer, after one time, for a wrong password, for whoever has none and for an id that nobody has.
    """
    id = normal(visit.form.get("id").strip())
    store, now, person = visit.site.transient, visit.site.clock(), visit.read.person(id)
    # What nobody is called may be a password in the wrong field: only its hash is kept.
    unknown = sha256(id.encode("utf-8", "replace")).hexdigest()
    account = f"password/{id}" if person else f"unknown/{unknown}"
    address = f"password from/{visit.address}"[:120]
    slow = not has_one(store, address, now=now, **_TRIES_OF_ADDRESS)
    if slow or not take_one(store, account[:120], now=now, **_TRIES_OF_ACCOUNT):
        raise PageRefused(phrase("web.too_often"), HTTPStatus.TOO_MANY_REQUESTS)
    known = person.id if person else ""
    if not visit.site.passwords.fits(known, visit.form.get("password")) or person is None:
        take_one(store, address, now=now, **_TRIES_OF_ADDRESS)
        return _login_page(visit, phrase("web.wrong_password"))
    fill_up(store, account[:120])
    return _begin(visit, person)


def _login_page(visit: Visit, trouble: str = "") -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if trouble else HTTPStatus.OK
    kept = visit.cookies.get("kept", "")
    return visit.page("web/login.html", status=status, kept=kept, trouble=trouble, id=visit.form.get("id"))


def show_link(visit: Visit) -> Response:
    """A button: nothing happens to whoever only follows the link, as programs that check mails do."""
    return _link_page(visit, _person_of_link(visit))


def log_in(visit: Visit) -> Response:
    """Use the link up and begin a session, with the password that was chosen where one was."""
    person = _person_of_link(visit)
    trouble = _why_refused(visit, person) if visit.form.get("password") or visit.form.get("again") else ""
    if trouble:
        return _link_page(visit, person, trouble)
    if use_link(visit.site.transient, visit.params["token"], now=visit.site.clock()) != person.id:
        _refuse_link(visit)
    if visit.form.get("password"):
        visit.site.passwords.choose(person.id, visit.form.get("password"), visit.site.clock())
        end_sessions(visit.site.transient, person.id)  # whoever knew the one before is out
    return _begin(visit, person)


def _begin(visit: Visit, person: CoursePerson) -> Response:
    """A new session, whatever cookie was there before."""
    store, now = visit.site.transient, visit.site.clock()
    name = cookie_name(visit.site.served)
    browser, before = visit.headers.get("user-agent", ""), visit.cookies.get(name, "")
    cookie = begin_session(store, person, now=now, browser=browser, ends=before)
    answer = visit.redirect("/" if not visit.cookies.get("kept") else "/me")
    set_cookie(answer, visit.site.served, cookie)
    return answer


def _person_of_link(visit: Visit) -> CoursePerson:
    """Whom a link would log in."""
    id = read_link(visit.site.transient, visit.params["token"], now=visit.site.clock())
    person = visit.read.person(id) if id else None
    if person is None:
        _refuse_link(visit)
    return person


def _link_page(visit: Visit, person: CoursePerson, trouble: str = "") -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if trouble else HTTPStatus.OK
    since = visit.site.passwords.since(person.id)
    return visit.page("web/link.html", status=status, person=person, since=since, trouble=trouble)


def _why_refused(visit: Visit, person: CoursePerson) -> str:
    """Why the password of a form cannot be taken; empty where it can."""
    if visit.form.get("password") != visit.form.get("again"):
        return phrase("web.passwords_differ")
    return why_weak(visit.form.get("password"), person)


def _refuse_link(visit: Visit) -> NoReturn:
    """Refuse a link that is none. Only these are counted: a whole class may come in from one address."""
    require_slow(visit, "link", at_once=20, a_minute=10)
    raise PageRefused(phrase("web.link_used"), HTTPStatus.GONE)


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
    return _me_page(visit)


def _me_page(visit: Visit, trouble: str = "") -> Response:
    sessions = list_sessions(visit.site.transient, visit.who.id, visit.site.clock())
    looked = list_views(visit.site.transient, visit.who.id) if visit.who.student else []
    # Students are told as what somebody looked, not who it was.
    viewers = [(each, visit.read.person(each.viewer)) for each in looked]
    views = [
        (each.at, phrase(f"web.viewer.{who.staff.role}" if who and who.staff else "web.viewer"), each.work)
        for each, who in viewers
    ]
    roles = [phrase(f"role.{role}") for role in sorted(visit.who.roles)]
    return visit.page(
        "web/me.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if trouble else HTTPStatus.OK,
        sessions=sessions,
        name_browser=name_browser,
        kept=find_kept(visit),
        since=visit.site.passwords.since(visit.who.id),
        trouble=trouble,
        formulas=choose_formulas(visit),
        roles=reduce(lambda first, other: phrase("and", first=first, second=other), roles),
        views=views,
    )


def choose_password(visit: Visit) -> Response:
    """Choose a password, or another one by whoever knows it; all other sessions end."""
    passwords, person = visit.site.passwords, visit.who
    if passwords.since(person.id) is not None:
        account, now = f"password/{person.id}"[:120], visit.site.clock()
        if not take_one(visit.site.transient, account, now=now, **_TRIES_OF_ACCOUNT):
            raise PageRefused(phrase("web.too_often"), HTTPStatus.TOO_MANY_REQUESTS)
        if not passwords.fits(person.id, visit.form.get("current")):
            return _me_page(visit, phrase("web.not_your_password"))
        fill_up(visit.site.transient, account)
    trouble = _why_refused(visit, person)
    if trouble:
        return _me_page(visit, trouble)
    passwords.choose(person.id, visit.form.get("password"), visit.site.clock())
    end_sessions(visit.site.transient, person.id, but=visit.session.key if visit.session else "")
    return visit.redirect("/me")


def end_other_session(visit: Visit) -> Response:
    """End one of one's own sessions."""
    end_session(visit.site.transient, visit.form.get("session"), visit.who.id)
    return visit.redirect("/me")


def show_health(visit: Visit) -> Response:
    """One word for machines: whether the stores answer and take what is sent, and it is graded."""
    refused, now = visit.site.refused, visit.site.clock()
    try:
        visit.site.gradebook.events.last()
        grading = is_grading(visit.site.transient, now)
        gradebook, waiting = visit.site.gradebook, visit.site.queue.read(visit.site.gradebook)
        # What was left from before the pages began is given its time.
        stuck = now - visit.site.began > LONG and judges_nothing(
            gradebook, visit.site.transient, waiting, now
        )
    except StoreError:
        refused = now
    # A store that another program has locked is still read: only who wrote to it knows.
    if refused is not None and abs(now - refused) < _REMEMBERED:
        return PlainTextResponse("store\n", status_code=HTTPStatus.SERVICE_UNAVAILABLE)
    if not has_room(visit.read.opened):
        return PlainTextResponse("disk\n", status_code=HTTPStatus.SERVICE_UNAVAILABLE)
    if not grading or stuck:
        return PlainTextResponse("grading\n", status_code=HTTPStatus.SERVICE_UNAVAILABLE)
    ends = visit.site.certificate_ends
    if ends is None:
        return PlainTextResponse("ok\n")
    if ends <= now:
        return PlainTextResponse("certificate\n", status_code=HTTPStatus.SERVICE_UNAVAILABLE)
    return PlainTextResponse("ok\n", headers={"certificate-ends": f"{ends:%Y-%m-%d}"})
