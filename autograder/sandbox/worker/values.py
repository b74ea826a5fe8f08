"""Values of every kind that tests compare, as trees of what the wire carries, and back, bit for bit.

Both processes of an adopted course hold this: the one with student code, and the one that runs the
instructor's tests. Nothing is pickled towards tests, and no name that arrives is imported. What is no data is
left to `refer` where it is spelled and to `resolve` where it is read.

A list of the tree is a node with its kind in front; arrays, texts and numbers stand for themselves. Mutable
things are numbered in the order they are met, so that what occurs twice is one thing again.
"""

import collections
import datetime
import decimal
import fractions
import math
import pathlib
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from autograder.sandbox.protocol import ProtocolFault

Node = Any
Refer = Callable[[object], Node]
Resolve = Callable[[Node], object]

_DEEPEST = 40
_MANY = 16
_PLAIN_INT = 1 << 63
_LONGEST_INT = 4000
_AS_THEY_ARE = frozenset((type(None), bool, float, complex))
_NUMERIC = "biufcSU"
_DTYPE = re.compile(r"[<>|=]?(b1|[iu][1248]|f[248]|f16|c8|c16|c32|[USV]\d{1,6}|[mM]8(\[\d*[a-zA-Z]+\])?)")
_FREQUENCY = re.compile(r"[0-9A-Za-z:\-]{1,30}")
_WORD = re.compile(r"[^\W\d]\w*")
_DICTS: dict[str, type[dict[Any, Any]]] = {
    "OrderedDict": collections.OrderedDict,
    "Counter": collections.Counter,
}
_DATES: dict[str, Any] = {
    "datetime": datetime.datetime,
    "date": datetime.date,
    "time": datetime.time,
}
_PATHS: dict[str, Any] = {kind.__name__: kind for kind in (pathlib.PosixPath, pathlib.PurePosixPath)}
_BUILTIN_TYPES = (
    *(bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, range, slice),
    *(object, type, type(None), type(Ellipsis), type(NotImplemented)),
)
_OTHER_TYPES = (
    *(collections.OrderedDict, collections.Counter, collections.defaultdict, collections.deque),
    *(datetime.datetime, datetime.date, datetime.time, datetime.timedelta),
    *(decimal.Decimal, fractions.Fraction, np.ndarray, np.matrix, np.dtype),
)
SAFE_TYPES: dict[str, type] = {
    f"{one.__module__}.{one.__qualname__}": one
    for one in (
        *_BUILTIN_TYPES,
        *_OTHER_TYPES,
        *set(np.sctypeDict.values()),
        *(one for one in vars(__import__("builtins")).values() if isinstance(one, type)),
    )
    if one.__module__ != "builtins" or one in _BUILTIN_TYPES or issubclass(one, BaseException)
}
"""Classes that cross by their names: they hold data, or are built-in exceptions."""
_NAME_OF_TYPE = {one: name for name, one in SAFE_TYPES.items()}


