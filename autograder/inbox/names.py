"""How the names of people are compared: exactly as a platform spells them, else by their words alone."""

import re
import unicodedata

_REMOVED_BY_MOODLE = re.compile(r"""[\x00-\x1f\x7f&<>"`|':\\/]|\.\.+""")
_WORDS = frozenset({"Pc", "Nd", "Mn", "Mc", "Me"})
_BETWEEN_WORDS = re.compile(r"[\s,;_\-\u2010\u2011]+")
_NO_ACCENT = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})


def spell_for_moodle(name: str) -> str:
    """A name as it is compared in Moodle's zip: Moodle removes some signs; capitals and blanks vary.

    >>> spell_for_moodle("Siobhán  O'Neill") == spell_for_moodle("siobhán ONeill")
    True
    """
    text = _REMOVED_BY_MOODLE.sub("", name.replace("_", " "))
    return unicodedata.normalize("NFC", " ".join(text.split()).casefold())


def spell_for_canvas(name: str) -> str:
    """A name as it is compared in Canvas' zip: only its letters and digits.

    >>> spell_for_canvas("Lovelace, Ada")
    'lovelaceada'
    """
    text = unicodedata.normalize("NFC", name.casefold())
    return "".join(sign for sign in text if sign.isalpha() or unicodedata.category(sign) in _WORDS)


def sort_words(name: str) -> str:
    """The words of a name in an order of ours: whoever puts the family name first means the same person.

    >>> sort_words("Müller, Zoé") == sort_words("Zoé MÜLLER")
    True
    """
    return " ".join(sorted(word for word in _BETWEEN_WORDS.split(spell_for_moodle(name)) if word))


def without_accents(name: str) -> str:
    """A name in small letters without accents; letters of other alphabets stay what they are.

    >>> without_accents("Zoé Møller")
    'zoe moller'
    """
    # Canonical decomposition alone: letters that only look like others must stay different.
    text = unicodedata.normalize("NFD", name.casefold())
    bare = "".join(sign for sign in text if unicodedata.category(sign) != "Mn")
    return bare.translate(_NO_ACCENT)
