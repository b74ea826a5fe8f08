"""How one piece of work stands: which file counts, how late it is, and what it can still become."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from autograder.domain.attempts import Keep, choose_attempt
from autograder.domain.events import Absence, Extension, History, MarkedFile
from autograder.domain.file_mark import MarkRange, is_decided, mark_file
from autograder.domain.lateness import count_late_days
from autograder.domain.policy import WorkPolicy
from autograder.domain.ruling import Ruling, told


class Bound(StrEnum):
    """As what an open mark is taken."""

    LOW = "low"
    """As the least it can become."""
    HIGH = "high"
    """As the most it can become."""
    SO_FAR = "so far"
    """As it is, and left out where nothing of it is known."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What a piece of work is worth with some number of free days spent on it."""

    mark: Fraction = Fraction(0)
    """Between 0 and 1, lateness paid for."""
    file: MarkedFile | None = None
    """Which file counts; None where none does."""
    late_days: int = 0


@dataclass(frozen=True, slots=True)
class WorkStanding:
    """One piece of work of one student."""

    work: WorkPolicy
    due: datetime | None
    """Extensions included."""
    low: tuple[Worth, ...]
    """With 0, 1, 2 ... free days spent on it."""
    high: tuple[Worth, ...]
    so_far: tuple[Worth, ...] | None
    """None where nothing of it is known yet."""
    excused: bool = False
    kept: bool = False
    """A sanction, which no drop takes away."""
    open: bool = False
    """Whether a further file can change it."""
    decided: str = ""
    """What a person decided, in the words of a student."""
    too_late: int = 0
    """How many files came too late to count."""
    waiting: MarkedFile | None = None
    """The file that counts while nothing of it is judged."""
    closes: datetime | None = None
    """When a quiz closes by its own file, extensions included."""

    @property
    def ends(self) -> datetime | None:
        """Until when it is in time; a quiz that closes before it is due can be taken no longer."""
        return min((each for each in (self.due, self.closes) if each is not None), default=None)

    def at(self, bound: Bound) -> tuple[Worth, ...] | None:
        """What it is worth, taken so, with 0, 1, 2 ... free days; None where it is left out."""
        if self.excused:
            return None
        if bound is Bound.SO_FAR:
            return self.so_far
        return self.low if bound is Bound.LOW else self.high


@dataclass(frozen=True, slots=True)
class DatedFile:
    """A file, how late it is, and what it is worth in itself."""

    file: MarkedFile | None
    late_days: int
    late_days_plain: int
    """Without extensions."""
    mark: MarkRange


def stand(work: WorkPolicy, history: History, *, free_days: int, now: datetime) -> WorkStanding:
    """How a piece of work stands at a moment; `free_days` is how many the student has in the whole course."""
    if not history.touches(work.name):
        return _stand_untouched(work, free_days=free_days, now=now)
    return _stand(work, history, free_days=free_days, now=now)


@lru_cache(maxsize=64)
def _stand_untouched(work: WorkPolicy, *, free_days: int, now: datetime) -> WorkStanding:
    """The same for everybody of whom nothing is known: work that is not given out yet, for a whole class."""
    return _stand(work, History((), ()), free_days=free_days, now=now)


def _stand(work: WorkPolicy, history: History, *, free_days: int, now: datetime) -> WorkStanding:
    due = find_due(work, history)
    dated = list(date_files(work, due, history))
    counting = choose_counting(work, dated)
    days_late = count_late_days(now, due, work.grace)
    # Whether a further file is reckoned with: until the due date and the late days after it that count. Where
    # late work counts for ever, nobody waits for it after the due date; without one, until a file is there.
    is_open = not dated if due is None else days_late <= (work.late.until or 0)
    is_open = is_open and not any(each.file and each.file.no_more for each in dated)
    closes = None if work.closes is None else _end_of(work.closes, work, history)
    is_open = is_open and (closes is None or now < closes)
    plain = days_late if due is work.deadline else count_late_days(now, work.deadline, work.grace)
    # Where the last file counts, a further one takes the place of a better one, but not by an extension.
    sinks = is_open and work.counts is Keep.LAST and plain <= (work.late.until or 0)
    low = [] if sinks else counting
    # An earlier file that is handed in again is the last one, in time as it was.
    again = [each for each in dated if _counts(work, each.late_days)]
    faultless = DatedFile(None, days_late, days_late, MarkRange(Fraction(1), Fraction(1), begun=True))
    high = [*again, faultless] if is_open else counting
    known = [each for each in counting if each.mark.begun]
    latest = max((each.late_days for each in high), default=0)
    spendable = range(min(free_days, work.late.free_days_most, latest) + 1)
    settled = not is_open and all(each.mark.low == each.mark.high for each in counting)
    lowest = tuple(_worth(work, low, Bound.LOW, days) for days in spendable)
    so_far = lowest if settled else tuple(_worth(work, known, Bound.SO_FAR, days) for days in spendable)
    standing = WorkStanding(
        work,
        due,
        lowest,
        lowest if settled else tuple(_worth(work, high, Bound.HIGH, days) for days in spendable),
        None if not known and (is_open or counting) else so_far,
        open=is_open,
        waiting=None if settled else _worth(work, counting, Bound.HIGH, 0).file,
        too_late=sum(not _counts(work, each.late_days) for each in dated),
        closes=closes,
    )
    return _as_decided(standing, history)


