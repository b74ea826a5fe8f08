"""The assignments of a course, opened to be proven: for the command line, and for pytest."""

from pathlib import Path

from autograder.check.subject import Subject
from autograder.course import CourseFolder
from autograder.domain.course import Course, Limits
from autograder.errors import CourseError, Flaw
from autograder.notebook.assignment import read_assignment
from autograder.questions.files import locate, solutions_files, stray_proofs
from autograder.questions.solutions import prepare

_PUBLIC = b"public"


def open_subject(
    folder: CourseFolder, course: Course, name: str, *, draws: int, leave_alone: bool
) -> Subject:
    """An assignment of a course, whose cases are drawn `draws` times: as students get them, then anew.

    Args:
        folder: of the course.
        course: as its course.toml says; the assignment need not stand there yet.
        name: of the assignment.
        draws: at least 1.
        leave_alone: write nothing into the course, even if it has no secret yet.

    Raises:
        CourseError: with all the mistakes that keep it from being opened.
    """
    notebook, module = folder.assignments / name / f"{name}.ipynb", locate(folder.solutions, name)
    if not notebook.is_file():
        what = "there is no such file"
        raise CourseError([Flaw(_short(notebook, folder), what, "write the assignment's notebook there")])
    text = read_assignment(notebook.read_bytes(), path=_short(notebook, folder))
    if solutions_files(module).proof is None:
        stray = tuple(stray_proofs(folder.solutions, folder.assignments))
        if stray:
            raise CourseError(stray)
    settings = course.settings(name)
    fresh = leave_alone and not (folder.state / "secret").is_file()
    secrets = [_PUBLIC if fresh else folder.secret(), *(f"draw {k}".encode() for k in range(2, draws + 1))]
    drawn = [
        prepare(
            name,
            module,
            secret=secret,
            limits=settings.limits if settings else Limits(),
            kept=None if fresh else folder.state / "expected",
            proof=True,
        )
        for secret in secrets
    ]
    return Subject.of(
        text, drawn[0], drawn[1:], notebook=_short(notebook, folder), module=_short(module, folder)
    )


def _short(file: Path, folder: CourseFolder) -> str:
    return str(file.relative_to(folder.path))
