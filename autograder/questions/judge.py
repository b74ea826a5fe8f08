"""Judging one question: ask, weigh, recognise, explain. No mark is inferred from silence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from autograder.domain.answer import Ending
from autograder.domain.report import GroupStanding, Outcome, Verdict
from autograder.errors import JudgingError
from autograder.questions.cases import Group, shares
from autograder.questions.diagnose import Diagnosis, diagnose
from autograder.questions.exhibits import Exhibit, examine, failing
from autograder.questions.forbidden import forbidden_names
from autograder.questions.question import Mistake, Question
from autograder.questions.recognise import recognise
from autograder.questions.solutions import Prepared
from autograder.questions.student import Student

CHANGED_ARGUMENTS = Fraction(4, 5)
"""What is left of a mark where the function changed its caller's arrays."""
CARRIED_FORWARD = Fraction(9, 10)
"""What is left of a mark earned with references in place of earlier, wrong functions."""

IN_WORDS = {
    Group.CORE: "ordinary cases",
    Group.EDGE: "special cases (one dimension, one sample, zeros, singular matrices)",
    Group.DTYPE: "other kinds of numbers (integers, float32)",
    Group.MAGNITUDE: "very large or very small numbers",
    Group.KINK: "points without a derivative",
    Group.SPEED: "large input",
}


def judge(
    prepared: Prepared, student: Student, *, seconds: float, earlier: Mapping[str, Verdict] | None = None
) -> Verdict:
    """Judge one question; a fault of the author's is an unjudged verdict, never a mark.

    Args:
        prepared: the question, its cases and what is expected of them.
        student: whom to ask.
        seconds: wall-clock budget for all ordinary cases, where the question sets none itself.
        earlier: verdicts on the questions before this one, for errors carried forward.
    """
    question = prepared.question
    try:
        refusal = _refuse(question, student)
        if refusal is not None:
            return refusal
        budget = question.seconds or seconds
        verdict = conclude(prepared, examine(prepared, student, seconds=budget))
        wanting = [q for q in question.needs if _wanting(q, earlier or {})]
        if wanting and verdict.mark is not None and verdict.mark < CARRIED_FORWARD:
            return _carry_forward(prepared, student, verdict, wanting, budget)
    except JudgingError:
        return unjudged(
            question, "This question could not be judged through a fault of ours; a person will look."
        )
    return verdict


def unjudged(question: Question, sentence: str) -> Verdict:
    """A verdict that asks for a person."""
    return Verdict(question.name, question.points, Outcome.UNJUDGED, None, sentence)


def conclude(prepared: Prepared, exhibits: Sequence[Exhibit]) -> Verdict:
    """From how every case went to a mark and its reason."""
    question, exhibits = prepared.question, tuple(exhibits)
    absent = _absent(question, exhibits)
    if absent is not None:
        return absent
    groups = _group_standings(prepared, exhibits)
    mark = sum((g.share * g.worth for g in groups), Fraction(0))
    mistake = None if mark == 1 and not _changed(exhibits) else recognise(prepared, exhibits)
    if mistake and groups[0].worth == 0:
        mark = mistake.credit
    if _changed(exhibits):
        mark *= CHANGED_ARGUMENTS
    said = _explain(exhibits, mistake)
    return Verdict(
        question=question.name,
        points=question.points,
        outcome=_outcome(exhibits, mark),
        mark=mark,
        sentence=said.sentence,
        mistake=mistake.name if mistake else None,
        hint=_rest(mistake.hint) if mistake else "",
        advice=said.advice,
        notes=(_CHANGED_NOTE,) if _changed(exhibits) else (),
        groups=groups,
    )


_CHANGED_NOTE = (
    "Your function changes its arguments in place; whoever calls it loses their data. That costs a fifth of "
    "the question."
)


def _refuse(question: Question, student: Student) -> Verdict | None:
    if not question.forbids:
        return None
    names = forbidden_names(student.source, question.name, question.forbids)
    if not names:
        return None
    listed = ", ".join(f"`{name}`" for name in names)
    sentence = f"This question does not allow {listed}, and your function uses it."
    return Verdict(question.name, question.points, Outcome.FORBIDDEN, Fraction(0), sentence)


