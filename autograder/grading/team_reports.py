"""What a team handed in is judged once, and each member has a report of it: no two of them can differ."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from autograder.domain.receipt import Receipt
from autograder.domain.report import Report
from autograder.domain.submission import Submission
from autograder.domain.teams import find_team_files
from autograder.gradebook.marks import MarkedSubmission
from autograder.gradebook.store import Gradebook
from autograder.grading.grader import GradedSubmission

_Key = tuple[str, str, float]


@dataclass(frozen=True, slots=True)
class TeamReports:
    """Which submissions are one file of a team, and what is known of it already."""

    members: Mapping[_Key, tuple[int, ...]] = field(default_factory=dict)
    """The submissions of all members, by the student, the bytes and the moment of each."""
    find: Callable[[int], Report | None] = lambda submission: None
    """The report that a submission has already and that serves the others, by its number in the store."""

    @classmethod
    def read(
        cls, gradebook: Gradebook, assignment: str, find: Callable[[MarkedSubmission], Report | None]
    ) -> "TeamReports":
        """The teams of an assignment, as they are recorded."""
        events = gradebook.events.all()
        # The marks of a class are read for nothing where nobody hands in together.
        if not any(each.kind.value == "team" for each in events):
            return cls()
        own = [one for one in gradebook.marked_submissions() if one.assignment == assignment]
        shared, by_id = find_team_files(own, events).shared, {one.id: one for one in own}
        members = {
            (one.student, one.blob, one.received.timestamp()): shared[one.id].submissions
            for one in own
            if one.id in shared
        }
        return cls(members, lambda submission: find(by_id[submission]))

    def grade(
        self,
        submissions: Iterable[Submission],
        grade: Callable[[Iterable[Submission]], Iterator[GradedSubmission]],
    ) -> Iterator[GradedSubmission]:
        """Grade each file once, and yield a report for each submission, in no order."""
        done: dict[tuple[int, ...], Report] = {}
        waiting: defaultdict[tuple[int, ...], list[Submission]] = defaultdict(list)
        copies: deque[GradedSubmission] = deque()

        def choose() -> Iterator[Submission]:
            for one in submissions:
                members = self.members.get(_key(one.student, one.blob, one.received))
                if members is None:
                    yield one
                elif members in waiting:
                    waiting[members].append(one)
                else:
                    known = done.get(members) or next(filter(None, map(self.find, members)), None)
                    if known is None:
                        waiting[members] = []
                        yield one
                    else:
                        done[members] = known
                        copies.append(copy_report(known, one))

        for graded in grade(choose()):
            yield graded
            receipt = graded.report.receipt
            members = self.members.get(_key(receipt.student, receipt.blob, receipt.received))
            if members is not None:
                done[members] = graded.report
                copies.extend(copy_report(graded.report, mate) for mate in waiting.pop(members, ()))
            while copies:
                yield copies.popleft()
        yield from copies


def _key(student: str, blob: str, received: datetime) -> _Key:
    return student, blob, received.timestamp()


def copy_report(report: Report, submission: Submission) -> GradedSubmission:
    """The report for another member, without a page: that is rendered where it is written."""
    receipt = Receipt.of(submission, found=report.receipt.found)
    return GradedSubmission(replace(report, receipt=receipt), "", copied=True)
