"""The expressions a question itself shows, so that an answer that only repeats one is known for an echo."""

import re
from collections.abc import Iterator

from autograder.expressions.expression import Expression, express
from autograder.expressions.parser import parse_conditions
from autograder.expressions.symbols import Symbols
from autograder.expressions.tree import Node
from autograder.expressions.unreadable import Unreadable

_FORMULA = re.compile(r"\$\$?([^$]{1,400})\$\$?")
_CUTS = re.compile(r"\\mapsto|\\to\b|↦|\\colon|:=|(?<![<>!])=")
_MAX_FORMULAS = 20


def shown(prompt: str, symbols: Symbols) -> Iterator[tuple[Node, Expression]]:
    """Every expression between dollar signs that is more than a name: as parsed, and typed."""
    for formula in _FORMULA.findall(prompt)[:_MAX_FORMULAS]:
        for part in dict.fromkeys([formula, *_CUTS.split(formula)]):
            try:
                parsed = parse_conditions(part, symbols).tree
                if parsed.args:
                    yield parsed, express(parsed, symbols)
            except Unreadable:
                continue
