"""The program that does errands, beside the pages and never in them: checks, releases, judging again; and
hands in the attempts at quizzes that the clock has ended.

`python -m autograder.services.errand_work FOLDER JOBS LEVEL STARTER` does what waits, the oldest
first, and ends. It is nice to everything else: what students handed in is judged before.
"""

import logging
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from autograder.check.claims import Claim
from autograder.course.in_use import in_use
from autograder.course.opened import OpenCourse, open_course
from autograder.domain.counts import describe_count
from autograder.domain.moments import describe_moment
from autograder.domain.report import Report
from autograder.errors import AutograderError, CourseError, OvertakenError
from autograder.gradebook.claims import find_claimed, name_holder
from autograder.gradebook.errands import Errand, ErrandKind, Errands, ErrandState
from autograder.gradebook.store import Gradebook
from autograder.grading.workers import local_workers
from autograder.regrading.changes import MarkChange
from autograder.regrading.homework import Regrading
from autograder.regrading.quizzes import QuizRegrading
from autograder.sandbox.system.parent import die_with
from autograder.services.collecting import CollectedWork, collect_work, receive_collected
from autograder.services.preparing import check_assignment, files_state, preview_release, release_notebook
from autograder.services.quiz_endings import record_endings
from autograder.services.regrading import (
    RegradingWish,
    changes_given_marks,
    is_quiz,
    record_regrading,
    regrade_homework,
    regrade_quiz,
    state_of,
)
from autograder.services.uploads import Uploads, course_uploads

_log = logging.getLogger(__name__)
_NICER = 10
_TURN, _PAUSE = 60.0, 0.5
"""Seconds after which judging again goes on though others wait, and between two looks whether they do."""
Told = dict[str, Any]
"""What came of an errand, in plain JSON values."""


class ErrandStopped(Exception):  # noqa: N818 - somebody's wish, no fault
    """Somebody asked that it be stopped."""


@dataclass(frozen=True, slots=True)
class ErrandContext:
    """What an errand is done with."""

    course: OpenCourse
    gradebook: Gradebook
    errands: Errands
    jobs: int
    level: int
    clock: Callable[[], datetime]
    others_wait: Callable[[], bool] = lambda: False
    """Whether what somebody handed in is being judged."""
    pause: Callable[[float], object] = time.sleep

    def give_way(self, errand: Errand, done: int, total: int) -> None:
        """Let what was handed in be judged before, a minute at most. Raises ErrandStopped as `tell` does."""
        for _ in range(round(_TURN / _PAUSE)):
            if not self.others_wait():
                return
            self.pause(_PAUSE)
            self.tell(errand, done, total)

    def tell(self, errand: Errand, done: int, total: int = 0) -> None:
        """Say how far it is. Raises ErrandStopped where it is not wanted any more."""
        if not self.errands.tell(errand.number, done, total):
            raise ErrandStopped

    @property
    def uploads(self) -> Uploads:
        """Files that wait to be confirmed."""
        return course_uploads(self.course)


def do_errands(context: Callable[[], ErrandContext], errands: Errands, clock: Callable[[], datetime]) -> int:
    """Do all errands that wait, each with the course as its files are by then; return how many there were."""
    count = 0
    while (errand := errands.begin(name_holder(), clock())) is not None:
        count += 1
        try:
            told = _DOING[errand.kind](context(), errand)
        except ErrandStopped:
            errands.end(errand.number, ErrandState.STOPPED, {}, clock())
        except CourseError as error:
            flaws = [str(flaw) for flaw in error.flaws]
            errands.end(errand.number, ErrandState.FAILED, {"flaws": flaws}, clock())
        except AutograderError as error:
            errands.end(errand.number, ErrandState.FAILED, {"flaws": [str(error)]}, clock())
        except Exception as error:  # noqa: BLE001 - an author's code may raise anything, and others wait
            _log.error("%s of %s failed", errand.kind.value, errand.work, exc_info=error)
            flaws = [f"{type(error).__name__}: {error}", "The server's log says more."]
            errands.end(errand.number, ErrandState.FAILED, {"flaws": flaws}, clock())
        else:
            errands.end(errand.number, ErrandState.DONE, told, clock())
    return count


