"""The final grades that were worked out by hand, by the commands alone: from notebooks and lists to grades.

The examples are those of tests/domain/test_grade_examples.py, a year earlier, and three with a quiz. A few
run every day, where one homework is graded and the marks of the others are decided; all of them where there
is time, with every file graded.
"""

import csv
import io
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from example_course import LATE, MARKS, PARIS, ExampleCourse, HandedIn, base, days, make_course

WHY = ("--why", "as agreed", "--yes")
TEAMS = {"pair": ("kim", "pat")}
DAILY = {
    "base": base(*(name for name in MARKS if name != "gradients")),
    "pair": (HandedIn("gradients", "8/10", at=datetime(2025, 12, 15, 10, tzinfo=PARIS)),),
    "ten": (HandedIn("gradients", "6/10"), HandedIn("gradients", "6.8/10", days(1))),
}
FILES = {
    **DAILY,
    "base": base(),
    "late": (*base("training"), HandedIn("training", "6/10", days(2))),
    "thirds": tuple(HandedIn(name, "20/30") for name in MARKS),
    **{
        f"grace{hours}-{minutes}-{seconds}": (
            HandedIn("gradients", "8/10", timedelta(hours=hours, minutes=minutes, seconds=seconds)),
        )
        for hours, minutes, seconds in ((0, 14, 59), (0, 15, 0), (0, 15, 1), (24, 15, 0), (24, 15, 1))
    },
    "clock1": (HandedIn("final", "15/20", at=datetime(2026, 3, 29, 23, 58, tzinfo=PARIS)),),
    "clock2": (HandedIn("final", "15/20", at=datetime(2026, 3, 30, 0, 14, tzinfo=PARIS)),),
    "clock3": (HandedIn("final", "15/20", at=datetime(2026, 3, 30, 0, 30, tzinfo=PARIS)),),
    "two-late": (HandedIn("gradients", "8/10", days(2)),),
    "low": (HandedIn("gradients", "1/10", days(3)),),
    "four-late": (HandedIn("gradients", "9/10", days(4)),),
    "three-late": (HandedIn("gradients", "9/10", days(3)),),
    "seven": (
        *base("gradients", "convexity"),
        HandedIn("gradients", "9/10", days(3)),
        HandedIn("convexity", "9/10", days(2)),
    ),
    "eight": (
        *base("gradients", "convexity"),
        HandedIn("gradients", "6/10"),
        HandedIn("gradients", "6.1/10", days(1)),
        HandedIn("convexity", "9/10", days(1)),
    ),
    "nine1": (HandedIn("gradients", "8/10", at=datetime(2025, 12, 16, 20, tzinfo=PARIS)),),
    "nine2": (HandedIn("gradients", "8/10", at=datetime(2025, 12, 17, 20, tzinfo=PARIS)),),
    "nine3": (HandedIn("gradients", "8/10", at=datetime(2025, 12, 18, 22, tzinfo=PARIS)),),
    "ten-better": (HandedIn("gradients", "6/10"), HandedIn("gradients", "7.5/10", days(1))),
    "again": (HandedIn("gradients", "8/10"), HandedIn("gradients", "8/10", days(2))),
    "thirteen": (
        HandedIn("gradients", "3/10"),
        HandedIn("convexity", "4/10"),
        HandedIn("descent", "10/10"),
    ),
    "tie": (*base("gradients"), HandedIn("gradients", "1/10")),
    "waits": (*base("training"), HandedIn("essay", "5/10")),
    "good": (HandedIn("gradients", "8/10", hard="2"),),
    "bad": (HandedIn("gradients", "6/10", hard="0"),),
    "extra": (*base(), HandedIn("bonus", "8/10")),
    "eleven": (HandedIn("eleven", "6/11"),),
}
QUIZ = """---
id: weekly
title: Week 3
attempts: 2
---

## sum {numeric 4}
What is $1 + 1$?
= 2
: Two.

## why {text 1}
Why?
: Because.
"""


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> ExampleCourse:
    made = make_course(tmp_path_factory.mktemp("few"), DAILY, TEAMS)
    for name in MARKS:
        if name != "gradients":
            made.do("override", "base", name, "--mark", f"{MARKS[name]}", *WHY)
    return made


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> ExampleCourse:
    return make_course(tmp_path_factory.mktemp("many"), FILES, TEAMS)


