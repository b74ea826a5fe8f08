"""From answers to a mark and its reason: the arithmetic, the endings, and never a mark by our own fault."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from small_questions import Scripted, but, prepared, returned, right, student

from autograder.domain.answer import Answer, Ending, Opaque
from autograder.domain.limit import Limit, LimitKind
from autograder.domain.report import Outcome, Verdict
from autograder.domain.sentences import authored
from autograder.errors import SandboxError
from autograder.questions.judge import judge
from autograder.questions.solutions import Prepared

DOUBLE = '''
@question(points=2, forbids=("banned",))
def double(w):
    """Twice w."""
    return 2.0 * np.asarray(w)

@double.cases
def _(rng):
    yield edge("zero", np.zeros(2))
    yield core("first", np.array([1.0, 2.0]))
    yield core("second", np.array([3.0, -1.0, 0.5]))
    yield dtype("integers", np.array([1, 4]))
    yield magnitude("large", np.array([1e9, 3.0]))
    yield kink("corner", np.array([-1.0, 1.0]))

@double.mistake(credit=0.25)
def triple(w):
    """Once too often. Count again."""
    return 3.0 * np.asarray(w)

@double.mistake(credit=0.5)
def in_place(w):
    """Whose array do you change?"""
    w *= 3
    return w
'''
RIGHT = {"sentence": "Everything that was asked of it is right.", "mark": 1}


@pytest.fixture
def double(module: Callable[[str], Path]) -> Prepared:
    return prepared(module(DOUBLE))["double"]


def verdict_on(one: Prepared, answers, **options) -> Verdict:
    pupil = answers if hasattr(answers, "ask") else Scripted(answers)
    return judge(one, pupil, seconds=5.0, **options)


def test_the_core_is_asked_first_so_that_a_hang_elsewhere_does_not_cost_it(double) -> None:
    assert [case.group for case in double.cases] == ["core", "core", "edge", "dtype", "magnitude", "kink"]


def test_right_answers_earn_everything(double) -> None:
    verdict = verdict_on(double, student(double=lambda w: [2 * x for x in w.tolist()]))
    assert (verdict.mark, verdict.outcome, str(verdict.sentence)) == (1, Outcome.RIGHT, RIGHT["sentence"])
    assert {group.worth for group in verdict.groups} == {1}
    assert sum(group.share for group in verdict.groups) == 1
    assert verdict.earned == 2


@pytest.mark.parametrize(
    ("lost", "mark"),
    [(2, "90/105"), (3, "100/105"), (4, "100/105"), (5, "95/105")],
)
def test_a_group_is_worth_its_share_of_105(double, lost, mark) -> None:
    verdict = verdict_on(double, but(right(double), lost, value=np.ones(2) / 7))
    assert verdict.mark == Fraction(mark)
    assert verdict.outcome is Outcome.WRONG
    assert str(verdict.sentence).startswith("Right on ordinary cases; not on ")


def test_a_case_that_lost_digits_is_worth_nine_tenths_and_bounds_its_group(double) -> None:
    answers = right(double)
    assert verdict_on(double, but(answers, 2, value=answers[2].value + 1e-300)).mark == 1 - Fraction(15, 105)
    assert verdict_on(double, but(answers, 4, value=answers[4].value * (1 + 1e-6))).mark == Fraction(209, 210)
    lost = verdict_on(double, but(answers, 1, value=answers[1].value * (1 + 1e-6)))
    assert lost.mark == Fraction(9, 10)
    assert str(lost.sentence).startswith("The formula is right, but digits are lost")


def test_right_numbers_in_a_wrong_shape_are_worth_half(double) -> None:
    rows = [replace(answer, value=answer.value[None]) for answer in right(double)]
    assert verdict_on(double, rows).mark == Fraction(1, 2)
    assert verdict_on(double, but(right(double), 5, value=np.array([[-2.0, 2.0]]))).mark == Fraction(100, 105)


def test_no_group_is_worth_more_than_the_core(double) -> None:
    answers = right(double)
    verdict = verdict_on(double, but(answers, 0, value=answers[0].value[None]))
    assert verdict.mark == Fraction(1, 2)
    assert {group.worth for group in verdict.groups} == {Fraction(1, 2)}
    assert verdict_on(double, but(answers, 0, value=answers[0].value + 1)).mark == 0


def test_a_recognised_mistake_earns_its_credit_where_the_core_earned_nothing(double) -> None:
    verdict = verdict_on(double, student(double=lambda w: w + 2 * w))
    assert (verdict.mark, verdict.mistake) == (Fraction(1, 4), "triple")
    assert (str(verdict.sentence), verdict.hint) == ("Once too often.", "Count again.")


def test_a_mistake_that_differs_in_one_case_is_not_recognised(double) -> None:
    almost = verdict_on(double, student(double=lambda w: 3.0 * w if w.size == 2 else 4.0 * w))
    assert (almost.mark, almost.mistake) == (0, None)


def test_a_mistake_is_known_by_the_core_where_special_cases_go_wrong_in_another_way_too(double) -> None:
    """Who also overflows keeps the credit of the mistake, but for the groups that went wrong otherwise."""

    def triple_or_overflow(w):
        return 3.0 * w if np.max(w) < 1e6 else w * np.inf

    verdict = verdict_on(double, student(double=triple_or_overflow))
    assert (verdict.mark, verdict.mistake) == (Fraction(1, 4) * Fraction(100, 105), "triple")
    right_there = verdict_on(double, student(double=lambda w: (3.0 if np.max(w) < 1e6 else 2.0) * w))
    assert (right_there.mark, right_there.mistake) == (0, None)


SUMS = '''
@question(points=2)
def sums(v):
    """The sum of the entries, and that of their squares."""
    return float(np.sum(v)), float(v @ v)

@sums.scale
def _(v):
    return float(np.sum(np.abs(v))), float(v @ v)

@sums.cases
def _(rng):
    yield core("positive", np.array([1.0, 2.0, 4.0]))
    yield core("cancels", np.array([0.1, 0.2, -0.3]))

@sums.mistake(credit=0.5)
def means(v):
    """What do you divide by?"""
    return float(np.sum(v)) / len(v), float(v @ v) / len(v)
'''


def test_a_mistake_is_known_where_all_that_is_left_of_a_number_is_rounding(module) -> None:
    """As in the loss of an exact fit: another order of the same sum leaves another rest."""
    one = prepared(module(SUMS))["sums"]
    backwards = student(sums=lambda v: (sum(v[::-1]) / len(v), float(v @ v) / len(v)))
    verdict = verdict_on(one, backwards)
    assert (verdict.mark, verdict.mistake) == (Fraction(1, 2), "means")
    noticeable = student(sums=lambda v: (sum(v[::-1]) / len(v) + 1e-9, float(v @ v) / len(v)))
    assert verdict_on(one, noticeable).mistake is None


def test_a_part_that_is_right_but_for_rounding_is_not_called_wrong(module) -> None:
    one = prepared(module(SUMS))["sums"]
    verdict = verdict_on(one, student(sums=lambda v: (sum(v[::-1]), float(v @ v) / len(v))))
    assert "value 1 of 2" not in f"{verdict.sentence} {verdict.notes}", verdict
    assert "What do you divide by?" in f"{verdict.sentence} {verdict.hint} {verdict.notes}", verdict


def test_the_credit_is_not_used_where_the_core_earned_something(module) -> None:
    text = DOUBLE + (
        "\n@double.mistake(credit=0.9)\ndef cuts(w):\n    '''Cut.'''\n"
        "    return np.minimum(2.0 * w, 100)\n"
    )  # fmt: skip
    one = prepared(module(text))["double"]
    verdict = verdict_on(one, student(double=lambda w: np.minimum(2.0 * w, 100)))
    assert (verdict.mistake, verdict.mark) == ("cuts", Fraction(100, 105))


def test_changed_arguments_cost_a_fifth_of_whatever_is_left(double) -> None:
    def doubled_in_place(w):
        w *= 2
        return w

    def tripled_in_place(w):
        w *= 3
        return w

    verdict = verdict_on(double, student(double=doubled_in_place))
    assert verdict.mark == Fraction(4, 5)
    assert str(verdict.sentence) == "All values are right, but your function changes its arguments."
    assert verdict.notes and verdict.advice
    known = verdict_on(double, student(double=tripled_in_place))
    assert (known.mark, known.mistake) == (Fraction(1, 2) * Fraction(4, 5), "in_place")


@pytest.mark.parametrize(
    ("ending", "outcome"),
    [
        (Answer(Ending.RAISED, exception="IndexError"), Outcome.RAISED),
        (Answer(Ending.TIMED_OUT, limit=Limit(LimitKind.CASE, 5)), Outcome.TIMED_OUT),
        (Answer(Ending.CRASHED), Outcome.CRASHED),
        (Answer(Ending.OUT_OF_MEMORY, limit=Limit(LimitKind.MEMORY, 1024)), Outcome.OUT_OF_MEMORY),
        (Answer(Ending.UNDEFINED), Outcome.MISSING),
        (Answer(Ending.RAISED, exception="NotImplementedError"), Outcome.NOT_ATTEMPTED),
        (Answer(Ending.RETURNED, value=None), Outcome.WRONG),
        (Answer(Ending.RETURNED, value=Opaque("generator")), Outcome.WRONG),
    ],
)
def test_every_bad_ending_earns_nothing_and_says_so(double, ending, outcome) -> None:
    verdict = verdict_on(double, ending)
    assert (verdict.mark, verdict.outcome) == (0, outcome)
    assert str(verdict.sentence).endswith((".", "?"))
    assert not ending.limit or str(verdict.sentence).endswith(f"The limit is {ending.limit}.")


def test_a_hang_on_a_special_case_costs_that_group_and_what_came_after(double) -> None:
    answers = right(double)[:4] + [Answer(Ending.TIMED_OUT)] * 2
    verdict = verdict_on(double, answers)
    assert (verdict.mark, verdict.outcome) == (Fraction(90, 105), Outcome.WRONG)


def test_a_forbidden_name_costs_this_question_whatever_it_returns(double) -> None:
    source = "def double(w):\n    return banned(w)"
    verdict = verdict_on(double, Scripted(right(double), source=source))
    assert (verdict.mark, verdict.outcome) == (0, Outcome.FORBIDDEN)
    assert "`banned`" in str(verdict.sentence)


# Never failing open


@pytest.mark.parametrize("short", [[], right, "one too many"])
def test_a_case_that_nobody_answered_is_no_pass(double, short) -> None:
    answers = right(double)
    given = [] if short == [] else answers[:-1] if short is right else [*answers, answers[0]]
    verdict = verdict_on(double, given)
    assert (verdict.mark, verdict.outcome) == (None, Outcome.UNJUDGED)


def test_an_oracle_that_fails_leaves_the_question_to_a_person(double, caplog) -> None:
    verdict = verdict_on(double, but(right(double), 0, ending=Ending.ORACLE_FAILED, message="ZeroDivision"))
    assert (verdict.mark, verdict.outcome) == (None, Outcome.UNJUDGED)
    assert "first" not in str(verdict.sentence)
    assert "ZeroDivision" in caplog.text


def test_a_sandbox_that_fails_is_not_this_questions_to_report(double) -> None:
    class Broken(Scripted):
        def ask(self, name, batch, *, seconds):
            raise SandboxError("no process")

    with pytest.raises(SandboxError):
        verdict_on(double, Broken([]))


def test_any_other_failure_of_ours_costs_one_question_its_mark_and_nothing_else(double, caplog) -> None:
    class Broken(Scripted):
        def ask(self, name, batch, *, seconds):
            raise ZeroDivisionError

    assert verdict_on(double, Broken([])).outcome is Outcome.UNJUDGED
    assert "double could not be judged" in caplog.text


RULED = """
@question(points=1)
def witness(w):
    return {reference}

