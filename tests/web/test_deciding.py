"""An instructor decides: what would change is shown first, and what is confirmed is what was shown."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from web_course import WRONG, Visitor, WebCourse, words_of

from autograder.domain.course_events import CourseEvent, Team, Whom
from autograder.domain.events import Absence, BadQuestion, Extension, Override, OverrideKind, Revocation

WHY = {"why": "as agreed"}
UNTIL = "2026-12-16T23:59"
EXTEND = "/class/students/ada/extend"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebCourse]:
    """ada handed in two days late what earns 4.5 of 6; one free day is spent, the other costs a tenth."""
    web = WebCourse(tmp_path_factory.mktemp("graded"))
    web.clock.pass_by(days=5)
    web.visitor("ada").hand_in(WRONG)
    web.grade_waiting()
    web.clock.pass_by(days=5)  # nothing more can come
    yield web
    web.close()


@pytest.fixture
def late(graded: WebCourse, tmp_path: Path) -> Iterator[WebCourse]:
    """That course, for one test."""
    web = graded.copy_to(tmp_path)
    yield web
    web.close()


def hidden_fields(page: str) -> dict[str, str]:
    """The fields of the form that confirms, as a browser would send them."""
    form = re.search(r'<form method="post" action="[^"]*/class/.*?</form>', page, re.S)
    assert form, words_of(page)
    return dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form[0]))


def preview(visitor: Visitor, path: str, **typed: str) -> str:
    answer = visitor.get(path, params={**WHY, **typed})
    assert answer.status_code == 200, words_of(answer.text)
    return str(answer.text)


def recorded(web: WebCourse) -> list[CourseEvent]:
    return list(web.site.gradebook.events.all())


def test_more_time_is_shown_with_what_it_changes_and_then_recorded(late: WebCourse) -> None:
    ina = late.visitor("ina")
    assert "Show what it changes" in ina.text(EXTEND)
    page = preview(ina, EXTEND, work="small", until="2026-12-16T23:59", note="certificate")
    told = words_of(page)
    assert "Ada Lovelace small 0.65 0.75" in told
    assert "final grade" in told
    assert "extension to" in told  # what the student reads
    assert "as agreed" in told
    assert recorded(late) == []
    fields = {**hidden_fields(page), "student": "ben", "by": "somebody", "at": "2020-01-01"}
    answer = ina.client.post(EXTEND, data=fields)  # what a form says of other people is not asked
    assert (answer.status_code, answer.headers["location"]) == (303, "/class/students/ada")
    (event,) = recorded(late)
    assert isinstance(event.what, Extension)
    assert (event.whom, event.by, event.note, event.what.why) == (
        Whom("ada"),
        "ina",
        "certificate",
        "as agreed",
    )
    # What was confirmed once is not confirmed a second time.
    assert ina.press(EXTEND, page).status_code == 409
    assert len(recorded(late)) == 1


def test_days_are_added_to_the_due_date_that_holds(late: WebCourse) -> None:
    ina = late.visitor("ina")
    page = preview(ina, EXTEND, work="small", plus="2")
    ina.press(EXTEND, page)
    (event,) = recorded(late)
    assert isinstance(event.what, Extension)
    assert event.what.until is not None
    assert event.what.until.isoformat() == "2026-12-15T23:59:00+01:00"
    ina.press(EXTEND, preview(ina, EXTEND, work="small", plus="1"))
    assert recorded(late)[-1].what.until.isoformat() == "2026-12-16T23:59:00+01:00"  # type: ignore[union-attr]


def test_what_moved_since_it_was_shown_is_shown_anew_and_not_recorded(late: WebCourse) -> None:
    ina = late.visitor("ina")
    page = preview(ina, EXTEND, work="small", minutes="60")
    late.site.gradebook.events.add(
        [CourseEvent(Absence(0, "small", why="other"), Whom("ben"), late.clock(), "somebody")]
    )
    answer = ina.press(EXTEND, page)
    assert answer.status_code == 409
    assert "Nothing was recorded: something changed" in words_of(answer.text)
    assert len(recorded(late)) == 1
    # The page that says so can be confirmed.
    assert ina.press(EXTEND, answer.text).status_code == 303
    assert len(recorded(late)) == 2


def test_a_mark_that_changed_since_moves_what_was_shown(late: WebCourse) -> None:
    """No event was recorded, but what is said of ada's grade is not true any more."""
    ina = late.visitor("ina")
    page = preview(ina, "/class/students/ada/override", work="small", kind="mark", given="3/6")
    settings = late.folder / "course.toml"
    settings.write_text(settings.read_text().replace('penalty = "10 %"', 'penalty = "20 %"'))
    answer = ina.press("/class/students/ada/override", page)
    assert answer.status_code == 409
    assert recorded(late) == []


