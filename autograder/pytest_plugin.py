"""`pytest solutions/`: every claim of an assignment as a test of its own.

The modules and packages of solutions/ in a course folder (one that holds course.toml) are collected, no other
file; without any, only this module is loaded. `autograder check` tries the same claims.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from autograder.check.claims import Claim
    from autograder.check.subject import AssignmentUnderTest

_DRAWS = 2
"""How often the cases are drawn: as students get them, and once differently."""
_SUBJECTS = pytest.StashKey[dict[Path, "AssignmentUnderTest | None"]]()
"""The assignments of a run, each opened once though a package has several files; None: that failed."""


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> "pytest.Dir | None":
    """Collect a package of solutions/ as a plain folder: pytest would import it, byte code and all."""
    if _find_solutions_folder(path) is None or not (path / "__init__.py").is_file():
        return None
    folder: pytest.Dir = pytest.Dir.from_parent(parent, path=path)
    return folder


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "SolutionsFile | None":
    """Collect the modules of a course's solutions/, and the files of its packages."""
    folder = _find_solutions_folder(file_path)
    if file_path.suffix != ".py" or folder is None:
        return None
    if file_path.parent == folder and file_path.name.startswith(("_", "test_")):
        return None
    from autograder.questions.files import find_proven

    if find_proven(file_path) is not None:
        return None  # it is read together with what it proves
    collected: SolutionsFile = SolutionsFile.from_parent(parent, path=file_path)
    return collected


def _find_solutions_folder(path: Path) -> Path | None:
    """The solutions/ folder of a course that a path is in."""
    for folder in path.parents:
        if folder.name == "solutions" and (folder.parent / "course.toml").is_file():
            return folder
    return None


class Flawed(Exception):  # noqa: N818 - what a failing test shows: a list of flaws, not an error of ours
    """A claim that does not hold; the message lists its flaws."""


class SolutionsFile(pytest.File):
    """A file of solutions/, with the claims its author makes of the questions in it."""

    def collect(self) -> Iterator["ClaimItem"]:
        """A test for each claim. An assignment that cannot be opened is an error of collection."""
        from autograder.check.claims import list_claims
        from autograder.errors import CourseError
        from autograder.questions.files import find_solutions, find_stray_proofs

        folder = _find_solutions_folder(self.path)
        assert folder is not None  # noqa: S101 - only such files are collected
        root = folder / self.path.relative_to(folder).parts[0]
        for flaw in find_stray_proofs(folder, folder.with_name("assignments")):
            if flaw.where == str(self.path):
                raise self.CollectError(str(flaw))
        try:
            subject = self._open(root)
            files = find_solutions(root)
        except CourseError as error:
            raise self.CollectError(str(error)) from error
        if subject is None:
            return
        homes = {p.question.name: files.home_of(p.question.reference) for p in subject.solutions.questions}
        for claim in list_claims(subject):
            # Claims about the whole assignment are listed under its first file.
            if homes.get(claim.question, files.modules[0]) == self.path:
                name = ": ".join(part for part in (claim.question, claim.sentence) if part)
                yield ClaimItem.from_parent(self, name=name, claim=claim)

    def _open(self, root: Path) -> "AssignmentUnderTest | None":
        from autograder.course.opened import open_course
        from autograder.course.subject import open_under_test

        opened = self.session.stash.setdefault(_SUBJECTS, {})
        if root not in opened:
            opened[root] = None
            course, name = open_course(root.parents[1]), root.name.removesuffix(".py")
            opened[root] = open_under_test(course, name, draws=_DRAWS, leave_alone=True)
        return opened[root]


class ClaimItem(pytest.Item):
    """One claim as a test."""

    def __init__(self, *, claim: "Claim", **options: Any) -> None:
        super().__init__(**options)
        self.claim = claim

    def runtest(self) -> None:
        """Try the claim."""
        flaws = self.claim.prove().flaws
        if flaws:
            raise Flawed("\n".join(map(str, flaws)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Only the flaws, if the claim does not hold."""
        if isinstance(excinfo.value, Flawed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the test is, for the list of failures."""
        return self.path, None, self.name
