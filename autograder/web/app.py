"""The application: every route with its right, and what happens to a request before and after its view.

A request is checked in this order: does the host mean us, is there such a route, who asks, may they, does a
form come from one of our own pages. Views are ordinary functions of a `Visit`, run in threads: all that they
call (the store, the quiz service) waits for a disk.
"""

import hmac
import logging
import re
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from http import HTTPStatus
from threading import Semaphore
from typing import ParamSpec, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from autograder.domain.formulas import showing_formulas
from autograder.domain.language import speaking
from autograder.domain.people import CourseRole
from autograder.domain.phrases import phrase
from autograder.domain.student_id import normal
from autograder.errors import AttemptError, CourseError, OvertakenError, StoreError
from autograder.gradebook.turns import taking_turns
from autograder.web.error_pages import show_error
from autograder.web.formulas import choose_formulas
from autograder.web.guard import FORM_MB, Guard
from autograder.web.kept import GIVEN_BACK, forget_kept, keep_text
from autograder.web.languages import choose_language
from autograder.web.rates import require_slow
from autograder.web.rights import BY_TOKEN, RIGHTS, Right, allows
from autograder.web.sessions import (
    begin_session,
    cookie_name,
    find_former_person,
    find_session,
    fits,
    set_cookie,
)
from autograder.web.site import Site, TrustedProxies
from autograder.web.tokens import use_token
from autograder.web.views import VIEWS
from autograder.web.visit import PageNotFound, PageRefused, SentForm, Upload, Visit

P = ParamSpec("P")
R = TypeVar("R")
_log = logging.getLogger(__name__)
_UNKNOWN_PROGRAM = "There is no such token, or it was revoked: make another one on the page under your name."
View = Callable[[Visit], Response]
_LARGE_UPLOADS = {"/class/work/{name}/collect": 250}
"""MB of what instructors send: a download with the files of a whole class."""
FORM_KEY = "form_key"
_FIELDS = "application/x-www-form-urlencoded"
_SHORT = r"[0-9]{1,4}"
"""How many bytes a form has that is read before it is known who sends it: fewer than ten thousand."""


@dataclass(frozen=True, slots=True)
class _Places:
    """How many views run at once: more threads of one interpreter make each slower, and none done sooner."""

    own: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(3))
    """What students ask: each takes some milliseconds of computing."""
    sent: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(4))
    """What students send: each waits for whoever writes before it, and no page waits for that. What so many
    send is written by one commit. With eight, a disk that takes a quarter of a second for a commit kept
    receipts waiting half as long; with a disk that is quick, pages and receipts took twice as long."""
    answers: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(12))
    """Answers to quizzes, which come by the dozen each second and again if they are late: where a machine is
    too slow for all of them, no receipt of a file stands behind them. Handing in a quiz does, so that it
    overtakes no answer of its own."""
    turns: Semaphore = field(default_factory=lambda: Semaphore(2))
    """How many of these answers are computed at once, while the others wait for their commit: where the disk
    is slow, one commit writes them all. With three, pages took four times as long where a machine is too slow
    for all answers; with one, answers half as long again."""
    staff: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(6))
    """What staff ask, which may take seconds: students' pages pass it by."""
    public: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(6))
    """What anybody asks: a password takes a while, and whoever tries many takes nobody else's place."""

    def find(self, right: Right | None, method: str, route: str) -> CapacityLimiter:
        """Those for pages of this right; of what is not there, those of anybody."""
        if right in (None, Right.PUBLIC):
            return self.public
        if right not in (Right.PERSON, Right.OWN):
            return self.staff
        if method != "POST":
            return self.own
        return self.answers if route.startswith("/quiz/") else self.sent


def make_app(site: Site, views: Mapping[tuple[str, str], View] = VIEWS) -> Guard:
    """The application of a site.

    Raises:
        ValueError: a view has no right, or a right no view.
    """
    without = views.keys() ^ RIGHTS.keys()
    if without:
        raise ValueError(f"without a right or without a view: {sorted(without)}")
    paths = dict.fromkeys(path for _, path in views)
    places = _Places()
    routes = [
        _route(site, places, path, {m: v for (m, at), v in views.items() if at == path}) for path in paths
    ]

    async def answer_unknown(request: Request, _error: Exception) -> Response:
        visit = _plain_visit(site, request)
        found = partial(_look_up, site, visit)
        with speaking(choose_language(visit), authors=visit.read.opened.course.language):
            return await anyio.to_thread.run_sync(
                lambda: _error_page(found(), PageNotFound()), limiter=places.public
            )

    pages = Starlette(routes=routes, exception_handlers={404: answer_unknown})
    pages.router.redirect_slashes = False  # it would lead out of the prefix, and past https
    app: ASGIApp = pages
    if site.proxies.addresses:
        app = ProxyHeadersMiddleware(app, trusted_hosts=list(site.proxies.addresses))  # type: ignore[arg-type,assignment] # the same protocol, declared twice
    return Guard(app, site)