def find_due(work: WorkPolicy, history: History) -> datetime | None:
    """Until when a file is in time: the deadline, or an extension that is later."""
    return None if work.deadline is None else _end_of(work.deadline, work, history)


def _end_of(end: datetime, work: WorkPolicy, history: History) -> datetime:
    """What ends then for everybody, for this student: of several extensions the longest holds."""
    ends = (each.end(end) for each in history.of_kind(Extension) if each.work == work.name)
    # As moments: times of one zone are compared by the clock, which repeats an hour in autumn.
    return max((end, *ends), key=datetime.timestamp)


def choose_counting(work: WorkPolicy, dated: Sequence[DatedFile]) -> list[DatedFile]:
    """The files of which the best one counts, the oldest first.

    Where the last file counts, it is the last one that would count without extensions, or a later one that is
    better: so no extension ever lowers a mark.
    """
    late_enough = [each for each in dated if _counts(work, each.late_days)]
    if work.counts is Keep.BEST:
        return late_enough
    plain = [each for each in late_enough if _counts(work, each.late_days_plain)]
    last = choose_attempt(plain, Keep.LAST, score=lambda each: each.mark.low)
    return late_enough if last is None else late_enough[late_enough.index(last) :]


def date_files(work: WorkPolicy, due: datetime | None, history: History) -> list[DatedFile]:
    """The files of a piece of work; an equal file handed in again counts as its first arrival."""
    dated: list[DatedFile] = []
    for file in history.files_of(work.name):
        late = count_late_days(file.received, due, work.grace) if file.time_known else 0
        plain = late
        if file.time_known and due is not work.deadline:
            plain = count_late_days(file.received, work.deadline, work.grace)
        same = [each for each in dated if each.file and file.blob and each.file.blob == file.blob]
        dated.append(
            DatedFile(
                file,
                min([late, *(each.late_days for each in same)]),
                min([plain, *(each.late_days_plain for each in same)]),
                mark_file(file, history),
            )
        )
    return dated


def _counts(work: WorkPolicy, late_days: int) -> bool:
    return work.late.until is None or late_days <= work.late.until


def _worth(work: WorkPolicy, counting: Sequence[DatedFile], bound: Bound, free_days: int) -> Worth:
    """The best of the files that count, with so many free days; of equal ones the earliest."""

    def value(each: DatedFile) -> Fraction:
        mark = each.mark.high if bound is Bound.HIGH else each.mark.low
        return work.late.value(mark, max(0, each.late_days - free_days))

    best = choose_attempt(counting, Keep.BEST, score=value)
    return Worth() if best is None else Worth(value(best), best.file, best.late_days)


def _as_decided(standing: WorkStanding, history: History) -> WorkStanding:
    """The same with what people decided of it; of an excuse and a decision, the newer holds."""
    ruling = Ruling.of(history, standing.work.name)
    excuse = _find_excuse(standing.work.name, ruling, history)
    if excuse is not None:
        return replace(standing, excused=True, decided=told("decided.excused", excuse.why))
    return standing if ruling is None else _ruled(standing, ruling)


def _find_excuse(work: str, ruling: Ruling | None, history: History) -> Absence | None:
    absences = [each for each in history.of_kind(Absence) if each.work == work]
    if not absences or not absences[-1].excused:
        return None
    return None if ruling and ruling.valid and ruling.valid.id > absences[-1].id else absences[-1]


def find_waiting(file: MarkedFile, history: History) -> tuple[str, ...]:
    """The questions of a judged file whose mark waits for a person; none where the whole work is decided."""
    waiting = [each for each in file.questions or () if each.earned is None]
    ruling = Ruling.of(history, file.work) if waiting else None
    if not waiting or (ruling and ruling.settles) or _find_excuse(file.work, ruling, history):
        return ()
    return tuple(each.name for each in waiting if not is_decided(file.work, each, history))


def _ruled(standing: WorkStanding, ruling: Ruling) -> WorkStanding:
    """A mark that is given can neither rise nor sink by a further file; lateness takes nothing from it."""
    so_far = standing.low if ruling.fixed else standing.so_far
    return replace(
        standing,
        low=_with_marks(standing.low, ruling.lowest),
        high=_with_marks(standing.high, ruling.highest),
        so_far=None if ruling.withheld or so_far is None else _with_marks(so_far, ruling.highest),
        kept=ruling.sanction,
        open=standing.open and not ruling.fixed,
        decided=ruling.told(),
    )


def _with_marks(worths: Sequence[Worth], mark: Callable[[Fraction], Fraction]) -> tuple[Worth, ...]:
    return tuple(replace(each, mark=mark(each.mark)) for each in worths)
