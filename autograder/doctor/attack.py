"""One hostile notebook: what is in it, and how its grading must end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

FORGING = "Forging a pass"
READING = "Reading secrets"
WIRE = "Writing on the wire"
EXHAUSTION = "Exhaustion"
REACHING = "Reaching out"
REPORTS = "Reports"
TELLING = "Telling a bit"

NotebookFile = dict[str, Any]
"""A notebook file, as JSON."""


@dataclass(frozen=True, slots=True)
class Attack:
    """A notebook with honest answers, except for what is said here."""

    kind: str
    name: str
    first: str = ""
    """A cell above all others."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """Sources in place of honest answers, by question."""
    last: str = ""
    """A cell below all others."""
    marks: Mapping[str, str] = field(default_factory=dict)
    """Marks by honest judging that differ from the honest notebook's: "1/2", or an outcome."""
    says: str = ""
    """What the report must say: the limit that was exceeded, with its value."""
    edit: Callable[[NotebookFile], None] | None = None
    """A change of the file itself."""
