"""Every message arrives as it was sent, and whatever else arrives is a fault of the protocol."""

import re
from contextlib import suppress
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
import pytest
from drawn import drawn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.sandbox import messages
from autograder.sandbox.messages import (
    FROM_SERVER,
    TO_GRADER,
    TO_PROCESS,
    TO_SERVER,
    AskOracle,
    BatchAnswers,
    CallAnswer,
    CellDone,
    Forms,
    decode_message,
    encode_message,
)
from autograder.sandbox.protocol import ProtocolFault, encode

DIRECTIONS = {
    "Grader to process (`TO_PROCESS`)": TO_PROCESS,
    "Process to grader (`TO_GRADER`)": TO_GRADER,
    "Grader to fork server (`TO_SERVER`)": TO_SERVER,
    "Fork server to grader (`FROM_SERVER`)": FROM_SERVER,
}


def classes_of(direction: Forms) -> list[type]:
    """The classes of the messages of a direction, in the order in which the module lists them."""
    return [form.kind for form in direction.values()]


ALL = [(direction, kind) for direction in DIRECTIONS.values() for kind in classes_of(direction)]
words = st.text(max_size=4)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | words,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(words, inner, max_size=3)
        | st.just(np.ones(3))
    ),
    max_leaves=8,
)


def fitting(hint: Any) -> st.SearchStrategy[Any]:
    """Values of an annotation."""
    origin, parts = get_origin(hint), get_args(hint)
    if hint is Any:
        return values
    if isinstance(hint, UnionType):
        return st.one_of([st.none() if part is type(None) else fitting(part) for part in parts])
    if origin is Literal:
        return st.sampled_from(parts)
    if origin is list:
        return st.lists(fitting(parts[0]), max_size=3)
    if origin is dict:
        return st.dictionaries(fitting(parts[0]), fitting(parts[1]), max_size=3)
    if origin is tuple and parts[-1] is Ellipsis:
        return st.lists(fitting(parts[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(fitting, parts))
    if is_dataclass(hint) or hasattr(hint, "_fields"):
        return st.builds(hint, **{name: fitting(part) for name, part in get_type_hints(hint).items()})
    plain = {
        int: st.integers(-(2**63), 2**63 - 1),
        str: words,
        bool: st.booleans(),
        float: st.floats(allow_nan=False),
        np.ndarray: st.binary(max_size=9).map(lambda raw: np.frombuffer(raw, np.uint8)),
        tuple: st.lists(values, max_size=3).map(tuple),
        dict: st.dictionaries(words, values, max_size=3),
    }
    return plain[hint]


def same(left: Any, right: Any) -> bool:
    """Equal in type and value, arrays item by item."""
    if type(left) is not type(right):
        return False
    if isinstance(left, np.ndarray):
        return left.dtype == right.dtype and np.array_equal(left, right)
    if is_dataclass(left):
        return all(same(getattr(left, part.name), getattr(right, part.name)) for part in fields(left))
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return same(list(left.items()), list(right.items()))
    return bool(left == right)


def sent(message: object) -> bytes:
    return b"".join(encode_message(message))


@pytest.mark.parametrize(("direction", "kind"), ALL, ids=lambda it: getattr(it, "__name__", ""))
def test_every_message_arrives_as_it_was(direction: Forms, kind: type) -> None:
    """With whatever its annotations allow; in no other direction is it a message."""

    @given(fitting(kind))
    @settings(max_examples=drawn(40), deadline=None, suppress_health_check=list(HealthCheck))
    def check(message: object) -> None:
        assert same(decode_message(sent(message), direction), message)
        for other in DIRECTIONS.values():
            if other is not direction:
                with suppress(ProtocolFault):  # one word means two things: an example, and how one went
                    assert type(decode_message(sent(message), other)) is not kind

    check()


@given(st.sampled_from(list(DIRECTIONS.values())), values)
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_any_value_is_a_message_or_a_fault(direction: Forms, value: Any) -> None:
    """Also one that begins with a word of ours."""
    for word in (None, *direction):
        node = value if word is None else [word, *value] if isinstance(value, list) else [word, value]
        try:
            message = decode_message(b"".join(encode(node)), direction)
        except ProtocolFault:
            continue
        assert type(message) in classes_of(direction)
        for name, hint in get_type_hints(type(message)).items():
            if hint is not Any and get_origin(hint) not in (UnionType, Literal):
                assert type(getattr(message, name)) is (get_origin(hint) or hint)


@pytest.mark.parametrize(
    "node",
    [
        None,
        [],
        [3],
        ["told", 1.0],
        ["answers"],
        ["answers", [], 1],
        ["answers", ()],
        ["answers", [[0, "returned", "", "", [], 1.0, 2.0]]],
        ["answers", [[True, "returned", "", "", [], 1.0]]],
        ["answers", [[0, "right", "", "", [], 1.0]]],
        ["answers", [[0, "returned", "", "", [1.0], 1.0]]],
        ["ask", None, (), {}],
        ["ask", 0, [], {}],
        ["ask", 0, (), {1: 2}],
        ["changed", [None]],
        ["cell", 0, {"unknown": 1}],
        ["cell", 0, []],
        ["backed", True],
    ],
)
def test_what_is_no_message_is_refused(node: Any) -> None:
    """Unknown words, missing and superfluous fields, fields of another type."""
    with pytest.raises(ProtocolFault):
        decode_message(b"".join(encode(node)), TO_GRADER)


def test_what_is_shown_of_a_cell_counts_as_left_out_where_it_is_of_another_type() -> None:
    """The rest of the account stands."""
    node = ["cell", 3, {"printed": "x", "displayed": ["a", 1], "cut": 1, "figures": None}]
    assert decode_message(b"".join(encode(node)), TO_GRADER) == CellDone(3, printed="x")


def test_the_words_of_the_wire_are_few() -> None:
    """What is as usual is left out, parts of a message are lists in it."""
    assert sent(CellDone(3)) == b"".join(encode(["cell", 3, {}]))
    answer = CallAnswer(0, "returned", "", "", [], 1.5)
    assert sent(BatchAnswers([answer])) == b"".join(encode(["answers", [[0, "returned", "", "", [], 1.5]]]))
    assert sent(AskOracle(0, (1.0,), {})) == b"".join(encode(["ask", 0, (1.0,), {}]))


def test_the_list_of_messages_is_whole() -> None:
    """Each stands under its direction in the docstring of the module, and nothing else does."""
    text = messages.__doc__ or ""
    for title, direction in DIRECTIONS.items():
        section = text.partition(title)[2].split("\n\n")[1]
        listed = re.findall(r"^    (\w+)", section, re.M)
        assert [kind.__name__ for kind in classes_of(direction)] == listed, title
