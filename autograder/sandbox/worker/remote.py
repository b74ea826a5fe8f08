"""What stands here for a thing that lives in the other process: whatever is done with it is asked there.

A stand-in has those special methods alone that the thing has: `callable`, `hasattr(x, "__len__")` and
`isinstance(x, Iterable)` are to be answered as where it lives.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn, TypeGuard, TypeVar, cast

if TYPE_CHECKING:
    from autograder.sandbox.worker.peer import Peer

BINARY = (
    *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"),
    *("and_", "or_", "xor", "lshift", "rshift"),
)
IN_PLACE = tuple(f"i{name.strip('_')}" for name in BINARY)
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
"""Operators of two things, as the module `operator` names them."""
UNARY = ("neg", "pos", "invert", "abs")
_Kind = TypeVar("_Kind")


class Remote:
    """Stands for something that lives in the other process, with what every object has."""

    __slots__ = ("__weakref__", "_node", "_peer", "_via")

    def __init__(self, peer: "Peer", node: Sequence[Any], via: str | None) -> None:
        object.__setattr__(self, "_peer", peer)
        object.__setattr__(self, "_node", node)
        object.__setattr__(self, "_via", via)

    def __getattribute__(self, name: str) -> Any:
        if name in ("_node", "_peer", "_via"):
            return object.__getattribute__(self, name)
        peer = object.__getattribute__(self, "_peer")
        return peer.look_up(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._peer.note(f"setattr:{name}")
        self._peer.ask("setattr", self, name, value)

    def __delattr__(self, name: str) -> None:
        self._peer.note(f"delattr:{name}")
        self._peer.ask("delattr", self, name)

    def __copy__(self) -> Any:
        return self._peer.ask("copy", self)

    def __deepcopy__(self, _known: object) -> Any:
        return self._peer.ask("deep copy", self)

    def __str__(self) -> str:
        return _of(str, self._peer.ask("builtin", "str", self))

    def __repr__(self) -> str:
        return _of(str, self._peer.ask("builtin", "repr", self))

    def __format__(self, how: str) -> str:
        return _of(str, self._peer.ask("builtin", "format", self, how))

    def __hash__(self) -> int:
        return hash(self._node[1])

    def __dir__(self) -> Any:
        return self._peer.ask("builtin", "dir", self)

    def __mro_entries__(self, _bases: Any) -> NoReturn:
        raise self._peer.unsupported("a class derived from one of the student's")

    def __reduce_ex__(self, _protocol: Any) -> NoReturn:
        raise self._peer.unsupported("a copy of something of the student's")

    # These are believed wherever they are asked for: that a thing says it has none tells nothing.

    def __bool__(self) -> bool:
        return _of(bool, self._peer.believe("bool", self))

    def __instancecheck__(self, other: Any) -> bool:
        return _of(bool, self._peer.believe("isinstance", other, self))

    def __subclasscheck__(self, other: Any) -> bool:
        return _of(bool, self._peer.believe("issubclass", other, self))


class _Special(Remote):
    """The special methods that some things have: a stand-in is given those that its thing has."""

    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._peer.call(self, args, kwargs)

    def __iter__(self) -> Iterator[Any]:
        items: Iterator[Any] = self._peer.iterate(self)
        return items

    def __next__(self) -> Any:
        return self._peer.ask("builtin", "next", self)

    def __len__(self) -> int:
        return _of(int, self._peer.ask("builtin", "len", self))

    def __float__(self) -> float:
        return _of(float, self._peer.ask("builtin", "float", self))

    def __int__(self) -> int:
        return _of(int, self._peer.ask("builtin", "int", self))

    def __complex__(self) -> complex:
        return _of(complex, self._peer.ask("builtin", "complex", self))

    def __round__(self, *digits: Any) -> Any:
        return self._peer.ask("builtin", "round", self, *digits)

    def __index__(self) -> int:
        return _of(int, self._peer.operate("index", self))

    def __enter__(self) -> Any:
        return self.__getattribute__("__enter__")()

    def __exit__(self, kind: object, error: object, _traceback: object) -> Any:
        return self.__getattribute__("__exit__")(kind, error, None)

    def __getitem__(self, key: Any) -> Any:
        return self._peer.operate("getitem", self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._peer.operate("setitem", self, key, value)

    def __delitem__(self, key: Any) -> None:
        self._peer.operate("delitem", self, key)

    def __contains__(self, item: Any) -> bool:
        return _of(bool, self._peer.operate("contains", self, item))

    def __reversed__(self) -> Any:
        return self._peer.ask("builtin", "reversed", self)


def is_remote(value: object) -> TypeGuard[Remote]:
    """Whether something stands for what lives in the other process; nothing of it is asked there."""
    return issubclass(type(value), Remote)


def holds_remote(value: object) -> bool:
    """Whether a value is what lives in the other process, or a plain container of such."""
    if type(value) is dict:
        return any(map(holds_remote, value.values()))
    if type(value) in (list, tuple, set, frozenset):
        return any(map(holds_remote, cast("Iterable[object]", value)))
    return is_remote(value)


def _of(kind: type[_Kind], value: Any) -> _Kind:
    """What a special method must return is of this type exactly, whatever the other process says."""
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} expected, not {type(value).__name__}")
    return value


def _add_operators() -> None:
    def binary(name: str, *, swapped: bool = False) -> Callable[[Any, Any], Any]:
        def operate(self: Any, other: Any) -> Any:
            return self._peer.operate(name, *((other, self) if swapped else (self, other)))

        return operate

    def comparison(name: str) -> Callable[[Any, Any], Any]:
        def compare(self: Any, other: Any) -> Any:
            # Neither side's class knows how: asked back, the other process would ask here again, without end.
            if frozenset((id(self), id(other))) in self._peer.compared:
                return NotImplemented
            return self._peer.operate(name, self, other)

        return compare

    def unary(name: str) -> Callable[[Any], Any]:
        return lambda self: self._peer.operate(name, self)

    for name in BINARY:
        word = name.strip("_")
        setattr(_Special, f"__{word}__", binary(name))
        setattr(_Special, f"__r{word}__", binary(name, swapped=True))
    for name in IN_PLACE:
        setattr(_Special, f"__{name}__", binary(name))
    for name in COMPARISONS:
        setattr(Remote, f"__{name}__", comparison(name))
    for name in UNARY:
        setattr(_Special, f"__{name}__", unary(name))


_add_operators()
_SPECIAL = {name: method for name, method in vars(_Special).items() if callable(method)}
_BIT = {name: 1 << place for place, name in enumerate((*_SPECIAL, "__hash__"))}


def find_special(kind: type) -> int:
    """Which special methods the instances of a class have, a bit for each."""
    found: dict[str, object] = {}
    for base in kind.__mro__:
        for name in _BIT.keys() & vars(base).keys():
            found.setdefault(name, vars(base)[name])
    return sum(_BIT[name] for name, method in found.items() if method is not None)


def has_special(special: int, name: str) -> bool:
    """Whether a special method is among those."""
    return bool(special & _BIT[name])


@lru_cache(maxsize=1000)
def stand_in_class(name: str, special: int) -> type[Remote]:
    """The class of what stands for things of a class of this name with these special methods."""
    methods: dict[str, Any] = {each: _SPECIAL[each] for each in _SPECIAL if has_special(special, each)}
    if not has_special(special, "__hash__"):
        methods["__hash__"] = None
    return type(name if name.isidentifier() else "object", (Remote,), {"__slots__": (), **methods})
