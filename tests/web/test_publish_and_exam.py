"""Publishing on a page, and a list of exam marks: shown with what changes, then confirmed."""

import re

import pytest
from web_course import WebCourse, words_of

from autograder.domain.course_events import CourseEvent, Whom
from autograder.domain.events import ExamMark, Override, OverrideKind

PUBLISH = "/class/work/small/publish"


@pytest.fixture
def course(taught: WebCourse) -> WebCourse:
    """tess handed in nothing, and nothing more can come; half of the grade is an exam."""
    settings = taught.folder / "course.toml"
    text = settings.read_text().replace('homework = "100 %"', 'homework = "50 %"')
    settings.write_text(text.replace('"0 %"', '"50 %"'))
    taught.clock.pass_by(days=10)
    return taught


def decide(web: WebCourse, student: str, share: str) -> None:
    from fractions import Fraction

    what = Override(0, "small", OverrideKind.MARK, Fraction(share), "", "as agreed", share)
    web.site.gradebook.events.add([CourseEvent(what, Whom(student), web.clock(), "ina")])


def seen(web: WebCourse) -> dict[str, str]:
    events = web.site.gradebook.events
    return {who: each["exact"] for who, each in events.published(events.publications()[-1].number).items()}


def test_what_students_would_see_is_shown_and_then_published(course: WebCourse) -> None:
    ina, ada = course.visitor("ina"), course.visitor("ada")
    page = ina.get(PUBLISH).text
    assert "Nothing of it is published." in words_of(page)
    assert "Ada Lovelace nothing 4.5 of 6" in words_of(page)
    assert "marks are published" not in ada.text("/")
    answer = ina.press(PUBLISH, page, typed={"why": "The first homework."})
    assert (answer.status_code, answer.headers["location"]) == (303, PUBLISH)
    assert seen(course) == {"ada": "3/4", "ben": "1", "tess": "0"}
    (event,) = course.site.gradebook.events.publications()
    assert (event.by, event.what.why) == ("ina", "The first homework.")
    assert "marks are published" in ada.text("/")
    assert "Nothing has changed" in ina.text(PUBLISH)


def test_marks_that_go_down_come_first_and_want_the_name_typed(course: WebCourse) -> None:
    ina = course.visitor("ina")
    ina.press(PUBLISH, ina.get(PUBLISH).text)
    decide(course, "ada", "1")
    decide(course, "ben", "1/2")
    page = ina.get(PUBLISH).text
    told = words_of(page)
    assert told.index("Ben Okri 6 of 6 3 of 6 down") < told.index("Ada Lovelace 4.5 of 6 6 of 6")
    for typed in ({}, {"typed": "smal"}, {"typed": "SMALL"}):
        answer = ina.press(PUBLISH, page, typed=typed)
        assert answer.status_code == 422
        assert "type small" in words_of(answer.text)
    assert len(course.site.gradebook.events.publications()) == 1
    assert ina.press(PUBLISH, page, typed={"typed": "small"}).status_code == 303
    assert seen(course)["ben"] == "1/2"


@pytest.mark.parametrize(
    ("falling", "told", "decisions"),
    [("keep", "Kept as they were published", 1), ("hold back", "Held back", 0)],
)
def test_marks_that_would_go_down_are_kept_or_held_back(
    course: WebCourse, falling: str, told: str, decisions: int
) -> None:
    ina = course.visitor("ina")
    ina.press(PUBLISH, ina.get(PUBLISH).text)
    decide(course, "ada", "1")
    decide(course, "ben", "1/2")
    page = ina.get(PUBLISH, params={"falling": falling}).text
    assert told in words_of(page)
    assert "type small" not in words_of(page)
    assert ina.press(PUBLISH, page).status_code == 303
    assert seen(course) == {"ada": "1", "ben": "1", "tess": "0"}
    every = [e.what for e in course.site.gradebook.events.all()]
    kept = [
        e for e in every if isinstance(e, Override) and e.why == "It was published, and does not go down."
    ]
    assert len(kept) == decisions


def test_what_moved_since_it_was_shown_is_not_published(course: WebCourse) -> None:
    ina = course.visitor("ina")
    page = ina.get(PUBLISH).text
    decide(course, "ada", "1")
    answer = ina.press(PUBLISH, page)
    assert answer.status_code == 409
    assert "Nothing was published: something changed" in words_of(answer.text)
    assert course.site.gradebook.events.publications() == ()
    assert ina.press(PUBLISH, answer.text).status_code == 303


def test_the_last_publication_is_taken_back_with_a_reason(course: WebCourse) -> None:
    ina = course.visitor("ina")
    assert "nothing of it is published" in words_of(ina.get(PUBLISH + "?back=1").text)
    ina.press(PUBLISH, ina.get(PUBLISH).text)
    page = ina.get(PUBLISH + "?back=1").text
    assert "Ada Lovelace 4.5 of 6 nothing" in words_of(page)
    refused = ina.press(PUBLISH, page, typed={"typed": "small"})
    assert refused.status_code == 422  # without a reason, which is asked for again in the same form
    page = refused.text
    assert ina.press(PUBLISH, page, typed={"typed": "small", "why": "too early"}).status_code == 303
    assert "Nothing of it is published." in ina.text(PUBLISH)


def test_final_grades_that_are_open_are_named_and_not_published(course: WebCourse) -> None:
    ina = course.visitor("ina")
    told = ina.text("/class/publish").replace(" ,", ",")
    assert "Open, and not published 3 students: Ada Lovelace, Ben Okri, Tess Both" in told
    assert "A mark is open while more can be handed in" in told
    assert "Every mark is still open: there is nothing to publish." in told
    for path in ("/class/work/other/publish", "/class/work/%00/publish"):
        assert ina.get(path).status_code == 404


