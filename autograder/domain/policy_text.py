"""A course's policy in sentences for students."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from functools import reduce
from hashlib import sha256

from autograder.domain.attempts import Keep
from autograder.domain.language import Language, speaking
from autograder.domain.moments import describe_minute
from autograder.domain.phrases import count_phrase, phrase
from autograder.domain.policy import (
    LatePolicy,
    PenaltyOf,
    Policy,
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
    with speaking(Language.ENGLISH):
        said = describe_policy(policy)
    return phrase("policy.name", hash=sha256(said.encode()).hexdigest()[:6])


def percent(share: Fraction) -> str:
    """A share for people.

    >>> percent(Fraction(1, 8)), percent(Fraction(1, 3))
    ('12.5 %', '≈ 33.3333 %')
    """
    return phrase("percent", number=decimal(share * 100))


def _grade(policy: Policy) -> Iterator[str]:
    both, rounding = policy.composition, policy.rounding
    yield phrase("policy.grade")
    shares = {"homework": percent(both.homework), "exam": percent(both.exam)}
    yield "  " + phrase("policy.composition", scale=decimal(policy.scale), **shares)
    key = "policy.rounded.up" if rounding.ties is Ties.UP else "policy.rounded.even"
    yield "  " + phrase(key, step=decimal(rounding.step))
    if policy.never_down:
        yield "  " + phrase("policy.never_down")


def _homework(policy: Policy) -> Iterator[str]:
    yield phrase("policy.homework")
    for group in policy.groups:
        works = [each for each in policy.works if each.group == group.name and not each.bonus]
        yield f"  {_group(group)}"
        weights = {each.weight for each in works}
        for each in works:
            yield f"    {_work(each, weighed=len(weights) > 1)}"
    if policy.to_come:
        yield "    " + phrase("policy.to_come", weight=percent(policy.to_come))
    for each in policy.works:
        if each.bonus:
            work = _work(each, weighed=False)
            yield "  " + phrase("policy.bonus", weight=percent(each.weight), work=work)
    if policy.works:
        yield "  " + phrase("policy.not_handed_in")


def _group(group: WorkGroup) -> str:
    named = {"group": group.name, "share": percent(group.share)}
    mean = phrase("policy.group", **named) if group.name else phrase("policy.mean")
    if not group.drop_lowest:
        return phrase("policy.group.all", mean=mean)
    return count_phrase("policy.group.drop", group.drop_lowest, mean=mean)


def _work(work: WorkPolicy, *, weighed: bool) -> str:
    parts = [f"{work.title or work.name} ({work.name})"]
    if weighed:
        weight = percent(work.weight) if work.weight <= 1 else decimal(work.weight)
        parts.append(phrase("policy.weight", weight=weight))
    if work.deadline is not None:
        due = {"due": describe_minute(work.deadline), "grace": _span(work.grace)}
        parts.append(phrase("policy.due.grace" if work.grace else "policy.due", **due))
    parts.append(phrase("policy.best" if work.counts is Keep.BEST else "policy.last"))
    return phrase(
        "policy.work",
        parts=reduce(lambda first, second: phrase("tally.and", first=first, second=second), parts),
    )


def _lateness(policy: Policy) -> Iterator[str]:
    yield phrase("policy.late")
    rules: dict[str, list[str]] = {}
    for each in policy.works:
        rules.setdefault(_late(each.late), []).append(each.name)
    for rule, names in rules.items():
        of = {"works": ", ".join(names), "rule": rule}
        yield "  " + (rule if len(rules) == 1 else phrase("policy.late.of", **of))
    if not any(each.late.penalty or each.late.until is not None for each in policy.works):
        return
    yield "  " + phrase("policy.late.days")
    if policy.free_days:
        most = {each.late.free_days_most for each in policy.works}
        free = count_phrase("policy.free_days", policy.free_days)
        limit = min(max(most), policy.free_days) if most else 0
        key = "policy.free.limit" if most else "policy.free"
        yield "  " + phrase(key, free=free, most=limit)
        yield "  " + phrase("policy.free.spent")
    if any(each.counts is Keep.LAST for each in policy.works):
        yield "  " + phrase("policy.last.extension")


def _late(late: LatePolicy) -> str:
    """What lateness costs, in one sentence."""
    if late.until == 0:
        return phrase("policy.late.never")
    costs = phrase("policy.late.in_full")
    if late.penalty:
        key = "policy.late.points" if late.of is PenaltyOf.POINTS else "policy.late.earned"
        costs = phrase(key, penalty=percent(late.penalty))
    if late.until is None:
        return costs
    return phrase("policy.late.until", costs=costs, days=count_phrase("span.days", late.until))


def _exam(policy: Policy) -> Iterator[str]:
    if not policy.composition.exam and policy.second is None:
        return
    yield phrase("policy.exam")
    unexcused = phrase(f"policy.unexcused.{policy.unexcused.name.lower()}")
    excused = phrase(f"policy.excused.{policy.excused.name.lower()}")
    yield "  " + phrase("policy.absent", unexcused=unexcused, excused=excused)
    rule = policy.second_session
    shares = {"homework": percent(rule.composition.homework), "exam": percent(rule.composition.exam)}
    yield "  " + phrase("policy.second.best" if rule.keeps is Keep.BEST else "policy.second.last", **shares)


def _span(span: timedelta) -> str:
    minutes = span.total_seconds() / 60
    for unit, length in (("day", 1440), ("whole_hour", 60), ("whole_minute", 1)):
        if minutes >= length and minutes % length == 0:
            return count_phrase(f"span.{unit}s", int(minutes // length))
    return count_phrase("span.whole_seconds", int(span.total_seconds()))
