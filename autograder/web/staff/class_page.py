"""The class: how it stands in each piece of work, and what waits for somebody."""

from starlette.responses import Response

from autograder.domain.people import CourseRole
from autograder.services.outages import find_outages
from autograder.web.rights import RIGHTS
from autograder.web.visit import Visit

_MOST_LISTED = 20
"""Files that need a person, listed one by one."""


def show_class(visit: Visit) -> Response:
    """Every piece of work that one looks after, with what was received, judged, marked and published."""
    state = visit.site.class_state(visit.read.opened)
    opened, site, instructs = visit.read.opened, visit.site, CourseRole.INSTRUCTOR in visit.who.roles
    events = site.gradebook.events.all() if instructs else ()
    return visit.page(
        "web/staff/class.html",
        works=state.work_states(visit.who),
        students=len(state.students(visit.who)),
        unjudged=state.unjudged(visit.who),
        most=_MOST_LISTED,
        titles={each.name: each.title for each in state.works},
        flaws=site.all_flaws,
        unlisted=state.graded.history.say_unlisted() if instructs else (),
        outages=find_outages(site.transient, opened.course, events, site.clock()) if instructs else (),
        incidents=visit.url("/class/incidents") if ("GET", "/class/incidents") in RIGHTS else "",
    )
