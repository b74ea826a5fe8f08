"""Judge hostile strings, then strings grown by a fuzzer that keeps what it has not seen before.

    python benchmarks/fuzz_hostile.py [strings] [seconds of guided fuzzing]

The fuzzer is guided by what the program did with a string: pairs of neighbouring token kinds, pairs of a node
and its part in the tree, and verdicts. A string that shows a new one is kept and mutated further.
"""

import random
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "expressions"))
import hostile_strings as hostile

from autograder.expressions.answer import parse_conditions
from autograder.expressions.judge import PreparedKey, prepare
from autograder.expressions.lexer import Lexer
from autograder.expressions.symbols import Symbols, read_symbols
from autograder.expressions.tree import walk
from autograder.expressions.unreadable import Unreadable


def main(strings: int = 100_000, seconds: float = 60) -> int:
    """Print the worst time and every exception; 1 if there was one."""
    symbols = read_symbols(hostile.SYMBOLS)
    keys = [prepare(key, symbols) for key in hostile.KEYS]
    rng, worst, failures = random.Random(1), (0.0, ""), 0
    for number in range(strings):
        text = hostile.string(rng)
        took, failed = judge_timed(keys[number % len(keys)], text)
        worst, failures = max(worst, (took, text)), failures + failed
    print(f"{strings} strings: {failures} exceptions, worst {1e3 * worst[0]:.1f} ms, {worst[1][:40]!r}")
    failures += fuzz_guided(keys, symbols, seconds)
    return int(failures > 0)


def judge_timed(key: PreparedKey, text: str) -> tuple[float, bool]:
    """Processor time of one judgement, and whether it raised."""
    began = time.process_time()
    try:
        key.judge(text)
    except Exception as error:  # noqa: BLE001 -- the whole point is that there is none
        print(f"{error!r} from {text!r}")
        return time.process_time() - began, True
    return time.process_time() - began, False


def fuzz_guided(keys: list[PreparedKey], symbols: Symbols, seconds: float) -> int:
    """Fuzz for so many seconds; how many strings raised."""
    rng, seen, corpus = random.Random(2), set[object](), list(hostile.KEYS)
    until, tried, failures, worst = time.monotonic() + seconds, 0, 0, 0.0
    while time.monotonic() < until:
        tried += 1
        text = hostile.mutated(rng.choice(corpus), rng.choice(corpus), rng)[:400]
        key = keys[tried % len(keys)]
        took, failed = judge_timed(key, text)
        worst, failures = max(worst, took), failures + failed
        new = set() if failed else set(find_features(key, text, symbols)) - seen
        if new:
            seen |= new
            corpus.append(text)
    rate = f"{failures} exceptions, worst {1e3 * worst:.1f} ms"
    print(f"guided, {seconds:.0f} s: {tried} strings, {len(seen)} features, {rate}")
    return failures


def find_features(key: PreparedKey, text: str, symbols: Symbols) -> Iterator[object]:
    """What the program did with the string."""
    verdict = key.judge(text)
    yield verdict.code, verdict.message[:30]
    try:
        tokens = Lexer(text, symbols).run()
        yield from ((a.kind, b.kind, b.tight) for a, b in pairwise(tokens))
        yield from (
            (part.op, child.op) for part in walk(parse_conditions(text, symbols).tree) for child in part.args
        )
    except Unreadable:
        return


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