class Speller:
    """Spells values that belong together: what occurs twice among them is spelled once."""

    def __init__(self, refer: Refer, home: str = "") -> None:
        self._refer = refer
        self._home = home
        """The folder of this process, where texts are told that name it: the other's is another."""
        self._seen: dict[int, int] = {}
        self._kept: list[object] = []
        """What was numbered: as long as it is held, no other has its id."""

    def spell(self, value: Any, depth: int = 0) -> Node:
        """The node of a value."""
        kind = type(value)
        if kind in _AS_THEY_ARE or kind is str:
            if value != value and kind is float:  # tests ask `answer is np.nan`
                return (
                    ["nan", "numpy"] if value is np.nan else ["nan", "math"] if value is math.nan else value
                )
            if self._home and kind is str and self._home in value:
                return ["at", value.split(self._home)]
            return value
        if kind is int:
            return _spell_int(value)
        if depth > _DEEPEST:
            return self._refer(value)
        step = _SPELL.get(kind)
        if step is not None:
            return step(self, value, depth + 1)
        # By its type: to ask what stands for a thing elsewhere for its class would be a question of the test.
        if issubclass(kind, np.generic):
            return _spell_scalar(value, self._refer)
        return self._other(kind, value, depth + 1)

    def _number(self, value: object) -> Node:
        """The back reference to a mutable thing, or None where it is met for the first time."""
        number = self._seen.get(id(value))
        if number is not None:
            return ["=", number]
        self._seen[id(value)] = len(self._kept)
        self._kept.append(value)
        return None

    def items(self, values: Sequence[Any], depth: int) -> Node:
        """Several nodes: a list of them, or a tuple where all are of one plain type and packed."""
        if len(values) >= _MANY and not self._home:
            packed = _pack(values)
            if packed is not None:
                return packed
        return [self.spell(value, depth) for value in values]

    def spell_list(self, value: list[Any], depth: int) -> Node:
        """A list."""
        return self._number(value) or ["l", self.items(list(value), depth)]

    def spell_tuple(self, value: tuple[Any, ...], depth: int) -> Node:
        """A tuple."""
        return ["t", self.items(value, depth)]

    def spell_dict(self, value: dict[Any, Any], depth: int) -> Node:
        """A dictionary, in its order."""
        return self._number(value) or [
            "d",
            self.items(list(value), depth),
            self.items(list(value.values()), depth),
        ]

    def spell_special_dict(self, value: dict[Any, Any], depth: int) -> Node:
        """An OrderedDict, or a Counter."""
        seen = self._number(value)
        keys, values = list(value), [value[key] for key in value]
        return seen or ["D", type(value).__name__, self.items(keys, depth), self.items(values, depth)]

    def spell_default_dict(self, value: collections.defaultdict[Any, Any], depth: int) -> Node:
        """A defaultdict with the type of what it makes, where that is one of data."""
        seen = self._number(value)
        if seen:
            return seen
        factory = value.default_factory
        name = _NAME_OF_TYPE.get(factory, "") if isinstance(factory, type) else ""
        return ["dd", name, self.items(list(value), depth), self.items(list(value.values()), depth)]

    def spell_set(self, value: set[Any], depth: int) -> Node:
        """A set."""
        return self._number(value) or ["s", self.items(list(value), depth)]

    def spell_frozenset(self, value: frozenset[Any], depth: int) -> Node:
        """A frozenset."""
        return ["f", self.items(list(value), depth)]

    def spell_deque(self, value: collections.deque[Any], depth: int) -> Node:
        """A deque."""
        return self._number(value) or ["q", self.items(list(value), depth), value.maxlen]

    def spell_array(self, value: np.ndarray, depth: int) -> Node:
        """An array, with the order of its memory: the last bit of a product may depend on it."""
        seen = self._number(value)
        if seen:
            return seen
        kind = value.dtype.kind
        if kind in _NUMERIC and _DTYPE.fullmatch(value.dtype.str):
            return _in_order(value)
        if kind in "mM":
            return ["nd", value.dtype.str, _in_order(np.asarray(value).view("i8"))]
        if kind == "O":
            return ["no", list(value.shape), self.items(value.ravel().tolist(), depth)]
        if kind == "V" and not value.dtype.hasobject and value.dtype.names is not None:
            raw = np.frombuffer(np.ascontiguousarray(value).tobytes(), np.uint8)
            return ["ns", _spell_fields(value.dtype), list(value.shape), raw]
        return self._refer(value)

    def _other(self, kind: type, value: Any, depth: int) -> Node:
        if issubclass(kind, type):  # what stands for a class says that it is one, too
            name = _NAME_OF_TYPE.get(value)
            if name is None and is_named_tuple(value) and not vars(value).get("_field_defaults"):
                return ["NT", *_spell_named_tuple(value)]
            return ["T", name] if name else self._refer(value)
        if issubclass(kind, tuple):
            if is_named_tuple(kind):
                return ["nt", *_spell_named_tuple(kind), self.items(tuple(value), depth)]
            return self._refer(value)
        if kind is np.matrix:
            return self._number(value) or ["nm", np.asarray(value)]
        if kind is np.recarray and value.dtype.names is not None and not value.dtype.hasobject:
            return self._number(value) or ["nr", self.spell_array(np.asarray(value), depth)]
        if kind is np.ma.MaskedArray:
            return self._number(value) or [
                "nM",
                self.spell(np.asarray(value.data), depth),
                np.ma.getmaskarray(value),
                self.spell(value.fill_value, depth),
            ]
        if issubclass(kind, np.dtype):
            plain = value.names is None and _DTYPE.fullmatch(value.str)
            return ["dt", value.str] if plain else self._refer(value)
        module = kind.__module__
        found = None
        if module.startswith("pandas"):
            found = _spell_pandas(self, kind, value, depth)
        elif module.startswith("scipy.sparse"):
            found = _spell_sparse(self, kind, value, depth)
        return self._refer(value) if found is None else found

    def numbered(self, value: object) -> Node:
        """The back reference to a mutable thing, for spellings that stand outside of this class."""
        return self._number(value)


