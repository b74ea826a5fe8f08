"""A quiz before anybody takes it: as a student would see it, with answers judged and the keys beside."""

from dataclasses import dataclass

from starlette.responses import Response

from autograder.check.quiz import check_quiz
from autograder.course.quizzes import quizzes_of
from autograder.errors import CourseError
from autograder.quiz.draw import draw_questions, draw_variant
from autograder.quiz.entered import join_entered
from autograder.quiz.judge import judge_or_leave, require_usable
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.model import Quiz, QuizQuestion
from autograder.quiz.pictures import addresses, pictures_of
from autograder.quiz.texts import fill
from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import AnswerVerdict
from autograder.render.quiz_page import ShownQuestion, show_question
from autograder.web.visit import PageNotFound, Visit

_VARIANTS = 20
"""Whose keys are listed."""


@dataclass(frozen=True, slots=True)
class PreviewedQuestion:
    """One question as a variant shows it."""

    shown: ShownQuestion
    keys: tuple[str, ...]
    """Empty where a person marks it, or where whatever meets its conditions is right."""
    by_hand: bool
    solution: str
    verdict: AnswerVerdict | None
    """Of what was typed; None where nothing was."""


def show_preview(visit: Visit) -> Response:
    """A variant of a quiz, with what is to mend in its file. Nothing is recorded."""
    name, opened = visit.params["name"], quizzes_of(visit.read.opened)
    if name not in opened.names():
        raise PageNotFound
    text = visit.query.get("variant", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    found = check_quiz(opened.path(name))
    quiz = found.quiz
    questions, keys = [], []
    if quiz is not None and _is_usable(quiz):
        seed = f"{quiz.id}/preview/{number}"
        asked = enumerate(draw_questions(quiz, seed), 1)
        questions = [_preview(visit, each, draw_variant(each, seed), place) for place, each in asked]
        for variant in range(1, _VARIANTS + 1):
            other = f"{quiz.id}/preview/{variant}"
            asked_there = draw_questions(quiz, other)
            own = [(q.id, kind_of(q).staff_keys(q, draw_variant(q, other))) for q in asked_there]
            keys.append((variant, own))
    return visit.page(
        "web/staff/quiz_preview.html",
        name=name,
        quiz=quiz,
        flaws=visit.site.name_files(found.flaws),
        number=number,
        questions=questions,
        keys=keys,
        pictures={} if quiz is None else addresses(pictures_of(quiz)),
        home=visit.read.opened.course.notebook_of(name),
    )


def _is_usable(quiz: Quiz) -> bool:
    """Whether it can be asked as it is; much of what is to mend in a file keeps nobody from that."""
    try:
        require_usable(quiz)
    except CourseError:
        return False
    return True


def _preview(visit: Visit, question: QuizQuestion, variant: Variant, place: int) -> PreviewedQuestion:
    prefix, kind = f"{question.id}:", kind_of(question)
    pairs = {k.removeprefix(prefix): v for k, v in visit.form.fields if k.startswith(prefix)}
    raw = join_entered(kind.input, visit.form.every(question.id), pairs)
    return PreviewedQuestion(
        show_question(question, variant, place, raw),
        kind.staff_keys(question, variant),
        kind.awaits_mark,
        fill(question.solution, variant.drawn),
        # Code is left to a person here: a page runs none.
        judge_or_leave(question, variant, raw) if raw.strip() else None,
    )
