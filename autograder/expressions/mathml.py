"""What was understood, as MathML straight from the tree: what a page shows beside "interpreted as"."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from html import escape

from autograder.expressions.reading import NEGATIVE, POWER, PRODUCT, SIGNS, letter, number_text, tightness
from autograder.expressions.tree import Node


def mathml(tree: Node) -> str:
    """A whole `math` element."""
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML">{_row(tree)}</math>'


def _row(tree: Node) -> str:
    return f"<mrow>{_RULES.get(tree.op, _name)(tree)}</mrow>"


def _within(tree: Node, least: int) -> str:
    inside = _row(tree)
    return f"<mrow>{_sign('(')}{inside}{_sign(')')}</mrow>" if tightness(tree) < least else inside


def _sign(text: str) -> str:
    return f"<mo>{escape(text)}</mo>"


def _identifier(name: str) -> str:
    """A name with its subscript, star or primes set as such."""
    base, _, sub = letter(name).rstrip("*'").partition("_")
    marks = name[len(name.rstrip("*'")) :]
    text = f"<mi>{escape(base)}</mi>"
    if sub:
        text = f"<msub>{text}<mi>{escape(sub)}</mi></msub>"
    if marks:
        text = f"<msup>{text}<mo>{'⋆' if marks == '*' else '′' * len(marks)}</mo></msup>"
    return text


def _name(tree: Node) -> str:
    return _identifier(str(tree.value))


def _number(tree: Node) -> str:
    text = number_text(Fraction(tree.value))
    above, _, below = text.partition("/")
    return f"<mfrac><mn>{above}</mn><mn>{below}</mn></mfrac>" if below else f"<mn>{text}</mn>"


def _add(tree: Node) -> str:
    text = _row(tree.args[0])
    for term in tree.args[1:]:
        if term.op == "negative":
            text += _sign("−") + _within(term.args[0], PRODUCT)
        else:
            text += _sign("+") + _within(term, NEGATIVE)
    return text


def _product(tree: Node) -> str:
    left, right = tree.args
    sign = _sign("·") if right.op == "number" else _sign("\u2062")
    return _within(left, PRODUCT) + sign + _within(right, POWER)


def _between(sign: str) -> Callable[[Node], str]:
    return lambda tree: _within(tree.args[0], PRODUCT) + _sign(sign) + _within(tree.args[1], POWER)


def _raised(tree: Node, above: str) -> str:
    return f"<msup>{_within(tree, POWER + 1)}<mrow>{above}</mrow></msup>"


def _fenced(opening: str, inside: str, closing: str) -> str:
    return _sign(opening) + inside + _sign(closing)


def _norm(tree: Node) -> str:
    inside = f"<mrow>{_fenced('‖', _row(tree.args[0]), '‖')}</mrow>"
    sub = {"1": "1", "inf": "∞", "F": "F"}.get(tree.value)
    return f"<msub>{inside}<mi>{sub}</mi></msub>" if sub else inside


def _call(tree: Node) -> str:
    if tree.value == "sqrt":
        return f"<msqrt>{_row(tree.args[0])}</msqrt>"
    name = "sum" if tree.value == "total" else tree.value
    parts = _sign(",").join(_row(part) for part in tree.args)
    return f"<mi>{escape(name)}</mi>{_sign(chr(0x2061))}<mrow>{_fenced('(', parts, ')')}</mrow>"


def _apply(tree: Node) -> str:
    name, order = tree.value
    nabla = ("", "<mo>∇</mo>", "<msup><mo>∇</mo><mn>2</mn></msup>")[order]
    return f"{nabla}{_identifier(name)}<mrow>{_fenced('(', _row(tree.args[0]), ')')}</mrow>"


def _entry(tree: Node) -> str:
    indices = "".join(f"<mi>{escape(index)}</mi>" for index in tree.value)
    base = "<mi>δ</mi>" if tree.args[0].op == "identity" else _within(tree.args[0], POWER + 1)
    return f"<msub>{base}<mrow>{indices}</mrow></msub>"


def _sum(tree: Node) -> str:
    index, upper = tree.value
    body = _within(tree.args[0], PRODUCT)
    if upper and not upper.startswith("?"):
        below = f"<mrow><mi>{escape(index)}</mi><mo>=</mo><mn>1</mn></mrow>"
        return f"<munderover><mo>∑</mo>{below}<mi>{escape(upper)}</mi></munderover>{body}"
    return f"<munder><mo>∑</mo><mi>{escape(index)}</mi></munder>{body}"


def _sized(name: str) -> Callable[[Node], str]:
    def show(tree: Node) -> str:
        if tree.value and not tree.value.startswith("?"):
            return f"<msub><mi>{name}</mi><mi>{escape(tree.value)}</mi></msub>"
        return f"<mi>{name}</mi>"

    return show


def _both(tree: Node) -> str:
    return "<mtext>&#160;and&#160;</mtext>".join(_row(part) for part in tree.args)


_RULES: Mapping[str, Callable[[Node], str]] = {
    "number": _number,
    "pi": lambda _: "<mi>π</mi>",
    "identity": _sized("I"),
    "ones": _sized("𝟏"),
    "zeros": _sized("0"),
    "add": _add,
    "negative": lambda tree: _sign("−") + _within(tree.args[0], PRODUCT),
    "product": _product,
    "divide": lambda tree: f"<mfrac>{_row(tree.args[0])}{_row(tree.args[1])}</mfrac>",
    "entrywise": _between("∘"),
    "outer": _between("⊗"),
    "inner": lambda tree: _fenced("⟨", _row(tree.args[0]) + _sign(",") + _row(tree.args[1]), "⟩"),
    "power": lambda tree: _raised(tree.args[0], _row(tree.args[1])),
    "inverse": lambda tree: _raised(tree.args[0], "<mo>−</mo><mn>1</mn>"),
    "transpose": lambda tree: _raised(tree.args[0], "<mo>⊤</mo>"),
    "norm": _norm,
    "call": _call,
    "apply": _apply,
    "entry": _entry,
    "row": lambda tree: f"<msub>{_identifier(tree.value[1])}<mi>{escape(tree.value[0])}</mi></msub>",
    "sum": _sum,
    "relation": lambda tree: _row(tree.args[0]) + _sign(SIGNS[tree.value]) + _row(tree.args[1]),
    "both": _both,
}
