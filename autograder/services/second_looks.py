"""A second look at a question: a student asks, an assistant proposes, an instructor decides.

A mark that was asked about is never lowered by the answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from autograder.course.graded import GradedClass
from autograder.course.opened import OpenCourse
from autograder.domain.course_events import Whom
from autograder.domain.events import History, OverrideKind, Remedy
from autograder.domain.file_mark import mark_file
from autograder.domain.grade import grade_of
from autograder.domain.phrases import phrase
from autograder.domain.second_looks import (
    LookEntry,
    LookOutcome,
    LookStep,
    SecondLook,
    find_answered,
    find_mistake,
    find_why_not,
)
from autograder.errors import CourseError, Flaw, LookRefusedError, OvertakenError
from autograder.gradebook.store import Gradebook
from autograder.services.decisions import (
    PreviewedProposal,
    Proposal,
    WantedDecision,
    preview_proposal,
    propose_override,
    propose_remedy,
)
from autograder.services.own_work import OwnCourse, OwnWork

REMEDIES = (Remedy.LEFT_OUT, Remedy.FULL, Remedy.FULL_IF_ATTEMPTED)


@dataclass(frozen=True, slots=True)
class AskedLook:
    """What a student asks, or asks again."""

    question: str
    text: str
    ran: str = ""


def find_why_not_ask(
    course: OpenCourse, gradebook: Gradebook, own: OwnCourse, work: OwnWork, number: int, question: str
) -> str:
    """Why a student may not ask for a second look at a question of a file; empty where they may."""
    entry = _enter(gradebook, own, work, number, AskedLook(question, ""), own.graded.now)
    looks = gradebook.second_looks.all(student=own.student.id)
    return find_why_not(entry, looks, course.course.looks, published=work.published_at)


def ask(
    course: OpenCourse,
    gradebook: Gradebook,
    own: OwnCourse,
    work: OwnWork,
    number: int,
    asked: AskedLook,
    *,
    now: datetime,
) -> LookEntry:
    """Record that a student asks for a second look at a question of a file, or asks again.

    Args:
        course: whose rule holds.
        gradebook: its store.
        own: what the course knows of the student.
        work: what is asked about.
        number: of the file, among the student's own.
        asked: what they say.
        now: the moment.

    Raises:
        LookRefusedError: it may not be asked, with the reason, or the text is none.
    """
    mistake = find_mistake(asked.text) or ("" if len(asked.ran) <= 2000 else "What you ran is too long.")
    if mistake:
        raise LookRefusedError(mistake)
    entry = _enter(gradebook, own, work, number, asked, now)

    def require(looks: Sequence[SecondLook]) -> None:
        why = find_why_not(entry, looks, course.course.looks, published=work.published_at)
        if why:
            raise LookRefusedError(why)

    return gradebook.second_looks.ask(entry, require)


def _enter(
    gradebook: Gradebook, own: OwnCourse, work: OwnWork, number: int, asked: AskedLook, now: datetime
) -> LookEntry:
    """What would be recorded; of a question that was answered it is asking again."""
    file = work.file(number)
    if file is None:
        raise LookRefusedError(phrase("look.no_file"))
    looks = gradebook.second_looks.all(student=own.student.id)
    before = find_answered(work.name, asked.question, looks, published=work.published_at)
    return LookEntry(
        0,
        before.number if before else 0,
        LookStep.REOPENED if before else LookStep.ASKED,
        own.student.id,
        work.name,
        file.id,
        asked.question,
        asked.text.strip(),
        now,
        ran=asked.ran.strip(),
    )


@dataclass(frozen=True, slots=True)
class LookAnswer:
    """What somebody of the staff answers."""

    outcome: LookOutcome
    reply: str
    """What the student reads."""
    given: str = ""
    """The mark as `A/B`, or what becomes of the question, by the outcome."""
    why_for_all: str = ""
    """What everybody reads where something is done about the question."""
    together: bool = False
    """Whether the mark is for all of the student's team."""


