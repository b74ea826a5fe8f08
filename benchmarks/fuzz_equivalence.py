"""Judge rewritten and changed expressions, and compare with an evaluator of their own: how often is it wrong?

python benchmarks/fuzz_equivalence.py [equivalent] [mutated] [conditions]
"""

import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "expressions"))
import oracle

from autograder.expressions.judge import prepare
from autograder.expressions.symbols import read_symbols


def main(equivalent: int = 20_000, mutated: int = 10_000, conditions: int = 2_000) -> int:
    """Print the counts; 1 if the judge was wrong once."""
    symbols = read_symbols(oracle.SYMBOLS)
    keys = {text: prepare(text, symbols) for text in oracle.KEYS}
    counts: Counter[tuple[bool, str]] = Counter()
    times, seed = [], 0
    while sum(n for (truth, _), n in counts.items() if truth) < equivalent or (
        sum(n for (truth, _), n in counts.items() if not truth) < mutated
    ):
        seed += 1
        made = oracle.pair(seed)
        if made is None:
            continue
        key, answer, truth = made
        began = time.process_time()
        judged = keys[key].judge(answer)
        times.append(time.process_time() - began)
        counts[truth, judged.state.value] += 1
        if (judged.state == "correct") != truth:
            print(f"seed {seed}: {key!r} against {answer!r}: {judged.state} {judged.code} {judged.message}")
    for seed in range(conditions):
        key, answer, truth = oracle.condition_pair(seed)
        judged = prepare(key, read_symbols(oracle.CONDITION_SYMBOLS)).judge(answer)
        counts[truth, f"condition {judged.state.value}"] += 1
        if (judged.state == "correct") != truth:
            print(f"seed {seed}: {key!r} against {answer!r}: {judged.state} {judged.code} {judged.message}")
    times.sort()
    for (truth, state), n in sorted(counts.items()):
        print(f"{'equivalent' if truth else 'different':10} judged {state:20} {n:7}")
    at = {share: 1e3 * times[int(share * (len(times) - 1))] for share in (0.5, 0.95, 0.99, 1)}
    print(f"ms: p50 {at[0.5]:.2f}, p95 {at[0.95]:.2f}, p99 {at[0.99]:.2f}, worst {at[1]:.1f} (processor)")
    return int(any(state.endswith("correct") != truth for truth, state in counts))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