def _spell_int(value: int) -> Node:
    if -_PLAIN_INT <= value < _PLAIN_INT or value.bit_length() <= _LONGEST_INT:
        return value
    return ["int", hex(value)]


def _spell_scalar(value: np.generic, refer: Refer) -> Node:
    kind = value.dtype.kind
    if kind in _NUMERIC and value.dtype.names is None:
        return value
    if kind in "mM":
        return ["gd", value.dtype.str, int(value.view("i8"))]
    return refer(value)


def _in_order(value: np.ndarray) -> Node:
    if value.flags.c_contiguous or not value.flags.f_contiguous:
        return value
    return ["nf", value.T]


def _spell_fields(dtype: np.dtype[Any]) -> Node:
    """The fields of a structured type: name, format, and where each begins, and how long all are."""
    fields: Any = dtype.fields or {}
    listed = [
        [name, fields[name][0].str, list(fields[name][0].shape), fields[name][1]]
        for name in dtype.names or ()
    ]
    return [listed, dtype.itemsize]


def is_named_tuple(kind: type) -> bool:
    """Whether a class is as `namedtuple` makes them: whatever else it holds would be lost."""
    fields = vars(kind).get("_fields")
    if type(fields) is not tuple or not all(type(f) is str and _WORD.fullmatch(f) for f in fields):
        return False
    return kind.__mro__[1:] == (tuple, object) and vars(kind).keys() <= _OF_NAMED_TUPLES | {*fields}


def _spell_named_tuple(kind: Any) -> list[Any]:
    """Its name and its fields; by them it is known again when it comes back."""
    _named_tuples[kind.__name__, *kind._fields] = kind
    return [kind.__name__, list(kind._fields)]


def _pack(values: Sequence[Any]) -> Node:
    """Many values of one plain type as one array or text: told apart from nodes by being a tuple."""
    kinds = set(map(type, values))
    if len(kinds) != 1:
        return None
    [kind] = kinds
    if kind is float:
        return ("f", np.array(values, np.float64))
    if kind is bool:
        return ("b", np.array(values, np.bool_))
    if kind is int:
        if all(-_PLAIN_INT <= value < _PLAIN_INT for value in values):
            return ("i", np.array(values, np.int64))
        return None
    if kind is str:
        try:
            raw = [value.encode() for value in values]
        except UnicodeEncodeError:
            return None
        lengths = np.fromiter(map(len, raw), np.int64, len(raw))
        return ("s", np.frombuffer(b"".join(raw), np.uint8), lengths)
    if issubclass(kind, np.generic) and not issubclass(
        kind, np.flexible | np.object_ | np.datetime64 | np.timedelta64
    ):
        return ("n", np.array(values))
    return None


def _unpack(packed: tuple[Any, ...]) -> list[Any]:
    kind, array, *more = packed
    if kind == "s":
        raw, at, texts = array.tobytes(), 0, []
        for length in more[0].tolist():
            if length < 0 or at + length > len(raw):
                raise ProtocolFault("texts of other lengths than they say")
            texts.append(raw[at : at + length].decode())
            at += length
        return texts
    if type(array) is not np.ndarray or array.ndim != 1 or kind not in ("f", "b", "i", "n"):
        raise ProtocolFault("values that are packed wrongly")
    return list(array) if kind == "n" else list(array.tolist())


