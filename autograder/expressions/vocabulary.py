"""The words everybody knows: functions, numpy's names for them, LaTeX commands and keywords."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GREEK: Mapping[str, str] = MappingProxyType(
    dict(
        zip(
            "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ",
            _words(
                "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
                "upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"
            ),
            strict=True,
        )
    )
)
GREEK_NAMES = frozenset(GREEK.values())
LETTER_OF = MappingProxyType({name: letter for letter, name in GREEK.items()})

# Functions of numbers; of vectors entry by entry.
PLAIN = frozenset(
    _words(
        "exp ln log2 log10 sin cos tan sinh cosh tanh sqrt relu sigmoid softplus sign floor ceil round abs "
        "step arcsin arccos arctan arctanh erf"
    )
)
DERIVED: Mapping[str, Callable[[Callable[[str], Callable[..., Any]], Any], Any]] = MappingProxyType(
    {
        "sech": lambda of, x: 1 / of("cosh")(x),
        "csch": lambda of, x: 1 / of("sinh")(x),
        "coth": lambda of, x: of("cosh")(x) / of("sinh")(x),
        "sec": lambda of, x: 1 / of("cos")(x),
        "csc": lambda of, x: 1 / of("sin")(x),
        "cot": lambda of, x: of("cos")(x) / of("sin")(x),
        "arcsinh": lambda of, x: of("ln")(x + of("sqrt")(x * x + 1)),
        "arccosh": lambda of, x: of("ln")(x + of("sqrt")(x - 1) * of("sqrt")(x + 1)),
        "logit": lambda of, x: of("ln")(x / (1 - x)),
        "log1p": lambda of, x: of("ln")(1 + x),
        "expm1": lambda of, x: of("exp")(x) - 1,
        "recip": lambda of, x: 1 / x,
        "negpart": lambda of, x: of("relu")(-x),
        "logsigmoid": lambda of, x: -of("softplus")(-x),
        "exp'": lambda of, x: of("exp")(x),
        "exp''": lambda of, x: of("exp")(x),
        "ln'": lambda of, x: 1 / x,
        "ln''": lambda of, x: -1 / (x * x),
        "sin'": lambda of, x: of("cos")(x),
        "sin''": lambda of, x: -of("sin")(x),
        "cos'": lambda of, x: -of("sin")(x),
        "cos''": lambda of, x: -of("cos")(x),
        "tan'": lambda of, x: 1 + of("tan")(x) ** 2,
        "sinh'": lambda of, x: of("cosh")(x),
        "cosh'": lambda of, x: of("sinh")(x),
        "tanh'": lambda of, x: 1 - of("tanh")(x) ** 2,
        "tanh''": lambda of, x: -2 * of("tanh")(x) * (1 - of("tanh")(x) ** 2),
        "sigmoid'": lambda of, x: of("sigmoid")(x) * of("sigmoid")(-x),
        "sigmoid''": lambda of, x: (
            of("sigmoid")(x) * of("sigmoid")(-x) * (of("sigmoid")(-x) - of("sigmoid")(x))
        ),
        "softplus'": lambda of, x: of("sigmoid")(x),
        "softplus''": lambda of, x: of("sigmoid")(x) * of("sigmoid")(-x),
        "relu'": lambda of, x: of("step")(x),
        "abs'": lambda of, x: of("sign")(x),
        "sqrt'": lambda of, x: 1 / (2 * of("sqrt")(x)),
    }
)
"""Functions that are made of plain ones: `of(name)` is the plain function of that name in a number system."""
ENTRYWISE = PLAIN | frozenset(DERIVED)
SPECTRAL = frozenset(["eigmax", "eigmin", "singmax", "singmin", "cond"])
MATRIX = frozenset(["tr", "det", "inv", "pinv", "transpose", "diag", "rank", *SPECTRAL])
OF_VECTOR = frozenset(["softmax", "logsumexp", "mean"])
TWO = frozenset(
    ["inner", "dot", "max", "min", "outer", "multiply", "solve", "lstsq", "crossprod", "pow", "binom"]
)
SIZED = frozenset(["eye", "zeros", "ones"])
FUNCTIONS = ENTRYWISE | MATRIX | OF_VECTOR | TWO | SIZED | {"norm", "square", "vec", "total", "clip"}

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "log": "ln",
        "loge": "ln",
        "Ln": "ln",
        "Exp": "exp",
        "trace": "tr",
        "Tr": "tr",
        "Trace": "tr",
        "Det": "det",
        "inverse": "inv",
        "trans": "transpose",
        "ReLU": "relu",
        "expit": "sigmoid",
        "logistic": "sigmoid",
        "plogis": "sigmoid",
        "qlogis": "logit",
        "identity": "eye",
        "IdentityMatrix": "eye",
        "vdot": "dot",
        "matmul": "dot",
        "mm": "dot",
        "mv": "dot",
        "maximum": "max",
        "minimum": "min",
        "power": "pow",
        "absolute": "abs",
        "fabs": "abs",
        "Diag": "diag",
        "Norm": "norm",
        "sgn": "sign",
        "pseudoinverse": "pinv",
        "ch": "cosh",
        "sh": "sinh",
        "th": "tanh",
        "tg": "tan",
        "argsh": "arcsinh",
        "argch": "arccosh",
        "argth": "arctanh",
        "asin": "arcsin",
        "acos": "arccos",
        "atan": "arctan",
        "atanh": "arctanh",
        "sigmoide": "sigmoid",
        "racine": "sqrt",
        "rg": "rank",
        "rang": "rank",
        "rk": "rank",
        "matrix_rank": "rank",
        "moyenne": "mean",
        "lse": "logsumexp",
        "LSE": "logsumexp",
        "Softmax": "softmax",
        "heaviside": "step",
        "signe": "sign",
        "transposee": "transpose",
        "lambda_max": "eigmax",
        "lambda_min": "eigmin",
        "sigma_max": "singmax",
        "sigma_min": "singmin",
        "sqr": "square",
        "argcosh": "arccosh",
        "argsinh": "arcsinh",
        "argtanh": "arctanh",
        "arsinh": "arcsinh",
        "arcosh": "arccosh",
        "artanh": "arctanh",
        "asinh": "arcsinh",
        "acosh": "arccosh",
        "arctg": "arctan",
        "cotan": "cot",
        "cosec": "csc",
        "norme": "norm",
        "Rang": "rank",
        "dbinom": "binom",
        "tbinom": "binom",
        "binomial": "binom",
        "choose": "binom",
        "comb": "binom",
        "nchoosek": "binom",
        "nCr": "binom",
        "sigm": "sigmoid",
        "transp": "transpose",
        "Rank": "rank",
        "determinant": "det",
        "Determinant": "det",
        "linsolve": "solve",
        "mldivide": "solve",
        "sup": "max",
        "pmax": "max",
        "pmin": "min",
        "clamp": "clip",
        "hardtanh": "clip",
    }
)
CHANCE: Mapping[str, str] = MappingProxyType(
    {
        "E": "E",
        "Esp": "E",
        "esp": "E",
        "Var": "Var",
        "var": "Var",
        "Variance": "Var",
        "variance": "Var",
        "V": "Var",
        "Cov": "Cov",
        "cov": "Cov",
        "Covariance": "Cov",
        "covariance": "Cov",
        "P": "P",
        "Pr": "P",
        "Prob": "P",
        "Proba": "P",
    }
)
"""Operators of probability, where a question has a use for them."""
MODULES = frozenset(
    _words("np numpy jnp torch math scipy linalg LA la special nn F functional tf cmath sp sympy")
)
METHODS = frozenset(
    _words("dot transpose t trace sum inv inverse norm det matmul mean exp sqrt abs clip clamp solve LUsolve")
)

# What a command or letter stands for: kind of token, text.
COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "cdot": ("operator", "·"),
        "bullet": ("operator", "·"),
        "times": ("operator", "*"),
        "ast": ("operator", "*"),
        "star": ("operator", "*"),
        "div": ("operator", "/"),
        "circ": ("operator", "∘"),
        "odot": ("operator", "∘"),
        "otimes": ("operator", "⊗"),
        "pm": ("operator", "±"),
        "top": ("top", "T"),
        "intercal": ("top", "T"),
        "dagger": ("dagger", "+"),
        "dag": ("dagger", "+"),
        "langle": ("angle", "⟨"),
        "rangle": ("angle", "⟩"),
        "|": ("bar", "||"),
        "Vert": ("bar", "||"),
        "lVert": ("bar", "||"),
        "rVert": ("bar", "||"),
        "vert": ("bar", "|"),
        "lvert": ("bar", "|"),
        "rvert": ("bar", "|"),
        "mid": ("bar", "|"),
        "succeq": ("relation", ">="),
        "succcurlyeq": ("relation", ">="),
        "succ": ("relation", ">"),
        "geq": ("relation", ">="),
        "geqslant": ("relation", ">="),
        "ge": ("relation", ">="),
        "gt": ("relation", ">"),
        "preceq": ("relation", "<="),
        "preccurlyeq": ("relation", "<="),
        "prec": ("relation", "<"),
        "leq": ("relation", "<="),
        "leqslant": ("relation", "<="),
        "le": ("relation", "<="),
        "lt": ("relation", "<"),
        "neq": ("relation", "!="),
        "ne": ("relation", "!="),
        "eq": ("relation", "="),
        "coloneqq": ("relation", "="),
        "leftarrow": ("arrow", "<-"),
        "gets": ("arrow", "<-"),
        "mapsto": ("arrow", "->"),
        "to": ("arrow", "->"),
        "rightarrow": ("arrow", "->"),
        "frac": ("frac", "frac"),
        "dfrac": ("frac", "frac"),
        "tfrac": ("frac", "frac"),
        "nabla": ("nabla", "1"),
        "sum": ("sum", "Σ"),
        "partial": ("word", "∂"),
        "prime": ("prime", "'"),
        "wedge": ("and", "and"),
        "vee": ("or", "or"),
        "lor": ("or", "or"),
        "cup": ("or", "or"),
        "in": ("in", "in"),
        "notin": ("in", "out"),
        "setminus": ("without", "without"),
        "infty": ("word", "∞"),
        "stack": ("stack", "stack"),
        "stackdet": ("stack", "det"),
        "cell": ("cell", "&"),
        "row": ("cell", ";"),
        "land": ("and", "and"),
        "{": ("open", "{"),
        "}": ("close", "}"),
        "lbrace": ("open", "{"),
        "rbrace": ("close", "}"),
        "ones": ("ones", "1"),
        "lambda": ("word", "lambda"),
    }
)
KEYWORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "grad": ("nabla", "1"),
        "nabla": ("nabla", "1"),
        "gradient": ("nabla", "1"),
        "hess": ("nabla", "2"),
        "Hess": ("nabla", "2"),
        "hessian": ("nabla", "2"),
        "sum": ("sum", "sum"),
        "somme": ("sum", "sum"),
        "Somme": ("sum", "sum"),
        "Sum": ("sum", "sum"),
        "and": ("and", "and"),
        "et": ("and", "and"),
        "AND": ("and", "and"),
        "or": ("or", "or"),
        "ou": ("or", "or"),
        "OR": ("or", "or"),
        "in": ("in", "in"),
        "dans": ("in", "in"),
        "inf": ("word", "∞"),
        "infty": ("word", "∞"),
        "infinity": ("word", "∞"),
        "oo": ("word", "∞"),
        "where": ("word", "where"),
        "ifelse": ("word", "where"),
    }
)
# Commands that change how letters look, not what they mean.
FONTS = frozenset(
    _words(
        "mathbf boldsymbol bm mathrm vec mathsf mathit text mathbb mathcal operatorname bf rm textbf symbf "
        "textrm mathtt overrightarrow mathds mathbbm mathscr boxed emph textit mbox ensuremath hbox textsf "
        "fbox sf tt it sl textnormal mathnormal"
    )
)
SKIPPED = frozenset(
    _words(
        "left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr displaystyle textstyle limits nolimits "
        "quad qquad mathstrut middle mathopen mathclose nonumber notag , ; ! : >"
    )
) | {" "}
SHOWN_NAMES: Mapping[str, str] = {
    "total": "sum",
    "eigmax": "λ_max",
    "eigmin": "λ_min",
    "singmax": "σ_max",
    "singmin": "σ_min",
    "negpart": "neg",
}
"""Functions that are shown by another name than they have here."""
