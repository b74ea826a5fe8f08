"""Parts that build on each other: an error is paid for where it is made."""

from fractions import Fraction

import pytest
from quiz_samples import Clock, sample

from autograder.check.quiz import lint
from autograder.errors import CourseError
from autograder.interop.exports import export_quiz
from autograder.quiz.in_notebook import judge_notebook, read_answers
from autograder.quiz.records import MemoryRecords
from autograder.quiz.regrade import regrade
from autograder.quiz.service import QuizService
from autograder.quiz.verdicts import AnswerState

BODY = """
## power {numeric 1}
@ kcal in 1800..2400 step 100
What mean power are {{kcal}} kcal a day?
= kcal*4184/86400 W +- 3%
: {{kcal*4184/86400:.1f}} W.

## year {numeric 2}
@ power from power
How much energy is that in a year?
= power*24*365/1000 kWh +- 3%
~ power*365/1000 kWh | A day has 24 hours.
: {{power*8.76:.0f}} kWh.

## cost {numeric 1}
@ energy from year
@ kcal from power
What does that cost at 0.2 EUR a kWh?
= energy*0.2 +- 3%
: {{energy*0.2:.0f}}, for {{kcal}} kcal.
"""


def taken(at: QuizService, **answers: str) -> dict[str, tuple[Fraction | None, str]]:
    """Credit and code of each question, after these answers."""
    attempt = at.start("ada")
    for name, raw in answers.items():
        at.save(attempt.id, name, raw)
    at.submit(attempt.id, anyway=True)
    report = at.report(attempt.id, staff=True)
    return {q.question: (q.verdict.credit, q.verdict.code) for q in report.questions if q.verdict}


def service(settings: str = "", body: str = BODY) -> QuizService:
    return QuizService(sample(settings, body=body), MemoryRecords(), clock=Clock())


def power_of(at: QuizService) -> float:
    return float(at.start("ada").variant("power").drawn["kcal"]) * 4184 / 86400


def test_right_answers_are_right():
    """With the same values in every part."""
    at = service()
    power = power_of(at)
    year, cost = power * 8.76, power * 8.76 * 0.2
    told = taken(at, power=f"{power:.1f} W", year=f"{year:.0f} kWh", cost=f"{cost:.0f}")
    assert [credit for credit, _ in told.values()] == [1, 1, 1]
    attempt = at.records.attempts("sample")[0]
    assert attempt.variant("cost").drawn["kcal"] == attempt.variant("power").drawn["kcal"]


def test_an_error_is_paid_for_once():
    """What is right with the wrong answer above earns nine tenths, also two parts below."""
    told = taken(service(), power="50 W", year="438 kWh", cost="87.6")
    assert told["power"][0] == 0
    assert told["year"] == (Fraction(9, 10), "carried")
    assert told["cost"] == (Fraction(9, 10), "carried")


def test_a_mistake_of_its_own_is_still_one():
    """And a wrong answer above does no harm to a part that is right."""
    at = service()
    right = power_of(at) * 8.76
    told = taken(at, power="50 W", year="18.25 kWh", cost="7")
    assert told["year"][0] == 0 and told["cost"][0] == 0
    told = taken(at2 := service(), power="", year=f"{right:.0f} kWh")
    assert told["year"] == (1, "right")
    assert at2.quiz.question("cost").sources == {"power", "year"}


def test_the_student_is_told_with_what_a_part_was_judged():
    at = service()
    taken(at, power="0.05 kW", year="438 kWh")
    verdict = at.report(at.records.attempts("sample")[0].id, staff=True).questions[1].verdict
    assert verdict is not None and verdict.message.startswith("Judged with your own answer to power.")
    assert verdict.state is AnswerState.PARTIAL


def test_a_mended_key_above_changes_the_parts_below():
    """A regrade computes them anew."""
    body = BODY.replace("kcal*4184/86400 W", "kcal*4184/43200 W")
    at = service(body=body)
    power = power_of(at)
    before = taken(at, power=f"{power:.1f} W", year=f"{power * 8.76:.0f} kWh")
    assert before["power"][0] == 0 and before["year"] == (Fraction(9, 10), "carried")
    changes = regrade(sample(body=BODY), at.records, clock=at._clock)
    assert {(c.question, c.after.credit) for c in changes} == {("power", 1), ("year", 1)}


def test_parts_keep_their_order_where_questions_are_shuffled():
    body = BODY + "".join(f"\n## other-{n} {{numeric 1}}\nWhat?\n= 1\n: 1.\n" for n in range(3))
    at = service("shuffle: both\n", body)
    firsts = set()
    for student in "abcdefgh":
        names = [variant.question for variant in at.start(student).variants]
        place = names.index("power")
        assert names[place : place + 3] == ["power", "year", "cost"]
        firsts.add(names[0])
    assert len(firsts) > 1


def test_a_notebook_carries_errors_forward_as_well():
    verdicts = judge_notebook(
        sample(body=BODY), read_answers(["answers = {'power': '50 W', 'year': '438 kWh'}"])
    )
    assert [verdict.mark for verdict in verdicts] == [0, Fraction(9, 10), 0]


def test_such_a_quiz_is_checked_and_exported():
    """An answer above is never told by the question below; what is lost elsewhere is said."""
    assert lint(sample(body=BODY), seeds=20) == ()
    told = BODY.replace("How much energy is that", "How much energy are {{power:.0f}} W")
    assert [flaw.what for flaw in lint(sample(body=told), seeds=5)] == [
        "year: power is the answer of power, which this text tells"
    ]
    losses = [str(loss) for loss in export_quiz(sample(body=BODY), "moodle", copies=3).losses]
    assert "year: errors made in power are not carried forward" in losses


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("@ power from power", "@ power from nothing", "14:1: there is no question nothing above"),
        ("@ power from power", "@ power from cost", "there is no question cost above"),
        ("## power {numeric 1}", "## power {text 1}", "the answer of power is no number"),
        ("@ energy from year", "@ kcal in 1..3\n@ energy from year", "kcal is drawn here and in year"),
        ("## power", "# pick 1 of\n## spare {numeric 1}\nq\n= 1\n: s\n\n## power", "year builds on power"),
    ],
)
def test_a_part_that_builds_on_nothing_is_refused(old, new, said):
    body = BODY.replace("@ kcal from power\n", "")
    assert old in body
    with pytest.raises(CourseError) as refused:
        sample(body=body.replace(old, new, 1))
    assert said in str(refused.value)
