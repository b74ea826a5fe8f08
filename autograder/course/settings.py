"""The shape of course.toml. The description of a field says what is allowed there; authors read it."""

from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainValidator
from pydantic.fields import FieldInfo

from autograder.course import values
from autograder.domain.attempts import Keep
from autograder.domain.course import Disclosure, InsideRule, Limits, ShareRule, StderrRule
from autograder.domain.language import Language
from autograder.domain.policy import PenaltyOf, WhenExcused, WhenUnexcused
from autograder.domain.rounding import Ties
from autograder.domain.second_looks import LookRule
from autograder.domain.shown_reports import ReportShows

_USUAL = Limits()
_Seconds = Annotated[float, Field(gt=0, le=3600, description="seconds, more than 0 and at most 3600")]
_Share = Annotated[Fraction, PlainValidator(values.share), Field(description=values.SHARE)]
_OptionalShare = Annotated[Fraction | None, PlainValidator(values.share), Field(description=values.SHARE)]
_Name = Annotated[str, PlainValidator(values.name), Field(description=values.NAME)]
_Module = Annotated[str, PlainValidator(values.module)]
_Days = Annotated[int, Field(ge=0, le=365, description="a number of days, 0 to 365")]
_Title = Annotated[str, Field(min_length=1, max_length=200, description="a text of 1 to 200 characters")]


def _one_of(kind: type[StrEnum]) -> tuple[PlainValidator, FieldInfo]:
    """What reads one of a few words."""
    return PlainValidator(values.choice(kind)), Field(description=values.choices(kind))


class _Table(BaseModel):
    """Keys that are not listed are refused; nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class LimitsTable(_Table):
    """[limits], and [assignments.NAME.limits] over it."""

    seconds_per_cell: _Seconds = _USUAL.seconds_per_cell
    seconds_per_case: _Seconds = _USUAL.seconds_per_case
    seconds_per_question: _Seconds = _USUAL.seconds_per_question
    seconds: _Seconds = _USUAL.seconds
    questions_seconds: _Seconds | None = _USUAL.questions_seconds
    memory_mb: Annotated[int, Field(ge=128, le=65536, description="megabytes, 128 to 65536")] = (
        _USUAL.memory_mb
    )
    scratch_mb: Annotated[int, Field(ge=1, le=65536, description="megabytes, 1 to 65536")] = _USUAL.scratch_mb
    output_kb: Annotated[int, Field(ge=1, le=10000, description="kilobytes, 1 to 10000")] = _USUAL.output_kb
    figures: Annotated[int, Field(ge=0, le=1000, description="a number, 0 to 1000")] = _USUAL.figures
    notebook_mb: Annotated[int, Field(ge=1, le=100, description="megabytes, 1 to 100")] = _USUAL.notebook_mb


class GradeTable(_Table):
    """[grade]: the parts of the final grade, and how it is rounded."""

    homework: _Share
    exam: _Share
    scale: Annotated[Fraction, PlainValidator(values.scale), Field(description=values.SCALE)] = Fraction(20)
    step: Annotated[Fraction, PlainValidator(values.step), Field(description=values.STEP)] = Fraction(1, 100)
    ties: Annotated[Ties, *_one_of(Ties)] = Ties.UP
    unexcused: Annotated[WhenUnexcused, *_one_of(WhenUnexcused)] = WhenUnexcused.ZERO
    excused: Annotated[WhenExcused, *_one_of(WhenExcused)] = WhenExcused.WAITS
    never_down: Annotated[bool, Field(description="true or false")] = False


class SecondSessionTable(_Table):
    """[second_session]; without homework and exam it is composed as the first."""

    homework: _OptionalShare = None
    exam: _OptionalShare = None
    keeps: Annotated[Keep, *_one_of(Keep)] = Keep.BEST


class GroupTable(_Table):
    """[homework.groups.NAME]."""

    share: _Share
    drop_lowest: Annotated[int, Field(ge=0, le=50, description="a number, 0 to 50")] = 0


class HomeworkTable(_Table):
    """[homework]."""

    to_come: _Share = Fraction(0)
    groups: Annotated[
        dict[_Name, GroupTable], Field(description="a table [homework.groups.NAME] for each group")
    ] = {}


class LateTable(_Table):
    """[assignments.NAME.late], over [late]: what is not said there holds as in the course."""

    penalty: _Share = Fraction(0)
    of: Annotated[PenaltyOf, *_one_of(PenaltyOf)] = PenaltyOf.POINTS
    until: Annotated[int | None, PlainValidator(values.days), Field(description=values.DAYS)] = None
    free_days_most: _Days = 0


class CourseLateTable(LateTable):
    """[late]."""

    free_days: _Days = 0


class PrivacyTable(_Table):
    """[privacy]: who besides their owner may read what students handed in, and how long it is kept."""

    group: Annotated[
        str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,31}$", description="the name of a Unix group")
    ] = ""
    keep: Annotated[
        str,
        Field(pattern=r"^[1-9][0-9]{0,2} (months?|years?)$", description='such as "18 months" or "2 years"'),
    ] = ""
    assistants_see_cases: Annotated[bool, Field(description="true or false")] = True


class EnvironmentTable(_Table):
    """[environment]: with what students' code is run."""

    python: Annotated[str, PlainValidator(values.interpreter), Field(description=values.INTERPRETER)] = ""
    packages: Annotated[
        list[Annotated[str, PlainValidator(values.requirement)]],
        Field(max_length=100, description='a list of packages, such as ["numpy", "pandas<3"]'),
    ] = []


