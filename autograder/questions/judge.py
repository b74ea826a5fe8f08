"""Judging one question: ask, score, recognise, explain. No mark is inferred from silence."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from autograder.domain.answer import Answer, Ending, Opaque
from autograder.domain.report import GroupScore, Outcome, Verdict
from autograder.errors import JudgingError, SandboxError
from autograder.questions.case_score import RIGHT
from autograder.questions.cases import Group, shares
from autograder.questions.explain import explain, rest
from autograder.questions.forbidden import forbidden_names
from autograder.questions.judged_case import JudgedCase, judge_cases
from autograder.questions.observations import Diagnosis
from autograder.questions.pictures import pictures
from autograder.questions.question import Question
from autograder.questions.recognise import recognise
from autograder.questions.score_case import asked_too_often
from autograder.questions.solutions import Prepared
from autograder.questions.student_code import StudentCode
from autograder.questions.variable import said_of_variable

CHANGED_ARGUMENTS = Fraction(4, 5)
"""What is left of a mark where the function changed its caller's arrays."""
CARRIED_FORWARD = Fraction(9, 10)
"""What is left of a mark earned with references in place of earlier, wrong functions."""

_FAULT = "This question could not be judged through a fault of ours; a person will look."
_log = logging.getLogger(__name__)


def judge(
    prepared: Prepared,
    student: StudentCode,
    *,
    seconds: float,
    earlier: Mapping[str, Verdict] | None = None,
    answers: Sequence[Answer] | None = None,
) -> Verdict:
    """Judge one question; a fault of ours or the author's is an unjudged verdict, never a mark.

    Args:
        prepared: the question, its cases and what is expected of them.
        student: whom to ask.
        seconds: wall-clock budget for all ordinary cases, where the question sets none itself.
        earlier: verdicts on the questions before this one, for errors carried forward.
        answers: what the student answered to the ordinary cases, where they were asked before.

    Raises:
        SandboxError: the student's code cannot be run at all.
    """
    question = prepared.question
    try:
        return judge_strictly(prepared, student, seconds=seconds, earlier=earlier, answers=answers)
    except SandboxError:
        raise
    except JudgingError as fault:
        _log.warning("%s", fault)
    except Exception:  # noqa: BLE001 - author's rules meet students' values: one question is all they may cost
        _log.exception("%s could not be judged", question.name)
    return unjudged(question, _FAULT)


def judge_strictly(
    prepared: Prepared,
    student: StudentCode,
    *,
    seconds: float,
    earlier: Mapping[str, Verdict] | None = None,
    answers: Sequence[Answer] | None = None,
) -> Verdict:
    """Judge one question as `judge` does, but raise what went wrong on our side.

    Raises:
        JudgingError: an oracle, a reference or a rule of the author's failed.
    """
    question = prepared.question
    refusal = _refuse(question, student)
    if refusal is not None:
        return refusal
    budget = question.seconds or seconds
    verdict = conclude(prepared, judge_cases(prepared, student, seconds=budget, answers=answers))
    wanting = [needed for needed in question.needs if _wanting(needed, earlier or {})]
    if wanting and _may_gain(verdict, wanting, student):
        verdict = _carry_forward(prepared, student, verdict, wanting, budget)
    return replace(verdict, pictures=pictures(question, student, verdict)) if question.pictures else verdict


def unjudged(question: Question, sentence: str) -> Verdict:
    """A verdict that asks for a person."""
    return Verdict(question.name, question.points, Outcome.UNJUDGED, None, sentence)


def conclude(prepared: Prepared, judged: tuple[JudgedCase, ...]) -> Verdict:
    """From how every case went to a mark and its reason; found out once for all who answer alike."""
    once = _conclude_once if prepared.memo.holds(judged) else _conclude
    return once(prepared, judged)


def _conclude(prepared: Prepared, judged: tuple[JudgedCase, ...]) -> Verdict:
    question = prepared.question
    absent = _absent(question, judged)
    if absent is not None:
        return absent
    groups = _score_groups(prepared, judged)
    mark = sum((g.share * g.worth for g in groups), Fraction(0))
    mistake = None if mark == 1 and not _changed(judged) else recognise(prepared, judged)
    if mistake and not _core_worth(groups):
        mark = mistake.credit
    if _changed(judged):
        mark *= CHANGED_ARGUMENTS
    said = explain(judged, mistake)
    if question.variable and not mistake:
        said = Diagnosis(said_of_variable(said.sentence), tuple(map(said_of_variable, said.advice)))
    return Verdict(
        question=question.name,
        points=question.points,
        outcome=_outcome(judged, mark),
        mark=mark,
        sentence=said.sentence,
        mistake=mistake.name if mistake else None,
        hint=rest(mistake.hint) if mistake else "",
        advice=said.advice,
        notes=(_CHANGED_NOTE,) if _changed(judged) else (),
        groups=groups,
    )


_conclude_once = lru_cache(maxsize=512)(_conclude)


_CHANGED_NOTE = (
    "Your function changes its arguments in place; whoever calls it loses their data. That costs a fifth of "
    "the question."
)


