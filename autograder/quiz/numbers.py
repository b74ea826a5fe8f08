"""Reads a number as people write it, exactly, never guessing: `17,5 MWh`, `1 000`, `5·10^2`, `1/3`, `€2M`."""

import re
from dataclasses import dataclass
from fractions import Fraction

from autograder.domain.sentences import SILENT, Sentence, say
from autograder.quiz.arithmetic import NoValueError, evaluate_number
from autograder.quiz.number_words import in_digits
from autograder.quiz.units import NUMBER, Unit, find_unit, suggest

LONGEST = 80
"""Characters of an answer that is read as a number."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit; `digits` are the significant ones it was written with, 0 for a fraction."""

    value: Fraction
    unit: Unit
    digits: int = 0
    least_digits: int = 0
    """The same, if the zeros at the end of a whole number only fill places."""

    @property
    def size(self) -> Fraction:
        """The value in base units."""
        return self.value * self.unit.scale


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a text is not read as a number, in a sentence for whoever typed it."""

    sentence: Sentence
    code: str = "unreadable"

    @property
    def message(self) -> str:
        """The same in the language that is spoken."""
        return str(self.sentence)


_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SAME = str.maketrans({
    "\u202f": " ", "\u00a0": " ", "\u2009": " ", "\t": " ", "−": "-", "–": "-", "×": "*", "·": "*", "⋅": "*",
    "’": "'", "٫": ".", "，": ",",
})  # fmt: skip
_TEX = ((r"\cdot", "*"), (r"\times", "*"), (r"\,", " "), (r"\ ", " "), (r"\%", "%"), ("{,}", ","), ("$", ""))
_WORDS = {
    "thousand": 10**3, "mille": 10**3, "millier": 10**3, "milliers": 10**3,
    "million": 10**6, "millions": 10**6, "trillion": 10**12,
    "billion": 10**9, "billions": 10**9, "milliard": 10**9, "milliards": 10**9,
}  # fmt: skip
_FRENCH_POWER = re.compile(r"(?<=\d)\s*\.\s*10(?=\s*(?:\^|\*\*))")
"""`4,54.10^-5`: a dot as the sign of a product."""
_MISSING_SIGN = re.compile(r"(?<=\d)\s+10(?=\s*(?:\^|\*\*))")
"""`4,54 10^-5`: a power of ten beside its factor."""
_PIECE = re.compile(r"(\d+(?:[.,]\d+)?)\s*([A-Za-zµμéè]*)\s*(?:,|et|and)?\s*")
"""One piece of `16 min 40 s`, or the end of `1 h 30`."""
_CLOCK = re.compile(r"(?:(?P<h>\d{1,3}):)?(?P<min>\d{1,3})(?::|'\s*)(?P<s>[0-5]?\d)(?:''|\")?")
"""`0:16:40` and `16'40''`; `16:40` may be two things and `16'40` is none."""
_REPEATING = re.compile(
    r"(?P<whole>\d+)[.,](?P<fixed>\d*?)(?:(?P<digit>\d)(?P=digit){2,}|(?P<block>\d{2,6})(?P=block)+)(?:\.\.\.|…)"
    r"|(?<![\d.,])(?P<nought>0)[.,](?P<before>\d*)(?:\((?P<again>\d{1,6})\)|\\(?:overline|bar)\{(?P<over>\d{1,6})\})"
)
"""`0.333...`, `0.(3)` and `0.\\overline{3}`."""
_TEN_EXP = re.compile(r"(?<![\d.,])10\s*exp\s*\(?\s*([-+]?\d+)")
_GROUP = re.compile(r"(?<![\d.,])[1-9]\d{0,2},\d{3}(?![\d,.])")
"""A number of which nobody can say whether its comma is decimal."""
_ENDING = re.compile(r"(?<=[\s\d)}\]¼-¾⅐-⅞])\s*([A-Za-z%€µμéè][A-Za-z%€µμéè0-9^/·*-]*)\s*$")
_NAMED = re.compile(r"^[^=<>≤≥0-9+*/]{0,24}?(?:=|≈|\\approx)\s*")
"""The name before an equals sign."""
_SHORT = {"k": 10**3, "M": 10**6}
_DIGITS = r"[0-9][0-9.,' ]*[0-9]|[0-9]|[.,][0-9]+|[0-9]+[.,](?![0-9])"
_NUMBER = re.compile(
    rf"""(?P<lead>€|EUR)?\s*(?P<sign>[-+]?)\s*(?P<lead2>€)?\s*
    (?:(?P<digits>{_DIGITS})\s*
       (?:[eE](?P<e>[-+]?[0-9]{{1,3}})(?![A-Za-z0-9])
         |(?:\*|x)\s*10(?:\^|\*\*)[{{(]?(?P<ten>[-+]?[0-9]{{1,3}})[}})]?)?
      |(?P<bare>10(?:\^|\*\*)[{{(]?(?P<power>[-+]?[0-9]{{1,3}})[}})]?))
    (?:\s*/\s*(?P<below>[0-9]{{1,12}}))?
    \s*(?P<word>thousand|millions?|billions?|trillion|milliards?|milliers?|mille)?(?:\s+(?:de|d'))?
    (?P<short>(?<=[0-9])[kM](?![A-Za-z€]))?
    \s*(?P<unit>/?[A-Za-z%€µμéè][A-Za-z%€µμéè0-9^/·*.-]*)?""",
    re.VERBOSE,
)


def read_number(text: str) -> Quantity | Unread:
    """The number and unit that `text` says, or why it does not say one.

    `1,750` is refused as ambiguous; so are two numbers side by side and an unknown unit.
    """
    if len(text) > LONGEST:
        return Unread(say("typed.a_number_has_at_most", most=LONGEST))
    text = _REPEATING.sub(_as_fraction, text).removesuffix("...").removesuffix("…")
    plain = _normalise(text)
    if powered := _TEN_EXP.search(plain):
        power = powered[1]
        return Unread(say("typed.is_this_a_power_of_ten", written=powered[0], power=power), "ambiguous")
    match = _NUMBER.fullmatch(plain)
    read = Unread(say("typed.i_read_a_number_with")) if match is None else _read(match)
    if isinstance(read, Quantity) or read.code in ("ambiguous", "prefix"):
        return read
    return _read_pieces(plain) or _read_arithmetic(text, plain) or read


def _read(match: re.Match[str]) -> Quantity | Unread:
    """The quantity of a number that is no arithmetic."""
    unit = _read_unit(match)
    if isinstance(unit, Unread):
        return unit
    mantissa = _read_mantissa(match["digits"] or "1")
    if isinstance(mantissa, Unread):
        return mantissa
    value, digits, least = mantissa
    power = int(match["e"] or match["ten"] or match["power"] or 0)
    if match["below"] is not None and int(match["below"]) == 0:
        return Unread(say("typed.you_divide_by_zero"), "prefix")
    value *= _WORDS.get(match["word"] or "", 1) * _SHORT.get(match["short"] or "", 1)
    value = value * Fraction(10) ** power / int(match["below"] or 1)
    exact = match["below"] is not None or match["bare"] is not None
    value = -value if match["sign"] == "-" else value
    return Quantity(value, unit) if exact else Quantity(value, unit, digits, least)


def _as_fraction(match: re.Match[str]) -> str:
    """The fraction that a decimal number with digits that repeat for ever is."""
    whole, fixed = match["whole"] or match["nought"], match["fixed"] or match["before"] or ""
    block = match["digit"] or match["block"] or match["again"] or match["over"]
    above = int(whole + fixed + block) - int(whole + fixed)
    return f"({above}/{10 ** len(fixed) * (10 ** len(block) - 1)})"


def _read_pieces(plain: str) -> Quantity | None:
    """`16 min 40 s`, `1 h 30`, `0:16:40`: units of time, each smaller than the one before."""
    clock = _CLOCK.fullmatch(plain)
    if clock and (clock["h"] or plain.endswith(("''", '"'))):
        plain = f"{clock['h'] or 0} h {clock['min']} min {clock['s']} s"
    pieces = list(_PIECE.finditer(plain))
    if len(pieces) < 2 or "".join(piece[0] for piece in pieces) != plain:
        return None
    names = ["min" if piece[2] == "m" else piece[2] for piece in pieces]  # 16m40s
    names[-1] = names[-1] or {"h": "min"}.get(names[-2], "")
    units = [find_unit(name) for name in names]
    total, last = Fraction(0), None
    for piece, unit in zip(pieces, units, strict=True):
        if unit is None or unit.dimensions != (("time", 1),) or (last is not None and unit.scale >= last):
            return None
        total, last = total + Fraction(piece[1].replace(",", ".")) * unit.scale, unit.scale
    smallest = units[-1]
    return None if smallest is None else Quantity(total / smallest.scale, smallest)


def _read_arithmetic(text: str, plain: str) -> Quantity | Unread | None:
    """`1000^3`, `exp(-10)`, `-√4 m`: what is computed, with a unit behind it or none; None if nothing is."""
    if re.search(r"\d[eE]$", plain):
        return None  # an exponent is missing
    if _GROUP.search(plain):
        return Unread(say("typed.is_the_comma_a_decimal"), "ambiguous")
    written = _MISSING_SIGN.sub("*10", _FRENCH_POWER.sub("*10", text.strip().removesuffix(".")))
    written = re.sub(r"(?<=\d)\s*[xX]\s*(?=\d)", "*", _NAMED.sub("", written).strip())
    ending = _ENDING.search(written)
    candidates = [(written, NUMBER)]
    if ending is not None and (unit := find_unit(ending[1])) is not None:
        candidates.append((written[: ending.start()], unit))
    for expression, unit in candidates:
        try:
            return Quantity(evaluate_number(expression, {}), unit)
        except NoValueError:
            continue
    return None


def _normalise(text: str) -> str:
    """One spelling for signs, spaces, superscripts, LaTeX, and without what stands around a number."""
    text = re.sub(r"(?<![\d.,])0[·⋅](?=\d+\s*(?:$|[^\d\s^*]))", "0.", text)  # a decimal point in Britain
    raised = re.sub(r"(?<=[0-9A-Za-z])([⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+)", lambda m: "^" + m[1].translate(_SUPERSCRIPTS), text)
    plain = _MISSING_SIGN.sub("*10", _FRENCH_POWER.sub("*10", raised.translate(_SAME)))
    plain = re.sub(r"(?<=\d)_(?=\d{3})", "", plain)
    for tex, ours in _TEX:
        plain = plain.replace(tex, ours)
    plain = re.sub(r"\\(?:text|mathrm)\{([^{}]*)\}", r"\1", plain).strip()
    plain = re.sub(r"(?<=[A-Za-z])\^\{(-?\d)\}", r"^\1", plain)
    plain = re.sub(r"(?<=[A-Za-z]) (?=[A-Za-z]{1,3}\^-?\d)", "*", plain)  # m s^-1
    plain = re.sub(
        r"^(?:\\?\w{0,12}\s*)?(?:=|≈|~|\\approx|about |approx(?:imately|\.)? |environ |roughly )\s*",
        "",
        plain,
    )
    plain = re.sub(r"\s+(?:environ|approx(?:imately|\.)?|roughly|exactly|exactement)\s*$", "", plain)
    plain = re.sub(r"^(?:exactly|exactement)\s+", "", plain)
    plain = re.sub(r"(?<=\d)\s+[eE]\s*(?=[-+]\d)", "e", in_digits(plain))
    plain = re.sub(r"^(?:moins|minus|negative)\s+(?=[\d.])", "-", plain)
    plain = re.sub(r"^an?\s+(?=thousand|mill|bill|trill)", "1 ", plain)
    plain = re.sub(r"(?<=\d)\s+(?:out\s+of|of|sur)\s+(?=\d)", "/", plain)
    plain = re.sub(r"^([\d.,]+)\s*:\s*([\d.,]+)$", r"\1/\2", plain)  # a division in Germany
    plain = re.sub(r"\s*(?:pour\s?cent|per cent)\s*$", " %", plain)
    # A full stop ends the sentence after a unit, and after a number that has its decimal point already.
    ended = re.search(r"(?:[^\d.]|[.,]\d+)\.$", plain)
    return plain.removesuffix(".").strip() if ended else plain.strip()


def _read_unit(match: re.Match[str]) -> Unit | Unread:
    name = match["unit"] or ""
    if match["short"] and not (match["lead"] or match["lead2"]):
        return Unread(say("typed.is_a_prefix_without_a", prefix=str(match["short"])), "unknown_unit")
    if match["lead"] or match["lead2"]:
        return Unread(say("typed.you_gave_two_units")) if name else find_unit("EUR") or NUMBER
    unit = find_unit(name) or find_unit(name.replace("-", ""))
    if unit is None:
        meant = suggest(name)
        advice = say("typed.did_you_mean", name=meant) if meant else SILENT
        told = say("typed.i_do_not_know_the", name=repr(name), advice=advice)
        return Unread(told, "unknown_unit")
    return unit


def _read_mantissa(written: str) -> tuple[Fraction, int, int] | Unread:
    """The value of digits with separators, and how many of them are significant: at most, at least."""
    digits = _drop_separators(written)
    if isinstance(digits, Unread):
        return digits
    whole, _, decimals = digits.partition(".")
    significant = (whole + decimals).lstrip("0")
    least = significant if "." in digits else significant.rstrip("0")
    return Fraction(int(whole + decimals or "0"), 10 ** len(decimals)), len(significant), len(least)


def _drop_separators(written: str) -> str | Unread:
    """The digits with at most one decimal point and no thousands separator."""
    if re.search(r"[ ']", written):
        if not re.fullmatch(r"[0-9]{1,3}([ '])[0-9]{3}(?:\1[0-9]{3})*(?:[.,][0-9]+)?", written):
            return Unread(say("typed.i_see_two_numbers_write"), "ambiguous")
        written = re.sub(r"[ ']", "", written)
        return written.replace(",", ".")
    commas, points = written.count(","), written.count(".")
    if commas and points:
        return _tell_separators_apart(written)
    if commas > 1 or points > 1:
        separator = "," if commas else "."
        grouped = re.fullmatch(rf"[0-9]{{1,3}}(?:\{separator}[0-9]{{3}})+", written)
        return (
            written.replace(separator, "")
            if grouped
            else Unread(say("typed.i_cannot_read_as_one", written=written))
        )
    if commas and re.fullmatch(r"[1-9][0-9]{0,2},[0-9]{3}", written):
        thousand, decimal = written.replace(",", ""), written.replace(",", ".")
        return Unread(
            say("typed.is_a_thousand_or_a", written=written, thousand=thousand, decimal=decimal), "ambiguous"
        )
    return written.replace(",", ".")


def _tell_separators_apart(written: str) -> str | Unread:
    """`1,234.5` and `1.234,5`: the last separator is the decimal one, the others make groups of three."""
    decimal = max(",", ".", key=written.rfind)
    thousands = "." if decimal == "," else ","
    if not re.fullmatch(rf"[0-9]{{1,3}}(?:\{thousands}[0-9]{{3}})+\{decimal}[0-9]+", written):
        return Unread(say("typed.i_cannot_read_as_one", written=written))
    return written.replace(thousands, "").replace(decimal, ".")


def format_number(value: Fraction, digits: int = 10) -> str:
    """A value for people: few digits, no trailing zeros, powers of ten only where they help."""
    if value.denominator == 1 and abs(value) < 10**15:
        return str(value.numerator)
    return f"{float(value):.{digits}g}" if abs(value) < Fraction(10) ** 300 else "a huge number"
