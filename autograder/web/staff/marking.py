"""Marking by hand: what there is to mark, and one answer after the other, with numbers for names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff
from fractions import Fraction
from hashlib import sha256
from http import HTTPStatus
from itertools import islice
from typing import Any
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse, Response

from autograder.domain.counts import describe_count
from autograder.domain.course import ShareRule
from autograder.domain.course_events import CourseEvent, NameShown, Whom
from autograder.domain.handmark import HandMark
from autograder.domain.people import CourseRole
from autograder.errors import CourseError, OvertakenError
from autograder.marking.copies import MarkedPart, file_stem
from autograder.marking.filled_form import FilledForm, GivenPoints
from autograder.marking.rubric import PreviewedRubric, preview_rubric, read_rubric, record_rubric
from autograder.marking.table import write_points
from autograder.marking.turns import (
    MarkingProgress,
    MarkingShares,
    is_marked,
    measure_progress,
    order_answers,
)
from autograder.marking.work_to_mark import MarkedNotebooks, MarkedQuiz, WorkToMark
from autograder.web.rights import Right, allows
from autograder.web.site import Site
from autograder.web.staff.drafts import DraftPlace, find_busy, find_draft, forget_draft, keep_draft
from autograder.web.visit import PageNotFound, PageRefused, SentForm, Visit

_MOST_CHANGED = 400
"""Lines of a difference that are shown."""
_MOST_SNIPPETS = 30
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class PartQueue:
    """A part as one marker meets it: the answers they look after, in an order of their own."""

    work: WorkToMark[Any]
    name: str
    part: MarkedPart
    answers: Sequence[Any]
    """Of a notebook or of a quiz."""
    missing: Sequence[tuple[str, str]]
    """Students of whom there is none that can be marked, with the reason."""
    shares: MarkingShares
    marker: str

    @property
    def url(self) -> str:
        """Where it is marked."""
        return f"/class/work/{self.name}/mark/{quote(file_stem(self.part.key))}"

    def is_own(self, answer: Any) -> bool:
        """Whether an answer is this marker's to mark, or anybody's."""
        return self.shares.marker_of(self, answer) in ("", self.marker)

    def find_next(self, after: Any = None) -> Any:
        """The next answer without a mark, first of those that are this marker's to mark; None for none."""
        at = next((k for k, each in enumerate(self.answers) if after and each.number == after.number), -1)
        around = [*self.answers[at + 1 :], *self.answers[: max(at, 0)]]
        waiting = [each for each in around if not is_marked(each)]
        return next((each for each in waiting if self.is_own(each)), next(iter(waiting), None))

    def find_before(self, answer: Any) -> Any:
        """The answer before this one in the marker's order, or None."""
        numbers = [each.number for each in self.answers]
        at = numbers.index(answer.number)
        return self.answers[at - 1] if at else None


@dataclass(frozen=True, slots=True)
class ListedPart:
    """A part in the list of what there is to mark."""

    queue: PartQueue
    progress: MarkingProgress


def show_parts(visit: Visit) -> Response:
    """What there is to mark of a piece of work, and how far it is."""
    parts = [ListedPart(queue, _measure(visit, queue)) for queue in _queues(visit)]
    return visit.page("web/staff/mark_parts.html", work=_title(visit), name=visit.params["name"], parts=parts)


def show_part(visit: Visit) -> Response:
    """The first answer without a mark; where all have one, the list of them."""
    queue = _queue(visit)
    found = None if visit.query.get("all") else queue.find_next()
    if found is not None:
        return visit.redirect(f"{queue.url}/{found.number}")
    return visit.page(
        "web/staff/mark_part.html",
        work=_title(visit),
        queue=queue,
        progress=_measure(visit, queue),
        is_marked=is_marked,
        by_number=sorted(queue.answers, key=lambda one: one.number),
    )


def show_answer(visit: Visit) -> Response:
    """One answer, and the form for its mark."""
    queue = _queue(visit)
    return _answer_page(visit, queue, _find(visit, queue))