@pytest.fixture
def course(tmp_path: Path, request: pytest.FixtureRequest) -> ExampleCourse:
    """A copy of the course that was graded once."""
    soak = request.node.get_closest_marker("soak") is not None
    graded: ExampleCourse = request.getfixturevalue("many" if soak else "few")
    made = graded.copy(tmp_path / "course")
    made.set_policy()
    return made


def check(
    course: ExampleCourse,
    student: str,
    works: Mapping[str, Mapping[str, object]] | None = None,
    **grade: object,
) -> None:
    """The grade of a student, as every command that tells it says."""
    found = course.final()[student]
    assert {key: found[key] for key in grade} == grade
    for name, own in (works or {}).items():
        assert {key: found["assignments"][name][key] for key in own} == own
    derived: dict[str, Any] = json.loads(course.do("grades", "--why", student, "--json"))
    assert {key: derived[key] for key in found} == found
    told = course.explain(student)
    assert all(line["label"] in told and line["exact"] in told for line in derived["derivation"]["lines"])
    last = derived["derivation"]["lines"][-1]
    code = f"  ({found['code']})" if found["code"] else ""
    assert last["label"] == "Final"
    assert found["final"] is None or last["shown"] == f"{found['final']}{code}"
    rows = csv.DictReader(io.StringIO(course.run("grades", "--final", "--csv").stdout))
    row = next(each for each in rows if each["id"] == student)
    assert (row["final"], row["exact"], row["code"]) == tuple(
        found[key] or "" for key in ("final", "exact", "code")
    )


def check_works(course: ExampleCourse, student: str, **works: Mapping[str, object]) -> None:
    """The works of a student whose grade is not asked."""
    check(course, student, works)


def test_01_the_base(course: ExampleCourse) -> None:
    course.record_exam({"base": "13"})
    check(course, "base", final="14.00", exact="14", homework="3/4", range=["14.00", "14.00"], code=None)
    told = course.explain("base")
    assert "50 % x 13/20 + 50 % x 3/4 = 7/10, of 20: 14, rounded to 0.01, ties up" in told
    assert "8 of 10, file 1, 13 Dec 2025 22:59:00, in time" in told
    assert "50 % of the homework: the mean of 4 of 4" in told


@pytest.mark.soak
def test_02_two_thirds_at_every_step(course: ExampleCourse) -> None:
    course.record_exam({"thirds": "40"}, out_of=60)
    for step, shown in (("0.01", "13.33"), ("0.1", "13.3"), ("0.25", "13.25"), ("0.5", "13.5"), ("1", "13")):
        course.set_policy(grade=f'step = "{step}"')
        check(course, "thirds", final=shown, exact="40/3", homework="2/3")


@pytest.mark.soak
def test_03_the_grace_forgives_at_every_boundary(course: ExampleCourse) -> None:
    for student, late in (
        ("grace0-14-59", 0),
        ("grace0-15-0", 0),
        ("grace0-15-1", 1),
        ("grace24-15-0", 1),
        ("grace24-15-1", 2),
    ):
        check_works(course, student, gradients={"days_late": late, "mark": str(Fraction(8 - late, 10))})


@pytest.mark.soak
def test_04_a_day_on_which_clocks_change_is_one_day(course: ExampleCourse) -> None:
    course.set_policy(of_work={"final": "deadline = 2026-03-28T23:59:00"})
    for student, late in (("clock1", 1), ("clock2", 1), ("clock3", 2)):
        check_works(course, student, final={"days_late": late})


