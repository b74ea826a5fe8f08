"""Strings nobody would type: pieces of mathematics in any order, any characters, endless repetition."""

import random

from autograder.expressions.vocabulary import FUNCTIONS

SYMBOLS = (
    "w: vec d, x: vec d, x': vec d, w*: vec d, A: mat d d, K: sym n, X: mat n d, y: vec n, lambda: scalar+, "
    "n: scalar+, f: function d, s: scalar, x_i: row X"
)
KEYS = (
    "(A + A^T) w",
    "f(w*) >= 0 and s > 0",
    "exp(-||x - x'||^2/(2 lambda^2))",
    r"\sum_{i,j} A_{ij} w_i w_j",
)
_WORDS = (
    "w x x' w* A K X y λ lambda \\lambda n f s ^T ^{-1} ^ _ _i _{ij} _{i,j=1} ( ) [ ] { } < > "
    "\\langle \\rangle , ; and = <= >= != + - * / @ . .T .dot( ' ∇ \\nabla \\frac \\sum ∑ sum_i "
    "sum_{i=1}^n \\sum_{i,j,k,l} exp ln tr( det( inv( pinv( norm( np. np.dot( 2 0 1 1e9 0.5 1e400 e^ "
    "I I_d 1_n \\mathbf{ \\begin{aligned} & \\\\ $ ² ⁻¹ ᵀ ½ ∞ \x00 \ud800 é π ^^ ** ... \\ \\left "
    "\\right max( diag( sqrt x_i T top ^\\top f' f''( ∇²f( -> <- ! softplus sum( solve( psd ^+ ^t "
    "log10( delta_{ij} ‖ ⟨ ⟩ ≥ 999999999999999999 a zz \\foo "
)
PIECES = (*_WORDS.split(), *sorted(FUNCTIONS), "|", "||", "\\|", " ", "\n", "\x00", "\ud800")


def string(rng: random.Random) -> str:
    """One of them."""
    kind = rng.random()
    if kind < 0.7:
        length = rng.randint(1, rng.choice([6, 15, 60]))
        return "".join(rng.choice(PIECES) + " " * (rng.random() < 0.4) for _ in range(length))
    if kind < 0.8:
        return "".join(chr(rng.choice([rng.randrange(32, 127), rng.randrange(0x110000)])) for _ in range(60))
    few = "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 3)))
    return few * rng.randint(1, 150)


def mutated(text: str, other: str, rng: random.Random) -> str:
    """A string made from two others by cutting, inserting, doubling."""
    at, to = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
    match rng.randrange(5):
        case 0:
            return text[:at] + rng.choice(PIECES) + text[at:]
        case 1:
            return text[:at] + text[to:]
        case 2:
            return text[:at] + other[rng.randint(0, len(other)) :]
        case 3:
            return text[:to] + text[at:]
    return text[:at] + "(" + text[at:to] + ")" + text[to:]
