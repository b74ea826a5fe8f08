"""`pytest solutions/`: every claim of an assignment as a test of its own.

A module of solutions/ in a course folder (one that holds course.toml) is collected; any other file is not,
and then nothing but this module is loaded. What a claim is, `autograder check` says as well.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from autograder.check.claims import Claim

_DRAWS = 2
"""How often the cases are drawn: as students get them, and once more."""


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "SolutionsFile | None":
    """Collect the modules of a course's solutions/."""
    folder = file_path.parent
    if file_path.suffix != ".py" or folder.name != "solutions" or file_path.name.startswith(("_", "test_")):
        return None
    if not (folder.parent / "course.toml").is_file():
        return None
    collected: SolutionsFile = SolutionsFile.from_parent(parent, path=file_path)
    return collected


class Flawed(Exception):  # noqa: N818 - what a test shows is a list of flaws, not an error of ours
    """A claim that does not hold; the message lists its flaws."""


class SolutionsFile(pytest.File):
    """One module of solutions/, with the claims its author makes."""

    def collect(self) -> Iterator["ClaimItem"]:
        """A test for each claim. What keeps the assignment from being opened is an error of collection."""
        from autograder.check.claims import claims_of
        from autograder.course import CourseFolder, read_course
        from autograder.course.subjects import open_subject
        from autograder.errors import CourseError

        course = self.path.parent.parent
        try:
            folder, settings = CourseFolder(course), read_course(course)
            subject = open_subject(folder, settings, self.path.stem, draws=_DRAWS, leave_alone=True)
        except CourseError as error:
            raise self.CollectError(str(error)) from error
        for claim in claims_of(subject):
            name = ": ".join(part for part in (claim.question, claim.sentence) if part)
            yield ClaimItem.from_parent(self, name=name, claim=claim)


class ClaimItem(pytest.Item):
    """One claim."""

    def __init__(self, *, claim: "Claim", **options: Any) -> None:
        super().__init__(**options)
        self.claim = claim

    def runtest(self) -> None:
        """Try it."""
        flaws = self.claim.prove().flaws
        if flaws:
            raise Flawed("\n".join(map(str, flaws)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The flaws alone, where it does not hold."""
        if isinstance(excinfo.value, Flawed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the test stands, for the list of failures."""
        return self.path, None, self.name
