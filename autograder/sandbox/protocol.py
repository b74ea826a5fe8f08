"""The wire between the grader and student code: data only, nothing that can run, every size bounded.

A frame is `u32 header_len, u16 nbuf, u64 sizes[nbuf]` (little endian), a JSON header, then the raw buffers.
The header spells one value. None, booleans, numbers and strings are themselves; all else is a list that
begins with a tag:

    ["l", ...] list              ["c", re, im]         complex
    ["t", ...] tuple             ["a", dtype, shape]   array: the next buffer
    ["d", [key, value], ...]     ["n", dtype]          numpy scalar: the next buffer, unless there are many
    ["s", hex] string that is not proper Unicode       ["i", hex] integer beyond 64 bits
    ["o", name] something that is not data             ["m", kind, fields] to be made by the other side

Whatever breaks a rule raises ProtocolFault and nothing else.
"""

import json
import re
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

MAX_HEADER = 4 << 20
MAX_BYTES = 64 << 20
MAX_DEPTH = 64
MAX_KEYS = 4096
MAX_INT_BITS = 4096
MAX_DIMENSIONS = 32
_PREFIX = struct.Struct("<IH")
_DTYPE = re.compile(r"[<>|=](b1|[iu][1248]|f[248]|f16|c8|c16|c32|[US]\d{1,6})")
_DTYPES = {name: np.dtype(name) for name in ("<f8", "<f4", "<i8", "<i4", "|b1", "|u1", "<c16")}
_PLAIN = frozenset((type(None), bool, float))
"""Types whose values are spelled as they are."""
_AS_IS = _PLAIN | {str}
"""Those whose spellings are read as they are."""
_SMALL = 1 << 63
_MANY_BUFFERS = 1 << 15
"""A list of a hundred thousand numpy scalars has no buffer for each: from here on they are plain numbers."""
_DOUBLE = struct.Struct("<d")
# A list that holds itself ends at MAX_DEPTH. NaN and infinity are spelled as Python's json spells them.
_JSON = json.JSONEncoder(separators=(",", ":"), check_circular=False)
_FROM_JSON = json.JSONDecoder()
_KEYS = (type(None), bool, int, float, complex, str, tuple, np.generic)


class ProtocolFault(Exception):  # noqa: N818 - the other side's fault, the word its callers use
    """What arrived is no frame of ours, or what should be sent does not fit in one."""


class DoesNotFit(ProtocolFault):
    """What should be sent is data, and more than fits in a frame."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Stands for something that is not data."""

    type_name: str


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """Something the other side is to make: which kind of thing, and from what."""

    kind: str
    fields: Mapping[str, Any]


Recognise = Callable[[object], Recipe | None]
Make = Callable[[str, dict[str, Any]], object]


def encode(value: object, *, recognise: Recognise | None = None, limit: int = MAX_BYTES) -> list[bytes]:
    """The frame that carries `value`, in pieces to be sent one after the other.

    Values are read from their built-in base: methods that a subclass redefines are not called. What is not
    data becomes a Recipe if `recognise` knows it, else Placeholder.
    """
    writer = _Writer(recognise, limit)
    try:
        header = _JSON.encode(writer.node(value, 0)).encode("ascii")
    except (RecursionError, ValueError, TypeError, OverflowError, MemoryError) as error:
        raise ProtocolFault(f"cannot be sent: {error}") from error
    if len(header) > MAX_HEADER:
        raise DoesNotFit(f"more than {MAX_HEADER} bytes of values")
    buffers = writer.buffers
    if not buffers:
        return [_PREFIX.pack(len(header), 0) + header]
    if len(buffers) > 0xFFFF:
        raise DoesNotFit("more than 65535 arrays")
    sizes = struct.pack(f"<IH{len(buffers)}Q", len(header), len(buffers), *map(len, buffers))
    return [sizes + header, *buffers]


