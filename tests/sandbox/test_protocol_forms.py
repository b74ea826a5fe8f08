"""Frames whose beginning is kept: the same bytes, the same values, the same refusals."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from autograder.sandbox.messages import (
    TO_GRADER,
    TO_PROCESS,
    AskOracle,
    OracleValue,
    decode_message,
    encode_message,
)
from autograder.sandbox.protocol import ProtocolFault, decode, encode

DOUBLES = st.floats(width=64)
NUMBERS = arrays(np.float64, array_shapes(max_dims=3, max_side=3), elements=DOUBLES) | DOUBLES.map(np.float64)
OTHERS = (
    st.floats() | st.integers() | st.text() | arrays(np.float32, 2) | arrays(np.float64, (0, 2)) | st.none()
)
ARGUMENTS = st.lists(NUMBERS | OTHERS, max_size=3).map(tuple)


def in_bytes(value: object) -> bytes:
    """A value with the type and the bits of every number in it."""
    return b"".join(encode(value))


@given(st.lists(ARGUMENTS, min_size=1, max_size=6), st.sampled_from([0, 1, "f", "=f"]))
def test_questions_are_spelled_and_read_as_if_nothing_were_kept(asked, slot):
    """Byte for byte and bit for bit, whatever was asked before; what is read owns its memory."""
    for args in asked:
        for _ in range(2):  # the second time from what is kept
            frame = b"".join(encode_message(AskOracle(slot, args, {})))
            assert frame == in_bytes(["ask", slot, args, {}])
            read = decode_message(frame, TO_GRADER)
            assert in_bytes(["ask", read.slot, read.args, read.kwargs]) == in_bytes(decode(frame))
            assert all(
                one.flags.owndata and one.flags.writeable for one in read.args if type(one) is np.ndarray
            )


@given(st.lists(NUMBERS | OTHERS, min_size=1, max_size=6))
def test_values_are_spelled_and_read_as_if_nothing_were_kept(values):
    """The same of what an oracle returns."""
    for value in values:
        for _ in range(2):
            frame = b"".join(encode_message(OracleValue(value)))
            assert frame == in_bytes(["told", value])
            assert in_bytes(decode_message(frame, TO_PROCESS).value) == in_bytes(value)


def test_a_frame_that_begins_as_another_and_has_another_length_is_refused():
    """A known beginning says how long the whole is; too little or too much of it is no frame."""
    frame = b"".join(encode_message(AskOracle(0, (np.ones(3),), {})))
    assert decode_message(frame, TO_GRADER).args[0].sum() == 3
    for other in (frame[:-1], frame[:-8], frame + b"x", frame + bytes(8)):
        with pytest.raises(ProtocolFault):
            decode_message(other, TO_GRADER)


def test_another_spelling_of_the_same_numbers_is_read_by_its_own_header():
    """Bytes in another order, and spaces in the header, mean what they say however often they come."""
    header = b'["l", "ask", 0, ["t", ["n", ">f8"]], ["d"]]'
    start = struct.pack("<IHQ", len(header), 1, 8) + header
    for number in (1.5, -2.0, 1e300):
        assert decode_message(start + struct.pack(">d", number), TO_GRADER).args == (number,)


def test_more_forms_than_are_kept_are_read_all_the_same():
    """Whoever asks in ever new forms has them spelled anew, and nothing else happens."""
    for size in [*range(1, 400), 3, 7, 100_000, 100_000]:  # the last are too large to be kept
        frame = b"".join(encode_message(AskOracle(0, (np.full(size, 2.0),), {})))
        assert decode_message(frame, TO_GRADER).args[0].sum() == 2 * size


def test_what_is_kept_for_one_direction_is_no_message_of_the_other():
    """A value is never taken for a question."""
    frame = b"".join(encode_message(OracleValue(np.ones(2))))
    assert decode_message(frame, TO_PROCESS).value.sum() == 2
    with pytest.raises(ProtocolFault):
        decode_message(frame, TO_GRADER)
