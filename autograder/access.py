"""Files of a course: for its owner alone, or for a Unix group as well; each whole or not there."""

import errno
import fcntl
import grp
import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from autograder.errors import CourseError, Flaw


@dataclass(frozen=True, slots=True)
class Access:
    """Who may read and write: the owner, and the members of `group` where one is named; never others.

    What is made gets exactly these rights, whatever the umask.
    """

    group: str = ""

    @property
    def file_mode(self) -> int:
        """The rights of a file."""
        return 0o660 if self.group else 0o600

    @property
    def folder_mode(self) -> int:
        """The rights of a folder; what is made in a group's folder belongs to the group."""
        return 0o2770 if self.group else 0o700

    def make_folder(self, folder: Path) -> None:
        """Make a folder and those above it that are missing."""
        missing = [*takewhile(lambda path: not path.exists(), (folder, *folder.parents))]
        for path in reversed(missing):
            # Another run may make it at the same time.
            with suppress(FileExistsError):
                path.mkdir(mode=0o700)
                self.set(path)

    def create(self, file: Path) -> int:
        """Make a file, which must not be there, and return its descriptor, open for writing."""
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(file, flags, 0o600)
        try:
            self.set(file)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def set(self, path: Path) -> None:
        """Give a file or folder of ours its rights."""
        if self.group:
            os.chown(path, -1, self._number(), follow_symlinks=False)
        path.chmod(self.folder_mode if path.is_dir() else self.file_mode)

    def share(self, path: Path) -> None:
        """Let the group, where one is named, work on what was made to be given away."""
        if self.group:
            os.chown(path, -1, self._number(), follow_symlinks=False)
            path.chmod(path.stat().st_mode | (self.folder_mode if path.is_dir() else self.file_mode))

    def find_wide(self, folders: Iterable[Path]) -> Iterator[Path]:
        """What of ours, below some folders, others may read or write, or the group may not."""
        group = self._number() if self.group else -1
        # A class of thousands has tens of thousands of files: without a path for each.
        waiting = deque((os.fspath(each), each.stat()) for each in folders if each.is_dir())
        while waiting:
            place, status = waiting.popleft()
            if self._differs(status, group):
                yield Path(place)
            if not stat.S_ISDIR(status.st_mode):
                continue
            with suppress(OSError), os.scandir(place) as entries:
                for entry in entries:
                    with suppress(FileNotFoundError):
                        waiting.append((entry.path, entry.stat(follow_symlinks=False)))

    def _differs(self, status: os.stat_result, group: int) -> bool:
        if status.st_uid != os.geteuid() or stat.S_ISLNK(status.st_mode):
            return False
        right = self.folder_mode if stat.S_ISDIR(status.st_mode) else self.file_mode
        if self.group:
            return status.st_gid != group or status.st_mode & 0o077 != right & 0o077
        return bool(status.st_mode & 0o077)

    def _number(self) -> int:
        try:
            return grp.getgrnam(self.group).gr_gid
        except KeyError as error:
            what = f"this machine has no group {self.group!r}"
            raise CourseError(
                [Flaw("course.toml: privacy.group", what, "`getent group` lists them")]
            ) from error


def describe_status(status: os.stat_result) -> str:
    """What changes with a file, whoever changes it: of these, nobody can set the time of the change back."""
    return f"{status.st_mode} {status.st_ino} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"


def partial_of(file: Path) -> Path:
    """Where a file is written before it takes its place."""
    return file.with_name(f".{file.name}.partial")


def write_whole(file: Path, content: str | bytes, access: Access = Access()) -> None:
    """Replace a file in one step, so that no reader and no crash ever sees half of it.

    What a killed run left of it goes with the next: the folder is locked, so that its name can be the same.
    """
    data = content.encode() if isinstance(content, str) else content
    if file.exists() and not file.is_file():
        file.write_bytes(data)  # a pipe or a terminal: nothing to replace
        return
    if not file.parent.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(file))
    with locked(file.parent):
        replace_file(file, data, access)


def replace_file(file: Path, data: bytes, access: Access, *, flush: bool = False) -> None:
    """The same for a caller who has locked the folder; `flush` has the disk hold it first."""
    partial = partial_of(file)
    partial.unlink(missing_ok=True)
    try:
        with open(access.create(partial), "wb") as stream:  # noqa: PTH123 - a descriptor has no path
            stream.write(data)
            if flush:
                stream.flush()
                os.fsync(stream.fileno())
        partial.replace(file)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def write_public(file: Path, content: bytes, access: Access = Access()) -> None:
    """Replace a file that is made to be given away: others read it where the umask lets them."""
    for folder in reversed([path for path in file.parents if not path.exists()]):
        folder.mkdir(mode=0o755)
        access.share(folder)
    partial = partial_of(file)
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    try:
        with open(descriptor, "wb") as stream:  # noqa: PTH123 - a descriptor has no path
            stream.write(content)
        access.share(partial)
        partial.replace(file)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other programs of ours from writing into a folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(OSError):  # a file system without locks, as some that are shared over a network
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def find_holders(file: Path) -> tuple[str, ...]:
    """The other programs of this machine that hold a lock on a file, as `autograder grade hw1 (process 12)`.

    Nothing where the system does not tell: only what is said to people may depend on it being complete.
    """
    try:
        number, locks = file.stat().st_ino, Path("/proc/locks").read_text(encoding="ascii")
    except OSError:
        return ()
    found = []
    for line in locks.splitlines():
        fields = line.split()
        if len(fields) < 6 or fields[1] != "FLOCK" or not fields[5].endswith(f":{number}"):
            continue
        process = fields[4]
        if process.isdigit() and int(process) not in (0, os.getpid()) and _has_open(process, file):
            found.append(f"{_name_program(process)} (process {process})")
    return tuple(found)


def _has_open(process: str, file: Path) -> bool:
    """Whether a process has a file open, which a file of another disk may share its number with."""
    with suppress(OSError):
        return any(each.exists() and each.samefile(file) for each in Path(f"/proc/{process}/fd").iterdir())
    return False


def _name_program(process: str) -> str:
    try:
        words = Path(f"/proc/{process}/cmdline").read_text(errors="replace").rstrip("\0").split("\0")
    except OSError:
        return "another program"
    # Not the interpreter, and no path of it: `autograder grade hw1`.
    begin = next((k for k, word in enumerate(words) if Path(word).name.startswith("autograder")), None)
    return "another program" if begin is None else " ".join(["autograder", *words[begin + 1 :]])[:100]
