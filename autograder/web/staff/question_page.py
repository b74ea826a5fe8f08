"""One question as the class answered it: how it went, known mistakes, and who answers alike."""

from functools import partial

from starlette.responses import Response

from autograder.analytics.homework import AskedQuestion, SeenClass
from autograder.analytics.items import ENOUGH, Item
from autograder.errors import AutograderError
from autograder.quiz.draw import plain_variant
from autograder.quiz.pictures import addresses, pictures_of
from autograder.quiz.texts import fill
from autograder.services.class_look import look_at_question, look_at_quiz
from autograder.services.work_overview import WorkOverview
from autograder.web.aside import AsideError
from autograder.web.staff.work_page import find_overview
from autograder.web.visit import PageNotFound, Visit


def show_question(visit: Visit) -> Response:
    """A question of an assignment, or of a quiz that is taken by itself."""
    overview = find_overview(visit)
    if overview.state.is_quiz:
        return _show_quiz_question(visit, overview)
    name = visit.params["question"]
    marks = next((each for each in overview.figures.questions if each.name == name), None)
    if marks is None:
        raise PageNotFound
    seen, trouble = _look(visit, overview, name)
    asked: AskedQuestion | None = seen.figures.questions[0] if seen and seen.figures.questions else None
    return visit.page(
        "web/staff/question.html",
        overview=overview,
        marks=marks,
        seen=seen,
        asked=asked,
        trouble=trouble,
        students={each.student.id: each.student for each in overview.every},
        enough=ENOUGH,
    )


def _look(visit: Visit, overview: WorkOverview, question: str) -> tuple[SeenClass | None, str]:
    """What is seen of wrong answers by who looks after these students; or why nothing is."""
    course, work = visit.read.opened, overview.state.name
    students = frozenset(each.student.id for each in overview.every)
    judged = tuple((each.student.id, each.judged.blob) for each in overview.every if each.judged)
    look = partial(
        visit.site.aside.run,
        look_at_question,
        course.folder.path,
        work,
        question,
        students,
        accept_level=visit.site.accept_level,
    )
    try:
        version = course.revision(work), judged, overview.figures
        return visit.site.looks.read((work, question, students), version, look), ""
    except (AsideError, AutograderError) as error:
        return None, str(error)
    except (SyntaxError, OSError, UnicodeDecodeError) as error:
        return None, f"The solutions of {work} cannot be read: {error}. `autograder check {work}` tells more."


def _show_quiz_question(visit: Visit, overview: WorkOverview) -> Response:
    students = {each.student.id for each in overview.every}
    figures = look_at_quiz(visit.read.opened, visit.site.gradebook, overview.state.name, students)
    item: Item | None = next(
        (each for each in figures.items if each.question.id == visit.params["question"]), None
    )
    if item is None:
        raise PageNotFound
    return visit.page(
        "web/staff/quiz_question.html",
        overview=overview,
        item=item,
        prompt=fill(item.question.prompt, plain_variant(item.question).drawn),
        pictures=addresses(pictures_of(figures.quiz)),
    )