@witness.cases
def _(rng):
    for k in range(3):
        yield core(f"case {{k}}", np.ones(2) + k)

@witness.accepts
def _(answer, case):
    {rule}
"""


@pytest.mark.parametrize(
    ("reference", "rule", "answer", "outcome"),
    [
        ("1.0", "return None", 7.0, Outcome.RIGHT),
        ("1.0", "return True", 7.0, Outcome.RIGHT),
        ("1.0", "return np.bool_(True)", 7.0, Outcome.RIGHT),
        ("1.0", "return 'no'", 7.0, Outcome.WRONG),
        ("1.0", "return False", 7.0, Outcome.WRONG),
        ("1.0", "return None", float("nan"), Outcome.WRONG),
        ("1.0", "return None", "7", Outcome.WRONG),
        ("1.0", "return None", None, Outcome.WRONG),
        ("1.0", "raise KeyError", 7.0, Outcome.UNJUDGED),
        ("1.0", "raise KeyError", "odd", Outcome.WRONG),
        ("1.0", "return np.array([True, False])", 7.0, Outcome.UNJUDGED),
        ("1.0", "return partly(3, 'x')", 7.0, Outcome.UNJUDGED),
        ("1.0", "case.args[0][0] = 5", 7.0, Outcome.UNJUDGED),
        ("(w, w + 1)", "u, v = answer; return None if np.all(u < v) else 'no'", ([1], [2]), Outcome.RIGHT),
        ("(w, w + 1)", "u, v = answer; return None if u @ v else 'no'", 3.0, Outcome.WRONG),
        ("(w, w + 1)", "u, v = answer; return None if u @ v else 'no'", ("a", [1]), Outcome.WRONG),
        ("(w, w + 1)", "u, v = answer; return None if u @ v else 'no'", ([1, 2], [[1], 2]), Outcome.WRONG),
        ("(w, w + 1)", "u, v = answer; return u / 'x'", (np.ones(2), np.ones(2)), Outcome.UNJUDGED),
        ("None", "return None if answer is None else len(answer)", 3.0, Outcome.WRONG),
        ("'a'", "return None if answer.upper() == 'A' else 'no'", 3.0, Outcome.WRONG),
        ("{'a': 1.0}", "return None if answer['a'] else 'no'", {"b": 1}, Outcome.WRONG),
        ("{'a': 1.0}", "return None if answer['a'] else 'no'", {"a": 1}, Outcome.RIGHT),
    ],
)
def test_a_rule_that_fails_blames_the_student_only_for_an_odd_kind(
    module, reference, rule, answer, outcome
) -> None:
    one = prepared(module(RULED.format(reference=reference, rule=rule)))["witness"]
    verdict = verdict_on(one, Answer(Ending.RETURNED, value=answer))
    assert verdict.outcome is outcome
    assert str(verdict.sentence)


def test_a_rule_judges_right_numbers_in_a_wrong_shape_as_half(module) -> None:
    text = RULED.format(reference="w", rule="return None if answer.shape == (2,) else 'no'")
    one = prepared(module(text))["witness"]
    assert verdict_on(one, Answer(Ending.RETURNED, value=np.ones((1, 2)))).mark == Fraction(1, 2)
    assert verdict_on(one, Answer(Ending.RETURNED, value=np.ones(3))).mark == 0


def test_a_rule_may_find_an_answer_partly_right(module) -> None:
    one = prepared(module(RULED.format(reference="1.0", rule="return partly(0.9, 'Nearly.')")))["witness"]
    verdict = verdict_on(one, Answer(Ending.RETURNED, value=2.0))
    assert (verdict.mark, str(verdict.sentence)) == (Fraction(9, 10), "Nearly.")


def test_a_rule_that_reads_where_an_oracle_was_asked_survives_odd_points(module) -> None:
    text = """
