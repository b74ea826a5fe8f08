"""Reading a course: course.toml and students.csv become a Course, or all their mistakes are told at once."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from autograder.course import values
from autograder.course.policy import make_policy, share_of_homework
from autograder.course.roster import read_roster
from autograder.course.settings import (
    AssignmentTable,
    CourseLateTable,
    CourseTable,
    EnvironmentTable,
    GradeTable,
    GroupTable,
    HomeworkTable,
    LateTable,
    LimitsTable,
    MarkingTable,
    PrivacyTable,
    QuizTable,
    RequestsTable,
    SecondSessionTable,
    WebTable,
)
from autograder.course.shares import find_wrong_parts, is_grouped, tables
from autograder.domain.attempts import Keep
from autograder.domain.course import (
    AdoptionSettings,
    AssignmentSettings,
    Course,
    Environment,
    InsideRule,
    Limits,
    QuizSettings,
    StderrRule,
    WebSettings,
)
from autograder.domain.policy import Policy
from autograder.domain.second_looks import LookRule
from autograder.domain.shown_reports import ReportRules
from autograder.errors import CourseError, Flaw

_FILE = "course.toml"
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_TABLES: dict[tuple[str | int, ...], type[BaseModel]] = {
    (): CourseTable,
    ("grade",): GradeTable,
    ("homework",): HomeworkTable,
    ("homework", "groups", "*"): GroupTable,
    ("late",): CourseLateTable,
    ("second_session",): SecondSessionTable,
    ("limits",): LimitsTable,
    ("privacy",): PrivacyTable,
    ("web",): WebTable,
    ("environment",): EnvironmentTable,
    ("marking",): MarkingTable,
    ("requests",): RequestsTable,
    ("assignments", "*"): AssignmentTable,
    ("assignments", "*", "limits"): LimitsTable,
    ("assignments", "*", "late"): LateTable,
    ("quizzes", "*"): QuizTable,
    ("quizzes", "*", "late"): LateTable,
}
"""What may stand where."""


def read_course(folder: Path) -> Course:
    """The course whose course.toml stands in `folder`, with the roster of students.csv where there is one.

    Raises CourseError with every mistake of both files: its path, the value, and what is allowed.
    """
    data, flaws = _read_toml(folder / _FILE)
    table = None
    if data is not None:
        context = {"zone": _zone_of(data), "grouped": is_grouped(data)}
        try:
            table = CourseTable.model_validate(data, context=context)
        except ValidationError as error:
            flaws += [_flaw(details) for details in error.errors(include_url=False)]
        flaws += find_wrong_parts(data)
        flaws += _names(data)
    if table is not None:
        flaws += _times(table)
        flaws += _find_needless_rules(table)
    roster, mistakes = read_roster(folder / "students.csv")
    flaws += mistakes
    if flaws or table is None:
        raise CourseError(flaws)
    policy = make_policy(table)
    months, _, unit = table.privacy.keep.partition(" ")  # "18 months", "2 years", or nothing
    return Course(
        name=table.name,
        title=table.title,
        timezone=table.timezone,
        language=table.language,
        assignments=tuple(_settings(name, table, policy) for name in table.assignments),
        roster=roster,
        preload=tuple(table.preload),
        group=table.privacy.group,
        keep_months=int(months or 0) * (12 if unit.startswith("year") else 1),
        quizzes=tuple(
            QuizSettings(
                name, own.title, share_of_homework(policy, name), own.deadline, own.grace, own.counts
            )
            for name, own in table.quizzes.items()
        ),
        environment=Environment(table.environment.python, tuple(table.environment.packages)),
        web=_web_settings(table.web),
        assistants_see_cases=table.privacy.assistants_see_cases,
        policy=policy,
        marking_share=table.marking.share,
        looks=LookRule(table.requests.window, table.requests.open),
    )


def read_web_options(web: WebSettings, options: Mapping[str, Any]) -> WebSettings:
    """The settings of the web pages, with what options of a command say in their place.

    Args:
        web: as course.toml has them.
        options: by the names of [web]; what is empty says nothing.

    Raises:
        CourseError: an option is not what is allowed there.
    """
    as_written = {**asdict(web), **{name: value for name, value in options.items() if value}}
    table = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in as_written.items()
        if value
    }
    try:
        return _web_settings(WebTable.model_validate(table))
    except ValidationError as error:
        flaws = []
        for details in error.errors(include_url=False):
            flaw, option = _flaw(details), str(details["loc"][0]).replace("proxies", "proxy")
            flaws.append(Flaw("--" + option.replace("_", "-"), flaw.what, flaw.allowed))
        raise CourseError(flaws) from error


def _web_settings(table: WebTable) -> WebSettings:
    return WebSettings(
        table.url,
        table.prefix,
        tuple(table.trusted_proxies),
        table.tls_cert,
        table.tls_key,
        table.user_header,
    )


def _read_toml(path: Path) -> tuple[dict[str, Any] | None, list[Flaw]]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig")), []
    except FileNotFoundError:
        return None, [
            Flaw(str(path), "there is no such file", "run `autograder init DIR`, or go to a course")
        ]
    except OSError as error:
        return None, [Flaw(str(path), f"cannot be read ({error.strerror})", "make it a readable file")]
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return None, [Flaw(f"{_FILE}, line {line}", "is not text in UTF-8", "save the file as UTF-8")]
    except tomllib.TOMLDecodeError as error:
        what, _, place = str(error).partition(" (at ")
        where = f"{_FILE}, {place.rstrip(')')}" if place else _FILE
        if what.startswith(("Cannot overwrite", "Cannot declare")):
            return None, [Flaw(where, "says a second time what stands above already", "keep one of the two")]
        return None, [
            Flaw(where, what[:1].lower() + what[1:], "see https://toml.io for the way TOML is written")
        ]


def _zone_of(data: Mapping[str, Any]) -> tzinfo:
    """The course's zone, in which deadlines are read; a wrong one is told of elsewhere."""
    try:
        return ZoneInfo(values.zone(data.get("timezone")))
    except PydanticCustomError:
        return UTC