_SPELL: dict[type, Callable[[Speller, Any, int], Node]] = {
    list: Speller.spell_list,
    tuple: Speller.spell_tuple,
    dict: Speller.spell_dict,
    set: Speller.spell_set,
    frozenset: Speller.spell_frozenset,
    np.ndarray: Speller.spell_array,
    collections.OrderedDict: Speller.spell_special_dict,
    collections.Counter: Speller.spell_special_dict,
    collections.defaultdict: Speller.spell_default_dict,
    collections.deque: Speller.spell_deque,
    bytes: lambda _s, value, _d: ["b", np.frombuffer(value, np.uint8)],
    bytearray: lambda s, value, _d: s.numbered(value) or ["ba", np.frombuffer(bytes(value), np.uint8)],
    range: lambda _s, value, _d: ["r", *map(_spell_int, (value.start, value.stop, value.step))],
    slice: lambda s, value, d: ["sl", *(s.spell(part, d) for part in (value.start, value.stop, value.step))],
    type(Ellipsis): lambda _s, _value, _d: ["..."],
    type(NotImplemented): lambda _s, _value, _d: ["NI"],
    datetime.timedelta: lambda _s, value, _d: ["td", value.days, value.seconds, value.microseconds],
    decimal.Decimal: lambda _s, value, _d: ["dec", str(value)],
    fractions.Fraction: lambda _s, value, _d: [
        "fr",
        _spell_int(value.numerator),
        _spell_int(value.denominator),
    ],
    **{
        kind: lambda s, value, d: ["path", type(value).__name__, s.spell(str(value), d)]
        for kind in _PATHS.values()
    },
    **{
        kind: lambda s, value, _d: (
            ["dat", type(value).__name__, value.isoformat(), getattr(value, "fold", 0)]
            if offset_of(value) is None
            else s._refer(value)
        )
        for kind in _DATES.values()
    },
}


def offset_of(value: Any) -> Any:
    """The time zone of a date, or None."""
    return getattr(value, "tzinfo", None)


def _pandas() -> Any:
    return sys.modules.get("pandas")


def _spell_pandas(s: Speller, kind: type, value: Any, depth: int) -> Node:
    pd = _pandas()
    if pd is None:
        return None
    # What is met again is not looked into, and parts are spelled in the order in which they are read: each
    # takes a number, and one too many would make another thing of all that is named by its number after it.
    if kind is pd.DataFrame:
        return s.numbered(value) or [
            "pf",
            s.spell(value.index, depth),
            s.spell(value.columns, depth),
            [s.spell(value.iloc[:, place].array, depth) for place in range(value.shape[1])],
        ]
    if kind is pd.Series:
        return s.numbered(value) or [
            "ps",
            *(s.spell(part, depth) for part in (value.index, value.name, value.array)),
        ]
    if kind is pd.MultiIndex:
        levels = [s.spell(level, depth) for level in value.levels]
        return ["pm", levels, [np.asarray(codes) for codes in value.codes], s.spell(list(value.names), depth)]
    if kind is pd.RangeIndex:
        return ["pr", value.start, value.stop, value.step, s.spell(value.name, depth)]
    if kind in (pd.Index, pd.DatetimeIndex, pd.TimedeltaIndex, pd.CategoricalIndex):
        frequency = getattr(value, "freqstr", None) if kind is not pd.Index else None
        return ["pi", s.spell(value.array, depth), s.spell(value.name, depth), frequency]
    if isinstance(value, pd.api.extensions.ExtensionArray):
        return _spell_extension(s, pd, value, depth)
    if kind is pd.Timestamp and value.tz is None:
        return ["pt", int(value.asm8.view("i8")), value.asm8.dtype.str]
    if kind is pd.Timedelta:
        return ["pT", int(value.asm8.view("i8")), value.asm8.dtype.str]
    if value is pd.NA or value is pd.NaT:
        return ["pN", "NA" if value is pd.NA else "NaT"]
    return None


def _spell_extension(s: Speller, pd: Any, value: Any, depth: int) -> Node:
    dtype = value.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return ["pc", np.asarray(value.codes), s.spell(dtype.categories, depth), bool(dtype.ordered)]
    if isinstance(dtype, np.dtype) or type(value).__name__ == "NumpyExtensionArray":
        return s.spell(value.to_numpy(), depth)
    name = str(dtype)
    if name in ("str", "string", "boolean") or re.fullmatch(r"U?Int\d+|Float\d+", name):
        missing = np.asarray(value.isna(), np.bool_)
        plain = [None if gone else item for item, gone in zip(value.tolist(), missing.tolist(), strict=True)]
        return ["pa", name, s.items(plain, depth)]
    return None


