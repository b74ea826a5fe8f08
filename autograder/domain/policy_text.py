"""A course's policy in sentences for students."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from hashlib import sha256

from autograder.domain.attempts import Keep
from autograder.domain.policy import (
    LatePolicy,
    PenaltyOf,
    Policy,
    WhenExcused,
    WhenUnexcused,
    WorkGroup,
    WorkPolicy,
)
from autograder.domain.rounding import Ties, decimal


def describe_policy(policy: Policy) -> str:
    """How the final grade is worked out, as a text of several lines."""
    lines = [*_grade(policy), "", *_homework(policy), "", *_lateness(policy), "", *_exam(policy)]
    return "\n".join(lines)


def name_policy(policy: Policy) -> str:
    """A short name that two policies share if their sentences are the same."""
    return f"policy {sha256(describe_policy(policy).encode()).hexdigest()[:6]}"


def percent(share: Fraction) -> str:
    """A share for people.

    >>> percent(Fraction(1, 8)), percent(Fraction(1, 3))
    ('12.5 %', '≈ 33.3333 %')
    """
    return f"{decimal(share * 100)} %"


def _grade(policy: Policy) -> Iterator[str]:
    both, rounding = policy.composition, policy.rounding
    yield "Final grade"
    yield f"  Out of {decimal(policy.scale)}: {percent(both.homework)} homework, {percent(both.exam)} exam."
    ties = "up" if rounding.ties is Ties.UP else "to the even one of both"
    step = decimal(rounding.step)
    yield f"  It is rounded once, at the end, to a multiple of {step}; halfway between two it goes {ties}."
    if policy.never_down:
        yield "  When work is graded again, no mark goes down that was published."


def _homework(policy: Policy) -> Iterator[str]:
    yield "Homework"
    for group in policy.groups:
        works = [each for each in policy.works if each.group == group.name and not each.bonus]
        yield f"  {_group(group)}"
        weights = {each.weight for each in works}
        for each in works:
            yield f"    {_work(each, weighed=len(weights) > 1)}"
    if policy.to_come:
        yield f"    Work that is not written yet: weight {percent(policy.to_come)}."
    for each in policy.works:
        if each.bonus:
            most = f"a bonus of up to {percent(each.weight)} of the homework"
            yield f"  On top, {most}: {_work(each, weighed=False)}"
    if policy.works:
        yield "  What is not handed in counts as 0. Excused work is left out."


def _group(group: WorkGroup) -> str:
    mean = f"{group.name}, {percent(group.share)} of the homework: the mean" if group.name else "The mean"
    if not group.drop_lowest:
        return f"{mean} of"
    what = "the one" if group.drop_lowest == 1 else f"the {group.drop_lowest}"
    return f"{mean}, without {what} whose absence helps you most, of"


def _work(work: WorkPolicy, *, weighed: bool) -> str:
    parts = [f"{work.title or work.name} ({work.name})"]
    if weighed:
        parts.append(f"weight {percent(work.weight) if work.weight <= 1 else decimal(work.weight)}")
    if work.deadline is not None:
        grace = f" and {_span(work.grace)} of grace" if work.grace else ""
        parts.append(f"due {_moment(work.deadline)}{grace}")
    parts.append("your best file counts" if work.counts is Keep.BEST else "your last file counts")
    return f"{'; '.join(parts)}."


def _lateness(policy: Policy) -> Iterator[str]:
    yield "Late work"
    rules: dict[str, list[str]] = {}
    for each in policy.works:
        rules.setdefault(_late(each.late), []).append(each.name)
    for rule, names in rules.items():
        yield f"  {'' if len(rules) == 1 else ', '.join(names) + ': '}{rule}"
    if not any(each.late.penalty or each.late.until is not None for each in policy.works):
        return
    yield "  Days are calendar days: what comes by the hour of the deadline on the next day is one day late."
    if policy.free_days:
        most = {each.late.free_days_most for each in policy.works}
        limit = f", at most {min(max(most), policy.free_days)} for one piece of work" if most else ""
        yield f"  You have {_count(policy.free_days, 'free day')} for the whole course{limit}."
        yield "  A free day takes the cost of a late day away. They are spent where they help you most."
    if any(each.counts is Keep.LAST for each in policy.works):
        yield "  Where the last file counts: one that counts only by an extension does so if it is better."


def _late(late: LatePolicy) -> str:
    """What lateness costs, in one sentence."""
    if late.until == 0:
        return "Late work does not count."
    costs = "Late work counts in full."
    if late.penalty:
        of = "the points" if late.of is PenaltyOf.POINTS else "what it earned"
        costs = f"Each late day costs {percent(late.penalty)} of {of}."
    if late.until is None:
        return costs
    return f"{costs} What is more than {_count(late.until, 'day')} late is kept and does not count."


def _exam(policy: Policy) -> Iterator[str]:
    if not policy.composition.exam and policy.second is None:
        return
    unexcused = {
        WhenUnexcused.ZERO: "the exam counts as 0 (ABI)",
        WhenUnexcused.NO_GRADE: "there is no grade (DEF)",
    }[policy.unexcused]
    excused = {
        WhenExcused.WAITS: "the grade waits for the second session (ABJ)",
        WhenExcused.HOMEWORK_ALONE: "the homework alone is the grade (ABJ)",
    }[policy.excused]
    yield "Exam"
    yield f"  Absent without an excuse: {unexcused}. With an excuse: {excused}."
    rule = policy.second_session
    both = rule.composition
    keeps = "the better of both grades stands" if rule.keeps is Keep.BEST else "its grade stands"
    yield (
        f"  A second session counts {percent(both.homework)} homework and {percent(both.exam)} exam; {keeps}."
    )


def _moment(moment: datetime) -> str:
    """A moment by the clock of its own zone, in English whatever the machine speaks."""
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    return f"{day} {moment.day} {month} {moment.year}, {moment:%H:%M}"


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _span(span: timedelta) -> str:
    minutes = span.total_seconds() / 60
    for unit, length in (("day", 1440), ("hour", 60), ("minute", 1)):
        if minutes >= length and minutes % length == 0:
            return _count(int(minutes // length), unit)
    return _count(int(span.total_seconds()), "second")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
