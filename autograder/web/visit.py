"""One request, as views see it: who asks, for what, with which form; and what they may answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from autograder import __version__
from autograder.domain.language import Language, spoken_language
from autograder.domain.people import CoursePerson
from autograder.render.environment import environment
from autograder.web.navigation import CLASS_LINKS, WORK_LINKS, NavigationLink, ShownLink, list_links
from autograder.web.sessions import Session
from autograder.web.site import ReadCourse, Site

_KEY = Markup('<input type="hidden" name="form_key" value="{}">')
"""What every form of somebody who is logged in carries."""


class PageNotFound(Exception):  # noqa: N818 - an answer, no fault
    """There is no such page, or not for whoever asks: one answer for both."""


class PageRefused(Exception):  # noqa: N818
    """A request cannot be met as it stands; the message says what to do."""

    def __init__(self, message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form."""

    filename: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SentForm:
    """The fields of a form, and the files that came with it."""

    fields: tuple[tuple[str, str], ...] = ()
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        """The last value of a field."""
        return next((value for key, value in reversed(self.fields) if key == name), default)

    def every(self, name: str) -> tuple[str, ...]:
        """All values of a field, in order."""
        return tuple(value for key, value in self.fields if key == name)

    def has(self, name: str) -> bool:
        """Whether a field was sent."""
        return any(key == name for key, _ in self.fields)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request."""

    site: Site
    read: ReadCourse
    """The course as it was when the request came."""
    method: str
    path: str
    """Without the prefix."""
    params: Mapping[str, str]
    """The parts of the path, by their names."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    received: datetime
    """When the request began: a long upload is received when it was begun."""
    address: str
    """Of the browser, or of the proxy before it."""
    cookies: Mapping[str, str]
    remote_user: str = ""
    """Who is logged in, by a trusted proxy."""
    person: CoursePerson | None = None
    session: Session | None = None
    cookie: str = ""
    """Of a session that this request began."""
    form: SentForm = SentForm()
    program: bool = False
    """Whether a program asks, with a personal token: it is answered in JSON, or by one sentence."""

    @property
    def who(self) -> CoursePerson:
        """Whoever is logged in; only for pages that need somebody."""
        if self.person is None:
            raise PageNotFound
        return self.person

    @property
    def fragment(self) -> bool:
        """Whether a script of ours asks, which wants a part of the page alone."""
        return self.headers.get("hx-request") == "true"

    def url(self, path: str) -> str:
        """A path of ours as it is written in a page."""
        return self.site.served.prefix + quote(path, safe="/?=&#%+")

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page made from a template, which knows the visit as `visit`."""
        return HTMLResponse(render_for(self, template, **values), status_code=status)

    def redirect(self, path: str) -> Response:
        """See there: the answer to whatever changed something."""
        return RedirectResponse(self.url(path), status_code=303)


def render_for(visit: Visit, template: str, **values: Any) -> str:
    """The text of a page for a visit."""
    static, course = visit.site.static, visit.read.opened.course
    # A quiz for practice has no such pages, and none has one that is asked in a notebook.
    of_work = visit.params.get("name") in {each.name for each in course.works}
    of_staff = template.startswith(("web/staff/", "web/admin/"))  # which are in English alone
    other_language = None if of_staff else next(each for each in Language if each is not spoken_language())
    return (
        environment()
        .get_template(template)
        .render(
            visit=visit,
            url=visit.url,
            course=course,
            zone=visit.site.zone,
            now=visit.site.clock(),
            static=lambda name: visit.url(f"/static/{static.digest}/{name}"),
            version=__version__,
            class_links=_links(visit, CLASS_LINKS),
            work_links=_links(visit, WORK_LINKS) if of_work else (),
            key=_KEY.format(visit.session.form_key) if visit.session else "",
            other_language=other_language,
            **values,
        )
    )


def _links(visit: Visit, links: Sequence[NavigationLink]) -> tuple[ShownLink, ...]:
    return list_links(links, visit.person, visit.read.opened.course, visit.params, here=visit.path)