@question(points=1)
def slope(f, w):
    return f(w + 1) - f(w)

@slope.cases
def _(rng):
    yield core("sum", oracle(lambda v: float(np.sum(v))), np.ones(2))

@slope.accepts
def _(answer, case):
    return None if all(np.asarray(p).shape == (2,) and p @ p for p, in case.asked[0]) else "no"
"""
    one = prepared(module(text))["slope"]
    for odd in (([[1.0], [1.0, 2.0]],), ("ab",), (np.ones(2), np.ones(2)), (Opaque("set"),)):
        answer = Answer(Ending.RETURNED, value=2.0, asked={0: (odd,)})
        assert verdict_on(one, answer).outcome is Outcome.WRONG


def test_a_loop_that_asks_an_oracle_without_end_has_not_raised_an_error(module) -> None:
    text = """
@question(points=1)
def slope(f, w):
    return f(w)

@slope.cases
def _(rng):
    yield core("sum", oracle(lambda v: float(np.sum(v)), calls=3), np.ones(2))
"""
    one = prepared(module(text))["slope"]
    refused = Answer(Ending.RAISED, exception="ValueError", asked={0: ((1.0,),) * 3})
    verdict = verdict_on(one, refused)
    assert verdict.outcome is Outcome.TIMED_OUT
    assert str(verdict.sentence) == (
        "Your function did not return in time: it calls a function it was given again and again."
    )
    assert verdict_on(one, replace(refused, asked={0: ((1.0,),) * 2})).outcome is Outcome.RAISED


def test_a_property_is_asked_of_answers_that_are_otherwise_right(module) -> None:
    text = DOUBLE + (
        '\n@double.check("the first entry is below five")\ndef _(answer, case):\n    return answer[0] < 5\n'
    )
    one = prepared(module(text))["double"]
    verdict = verdict_on(one, right(one))
    assert verdict.mark == 0
    assert "This should hold and does not: the first entry is below five." in str(verdict.sentence)


# Known mistakes where many answers are right

RANDOM = '''
@question(points=1)
def pick(w, rng):
    """Some number above every entry of w."""
    return float(np.max(w)) + rng.random()

@pick.cases
def _(rng):
    yield core("positive", np.array([1.0, 2.0]), seeded(1))
    yield core("mixed", np.array([-3.0, 2.0]), seeded(2))
    yield core("negative", np.array([-3.0, -2.0]), seeded(3))
    yield edge("one", np.array([4.0]), seeded(4))

@pick.accepts
def _(answer, case):
    return None if answer > np.max(case.args[0]) else "That is not above every entry."

@pick.mistake(credit=0.4)
def above_the_smallest(w, rng):
    """Above every entry, not above one of them."""
    return float(np.min(w)) + 1e-3 * rng.random() + 0.5 * (len(w) == 1)

@pick.mistake(credit=0.1)
def below(w, rng):
    """Above, not below."""
    return float(np.min(w)) - rng.random()
'''


def test_where_answers_are_random_a_mistake_is_known_by_which_cases_fail(module) -> None:
    one = prepared(module(RANDOM))["pick"]
    verdict = verdict_on(one, student(pick=lambda w, rng: float(np.min(w)) + (len(w) == 1)))
    assert (verdict.mistake, verdict.mark) == ("above_the_smallest", Fraction(2, 5))


def test_failing_everything_alike_is_no_symptom(module) -> None:
    one = prepared(module(RANDOM))["pick"]
    empty = verdict_on(one, student(pick=lambda w, rng: -1e9))
    assert (empty.mistake, empty.mark) == (None, 0)


def test_symptoms_that_two_mistakes_share_name_neither_unless_they_are_told_alike(module) -> None:
    twin = (
        "\n@pick.mistake(credit={})\ndef other(w, rng):\n    '''{}'''\n"
        "    return float(np.min(w)) + 0.7 * (len(w) == 1)\n"
    )
    pupil = student(pick=lambda w, rng: float(np.min(w)) + (len(w) == 1))
    differing = prepared(module(RANDOM + twin.format("0.4", "Something else.")))["pick"]
    assert verdict_on(differing, pupil).mistake is None
    alike = prepared(module(RANDOM + twin.format("0.4", "Above every entry, not above one of them."), "b"))
    assert verdict_on(alike["pick"], pupil).mistake == "above_the_smallest"


LOWEST = '''
@question(points=1)
def lowest(a, b):
    """A point where a w^2 / 2 + b w is least, or None."""
    return None if a < 0 or (a == 0 and b != 0) else (-b / a if a else 0.0)

@lowest.cases
def _(rng):
    yield core("convex", 2.0, 1.0)
    yield core("concave", -2.0, 1.0)
    yield core("constant", 0.0, 0.0)
    yield edge("a line", 0.0, 1.0)
    yield magnitude("flat", 1e-9, 1e-9)
    yield magnitude("steep", 1e9, 1e9)

@lowest.accepts
def _(answer, case):
    if answer is None or case.expected is None:
        return None if answer is case.expected else "There is none."
    a, b = case.args
    return None if abs(a * answer + b) <= 1e-9 * (abs(a) + abs(b)) else "The slope is not zero there."

@lowest.mistake(credit=0.5)
def needs_a_curve(a, b):
    """Must the parabola be curved?"""
    return -b / a if a > 1e-8 else None
'''


@pytest.mark.parametrize("tolerance", [1e-8, 1e-12, 0.0])
def test_a_mistake_is_known_whatever_tolerance_it_is_made_with(module, tolerance: float) -> None:
    """Who is right on a flat parabola, which the declared mistake is not, has made it all the same."""
    one = prepared(module(LOWEST))["lowest"]
    verdict = verdict_on(one, student(lowest=lambda a, b: -b / a if a > tolerance else None))
    assert (verdict.mistake, verdict.mark) == ("needs_a_curve", Fraction(1, 2))


def test_none_where_there_is_something_to_return_is_no_missing_return(module) -> None:
    """The statement asks for None in other cases."""
    one = prepared(module(LOWEST))["lowest"]
    verdict = verdict_on(one, student(lowest=lambda a, b: -b / a if a > 3 else None))
    assert (verdict.mistake, verdict.mark) == (None, 0)
    assert str(verdict.sentence).startswith("Your function returned None where there is something to return.")
    assert not any("return" in str(one) and "ends with" in str(one) for one in verdict.advice)


def test_symptoms_are_not_asked_where_values_are_compared(double) -> None:
    assert double.expected.symptoms == {}


# Errors carried forward

CHAIN = """
@question(points=1)
def first(x):
    return x + 1.0