class MarkingTable(_Table):
    """[marking]: who marks what by hand."""

    share: Annotated[ShareRule | None, *_one_of(ShareRule)] = None


class WebTable(_Table):
    """[web]: what `autograder serve` takes where its options do not say otherwise."""

    url: Annotated[str, PlainValidator(values.address), Field(description=values.ADDRESS)] = ""
    prefix: Annotated[str, PlainValidator(values.prefix), Field(description=values.PREFIX)] = ""
    trusted_proxies: Annotated[
        list[Annotated[str, PlainValidator(values.proxy)]],
        Field(max_length=20, description='a list of addresses, such as ["127.0.0.1"]'),
    ] = []
    tls_cert: Annotated[str, Field(max_length=500, description="the path of a file")] = ""
    tls_key: Annotated[str, Field(max_length=500, description="the path of a file")] = ""
    user_header: Annotated[str, PlainValidator(values.header), Field(description=values.HEADER)] = ""


class RequestsTable(_Table):
    """[requests]: how students may ask for a second look."""

    window: Annotated[timedelta, PlainValidator(values.span), Field(description=values.SPAN)] = (
        LookRule().window
    )
    open: Annotated[int, Field(ge=0, le=100, description="a number of requests, 0 to 100")] = LookRule().open


class WorkTable(_Table):
    """What an assignment and a quiz have alike: a title, a weight, until when, and how it counts."""

    title: _Title
    bonus: Annotated[bool, Field(description="true or false")] = False  # before the weight, which asks for it
    weight: Annotated[
        Fraction | None,
        PlainValidator(values.weight),
        Field(description=values.WEIGHT, validate_default=True),
    ] = None
    group: Annotated[str, PlainValidator(values.name), Field(description=values.NAME)] = ""
    counts: Annotated[Keep | None, *_one_of(Keep)] = None
    late: Annotated[LateTable, Field(description="a table")] = LateTable()
    deadline: Annotated[
        datetime | None, PlainValidator(values.deadline), Field(description=values.DEADLINE)
    ] = None
    grace: Annotated[timedelta, PlainValidator(values.span), Field(description=values.SPAN)] = timedelta(0)


class QuizTable(WorkTable):
    """[quizzes.NAME]."""


class AssignmentTable(WorkTable):
    """[assignments.NAME]."""

    opens: Annotated[datetime | None, PlainValidator(values.deadline), Field(description=values.DEADLINE)] = (
        None
    )
    disclosure: Annotated[
        Disclosure, PlainValidator(values.disclosure), Field(description=values.DISCLOSURE)
    ] = Disclosure.CATEGORY
    preload: Annotated[
        list[_Module], Field(max_length=50, description='a list of modules, such as ["scipy.optimize"]')
    ] = []
    quizzes: Annotated[
        list[_Name], Field(max_length=20, description='a list of quizzes, such as ["first-quiz"]')
    ] = []
    limits: Annotated[LimitsTable, Field(description="a table")] = LimitsTable()
    shows: Annotated[ReportShows, *_one_of(ReportShows)] = ReportShows.AT_ONCE
    attempts: Annotated[int | None, Field(ge=1, le=10_000, description="a number, 1 to 10000")] = None
    pause: Annotated[timedelta, PlainValidator(values.span), Field(description=values.SPAN)] = timedelta(0)
    adopted: Annotated[str, PlainValidator(values.folder), Field(description=values.FOLDER)] = ""
    inside: Annotated[InsideRule | None, *_one_of(InsideRule)] = None
    stderr: Annotated[StderrRule | None, *_one_of(StderrRule)] = None


class CourseTable(_Table):
    """The whole file."""

    name: _Name
    title: _Title
    timezone: Annotated[str, PlainValidator(values.zone), Field(description=values.ZONE)]
    language: Annotated[Language, *_one_of(Language)] = Language.ENGLISH
    preload: Annotated[
        list[_Module], Field(max_length=50, description='a list of modules, such as ["matplotlib.pyplot"]')
    ] = []
    grade: Annotated[GradeTable, Field(description="a table with homework and exam")]
    homework: Annotated[HomeworkTable, Field(description="a table")] = HomeworkTable()
    late: Annotated[CourseLateTable, Field(description="a table")] = CourseLateTable()
    second_session: Annotated[
        SecondSessionTable | None, Field(description="a table with keeps, homework and exam")
    ] = None
    limits: Annotated[LimitsTable, Field(description="a table")] = LimitsTable()
    privacy: Annotated[PrivacyTable, Field(description="a table")] = PrivacyTable()
    web: Annotated[WebTable, Field(description="a table")] = WebTable()
    environment: Annotated[EnvironmentTable, Field(description="a table")] = EnvironmentTable()
    marking: Annotated[MarkingTable, Field(description="a table")] = MarkingTable()
    requests: Annotated[RequestsTable, Field(description="a table")] = RequestsTable()
    assignments: Annotated[
        dict[_Name, AssignmentTable], Field(description="a table [assignments.NAME] for each assignment")
    ] = {}
    quizzes: Annotated[
        dict[_Name, QuizTable], Field(description="a table [quizzes.NAME] for each quiz that counts")
    ] = {}
