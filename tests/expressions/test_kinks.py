"""Kinks and small differences: an answer that is right on one side of a kink only is never right."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import kink_pairs

from autograder.expressions.judge import prepare
from autograder.expressions.judgement import JudgementState
from autograder.expressions.symbols import read_symbols

SYMBOLS = read_symbols(
    "a: scalar, b: scalar, r: scalar+, c: scalar+, w: vec d, x: vec d, y: scalar, t: scalar+, "
    "p: scalar in (0, 1), f: function d"
)
PAIR_SYMBOLS = read_symbols(kink_pairs.SYMBOLS)
DIFFERENT = [
    ("max(r, 0.000001)", "r"),
    ("max(a,-5000)", "a"),
    ("a", "max(a, -123456)"),
    ("max(0, 1/100 - (a-7)^2)", "0"),
    ("relu(a-2)-relu(a-2.001)", "0"),
    ("sqrt((a-5000)^2)", "5000-a"),
    ("sqrt((a-5000)^2)", "a-5000"),
    ("a + 1e-12 relu(a-5)", "a"),
    ("|a-3|+|b-2|", "|a+b-5|"),
    ("max(a,b)", "(a+b+|a-b+1e-6|)/2"),
    ("min(1, c/||w||) w", "c w/||w||"),
    ("min(1, c/||w||) w", "w"),
    ("max(0,1-y w^T x)", "max(0,1-y w^Tx) + 1e-10 max(0, y w^T x - 50)"),
    ("||w||_1", "sum(w)"),
    ("sign(a)", "1"),
    ("floor(a)", "a - 1/2"),
    ("floor(a/1000)", "0"),
    ("round(a)", "floor(a)"),
    ("max(a, max(b, -1e5))", "max(a,b)"),
    ("relu(w)", "w"),
    ("max(p, 1-p)", "p"),
    ("min(p, 0.999)", "p"),
    ("-p ln(p) - (1-p) ln(1-p)", "p ln(p) - (1-p) ln(1-p)"),
    ("|a^2 - 4|", "a^2-4"),
    ("|a b|", "a b"),
    ("max(a,0)^2", "a^2"),
    ("(a^2)^(1/2)", "a"),
    ("sign(a) sign(b)", "sign(a+b)"),
    ("max(0, 1e-5 - |a - 2|)", "0"),
    ("|ln(t)|", "ln(t)"),
    ("max(1, exp(a))", "exp(a)"),
    ("max(exp(a), 1e-30)", "exp(a)"),
    ("ln(max(1, t))", "ln(t)"),
    ("max(w^T x, ||x||^2)", "||x||^2"),
    ("max(f(w), 0)", "f(w)"),
    ("sigmoid(1000 a)", "(1+sign(a))/2"),
]
EQUAL = [
    ("max(a,b)", "(a+b+|a-b|)/2"),
    ("max(0,1-y w^T x)", "(1-y w^Tx+|1-y w^T x|)/2"),
    ("min(1, c/||w||) w", "c w/max(c, ||w||)"),
    ("relu(a)-relu(-a)", "a"),
    ("|a|", "a sign(a)"),
    ("sqrt(a^2)", "|a|"),
    ("exp(a)-1-a", "-1-a+e^a"),
    ("1-cos(a)", "2 sin(a/2)^2"),
    ("sigmoid(a)", "1/(1+e^-a)"),
    ("sigmoid(a)", "e^a/(1+e^a)"),
    ("ln(1+exp(a))", "softplus(a)"),
    ("tanh(a)", "2 sigmoid(2a)-1"),
    ("sin(a)^2+cos(a)^2-1+b", "b"),
    ("sinh(a) - a", "-a + (e^a-e^-a)/2"),
    ("ln(1+e^(-a)) + a", "ln(1+e^a)"),
    ("exp(a)-1-a-a^2/2-a^3/6-a^4/24-a^5/120", "-a^5/120 - a^4/24 - a^3/6-a^2/2-a-1+exp(a)"),
    ("p ln(p)", "-p ln(1/p)"),
    ("1-sigmoid(a)", "sigmoid(-a)"),
    ("sqrt(t)^2", "t"),
    ("exp(-||w-x||^2/2)", "exp(-||w||^2/2) exp(w^Tx) exp(-||x||^2/2)"),
    ("1 - tanh(a)^2", "4/(e^a+e^-a)^2"),
    ("sqrt(1+a^2)-a", "1/(sqrt(1+a^2)+a)"),
]


def both_ways(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each of two expressions once as the key."""
    return [pair for one, other in pairs for pair in ((one, other), (other, one))]


@pytest.mark.parametrize(("key", "answer"), both_ways(DIFFERENT))
def test_what_agrees_on_one_side_of_a_kink_only_is_wrong(key: str, answer: str) -> None:
    """However far away the kink, however narrow the place between two of them, however small the step."""
    assert prepare(key, SYMBOLS).judge(answer).state is JudgementState.WRONG


@pytest.mark.parametrize(("key", "answer"), both_ways(EQUAL))
def test_a_difference_that_rounding_makes_is_none(key: str, answer: str) -> None:
    """Cancelling terms, saturated sigmoids, the same kink written in another way."""
    assert prepare(key, SYMBOLS).judge(answer).state is JudgementState.CORRECT


@pytest.mark.parametrize("seed", range(100))
def test_a_random_near_miss_across_a_kink_is_not_accepted(seed: int) -> None:
    """Of the pairs that the benchmark judges by the thousand."""
    key, answer = kink_pairs.pair(seed)
    assert prepare(key, PAIR_SYMBOLS).judge(answer).state is JudgementState.WRONG