def _flaw(details: ErrorDetails) -> Flaw:
    """What pydantic found, in the words of the file's author."""
    keys = tuple(key for key in details["loc"] if key != "[key]")
    where = f"{_FILE}: {_dotted(keys)}"
    if details["type"] == "extra_forbidden":
        known = list(_table_at(keys[:-1]).model_fields)
        hint = values.meant(str(keys[-1]), known) or f"keys here are {', '.join(known)}"
        return Flaw(where, "there is no key of this name", hint.strip())
    if details["type"] == "refused":
        return Flaw(where, details["ctx"]["what"], details["ctx"]["allowed"])
    if details["type"] == "missing":
        return Flaw(where, "is missing", _allowed(keys))
    return Flaw(where, f"{values.said(details['input'])} is not allowed", _allowed(keys) or details["msg"])


def _dotted(keys: tuple[str | int, ...]) -> str:
    """The path of a key, as TOML writes it."""
    path = ""
    for key in keys:
        if isinstance(key, int):
            path += f"[{key}]"
        else:
            path += f".{key}" if _BARE_KEY.fullmatch(key) else f'."{key}"'
    return path.removeprefix(".")


def _table_at(keys: tuple[str | int, ...]) -> type[BaseModel]:
    named = 2 if keys[:2] == ("homework", "groups") else 1
    anonymous = tuple("*" if place == named else key for place, key in enumerate(keys))
    return _TABLES[anonymous if keys[:1] in (("assignments",), ("quizzes",), ("homework",)) else keys]


def _allowed(keys: tuple[str | int, ...]) -> str:
    """The description of the field at a path; nothing where the path does not end at a field."""
    try:
        return _table_at(keys[:-1]).model_fields[str(keys[-1])].description or ""
    except KeyError:
        return ""


