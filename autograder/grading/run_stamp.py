"""The stamp of a run that left nothing to do: the next one sees by it that nothing has changed.

As git's index does, it compares files by what the system tells of them and not by their bytes. A stamp that
is lost, cut or of another day costs time alone: everything is looked at then.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from autograder.access import Access, write_whole
from autograder.gradebook.store import Gradebook
from autograder.grading.report_files import ReportFiles
from autograder.inbox.files import fingerprint


@dataclass(frozen=True, slots=True)
class RunStamp:
    """The stamp of one assignment, whose submissions lie in one folder and whose reports in another."""

    file: Path
    access: Access
    arrivals: Path
    """Where submissions are handed in."""
    made_of: Callable[[Gradebook], str]
    """Tells all else that decides what is to be graded, and what reports say."""
    holds_until: Callable[[Gradebook, datetime], datetime]
    """Tells until when the clock alone changes nothing of what reports say."""
    say_outdated: Callable[[Gradebook], str]
    """Says which reports are not what would be made today. The marks of a class are read for it: not where
    nothing has changed, since they then are what they were."""

    def look_at_arrivals(self) -> str:
        """What was handed in, as a hash; empty where one cannot tell whether the same will be the same.

        Asked before anything is read: what changes while it is read is seen the next time.
        """
        return fingerprint(self.arrivals, now=time.time())

    def describe(self, arrived: str, gradebook: Gradebook) -> str:
        """What there is, as a hash, where this has arrived; empty where that is."""
        told = f"{self.arrivals}\0{arrived}\0{self.made_of(gradebook)}" if arrived else ""
        return told and sha256(told.encode("utf-8", "surrogateescape")).hexdigest()

    def recall(self, seen: str, files: ReportFiles, students: Iterable[str]) -> str | None:
        """What a run said of outdated reports that saw the same and left nothing to do.

        None where there was no such run, or where it did not leave these students' files as they are.
        """
        if not seen:
            return None
        with suppress(OSError, ValueError, TypeError, KeyError):
            told = json.loads(self.file.read_bytes())
            left = told["seen"] == seen and datetime.now(UTC) < datetime.fromisoformat(told["until"])
            if left and told["reports"] == _join((each, files.sign(each)) for each in students):
                return str(told["outdated"])
        return None

    def write(self, seen: str, signed: Mapping[str, str], outdated: str, gradebook: Gradebook) -> None:
        """Say that a run has left nothing to do.

        Args:
            seen: what had arrived before the run read it, and what there was when it had recorded its own.
            signed: the files of reports as it left them, by student.
            outdated: what it said of outdated reports.
            gradebook: where it recorded.
        """
        if not seen:
            return
        until = self.holds_until(gradebook, datetime.now(UTC))
        self.access.make_folder(self.file.parent)
        told = {
            "seen": seen,
            "until": until.isoformat(),
            "reports": _join(signed.items()),
            "outdated": outdated,
        }
        write_whole(self.file, json.dumps(told), self.access)


def _join(signed: Iterable[tuple[str, str]]) -> str:
    """A hash of all that was signed, which names nobody."""
    digest = sha256()
    for student, signature in sorted(signed):
        digest.update(f"{student}\0{signature}\n".encode())
    return digest.hexdigest()
