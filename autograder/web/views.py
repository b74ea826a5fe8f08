"""Which view answers which route. Who may ask for it stands in rights.py."""

from collections.abc import Callable, Mapping

from starlette.responses import Response

from autograder.web import login, static_view, token_pages
from autograder.web.staff import (
    class_page,
    deciding,
    exam,
    grades,
    incidents,
    log,
    marking,
    publish,
    question_page,
    quiz_preview,
    student_work,
    students,
    work_page,
)
from autograder.web.student import grade, quiz, submission, work, work_list
from autograder.web.visit import Visit

VIEWS: Mapping[tuple[str, str], Callable[[Visit], Response]] = {
    ("GET", "/health"): login.show_health,
    ("GET", "/static/{digest}/{file}"): static_view.send_file,
    ("GET", "/login"): login.show_login,
    ("POST", "/login"): login.log_in_by_password,
    ("GET", "/in/{token}"): login.show_link,
    ("POST", "/in/{token}"): login.log_in,
    ("POST", "/logout"): login.log_out,
    ("GET", "/"): work_list.show_home,
    ("GET", "/work/{name}"): work.show_work,
    ("POST", "/work/{name}"): work.receive_file,
    ("GET", "/work/{name}/notebook"): work.send_notebook,
    ("GET", "/work/{name}/{number}"): submission.show_submission,
    ("GET", "/work/{name}/{number}/state"): submission.show_state,
    ("GET", "/work/{name}/{number}/file"): submission.send_file,
    ("GET", "/work/{name}/{number}/receipt.txt"): submission.send_receipt,
    ("GET", "/quiz/{name}"): quiz.show_quiz,
    ("POST", "/quiz/{name}"): quiz.begin_quiz,
    ("GET", "/quiz/{name}/{number}"): quiz.show_attempt,
    ("POST", "/quiz/{name}/{number}"): quiz.save_all,
    ("GET", "/quiz/{name}/{number}/hand-in"): quiz.show_hand_in,
    ("POST", "/quiz/{name}/{number}/hand-in"): quiz.hand_in,
    ("GET", "/quiz/{name}/{number}/result"): quiz.show_result,
    ("POST", "/quiz/{name}/{number}/{question}"): quiz.save_one,
    ("POST", "/quiz/{name}/{number}/{question}/read"): quiz.read_back,
    ("GET", "/grade"): grade.show_grade,
    ("GET", "/class"): class_page.show_class,
    ("GET", "/class/work/{name}/mark"): marking.show_parts,
    ("GET", "/class/work/{name}/mark/{part}"): marking.show_part,
    ("GET", "/class/work/{name}/mark/{part}/{copy}"): marking.show_answer,
    ("POST", "/class/work/{name}/mark/{part}/{copy}"): marking.save_mark,
    ("POST", "/class/work/{name}/mark/{part}/{copy}/draft"): marking.keep_writing,
    **{
        (method, f"/class/students/{{student}}/{name}"): view
        for name in deciding.STUDENT_FORMS
        for method, view in (("GET", deciding.show_student_form), ("POST", deciding.record_student_form))
    },
    ("GET", "/class/exam"): exam.show_exam,
    ("POST", "/class/exam"): exam.take_exam_list,
    ("GET", "/class/publish"): publish.show_publication,
    ("POST", "/class/publish"): publish.publish,
    ("GET", "/class/work/{name}/publish"): publish.show_publication,
    ("POST", "/class/work/{name}/publish"): publish.publish,
    ("GET", "/class/incidents"): incidents.show_incidents,
    ("POST", "/class/incidents"): incidents.record_incident,
    ("GET", "/class/work/{name}"): work_page.show_work,
    ("GET", "/class/work/{name}/q/{question}"): question_page.show_question,
    ("GET", "/class/work/{name}/student/{student}"): student_work.show_student_work,
    ("GET", "/class/work/{name}/student/{student}/{number}"): student_work.show_file,
    ("GET", "/class/work/{name}/student/{student}/{number}/file"): student_work.send_file,
    ("GET", "/class/work/{name}/student/{student}/{number}/notebook"): student_work.show_notebook,
    ("GET", "/class/work/{name}/student/{student}/{number}/cases"): student_work.show_cases,
    ("GET", "/class/quiz/{name}/preview"): quiz_preview.show_preview,
    ("POST", "/class/quiz/{name}/preview"): quiz_preview.show_preview,
    ("GET", "/class/grades"): grades.show_grades,
    ("GET", "/class/grades/{student}"): grades.show_derivation,
    ("GET", "/class/log"): log.show_log,
    ("GET", "/class/students"): students.show_students,
    ("GET", "/class/students/{student}"): students.show_student,
    ("GET", "/me"): login.show_me,
    ("POST", "/me/sessions"): login.end_other_session,
    ("POST", "/me/password"): login.choose_password,
    ("GET", "/me/tokens"): token_pages.show_tokens,
    ("POST", "/me/tokens"): token_pages.change_tokens,
}
