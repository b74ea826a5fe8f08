"""The class is worked out again where something was recorded that its pages show, and only then."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from test_quiz_pages import TABLES, TIMED, begin, save
from web_course import LATE, WebCourse

from autograder.services.class_state import ClassState, read_class_state


@pytest.fixture
def quizzes(tmp_path: Path) -> Iterator[WebCourse]:
    """The course with a quiz that may be taken for ten minutes."""
    folder = tmp_path / "quiz"
    folder.mkdir()
    (folder / "timed.quiz.md").write_text(TIMED, encoding="utf-8")
    course = WebCourse(tmp_path, LATE + TABLES)
    yield course
    course.close()


def state(web: WebCourse) -> ClassState:
    return web.site.class_state(web.site.course)


def taken(web: WebCourse) -> dict[str, int]:
    """How many questions each student answered of the attempts that the class has handed in."""
    judged = [(each.student.id, each.judged) for each in state(web).by_work["timed"] if each.judged]
    return {who: sum(q.attempted for q in file.questions or ()) for who, file in judged}


def test_a_draft_of_a_quiz_answer_does_not_have_the_class_worked_out_again(quizzes: WebCourse) -> None:
    ada = begin(quizzes, name="timed")
    before = state(quizzes)
    save(ada, "/quiz/timed/1", grad="A w")
    assert state(quizzes) is before
    ada.post("/quiz/timed/1/hand-in")
    assert state(quizzes) is not before
    assert taken(quizzes) == {"ada": 1}


def test_what_the_clock_hands_in_is_seen_with_all_its_answers_though_nothing_is_recorded(
    quizzes: WebCourse,
) -> None:
    ada = begin(quizzes, name="timed")
    save(ada, "/quiz/timed/1", grad="A w")
    assert taken(quizzes) == {}
    save(ada, "/quiz/timed/1", pick="a")
    quizzes.clock.pass_by(minutes=11)
    entry = quizzes.site.gradebook.last_entry()
    assert taken(quizzes) == {"ada": 2}
    assert quizzes.site.gradebook.last_entry() == entry


def test_attempts_that_are_known_from_before_count_as_if_they_were_read_again(quizzes: WebCourse) -> None:
    """Also where one of them is marked by hand since, where the clock ended one, and in an edited quiz."""
    site, file = quizzes.site, quizzes.folder / "quiz" / "timed.quiz.md"
    before: ClassState | None = None

    def mark() -> None:
        service = site.quiz_service("timed", "ada")
        service.mark(service.attempts("ada")[0].id, "grad", Fraction(1, 3), "Nearly.", by="ina")

    def edit() -> None:
        file.write_text(TIMED.replace("{symbolic 2}", "{symbolic 4}"), encoding="utf-8")

    for student in ("ada", "ben"):
        save(begin(quizzes, student, "timed"), "/quiz/timed/1", grad="A w", pick="a")
    steps = (
        lambda: quizzes.visitor("ada").post("/quiz/timed/1/hand-in"),
        lambda: quizzes.clock.pass_by(minutes=1),
        mark,
        lambda: quizzes.clock.pass_by(minutes=11),
        lambda: quizzes.visitor("ben").get("/quiz/timed/1"),
        edit,
    )
    for number, step in enumerate(steps):
        step()
        now = quizzes.clock()
        state = read_class_state(site.course, site.gradebook, now, before=before)
        anew = read_class_state(site.course, site.gradebook, now)
        assert (state.by_student, state.by_work) == (anew.by_student, anew.by_work), number
        assert state.graded == anew.graded, number
        if number == 1:
            assert before is not None
            [(_, was)], [(_, own)] = before.graded.taken, state.graded.taken
            assert [own[id] is was[id] for id in own] == [True]
        before = state


def test_what_an_instructor_has_just_done_is_seen_at_once(taught: WebCourse) -> None:
    taught.clock.pass_by(days=10)
    ina = taught.visitor("ina")
    assert "2 of 3 2 nothing no " in ina.text("/class")
    assert ina.press("/class/work/small/publish").status_code == 303
    assert "2 of 3 2 nothing no " not in ina.text("/class")
