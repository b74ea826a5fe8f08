"""What a decision on a mark is on: `ASSIGNMENT`, `ASSIGNMENT/QUESTION`, or the final grade."""

from fractions import Fraction

from autograder.course.graded import GradedClass
from autograder.course.opened import OpenCourse
from autograder.domain.events import MarkedFile
from autograder.domain.nearest import advise
from autograder.domain.policy import Policy
from autograder.errors import CourseError, Flaw
from autograder.publishing.proposals import MarkTarget


def find_target(
    course: OpenCourse, graded: GradedClass, text: str | None, *, student: str = ""
) -> MarkTarget:
    """What a text names, with its points; None is the final grade.

    Args:
        course: whose assignments and quizzes it names.
        graded: the class, whose reports tell the points.
        text: as it was written.
        student: whose report is asked first, where it is about one.

    Raises:
        CourseError: there is no such assignment, quiz or question.
    """
    policy = graded.policy
    if text is None:
        return MarkTarget("the final grade", None, "", policy.scale, policy.rounding.step)
    name, slash, question = text.partition("/")
    require_work(policy, name)
    points = _points_by_question(course, graded, name, student)
    if not slash:
        return MarkTarget(text, name, "", sum(points.values(), Fraction(0)))
    if question not in points:
        advice = advise(question, points, they="its questions are")
        raise CourseError([Flaw(text, f"{name} has no question {question!r}", advice)])
    return MarkTarget(text, name, question, points[question])


def require_work(policy: Policy, name: str) -> str:
    """The name of a piece of work that counts. Raises CourseError where there is none of that name."""
    known = [each.name for each in policy.works]
    if name not in known:
        what = "is no assignment or quiz that counts"
        raise CourseError([Flaw(name or "ASSIGNMENT", what, advise(name, known))])
    return name


def _points_by_question(
    course: OpenCourse, graded: GradedClass, name: str, student: str
) -> dict[str, Fraction]:
    """The points of each question: of the student's own last file, of anybody's, or of what is asked."""
    happenings = graded.history.happenings()
    everybody = (happenings.get(student, ()), *happenings.values())
    for every in everybody:
        files = [e for e in every if isinstance(e, MarkedFile) and e.work == name and e.questions]
        if files:
            return {each.name: each.points for each in files[-1].questions or ()}
    if course.course.quiz_settings(name) is not None:
        return {each.id: each.points for each in course.quiz(name).questions}
    return {each.key: each.points for each in course.text(name).statements}