def _spell_sparse(s: Speller, kind: type, value: Any, depth: int) -> Node:
    sparse: Any = sys.modules.get("scipy.sparse")
    name = kind.__name__
    if name not in _SPARSE or getattr(sparse, name, None) is not kind:
        return None
    if name.startswith("coo"):
        where = [np.asarray(value.row), np.asarray(value.col)]
    else:
        where = [np.asarray(value.indices), np.asarray(value.indptr)]
    return s.numbered(value) or ["sp", name, np.asarray(value.data), *where, list(value.shape)]


_SPARSE = frozenset(f"{form}_{kind}" for form in ("csr", "csc", "coo") for kind in ("matrix", "array"))


class Reader:
    """Reads what a Speller has spelled."""

    def __init__(self, resolve: Resolve, home: str = "") -> None:
        self._resolve = resolve
        self.home = home
        """The folder of this process, for texts that name the other's."""
        self._made: list[Any] = []

    def read(self, node: Node) -> Any:
        """The value of a node. Raises ProtocolFault where it is none; whatever `resolve` raises."""
        if type(node) is np.ndarray:
            self._made.append(node)
            return node
        if type(node) is not list:
            return node
        try:
            step = _READ.get(node[0])
        except (IndexError, TypeError):
            raise ProtocolFault("a node of no kind") from None
        if step is None:
            return self._resolve(node)
        return step(self, *node[1:])

    def items(self, nodes: Node) -> list[Any]:
        """The values of several nodes."""
        if type(nodes) is tuple:
            return _unpack(nodes)
        if type(nodes) is not list:
            raise ProtocolFault("nodes that are no list")
        return [self.read(node) for node in nodes]

    def keep(self, value: Any) -> Any:
        """Number a mutable thing, as it was numbered where it was spelled: before what it holds."""
        self._made.append(value)
        return value

    def reserve(self) -> int:
        """The number of a mutable thing that is made after what it holds."""
        self._made.append(None)
        return len(self._made) - 1

    def fill(self, number: int, value: Any) -> Any:
        """Tell what has a number."""
        self._made[number] = value
        return value

    def back(self, number: int) -> Any:
        """What has a number."""
        return self._made[number]

    def read_list(self, nodes: Node) -> list[Any]:
        """A list, which may hold itself."""
        made: list[Any] = self.keep([])
        made.extend(self.items(nodes))
        return made

    def read_dict(self, keys: Node, values: Node) -> dict[Any, Any]:
        """A dictionary."""
        made: dict[Any, Any] = self.keep({})
        made.update(zip(self.items(keys), self.items(values), strict=True))
        return made

    def read_default_dict(self, name: str, keys: Node, values: Node) -> Any:
        """A defaultdict."""
        made: Any = self.keep(collections.defaultdict(SAFE_TYPES[name] if name else None))
        made.update(zip(self.items(keys), self.items(values), strict=True))
        return made

    def read_set(self, nodes: Node) -> set[Any]:
        """A set."""
        made: set[Any] = self.keep(set())
        made.update(self.items(nodes))
        return made

    def read_deque(self, nodes: Node, most: int | None) -> collections.deque[Any]:
        """A deque."""
        made: collections.deque[Any] = self.keep(collections.deque(maxlen=most))
        made.extend(self.items(nodes))
        return made

    def read_objects(self, shape: list[int], nodes: Node) -> np.ndarray:
        """An array of objects."""
        number = self.reserve()
        values = self.items(nodes)
        made = np.empty(len(values), object)
        for place, value in enumerate(values):
            made[place] = value
        shaped: np.ndarray = self.fill(number, made.reshape(shape))
        return shaped


def _numbered(make: Callable[..., Any]) -> Callable[..., Any]:
    """A step that makes a mutable thing after what it holds."""

    def step(r: Reader, *parts: Node) -> Any:
        number = r.reserve()
        return r.fill(number, make(r, *parts))

    return step


