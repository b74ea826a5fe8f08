"""Styles and scripts of the pages: read once, and known by a hash, so that a browser keeps them for ever."""

from dataclasses import dataclass
from hashlib import sha256

from autograder.render.environment import templates

_KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}

_SHARED = ("report.css", "marking.css")


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """What lies in templates/static, with one hash of all of it."""

    digest: str
    files: dict[str, bytes]

    @classmethod
    def read(cls) -> "StaticFiles":
        """Read them, the styles of reports and of answers first in `web.css`: one look for all."""
        top = templates()
        files = {
            file.name: file.read_bytes()
            for file in sorted((top / "static").iterdir())
            if file.suffix in _KINDS
        }
        files["web.css"] = b"".join((top / name).read_bytes() for name in _SHARED) + files["web.css"]
        digest = sha256(b"".join(name.encode() + files[name] for name in files)).hexdigest()[:16]
        return cls(digest, files)

    def kind(self, name: str) -> str:
        """The media type of a file."""
        return _KINDS["." + name.rpartition(".")[2]]
