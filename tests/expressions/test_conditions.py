"""Conditions are compared as sets: by what they are true of, boundaries included."""

import sys
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import oracle

from autograder.expressions.judge import PreparedKey, prepare
from autograder.expressions.judgement import JudgementState
from autograder.expressions.symbols import read_symbols

QUESTIONS = [
    # symbols, key, right answers, wrong ones
    (
        "gamma: scalar, L: scalar+",
        "0 < gamma < 2/L",
        [
            "|1 - gamma L| < 1",
            "gamma in (0, 2/L)",
            "gamma(2-gamma L)>0",
            "L>0 and 0<gamma<2/L",
            "(1-gamma L)^2 < 1",
            "-1 < 1 - gamma L < 1",
            "0<gamma L<2",
            "gamma > 0 et L gamma < 2",
            "]0;2/L[",
            "(0, 2/L)",
            "γ ∈ ]0 ; 2/L[",
            "1/gamma > L/2",
            "gamma>0 and 2/gamma>L",
            "2/L > gamma > 0",
            "|gamma - 1/L| < 1/L",
            "gamma^2 < 2 gamma/L",
            "gamma L/2 in (0,1)",
        ],
        [
            "0 < gamma <= 2/L",
            "gamma < 2/L",
            "0<=gamma<2/L",
            "|1-gamma L|<=1",
            "gamma in [0,2/L]",
            "gamma in [0, 2/L)",
            "gamma>0",
            "gamma > 0 or gamma < 2/L",
            "0<gamma<1/L",
            "0 < gamma < 2L",
            "|gamma| < 2/L",
            "gamma != 0",
            "(1-gamma L)^2 <= 1",
            "gamma^2<4/L^2",
        ],
    ),
    (
        "x: scalar",
        "-1 < x < 1",
        [
            "|x|<1",
            "x^2<1",
            "x ∈ (-1,1)",
            "x<1 & x>-1",
            "1-x^2>0",
            "-1<x and x<1",
            "x in ]-1,1[",
            "]-1;1[",
            "(1-x)(1+x)>0",
            "x**2 < 1",
            "max(x,-x) < 1",
        ],
        [
            "|x|<=1",
            "x<1",
            "x^2<=1",
            "-1<=x<=1",
            "0<x<1",
            "x in [-1,1]",
            "x^2<2",
            "x > -1",
            "x != 1",
            "|x|<1.0000001",
            "x^3 < 1",
        ],
    ),
    (
        "x: scalar",
        "x < -1 or x > 1",
        [
            "|x|>1",
            "x^2>1",
            "x>1 ou x<-1",
            "x in (-∞,-1) ∪ (1,+∞)",
            "x ∈ ]-∞;-1[ ∪ ]1;+∞[",
            "1 < |x|",
            "x \\in (-\\infty,-1)\\cup(1,\\infty)",
        ],
        ["|x|>=1", "x>1", "x<-1 and x>1", "-1<x<1", "x != 1", "x < -1 or x >= 1"],
    ),
    (
        "x: scalar",
        "x >= 2",
        ["x-2>=0", "2<=x", "x in [2, +∞)", "x ∈ [2,+∞[", "2x>=4", "x^3>=8", "-x <= -2", "[2, inf)"],
        ["x>2", "x<=2", "x in (2, inf)", "x>=1.999999", "x=2", "x^2>=4"],
    ),
    (
        "s: scalar",
        "s = 1",
        ["2 s - 2 = 0", "1 = s", "(s-1)^2=0", "s - 1 = 0"],
        ["s^2=s", "s^2=1", "s=2", "s>=1", "s>1"],
    ),
    (
        "A: mat d d",
        "A + A^T >= 0",
        [
            "A+A^T is psd",
            "A + A' semi-définie positive",
            "(A+A^T)/2 ⪰ 0",
            "lambda_min(A+A^T) >= 0",
            "A ⪰ -A^T",
            "A + A^T positive semi-definite",
            "A+A^T sdp",
            "\\lambda_{\\min}(A+A^\\top) \\ge 0",
            "A^T+A PSD",
        ],
        ["A>=0", "A+A^T>0", "A = A^T", "A - A^T >=0", "lambda_max(A+A^T) >= 0", "tr(A)>=0", "det(A+A^T)>=0"],
    ),
    (
        "p: scalar in (0,1)",
        "p > 1/2",
        ["p>0.5", "2p>1", "1-p<p", "1-2p<0", "p/(1-p) > 1", "p in (1/2, 1)", "ln(p/(1-p))>0", "1/2 < p < 1"],
        ["p>=1/2", "p<1/2", "p>0", "p > 1/3"],
    ),
    (
        "A: mat d d, w: vec d, b: vec d",
        "A w = b",
        ["b = A w", "A w - b = 0", "||Aw-b||=0", "||A w - b||^2 = 0", "2Aw=2b", "w = A^{-1} b"],
        ["A b = w", "A^T w = b", "w = A b", "w = b", "A w = 0", "||A w|| = ||b||"],
    ),
    (
        "f: function d, w*: vec d",
        "grad f(w*) = 0",
        ["||∇f(w*)||=0"],
        ["f(w*)=0", "∇²f(w*)=0", "w*=0", "f(w*) > 0"],
    ),
    (
        "lambda: scalar, mu: scalar+",
        "lambda >= 0",
        [
            "0<=lambda",
            "lambda mu >= 0",
            "lambda ∈ [0,+∞[",
            "lambda ≥ 0 and mu > 0",
            "-lambda <= 0",
            "λ/μ ≥ 0",
        ],
        ["lambda>0", "lambda<=0", "lambda mu>0", "mu>=0", "lambda>=-1e-3"],
    ),
    (
        "alpha: vec n",
        "alpha_i >= 0",
        ["alpha >= 0", "α_i ≥ 0", "0 <= alpha_i"],
        ["alpha_i > 0", "alpha_i <= 0"],
    ),
]


@cache
def key(symbols: str, text: str) -> PreparedKey:
    return prepare(text, read_symbols(symbols))


@pytest.mark.parametrize(
    ("symbols", "text", "answer"),
    [(symbols, text, one) for symbols, text, right, _ in QUESTIONS for one in right],
)
def test_a_condition_that_is_true_of_the_same_is_right(symbols: str, text: str, answer: str) -> None:
    """Whatever its form; what the declarations imply need not be said, and may be."""
    assert key(symbols, text).judge(answer).state is JudgementState.CORRECT


@pytest.mark.parametrize(
    ("symbols", "text", "answer"),
    [(symbols, text, one) for symbols, text, _, wrong in QUESTIONS for one in wrong],
)
def test_a_condition_that_differs_somewhere_is_wrong(symbols: str, text: str, answer: str) -> None:
    """On the boundary alone, far away, or on a side that a square hides."""
    assert key(symbols, text).judge(answer).state is JudgementState.WRONG


@pytest.mark.parametrize("seed", range(60))
def test_a_rewritten_condition_is_right_and_a_spoilt_one_is_not(seed: int) -> None:
    """As the fuzz does by the thousand: other sides, factors that are positive, functions that grow."""
    text, answer, same = oracle.condition_pair(seed)
    judged = key(oracle.CONDITION_SYMBOLS, text).judge(answer)
    assert (judged.state is JudgementState.CORRECT) == same, judged


def test_what_cannot_be_decided_is_asked_back() -> None:
    """A condition that is true, or false, at every point that is tried."""
    judged = key("x: scalar", "x^2 >= 0").judge("x^4 + 1 > 0")
    assert (judged.state, judged.code) == (JudgementState.UNREADABLE, "undecided")
