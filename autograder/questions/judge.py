"""Judging one question: ask, score the cases, recognise a mistake, explain. Silence earns no mark."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from autograder.domain.answer import Answer, Ending
from autograder.domain.report import Outcome, Verdict
from autograder.domain.sentences import say, sentences_in
from autograder.errors import JudgingError, SandboxError
from autograder.questions.absence import find_absence, refuse_forbidden
from autograder.questions.carry_forward import carry_forward
from autograder.questions.explain import explain, rest
from autograder.questions.hidden_keys import hide_keys
from autograder.questions.judged_case import JudgedCase, changes_arguments, judge_cases
from autograder.questions.mark import decide_mark, decide_outcome, score_groups
from autograder.questions.observations import Diagnosis
from autograder.questions.part_order import credit_order
from autograder.questions.pictures import ask_pictures, draw_pictures
from autograder.questions.prints import print_answers
from autograder.questions.recognise import recognise, recognise_parts
from autograder.questions.solutions import Prepared
from autograder.questions.student_code import StudentCode

_log = logging.getLogger(__name__)


def judge(
    prepared: Prepared,
    student: StudentCode,
    *,
    seconds: float,
    earlier: Mapping[str, Verdict] | None = None,
    answers: Sequence[Answer] | None = None,
    pictured: Sequence[Answer] | None = None,
    stub: str = "",
) -> Verdict:
    """Judge one question; a fault of ours or the author's is an unjudged verdict, never a mark.

    Args:
        prepared: the question, its cases and what is expected of them.
        student: whom to ask.
        seconds: wall-clock budget for all ordinary cases, where the question sets none itself.
        earlier: verdicts on the questions before this one, for errors carried forward.
        answers: what the student answered to the ordinary cases, where they were asked before.
        pictured: what they answered to the public cases of pictures, where these were asked before.
        stub: as released: its docstring says what the lengths of arrays are called.

    Raises:
        SandboxError: the student's code cannot be run at all.
    """
    question = prepared.question
    try:
        return judge_strictly(
            prepared,
            student,
            seconds=seconds,
            earlier=earlier,
            answers=answers,
            pictured=pictured,
            stub=stub,
        )
    except SandboxError:
        raise
    except JudgingError as fault:
        _log.warning("%s", fault)
    except Exception:  # noqa: BLE001 - author's rules meet students' values: one question is all they may cost
        _log.exception("%s could not be judged", question.name)
    return Verdict(question.name, question.points, Outcome.UNJUDGED, None, say("unjudged"))


def judge_strictly(
    prepared: Prepared,
    student: StudentCode,
    *,
    seconds: float,
    earlier: Mapping[str, Verdict] | None = None,
    answers: Sequence[Answer] | None = None,
    pictured: Sequence[Answer] | None = None,
    stub: str = "",
) -> Verdict:
    """Judge one question as `judge` does, but raise what went wrong on our side.

    Raises:
        JudgingError: an oracle, a reference or a rule of the author's failed.
    """
    question, budget = prepared.question, prepared.budget(seconds)
    refusal = refuse_forbidden(question, student)
    if refusal is not None:
        return refusal
    if pictured is None:
        pictured = ask_pictures(question, student)

    def judge_code(code: StudentCode, known: Sequence[Answer] | None = None) -> Verdict:
        return conclude(prepared, judge_cases(prepared, code, seconds=budget, answers=known), stub=stub)

    verdict = judge_code(student, answers)
    verdict = carry_forward(verdict, question, student, earlier or {}, judge_again=judge_code)
    if question.pictures:
        return replace(verdict, pictures=draw_pictures(question, pictured, verdict))
    return verdict


def conclude(prepared: Prepared, judged: tuple[JudgedCase, ...], *, stub: str = "") -> Verdict:
    """From the scores of all cases to a mark and its reason."""
    question, changed = prepared.question, changes_arguments(judged)
    absence = find_absence(question, judged)
    if absence is not None:
        return absence
    groups = score_groups(prepared.cases, judged)
    is_right = all(group.worth == 1 for group in groups) and not changed
    mistake = None if is_right else recognise(prepared, judged)
    in_parts, explained = ((), False) if is_right or mistake else recognise_parts(prepared, judged)
    known = mistake.name if mistake and mistake in question.mistakes else ""
    answered = None if is_right else print_answers(prepared, judged, known)
    if not is_right and mistake is None and not explained:
        judged = credit_order(question, judged)
        groups = score_groups(prepared.cases, judged)
    mark = decide_mark(groups, mistake, changed=changed)
    reason = explain(judged, mistake, question=question, stub=stub)
    told_none = any(one.key == "returned_none" for one in sentences_in(reason.sentence))
    also = [hide_keys(one.sentence, judged, stub=stub) for one in in_parts]
    reason = replace(reason, sentence=hide_keys(reason.sentence, judged, stub=stub))
    if explained and also:
        reason, mistake = Diagnosis(also.pop(0)), in_parts[0].mistake
    return Verdict(
        question=question.name,
        points=question.points,
        outcome=decide_outcome(judged, mark),
        mark=mark,
        sentence=reason.sentence,
        mistake=mistake.name if mistake else None,
        hint=rest(mistake.hint) if mistake and not in_parts else "",
        advice=reason.advice,
        notes=(
            *also,
            *((say("also.returned_none"),) if _returns_nothing(judged) and not told_none else ()),
            *((say("also.changes_arguments"),) if changed else ()),
        ),
        groups=groups,
        answered=answered,
    )


def _returns_nothing(judged: Sequence[JudgedCase]) -> bool:
    """Whether None came back in every case, though not always asked for."""
    nothing = all(one.answer.ending is Ending.RETURNED and one.answer.value is None for one in judged)
    return nothing and any(one.expected.value is not None for one in judged)
