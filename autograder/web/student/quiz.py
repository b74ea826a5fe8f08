"""Quizzes of a student: begin, answer with every answer read back, hand in, and what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http import HTTPStatus

from starlette.responses import Response

from autograder.domain.course import QuizSettings
from autograder.domain.phrases import phrase
from autograder.errors import AttemptError
from autograder.quiz.attempt_report import QuestionReport
from autograder.quiz.entered import join_entered
from autograder.quiz.kinds.kind import AnswerInput
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.model import Quiz, Showing
from autograder.quiz.pictures import addresses, pictures_of
from autograder.quiz.records import Attempt, Judging
from autograder.quiz.saving import SavedAnswer, fingerprint_answer, save_answer
from autograder.quiz.service import QuizService
from autograder.render.quiz_page import ShownQuestion, show_question
from autograder.services.own_work import read_due
from autograder.web.rates import require_slow
from autograder.web.student.work import student_of
from autograder.web.visit import PageNotFound, PageRefused, Visit


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """One question of an attempt on its page."""

    shown: ShownQuestion
    saved: SavedAnswer
    fingerprint: str
    tries_left: int | None
    tried: Judging | None
    """The last try, where verdicts are shown at once."""
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sitting:
    """A student at a quiz."""

    quiz: Quiz
    settings: QuizSettings | None
    service: QuizService
    attempt: Attempt

    @property
    def at_once(self) -> bool:
        return self.quiz.settings.results is Showing.AT_ONCE


def show_quiz(visit: Visit) -> Response:
    """The rules of a quiz, one's attempts, and the button that begins."""
    service = _service(visit)
    attempts = service.attempts(visit.who.id)
    reports = [service.report(attempt.id) for attempt in attempts]
    return visit.page(
        "web/quiz.html",
        quiz=service.quiz,
        settings=visit.read.opened.course.quiz_settings(service.quiz.id),
        reports=reports,
        terms=service.terms(visit.who.id),
        due=_find_due(visit, service.quiz.id),
        open_attempt=service.open_attempt(visit.who.id),
    )


def begin_quiz(visit: Visit) -> Response:
    """Begin an attempt, or go on with the one that is open."""
    service = _service(visit)
    attempt = service.start(visit.who.id)
    return visit.redirect(f"/quiz/{service.quiz.id}/{attempt.number}")


def show_attempt(visit: Visit) -> Response:
    """The questions, with what is saved of each answer. Of an attempt that is over, what came of it."""
    sitting = _sit(visit)
    if sitting.service.has_ended(sitting.attempt):
        return visit.redirect(f"/quiz/{sitting.quiz.id}/{sitting.attempt.number}/result")
    return _attempt_page(visit, sitting)


def save_all(visit: Visit) -> Response:
    """Save every answer that was changed on the page; check one where that was asked."""
    sitting = _sit(visit)
    if sitting.service.has_ended(sitting.attempt):
        raise AttemptError(phrase("quiz.attempt_over"))
    notices = {}
    for variant in sitting.attempt.variants:
        saved = _save(visit, sitting, variant.question)
        if saved is not None and saved.overtaken:
            notices[variant.question] = phrase("quiz.overtaken")
    checked = visit.form.get("check")
    if checked and checked not in notices:
        # What the store holds is judged: what was typed is there, or the page says why not.
        if not visit.form.has(f"sure-{checked}") and _must_confirm(sitting, checked):
            return _attempt_page(visit, sitting, confirm=checked)
        sitting.service.check(sitting.attempt.id, checked)
    if notices:
        return _attempt_page(visit, sitting, notices=notices, status=HTTPStatus.CONFLICT)
    if visit.form.has("hand-in"):
        return visit.redirect(f"/quiz/{sitting.quiz.id}/{sitting.attempt.number}/hand-in")
    place = f"#{checked}" if checked else ""
    return visit.redirect(f"/quiz/{sitting.quiz.id}/{sitting.attempt.number}{place}")


