"""Pairs of a key and a near miss that is equal to it on one side of a kink, made at random."""

import random

SYMBOLS = "a: scalar, b: scalar, r: scalar+, c: scalar+, w: vec d, x: vec d, y: scalar, p: scalar in (0, 1)"


def pair(seed: int) -> tuple[str, str]:
    """A key and a near miss; which of the two is which changes with the seed."""
    rng = random.Random(seed)
    one, other = rng.choice(_KINDS)(rng)
    if rng.random() < 0.3:  # the kink inside a larger expression
        around = rng.choice(["{} + a b", "2 ({})", "({})^3 + r", "exp(p) ({})", "({})/(1 + r)"])
        one, other = around.format(one), around.format(other)
    return (one, other) if rng.random() < 0.5 else (other, one)


def _place(rng: random.Random) -> str:
    """Where a kink lies: near or far, a round number or not."""
    size = 10 ** rng.uniform(-4, 5)
    return rng.choice([f"{size:.3g}", f"{round(size, 2) or 0.5}", f"{max(1, round(size))}"]).replace(
        "e+0", "e"
    )


def _inside(rng: random.Random) -> str:
    """A number that crosses the kink."""
    at = _place(rng)
    return rng.choice(
        [f"a - {at}", f"a + {at}", f"{at} - b", "a - b", f"w^T x - {at}", "1 - y w^T x", f"a b - {at}", "y"]
    )


def _larger(rng: random.Random) -> tuple[str, str]:
    inside = _inside(rng)
    return f"max(0, {inside})", rng.choice([inside, "0", f"|{inside}|"])


def _size(rng: random.Random) -> tuple[str, str]:
    inside = _inside(rng)
    return f"|{inside}|", rng.choice([inside, f"-({inside})", f"max(0, {inside})"])


def _bounded(rng: random.Random) -> tuple[str, str]:
    at = _place(rng)
    return rng.choice(
        [
            (f"max(r, {at})", "r"),
            (f"min(r, {at})", "r"),
            (f"max(a, -{at})", "a"),
            (f"min(||w||, {at})", "||w||"),
        ]
    )


def _clipped(rng: random.Random) -> tuple[str, str]:
    return rng.choice(
        [
            ("min(1, c/||w||)", "c/||w||"),
            ("min(1, c/||w||)", "1"),
            ("max(||w||, c)", "||w||"),
            ("max(||w||, c)", "c"),
        ]
    )


def _ramp(rng: random.Random) -> tuple[str, str]:
    low = float(_place(rng))
    high = low * (1 + 10 ** rng.uniform(-3, 1))
    one = f"relu(a - {low:.6g}) - relu(a - {high:.6g})"
    return one, rng.choice([f"relu(a - {low:.6g})", "0", f"{high - low:.6g}"])


def _steps(rng: random.Random) -> tuple[str, str]:
    at = _place(rng)
    return rng.choice(
        [
            (f"floor(|a|/{at})", "0"),
            (f"sign(a - {at})", "1"),
            (f"sign(a + {at})", "-1"),
            ("ceil(p)", "p"),
            (f"round(r/{at})", "0"),
        ]
    )


def _roots(rng: random.Random) -> tuple[str, str]:
    inside = _inside(rng)
    return f"sqrt(({inside})^2)", rng.choice([inside, f"-({inside})"])


def _nested(rng: random.Random) -> tuple[str, str]:
    at = _place(rng)
    return rng.choice(
        [
            (f"max(a, max(b, -{at}))", "max(a, b)"),
            (f"min(|a|, {at})", "|a|"),
            (f"max(0, {at} - |a|)", "0"),
            ("max(a, b)", "a"),
            ("|a| + |b|", "|a + b|"),
        ]
    )


def _small(rng: random.Random) -> tuple[str, str]:
    inside = _inside(rng)
    return f"a + {10 ** rng.uniform(-12, -3):.2g} relu({inside})", "a"


_KINDS = (_larger, _size, _bounded, _clipped, _ramp, _steps, _roots, _nested, _small)