class _Writer:
    """Turns values into nodes of the header, and their arrays into buffers."""

    __slots__ = ("buffers", "keys", "limit", "recognise", "total")

    def __init__(self, recognise: Recognise | None, limit: int) -> None:
        self.buffers: list[bytes] = []
        self.recognise = recognise
        self.limit = limit
        self.total = 0
        self.keys = 0

    def node(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is int:
            return _int_node(value)
        if kind is str:
            return _str_node(value)
        if depth >= MAX_DEPTH:
            raise ProtocolFault(f"nested deeper than {MAX_DEPTH}")
        spell = _SPELLERS.get(kind)  # by its very type: most values are of few
        return self._derived(value, depth) if spell is None else spell(self, value, depth)

    def _derived(self, value: Any, depth: int) -> Any:
        """A value of another type, by the first of these that it derives from."""
        for kind, spell in _SPELLERS.items():
            if isinstance(value, kind):
                return spell(self, value, depth)
        if isinstance(value, complex):
            whole = complex.__pos__(value)
            return ["c", whole.real, whole.imag]
        if isinstance(value, float):
            return float.__pos__(value)
        if isinstance(value, int):
            return _int_node(int.__pos__(value))
        if isinstance(value, str):
            return _str_node(str.__str__(value))
        return self._other(value, depth + 1)

    def _list(self, value: list[Any], depth: int) -> Any:
        return self._items("l", list.__iter__(value), depth + 1)

    def _tuple(self, value: tuple[Any, ...], depth: int) -> Any:
        return self._items("t", tuple.__iter__(value), depth + 1)

    def _items(self, tag: str, values: Iterable[Any], depth: int) -> list[Any]:
        """Most items are spelled as they are: told at a glance, without a call for each."""
        node = self.node
        return [
            tag,
            *[
                value
                if (kind := type(value)) in _PLAIN
                or (kind is str and value.isascii())
                or (kind is int and -_SMALL <= value < _SMALL)
                else node(value, depth)
                for value in values
            ],
        ]

    def _other(self, value: Any, depth: int) -> Any:
        if isinstance(value, Placeholder):
            return ["o", _str_node(value.type_name[:200])]
        recipe = value if isinstance(value, Recipe) else None
        if recipe is None and self.recognise is not None:
            recipe = self.recognise(value)
        if recipe is not None:
            fields = self.node(dict(recipe.fields), depth)
            return ["m", recipe.kind, fields]
        return ["o", _str_node(type(value).__name__[:200])]

    def _dict(self, value: dict[Any, Any], depth: int) -> Any:
        self.keys += dict.__len__(value)  # as they are counted where they are read
        if self.keys > MAX_KEYS:
            raise ProtocolFault(f"more than {MAX_KEYS} keys of dictionaries")
        node, deeper = self.node, depth + 1
        pairs = [[node(key, deeper), node(item, deeper)] for key, item in dict.items(value)]
        # A key that is no data might be no key where it is read.
        if any(type(key) is list and key[0] in "om" for key, _ in pairs):
            return ["o", "dict"]
        return ["d", *pairs]

    def _array(self, array: np.ndarray, _depth: int) -> Any:
        if type(array) is not np.ndarray:
            array = np.ndarray.view(array, np.ndarray)
        name = array.dtype.str
        if name not in _DTYPES and (array.dtype.hasobject or not _DTYPE.fullmatch(name)):
            return ["o", _str_node(f"array of {array.dtype}"[:200])]
        self._take(array.nbytes)
        self.buffers.append(array.tobytes())  # in C order, however it lies in memory
        return ["a", name, *array.shape]

    def _scalar(self, value: np.generic, depth: int) -> Any:
        plain = np.asarray(value)
        name = plain.dtype.str
        if (name not in _DTYPES and not _DTYPE.fullmatch(name)) or plain.shape:
            return ["o", _str_node(type(value).__name__[:200])]
        if len(self.buffers) >= _MANY_BUFFERS and plain.dtype.kind in "biuf" and plain.itemsize <= 8:
            return self.node(plain.item(), depth)
        self._take(plain.nbytes)
        self.buffers.append(plain.tobytes())
        return ["n", name]

    def _double(self, value: np.float64, depth: int) -> Any:
        if type(value) is not np.float64 or len(self.buffers) >= _MANY_BUFFERS:
            return self._scalar(value, depth)
        self._take(8)
        self.buffers.append(_DOUBLE.pack(value))
        return ["n", "<f8"]

    def _take(self, count: int) -> None:
        self.total += count
        if self.total > self.limit:
            raise DoesNotFit(f"more than {self.limit >> 20} MB of arrays")


_SPELLERS: dict[type, Callable[[_Writer, Any, int], Any]] = {
    np.ndarray: _Writer._array,
    np.float64: _Writer._double,  # before float, from which it derives too
    np.generic: _Writer._scalar,
    list: _Writer._list,
    tuple: _Writer._tuple,
    dict: _Writer._dict,
}


def _int_node(value: int) -> Any:
    if -_SMALL <= value < _SMALL:
        return value
    if value.bit_length() > MAX_INT_BITS:
        return ["o", "int"]
    return ["i", hex(value)]


def _str_node(text: str) -> Any:
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return ["s", text.encode("utf-8", "surrogatepass").hex()]
    return text


def frame_size(start: bytes | bytearray | memoryview, *, limit: int = MAX_BYTES) -> int | None:
    """The whole length of the frame that begins so, or None until enough of it is there."""
    found = _measure(start, limit)
    return None if found is None else found[0]


def take_frame(pending: bytearray) -> bytearray | None:
    """The frame that these bytes begin with, which is taken off them; None until all of it is there."""
    size = frame_size(pending) if pending else None
    if size is None or len(pending) < size:
        return None
    frame = pending[:size]
    del pending[:size]
    return frame


def _measure(start: bytes | bytearray | memoryview, limit: int) -> tuple[int, int, tuple[int, ...]] | None:
    """The whole length of a frame, where its header begins, and the sizes of its buffers."""
    if len(start) < _PREFIX.size:
        return None
    # Refused by what it announces: nothing is set aside for a frame that is too large.
    header, count = _PREFIX.unpack_from(start)
    if header > MAX_HEADER:
        raise ProtocolFault(f"a header of {header} bytes")
    if not count:
        return _PREFIX.size + header, _PREFIX.size, ()
    body = _PREFIX.size + 8 * count
    if len(start) < body:
        return None
    sizes = struct.unpack_from(f"<{count}Q", start, _PREFIX.size)
    total = sum(sizes)
    if total > limit:
        raise ProtocolFault(f"{total} bytes of arrays")
    return body + header + total, body, sizes


def decode(
    frame: bytes | bytearray | memoryview,
    *,
    make: Make | None = None,
    opaque: Callable[[str], object] = Placeholder,
    limit: int = MAX_BYTES,
) -> Any:
    """The value one whole frame carries; arrays own their memory and can be written.

    `make` turns recipes into things; without it a recipe is a fault.
    """
    view = memoryview(frame)
    found = _measure(view, limit)
    if found is None or found[0] != len(view):
        raise ProtocolFault("a frame of another length than it says")
    whole, at, sizes = found
    end = whole - sum(sizes)
    reader = _Reader(view[end:], sizes, make, opaque)
    try:
        # Strictly ASCII: given bytes, json would guess among the encodings of Unicode.
        value = reader.value(_parse(str(view[at:end], "ascii")), 0)
    except ProtocolFault:
        raise
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError, MemoryError) as error:
        raise ProtocolFault(f"not a value: {type(error).__name__}") from error
    if reader.used != len(sizes):
        raise ProtocolFault("buffers that nothing refers to")
    return value


