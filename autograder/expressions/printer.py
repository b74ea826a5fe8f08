"""The printer: what was understood, as one line of text and as MathML, with brackets only where needed.

Each printer has a rule for every op of the table in `tree`: the method `_print_` and its name. What has none
is a name.
"""

from collections.abc import Mapping
from fractions import Fraction
from html import escape

from autograder.expressions.tree import Node, constant, rules_of
from autograder.expressions.vocabulary import LETTER_OF, SHOWN_NAMES

SUM, NEGATIVE, PRODUCT, POWER, ATOM = range(5)
"""How tightly the outermost sign binds; a part that binds less than its place asks for is put in brackets."""

_TIGHTNESS: Mapping[str, int] = {
    "add": SUM,
    "relation": SUM,
    "both": SUM,
    "either": SUM,
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
_INVISIBLE_TIMES, _APPLY_FUNCTION = "\u2062", "\u2061"
SIGNS: Mapping[str, str] = {"=": "=", "!=": "≠", ">=": "≥", ">": ">", "<=": "≤", "<": "<"}
_NORMS: Mapping[str, str] = {"1": "1", "inf": "∞", "F": "F", "spectral": "2", "op2": "2", "nuclear": "*"}
_NABLA = ("", "∇", "∇²")
_SUPERSCRIPTS = str.maketrans("0123456789-T", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵀ")


def as_text(tree: Node) -> str:
    """The tree as one line: `(A + Aᵀ) w`."""
    return _TextPrinter().print(tree)


def as_mathml(tree: Node) -> str:
    """The tree as a whole `math` element: what a page shows beside "interpreted as"."""
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML">{_MathmlPrinter().print(tree)}</math>'


class _TextPrinter:
    def print(self, tree: Node) -> str:
        text: str = _TEXT_RULES.get(tree.op, _TextPrinter._print_name)(self, tree)
        return text

    def _within(self, tree: Node, least: int) -> str:
        """The part, in brackets where it binds less tightly than its place asks for."""
        text = self.print(tree)
        return f"({text})" if _tightness(tree) < least else text

    def _infix(self, tree: Node, sign: str) -> str:
        left, right = tree.args
        return f"{self._within(left, PRODUCT)}{sign}{self._within(right, POWER)}"

    def _sized(self, tree: Node, name: str) -> str:
        return f"{name}_{tree.value}" if tree.value and not tree.value.startswith("?") else name

    def _print_name(self, tree: Node) -> str:
        return _letter(str(tree.value))

    def _print_number(self, tree: Node) -> str:
        return _number_text(Fraction(tree.value))

    def _print_pi(self, _tree: Node) -> str:
        return "π"

    def _print_identity(self, tree: Node) -> str:
        return self._sized(tree, "I")

    def _print_ones(self, tree: Node) -> str:
        return self._sized(tree, "1")

    def _print_zeros(self, tree: Node) -> str:
        return self._sized(tree, "0")

    def _print_add(self, tree: Node) -> str:
        text = self.print(tree.args[0])
        for term in tree.args[1:]:
            if term.op == "negative":
                text += f" - {self._within(term.args[0], PRODUCT)}"
            else:
                text += f" + {self._within(term, NEGATIVE)}"
        return text

    def _print_negative(self, tree: Node) -> str:
        return "-" + self._within(tree.args[0], PRODUCT)

    def _print_product(self, tree: Node) -> str:
        return self._infix(tree, " · " if tree.args[1].op == "number" else " ")

    def _print_divide(self, tree: Node) -> str:
        return self._infix(tree, "/")

    def _print_entrywise(self, tree: Node) -> str:
        left, right = tree.args
        if right.op == "call" and right.value == "recip":
            return f"{self._within(left, PRODUCT)} ⊘ {self._within(right.args[0], POWER)}"
        return self._infix(tree, " ∘ ")

    def _print_outer(self, tree: Node) -> str:
        return self._infix(tree, " ⊗ ")

    def _print_inner(self, tree: Node) -> str:
        return f"⟨{self.print(tree.args[0])}, {self.print(tree.args[1])}⟩"

    def _print_power(self, tree: Node) -> str:
        base, raised = tree.args
        times = constant(raised)
        if tree.value == ".^":
            return f"{self._within(base, ATOM)}^(∘{self.print(raised)})"
        if times is not None and times.denominator == 1:
            return self._within(base, ATOM) + str(times.numerator).translate(_SUPERSCRIPTS)
        return f"{self._within(base, ATOM)}^({self.print(raised)})"

    def _print_inverse(self, tree: Node) -> str:
        return self._within(tree.args[0], ATOM) + "⁻¹"

    def _print_transpose(self, tree: Node) -> str:
        return self._within(tree.args[0], ATOM) + "ᵀ"

    def _print_norm(self, tree: Node) -> str:
        sub = _NORMS.get(tree.value, "")
        sub = f"_{sub}" if sub else ""
        shape = tree.args[0].shape
        if tree.value == "bar" or (shape is not None and shape.like_number):
            return f"|{self.print(tree.args[0])}|"
        return f"‖{self.print(tree.args[0])}‖{sub}"

    def _print_call(self, tree: Node) -> str:
        if tree.value == "recip":
            return f"1 ⊘ {self._within(tree.args[0], POWER)}"
        name = SHOWN_NAMES.get(tree.value, tree.value)
        return f"{name}({', '.join(self.print(part) for part in tree.args)})"

    def _print_stack(self, tree: Node) -> str:
        rows, columns, _ = tree.value
        texts = [self.print(part) for part in tree.args]
        if columns == 1:
            return f"({', '.join(texts)})"
        return (
            "["
            + "; ".join(", ".join(texts[row * columns : (row + 1) * columns]) for row in range(rows))
            + "]"
        )

    def _print_apply(self, tree: Node) -> str:
        name, order = tree.value
        return f"{_NABLA[order]}{_letter(name)}({self.print(tree.args[0])})"

    def _print_entry(self, tree: Node) -> str:
        separator = "" if all(len(index) == 1 for index in tree.value) else ","
        indices = separator.join(tree.value)
        base = "δ" if tree.args[0].op == "identity" else self._within(tree.args[0], ATOM)
        return base + (f"_{indices}" if len(indices) == 1 else f"_{{{indices}}}")

    def _print_row(self, tree: Node) -> str:
        index, family = tree.value
        return f"{_letter(family)}_{index}"

    def _print_sum(self, tree: Node) -> str:
        index, upper, only = tree.value
        if index == "?":
            return f"Σ {self._within(tree.args[0], PRODUCT)}"
        if only:
            return f"Σ_{{{index}{only.replace('!=', '≠')}}} {self._within(tree.args[0], PRODUCT)}"
        bound = f"{{{index}=1}}^{upper}" if upper and not upper.startswith("?") else index
        return f"Σ_{bound} {self._within(tree.args[0], PRODUCT)}"

    def _print_expect(self, tree: Node) -> str:
        return f"E[{self.print(tree.args[0])}]"

    def _print_spread(self, tree: Node) -> str:
        return f"{tree.value}({', '.join(self.print(part) for part in tree.args)})"

    def _print_chances(self, tree: Node) -> str:
        return f"P({', '.join(self.print(part) for part in tree.args)})"

    def _print_indicator(self, tree: Node) -> str:
        return f"1({', '.join(self.print(part) for part in tree.args)})"

    def _print_relation(self, tree: Node) -> str:
        return f"{self.print(tree.args[0])} {SIGNS[tree.value]} {self.print(tree.args[1])}"

    def _print_both(self, tree: Node) -> str:
        parts = [self.print(part) for part in tree.args]
        return " and ".join(
            f"({text})" if part.op == "either" else text for part, text in zip(tree.args, parts, strict=True)
        )

    def _print_either(self, tree: Node) -> str:
        return " or ".join(self.print(part) for part in tree.args)


_TEXT_RULES = rules_of(_TextPrinter, "_print_")


class _MathmlPrinter:
    def print(self, tree: Node) -> str:
        return f"<mrow>{_MATHML_RULES.get(tree.op, _MathmlPrinter._print_name)(self, tree)}</mrow>"

    def _within(self, tree: Node, least: int) -> str:
        """The part, in brackets where it binds less tightly than its place asks for."""
        inside = self.print(tree)
        return f"<mrow>{_fenced('(', inside, ')')}</mrow>" if _tightness(tree) < least else inside

    def _infix(self, tree: Node, sign: str) -> str:
        left, right = tree.args
        return self._within(left, PRODUCT) + _sign(sign) + self._within(right, POWER)

    def _raised(self, tree: Node, above: str) -> str:
        return f"<msup>{self._within(tree, POWER + 1)}<mrow>{above}</mrow></msup>"

    def _sized(self, tree: Node, name: str) -> str:
        if tree.value and not tree.value.startswith("?"):
            return f"<msub><mi>{name}</mi><mi>{escape(tree.value)}</mi></msub>"
        return f"<mi>{name}</mi>"

    def _print_name(self, tree: Node) -> str:
        return _identifier(str(tree.value))

    def _print_number(self, tree: Node) -> str:
        above, _, below = _number_text(Fraction(tree.value)).partition("/")
        return f"<mfrac><mn>{above}</mn><mn>{below}</mn></mfrac>" if below else f"<mn>{above}</mn>"

    def _print_pi(self, _tree: Node) -> str:
        return "<mi>π</mi>"

    def _print_identity(self, tree: Node) -> str:
        return self._sized(tree, "I")

    def _print_ones(self, tree: Node) -> str:
        return self._sized(tree, "𝟏")

    def _print_zeros(self, tree: Node) -> str:
        return self._sized(tree, "0")

    def _print_add(self, tree: Node) -> str:
        text = self.print(tree.args[0])
        for term in tree.args[1:]:
            if term.op == "negative":
                text += _sign("−") + self._within(term.args[0], PRODUCT)
            else:
                text += _sign("+") + self._within(term, NEGATIVE)
        return text

    def _print_negative(self, tree: Node) -> str:
        return _sign("−") + self._within(tree.args[0], PRODUCT)

    def _print_product(self, tree: Node) -> str:
        return self._infix(tree, "·" if tree.args[1].op == "number" else _INVISIBLE_TIMES)

    def _print_divide(self, tree: Node) -> str:
        return f"<mfrac>{self.print(tree.args[0])}{self.print(tree.args[1])}</mfrac>"

    def _print_entrywise(self, tree: Node) -> str:
        return self._infix(tree, "∘")

    def _print_outer(self, tree: Node) -> str:
        return self._infix(tree, "⊗")

    def _print_inner(self, tree: Node) -> str:
        return _fenced("⟨", self.print(tree.args[0]) + _sign(",") + self.print(tree.args[1]), "⟩")

    def _print_power(self, tree: Node) -> str:
        circle = "<mo>∘</mo>" if tree.value == ".^" else ""
        return self._raised(tree.args[0], circle + self.print(tree.args[1]))

    def _print_inverse(self, tree: Node) -> str:
        return self._raised(tree.args[0], "<mo>−</mo><mn>1</mn>")

    def _print_transpose(self, tree: Node) -> str:
        return self._raised(tree.args[0], "<mo>⊤</mo>")

    def _print_norm(self, tree: Node) -> str:
        bar = "|" if tree.args[0].shape is not None and tree.args[0].shape.like_number else "‖"
        inside = f"<mrow>{_fenced(bar, self.print(tree.args[0]), bar)}</mrow>"
        sub = _NORMS.get(tree.value)
        return f"<msub>{inside}<mi>{sub}</mi></msub>" if sub else inside

    def _print_call(self, tree: Node) -> str:
        if tree.value == "sqrt":
            return f"<msqrt>{self.print(tree.args[0])}</msqrt>"
        if tree.value == "recip":
            return f"<mfrac><mn>1</mn>{self.print(tree.args[0])}</mfrac>"
        return self._named(SHOWN_NAMES.get(tree.value, tree.value), tree)

    def _print_stack(self, tree: Node) -> str:
        rows, columns, _ = tree.value
        cells = [f"<mtd>{self.print(part)}</mtd>" for part in tree.args]
        lines = ("".join(cells[row * columns : (row + 1) * columns]) for row in range(rows))
        return _fenced("(", "<mtable>" + "".join(f"<mtr>{line}</mtr>" for line in lines) + "</mtable>", ")")

    def _print_apply(self, tree: Node) -> str:
        name, order = tree.value
        nabla = ("", "<mo>∇</mo>", "<msup><mo>∇</mo><mn>2</mn></msup>")[order]
        return f"{nabla}{_identifier(name)}<mrow>{_fenced('(', self.print(tree.args[0]), ')')}</mrow>"

    def _print_entry(self, tree: Node) -> str:
        indices = "".join(f"<mi>{escape(index)}</mi>" for index in tree.value)
        base = "<mi>δ</mi>" if tree.args[0].op == "identity" else self._within(tree.args[0], POWER + 1)
        return f"<msub>{base}<mrow>{indices}</mrow></msub>"

    def _print_row(self, tree: Node) -> str:
        index, family = tree.value
        return f"<msub>{_identifier(family)}<mi>{escape(index)}</mi></msub>"

    def _print_sum(self, tree: Node) -> str:
        index, upper, only = tree.value
        body = self._within(tree.args[0], PRODUCT)
        if upper and not upper.startswith("?") and not only and index != "?":
            below = f"<mrow><mi>{escape(index)}</mi><mo>=</mo><mn>1</mn></mrow>"
            return f"<munderover><mo>∑</mo>{below}<mi>{escape(upper)}</mi></munderover>{body}"
        below = f"<mi>{escape(index)}</mi>" if index != "?" else ""
        if only:
            sign = only[:-1].replace("!=", "≠")
            below = f"<mrow>{below}{_sign(sign)}<mi>{escape(only[-1])}</mi></mrow>"
        return f"<munder><mo>∑</mo>{below or '<mrow></mrow>'}</munder>{body}"

    def _print_expect(self, tree: Node) -> str:
        return f"<mi>E</mi><mrow>{_fenced('[', self.print(tree.args[0]), ']')}</mrow>"

    def _print_spread(self, tree: Node) -> str:
        return self._named(str(tree.value), tree)

    def _print_chances(self, tree: Node) -> str:
        return self._named("P", tree)

    def _print_indicator(self, tree: Node) -> str:
        return self._named("1", tree)

    def _named(self, name: str, tree: Node) -> str:
        parts = _sign(",").join(self.print(part) for part in tree.args)
        return f"<mi>{escape(name)}</mi>{_sign(_APPLY_FUNCTION)}<mrow>{_fenced('(', parts, ')')}</mrow>"

    def _print_relation(self, tree: Node) -> str:
        return self.print(tree.args[0]) + _sign(SIGNS[tree.value]) + self.print(tree.args[1])

    def _print_both(self, tree: Node) -> str:
        return "<mtext>&#160;and&#160;</mtext>".join(self.print(part) for part in tree.args)

    def _print_either(self, tree: Node) -> str:
        return "<mtext>&#160;or&#160;</mtext>".join(self.print(part) for part in tree.args)


_MATHML_RULES = rules_of(_MathmlPrinter, "_print_")


def _tightness(tree: Node) -> int:
    """How tightly a tree's outermost sign binds."""
    if tree.op == "call" and tree.value == "recip":
        return PRODUCT
    if tree.op == "number" and (tree.value < 0 or tree.value.denominator != 1):
        return PRODUCT
    return _TIGHTNESS.get(tree.op, ATOM)


def _letter(name: str) -> str:
    """A symbol's name as it is printed: λ for lambda, w* and x_i as they are."""
    for english, printed in LETTER_OF.items():
        if name == english or (name.startswith(english) and not name[len(english) :][:1].isalpha()):
            return printed + name[len(english) :]
    return name


def _number_text(value: Fraction) -> str:
    """A literal as it was meant: 0.5 as 0.5, not as 1/2."""
    if value.denominator == 1:
        return str(value.numerator)
    decimal = f"{float(value):.12g}"
    return decimal if Fraction(decimal) == value else f"{value.numerator}/{value.denominator}"


def _sign(text: str) -> str:
    return f"<mo>{escape(text)}</mo>"


def _identifier(name: str) -> str:
    """A name with its subscript, star or primes set as such."""
    base, _, sub = _letter(name).rstrip("*'").partition("_")
    marks = name[len(name.rstrip("*'")) :]
    text = f"<mi>{escape(base)}</mi>"
    if sub:
        text = f"<msub>{text}<mi>{escape(sub)}</mi></msub>"
    if marks:
        text = f"<msup>{text}<mo>{'⋆' if marks == '*' else '′' * len(marks)}</mo></msup>"
    return text


def _fenced(opening: str, inside: str, closing: str) -> str:
    return _sign(opening) + inside + _sign(closing)