@first.cases
def _(rng):
    yield core("one", 1.0)

@question(points=1, needs=(first,))
def second(x):
    return 10.0 * first(x)

@second.cases
def _(rng):
    yield core("one", 1.0)
    yield edge("zero", 0.0)
"""


class Builder(Scripted):
    """A student whose second function is right if their first is; and who counts fresh processes."""

    def __init__(self, value: float, again: float | None = None) -> None:
        super().__init__([])
        self.value, self.again, self.replays = value, again, 0

    def ask(self, name, batch, *, seconds):
        return tuple(returned(*(self.value * (call.args[0] + 1.0) for call in batch.calls)))

    @contextmanager
    def standing_in(self, references):
        self.replays += 1
        assert set(references) == {"first"}
        yield Builder(self.again if self.again is not None else self.value)


def earlier(mark) -> dict[str, Verdict]:
    outcome = Outcome.UNJUDGED if mark is None else Outcome.RIGHT if mark == 1 else Outcome.WRONG
    return {"first": Verdict("first", Fraction(1), outcome, mark, authored(""))}


def test_an_error_made_earlier_is_not_counted_twice(module) -> None:
    second = prepared(module(CHAIN))["second"]
    verdict = verdict_on(second, Builder(7.0, 10.0), earlier=earlier(Fraction(0)))
    assert (verdict.mark, verdict.outcome) == (Fraction(9, 10), Outcome.WRONG)
    assert "`first`" in str(verdict.notes[-1])


@pytest.mark.parametrize("mark", [Fraction(1), None])
def test_nothing_is_judged_again_where_the_earlier_question_is_right_or_unjudged(module, mark) -> None:
    pupil = Builder(7.0, 10.0)
    assert verdict_on(prepared(module(CHAIN))["second"], pupil, earlier=earlier(mark)).mark == 0
    assert pupil.replays == 0


def test_the_better_mark_is_kept(module) -> None:
    second = prepared(module(CHAIN))["second"]
    own = Builder(10.0, 7.0)
    assert verdict_on(second, own, earlier=earlier(Fraction(0))).mark == 1
    assert own.replays == 0
    worse = Builder(7.0, 8.0)
    verdict = verdict_on(second, worse, earlier=earlier(Fraction(0)))
    assert (verdict.mark, verdict.notes, worse.replays) == (0, (), 1)


def test_a_function_that_is_missing_is_not_judged_again(module) -> None:
    class Absent(Scripted):
        def standing_in(self, references):
            raise AssertionError

    verdict = verdict_on(
        prepared(module(CHAIN))["second"], Absent(Answer(Ending.UNDEFINED)), earlier=earlier(Fraction(0))
    )
    assert verdict.outcome is Outcome.MISSING


# Speed

RACE = """
@question(points=1)
def total(w):
    return float(np.sum(w))

