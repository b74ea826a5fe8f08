"""How answers of each kind are judged."""

from contextlib import contextmanager
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from quiz_samples import question, sample

from autograder.domain.answer import Answer, Ending
from autograder.quiz.draw import draw_variant, plain_variant
from autograder.quiz.judge import interpret, judge
from autograder.quiz.model import QuestionKind
from autograder.quiz.variants import letter_of
from autograder.quiz.verdicts import AnswerState, AnswerVerdict, PartMark, from_json, to_json

HALF = Fraction(1, 2)


def verdict(id: str, raw: str) -> AnswerVerdict:
    asked = question(id)
    return judge(asked, plain_variant(asked), raw)


@pytest.mark.parametrize(
    ("raw", "state", "code"),
    [
        ("(A + A.T) @ w", AnswerState.CORRECT, "right"),
        ("Aw + A^T w", AnswerState.CORRECT, "right"),
        ("2Aw", AnswerState.PARTIAL, "listed"),
        ("A @ w", AnswerState.WRONG, "listed"),
        ("A +", AnswerState.UNREADABLE, "unreadable"),
        ("B w", AnswerState.UNREADABLE, "unknown_symbol"),
        ("w A", AnswerState.UNREADABLE, "ill_typed"),
    ],
)
def test_typed_mathematics_is_judged_by_the_language(raw, state, code):
    """Spelling does not matter; what cannot be read costs no try."""
    found = verdict("grad", raw)
    assert (found.state, found.code) == (state, code)
    assert found.costs is (state is not AnswerState.UNREADABLE)


def test_a_listed_wrong_answer_says_its_feedback_and_gives_its_credit():
    """The author's sentence, word for word."""
    found = verdict("grad", "2 A w")
    assert found.credit == HALF and found.message == "Right when $A$ is symmetric."
    assert found.reading and found.fingerprint


@pytest.mark.parametrize("raw", ["a", "A", "a)", "(a)", " a. "])
def test_one_letter_answers_a_single_choice(raw):
    """However it is dressed."""
    assert verdict("one", raw).state is AnswerState.CORRECT


@pytest.mark.parametrize("raw", ["", "ab", "d", "this", "1", "?"])
def test_what_is_no_letter_costs_nothing(raw):
    """It is told what is expected."""
    assert verdict("one", raw).state is AnswerState.UNREADABLE


@pytest.mark.parametrize(
    ("rule", "credits"),
    [
        ("net", [1, HALF, HALF, 0, 0]),
        ("all", [1, 0, 0, 0, 0]),
        ("coverage", [1, HALF, Fraction(2, 3), HALF, 0]),
        ("proportional", [1, HALF, 0, 0, 0]),
        ("each", [1, Fraction(3, 4), Fraction(3, 4), HALF, HALF]),
    ],
)
def test_part_credit_follows_the_rule(rule, credits):
    """The right two, one of them, both and a wrong one, all four, none."""
    body = f"## a {{multiple 1 rule={rule}}}\nq\n- [x] 1\n- [x] 2\n- [ ] 3\n- [ ] 4\n: s\n"
    asked = sample(body=body).questions[0]
    given_credits = [
        judge(asked, plain_variant(asked), raw).credit for raw in ("a, b", "a", "abc", "a b c d", "none")
    ]
    assert given_credits == credits


def test_a_multiple_choice_names_wrong_boxes_but_not_missing_ones():
    """Feedback helps without giving the answer away."""
    found = verdict("some", "a, c")
    assert found.message == "Not three. A right answer is missing."
    assert [(part.name, part.mark) for part in found.parts] == [("a", PartMark.RIGHT), ("c", PartMark.WRONG)]


def test_letters_follow_the_shuffled_order():
    """The same choice is right whatever its letter; statistics see one fingerprint."""
    asked = question("one")
    prints = set()
    for seed in range(20):
        variant = draw_variant(asked, f"s{seed}")
        found = judge(asked, variant, letter_of(variant, 0))
        assert found.state is AnswerState.CORRECT
        prints.add(found.fingerprint)
    assert prints == {"a"}