@pytest.mark.soak
def test_05_what_a_late_day_costs(course: ExampleCourse) -> None:
    check_works(course, "two-late", gradients={"mark": "3/5", "days_late": 2})
    check_works(course, "low", gradients={"mark": "0", "days_late": 3})
    course.set_policy(late=f'{LATE}\nof = "earned"')
    check_works(course, "two-late", gradients={"mark": "16/25"})


@pytest.mark.soak
def test_06_what_comes_too_late_is_received_and_does_not_count(course: ExampleCourse) -> None:
    check_works(course, "four-late", gradients={"mark": "0", "counts": None})
    assert "received too late, not counted" in course.explain("four-late")
    check_works(course, "three-late", gradients={"mark": "3/5", "counts": 1})


@pytest.mark.soak
def test_07_free_days_are_spent(course: ExampleCourse) -> None:
    course.set_policy(late=f"{LATE}\nfree_days = 3\nfree_days_most = 2")
    check_works(
        course,
        "seven",
        gradients={"mark": "4/5", "free_days": 2, "days_late": 3},
        convexity={"mark": "4/5", "free_days": 1, "days_late": 2},
    )
    assert "3 days late, 2 free days" in course.explain("seven")


@pytest.mark.soak
def test_08_free_days_are_spent_where_they_help_most(course: ExampleCourse) -> None:
    course.set_policy(late=f"{LATE}\nfree_days = 1")
    check_works(
        course,
        "eight",
        gradients={"mark": "3/5", "free_days": 0, "counts": 1},
        convexity={"mark": "9/10", "free_days": 1},
    )


@pytest.mark.soak
def test_09_an_extension_gives_and_never_takes(course: ExampleCourse) -> None:
    for student in ("nine1", "nine2", "nine3"):
        course.do("extend", student, "gradients", "2025-12-16T23:59", *WHY)
    check_works(course, "nine1", gradients={"days_late": 0, "mark": "4/5"})
    check_works(course, "nine2", gradients={"days_late": 1})
    course.set_policy(of_work={"gradients": "deadline = 2025-12-18T23:59:00"})
    check_works(course, "nine3", gradients={"days_late": 0})


def test_10_the_best_file_and_the_last_one(course: ExampleCourse) -> None:
    check_works(course, "ten", gradients={"mark": "3/5", "counts": 1, "others": {"2": "29/50"}})
    course.set_policy(of_work={"gradients": 'counts = "last"'})
    check_works(course, "ten", gradients={"mark": "29/50", "counts": 2})


@pytest.mark.soak
def test_10_a_better_file_that_is_late(course: ExampleCourse) -> None:
    check_works(course, "ten-better", gradients={"mark": "13/20", "counts": 2, "days_late": 1})


@pytest.mark.soak
@pytest.mark.parametrize("counts", ["best", "last"])
def test_11_the_same_bytes_again_count_as_they_first_arrived(course: ExampleCourse, counts: str) -> None:
    course.set_policy(of_work={"gradients": f'counts = "{counts}"'})
    check_works(course, "again", gradients={"mark": "4/5", "days_late": 0, "counts": 1})
    # What is handed in again at once is no further file; one that was handed in before another is.
    assert "file 2" not in course.explain("again")
    course.hand_in("ten", HandedIn("gradients", "6/10", days(2)))
    check_works(course, "ten", gradients={"mark": "3/5", "days_late": 0})
    told = course.explain("ten")
    listed = "gradients, file 3: the same as file 1"
    assert (listed if counts == "best" else "file 3, the same as file 1, ") in told


@pytest.mark.soak
def test_12_the_lowest_is_dropped(course: ExampleCourse) -> None:
    course.set_policy(drop=1)
    course.record_exam({"base": "13"})
    check(course, "base", {"training": {"dropped": True}}, final="14.25", homework="31/40")
    assert "the mean of the best 3 of 4" in course.explain("base")


