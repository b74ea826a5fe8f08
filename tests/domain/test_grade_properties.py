"""What holds of every grade, whatever the policy and whatever happened."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.domain.attempts import Keep
from autograder.domain.events import (
    Absence,
    BadQuestion,
    ExamCode,
    ExamMark,
    Extension,
    Happening,
    MarkedFile,
    Override,
    OverrideKind,
    QuestionMark,
    Remedy,
    Revocation,
)
from autograder.domain.grade import Grade, grade_of
from autograder.domain.policy import (
    Composition,
    LatePolicy,
    PenaltyOf,
    Policy,
    SecondSession,
    WhenExcused,
    WhenUnexcused,
    WorkGroup,
    WorkPolicy,
)
from autograder.domain.rounding import Rounding, Ties
from autograder.publishing.publication import compare, snapshot

ZONE = ZoneInfo("Europe/Paris")
START = datetime(2027, 3, 20, 12, tzinfo=ZONE)
"""A week before clocks change."""
END = START + timedelta(days=300)
NAMES = ("a", "b", "c", "d")

shares = st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(7, 10), Fraction(1)])
hours = st.integers(-40, 160)
late_policies = st.builds(
    LatePolicy,
    st.sampled_from([Fraction(0), Fraction(1, 10), Fraction(1, 4), Fraction(1)]),
    st.sampled_from(PenaltyOf),
    st.sampled_from([None, 0, 1, 3]),
    st.integers(0, 2),
)
parts = st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(7, 10), Fraction(1)])
compositions = parts.map(lambda exam: Composition(1 - exam, exam))


@st.composite
def policies(draw: Any) -> Policy:
    """Up to four works in one or two groups, one of them perhaps a bonus."""
    split = draw(st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 3)]))
    groups = [WorkGroup("one", split, draw(st.integers(0, 2)))]
    if split < 1:
        groups.append(WorkGroup("two", 1 - split, draw(st.integers(0, 1))))
    works = tuple(
        WorkPolicy(
            name,
            weight=draw(st.sampled_from([Fraction(1), Fraction(4), Fraction(1, 3), Fraction(0)])),
            group=draw(st.sampled_from(groups)).name,
            deadline=START + timedelta(days=draw(st.integers(0, 9))) if draw(st.integers(0, 9)) else None,
            grace=timedelta(minutes=draw(st.sampled_from([0, 15]))),
            late=draw(late_policies),
            counts=draw(st.sampled_from(Keep)),
            bonus=draw(st.integers(0, 9)) == 0,
        )
        for name in NAMES[: draw(st.integers(1, 4))]
    )
    return Policy(
        works,
        tuple(groups),
        free_days=draw(st.integers(0, 3)),
        composition=draw(compositions),
        rounding=draw(
            st.builds(Rounding, st.sampled_from([Fraction(1, 100), Fraction(1, 4)]), st.sampled_from(Ties))
        ),
        unexcused=draw(st.sampled_from(WhenUnexcused)),
        excused=draw(st.sampled_from(WhenExcused)),
        second=draw(st.none() | st.builds(SecondSession, st.sampled_from(Keep), compositions)),
    )


@st.composite
def files(draw: Any, work: WorkPolicy, number: int) -> MarkedFile:
    """A file of two questions, each of which may await a mark; now and then the bytes of an earlier one."""
    marks = draw(st.lists(st.none() | shares, min_size=2, max_size=2))
    points = (Fraction(3), Fraction(2))
    questions = tuple(
        QuestionMark(name, of, None if mark is None else mark * of, draw(st.booleans()))
        for name, of, mark in zip("xy", points, marks, strict=True)
    )
    received = (work.deadline or START) + timedelta(hours=draw(hours))
    judged = questions if draw(st.integers(0, 9)) else None
    return MarkedFile(
        work.name, number, received, judged, f"{work.name}{number}", bool(draw(st.integers(0, 9)))
    )


@st.composite
def decisions(draw: Any, policy: Policy) -> list[Happening]:
    """Extensions, absences, decisions and exam marks, numbered from 1."""
    names = st.sampled_from([work.name for work in policy.works])
    kinds = st.sampled_from(OverrideKind)
    until = hours.map(lambda number: START + timedelta(hours=3 * number))
    some = st.one_of(
        st.builds(Extension, st.just(0), names, until),
        st.builds(Absence, st.just(0), names, st.booleans()),
        st.builds(Override, st.just(0), names, kinds, shares, st.sampled_from(["", "x"])),
        st.builds(BadQuestion, st.just(0), names, st.sampled_from("xy"), st.sampled_from(Remedy)),
        st.builds(Absence, st.just(0), st.none(), st.booleans()),
        st.builds(Override, st.just(0), st.none(), kinds, shares),
        st.builds(ExamMark, st.just(0), shares | st.sampled_from(ExamCode), st.sampled_from([1, 1, 2])),
        st.builds(ExamMark, st.just(0), shares),
        st.builds(Revocation, st.just(0), st.integers(1, 6)),
    )
    drawn = draw(st.lists(some, max_size=6))
    return [replace(each, id=number) for number, each in enumerate(drawn, start=1)]


@st.composite
def histories(draw: Any, policy: Policy) -> list[Happening]:
    """What happened to one student."""
    handed = [
        draw(files(work, number)) for work in policy.works for number in range(1, draw(st.integers(0, 3)) + 1)
    ]
    return [*handed, *draw(decisions(policy))]


moments = st.integers(-100, 400).map(lambda number: START + timedelta(hours=number))


def everyday(body: Callable[[Any], None]) -> Callable[..., None]:
    """A property, tried on 15 draws every day and on 10 000 where there is time."""

    def small(data: Any) -> None:
        body(data)

    tried = settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
    small.__doc__ = body.__doc__
    SOAKED[body.__name__] = body
    return tried(given(st.data())(small))


SOAKED: dict[str, Callable[[Any], None]] = {}


def rises(before: Grade, after: Grade) -> None:
    """No bound is lower than it was; a grade without a number stays one."""
    assert (before.low is None) == (after.low is None)
    assert (
        before.low is None
        or before.high is None
        or after.low is None
        or after.high is None
        or (before.low <= after.low and before.high <= after.high)
    )
    assert before.final is None or after.final is None or before.final <= after.final


@everyday
def test_a_better_mark_never_lowers_a_grade(data: Any) -> None:
    """Of any question of any file, whichever counts, and of the exam."""
    policy = data.draw(policies())
    happenings = data.draw(histories(policy))
    now = data.draw(moments)
    places = [
        (place, column)
        for place, each in enumerate(happenings)
        for column, question in enumerate(each.questions or () if isinstance(each, MarkedFile) else ())
        if question.earned is not None
    ]
    sat = [p for p, e in enumerate(happenings) if isinstance(e, ExamMark) and isinstance(e.mark, Fraction)]
    raised = list(happenings)
    if places:
        place, column = data.draw(st.sampled_from(places))
        file = happenings[place]
        assert isinstance(file, MarkedFile) and file.questions
        question = file.questions[column]
        assert question.earned is not None
        more = question.earned + data.draw(shares) * (question.points - question.earned)
        questions = tuple(replace(q, earned=more) if q is question else q for q in file.questions)
        raised[place] = replace(file, questions=questions)
    if sat:
        place = data.draw(st.sampled_from(sat))
        line = happenings[place]
        assert isinstance(line, ExamMark) and isinstance(line.mark, Fraction)
        raised[place] = replace(line, mark=line.mark + data.draw(shares) * (1 - line.mark))
    rises(grade_of(policy, happenings, now), grade_of(policy, raised, now))


@everyday
def test_an_extension_never_lowers_a_grade(data: Any) -> None:
    policy = data.draw(policies())
    happenings = data.draw(histories(policy))
    work = data.draw(st.sampled_from(policy.works))
    until = START + timedelta(hours=data.draw(st.integers(-50, 500)))
    more = [*happenings, Extension(99, work.name, until)]
    now = data.draw(moments)
    rises(grade_of(policy, happenings, now), grade_of(policy, more, now))


@everyday
def test_a_free_day_never_lowers_a_grade(data: Any) -> None:
    """In the course, or for one piece of work."""
    policy = data.draw(policies())
    happenings = data.draw(histories(policy))
    now = data.draw(moments)
    before = grade_of(policy, happenings, now)
    more = replace(policy, free_days=policy.free_days + 1)
    rises(before, grade_of(more, happenings, now))
    works = tuple(
        replace(work, late=replace(work.late, free_days_most=work.late.free_days_most + 1))
        for work in policy.works
    )
    rises(before, grade_of(replace(policy, works=works), happenings, now))


@everyday
def test_the_order_of_rows_means_nothing(data: Any) -> None:
    policy = data.draw(policies())
    happenings = data.draw(histories(policy))
    now = data.draw(moments)
    shuffled = data.draw(st.permutations(happenings))
    assert grade_of(policy, happenings, now) == grade_of(policy, shuffled, now)


@everyday
def test_what_is_taken_back_has_never_been(data: Any) -> None:
    policy = data.draw(policies())
    happenings = data.draw(histories(policy))
    now = data.draw(moments)
    event = data.draw(decisions(policy).filter(bool))[0]
    more = [*happenings, replace(event, id=50), Revocation(51, 50)]
    assert grade_of(policy, happenings, now) == grade_of(policy, more, now)


@everyday
def test_a_grade_lies_between_0_and_the_scale(data: Any) -> None:
    """So does what it is made of, and no more free days are spent than there are."""
    policy = data.draw(policies())
    grade = grade_of(policy, data.draw(histories(policy)), data.draw(moments))
    if grade.low is not None and grade.high is not None:
        assert 0 <= grade.low <= grade.high <= policy.scale
    assert grade.so_far is None or 0 <= grade.so_far <= policy.scale
    assert 0 <= grade.homework_range[0] <= grade.homework_range[1] <= 1
    for each in grade.works:
        assert 0 <= each.low <= each.high <= 1
        assert each.free_days <= min(each.standing.work.late.free_days_most, each.late_days)
    assert sum(each.free_days for each in grade.works) <= policy.free_days


@everyday
def test_the_range_encloses_every_completion(data: Any) -> None:
    """Whatever is marked, handed in while it is awaited, sat, and decided of what was withheld."""
    policy = data.draw(policies())
    now = data.draw(moments)
    happenings = [
        each
        for each in data.draw(histories(policy))
        if not isinstance(each, MarkedFile) or each.received <= now
    ]
    before = grade_of(policy, happenings, now)
    completed = [data.draw(marked(each)) if isinstance(each, MarkedFile) else each for each in happenings]
    for each in before.works:
        if each.standing.open and data.draw(st.booleans()):
            completed.append(data.draw(handed_later(each.standing.work, each.standing.due, now, happenings)))
    for session, sitting in enumerate(before.exam, start=1):
        known = sitting is not None and not (session == 1 and sitting.waits and sitting.code is None)
        if session == 1 and not known:
            completed.append(ExamMark(70, data.draw(shares)))
        # Whoever is excused from an exam that is no part of the grade waits for no second session.
        excused = policy.composition.exam and before.exam[0] is not None and before.exam[0].waits
        if session == 2 and excused and sitting is None:
            completed.append(ExamMark(71, data.draw(shares), 2))
    for number, each in enumerate(happenings):
        if isinstance(each, Override) and each.kind is OverrideKind.WITHHELD and data.draw(st.booleans()):
            completed.append(Revocation(80 + number, each.id))
    after = grade_of(policy, completed, END)
    if None in (before.low, after.low):
        return
    assert before.low <= after.low and after.high <= before.high  # type: ignore[operator]


@st.composite
def marked(draw: Any, file: MarkedFile) -> MarkedFile:
    """The file with every mark that was awaited."""
    questions = file.questions or (QuestionMark("x", Fraction(3), None), QuestionMark("y", Fraction(2), None))
    return replace(
        file,
        questions=tuple(
            replace(question, earned=draw(shares) * question.points) if question.earned is None else question
            for question in questions
        ),
    )


@st.composite
def handed_later(
    draw: Any, work: WorkPolicy, due: datetime | None, now: datetime, happenings: list[Happening]
) -> MarkedFile:
    """A further file while one is awaited: another, or one that was handed in before."""
    earlier = [each for each in happenings if isinstance(each, MarkedFile) and each.work == work.name]
    received = now + timedelta(hours=draw(st.integers(0, 100)))
    if due is not None and work.late.until is None:
        received = max(now, min(received, due + work.grace))
    if earlier and draw(st.booleans()):
        again = draw(st.sampled_from(earlier))
        if again.questions and all(question.earned is not None for question in again.questions):
            return replace(again, number=9, received=received, time_known=True)
    return draw(marked(MarkedFile(work.name, 9, received, None, "new")))  # type: ignore[no-any-return]


@everyday
def test_what_was_published_is_worked_out_again_by_its_own_policy(data: Any) -> None:
    """From the same rows in any order, with what was taken back since."""
    policy = data.draw(policies())
    happenings = data.draw(histories(policy))
    now = data.draw(moments)
    event = data.draw(decisions(policy).filter(bool))[0]
    later = [*data.draw(st.permutations(happenings)), replace(event, id=50), Revocation(51, 50)]
    before, after = ({"ada": grade_of(policy, each, now)} for each in (happenings, later))
    for work in (*(each.name for each in policy.works), None):
        published = json.loads(json.dumps(snapshot(before, policy, work)))
        assert compare(published, snapshot(after, policy, work)) == ()


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(SOAKED))
def test_it_holds_over_ten_thousand_policies_and_histories(name: str) -> None:
    """The properties above, each on 10 000 draws."""
    tried = settings(
        deadline=None, max_examples=10_000, suppress_health_check=list(HealthCheck), database=None
    )
    tried(given(st.data())(SOAKED[name]))()
