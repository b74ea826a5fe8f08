"""An assignment on Gradescope: the zip that is uploaded there, and what runs there for every submission."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.access import Access
from autograder.course.folder import CourseFolder
from autograder.course.opened import OpenCourse, open_course
from autograder.domain.course import Disclosure, Environment
from autograder.domain.report import Report
from autograder.domain.sentences import say, words
from autograder.domain.submission import ReceivedBy, Submission
from autograder.errors import CourseError, Flaw, SandboxError, SubmissionError
from autograder.grading.grade import grade
from autograder.interop.gradescope_zip import GradescopeCourse, make_gradescope_zip
from autograder.publishing.gradescope import gradescope_results
from autograder.questions.files import find_solutions

_COURSE = "course"


def release_to_gradescope(course: OpenCourse, name: str, *, accept_level: int) -> bytes:
    """The zip for Gradescope: the program, the assignment with its hidden references, the course's secret.

    Raises:
        CourseError: with all that keeps the assignment from being graded.
    """
    import platform

    if course.course.environment != Environment():
        what = (
            "the course has an environment of its own, and Gradescope's image is made of the one that grades"
        )
        raise CourseError([Flaw("course.toml: environment", what, "install its packages here instead")])
    course.require_usable_quizzes(name)
    course.assignment(name)
    files = {course.shown(file): file.read_bytes() for file in _list_files(course, name)}
    version = ".".join(platform.python_version_tuple()[:2])
    return make_gradescope_zip(GradescopeCourse(name, files, accept_level, version))


def _list_files(course: OpenCourse, name: str) -> Iterator[Path]:
    """What grading one assignment reads: no roster, no store, no other assignment."""
    solutions = find_solutions(course.module(name))
    yield course.folder.path / "course.toml"
    yield course.notebook(name)
    yield from (*solutions.modules, *solutions.data)
    yield from (course.folder.quiz / f"{quiz}.quiz.md" for quiz in course.settings(name).quizzes)
    course.folder.secret()
    yield course.folder.secret_file


@dataclass(frozen=True, slots=True)
class GradescopeRoot:
    """The folder in which Gradescope runs an autograder: /autograder there."""

    path: Path

    @property
    def results(self) -> Path:
        """What Gradescope reads."""
        return self.path / "results" / "results.json"

    @property
    def assignment(self) -> str:
        """The assignment that was packed. Raises CourseError."""
        return str(self._described()["assignment"])

    def open_course(self) -> OpenCourse:
        """The course that was packed; no Unix group of the instructor's machine is known here."""
        course = open_course(self.path / "source" / _COURSE, store="")
        folder = CourseFolder(course.folder.path, "", Access())
        return OpenCourse(folder, replace(course.course, group=""))

    def _described(self) -> Mapping[str, Any]:
        file = self.path / "source" / "gradescope.json"
        try:
            found: Mapping[str, Any] = json.loads(file.read_bytes())
        except (OSError, ValueError) as error:
            what = "is not what `autograder release --to gradescope` packed"
            raise CourseError([Flaw(str(file), what, "upload its zip again")]) from error
        return found

    def submission(self, name: str) -> Submission:
        """What a student submitted. Raises SubmissionError where there is not one notebook."""
        folder = self.path / "submission"
        found = sorted(file for file in folder.rglob("*.ipynb") if ".ipynb_checkpoints" not in file.parts)
        chosen = [file for file in found if file.name == f"{name}.ipynb"] or found
        if not chosen:
            raise SubmissionError(say("gradescope.no_notebook"))
        if len(chosen) > 1:
            raise SubmissionError(say("gradescope.several", count=len(chosen), file=f"{name}.ipynb"))
        [file] = chosen
        student, received, known = self._whose()
        by = ReceivedBy.SERVER if known else ReceivedBy.FILE_TIME
        return Submission(student, name, file.read_bytes(), received, by, file.name)

    def _whose(self) -> tuple[str, datetime, bool]:
        """The student and the moment, as far as Gradescope says them, and whether it says the moment."""
        try:
            told = json.loads((self.path / "submission_metadata.json").read_bytes())
            user = told["users"][0]
            student = str(user.get("sid") or user.get("email") or user.get("id") or "student")
        except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError):
            return "student", datetime.now(UTC), False
        try:
            received = datetime.fromisoformat(told["created_at"])
        except (ValueError, KeyError, TypeError):
            return student, datetime.now(UTC), False
        return student, received if received.tzinfo else received.replace(tzinfo=UTC), True


def prepare(root: GradescopeRoot) -> str:
    """Evaluate the references once, while the image is built; return the assignment's name.

    Raises:
        CourseError: what was packed cannot be opened.
    """
    name = root.assignment
    root.open_course().assignment(name)
    return name


def grade_there(root: GradescopeRoot, *, accept_level: int) -> Report | None:
    """Grade what a student submitted, and write results.json; None where there was no notebook to grade.

    Raises:
        CourseError: what was packed cannot be opened.
        SandboxError: student code could not be run, or not be sealed as well as was asked. Then no results
            are written, and Gradescope says that the autograder failed: nobody gets 0 for that.
    """
    course, name = root.open_course(), root.assignment
    settings, assignment, report = course.settings(name), course.assignment(name), None
    try:
        submission = root.submission(name)
    except SubmissionError as error:
        results = gradescope_results(None, trouble=words(error.sentence), hides=False)
    else:
        with course.runner(accept_level, assignment) as runner:
            report = grade(submission, assignment, runner)
        if report.trouble.key == "our_fault":
            raise SandboxError("grading failed, and the student is not to blame: run the autograder again")
        results = gradescope_results(report, hides=settings.disclosure is Disclosure.NEVER)
    _write(root.results, results)
    return report


def _write(file: Path, results: Mapping[str, Any]) -> None:
    """Whole or not at all: half a file would be read as a failure without a reason."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name("results.json.partial")
    partial.write_text(json.dumps(results, indent=1), encoding="utf-8")
    os.replace(partial, file)  # noqa: PTH105
