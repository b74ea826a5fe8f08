"""Units of measure: what a number typed with `kWh` or `J/s` amounts to in base units."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction

Dimensions = tuple[tuple[str, int], ...]
"""Base quantities with their exponents, sorted, none zero."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its size in base units, and of what."""

    name: str
    scale: Fraction
    dimensions: Dimensions = ()


NUMBER = Unit("", Fraction(1))
"""No unit at all."""

_Sizes = Mapping[str, int | Fraction]
_TIME: _Sizes = {
    "s": 1, "sec": 1, "second": 1, "seconds": 1, "ms": Fraction(1, 1000),
    "min": 60, "minute": 60, "minutes": 60,
    "h": 3600, "hour": 3600, "hours": 3600, "d": 86400, "day": 86400, "days": 86400,
    "week": 604800, "weeks": 604800, "month": 2629800, "months": 2629800,
    "y": 31557600, "yr": 31557600, "year": 31557600, "years": 31557600,
    "us": Fraction(1, 10**6), "µs": Fraction(1, 10**6), "μs": Fraction(1, 10**6), "ns": Fraction(1, 10**9),
    "seconde": 1, "secondes": 1, "secs": 1, "mn": 60, "mins": 60,
    "heure": 3600, "heures": 3600, "hr": 3600, "hrs": 3600,
    "jour": 86400, "jours": 86400, "j": 86400, "semaine": 604800, "semaines": 604800, "mois": 2629800,
    **dict.fromkeys(("an", "ans", "année", "années", "annee", "annees"), 31557600),
}  # fmt: skip
_LENGTH: _Sizes = {"mm": Fraction(1, 1000), "cm": Fraction(1, 100), "m": 1, "km": 1000}
_MASS: _Sizes = {"mg": Fraction(1, 10**6), "g": Fraction(1, 1000), "kg": 1, "t": 1000}
_MONEY: _Sizes = {
    "EUR": 1,
    "€": 1,
    "euro": 1,
    "euros": 1,
    "k€": 1000,
    "M€": 10**6,
    "kEUR": 1000,
    "MEUR": 10**6,
}
_BYTES: _Sizes = {
    **dict.fromkeys(("B", "byte", "bytes", "o", "octet", "octets"), 1),
    "bit": Fraction(1, 8), "bits": Fraction(1, 8),
    "KB": 1000, "Ko": 1000, "kbit": 125, "Mbit": 125_000, "Gbit": 125_000_000,
    **{f"{prefix}i{name}": 1024**power for name in "Bo" for power, prefix in enumerate("KMGTP", start=1)},
    **{f"ki{name}": 1024 for name in "Bo"},
}  # fmt: skip
_PREFIX_NAMES = {"kilo": 10**3, "mega": 10**6, "méga": 10**6, "giga": 10**9, "tera": 10**12, "téra": 10**12}
_SPELLED: Mapping[str, str] = {
    **dict.fromkeys(("byte", "bytes", "octet", "octets"), "B"),
    **dict.fromkeys(("watt", "watts"), "W"),
    **dict.fromkeys(("joule", "joules"), "J"),
    **dict.fromkeys(("wattheure", "wattheures", "watthour", "watthours"), "Wh"),
    **dict.fromkeys(("hertz",), "Hz"),
    **dict.fromkeys(("calorie", "calories"), "cal"),
}
"""Names of units in words, with what they stand for; they take the names of prefixes, as in gigabytes."""
_PREFIXES = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "E": 10**18}
_PREFIXED: Mapping[str, tuple[Fraction, Dimensions]] = {
    "W": (Fraction(1), (("energy", 1), ("time", -1))),
    "J": (Fraction(1), (("energy", 1),)),
    "Wh": (Fraction(3600), (("energy", 1),)),
    "cal": (Fraction(4184, 1000), (("energy", 1),)),
    "B": (Fraction(1), (("information", 1),)),
    "o": (Fraction(1), (("information", 1),)),
    "Hz": (Fraction(1), (("time", -1),)),
    "FLOP": (Fraction(1), ()),
    "FLOPs": (Fraction(1), ()),
    "FLOPS": (Fraction(1), (("time", -1),)),
}


def _table() -> dict[str, Unit]:
    percent = dict.fromkeys(("%", "percent", "pct"), Unit("%", Fraction(1, 100)))
    units = {**percent, "ppm": Unit("ppm", Fraction(1, 10**6)), "": NUMBER}
    plain = {"time": _TIME, "length": _LENGTH, "mass": _MASS, "money": _MONEY, "information": _BYTES}
    for quantity, sizes in plain.items():
        units |= {name: Unit(name, Fraction(size), ((quantity, 1),)) for name, size in sizes.items()}
    for name, (size, dimensions) in _PREFIXED.items():
        units[name] = Unit(name, size, dimensions)
        units |= {p + name: Unit(p + name, size * power, dimensions) for p, power in _PREFIXES.items()}
    for word, symbol in _SPELLED.items():
        size, dimensions = _PREFIXED[symbol]
        units[word] = Unit(word, size, dimensions)
        if word.endswith("s"):  # Gbytes
            units |= {p + word: Unit(p + word, size * power, dimensions) for p, power in _PREFIXES.items()}
        units |= {
            prefix + word: Unit(prefix + word, size * power, dimensions)
            for prefix, power in _PREFIX_NAMES.items()
        }
    return units


UNITS: Mapping[str, Unit] = _table()
"""Every unit by its name; a quotient, a product or a power of them is read by `find_unit`."""

_FACTOR = re.compile(r"(?P<name>[A-Za-z€%]+)(?:\^?(?P<power>-?[1-3]))?")


def find_unit(text: str) -> Unit | None:
    """The unit written as `text` (`kWh`, `J/s`, `km^2`, `EUR/kWh`), or None."""
    if text in UNITS:
        return UNITS[text]
    if len(text) > 4 and text.casefold() in UNITS:  # Gigabytes, Secondes; not MW for mW
        return UNITS[text.casefold()]
    scale, dimensions = Fraction(1), dict[str, int]()
    for position, part in enumerate(text.split("/")):
        sign = 1 if position == 0 else -1
        for factor in re.split(r"[·*.]", part) if part or position else ():
            match = _FACTOR.fullmatch(factor)
            unit = UNITS.get(match["name"]) if match else None
            if match is None or unit is None:
                return None
            power = sign * int(match["power"] or 1)
            scale *= unit.scale**power
            for quantity, exponent in unit.dimensions:
                dimensions[quantity] = dimensions.get(quantity, 0) + exponent * power
    return Unit(text, scale, tuple(sorted((q, e) for q, e in dimensions.items() if e)))


def suggest(text: str) -> str:
    """A unit that was perhaps meant by `text`, or the empty string."""
    alike = [name for name in UNITS if name and name.casefold() == text.casefold()]
    close = get_close_matches(text, UNITS, n=1, cutoff=0.75) if len(text) > 2 else []
    return next(iter(alike + close), "")
