r"""Formulas between dollars: found, checked when a quiz is, and drawn as MathML that needs no script.

Pages draw MathML; other systems, into which a quiz is exported, draw with KaTeX or MathJax. Neither runs in
Python, so the rule here is stricter than theirs and does not ask them: braces, `\left` and environments must
be closed, every command must be on `ALLOWED` (commands that all of them draw alike), and it must be drawn
whole as MathML. What passes is drawn everywhere; some that KaTeX could draw is refused.
"""

import re
from collections.abc import Iterator

from autograder.expressions.latex_mathml import draw_latex
from autograder.quiz.texts import HOLE

FORMULA = re.compile(r"(?<!\\)\$\$(?P<block>.+?)(?<!\\)\$\$|(?<!\\)\$(?P<inline>[^$]+?)(?<!\\)\$", re.S)
_CODE = re.compile(r"`[^`\n]*`|```.*?```", re.S)

_WORDS = """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma
    tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
    frac dfrac tfrac sqrt binom sum prod int iint oint partial nabla infty ell hbar Re Im emptyset
    langle rangle lVert rVert lvert rvert Vert vert | lfloor rfloor lceil rceil left right middle
    big Big bigg Bigg
    cdot times div pm mp ast star circ bullet oplus otimes odot
    le leq ge geq ne neq equiv approx sim simeq propto ll gg prec succ preceq succeq
    in notin ni subset subseteq supset supseteq cup cap setminus forall exists neg land lor
    to mapsto rightarrow leftarrow Rightarrow Leftarrow Leftrightarrow leftrightarrow longrightarrow
    iff implies uparrow downarrow
    exp ln log sin cos tan sinh cosh tanh max min sup inf det dim ker gcd deg
    lim limsup liminf Pr
    mathbb mathcal mathscr mathbf mathrm mathsf mathit mathfrak boldsymbol bm text operatorname operatorname*
    hat bar tilde vec dot ddot overline underline widehat widetilde overbrace underbrace
    top perp prime dagger parallel mid colon ldots cdots vdots ddots dots
    quad qquad , ; : ! { } % & # _ $ begin end
"""
ALLOWED = frozenset(_WORDS.split()) | {" ", "\\"}
"""Commands that are drawn alike everywhere."""
ENVIRONMENTS = frozenset(
    {"matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "cases", "aligned", "gathered"}
)
_ADVICE = {
    "align": "write aligned",
    "split": "write aligned",
    "tr": r"\operatorname{tr}",
    "R": r"\mathbb{R}",
    "norm": r"\|w\|",
}
_COMMAND = re.compile(r"\\(operatorname\*|[A-Za-z]+|.)", re.S)


def find_formulas(text: str) -> Iterator[str]:
    """The formulas of a text, those in `code` left out."""
    for match in FORMULA.finditer(_CODE.sub("", text)):
        yield (match["block"] or match["inline"]).strip()


def formula_flaw(formula: str) -> str:
    """Why a formula is refused, or the empty string."""
    # A hole stands for a number; whether it has a value is judged elsewhere.
    formula = HOLE.sub("7", formula)
    flaw = _unbalanced(formula) or _unknown(formula)
    if not flaw and draw_latex(formula) is None:
        flaw = "it cannot be drawn as MathML"
    return flaw


def has_stray_dollar(text: str) -> bool:
    """Whether a dollar sign is left that opens no formula."""
    rest = FORMULA.sub("", _CODE.sub("", text))
    return bool(re.search(r"(?<!\\)\$", rest))


def _unknown(formula: str) -> str:
    plain = re.sub(r"\\text\{[^{}]*\}", "", formula)
    for match in _COMMAND.finditer(plain):
        name = match[1]
        if name not in ALLOWED:
            advice = f"; write {_ADVICE[name]}" if name in _ADVICE else ""
            return f"the command \\{name} is not among those that every page draws{advice}"
    for name in re.findall(r"\\begin\{([^{}]*)\}", formula):
        if name not in ENVIRONMENTS:
            advice = f"; {_ADVICE[name]}" if name in _ADVICE else ""
            return f"the environment {name} is not drawn everywhere{advice}"
    return ""


def _unbalanced(formula: str) -> str:
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", formula.replace("\\\\", "")):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return "a brace } has no opening one"
    if depth:
        return "a brace { is not closed"
    if len(re.findall(r"\\left(?![a-z])", formula)) != len(re.findall(r"\\right(?![a-z])", formula)):
        return r"\left and \right do not come in pairs"
    begins, ends = (re.findall(rf"\\{word}\{{([^{{}}]*)\}}", formula) for word in ("begin", "end"))
    return "" if sorted(begins) == sorted(ends) else r"\begin and \end do not come in pairs"
