"""A course, opened once for every face: its settings, assignments, quizzes and gradebook, joined.

What a command may not need (numpy, the judging, the database, the sandbox) is loaded where it is first used.
"""

import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from autograder.access import Access
from autograder.course import CourseFolder, read_course
from autograder.course.quiz_files import QuizFiles, name_quizzes, quiz_file
from autograder.domain.attempts import Keep
from autograder.domain.course import AssignmentSettings, Course, Environment, Limits
from autograder.domain.language import speaking
from autograder.domain.nearest import advise
from autograder.domain.policy import Policy
from autograder.domain.submission import Submission
from autograder.errors import CourseError, Flaw
from autograder.questions.files import locate

if TYPE_CHECKING:
    from autograder.domain.course_events import CourseEvent
    from autograder.domain.people import StaffMember
    from autograder.gradebook.store import Gradebook
    from autograder.gradebook.transient import TransientStore
    from autograder.gradebook.verify import StoreCheck
    from autograder.grading.adopted import OpenAdopted
    from autograder.grading.answer_prints import AnswerPrints
    from autograder.grading.assignment import OpenAssignment
    from autograder.grading.report_files import ReportFiles
    from autograder.inbox.notice import Notice
    from autograder.notebook.assignment import AssignmentText
    from autograder.publishing.teams import NamedTeams
    from autograder.questions.solutions import Solutions
    from autograder.quiz.model import Quiz
    from autograder.regrading.outdated import OutdatedReport
    from autograder.regrading.spool import Spool
    from autograder.sandbox.interpreter import Interpreter