def _plain_array(node: Node) -> np.ndarray:
    if type(node) is not np.ndarray:
        raise ProtocolFault("an array expected")
    return node


def ordered(node: Node) -> np.ndarray:
    """An array, in the order of its memory."""
    return _plain_array(node[1]).T if type(node) is list and node[0] == "nf" else _plain_array(node)


def _dtype(name: Any) -> np.dtype[Any]:
    if type(name) is not str or not _DTYPE.fullmatch(name):
        raise ProtocolFault("no type of numbers, texts or dates")
    return np.dtype(name)


def _structured(spelled: Node) -> np.dtype[Any]:
    listed, size = spelled
    names, formats, offsets = [], [], []
    for name, form, shape, offset in listed:
        names.append(str(name))
        formats.append((_dtype(form), tuple(map(int, shape))))
        offsets.append(int(offset))
    return np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": int(size)})


def read_structured(_r: Reader, fields: Node, shape: Node, raw: Node) -> np.ndarray:
    """An array of records."""
    return np.frombuffer(_plain_array(raw).tobytes(), _structured(fields)).reshape(shape).copy()


_named_tuples: dict[tuple[str, ...], type] = {}
_OF_NAMED_TUPLES = vars(collections.namedtuple("_Empty", ())).keys() | {"__annotations__", "__orig_bases__"}


def read_named_tuple_class(_r: Reader, name: str, fields: list[str]) -> Any:
    """A class of named tuples: the one of this process, or one that is made here."""
    key = (name, *fields)
    made = _named_tuples.get(key)
    if made is None:
        if len(_named_tuples) > 1000 or not all(type(word) is str and len(word) < 200 for word in key):
            raise ProtocolFault("too many classes of tuples")
        made = _named_tuples[key] = collections.namedtuple(name, fields)
    return made


def read_frame(r: Reader, index: Node, columns: Node, arrays: Node) -> Any:
    """A frame of pandas."""
    pd = _pandas()
    rows, names = r.read(index), r.read(columns)
    if not arrays:
        return pd.DataFrame(index=rows, columns=names)
    series = {place: _series(pd, r.read(array), rows) for place, array in enumerate(arrays)}
    frame = pd.DataFrame(series, index=rows)
    frame.columns = names
    return frame


def _series(pd: Any, array: Any, index: Any, name: Any = None) -> Any:
    return pd.Series(array, index=index, name=name, dtype=array.dtype)


def read_series(r: Reader, index: Node, name: Node, array: Node) -> Any:
    """A series of pandas."""
    rows, called, values = r.read(index), r.read(name), r.read(array)
    return _series(_pandas(), values, rows, called)


def read_index(r: Reader, array: Node, name: Node, frequency: Node) -> Any:
    """An index of pandas."""
    pd, values = _pandas(), r.read(array)
    made = pd.Index(values, dtype=values.dtype, name=r.read(name))
    if type(frequency) is str and _FREQUENCY.fullmatch(frequency):
        made.freq = frequency
    return made


def read_multi(r: Reader, levels: Node, codes: Node, names: Node) -> Any:
    """An index of several levels."""
    levels = [r.read(level) for level in levels]
    return _pandas().MultiIndex(levels, [_plain_array(each) for each in codes], names=r.read(names))


def read_sparse(_r: Reader, name: str, data: Node, first: Node, second: Node, shape: Node) -> Any:
    """A sparse matrix of scipy."""
    if name not in _SPARSE:
        raise ProtocolFault("no sparse matrix")
    sparse: Any = import_module("scipy.sparse")

    parts = tuple(map(_plain_array, (data, first, second)))
    given: Any = (parts[0], parts[1:]) if name.startswith("coo") else parts
    made: Any = getattr(sparse, name)(given, shape=tuple(shape))
    if not name.startswith("coo"):
        made.check_format()
    return made


