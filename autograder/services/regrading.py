"""Judging again what was handed in for a piece of work, homework and quizzes alike: found, then recorded."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from autograder.adopting.inside import list_inside
from autograder.course.opened import OpenCourse
from autograder.course.quizzes import quizzes_of
from autograder.course.recipe import recipe_of
from autograder.domain.course import InsideRule
from autograder.domain.course_events import Publication, find_standing
from autograder.domain.handmark import with_marks
from autograder.domain.report import Outcome
from autograder.errors import CourseError, Flaw
from autograder.gradebook.store import Gradebook
from autograder.grading.adopted import waits_for_decision
from autograder.grading.batch import GradingWorkers, Watch
from autograder.grading.grader import GraderRecipe
from autograder.regrading.changes import MarkChange
from autograder.regrading.homework import Regrading, compare, judge_again, record
from autograder.regrading.outdated import OutdatedReport
from autograder.regrading.quizzes import QuizRegrading, judge_quiz_again, record_quiz
from autograder.services.decisions import require_reason


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
    return _judge_homework(
        course, gradebook, wish, outdated, recipe, workers=workers, watch=watch, clock=clock
    )


def _judge_homework(
    course: OpenCourse,
    gradebook: Gradebook,
    wish: RegradingWish,
    outdated: Sequence[OutdatedReport],
    recipe: GraderRecipe,
    *,
    workers: GradingWorkers,
    watch: Watch,
    clock: Callable[[], datetime],
) -> Regrading:
    name = wish.name
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


def regrade_decided(
    course: OpenCourse,
    gradebook: Gradebook,
    name: str,
    recipe: GraderRecipe,
    *,
    students: Collection[str] | None,
    workers: GradingWorkers,
    watch: Watch,
    clock: Callable[[], datetime],
) -> Regrading | None:
    """Judge again, and record, what of an adopted assignment waited for a decision that was made since.

    None where nothing did. What a person has marked meanwhile waits for nothing.

    Raises:
        CourseError: the assignment cannot be opened.
        IsolationError: the machine cannot seal student code as well as was asked.
        OvertakenError: somebody judged something meanwhile.
    """
    waited = tuple(_find_decided(course, gradebook, name, students))
    if not waited:
        return None
    found = _judge_homework(
        course, gradebook, RegradingWish(name), waited, recipe, workers=workers, watch=watch, clock=clock
    )
    record(found, gradebook, course.spool(name))
    return found


def _find_decided(
    course: OpenCourse, gradebook: Gradebook, name: str, students: Collection[str] | None
) -> Iterator[OutdatedReport]:
    """The reports with a question whose tests inside have all been decided on since."""
    folder, rules = course.adopted_folder(name), course.settings(name).adopted
    if folder is None or rules is None:
        return
    asked = rules.inside is InsideRule.ASK
    decided = {each.test.name for each in list_inside(folder) if each.answer is not None or not asked}
    outdated = course.find_outdated(name, gradebook, students=students) if decided else ()
    awaiting = {
        each.submission.id: each
        for each in outdated
        if each.submission.marks is not None
        and any(line.outcome is Outcome.AWAITING_MARK for line in each.submission.marks.lines)
    }
    marks = gradebook.hand_marks.of(name) if awaiting else ()
    for old in gradebook.last_reports(awaiting):
        report = with_marks(old.report, [mark for mark in marks if mark.student == old.report.student])
        if any(waits_for_decision(verdict, decided) for verdict in report.verdicts):
            yield awaiting[old.submission]


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
    *,
    why: str,
) -> None:
    """Record what was judged again, all of it or nothing, and write the reports.

    Raises:
        CourseError: marks change, and nobody says why.
        OvertakenError: somebody judged or marked something meanwhile.
    """
    if changes_given_marks(found.changes):
        require_reason(why, where="why marks change")
    if isinstance(found, QuizRegrading):
        record_quiz(found, gradebook.quizzes)
        quizzes_of(course).service(name, gradebook.quizzes).close_overdue()
        return
    record(found, gradebook, course.spool(name))
    course.report_files(name).complete(gradebook, name)


def changes_given_marks(changes: Iterable[MarkChange]) -> bool:
    """Whether marks change that students may know, so that they must read why: not what was open so far."""
    return any(change.old is not None and change.old_points for change in changes)


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
    """A change with its marks as shares, such as "3/4", and of how many points they are."""
    old, new = (None if share is None else str(share) for share in (change.old, change.new))
    return {
        "student": change.student,
        "question": change.question,
        "old": old,
        "new": new,
        "why": change.why,
        "old_points": str(change.old_points),
        "new_points": str(change.new_points),
    }
