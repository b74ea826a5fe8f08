"""The part of a report that says how its student's grade comes about; put into a page that is drawn already.

A page is drawn where its notebook is graded, which knows nothing of other homework, decisions or the exam. So
it is drawn with an empty place, and what stands there is replaced without drawing the rest anew.
"""

import re
from collections.abc import Sequence
from datetime import tzinfo
from hashlib import sha256

from autograder.domain.derivation import Derivation
from autograder.domain.phrases import phrase
from autograder.domain.second_looks import SecondLook
from autograder.render.environment import environment

_PLACE = re.compile(r"<!-- grade(?: ([0-9a-f]{16}))? -->(?:.*?<!-- end of grade -->)?", re.DOTALL)


def render_grade_section(derivation: Derivation, looks: Sequence[SecondLook], zone: tzinfo) -> str:
    """A derivation as a section of a report, between two comments; the first tells what it was made of.

    Below it stands what was answered where the student asked for a second look.
    """
    name, course, moment, *policy = derivation.heading
    # Without the time of day: a file that is written again is as it was where nothing else has changed.
    as_of = moment.startswith(phrase("grade.as_of", moment=""))
    day = moment.rpartition(" ")[0] if as_of else moment
    digest = sha256(repr((name, course, derivation.lines, *looks)).encode()).hexdigest()[:16]
    template = environment().get_template("grade.html")
    page = template.render(lines=derivation.lines, of=(course, day, *policy), looks=looks, zone=zone)
    return f"<!-- grade {digest} -->\n{page}\n<!-- end of grade -->"


def replace_grade_section(page: str, section: str) -> str | None:
    """The page with this section; None where it stands there already, or the page has no place for it."""
    found, wanted = _PLACE.search(page), _PLACE.match(section)
    if found is None or found[1] == (wanted[1] if wanted else None):
        return None
    return page[: found.start()] + (section or "<!-- grade -->") + page[found.end() :]


def has_place(page: str) -> bool:
    """Whether a page was drawn with a place for the section."""
    return _PLACE.search(page) is not None
