"""Prints of the wrong answers of a class, kept beside the gradebook and made again wherever they are missing.

They are not part of the gradebook: what they hold follows from what was handed in. A line is a submission, by
the hash of its file; a line that was cut by a kill is left out, and its submission run again.
"""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autograder.access import Access
from autograder.domain.answer_print import AnswerPrint, print_from_json

Prints = dict[str, tuple[AnswerPrint, ...]]
"""By the hash of a file."""


@dataclass(frozen=True, slots=True)
class AnswerPrints:
    """The prints of an assignment, a file a revision."""

    folder: Path
    access: Access

    def add(self, blob: str, revision: str, prints: Sequence[AnswerPrint]) -> None:
        """Keep the prints of a submission."""
        file = self._file(revision)
        if not file.exists():
            self.access.make_folder(self.folder)
            with suppress(FileExistsError):
                os.close(self.access.create(file))
        line = json.dumps([blob, [each.to_json() for each in prints]], separators=(",", ":")) + "\n"
        # One write at the end of the file: lines of two runs stand one after the other.
        descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)

    def read(self, revision: str) -> Prints:
        """All that is kept of a revision."""
        try:
            text = self._file(revision).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return {}
        found: Prints = {}
        for line in text.split("\n"):
            with suppress(ValueError, TypeError, KeyError, IndexError):
                blob, prints = json.loads(line)
                found[str(blob)] = tuple(map(print_from_json, prints))
        return found

    def _file(self, revision: str) -> Path:
        return self.folder / f"{revision}.jsonl"
