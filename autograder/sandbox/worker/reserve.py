"""Room set aside for telling that there is none left: given back when student code has used up its memory.

Whoever fills the memory in one cell and keeps it would else have the next question fail at our own work.
"""

import mmap

_ROOM = 16 << 20
_kept: list[mmap.mmap] = []


def set_aside() -> None:
    """Before any fork: every child begins with the room, of which nothing is touched."""
    _kept.append(mmap.mmap(-1, _ROOM, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))


def give_back(error: BaseException) -> None:
    """After an error of student code: if memory ran out, there is room again, once."""
    while _kept and isinstance(error, MemoryError):
        _kept.pop().close()
