"""What an event says, as the JSON that is stored; it is read strictly: no key more, no key less."""

from collections.abc import Callable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from autograder.domain.course_events import (
    EventKind,
    NameShown,
    PlatformLateness,
    Publication,
    ReceiptTime,
    Recorded,
    RubricChange,
    Team,
)
from autograder.domain.events import (
    Absence,
    BadQuestion,
    ExamCode,
    ExamMark,
    Extension,
    Override,
    OverrideKind,
    Remedy,
    Revocation,
)

_Reader = Callable[[Any], Any]


def to_body(what: Recorded) -> dict[str, Any]:
    """What an event says, without its number and its reason, in plain JSON values."""
    match what:
        case Extension():
            return {"work": what.work, "until": _written(what.until), "minutes": what.minutes}
        case Team():
            return {"work": what.work, "name": what.name, "source": what.source}
        case ReceiptTime():
            return {
                "work": what.work,
                "submission": what.submission,
                "received": _written(what.received),
            }
        case PlatformLateness():
            return {
                "work": what.work,
                "submission": what.submission,
                "late": what.late,
                "platform": what.platform,
            }
        case Absence():
            return {"work": what.work, "excused": what.excused, "session": what.session}
        case Override():
            return {
                "work": what.work,
                "kind": what.kind.value,
                "value": str(what.value),
                "question": what.question,
                "given": what.given,
            }
        case ExamMark():
            return {
                "mark": what.mark.value if isinstance(what.mark, ExamCode) else str(what.mark),
                "session": what.session,
                "out_of": str(what.out_of),
                "source": what.source,
            }
        case BadQuestion():
            return {"work": what.work, "question": what.question, "remedy": what.remedy.value}
        case RubricChange() | NameShown():
            return _to_marking_body(what)
        case Publication():
            return {"work": what.work, "policy": what.policy}
        case Revocation():
            return {"revokes": what.revokes}


def _to_marking_body(what: RubricChange | NameShown) -> dict[str, Any]:
    of_part: dict[str, Any] = {"work": what.work, "part": what.part}
    if isinstance(what, RubricChange):
        for key, criteria in (("written", what.written), ("rubric", what.rubric)):
            of_part[key] = [[sentence, str(points)] for sentence, points in criteria]
    return of_part


def read_body(kind: str, number: int, body: Any, why: str) -> Recorded:
    """What `to_body` wrote of an event of this kind. Raises ValueError for anything else."""
    make, readers = _SHAPES[EventKind(kind)]
    if kind == EventKind.TEAM and isinstance(body, Mapping):
        body = {"source": "", **body}  # which an earlier version did not keep
    if not isinstance(body, Mapping) or body.keys() != readers.keys():
        raise ValueError(f"{kind} has not the keys {', '.join(readers)}")
    made: Recorded = make(id=number, why=why, **{key: read(body[key]) for key, read in readers.items()})
    return made


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{value!r} is no whole number")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def _moment(value: Any) -> datetime:
    found = datetime.fromisoformat(_text(value))
    if found.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone")
    return found


def _optional(read: _Reader) -> _Reader:
    return lambda value: None if value is None else read(value)


def _session(value: Any) -> int:
    if _whole(value) not in (1, 2):
        raise ValueError(f"{value!r} is no session")
    return int(value)


def _number(value: Any) -> Fraction:
    return Fraction(_text(value))


def _criteria(value: Any) -> tuple[tuple[str, Fraction], ...]:
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is no list of criteria")
    return tuple((_text(sentence), _number(points)) for sentence, points in value)


def _share(value: Any) -> Fraction:
    found = _number(value)
    if not -1 <= found <= 1:
        raise ValueError(f"{value!r} is no share")
    return found


def _exam_mark(value: Any) -> Fraction | ExamCode:
    if _text(value) in tuple(ExamCode):
        return ExamCode(value)
    found = _share(value)
    if found < 0:
        raise ValueError(f"{value!r} is no mark")
    return found


_SHAPES: dict[EventKind, tuple[Callable[..., Recorded], dict[str, _Reader]]] = {
    EventKind.EXTENSION: (Extension, {"work": _text, "until": _optional(_moment), "minutes": _whole}),
    EventKind.TEAM: (Team, {"work": _text, "name": _text, "source": _text}),
    EventKind.RECEIPT_TIME: (
        ReceiptTime,
        {"work": _text, "submission": _whole, "received": _optional(_moment)},
    ),
    EventKind.PLATFORM_LATENESS: (
        PlatformLateness,
        {"work": _text, "submission": _whole, "late": _flag, "platform": _text},
    ),
    EventKind.ABSENCE: (Absence, {"work": _optional(_text), "excused": _flag, "session": _session}),
    EventKind.OVERRIDE: (
        Override,
        {
            "work": _optional(_text),
            "kind": OverrideKind,
            "value": _share,
            "question": _text,
            "given": _text,
        },
    ),
    EventKind.EXAM_MARK: (
        ExamMark,
        {"mark": _exam_mark, "session": _session, "out_of": _number, "source": _text},
    ),
    EventKind.BAD_QUESTION: (BadQuestion, {"work": _text, "question": _text, "remedy": Remedy}),
    EventKind.RUBRIC_CHANGE: (
        RubricChange,
        {"work": _text, "part": _text, "written": _criteria, "rubric": _criteria},
    ),
    EventKind.NAME_SHOWN: (NameShown, {"work": _text, "part": _text}),
    EventKind.PUBLICATION: (Publication, {"work": _optional(_text), "policy": _text}),
    EventKind.REVOCATION: (Revocation, {"revokes": _whole}),
}