def _check(context: ErrandContext, errand: Errand) -> Told:
    tried = 0

    def watch(_claim: Claim) -> None:
        nonlocal tried
        tried += 1
        context.tell(errand, tried)

    course, name = context.course, errand.work
    state = files_state(course, name)
    subject, checked = check_assignment(course, name, watch=watch)
    counts = [
        {
            "question": each.question,
            "points": str(each.points),
            "cases": each.cases,
            "accepted": f"{each.accepted} of {each.alternates}",
            "caught": f"{each.caught} of {each.mistakes}",
            "edits": each.mutants,
            "surviving": each.surviving,
        }
        for each in checked.counts
    ]
    flaws = [str(flaw) for flaw in checked.flaws]
    return {
        "flaws": flaws,
        "counts": counts,
        "points": describe_count(subject.points, "point"),
        "files": state,
    }


def _release(context: ErrandContext, errand: Errand) -> Told:
    """Check, and where that holds release what was shown."""
    course, name = context.course, errand.work
    shown = errand.wanted.get("state")
    if preview_release(course, name).state != shown:
        raise OvertakenError("the notebook was changed since it was shown: look at it again")
    checked = _check(context, errand)
    if checked["flaws"]:
        return {**checked, "released": False}
    if files_state(course, name) != checked["files"] or preview_release(course, name).state != shown:
        raise OvertakenError("a file was changed while it was checked: nothing was released")
    return {**checked, "released": True, "file": course.shown(release_notebook(course, name))}


def _collect(context: ErrandContext, errand: Errand) -> Told:
    course, name, wanted = context.course, errand.work, errand.wanted
    source = context.uploads.find(str(wanted.get("upload")))
    times = context.uploads.find(str(wanted.get("times"))) if wanted.get("times") else None
    if source is None:
        raise OvertakenError("what was sent is not there any more: send it again")
    now = context.clock()
    told = _tell_collected(
        collect_work(course, name, source, times=times, by=errand.by, now=now, dry=True), context
    )
    told["upload"], told["times_upload"] = wanted.get("upload"), wanted.get("times")
    if not wanted.get("confirmed"):
        return told
    # Where all is there already, a program was killed between collecting and receiving: it is completed.
    new = told["teams"] or told["times"] or told["changes"] or any(row["new"] for row in told["rows"])
    if wanted["confirmed"] != told["state"] and (new or not told["rows"]):
        return {**told, "moved": True}
    found = collect_work(course, name, source, times=times, by=errand.by, now=now)
    receive_collected(course, context.gradebook, name, by=errand.by, now=now)
    for upload in (wanted.get("upload"), wanted.get("times")):
        context.uploads.forget(str(upload))
    return {**_tell_collected(found, context), "done": True}


def _tell_collected(found: CollectedWork, context: ErrandContext) -> Told:
    zone = found.request.zone
    rows = [
        {
            "student": one.student,
            "filename": one.filename,
            "received": describe_moment(one.received, zone),
            "doubtful": one.received_by.doubtful,
            "new": not one.unchanged,
        }
        for one in found.collected
    ]
    told: Told = {
        "rows": rows,
        "notices": [str(notice) for notice in found.notices],
        "untaken": len(found.untaken),
        "silent": list(found.silent),
        "teams": [[whom.student, team.name] for team, whom in found.teams],
        "times": {label: describe_moment(at, zone) for label, at in sorted(found.learnt.times.items())},
        "changes": [[e.student, e.what, e.before, e.after, e.down] for e in found.learnt.changes],
    }
    blobs = [(one.student, one.blob) for one in found.collected]
    told["state"] = sha256(repr((told, blobs, context.gradebook.events.last())).encode()).hexdigest()[:32]
    return told


