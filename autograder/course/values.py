"""How single values of course.toml are written: shares, spans of time, deadlines, zones, names."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from ipaddress import ip_network
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import ValidationInfo
from pydantic_core import PydanticCustomError

from autograder.domain.course import Disclosure

C = TypeVar("C", bound=StrEnum)

SHARE = 'a share between 0 and 1, such as "12.5 %", "1/8" or 0.125'
SPAN = 'a span of time, such as "90 s", "15 min", "2 h" or "1 day"'
DEADLINE = (
    "a date and time without quotes, such as 2026-10-18T23:59:00, in the course's time zone or with its own"
)
ZONE = 'a time zone such as "Europe/Paris"'
NAME = "a name of letters, digits, _ and -, that begins with a letter"
MODULE = 'the name of a module, such as "matplotlib.pyplot"'
FOLDER = 'a folder of the course that `autograder adopt` made, such as "adopted/ps1"'
INTERPRETER = 'the program of a Python, such as "/opt/course/bin/python"; below the course, or from the root'
REQUIREMENT = 'a package, or one with its versions, such as "numpy" or "pandas<3"'
DISCLOSURE = 'one of "never", "category"'

WEIGHT = 'a share such as "12.5 %"; within a group any number from 0 to 1000'
DAYS = 'a whole number of days, such as "3 days" or "0 days"'
STEP = 'one of "0.01", "0.1", "0.25", "0.5", "1"'
SCALE = "a whole number, 1 to 1000"

ADDRESS = 'an address such as "https://course.example.org/kernels"'
PREFIX = 'a path such as "/kernels"'
PROXY = 'the address of a proxy, such as "127.0.0.1", or a network, such as "10.0.0.0/8"'
HEADER = 'the name of a header that proxies set, such as "X-Remote-User"'

_STEPS = ("0.01", "0.1", "0.25", "0.5", "1")
_SPAN = re.compile(r"(\d+(?:\.\d+)?) *(s|sec|seconds?|min|minutes?|h|hours?|d|days?)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def refuse(what: str, allowed: str) -> NoReturn:
    """End the reading of a value: what is wrong with it, and what is allowed instead."""
    raise PydanticCustomError("refused", "{what}", {"what": what, "allowed": allowed})


def said(value: object) -> str:
    """A value as the author will recognise it, cut to one line."""
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, date):
        return value.isoformat()
    text = repr(value) if isinstance(value, str) else str(value).lower()
    return text if len(text) <= 60 else f"{text[:57]}..."


def meant(word: str, known: list[str]) -> str:
    """A hint for a misspelt word, or nothing."""
    close = get_close_matches(word, known, n=1)
    return f"did you mean {close[0]}? " if close else ""


def share(value: Any) -> Fraction:
    """An exact part of the whole.

    >>> share("12.5 %"), share("1/8"), share(0.125)
    (Fraction(1, 8), Fraction(1, 8), Fraction(1, 8))
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        refuse(f"{said(value)} is no share", SHARE)
    text = str(value).strip()
    try:
        exact = Fraction(text[:-1].strip()) / 100 if text.endswith("%") else Fraction(text)
    except (ValueError, ZeroDivisionError):
        refuse(f"{said(value)} is no share", SHARE)
    if not 0 <= exact <= 1:
        refuse(f"{said(value)} is not between 0 and 1", SHARE)
    return exact


def weight(value: Any, info: ValidationInfo) -> Fraction | None:
    """A share of the homework; within a group any weight, or none where all are equal."""
    grouped = (info.context or {}).get("grouped", False) and not info.data.get("bonus")
    if value is None:
        if not grouped:
            refuse("is missing", SHARE)
        return None
    if not grouped or (isinstance(value, str) and value.strip().endswith("%")):
        return share(value)
    try:
        exact = Fraction(str(value).strip())
    except (ValueError, ZeroDivisionError):
        refuse(f"{said(value)} is no weight", WEIGHT)
    if isinstance(value, bool) or not 0 <= exact <= 1000:
        refuse(f"{said(value)} is no weight", WEIGHT)
    return exact


def days(value: Any) -> int:
    """A span of whole days."""
    try:
        length = span(value)
    except PydanticCustomError:
        refuse(f"{said(value)} is no number of days", DAYS)
    if length % timedelta(days=1):
        refuse(f"{said(value)} is not a whole number of days", DAYS)
    return length.days


def step(value: Any) -> Fraction:
    """To what a final grade is rounded."""
    if isinstance(value, bool) or str(value) not in (*_STEPS, "1.0"):
        refuse(f"{said(value)} is no step", STEP)
    return Fraction(str(value))


def scale(value: Any) -> Fraction:
    """The greatest final grade."""
    if type(value) is not int or not 1 <= value <= 1000:
        refuse(f"{said(value)} is no scale", SCALE)
    return Fraction(value)


def choice(kind: type[C]) -> Callable[[Any], C]:
    """Reads one of a few words."""

    def read(value: Any) -> C:
        known = [str(each) for each in kind]
        if isinstance(value, str) and value in known:
            return kind(value)
        hint = meant(value, known) if isinstance(value, str) else ""
        refuse(f"{said(value)} is no choice", hint + choices(kind))

    return read