def _names(data: Mapping[str, Any]) -> Iterator[Flaw]:
    """Names that stand for two things, and quizzes that would count twice."""
    assignments, quizzes = tables(data, "assignments"), tables(data, "quizzes")
    for name in quizzes:
        if name in assignments:
            what = "an assignment has this name too"
            yield Flaw(f"{_FILE}: {_dotted(('quizzes', name))}", what, "give one of them another name")
    homes: dict[str, str] = {}
    for home, table in assignments.items():
        answered = table.get("quizzes")
        for quiz in answered if isinstance(answered, list) else ():
            where = f"{_FILE}: {_dotted(('assignments', home, 'quizzes'))}"
            if not isinstance(quiz, str):
                continue
            if quiz in homes:
                what = f"{quiz} is answered in the notebook of {homes[quiz]} already"
                yield Flaw(where, what, "a quiz stands in one notebook, once")
            homes.setdefault(quiz, home)
            if quiz in quizzes:
                what = f"{quiz} is answered in the notebook of {home} and counts there"
                allowed = f"take away [quizzes.{quiz}] with its weight, or the quiz from this list"
                yield Flaw(f"{_FILE}: {_dotted(('quizzes', quiz))}", what, allowed)


def _limits(table: CourseTable, own: AssignmentTable) -> Limits:
    """The assignment's own limits over the course's over the usual ones."""
    return Limits(**table.limits.model_dump(exclude_unset=True) | own.limits.model_dump(exclude_unset=True))


def _times(table: CourseTable) -> Iterator[Flaw]:
    """Limits of a part that are larger than the limit of the whole, and work that is due before it opens."""
    for name, assignment in table.assignments.items():
        if assignment.opens and assignment.deadline and assignment.opens >= assignment.deadline:
            where = f"{_FILE}: {_dotted(('assignments', name, 'opens'))}"
            yield Flaw(where, "it is due before it opens", "make one earlier or the other later")
        limits = _limits(table, assignment)
        for part in ("seconds_per_cell", "seconds_per_question"):
            if getattr(limits, part) > limits.seconds:
                where = f"{_FILE}: {_dotted(('assignments', name, 'limits', part))}"
                what = f"{getattr(limits, part):g} is more than the {limits.seconds:g} of limits.seconds"
                yield Flaw(where, what, "make one smaller or the other larger")


def _find_needless_rules(table: CourseTable) -> Iterator[Flaw]:
    """What holds for adopted assignments alone, and quizzes that no notebook of another tool can ask."""
    for name, assignment in table.assignments.items():
        where = f"{_FILE}: {_dotted(('assignments', name))}"
        if assignment.adopted and assignment.quizzes:
            what = "an adopted assignment asks no quizzes"
            yield Flaw(f"{where}.quizzes", what, "give the quiz a table [quizzes.NAME]")
        for key in ("inside", "stderr"):
            if not assignment.adopted and getattr(assignment, key) is not None:
                what = "has a meaning for adopted assignments alone"
                yield Flaw(f"{where}.{key}", what, "take the key away")


def _settings(name: str, table: CourseTable, policy: Policy) -> AssignmentSettings:
    own = table.assignments[name]
    rules = own.inside or InsideRule.ASK, own.stderr or StderrRule.AS_NBGRADER
    return AssignmentSettings(
        name=name,
        title=own.title,
        weight=share_of_homework(policy, name),
        deadline=own.deadline,
        grace=own.grace,
        limits=_limits(table, own),
        disclosure=own.disclosure,
        preload=tuple(own.preload),
        quizzes=tuple(own.quizzes),
        counts=own.counts or Keep.LAST,
        reports=ReportRules(own.shows, own.attempts, own.pause),
        adopted=AdoptionSettings(own.adopted, *rules) if own.adopted else None,
        opens=own.opens,
    )
