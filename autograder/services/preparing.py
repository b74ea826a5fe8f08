"""An assignment made ready for students: proven, then released as it was proven."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from autograder.access import write_public
from autograder.check.assignment import CheckReport, check_subject
from autograder.check.claims import Claim
from autograder.check.quiz import check_quiz
from autograder.check.subject import AssignmentUnderTest
from autograder.course.libraries import find_missing_libraries
from autograder.course.opened import OpenCourse
from autograder.course.quiz_files import quiz_file
from autograder.course.subject import open_under_test
from autograder.errors import CourseError, Flaw
from autograder.interop.handout import Handout
from autograder.notebook.read import read
from autograder.questions.files import find_solutions, find_stray_proofs
from autograder.services.nbgrader import released_handout
from autograder.services.trial import grade_solved

DRAWS = 3
"""How often the cases are drawn, where nobody says: first as students get them, then anew."""


def check_assignment(
    course: OpenCourse, name: str, *, draws: int = DRAWS, watch: Callable[[Claim], None] | None = None
) -> tuple[AssignmentUnderTest, CheckReport]:
    """Prove an assignment, with the quizzes that are answered in its notebook, and grade it solved.

    One that does not stand in course.toml yet cannot be graded; all else is proven.

    Args:
        course: whose it is.
        name: of the assignment.
        draws: how often its cases are drawn.
        watch: told of every claim before it is tried.

    Raises:
        CourseError: with all the mistakes that keep it from being opened.
    """
    stray = list[Flaw]()
    if not (course.folder.solutions / f"{name}_proof.py").is_file():
        # A proof file whose name is misspelt would prove nothing, and nobody would notice.
        stray += find_stray_proofs(course.folder.solutions, course.folder.assignments)
    try:
        subject = open_under_test(course, name, draws=draws)
    except CourseError as error:
        raise CourseError([*stray, *error.flaws]) from error
    if stray:
        raise CourseError(stray)
    missing = find_missing_libraries(course, name)
    checked = check_subject(subject, watch=watch)
    settings = course.course.settings(name)
    quizzes = [quiz_file(course.folder.quiz, quiz) for quiz in (settings.quizzes if settings else ())]
    flaws = (*missing, *checked.flaws, *(flaw for quiz in quizzes for flaw in check_quiz(quiz).flaws))
    if not flaws and settings is not None:
        # Last, and only where all else holds: whatever is wrong shows here as well, with less to go by.
        flaws = grade_solved(course, name, subject)
    return subject, replace(checked, flaws=flaws)


def files_state(course: OpenCourse, name: str) -> str:
    """Tells the files by which an assignment is checked and released: another text where one was changed.

    Raises:
        CourseError: there are no solutions.
    """
    folder, solutions = course.folder, find_solutions(course.module(name))
    files = [
        folder.path / "course.toml",
        course.notebook(name),
        *solutions.modules,
        *solutions.data,
        folder.solutions / f"{name}_proof.py",
        *(quiz_file(folder.quiz, quiz) for quiz in course.settings(name).quizzes),
    ]
    found = sha256()
    for file in files:
        content = file.read_bytes() if file.is_file() else b""
        found.update(f"{course.shown(file)} {len(content)}\n".encode() + content)
    return found.hexdigest()[:32]


def prepare_handout(course: OpenCourse, name: str) -> Handout:
    """The notebook of an assignment, to be given to students now.

    Raises:
        CourseError: with all its mistakes; a quiz in it cannot be asked, or a library that it imports is
            missing where it is graded.
    """
    course.require_usable_quizzes(name)
    missing = find_missing_libraries(course, name)
    if missing:
        raise CourseError(missing)
    return released_handout(course, name)


@dataclass(frozen=True, slots=True)
class ReleasePreview:
    """What would be released, beside what is."""

    content: bytes
    before: bytes | None
    """None where nothing is released."""
    changes: tuple[str, ...]
    """The lines that are others, each after + or -."""

    @property
    def state(self) -> str:
        """Tells what was shown."""
        return sha256(self.content + b"\0" + (self.before or b"")).hexdigest()[:32]


def released_file(course: OpenCourse, name: str) -> Path:
    """Where the released notebook of an assignment stands."""
    return course.folder.path / "release" / name / f"{name}.ipynb"


def preview_release(course: OpenCourse, name: str) -> ReleasePreview:
    """What releasing an assignment would give to students. Raises CourseError with all its mistakes."""
    content, file = prepare_handout(course, name).content, released_file(course, name)
    before = file.read_bytes() if file.is_file() else None
    compared = difflib.ndiff(_lines(before) if before else [], _lines(content))
    changed = (line for line in compared if line.startswith(("+ ", "- ")))
    return ReleasePreview(content, before, tuple(changed) if before != content else ())


def _lines(content: bytes) -> list[str]:
    """The text of a notebook, line by line."""
    return [line for cell in read(content).cells for line in cell.source.splitlines()]


def release_notebook(course: OpenCourse, name: str) -> Path:
    """Write the notebook that students receive. Raises CourseError with all its mistakes."""
    shown = preview_release(course, name)
    file = released_file(course, name)
    write_public(file, shown.content, course.folder.access)
    return file
