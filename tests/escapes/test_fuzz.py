"""Whatever arrives on the wire is the student's protocol fault or a value; and any value is judged."""

import random
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import drawn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wire_fuzzer import Fuzzer, frame, swallow

from autograder.doctor.target import HONEST, MARKS, Target, open_target
from autograder.domain.answer import Answer, Batch, Ending, Opaque
from autograder.domain.report import Outcome
from autograder.questions.judge import judge
from autograder.questions.solutions import Prepared, Solutions, prepare
from autograder.sandbox.protocol import MAX_HEADER, ProtocolFault, decode, encode

ROOT = Path(__file__).parents[2]
quick = settings(max_examples=drawn(300), deadline=None, suppress_health_check=list(HealthCheck))


class Says:
    """A student whose every answer is the same."""

    source = ""

    def __init__(self, value: Any) -> None:
        self.value = value

    def ask(self, name: str, batch: Batch, *, seconds: float) -> tuple[Answer, ...]:
        return tuple(Answer(Ending.RETURNED, self.value, seconds=0.001) for _ in batch.calls)

    def variable(self, name: str) -> Answer:
        return Answer(Ending.RETURNED, self.value)

    @contextmanager
    def standing_in(self, references: Mapping[str, Callable[..., Any]]) -> Iterator["Says"]:
        yield self


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Target:
    return open_target(tmp_path_factory.mktemp("target"), "canary-" + "0" * 32)


@pytest.fixture(scope="module")
def homework() -> Solutions:
    from autograder.domain.course import Limits

    return prepare("gradients", ROOT / "solutions/gradients.py", secret=b"no secret", limits=Limits())


def judged(prepared: Prepared, value: Any) -> Fraction:
    """The mark for answering everything by this value: there is one, whatever it is, and soon."""
    began = time.monotonic()
    verdict = judge(prepared, Says(value), seconds=1.0)
    assert verdict.outcome is not Outcome.UNJUDGED, f"{prepared.question.name} on {value!r:.500}"
    assert verdict.mark is not None
    assert time.monotonic() - began < 120
    return verdict.mark


@quick
@given(st.binary(max_size=400))
def test_any_bytes(raw: bytes) -> None:
    """Noise is a fault of the protocol."""
    list(swallow(raw))


NODES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(
            st.sampled_from([*"ltdsiomcan", "<f8", "|b1", "ask", "answers"]) | inner,
            max_size=6,
        )
        | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=20,
)


@quick
@given(NODES, st.lists(st.binary(max_size=16), max_size=3))
def test_any_header(node: object, buffers: list[bytes]) -> None:
    """So is a well-formed header that says strange things."""
    list(swallow(frame(node, *buffers)))


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(min_value=-(2**4000), max_value=2**4000),
        st.floats(),
        st.complex_numbers(),
        st.text(max_size=5),
        st.builds(Opaque, st.text(max_size=5)),
        st.sampled_from(
            [
                *(np.zeros(shape) for shape in ((), (0,), (1,), (3,), (2, 3), (0, 1 << 40), (1,) * 30)),
                *(np.ones(3, kind) for kind in ("?", "i1", "u8", "f2", "f4", "g", "c8", "G", "U3", "S2")),
                *(np.full(3, value) for value in (np.nan, np.inf, -np.inf, 1e308, 5e-324)),
                *(np.float64("nan"), np.longdouble("1e4000"), np.bool_(True), np.str_("x"), np.complex64(1j)),
            ]
        ),
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=8,
)  # fmt: skip


@pytest.mark.parametrize("examples", [10, pytest.param(1000, marks=pytest.mark.soak)])
def test_any_answer_is_judged(target: Target, homework: Solutions, examples: int) -> None:
    """No value makes the judge fail, and none is right by chance."""

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(value=VALUES)
    def is_judged(value: object) -> None:
        for prepared in (*target.assignment.solutions.questions, *homework.questions):
            if not prepared.question.needs:
                mark = judged(prepared, value)
                if prepared.question.name == "secret":
                    assert mark == 0

    is_judged()


@pytest.mark.parametrize(
    "value",
    [
        "9" * 3_000_000,
        [0.0] * 300_000,
        pytest.param([[]] * 300_000, marks=pytest.mark.soak),
        pytest.param(np.zeros((4000, 2000)), marks=pytest.mark.soak),
        np.zeros(2_000_000, "u1"),
        pytest.param(np.zeros(8_000_000, "u1"), marks=pytest.mark.soak),
        {str(k): k for k in range(4000)},
        pytest.param([[[[[[1.0] * 10] * 10] * 10] * 10] * 3], marks=pytest.mark.soak),
        1 << 4095,
        "x" * 10 + "\ud800",
    ],
    ids=lambda value: f"{type(value).__name__} {len(repr(value)[:99])}",
)
def test_large_answers_are_judged_soon(target: Target, homework: Solutions, value: object) -> None:
    """As large as the wire lets through."""
    for prepared in (target.assignment.solutions.questions[1], homework.questions[1], homework.questions[3]):
        judged(prepared, value)


@pytest.mark.parametrize("tries", [1_000, pytest.param(10_000, marks=pytest.mark.soak)])
def test_a_guided_search_finds_no_fault_of_ours(target: Target, tries: int) -> None:
    """Mutations that are guided by the lines that are reached. Longer: python wire_fuzzer.py 600."""
    secret = target.assignment.solutions.questions[1]
    fuzzer = Fuzzer(random.Random(20261001), look=lambda value: None if judged(secret, value) == 0 else 1 / 0)
    fuzzer.run(tries=tries)
    assert fuzzer.tried >= tries
    assert len(fuzzer.arcs) > 150


@pytest.mark.parametrize(
    "node",
    [
        pytest.param(["l", *[["l"]] * 500_000], marks=pytest.mark.soak),
        pytest.param(["l", *[0] * 1_300_000], marks=pytest.mark.soak),
        ["d", *[["k", ["l"]]] * 4000],
        ["t", *[1e9] * 290_000],
    ],
    ids=["lists", "zeros", "pairs", "numbers"],
)
def test_a_frame_takes_memory_in_proportion(node: list[Any]) -> None:
    """The largest header there can be becomes no more than a few dozen times its size."""
    raw = frame(node)
    assert len(raw) < MAX_HEADER + 10
    tracemalloc.start()
    decode(raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 45 * len(raw) + (1 << 20)


def test_the_vaults_honest_answers_are_all_there() -> None:
    assert set(HONEST) == set(MARKS)


def test_what_is_sent_by_us_is_read_back() -> None:
    """The seeds are honest, so that mutation begins from something."""
    for raw in Fuzzer(random.Random(0)).corpus[:-1]:
        try:
            assert encode(decode(raw, opaque=Opaque))
        except ProtocolFault:
            pytest.fail(f"an honest message is refused: {raw!r}")
