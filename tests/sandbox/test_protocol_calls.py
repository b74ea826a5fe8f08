"""The arguments of calls arrive as `protocol.py` would carry them, and no call shares one with another."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_protocol import keys, same, values

from autograder.sandbox.protocol import ProtocolFault, Recipe, decode, encode
from autograder.sandbox.protocol_calls import pickle_calls, unpickle_calls

arguments = st.tuples(st.lists(values, max_size=3).map(tuple), st.dictionaries(keys, values, max_size=2))


def refuse(kind: str, fields: dict[str, Any]) -> object:
    """No recipe is among these."""
    raise AssertionError(kind)


@given(st.lists(arguments, max_size=3))
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_calls_arrive_as_they_would_be_spelled(calls: list[Any]) -> None:
    assert same(unpickle_calls(pickle_calls(calls), refuse), decode(b"".join(encode(calls))))


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((0, 3)),
        np.arange(6.0).reshape(2, 3).T,
        np.array(["a", "bc"]),
        np.array(2.5),
        np.ones(2, ">f8"),
    ],
)
def test_an_array_owns_its_memory_and_can_be_written(array: np.ndarray) -> None:
    [((first,), _), ((second,), _)] = unpickle_calls(pickle_calls([((array,), {})] * 2), refuse)
    assert type(first) is np.ndarray
    assert first.tobytes() == np.asarray(array).tobytes()
    first[...] = first
    assert first.flags.c_contiguous
    assert first is not second
    assert not np.shares_memory(first, second)


def test_recipes_are_made_where_they_are_read() -> None:
    """Also those that stand in a list, with what they are made from."""
    recipe = Recipe("given", {"name": "f", "values": {"H": np.eye(2)}})
    made: list[Any] = []

    def make(kind: str, fields: dict[str, Any]) -> object:
        made.append((kind, fields))
        return len(made)

    [(args, kwargs)] = unpickle_calls(pickle_calls([((recipe, [recipe]), {"g": recipe})]), make)
    assert (args, kwargs) == ((1, [2]), {"g": 3})
    assert all(kind == "given" and np.array_equal(fields["values"]["H"], np.eye(2)) for kind, fields in made)


def test_what_is_too_large_for_a_frame_is_refused_before_it_is_sent() -> None:
    with pytest.raises(ProtocolFault, match="64 MB"):
        pickle_calls([((np.zeros(9 << 20),), {})])
