"""The scores of a class in its assignments: of the file that counts, or of the last one that is judged."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from autograder.domain.derivation import OtherFile, find_other_files
from autograder.domain.events import BadQuestion, Happening, History, MarkedFile, OverrideKind
from autograder.domain.file_mark import add_up, mark_file
from autograder.domain.grade import Grade, WorkGrade
from autograder.domain.report import Outcome
from autograder.domain.ruling import Ruling
from autograder.domain.standing import find_waiting
from autograder.gradebook.marks import MarkedSubmission
from autograder.publishing.class_history import ClassHistory


@dataclass(frozen=True, slots=True)
class DecidedScore:
    """What a person decided of a piece of work, in place of what its file earned."""

    what: str
    """In a word or two, such as "decided"."""
    share: Fraction | None
    """What counts for it, between 0 and 1; None while it is withheld, and where it is excused."""


@dataclass(frozen=True, slots=True)
class AttemptScore:
    """What one student has in one piece of work, in points; lateness aside but where a person decided."""

    student: str
    assignment: str
    number: int
    """Of the file, from 1; 0 where none is judged."""
    score: Fraction | None
    """Of the file, with what was decided of its questions; None while anything of it waits for a person."""
    so_far: Fraction
    points: Fraction
    """0 where nothing tells of how many it is."""
    needs_person: bool
    """Whether something could not be judged, and nobody decided it."""
    waits: bool = False
    """Whether a person is still to give a mark for any of it."""
    work: WorkGrade | None = None
    """How the assignment stands in the grade."""
    questions: tuple[str, ...] = ()
    """Of which people decided the mark, or that they are bad."""
    decided: DecidedScore | None = None
    others: tuple[OtherFile, ...] = ()
    """What each file that does not count would give."""

    @property
    def counting(self) -> Fraction | None:
        """The points that stand for it: those a person decided, else those of the file."""
        if self.decided is None:
            return self.score
        share = self.decided.share
        return share * self.points if share is not None and self.points else None


def attempt_scores(history: ClassHistory, grades: Mapping[str, Grade]) -> Iterator[AttemptScore]:
    """A score for every student and work of which anything is judged or decided, in order of students."""
    judged: dict[tuple[str, str], dict[int, MarkedSubmission]] = {}
    withdrawn = history.team_files().withdrawn
    for one in history.submissions:
        if one.marks is not None and one.id not in withdrawn:
            judged.setdefault((one.student, one.assignment), {})[one.number] = one
    happenings = history.happenings()
    points = _find_points(happenings.values())
    for student, grade in sorted(grades.items()):
        own = History.of(happenings[student])
        for work in grade.works:
            files = {each.number: each for each in own.files_of(work.name) if each.questions is not None}
            decided = find_decided(work, own)
            if not files:
                if decided is not None:
                    of, none = points.get(work.name, Fraction(0)), Fraction(0)
                    yield AttemptScore(
                        student, work.name, 0, None, none, of, needs_person=False, work=work, decided=decided
                    )
                continue
            # A newer file that waits for its report takes nothing away.
            counted = work.file.number if work.file and work.file.number in files else [*files][-1]
            of_file = judged.get((student, work.name), {}).get(counted)
            yield replace(_score(student, of_file, files[counted], work, own), decided=decided)


def find_decided(work: WorkGrade, history: History) -> DecidedScore | None:
    """What a person decided of a whole piece of work, where anybody did."""
    if work.standing.excused:
        return DecidedScore("excused", None)
    ruling = Ruling.of(history, work.name)
    if ruling is None:
        return None
    return DecidedScore(_DECIDED[ruling.last.kind], None if ruling.withheld else work.so_far)


_DECIDED = {
    OverrideKind.MARK: "decided",
    OverrideKind.ADJUST: "adjusted",
    OverrideKind.SANCTION: "sanction",
    OverrideKind.WITHHELD: "withheld",
}


def count_points(files: Iterable[MarkedFile | None]) -> Fraction:
    """Of how many points a piece of work is, by the files that were graded; 0 where none was."""
    asked = ((each.questions or () if each else ()) for each in files)
    return max((sum((q.points for q in questions), Fraction(0)) for questions in asked), default=Fraction(0))


def _find_points(histories: Iterable[Iterable[Happening]]) -> dict[str, Fraction]:
    """Of how many points each piece of work is, by anybody's file."""
    found: dict[str, Fraction] = {}
    for every in histories:
        for each in every:
            if isinstance(each, MarkedFile) and each.questions and each.work not in found:
                found[each.work] = add_up([question.points for question in each.questions])
    return found


def _score(
    student: str, one: MarkedSubmission | None, file: MarkedFile, work: WorkGrade, history: History
) -> AttemptScore:
    questions = file.questions or ()
    rulings = {each.name: Ruling.of(history, work.name, each.name) for each in questions}
    decided = {name for name, ruling in rulings.items() if ruling is not None}
    decided |= {each.question for each in history.of_kind(BadQuestion) if each.work == work.name}
    waiting = find_waiting(file, history)
    points, mark = sum((each.points for each in questions), Fraction(0)), mark_file(file, history)
    known = mark.low == mark.high or not points
    lines = one.marks.lines if one and one.marks else ()
    return AttemptScore(
        student,
        work.name,
        file.number,
        mark.low * points if known else None,
        mark.low * points,
        points,
        any(line.outcome is Outcome.UNJUDGED and line.mark.name in waiting for line in lines),
        bool(waiting),
        work,
        tuple(each.name for each in questions if each.name in decided),
        others=find_other_files(work, history),
    )


def count_doubtful(history: ClassHistory) -> dict[str, int]:
    """How many submissions of each assignment were received at a time that nobody knows for sure."""
    counts: dict[str, int] = {}
    for every in history.happenings().values():
        for each in every:
            if isinstance(each, MarkedFile) and not each.time_known:
                counts[each.work] = counts.get(each.work, 0) + 1
    return counts


def count_older(
    history: ClassHistory, versions: Mapping[str, str], revisions: Mapping[str, str]
) -> dict[str, int]:
    """How many reports of each assignment are not what would be made today; those with none are left out.

    Args:
        history: of the class.
        versions: of the program and the libraries, by name.
        revisions: of the assignments, as far as they can be read.
    """
    counts: dict[str, int] = {}
    for one in history.submissions:
        if one.marks is None:
            continue
        made_by = one.marks.versions.items()
        other = any(versions.get(name, version) != version for name, version in made_by)
        if other or revisions.get(one.assignment, one.revision) != one.revision:
            counts[one.assignment] = counts.get(one.assignment, 0) + 1
    return counts
