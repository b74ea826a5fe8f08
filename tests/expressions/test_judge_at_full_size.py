"""The judge against an evaluator of its own, at the size that the benchmarks have."""

import kink_pairs
import oracle
import pytest

from autograder.expressions.judge import prepare
from autograder.expressions.symbols import read_symbols

pytestmark = pytest.mark.soak


def test_no_near_miss_across_a_kink_is_accepted() -> None:
    """Two thousand pairs that agree on one side of a kink."""
    symbols = read_symbols(kink_pairs.SYMBOLS)
    pairs = [kink_pairs.pair(seed) for seed in range(2000)]
    accepted = [pair for pair in pairs if prepare(pair[0], symbols).judge(pair[1]).state == "correct"]
    assert accepted == []


def test_rewritten_expressions_are_accepted_and_changed_ones_are_not() -> None:
    """Thirty thousand seeds, kinks among the expressions."""
    symbols = read_symbols(oracle.SYMBOLS)
    keys = {text: prepare(text, symbols) for text in oracle.KEYS}
    made = [pair for seed in range(1, 30_001) if (pair := oracle.pair(seed)) is not None]
    wrong = [
        (key, answer) for key, answer, same in made if (keys[key].judge(answer).state == "correct") != same
    ]
    assert len(made) > 20_000
    assert wrong == []


def test_rewritten_conditions_are_accepted_and_changed_ones_are_not() -> None:
    """Two thousand of them."""
    symbols = read_symbols(oracle.CONDITION_SYMBOLS)
    pairs = [oracle.condition_pair(seed) for seed in range(2000)]
    wrong = [
        pair for pair in pairs if (prepare(pair[0], symbols).judge(pair[1]).state == "correct") != pair[2]
    ]
    assert wrong == []
