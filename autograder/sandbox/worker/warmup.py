"""A small notebook of our own, run in the fork server: no child pays for what is loaded on first use."""

import linecache
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from autograder.sandbox.confine import seccomp
from autograder.sandbox.messages import (
    TO_GRADER,
    AskBatch,
    BatchCalls,
    Hello,
    OracleValue,
    decode_message,
    encode_message,
)
from autograder.sandbox.protocol import Recipe
from autograder.sandbox.worker.calls import Calls
from autograder.sandbox.worker.cells import CellRunner, OutputLimits
from autograder.sandbox.worker.examples import run_example
from autograder.sandbox.worker.shell import PYPLOT, Shell
from autograder.sandbox.worker.standins import Exchange, compile_function
from autograder.sandbox.worker.wire_end import WireEnd

_NOTEBOOK = (
    "import numpy as np\n%matplotlib inline",
    "from numpy import fft, linalg, ma, polynomial, random, testing",
    "A = np.random.default_rng(0).normal(size=(3, 3))\nnp.random.seed(0)\nnp.random.normal(size=2)",
    "np.linalg.norm(A), np.linalg.solve(A, np.ones(3)), np.linalg.eigvalsh(A), np.linalg.svd(A), A @ A",
    "def f(x):\n    return np.asarray(x).item()\nf(np.ones(2))",
    "{'a': [1.5, np.float64(2)]}",
    "%time x = 1",
    "assert np.allclose(np.ones(2), [1, 1])\nprint('x', 1.5, A)",
)
_FIGURE = (
    "import numpy as np, matplotlib.pyplot as plt\n"
    "x = 10.0 ** np.arange(-12, 2)\nplt.semilogy(x, x, label='$x$')\nplt.yticks(x)\n"
    "plt.legend()\nplt.title('t')"
)
"""The numbers at a logarithmic axis are typeset as mathematics: most of what such a figure takes, if new."""
_EXAMPLE = "assert np.allclose(np.ones(2), [1, 2])"


_SPECIALISED = 10
"""After as many rounds the interpreter has fitted its code to what it meets; in a child it would write that
into pages that are shared until then."""


def warm(shell: Shell) -> None:
    """Run the figure once, all else until it runs at its best, and leave no names behind."""
    cells = CellRunner(shell)
    before = set(cells.namespace)
    if PYPLOT in sys.modules:  # which a course's own environment may do without, or an assignment
        with _fonts_in_memory():
            cells.run(0, "<warm>", _FIGURE, OutputLimits(10_000, 1))
    for _ in range(_SPECIALISED):
        for index, source in enumerate(_NOTEBOOK):
            done = cells.run(index, f"<warm {index}>", source, OutputLimits(10_000, 10))
            decode_message(b"".join(encode_message(done)), TO_GRADER)
        run_example("<warm>", _EXAMPLE, cells.namespace)
    _answer_calls()
    fonts: Any = sys.modules.get("matplotlib.font_manager")
    # Matplotlib drops its fonts in every process that is forked: where there are none, no page is written.
    # Saves 2 to 3 %.
    with suppress(AttributeError):  # of another version, or there is none
        fonts._get_font.cache_clear()
    # The part of the filter that all processes share is made and kept here.
    with suppress(KeyError):  # a machine whose calls are not known: the child says so
        seccomp.program(os.getpid())
    for name in set(cells.namespace) - before:
        del cells.namespace[name]
    for name in [name for name in linecache.cache if name.startswith("<warm")]:
        del linecache.cache[name]


@contextmanager
def _fonts_in_memory() -> Iterator[None]:
    """Have fonts read from memory while this is open.

    Matplotlib keeps what it has typeset, with its fonts, and reads each glyph from the font's file when it is
    drawn. A child has none of our files: under their numbers it finds what it has opened itself.
    """
    ft2font: Any = sys.modules["matplotlib.ft2font"]
    made = ft2font.FT2Font
    ft2font.FT2Font = lambda file, *rest, **options: made(BytesIO(Path(file).read_bytes()), *rest, **options)
    try:
        yield
    finally:
        ft2font.FT2Font = made


def _answer_calls() -> None:
    """Answer calls as a child does, an oracle asked in each."""
    near, far = socket.socketpair()
    with near, far:
        wire = WireEnd(far)
        exchange = Exchange(wire)
        calls = Calls(wire, exchange, {"f": lambda f, x, *_, **__: f(x) * x})
        arguments = (Recipe("oracle", {"slot": 0, "name": "f"}), np.ones((2, 2)), np.float64(1), 1, [1.5, 1j])
        # What a child sends and reads but once is spelled here too: at its first use it would be slow.
        wire.send(Hello({}, {}))
        near.recv(1 << 16)
        asked = encode_message(BatchCalls([(arguments, {"text": "x"})] * 2))
        value = encode_message(OracleValue(2.0))
        for _ in range(_SPECIALISED):
            near.sendall(b"".join([*asked, *value, *value]))
            calls.answer(AskBatch("f", timed=False, together=True, frames=1))
            near.recv(1 << 16)
    np.random.default_rng(1)
    compile_function("f", "def f(x):\n    return np.sum(x)")(np.ones(2))
