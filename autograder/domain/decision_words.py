"""What people recorded, in a few words."""

from datetime import tzinfo

from autograder.domain.counts import describe_count
from autograder.domain.course_events import (
    CourseEvent,
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
from autograder.domain.given_marks import as_written
from autograder.domain.moments import describe_moment
from autograder.domain.policy_text import percent

_REMEDIES = {
    Remedy.LEFT_OUT: "left out for whomever that helps",
    Remedy.FULL: "full points for all",
    Remedy.FULL_IF_ATTEMPTED: "full points for all who attempted it",
}


def describe_decision(event: CourseEvent, zone: tzinfo) -> str:
    """What was decided or recorded, without its reason.

    >>> from datetime import UTC, datetime
    >>> from autograder.domain.course_events import ALL
    >>> event = CourseEvent(Extension(1, "gradients", None, minutes=60), ALL, datetime.now(UTC), "ina")
    >>> describe_decision(event, UTC)
    'gradients: 60 minutes more'
    """
    what: Recorded = event.what
    if isinstance(what, Extension):
        until = (
            f"until {describe_moment(what.until, zone)}"
            if what.until
            else describe_count(what.minutes, "minute") + " more"
        )
        return f"{what.work}: {until}"
    if isinstance(what, Absence):
        of = what.work or ("the exam" if what.session == 1 else f"the exam of session {what.session}")
        return f"{of}: {'excused' if what.excused else 'absent without an excuse'}"
    if isinstance(what, Override):
        on = "the final grade" if what.work is None else f"{what.work}{what.question and '/' + what.question}"
        match what.kind:
            case OverrideKind.SANCTION:
                return f"{on}: zero, kept"
            case OverrideKind.WITHHELD:
                return f"{on}: withheld"
            case OverrideKind.ADJUST:
                return f"{on}: {what.given or percent(what.value)} more or less"
        return f"{on}: {what.given or percent(what.value)}"
    if isinstance(what, BadQuestion):
        return f"{what.work}/{what.question}: {_REMEDIES[what.remedy]}"
    return _describe_fact(what, zone)


def _describe_fact(what: Recorded, zone: tzinfo) -> str:
    """What else was recorded."""
    match what:
        case ExamMark():
            of = "the exam" if what.session == 1 else f"the exam of session {what.session}"
            if isinstance(what.mark, ExamCode):
                return f"{of}: {what.mark.value}"
            return f"{of}: {as_written(what.mark * what.out_of)}/{as_written(what.out_of)}"
        case Publication():
            return f"{what.work or 'the final grades'}: published"
        case Team():
            return f"{what.work}: " + (f"in team {what.name}" if what.name else "in no team any more")
        case ReceiptTime():
            at = describe_moment(what.received, zone) if what.received else "when the store says"
            return f"{what.work}: received {at}"
        case PlatformLateness():
            return f"{what.work}: {'late' if what.late else 'in time'}, says {what.platform}"
        case RubricChange():
            return f"{what.work}, “{what.part}”: marked by other criteria"
        case NameShown():
            return f"{what.work}, “{what.part}”: the name shown to whoever marks"
        case Revocation():
            return f"event {what.revokes} is taken back"
    raise TypeError(f"{what!r} is of no kind that is known")