def save_one(visit: Visit) -> Response:
    """Save one answer, for a script of the page: how it is read, and when it was saved."""
    require_slow(visit, "save", at_once=100, a_minute=600, person=True)
    sitting, question = _sit(visit), visit.params["question"]
    if sitting.attempt.variant(question) is None:
        raise PageNotFound
    saved = _save(visit, sitting, question)
    if saved is None:
        raise PageRefused(phrase("quiz.nothing_sent"))
    return visit.page(
        "web/reading.html",
        status=HTTPStatus.CONFLICT if saved.overtaken else HTTPStatus.OK,
        saved=saved,
        fingerprint=fingerprint_answer(saved.raw),
        at=visit.site.clock(),
        question=question,
    )


def read_back(visit: Visit) -> Response:
    """How an answer would be read while it is being typed; nothing is recorded."""
    require_slow(visit, "read", at_once=100, a_minute=600, person=True)
    sitting, question = _sit(visit), visit.params["question"]
    if sitting.attempt.variant(question) is None:
        raise PageNotFound
    raw = _entered(visit, sitting, question)
    service, attempt = sitting.service, sitting.attempt.id
    reading = service.interpret(attempt, question, raw)
    readable = not raw.strip() or service.can_read(attempt, question, raw)
    saved = SavedAnswer(raw, reading, readable)
    return visit.page("web/reading.html", saved=saved, fingerprint="", at=None, question=question)


def show_hand_in(visit: Visit) -> Response:
    """What is not answered, and what cannot be read, before the attempt is handed in."""
    sitting = _sit(visit)
    if sitting.service.has_ended(sitting.attempt):
        return visit.redirect(f"/quiz/{sitting.quiz.id}/{sitting.attempt.number}/result")
    answers = sitting.service.answers(sitting.attempt.id)
    names = [variant.question for variant in sitting.attempt.variants]
    blank = [(names.index(n) + 1, n) for n in names if not answers.get(n, "").strip()]
    unread = [(names.index(u.question) + 1, u) for u in sitting.service.unread(sitting.attempt.id)]
    quiz, attempt = sitting.quiz, sitting.attempt
    due = _find_due(visit, quiz.id)
    return visit.page(
        "web/quiz_hand_in.html", quiz=quiz, attempt=attempt, blank=blank, unread=unread, due=due
    )


def hand_in(visit: Visit) -> Response:
    """Hand the attempt in: what is saved of it is judged."""
    sitting = _sit(visit)
    sitting.service.submit(sitting.attempt.id, anyway=True)
    return visit.redirect(f"/quiz/{sitting.quiz.id}/{sitting.attempt.number}/result")


def show_result(visit: Visit) -> Response:
    """What came of an attempt, as far as it may be seen now."""
    sitting = _sit(visit)
    if not sitting.service.has_ended(sitting.attempt):
        return visit.redirect(f"/quiz/{sitting.quiz.id}/{sitting.attempt.number}")
    report = sitting.service.report(sitting.attempt.id)
    told: dict[str, QuestionReport] = {each.question: each for each in report.questions}
    shown = [
        (question, told[question.id])
        for question in _shown_questions(sitting, {name: one.raw for name, one in told.items()})
        if question.id in told
    ]
    return visit.page(
        "web/quiz_result.html",
        quiz=sitting.quiz,
        attempt=sitting.attempt,
        report=report,
        questions=shown,
        pictures=addresses(pictures_of(sitting.quiz)),
    )


def _find_due(visit: Visit, name: str) -> datetime | None:
    """Until when an attempt is in time that the reader hands in."""
    course, gradebook, now = visit.read.opened, visit.site.gradebook, visit.site.clock()
    return read_due(course, gradebook, student_of(visit), name, now)


def _service(visit: Visit) -> QuizService:
    """The quiz that the path names: one that course.toml names, and that is not answered in a notebook."""
    name = visit.params["name"]
    if visit.read.opened.course.quiz_settings(name) is None:
        raise PageNotFound
    return visit.site.quiz_service(name, visit.who.id)


