"""Expressions rewritten, spoilt and spelt at random, with a numpy evaluator that knows the truth.

Nothing here uses the program's parser, types or arithmetic: trees are tuples, values are numpy arrays.
"""

import random
from dataclasses import dataclass

import numpy as np

SIZES = {"d": 3, "n": 5}
SHAPES = {
    "w": ("d", None), "x": ("d", None), "y": ("n", None),
    "A": ("d", "d"), "B": ("d", "d"), "X": ("n", "d"), "K": ("n", "n"),
    "lambda": None, "c": None,
}  # fmt: skip
SYMBOLS = (
    "w: vec d, x: vec d, y: vec n, A: mat d d, B: mat d d, X: mat n d with n >= d, K: sym n, "
    "lambda: scalar+, c: scalar"
)

T = lambda a: ("T", a)  # noqa: E731 -- four letters of algebra
MUL = lambda a, b: ("mul", a, b)  # noqa: E731
ADD = lambda a, b: ("add", a, b)  # noqa: E731
NEG = lambda a: ("neg", a)  # noqa: E731
w, x, y, A, B, X, K = (("sym", name) for name in "wxyABXK")
LAM, C, TWO, ONE = ("sym", "lambda"), ("sym", "c"), ("num", 2), ("num", 1)
ID_D, ID_N = ("id", "d"), ("id", "n")

KEYS = {
    "(A + A^T) w": MUL(ADD(A, T(A)), w),
    "2 X^T (X w - y)": MUL(TWO, MUL(T(X), ADD(MUL(X, w), NEG(y)))),
    "(X^T X + lambda I)^{-1} X^T y": MUL(("inv", ADD(MUL(T(X), X), MUL(LAM, ID_D))), MUL(T(X), y)),
    "(K + lambda I)^{-1} y": MUL(("inv", ADD(K, MUL(LAM, ID_N))), y),
    "||w||^2 + 2 <w, x>": ADD(("sq", w), MUL(TWO, ("inner", w, x))),
    "A B - B^T A^T": ADD(MUL(A, B), NEG(MUL(T(B), T(A)))),
    "c w^T A w / lambda": ("div", MUL(C, MUL(T(w), MUL(A, w))), LAM),
    "exp(c) (w + lambda x)": MUL(("exp", C), ADD(w, MUL(LAM, x))),
    "w / ||w||": ("div", w, ("norm", w)),
    "max(0, 1 - c w^T x)": ("max", ("num", 0), ADD(ONE, NEG(MUL(C, MUL(T(w), x))))),
    "|c - 2| w": MUL(("abs", ADD(C, NEG(TWO))), w),
    "max(||w||, lambda)": ("max", ("norm", w), LAM),
}


@dataclass(frozen=True)
class World:
    """Values of all symbols at one random point."""

    values: dict

    def value(self, tree):
        """A float, or an array of two dimensions."""
        op, *parts = tree
        if op == "sym":
            return self.values[parts[0]]
        if op == "num":
            return float(parts[0])
        if op == "id":
            return np.eye(SIZES[parts[0]])
        got = [self.value(part) for part in parts]
        return _OPS[op](*got)


def _times(a, b):
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    product = a @ b
    return float(product[0, 0]) if product.shape == (1, 1) else product


