"""Formulas on a terminal, and the examples in docstrings."""

import doctest

import pytest

from autograder.cli.quiz import plain_text
from autograder.cli.quiz.plain_text import to_plain
from autograder.quiz import prose


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"$x \in \mathbb{R}^{d\times d}$", "x ∈ ℝ^(d×d)"),
        (r"$\langle w, x \rangle$ and $\nabla f(w^\star)$", "⟨w, x⟩ and ∇f(w*)"),
        (r"$-\frac{y\,x}{1+e^u}$", "-(yx)/(1+e^u)"),
        (r"$\begin{pmatrix} x & y \\ y & y\end{pmatrix}$", "[ x, y; y, y]"),
        (r"$\|w\|^2 \geq \frac12$ costs \$5", "‖w‖^2 ≥ 1/2 costs $5"),
    ],
)
def test_formulas_can_be_read_on_a_terminal(text, plain):
    """Letters and signs, no commands."""
    assert to_plain(text) == plain


@pytest.mark.parametrize("module", [prose, plain_text], ids=lambda module: module.__name__)
def test_the_examples_of_docstrings_hold(module):
    """What stands there is what happens."""
    done = doctest.testmod(module)
    assert done.attempted and not done.failed


def test_prose_becomes_html_that_holds_no_foreign_markup():
    """Tags and links of an author are shown, not followed; formulas are drawn."""
    html = str(prose.to_html("<script>x</script> [a](javascript:x) **b** $w^\\top$ `$c$`"))
    assert "<script" not in html and "href" not in html
    assert "<strong>b</strong>" in html and "<math" in html and "<code>$c$</code>" in html
