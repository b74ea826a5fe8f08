"""A backup of a course: one zip file with the gradebook, the secret, and the files of the course.

`backup.json` in it names every file with its SHA-256, and how many rows each table of the gradebook has. The
gradebook is always one SQLite file, whatever it is kept in, and was checked whole before it was put in.
"""

import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from autograder import __version__
from autograder.access import Access, partial_of
from autograder.errors import CourseError, Flaw, StoreError
from autograder.gradebook.copying import count_rows
from autograder.gradebook.custody import Custody
from autograder.gradebook.store import Gradebook

STATE = ".autograder"
STORE, SECRET, HEAD = f"{STATE}/gradebook.sqlite", f"{STATE}/secret", f"{STATE}/head"
CONTENTS = "backup.json"
COURSE_FILE = "course.toml"
_FORM = 1
_OTHER = "take another backup"
_DAMAGE = (zipfile.BadZipFile, zlib.error, ValueError, LookupError, TypeError, EOFError, RuntimeError)
"""What reading a zip file that is none, or is damaged, may raise."""
_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup says that it holds."""

    form: int
    course: str
    made: str
    """When, in ISO 8601."""
    program: str
    """The version of autograder that made it."""
    rows: dict[str, int]
    """Of each table of the gradebook."""
    files: dict[str, str]
    """The SHA-256 of each file, by its place in the course."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup, made or found."""

    file: Path
    sha256: str
    contents: Contents

    @property
    def name(self) -> str:
        """What the chain of a restored gradebook calls it."""
        return f"{self.file.name} (SHA-256 {self.sha256})"


def make_backup(
    gradebook: Gradebook,
    target: Path,
    *,
    course: str,
    root: Path,
    parts: Sequence[str],
    custody: Custody,
    secret_file: Path,
    now: datetime,
) -> Backup:
    """Make a backup, whole or not at all.

    Args:
        gradebook: opened for writing; others wait while it is copied.
        target: the file to make.
        course: its name.
        root: the folder of the course.
        parts: files and folders of the course that belong in it, where they are there.
        custody: of the gradebook.
        secret_file: the secret of the course.
        now: the time.

    Raises:
        CourseError: the target is there already.
        StoreError: an entry of the gradebook is not as it was recorded; a backup of damage is none.
    """
    if target.exists():
        raise CourseError([Flaw(str(target), "is there already", "name another file; no backup is replaced")])
    access = custody.access
    access.make_folder(target.parent)
    access.make_folder(secret_file.parent)
    with TemporaryDirectory(prefix="backup-", dir=secret_file.parent) as name:
        place = Path(name)
        head = gradebook.copy_to(place / "gradebook.sqlite")
        (place / "head").write_bytes(head)
        _check_copy(place / "gradebook.sqlite", custody.of_copy(place / "head"))
        sources = {STORE: place / "gradebook.sqlite", HEAD: place / "head", SECRET: secret_file}
        sources |= dict(_files_of(root, parts))
        rows = count_rows(place / "gradebook.sqlite")
        partial = partial_of(target)
        partial.unlink(missing_ok=True)
        try:
            hashes = _write_zip(partial, sources, access)
            contents = Contents(_FORM, course, now.isoformat(timespec="seconds"), __version__, rows, hashes)
            with zipfile.ZipFile(partial, "a", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(CONTENTS, json.dumps(asdict(contents), indent=1))
            made = open_backup(partial)
            with partial.open("rb+") as file:
                os.fsync(file.fileno())
            partial.replace(target)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    return Backup(target, made.sha256, made.contents)


def open_backup(file: Path) -> Backup:
    """A backup, every file of which is what was put in.

    Raises:
        CourseError: it is none, or it is damaged.
    """
    try:
        with file.open("rb") as stream:
            digest = sha256()
            while part := stream.read(_AT_ONCE):
                digest.update(part)
        with zipfile.ZipFile(file) as archive:
            said = json.loads(archive.read(CONTENTS))
            contents = Contents(**said)
            if contents.form != _FORM:
                later = f"was made by a later version of autograder ({contents.program})"
                raise CourseError([Flaw(str(file), later, "upgrade autograder on this machine")])
            wrong = [name for name, known in contents.files.items() if _hash_member(archive, name) != known]
    except _DAMAGE as error:
        raise CourseError([Flaw(str(file), "is no backup of a course, or is damaged", _OTHER)]) from error
    # A name that leads out of the folder, or that another system may read otherwise.
    paths = {name: PurePosixPath(name) for name in contents.files}
    unsafe = [
        name
        for name, path in paths.items()
        if path.is_absolute() or ".." in path.parts or "\\" in name or path.as_posix() != name
    ]
    if wrong or unsafe or not {STORE, SECRET, HEAD, COURSE_FILE} <= contents.files.keys():
        which = f": {(wrong or unsafe)[0]}" if wrong or unsafe else ""
        raise CourseError([Flaw(str(file), f"is damaged{which}", _OTHER)])
    return Backup(file, digest.hexdigest(), contents)


def unpack(backup: Backup, folder: Path) -> None:
    """Put the files of a backup into an empty folder, for its owner alone; what fails leaves it empty.

    Raises:
        CourseError: the folder is not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        what = "is not an empty folder"
        raise CourseError([Flaw(str(folder), what, "name a new one: nothing is ever restored over a course")])
    access, made = Access(), not folder.exists()
    access.make_folder(folder)
    # course.toml comes last: a folder in which somebody was killed is not taken for a course.
    names = sorted(backup.contents.files, key=lambda name: (name == COURSE_FILE, name))
    try:
        with zipfile.ZipFile(backup.file) as archive:
            for name in names:
                target = folder / name
                access.make_folder(target.parent)
                with archive.open(name) as source, open(access.create(target), "wb") as file:  # noqa: PTH123
                    while part := source.read(_AT_ONCE):
                        file.write(part)
    except BaseException:
        remove_contents(folder)
        if made:
            folder.rmdir()
        raise


def remove_contents(folder: Path) -> None:
    """Empty a folder that we filled."""
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def _check_copy(file: Path, custody: Custody) -> None:
    with Gradebook.open(file, custody, trusting=True) as copy:
        faults = copy.check(custody).faults
    if faults:
        more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
        raise StoreError(
            f"{faults[0]}{more}: no backup is made of a damaged gradebook; bring back an earlier one "
            "(`autograder doctor --store` lists all)"
        )


def _files_of(root: Path, parts: Sequence[str]) -> Iterator[tuple[str, Path]]:
    for part in parts:
        top = root / part
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            made = "__pycache__" in path.parts or path.name.endswith((".partial", ".pyc"))
            if path.is_file() and not made:
                yield path.relative_to(root).as_posix(), path


def _write_zip(target: Path, sources: dict[str, Path], access: Access) -> dict[str, str]:
    hashes = {}
    with (
        open(access.create(target), "wb") as stream,  # noqa: PTH123 - a descriptor has no path
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name, source in sources.items():
            digest = sha256()
            with source.open("rb") as read, archive.open(name, "w", force_zip64=True) as written:
                while part := read.read(_AT_ONCE):
                    digest.update(part)
                    written.write(part)
            hashes[name] = digest.hexdigest()
    return hashes


def _hash_member(archive: zipfile.ZipFile, name: str) -> str:
    digest = sha256()
    with archive.open(name) as member:
        while part := member.read(_AT_ONCE):
            digest.update(part)
    return digest.hexdigest()
