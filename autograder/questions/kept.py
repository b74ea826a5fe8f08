"""What was evaluated of an assignment, kept in a file: read again only if this course wrote it.

The file is signed with the course's secret, so that nobody who can write into the folder can have anything
unpickled, and it is named by all that its content depends on.
"""

import hashlib
import hmac
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograder import __version__
from autograder.access import Access, write_whole

_FORM = 7
"""Raised whenever what is kept changes its form."""
_SIGNED = hashlib.sha256().digest_size


def keep(
    folder: Path,
    revision: str,
    *,
    secret: bytes,
    values: Mapping[str, Any],
    access: Access = Access(),  # noqa: B008 - frozen
) -> None:
    """Write the values of a revision, whole or not at all."""
    content = pickle.dumps(dict(values))
    access.make_folder(folder)
    write_whole(_file(folder, revision), _signature(secret, content) + content, access)


def read_kept(folder: Path, revision: str, *, secret: bytes) -> dict[str, Any] | None:
    """The values of a revision, or None where they are to be evaluated: none, damaged, or not ours."""
    try:
        signed = _file(folder, revision).read_bytes()
    except OSError:
        return None
    signature, content = signed[:_SIGNED], signed[_SIGNED:]
    if not hmac.compare_digest(signature, _signature(secret, content)):
        return None
    try:
        kept = pickle.loads(content)  # noqa: S301 - signed by ourselves
    except Exception:  # noqa: BLE001 - an older program's classes may fail to load in any way
        return None
    return kept if isinstance(kept, dict) else None


def _file(folder: Path, revision: str) -> Path:
    return folder / f"{revision}-{__version__}-{_FORM}-numpy{np.__version__}.expected"


def _signature(secret: bytes, content: bytes) -> bytes:
    return hmac.new(secret, content, hashlib.sha256).digest()
