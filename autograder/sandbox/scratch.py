"""The folder a submission may write to: made empty, measured while it is used, removed whatever is in it."""

import os
import stat
import tempfile
from pathlib import Path

_MOST_FILES = 10_000
_BLOCK = 512


def make(base: Path, *, owner: int | None) -> Path:
    """A new empty folder below `base`, for its owner alone."""
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=base))
    if owner is not None:
        os.chown(folder, owner, owner)
    return folder


def used_bytes(folder: Path, *, most: int) -> int:
    """Disk used below the folder. Counting stops above `most`; too many or too deep files are above it."""
    total, count, waiting = 0, 0, [os.fspath(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    count += 1
                    total += _size_of(entry)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    if total > most or count > _MOST_FILES:
                        return most + 1
        except (FileNotFoundError, NotADirectoryError):
            continue  # it went while we looked
        except OSError:
            return most + 1  # a path too long to name, a folder made so that nobody can look into it
    return total


def _size_of(entry: os.DirEntry[str]) -> int:
    try:
        # Blocks, not length: a file of a terabyte that holds nothing takes nothing.
        return entry.stat(follow_symlinks=False).st_blocks * _BLOCK
    except FileNotFoundError:
        return 0  # it went while we looked; its neighbours still count


def used_of(handle: int, *, most: int) -> int:
    """Disk used on a small file system of the folder's own, deleted files that are still open included."""
    told = os.statvfs(handle)
    if told.f_files - told.f_ffree > _MOST_FILES:
        return most + 1
    return (told.f_blocks - told.f_bfree) * told.f_frsize


def remove(folder: Path) -> None:
    """Remove the folder and all below it: any depth, any mode, no link followed.

    What lies deep is first moved up into the folder itself, so that no path grows and nothing recurses.
    """
    try:
        folder.rmdir()
    except FileNotFoundError:
        return
    except OSError:
        _empty(folder)
        folder.rmdir()


def _empty(folder: Path) -> None:
    top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    serial = 0
    try:
        while names := os.listdir(top):  # noqa: PTH208 - a descriptor, so that no link is followed
            for name in names:
                if not stat.S_ISDIR(os.stat(name, dir_fd=top, follow_symlinks=False).st_mode):
                    os.unlink(name, dir_fd=top)
                    continue
                serial = _flatten(top, name, serial)
                os.rmdir(name, dir_fd=top)
    finally:
        os.close(top)


def _flatten(top: int, name: str, serial: int) -> int:
    """Empty the folder `name`: unlink its files, move its folders up. Returns the next free serial."""
    os.chmod(name, 0o700, dir_fd=top)  # no race: whoever could put a link in its place is dead
    inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
    try:
        for entry in os.listdir(inner):  # noqa: PTH208 - a descriptor
            if stat.S_ISDIR(os.stat(entry, dir_fd=inner, follow_symlinks=False).st_mode):
                os.chmod(entry, 0o700, dir_fd=inner)
                serial = _move_up(inner, entry, top, serial)
            else:
                os.unlink(entry, dir_fd=inner)
    finally:
        os.close(inner)
    return serial


def _move_up(inner: int, entry: str, top: int, serial: int) -> int:
    while True:
        serial += 1
        try:
            os.rename(entry, f".moved-{serial}", src_dir_fd=inner, dst_dir_fd=top)
        except (FileExistsError, NotADirectoryError):
            continue
        except OSError as error:
            if error.errno not in (39, 17):  # the name is taken by a folder that holds something
                raise
            continue
        return serial
