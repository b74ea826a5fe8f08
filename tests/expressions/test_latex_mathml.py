r"""Formulas as courses on machine learning write them: each is drawn whole, or refused."""

import re
from xml.etree import ElementTree

import pytest
from formulas import FORMULAS
from hypothesis import given
from hypothesis import strategies as st

from autograder.expressions.latex_mathml import draw_latex

PIECES = [*"\\{}^_&$<>\"'ab1 ", "\\text{", "\\frac{", "\\begin{cases}", "\\href{x}", "\\\\"]


def words(drawn: str | None) -> str:
    """The letters of what is drawn."""
    assert drawn is not None
    return "".join(ElementTree.fromstring(drawn).itertext())


def shape(drawn: str | None) -> str:
    """The elements of what is drawn, without their attributes."""
    assert drawn is not None
    return re.sub(r"<(/?\w+)[^>]*?(/?)>", r"<\1\2>", drawn)


@pytest.mark.parametrize("block", [False, True], ids=["in a line", "apart"])
@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_of_a_course_is_drawn_whole(formula: str, *, block: bool) -> None:
    """No command and no sign of its source is left, nor a style that browsers do not know."""
    drawn = draw_latex(formula, block=block)
    told = words(drawn)
    assert not set(told) & set("\\&{}$") - ({"{", "}"} if r"\{" in formula or "cases" in formula else set())
    assert not re.search(r'mathvariant="(?!normal")', drawn or "")
    for environment in re.findall(r"\\begin\{(\w+)", formula):
        assert "<mtable" in (drawn or ""), environment


def test_lines_are_aligned_at_their_signs() -> None:
    drawn = draw_latex(r"\begin{aligned} a &= b + c \\ &= d \end{aligned}")
    assert shape(drawn).count("<mtr>") == 2
    assert (drawn or "").count('columnalign="right"') == 2
    assert words(drawn) == "a=b+c=d"


@pytest.mark.parametrize(
    "spelling",
    [r"\operatorname*{arg\,min}", r"\operatorname*{arg min}", r"\argmin", r"\operatorname*{arg~min}"],
)
def test_the_least_argument_is_one_word_with_its_limits_below(spelling: str) -> None:
    drawn = draw_latex(spelling + r"_{x \in C} f(x)", block=True)
    assert "<munder><mo>arg\u2009min</mo>" in shape(drawn)
    assert 'movablelimits="true"' in (drawn or "")


@pytest.mark.parametrize("name", ["lim", "max", "min", "sup", "inf", "limsup", "liminf", "det", "gcd", "Pr"])
def test_limits_stand_below_their_words(name: str) -> None:
    assert "<munder><mo>" in shape(draw_latex(rf"\{name}_{{n}} a_n"))


@pytest.mark.parametrize(
    ("source", "letter"),
    [
        (r"\mathbf{w}", "𝐰"),
        (r"\mathbf{1}", "𝟏"),
        (r"\boldsymbol{\mu}", "𝝁"),
        (r"\boldsymbol{\Sigma}", "𝜮"),
        (r"\boldsymbol{2}", "𝟐"),
        (r"\boldsymbol{\nabla}", "𝛁"),
        (r"\boldsymbol{\epsilon}", "𝝐"),
        (r"\bm{X}", "𝑿"),
        (r"\mathscr{H}", "ℋ"),
        (r"\mathscr{A}", "𝒜"),
        (r"\mathbb{R}", "ℝ"),
        (r"\mathfrak{g}", "𝔤"),
    ],
)
def test_letters_of_another_style_are_letters_of_their_own(source: str, letter: str) -> None:
    """Browsers have dropped the attribute that would make them so."""
    assert words(draw_latex(source)) == letter


def test_bars_beside_a_matrix_are_as_high_as_it_is() -> None:
    drawn = draw_latex(r"\begin{vmatrix} a & b \\ c & d \end{vmatrix}") or ""
    assert drawn.count('stretchy="true"') == 2
    assert 'form="prefix"' in drawn
    assert 'form="postfix"' in drawn


@pytest.mark.parametrize(
    "formula",
    [
        r"\nosuchcommand x",
        r"a & b",
        r"a \\ b",
        r"\begin{aligned} a",
        r"\begin{unknown} a \end{unknown}",
        r"\begin{array}{c|c} a & b \end{array}",
        r"\begin{array}{c} a \\ \hline b \end{array}",
        r"\text{costs $x$}",
        r"\href{javascript:alert(1)}{x}",
        r"\style{color:red}{x}",
        r"\class{a}{x}",
        r"\frac{1}{",
        "{" * 10_000,
    ],
)
def test_what_cannot_be_drawn_whole_is_refused(formula: str) -> None:
    assert draw_latex(formula) is None


def test_what_looks_like_markup_is_text() -> None:
    drawn = draw_latex(r"\text{<img src=x> & more} < 1") or ""
    assert "&lt;img" in drawn
    assert words(drawn).startswith("<img")


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_whatever_is_written_is_refused_or_nothing_but_drawing_elements(formula: str) -> None:
    drawn = draw_latex(formula)
    if drawn is not None:
        root = ElementTree.fromstring(drawn)
        assert not [each for each in root.iter() if {"href", "src", "style", "class"} & set(each.attrib)]
        assert "\\" not in "".join(root.itertext())
