"""Judges near misses that are right on one side of a kink only: is one of them ever accepted?

python benchmarks/kink_pairs.py [pairs]
"""

import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "expressions"))
import kink_pairs

from autograder.expressions.judge import prepare
from autograder.expressions.symbols import read_symbols


def main(pairs: int = 2000) -> int:
    """Print the counts; 1 if a near miss was accepted."""
    symbols = read_symbols(kink_pairs.SYMBOLS)
    states: Counter[str] = Counter()
    times = []
    for seed in range(pairs):
        key, answer = kink_pairs.pair(seed)
        prepared = prepare(key, symbols)
        began = time.process_time()
        judged = prepared.judge(answer)
        times.append(1e3 * (time.process_time() - began))
        states[judged.state.value] += 1
        if judged.state == "correct":
            print(f"seed {seed}: {answer!r} is accepted for {key!r}")
    times.sort()
    print(", ".join(f"{state} {count}" for state, count in sorted(states.items())), end="; ")
    print(f"processor ms: p50 {times[len(times) // 2]:.1f}, p95 {times[int(0.95 * len(times))]:.1f}")
    return int(states["correct"] > 0)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
