"""One offering of a course: its people, its assignments and what is allowed."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from autograder.domain.attempts import Keep
from autograder.domain.language import Language
from autograder.domain.policy import Policy
from autograder.domain.second_looks import LookRule
from autograder.domain.shown_reports import ReportRules

MOST_QUESTIONS_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one submission may use while it is graded."""

    seconds_per_cell: float = 20.0
    seconds_per_case: float = 10.0
    """For one hidden case, where its question sets none of its own."""
    seconds_per_question: float = 10.0
    seconds: float = 180.0
    """Time for all cells of the notebook; once more as much for running them again."""
    questions_seconds: float | None = None
    """Time for all questions, on top; None for the sum of what each of them may take, at most 180."""
    memory_mb: int = 1024
    scratch_mb: int = 64
    """Disk a submission may fill, all its files together."""
    output_kb: int = 200
    """Printed text kept of one cell; what is beyond is cut and said."""
    figures: int = 20
    """Figures and displays kept of the whole notebook."""
    notebook_mb: int = 20
    """Size above which a file is refused unread."""

    @property
    def seconds_of_questions(self) -> float:
        """Time for all questions together."""
        return MOST_QUESTIONS_SECONDS if self.questions_seconds is None else self.questions_seconds

    def for_questions(self, seconds: Iterable[float]) -> "Limits":
        """The same limits for questions that may take so long each."""
        if self.questions_seconds is not None:
            return self
        return replace(self, questions_seconds=min(sum(seconds), MOST_QUESTIONS_SECONDS))


class Disclosure(StrEnum):
    """What a student may see of a hidden case."""

    NEVER = "never"
    CATEGORY = "category"


class InsideRule(StrEnum):
    """What becomes of a test of an adopted assignment that can be judged in the student's process alone."""

    ASK = "ask"
    """Its marks count once somebody has accepted that they could be forged."""
    ACCEPT = "accept"
    MANUAL = "manual"
    """A person marks it."""


class StderrRule(StrEnum):
    """What text on stderr does to a test cell of an adopted nbgrader assignment."""

    AS_NBGRADER = "as nbgrader"
    """Any text, a warning as well, makes it 0; each mark lost so is flagged."""
    IGNORE = "ignore"


class ShareRule(StrEnum):
    """How the answers that people mark are shared out among them."""

    ANSWERS = "answers"
    """Each answer to one of them."""
    PARTS = "parts"
    """All answers to a part to the same one, as far as they look after its students."""


@dataclass(frozen=True, slots=True)
class AdoptionSettings:
    """What course.toml says of an assignment that was adopted from an nbgrader or Otter course."""

    folder: str
    """Where its description lies, below the course's folder."""
    inside: InsideRule = InsideRule.ASK
    stderr: StderrRule = StderrRule.AS_NBGRADER


@dataclass(frozen=True, slots=True)
class Environment:
    """With what students' code is run, and the tests of adopted assignments."""

    python: str = ""
    """The program of an interpreter, absolute or below the course's folder; empty: the one that grades."""
    packages: tuple[str, ...] = ()
    """Requirements that must hold there, such as `pandas<3`."""


@dataclass(frozen=True, slots=True)
class AssignmentSettings:
    """What course.toml says of one assignment."""

    name: str
    title: str
    weight: Fraction
    """Share of the homework part, all assignments and quizzes together 1, bonuses on top."""
    deadline: datetime | None = None
    """With its time zone."""
    grace: timedelta = timedelta(0)
    limits: Limits = field(default_factory=Limits)
    disclosure: Disclosure = Disclosure.CATEGORY
    preload: tuple[str, ...] = ()
    """Modules this assignment uses, imported once before student code is run."""
    quizzes: tuple[str, ...] = ()
    """Names of quizzes that are answered in the notebook and graded with it."""
    counts: Keep = Keep.LAST
    """Which file counts."""
    reports: ReportRules = field(default_factory=ReportRules)
    """What students see of reports before marks are published."""
    adopted: AdoptionSettings | None = None
    """Of an assignment that was written for another tool; its tests judge it."""
    opens: datetime | None = None
    """When students find it on their pages; None: as soon as it is released."""


@dataclass(frozen=True, slots=True)
class QuizSettings:
    """What course.toml says of one quiz that counts for the grade."""

    name: str
    title: str
    weight: Fraction
    """Share of the homework part, all assignments and quizzes together 1, bonuses on top."""
    deadline: datetime | None = None
    """With its time zone."""
    grace: timedelta = timedelta(0)
    counts: Keep | None = None
    """Which attempt counts; None: the one that the quiz's own file says."""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where the web pages of a course are served, and whose word is taken for who asks."""

    url: str = ""
    """The address that browsers know; empty for that at which the server listens."""
    prefix: str = ""
    """The path below which all pages lie, as `/kernels`."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses, or networks as 10.0.0.0/8."""
    tls_cert: str = ""
    tls_key: str = ""
    user_header: str = ""
    """The header in which a trusted proxy says who is logged in."""


@dataclass(frozen=True, slots=True)
class Student:
    """One line of students.csv."""

    id: str
    name: str = ""
    email: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """One offering, as course.toml and students.csv tell it."""

    name: str
    title: str
    timezone: str
    assignments: tuple[AssignmentSettings, ...]
    roster: tuple[Student, ...] = ()
    preload: tuple[str, ...] = ()
    """Modules imported once, before student code is run, for speed (numpy always is)."""
    quizzes: tuple[QuizSettings, ...] = ()
    """Quizzes that are taken by themselves and count."""
    group: str = ""
    """The Unix group that may read and write what the course accumulates, besides its owner."""
    keep_months: int = 0
    """How long what names people is kept after the last publication; 0: until somebody erases it."""
    environment: Environment = Environment()
    web: WebSettings = WebSettings()
    assistants_see_cases: bool = True
    """Whether assistants may see the hidden cases of those whom they look after."""
    policy: Policy = field(default_factory=Policy)
    """How marks become a final grade; where a quiz's own file says which attempt counts, that goes before."""
    marking_share: ShareRule | None = None
    """None: everybody marks whatever they look after."""
    looks: LookRule = field(default_factory=LookRule)
    """How students may ask for a second look."""
    language: Language = Language.ENGLISH
    """In which reports and letters speak to students; pages speak the reader's."""

    @property
    def works(self) -> tuple[AssignmentSettings | QuizSettings, ...]:
        """The assignments, and the quizzes that count by themselves."""
        return (*self.assignments, *self.quizzes)

    def quiz_settings(self, name: str) -> QuizSettings | None:
        """The settings of the quiz called `name`, or None where it is practice."""
        return next((each for each in self.quizzes if each.name == name), None)

    def notebook_of(self, quiz: str) -> str:
        """The assignment in whose notebook a quiz is answered, or the empty string."""
        return next((each.name for each in self.assignments if quiz in each.quizzes), "")

    def settings(self, name: str) -> AssignmentSettings | None:
        """The settings of the assignment called `name`, or None."""
        return next((each for each in self.assignments if each.name == name), None)

    def student(self, student_id: str) -> Student | None:
        """The student of that id on the roster, or None."""
        return next((student for student in self.roster if student.id == student_id), None)
