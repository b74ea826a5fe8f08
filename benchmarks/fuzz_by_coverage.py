"""Fuzz the reading of answers with atheris (libFuzzer), guided by the lines and branches that are reached.

pip install atheris && python benchmarks/fuzz_by_coverage.py -max_total_time=60
"""

import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "expressions"))
import hostile_strings as hostile

with atheris.instrument_imports(include=["autograder.expressions"]):
    from autograder.expressions.judge import interpret, prepare
    from autograder.expressions.symbols import read_symbols

symbols = read_symbols(hostile.SYMBOLS)
keys = [prepare(key, symbols) for key in hostile.KEYS]


def try_string(data: bytes) -> None:
    """Judge one string by every key; an exception ends the run and shows the string."""
    text = data.decode("utf-8", "surrogateescape")
    for key in keys:
        key.judge(text)
    interpret(text, symbols)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder) / "words"
        pieces = [piece.encode("utf-8", "replace") for piece in hostile.PIECES if piece.strip()]
        words.write_text(
            "\n".join('"' + "".join(f"\\x{byte:02x}" for byte in piece) + '"' for piece in pieces)
        )
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number, key in enumerate(hostile.KEYS):
            (corpus / str(number)).write_text(key)
        atheris.Setup([sys.argv[0], str(corpus), f"-dict={words}", "-max_len=400", *sys.argv[1:]], try_string)
        atheris.Fuzz()
