"""The shape of course.toml. The description of a field says what is allowed there; authors read it."""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainValidator

from autograder.course import values
from autograder.domain.course import Disclosure, Limits

_USUAL = Limits()
_Seconds = Annotated[float, Field(gt=0, le=3600, description="seconds, more than 0 and at most 3600")]
_Share = Annotated[Fraction, PlainValidator(values.share), Field(description=values.SHARE)]
_Name = Annotated[str, PlainValidator(values.name), Field(description=values.NAME)]
_Module = Annotated[str, PlainValidator(values.module)]
_Title = Annotated[str, Field(min_length=1, max_length=200, description="a text of 1 to 200 characters")]


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
    """[grade]: the parts of the final grade."""

    homework: _Share
    exam: _Share


class HomeworkTable(_Table):
    """[homework]."""

    to_come: _Share = Fraction(0)


class PrivacyTable(_Table):
    """[privacy]: who besides their owner may read what students handed in and what was made of it."""

    group: Annotated[
        str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,31}$", description="the name of a Unix group")
    ] = ""


class WorkTable(_Table):
    """What an assignment and a quiz have alike: a title, a weight, and until when."""

    title: _Title
    weight: _Share
    deadline: Annotated[
        datetime | None, PlainValidator(values.deadline), Field(description=values.DEADLINE)
    ] = None
    grace: Annotated[timedelta, PlainValidator(values.span), Field(description=values.SPAN)] = timedelta(0)


class QuizTable(WorkTable):
    """[quizzes.NAME]."""


class AssignmentTable(WorkTable):
    """[assignments.NAME]."""

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


class CourseTable(_Table):
    """The whole file."""

    name: _Name
    title: _Title
    timezone: Annotated[str, PlainValidator(values.zone), Field(description=values.ZONE)]
    preload: Annotated[
        list[_Module], Field(max_length=50, description='a list of modules, such as ["matplotlib.pyplot"]')
    ] = []
    grade: Annotated[GradeTable, Field(description="a table with homework and exam")]
    homework: Annotated[HomeworkTable, Field(description="a table")] = HomeworkTable()
    limits: Annotated[LimitsTable, Field(description="a table")] = LimitsTable()
    privacy: Annotated[PrivacyTable, Field(description="a table")] = PrivacyTable()
    assignments: Annotated[
        dict[_Name, AssignmentTable], Field(description="a table [assignments.NAME] for each assignment")
    ] = {}
    quizzes: Annotated[
        dict[_Name, QuizTable], Field(description="a table [quizzes.NAME] for each quiz that counts")
    ] = {}
