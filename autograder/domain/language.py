"""In which language students are spoken to: English, unless somebody says otherwise.

The English text is the key of its translation, as in gettext. What is translated stands in
`autograder/languages/LANGUAGE.po`, which is read as it is: nothing needs to be compiled.
"""

import ast
import gettext
import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from fractions import Fraction
from functools import cache
from pathlib import Path

CATALOGUES = Path(__file__).parents[1] / "languages"


class Language(StrEnum):
    """A language that students can read, by its code."""

    ENGLISH = "en"
    FRENCH = "fr"

    @property
    def own_name(self) -> str:
        """What it is called by whoever speaks it."""
        return {"en": "English", "fr": "Français"}[self.value]


_spoken = ContextVar("language", default=Language.ENGLISH)
_authors = ContextVar[Language | None]("authors", default=None)


@contextmanager
def speaking(language: Language, *, authors: Language | None = None) -> Iterator[None]:
    """What is said to students meanwhile, in this thread, is said in this language.

    `authors` is the language in which the course's authors wrote, where that may be another one.
    """
    before, of_authors = _spoken.set(language), _authors.set(authors)
    try:
        yield
    finally:
        _spoken.reset(before)
        _authors.reset(of_authors)


def spoken_language() -> Language:
    """The language that is spoken now."""
    return _spoken.get()


def authors_language() -> Language | None:
    """The language of what authors wrote, where it is another than the one that is spoken now."""
    language = _authors.get()
    return None if language is _spoken.get() else language


def translate(text: str) -> str:
    """A text of ours in the language that is spoken."""
    language = _spoken.get()
    return text if language is Language.ENGLISH else _catalogue(language).gettext(text)


def translate_count(one: str, several: str, count: int) -> str:
    """One of two texts, by how many there are, in the language that is spoken."""
    language = _spoken.get()
    if language is Language.ENGLISH:
        return one if count == 1 else several
    return _catalogue(language).ngettext(one, several, count)


def is_singular(count: Fraction | int) -> bool:
    """Whether so many are one: in French less than two are, in English one alone."""
    return count == 1 if _spoken.get() is Language.ENGLISH else -2 < count < 2


def localize_number(text: str) -> str:
    """A number that is written with a decimal point, as the language writes it."""
    return text if _spoken.get() is Language.ENGLISH else text.replace(".", ",")


@cache
def _catalogue(language: Language) -> gettext.GNUTranslations:
    text = (CATALOGUES / f"{language}.po").read_text(encoding="utf-8")
    return gettext.GNUTranslations(io.BytesIO(_compile(dict(read_catalogue(text)))))


def read_catalogue(text: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The entries of a .po file: the English text, or one of one thing and one of several; what is said.

    What is not translated is left out.
    """
    for block in text.split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            word, _, quoted = line.partition(" ")
            if line.startswith('"'):
                fields[name] += ast.literal_eval(line)
            elif line and not line.startswith("#"):
                name = word
                fields[name] = ast.literal_eval(quoted)
        asked = tuple(fields[word] for word in ("msgid", "msgid_plural") if word in fields)
        said = tuple(value for word, value in fields.items() if word.startswith("msgstr"))
        if asked and all(said):
            yield asked, said


def _compile(entries: dict[tuple[str, ...], tuple[str, ...]]) -> bytes:
    """The entries as gettext reads them (a .mo file): two tables of lengths and places, then the texts."""
    pairs = sorted(("\0".join(a).encode(), "\0".join(s).encode()) for a, s in entries.items())
    texts = b"\0".join((*(asked for asked, _ in pairs), *(said for _, said in pairs), b""))
    place, table = 28 + 16 * len(pairs), b""
    for each in (*(asked for asked, _ in pairs), *(said for _, said in pairs)):
        table += struct.pack("<2I", len(each), place)
        place += len(each) + 1
    return struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0) + table + texts