@pytest.mark.parametrize(
    ("raw", "state", "code"),
    [
        ("87 W", AnswerState.CORRECT, "right"),
        ("0,087 kW", AnswerState.CORRECT, "right"),
        ("87 J/s", AnswerState.CORRECT, "right"),
        ("87.2 W", AnswerState.PARTIAL, "digits"),
        ("87", AnswerState.UNREADABLE, "no_unit"),
        ("87 Wh", AnswerState.WRONG, "other_unit"),
        ("0.0872 W", AnswerState.WRONG, "listed-1"),
        ("-87 W", AnswerState.WRONG, "sign"),
        ("87 kW", AnswerState.WRONG, "factor"),
        ("5230 W", AnswerState.WRONG, "factor"),
        ("12 W", AnswerState.WRONG, "wrong"),
        ("1,234 W", AnswerState.UNREADABLE, "ambiguous"),
        ("much", AnswerState.UNREADABLE, "unreadable"),
    ],
)
def test_a_number_is_judged_with_its_unit(raw, state, code):
    """Tolerance, digits apart from the value, units, slips by a factor."""
    found = verdict("power", raw)
    assert (found.state, found.code) == (state, code), found


@pytest.mark.parametrize(
    ("raw", "state", "credit", "code"),
    [
        ("[[1, 1], [1, 2]]", AnswerState.CORRECT, 1, "right"),
        ("1 1; 1 2", AnswerState.CORRECT, 1, "right"),
        ("1, 1\n1, 2", AnswerState.CORRECT, 1, "right"),
        ("np.array([[1, 1], [1, 2.0]])", AnswerState.CORRECT, 1, "right"),
        (r"\begin{pmatrix} 1 & 1 \\ 1 & 2 \end{pmatrix}", AnswerState.CORRECT, 1, "right"),
        ("1,0 1,0; 1,0 2,0", AnswerState.CORRECT, 1, "right"),
        ("((1, 1), (1, 4/2))", AnswerState.CORRECT, 1, "right"),
        ("1 1; 1 3", AnswerState.PARTIAL, Fraction(3, 4), "entries"),
        ("1 2; 2 4", AnswerState.PARTIAL, Fraction(1, 4), "listed-1"),
        ("1 1", AnswerState.UNREADABLE, None, "shape"),
        ("1 x; 1 2", AnswerState.UNREADABLE, None, "unreadable"),
    ],
)
def test_a_matrix_is_judged_entry_by_entry(raw, state, credit, code):
    """Which entry is wrong, in any spelling of a matrix."""
    found = verdict("gram", raw)
    assert (found.state, found.credit, found.code) == (state, credit, code), found
    if code == "entries":
        assert found.message == "Of 4 entries, 1 is wrong: row 2 column 2."


def test_an_order_earns_its_neighbours():
    """Lines that stand next to each other as they should count; a reversed order is recognised."""
    asked = question("steps")
    said = {
        raw: judge(asked, plain_variant(asked), raw)
        for raw in ("a b c", "b, c, a", "c b a", "acb", "a b", "a b b", "x y z")
    }
    assert [said[raw].credit for raw in ("a b c", "b, c, a", "c b a", "acb")] == [1, HALF, 0, 0]
    assert said["c b a"].code == "reversed"
    assert all(said[raw].state is AnswerState.UNREADABLE for raw in ("a b", "a b b", "x y z"))


def test_pairs_are_matched_by_letters():
    """With numbers or without; a partner too many is allowed."""
    asked = question("pairs")
    for raw in ("1a 2b", "a b", "ab", "2-b, 1-a", "1: a; 2: b"):
        assert judge(asked, plain_variant(asked), raw).state is AnswerState.CORRECT, raw
    half = judge(asked, plain_variant(asked), "1a 2c")
    assert half.credit == HALF and half.message == "Wrong here: 2. Two is two."
    assert judge(asked, plain_variant(asked), "1a").state is AnswerState.UNREADABLE
    assert judge(asked, plain_variant(asked), "1a 1b").state is AnswerState.UNREADABLE


@pytest.mark.parametrize(
    ("raw", "state", "code"),
    [
        ("x = 1/2; u = (2, 1)", AnswerState.CORRECT, "right"),
        ("x = 0,5\nu = [2 1]", AnswerState.CORRECT, "right"),
        ("u = [2, 1], x = 0.5", AnswerState.CORRECT, "right"),
        ("x = 2; u = (2, 1)", AnswerState.WRONG, "need"),
        ("x = 1/2; u = (1, 1)", AnswerState.WRONG, "show"),
        ("x = 1/2; u = (2, 0)", AnswerState.WRONG, "show"),
        ("x = 1/2", AnswerState.UNREADABLE, "missing"),
        ("u = (2, 1, 3); x = 1/2", AnswerState.UNREADABLE, "shape"),
        ("nothing", AnswerState.UNREADABLE, "unreadable"),
    ],
)
def test_a_witness_must_satisfy_every_condition(raw, state, code):
    """A strict inequality that is an equality does not hold."""
    found = verdict("show-it", raw)
    assert (found.state, found.code) == (state, code), found


