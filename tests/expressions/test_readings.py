"""Brackets that are missing and signs that may be meant in two ways: asked back, never dropped."""

from functools import cache

import pytest

from autograder.expressions.answer import parse_value
from autograder.expressions.judge import PreparedKey, prepare
from autograder.expressions.judgement import ReasonCode
from autograder.expressions.symbols import read_symbols
from autograder.expressions.unreadable import Unreadable

SYMBOLS = read_symbols(
    "a: scalar, b: scalar, c: scalar, z: scalar, w: vec d, x: vec d, A: mat d d, B: mat d d, "
    "K: sym n, y: vec n, X: mat n d with n >= d, "
    "sigma: scalar+, lambda: scalar+, alpha: vec n, u: vec d, v: vec d"
)
CASES = [
    # key, answer, state
    ("K alpha", "K\\alpha", "correct"),
    ("K^{-1} alpha", "K\\alpha", "unreadable"),
    ("1/(a b)", "1/a b", "unreadable"),
    ("1/(a b)", "1/ab", "correct"),
    ("1/a b", "1/a b", "correct"),
    ("e^-z/(1+e^-z)", "e^-z/1+e^-z", "unreadable"),
    ("1/(1+e^-z)", "1/1+e^-z", "unreadable"),
    ("<w,x>/(||w|| ||x||)", "<w,x>/||w|| ||x||", "unreadable"),
    ("(a+b)/2", "a+b/2", "unreadable"),
    ("(a+b)/(a-b)", "a+b/a-b", "unreadable"),
    ("1/(a b c)", "1/a b c", "unreadable"),
    ("e^{a+b}", "e^a+b", "unreadable"),
    ("e^{-z^2/2}", "e^-z^2/2", "unreadable"),
    ("e^{2 z}", "e^2z", "unreadable"),
    ("ln(1+e^-z)", "ln 1+e^-z", "unreadable"),
    ("sqrt(a+b)", "sqrt a+b", "unreadable"),
    ("ln(a/b)", "ln a/b", "unreadable"),
    ("2/(a b)", "2 / a * b", "unreadable"),
    ("a/(b/c)", "a/b/c", "unreadable"),
    ("a/(2 sigma)", "a/2σ", "correct"),
    ("a/2 sigma", "a/2σ", "unreadable"),
    ("exp(-||w-x||^2/(2 sigma^2))", "exp(-||w-x||^2/2 sigma^2)", "unreadable"),
    ("w/(a+b)", "w/a+b", "unreadable"),
    ("2 a/(b c)", "2a/b c", "unreadable"),
    ("1/(a b)", "1/b a", "unreadable"),
    ("1/(a b)", "1/2 a b", "wrong"),
    ("a+b/2", "a+b/2", "correct"),
    ("1/(1+a)", "1/1+b", "wrong"),
    ("a b/(a+b)", "ab/a+b", "unreadable"),
    ("\\sum_i (y_i + a)", "\\sum_i y_i + a", "unreadable"),
    ("A^{-1} w", "A\\w", "correct"),
    ("A w", "A\\w", "wrong"),
    ("A w", "A \\ w", "unreadable"),
    ("A w", "A\\ w", "unreadable"),
    ("A^{-1} B w", "A\\(B*w)", "correct"),
    ("A^{-1} B", "A\\B", "correct"),
    ("(A+B)^{-1} w", "(A+B)\\w", "correct"),
    ("(X^T X)^{-1} X^T y", "(X'*X)\\(X'*y)", "correct"),
    ("2 A^{-1} w", "2*(A\\w)", "correct"),
    ("X^T y", "\\(X^T y\\)", "correct"),
    ("X^T y", "\\[X^T y\\]", "correct"),
    ("a b", "a & b", "unreadable"),
    ("a b", "\\begin{pmatrix} a & b \\end{pmatrix}", "unreadable"),
    ("a b", "\\begin{bmatrix} a & b \\end{bmatrix}", "unreadable"),
    ("a b", "[a b]", "unreadable"),
    ("a b", "[a, b]", "unreadable"),
    ("a b", "(a, b)", "unreadable"),
    ("a b", "\\begin{array}{cc} a & b\\end{array}", "unreadable"),
    ("a b", "a \\\\ b", "unreadable"),
    ("a b", "\\begin{cases} a b \\end{cases}", "unreadable"),
    ("2 a b", "2 \\begin{pmatrix} a & b\\end{pmatrix}", "unreadable"),
    ("a b - c z", "\\begin{vmatrix} a & c \\\\ z & b\\end{vmatrix}", "correct"),
    ("a b", "\\begin{aligned} &= a b \\end{aligned}", "correct"),
    ("A^T w", "ᵗA w", "correct"),
    ("2 A^T w", "2 ᵗA w", "correct"),
    ("2 A^T w", "2ᵗA w", "correct"),
    ("w x^T", "w ᵗx", "correct"),
    ("w^T x", "w ᵗx", "unreadable"),
    ("w^T x", "wᵗx", "correct"),
    ("w x^T", "wᵗx", "unreadable"),
    ("w^T x", "ᵗw x", "correct"),
    ("w^T A x", "ᵗw A x", "correct"),
    ("w x^T", "w ^tx", "correct"),
    ("w^T x", "w^tx", "correct"),
    ("w^T x", "w^t x", "correct"),
    ("A w x^T", "A w ᵗx", "correct"),
    ("a w x^T", "a w ᵗx", "correct"),
    ("(A w)^T x", "ᵗ(A w) x", "correct"),
    ("w^T x + a", "ᵗw x + a", "correct"),
    ("A A^T", "A ᵗA", "correct"),
    ("A^T A", "ᵗA A", "correct"),
    ("A^T A", "ᵗAA", "correct"),
    ("A A^T", "AᵗA", "unreadable"),
    ("2000 a", "2 000 a", "correct"),
    ("2000 a", "2 000a", "correct"),
    ("10000 a", "10 000 a", "correct"),
    ("1234567 a", "1 234 567 a", "correct"),
    ("6 a", "2 3 a", "unreadable"),
    ("6 a", "2 * 3 a", "correct"),
    ("23 a", "2 3 a", "unreadable"),
    ("200 a", "2 100 a", "unreadable"),
    ("2100 a", "2 100 a", "correct"),
    ("2000.5 a", "2 000,5 a", "correct"),
    ("||A||_F", "||A||_2", "wrong"),
    ("||A||_2", "||A||_F", "wrong"),
    ("||A||_2", "||A||_2", "correct"),
    ("||A||_2", "||A||", "unreadable"),
    ("||A||_F", "||A||", "correct"),
    ("||A||_2^2", "lambda_max(A^T A)", "correct"),
    ("||A||_2", "sigma_max(A)", "correct"),
    ("||A||_F", "sqrt(tr(A^T A))", "correct"),
    ("||A||_F", "norm(A,'fro')", "correct"),
    ("||A||_F", "||A||_op", "wrong"),
    ("||A||_2", "np.linalg.norm(A, 2)", "correct"),
    ("||A||_F^2", "||A||_*^2", "wrong"),
    ("||w||", "||w||_2", "correct"),
    ("||w||", "|w|", "correct"),
    ("det(A)", "|A|", "correct"),
    ("det(A)^2", "|A|^2", "correct"),
    ("||A||_F", "|A|", "wrong"),
    ("det(A B)", "|A| |B|", "correct"),
    ("|a|", "|a|", "correct"),
    ("det(A)", "\\left|A\\right|", "correct"),
    ("|a b|", "|a||b|", "correct"),
    ("a^2", "a.^2", "correct"),
    ("w^T x", "w.x", "correct"),
    ("a b", "a.b", "correct"),
    ("a/b", "a÷b", "correct"),
    ("1/2 a", "a/2", "correct"),
    ("a", "(a)'", "unreadable"),
    ("tanh(z)", "tanh(z)'", "unreadable"),
    ("1-tanh(z)^2", "(tanh(z))'", "unreadable"),
]


@cache
def key(text: str) -> PreparedKey:
    return prepare(text, SYMBOLS)


@pytest.mark.parametrize(("text", "answer", "state"), CASES)
def test_a_sign_is_attached_rightly_or_asked_back(text: str, answer: str, state: str) -> None:
    """A backslash, a prefix transpose, numbers side by side, entries, a slash without brackets."""
    judged = key(text).judge(answer)
    assert judged.state == state, judged


def test_both_readings_are_shown() -> None:
    """So that whoever wrote it sees where the brackets belong; no try is lost."""
    judged = key("1/(a b)").judge("1/a b")
    assert judged.code is ReasonCode.AMBIGUOUS
    assert "1/a b" in judged.message and "1/(a b)" in judged.message


def test_an_unfinished_entry_is_what_is_told_not_a_decimal_comma_before_it() -> None:
    with pytest.raises(Unreadable) as refused:
        parse_value("[exp(0,5); a - ]", read_symbols("a: scalar"))
    assert str(refused.value) == "I did not expect the bracket ] here."
