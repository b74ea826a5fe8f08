"""Names that look like another name, as Unicode's UTS 39 calls them: reported, never taken for it."""

import unicodedata

_CONFUSABLE = {
    "а": "a", "ɑ": "a", "α": "a", "в": "b", "с": "c", "ϲ": "c", "ԁ": "d", "е": "e", "є": "e", "ҽ": "e",
    "ɡ": "g", "һ": "h", "н": "h", "і": "i", "ı": "i", "ι": "i", "ј": "j", "к": "k", "κ": "k", "ӏ": "l",
    "м": "m", "п": "n", "η": "n", "о": "o", "ο": "o", "օ": "o", "σ": "o", "р": "p", "ρ": "p", "ԛ": "q",
    "г": "r", "ѕ": "s", "т": "t", "τ": "t", "υ": "u", "ս": "u", "ν": "v", "ѵ": "v", "ԝ": "w", "ω": "w",
    "х": "x", "χ": "x", "у": "y", "γ": "y", "ʏ": "y", "ᴢ": "z",
}  # fmt: skip
"""Lower-case letters of other scripts that look like a Latin one."""
_TO_LATIN = str.maketrans(_CONFUSABLE)


def skeleton(name: str) -> str:
    """The looks of a name (UTS 39): equal for names that look alike.

    >>> skeleton("Аdа") == skeleton("ada")  # the first with two Cyrillic letters
    True
    """
    text = unicodedata.normalize("NFKC", name).casefold().translate(_TO_LATIN)
    return "".join(letter for letter in text if unicodedata.category(letter) not in ("Cf", "Cc"))


def mixed_script(name: str) -> str:
    """Letters of other scripts that look like the Latin letters beside them, as `U+0430`; empty for none."""
    folded = {letter: letter.casefold() for letter in name}
    if not any(letter.isascii() and letter.isalpha() for letter in name):
        return ""
    return ", ".join(f"U+{ord(letter):04X}" for letter, small in folded.items() if small in _CONFUSABLE)
