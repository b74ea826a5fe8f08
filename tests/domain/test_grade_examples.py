"""The final grade of students whose grades were worked out by hand, exactly.

Unless said: half exam, half homework; four short works of equal weight and a final one, half of the homework
each; a late day costs 10 % of the points, until 3 days; marks 8, 7, 9, 6 of 10, 15 of 20, the exam 13 of 20.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from grade_samples import (
    AFTER,
    DEADLINES,
    MARKS,
    PARIS,
    base,
    changed,
    days,
    exam,
    file,
    mark,
    mark_of,
    one,
    policy,
    work,
)

from autograder.domain.attempts import Keep
from autograder.domain.events import (
    Absence,
    BadQuestion,
    ExamCode,
    ExamMark,
    Extension,
    Override,
    OverrideKind,
    QuestionMark,
    Remedy,
)
from autograder.domain.exam import GradeCode
from autograder.domain.grade import Grade, grade_of
from autograder.domain.lateness import count_late_days
from autograder.domain.policy import (
    Composition,
    LatePolicy,
    PenaltyOf,
    Policy,
    SecondSession,
    WhenExcused,
    WhenUnexcused,
    WorkGroup,
)
from autograder.domain.rounding import Rounding, Ties
from autograder.domain.what_if import find_exam_needed, what_if

F = Fraction
MINUTE = timedelta(minutes=1)
TENTH = F(1, 10)


def text(grade: Grade, by: Policy | None = None) -> str:
    """The final grade at its step."""
    assert grade.final is not None
    return (by or policy()).rounding.text(grade.final)


def test_01_the_base() -> None:
    grade = grade_of(policy(), base(), AFTER)

    assert grade.homework.groups[0].mean == F(3, 4)
    assert grade.homework.mark == F(3, 4)
    assert (grade.exact, text(grade)) == (14, "14.00")
    assert (grade.low, grade.high, grade.so_far, grade.open) == (14, 14, 14, False)


def test_02_two_thirds_at_every_step() -> None:
    happenings = [*(file(name, "20/30") for name in MARKS), exam("40/60")]
    assert grade_of(policy(), happenings, AFTER).exact == F(40, 3)
    for step, shown in [("0.01", "13.33"), ("0.1", "13.3"), ("0.25", "13.25"), ("0.5", "13.5"), ("1", "13")]:
        rule = policy(rounding=Rounding(F(step)))
        assert text(grade_of(rule, happenings, AFTER), rule) == shown


@pytest.mark.parametrize(
    ("hours", "minutes", "late"),
    [(0, "14:59", 0), (0, "15:00", 0), (0, "15:01", 1), (24, "15:00", 1), (24, "15:01", 2)],
)
def test_03_the_grace_forgives_at_every_boundary(hours: int, minutes: str, late: int) -> None:
    whole, seconds = map(int, minutes.split(":"))
    after = timedelta(hours=hours, minutes=whole, seconds=seconds)
    due = DEADLINES["gradients"]
    assert count_late_days(due + after, due, 15 * MINUTE) == late
    fraction = due + after + timedelta(microseconds=999_999)
    assert count_late_days(fraction, due, 15 * MINUTE) == late


@pytest.mark.parametrize(
    ("received", "late"),
    [
        (datetime(2027, 3, 28, 23, 58, tzinfo=PARIS), 1),
        (datetime(2027, 3, 29, 0, 14, tzinfo=PARIS), 1),
        (datetime(2027, 3, 29, 0, 30, tzinfo=PARIS), 2),
    ],
)
def test_04_a_day_on_which_clocks_change_is_one_day(received: datetime, late: int) -> None:
    due = datetime(2027, 3, 27, 23, 59, tzinfo=PARIS)
    assert count_late_days(received, due, 15 * MINUTE) == late
    assert count_late_days(received.astimezone(UTC), due, 15 * MINUTE) == late


def test_05_what_a_late_day_costs() -> None:
    earned = policy(late=LatePolicy(TENTH, PenaltyOf.EARNED, until=3))
    assert mark_of("gradients", file("gradients", "8/10", late=days(2))) == F(3, 5)
    assert mark_of("gradients", file("gradients", "1/10", late=days(3))) == 0
    assert mark_of("gradients", file("gradients", "8/10", late=days(2)), by=earned) == F(16, 25)


def test_06_what_comes_too_late_is_received_and_does_not_count() -> None:
    too_late = one(grade_of(policy(), [file("gradients", "9/10", late=days(4))], AFTER), "gradients")
    assert (too_late.mark, too_late.file, too_late.standing.too_late) == (0, None, 1)
    assert mark_of("gradients", file("gradients", "9/10", late=days(3))) == F(3, 5)


def test_07_free_days_are_spent() -> None:
    rule = policy(free_days=3, late=replace(LatePolicy(TENTH, until=3), free_days_most=2))
    late = [file("gradients", "9/10", late=days(3)), file("convexity", "9/10", late=days(2))]
    grade = grade_of(rule, [*base("gradients", "convexity"), *late], AFTER)
    spent = {each.name: (each.free_days, each.mark) for each in grade.works if each.free_days}
    assert spent == {"gradients": (2, F(4, 5)), "convexity": (1, F(4, 5))}


def test_08_free_days_are_spent_where_they_help_most() -> None:
    """In order of time, a better file would have cost 0.9 points."""
    happenings = [
        *base("gradients", "convexity"),
        file("gradients", "6/10"),
        file("gradients", "6.1/10", number=2, late=days(1)),
        file("convexity", "9/10", late=days(1)),
    ]
    grade = grade_of(policy(free_days=1), happenings, AFTER)
    gradients, convexity = one(grade, "gradients"), one(grade, "convexity")
    assert (gradients.mark, gradients.free_days) == (F(6, 10), 0)
    assert (convexity.mark, convexity.free_days) == (F(9, 10), 1)


def test_09_an_extension_gives_and_never_takes() -> None:
    extension = Extension(1, "gradients", datetime(2026, 12, 16, 23, 59, tzinfo=PARIS))
    moved = changed(policy(), "gradients", deadline=datetime(2026, 12, 18, 23, 59, tzinfo=PARIS))
    for rule, received, late in [
        (policy(), datetime(2026, 12, 16, 20, tzinfo=PARIS), 0),
        (policy(), datetime(2026, 12, 17, 20, tzinfo=PARIS), 1),
        (moved, datetime(2026, 12, 18, 22, tzinfo=PARIS), 0),
    ]:
        happenings = [extension, file("gradients", "8/10", received=received)]
        assert one(grade_of(rule, happenings, AFTER), "gradients").late_days == late


def test_10_the_best_file_and_the_last_one() -> None:
    first = file("gradients", "6/10")
    better, worse = (file("gradients", text, number=2, late=days(1)) for text in ("7.5/10", "6.8/10"))
    last = changed(policy(), "gradients", counts=Keep.LAST)
    assert mark_of("gradients", first, better) == F(13, 20)
    assert mark_of("gradients", first, worse) == F(3, 5)
    assert mark_of("gradients", first, worse, by=last) == F(29, 50)


@pytest.mark.parametrize("counts", Keep)
def test_11_the_same_bytes_again_count_as_they_first_arrived(counts: Keep) -> None:
    rule = changed(policy(), "gradients", counts=counts)
    again = [
        file("gradients", "8/10", blob="same"),
        file("gradients", "8/10", number=2, late=days(2), blob="same"),
    ]
    gradients = one(grade_of(rule, again, AFTER), "gradients")
    assert (gradients.mark, gradients.late_days) == (F(4, 5), 0)


def test_12_the_lowest_is_dropped() -> None:
    grade = grade_of(policy(drop=1), base(), AFTER)
    assert [each.name for each in grade.works if each.dropped] == ["training"]
    assert (grade.homework.groups[0].mean, grade.homework.mark) == (F(4, 5), F(31, 40))
    assert text(grade) == "14.25"


def test_13_what_is_dropped_leaves_the_greatest_mean() -> None:
    """Dropping the lowest mark would give 13/25."""
    works = (
        replace(work("gradients"), weight=F(1)),
        replace(work("convexity"), weight=F(4)),
        replace(work("descent"), weight=F(1)),
    )
    rule = policy(works=works, groups=(WorkGroup("short", F(1), 1),))
    marks = {"gradients": "3/10", "convexity": "4/10", "descent": "10/10"}
    grade = grade_of(rule, [*(file(name, text) for name, text in marks.items()), exam()], AFTER)
    assert grade.homework.mark == F(13, 20)
    assert grade.homework.dropped == {"convexity"}


def test_14_excused_work_is_left_out() -> None:
    grade = grade_of(policy(), [*base("convexity"), Absence(1, "convexity")], AFTER)
    assert (grade.homework.groups[0].mean, grade.homework.mark) == (F(23, 30), F(91, 120))
    assert (grade.exact, text(grade)) == (F(169, 12), "14.08")


def test_15_excused_work_is_not_dropped_as_well() -> None:
    grade = grade_of(policy(drop=1), [*base("convexity"), Absence(1, "convexity")], AFTER)
    assert grade.homework.dropped == {"training"}
    assert (grade.homework.groups[0].mean, grade.homework.mark, text(grade)) == (F(17, 20), F(4, 5), "14.50")


def test_16_a_sanction_is_not_dropped() -> None:
    """A zero that could be dropped would give 14.08."""
    sanction = Override(1, "convexity", OverrideKind.SANCTION)
    grade = grade_of(policy(drop=1), [*base(), sanction], AFTER)
    assert grade.homework.dropped == {"training"}
    assert (grade.homework.groups[0].mean, grade.homework.mark) == (F(17, 30), F(79, 120))
    assert (grade.exact, text(grade)) == (F(157, 12), "13.08")


def test_17_absent_from_the_exam_without_excuse() -> None:
    absent = [*base(sat=False), ExamMark(1, ExamCode.UNEXCUSED)]
    zero = grade_of(policy(), absent, AFTER)
    none = grade_of(policy(unexcused=WhenUnexcused.NO_GRADE), absent, AFTER)
    assert (text(zero), zero.code) == ("7.50", GradeCode.UNEXCUSED)
    assert (none.final, none.low, none.high, none.so_far, none.code) == (
        None,
        None,
        None,
        None,
        GradeCode.FAILING,
    )
    assert not none.open


def test_18_absent_from_the_exam_with_an_excuse() -> None:
    absent = [*base(sat=False), ExamMark(1, ExamCode.EXCUSED)]
    waits = grade_of(policy(), absent, AFTER)
    second = grade_of(policy(), [*absent, exam("12/20", session=2)], AFTER)
    alone = grade_of(policy(excused=WhenExcused.HOMEWORK_ALONE), absent, AFTER)
    assert (waits.final, waits.code, waits.open, waits.low, waits.high) == (
        None,
        GradeCode.EXCUSED,
        True,
        F(15, 2),
        F(35, 2),
    )
    assert (text(second), second.code, second.session) == ("13.50", None, 2)
    assert (text(alone), alone.code) == ("15.00", GradeCode.EXCUSED)


def test_18_an_excuse_from_an_exam_that_is_no_part_of_the_grade_leaves_nothing_open() -> None:
    """Where it is one in the second session, a mark there counts if it is better."""
    rule = policy(composition=Composition(F(1), F(0)), second=SecondSession(Keep.BEST, Composition()))
    absent = [*base(sat=False), ExamMark(1, ExamCode.EXCUSED)]
    grade = grade_of(rule, absent, AFTER)
    assert (text(grade), grade.code, grade.low, grade.high, grade.open) == ("15.00", None, 15, 15, False)
    for given, shown in (("12/20", "15.00"), ("18/20", "16.50")):
        assert text(grade_of(rule, [*absent, exam(given, session=2)], AFTER)) == shown


@pytest.mark.parametrize(
    ("mark", "keeps", "composition", "shown"),
    [
        ("", Keep.BEST, Composition(), "9.50"),
        ("3/20", Keep.BEST, Composition(), "9.50"),
        ("3/20", Keep.LAST, Composition(), "9.00"),
        ("14/20", Keep.BEST, Composition(), "14.50"),
        ("14/20", Keep.LAST, Composition(), "14.50"),
        ("12/20", Keep.BEST, Composition(F(0), F(1)), "12.00"),
    ],
)
def test_19_the_second_session(mark: str, keeps: Keep, composition: Composition, shown: str) -> None:
    rule = policy(second=SecondSession(keeps, composition))
    sat = [*base(sat=False), exam("4/20")]
    assert text(grade_of(rule, [*sat, *([exam(mark, session=2)] if mark else [])], AFTER)) == shown


@pytest.mark.parametrize(
    ("exact", "step", "up", "even"),
    [
        ("13.125", "0.25", "13.25", "13.00"),
        ("13.375", "0.25", "13.50", "13.50"),
        ("9.75", "0.5", "10.0", "10.0"),
        ("10.25", "0.5", "10.5", "10.0"),
        ("9.995", "0.01", "10.00", "10.00"),
    ],
)
def test_20_ties(exact: str, step: str, up: str, even: str) -> None:
    """Python's round(9.995, 2) says 9.99."""
    assert Rounding(F(step), Ties.UP).text(F(exact)) == up
    assert Rounding(F(step), Ties.EVEN).text(F(exact)) == even