def choices(kind: type[StrEnum]) -> str:
    """What may stand where one of a few words is wanted."""
    return "one of " + ", ".join(f'"{each}"' for each in kind)


def percent(exact: Fraction) -> str:
    """A share for people.

    >>> percent(Fraction(1, 8))
    '12.5 %'
    """
    return f"{float(exact * 100):.6g} %"


def span(value: Any) -> timedelta:
    """A length of time.

    >>> span("15 min")
    datetime.timedelta(seconds=900)
    """
    match = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        refuse(f"{said(value)} is no span of time", SPAN)
    seconds = float(match[1]) * _SECONDS[match[2][0]]
    if seconds > 366 * 86400:
        refuse(f"{said(value)} is more than a year", SPAN)
    return timedelta(seconds=seconds)


def read_span(text: str) -> timedelta | None:
    """The same outside of course.toml; None where it is none."""
    try:
        return span(text)
    except PydanticCustomError:
        return None


def deadline(value: Any, info: ValidationInfo) -> datetime:
    """A moment; where it is written without a zone, in that of the course."""
    if not isinstance(value, datetime):
        what = (
            f"{said(value)} has no time of day"
            if isinstance(value, date)
            else f"{said(value)} is no date and time"
        )
        refuse(what, DEADLINE)
    if not 2000 <= value.year <= 2200:
        refuse(f"{said(value)} is in another century", DEADLINE)
    if value.tzinfo is not None:
        return value
    local = value.replace(tzinfo=(info.context or {}).get("zone", UTC))
    if local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) != value:
        refuse(f"{said(value)} does not exist: clocks are put forward over it", DEADLINE)
    return local


def zone(value: Any) -> str:
    """The name of a time zone."""
    if isinstance(value, str):
        try:
            return ZoneInfo(value).key
        except (ValueError, OSError, LookupError):
            hint = meant(value, sorted(available_timezones()))
            refuse(f"{said(value)} is no time zone", hint + ZONE)
    refuse(f"{said(value)} is no time zone", ZONE)


def name(value: Any) -> str:
    """A name that can be a folder's and part of an address."""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,59}", value):
        refuse(f"{said(value)} is no name", NAME)
    return value


def module(value: Any) -> str:
    """The dotted name of a module."""
    if not isinstance(value, str) or not all(part.isidentifier() for part in value.split(".")):
        refuse(f"{said(value)} is no module", MODULE)
    return value


def folder(value: Any) -> str:
    """A path below the course's folder."""
    parts = value.split("/") if isinstance(value, str) else []
    if not parts or "\0" in value or any(part in ("", ".", "..") for part in parts):
        refuse(f"{said(value)} is no folder of the course", FOLDER)
    return str(value)


def interpreter(value: Any) -> str:
    """The path of a program; whether there is one is seen when it is needed."""
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        refuse(f"{said(value)} is no path", INTERPRETER)
    return value


def requirement(value: Any) -> str:
    """A package by its name, with the versions that will do; no address of one, and no marker.

    >>> requirement("pandas<3")
    'pandas<3'
    """
    from packaging.requirements import InvalidRequirement, Requirement  # late: few courses name any

    try:
        read = Requirement(value)
    except (InvalidRequirement, TypeError):
        refuse(f"{said(value)} is no package", REQUIREMENT)
    if read.url or read.marker or read.extras:
        refuse(f"{said(value)} says more than a name and versions", REQUIREMENT)
    return str(value)


def address(value: Any) -> str:
    """The address of web pages, without a slash at its end."""
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        usable = parts is not None and parts.hostname and (parts.port or 1) > 0
    except ValueError:
        usable, parts = False, None
    if not usable or parts is None or parts.scheme not in ("http", "https"):
        refuse(f"{said(value)} is no address of pages", ADDRESS)
    if parts.query or parts.fragment or parts.username is not None:
        refuse(f"{said(value)} holds more than a host and a path", ADDRESS)
    return str(value).rstrip("/")


def prefix(value: Any) -> str:
    """The path below which pages lie."""
    text = value.rstrip("/") if isinstance(value, str) else None
    if text is None or not re.fullmatch(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*", text):
        refuse(f"{said(value)} is no path", PREFIX)
    return text


def proxy(value: Any) -> str:
    """The address of a proxy, or a network of them."""
    try:
        ip_network(value if isinstance(value, str) else "", strict=False)
    except ValueError:
        refuse(f"{said(value)} is no address of a proxy", PROXY)
    return str(value)


def header(value: Any) -> str:
    """The name of a header in which a proxy says who asks."""
    own = ("authorization", "cookie", "host", "origin", "x-form-key")
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{1,60}", value):
        refuse(f"{said(value)} is no name of a header", HEADER)
    if value.lower() in own or value.lower().startswith(("x-forwarded-", "sec-", "content-")):
        refuse(f"{said(value)} has a meaning of its own", HEADER)
    return value


def disclosure(value: Any) -> Disclosure:
    """What a student may see of hidden cases."""
    try:
        return Disclosure(value)
    except ValueError:
        hint = meant(value, [str(choice) for choice in Disclosure]) if isinstance(value, str) else ""
        refuse(f"{said(value)} is no choice", hint + DISCLOSURE)