def _sit(visit: Visit) -> _Sitting:
    """The attempt that the path names by the student's own number."""
    service, number = _service(visit), visit.params["number"]
    attempts = service.attempts(visit.who.id)
    attempt = next((each for each in attempts if str(each.number) == number), None)
    if attempt is None:
        raise PageNotFound
    settings = visit.read.opened.course.quiz_settings(service.quiz.id)
    return _Sitting(service.quiz_of(attempt), settings, service, attempt)


def _entered(visit: Visit, sitting: _Sitting, question: str) -> str:
    prefix = f"{question}:"
    pairs = {k.removeprefix(prefix): v for k, v in visit.form.fields if k.startswith(prefix)}
    asked = sitting.quiz.question(question)
    how = AnswerInput.LINE if asked is None else kind_of(asked).input
    return join_entered(how, visit.form.every(question), pairs)


def _save(visit: Visit, sitting: _Sitting, question: str) -> SavedAnswer | None:
    """Save what the form holds of a question; None where it holds nothing."""
    shown = visit.form.get(f"shown-{question}")
    named = [name for name, _ in visit.form.fields if name == question or name.startswith(f"{question}:")]
    asked = sitting.quiz.question(question)
    boxes = asked is not None and kind_of(asked).input is AnswerInput.BOXES
    # Boxes that are all empty send nothing but what the page showed before.
    if not named and not (boxes and visit.form.has(f"shown-{question}")):
        return None
    if sitting.service.tries_left(sitting.attempt.id, question) == 0:
        return None
    raw = _entered(visit, sitting, question)
    return save_answer(sitting.service, sitting.attempt.id, question, raw, shown=shown)


def _must_confirm(sitting: _Sitting, question: str) -> bool:
    """Whether a try would count, of an answer that can be read: then it is asked before it is judged."""
    service, attempt = sitting.service, sitting.attempt.id
    raw = service.answers(attempt).get(question, "")
    counted = service.tries_left(attempt, question) is not None or bool(sitting.quiz.settings.penalty)
    return counted and bool(raw.strip()) and service.can_read(attempt, question, raw)


def _shown_questions(sitting: _Sitting, answers: Mapping[str, str]) -> list[ShownQuestion]:
    shown = []
    for number, variant in enumerate(sitting.attempt.variants, 1):
        question = sitting.quiz.question(variant.question)
        if question is not None:  # else it was taken out of the file since
            shown.append(show_question(question, variant, number, answers.get(question.id, "")))
    return shown


def _attempt_page(
    visit: Visit,
    sitting: _Sitting,
    *,
    notices: Mapping[str, str] | None = None,
    confirm: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    service = sitting.service
    answers = service.answers(sitting.attempt.id)
    tries = service.records.judgings(sitting.attempt.id) if sitting.at_once else ()
    judged = {each.question: each for each in tries}
    answer: Callable[[ShownQuestion], AnsweredQuestion] = partial(_answered, sitting, judged)
    return visit.page(
        "web/quiz_attempt.html",
        status=status,
        quiz=sitting.quiz,
        attempt=sitting.attempt,
        questions=[answer(each) for each in _shown_questions(sitting, answers)],
        ends=service.ends(sitting.attempt),
        at_once=sitting.at_once,
        notices=notices or {},
        confirm=confirm,
        pictures=addresses(pictures_of(sitting.quiz)),
    )


def _answered(sitting: _Sitting, judged: Mapping[str, Judging], shown: ShownQuestion) -> AnsweredQuestion:
    service, attempt = sitting.service, sitting.attempt.id
    reading = service.interpret(attempt, shown.id, shown.raw)
    readable = not shown.raw.strip() or service.can_read(attempt, shown.id, shown.raw)
    question = sitting.quiz.question(shown.id)
    return AnsweredQuestion(
        shown,
        SavedAnswer(shown.raw, reading, readable),
        fingerprint_answer(shown.raw),
        service.tries_left(attempt, shown.id),
        judged.get(shown.id),
        question.hints if question and sitting.at_once else (),
    )