@pytest.mark.parametrize(
    ("form", "typed", "what", "told"),
    [
        ("excuse", {"work": "small"}, Absence(1, "small", True, 1, "as agreed"), "0.65 excused"),
        ("excuse", {"work": "exam/2", "kind": "unexcused"}, Absence(1, None, False, 2, "as agreed"), ""),
        ("override", {"work": "small", "kind": "mark", "given": "6/6"}, "mark", "0.65 1.00"),
        (
            "override",
            {"work": "small", "question": "grad", "kind": "adjust", "given": "+1/2"},
            "adjust",
            "0.65 0.73",
        ),
        ("override", {"work": "final grade", "kind": "mark", "given": "12/20"}, "mark", "12.00"),
        ("override", {"work": "small", "kind": "sanction"}, "sanction", "0.65 0.00 down"),
        ("withhold", {"work": "small"}, "withheld", ""),
    ],
)
def test_every_form_records_what_it_shows(
    late: WebCourse, form: str, typed: dict[str, str], what: object, told: str
) -> None:
    ina, path = late.visitor("ina"), f"/class/students/ada/{form}"
    page = preview(ina, path, **typed)
    assert told in words_of(page)
    assert ina.press(path, page).status_code == 303
    (event,) = recorded(late)
    if isinstance(what, str):
        assert isinstance(event.what, Override)
        assert event.what.kind is OverrideKind(what)
    else:
        assert event.what == what
    # And it is taken back, by its number.
    page = preview(ina, "/class/students/ada/revoke", event="1")
    assert ina.press("/class/students/ada/revoke", page).status_code == 303
    assert isinstance(recorded(late)[-1].what, Revocation)


def test_a_work_called_final_is_not_the_final_grade(late: WebCourse) -> None:
    """In no form: whoever decides its mark decides nothing else."""
    settings = late.folder / "course.toml"
    table = '[quizzes.final]\ntitle = "Final quiz"\nweight = "5 %"\nbonus = true\n'
    settings.write_text(settings.read_text() + table)
    quiz = "---\nid: final\ntitle: Final quiz\n---\n\n## pick {single 1}\nWhich?\n\n- (x) this\n- ( ) that\n"
    (late.folder / "quiz").mkdir(exist_ok=True)
    (late.folder / "quiz" / "final.quiz.md").write_text(quiz)
    ina, path = late.visitor("ina"), "/class/students/ada/override"
    for page in (path, "/class/students/ada/withhold", "/class/exports"):
        (options,) = re.findall(r'<select[^>]* name="work".*?</select>', ina.get(page).text, re.S)
        values = re.findall(r'<option value="([^"]*)"', options)
        assert len(values) == len(set(values)) == 3, page
    ina.press(path, preview(ina, path, work="final", kind="mark", given="50 %"))
    (event,) = recorded(late)
    assert isinstance(event.what, Override)
    assert event.what.work == "final"


@pytest.mark.parametrize(
    ("form", "typed", "says"),
    [
        ("extend", {"work": "small"}, "write until when"),
        ("extend", {"work": "small", "until": "soon"}, "is no time"),
        ("extend", {"work": "small", "minutes": "-5"}, "no number of minutes"),
        ("extend", {"work": "small", "minutes": "9" * 30}, "no number of minutes"),
        ("extend", {"work": "other", "minutes": "5"}, "is no assignment or quiz that counts"),
        ("extend", {"work": "small", "minutes": "5", "why": " "}, "the reason: is missing"),
        ("extend", {"work": "small", "minutes": "5", "together": "1"}, "hands in small with nobody"),
        ("override", {"work": "small", "kind": "mark"}, "the mark: is missing"),
        ("override", {"work": "small", "kind": "mark", "given": "7/6"}, "small"),
        (
            "override",
            {"work": "small", "question": "gard", "kind": "mark", "given": "1/2"},
            "did you mean grad?",
        ),
        ("override", {"work": "small", "kind": "none"}, "choose what is decided"),
        ("revoke", {"event": "7"}, "there is no decision 7"),
        ("revoke", {"event": "\x00"}, "there is no decision"),
    ],
)
def test_what_cannot_be_decided_is_told_beside_what_was_typed(
    late: WebCourse, form: str, typed: dict[str, str], says: str
) -> None:
    ina, path = late.visitor("ina"), f"/class/students/ada/{form}"
    answer = ina.get(path, params={**WHY, **typed})
    assert answer.status_code == 422
    assert says in words_of(answer.text)
    assert 'role="alert"' in answer.text
    sent = ina.post(path, data={**WHY, **typed, "state": ""})
    assert sent.status_code == 422
    assert recorded(late) == []


