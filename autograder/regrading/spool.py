"""Reports that were judged again and are not recorded yet, so that a run that is stopped goes on.

What is here was judged by one revision and one set of versions, of which the file has its name; it goes when
it is recorded, or when something else is to be judged. A line carries a seal under the course's secret: what
was put here by anybody else is judged again.
"""

import hmac
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from autograder.access import Access
from autograder.domain.report import Report
from autograder.domain.report_json import from_json, to_text


@dataclass(frozen=True, slots=True)
class Spool:
    """The folder of one assignment."""

    folder: Path
    access: Access
    key: bytes = field(repr=False)
    """Seals what is kept."""
    name: str
    """Tells by what it was judged."""

    @classmethod
    def of(
        cls,
        folder: Path,
        access: Access,
        secret: bytes,
        *,
        revision: str,
        versions: Sequence[tuple[str, str]],
    ) -> "Spool":
        """The spool of what is judged by a revision and these versions."""
        name = sha256(repr((revision, tuple(versions))).encode()).hexdigest()[:24]
        return cls(folder, access, hmac.digest(secret, f"regrading/{name}".encode(), "sha256"), name)

    def add(self, replaced: int, report: Report) -> None:
        """Keep a report that would stand after the report of this number."""
        if not self._file.exists():
            self.access.make_folder(self.folder)
            self.clear()
            with suppress(FileExistsError):
                os.close(self.access.create(self._file))
        text = to_text(report)
        line = json.dumps([replaced, text, self._seal(replaced, text)]) + "\n"
        # One write at the end of the file: lines of two runs stand one after the other.
        descriptor = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)

    def read(self) -> dict[int, Report]:
        """All that is kept, by the number of the report that it would stand after."""
        found: dict[int, Report] = {}
        with suppress(FileNotFoundError):
            for line in self._file.read_text(encoding="utf-8", errors="replace").split("\n"):
                # A line that was cut by a kill is judged once more.
                with suppress(ValueError, TypeError, LookupError, ArithmeticError, AttributeError):
                    replaced, text, seal = json.loads(line)
                    if hmac.compare_digest(seal, self._seal(replaced, text)):
                        found[replaced] = from_json(json.loads(text))
        return found

    def clear(self) -> None:
        """Forget all, also what was judged by something else."""
        for file in self.folder.glob("*.jsonl"):
            file.unlink(missing_ok=True)

    def _seal(self, replaced: int, text: str) -> str:
        return hmac.digest(self.key, f"{replaced} {text}".encode(), "sha256").hex()

    @property
    def _file(self) -> Path:
        return self.folder / f"{self.name}.jsonl"
