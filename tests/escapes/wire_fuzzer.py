"""A small coverage-guided fuzzer of the trusted side of the wire: nothing but the student's fault comes out.

    python tests/escapes/wire_fuzzer.py 60        # seconds

What reaches new lines of the reader is kept and mutated further. Each input goes the whole way: as a frame,
as the account of a cell, as the answers of a batch, and as an answer to be judged.
"""

import json
import math
import os
import random
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from autograder.domain.answer import Answer, Call, Ending, Opaque, Oracle
from autograder.domain.course import Limits
from autograder.domain.notebook import Cell, CellKind
from autograder.sandbox import cellrun, dialogue, messages, protocol
from autograder.sandbox.clock import Deadline, ProcessClock
from autograder.sandbox.dialogue import Dialogue
from autograder.sandbox.messages import TO_GRADER, CellDone, decode_message
from autograder.sandbox.process import Ended, Overdue
from autograder.sandbox.protocol import Make, ProtocolFault, decode, encode, frame_size

_WATCHED = frozenset(str(Path(module.__file__)) for module in (protocol, messages, dialogue, cellrun))
_NUMBERS = (
    0,
    1,
    -1,
    7,
    255,
    256,
    1 << 31,
    (1 << 32) - 1,
    1 << 40,
    (1 << 63) - 1,
    1 << 63,
    1 << 64,
    -(1 << 63),
)
_WORDS = (
    *(
        "l",
        "t",
        "d",
        "s",
        "i",
        "o",
        "m",
        "c",
        "a",
        "n",
        "ask",
        "answers",
        "changed",
        "backed",
        "cell",
    ),
    *(
        "returned",
        "raised",
        "undefined",
        "function",
        "number",
        "<f8",
        "|b1",
        "<U3",
        "|S2",
        "|O",
        "<c16",
        "<f2",
    ),
    *("printed", "figures", "exception", "=secret", "0x", "-0x1f", "d800", "zz", "ValueError", "MemoryError"),
)


def frame(node: object, *buffers: bytes) -> bytes:
    header = json.dumps(node).encode()
    sizes = struct.pack(f"<{len(buffers)}Q", *map(len, buffers))
    return struct.pack("<IH", len(header), len(buffers)) + sizes + header + b"".join(buffers)


def seeds() -> list[bytes]:
    """Honest messages of every kind."""
    import numpy as np

    value = [1, 2.5, 1j, "a\udc80é", (None, True), {"k": np.float64(1)}, np.ones((2, 2)), 1 << 70]
    messages: list[Any] = [
        value,
        ["answers", [[0, "returned", "", "", [], np.ones(2)]]],
        ["answers", [[0, "raised", "ValueError", "text", [0], None]]],
        ["answers", [[0, "returned", "", "", [], 1.0], [1, "returned", "", "", [], None]]],
        ["ask", 0, (np.ones(2),), {}],
        ["ask", 0, (1.0,), {"y": "text"}],
        ["changed", [0]],
        ["backed", True, 1.0],
        ["cell", 0, {"printed": "x", "displayed": ["y"], "figures": [np.ones(9, np.uint8)], "cut": False}],
        ["cell", 0, {"exception": "ValueError", "line": 1, "ran_on": ["x", "y"], "skipped": False}],
        ["example", {"passed": True}],
        [np.array(["a", "bc"]), np.array([True]), np.array([b"x"]), np.longdouble(1), np.zeros((0, 3))],
        Opaque("type"),
    ]
    found = [b"".join(encode(message)) for message in messages]
    return [*found, frame(["l", "ask", 0, ["t", ["m", "function", ["d", ["number", 3]]]], ["d"]])]