def _absent(question: Question, exhibits: Sequence[Exhibit]) -> Verdict | None:
    endings = {(e.answer.ending, e.answer.exception) for e in exhibits}
    if endings == {(Ending.UNDEFINED, "")}:
        sentence = f"Your notebook defines no function called `{question.name}` that could be called."
        return Verdict(question.name, question.points, Outcome.MISSING, Fraction(0), sentence)
    if endings == {(Ending.RAISED, "NotImplementedError")}:
        sentence = "Your function still raises NotImplementedError: this question was not attempted."
        return Verdict(question.name, question.points, Outcome.NOT_ATTEMPTED, Fraction(0), sentence)
    return None


def _group_standings(prepared: Prepared, exhibits: Sequence[Exhibit]) -> tuple[GroupStanding, ...]:
    """Each group is worth its worst case and never more than the core; one that was not asked, nothing."""
    parts = shares(case.group for case in prepared.cases)
    worst = {
        g: min((e.standing.worth for e in exhibits if e.case.group is g), default=Fraction(0)) for g in parts
    }
    bound = worst.get(Group.CORE, Fraction(1))
    return tuple(GroupStanding(str(g), parts[g], min(worst[g], bound)) for g in parts)


def _changed(exhibits: Sequence[Exhibit]) -> bool:
    return any(e.answer.changed and not e.expected.changed for e in exhibits)


def _outcome(exhibits: Sequence[Exhibit], mark: Fraction) -> Outcome:
    if mark == 1:
        return Outcome.RIGHT
    if mark > 0:
        return Outcome.WRONG
    endings = {e.answer.ending for e in exhibits if e.standing.worth == 0 and e.case.group is Group.CORE}
    for ending in (Ending.CRASHED, Ending.OUT_OF_MEMORY, Ending.TIMED_OUT):
        if ending in endings:
            return Outcome(ending.value)
    return Outcome.RAISED if endings == {Ending.RAISED} else Outcome.WRONG


def _explain(exhibits: Sequence[Exhibit], mistake: Mistake | None) -> Diagnosis:
    if mistake:
        return Diagnosis(_first_sentence(mistake.hint))
    for group in Group:
        lost = tuple(failing(tuple(exhibits), group))
        if lost:
            return _explain_group(group, lost, sum(e.case.group is group for e in exhibits))
    return Diagnosis("Everything that was asked of it is right.")


def _explain_group(group: Group, lost: Sequence[Exhibit], asked: int) -> Diagnosis:
    limit = next((e.answer.limit for e in lost if e.answer.limit), "")
    found = diagnose(lost) or Diagnosis(_fallback(lost), _FALLBACK_ADVICE)
    where = (
        "" if group in (Group.CORE, Group.SPEED) else f"Right on ordinary cases; not on {IN_WORDS[group]}. "
    )
    some = (
        " This concerns some of the ordinary cases only." if group is Group.CORE and len(lost) < asked else ""
    )
    tail = f" The limit is {limit}." if limit else ""
    return Diagnosis(f"{where}{found.sentence}{some}{tail}", found.advice)


_FALLBACK_ADVICE = (
    "Work out the smallest case by hand (one dimension, then two) and compare it with what you return.",
)


def _fallback(lost: Sequence[Exhibit]) -> str:
    worst = min(lost, key=lambda e: e.standing.worth)
    return worst.standing.sentence or "The numbers are not the right ones."


def _first_sentence(hint: str) -> str:
    head, mark, _ = hint.replace("\n", " ").partition(". ")
    return head + "." if mark else head


def _rest(hint: str) -> str:
    return hint.replace("\n", " ").partition(". ")[2]


def _wanting(question: Question, earlier: Mapping[str, Verdict]) -> bool:
    verdict = earlier.get(question.name)
    return verdict is not None and verdict.mark is not None and verdict.mark < 1


def _carry_forward(
    prepared: Prepared, student: Student, own: Verdict, wanting: Sequence[Question], seconds: float
) -> Verdict:
    """Judge again with references in place of the earlier functions that are wrong; keep the better mark."""
    references = {q.name: q.reference for q in wanting}
    with student.standing_in(references) as second:
        again = conclude(prepared, examine(prepared, second, seconds=seconds))
    if own.mark is None or again.mark is None or CARRIED_FORWARD * again.mark <= own.mark:
        return own
    names = ", ".join(f"`{name}`" for name in references)
    note = (
        f"Judged again with a right {names} in place of yours: an error made there is not counted twice. "
        f"This question keeps {CARRIED_FORWARD} of what it then earns."
    )
    mark = CARRIED_FORWARD * again.mark
    return replace(again, mark=mark, outcome=Outcome.WRONG, notes=(*again.notes, note))
