"""The pictures that a text of a notebook shows, and where each is kept: found, never opened.

Jupyter keeps a picture that was dragged into a cell beside its text (`![](attachment:proof.png)`), Colab
writes it into the text (`![](data:image/png;base64,...)`). A link to a file or to the web is no more than
that: the picture itself was not handed in.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

from autograder.domain.notebook import Attachment, Cell
from autograder.domain.sentences import SILENT, Sentence, say
from autograder.notebook.attachments import recognise_format


class Home(StrEnum):
    """Where a picture is kept."""

    ATTACHED = "attached"
    """Beside the text, in the same cell."""
    INLINE = "inline"
    """In the text itself, as base64."""
    LOST = "lost"
    """It should be attached and is not: a text that is copied leaves its pictures behind."""
    FILE = "file"
    """In a file beside the notebook, which nobody has but the student."""
    WEB = "web"
    DRAWN = "drawn"
    """Drawn by the text's own markup: `<svg>`."""


@dataclass(frozen=True, slots=True)
class PictureShown:
    """A picture of a text."""

    home: Home
    target: str
    """Its name where it is attached, its base64 where it is inline, else the address."""
    format: str = ""
    """What its first bytes say it is, `PNG` or `HEIC`, say; empty where that is unknown."""


_ATTACHMENT = r"attachment:[^\n()]*+(?:\([^\n()]*+\)[^\n()]*+)*+"
_ADDRESS = r"[^\s()<>]*+(?:\([^\s()<>]*+\)[^\s()<>]*+)*+"
_TITLE = r"""(?:\s{1,9}(?:"[^"\n]{0,300}"|'[^'\n]{0,300}'))?"""
_IMAGE = re.compile(
    r"(?P<shown>!?)\[(?P<label>(?:[^\[\]\n]++|\[[^\[\]\n]*+\])*+)\](?:"
    rf"\(\s{{0,9}}(?:<(?P<angled>[^<>\n]*+)>|(?P<attached>{_ATTACHMENT})|(?P<plain>{_ADDRESS})){_TITLE}\s{{0,9}}\)"
    r"|\[(?P<reference>[^\]\n]{0,300})\])"
    r"""|<img\b[^>]{0,500}?\bsrc\s{0,9}=\s{0,9}(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^\s>"']++))[^>]{0,500}>?"""
    r"|<(?P<svg>svg)\b",
    re.IGNORECASE,
)
_DEFINED = re.compile(
    r"^ {0,3}\[(?P<label>[^\]\n]{1,300})\]:[ \t]{0,9}<?(?P<address>[^\s<>]++)>?[^\n]{0,300}$", re.MULTILINE
)
_DATA = re.compile(r"data:([\w.+-]{0,40}/[\w.+-]{0,40})?(?:;[\w.=+-]{0,40}){0,5},", re.IGNORECASE)
_PICTURE_FILE = re.compile(r"\.(?:png|jpe?g|gif|webp|heic|heif|avif|tiff?|bmp|svg|pdf)(?:[?#]|$)", re.I)
_WEB = re.compile(r"(?:https?:)?//", re.I)
_MOST_LINKS = 20_000
"""Brackets of a text in which pictures are looked for: no answer has so many."""


def find_pictures(cell: Cell, source: str = "") -> tuple[str, tuple[PictureShown, ...]]:
    """The text of a cell with a mark in place of each picture, and the pictures in order.

    Args:
        cell: whose text shows them and which holds its attachments.
        source: what of its text to look at; all where it is empty.
    """
    text = source or cell.source
    if not 0 < text.count("[") + text.count("<") <= _MOST_LINKS:
        return text, ()
    defined = {found["label"].casefold(): found["address"] for found in _DEFINED.finditer(text)}
    pictures: list[PictureShown] = []

    def mark(found: re.Match[str]) -> str:
        picture = _picture_of(found, cell, defined)
        if picture is None:
            return found[0]
        pictures.append(picture)
        label = f"[picture {len(pictures)}]"
        return label if found["shown"] != "" or found["label"] is None else f"{found['label']} {label}"

    marked = _IMAGE.sub(mark, text)
    if pictures and defined:
        marked = _DEFINED.sub(lambda found: "" if found["address"].startswith("data:") else found[0], marked)
    return marked, tuple(pictures)


def _picture_of(found: re.Match[str], cell: Cell, defined: dict[str, str]) -> PictureShown | None:
    if found["svg"]:
        return PictureShown(Home.DRAWN, "", "SVG")
    if found["reference"] is not None:
        label = (found["reference"] or found["label"]).casefold()
        address = defined.get(label)
    else:
        given = ("angled", "attached", "plain", "double", "single", "bare")
        address = next((found[name] for name in given if found[name] is not None), None)
    if not address:
        return None
    address = address.strip()
    is_link = found["label"] is not None and not found["shown"]
    if is_link and not (_PICTURE_FILE.search(address) or address.startswith(("attachment:", "data:image"))):
        return None
    return _locate(address, cell)


def _locate(address: str, cell: Cell) -> PictureShown:
    scheme, _, rest = address.partition(":")
    if scheme.lower() == "attachment":
        kept = attachment_named(cell, rest)
        return PictureShown(Home.ATTACHED, kept.name, kept.format) if kept else PictureShown(Home.LOST, rest)
    if scheme.lower() == "data":
        head = _DATA.match(address)
        content = "".join(unquote(address[head.end() if head else len(address) :]).split())
        kind = "SVG" if head and "svg" in (head[1] or "") else recognise_format(content)
        return PictureShown(Home.INLINE, content, kind)
    return PictureShown(Home.WEB if _WEB.match(address) else Home.FILE, unquote(address))


def attachment_named(cell: Cell, name: str) -> Attachment | None:
    """The attachment that a text calls by this name, written plainly or as in an address."""

    def plain(text: str) -> str:
        return unicodedata.normalize("NFC", unquote(text)).strip()

    asked = re.split(r"\s[\"']", name)[0]
    exact = (kept for kept in cell.attachments if kept.name in (name, asked))
    same = (kept for kept in cell.attachments if plain(kept.name) == plain(asked))
    return next(exact, None) or next(same, None)


_SHOWN_FORMATS = ("PNG", "JPEG", "GIF", "WebP")
_WHY = {
    Home.LOST: "picture.lost",
    Home.FILE: "picture.file",
    Home.WEB: "picture.web",
}


def explain_unseen(picture: PictureShown) -> tuple[Sentence, Sentence]:
    """Why nobody who reads the text here sees a picture, and what helps; silent if it is seen."""
    if picture.home in _WHY:
        return say(_WHY[picture.home]), say("try.drag")
    if picture.format == "HEIC":
        return say("picture.heic"), say("try.jpeg")
    if picture.format == "SVG":
        return say("picture.svg"), say("try.save")
    if picture.format not in _SHOWN_FORMATS:
        known = say("picture.kind", format=picture.format) if picture.format else say("picture.none")
        return known, say("try.save")
    return SILENT, SILENT