def test_21_an_exact_tie_that_floats_lose() -> None:
    """Floats give 12.374999999999998 and so 12.25."""
    rule = policy(rounding=Rounding(F(1, 4)))
    sat = [*base("gradients", sat=False), file("gradients", "1/10"), exam("11.5/20")]
    grade = grade_of(rule, sat, AFTER)
    assert (grade.exact, text(grade, rule)) == (F(99, 8), "12.50")


def test_22_a_grade_is_rounded_once() -> None:
    """Rounded to 0.01 first, it would be 10.0."""
    assert Rounding(F(1, 2)).text(F("9.746")) == "9.5"


def test_23_a_part_that_awaits_its_mark_and_an_exam_to_come() -> None:
    waits = grade_of(policy(), [*base("training"), file("training", "5/10", awaiting=1)], AFTER)
    assert (waits.low, waits.high, waits.final, waits.open) == (F(111, 8), 14, None, True)
    assert policy().rounding.text(waits.low) == "13.88"

    before = base(sat=False)
    grade = grade_of(policy(), before, AFTER)
    assert (grade.low, grade.high, grade.so_far, grade.final) == (F(15, 2), F(35, 2), 15, None)
    needed = [find_exam_needed(policy(), before, AFTER, reach=F(reach)) for reach in (10, 12, 14, 18)]
    assert needed == [5, 9, 13, None]
    assert text(what_if(policy(), before, AFTER, exam=F(13, 20))) == "14.00"


