"""From the tables of course.toml to the policy by which grades are worked out."""

from dataclasses import replace
from datetime import tzinfo
from fractions import Fraction
from zoneinfo import ZoneInfo

from autograder.course.settings import CourseTable, LateTable, WorkTable
from autograder.domain.attempts import Keep
from autograder.domain.policy import (
    Composition,
    LatePolicy,
    Policy,
    SecondSession,
    WorkGroup,
    WorkPolicy,
)
from autograder.domain.rounding import Rounding


def make_policy(table: CourseTable) -> Policy:
    """What course.toml says of grades; what it does not say counts as the usual."""
    grade, second, groups = table.grade, table.second_session, table.homework.groups
    composed = Composition(grade.homework, grade.exam)
    if second and second.homework is not None and second.exam is not None:  # one alone is refused
        composed = Composition(second.homework, second.exam)
    works = [_work(name, own, table, counts=Keep.LAST) for name, own in table.assignments.items()] + [
        _work(name, own, table, counts=Keep.BEST) for name, own in table.quizzes.items()
    ]
    return Policy(
        works=tuple(works),
        groups=tuple(WorkGroup(name, each.share, each.drop_lowest) for name, each in groups.items())
        or (WorkGroup(),),
        free_days=table.late.free_days,
        to_come=table.homework.to_come,
        composition=Composition(grade.homework, grade.exam),
        scale=grade.scale,
        rounding=Rounding(grade.step, grade.ties),
        unexcused=grade.unexcused,
        excused=grade.excused,
        never_down=grade.never_down,
        second=SecondSession(second.keeps, composed) if second else None,
    )


def _work(name: str, own: WorkTable, table: CourseTable, *, counts: Keep) -> WorkPolicy:
    zone: tzinfo = ZoneInfo(table.timezone)
    return WorkPolicy(
        name,
        own.title,
        # Equal weights where none are given, which is possible within groups alone.
        Fraction(1) if own.weight is None else own.weight,
        own.group,
        # In the course's zone, whose calendar days late days are, however the deadline is written.
        own.deadline and own.deadline.astimezone(zone),
        own.grace,
        _late(own.late, table),
        own.counts or counts,
        own.bonus,
    )


def _late(own: LateTable, table: CourseTable) -> LatePolicy:
    """What an assignment says of lateness over what the course says over the usual: it costs nothing."""
    usual = LatePolicy(free_days_most=table.late.free_days)
    said = {key: getattr(table.late, key) for key in table.late.model_fields_set - {"free_days"}}
    return replace(usual, **said | {key: getattr(own, key) for key in own.model_fields_set})


def share_of_homework(policy: Policy, name: str) -> Fraction:
    """Which part of the homework a work is, before anything is dropped or excused; a bonus is one on top."""
    work = next(each for each in policy.works if each.name == name)
    if work.bonus or (len(policy.groups) == 1 and not policy.groups[0].name):
        return work.weight
    group = next(each for each in policy.groups if each.name == work.group)
    mates = (each.weight for each in policy.works if each.group == work.group and not each.bonus)
    return group.share * work.weight / (sum(mates, Fraction(0)) or 1)