def _route(site: Site, places: _Places, path: str, views: Mapping[str, View]) -> Route:
    async def answer(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        return await _Answering(site, places, path, method, views.get(method), request).run()

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]  # what is not there is not found, whatever is asked
    return Route(path, answer, methods=methods)


@dataclass(frozen=True, slots=True)
class _Answering:
    """One request to a route."""

    site: Site
    places: _Places
    route: str
    method: str
    view: View | None
    request: Request

    async def run(self) -> Response:
        visit = _plain_visit(self.site, self.request)
        if _bearer_token(visit) is not None and (self.method, self.route) in BY_TOKEN:
            visit = replace(visit, program=True)
        # Threads that views run in take the language over, and how formulas are shown.
        language, authors = choose_language(visit), visit.read.opened.course.language
        with speaking(language, authors=authors), showing_formulas(choose_formulas(visit)):
            # From the session to the page in one go: each way to a thread and back waits for all others.
            if self.method != "POST":
                return await self._in_thread(self._answer, visit)
            failed = None
            short = _kind_of(visit) == _FIELDS and re.fullmatch(
                _SHORT, visit.headers.get("content-length", "")
            )
            try:
                if not short:
                    # Whoever sends much may send it, before it is read.
                    visit = await self._in_thread(self._look_up, visit)
                    self._find_view(visit)
                    self._refuse_foreign(visit)
                visit = replace(visit, form=await self._read_form(visit))
            except Exception as error:  # noqa: BLE001 - whatever goes wrong is answered by a page
                failed = error
            return await self._in_thread(self._answer, visit, known=not short, failed=failed)

    def _answer(self, visit: Visit, *, known: bool = False, failed: Exception | None = None) -> Response:
        """The answer to whoever looks, or sends a form that was read.

        Args:
            visit: the request.
            known: whether it was looked up who asks.
            failed: why the form could not be read.
        """
        try:
            visit = visit if known else self._look_up(visit)
            view = self._find_view(visit)
            if failed is not None:
                raise failed
            if self.method == "POST":
                answer = self._take(visit, view)
            elif view is None:
                answer = RedirectResponse(visit.url("/login"), status_code=303)
            else:
                answer = view(visit)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is answered by a page
            answer = _error_page(visit, error)
        if visit.cookie:
            set_cookie(answer, self.site.served, visit.cookie)
        return answer

    def _look_up(self, visit: Visit) -> Visit:
        """The visit with whoever asks."""
        token = _bearer_token(visit)
        if token is not None and visit.program:
            return _look_up_token(visit, token)
        visit = _look_up(self.site, visit)
        if visit.remote_user and self._right is not Right.PUBLIC:
            return _follow_proxy(visit)
        return visit

    async def _in_thread(self, function: Callable[P, R], *arguments: P.args, **options: P.kwargs) -> R:
        """Call a function in a thread, as soon as there is a place among those of its kind of pages."""
        places = self.places.find(self._right, self.method, self.route)

        def call() -> R:
            with taking_turns(self.places.turns) if places is self.places.answers else nullcontext():
                return function(*arguments, **options)

        return await anyio.to_thread.run_sync(call, limiter=places)

    @property
    def _right(self) -> Right | None:
        return RIGHTS.get((self.method, self.route))

    def _find_view(self, visit: Visit) -> View | None:
        """What answers whoever may ask; None where somebody must log in first."""
        if self.view is None or self._right is None:
            raise PageNotFound
        if self._right is not Right.PUBLIC and visit.person is None:
            return None
        if not allows(self._right, visit.person, visit.read.opened.course, visit.params):
            raise PageNotFound
        return self.view

    def _take(self, visit: Visit, view: View | None) -> Response:
        """The answer to whoever sent a form."""
        self._refuse_foreign(visit)
        if view is None:
            return _keep_and_go(visit, "/login")
        if self._right is Right.PUBLIC or visit.program:
            return view(visit)
        # The session of the form may be over, and another one begun: by a proxy, or in another tab.
        if visit.cookie:
            return _keep_and_go(visit, "/me")
        # The key of the session, which no other site knows.
        expected = visit.session.form_key if visit.session else ""
        sent = visit.form.get(FORM_KEY) or visit.headers.get("x-form-key", "")
        if not expected or not hmac.compare_digest(sent.encode(), expected.encode()):
            if find_former_person(self.site.transient, sent, self.site.clock()) == visit.who.id:
                return _keep_and_go(visit, "/me")
            raise PageRefused(phrase("web.again"), HTTPStatus.FORBIDDEN)
        answer = view(visit)
        if visit.form.has(GIVEN_BACK) and answer.status_code < HTTPStatus.BAD_REQUEST:
            forget_kept(visit)
            answer.delete_cookie("kept")
        return answer

    def _refuse_foreign(self, visit: Visit) -> None:
        """Refuse a form that another site sends, by what the browser says of it."""
        origin, site = visit.headers.get("origin"), visit.headers.get("sec-fetch-site", "same-origin")
        foreign = origin is not None and not self.site.served.is_own(origin, visit.headers.get("host", ""))
        if foreign or site not in ("same-origin", "none"):
            raise PageRefused(phrase("web.foreign"), HTTPStatus.FORBIDDEN)

    async def _read_form(self, visit: Visit) -> SentForm:
        kind = _kind_of(visit)
        if kind not in (_FIELDS, "multipart/form-data", ""):
            raise PageRefused(phrase("web.foreign"), HTTPStatus.FORBIDDEN)
        if kind == "multipart/form-data":
            self.request.scope["autograder.file_mb"] = self._most_upload(visit)
        most_files = 2 if self.route in _LARGE_UPLOADS else 1
        fields, uploads = [], {}
        bounds = {"max_files": most_files, "max_fields": 2000, "max_part_size": FORM_MB * 1_000_000}
        try:
            async with self.request.form(**bounds) as sent:
                for name, value in sent.multi_items():
                    if isinstance(value, UploadFile):
                        uploads[name] = Upload(value.filename or "", await value.read())
                    else:
                        fields.append((name, value))
        except HTTPException as error:
            if error.status_code != HTTPStatus.BAD_REQUEST:
                raise
            # In the words of the library, for programmers; those of a long text are told by their size.
            if "maximum size" in error.detail:
                told = phrase("web.too_large", most=FORM_MB)
                raise PageRefused(told, HTTPStatus.REQUEST_ENTITY_TOO_LARGE) from error
            raise PageRefused(phrase("web.no_form")) from error
        return SentForm(tuple(fields), uploads)

    def _most_upload(self, visit: Visit) -> int:
        """MB of a file: as much as the assignment's limits say, or the page is made for."""
        if self.route in _LARGE_UPLOADS:
            return _LARGE_UPLOADS[self.route]
        course = visit.read.opened.course
        settings = course.settings(visit.params.get("name", ""))
        every = [settings] if settings else course.assignments
        return max((each.limits.notebook_mb for each in every), default=20)


