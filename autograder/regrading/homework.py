"""Judging a homework again: new reports beside the old ones, all of them recorded at once or none."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction

from autograder.domain.handmark import HandMark, with_marks
from autograder.domain.report import Report, Verdict
from autograder.domain.report_json import to_text
from autograder.domain.sentences import authored, say
from autograder.domain.submission import Submission
from autograder.gradebook.marks import MarkedSubmission
from autograder.gradebook.store import Gradebook, StoredReport
from autograder.grading.answer_prints import AnswerPrints
from autograder.grading.batch import GradingWorkers, Watch, grade_batch
from autograder.grading.grader import GradedSubmission, GraderRecipe
from autograder.grading.look_at_class import submissions_of
from autograder.grading.team_reports import TeamReports
from autograder.regrading.changes import MarkChange, sort_changes
from autograder.regrading.outdated import OutdatedReport
from autograder.regrading.spool import Spool
from autograder.render.words import number


@dataclass(frozen=True, slots=True)
class Replacement:
    """A report, and the one that it would stand after."""

    old: StoredReport
    new: Report


@dataclass(frozen=True, slots=True)
class Regrading:
    """What judging again came to; nothing of it is recorded yet."""

    changes: tuple[MarkChange, ...]
    """Those that go down first."""
    kept: tuple[MarkChange, ...]
    """Marks that would go down, and stay because they were published."""
    replacements: tuple[Replacement, ...]
    unchanged: int = 0
    """How many of them have the same marks."""
    failed: tuple[str, ...] = ()
    """Students who could not be judged again through our fault: their old reports stay."""

    @property
    def needs_person(self) -> bool:
        """Whether something could not be judged."""
        return bool(self.failed) or any(each.new.needs_person for each in self.replacements)


def judge_again(
    outdated: Sequence[OutdatedReport],
    gradebook: Gradebook,
    recipe: GraderRecipe,
    spool: Spool,
    prints: AnswerPrints,
    *,
    workers: GradingWorkers,
    watch: Watch = lambda reports, total: reports,
) -> list[Replacement]:
    """Judge submissions again, those left out that a run before this one judged; nothing is recorded.

    Raises:
        IsolationError: the machine cannot seal student code as well as was asked.
    """
    olds = list(gradebook.last_reports([each.submission.id for each in outdated]))
    judged = spool.read()
    whose = {_key(old.report): old for old in olds}
    left = [old.report for old in olds if old.id not in judged]
    of_submission = {old.submission: old.id for old in olds}

    def find(one: MarkedSubmission) -> Report | None:
        return judged.get(of_submission.get(one.id, 0))

    def grade(submissions: Iterable[Submission]) -> Iterator[GradedSubmission]:
        return grade_batch(submissions, recipe, workers)

    def keep() -> Iterator[Report]:
        # Whatever is left is for the assignment of one recipe.
        teams = TeamReports.read(gradebook, left[0].assignment, find) if left else TeamReports()
        for graded in teams.grade(submissions_of(left, gradebook), grade):
            old = whose[_key(graded.report)]
            spool.add(old.id, graded.report)
            if not graded.copied:
                prints.add(graded.report.receipt.blob, graded.report.revision, graded.prints)
            judged[old.id] = graded.report
            yield graded.report

    for _ in watch(keep(), len(left)):
        pass
    return [Replacement(old, judged[old.id]) for old in olds if old.id in judged]


def _key(report: Report) -> tuple[str, str, datetime]:
    receipt = report.receipt
    return receipt.student, receipt.blob, receipt.received.astimezone(UTC)


def compare(
    replacements: Iterable[Replacement],
    marks: Sequence[HandMark],
    *,
    outdated: Sequence[OutdatedReport],
    why: str = "",
    question: str = "",
    published: Collection[str] = (),
    now: datetime,
) -> Regrading:
    """What changes, and the reports that say so.

    Args:
        replacements: what was judged again.
        marks: given by hand for the assignment.
        outdated: the reports that were judged again, and why.
        why: the instructor's reason, which students read.
        question: the one question of which the new verdict is taken; empty for all.
        published: students whose marks were published and never go down.
        now: when this is.
    """
    theirs: defaultdict[str, list[HandMark]] = defaultdict(list)
    for mark in marks:
        theirs[mark.student].append(mark)
    changes, kept, recorded, failed = list[MarkChange](), list[MarkChange](), list[Replacement](), list[str]()
    unchanged = 0
    why_of = {each.submission.id: why or ", ".join(each.reasons) for each in outdated}
    several = Counter(each.submission.student for each in outdated)
    numbers = {e.submission.id: e.submission.number for e in outdated if several[e.submission.student] > 1}
    for each in replacements:
        old, because = each.old.report, (why_of[each.old.submission], numbers.get(each.old.submission, 0))
        given = theirs[old.student]
        if each.new.trouble.key == "our_fault" and old.trouble.key != "our_fault":
            failed.append(old.student)
            continue
        new = _take_one(old, each.new, question, now) if question else each.new
        lost = [one for one in _differ(old, new, given, because) if one.goes_down]
        if old.student in published:
            stay = {one.question for one in lost if one.old_points == one.new_points}
            kept += [one for one in lost if one.question in stay]
            new = _keep_higher(old, new, stay)
        changed = list(_differ(old, new, given, because))
        if question and not changed and new == old:
            continue
        changes += [*changed, *_differ_as_a_whole(old, new, given, because)]
        unchanged += not changed
        recorded.append(Replacement(each.old, _tell(new, changed, why, now)))
    return Regrading(sort_changes(changes), sort_changes(kept), tuple(recorded), unchanged, tuple(failed))


def record(regrading: Regrading, gradebook: Gradebook, spool: Spool) -> None:
    """Add the new reports, all of them or none.

    Raises:
        OvertakenError: a submission was judged by somebody else since.
    """
    gradebook.supersede((each.old.id, each.new, to_text(each.new)) for each in regrading.replacements)
    spool.clear()


def _differ(
    old: Report, new: Report, marks: Sequence[HandMark], because: tuple[str, int]
) -> Iterator[MarkChange]:
    """The questions whose marks are others, marks by hand put into both; `because` of what, in which file."""
    before = {verdict.question: verdict for verdict in with_marks(old, marks).verdicts}
    after = {verdict.question: verdict for verdict in with_marks(new, marks).verdicts}
    for name in dict.fromkeys((*before, *after)):
        was, is_ = before.get(name), after.get(name)
        if was is None or is_ is None or (was.mark, was.points) != (is_.mark, is_.points):
            nothing = Fraction(0)
            yield MarkChange(
                old.student,
                name,
                was.mark if was else None,
                is_.mark if is_ else None,
                because[0],
                was.points if was else nothing,
                is_.points if is_ else nothing,
                because[1],
            )


def _differ_as_a_whole(
    old: Report, new: Report, marks: Sequence[HandMark], because: tuple[str, int]
) -> Iterator[MarkChange]:
    """The mark of the whole, where other points or questions make it another one: no question tells that."""
    before, after = ends = with_marks(old, marks), with_marks(new, marks)
    asked, asked_now = ({(v.question, v.points) for v in one.verdicts} for one in ends)
    if asked == asked_now:
        return
    was, is_ = (one.score / one.points if one.score is not None and one.points else None for one in ends)
    if was != is_:
        yield MarkChange(old.student, "", was, is_, because[0], before.points, after.points, because[1])


def _take_one(old: Report, new: Report, question: str, now: datetime) -> Report:
    """The old report with the new verdict on one question: the others were not looked at."""
    found = {verdict.question: verdict for verdict in new.verdicts}
    verdicts = tuple(
        found.get(question, verdict) if verdict.question == question else verdict for verdict in old.verdicts
    )
    return old if verdicts == old.verdicts else replace(old, verdicts=verdicts, graded=now)


def _keep_higher(old: Report, new: Report, questions: Collection[str]) -> Report:
    """The new report with the old verdicts on these questions."""
    before = {verdict.question: verdict for verdict in old.verdicts}

    def choose(verdict: Verdict) -> Verdict:
        if verdict.question not in questions:
            return verdict
        stays = before[verdict.question]
        note = say("also.never_down")
        return stays if note in stays.notes else replace(stays, notes=(*stays.notes, note))

    return replace(new, verdicts=tuple(map(choose, new.verdicts))) if questions else new


def _tell(new: Report, changed: Sequence[MarkChange], why: str, now: datetime) -> Report:
    """The new report, which says of every mark that is another what it was."""
    if not changed:
        return new
    by_question = {one.question: one for one in changed if one.old is not None}

    def add_note(verdict: Verdict) -> Verdict:
        one = by_question.get(verdict.question)
        if one is None or one.old is None:
            return verdict
        was = number(one.old * one.old_points, total=one.old_points)
        note = say("also.was", was=was, points=number(one.old_points))
        return replace(verdict, notes=(*verdict.notes, note))

    day = {"day": now.day, "month": f"{now:%B}", "year": now.year}
    note = say("regraded", why=authored(why), **day) if why else say("regraded.plain", **day)
    # What was published before this is without it, however long ago it was judged.
    return replace(new, verdicts=tuple(map(add_note, new.verdicts)), notes=(note, *new.notes), graded=now)
