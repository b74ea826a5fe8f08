"""How a grade comes about, line by line: what an instructor asks for, and what its student may read."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from fractions import Fraction
from typing import Any

from autograder.domain.events import Extension, Happening, History, MarkedFile
from autograder.domain.exam import Sitting
from autograder.domain.file_mark import mark_file
from autograder.domain.grade import Grade, WorkGrade
from autograder.domain.homework import GroupMark
from autograder.domain.language import localize_number
from autograder.domain.moments import describe_moment
from autograder.domain.phrases import count_phrase, phrase
from autograder.domain.policy import Policy
from autograder.domain.policy_text import percent
from autograder.domain.rounding import Ties, decimal
from autograder.domain.standing import WorkStanding, date_files, find_waiting


@dataclass(frozen=True, slots=True)
class DerivedLine:
    """One line of a derivation."""

    level: int
    """How far it is set in: 0 for the parts of the grade, 1 for groups, 2 for works."""
    label: str
    told: str
    exact: str = ""
    """The mark as a fraction, or two with "to" between them while it is open."""
    shown: str = ""
    """The same for the eye, of the scale."""


@dataclass(frozen=True, slots=True)
class OtherFile:
    """A file that does not count, and what it would give."""

    number: int
    mark: Fraction
    """Between 0 and 1, lateness paid for with the free days that are spent on its work."""
    late_days: int
    counts: bool
    """Whether it came early enough to count."""
    same_as: int | None = None
    """The number of an earlier file with the very same bytes."""
    attempt: bool = False
    """Whether it is an attempt at a quiz."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """To whom a derivation is told."""

    zone: tzinfo | None = None
    staff: bool = False
    unpublished: frozenset[str | None] = frozenset()


@dataclass(frozen=True, slots=True)
class Derivation:
    """The lines that lead to a grade."""

    heading: tuple[str, ...]
    lines: tuple[DerivedLine, ...]

    def __str__(self) -> str:
        labels = max(len("  " * each.level + each.label) for each in self.lines)
        told = max(len(each.told) for each in self.lines)
        exact = max(len(each.exact) for each in self.lines)
        rows = []
        for each in self.lines:
            label = "  " * each.level + each.label
            rows.append(f"{label:{labels}}  {each.told:{told}}  {each.exact:>{exact}}  {each.shown}".rstrip())
        return "\n".join(("      ".join(self.heading), *rows))

    def to_json(self) -> dict[str, Any]:
        """The same in plain JSON values."""
        keys = ("level", "label", "told", "exact", "shown")
        lines = [{key: getattr(each, key) for key in keys} for each in self.lines]
        return {"heading": list(self.heading), "lines": lines}


def derive(
    policy: Policy,
    happenings: Sequence[Happening],
    grade: Grade,
    *,
    heading: Sequence[str],
    zone: tzinfo | None = None,
    staff: bool = False,
    unpublished: Collection[str | None] = (),
) -> Derivation:
    """How a grade comes about that `grade_of` made of these happenings.

    Args:
        policy: by which it was made.
        happenings: of the student.
        grade: what came of them.
        heading: whose grade it is, and of when.
        zone: in which times are told.
        staff: also tell what is for instructors alone: that a time of receipt is doubtful.
        unpublished: works whose marks are left out of the happenings, since they are not published so far;
            with None, what is recorded of the exam and of the final grade is.
    """
    history = History.of(happenings)
    reader = _Reader(zone, staff, frozenset(unpublished))
    lines = [
        *_homework(policy, history, grade, reader),
        *_exam(policy, grade, reader),
        *_final(policy, grade),
    ]
    return Derivation(tuple(heading), tuple(lines))


def _homework(policy: Policy, history: History, grade: Grade, reader: _Reader) -> Iterator[DerivedLine]:
    mark, (low, high) = grade.homework.mark, grade.homework_range
    share = percent(policy.composition.homework)
    told = share if mark is not None or low != high else phrase("grade.nothing_counts", share=share)
    ends = [policy.rounding.text(end * policy.scale) for end in (low, high)]
    shown = phrase("grade.of", mark=_range(*ends), points=decimal(policy.scale))
    yield DerivedLine(0, phrase("grade.homework"), told, _range(str(low), str(high)), shown)
    groups = {each.group.name: each for each in grade.homework.groups}
    for group in policy.groups:
        level = 1
        if group.name:
            found = groups.get(group.name)
            yield DerivedLine(1, group.name, _group(found, grade) if found else phrase("grade.group.nothing"))
            level = 2
        for each in grade.works:
            if each.standing.work.group == group.name and not each.standing.work.bonus:
                yield _work(each, history, level, reader)
    for each in grade.works:
        if each.standing.work.bonus:
            yield _work(each, history, 1, reader)


def _group(mark: GroupMark, grade: Grade) -> str:
    if mark.mean is None:
        return phrase("grade.group.nothing_so_far")
    works = [e for e in grade.works if e.standing.work.group == mark.group.name and not e.standing.work.bonus]
    works = [each for each in works if not each.standing.excused]
    weights = {each.standing.work.weight for each in works}
    mean = phrase("grade.mean" if len(weights) == 1 else "grade.weighted_mean")
    key = "grade.group.best" if any(each.dropped for each in works) else "grade.group"
    counted = {"count": len(mark.counted), "total": len(works)}
    return phrase(key, share=percent(mark.share), mean=mean, **counted)


def _work(each: WorkGrade, history: History, level: int, reader: _Reader) -> DerivedLine:
    points = _points(each, history)
    told = _explain(each, history, reader)
    exact = "" if each.standing.excused else _range(str(each.low), str(each.high))
    return DerivedLine(
        level,
        each.name,
        f"{points}, {told}" if points else told,
        f"({exact})" if each.dropped else exact,
    )


def _points(each: WorkGrade, history: History) -> str:
    """What the file that counts earned, before lateness."""
    file = each.file
    if file is None or not file.questions:
        return ""
    points, mark = sum((q.points for q in file.questions), Fraction(0)), mark_file(file, history)
    earned = _range(decimal(mark.low * points), decimal(mark.high * points))
    return phrase("grade.of", mark=earned, points=decimal(points))


def _explain(each: WorkGrade, history: History, reader: _Reader) -> str:
    """Which file of a piece of work counts, how late it is, and what was decided of it."""
    standing, parts = each.standing, list[str]()
    if each.dropped:
        parts.append(phrase("grade.dropped"))
    if standing.decided:
        parts.append(standing.decided)
    if standing.excused:
        return ", ".join(parts)
    given = [e for e in history.of_kind(Extension) if e.work == each.name]
    if standing.due and standing.work.deadline and given and standing.due > standing.work.deadline:
        parts.append(phrase("grade.extension", until=describe_moment(standing.due, reader.zone)))
    parts.append(_file(each, history, reader))
    if standing.open and each.low != each.high:
        parts.append(_tell_open(standing, reader))
    return ", ".join(part for part in parts if part)


def _tell_open(standing: WorkStanding, reader: _Reader) -> str:
    """Until when more can be handed in: the due date may be over, and late files count."""
    due, ends = standing.due, standing.ends
    if due is None or ends is None:
        return phrase("grade.open")
    last = due + timedelta(days=standing.work.late.until or 0)
    if standing.closes is not None:
        last = min(last, standing.closes)
    until = describe_moment(ends, reader.zone)
    if last <= ends:
        return phrase("grade.open.until", until=until)
    return phrase("grade.open.late", until=until, last=describe_moment(last, reader.zone))


def _file(each: WorkGrade, history: History, reader: _Reader) -> str:
    file, standing = each.file, each.standing
    if file is None:
        handed_in = history.files_of(each.name)
        if handed_in and standing.too_late == len(handed_in):
            return phrase("grade.too_late")
        return "" if standing.open or standing.decided else phrase("grade.not_handed_in")
    named = phrase("grade.file.attempt" if file.attempt else "grade.file", number=file.number)
    parts = [named, describe_moment(file.received, reader.zone), _lateness(each, file, history)]
    same = _find_same(file, history)
    if same is not None:
        parts.insert(1, phrase("grade.same_file", number=same))
    if reader.staff and not file.time_known:
        parts[-1] = phrase("grade.doubtful")
    if reader.staff and file.platform and (file.late_there or not file.time_known):
        key = "grade.late_there" if file.late_there else "grade.in_time_there"
        parts.append(phrase(key, platform=file.platform))
    if file.team:
        # Ids of others stand in nobody's report.
        key = "grade.team.mates" if reader.staff else "grade.team"
        parts.append(phrase(key, team=file.team, mates=", ".join(file.mates)))
    if file.questions is None:
        key = "grade.not_published" if each.name in reader.unpublished else "grade.not_judged"
        parts.append(phrase(key))
    elif find_waiting(file, history):
        parts.append(phrase("grade.waits"))
    return ", ".join(part for part in parts if part)


def _lateness(each: WorkGrade, file: MarkedFile, history: History) -> str:
    late, free = each.late_days, each.free_days
    if file.questions is None:  # it costs nothing so far, and is late all the same
        dated = date_files(each.standing.work, each.standing.due, history)
        same = (known for known in dated if known.file and known.file.number == file.number)
        late = next((known.late_days for known in same), late)
    if not late:
        return phrase("grade.in_time") if each.standing.due else ""
    days = count_phrase("grade.late", late)
    return f"{days}, {count_phrase('grade.free', free)}" if free else days


def find_other_files(each: WorkGrade, history: History) -> tuple[OtherFile, ...]:
    """The files of a piece of work that do not count, and what each of them would give."""
    work = each.standing.work
    if len(history.files_of(work.name)) <= 1 and each.file is not None:
        return ()
    found = []
    for dated in date_files(work, each.standing.due, history):
        if dated.file is None or (each.file is not None and dated.file.number == each.file.number):
            continue
        value = work.late.value(dated.mark.low, max(0, dated.late_days - each.free_days))
        early = work.late.until is None or dated.late_days <= work.late.until
        same = _find_same(dated.file, history)
        file = dated.file
        found.append(OtherFile(file.number, value, dated.late_days, early, same, file.attempt))
    return tuple(found)


def _find_same(file: MarkedFile, history: History) -> int | None:
    """The number of the first file that had the same bytes, where there was one before."""
    same = (each.number for each in history.files_of(file.work) if file.blob and each.blob == file.blob)
    first = next(same, file.number)
    return first if first != file.number else None


def _exam(policy: Policy, grade: Grade, reader: _Reader) -> Iterator[DerivedLine]:
    first, second = grade.exam
    if policy.composition.exam:
        lacking = phrase("grade.not_published" if None in reader.unpublished else "grade.no_mark")
        yield _sitting(phrase("grade.exam"), percent(policy.composition.exam), first, lacking)
    if second is not None:
        share = percent(policy.second_session.composition.exam)
        yield _sitting(phrase("grade.session", number=2), share, second)


def _sitting(label: str, share: str, sitting: Sitting | None, lacking: str = "") -> DerivedLine:
    if sitting is None:
        return DerivedLine(0, label, f"{share}, {lacking}", _range("0", "1"))
    line, parts = sitting.line, [share]
    if line is not None and isinstance(line.mark, Fraction):
        mark = decimal(line.mark * line.out_of)
        parts.append(phrase("grade.of", mark=mark, points=decimal(line.out_of)))
    if sitting.code is not None:
        parts.append(phrase(f"grade.code.{sitting.code}"))
    if line is not None and line.source:
        parts.append(line.source)
    exact = "" if sitting.mark is None else str(sitting.mark)
    return DerivedLine(0, label, ", ".join(parts), exact)


def _final(policy: Policy, grade: Grade) -> Iterator[DerivedLine]:
    rounding = policy.rounding
    if grade.decided:
        yield DerivedLine(0, phrase("grade.decision"), grade.decided)
    label = phrase("grade.final")
    if grade.final is not None and grade.exact is not None:
        told = phrase(
            "grade.rounded.up" if rounding.ties is Ties.UP else "grade.rounded.even",
            sum=f"{_sum(policy, grade)}{grade.exact / policy.scale}",
            scale=decimal(policy.scale),
            exact=decimal(grade.exact),
            step=decimal(rounding.step),
        )
        code = f"  ({grade.code})" if grade.code else ""
        yield DerivedLine(0, label, told, "", _range(rounding.text(grade.final)) + code)
    elif grade.low is None or grade.high is None:
        yield DerivedLine(0, label, phrase("grade.no_number"), "", str(grade.code or ""))
    else:
        between = _range(rounding.text(grade.low), rounding.text(grade.high))
        so_far = "" if grade.so_far is None else rounding.text(grade.so_far)
        key = "grade.final.so_far" if so_far else "grade.final.open"
        yield DerivedLine(0, label, phrase(key, range=between, so_far=so_far), "", str(grade.code or ""))


def _sum(policy: Policy, grade: Grade) -> str:
    """The sum that gives the grade, where it is one of both parts."""
    sitting, homework = grade.exam[grade.session - 1], grade.homework.mark
    both = policy.composition if grade.session == 1 else policy.second_session.composition
    if grade.decided or sitting is None or sitting.mark is None or homework is None:
        return ""
    return f"{percent(both.exam)} x {sitting.mark} + {percent(both.homework)} x {homework} = "


def _range(low: str, high: str = "") -> str:
    """A mark, or from what to what it can still become."""
    if high in ("", low):
        return localize_number(low)
    return phrase("range", low=low, high=high)


def grade_to_json(
    policy: Policy, happenings: Sequence[Happening], grade: Grade, zone: tzinfo | None = None
) -> dict[str, Any]:
    """A final grade in plain JSON values: marks are shares, fractions are text."""
    history, text = History.of(happenings), policy.rounding.text
    ends = (grade.final, grade.final) if grade.final is not None else (grade.low, grade.high)
    return {
        "final": None if grade.final is None else text(grade.final),
        "exact": None if grade.exact is None else str(grade.exact),
        "code": None if grade.code is None else grade.code.value,
        "range": [None if end is None else text(end) for end in ends],
        "so_far": None if grade.so_far is None else text(grade.so_far),
        "homework": None if grade.homework.mark is None else str(grade.homework.mark),
        "decided": grade.decided,
        "assignments": {each.name: work_to_json(each, history, zone) for each in grade.works},
    }


def work_to_json(each: WorkGrade, history: History, zone: tzinfo | None = None) -> dict[str, Any]:
    """How one piece of work stands in a grade, in plain JSON values: marks are shares."""
    return {
        "mark": None if each.mark is None else str(each.mark),
        "days_late": each.late_days,
        "free_days": each.free_days,
        "counts": each.file.number if each.file else None,
        "rule": each.standing.work.counts.value,
        "why": _explain(each, history, _Reader(zone, staff=True)),
        "dropped": each.dropped,
        "excused": each.standing.excused,
        "range": [str(each.low), str(each.high)],
        "time_known": each.file.time_known if each.file else None,
        "platform": (
            {"name": each.file.platform, "late": each.file.late_there}
            if each.file and each.file.platform
            else None
        ),
        "team": each.file.team if each.file else "",
        "team_mates": list(each.file.mates) if each.file else [],
        "others": {str(other.number): str(other.mark) for other in find_other_files(each, history)},
    }


def describe_heading(name: str, student: str, course: str, grade: Grade, when: str) -> tuple[str, ...]:
    """Whose grade a derivation is of, and of when."""
    who = f"{name} ({student})" if name else student
    return (who, phrase("grade.heading", course=course, session=grade.session), when)


def moment_of(now: datetime, zone: tzinfo | None) -> str:
    """That something holds as of a moment."""
    return phrase("grade.as_of", moment=describe_moment(now, zone))
