"""The wire carries values unchanged, and whatever else arrives is one kind of fault."""

import json
import math
import struct
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.sandbox import protocol
from autograder.sandbox.protocol import Placeholder, ProtocolFault, Recipe, decode, encode, frame_size

any_text = st.text(st.characters(exclude_categories=()), max_size=20)
small_ints = st.integers(-(2**70), 2**70)
scalars = st.none() | st.booleans() | small_ints | st.floats() | st.complex_numbers() | any_text
dtypes = (
    hnp.floating_dtypes()
    | hnp.integer_dtypes()
    | hnp.unsigned_integer_dtypes()
    | hnp.boolean_dtypes()
    | hnp.complex_number_dtypes()
)
arrays = hnp.arrays(dtypes, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
leaves = scalars | arrays | arrays.filter(lambda array: array.shape == ()).map(lambda array: array[()])
keys = (
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | any_text
    | st.tuples(st.integers(0, 9), any_text)
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(keys, inner, max_size=4)
    ),
    max_leaves=12,
)


def there_and_back(value: Any, **options: Any) -> Any:
    return decode(b"".join(encode(value)), **options)


def same(left: Any, right: Any) -> bool:
    """Equal in type and value, NaN and the sign of zero included."""
    if type(left) is not type(right):
        return False
    if isinstance(left, np.ndarray | np.generic):
        return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return same(list(left.items()), list(right.items()))
    if isinstance(left, float):
        return struct.pack("d", left) == struct.pack("d", right) or (math.isnan(left) and math.isnan(right))
    if isinstance(left, complex):
        return same(left.real, right.real) and same(left.imag, right.imag)
    return bool(left == right)


@given(values)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_every_value_arrives_as_it_was(value: Any) -> None:
    """None, numbers (NaN too), odd strings, containers, arrays and numpy scalars survive the round trip."""
    assert same(there_and_back(value), value)


@given(st.binary(max_size=200))
def test_garbage_is_a_fault_and_nothing_else(raw: bytes) -> None:
    """Bytes that are no frame raise ProtocolFault, whatever they are."""
    for attempt in (raw, frame(None) + raw, struct.pack("<IH", len(raw), 0) + raw):
        try:
            decode(attempt)
        except ProtocolFault:
            continue


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text | st.sampled_from(list("ltdcansiom")),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=20,
)


@given(json_values, st.lists(st.binary(max_size=16), max_size=3))
def test_any_header_is_a_value_or_a_fault(node: Any, buffers: list[bytes]) -> None:
    """A header that follows JSON but not our rules is refused without any other error."""
    with suppress(ProtocolFault):
        decode(frame(node, *buffers), make=lambda kind, fields: (kind, fields))


def frame(node: Any, *buffers: bytes) -> bytes:
    header = json.dumps(node).encode()
    sizes = struct.pack(f"<{len(buffers)}Q", *map(len, buffers))
    return struct.pack("<IH", len(header), len(buffers)) + sizes + header + b"".join(buffers)


@pytest.mark.parametrize(
    ("node", "buffers"),
    [
        (["a", "|O", 1], [bytes(8)]),
        (["a", "<f8", 3], [bytes(8)]),
        (["a", "<f8", -1], [bytes(8)]),
        (["a", "<f8", 2**39, 2**39], [bytes(8)]),
        (["a", "<f8", True], [bytes(8)]),
        (["a", "<f8", *[1] * 40], [bytes(8)]),
        (["a", "|b1", 1], [b"\7"]),
        (["a", "<U1", 1], [b"\xff\xff\xff\xff"]),
        (["a", "<M8[ns]", 1], [bytes(8)]),
        (["a", "<f8,<f8", 1], [bytes(16)]),
        (["a", "<f8", 1], []),
        (1, [bytes(8)]),
        (["i", "0x" + "f" * 2000], []),
        (2**80, []),
        (["c", 1, 2.0], []),
        (["d", [["l"], 1]], []),
        (["d", *[[k, 1] for k in range(5000)]], []),
        (["m", "function", ["d"]], []),
        ({"a": 1}, []),
        ([], []),
        (["z"], []),
        (["s", "zz"], []),
    ],
)
def test_what_breaks_a_rule_is_refused(node: Any, buffers: list[bytes]) -> None:
    """No object arrays, no impossible shapes, no invalid bits, no recipes that nobody expects."""
    with pytest.raises(ProtocolFault):
        decode(frame(node, *buffers))


def test_depth_is_bounded_both_ways() -> None:
    """A value nested too deeply is neither sent nor read, at any depth."""
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ProtocolFault):
        encode(deep)
    text = b"[" * 100_000 + b"]" * 100_000
    with pytest.raises(ProtocolFault):
        decode(struct.pack("<IH", len(text), 0) + text)


def test_sizes_are_refused_before_anything_is_read() -> None:
    """A frame that announces too much is a fault when its first bytes are there."""
    with pytest.raises(ProtocolFault):
        frame_size(struct.pack("<IH", protocol.MAX_HEADER + 1, 0))
    with pytest.raises(ProtocolFault):
        frame_size(struct.pack("<IHQ", 2, 1, 1 << 62))
    assert frame_size(b"\0" * 5) is None
    with pytest.raises(ProtocolFault):
        encode(np.zeros(10), limit=79)


def test_what_is_not_data_arrives_as_the_name_of_its_type() -> None:
    """A class, a generator, an object array: only a name crosses."""

    class Secret:
        def __reduce__(self) -> Any:
            raise AssertionError("never called")

    assert there_and_back(Secret()) == Placeholder("Secret")
    assert there_and_back([len]) == [Placeholder("builtin_function_or_method")]
    assert there_and_back(np.array([Secret()], dtype=object)) == Placeholder("array of object")
    assert there_and_back({Secret(): 1}) == Placeholder("dict")


def test_subclasses_are_read_as_what_they_derive_from() -> None:
    """Nothing that a subclass redefines is called."""

    class Liar(np.ndarray):
        def tobytes(self, *_: Any) -> bytes:  # type: ignore[override]
            raise AssertionError("never called")

        def __array_finalize__(self, _: Any) -> None:
            pass

    class Number(float):
        def __float__(self) -> float:
            raise AssertionError("never called")

    assert same(there_and_back(np.ones(3).view(Liar)), np.ones(3))
    assert same(there_and_back(np.array([[1.0, 2.0]]).view(np.matrix)), np.array([[1.0, 2.0]]))
    assert same(there_and_back(Number(-0.0)), -0.0)


def test_decoded_arrays_can_be_written_and_are_fresh() -> None:
    """Two readings of one frame share no memory."""
    raw = b"".join(encode([np.ones(3)]))
    first, second = decode(raw)[0], decode(raw)[0]
    first[:] = 7
    assert second.tolist() == [1, 1, 1]
    assert first.flags.aligned and first.flags.owndata


def test_recipes_are_made_by_the_other_side() -> None:
    """A recipe arrives as what `make` returns for it."""
    made = there_and_back((Recipe("seeded", {"seed": 4}),), make=lambda kind, fields: (kind, fields["seed"]))
    assert made == (("seeded", 4),)


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64, np.bool_])
def test_a_list_of_very_many_numpy_scalars_arrives_with_every_value(kind: type) -> None:
    sent = list((np.arange(100_000) / 7).astype(kind))
    arrived = there_and_back(sent)
    assert type(arrived[0]) is kind
    assert np.array_equal(np.asarray(arrived, dtype=kind), np.asarray(sent))