def _parse(header: str) -> Any:
    node, end = _FROM_JSON.raw_decode(header)
    if end != len(header):
        raise ProtocolFault("a header that does not end where it should")
    return node


class _Reader:
    """Turns nodes of the header back into values, checking everything the other side claims."""

    __slots__ = ("at", "data", "keys", "make", "opaque", "sizes", "used")

    def __init__(
        self,
        data: memoryview,
        sizes: tuple[int, ...],
        make: Make | None,
        opaque: Callable[[str], object],
    ) -> None:
        self.data = data
        self.sizes = sizes
        self.used = 0
        self.at = 0
        self.keys = 0
        self.make = make
        self.opaque = opaque

    def value(self, node: Any, depth: int) -> Any:
        if type(node) is not list:
            if type(node) is dict or (type(node) is int and not -_SMALL <= node < _SMALL):
                raise ProtocolFault("a value that is spelled wrongly")
            return node
        if depth >= MAX_DEPTH:
            raise ProtocolFault(f"nested deeper than {MAX_DEPTH}")
        tag, deeper = node[0], depth + 1
        if tag == "a":
            return self._array(node[1], node[2:])
        if tag == "l" or tag == "t":
            value = self.value
            items = [  # most items are what they are: told at a glance, without a call for each
                item
                if (kind := type(item)) in _AS_IS or (kind is int and -_SMALL <= item < _SMALL)
                else value(item, deeper)
                for item in islice(node, 1, None)
            ]
            return items if tag == "l" else tuple(items)
        if tag == "n":
            return self._double() if node[1] == "<f8" else self._array(node[1], [])[()]
        if tag == "d":
            return self._dict(node[1:], deeper)
        if tag == "m":
            return self._made(node, deeper)
        return self._plain(tag, node)

    def _double(self) -> np.float64:
        if self.sizes[self.used] != 8:
            raise ProtocolFault("a number of another size than its type")
        [number] = _DOUBLE.unpack_from(self.data, self.at)
        self.used += 1
        self.at += 8
        return np.float64(number)

    def _plain(self, tag: Any, node: list[Any]) -> Any:
        if tag == "c":
            _, real, imaginary = node
            if type(real) is not float or type(imaginary) is not float:
                raise ProtocolFault("a complex number of other things than floats")
            return complex(real, imaginary)
        _, text = node
        if tag == "o":
            name = self.value(text, MAX_DEPTH - 1)
            return self.opaque(_text(name, 200))
        if tag == "s":
            return bytes.fromhex(_text(text, MAX_HEADER)).decode("utf-8", "surrogatepass")
        if tag == "i":
            return int(_text(text, MAX_INT_BITS // 4 + 8), 16)
        raise ProtocolFault("a tag that does not exist")

    def _dict(self, pairs: list[Any], depth: int) -> dict[Any, Any]:
        self.keys += len(pairs)  # keys can be chosen to collide: few of them cost little
        if self.keys > MAX_KEYS:
            raise ProtocolFault(f"more than {MAX_KEYS} keys")
        found: dict[Any, Any] = {}
        for key_node, node in pairs:
            key = self.value(key_node, depth)
            if not isinstance(key, _KEYS):
                raise ProtocolFault("a key that cannot be one")
            found[key] = self.value(node, depth)
        return found

    def _made(self, node: list[Any], depth: int) -> object:
        _, kind, fields_node = node
        fields = self.value(fields_node, depth)
        if self.make is None or type(fields) is not dict:
            raise ProtocolFault("a recipe where none is expected")
        return self.make(_text(kind, 40), fields)

    def _array(self, name: Any, shape: list[Any]) -> Any:
        dtype = _DTYPES.get(name) or _dtype(name)
        if len(shape) > MAX_DIMENSIONS:
            raise ProtocolFault("an array of too many dimensions")
        count = 1
        for length in shape:
            # Exactly an int: True is no length. Python's own do not overflow in the product.
            if type(length) is not int or not 0 <= length < 1 << 40:
                raise ProtocolFault("an array of impossible shape")
            count *= length
        size = self.sizes[self.used]
        if count * dtype.itemsize != size:
            raise ProtocolFault("an array of another size than its shape")
        start = self.at
        self.used += 1
        self.at += size
        if not size:
            return np.zeros(shape, dtype)
        if dtype.kind in "bU":
            _check_items(self.data[start : self.at], dtype)
        # Copied: aligned, writable, and the frame of the student's can go.
        return np.ndarray(shape, dtype, self.data, start).copy()


def _check_items(raw: memoryview, dtype: np.dtype[Any]) -> None:
    """Refuse bits that no honest array of this type holds: a bool that is 7, a character beyond Unicode."""
    if dtype.kind == "b":
        if np.frombuffer(raw, "u1").max() > 1:
            raise ProtocolFault("a boolean that is neither true nor false")
    else:
        units = np.frombuffer(raw, np.dtype("u4").newbyteorder(dtype.byteorder))
        if units.max() > 0x10FFFF:
            raise ProtocolFault("a character that does not exist")


def _dtype(name: Any) -> np.dtype[Any]:
    """The type of an array's items, if it is one of numbers or text."""
    # Before numpy reads it, whose own parser knows records, pointers and objects.
    if not _DTYPE.fullmatch(_text(name, 12)):
        raise ProtocolFault("an array that is no array of numbers or text")
    found: np.dtype[Any] = np.dtype(name)
    return found


def _text(value: Any, most: int) -> str:
    if type(value) is not str or len(value) > most:
        raise ProtocolFault("text expected")
    return value
