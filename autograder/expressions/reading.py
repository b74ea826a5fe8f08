"""What was understood, as one line of text: brackets where they are needed and nowhere else."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from autograder.expressions.tree import Node, constant
from autograder.expressions.vocabulary import LETTER_OF

SUM, NEGATIVE, PRODUCT, POWER, ATOM = range(5)
"""How tightly the outermost sign binds; a part that binds less than its place asks for is put in brackets."""

_TIGHTNESS: Mapping[str, int] = {
    "add": SUM,
    "relation": SUM,
    "both": SUM,
    "negative": NEGATIVE,
    "product": PRODUCT,
    "divide": PRODUCT,
    "entrywise": PRODUCT,
    "outer": PRODUCT,
    "sum": PRODUCT,
    "power": POWER,
    "inverse": POWER,
    "transpose": POWER,
}
SIGNS: Mapping[str, str] = {"=": "=", "!=": "≠", ">=": "≥", ">": ">", "<=": "≤", "<": "<"}
NABLA = ("", "∇", "∇²")
_RAISED = str.maketrans("0123456789-T", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵀ")


def tightness(tree: Node) -> int:
    """How tightly a tree's outermost sign binds."""
    if tree.op == "number" and (tree.value < 0 or tree.value.denominator != 1):
        return PRODUCT
    return _TIGHTNESS.get(tree.op, ATOM)


def letter(name: str) -> str:
    """A symbol's name as it is printed: λ for lambda, w* and x_i as they are."""
    for english, printed in LETTER_OF.items():
        if name == english or (name.startswith(english) and not name[len(english) :][:1].isalpha()):
            return printed + name[len(english) :]
    return name


def number_text(value: Fraction) -> str:
    """A literal as it was meant: 0.5 as 0.5, not as 1/2."""
    if value.denominator == 1:
        return str(value.numerator)
    decimal = f"{float(value):.12g}"
    return decimal if Fraction(decimal) == value else f"{value.numerator}/{value.denominator}"


def line(tree: Node) -> str:
    """The tree as one line: `(A + Aᵀ) w`."""
    return _RULES.get(tree.op, _other)(tree)


def _within(tree: Node, least: int) -> str:
    text = line(tree)
    return f"({text})" if tightness(tree) < least else text


def _add(tree: Node) -> str:
    text = line(tree.args[0])
    for term in tree.args[1:]:
        text += (
            f" - {_within(term.args[0], PRODUCT)}"
            if term.op == "negative"
            else f" + {_within(term, NEGATIVE)}"
        )
    return text


def _negative(tree: Node) -> str:
    return "-" + _within(tree.args[0], PRODUCT)


def _product(tree: Node) -> str:
    left, right = tree.args
    sign = " · " if right.op == "number" else " "
    return _within(left, PRODUCT) + sign + _within(right, POWER)


def _divide(tree: Node) -> str:
    return f"{_within(tree.args[0], PRODUCT)}/{_within(tree.args[1], POWER)}"


def _power(tree: Node) -> str:
    base, raised = tree.args
    times = constant(raised)
    if times is not None and times.denominator == 1:
        return _within(base, ATOM) + str(times.numerator).translate(_RAISED)
    return f"{_within(base, ATOM)}^({line(raised)})"


def _norm(tree: Node) -> str:
    sub = {"1": "_1", "inf": "_∞", "F": "_F"}.get(tree.value, "")
    return f"‖{line(tree.args[0])}‖{sub}"


def _sum(tree: Node) -> str:
    index, upper = tree.value
    bound = f"{{{index}=1}}^{upper}" if upper and not upper.startswith("?") else index
    return f"Σ_{bound} {_within(tree.args[0], PRODUCT)}"


def _entry(tree: Node) -> str:
    indices = "".join(tree.value) if all(len(index) == 1 for index in tree.value) else ",".join(tree.value)
    base = "δ" if tree.args[0].op == "identity" else _within(tree.args[0], ATOM)
    return base + (f"_{indices}" if len(indices) == 1 else f"_{{{indices}}}")


def _apply(tree: Node) -> str:
    name, order = tree.value
    return f"{NABLA[order]}{letter(name)}({line(tree.args[0])})"


def _call(tree: Node) -> str:
    name = "sum" if tree.value == "total" else tree.value
    return f"{name}({', '.join(line(part) for part in tree.args)})"


def _sized(name: str) -> Callable[[Node], str]:
    return lambda tree: f"{name}_{tree.value}" if tree.value and not tree.value.startswith("?") else name


def _other(tree: Node) -> str:
    return letter(str(tree.value))


_RULES: Mapping[str, Callable[[Node], str]] = {
    "number": lambda tree: number_text(Fraction(tree.value)),
    "pi": lambda _: "π",
    "identity": _sized("I"),
    "ones": _sized("1"),
    "zeros": _sized("0"),
    "add": _add,
    "negative": _negative,
    "product": _product,
    "divide": _divide,
    "entrywise": lambda tree: f"{_within(tree.args[0], PRODUCT)} ∘ {_within(tree.args[1], POWER)}",
    "outer": lambda tree: f"{_within(tree.args[0], PRODUCT)} ⊗ {_within(tree.args[1], POWER)}",
    "inner": lambda tree: f"⟨{line(tree.args[0])}, {line(tree.args[1])}⟩",
    "power": _power,
    "inverse": lambda tree: _within(tree.args[0], ATOM) + "⁻¹",
    "transpose": lambda tree: _within(tree.args[0], ATOM) + "ᵀ",
    "norm": _norm,
    "call": _call,
    "apply": _apply,
    "entry": _entry,
    "row": lambda tree: f"{letter(tree.value[1])}_{tree.value[0]}",
    "sum": _sum,
    "relation": lambda tree: f"{line(tree.args[0])} {SIGNS[tree.value]} {line(tree.args[1])}",
    "both": lambda tree: " and ".join(line(part) for part in tree.args),
}
