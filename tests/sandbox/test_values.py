"""Values of every kind arrive bit for bit where tests run, and what is none is refused."""

import collections
import datetime
import decimal
import fractions
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.sandbox.protocol import ProtocolFault, decode, encode
from autograder.sandbox.worker.peer import same_nodes
from autograder.sandbox.worker.values import Speller, read_values

Point = collections.namedtuple("Point", "x y")
FORTRAN = np.asfortranarray(np.arange(6.0).reshape(2, 3))
RECORDS = np.array([(1, 2.0)], [("a", "i4"), ("b", "f8")])


def refer(value: object) -> list[str]:
    return ["h", type(value).__name__]


def sent(value):
    nodes = decode(b"".join(encode([Speller(refer).spell(value)])))
    return read_values(nodes, lambda node: node)[0]


VALUES = [
    *(None, True, 1, 2**70, -(2**9000), 1.5, 1j, "a", "\ud800", b"q", bytearray(b"1"), ..., NotImplemented),
    *([1, [2]], (1,), {"a": 1}, {1: 2.5}, {1, 2}, frozenset([1]), range(3), slice(1, None)),
    *(
        datetime.datetime(2020, 1, 1, 12),
        datetime.date(2020, 1, 1),
        datetime.time(3),
        datetime.timedelta(3, 4, 5),
    ),
    *(
        decimal.Decimal("1.50"),
        fractions.Fraction(1, 3),
        collections.Counter("aab"),
        collections.OrderedDict(a=1),
    ),
    *(collections.defaultdict(list, {1: [2]}), collections.deque([1], maxlen=3), Point(1, [2])),
    *(
        np.float32(1),
        np.float64(0.1),
        np.int8(3),
        np.bool_(True),
        np.str_("x"),
        np.datetime64("2020-01"),
        np.longdouble(1),
    ),
    *(float, np.float64, ValueError, np.ndarray, type(None), np.dtype("f4")),
    *(
        list(range(100)),
        [0.1] * 50,
        ["a" * n for n in range(50)],
        [np.float64(n) for n in range(30)],
        [True] * 20,
    ),
    {str(n): n for n in range(9000)},
]
ARRAYS = [
    *(
        np.arange(3),
        FORTRAN,
        np.zeros((0, 3)),
        np.array(3.5),
        np.array(["a", "bcd"]),
        np.arange(2).reshape(1, 2).view(np.matrix),
    ),
    *(
        np.array([1, "a", None], object),
        np.array(["2020", "NaT"], "M8[D]"),
        RECORDS,
        RECORDS.view(np.recarray),
    ),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:40])
def test_a_value_arrives_as_it_was(value) -> None:
    arrived = sent(value)
    assert arrived == value and repr(arrived) == repr(value)
    assert type(arrived) is type(value) or type(value) is Point


@pytest.mark.parametrize("value", ARRAYS, ids=lambda value: f"{type(value).__name__} {value.dtype}")
def test_an_array_arrives_with_its_type_and_the_order_of_its_memory(value) -> None:
    arrived = sent(value)
    assert (type(arrived), arrived.dtype, arrived.shape) == (type(value), value.dtype, value.shape)
    assert arrived.flags.f_contiguous == value.flags.f_contiguous
    assert repr(arrived) == repr(value)


def test_what_occurs_twice_is_one_thing_again() -> None:
    array, own = np.ones(2), []
    own.append(own)
    arrived = sent([array, array, {"k": array}])
    assert arrived[0] is arrived[1] is arrived[2]["k"]
    again = sent(own)
    assert again[0] is again
    assert sent(np.nan) is np.nan and sent(math.nan) is math.nan


def test_tables_of_pandas_arrive_as_they_were() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(
        {
            "a": [1, 2],
            "b": ["x", None],
            "c": [1.5, np.nan],
            "d": pd.to_datetime(["2020-01-01", "2020-01-02"]),
            "e": pd.Categorical(["u", "v"], ordered=True),
            "f": pd.array([1, None], dtype="Int64"),
            "g": np.array([[1], "x"], object),
        },
        index=pd.date_range("2020", periods=2, freq="D", name="day"),
    )
    pd.testing.assert_frame_equal(sent(frame), frame)
    for name in frame.columns:
        pd.testing.assert_series_equal(sent(frame[name]), frame[name])
    several = pd.MultiIndex.from_tuples([(1, "a"), (2, "b")], names=["q", None])
    pd.testing.assert_index_equal(sent(several), several)
    for value in (
        pd.Timestamp("2020-01-01"),
        pd.Timedelta("1s"),
        pd.DataFrame(),
        pd.Index([]),
        pd.Series([], dtype=float),
    ):
        assert repr(sent(value)) == repr(value)
    assert sent(pd.NA) is pd.NA and sent(pd.NaT) is pd.NaT


def test_tables_that_share_an_index_arrive_together() -> None:
    """Of several values each is met again by its number: no part of a table may take one too many."""
    pd = pytest.importorskip("pandas")
    table = pd.DataFrame(np.arange(12.0).reshape(4, 3), columns=["a", "b", "c"])
    first, rest, masked = table.iloc[:3] * 2, table.iloc[3:] * 2, np.ma.MaskedArray([1.0, 2.0], [True, False])
    series, shared = table["a"], [1]
    values = [first, rest, first, series, series, masked, masked, shared, rest, {"k": shared}]
    arrived = sent(values)
    for here, there in zip(values[:5], arrived[:5], strict=True):
        assert type(here) is type(there) and here.equals(there)
    assert arrived[2] is arrived[0] and arrived[8] is arrived[1] and arrived[4] is arrived[3]
    assert arrived[6] is arrived[5] and arrived[5].mask.tolist() == [True, False]
    assert arrived[7] == [1] and arrived[9]["k"] is arrived[7]


def test_objects_of_a_students_class_are_referred_to() -> None:
    class Liar(float):
        def __eq__(self, other):
            return True

        __hash__ = float.__hash__

    class Tuple(Point):
        def __eq__(self, other):
            return True

        __hash__ = Point.__hash__

    assert sent(Liar(1)) == ["h", "Liar"]
    assert sent(Tuple(1, 2)) == ["h", "Tuple"]
    assert sent(np.zeros(2).view(type("A", (np.ndarray,), {}))) == ["h", "A"]
    assert sent(Liar) == ["h", "type"]


@pytest.mark.parametrize(
    "node",
    [
        *(
            ["=", 3],
            ["l", 3],
            ["d", [1], []],
            ["D", "dict", [], []],
            ["nt", "a b", ["x"], [1]],
            ["T", "os.system"],
        ),
        *(["dt", "O"], ["dt", ["a"]], ["no", [3], [1]], ["b", "x"], ["ns", [[], 0], [1], "x"], ["dec", "x"]),
        *(
            ["sp", "spam", 1, 2, 3, [1, 1]],
            ["dat", "datetime", "x", 0],
            ["dat", "system", "x", 0],
            ["fr", 1, 0],
            [],
        ),
        ("f", [1.0]),
    ],
    ids=repr,
)
def test_what_is_no_value_is_a_fault(node) -> None:
    def refuse(node):
        raise ProtocolFault("no kind")

    if type(node) is tuple:
        node = ["l", node]
    with pytest.raises(ProtocolFault):
        read_values([node], refuse)


@given(
    hnp.arrays(st.sampled_from([np.float64, np.int32, np.complex128, np.bool_]), hnp.array_shapes(max_side=4))
)
def test_any_array_arrives_bit_for_bit(array) -> None:
    assert same_nodes(sent(array), array)
    assert same_nodes(sent(array.T), array.T)
