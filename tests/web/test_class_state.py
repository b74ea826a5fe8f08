"""The state of a class is worked out anew only for whom something is different, and comes out the same."""

import random
from datetime import datetime, timedelta
from fractions import Fraction

from web_course import WebCourse

from autograder.domain.course_events import ALL, CourseEvent, Whom
from autograder.domain.events import Absence, Extension, Override, OverrideKind
from autograder.domain.submission import ReceivedBy, Submission
from autograder.services.class_state import ClassState, find_phase, read_class_state
from autograder.web.class_reader import RowsDrawn


def read(course: WebCourse, now: datetime, before: ClassState | None = None) -> ClassState:
    return read_class_state(course.site.course, course.site.gradebook, now, before=before)


def same(one: ClassState, other: ClassState) -> bool:
    return (one.by_student, one.by_work, one.unpublished) == (
        other.by_student,
        other.by_work,
        other.unpublished,
    )


def test_what_is_known_from_before_is_what_would_be_worked_out(taught: WebCourse) -> None:
    """Events, files and time pass by at random; each state is compared with one that knows nothing."""
    chance = random.Random(5)
    state, now = None, taught.clock()
    for step in range(25):
        who = chance.choice(("ada", "ben", "tess"))
        match chance.randrange(5):
            case 0:
                what = Extension(0, "small", now + timedelta(days=chance.randrange(6)))
                taught.site.gradebook.events.add([CourseEvent(what, Whom(who), now, "ina")])
            case 1:
                given = Override(0, "small", OverrideKind.ADJUST, Fraction(chance.randrange(-5, 6), 10))
                taught.site.gradebook.events.add([CourseEvent(given, ALL, now, "ina")])
            case 2:
                absent = Absence(0, "small", excused=chance.random() < 0.7)
                taught.site.gradebook.events.add([CourseEvent(absent, Whom(who), now, "ina")])
            case 3:
                content = f"{who} {step}".encode()
                file = Submission(who, "small", content, now, ReceivedBy.SERVER, "small.ipynb")
                taught.site.gradebook.receive([file])
            case _:
                now += timedelta(hours=chance.randrange(1, 30))
        state = read(taught, now, state)
        assert same(state, read(taught, now)), step


def test_nothing_is_worked_out_twice_while_nothing_happens(taught: WebCourse) -> None:
    first = read(taught, taught.clock())
    second = read(taught, taught.clock() + timedelta(minutes=1), first)
    assert all(second.by_student[who] is first.by_student[who] for who in ("ada", "ben", "tess"))
    taught.visitor("ada").hand_in(b"another file")
    third = read(taught, taught.clock() + timedelta(minutes=2), second)
    assert [who for who in ("ada", "ben", "tess") if third.by_student[who] is not first.by_student[who]] == [
        "ada"
    ]


def test_a_phase_ends_where_lateness_does_a_step(taught: WebCourse) -> None:
    """The deadline is at 23:59 in Paris, with a quarter of an hour of grace."""
    policy, deadline = taught.site.course.course.policy, taught.site.course.settings("small").deadline
    assert deadline is not None
    grace = timedelta(minutes=15)
    moments = (
        deadline,
        deadline + grace,
        deadline + grace + timedelta(seconds=1),
        deadline + timedelta(days=1),
    )
    assert [find_phase(policy, (), each) for each in moments] == [(0,), (0,), (1,), (1,)]
    longer = CourseEvent(Extension(1, "small", deadline + timedelta(days=2)), Whom("ada"), deadline, "ina")
    assert find_phase(policy, [longer], moments[2]) == (1, 0)


def test_a_row_is_drawn_again_where_it_shows_another_object_and_only_then() -> None:
    """An equal one is another: what was kept is never asked whether it is equal."""
    rows, drawn = RowsDrawn(), list[str]()
    first, equal = [1], [1]

    def draw() -> str:
        drawn.append("<tr>")
        return f"<tr>{len(drawn)}"

    assert [rows.get("ada", shown, draw) for shown in (first, first, equal)] == ["<tr>1", "<tr>1", "<tr>2"]
    assert rows.get("ben", equal, draw) == "<tr>3"
