"""The class: how it stands in each piece of work, and what waits for somebody."""

from starlette.responses import Response

from autograder.web.visit import Visit


def show_class(visit: Visit) -> Response:
    """Every piece of work that one looks after, with what was received, judged, marked and published."""
    state = visit.site.class_state(visit.read.opened)
    return visit.page(
        "web/staff/class.html",
        works=state.work_states(visit.who),
        students=len(state.students(visit.who)),
        flaws=visit.site.flaws,
    )
