"""Templates that are compiled once for all commands: what Jinja makes of them is kept in the user's cache.

Saves 0.12 s of processor time of every command that draws pages: a tenth of the start of `grade`.
"""

import os
import tempfile
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

_CODE = ("render", "domain")
"""The folders whose functions Jinja calls already when it compiles: on texts that never change."""


class CompiledTemplates(FileSystemBytecodeCache):
    """Jinja's own cache, which compiles anew also where our code has changed, and can do without a disk."""

    def get_source_checksum(self, source: str) -> str:
        return super().get_source_checksum(source + describe_code())

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):  # a full disk, say
            super().dump_bytecode(bucket)


def find_compiled() -> CompiledTemplates | None:
    """Where templates lie compiled; None where no place is safe.

    Whoever can write there has this program run what they like, so it must be the user's alone.
    """
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "nabla-autograder", "templates")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for each in (folder.parent, folder):
            status = each.lstat()
            if status.st_uid != os.geteuid() or status.st_mode & 0o22:
                return None
        tempfile.TemporaryFile(dir=folder).close()
    except (OSError, RuntimeError):  # the second where nobody knows a home
        return None
    return CompiledTemplates(str(folder))


@cache
def describe_code() -> str:
    """Another text once a file was changed whose functions may have a say in what is compiled."""
    package, told = Path(__file__).parents[1], sha256()
    for name in _CODE:
        with os.scandir(package / name) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.endswith(".py"):
                    status = entry.stat()
                    told.update(f"{entry.path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return told.hexdigest()
