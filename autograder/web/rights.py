"""Who may ask for which page: one table. A route without a right does not start."""

from collections.abc import Mapping
from enum import StrEnum

from autograder.domain.course import Course
from autograder.domain.people import CoursePerson, CourseRole


class Right(StrEnum):
    """What somebody must be to be given a page; for all others it is not there."""

    PUBLIC = "nobody need be logged in"
    PERSON = "somebody who is logged in"
    OWN = "a student, on own work"
    SCOPE = "an assistant, on the students and work they look after, or an instructor"
    CASES = "the same, of assistants only where the course lets them see hidden cases"
    CLASS = "an instructor"
    SERVER = "the server's admin"


RIGHTS: Mapping[tuple[str, str], Right] = {
    ("GET", "/health"): Right.PUBLIC,
    ("GET", "/static/{digest}/{file}"): Right.PUBLIC,
    ("GET", "/privacy"): Right.PUBLIC,
    ("GET", "/accessibility"): Right.PUBLIC,
    ("GET", "/login"): Right.PUBLIC,
    ("POST", "/login"): Right.PUBLIC,
    ("GET", "/in/{token}"): Right.PUBLIC,
    ("POST", "/in/{token}"): Right.PUBLIC,
    ("POST", "/logout"): Right.PERSON,
    ("POST", "/language"): Right.PUBLIC,
    ("GET", "/"): Right.PERSON,
    ("GET", "/work/{name}"): Right.OWN,
    ("POST", "/work/{name}"): Right.OWN,
    ("GET", "/work/{name}/notebook"): Right.OWN,
    ("GET", "/work/{name}/{number}"): Right.OWN,
    ("GET", "/work/{name}/{number}/state"): Right.OWN,
    ("GET", "/work/{name}/{number}/file"): Right.OWN,
    ("GET", "/work/{name}/{number}/receipt.txt"): Right.OWN,
    ("POST", "/work/{name}/{number}/withdraw"): Right.OWN,
    ("POST", "/work/{name}/{number}/instead"): Right.OWN,
    ("GET", "/work/{name}/{number}/ask/{question:path}"): Right.OWN,
    ("POST", "/work/{name}/{number}/ask/{question:path}"): Right.OWN,
    ("GET", "/quiz/{name}"): Right.OWN,
    ("POST", "/quiz/{name}"): Right.OWN,
    ("GET", "/quiz/{name}/{number}"): Right.OWN,
    ("POST", "/quiz/{name}/{number}"): Right.OWN,
    ("GET", "/quiz/{name}/{number}/hand-in"): Right.OWN,
    ("POST", "/quiz/{name}/{number}/hand-in"): Right.OWN,
    ("GET", "/quiz/{name}/{number}/result"): Right.OWN,
    ("POST", "/quiz/{name}/{number}/{question}"): Right.OWN,
    ("POST", "/quiz/{name}/{number}/{question}/read"): Right.OWN,
    ("GET", "/grade"): Right.OWN,
    ("GET", "/class"): Right.SCOPE,
    ("GET", "/class/requests"): Right.SCOPE,
    ("GET", "/class/requests/{look}"): Right.SCOPE,
    ("POST", "/class/requests/{look}"): Right.SCOPE,
    ("GET", "/class/work/{name}/mark"): Right.SCOPE,
    ("GET", "/class/work/{name}/mark/{part}"): Right.SCOPE,
    ("GET", "/class/work/{name}/mark/{part}/rubric"): Right.CLASS,
    ("POST", "/class/work/{name}/mark/{part}/rubric"): Right.CLASS,
    ("POST", "/class/work/{name}/mark/{part}/{copy}/name"): Right.SCOPE,
    ("GET", "/class/work/{name}/mark/{part}/{copy}"): Right.SCOPE,
    ("POST", "/class/work/{name}/mark/{part}/{copy}"): Right.SCOPE,
    ("POST", "/class/work/{name}/mark/{part}/{copy}/draft"): Right.SCOPE,
    ("GET", "/class/students/{student}/extend"): Right.CLASS,
    ("POST", "/class/students/{student}/extend"): Right.CLASS,
    ("GET", "/class/students/{student}/excuse"): Right.CLASS,
    ("POST", "/class/students/{student}/excuse"): Right.CLASS,
    ("GET", "/class/students/{student}/override"): Right.CLASS,
    ("POST", "/class/students/{student}/override"): Right.CLASS,
    ("GET", "/class/students/{student}/withhold"): Right.CLASS,
    ("POST", "/class/students/{student}/withhold"): Right.CLASS,
    ("GET", "/class/students/{student}/revoke"): Right.CLASS,
    ("POST", "/class/students/{student}/revoke"): Right.CLASS,
    ("GET", "/class/exports"): Right.CLASS,
    ("POST", "/class/exports"): Right.CLASS,
    ("GET", "/class/exports/file"): Right.CLASS,
    ("GET", "/class/exports/otter/{name}"): Right.CLASS,
    ("GET", "/class/students/{student}/data.zip"): Right.CLASS,
    ("GET", "/class/exam"): Right.CLASS,
    ("POST", "/class/exam"): Right.CLASS,
    ("GET", "/class/publish"): Right.CLASS,
    ("POST", "/class/publish"): Right.CLASS,
    ("GET", "/class/work/{name}/check"): Right.CLASS,
    ("POST", "/class/work/{name}/check"): Right.CLASS,
    ("GET", "/class/work/{name}/release"): Right.CLASS,
    ("POST", "/class/work/{name}/release"): Right.CLASS,
    ("GET", "/class/work/{name}/collect"): Right.CLASS,
    ("POST", "/class/work/{name}/collect"): Right.CLASS,
    ("GET", "/class/work/{name}/grade"): Right.CLASS,
    ("POST", "/class/work/{name}/grade"): Right.CLASS,
    ("GET", "/class/work/{name}/regrade"): Right.CLASS,
    ("POST", "/class/work/{name}/regrade"): Right.CLASS,
    ("GET", "/class/work/{name}/publish"): Right.CLASS,
    ("POST", "/class/work/{name}/publish"): Right.CLASS,
    ("GET", "/class/incidents"): Right.CLASS,
    ("POST", "/class/incidents"): Right.CLASS,
    ("GET", "/class/work/{name}"): Right.SCOPE,
    ("GET", "/class/work/{name}/table"): Right.SCOPE,
    ("GET", "/class/work/{name}/q/{question:path}"): Right.SCOPE,
    ("GET", "/class/work/{name}/student/{student}"): Right.SCOPE,
    ("GET", "/class/work/{name}/student/{student}/{number}"): Right.SCOPE,
    ("GET", "/class/work/{name}/student/{student}/{number}/file"): Right.SCOPE,
    ("GET", "/class/work/{name}/student/{student}/{number}/notebook"): Right.SCOPE,
    ("GET", "/class/work/{name}/student/{student}/{number}/cases"): Right.CASES,
    ("GET", "/class/quiz/{name}/preview"): Right.SCOPE,
    ("POST", "/class/quiz/{name}/preview"): Right.SCOPE,
    ("GET", "/class/grades"): Right.CLASS,
    ("GET", "/class/grades/{student}"): Right.CLASS,
    ("GET", "/class/log"): Right.CLASS,
    ("GET", "/class/students"): Right.SCOPE,
    ("GET", "/class/students/{student}"): Right.SCOPE,
    ("GET", "/admin"): Right.SERVER,
    ("GET", "/admin/people"): Right.SERVER,
    ("POST", "/admin/people"): Right.SERVER,
    ("GET", "/admin/tokens"): Right.SERVER,
    ("POST", "/admin/tokens"): Right.SERVER,
    ("GET", "/admin/backups"): Right.SERVER,
    ("POST", "/admin/backups"): Right.SERVER,
    ("GET", "/admin/backups/{file}"): Right.SERVER,
    ("GET", "/me"): Right.PERSON,
    ("GET", "/me/data.zip"): Right.PERSON,
    ("POST", "/me/formulas"): Right.PERSON,
    ("POST", "/me/sessions"): Right.PERSON,
    ("POST", "/me/password"): Right.PERSON,
    ("GET", "/me/tokens"): Right.OWN,
    ("POST", "/me/tokens"): Right.OWN,
}
"""By method and path. A new page gets its line here first."""
BY_TOKEN = frozenset((("POST", "/work/{name}"),))
"""What a program may do with a personal token: hand in."""