class Runs:
    """A student whose function is at hand."""

    def __init__(self, function):
        self.function = function

    def ask(self, name, batch, *, seconds):
        if self.function is None:
            return tuple(Answer(Ending.UNDEFINED) for _ in batch.calls)
        return tuple(Answer(Ending.RETURNED, self.function(*call.args)) for call in batch.calls)


def judged_code(function) -> AnswerVerdict:
    @contextmanager
    def seal(source):
        yield Runs(function)

    asked = question("root")
    return judge(asked, plain_variant(asked), "def scaled(x, u): ...", seal=seal)


def test_code_is_asked_and_compared_with_the_key():
    """Right, a listed mistake, wrong shape, undefined."""
    assert judged_code(lambda x, u: x * u).state is AnswerState.CORRECT
    listed = judged_code(lambda x, u: x**2 * u)
    assert (listed.credit, listed.message) == (HALF, "Once.")
    assert judged_code(lambda x, u: np.zeros(2)).state is AnswerState.WRONG
    assert judged_code(lambda x, u: (x * u)[None]).credit == HALF
    assert judged_code(None).message == "There is no function scaled."


def test_code_that_nobody_can_run_waits_for_a_person():
    """Never judged wrong for want of a sandbox."""
    assert verdict("root", "def scaled(x, u): return x * u").state is AnswerState.MANUAL
    assert verdict("why", "Because it is so.").state is AnswerState.MANUAL


@given(st.sampled_from(list(QuestionKind)), st.text(max_size=60))
def test_no_answer_makes_judging_fall_over(kind, raw):
    """Every text has a verdict, and the verdict survives being stored."""
    asked = next(q for q in SAMPLE.questions if q.kind is kind)
    found = judge(asked, plain_variant(asked), raw)
    assert from_json(to_json(found)) == found
    interpret(asked, plain_variant(asked), raw)


@given(
    st.sampled_from(list(QuestionKind)), st.text(alphabet="abcxu=;,.()[]0123456789-+*/^ WkhAw\n", max_size=60)
)
def test_no_likely_answer_makes_judging_fall_over(kind, raw):
    """The same with the characters that answers are made of."""
    asked = next(q for q in SAMPLE.questions if q.kind is kind)
    assert judge(asked, plain_variant(asked), raw) == judge(asked, plain_variant(asked), raw)


SAMPLE = sample()


def test_reading_back_says_what_was_understood():
    """Before any verdict: text, and MathML for mathematics; a reason where nothing was understood."""
    asked = question("grad")
    text, mathml = interpret(asked, plain_variant(asked), "Aw+A'w")
    assert "A" in text and mathml.startswith("<math")
    assert interpret(asked, plain_variant(asked), "A +")[1] == ""
    power = question("power")
    assert interpret(power, plain_variant(power), "0,087 kW") == ("0.087 kW", "")
    assert "unit" in interpret(power, plain_variant(power), "87")[0]


def test_feedback_speaks_of_the_values_drawn():
    """In every kind."""
    bodies = (
        "## a {numeric 1}\n@ n in {3, 4}\nq {{n}}\n= n\n~ 7*n | Not seven times {{n}}.\n: s\n",
        "## a {single 1}\n@ n in {3, 4}\nq {{n}}\n- (x) {{n}}\n- ( ) {{7*n}} | Not seven times {{n}}.\n: s\n",
        "## a {symbolic 1}\n@ n in {3, 4}\nq {{n}}\n= {{n}} w\n~ {{7*n}} w | Not seven times {{n}}.\n: s\n",
        "## a {matrix 1}\n@ n in {3, 4}\nq {{n}}\n= [n, 1]\n~ [7*n, 1] | Not seven times {{n}}.\n: s\n",
    )
    for body, raw in zip(bodies, ("21", "b", "21w", "[21, 1]"), strict=True):
        asked = sample(body=body).questions[0]
        assert judge(asked, plain_variant(asked), raw).message == "Not seven times 3.", body
