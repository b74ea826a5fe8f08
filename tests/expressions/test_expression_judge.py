"""Verdicts, one promise each."""

from fractions import Fraction
from xml.etree import ElementTree

import pytest

from autograder.domain.sentences import say
from autograder.expressions.judge import PreparedKey, WrongAnswer, interpret, prepare
from autograder.expressions.judgement import JudgementState, Reading, ReasonCode
from autograder.expressions.symbols import read_symbols
from autograder.expressions.unreadable import Unreadable

W = "w: vec d, x: vec d, A: mat d d, s: scalar, lambda: scalar+"


def key(text: str, symbols: str = W, **more: object) -> PreparedKey:
    return prepare(text, read_symbols(symbols), **more)  # type: ignore[arg-type]  # options of prepare


def test_equal_answers_share_a_fingerprint_and_others_do_not() -> None:
    """However they are spelt, right or wrong, exact or in floats."""
    quad = key("(A + A^T) w")
    assert quad.judge("Aw + A'w").fingerprint == quad.judge(r"(A + A^\top) w").fingerprint
    assert quad.judge("2Aw").fingerprint == quad.judge("A w + A w").fingerprint
    assert quad.judge("2Aw").fingerprint != quad.judge("2A'w").fingerprint
    assert quad.judge("||w|| w").fingerprint == quad.judge("w sqrt(w'w)").fingerprint


def test_a_listed_wrong_answer_earns_its_credit_and_gives_its_feedback() -> None:
    """Before any diagnosis of ours."""
    quad = key("(A + A^T) w", wrong=[WrongAnswer("2 A w", Fraction(1, 4), "Only for symmetric A.")])
    judged = quad.judge("A w 2")
    assert (judged.state, judged.credit, judged.code) == (
        JudgementState.PARTIAL,
        Fraction(1, 4),
        ReasonCode.LISTED,
    )
    assert judged.message == "Only for symmetric A."


def test_an_echo_is_known_although_it_is_equal_to_the_key() -> None:
    """The question's own expression is no answer; what equals it and is written otherwise is."""
    quad = key(r"\sum_{i,j} A_{ij} w_i w_j", prompt=r"Write $f(w) = w^\top A w$ with entries.")
    assert quad.judge("w'Aw").code is ReasonCode.ECHO
    assert quad.judge(r"\sum_i w_i (A w)_i").code is ReasonCode.RIGHT


def test_each_of_several_keys_is_right() -> None:
    """An author may accept answers that are not equal."""
    either = prepare(["w", "-w"], read_symbols(W))
    assert either.judge("-w").state is either.judge("w").state is JudgementState.CORRECT


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("A A^T w", ReasonCode.RIGHT),
        ("A^2 w", ReasonCode.SYMMETRIC),
        ("w^T A A^T", ReasonCode.ROW),
        ("w^T A A", ReasonCode.ROW_SYMMETRIC),
        ("-A A^T w", ReasonCode.SIGN),
        ("A A^T w/3", ReasonCode.FACTOR),
        ("A A^T x", ReasonCode.NEIGHBOUR),
        ("tr(A A^T) w", ReasonCode.ONE_DIMENSION),
        ("A A^T", ReasonCode.SHAPE),
        ("(w w^T)^{-1} w", ReasonCode.UNDEFINED),
        ("A w + x", ReasonCode.WRONG),
        ("A v", ReasonCode.UNKNOWN_SYMBOL),
        ("A + w", ReasonCode.ILL_TYPED),
        ("A (", ReasonCode.UNREADABLE),
    ],
)
def test_every_slip_has_its_code(answer: str, code: ReasonCode) -> None:
    """In the order that docs/quiz-answers.md gives."""
    assert key("A A^T w").judge(answer).code is code


@pytest.mark.parametrize("answer", ["2 X^T (X w - y)", "X^T (X w - y)", "2/n^2 X^T (X w - y)"])
def test_a_size_that_a_factor_lacks_is_named_rather_than_dimension_one(answer: str) -> None:
    """Where every size is 1 a sum is a mean: that is true of it, and does not help."""
    mean = prepare("2/n X^T (X w - y)", read_symbols("X: mat n d, y: vec n, w: vec d"))
    judged = mean.judge(answer)
    assert (judged.code, judged.said) == (ReasonCode.NEIGHBOUR, say("close.size", size="n"))


def test_a_size_that_one_term_lacks_is_told_as_a_factor() -> None:
    ridge = prepare("(K + n lambda I)^-1 y", read_symbols("K: sym n, y: vec n, lambda: scalar+"))
    assert ridge.judge("(K + lambda I)^-1 y").said == say("close.factor")


@pytest.mark.parametrize(
    "answer",
    [
        "X^T X w - 1/n X^T y + lambda w",
        "X^T X w/n - 1/n X^T y + n lambda w",
        "X^T (X w - y) + lambda w",
        "(X^T X w - X^T y + lambda w)/n",
    ],
)
def test_a_size_that_some_terms_of_a_sum_lack_is_told_as_a_factor(answer: str) -> None:
    """Rather than by what is true where every size is 1."""
    ridge = prepare(
        "X^T X w/n - X^T y/n + lambda w", read_symbols("X: mat n d, y: vec n, w: vec d, lambda: scalar+")
    )
    assert ridge.judge(answer).said == say("close.factor")


def test_an_ambiguous_slash_is_asked_back_only_where_the_other_reading_is_right() -> None:
    """The right answer is never called wrong for a slash, and a wrong one is called wrong."""
    half = key("1/(2 s)")
    assert half.judge("1/2s").code is ReasonCode.AMBIGUOUS
    assert half.judge("1/(2s)").code is ReasonCode.RIGHT
    assert half.judge("3/2s").state is JudgementState.WRONG