class _Feed:
    """A process that has sent all it will ever send."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self.received = 0

    def receive(self, _deadline: Deadline, *, make: Make | None = None) -> Any:
        try:
            size = frame_size(self._raw)
            if size is None or size > len(self._raw):
                raise Overdue
            one, self._raw = self._raw[:size], self._raw[size:]
            self.received += size
            return decode_message(one, TO_GRADER, make=make, opaque=Opaque)
        except ProtocolFault as fault:
            raise Ended(Ending.CRASHED, how=str(fault)) from fault

    def send(self, _pieces: object, _deadline: Deadline) -> None:
        """Nobody listens."""

    def kill(self) -> None:
        """It is dead already."""

    def cpu_seconds(self) -> float:
        return 0.0


_CELL = Cell(CellKind.CODE, "x = 1", 1)
_LIMITS = Limits()
_CLOCK = ProcessClock(os.getpid())


def swallow(raw: bytes) -> Iterator[Any]:
    """All the ways hostile bytes go on our side; yields the values that arrive. Lets our own faults out."""
    try:
        value = decode(raw, opaque=Opaque)
    except ProtocolFault:
        pass
    else:
        yield value
        with suppress(ProtocolFault):
            message = decode_message(raw, TO_GRADER, opaque=Opaque)
            if type(message) is CellDone:
                cellrun.trim(cellrun.make_cell_run(_CELL, message, _LIMITS, 0.0, ""), 1000, 1)
    for call in (Call((1.0,)), Call((Oracle(lambda x: x), 2.0))):
        feed: Any = _Feed(raw)
        deadline = Deadline(_CLOCK, 600.0)
        talk = Dialogue(feed, deadline, {"secret": lambda f, *a: f(*a) if callable(f) else f})
        try:
            with talk:
                answers: list[Answer] = list(talk.answers((call, call), memory=""))
        except (Ended, Overdue):
            continue
        yield from (answer.value for answer in answers)


@dataclass
class Fuzzer:
    """Keeps what reaches new lines, and mutates what it kept."""

    chance: random.Random
    look: Callable[[Any], None] = lambda _value: None
    corpus: list[bytes] = field(default_factory=seeds)
    arcs: set[tuple[str, int, int]] = field(default_factory=set)
    tried: int = 0

    def run(self, *, tries: float = math.inf, seconds: float = math.inf) -> None:
        """Try every seed, and mutations up to so many tries or for so long."""
        for raw in list(self.corpus):
            self._try(raw)
        end = time.monotonic() + seconds
        while self.tried < tries and time.monotonic() < end:
            raw = self._mutated(self.chance.choice(self.corpus))
            if self._try(raw):
                self.corpus.append(raw)

    def _try(self, raw: bytes) -> bool:
        self.tried += 1
        before, last = len(self.arcs), 0

        def trace(traced: FrameType, event: str, _argument: object) -> Any:
            nonlocal last
            name = traced.f_code.co_filename
            if name not in _WATCHED:
                return None
            if event == "line":
                self.arcs.add((name, last, traced.f_lineno))
                last = traced.f_lineno
            return trace

        sys.settrace(trace)
        try:
            for value in swallow(raw):
                sys.settrace(None)
                self.look(value)
                sys.settrace(trace)
        except BaseException as fault:
            sys.settrace(None)
            raise AssertionError(f"our own fault on {raw[:4000]!r}") from fault
        finally:
            sys.settrace(None)
        return len(self.arcs) > before

    def _mutated(self, raw: bytes) -> bytes:
        for _ in range(self.chance.randint(1, 3)):
            raw = self.chance.choice((self._flip, self._retell, self._splice, self._retell))(raw)
        return raw[: 1 << 16]

    def _flip(self, raw: bytes) -> bytes:
        """A byte changed, doubled, or dropped."""
        if not raw:
            return b"\x00"
        at = self.chance.randrange(len(raw))
        new = (bytes([self.chance.randrange(256)]), b"", raw[at : at + 9] * 2)
        return raw[:at] + self.chance.choice(new) + raw[at + 1 :]

    def _splice(self, raw: bytes) -> bytes:
        """Two frames in a row, or the halves of two."""
        other = self.chance.choice(self.corpus)
        cut = self.chance.choice((len(raw), self.chance.randrange(len(raw) + 1)))
        return raw[:cut] + other

    def _retell(self, raw: bytes) -> bytes:
        """The frame with another value somewhere in its header, all lengths made right again."""
        try:
            header, count = struct.unpack_from("<IH", raw)
            start = 6 + 8 * count
            node = json.loads(raw[start : start + header])
            body = raw[start + header :]
            sizes = struct.unpack_from(f"<{count}Q", raw, 6)
        except (ValueError, struct.error, RecursionError):
            return raw
        told = json.dumps(self._changed(node)).encode()
        return struct.pack("<IH", len(told), count) + struct.pack(f"<{count}Q", *sizes) + told + body

    def _changed(self, node: Any) -> Any:
        if isinstance(node, list) and node and self.chance.random() < 0.85:
            at = self.chance.randrange(len(node))
            return [*node[:at], self._changed(node[at]), *node[at + 1 :]]
        fresh: tuple[Any, ...] = (
            self.chance.choice(_NUMBERS),
            self.chance.choice(_WORDS),
            self.chance.choice((None, True, float("nan"), float("inf"), -0.0, 1e308, [], {}, "")),
            [self.chance.choice(_WORDS), node],
            [node, node],
        )
        return self.chance.choice(fresh)


def main() -> None:
    fuzzer = Fuzzer(random.Random(int(time.time())))
    fuzzer.run(seconds=float(sys.argv[1]) if len(sys.argv) > 1 else 10.0)
    sys.stdout.write(f"{fuzzer.tried} inputs, {len(fuzzer.arcs)} steps reached, {len(fuzzer.corpus)} kept\n")


if __name__ == "__main__":
    main()
