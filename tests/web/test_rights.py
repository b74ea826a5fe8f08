"""Every route is asked as every role and as nobody, with one's own, foreign and unknown names."""

import itertools
import re

import pytest
from starlette.responses import PlainTextResponse
from web_course import WebCourse

from autograder.domain.people import CourseRole
from autograder.web.app import make_app
from autograder.web.rights import RIGHTS, Right, allows
from autograder.web.sessions import list_sessions
from autograder.web.views import VIEWS
from autograder.web.visit import Visit

PEOPLE = ("", "ada", "asa", "ina", "adm")
MAY = {
    Right.PUBLIC: {"", "ada", "asa", "ina", "adm"},
    Right.PERSON: {"ada", "asa", "ina", "adm"},
    Right.OWN: {"ada"},
    Right.SCOPE: {"asa", "ina"},
    Right.CASES: {"asa", "ina"},
    Right.CLASS: {"ina"},
    Right.SERVER: {"adm"},
}
"""By 6.1: who is given a page, where the names in its path are in everybody's scope."""


def answer_all(visit: Visit) -> PlainTextResponse:
    return PlainTextResponse("given")


def paths(route: str, names: dict[str, str]) -> str:
    """The route with its parts filled in; what is not named is 1."""
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda part: names.get(part[1], "1"), route)


def test_a_route_without_a_right_does_not_start(web: WebCourse) -> None:
    with pytest.raises(ValueError, match="without a right"):
        make_app(web.site, {**VIEWS, ("GET", "/new"): answer_all})


def test_a_right_without_a_route_does_not_start(web: WebCourse) -> None:
    with pytest.raises(ValueError, match="without a view"):
        make_app(web.site, dict(list(VIEWS.items())[1:]))


@pytest.mark.parametrize("who", PEOPLE)
def test_every_route_is_given_to_whom_the_table_says(web: WebCourse, who: str) -> None:
    """The views are replaced: what is tried is the table alone, on every route there is."""
    visitor, key = web.visitor(who), _key_of(web, who) if who else ""
    cookies, web.app = visitor.client.cookies, make_app(web.site, dict.fromkeys(VIEWS, answer_all))
    visitor = web.visitor()
    visitor.client.cookies = cookies
    for (method, route), right in RIGHTS.items():
        path = paths(route, {"name": "small", "student": "ada"})
        sent = {"data": {"form_key": key}} if method == "POST" else {}
        answer = visitor.client.request(method, path, **sent)
        if who in MAY[right]:
            assert answer.text == "given", (method, route, who)
        elif not who:
            assert (answer.status_code, answer.headers["location"]) == (303, "/login"), (method, route)
        else:
            assert answer.status_code == 404, (method, route, who)


def _key_of(web: WebCourse, who: str) -> str:
    return list_sessions(web.site.transient, who, web.clock())[0].form_key


SCOPES = [
    # who, whose page, is given
    ("asa", "ada", True),  # G1, whom asa looks after
    ("asa", "ben", False),
    ("asa", "unknown", False),
    ("ina", "ben", True),
    ("ina", "unknown", True),  # whoever handed in without standing on the list
    ("tess", "ben", True),
    ("tess", "tess", False),  # nobody acts on themselves
    ("ada", "ada", False),
    ("adm", "ada", False),
]


@pytest.mark.parametrize(("who", "whose", "given"), SCOPES)
def test_an_assistant_sees_whom_they_look_after_and_nobody_themselves(
    web: WebCourse, who: str, whose: str, *, given: bool
) -> None:
    person = web.site.read.person(who)
    course = web.site.course.course
    assert allows(Right.SCOPE, person, course, {"name": "small", "student": whose}) is given


def test_an_unknown_page_and_one_that_is_not_for_you_look_alike(web: WebCourse) -> None:
    """Whoever guesses addresses learns nothing: the same words, and as many bytes."""
    ada = web.visitor("ada")
    closed = [
        route for (method, route), right in RIGHTS.items() if method == "GET" and "ada" not in MAY[right]
    ]
    unknown = ada.get("/no/such/page")
    assert unknown.status_code == 404
    for route in closed:
        answer = ada.get(paths(route, {}))
        assert (answer.status_code, answer.text) == (404, unknown.text), route


def test_roles_are_all_in_the_table(web: WebCourse) -> None:
    roles = {role for who in PEOPLE[1:] for role in web.site.read.person(who).roles}  # type: ignore[union-attr]
    assert roles == set(CourseRole)


def test_methods_that_no_page_has_change_nothing(web: WebCourse) -> None:
    ina = web.visitor("ina")
    for method, (_, route) in itertools.product(("PUT", "DELETE", "PATCH"), RIGHTS):
        assert ina.client.request(method, paths(route, {"name": "small"})).status_code == 404, (method, route)