def test_two_sides_of_an_equation_must_be_equal() -> None:
    """A chain of equalities is one answer, a false equation is none."""
    quad = key("(A + A^T) w")
    assert quad.judge("Aw + A'w = (A + A^T) w").code is ReasonCode.RIGHT
    assert quad.judge("2Aw = (A + A^T) w").state is JudgementState.UNREADABLE


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("0 < s < 2/λ", ReasonCode.RIGHT),
        ("λ s < 2 and s > 0", ReasonCode.RIGHT),
        ("2/λ > s; s > 0", ReasonCode.RIGHT),
        ("s > 0", ReasonCode.WRONG),
        ("0 < s <= 2/λ", ReasonCode.NEIGHBOUR),
        ("s < 0 and s < 2/λ", ReasonCode.SIGN),
        ("2/λ", ReasonCode.SHAPE),
    ],
)
def test_conditions_are_a_set_up_to_positive_factors(answer: str, code: ReasonCode) -> None:
    """Multiplying by a positive symbol changes nothing; strictness and direction do."""
    assert key("0 < s < 2/lambda").judge(answer).code is code


def test_multiplying_an_equation_by_what_may_vanish_is_not_allowed() -> None:
    """s^2 = s has a solution that s = 1 has not."""
    assert key("s = 1").judge("s^2 = s").state is JudgementState.WRONG
    assert key("s = 1").judge("2 s - 2 = 0").state is JudgementState.CORRECT


def test_a_number_called_like_a_size_may_be_that_size() -> None:
    """Both n of 1/n and tr(I_n) = n, at every size."""
    mean = key("1/n X^T y", "X: mat n d, y: vec n, n: scalar+")
    assert mean.judge("X^T y/tr(I_n)").code is ReasonCode.RIGHT
    assert mean.judge("X^T y/tr(I_d)").state is JudgementState.WRONG
    assert mean.judge("X^T y/(1_n^T 1_n)").code is ReasonCode.RIGHT


def test_rows_of_a_matrix_are_summed() -> None:
    """x_i is the i-th row of X as a column; a range that does not fit is said."""
    mean = key("X^T (X w - y)", "X: mat n d, x_i: row X, w: vec d, y: vec n")
    assert mean.judge(r"\sum_{i=1}^n (\langle x_i, w\rangle - y_i) x_i").code is ReasonCode.RIGHT
    assert mean.judge(r"\sum_{i=1}^d (\langle x_i, w\rangle - y_i) x_i").code is ReasonCode.ILL_TYPED


@pytest.mark.parametrize("answer", ["exp(w'w) w + 0.000000001 x", "exp(100 w'w) w + x", "w + exp(0 s) w - w"])
def test_a_small_difference_is_a_difference(answer: str) -> None:
    """Floats are compared at points of several magnitudes, so that no term can hide."""
    assert key("exp(w'w) w").judge(answer).state is not JudgementState.CORRECT


def test_a_reading_is_well_formed_mathml_and_names_its_shape() -> None:
    """For the echo while an answer is typed."""
    reading = interpret(r"\frac{(A + A^T) w}{\|w\|} < 0", read_symbols(W))
    assert isinstance(reading, Reading)
    assert reading.text == "(A + Aᵀ) w/‖w‖ < 0"
    assert ElementTree.fromstring(reading.mathml).tag.endswith("math")
    assert reading.shape == "an equation or inequality"


def test_an_echo_for_a_known_key_knows_what_an_equals_sign_means() -> None:
    """A label before an expression, or an equation."""
    equation = prepare("grad f(w) = 0", read_symbols("f: function d, w: vec d"))
    reading = equation.interpret("∇f(w) = 0_d")
    assert isinstance(reading, Reading)
    assert reading.text == "∇f(w) = 0"


@pytest.mark.parametrize(
    "text",
    [
        "w vec d",
        "w: vector d",
        "w: vec d, w: vec n",
        "w: vec",
        "x_i: row X",
        "2w: scalar",
        "X: mat n d with n",
    ],
)
def test_a_wrong_declaration_is_refused(text: str) -> None:
    """With what is allowed instead."""
    with pytest.raises(Unreadable):
        read_symbols(text)


def test_a_key_that_cannot_be_read_is_the_authors_mistake() -> None:
    """`prepare` raises, `judge` never does."""
    with pytest.raises(Unreadable):
        key("A +")
    with pytest.raises(Unreadable):
        key("A", wrong=[WrongAnswer("B")])


@pytest.mark.parametrize(
    ("answer", "reading"),
    [
        ("]0, 2/L[", "0 < γ and γ < 2/L"),
        ("≤ 2/L", "γ ≤ 2/L"),
        ("γ > 0 and < 2/L", "γ > 0 and γ < 2/L"),
        ("2 r with r = γ L", "2 (γ L)"),
        ("np.array([[γ, 1], [1, 0]])", "[γ, 1; 1, 0]"),
        ("matrix(c(γ, 1, 2, 0), 2)", "[γ, 2; 1, 0]"),
        ("γ 1\n1 0", "[γ, 1; 1, 0]"),
        ("2 γ, L^2", "(2 γ, L²)"),
        ("E[γ^2]", "E[γ²]"),
    ],
)
def test_without_a_key_an_answer_is_read_as_some_key_would_read_it(answer: str, reading: str) -> None:
    """In a student's notebook, which holds none, nothing is called unread that the grader reads."""
    found = interpret(answer, read_symbols("gamma: scalar, L: scalar+"))
    assert isinstance(found, Reading), found
    assert found.text == reading


def test_without_a_key_what_cannot_be_read_is_told_as_with_one() -> None:
    found = interpret("2 γ + foo", read_symbols("gamma: scalar, L: scalar+"))
    assert isinstance(found, Unreadable) and "no symbol 'foo'" in found.message