def loop(w):
    return sum(w)

@total.cases
def _(rng):
    yield speed("many", np.ones(1000), looped=loop, small=(np.ones(10),), work=100, share=0.3)
    yield core("two", np.ones(2))
"""


class Clock:
    """A stopwatch whose limits are written down."""

    def __init__(self, *limits: float) -> None:
        self._limits = list(limits)
        self.recalibrated: list[bool] = []

    def limit(self, pace, *, recalibrate):
        self.recalibrated.append(recalibrate)
        return self._limits.pop(0)


def race(module, clock: Clock, *laps: Answer, core: Answer | None = None):
    one = replace(prepared(module(RACE))["total"], stopwatch=clock)
    pupil = Scripted([core or returned(2.0)[0]], *([lap] for lap in laps))
    return verdict_on(one, pupil), pupil


def lap(seconds: float, value: float = 1000.0, ending: Ending = Ending.RETURNED) -> Answer:
    return Answer(ending, value=value, seconds=seconds)


def test_a_quick_answer_is_asked_once_and_alone(module) -> None:
    verdict, pupil = race(module, Clock(0.5), lap(0.4))
    assert verdict.mark == 1
    assert [len(batch.calls) for batch in pupil.asked] == [1, 1]


def test_a_slow_answer_is_asked_once_more_against_a_fresh_timing(module) -> None:
    clock = Clock(0.5, 0.9)
    verdict, _ = race(module, clock, lap(0.6), lap(0.6))
    assert (verdict.mark, clock.recalibrated) == (1, [False, True])


@pytest.mark.parametrize(
    "slow", [lap(0.6), lap(0.6, 1000.0 + 1e-3), lap(float("nan"))], ids=["slow", "digits lost", "unknown"]
)
def test_an_answer_that_is_slow_twice_loses_the_speed_group_only(module, slow) -> None:
    verdict, _ = race(module, Clock(0.5, 0.5), slow, slow)
    assert verdict.mark == Fraction(70, 80)
    assert str(verdict.sentence) == "Right, but too slow on large input."
    assert verdict.advice


def test_an_answer_that_did_not_come_in_time_is_asked_once_more_too(module) -> None:
    late = lap(0, None, Ending.TIMED_OUT)
    assert race(module, Clock(0.5, 0.5), late, lap(0.1))[0].mark == 1
    verdict, _ = race(module, Clock(0.5, 0.5), late, late)
    assert verdict.mark == Fraction(70, 80)
    assert str(verdict.sentence).startswith("Right on ordinary cases; not on large input.")


def test_a_wrong_answer_on_large_input_is_not_a_slow_one(module) -> None:
    verdict, pupil = race(module, Clock(0.5), lap(0.1, 7.0))
    assert verdict.mark == Fraction(70, 80)
    assert "too slow" not in str(verdict.sentence)
    assert len(pupil.asked) == 2


def test_speed_is_not_asked_of_a_wrong_answer(module) -> None:
    verdict, pupil = race(module, Clock(), core=returned(5.0)[0])
    assert (verdict.mark, len(pupil.asked)) == (0, 1)