def preview_answer(
    course: OpenCourse,
    gradebook: Gradebook,
    look: SecondLook,
    answer: LookAnswer,
    *,
    by: str,
    now: datetime,
) -> PreviewedProposal:
    """What an answer would change, for whom.

    Raises:
        CourseError: there is no such mark, it would lower one, or the reply says too little.
    """
    require_reply(answer.reply)
    target = f"{look.asked.work}/{look.asked.question}"

    def propose(graded: GradedClass, _gradebook: Gradebook) -> Proposal:
        if answer.outcome is LookOutcome.CHANGED:
            wanted = WantedDecision(target, OverrideKind.MARK, answer.given, answer.reply)
            whom = Whom(look.asked.student)
            return propose_override(course, graded, wanted, whom, together=answer.together)
        if answer.outcome is LookOutcome.QUESTION_WRONG:
            if answer.given not in tuple(REMEDIES):
                raise CourseError(
                    [Flaw("the question", f"{answer.given!r}", f"one of {', '.join(REMEDIES)}")]
                )
            if not answer.why_for_all.strip():
                what, how = "is missing", "everybody reads it: say what is wrong with the question"
                raise CourseError([Flaw("the reason for all", what, how)])
            remedy = Remedy(answer.given)
            return propose_remedy(course, graded, target=target, remedy=remedy, why=answer.why_for_all)
        return Proposal([])

    shown = preview_proposal(course, gradebook, propose, by=by, note=f"request {look.number}", now=now)
    students = {look.asked.student, *(event.whom.student for event in shown.events if event.whom.student)}
    lowered = any(_lowers(shown, student, look.asked.work) for student in students)
    if lowered or any(change.down for change in shown.changes):
        what = "would lower a mark, and a mark that was asked about is never lowered by the answer"
        raise CourseError([Flaw(answer.given or answer.outcome.value, what, "keep it, or give more")])
    return shown


def _lowers(shown: PreviewedProposal, student: str, work: str) -> bool:
    """Whether the file of a student that counts would be worth less.

    While another file can come, what the work can still become does not tell it.
    """
    graded = shown.graded
    before, after = (
        history.happenings()[student]
        for history in (graded.history, graded.history.followed_by(shown.events))
    )
    grade = grade_of(graded.policy, before, graded.now)
    file = next((each.file for each in grade.works if each.name == work), None)
    if file is None:
        return False
    return mark_file(file, History.of(after)).low < mark_file(file, History.of(before)).low


def require_reply(reply: str) -> None:
    """Raise CourseError where a reply says too little, or too much."""
    mistake = find_mistake(reply)
    if mistake:
        raise CourseError([Flaw("the reply", mistake)])


def record_answer(
    gradebook: Gradebook,
    look: SecondLook,
    answer: LookAnswer,
    shown: PreviewedProposal,
    *,
    by: str,
    seen: int,
    state: str | None = None,
) -> LookEntry:
    """Answer a request, with what was shown of it.

    Args:
        gradebook: the store.
        look: the request.
        answer: what is answered.
        shown: what it changes at this moment.
        by: who decides.
        seen: the number of the last entry of the request that they knew.
        state: that of what was confirmed.

    Raises:
        OvertakenError: somebody answered it or recorded something else meanwhile.
    """
    if state is not None and state != shown.state:
        raise OvertakenError
    entry = _answering(look, answer, LookStep.ANSWERED, by=by, now=shown.graded.now)
    after = shown.after if shown.events else None
    return gradebook.second_looks.answer(entry, seen=seen, events=shown.events, after=after)


def propose_answer(
    gradebook: Gradebook, look: SecondLook, answer: LookAnswer, *, by: str, seen: int, now: datetime
) -> LookEntry:
    """Propose an answer, for whoever may decide.

    Raises:
        CourseError: the reply says too little.
        OvertakenError: somebody answered meanwhile.
    """
    require_reply(answer.reply)
    entry = _answering(look, answer, LookStep.PROPOSED, by=by, now=now)
    return gradebook.second_looks.answer(entry, seen=seen)


def _answering(look: SecondLook, answer: LookAnswer, step: LookStep, *, by: str, now: datetime) -> LookEntry:
    asked = look.asked
    return LookEntry(
        0,
        look.number,
        step,
        asked.student,
        asked.work,
        asked.submission,
        asked.question,
        answer.reply.strip(),
        now,
        by=by,
        outcome=answer.outcome,
        given=answer.given,
    )
