"""All that a course holds of a person, for that person: what they may see at this moment, and no more.

What an instructor is given of somebody (`export_person`) holds besides what is not published yet, what was
proposed, notes, and who of the staff said what. None of that is in here.
"""

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import datetime
from typing import IO, Any

from autograder.course.opened import OpenCourse
from autograder.course.quizzes import quizzes_of as open_quizzes
from autograder.domain.course_events import NameShown, Publication, RubricChange
from autograder.domain.people import CoursePerson
from autograder.domain.phrases import phrase
from autograder.domain.report import Report
from autograder.domain.second_looks import SecondLook
from autograder.domain.shown_reports import Shown
from autograder.gradebook.store import Gradebook
from autograder.gradebook.transient import TransientStore
from autograder.publishing.publication import AS_OF
from autograder.quiz.records import Attempt
from autograder.quiz.service import QuizService
from autograder.render import render_html
from autograder.services.hand_in import make_receipt
from autograder.services.own_work import OwnCourse, OwnWork, read_own_course
from autograder.services.persons import quizzes_of, teams_of
from autograder.services.shown_report import read_report_for_student
from autograder.upkeep.persons import find_all_mates, find_published, put_json, tell_decision, tell_person

_OF_STAFF = (NameShown, RubricChange, Publication)
"""What is recorded of marking; that a name was shown is told among who looked."""


def write_own_data(
    course: OpenCourse,
    gradebook: Gradebook,
    transient: TransientStore,
    person: CoursePerson,
    out: IO[bytes],
    *,
    find_person: Callable[[str], CoursePerson | None],
    now: datetime,
) -> None:
    """Write a zip file of all that a course holds of a person, as that person may see it now.

    Args:
        course: whose.
        gradebook: its store.
        transient: what is kept beside it.
        person: for whom; of whoever is not on the class list, what the pages keep of them.
        out: where to; files are read one after the other, so that a hundred large ones take no memory.
        find_person: finds who looked, of whom the role is told.
        now: the moment.

    Raises:
        CourseError: a quiz of theirs cannot be read.
        StoreError: a store cannot be read.
    """
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("readme.txt", phrase("own.readme", course=course.course.title))
        if person.student is not None:
            own = read_own_course(course, gradebook, person.student, now)
            _write_work(archive, course, gradebook, own)
            _write_quizzes(archive, course, gradebook, own)
            _write_course(archive, course, gradebook, own)
        if person.staff is not None:
            staff = person.staff
            scope = {"groups": sorted(staff.groups), "assignments": sorted(staff.assignments)}
            put_json(archive, "staff.json", {**asdict(staff), **scope})
        _write_pages(archive, gradebook, transient.tell_person(person.id), person, find_person)


def _write_work(archive: zipfile.ZipFile, course: OpenCourse, gradebook: Gradebook, own: OwnCourse) -> None:
    """Every file with its receipt, and the report on it as far as it is shown."""
    listed = []
    for event in gradebook.history(own.student.id):
        number, name = event.number, f"{event.assignment}-{event.number:03}"
        receipt = make_receipt(course, event, number, size=gradebook.size(event.blob))
        archive.writestr(f"submissions/{name}.ipynb", gradebook.content(event.blob))
        archive.writestr(f"receipts/{name}.txt", receipt.to_text())
        listed.append(
            {
                "file": f"submissions/{name}.ipynb",
                "assignment": event.assignment,
                "number": number,
                "name": event.filename,
                "sha256": event.blob,
                "received": event.received,
                "received_by": event.received_by.value,
                "recorded": event.recorded,
            }
        )
        work = own.work(event.assignment)
        report = None if work is None else _read_report(course, gradebook, work, number)
        if report is None or work is None:
            continue
        if work.shown(number).how is Shown.FULL:
            page = render_html(report, course=course.course.title, name=own.student.name)
            archive.writestr(f"reports/{name}.html", page)
        else:
            put_json(archive, f"reports/{name}.json", _tell_examples(report))
    if listed:
        put_json(archive, "submissions.json", listed)


def _read_report(course: OpenCourse, gradebook: Gradebook, work: OwnWork, number: int) -> Report | None:
    file = work.file(number)
    if file is None or work.shown(number).how not in (Shown.FULL, Shown.EXAMPLES):
        return None
    return read_report_for_student(course, gradebook, file.id, published=work.published_at)


