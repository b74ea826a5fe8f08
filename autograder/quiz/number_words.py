"""Numbers in words: `two`, `moins deux`, `one half`, `trois quarts`, `mille secondes`."""

import re

_ENGLISH = "zero one two three four five six seven eight nine ten eleven twelve"
_FRENCH = "zéro un deux trois quatre cinq six sept huit neuf dix onze douze"
_NUMBERS = {word: value for words in (_ENGLISH, _FRENCH) for value, word in enumerate(words.split())} | {
    "a": 1,
    "an": 1,
    "une": 1,
    "mille": 1000,
}
_PARTS = {
    **dict.fromkeys(("half", "halves", "demi", "demie", "demis"), 2),
    **dict.fromkeys(("third", "thirds", "tiers"), 3),
    **dict.fromkeys(("quarter", "quarters", "quart", "quarts"), 4),
    **dict.fromkeys(("fifth", "fifths", "cinquième", "cinquièmes"), 5),
    **dict.fromkeys(("sixth", "sixths", "sixième", "sixièmes"), 6),
    **dict.fromkeys(("eighth", "eighths", "huitième", "huitièmes"), 8),
    **dict.fromkeys(("tenth", "tenths", "dixième", "dixièmes"), 10),
    **dict.fromkeys(("sixteenth", "sixteenths", "seizième", "seizièmes"), 16),
    **dict.fromkeys(("hundredth", "hundredths", "centième", "centièmes"), 100),
}
_SPELT = re.compile(
    rf"(?P<sign>(?:(?:minus|moins|negative)\s+|-\s*)?)(?P<number>{'|'.join(_NUMBERS)}|\d+)\b"
    rf"(?:(?P<between>[\s-]*)(?P<part>{'|'.join(_PARTS)})\b)?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)


def in_digits(text: str) -> str:
    """The text with a number in words that begins it in digits; the same text where none does."""
    spelt = _SPELT.fullmatch(text.strip())
    if spelt is None:
        return text
    number = spelt["number"].lower()
    if not spelt["part"] and (number.isdigit() or number in ("a", "an")):
        return text
    sign = "-" if spelt["sign"] else ""
    above = _NUMBERS.get(number, number)
    below = f"/{_PARTS[spelt['part'].lower()]}" if spelt["part"] else ""
    return f"{sign}{above}{below}{spelt['rest']}"