def test_a_list_is_read_shown_and_recorded_and_final_grades_follow(course: WebCourse) -> None:
    ina, path = course.visitor("ina"), "/class/exam"
    assert "exam (/20)" in ina.text(path)
    content = b"id;exam (/20)\nada;13,5\nben;ABI\ntess;\n"
    sent = ina.post(path, data={"session": "1"}, files={"file": ("marks of the exam.csv", content)})
    assert sent.status_code == 303
    page = ina.get(sent.headers["location"]).text
    told = words_of(page)
    assert "2 marks in the list, 2 of them new or changed" in told
    assert "without a mark in the list: tess" in told
    assert "Ada Lovelace final grade 7.50 to 17.50 14.25" in told
    assert not course.site.gradebook.events.all()
    assert ina.press(path, page).status_code == 303
    marks = {e.whom.student: e.what for e in course.site.gradebook.events.all()}
    assert isinstance(marks["ada"], ExamMark)
    assert marks["ada"].source == "marks_of_the_exam.csv, line 2"
    assert ina.get(sent.headers["location"]).status_code == 422  # it was used
    # The same list once more is nothing new; with one mark changed it is that alone.
    pasted = ina.post(path, data={"text": "id,exam (/20)\nada,14\nben,ABI"})
    page = ina.get(pasted.headers["location"]).text
    assert "2 marks in the list, 1 of them new or changed" in words_of(page)
    assert "Ada Lovelace final grade 14.25 14.50" in words_of(page)
    page = ina.get("/class/publish").text
    assert "Ada Lovelace nothing 14.25" in words_of(page)


def test_every_flaw_of_a_list_is_told_at_once_with_its_line(course: WebCourse) -> None:
    ina = course.visitor("ina")
    text = "id,exam (/20)\nada,25\nnobody,3\nben,x\nada,3"
    sent = ina.post("/class/exam", data={"text": text})
    answer = ina.get(sent.headers["location"])
    assert answer.status_code == 422
    told = words_of(answer.text)
    for flaw in (
        "line 2: '25' is more than 20",
        "line 3: no student",
        "line 4: 'x' is no mark",
        "line 5: 'ada'",
    ):
        assert flaw in told
    for bad in ("", "a,b\n1,2", "id,exam (/20)\n" + "x" * 100_000, "id,exam (/20)\n=cmd|'/c calc'!A1,1"):
        answer = ina.get(ina.post("/class/exam", data={"text": bad}).headers["location"])
        assert answer.status_code == 422, bad[:30]
    many = "id,exam (/20)\n" + "nobody,3\n" * 5000
    answer = ina.get(ina.post("/class/exam", data={"text": many}).headers["location"])
    assert answer.text.count("no student") == 100, "no page becomes longer than anybody reads"
    assert re.search(r"and \d+ more of these", words_of(answer.text))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_an_imported_list_in_another_encoding_is_told_and_not_guessed(
    course: WebCourse, encoding: str
) -> None:
    ina, text = course.visitor("ina"), "id;prénom;exam (/20)\nada;Adé;13,5\n"
    sent = ina.post("/class/exam", files={"file": ("marks.csv", text.encode(encoding))})
    answer = ina.get(sent.headers["location"])
    told = words_of(answer.text)
    expected = (200, "1 mark in the list") if encoding == "utf-8-sig" else (422, "UTF-8")
    assert (answer.status_code, expected[1] in told) == (expected[0], True), told


def test_an_imported_list_that_is_hostile_is_refused_whole(course: WebCourse) -> None:
    """A teacher, an id twice, formulas for a spreadsheet, a file of 50 MB: nothing is taken."""
    ina = course.visitor("ina")
    told = {
        "id,exam (/20)\nada,12\nina,20": "no student of the course has the id 'ina'",
        "id,exam (/20)\nada,12\nada,13": "stands on line 2 already",
        'id,exam (/20)\nada,"=HYPERLINK(""http://evil.example"")"': "is no mark",
        "id,exam (/20)\nada,+12;cmd|'/c calc'!A1": "is no mark",
        "id,exam (/20)\nada,NaN\nben,1e999": "is no mark",
    }
    for text, flaw in told.items():
        answer = ina.get(ina.post("/class/exam", data={"text": text}).headers["location"])
        assert (answer.status_code, flaw in words_of(answer.text)) == (422, True), words_of(answer.text)
        assert 'name="state"' not in answer.text  # there is nothing to confirm
    large = ina.post("/class/exam", files={"file": ("marks.csv", b"ada,12\n" * 7_500_000)})
    assert large.status_code == 413
    assert not course.site.gradebook.events.all()


def test_of_two_lists_that_were_shown_the_second_is_refused_when_the_first_is_recorded(
    course: WebCourse,
) -> None:
    ina, path = course.visitor("ina"), "/class/exam"
    pages = [
        ina.get(ina.post(path, data={"text": f"id,exam (/20)\nada,{mark}"}).headers["location"]).text
        for mark in (12, 13)
    ]
    assert ina.press(path, pages[0]).status_code == 303
    assert ina.press(path, pages[1]).status_code == 409
    assert len(course.site.gradebook.events.all()) == 1


def test_a_list_with_ones_own_line_is_another_instructors(course: WebCourse) -> None:
    staff = course.folder / "staff.csv"
    staff.write_text(staff.read_text().replace("tess,Tess Both,assistant", "tess,Tess Both,instructor"))
    tess = course.visitor("tess")
    sent = tess.post("/class/exam", data={"text": "id,exam (/20)\ntess,20"})
    assert tess.press("/class/exam", tess.get(sent.headers["location"]).text).status_code == 403
    assert not course.site.gradebook.events.all()
