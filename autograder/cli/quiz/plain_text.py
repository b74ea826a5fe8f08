"""Formulas as a terminal can show them: letters and signs instead of commands of layout."""

import re

from autograder.quiz.formulas import FORMULA

_LAYOUT = [
    (r"\\(?:mathbb|mathcal)\{R\}", "ℝ"),
    (r"\\mathbb\{N\}", "ℕ"),
    (r"\\(?:left|right|big|Big)(?![a-zA-Z])|\\[,;!:]", ""),
    (r"\\begin\{[a-z]*matrix\}", "["),
    (r"\\end\{[a-z]*matrix\}", "]"),
    (r" *\\\\ *", "; "),
    (r" *(?<!\\)& *", ", "),
    (r"\\(?:text|mathrm|mathbf|operatorname|mathcal)\{([^{}]*)\}", r"\1"),
    (r"\\top(?![a-zA-Z])", "ᵀ"),
    (r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}", r"(\1)/(\2)"),
    (r"\\[dt]?frac *(\w) *(\w)", r"\1/\2"),
    (r"\\sqrt\{([^{}]*)\}", r"√(\1)"),
    (r"\\(?:lVert|rVert|\|)", "‖"),
    (r"\^\{?ᵀ\}?", "ᵀ"),
    (r"\^\{?\\star\}?", "*"),
    (r"([_^])\{([^{}\s]{1,2})\}", r"\1\2"),
]
_SIGNS = {
    "langle": "⟨", "rangle": "⟩", "nabla": "∇", "sum": "Σ", "in": "∈", "mapsto": "↦", "to": "→", "cdot": "·",
    "times": "×", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠", "succeq": "⪰",
    "preceq": "⪯", "infty": "∞", "approx": "≈", "ldots": "...", "cdots": "...", "dots": "...",
    "iff": "⇔", "implies": "⇒", "forall": "∀", "exists": "∃", "star": "*", "ell": "ℓ", "prime": "'",
    "pm": "±", "circ": "∘", "odot": "⊙", "colon": ":", "partial": "∂", "lambda": "λ", "gamma": "γ",
    "alpha": "α", "beta": "β", "sigma": "σ", "mu": "μ", "kappa": "κ", "eta": "η", "varepsilon": "ε",
    "epsilon": "ε", "varphi": "φ", "phi": "φ", "Phi": "Φ", "xi": "ξ", "pi": "π", "theta": "θ", "rho": "ρ",
    "tau": "τ", "delta": "δ", "Delta": "Δ", "Sigma": "Σ",
}  # fmt: skip
_TIGHT = {"langle", "nabla", "times", "partial"}
"""Signs after which a space says nothing."""


def to_plain(text: str) -> str:
    r"""The text with its formulas written for a terminal.

    >>> to_plain(r"the gradient of $w \mapsto w^\top A w$")
    'the gradient of w ↦ wᵀ A w'
    """
    return FORMULA.sub(lambda match: _format_formula(match["block"] or match["inline"]), text).replace(
        r"\$", "$"
    )


def _format_formula(formula: str) -> str:
    for pattern, spelling in _LAYOUT:
        formula = re.sub(pattern, spelling, formula)
    formula = re.sub(r"\\quad ?", "  ", formula)
    formula = re.sub(r"\\([a-zA-Z]+)( ?)", _sign, formula)
    formula = re.sub(r"([_^])\{([^{}]*)\}", r"\1(\2)", formula).replace(" ⟩", "⟩")
    return re.sub(r"\\([{}%&#])", r"\1", formula).strip()


def _sign(command: re.Match[str]) -> str:
    space = "" if command[1] in _TIGHT else command[2]
    return _SIGNS.get(command[1], command[1]) + space
