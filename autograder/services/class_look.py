"""What staff ask of an assignment that needs its hidden side: equal wrong answers, and single hidden cases.

Each opens the assignment and runs code sealed; each is one call, which a process of its own can make.
"""

from collections.abc import Collection, Iterator
from pathlib import Path

from autograder.analytics.homework import SeenClass
from autograder.analytics.items import ClassFigures, figures_of_class
from autograder.course.opened import OpenCourse, open_course
from autograder.course.quizzes import quizzes_of
from autograder.course.recipe import own_recipe_of
from autograder.course.runners import runner_of, runner_of_adopted
from autograder.domain.submission import Submission
from autograder.errors import SubmissionError
from autograder.gradebook.store import Gradebook
from autograder.grading.batch import GradingWorkers, Watch, grade_batch
from autograder.grading.explain import explain
from autograder.grading.explain_adopted import explain_adopted
from autograder.grading.look_at_class import look_at_class, look_at_reports
from autograder.grading.saved_case import SavedCase, save_case
from autograder.quiz.records import copy_attempts
from autograder.services.hand_in import find_event


def look_at_homework(
    course: OpenCourse, name: str, *, accept_level: int, workers: GradingWorkers, watch: Watch
) -> tuple[str, SeenClass]:
    """What an assignment is called, and what there is to see of the whole class.

    Args:
        course: whose it is.
        name: of the assignment.
        accept_level: the lowest level of isolation.
        workers: run the files again of whose wrong answers nothing was kept.
        watch: told of each report.

    Raises:
        CourseError: the assignment cannot be opened.
        IsolationError: the machine cannot seal student code as well as was asked.
    """
    settings = course.settings(name)
    if settings.adopted:
        with course.gradebook(read_only=True) as gradebook:
            return settings.title, look_at_reports(gradebook, name, course.revision(name))
    recipe = own_recipe_of(course, name, accept_level=accept_level)
    _, assignment = recipe.opened or recipe.open()
    with course.gradebook(read_only=True) as gradebook, runner_of(course, accept_level, assignment) as runner:
        seen = look_at_class(
            assignment,
            gradebook,
            course.answer_prints(name),
            runner,
            again=lambda files: grade_batch(files, recipe, workers),
            watch=watch,
        )
    return settings.title or assignment.released.text.title, seen


def look_at_question(
    folder: Path, name: str, question: str, students: Collection[str], *, accept_level: int
) -> SeenClass:
    """What there is to see of one question of an assignment in the files of these students.

    Of whose wrong answers nothing is kept, nothing is told: nobody's notebook is run again.

    Raises:
        CourseError: the assignment cannot be opened, or was written for another tool.
        IsolationError: the machine cannot seal student code as well as was asked.
    """
    course = open_course(folder)
    recipe = own_recipe_of(course, name, accept_level=accept_level)
    _, assignment = recipe.opened or recipe.open()
    with course.gradebook(read_only=True) as gradebook, runner_of(course, accept_level, assignment) as runner:
        prints = course.answer_prints(name)
        return look_at_class(assignment, gradebook, prints, runner, students=students, question=question)


def look_at_quiz(
    course: OpenCourse, gradebook: Gradebook, name: str, students: Collection[str]
) -> ClassFigures:
    """How these students answered a quiz that is taken by itself.

    Raises:
        CourseError: the quiz cannot be read.
    """
    opened = quizzes_of(course)
    quiz = opened.usable_quiz(name)
    taken = opened.taken(quiz, gradebook.quizzes)
    own = [attempt for attempt in taken.attempts(quiz.id) if attempt.student in students]
    return figures_of_class(quiz, copy_attempts(taken, own), now=opened.clock())


def explain_file(folder: Path, name: str, student: str, number: int, *, accept_level: int) -> tuple[str, ...]:
    """Every hidden case of one file, in the lines of `autograder explain`.

    Raises:
        CourseError: the assignment cannot be opened.
        SubmissionError: there is no such file, or it is no notebook.
        IsolationError: the machine cannot seal student code as well as was asked.
    """
    course = open_course(folder)
    with course.gradebook(read_only=True) as gradebook:
        event = find_event(gradebook, student, name, number)
        if event is None:
            raise SubmissionError(f"{student} has handed in no file {number} for {name}")
        content = gradebook.content(event.blob)
    submission = Submission(student, name, content, event.received, event.received_by, event.filename)
    return tuple(explain_submission(course, submission, accept_level=accept_level))


def save_case_of(
    course: OpenCourse, submission: Submission, question: str, *, accept_level: int, label: str = ""
) -> SavedCase:
    """A hidden case of a submission as a file, with the line that runs it.

    Args:
        course: whose it is.
        submission: the student's file.
        question: of which a case is saved.
        accept_level: the lowest level of isolation.
        label: of the case; empty for the first that lost something.

    Raises:
        CourseError: the assignment cannot be opened, was written for another tool, or has no such case.
        SubmissionError: the file is no notebook.
        IsolationError: the machine cannot seal student code as well as was asked.
    """
    recipe = own_recipe_of(course, submission.assignment, accept_level=accept_level, question=question)
    _, assignment = recipe.opened or recipe.open()
    with runner_of(course, accept_level, assignment) as runner:
        return save_case(submission, assignment, runner, label=label)


def explain_submission(
    course: OpenCourse, submission: Submission, *, accept_level: int, question: str = ""
) -> Iterator[str]:
    """Every hidden case of a submission, line by line, or, of an adopted assignment, every test.

    `question` is the one of which alone it is told.

    Raises:
        CourseError: the assignment cannot be opened, or has no such question.
        SubmissionError: the file is no notebook.
        IsolationError: the machine cannot seal student code as well as was asked.
    """
    name = submission.assignment
    if course.settings(name).adopted:
        course.require_question(name, question)
        opened = course.adopted(name)
        with runner_of_adopted(course, accept_level, opened) as runner:
            yield from explain_adopted(submission, opened, runner, question=question)
        return
    assignment = course.assignment(name)
    asked = assignment.only(question) if question else assignment
    with runner_of(course, accept_level, asked) as runner:
        yield from explain(submission, asked, runner)
