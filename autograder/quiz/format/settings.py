"""The head of a quiz file: id, title, symbols, and how the quiz is taken."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from autograder.domain.attempts import Keep
from autograder.quiz.format.lines import Complaints
from autograder.quiz.model import Settings, Showing, Shuffling


@dataclass(frozen=True, slots=True)
class Head:
    """What stands between the two `---` lines."""

    id: str = ""
    title: str = ""
    symbols: str = ""
    settings: Settings = Settings()  # noqa: RUF009 - frozen, so one instance may be shared


def read_head(lines: list[str], complaints: Complaints) -> Head:
    """The head written as `key: value` lines, the first of which is line 2 of the file."""
    texts, settings = dict[str, str](), dict[str, Any]()
    for number, line in enumerate(lines, 2):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not name or name.startswith("#"):
            continue
        if not colon:
            complaints.add(number, f"cannot read {line.strip()!r}", "key: value")
        elif name in texts or _field(name) in settings:
            complaints.add(number, f"{name!r} is written twice")
        elif name in ("id", "title", "symbols"):
            texts[name] = value
        elif name in _SETTINGS:
            _read_setting(name, value, number, settings, complaints)
        else:
            known = ["id", "title", "symbols", *_SETTINGS]
            begun = [one for one in known if one.startswith(f"{name} ")]
            near = begun or get_close_matches(name, known, 1)
            advice = f"did you mean {near[0]}?" if near else "one of " + ", ".join(known)
            complaints.add(number, f"there is no setting {name!r}", advice)
    _check_together(settings, complaints)
    for name in ("id", "title"):
        if not texts.get(name):
            complaints.add(1, f"the head has no {name}", f"{name}: ... between two lines ---")
    return Head(texts.get("id", ""), texts.get("title", ""), texts.get("symbols", ""), Settings(**settings))


def _read_setting(name: str, value: str, number: int, into: dict[str, Any], complaints: Complaints) -> None:
    read, allowed = _SETTINGS[name]
    try:
        into[_field(name)] = read(value)
    except ValueError:
        complaints.add(number, f"{name} cannot be {value!r}", allowed, column=len(name) + 3)


def _check_together(settings: Mapping[str, Any], complaints: Complaints) -> None:
    opens, closes = settings.get("opens"), settings.get("closes")
    if opens and closes and opens >= closes:
        complaints.add(1, "the quiz closes before it opens")
    tried_again = settings.get("results") is Showing.AT_ONCE and settings.get("tries", 1) != 1
    if "penalty" in settings and not tried_again:
        what = "a penalty is for questions that are tried again, which no question of this quiz is"
        complaints.add(1, what, "results: at once, and tries: 2 or more")
    if settings.get("results") is Showing.AFTER_CLOSING and closes is None:
        complaints.add(
            1, "results are shown after closing, but the quiz never closes", "closes: a date and time"
        )


def _field(name: str) -> str:
    return name.replace(" ", "_")


def _read_count(text: str) -> int:
    if text == "unlimited":
        return 0
    if not re.fullmatch(r"[1-9][0-9]{0,2}", text):
        raise ValueError(text)
    return int(text)


def _read_penalty(text: str) -> Fraction:
    found = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,3})?)\s*%", text)
    if not found or not 0 < Fraction(found[1]) <= 100:
        raise ValueError(text)
    return Fraction(found[1]) / 100


_UNITS = {"s": 1, "min": 60, "h": 3600}


def _read_duration(text: str) -> timedelta | None:
    if text == "none":
        return None
    parts = re.findall(r"([0-9]+)\s*(s|min|h)\b", text)
    if not parts or re.sub(r"([0-9]+)\s*(s|min|h)\b", "", text).strip():
        raise ValueError(text)
    return timedelta(seconds=sum(int(count) * _UNITS[unit] for count, unit in parts))


def _read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


_WHEN = "one of " + ", ".join(showing.value for showing in Showing)
_SETTINGS: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "attempts": (_read_count, "a number such as 2, or unlimited"),
    "tries": (_read_count, "a number such as 3, or unlimited"),
    "penalty": (_read_penalty, "a part of the points that each further try takes off, such as 10 %"),
    "time limit": (_read_duration, "such as 20 min, 1 h 30 min, or none"),
    "shuffle": (Shuffling, "one of none, choices, questions, both"),
    "results": (Showing, _WHEN),
    "solutions": (Showing, _WHEN),
    "opens": (_read_moment, "a time with its zone, such as 2026-10-01T08:00+02:00"),
    "closes": (_read_moment, "a time with its zone, such as 2026-10-08T23:59+02:00"),
    "keep": (Keep, "best or last"),
}