def _receive(context: ErrandContext, errand: Errand) -> Told:
    notices = receive_collected(
        context.course, context.gradebook, errand.work, by=errand.by, now=context.clock()
    )
    return {"notices": [str(notice) for notice in notices]}


def _record(context: ErrandContext, errand: Errand) -> Told:
    """Record what was shown; where it is otherwise by now, tell how it is."""
    why = str(errand.wanted.get("why", ""))
    found = _judge_again(context, errand, why)
    told = _tell_regrading(found)
    if found is None:  # all is recorded, by a program that may have been killed before it wrote the reports
        context.course.report_files(errand.work).complete(context.gradebook, errand.work)
        return {**told, "changes": [], "recorded": True}
    if told["state"] != errand.wanted.get("state"):
        return {**told, "moved": True}
    record_regrading(context.course, context.gradebook, errand.work, found, why=why)
    return {**told, "recorded": True}


def _judge_again(context: ErrandContext, errand: Errand, why: str) -> Regrading | QuizRegrading | None:
    course, wish = context.course, RegradingWish(errand.work, why)
    if is_quiz(course, errand.work):
        return regrade_quiz(course, context.gradebook, wish)

    def watch(reports: Iterator[Report], total: int) -> Iterable[Report]:
        for done, report in enumerate(reports, 1):
            context.tell(errand, done, total)
            yield report
            context.give_way(errand, done, total)

    return regrade_homework(
        course,
        context.gradebook,
        wish,
        accept_level=context.level,
        workers=local_workers(context.jobs),
        watch=watch,
        clock=context.clock,
    )


def _tell_regrading(found: Regrading | QuizRegrading | None) -> Told:
    if found is None:
        return {"outdated": False, "state": ""}
    return {
        "outdated": True,
        "state": state_of(found),
        "changes": [_tell_change(each) for each in found.changes],
        "needs_reason": changes_given_marks(found.changes),
        "kept": [_tell_change(each) for each in found.kept],
        "unchanged": found.unchanged if isinstance(found, Regrading) else 0,
        "failed": list(found.failed) if isinstance(found, Regrading) else [],
        "any": bool(found.replacements if isinstance(found, Regrading) else found.judgings),
    }


def _tell_change(change: MarkChange) -> Told:
    ends = ((change.old, change.old_points), (change.new, change.new_points))
    before, after = (
        ("open" if points else "not asked") if share is None else f"{share * points} of {points}"
        for share, points in ends
    )
    return {
        "student": change.student,
        "number": change.number,
        "question": change.question,
        "before": before,
        "after": after,
        "down": change.goes_down,
    }


_DOING: Mapping[ErrandKind, Callable[[ErrandContext, Errand], Told]] = {
    ErrandKind.CHECK: _check,
    ErrandKind.RELEASE: _release,
    ErrandKind.COLLECT: _collect,
    ErrandKind.RECEIVE: _receive,
    ErrandKind.REGRADE: lambda context, errand: _tell_regrading(_judge_again(context, errand, "")),
    ErrandKind.RECORD: _record,
}


def _now() -> datetime:
    return datetime.now(UTC)


def main(folder: str, jobs: str, level: str, starter: str) -> None:
    """Do what waits, and end."""
    logging.basicConfig(format="errands: %(message)s")
    if sys.platform == "linux":
        try:
            die_with(int(starter))
        except OSError as error:
            sys.exit(f"errands: {error}")
    os.nice(_NICER)
    course = open_course(Path(folder))
    with in_use(course.folder.path), course.gradebook() as gradebook, course.transient() as transient:
        errands = Errands(transient)

        def make_context() -> ErrandContext:
            return ErrandContext(
                open_course(Path(folder)),
                gradebook,
                errands,
                jobs=int(jobs),
                level=int(level),
                clock=_now,
                others_wait=lambda: bool(find_claimed(transient, _now())),
            )

        do_errands(make_context, errands, _now)
        with suppress(CourseError):  # of which the class page tells
            record_endings(open_course(Path(folder)), gradebook)


if __name__ == "__main__":
    main(*sys.argv[1:])