def _kind_of(visit: Visit) -> str:
    """The kind of a form that was sent, as its header names it."""
    return visit.headers.get("content-type", "").partition(";")[0].strip().lower()


def _keep_and_go(visit: Visit, to: str) -> Response:
    """To the page that logs in, or gives back; a text that was sent is kept for the same person."""
    kept, form = keep_text(visit), visit.form
    file = any(each.filename or each.content for each in form.uploads.values())
    lost = file or (not kept and any(name != FORM_KEY for name, _ in form.fields))
    answer = RedirectResponse(visit.url(f"{to}?lost=1" if lost else to), status_code=303)
    if kept:
        secure = visit.site.served.secure
        answer.set_cookie("kept", kept, max_age=900, httponly=True, samesite="lax", secure=secure)
    return answer


def _plain_visit(site: Site, request: Request) -> Visit:
    """A request, before it is known who asks."""
    peer = request.scope["autograder.peer"]
    return Visit(
        site=site,
        read=site.read,
        method=request.method,
        path=request.scope["autograder.path"],
        params={name: str(value) for name, value in request.path_params.items()},
        query=request.query_params,
        headers=request.headers,
        received=request.scope["autograder.received"],
        address=request.client.host if request.client else "",
        cookies=request.cookies,
        remote_user=_read_remote_user(site.proxies, request, peer) if site.proxies.user_header else "",
    )


