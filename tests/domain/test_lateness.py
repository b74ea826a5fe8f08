"""How late a submission is, from its receipt and the deadline."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from autograder.domain.course import AssignmentSettings
from autograder.domain.lateness import lateness, with_lateness
from autograder.domain.receipt import Receipt
from autograder.domain.report import Isolation, Report
from autograder.domain.sentences import as_stored
from autograder.domain.submission import ReceivedBy, Submission


def late_by(minutes: int, *, grace: int = 0, received_by: ReceivedBy = ReceivedBy.SERVER) -> str:
    """What is said of a submission that was received so many minutes after the deadline."""
    received = datetime(2026, 10, 1, tzinfo=UTC)
    submission = Submission("ada", "doubling", b"{}", received, received_by)
    deadline = received - timedelta(minutes=minutes)
    settings = AssignmentSettings(
        "doubling", "Doubling", Fraction(1), deadline=deadline, grace=timedelta(minutes=grace)
    )
    return str(lateness(Receipt.of(submission), settings))


def test_a_late_submission_is_told_how_late_it_is() -> None:
    """Within the grace nothing is said; what lateness costs is not said here."""
    assert late_by(65) == "Received 1 h 05 min after the deadline."
    assert late_by(4 * 24 * 60) == "Received 4 days after the deadline."
    assert late_by(10, grace=15) == ""
    assert late_by(-5) == ""


def test_nobody_is_called_late_by_a_time_that_may_be_wrong() -> None:
    """The time of a download, or one that whoever touches the file can set."""
    assert late_by(65, received_by=ReceivedBy.FILE_TIME) == ""


def test_without_a_deadline_nothing_is_late() -> None:
    """An assignment need not have one."""
    submission = Submission("ada", "doubling", b"{}", datetime(2026, 10, 1, tzinfo=UTC), ReceivedBy.SERVER)

    assert not lateness(Receipt.of(submission), AssignmentSettings("doubling", "Doubling", Fraction(1)))


def test_how_late_is_told_by_the_deadline_of_today() -> None:
    """Whatever a report of an earlier program says of it; its other notes stay."""
    received = datetime(2026, 10, 1, tzinfo=UTC)
    receipt = Receipt.of(Submission("ada", "doubling", b"{}", received, ReceivedBy.SERVER))
    others = (as_stored("Two cells were empty."),)
    report = Report(receipt, "r1", (), Isolation(2), received, notes=others)
    in_time = AssignmentSettings("doubling", "Doubling", Fraction(1), deadline=received)
    late = replace(in_time, deadline=received - timedelta(hours=3))

    shown = with_lateness(report, late)

    assert [*map(str, shown.notes)] == ["Received 3 h 00 min after the deadline.", "Two cells were empty."]
    assert with_lateness(shown, late) is shown
    later = with_lateness(shown, replace(late, deadline=received - timedelta(days=2)))
    assert [*map(str, later.notes)] == ["Received 2 days after the deadline.", "Two cells were empty."]
    assert with_lateness(shown, in_time).notes == others
    assert with_lateness(report, in_time) is report