def allows(right: Right, person: CoursePerson | None, course: Course, params: Mapping[str, str]) -> bool:
    """Whether a person has a right for the page that these parts of its path name.

    `name` is an assignment or a quiz, `student` an id; one that the class list does not have is nobody's.
    """
    if right is Right.PUBLIC:
        return True
    if person is None:
        return False
    match right:
        case Right.PERSON:
            return True
        case Right.OWN:
            return CourseRole.STUDENT in person.roles
        case Right.SCOPE:
            return _looks_after(person, course, params)
        case Right.CASES:
            sees = course.assistants_see_cases or CourseRole.INSTRUCTOR in person.roles
            return sees and _looks_after(person, course, params)
        case Right.CLASS:
            return CourseRole.INSTRUCTOR in person.roles and params.get("student") != person.id
        case Right.SERVER:
            return CourseRole.ADMIN in person.roles


def _looks_after(person: CoursePerson, course: Course, params: Mapping[str, str]) -> bool:
    if "student" not in params:
        if "name" in params:
            return person.looks_after(params["name"])
        return bool(person.roles & {CourseRole.ASSISTANT, CourseRole.INSTRUCTOR})
    student = course.student(params["student"])
    if student is None:
        # Who handed in without standing on the class list is in nobody's group.
        return CourseRole.INSTRUCTOR in person.roles and params["student"] != person.id
    return person.looks_after(params.get("name", ""), student)