@pytest.mark.soak
def test_13_what_is_dropped_leaves_the_greatest_mean(course: ExampleCourse) -> None:
    weights = {"gradients": "weight = 1", "convexity": "weight = 4", "descent": "weight = 1"}
    course.set_policy(works=weights, of_work=weights, groups={"short": "100 %"}, drop=1)
    check(course, "thirteen", {"convexity": {"dropped": True}}, homework="13/20")


@pytest.mark.soak
def test_14_excused_work_is_left_out(course: ExampleCourse) -> None:
    course.record_exam({"base": "13"})
    course.do("excuse", "base", "convexity", *WHY)
    check(course, "base", {"convexity": {"excused": True}}, final="14.08", exact="169/12", homework="91/120")


@pytest.mark.soak
def test_15_excused_work_is_not_dropped_as_well(course: ExampleCourse) -> None:
    course.set_policy(drop=1)
    course.record_exam({"base": "13"})
    course.do("excuse", "base", "convexity", *WHY)
    check(course, "base", {"training": {"dropped": True}}, final="14.50", homework="4/5")


def test_16_a_sanction_is_not_dropped(course: ExampleCourse) -> None:
    course.set_policy(drop=1)
    course.record_exam({"base": "13"})
    told = course.do("override", "base", "convexity", "--sanction", *WHY)
    assert "base: final grade 14.25 -> 13.08  DOWN" in told
    works = {"training": {"dropped": True}, "convexity": {"mark": "0", "dropped": False}}
    check(course, "base", works, final="13.08", exact="157/12", homework="79/120")
    assert "zero, kept: as agreed" in course.explain("base")


@pytest.mark.soak
def test_17_absent_from_the_exam_without_excuse(course: ExampleCourse) -> None:
    course.record_exam({"base": "ABI"})
    check(course, "base", final="7.50", code="ABI")
    course.set_policy(grade='unexcused = "no grade"')
    check(course, "base", final=None, exact=None, code="DEF", range=[None, None])


def test_18_absent_from_the_exam_with_an_excuse(course: ExampleCourse) -> None:
    course.record_exam({"base": "ABJ"})
    check(course, "base", final=None, code="ABJ", range=["7.50", "17.50"])
    course.set_policy(grade='excused = "homework alone"')
    check(course, "base", final="15.00", code="ABJ")
    course.set_policy()
    course.record_exam({"base": "12"}, session=2)
    check(course, "base", final="13.50", code=None)


@pytest.mark.soak
def test_19_the_second_session(course: ExampleCourse) -> None:
    course.record_exam({"base": "4"})
    check(course, "base", final="9.50")
    alone = 'homework = "0 %"\nexam = "100 %"'
    for mark, keeps, composition, shown in (
        ("3", "best", "", "9.50"),
        ("3", "last", "", "9.00"),
        ("14", "best", "", "14.50"),
        ("14", "last", "", "14.50"),
        ("12", "best", alone, "12.00"),
    ):
        course.set_policy(more=f'[second_session]\nkeeps = "{keeps}"\n{composition}\n')
        course.record_exam({"base": mark}, session=2)
        check(course, "base", final=shown)


@pytest.mark.soak
def test_20_ties(course: ExampleCourse) -> None:
    for mark, exact, step, up, even in (
        ("11.25", "105/8", "0.25", "13.25", "13.00"),
        ("11.75", "107/8", "0.25", "13.50", "13.50"),
        ("4.5", "39/4", "0.5", "10.0", "10.0"),
        ("5.5", "41/4", "0.5", "10.5", "10.0"),
        ("4.99", "1999/200", "0.01", "10.00", "10.00"),
    ):
        course.record_exam({"base": mark})
        for ties, shown in (("up", up), ("even", even)):
            course.set_policy(grade=f'step = "{step}"\nties = "{ties}"')
            check(course, "base", final=shown, exact=exact)