def _read_remote_user(proxies: TrustedProxies, request: Request, peer: str) -> str:
    """Who is logged in by what a trusted proxy says; empty where none says it."""
    said = request.headers.getlist(proxies.user_header)
    if not any(said):
        return ""
    if not proxies.trusts(peer):
        _log.warning("%s is no trusted proxy: its %s is ignored", peer, proxies.user_header)
        return ""
    if len(said) > 1:
        # One is the proxy's, another was sent by whoever asks.
        _log.warning("%s says twice who asks: let it replace %s", peer, proxies.user_header)
        return ""
    with suppress(UnicodeError):  # headers are read as Latin letters, proxies write UTF-8
        return normal(said[0].encode("latin-1").decode().strip())
    return normal(said[0].strip())


def _follow_proxy(visit: Visit) -> Visit:
    """The visit of whom a proxy names: in their session, or in one that is begun."""
    if visit.person is not None and visit.person.id == visit.remote_user:
        return visit
    person = visit.read.person(visit.remote_user)
    if person is None:
        raise PageRefused(phrase("web.unknown_person", id=visit.remote_user), HTTPStatus.FORBIDDEN)
    store, now = visit.site.transient, visit.site.clock()
    # Another person's session ends; the row of one that is over tells whose text may be kept.
    before = visit.cookies.get(cookie_name(visit.site.served), "") if visit.person else ""
    cookie = begin_session(store, person, now=now, browser=visit.headers.get("user-agent", ""), ends=before)
    found = find_session(store, cookie, now=now)
    return replace(visit, person=person, session=found[0] if found else None, cookie=cookie)


def _look_up(site: Site, visit: Visit) -> Visit:
    """The visit with whoever is logged in."""
    cookie = visit.cookies.get(cookie_name(site.served), "")
    found = find_session(site.transient, cookie, now=site.clock()) if cookie else None
    if found is None:
        return visit
    session, roles = found
    person = visit.read.person(session.person)
    if person is None or not fits(person, roles):
        return visit
    return replace(visit, person=person, session=session)


def _bearer_token(visit: Visit) -> str | None:
    """The token that a program sends in a header; in an address or a form none is looked for."""
    kind, _, token = visit.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def _look_up_token(visit: Visit, token: str) -> Visit:
    """The visit with whomever a token belongs to: no session goes with it."""
    owner = use_token(visit.site.transient, token, visit.site.clock())
    person = visit.read.person(owner) if owner else None
    if person is None:
        require_slow(visit, "token", at_once=20, a_minute=10)
        raise PageRefused(_UNKNOWN_PROGRAM, HTTPStatus.UNAUTHORIZED)
    return replace(visit, person=person)


def _error_page(visit: Visit, error: Exception) -> Response:
    """The page that says what went wrong, for whoever asked."""
    match error:
        case PageNotFound():
            return show_error(visit, HTTPStatus.NOT_FOUND)
        case PageRefused():
            return show_error(visit, error.status, str(error))
        case AttemptError():
            return show_error(visit, HTTPStatus.CONFLICT, str(error))
        case OvertakenError():
            return show_error(visit, HTTPStatus.CONFLICT, str(error) if visit.person else "")
        case ClientDisconnect():  # nobody is there to read this
            return show_error(visit, HTTPStatus.BAD_REQUEST)
        case StoreError() | CourseError():
            if isinstance(error, StoreError):
                visit.site.refused = visit.site.clock()
            _log.error("%s cannot be shown: %s", _loggable(visit.path), error)
            teaches = visit.person is not None and CourseRole.INSTRUCTOR in visit.person.roles
            flaws = error.flaws if isinstance(error, CourseError) and teaches else ()
            told = "; ".join(map(str, visit.site.name_files(flaws)))
            return show_error(visit, HTTPStatus.SERVICE_UNAVAILABLE, told)
    status = getattr(error, "status_code", 0)
    if status:  # what the framework refuses: a body too long, a form that is none
        return show_error(visit, HTTPStatus(status), str(getattr(error, "detail", "")))
    _log.error("a page failed: %s", _loggable(visit.path), exc_info=error)
    return show_error(visit, HTTPStatus.INTERNAL_SERVER_ERROR)


def _loggable(path: str) -> str:
    """A path as the log may hold it: one that logs somebody in is nobody's to read."""
    return "/in/..." if path.startswith("/in/") else path
