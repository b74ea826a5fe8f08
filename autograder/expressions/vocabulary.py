"""The words everybody knows: functions, numpy's names for them, LaTeX commands and keywords."""

from collections.abc import Mapping
from types import MappingProxyType


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
ENTRYWISE = frozenset(
    _words(
        "exp ln log2 log10 sin cos tan sinh cosh tanh sqrt relu sigmoid softplus sign floor ceil round abs"
    )
)
MATRIX = frozenset(["tr", "det", "inv", "pinv", "transpose", "diag"])
TWO = frozenset(["inner", "dot", "max", "min", "outer", "multiply", "solve", "pow"])
SIZED = frozenset(["eye", "zeros", "ones"])
FUNCTIONS = ENTRYWISE | MATRIX | TWO | SIZED | {"norm", "square", "vec", "total"}

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "log": "ln",
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
        "identity": "eye",
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
    }
)
MODULES = frozenset(_words("np numpy jnp torch math scipy linalg LA la special"))
METHODS = frozenset(_words("dot transpose t trace sum inv inverse norm det matmul"))

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
        "top": ("top", "T"),
        "intercal": ("top", "T"),
        "dagger": ("dagger", "+"),
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
        "sum": ("sum", "sum"),
        "partial": ("word", "∂"),
        "prime": ("prime", "'"),
        "wedge": ("and", "and"),
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
        "and": ("and", "and"),
    }
)
# Commands that change how letters look, not what they mean.
FONTS = frozenset(
    _words(
        "mathbf boldsymbol bm mathrm vec mathsf mathit text mathbb mathcal operatorname bf rm textbf symbf "
        "textrm mathtt overrightarrow"
    )
)
SKIPPED = frozenset(
    _words(
        "left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr displaystyle textstyle limits nolimits "
        "quad qquad mathstrut middle , ; ! : > ( ) [ ]"
    )
) | {" "}