@pytest.mark.soak
def test_21_an_exact_tie_that_floats_lose(course: ExampleCourse) -> None:
    course.set_policy(grade='step = "0.25"')
    course.record_exam({"tie": "11,5"})
    check(course, "tie", final="12.50", exact="99/8")


@pytest.mark.soak
def test_22_a_grade_is_rounded_once(course: ExampleCourse) -> None:
    course.set_policy(grade='step = "0.5"')
    course.record_exam({"base": "4.492"})
    check(course, "base", final="9.5", exact="4873/500")


@pytest.mark.soak
def test_23_a_part_that_awaits_its_mark(course: ExampleCourse) -> None:
    works = ("gradients", "convexity", "descent", "essay", "final")
    course.set_policy(works=works)
    course.record_exam({"waits": "13"})
    check(course, "waits", {"essay": {"mark": None}}, final=None, exact=None, range=["13.88", "14.00"])
    assert "waits" in next(
        line for line in course.run("publish", "--final", "--yes").output.splitlines() if "open, not" in line
    )
    course.do("mark", "essay", "--names")
    [table] = (course.folder / "marking" / "essay").glob("*.csv")
    rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8-sig"), newline="")))
    for given, shown in (("0", "13.88"), ("1", "14.00")):
        rows[0]["why (0 to 1)"] = given
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
        course.write("filled.csv", text.getvalue())
        course.do("mark", "essay", "--csv", "filled.csv")
        check(course, "waits", final=shown)


@pytest.mark.soak
def test_23_an_exam_to_come(course: ExampleCourse) -> None:
    check(course, "base", final=None, range=["7.50", "17.50"], so_far="15.00")
    told = json.loads(course.do("whatif", "base", "--json"))
    assert told["exam_needed"] == {"10": "5", "12": "9", "14": "13"}
    assert json.loads(course.do("whatif", "base", "--exam", "13/20", "--json"))["final"] == "14.00"


@pytest.mark.soak
def test_24_a_bad_question_is_left_out_kindly(course: ExampleCourse) -> None:
    check_works(course, "bad", gradients={"mark": "3/5"})
    told = course.do("incident", "gradients/hard", "--left-out", *WHY)
    assert "bad: gradients 0.60 -> 0.75" in told
    check_works(course, "good", gradients={"mark": "4/5"})
    check_works(course, "bad", gradients={"mark": "3/4"})


@pytest.mark.soak
def test_25_a_bonus_and_an_adjustment_of_the_final_grade(course: ExampleCourse) -> None:
    bonus = 'weight = "5 %"\nbonus = true'
    course.record_exam({"extra": "13", "base": "13", "thirds": "19,8"})
    course.set_policy(works=(*MARKS, "bonus"), of_work={"bonus": bonus})
    check(course, "extra", final="14.40", homework="79/100")
    check(course, "base", final="14.00")
    for name in MARKS:
        course.do("override", "thirds", name, "--mark", "99 %", *WHY)
    check(course, "thirds", final="19.80", exact="99/5")
    for student, shown in (("thirds", "20.00"), ("base", "14.50")):
        course.do("override", student, "--final", "--adjust", "+1/2", *WHY)
        check(course, student, final=shown)


@pytest.mark.soak
def test_26_lateness_takes_nothing_from_a_decision(course: ExampleCourse) -> None:
    course.record_exam({"late": "13"})
    check_works(course, "late", training={"mark": "2/5", "days_late": 2})
    course.do("override", "late", "training", "--mark", "9/10", *WHY)
    check(course, "late", {"training": {"mark": "9/10"}}, final="14.38", exact="115/8", homework="63/80")


