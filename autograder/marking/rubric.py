"""Changing the criteria of a part while it is marked: what becomes of the marks that are given already.

A mark keeps its share of each criterion. So other sentences change no mark, and other points may.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from hashlib import sha256

from autograder.domain.counts import describe_count
from autograder.domain.course_events import ALL, CourseEvent, RubricChange
from autograder.domain.handmark import Criterion, HandMark
from autograder.domain.report import CriterionMark
from autograder.errors import CourseError, Flaw, OvertakenError
from autograder.gradebook.store import Gradebook
from autograder.marking.table import read_points, write_points

_LONGEST = 500
_MOST = Fraction(9999)


@dataclass(frozen=True, slots=True)
class ChangedMark:
    """A mark before and after."""

    before: HandMark
    after: HandMark

    @property
    def down(self) -> bool:
        """Whether it is less."""
        return self.after.earned < self.before.earned


@dataclass(frozen=True, slots=True)
class PreviewedRubric:
    """Other criteria, with what they make of the marks that are given."""

    event: CourseEvent
    marks: tuple[ChangedMark, ...]
    """Every last mark of a file by the criteria as they are."""
    seen: tuple[HandMark, ...]
    after: int

    @property
    def changed(self) -> tuple[ChangedMark, ...]:
        """The marks that are others, those that go down first."""
        changed = (each for each in self.marks if each.before.earned != each.after.earned)
        return tuple(sorted(changed, key=lambda each: not each.down))

    @property
    def state(self) -> str:
        """Tells what was shown."""
        shown = (self.event.what, [mark.number for mark in self.seen[-1:]], self.after)
        return sha256(repr(shown).encode()).hexdigest()[:32]


def read_rubric(typed: Sequence[tuple[str, str]], points: Fraction) -> tuple[Criterion, ...]:
    """The criteria that were typed, with their points.

    Raises:
        CourseError: with all that is wrong with them; they must add up to `points`.
    """
    flaws, criteria = list[Flaw](), list[Criterion]()
    for number, (text, worth) in enumerate(typed, 1):
        where, sentence = f"criterion {number}", " ".join(text.split())
        if not sentence or len(sentence) > _LONGEST:
            flaws.append(
                Flaw(where, f"has {describe_count(len(sentence), 'character')}", f"write 1 to {_LONGEST}")
            )
        elif any(each.sentence.casefold() == sentence.casefold() for each in criteria):
            flaws.append(Flaw(where, "stands there already", "make the sentences different"))
        earned = read_points(worth.strip(), _MOST)
        if not earned:
            flaws.append(Flaw(where, f"{worth.strip()[:20]!r} is no number of points", "write more than 0"))
        else:
            criteria.append(Criterion(sentence, earned))
    total = sum((each.points for each in criteria), Fraction(0))
    if not flaws and total != points:
        what = f"the criteria add up to {write_points(total)}"
        flaws.append(Flaw("points", what, f"the part has {write_points(points)}"))
    if flaws:
        raise CourseError(flaws)
    return tuple(criteria)


def preview_rubric(
    gradebook: Gradebook,
    work: str,
    part: str,
    rubrics: tuple[Sequence[Criterion], Sequence[Criterion], Sequence[Criterion]],
    *,
    by: str,
    now: datetime,
) -> PreviewedRubric:
    """What other criteria would make of the marks that are given.

    Args:
        gradebook: the store.
        work: the assignment.
        part: the title of the part.
        rubrics: as its author wrote it, as it is, and as it would be: as many criteria each time.
        by: who changes it.
        now: the moment.
    """
    written, rubric, new = rubrics
    seen, after = gradebook.hand_marks.of(work), gradebook.events.last()
    last = {(mark.student, mark.blob): mark for mark in seen if mark.part == part}
    current = tuple((each.sentence, each.points) for each in rubric)
    marks = []
    for mark in last.values():
        if tuple((line.criterion, line.points) for line in mark.rubric) == current:
            lines = (
                CriterionMark(c.sentence, c.points, line.earned / line.points * c.points)
                for line, c in zip(mark.rubric, new, strict=True)
            )
            marks.append(ChangedMark(mark, replace(mark, rubric=tuple(lines), marked=now, number=0)))
    pairs = [tuple((each.sentence, each.points) for each in criteria) for criteria in (written, new)]
    event = CourseEvent(RubricChange(0, work, part, pairs[0], pairs[1]), ALL, now, by)
    return PreviewedRubric(event, tuple(marks), seen, after)


def record_rubric(gradebook: Gradebook, shown: PreviewedRubric, *, state: str | None = None) -> None:
    """Mark by other criteria from now on, and give the marks that are given by them.

    Raises:
        OvertakenError: it is not what was confirmed, or somebody marked or recorded something meanwhile.
    """
    if state is not None and state != shown.state:
        raise OvertakenError
    marks = [each.after for each in shown.marks]
    book = gradebook.hand_marks
    book.change_rubric(shown.event, marks, seen=shown.seen, after=shown.after, place=gradebook.place)
