"""How late a submission is: computed from its receipt and the assignment's deadline wherever it is shown.

What a student reads of it is said with the words of sentences.py.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from autograder.domain.course import AssignmentSettings
from autograder.domain.receipt import Receipt
from autograder.domain.report import Report
from autograder.domain.sentences import SILENT, Sentence, say

_TOLD = re.compile(r"Received (\d+ days|\d+ h \d\d min) after the deadline(, by the time of the file, .+)?\.")


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """What people recorded that decides how late a submission is."""

    extended: datetime | None = None
    """Until when the student's last extension gives."""
    received: datetime | None = None
    """When it was received, where that was corrected."""
    known: bool = False
    """Whether its time is known by what was recorded."""


NO_FACTS = ReceiptFacts()


def lateness(receipt: Receipt, settings: AssignmentSettings, facts: ReceiptFacts = NO_FACTS) -> Sentence:
    """How late a submission is, in a sentence; silent where it came in time or within the grace.

    Nobody is called late by a doubtful time, such as that of a download. What lateness costs is not said
    here: that is the course's policy.
    """
    if receipt.received_by.doubtful and not facts.known:
        return SILENT
    due = settings.deadline
    if due is not None and facts.extended is not None and facts.extended.timestamp() > due.timestamp():
        due = facts.extended
    late = how_late(facts.received or receipt.received, due, settings.grace)
    return say("late", late=late) if late else SILENT


def count_late_days(received: datetime, due: datetime | None, grace: timedelta) -> int:
    """How many days late something came: the fewest calendar days that, put to the due date, make it in time.

    The grace forgives at every boundary. Days are those of the due date's own zone, so that a day on which
    clocks change is one day; of the time of receipt whole seconds count.
    """
    if due is None:
        return 0
    arrived = received.replace(microsecond=0).astimezone(UTC)
    # Begun two days too low: a zone has days of 23 and of 25 hours.
    days = max(0, (arrived - due.astimezone(UTC) - grace).days - 2)
    while arrived > (due + timedelta(days=days)).astimezone(UTC) + grace:
        days += 1
    return days


def how_late(received: datetime, deadline: datetime | None, grace: timedelta) -> Sentence:
    """How long after the deadline something came; silent where it came in time or within the grace."""
    if deadline is None or count_late_days(received, deadline, grace) == 0:
        return SILENT
    minutes = int((received - deadline).total_seconds()) // 60
    if minutes >= 2880:
        return say("late_by.days", days=minutes // 1440)
    return say("late_by.hours", hours=minutes // 60, minutes=minutes % 60)


def with_lateness(report: Report, settings: AssignmentSettings, facts: ReceiptFacts = NO_FACTS) -> Report:
    """The report as it is shown, which says first how late the submission is, if it is.

    What a report of an earlier program says of that, by the deadline of its day, is left out.
    """
    late = lateness(report.receipt, settings, facts)
    others = tuple(note for note in report.notes if not _TOLD.fullmatch(str(note)))
    notes = (late, *others) if late else others
    return report if notes == report.notes else replace(report, notes=notes)