def _tell_examples(report: Report) -> list[dict[str, Any]]:
    """What is shown where only the public examples are: nothing of marks, nothing of hidden cases."""
    return [
        {
            "question": verdict.question,
            "examples": [{"source": run.source, "passed": run.passed} for run in verdict.examples],
        }
        for verdict in report.verdicts
    ]


def _write_quizzes(
    archive: zipfile.ZipFile, course: OpenCourse, gradebook: Gradebook, own: OwnCourse
) -> None:
    opened = replace(open_quizzes(course), clock=lambda: own.graded.now)
    for name in quizzes_of(course):
        attempts = gradebook.quizzes.attempts(name, own.student.id)
        if attempts:
            service = opened.serving(opened.quiz(name), gradebook.quizzes, own.student.id)
            for attempt in attempts:
                put_json(archive, f"quizzes/{name}-{attempt.number}.json", _tell_attempt(service, attempt))


def _tell_attempt(service: QuizService, attempt: Attempt) -> dict[str, Any]:
    """An attempt with everything that was answered, and with what came of it where that may be seen."""
    report = service.report(attempt.id)
    end = report.handed_in
    return {
        "quiz": attempt.quiz,
        "number": attempt.number,
        "begun": attempt.started,
        "closes": attempt.closes,
        "handed_in": end and end.at,
        "answers": [
            {"question": each.question, "answer": each.raw, "at": each.at}
            for each in service.records.responses(attempt.id)
        ],
        "results": [
            {
                "question": each.question,
                "answer": each.raw,
                "points": each.points,
                "earned": each.earned,
                "state": each.verdict.state.value,
                "read_as": each.verdict.reading,
                "message": each.verdict.message,
            }
            for each in report.questions
            if each.verdict is not None
        ],
    }


def _write_course(archive: zipfile.ZipFile, course: OpenCourse, gradebook: Gradebook, own: OwnCourse) -> None:
    """The line on the class list, what was decided and told, what was asked, and what was published."""
    student = own.student
    teams = teams_of(course, student.id)
    mates = find_all_mates(gradebook, student.id, teams)
    put_json(archive, "person.json", tell_person(student.id, student, teams, mates))
    # Of the history that grades of students are made of: what is not published is not in it.
    known = [
        tell_decision(each, mates)
        for each in own.graded.history.events
        if each.whom.includes(student) and not isinstance(each.what, _OF_STAFF)
    ]
    if known:
        told = [{key: value for key, value in each.items() if key not in ("by", "note")} for each in known]
        put_json(archive, "decisions.json", told)
    looks = gradebook.second_looks.all(student=student.id)
    if looks:
        put_json(archive, "requests.json", [list(_tell_look(each)) for each in looks])
    published = [
        {"at": each.at, "work": each.what.work, "why": each.what.why}
        | {key: value for key, value in grade.items() if key != AS_OF}
        for each, grade in find_published(gradebook, student.id)
        if isinstance(each.what, Publication)
    ]
    if published:
        put_json(archive, "published.json", published)


def _tell_look(look: SecondLook) -> Iterator[dict[str, Any]]:
    """What was said of a request, without proposals and without who of the staff said it."""
    for entry in look.seen_by_student:
        yield {
            "step": entry.step.value,
            "at": entry.at,
            "work": entry.work,
            "question": entry.question,
            "text": entry.text,
            "ran": entry.ran,
            "outcome": entry.outcome and entry.outcome.value,
        }


def _write_pages(
    archive: zipfile.ZipFile,
    gradebook: Gradebook,
    kept: dict[str, list[dict[str, Any]]],
    person: CoursePerson,
    find_person: Callable[[str], CoursePerson | None],
) -> None:
    """What the pages keep: logging in, tokens, texts that were not sent; and who looked, by role."""

    def role(who: str) -> str:
        found = find_person(who)
        return found.staff.role.value if found and found.staff else "staff"

    looked = [
        {"at": each["at"], "role": role(each["viewer"]), "work": each["work"]} for each in kept["views"]
    ]
    # Whoever marked an answer may have had its name shown.
    looked += [
        {"at": each.at, "role": role(each.by), "work": each.what.work}
        for each in gradebook.events.all()
        if isinstance(each.what, NameShown) and each.whom.student == person.id
    ]
    sessions = [
        {**each, "seen": each["seen"] if each["seen"] >= each["begun"] else None} for each in kept["sessions"]
    ]
    put_json(archive, "pages.json", {**kept, "sessions": sessions, "views": looked})
