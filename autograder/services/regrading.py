"""Judging again what was handed in for a piece of work, homework and quizzes alike: found, then recorded."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from autograder.course.opened import OpenCourse
from autograder.course.quizzes import quizzes_of
from autograder.course.recipe import recipe_of
from autograder.domain.course_events import Publication, find_standing
from autograder.errors import CourseError, Flaw
from autograder.gradebook.store import Gradebook
from autograder.grading.batch import GradingWorkers, Watch
from autograder.regrading.changes import MarkChange
from autograder.regrading.homework import Regrading, compare, judge_again, record
from autograder.regrading.quizzes import QuizRegrading, judge_quiz_again, record_quiz


@dataclass(frozen=True, slots=True)
class RegradingWish:
    """What is to be judged again."""

    name: str
    """Of an assignment or a quiz."""
    why: str = ""
    """Students whose marks change read it."""
    question: str = ""
    """The one question of which the new verdict is taken; empty for all."""
    students: tuple[str, ...] | None = None


def is_quiz(course: OpenCourse, name: str) -> bool:
    """Whether it is a quiz that is taken by itself, and no assignment."""
    return course.course.settings(name) is None and quizzes_of(course).path(name).is_file()


def regrade_homework(
    course: OpenCourse,
    gradebook: Gradebook,
    wish: RegradingWish,
    *,
    accept_level: int,
    workers: GradingWorkers,
    watch: Watch = lambda reports, total: reports,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Regrading | None:
    """Judge again what is outdated of an assignment; nothing is recorded. None where nothing is outdated.

    Raises:
        CourseError: the assignment cannot be opened, or has no such question.
        IsolationError: the machine cannot seal student code as well as was asked.
    """
    name = wish.name
    recipe = recipe_of(course, name, accept_level=accept_level)
    if wish.question:
        course.require_question(name, wish.question)
    outdated = course.find_outdated(name, gradebook, students=wish.students)
    if not outdated:
        return None
    prints, spool = course.answer_prints(name), course.spool(name)
    made = judge_again(outdated, gradebook, recipe, spool, prints, workers=workers, watch=watch)
    return compare(
        made,
        gradebook.hand_marks.of(name),
        outdated=outdated,
        why=wish.why,
        question=wish.question,
        published=find_protected(course, gradebook, name),
        now=clock().astimezone(ZoneInfo(course.course.timezone)),
    )


def regrade_quiz(course: OpenCourse, gradebook: Gradebook, wish: RegradingWish) -> QuizRegrading:
    """Judge every answer to a quiz again; nothing is recorded.

    Raises:
        CourseError: the quiz cannot be asked as it is, or has no such question.
    """
    quizzes = quizzes_of(course)
    quizzes.refuse_in_notebook(wish.name, "regrade")
    quiz = quizzes.usable_quiz(wish.name)
    if wish.question and quiz.question(wish.question) is None:
        known = ", ".join(each.id for each in quiz.questions)
        what = f"there is no question {wish.question!r}"
        raise CourseError([Flaw(wish.name, what, f"known are {known}")])
    return judge_quiz_again(
        quiz,
        gradebook.quizzes,
        clock=quizzes.clock,
        seal=quizzes.seal,
        why=wish.why,
        question=wish.question,
        students=wish.students,
        published=find_protected(course, gradebook, wish.name),
    )


def record_regrading(
    course: OpenCourse,
    gradebook: Gradebook,
    name: str,
    found: Regrading | QuizRegrading,
) -> None:
    """Record what was judged again, all of it or nothing, and write the reports.

    Raises:
        OvertakenError: somebody judged or marked something meanwhile.
    """
    if isinstance(found, QuizRegrading):
        record_quiz(found, gradebook.quizzes)
        quizzes_of(course).service(name, gradebook.quizzes).close_overdue()
        return
    record(found, gradebook, course.spool(name))
    course.report_files(name).complete(gradebook, name)


def state_of(found: Regrading | QuizRegrading) -> str:
    """Tells whose marks change and how, whatever the reason: another text wherever anything is otherwise."""
    shown = [
        (each.whose, each.question, each.old, each.new, each.old_points, each.new_points)
        for each in (*found.changes, *found.kept)
    ]
    count = len(found.judgings if isinstance(found, QuizRegrading) else found.replacements)
    return sha256(repr((shown, count)).encode()).hexdigest()[:32]


def find_protected(course: OpenCourse, gradebook: Gradebook, name: str) -> Collection[str]:
    """Students whose marks may not go down, because they were published."""
    if not course.course.policy.never_down:
        return set()
    return {
        student
        for event in find_standing(gradebook.events.all())
        if isinstance(event.what, Publication) and event.what.work in (name, None)
        for student in gradebook.events.published(event.number)
    }


def change_to_json(change: MarkChange) -> dict[str, str | None]:
    """A change with its marks as shares, such as "3/4"."""
    old, new = (None if share is None else str(share) for share in (change.old, change.new))
    return {
        "student": change.student,
        "question": change.question,
        "old": old,
        "new": new,
        "why": change.why,
    }
