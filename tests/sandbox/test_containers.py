"""Right numbers in another container are right numbers; text never is."""

import array
from collections import OrderedDict, UserList, deque, namedtuple
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from scipy import sparse

from autograder.sandbox.worker.containers import make_plain

Pair = namedtuple("Pair", "loss gradient")


class Vector:
    """As a student writes it: a length, and items by number."""

    def __init__(self, items):
        self.items = items

    def __len__(self):
        return len(self.items)

    def __getitem__(self, k):
        return self.items[k]


class Eager:
    """A tensor that has nothing but `numpy()`."""

    def __init__(self, values):
        self.values = values

    def numpy(self):
        return np.array(self.values)


class Tensor:
    """As torch has it: no array while it remembers its gradient."""

    def __init__(self, values, remembers=True):
        self.values, self.remembers = values, remembers

    def detach(self):
        return Tensor(self.values, remembers=False)

    def cpu(self):
        return self

    def __array__(self, dtype=None, copy=None):
        if self.remembers:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        return np.array(self.values)


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        (np.array([1.0, 2], dtype=object), np.array([1.0, 2.0])),
        (np.array([[True, False]], dtype=object), np.array([[True, False]])),
        (np.array([1, 2], dtype=object), np.array([1, 2])),
        (np.array([Fraction(1, 2), Decimal("0.25")], dtype=object), np.array([0.5, 0.25])),
        (Fraction(1, 4), 0.25),
        (Decimal("0.5"), 0.5),
        (np.array("monotone"), "monotone"),
        (np.array(3.0, dtype=object), 3.0),
        (np.array(None, dtype=object), None),
        (Tensor([1.0, 2.0]), np.array([1.0, 2.0])),
        (range(3), np.arange(3)),
        (deque([1.0, 2.0]), np.array([1.0, 2.0])),
        (array.array("d", [1.0]), np.array([1.0])),
        (memoryview(array.array("d", [1.0])), np.array([1.0])),
        (UserList([1.0, Fraction(1, 2)]), np.array([1.0, 0.5])),
        ({"a": 1.0, "b": 2.0}.values(), np.array([1.0, 2.0])),
        (Vector([1.0, 2.0]), np.array([1.0, 2.0])),
        (Eager([1.0, 2.0]), np.array([1.0, 2.0])),
        (sparse.csr_matrix(np.eye(2)), np.eye(2)),
        (sparse.coo_array(np.eye(2)), np.eye(2)),
    ],
)
def test_numbers_are_made_plain(given, plain):
    made = make_plain(given)
    assert type(made) is type(plain)
    np.testing.assert_array_equal(made, plain)
    assert getattr(made, "dtype", None) == getattr(plain, "dtype", None)


def test_each_item_of_a_pair_is_made_plain():
    loss, gradient = make_plain((Fraction(1, 2), np.array([1.0], dtype=object)))
    assert (loss, gradient.dtype) == (0.5, np.dtype(float))
    assert make_plain({"w": Decimal(1)}) == {"w": 1.0}
    assert make_plain(OrderedDict(w=[Fraction(1)])) == {"w": [1.0]}
    assert make_plain(Pair(Fraction(1), [Fraction(2)])) == (1.0, [2.0])


@pytest.mark.parametrize("second", [[1.0, 2.0], Fraction(1, 2), deque([1.0])])
def test_a_pair_in_another_container_is_a_pair(second):
    held = np.empty(2, dtype=object)
    held[0], held[1] = 3.0, np.asarray(make_plain(second))
    for pair in (held, Vector([3.0, np.asarray(make_plain(second))]), UserList([3.0, held[1]])):
        loss, gradient = make_plain(pair)
        assert loss == 3.0
        np.testing.assert_array_equal(gradient, held[1])


def test_a_pair_of_arrays_of_two_lengths_is_a_pair():
    held = np.empty(2, dtype=object)
    held[:] = [np.ones(2), np.ones(3)]
    assert [len(part) for part in make_plain(held)] == [2, 3]


def test_arrays_of_arrays_are_stacked():
    rows = np.empty(2, dtype=object)
    rows[:] = [np.ones(3), [1, 2, 3]]
    assert make_plain(rows).shape == (2, 3)


def test_a_series_and_a_frame_are_arrays():
    pandas = pytest.importorskip("pandas")
    assert make_plain(pandas.Series([1.0, 2.0])).tolist() == [1.0, 2.0]
    assert make_plain(pandas.DataFrame({"a": [1, 2], "b": [0.5, 1]})).shape == (2, 2)
    assert make_plain(pandas.Series([1.0, 2.0], dtype=object)).dtype == float


@pytest.mark.parametrize(
    "given",
    [
        "1.0",
        b"1.0",
        np.array(["1.0"]),
        np.array(["1.0", 2], dtype=object),
        ["1.0"],
        object(),
        {1.0, 2.0},
        (k for k in ()),
        np.array([[1, 2], [3]], dtype=object),
    ],
)
def test_what_holds_no_numbers_stays_as_it_is(given):
    assert make_plain(given) is given


def test_an_object_that_fails_is_sent_as_what_it_is():
    class Hostile:
        def __array__(self, *_):
            raise SystemError

        def __float__(self):
            raise SystemError

    hostile = Hostile()
    assert make_plain(hostile) is hostile


def test_plain_answers_are_the_same_objects():
    for value in (1.0, np.ones(3), [1.0, 2.0], (1, [2.0]), {"a": 1}, None, np.float32(1)):
        assert make_plain(value) is value
