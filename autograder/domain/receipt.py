"""The receipt of a submission: what was handed in, by whom and when."""

from dataclasses import dataclass
from datetime import datetime

from autograder.domain.submission import ReceivedBy, Submission


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was handed in: proof for the student."""

    student: str
    assignment: str
    blob: str
    """SHA-256 of the file."""
    filename: str
    received: datetime
    received_by: ReceivedBy
    found: tuple[str, ...] = ()
    """Names of the questions that were found in the file."""

    @classmethod
    def of(cls, submission: Submission, *, found: tuple[str, ...] = ()) -> "Receipt":
        """The receipt of a submission in which these questions were found."""
        return cls(
            student=submission.student,
            assignment=submission.assignment,
            blob=submission.blob,
            filename=submission.filename,
            received=submission.received,
            received_by=submission.received_by,
            found=found,
        )
