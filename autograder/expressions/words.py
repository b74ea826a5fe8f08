"""Words of French and English around and inside mathematics: `on trouve`, `transposée de B`."""

import re
from collections.abc import Callable

_Change = str | Callable[[re.Match[str]], str]

_WORD = re.compile(r"[^\W\d_]{2}")
_OPENING = re.compile(
    r"""\s*(?:
      (?:si\s+et\s+seulement\s+si|if\s+and\s+only\s+if|ssi|iff|si|if|when|quand|lorsque?)\s+
    | (?:donc|alors|ainsi|so|thus|hence|therefore|finalement|finally|d'où)\b\s*[,:]?
    | (?:on|nous|je|we|i)\s+(?:trouve|trouvons|obtient|obtiens|obtenons|a|avons|find|get|got|obtain|have)
      (?:\s+(?:que|that))?\b\s*:?
    | (?:c'\s?est(?:[-\s]à[-\s]dire)?|ce\s+serait|it\s+is|it's|this\s+is|i\s+think(?:\s+it\s+is)?|c\s+est)
      \b\s*:?
    | (?:il\s+faut|we\s+need|on\s+doit\s+avoir)(?:\s+(?:que|that))?\b\s*:?
    | (?:def\s+\w+\s*\([^()]*\)\s*:\s*)?return\b
    | (?:l[ae']\s?|the\s+|my\s+|ma\s+)?
      (?:réponse|answer|résultat|result|solution|gradient|hessienne?|hessian|dérivée|derivative|minimiseur
        |minimi[sz]er|condition|valeur|value)
      (?:\s+(?:est|is|vaut|equals)\b(?:\s+(?:égale?\s+à|equal\s+to))?\s*:?|\s*:(?!=))
    | (?:the\s+|my\s+|l[ae]\s+|l'|ma\s+|mon\s+)[^\W\d_]{3,16}\s+(?:est|is|vaut|equals)\s+:?
      (?!(?:semi|positive|psd|sdp|d[ée]fini|sym|in|dans|strict))
    )\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_CLOSING = re.compile(
    r"\s+(?:merci|thanks|i\s+think|je\s+crois|\(?(?:car|because|since|puisque|comme|as\s+\w+\s+is)\b.*"
    r"|\(\s*(?:\w+\s+)?(?:est\s+|is\s+|being\s+|étant\s+)?(?:symétrique|symmetric)\s*\))\s*\.?\s*$",
    re.IGNORECASE,
)
_OF = r"\s+(?:de\s+la\s+matrice|of\s+the\s+matrix|de|du|of)\s+|\s+(?:d'|de\s+l')"
_THE = r"(?:\b(?:la|le|the)\s+|\bl')?"
_FUNCTIONS = (
    (r"transpos(?:ée|é|ee|e|ed)(?:\s+matrix)?", "transpose"),
    (r"(?:matrice\s+)?inverse", "inv"),
    (r"trace", "tr"),
    (r"esp[ée]rance|expectation|expected\s+value", "E"),
    (r"variance", "Var"),
    (r"gradient", "grad"),
    (r"hessienne?|hessian", "hess"),
    (r"norm(?:e)?(?:\s+euclidienne)?", "norm"),
    (r"déterminant|determinant", "det"),
    (r"rang|rank", "rank"),
    (r"moyenne|mean|average", "mean"),
    (r"racine(?:\s+carrée?)?|square\s+root", "sqrt"),
    (r"valeur\s+absolue|absolute\s+value", "abs"),
    (r"exponenti(?:elle|al)", "exp"),
    (r"logarithme?(?:\s+népérien)?|natural\s+log(?:arithm)?", "ln"),
    (r"sigmo[iï]de?", "sigmoid"),
)
_INNER = rf"{_THE}\b(?:produit\s+scalaire|inner\s+product|dot\s+product|scalar\s+product)(?:{_OF})"
_INNER += r"(\S+)\s+(?:et|and|avec|with)\s+(\S+)"
_CHANGES: tuple[tuple[re.Pattern[str], _Change], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), change)
    for pattern, change in (
        *((rf"{_THE}\b(?:{name})(?:{_OF})", f" {ours} ") for name, ours in _FUNCTIONS),
        (r"\bracine(?:\s+carrée?)?(?=\s*[(\[{])", "sqrt"),
        (r"\btranspos(?:ée|é)(?=\s*[(\[{])", "transpose"),
        (r"\bdéterminant(?=\s*[(\[{])", "det"),
        (r"\bespérance(?=\s*[(\[{])", "E"),
        (r"(?<=\w)\s+(?:at|au\s+point|en)\s+(\w+\*?)\s*$", r"(\1)"),
        (_INNER, r"<\1, \2>"),
        (r"(?<=[\w)\]}])\s+transpos(?:ée|é|ee|ed|e)\b(?!\s*[(\[])", "^T"),
        (r"(?<=[\w)\]}])\s+inverse\b(?!\s*[(\[])", "^{-1}"),
        (r"(?<=[\w)\]}|])\s+(?:squared|au\s+carré|carré)\b", "^2"),
        (r"(?<=[\w)\]}|])\s+(?:cubed|au\s+cube)\b", "^3"),
        (
            rf"{_THE}\b(?:sum|somme)\s+(?:over|sur)\s+([a-z])\s+(?:from|de|=)\s*1\s+(?:to|à|a)\s+(\w+)\s*(?:of|de|des)?\b",
            r" sum_{\1=1}^{\2} ",
        ),
        (rf"{_THE}\b(?:sum|somme)\s+(?:over|sur|en)\s+([a-z])\s+(?:of|de|des)\b", r" sum_\1 "),
        (
            rf"{_THE}\b(?:sum|somme)\s+(?:over|sur|en|pour|for|of)\s+([a-z])\s*(?:\bet\b|\band\b|,)\s*([a-z])\s+(?:of|de|des)\b",
            r" sum_{\1,\2} ",
        ),
        (
            rf"{_THE}\b(?:sum|somme)\s+(?:over|sur|pour|for)\s+([a-z]\s*(?:≠|!=|\\neq?|<)\s*[a-z])\s+(?:of|de|des)\b",
            r" sum_{\1} ",
        ),
        (rf"{_THE}\b(?:sum|somme)\s+(?:of\s+the|of|des|de)\s+", " \\\\sum "),
        (r"\b(?:sum|somme)_([a-z])\s*=\s*1\s*\^\s*\{?(\w+)\}?", r"sum_{\1=1}^{\2}"),
        (rf"{_THE}\bmatri(?:ce|x)\s+(?=[A-Z(])", " "),
        (r"\s+(?:times|fois|multiplied\s+by|multiplié\s+par)\s+", " * "),
        (r"\s+(?:divided\s+by|divisé\s+par|over|sur)\s+", " / "),
        (r"\s+(?:est\s+)?(?:strictement\s+)?plus\s+grande?\s+que\s+", " > "),
        (r"\s+(?:est\s+)?(?:strictement\s+)?plus\s+petite?\s+que\s+", " < "),
        (r"(?:^|\s+)(?:est\s+|is\s+)?(?:au\s+moins|at\s+least)(?:\s+égale?\s+à)?\s+", " >= "),
        (r"(?:^|\s+)(?:est\s+|is\s+)?(?:au\s+plus|at\s+most)(?:\s+égale?\s+à)?\s+", " <= "),
        (r"\s+plus\s+", " + "),
        (r"\s+(?:minus|moins)\s+", " - "),
        (
            r"\s+(?:appartient\s+à|appartient|belongs\s+to|is\s+in|est\s+dans|dans|in)\s+(?=[\[\](])",
            r" \\in ",
        ),
        (
            r"(?:^|\s+)(?:est\s+)?(?:strictement\s+)?(?:supérieure?\s+ou\s+égale?\s+à|greater\s+than\s+or\s+equal\s+to)\s+",
            " >= ",
        ),
        (
            r"(?:^|\s+)(?:est\s+)?(?:inférieure?\s+ou\s+égale?\s+à|(?:is\s+)?(?:less|smaller)\s+than\s+or\s+equal\s+to)\s+",
            " <= ",
        ),
        (
            r"(?:^|\s+)(?:est\s+|is\s+)?(?:strictement\s+supérieure?\s+à|(?:strictly\s+)?(?:greater|larger)\s+than)\s+",
            " > ",
        ),
        (
            r"(?:^|\s+)(?:est\s+|is\s+)?(?:strictement\s+inférieure?\s+à|(?:strictly\s+)?(?:less|smaller)\s+than)\s+",
            " < ",
        ),
    )
)
_SEMI = (
    r"semi[-\s]*d[ée]finie?\s+positive|positive\s+semi[-\s]*d[eé]finite|s\.?d\.?p\.?|p\.?s\.?d\.?"
    r"|(?:sym[ée]trique\s+)?positive(?:\s+semi[-\s]*definite)?\s+matrix"
)
_DEFINITE = re.compile(
    r",?\s+(?:(?:is|be|est|soit|doit\s+être|must\s+be|should\s+be)\s+)?"
    rf"(?:une\s+matrice\s+|a\s+)?(?:(?P<semi>{_SEMI})|d[ée]finie?\s+positive|positive\s+definite|p\.?d\.?|d\.?p\.?)\s*\.?\s*$",
    re.IGNORECASE,
)
_SYMMETRIC = re.compile(r"^\s*(\w+)\s+(?:is\s+|est\s+)?(?:symmetric|symétrique)\s*\.?\s*$", re.IGNORECASE)


_NAMED_WITH_ACCENT = re.compile(r"(?:transposée?|déterminant|espérance)\s*[(\[{]", re.IGNORECASE)


def without_words(text: str) -> str:
    """The answer without what leads to it, and with words for functions and signs written as mathematics."""
    if not _WORD.search(text) and "'" not in text:
        return text
    text = text.replace("’", "'") if _WORD.search(text) else text
    for _ in range(3):
        opening = _OPENING.match(text)
        if opening is None or not text[opening.end() :].strip(" =:.,"):
            break
        text = text[opening.end() :]
    text = _CLOSING.sub("", text)
    if " " in text or "racine" in text or "_" in text or _NAMED_WITH_ACCENT.search(text):
        for pattern, change in _CHANGES:
            text = pattern.sub(change, text)
    return text


_UNION = re.compile(r"([\[\])])\s*[Uu]\s*(?=[\[\](])")
_EIGENVALUES = re.compile(
    r"^\s*(?:(?:toutes\s+)?(?:les\s+)?valeurs\s+propres\s+de\s+|(?:all\s+)?(?:the\s+)?eigenvalues\s+of\s+)(.{1,60}?)\s+"
    r"(?:(?:sont|are)\s+|(?=[>≥]))(?:toutes\s+|all\s+)?"
    r"(positives(?:\s+ou\s+nulles)?|strictement\s+positives|non[-\s]?negative|strictly\s+positive|positive"
    r"|>=\s*0|≥\s*0|>\s*0)\s*\.?\s*$",
    re.IGNORECASE,
)
_SIGN_OF = {"positives": ">=", "non": ">=", ">=": ">=", "≥": ">="} | dict.fromkeys(
    ("strictement", "strictly", "positive", ">"), ">"
)


def _first_word(text: str) -> str:
    """The word that tells a condition on eigenvalues: French `positives` includes 0, `positive` does not."""
    found = re.match(r"non|[^\W\d]+|[>=≥]+", text.lower())
    return found[0] if found else ""


_SET = re.compile(
    r"^\s*(?:\\left\s*)?\\?\{\s*\\?\w+\s*(?:(?:∈|\\in\b|in\b)\s*(?:ℝ|\\mathbb\s*\{?\s*R\s*\}?|R)\s*)?"
    r"(?:\\[,;!]\s*)*(?:\\mid\b|:|\||(?<=[ℝR}]),|such\s+that\b|tels?\s+que\b)\s*(?:\\[,;!]\s*)*(?P<condition>.+?)\s*(?:\\right\s*)?\\?\}\s*\.?\s*$"
)
_BETWEEN = re.compile(
    r"^(?:(?P<what>.+?)\s+)??(?:(?:est|is|lies)\s+)?(?P<before>(?:strictement|strictly)\s+)?(?:compris\s+)?"
    r"(?:entre|between)\s+(?P<low>.+?)\s+(?:et|and)\s+(?P<high>.+?)"
    r"(?P<behind>\s*\(?(?:exclus|exclue?s|exclusive(?:ly)?|strictement|strictly|inclus|inclue?s|inclusive))?\)?\s*\.?\s*$",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"^\s*(?:\\forall|∀|pour|for|sur|on|over|dans|in)\s+(?:(?:tout|toute|tous|all|any|every)\s+)?"
    r"(?:l'intervalle\s+|the\s+interval\s+)?(?=[^\s,]*\s*(?:∈|\\in\b|in\b|dans\b|<|>|\\[lg]|≤|≥)|[\[\](])",
    re.IGNORECASE,
)
_POSITIVE_CONE = re.compile(
    r"(?:∈|\\in\b|\bin\b)\s*(?:\\math(?:cal|bb|bf|rm)\s*\{?\s*S\s*\}?|S|𝒮|𝕊)\s*"
    r"(?P<marks>(?:\s*[_^]\s*(?:\{[^{}]*\}|\w|\++)){1,2}|[₊ⁿ⁺ᵈ]+)\s*(?:\(\s*(?:\\mathbb\s*\{?\s*R\s*\}?|ℝ|R)\s*\))?\s*$"
)
"""`A ∈ S_n^+`: among the positive semidefinite matrices; `S_n^{++}`: the positive definite ones."""
_EIGENVALUES_OF_PROGRAMS = re.compile(
    r"(?:np\.)?(?:all\(\s*|min\(\s*)?(?:np\.)?(?:linalg\.)?eig(?:vals|valsh)?\((?P<of>.+?)\)"
    r"(?:\s*\)|\.min\(\))?\s*(?P<sign>>=|≥|>)\s*0\s*\)?\s*$"
)
_INTERVAL_WORDS = re.compile(
    r"^\s*(?:the\s+|an?\s+|un\s+|l['’]\s*)?(?:open\s+|closed\s+)?(?:interval|intervalle)\s+(?:ouvert\s+|fermé\s+)?(?=[\[\](])",
    re.I,
)
_REMARK = re.compile(rf"\s*\(\s*(?:{_SEMI}|d[ée]finie?\s+positive|positive\s+definite)\s*\)\s*\.?\s*$", re.I)
_AND_IN_BRACKETS = re.compile(r"\(\s*(?:and|et|with|avec)\s+([^()]*)\)")
_AT_MOST = re.compile(r"=<(?![^<]*[>⟩])")


def _as_inequalities(between: re.Match[str]) -> str:
    """`x strictement entre 0 et 1` as 0 < x < 1; left as it is where nothing tells whether the ends count."""
    said = f"{between['before'] or ''} {between['behind'] or ''}".strip().lower()
    if not said:
        return between[0]
    closed = said.lstrip("(").startswith("incl")
    if not between["what"]:
        return (
            f"[{between['low']}; {between['high']}]" if closed else f"]{between['low']}; {between['high']}["
        )
    sign = "<=" if closed else "<"
    return f"{between['low']} {sign} {between['what']} {sign} {between['high']}"


def _as_definite(cone: re.Match[str]) -> str:
    """What it says of a matrix that it lies among these; left as it is where no mark tells which they are."""
    marks = cone["marks"]
    if not re.search(r"[+₊⁺]", marks):
        return cone[0]
    return " > 0" if re.search(r"\+\s*\+|₊₊|⁺⁺", marks) else " >= 0"


def definite_as_relation(text: str) -> str:
    """`A + A^T semi-définie positive` as A + A^T >= 0, `A symmetric` as A = A^T, `{x : x > 1}` as x > 1."""
    text = _AND_IN_BRACKETS.sub(r" and \1", _REMARK.sub("", _INTERVAL_WORDS.sub("", text)))
    text = _POSITIVE_CONE.sub(_as_definite, text)
    text = _EIGENVALUES_OF_PROGRAMS.sub(r"lambda_min(\g<of>) \g<sign> 0", text)
    text = _AT_MOST.sub("<=", _SET.sub(r"\g<condition>", text))
    text = _BETWEEN.sub(_as_inequalities, _OVER.sub("", text))
    text = _SYMMETRIC.sub(r"\1 = \1^T", _UNION.sub(r"\1 ∪ ", text))
    text = _EIGENVALUES.sub(lambda found: f"lambda_min({found[1]}) {_SIGN_OF[_first_word(found[2])]} 0", text)
    return _DEFINITE.sub(lambda word: " >= 0" if word["semi"] else " > 0", text)
