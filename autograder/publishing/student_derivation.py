"""How a grade comes about, as its student may read it: by what is published so far."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

from autograder.domain.derivation import Derivation, DerivedLine, derive, describe_heading, moment_of
from autograder.domain.events import Absence, BadQuestion, ExamMark, Happening, MarkedFile, Override
from autograder.domain.grade import Grade, grade_of
from autograder.domain.language import localize_number
from autograder.domain.moments import describe_moment
from autograder.domain.phrases import phrase
from autograder.domain.policy import Policy
from autograder.domain.policy_text import name_policy
from autograder.gradebook.store import Gradebook
from autograder.publishing.class_history import ClassHistory
from autograder.publishing.publication import compare, find_last_publication, snapshot


def derive_for_students(
    history: ClassHistory,
    policy: Policy,
    now: datetime,
    gradebook: Gradebook,
    *,
    own: str,
    title: str,
    zone: tzinfo,
) -> Callable[[str], Derivation | None]:
    """What derives the grade of each student as they may read it; None for whoever is not of the class.

    The marks of `own` are told as they stand. What other works earned, the exam and decisions on the final
    grade are told once they are published and as long as they are what was published: else a report of one
    homework would give away another's marks. Times of receipt and extensions are told in any case.

    Args:
        history: of the class.
        policy: by which grades are worked out.
        now: the moment.
        gradebook: tells what was published.
        own: the work in whose report the derivation stands.
        title: of the course.
        zone: in which times are told.
    """
    happenings, people = history.happenings(), {each.id: each for each in history.students}
    last = {
        work: find_last_publication(history.events, work) for work in (*(e.name for e in policy.works), None)
    }
    published = {work: gradebook.events.published(each.number) for work, each in last.items() if each}
    named = name_policy(policy)

    def derive_for(student: str) -> Derivation | None:
        if student not in happenings:
            return None
        every = happenings[student]
        hidden: set[str | None] = set(last)
        if published:  # else no grade need be worked out to know that nothing is as it was published
            hidden = _find_hidden(student, grade_of(policy, every, now), policy, published)
        hidden.discard(own)
        when, event = moment_of(now, zone), last[None]
        if None not in hidden and event:
            hidden, when = set(), phrase("grade.published_at", moment=describe_moment(event.at, zone))
        visible = [shown for each in every if (shown := _as_published(each, hidden)) is not None]
        grade = grade_of(policy, visible, now)
        heading = (*describe_heading(people[student].name, student, title, grade, when), named)
        told = derive(policy, visible, grade, heading=heading, zone=zone, unpublished=hidden)
        before = published.get(None, {}).get(student)
        if None in hidden and before and event:
            mark = localize_number(str(before.get("shown", "")))
            line = DerivedLine(0, phrase("grade.published"), describe_moment(event.at, zone), "", mark)
            told = replace(told, lines=(*told.lines, line))
        return told

    return derive_for


def _find_hidden(
    student: str, grade: Grade, policy: Policy, published: Mapping[str | None, Mapping[str, Any]]
) -> set[str | None]:
    """The works that are not as they were published; None among them: nor is the final grade."""
    hidden: set[str | None] = set()
    for work in (*(each.name for each in policy.works), None):
        before = {student: told} if (told := published.get(work, {}).get(student)) else {}
        if not before or compare(before, snapshot({student: grade}, policy, work)):
            hidden.add(work)
    return hidden


def _as_published(happening: Happening, hidden: set[str | None]) -> Happening | None:
    """What a student may know of it, or None."""
    match happening:
        case MarkedFile(work=work) if work in hidden:
            return replace(happening, questions=None)
        case Override(work=work) | Absence(work=work) | BadQuestion(work=work) if work in hidden:
            return None
        case ExamMark() if None in hidden:
            return None
    return happening
