"""An assignment on Gradescope: the zip that is uploaded there, and what runs there for every submission."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.access import Access
from autograder.course.folder import CourseFolder
from autograder.course.opened import OpenCourse, open_course
from autograder.course.quiz_files import quiz_file
from autograder.course.runners import runner_of, runner_of_adopted
from autograder.domain.bundle import bundle
from autograder.domain.course import Disclosure, Environment
from autograder.domain.language import speaking
from autograder.domain.report import Report
from autograder.domain.sentences import say, words
from autograder.domain.submission import ReceivedBy, Submission
from autograder.errors import CourseError, Flaw, SandboxError, SubmissionError
from autograder.foreign.marks import score_whole
from autograder.grading.adopted import OpenAdopted, grade_adopted
from autograder.grading.grade import grade
from autograder.interop.gradescope_zip import GradescopeCourse, make_gradescope_zip
from autograder.interop.pins import pin_imports
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
    packages: list[str] = []
    if course.adopted_folder(name) is not None:
        packages = pin_imports(course.adopted(name).assignment.environment.imports)
    else:
        course.require_usable_quizzes(name)
        course.assignment(name)
    files = {course.shown(file): file.read_bytes() for file in _list_files(course, name)}
    version = ".".join(platform.python_version_tuple()[:2])
    return make_gradescope_zip(GradescopeCourse(name, files, accept_level, version, tuple(packages)))


def _list_files(course: OpenCourse, name: str) -> Iterator[Path]:
    """What grading one assignment reads: no roster, no store, no other assignment."""
    yield course.folder.path / "course.toml"
    adopted = course.adopted_folder(name)
    if adopted is not None:
        yield from sorted(file for file in adopted.rglob("*") if file.is_file())
    else:
        solutions = find_solutions(course.module(name))
        yield course.notebook(name)
        yield from (*solutions.modules, *solutions.data)
        yield from (quiz_file(course.folder.quiz, quiz) for quiz in course.settings(name).quizzes)
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

    def submission(self, name: str, notebooks: Sequence[str] = ()) -> Submission:
        """What a student submitted.

        Args:
            name: of the assignment.
            notebooks: what it is made of, where that is not one notebook of its name.

        Raises:
            SubmissionError: there is not one notebook, or none of several.
        """
        folder = self.path / "submission"
        found = sorted(file for file in folder.rglob("*.ipynb") if ".ipynb_checkpoints" not in file.parts)
        if not found:
            raise SubmissionError(say("gradescope.no_notebook"))
        if len(notebooks) > 1:
            named = {each: [file for file in found if file.stem == each] for each in notebooks}
            for each, files in named.items():
                if len(files) > 1:
                    raise SubmissionError(say("gradescope.several", count=len(files), file=f"{each}.ipynb"))
            content = bundle({each: files[0].read_bytes() for each, files in named.items() if files})
            if not any(named.values()):
                wanted = " and ".join(f"{each}.ipynb" for each in notebooks)
                raise SubmissionError(say("gradescope.names", files=wanted))
            return self._submit(name, content, f"{name}.zip")
        wanted = f"{next(iter(notebooks), name)}.ipynb"
        chosen = [file for file in found if file.name == wanted] or found
        if len(chosen) > 1:
            raise SubmissionError(say("gradescope.several", count=len(chosen), file=wanted))
        return self._submit(name, chosen[0].read_bytes(), chosen[0].name)

    def _submit(self, name: str, content: bytes, file: str) -> Submission:
        student, received, known = self._whose()
        by = ReceivedBy.SERVER if known else ReceivedBy.FILE_TIME
        return Submission(student, name, content, received, by, file)

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
    name, course = root.assignment, root.open_course()
    if course.adopted_folder(name) is not None:
        course.adopted(name)
    else:
        course.assignment(name)
    return name


def grade_there(root: GradescopeRoot, *, accept_level: int) -> Report | None:
    """Grade what a student submitted, and write results.json; None where there was no notebook to grade.

    Raises:
        CourseError: what was packed cannot be opened.
        SandboxError: student code could not be run, or not be sealed as well as was asked. Then no results
            are written, and Gradescope says that the autograder failed: nobody gets 0 for that.
    """
    course, name = root.open_course(), root.assignment
    adopted = course.adopted(name) if course.adopted_folder(name) is not None else None
    notebooks = [each.name for each in adopted.assignment.notebooks] if adopted else []
    show_stdout = adopted is not None and adopted.assignment.show_stdout
    report, results = None, {}
    try:
        submission = root.submission(name, notebooks)
    except SubmissionError as error:
        with speaking(course.course.language):
            results = gradescope_results(None, trouble=words(error.sentence), show_stdout=show_stdout)
    else:
        if adopted is not None:
            with runner_of_adopted(course, accept_level, adopted) as runner:
                report = grade_adopted(submission, adopted, runner)
        else:
            assignment = course.assignment(name)
            with runner_of(course, accept_level, assignment) as runner:
                report = grade(submission, assignment, runner)
        if report.trouble.key == "our_fault":
            raise SandboxError("grading failed, and the student is not to blame: run the autograder again")
        with speaking(course.course.language):
            results = gradescope_results(
                report,
                hidden=_list_hidden(course, report, adopted),
                score=score_whole(adopted.assignment, report.score_so_far) if adopted else None,
                show_stdout=show_stdout,
            )
    _write(root.results, results)
    return report


def _list_hidden(course: OpenCourse, report: Report, adopted: OpenAdopted | None) -> frozenset[str]:
    """The questions whose marks students see after publication only.

    All of a course that discloses nothing; of an adopted assignment those with hidden tests, unless its tool
    shows them.
    """
    if course.settings(report.assignment).disclosure is Disclosure.NEVER:
        return frozenset(verdict.question for verdict in report.verdicts)
    if adopted is None or adopted.assignment.show_hidden:
        return frozenset()
    every = adopted.assignment.questions
    return frozenset(each.name for each in every if any(test.hidden for test in each.tests))


def _write(file: Path, results: Mapping[str, Any]) -> None:
    """Whole or not at all: half a file would be read as a failure without a reason."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name("results.json.partial")
    partial.write_text(json.dumps(results, indent=1), encoding="utf-8")
    os.replace(partial, file)  # noqa: PTH105
