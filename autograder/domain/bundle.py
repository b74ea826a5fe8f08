"""Several notebooks that are handed in together, as the bytes of one submission: a zip that anybody opens.

The same notebooks give the same bytes, so that a submission is known by its hash.
"""

import io
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MOST = 100


def bundle(notebooks: Mapping[str, bytes]) -> bytes:
    """The bytes of these notebooks, by their names without `.ipynb`."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(notebooks.items()):
            entry = zipfile.ZipInfo(f"{name}.ipynb", _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return whole.getvalue()


def unbundle(content: bytes, *, most: int) -> dict[str, bytes]:
    """The notebooks in such bytes, in whatever folders; of one that would be larger than `most` bytes, none.

    Empty where the bytes are no bundle.
    """
    found: dict[str, bytes] = {}
    if not content.startswith(b"PK"):
        return found
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist()[:_MOST]:
                path = PurePosixPath(entry.filename)
                if path.suffix == ".ipynb" and entry.file_size <= most:
                    found.setdefault(path.stem, archive.read(entry))
    except (zipfile.BadZipFile, OSError, ValueError, EOFError):
        return {}
    return found