def test_24_a_bad_question_is_left_out_kindly() -> None:
    left_out = BadQuestion(1, "gradients", "bad", Remedy.LEFT_OUT)
    for good, bad, expected in [(6, 2, F(4, 5)), (6, 0, F(3, 4))]:
        questions = (QuestionMark("good", F(8), F(good)), QuestionMark("bad", F(2), F(bad)))
        assert mark_of("gradients", file("gradients", "0/1", questions=questions), left_out) == expected


def test_25_a_bonus_and_an_adjustment_of_the_final_grade() -> None:
    bonus = replace(work("training"), name="bonus", group="", weight=F(1, 20), bonus=True)
    rule = policy(works=(*policy().works, bonus))
    done = replace(file("training", "8/10"), work="bonus")
    grade = grade_of(rule, [*base(), done], AFTER)
    assert (grade.homework.mark, text(grade)) == (F(79, 100), "14.40")
    assert text(grade_of(rule, base(), AFTER)) == "14.00"

    half = Override(1, None, OverrideKind.ADJUST, F(1, 40))
    nearly = [*(file(name, "99/100") for name in MARKS), exam("99/100")]
    assert grade_of(policy(), nearly, AFTER).exact == F("19.8")
    assert text(grade_of(policy(), [*nearly, half], AFTER)) == "20.00"
    assert text(grade_of(policy(), [*base(), half], AFTER)) == "14.50"


