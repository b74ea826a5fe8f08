"""A course whose grades were worked out by hand, and what may happen in it."""

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from autograder.domain.attempts import Keep
from autograder.domain.events import ExamMark, Happening, MarkedFile, QuestionMark
from autograder.domain.grade import Grade, WorkGrade, grade_of
from autograder.domain.policy import LatePolicy, Policy, WorkGroup, WorkPolicy

PARIS = ZoneInfo("Europe/Paris")
DEADLINES = {
    "gradients": datetime(2026, 12, 13, 23, 59, tzinfo=PARIS),
    "convexity": datetime(2027, 1, 10, 23, 59, tzinfo=PARIS),
    "descent": datetime(2027, 1, 24, 23, 59, tzinfo=PARIS),
    "training": datetime(2027, 2, 7, 23, 59, tzinfo=PARIS),
    "final": datetime(2027, 3, 14, 23, 59, tzinfo=PARIS),
}
SHORT = ("gradients", "convexity", "descent", "training")
MARKS = {"gradients": "8/10", "convexity": "7/10", "descent": "9/10", "training": "6/10", "final": "15/20"}
LATE = LatePolicy(Fraction(1, 10), until=3)
AFTER = datetime(2027, 6, 1, tzinfo=PARIS)
"""When everything is over."""


def work(name: str, **changes: object) -> WorkPolicy:
    """One of the five homeworks."""
    usual = WorkPolicy(
        name,
        group="short" if name in SHORT else "final",
        deadline=DEADLINES[name],
        grace=timedelta(minutes=15),
        late=LATE,
        counts=Keep.BEST,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def policy(*, drop: int = 0, late: LatePolicy = LATE, free_days: int = 0, **changes: object) -> Policy:
    """Half exam, half homework; four short works and a final one, half of the homework each."""
    half = Fraction(1, 2)
    late = replace(late, free_days_most=late.free_days_most or free_days)
    usual = Policy(
        works=tuple(work(name, late=late) for name in DEADLINES),
        groups=(WorkGroup("short", half, drop), WorkGroup("final", half)),
        free_days=free_days,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def changed(policy: Policy, name: str, **changes: object) -> Policy:
    """The policy with one of its works changed."""
    works = (replace(w, **changes) if w.name == name else w for w in policy.works)  # type: ignore[arg-type]
    return replace(policy, works=tuple(works))


def mark(text: str) -> Fraction:
    """A share, from '8/10' or '8.5/10'."""
    earned, _, of = text.partition("/")
    return Fraction(earned) / Fraction(of)


def file(
    name: str,
    text: str,
    *,
    number: int = 1,
    late: timedelta = -timedelta(hours=1),
    blob: str = "",
    awaiting: int = 0,
    **changes: object,
) -> MarkedFile:
    """A file with so many points, received that long after the deadline; some points may await a mark."""
    earned, of = (Fraction(each) for each in text.split("/"))
    questions = [QuestionMark("judged", of - awaiting, earned)]
    if awaiting:
        questions.append(QuestionMark("written", Fraction(awaiting), None))
    received = DEADLINES[name] + late
    made = MarkedFile(name, number, received, tuple(questions), blob or f"{name} {number}")
    return replace(made, **changes)  # type: ignore[arg-type]


def days(number: int) -> timedelta:
    """Received so many days late."""
    return timedelta(days=number) - timedelta(hours=1)


def exam(text: str = "13/20", *, session: int = 1, id: int = 900) -> ExamMark:
    """A line of the list of exam marks."""
    return ExamMark(id, mark(text), session)


def base(*without: str, sat: bool = True) -> list[Happening]:
    """All works handed in in time and the exam sat, without some of them."""
    files: list[Happening] = [file(name, text) for name, text in MARKS.items() if name not in without]
    return [*files, exam()] if sat else files


def one(grade: Grade, name: str) -> WorkGrade:
    """One piece of work of a grade."""
    return next(each for each in grade.works if each.name == name)


def mark_of(name: str, *happenings: Happening, by: Policy | None = None) -> Fraction | None:
    """What one piece of work is worth in the end."""
    return one(grade_of(by or policy(), happenings, AFTER), name).mark