def _sum(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError("shapes")
    return a + b


def _inner(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError("shapes")
    return float(np.sum(a * b))


def _divide(a, b):
    if np.ndim(b):
        raise ValueError("shapes")
    if b == 0:
        raise ZeroDivisionError
    return a / b


def _number(a):
    if np.ndim(a):
        raise ValueError("shapes")
    return float(a)


_OPS = {
    "T": lambda a: np.transpose(a) if np.ndim(a) else a,
    "mul": _times,
    "add": _sum,
    "neg": lambda a: -a,
    "inv": lambda a: np.linalg.inv(a) if np.ndim(a) else 1 / a,
    "inner": _inner,
    "sq": lambda a: float(np.sum(a * a)),
    "norm": lambda a: float(np.sqrt(np.sum(a * a))),
    "div": _divide,
    "max": lambda a, b: max(_number(a), _number(b)),
    "abs": lambda a: abs(_number(a)),
    "exp": lambda a: float(np.exp(a)) if np.ndim(a) == 0 else (_ for _ in ()).throw(ValueError("shapes")),
}


def worlds(count=3):
    """Random points, always the same."""
    rng = np.random.default_rng(7)
    found = []
    for number in range(count):
        values = {}
        # The first few are of size one; the others lie on all sides of the kinks.
        size = 1.0 if number < 3 else float(10 ** rng.uniform(-1, 1.5))
        for name, shape in SHAPES.items():
            if shape is None:
                turned = -1 if name == "c" and number >= 3 and rng.random() < 0.5 else 1
                values[name] = turned * size * float(rng.uniform(0.5, 1.5))
            else:
                values[name] = float(1 if number < 3 else 10 ** rng.uniform(-1, 1)) * rng.normal(
                    size=(SIZES[shape[0]], SIZES[shape[1]] if shape[1] else 1)
                )
        values["K"] = values["K"] + values["K"].T
        found.append(World(values))
    return found


WORLDS = worlds(60)


def values(tree, worlds):
    """The values at these worlds; raises ValueError or LinAlgError where shapes do not fit."""
    return [world.value(tree) for world in worlds]


def has_kinks(tree):
    """Whether max or |·| is in the tree."""
    return any(get(tree, path)[0] in ("max", "abs") for path in paths(tree))


def verdict(tree, key):
    """True if equal, False if different, None if ill-typed or too close to call."""
    seen = WORLDS if has_kinks(tree) or has_kinks(key) else WORLDS[:3]
    try:
        mine, theirs = values(tree, seen), values(key, seen)
    except (ValueError, ZeroDivisionError, OverflowError, np.linalg.LinAlgError):
        return None
    worst = 0.0
    for a, b in zip(mine, theirs, strict=True):
        if np.shape(a) != np.shape(b):
            return False
        scale = max(np.max(np.abs(a)), np.max(np.abs(b)))
        if not np.isfinite(scale) or scale > 1e9:
            return None
        # Where a kink gives 0, what rounding leaves of it counts by the size of what was cancelled.
        worst = max(worst, float(np.max(np.abs(a - b)) / max(scale, 1e-3)))
    return True if worst < 1e-8 else False if worst > 1e-5 else None


def _shape(tree):
    return np.shape(WORLDS[0].value(tree))


def paths(tree, at=()):
    """Every place in the tree."""
    yield at
    if tree[0] not in ("sym", "num", "id"):
        for k, part in enumerate(tree[1:], start=1):
            yield from paths(part, (*at, k))


def get(tree, path):
    """The part at a place."""
    for k in path:
        tree = tree[k]
    return tree


def put(tree, path, part):
    """The tree with another part at a place."""
    if not path:
        return part
    k, *rest = path
    return (*tree[:k], put(tree[k], rest, part), *tree[k + 1 :])


def rewritten(part, rng):  # noqa: C901 -- one rule after another
    """Something equal to the part (the oracle checks it again), or None."""
    op = part[0]
    shape = _shape(part)
    choices = [NEG(NEG(part)), MUL(ONE, part), ("div", MUL(TWO, part), TWO)]
    other = rng.choice([w, x, MUL(A, w), y, MUL(X, w), A, T(B), C, LAM, MUL(T(X), X)])
    if _shape(other) == shape:
        choices += [ADD(ADD(part, other), NEG(other)), ADD(NEG(other), ADD(other, part))]
    if len(shape) == 2:
        choices.append(T(T(part)))
        for size, identity in (("d", ID_D), ("n", ID_N)):
            if shape[0] == SIZES[size]:
                choices.append(MUL(identity, part))
        choices += [("div", MUL(LAM, part), LAM), MUL(MUL(LAM, part), ("inv", LAM))]
    if op == "add":
        a, b = part[1:]
        choices += [ADD(b, a), NEG(ADD(NEG(a), NEG(b)))]
        if a[0] == "add":
            choices.append(ADD(a[1], ADD(a[2], b)))
    if op == "mul":
        a, b = part[1:]
        sa, sb = len(_shape(a)), len(_shape(b))
        if sa == 0 or sb == 0:
            choices.append(MUL(b, a))
        if a == TWO:
            choices.append(ADD(b, b))
        if b[0] == "add":
            choices.append(ADD(MUL(a, b[1]), MUL(a, b[2])))
        if a[0] == "add":
            choices.append(ADD(MUL(a[1], b), MUL(a[2], b)))
        if b[0] == "mul":
            choices.append(MUL(MUL(a, b[1]), b[2]))
        if a[0] == "mul":
            choices.append(MUL(a[1], MUL(a[2], b)))
        if sa == sb == 2:
            choices.append(T(MUL(T(b), T(a))))
    if op == "T" and part[1][0] == "add":
        choices.append(ADD(T(part[1][1]), T(part[1][2])))
    if op == "T" and part[1][0] == "mul":
        choices.append(MUL(T(part[1][2]), T(part[1][1])))
    if op == "inv":
        choices += [T(("inv", T(part[1]))), ("div", ("inv", ("div", part[1], TWO)), TWO)]
    if op == "inner":
        choices += [("inner", part[2], part[1]), MUL(T(part[1]), part[2])]
    if op == "sq":
        choices += [("inner", part[1], part[1]), MUL(T(part[1]), part[1])]
    if op == "div":
        choices.append(MUL(("div", ONE, part[2]), part[1]))
    if op == "exp":
        choices += [
            MUL(("exp", ("div", part[1], TWO)), ("exp", ("div", part[1], TWO))),
            ("div", ONE, ("exp", NEG(part[1]))),
        ]
    if op == "abs":
        choices += [("max", part[1], NEG(part[1])), ("abs", NEG(part[1]))]
    if op == "max":
        a, b = part[1:]
        choices += [("max", b, a), ADD(a, ("max", ("num", 0), ADD(b, NEG(a))))]
        choices.append(("div", ADD(ADD(a, b), ("abs", ADD(a, NEG(b)))), TWO))
    if op == "norm":
        choices.append(("div", ("sq", part[1]), part))
    return rng.choice(choices)


def spoilt(part, rng):
    """Something that is probably not equal to the part."""
    op = part[0]
    choices = [MUL(TWO, part), NEG(part)]
    if op in ("T", "inv", "neg", "exp"):
        choices += [part[1]] * 3
    if op == "sym":
        choices += [
            ("sym", name) for name in SHAPES if name != part[1] and SHAPES[name] == SHAPES[part[1]]
        ] * 2
        if SHAPES[part[1]]:
            choices.append(T(part))
    if op in ("max", "abs"):
        choices += [part[1], part[-1], ("max", ("num", 0), part[1]), ("abs", part[1])] * 2
    if op in ("add", "mul", "div"):
        choices += [part[1], part[2], (op, part[2], part[1])]
    if op == "add":
        choices += [ADD(part[1], NEG(part[2]))] * 2
    if op == "num":
        choices += [("num", part[1] + 1), ("num", 3)]
    return rng.choice(choices)


def pair(seed):
    """A key, an answer and whether they are equal; None where the oracle cannot tell."""
    try:
        return _pair(random.Random(seed))
    except (ZeroDivisionError, OverflowError, np.linalg.LinAlgError):
        return None


def _pair(rng):
    text, tree = rng.choice(list(KEYS.items()))
    key = tree
    for _ in range(rng.randint(0, 4)):
        path = rng.choice(list(paths(tree)))
        tree = put(tree, path, rewritten(get(tree, path), rng))
    if rng.random() < 0.4:
        path = rng.choice(list(paths(tree)))
        tree = put(tree, path, spoilt(get(tree, path), rng))
    truth = verdict(tree, key)
    if truth is None:
        return None
    answer = spelt(tree, rng.choice(STYLES), rng)
    return (text, answer, truth) if len(answer) <= 400 else None


STYLES = ("ascii", "latex", "unicode", "numpy")
_SUM, _PRODUCT, _ATOM = range(3)


def spelt(tree, style, rng):
    """The tree as somebody might type it."""
    return _text(tree, style, rng)[0]


def _bracket(got, least, style):
    text, tight = got
    if tight >= least:
        return text
    return rf"\left({text}\right)" if style == "latex" else f"({text})"


def _text(tree, style, rng):
    op, *parts = tree
    if op == "sym":
        name = parts[0]
        greek = {"latex": r"\lambda", "unicode": "λ"}.get(style, "lambda")
        return (
            greek
            if name == "lambda"
            else rf"\mathbf{{{name}}}"
            if style == "latex" and rng.random() < 0.1
            else name
        ), _ATOM
    if op == "num":
        return str(parts[0]), _ATOM
    if op == "id":
        return (f"np.eye({parts[0]})" if style == "numpy" else f"I_{parts[0]}"), _ATOM
    if op == "T" and not _shape(parts[0]):
        return _text(parts[0], style, rng)  # 1^T is a row of ones, and the prime of a number asked back
    got = [_text(part, style, rng) for part in parts]
    if op == "add":
        negative = parts[1][0] == "neg"
        second = _text(parts[1][1], style, rng) if negative else got[1]
        return f"{got[0][0]} {'-' if negative else '+'} {_bracket(second, _PRODUCT, style)}", _SUM
    if op == "neg":
        return "-" + _bracket(got[0], _PRODUCT, style), _SUM
    if op == "mul":
        return _product(parts, got, style, rng), _PRODUCT
    if op == "div":
        if style == "latex":
            return rf"\frac{{{got[0][0]}}}{{{got[1][0]}}}", _ATOM
        return f"{_bracket(got[0], _PRODUCT, style)}/{_bracket(got[1], _ATOM, style)}", _PRODUCT
    return _function(op, got, style, rng), _ATOM


def _product(parts, got, style, rng):
    left, right = _bracket(got[0], _PRODUCT, style), _bracket(got[1], _ATOM, style)
    if style == "numpy":
        both = len(_shape(parts[0])) == len(_shape(parts[1])) == 2
        if both and rng.random() < 0.2:
            return f"np.dot({got[0][0]}, {got[1][0]})"
        return f"{left} {'@' if both else '*'} {right}"
    sign = rng.choice([" ", " ", "*", {"latex": r" \cdot ", "unicode": " · "}.get(style, " * ")])
    if sign in (r" \cdot ", " · ", " * ", "*") and len(_shape(parts[0])) == len(_shape(parts[1])) == 2:
        sign = " "
    if sign == " " and left[-1].isdigit() and right[0].isdigit():
        sign = "*"  # two numbers side by side are asked back
    return f"{left}{sign}{right}"


def _function(op, got, style, rng):
    inside = _bracket(got[0], _ATOM, style)
    if op == "T":
        marks = {"latex": [r"^\top", "^{T}", "^T"], "unicode": ["ᵀ", "'"], "numpy": [".T"]}.get(
            style, ["^T", "'"]
        )
        return f"({inside}{rng.choice(marks)})"
    if op == "inv":
        if style == "numpy":
            return f"np.linalg.inv({got[0][0]})" if got[0][0] != "lambda" else "(1/lambda)"
        return f"({inside}" + {"latex": "^{-1}", "unicode": "⁻¹"}.get(style, "^-1") + ")"
    if op == "inner":
        opening, closing = {
            "latex": (r"\langle ", r"\rangle "),
            "unicode": ("⟨", "⟩"),
            "numpy": ("inner(", ")"),
        }.get(style, ("<", ">"))
        return f"{opening}{got[0][0]}, {got[1][0]}{closing}"
    if op in ("sq", "norm"):
        opening, closing = {
            "latex": (r"\|", r"\|"),
            "unicode": ("‖", "‖"),
            "numpy": ("np.linalg.norm(", ")"),
        }.get(style, ("||", "||"))
        power = {"unicode": "²", "numpy": "**2"}.get(style, "^2") if op == "sq" else ""
        return f"({opening}{got[0][0]}{closing}{power})"
    if op == "max":
        name = {"latex": r"\max", "numpy": "np.maximum"}.get(style, "max")
        return f"{name}({got[0][0]}, {got[1][0]})"
    if op == "abs":
        return f"np.abs({got[0][0]})" if style == "numpy" else f"abs({got[0][0]})"
    name = {"latex": r"\exp", "numpy": "np.exp"}.get(style, "exp")
    return f"{name}({got[0][0]})"


CONDITION_SYMBOLS = "a: scalar, b: scalar, lambda: scalar+, mu: scalar+"


def condition_pair(seed):
    """A condition as key, an answer, and whether both are true of the same, by how they were made."""
    rng = random.Random(seed)
    left, right = rng.sample(["a", "b", "2 a", "lambda", "a + b", "mu b", "a lambda - 1", "3"], 2)
    sign = rng.choice(["<", "<="])
    key = f"{left} {sign} {right}"
    same = rng.random() < 0.6
    if not same:
        kind = rng.randrange(4)
        if kind == 0:
            sign = {"<": "<=", "<=": "<"}[sign]
        elif kind == 1:
            left, right = right, left
        elif kind == 2:
            right = f"{right} + {rng.choice(['1', 'lambda', '1/1000'])}"
        else:
            left = f"({left}) + 2 mu"
    turned = {"<": ">", "<=": ">="}[sign]
    difference = f"({right}) - ({left})"
    answer = rng.choice(
        [
            f"{left} {sign} {right}",
            f"{right} {turned} {left}",
            f"{difference} {turned} 0",
            f"lambda ({difference}) {turned} 0",
            f"-({difference}) {sign} 0",
            f"({difference})/mu {turned} 0",
            f"exp({left}) {sign} exp({right})",
            f"({difference})^3 {turned} 0",
            f"{difference} {turned} 0 and mu > 0",
            f"({difference})/(1 + a^2) {turned} 0",
        ]
    )
    return key, answer, same