def save_mark(visit: Visit) -> Response:
    """Save a mark and go on to the next answer."""
    queue = _queue(visit)
    answer = _find(visit, queue)
    form = visit.form
    place, now = _place(visit, queue, answer), visit.site.clock()
    if form.has("keep"):  # the mark that somebody else gave
        forget_draft(visit.site.transient, place)
        return _go_on(visit, queue, answer)
    given = _read_form(form, len(queue.part.rubric))
    if form.has("snippet"):
        snippets = _snippets(queue)
        chosen = [text for number, text in enumerate(snippets) if form.get("snippet") == str(number)]
        given = replace(given, comment="\n".join(filter(None, (given.comment.rstrip(), *chosen))))
        return _answer_page(visit, queue, answer, given=given)
    if form.get("rubric") != _name_rubric(queue):
        told = ["The criteria were changed meanwhile: look at your marks again, and save them then."]
        conflict = HTTPStatus.CONFLICT
        return _answer_page(visit, queue, answer, given=given, mistakes=told, status=conflict)
    taking_back = form.has("take_back") and queue.work.takes_back
    mistakes = [] if taking_back else given.find_mistakes(queue.part.rubric)
    if mistakes:
        return _answer_page(
            visit, queue, answer, given=given, mistakes=mistakes, status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    mark = given.to_mark(queue.part, answer, marker=visit.who.id, now=now)
    if taking_back:
        mark = replace(mark, rubric=(), comment="")
    newer = form.get("shown") != answer.shown
    if newer:
        mark = replace(mark, blob=_earlier_file(visit, answer), answer=form.get("shown").rpartition("-")[2])
    seen = form.get("seen")
    try:
        queue.work.record(answer, mark, seen=int(seen) if seen.isdecimal() and len(seen) < 16 else -1)
    except OvertakenError:
        queue = _queue(visit)
        answer = _find(visit, queue)
        told = [] if answer.mark else ["The mark was taken back meanwhile: save yours again."]
        return _answer_page(
            visit,
            queue,
            answer,
            given=given,
            conflict=answer.mark,
            mistakes=told,
            status=HTTPStatus.CONFLICT,
        )
    forget_draft(visit.site.transient, place)
    if newer:
        return visit.redirect(f"{queue.url}/{answer.number}")
    students = (answer.student, *queue.work.mates(answer))
    return _go_on(visit, queue, answer, BackgroundTask(visit.site.write_reports, queue.name, students))


def show_name(visit: Visit) -> Response:
    """The name of whoever wrote an answer, once it is said why; that is recorded."""
    queue = _queue(visit)
    answer, reason = _find(visit, queue), visit.form.get("reason").strip()
    if not reason:
        told = ["Say why the name must be shown: it is recorded."]
        return _answer_page(visit, queue, answer, mistakes=told, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    shown = NameShown(0, queue.name, queue.part.title)
    now, by = visit.site.clock(), visit.who.id
    event = CourseEvent(shown, Whom(answer.student), now, by, reason[:_LONGEST_REASON])
    visit.site.gradebook.events.add([event])
    everybody = {each.id: each.name for each in visit.read.opened.course.roster}
    known = (everybody.get(each) or each for each in (answer.student, *queue.work.mates(answer)))
    return _answer_page(visit, queue, answer, name=", ".join(known))


def show_rubric(visit: Visit) -> Response:
    """The criteria of a part, to be changed."""
    queue = _queue(visit)
    typed = [(each.sentence, write_points(each.points)) for each in queue.part.rubric]
    return _rubric_page(visit, queue, typed)


def change_rubric(visit: Visit) -> Response:
    """Change the criteria: sentences at once, points once it is confirmed what that changes."""
    queue, form = _queue(visit), visit.form
    rubric = queue.part.rubric
    typed = [(form.get(f"sentence-{k}"), form.get(f"points-{k}")) for k in range(len(rubric))]
    written, points = queue.work.written_rubric(queue.part), sum(each.points for each in rubric)
    if written is None:
        raise PageNotFound
    try:
        new = read_rubric(typed, Fraction(points))
    except CourseError as error:
        return _rubric_page(visit, queue, typed, [str(flaw) for flaw in error.flaws])
    if new == tuple(rubric):
        return visit.redirect(queue.url + "?all=1")
    book, who, now = visit.site.gradebook, visit.who.id, visit.site.clock()
    title = queue.part.title
    shown = preview_rubric(book, queue.name, title, (written, rubric, new), by=who, now=now)
    if shown.changed and not (form.has("confirm") and form.get("state")):
        return _rubric_page(visit, queue, typed, shown=shown)
    record_rubric(book, shown, state=form.get("state") or None)
    answered = visit.redirect(queue.url + "?all=1")
    students = {each.after.student for each in shown.marks}
    answered.background = BackgroundTask(visit.site.write_reports, queue.name, students)
    return answered


def _rubric_page(
    visit: Visit,
    queue: PartQueue,
    typed: Sequence[tuple[str, str]],
    mistakes: Sequence[str] = (),
    *,
    shown: PreviewedRubric | None = None,
) -> Response:
    if queue.work.written_rubric(queue.part) is None:
        raise PageNotFound
    numbers = {each.student: each.number for each in queue.answers}
    return visit.page(
        "web/staff/rubric.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if mistakes else HTTPStatus.OK,
        work=_title(visit),
        queue=queue,
        typed=typed,
        mistakes=mistakes,
        shown=shown,
        changed=[(numbers.get(c.before.student), c) for c in shown.changed] if shown else [],
        given=sum(is_marked(each) for each in queue.answers),
    )


def keep_writing(visit: Visit) -> Response:
    """Keep what is written of an answer so far, for a script of the page."""
    queue = _queue(visit)
    place, now = _place(visit, queue, _find(visit, queue)), visit.site.clock()
    fields = tuple((name, value) for name, value in visit.form.fields if name != "form_key")
    if not keep_draft(visit.site.transient, place, fields, now):
        raise PageRefused("This is too long to be kept.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return PlainTextResponse(f"Draft kept at {now.astimezone(visit.site.zone):%H:%M:%S}")


def open_work(site: Site, name: str) -> WorkToMark[Any]:
    """A piece of work as it is marked. Raises PageNotFound where there is none of that name."""
    course, secret = site.course, site.course.folder.secret()
    settings = course.course.settings(name)
    if settings is not None:
        return MarkedNotebooks(site.answers_read(name), site.gradebook, secret=secret)
    if course.course.quiz_settings(name) is None:
        raise PageNotFound
    return MarkedQuiz(site.quiz(name), site.gradebook, secret=secret)


def _queues(visit: Visit) -> Iterator[PartQueue]:
    """The parts of a piece of work, with the answers of whom the marker looks after; never their own."""
    name, who, course = visit.params["name"], visit.who, visit.read.opened.course
    work, secret = open_work(visit.site, name), visit.read.opened.folder.secret()
    students = {each.id: each for each in course.roster}
    shares = MarkingShares(course.marking_share, visit.read.staff, students, secret)

    def may(student: str) -> bool:
        return allows(Right.SCOPE, who, course, {"name": name, "student": student})

    for each in work.parts():
        seen = [a for a in each.answers if may(a.student) and who.id not in work.mates(a)]
        missing = [(student, why) for student, why in each.missing if may(student)]
        answers = order_answers(seen, marker=who.id, part=each.part.key, secret=secret)
        yield PartQueue(work, name, each.part, answers, missing, shares, who.id)


def _queue(visit: Visit) -> PartQueue:
    found = next((each for each in _queues(visit) if file_stem(each.part.key) == visit.params["part"]), None)
    if found is None:
        raise PageNotFound
    return found


def _find(visit: Visit, queue: PartQueue) -> Any:
    """The answer that the path names by its number."""
    found = next((each for each in queue.answers if str(each.number) == visit.params["copy"]), None)
    if found is None:
        raise PageNotFound
    return found


def _measure(visit: Visit, queue: PartQueue) -> MarkingProgress:
    now = visit.site.clock()
    busy = find_busy(visit.site.transient, queue.name, queue.part.key, now)
    return measure_progress(queue, queue.shares, marker=queue.marker, busy=busy, now=now)


def _title(visit: Visit) -> str:
    name = visit.params["name"]
    return next(each.title for each in visit.read.opened.course.works if each.name == name)


def _place(visit: Visit, queue: PartQueue, answer: Any) -> DraftPlace:
    return DraftPlace(visit.who.id, queue.name, queue.part.key, answer.student, answer.shown)


def _go_on(visit: Visit, queue: PartQueue, answer: Any, then: BackgroundTask | None = None) -> Response:
    """To the next answer; a script that has fetched it ahead is told which it is, and how far the part is."""
    following = queue.find_next(answer)
    path = queue.url if following is None else f"{queue.url}/{following.number}"
    answered = visit.redirect(path)
    if visit.fragment:
        fresh = next(each for each in _queues(visit) if each.part.key == queue.part.key)
        told = _describe(fresh.shares.rule, _measure(visit, fresh))
        answered = PlainTextResponse(told, headers={"x-next": visit.url(path)})
    answered.background = then
    return answered


def _describe(rule: ShareRule | None, progress: MarkingProgress) -> str:
    """How far a part is, in a sentence."""
    told = f"{progress.marked} of {progress.answers} marked"
    if rule is not None:
        told += f", yours {progress.own_marked} of {progress.own}"
    elif progress.own_marked:
        told += f", {progress.own_marked} by you"
    if progress.others_now:
        others = progress.others_now
        told += f"; {describe_count(others, 'other')} marking now"
    return f"{told}."


def _read_form(form: SentForm, criteria: int) -> FilledForm:
    points = (GivenPoints(form.get(f"share-{k}"), form.get(f"points-{k}").strip()) for k in range(criteria))
    return FilledForm(tuple(points), form.get("comment").replace("\r\n", "\n").strip())


def _earlier_file(visit: Visit, answer: Any) -> str:
    """The hash of the file that was shown when the form was opened."""
    begin = visit.form.get("shown").removeprefix("f").partition("-")[0]
    files = (event.blob for event in visit.site.gradebook.history(answer.student))
    found = next((blob for blob in files if len(begin) == 16 and blob.startswith(begin)), None)
    if found is None:
        raise PageRefused("This form is of another answer. Open the answer again.")
    return found


def _name_rubric(queue: PartQueue) -> str:
    """By which a form is known to be about the criteria as they are."""
    told = repr([(each.sentence, each.points) for each in queue.part.rubric])
    return sha256(told.encode()).hexdigest()[:16]


def _snippets(queue: PartQueue) -> list[str]:
    """The comments that were given for this part, the most frequent first."""
    given = [each.mark.comment for each in queue.answers if each.mark and each.mark.comment]
    return sorted(dict.fromkeys(given), key=lambda text: (-given.count(text), text))[:_MOST_SNIPPETS]


def _changed_lines(queue: PartQueue, answer: Any) -> list[str] | None:
    """How the answer differs from the one that was marked; None where it does not."""
    if not answer.outdated:
        return None
    old, new = (queue.work.text(queue.part, answer, blob) for blob in (answer.mark.blob, answer.blob))
    lines = unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=3)
    return list(islice(lines, 2, _MOST_CHANGED + 2))  # the first two name files


def _answer_page(
    visit: Visit,
    queue: PartQueue,
    answer: Any,
    *,
    given: FilledForm | None = None,
    mistakes: Sequence[str] = (),
    conflict: HandMark | None = None,
    name: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    seen = answer.mark.number if is_marked(answer) else 0
    draft = find_draft(visit.site.transient, _place(visit, queue, answer)) if given is None else None
    if draft is not None:
        written = SentForm(draft.fields)
        given = _read_form(written, len(queue.part.rubric))
        conflict = answer.mark if seen and written.get("seen") != str(seen) else None
    following, before = queue.find_next(answer), queue.find_before(answer)
    return visit.page(
        "web/staff/mark_answer.html",
        status=status,
        work=_title(visit),
        queue=queue,
        answer=answer,
        asked=queue.work.asked(queue.part),
        drawn=queue.work.draw(queue.part, answer),
        given=given or FilledForm.of(answer.mark, queue.part.rubric),
        draft=draft,
        mistakes=mistakes,
        conflict=conflict,
        seen=seen,
        rubric=_name_rubric(queue),
        may_change=CourseRole.INSTRUCTOR in visit.who.roles
        and queue.work.written_rubric(queue.part) is not None,
        changed=_changed_lines(queue, answer),
        snippets=_snippets(queue),
        progress=_describe(queue.shares.rule, _measure(visit, queue)),
        following=following,
        before=before,
        person=name,
    )