def test_26_lateness_takes_nothing_from_a_decision() -> None:
    late = [*base("training"), file("training", "6/10", late=days(2))]
    grade = grade_of(policy(), [*late, Override(1, "training", OverrideKind.MARK, F(9, 10))], AFTER)
    assert one(grade, "training").mark == F(9, 10)
    assert (grade.homework.mark, grade.exact, text(grade)) == (F(63, 80), F(115, 8), "14.38")


def test_27_of_a_pair_each_has_an_own_due_date() -> None:
    together = file("gradients", "8/10", received=datetime(2026, 12, 15, 10, tzinfo=PARIS))
    extension = Extension(1, "gradients", datetime(2026, 12, 16, 23, 59, tzinfo=PARIS))
    ada, ben = (grade_of(policy(), each, AFTER) for each in ([together], [together, extension]))
    assert (one(ada, "gradients").late_days, one(ben, "gradients").late_days) == (2, 0)


def test_28_a_group_is_not_rounded() -> None:
    """Rounded to 54.55 % first, it would be 7.21."""
    rule = policy(works=(work("final"),), groups=(WorkGroup("final"),))
    grade = grade_of(rule, [file("final", "6/11"), exam("3.5/20")], AFTER)
    assert (grade.exact, text(grade)) == (10 * F(6, 11) + 10 * mark("3.5/20"), "7.20")