def test_27_of_a_pair_each_has_an_own_due_date(course: ExampleCourse) -> None:
    course.do("extend", "kim", "gradients", "2025-12-16T23:59", *WHY)
    check_works(course, "pat", gradients={"days_late": 2, "mark": "3/5"})
    check_works(course, "kim", gradients={"days_late": 0, "mark": "4/5"})
    reports = course.folder / "reports" / "gradients"
    told = (json.loads((reports / each / "report.json").read_text())["receipt"] for each in TEAMS["pair"])
    assert len({receipt["sha256"] for receipt in told}) == 1


@pytest.mark.soak
def test_28_a_group_is_not_rounded(course: ExampleCourse) -> None:
    course.set_policy(works=("eleven",), groups={"short": "100 %"})
    course.record_exam({"eleven": "3.5"})
    check(course, "eleven", final="7.20", exact="317/44", homework="6/11")


def take(course: ExampleCourse, *lines: str) -> None:
    """Take the quiz as `base`, answering so, and hand it in."""
    typed = "\n".join((*lines, *["yes"] * 3))
    course.do("quiz", "take", "weekly", "--student", "base", typed=typed)


def with_quiz(course: ExampleCourse, own: str = "") -> None:
    """The course with a quiz among its short works."""
    course.write("quiz/weekly.quiz.md", QUIZ)
    course.set_policy(more=f'[quizzes.weekly]\ntitle = "Week 3"\ngroup = "short"\n{own}\n')


def test_29_a_quiz_counts_beside_homework_once_its_text_is_marked(course: ExampleCourse) -> None:
    """4 of 5 points, of which a text earns none: homework ((8 + 7 + 9 + 6 + 8)/50 + 3/4)/2."""
    with_quiz(course)
    course.record_exam({"base": "13"})
    take(course, "2", "Why not?", ".")
    check(course, "base", {"weekly": {"mark": None}}, final=None, range=["14.05", "14.25"])
    course.do("override", "base", "weekly/why", "--mark", "0/1", *WHY)
    check(course, "base", {"weekly": {"mark": "4/5", "counts": 1}}, final="14.05", homework="151/200")


@pytest.mark.soak
def test_30_of_two_attempts_the_best_or_the_last_counts(course: ExampleCourse) -> None:
    """A full first attempt, and a second one without the sum."""
    with_quiz(course)
    course.record_exam({"base": "13"})
    take(course, "2", "Because.", ".")
    take(course, "3", "Because.", ".")
    course.do("incident", "weekly/why", "--full", *WHY)
    check(course, "base", {"weekly": {"mark": "1", "counts": 1}}, final="14.25", homework="31/40")
    with_quiz(course, 'counts = "last"')
    check(course, "base", {"weekly": {"mark": "1/5", "counts": 2}}, final="13.45", homework="139/200")
    course.do("excuse", "base", "weekly", *WHY)
    check(course, "base", {"weekly": {"excused": True}}, final="14.00", homework="3/4")


@pytest.mark.soak
def test_31_a_quiz_is_late_by_the_same_days(course: ExampleCourse) -> None:
    """Handed in today: too late for a deadline of last winter, in time by an extension until tomorrow."""
    with_quiz(course, "deadline = 2026-01-31T23:59:00")
    course.record_exam({"base": "13"})
    take(course, "2", "Because.", ".")
    check(course, "base", {"weekly": {"mark": "0", "counts": None}}, final="13.25", homework="27/40")
    course.do("incident", "weekly/why", "--full-if-attempted", *WHY)
    tomorrow = datetime.now(PARIS) + timedelta(days=1)
    told = course.do("extend", "base", "weekly", f"{tomorrow:%Y-%m-%dT%H:%M}", *WHY)
    assert "base: weekly 0.00 -> 1.00" in told
    yesterday = datetime.now(PARIS) - timedelta(days=1) + timedelta(minutes=30)
    course.do("extend", "base", "weekly", "--revoke", *WHY)
    course.do("extend", "base", "weekly", f"{yesterday:%Y-%m-%dT%H:%M}", *WHY)
    check_works(course, "base", weekly={"days_late": 1})
