"""What went wrong for many: a question that was found wrong, or time that all have lost."""

from starlette.responses import Response

from autograder.course.graded import GradedClass
from autograder.domain.course_events import ALL, find_standing
from autograder.domain.decision_words import describe_decision
from autograder.domain.events import BadQuestion, Extension, Remedy
from autograder.errors import CourseError, Flaw
from autograder.gradebook.store import Gradebook
from autograder.services.decisions import (
    Proposal,
    Propose,
    propose_extension,
    propose_remedy,
    propose_revocation,
)
from autograder.web.staff.deciding import (
    DecisionForm,
    DecisionPage,
    Typed,
    read_extension,
    record_decision,
    show_decision,
)
from autograder.web.visit import Visit


def show_incidents(visit: Visit) -> Response:
    """What holds for all, and the form that records more."""
    return show_decision(visit, _page(visit))


def record_incident(visit: Visit) -> Response:
    """Record what was shown."""
    return record_decision(visit, _page(visit))


def _page(visit: Visit) -> DecisionPage:
    standing = find_standing(visit.site.gradebook.events.all())
    own = [e for e in reversed(standing) if e.whom == ALL and isinstance(e.what, Extension | BadQuestion)]
    told = [(str(e.number), describe_decision(e, visit.site.zone), e.what.why) for e in own]
    return DecisionPage(_FORM, "/class/incidents", {"standing": told})


def _read(visit: Visit, typed: Typed) -> Propose:
    what, why = typed.get("what", ""), typed.get("why", "")
    extension = read_extension(visit, typed) if what == "time" else None
    remedy = next((each for each in Remedy if each == what), None)
    if remedy is None and extension is None and what != "revoke":
        raise CourseError([Flaw("what is done", "choose what becomes of it")])

    def propose(graded: GradedClass, gradebook: Gradebook) -> Proposal:
        if extension is not None:
            return propose_extension(visit.read.opened, graded, gradebook, extension, ALL)
        if remedy is None:
            return propose_revocation(graded, typed.get("event", ""), ALL, why)
        target = f"{typed.get('work', '')}/{typed.get('question', '')}"
        return propose_remedy(visit.read.opened, graded, target=target, remedy=remedy, why=why)

    return propose


_FORM = DecisionForm("incident", "Incidents", _read)