@dataclass(frozen=True, slots=True)
class OpenCourse:
    """A course whose course.toml has been read."""

    folder: CourseFolder
    course: Course
    quiz_files: QuizFiles = field(default_factory=QuizFiles, compare=False)

    def settings(self, name: str) -> AssignmentSettings:
        """The settings of an assignment. Raises CourseError where there is none of that name."""
        settings = self.course.settings(name)
        if settings is None:
            if self.course.quiz_settings(name) or quiz_file(self.folder.quiz, name).is_file():
                what = f"{name!r} is a quiz, no assignment"
                raise CourseError(
                    [Flaw("course.toml", what, "`autograder quiz --help` lists what quizzes have")]
                )
            advice = advise(name, (each.name for each in self.course.assignments)) or (
                f"there is none yet: write assignments/{name}/{name}.ipynb, solutions/{name}.py and a table "
                f"[assignments.{name}] in course.toml"
            )
            raise CourseError([Flaw("course.toml", f"there is no assignment {name!r}", advice)])
        return settings

    def notebook(self, name: str) -> Path:
        """The notebook of an assignment, as its author wrote it."""
        return self.folder.assignments / name / f"{name}.ipynb"

    def adopted_folder(self, name: str) -> Path | None:
        """Where an assignment that was adopted from another tool is described; None for one of our own.

        Raises:
            CourseError: there is no assignment of that name.
        """
        adopted = self.settings(name).adopted
        return self.folder.path / adopted.folder if adopted else None

    def forgeable(self, name: str) -> str:
        """Which tests of an assignment count though their marks could be forged; empty where none does.

        Raises:
            CourseError: there is no assignment of that name, or what was adopted cannot be read.
        """
        from autograder.adopting.inside import say_forgeable

        folder, rules = self.adopted_folder(name), self.settings(name).adopted
        return say_forgeable(folder, rules.inside) if folder is not None and rules is not None else ""

    def module(self, name: str) -> Path:
        """The hidden references of an assignment: a module, or the folder of a package."""
        return locate(self.folder.solutions, name)

    def shown(self, file: Path) -> str:
        """A file of the course as messages name it."""
        return str(file.relative_to(self.folder.path))

    def source(self, name: str) -> bytes:
        """What stands in the notebook of an assignment. Raises CourseError where there is none."""
        notebook, settings = self.notebook(name), self.course.settings(name)
        if settings is not None and settings.adopted:
            what = "is adopted from another tool: its notebook is written, checked and released there"
            raise CourseError([Flaw(name, what, "`autograder grade` grades it here")])
        if not notebook.is_file():
            if settings is None and not self.module(name).exists():
                self.settings(name)  # nothing is called so: said with what is
            what = "there is no such file"
            raise CourseError([Flaw(self.shown(notebook), what, "write the assignment's notebook there")])
        return notebook.read_bytes()

    def released_source(self, name: str) -> bytes:
        """The same with the quizzes that are answered in it, as its readers meet it."""
        settings = self.course.settings(name)
        if settings is None or not settings.quizzes:
            return self.source(name)
        from autograder.notebook.release import with_cells
        from autograder.quiz.in_release import release_cells

        # In the course's language whoever asks: who reads a page in another one has the same notebook.
        with speaking(self.course.language):
            cells = list(release_cells(self.quizzes_of(name)))
        return with_cells(self.source(name), cells)

    def require_usable_quizzes(self, name: str) -> None:
        """Refuse quizzes of an assignment's notebook that cannot be asked as they are. Raises CourseError."""
        settings = self.course.settings(name)
        if settings is not None and settings.quizzes:
            from autograder.quiz.judge import require_usable

            for quiz in self.quizzes_of(name):
                require_usable(quiz)

    def quizzes_of(self, name: str) -> "tuple[Quiz, ...]":
        """The quizzes that are answered in the notebook of an assignment.

        Raises:
            CourseError: with all their mistakes. Two questions of one name are one: a notebook has one answer
                of a name.
        """
        settings = self.course.settings(name)
        quizzes: list[Quiz] = []
        flaws, homes = list[Flaw](), dict[str, str]()
        for each in settings.quizzes if settings else ():
            if not quiz_file(self.folder.quiz, each).is_file():
                where, what = f"course.toml: assignments.{name}.quizzes", f"there is no quiz/{each}.quiz.md"
                flaws.append(
                    Flaw(where, what, advise(each, name_quizzes(self.folder.quiz)) or "write the quiz there")
                )
                continue
            try:
                quizzes.append(self.quiz(each))
            except CourseError as error:
                flaws += error.flaws
        for quiz in quizzes:
            for question in quiz.shared_questions:
                if question.id in homes:
                    what = f"{question.id} is asked in {homes[question.id]} as well"
                    flaws.append(Flaw(f"{quiz.source}:{question.line}", what, f"another name, in {name}"))
                homes.setdefault(question.id, quiz.id)
        if flaws:
            raise CourseError(flaws)
        return tuple(quizzes)

    def text(self, name: str) -> "AssignmentText":
        """What the notebook of an assignment says. Raises CourseError with all its mistakes."""
        from autograder.notebook.assignment import read_assignment

        return read_assignment(self.released_source(name), path=self.shown(self.notebook(name)))

    def assignment(self, name: str) -> "OpenAssignment":
        """An assignment, ready to grade with. Raises CourseError with all its mistakes."""
        from autograder.check.pairs import must_pair
        from autograder.grading.assignment import OpenAssignment
        from autograder.notebook.released import Released

        settings, text = self.settings(name), self.text(name)
        solutions = self.solutions(name, self.folder.secret(), keep=True)
        must_pair(text, solutions, notebook=str(self.notebook(name)), module=str(self.module(name)))
        return OpenAssignment(settings, Released.from_text(text), solutions, self.quizzes_of(name))

    def require_question(self, name: str, question: str) -> None:
        """Refuse a question that an assignment does not have; empty names none.

        Raises:
            CourseError: with the questions that there are.
        """
        if not self.settings(name).adopted:
            self.assignment(name).only(question)
            return
        known = [each.name for each in self.adopted(name).assignment.questions]
        if question and question not in known:
            what = f"there is no question {question!r}"
            raise CourseError([Flaw(name, what, f"known are {', '.join(known)}")])

    def revision(self, name: str) -> str:
        """The hash of what decides a mark of an assignment, without evaluating anything.

        Raises:
            CourseError: the solutions or a quiz cannot be read.
        """
        from autograder.questions.revision import compute_revision

        limits, adopted = self.settings(name).limits, self.adopted_folder(name)
        if adopted is not None:
            from autograder.foreign.model import compute_revision as compute_adopted

            return compute_adopted(adopted, self.settings(name).adopted, limits)
        own = compute_revision(self.module(name), name, secret=self.folder.secret(), limits=limits)
        return "-".join((own, *(quiz.revision[:8] for quiz in self.quizzes_of(name))))

    def revisions(self, names: Iterable[str]) -> dict[str, str]:
        """The same of several assignments; those whose solutions cannot be read are left out."""
        found = {}
        for name in names:
            try:
                found[name] = self.revision(name)
            except (CourseError, OSError, SyntaxError, UnicodeDecodeError):
                continue  # `grade` and `check` tell what is wrong with it
        return found

    def find_outdated(
        self, name: str, gradebook: "Gradebook", *, students: Collection[str] | None = None
    ) -> "tuple[OutdatedReport, ...]":
        """The submissions for an assignment whose last report is not what would be made today.

        Raises:
            CourseError: the solutions or a quiz cannot be read.
        """
        from autograder.gradebook.numbers import ERASED_PERSON
        from autograder.regrading.outdated import find_outdated

        theirs = (s for s in gradebook.marked_submissions(students=students) if s.assignment == name)
        # Of somebody who was erased there is no file that could be judged: their marks stay as they are.
        there = (each for each in theirs if not each.student.startswith(ERASED_PERSON))
        return find_outdated(there, self.revision(name), dict(self.versions()))

    def spool(self, name: str) -> "Spool":
        """What was judged again of an assignment and is not recorded yet."""
        from autograder.regrading.spool import Spool

        folder, secret = self.folder.state / "regrading" / name, self.folder.secret()
        revision, versions = self.revision(name), self.versions()
        return Spool.of(folder, self.folder.access, secret, revision=revision, versions=versions)

    def solutions(self, name: str, secret: bytes, *, keep: bool, proof: bool = False) -> "Solutions":
        """The hidden side of an assignment; `keep` keeps what its references give, or reads what was kept.

        Raises:
            CourseError: with all its mistakes, or where the best file should count and a person marks part.
        """
        from autograder.questions.solutions import prepare

        settings = self.course.settings(name)
        solutions = prepare(
            name,
            self.module(name),
            secret=secret,
            limits=settings.limits if settings else Limits(),
            kept=self.folder.state / "expected" if keep else None,
            access=self.folder.access,
            proof=proof,
        )
        if settings and settings.counts is Keep.BEST and solutions.written:
            where, part = f"course.toml: assignments.{name}.counts", solutions.written[0].title
            what = f'"best" is not possible: a person marks {part!r}, and reads one file'
            raise CourseError([Flaw(where, what, 'write counts = "last", or take the key away')])
        return solutions

    def adopted(self, name: str) -> "OpenAdopted":
        """An adopted assignment, ready to grade with. Raises CourseError."""
        from autograder.foreign.model import read_assignment_file, read_profiles
        from autograder.grading.adopted import open_adopted

        settings, folder = self.settings(name), self.adopted_folder(name)
        if folder is None or settings.adopted is None:
            what = "is no assignment that was adopted"
            raise CourseError([Flaw(name, what, "`autograder adopt` adopts one")])
        return open_adopted(
            read_assignment_file(folder),
            read_profiles(folder),
            folder,
            settings=settings.adopted,
            limits=settings.limits,
            revision=self.revision(name),
            title=settings.title,
        )

    def quiz(self, name: str) -> "Quiz":
        """A quiz of the course. Raises CourseError with all its mistakes."""
        id = name if self.course.quiz_settings(name) else ""
        return self.quiz_files.read(quiz_file(self.folder.quiz, name), id)

    def policy(self) -> Policy:
        """How grades are worked out. Raises CourseError where a quiz that counts cannot be read.

        When a quiz closes, and where course.toml does not say it which attempt counts, its own file says; of
        one that is not written yet, the best.
        """
        written = {
            each.name: self.quiz(each.name).settings
            for each in self.course.quizzes
            if self.quiz_files.exists(quiz_file(self.folder.quiz, each.name), each.name)
        }
        by_file = {each.name for each in self.course.quizzes if not each.counts}
        works = tuple(
            replace(work, counts=own.keep if work.name in by_file else work.counts, closes=own.closes)
            if (own := written.get(work.name))
            else work
            for work in self.course.policy.works
        )
        return replace(self.course.policy, works=works)

    def gradebook(self, *, read_only: bool = False) -> "Gradebook":
        """The store of this course, checked by what the course keeps beside it."""
        from autograder.gradebook.store import Gradebook

        return Gradebook.open(self.folder.store_url, self.folder.custody(), read_only=read_only)

    @property
    def has_gradebook(self) -> bool:
        """Whether anything was ever recorded."""
        return self.folder.custody().read() is not None

    def known_events(self) -> "tuple[CourseEvent, ...]":
        """What people recorded of the course; nothing where nothing was ever recorded. Nothing is made."""
        if not self.has_gradebook:
            return ()
        with self.gradebook(read_only=True) as gradebook:
            return gradebook.events.all()

    def staff(self) -> "tuple[StaffMember, ...]":
        """Who teaches, by staff.csv. Raises CourseError with all that is wrong with it."""
        from autograder.course.staff import read_staff

        works = [each.name for each in self.course.works]
        return read_staff(self.folder.path / "staff.csv", works)

    def transient(self) -> "TransientStore":
        """What is kept for a while beside the gradebook, which is made first: sessions, links, claims."""
        from autograder.gradebook.transient import TransientStore

        self.folder.access.make_folder(self.folder.state)
        return TransientStore.open(self.folder.transient_url, self.folder.access)

    def check_store(self) -> "StoreCheck":
        """What checking every entry of the store brings to light. Nothing is changed."""
        from autograder.gradebook.store import Gradebook

        custody = self.folder.custody()
        with Gradebook.open(self.folder.store_url, custody, trusting=True) as gradebook:
            return gradebook.check(custody)

    def accept_store(self) -> None:
        """Keep a store knowingly that is whole and does not end where the course says."""
        from autograder.gradebook.store import Gradebook

        Gradebook.accept(self.folder.store_url, self.folder.custody())

    def find_wide(self) -> list[Path]:
        """What of ours the course has accumulated that more people may read than [privacy] says."""
        names = ("submissions", "reports", "marking", "exports", "returned")
        kept = (self.folder.state, *(self.folder.path / name for name in names))
        return list(self.folder.access.find_wide(kept))

    def arrivals(self, name: str, folder: Path | None = None) -> "Iterator[Submission | Notice]":
        """What lies in a folder of submissions for an assignment, submissions/NAME by default.

        Where that is not there, and something was handed in on a page, nothing lies there.
        """
        from autograder.inbox.folder import read_submissions

        roster = [person.id for person in self.course.roster]
        place = folder or self.folder.path / "submissions" / name
        if folder is None and not place.exists() and self._has_received(name):
            return iter(())
        zone = ZoneInfo(self.course.timezone)
        return read_submissions(
            place,
            name,
            roster=roster,
            limits=self.settings(name).limits,
            zone=zone,
            others=self.other_assignments(name),
            teams=self.teams(name),
            notebooks=self.notebooks(name),
        )

    def notebooks(self, name: str) -> tuple[str, ...]:
        """The names of the notebooks of an adopted assignment; of our own, none: it has one of its name."""
        adopted = self.adopted_folder(name)
        if adopted is None:
            return ()
        from autograder.foreign.model import read_assignment_file

        return tuple(each.name for each in read_assignment_file(adopted).notebooks)

    def _has_received(self, name: str) -> bool:
        """Whether anything was ever handed in for an assignment."""
        if not self.has_gradebook:
            return False
        with self.gradebook(read_only=True) as gradebook:
            return len(gradebook.latest_submissions(name)) > 0

    def teams(self, name: str) -> "Mapping[str, tuple[str, ...]]":
        """Who hands in an assignment together. Raises CourseError with all that is wrong with the file."""
        from autograder.course.teams import read_teams

        roster = {person.id for person in self.course.roster}
        return read_teams(self.folder.path / "teams" / f"{name}.csv", roster)

    def named_teams(self, name: str) -> "NamedTeams":
        """Who hands in an assignment together by teams/NAME.csv. Raises CourseError as `teams` does."""
        from autograder.publishing.teams import NamedTeams

        listed = {each: team for team, members in self.teams(name).items() for each in members}
        return NamedTeams(name, f"teams/{name}.csv", listed)

    def other_assignments(self, name: str) -> frozenset[str]:
        """The names of all assignments but this one."""
        return frozenset(each.name for each in self.course.assignments) - {name}

    def report_files(
        self, name: str, folder: Path | None = None, *, gradebook: "Gradebook | None" = None
    ) -> "ReportFiles":
        """The reports of an assignment in a folder, reports/NAME by default.

        What else was recorded is read from a `gradebook` that is open already, or from one opened for it.
        """
        from autograder.course.grade_sections import read_grade_sections
        from autograder.course.receipt_facts import read_receipt_facts
        from autograder.grading.report_files import ReportFiles

        def sections(gradebook: "Gradebook", assignment: str) -> "Callable[[str], str]":
            return read_grade_sections(self, gradebook, assignment)

        place = folder or self.folder.path / "reports" / name
        return ReportFiles(place, self.course, read_receipt_facts(self, name, gradebook), sections)

    def answer_prints(self, name: str) -> "AnswerPrints":
        """What is kept of the wrong answers to an assignment."""
        from autograder.grading.answer_prints import AnswerPrints

        return AnswerPrints(self.folder.state / "answers" / name, self.folder.access)

    def interpreter(self) -> "Interpreter":
        """What runs student code: the course's own interpreter, or the one that runs this.

        Raises:
            CourseError: it is not there, too old, or lacks what [environment] names.
        """
        from autograder.sandbox.interpreter import find_interpreter, this_interpreter

        own = self.course.environment
        if own == Environment():
            return this_interpreter()
        path = self.folder.path / own.python if own.python else Path(sys.executable)
        return find_interpreter(path, own.packages)

    def versions(self) -> tuple[tuple[str, str], ...]:
        """What would judge now besides an assignment, by name: the program, Python, libraries."""
        from autograder.grading.versions import versions_of

        return versions_of(self.interpreter())


def course_here() -> OpenCourse:
    """The course whose folder, or one above, is the current one.

    Raises:
        CourseError: there is none, or it is written wrongly.
    """
    folder = find_course(Path.cwd())
    if folder is None:
        what, how = "there is no course.toml here or above", "run `autograder init DIR` or go to a course"
        raise CourseError([Flaw(str(Path.cwd()), what, how)])
    return open_course(folder)


def find_course(here: Path) -> Path | None:
    """The folder of the course in which `here` lies, or None."""
    return next((folder for folder in (here, *here.parents) if (folder / "course.toml").is_file()), None)


def open_course(folder: Path, *, store: str | None = None) -> OpenCourse:
    """The course in a folder; its gradebook is where AUTOGRADER_STORE says, or a file of the course's own.

    Args:
        folder: of the course.
        store: the address of its gradebook, where AUTOGRADER_STORE is not asked; empty for a file of its own.

    Raises:
        CourseError: with all mistakes of its course.toml and students.csv.
    """
    folder = folder.absolute()  # what is imported from it is known by absolute paths
    course = read_course(folder)
    if store is None:
        store = os.environ.get("AUTOGRADER_STORE", "")
    return OpenCourse(CourseFolder(folder, store, Access(course.group)), course)
