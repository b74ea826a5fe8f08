"""Expectations, variances, covariances and probabilities: which laws hold, and which do not."""

import pytest

from autograder.expressions.judge import interpret, prepare
from autograder.expressions.judgement import Reading, ReasonCode
from autograder.expressions.symbols import read_symbols

SYMBOLS = read_symbols(
    "X: random scalar, Y: random scalar, Z: random vec d, R: random scalar+, a: scalar, b: scalar, "
    "u: vec d, A: mat d d, t: scalar, f: function d"
)


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("a E[X] + b", "E[a X + b]"),
        ("E[X^2] - E[X]^2", "Var(X)"),
        ("a^2 Var(X)", "Var(a X + b)"),
        ("Var(X) + Var(Y) + 2 Cov(X, Y)", "Var(X + Y)"),
        ("E[X Y] - E[X] E[Y]", "Cov(X, Y)"),
        ("A E[Z]", "E[A Z]"),
        ("A Cov(Z) A^T", "Var(A Z)"),
        ("u^T Cov(Z) u", "Var(u^T Z)"),
        ("tr(Var(Z)) + ||E[Z]||^2", "E[||Z||^2]"),
        ("E[X]", "E[E[X]]"),
        ("(E[X] - a)^2 + Var(X)", "E[(X - a)^2]"),
        ("E[|X|]", "E[max(X, -X)]"),
        ("1 - P(X > t)", "P(X <= t)"),
        ("P(|X| > t)", "P(X > t) + P(X < -t) - P(X > t, X < -t)"),
        ("E[Z Z^T]^{-1} E[X Z]", r"\mathbb{E}[ZZ^\top]^{-1}\,\mathbb{E}[XZ]"),
        ("Cov(Z)^{-1} u", "(E[ZZ'] - E[Z]E[Z]')^-1 u"),
        ("E[sqrt(R)]", "E[R^{1/2}]"),
        ("E[X^3]", "E X^3"),
        ("E[X]^3", "E^3[X]"),
        ("a E[X]", "aE[X]"),
        ("E[X Y]", r"\mathbb{E}_{X,Y}[XY]"),
        ("E[X]", "espérance de X"),
        ("E[X^2]", "𝔼(X²)"),
    ],
)
def test_a_law_of_expectations_holds(key: str, answer: str) -> None:
    """Exactly, where no root or exponential stands within."""
    judged = prepare(key, SYMBOLS).judge(answer)
    assert judged.code is ReasonCode.RIGHT, judged


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("E[X Y]", "E[X] E[Y]"),
        ("E[X^2]", "E[X] E[X]"),
        ("E[X^2]", "X^2"),
        ("E[X]", "X"),
        ("E[|X|]", "|E[X]|"),
        ("E[max(0, X)]", "max(0, E[X])"),
        ("E[exp(X)]", "exp(E[X])"),
        ("Var(X)", "E[X^2]"),
        ("Var(X + Y)", "Var(X) + Var(Y)"),
        ("Var(a X)", "a Var(X)"),
        ("Cov(Z)", "E[Z Z^T]"),
        ("Cov(X, Y)", "Cov(X, X)"),
        ("P(X > t)", "P(X < t)"),
        ("P(X > t)", "P(Y > t)"),
        ("E[f(Z)]", "f(E[Z])"),
        ("E[1/R]", "1/E[R]"),
    ],
)
def test_no_law_is_invented(key: str, answer: str) -> None:
    """Nothing is independent, nothing convex is linear."""
    judged = prepare(key, SYMBOLS).warm().judge(answer)
    assert judged.state == "wrong", judged


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("E[X | Y]", "not closed"),
        ("P(X = t)", "inequalities"),
        ("E_X[X Y]", "Is Y random too"),
        ("Var_X(X)", "without an index"),
        ("P X", "in brackets"),
        ("Cov(A)", "column vectors"),
        ("E[X", "not closed"),
        ("E", "missing"),
    ],
)
def test_what_is_not_read_says_so(answer: str, said: str) -> None:
    """Conditional expectations and the like cost no attempt."""
    reading = interpret(answer, SYMBOLS)
    assert not isinstance(reading, Reading)
    assert said in reading.message


def test_a_square_behind_the_brackets_is_asked_back() -> None:
    """E (X - a)^2 may be the mean of the square or the square of the mean."""
    for answer in ("E(X - a)^2", "E (X - a)^2", "E X Y"):
        key = "E[X Y]" if answer == "E X Y" else "E[(X - a)^2]"
        assert prepare(key, SYMBOLS).judge(answer).code in (ReasonCode.AMBIGUOUS, ReasonCode.RIGHT)
    assert prepare("E[X - a]^2", SYMBOLS).judge("(E[X - a])^2").code is ReasonCode.RIGHT


def test_custom_says_what_is_random_where_nothing_is_declared() -> None:
    """Weights and parameters are not; estimates with a hat are; a key must speak of chance first."""
    risk = prepare("2 E[(w^T x - y) x]", read_symbols("w: vec d, x: vec d, y: scalar"))
    assert risk.judge("2 E[x x^T] w - 2 E[y x]").code is ReasonCode.RIGHT
    bias = prepare(r"E[\hat\theta] - theta", read_symbols(r"\hat\theta: scalar, theta: scalar"))
    assert bias.judge(r"E[\hat\theta - theta]").code is ReasonCode.RIGHT
    plain = prepare("w^T x", read_symbols("w: vec d, x: vec d"))
    assert plain.judge("E[w^T x]").code is ReasonCode.UNKNOWN_SYMBOL