_READ: dict[Any, Callable[..., Any]] = {
    "=": Reader.back,
    "l": Reader.read_list,
    "t": lambda r, nodes: tuple(r.items(nodes)),
    "d": Reader.read_dict,
    "D": _numbered(
        lambda _r, name, keys, values: _DICTS[name](dict(zip(_r.items(keys), _r.items(values), strict=True)))
    ),
    "dd": Reader.read_default_dict,
    "s": Reader.read_set,
    "f": lambda r, nodes: frozenset(r.items(nodes)),
    "q": Reader.read_deque,
    "b": lambda _r, raw: _plain_array(raw).tobytes(),
    "ba": lambda r, raw: r.keep(bytearray(_plain_array(raw).tobytes())),
    "r": lambda r, *parts: range(*map(r.read, parts)),
    "sl": lambda r, *parts: slice(*map(r.read, parts)),
    "...": lambda _r: Ellipsis,
    "nan": lambda _r, whose: np.nan if whose == "numpy" else math.nan,
    "NI": lambda _r: NotImplemented,
    "int": lambda _r, text: int(text, 16),
    "td": lambda _r, *parts: datetime.timedelta(*parts),
    "dec": lambda _r, text: decimal.Decimal(text),
    "fr": lambda r, *parts: fractions.Fraction(*map(r.read, parts)),
    "dat": lambda _r, name, text, fold: read_date(name, text, fold),
    "at": lambda r, parts: r.home.join(parts),
    "path": lambda r, name, text: _PATHS[name](r.read(text)),
    "T": lambda _r, name: SAFE_TYPES[name],
    "NT": read_named_tuple_class,
    "nt": lambda r, name, fields, nodes: read_named_tuple_class(r, name, fields)(*r.items(nodes)),
    "nf": lambda r, array: r.keep(_plain_array(array).T),
    "nd": lambda r, name, array: r.keep(ordered(array).view(_dtype(name))),
    "no": Reader.read_objects,
    "ns": _numbered(read_structured),
    "nm": lambda r, array: r.keep(_plain_array(array).view(np.matrix)),
    "nr": _numbered(lambda r, array: r.read(array).view(np.recarray)),
    "nM": _numbered(
        lambda r, data, mask, fill: np.ma.MaskedArray(
            r.read(data), _plain_array(mask), fill_value=r.read(fill)
        )
    ),
    "dt": lambda _r, name: _dtype(name),
    "gd": lambda _r, name, value: np.array(value, "i8").view(_dtype(name))[()],
    "pf": _numbered(read_frame),
    "ps": _numbered(read_series),
    "pm": read_multi,
    "pr": lambda r, start, stop, step, name: _pandas().RangeIndex(start, stop, step, name=r.read(name)),
    "pi": read_index,
    "pc": lambda r, codes, categories, ordered: _pandas().Categorical.from_codes(
        _plain_array(codes), r.read(categories), ordered=ordered
    ),
    "pa": lambda r, name, nodes: _pandas().array(r.items(nodes), dtype=masked_type(name)),
    "pt": lambda _r, value, name: _pandas().Timestamp(np.array(value, "i8").view(_dtype(name))[()]),
    "pT": lambda _r, value, name: _pandas().Timedelta(np.array(value, "i8").view(_dtype(name))[()]),
    "pN": lambda _r, name: _pandas().NA if name == "NA" else _pandas().NaT,
    "sp": _numbered(read_sparse),
}


def read_date(name: str, text: str, fold: int) -> Any:
    """A date, or a time of day."""
    made = _DATES[name].fromisoformat(text)
    return made.replace(fold=1) if fold else made


def masked_type(name: Any) -> str:
    """The name of a type of pandas that knows missing values."""
    if type(name) is not str or not re.fullmatch(r"str|string|boolean|U?Int\d{1,2}|Float\d{2}", name):
        raise ProtocolFault("no type of pandas")
    return name


def read_values(nodes: Iterable[Node], resolve: Resolve, home: str = "") -> list[Any]:
    """The values of nodes that one Speller has spelled. Raises ProtocolFault where one is none."""
    reader = Reader(resolve, home)
    try:
        return [reader.read(node) for node in nodes]
    except ProtocolFault:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise ProtocolFault(f"no value: {type(error).__name__}: {error}") from error
    except (RecursionError, ArithmeticError, ImportError, MemoryError) as error:
        raise ProtocolFault(f"no value: {type(error).__name__}") from error