def test_all_of_a_team_are_meant_where_that_is_said(late: WebCourse) -> None:
    events = [CourseEvent(Team(0, "small", "t"), Whom(each), late.clock(), "x") for each in ("ada", "ben")]
    late.site.gradebook.events.add(events)
    ina, path = late.visitor("ina"), EXTEND
    assert "for ada alone" in words_of(preview(ina, path, work="small", minutes="60"))
    page = preview(ina, path, work="small", minutes="60", together="1")
    assert "for all of the team: ada, ben" in words_of(page)
    assert ina.press(path, page).status_code == 303
    assert [event.whom.student for event in recorded(late)[2:]] == ["ada", "ben"]


def test_nobody_decides_of_themselves_nor_of_whoever_is_not_there(late: WebCourse) -> None:
    staff = late.folder / "staff.csv"
    staff.write_text(staff.read_text().replace("tess,Tess Both,assistant", "tess,Tess Both,instructor"))
    tess = late.visitor("tess")
    assert tess.get("/class/students/tess/extend").status_code == 404
    assert late.visitor("ina").get("/class/students/nobody/extend").status_code == 404
    # Nor as one of a team.
    events = [CourseEvent(Team(0, "small", "t"), Whom(each), late.clock(), "x") for each in ("ada", "tess")]
    late.site.gradebook.events.add(events)
    path = "/class/students/ada/override"
    page = preview(tess, path, work="small", kind="mark", given="6/6", together="1")
    assert tess.press(path, page).status_code == 403
    assert len(recorded(late)) == 2


def test_only_instructors_decide(late: WebCourse) -> None:
    for who in ("ada", "asa", "adm"):
        visitor = late.visitor(who)
        for path in (EXTEND, "/class/students/ben/override", "/class/incidents"):
            assert visitor.get(path).status_code == 404
            sent = visitor.post(path, data={"work": "small", "minutes": "60", "state": "", **WHY})
            assert sent.status_code == 404
    assert recorded(late) == []


def test_a_question_that_was_wrong_is_left_out_for_whomever_that_helps(late: WebCourse) -> None:
    ina, path = late.visitor("ina"), "/class/incidents"
    assert "Record one" in ina.text(path)
    page = preview(ina, path, what="left out", work="small", question="grad")
    assert "Ada Lovelace small 0.65 0.90" in words_of(page)
    assert ina.press(path, page).headers["location"] == path
    (event,) = recorded(late)
    assert isinstance(event.what, BadQuestion)
    assert "small/grad: left out for whomever that helps" in ina.text(path)
    page = preview(ina, path, what="revoke", event="1")
    assert ina.press(path, page).status_code == 303
    assert "What holds for all" not in ina.text(path)


def test_time_that_was_lost_is_given_to_all(late: WebCourse) -> None:
    ina, path = late.visitor("ina"), "/class/incidents"
    page = preview(ina, path, what="time", work="small", minutes="60")
    assert ina.press(path, page).status_code == 303
    assert recorded(late)[0].whom == Whom()
    assert ina.get(path, params={"what": "nothing", **WHY}).status_code == 422


def test_what_was_typed_is_shown_as_text(late: WebCourse) -> None:
    hostile = '"><script>alert(1)</script>{{7919*7907}}'
    ina = late.visitor("ina")
    for typed in (
        {"work": hostile},
        {"work": "small", "minutes": "5", "why": hostile, "note": hostile, hostile: "1"},
    ):
        page = ina.get(EXTEND, params={**WHY, **typed}).text
        assert "<script>alert" not in page
        assert str(7919 * 7907) not in page
