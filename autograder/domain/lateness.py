"""How late a submission is: computed from its receipt and the assignment's deadline wherever it is shown."""

from autograder.domain.course import AssignmentSettings
from autograder.domain.receipt import Receipt


def lateness(receipt: Receipt, settings: AssignmentSettings) -> str:
    """How late a submission is, in a sentence; empty where it came in time or within the grace.

    What lateness costs is not said here: that is the course's policy.
    """
    deadline = settings.deadline
    if deadline is None or receipt.received <= deadline + settings.grace:
        return ""
    minutes = int((receipt.received - deadline).total_seconds()) // 60
    late = f"{minutes // 1440} days" if minutes >= 2880 else f"{minutes // 60} h {minutes % 60:02d} min"
    doubt = ", by the time of the file, which may be wrong" if receipt.received_by.doubtful else ""
    return f"Received {late} after the deadline{doubt}."
