"""Judge the table of answers by our judge, SymPy's LaTeX parsers and math-verify, side by side.

    python -m benchmarks.compare_parsers              # the others only where they are installed:
    pip install ".[parsers]"
    python -m benchmarks.compare_parsers --every 8    # every eighth answer, for a quick look

The others expect LaTeX and know no types: part of what they refuse is spelling, what they accept is not.
"""

import argparse
import csv
import multiprocessing
import signal
import sys
import time
import tomllib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from autograder.expressions.judge import WrongAnswer, prepare
from autograder.expressions.symbols import read_symbols

TABLE = Path(__file__).parent.parent / "tests" / "expressions"
QUESTIONS = tomllib.loads((TABLE / "questions.toml").read_text())
Judge = Callable[[str, str], bool | None]
"""Question and answer to accepted, refused, or None for unreadable."""


def make_ours() -> Judge:
    """Our own judge, keys prepared beforehand."""
    keys = {
        name: prepare(
            question["key"],
            read_symbols(question["symbols"]),
            wrong=[
                WrongAnswer(text, Fraction(credit), said) for text, credit, said in question.get("wrong", [])
            ],
            prompt=question["prompt"],
        ).warm()
        for name, question in QUESTIONS.items()
    }

    def accepts(name: str, answer: str) -> bool | None:
        state = keys[name].judge(answer).state
        return None if state == "unreadable" else state == "correct"

    return accepts


def make_sympy(backend: str) -> Judge:
    """SymPy's parser of LaTeX, and its simplification of the difference."""
    from sympy import simplify
    from sympy.parsing.latex import parse_latex

    def accepts(name: str, answer: str) -> bool | None:
        try:
            mine, key = (parse_latex(text, backend=backend) for text in (answer, QUESTIONS[name]["key"]))
            return bool(mine == key or simplify(mine - key) == 0)
        except Exception:  # noqa: BLE001 -- each parser has exceptions of its own
            return None

    return accepts


def make_math_verify() -> Judge:
    """The checker of mathematical answers of the language models' world."""
    from math_verify import parse, verify

    def accepts(name: str, answer: str) -> bool | None:
        try:
            mine, key = (
                parse(f"${text}$", parsing_timeout=None) for text in (answer, QUESTIONS[name]["key"])
            )
            return bool(verify(key, mine, timeout_seconds=None)) if mine and key else None
        except Exception:  # noqa: BLE001 -- as above
            return None

    return accepts


def read_rows(every: int) -> list[dict[str, str]]:
    """Every so many-th answer of the table, through all its questions."""
    rows: list[dict[str, str]] = []
    for name in ("answers.tsv", "blind_answers.tsv", "student_answers.tsv"):
        with (TABLE / name).open(newline="") as file:
            rows += csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    return rows[::every]


def run(title: str, judge: Judge, rows: list[dict[str, str]], seconds: int = 5) -> None:
    """Print one line of the table: what is accepted, refused and not read, and how long it took."""
    counts = {"right accepted": 0, "right refused": 0, "right unread": 0, "wrong accepted": 0}
    times = []
    for row in rows:
        began = time.process_time()
        # Again and again: some of these parsers catch the first exception and go on.
        signal.setitimer(signal.ITIMER_REAL, seconds, 1)
        try:
            accepted = judge(row["question"], row["answer"])
        except TimeoutError:
            accepted = None
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        times.append(1e3 * (time.process_time() - began))
        if row["state"] == "correct":
            counts[{True: "right accepted", False: "right refused", None: "right unread"}[accepted]] += 1
        else:
            counts["wrong accepted"] += bool(accepted)
    times.sort()
    right = sum(row["state"] == "correct" for row in rows)
    print(f"{title:16}" + "".join(f"{name} {count:4}   " for name, count in counts.items()), end="")
    print(
        f"({right} right, {len(rows) - right} not)  processor ms: p50 {times[len(times) // 2]:.2f}, ", end=""
    )
    print(f"p95 {times[int(0.95 * len(times))]:.2f}, worst {times[-1]:.0f}", flush=True)


def _raise_timeout(*_: object) -> None:
    raise TimeoutError


def main() -> None:
    """Ours, then whatever else is installed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--every", type=int, default=1, help="every so many-th answer alone")
    rows = read_rows(parser.parse_args().every)
    signal.signal(signal.SIGALRM, _raise_timeout)
    run("this program", make_ours(), rows)
    others: dict[str, Callable[[], Judge]] = {
        "sympy (lark)": lambda: make_sympy("lark"),
        "sympy (antlr)": lambda: make_sympy("antlr"),
        "math-verify": make_math_verify,
    }
    for title, make in others.items():
        # A process each: a parser that was interrupted leaves its generated tables in disorder for the next.
        child = multiprocessing.get_context("fork").Process(target=run_other, args=(title, make, rows))
        child.start()
        child.join()


def run_other(title: str, make: Callable[[], Judge], rows: list[dict[str, str]]) -> None:
    """The line of another program, if it is installed."""
    try:
        judge = make()
    except ImportError as missing:
        print(f"{title:16}not run: {missing}", file=sys.stderr)
    else:
        run(title, judge, rows)


if __name__ == "__main__":
    main()
