"""How far a run is: a bar with rate and remaining time on a terminal, a plain line a submission elsewhere."""

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from autograder.domain.attempt_words import say_days
from autograder.domain.report import Report
from autograder.render import clean

if TYPE_CHECKING:
    from autograder.analytics.quiz_scores import QuizScore
    from autograder.publishing.scores import AttemptScore


def follow(reports: Iterable[Report], total: int) -> Iterator[Report]:
    """Pass the reports on and show how far the run is."""
    if sys.stderr.isatty():
        yield from _bar(reports, total)
        return
    for done, report in enumerate(reports, 1):
        click.echo(f"{done}/{total} {clean(report.student)} {spoken_score(report)}", err=True)
        yield report


def say_how_to_grade(name: str) -> None:
    """Tell whoever looks for results of an assignment of which there are none where they come from."""
    todo = f"`autograder grade {name}` grades what was handed in"
    click.echo(f"Nothing of {name} is graded yet: {todo}.", err=True)


def _bar(reports: Iterable[Report], total: int) -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("grading", total=total, rate="")
        for report in reports:
            progress.advance(task)
            speed = progress.tasks[0].speed
            progress.update(task, rate=f"{speed:.1f}/s" if speed else "")
            yield report


def spoken_score(report: Report) -> str:
    """The score as a table shows it: a number, or why there is none yet."""
    if report.score is not None:
        return f"{float(report.score):g}/{float(report.points):g}"
    why = "needs a person" if report.needs_person else "awaits marks by hand"
    return f"{float(report.score_so_far):g}/{float(report.points):g} so far, {why}"


def spoken_attempt(one: "AttemptScore") -> str:
    """The same of a file that counts, with how late it is, and which of several it is.

    Where a person decided otherwise, that comes first, and the file stands in brackets.
    """
    if one.decided is None:
        return _spoken_file(one)
    share = one.decided.share
    file = f" ({_spoken_file(one)})" if one.number else ""
    if share is None:
        return one.decided.what + file
    mark = f"{float(share * one.points):g}/{float(one.points):g}" if one.points else f"{float(share):.0%}"
    return f"{mark} {one.decided.what}{file}"


def _spoken_file(one: "AttemptScore") -> str:
    points = f"{float(one.points):g}"
    if one.score is not None:
        text = f"{float(one.score):g}/{points}"
    else:
        text = f"{float(one.so_far):g}/{points} so far"
        if one.waits:
            text += ", needs a person" if one.needs_person else ", awaits marks by hand"
    if one.questions:
        text += f", {', '.join(map(clean, one.questions))} decided"
    work = one.work
    if work is None or work.file is None or work.file.number != one.number:
        return text
    if work.late_days:
        text += f", {say_days(work.late_days)}"
    if one.number == 1 and not one.others:
        return text
    others = "; ".join(
        f"file {each.number} {'would give' if each.counts else 'too late, would have given'} {each.mark}"
        for each in one.others
        if each.same_as is None
    )
    return f"{text}, file {one.number}" + (f" ({others})" if others else "")


def spoken_quiz_score(line: "QuizScore") -> str:
    """The same for a quiz."""
    if line.handed_in is None:
        return "-"
    if line.score is not None:
        return f"{float(line.score):g}/{float(line.points):g}"
    return f"{float(line.score_so_far):g}/{float(line.points):g} so far, needs a person"
