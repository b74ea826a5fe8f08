"""What the pages keep of whom, and for whom they can be used: two pages that anybody may read."""

from starlette.responses import Response

from autograder.web.passwords import SHORTEST
from autograder.web.visit import Visit


def show_privacy(visit: Visit) -> Response:
    """What is kept of a person, where, how long, and how one gets rid of it."""
    return visit.page("web/privacy.html", shortest=SHORTEST)


def show_accessibility(visit: Visit) -> Response:
    """How the pages can be used, what is known to be missing, and whom to tell."""
    return visit.page("web/accessibility.html")