def _refuse(question: Question, student: StudentCode) -> Verdict | None:
    if not question.forbids:
        return None
    try:
        names = forbidden_names(student.source, question.name, question.forbids)
    except SyntaxError as error:
        raise JudgingError(f"the code submitted for {question.name} cannot be read: {error}") from error
    if not names:
        return None
    listed = ", ".join(f"`{name}`" for name in names)
    them = "it" if len(names) == 1 else "them"
    sentence = (
        f"This question does not allow {listed}, and your function uses {them}, itself or through another."
    )
    return Verdict(question.name, question.points, Outcome.FORBIDDEN, Fraction(0), sentence)


def _absent(question: Question, judged: Sequence[JudgedCase]) -> Verdict | None:
    endings = {(one.answer.ending, one.answer.exception) for one in judged}
    if question.variable:
        return _absent_variable(question, judged[0].answer)
    if endings == {(Ending.UNDEFINED, "")}:
        sentence = f"Your notebook defines no function called `{question.name}` that could be called."
        return Verdict(question.name, question.points, Outcome.MISSING, Fraction(0), sentence)
    if endings == {(Ending.RAISED, "NotImplementedError")}:
        sentence = "Your function still raises NotImplementedError: this question was not attempted."
        return Verdict(question.name, question.points, Outcome.NOT_ATTEMPTED, Fraction(0), sentence)
    return None


def _absent_variable(question: Question, answer: Answer) -> Verdict | None:
    if answer.ending is Ending.UNDEFINED:
        outcome, sentence = Outcome.MISSING, f"Your notebook defines no variable called `{question.name}`."
    elif isinstance(answer.value, Opaque) and answer.value.type_name == "ellipsis":
        sentence = f"`{question.name}` is still `...`: this question was not attempted."
        outcome = Outcome.NOT_ATTEMPTED
    else:
        return None
    return Verdict(question.name, question.points, outcome, Fraction(0), sentence)


def _score_groups(prepared: Prepared, judged: Sequence[JudgedCase]) -> tuple[GroupScore, ...]:
    """Each group is worth its worst case and never more than the core; one that was not asked, nothing."""
    parts = shares(case.group for case in prepared.cases)
    asked = {one.case.group for one in judged}
    wanting = [one for one in judged if one.score is not RIGHT]
    worst = {
        g: min((one.score.credit for one in wanting if one.case.group is g), default=Fraction(g in asked))
        for g in parts
    }
    bound = worst.get(Group.CORE, Fraction(1))
    return tuple(GroupScore(str(g), parts[g], min(worst[g], bound)) for g in parts)


def _core_worth(groups: Sequence[GroupScore]) -> Fraction:
    """What the core earned."""
    return next(group.worth for group in groups if group.name == Group.CORE)


def _changed(judged: Sequence[JudgedCase]) -> bool:
    return any(one.answer.changed and not one.expected.changed for one in judged)


def _outcome(judged: Sequence[JudgedCase], mark: Fraction) -> Outcome:
    if mark == 1:
        return Outcome.RIGHT
    if mark > 0:
        return Outcome.WRONG
    lost = [one for one in judged if one.score.credit == 0 and one.case.group is Group.CORE]
    endings = {
        Ending.TIMED_OUT if asked_too_often(one.case, one.answer) else one.answer.ending for one in lost
    }
    for ending in (Ending.CRASHED, Ending.OUT_OF_MEMORY, Ending.TIMED_OUT):
        if ending in endings:
            return Outcome(ending.value)
    return Outcome.RAISED if endings == {Ending.RAISED} else Outcome.WRONG


def _may_gain(verdict: Verdict, wanting: Sequence[Question], student: StudentCode) -> bool:
    """Whether a second judging could give more; a function that is not there gains nothing by it.

    One that is there seems not to be attempted where it calls an earlier one that is still a stub.
    """
    if verdict.outcome is Outcome.NOT_ATTEMPTED:
        return _uses(student, verdict.question, [needed.name for needed in wanting])
    absent = verdict.outcome is Outcome.MISSING
    return verdict.mark is not None and verdict.mark < CARRIED_FORWARD and not absent


def _uses(student: StudentCode, function: str, names: Sequence[str]) -> bool:
    """Whether a function of the student's uses any of these names, as far as reading it tells."""
    try:
        used = forbidden_names(student.source, function, names)
    except SyntaxError:
        return False
    return bool(set(used or ()) & set(names))


def _wanting(question: Question, earlier: Mapping[str, Verdict]) -> bool:
    verdict = earlier.get(question.name)
    return verdict is not None and verdict.mark is not None and verdict.mark < 1


def _carry_forward(
    prepared: Prepared, student: StudentCode, own: Verdict, wanting: Sequence[Question], seconds: float
) -> Verdict:
    """Judge again with references in place of the earlier functions that are wrong; keep the better mark."""
    references = {q.name: q.reference for q in wanting}
    with student.standing_in(references) as second:
        again = conclude(prepared, judge_cases(prepared, second, seconds=seconds))
    if own.mark is None or again.mark is None or CARRIED_FORWARD * again.mark <= own.mark:
        return own
    names = ", ".join(f"`{name}`" for name in references)
    note = (
        f"Judged again with our {names} in place of yours: an error made there is not counted twice. "
        f"This question keeps {CARRIED_FORWARD} of what it then earns."
    )
    mark = CARRIED_FORWARD * again.mark
    sentence = f"With our {names} in place of yours: {again.sentence[:1].lower()}{again.sentence[1:]}"
    return replace(again, mark=mark, outcome=Outcome.WRONG, sentence=sentence, notes=(*again.notes, note))
