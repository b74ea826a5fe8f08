"""A report as plain text for a terminal, and as Markdown; what a student wrote reaches neither unclean."""

import re
from collections.abc import Iterable, Iterator
from textwrap import indent, wrap

from autograder.domain.counts import describe_count
from autograder.domain.report import CellRun, Report, Verdict
from autograder.render import words
from autograder.render.visible import clean, excerpt, one_line

_MARKS = {"right": "+", "partly": "~", "lost": "-", "open": "?"}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~$!&])")


def render_text(report: Report, *, width: int = 88) -> str:
    """The report for a terminal: no colours, no escape sequences, sentences wrapped at `width`."""
    heading = one_line(f"{report.title or report.assignment}: {report.student}", width=width)
    lines = [heading, "=" * len(heading), *_score(report, width)]
    lines += [f"* {line}" for note in report.notes for line in _wrapped(words.said(note), width - 2)]
    for verdict in report.verdicts:
        lines += ["", *_question(verdict, width)]
    told = [cell for cell in report.cells if not words.is_silent(cell)]
    for cell in told:
        lines += ["", *_cell(cell)]
    return "\n".join([*lines, "", *_receipt(report)]) + "\n"


def render_markdown(report: Report) -> str:
    """The report as Markdown: score, a table of questions, what each says; without the notebook's output."""
    heading = _escaped(one_line(f"{report.title or report.assignment}: {report.student}", width=200))
    parts = [f"# {heading}", *map(_escaped, _score(report, 10_000))]
    if report.verdicts:
        rows = [
            f"| {_escaped(verdict.question)} | {words.outcome(verdict)} | {words.earned(verdict)} |"
            for verdict in report.verdicts
        ]
        parts.append("\n".join(["| question | how it ended | points |", "|---|---|---|", *rows]))
    for verdict in report.verdicts:
        said = [words.said(verdict.sentence), verdict.hint]
        said += [*map(words.said, (*verdict.advice, *verdict.notes)), verdict.comment]
        number = f"{verdict.number}. " if verdict.number else ""
        title = f"## {number}{_escaped(verdict.title or verdict.question)}"
        parts += [title, *(_escaped(sentence) for sentence in said if sentence)]
    return "\n\n".join(parts) + "\n"


def _score(report: Report, width: int) -> Iterator[str]:
    if report.trouble:
        what = "was not graded" if report.needs_person else "could not be run"
        yield from _wrapped(f"The notebook {what}. {words.said(report.trouble)}", width)
    if report.points:
        so_far = " so far" if report.score is None else ""
        score = words.number(report.score_so_far, total=report.points)
        yield f"Score{so_far}: {score} of {words.points(report.points)}"
    if not report.trouble:
        yield from _wrapped(words.summary(report), width)


def _question(verdict: Verdict, width: int) -> Iterator[str]:
    tone = _MARKS[words.tone(verdict)]
    number = f"{verdict.number}. " if verdict.number else ""
    ending = f"{words.outcome(verdict).lower()}, {words.earned(verdict)}"
    yield f"{tone} {number}{one_line(verdict.question)}: {ending}"
    labelled = [("", words.said(verdict.sentence)), ("hint: ", verdict.hint)]
    labelled += [("try: ", words.said(step)) for step in verdict.advice]
    labelled += [("also: ", words.said(note)) for note in verdict.notes]
    for label, text in labelled:
        yield from _indented(_wrapped(f"{label}{text}" if text else "", width - 2))
    for line in verdict.rubric:
        given = f"{words.number(line.earned, total=line.points)} of {words.number(line.points)}"
        yield from _indented(_wrapped(f"{given}: {line.criterion}", width - 2))
    yield from _indented(_wrapped(f"comment: {verdict.comment}" if verdict.comment else "", width - 2))
    for group in verdict.groups:
        share = words.percent(group.share)
        yield f"  {one_line(words.cases(group.name))} ({share}): {words.worth(group.worth)}"
    for run in verdict.examples:
        yield f"  example {'passes' if run.passed else 'fails'}: {one_line(run.source, width=width - 20)}"
        if not run.passed:
            yield from _indented(
                f"your answer {excerpt(run.answer, lines=30)}".splitlines() if run.answer else ()
            )
            yield from _indented(
                f"expected {excerpt(run.expected, lines=30)}".splitlines() if run.expected else ()
            )
            yield from _indented(excerpt(run.traceback, lines=30).splitlines())


def _cell(cell: CellRun) -> Iterator[str]:
    code = one_line(cell.source, passing_over="#", width=60)
    yield f"cell {cell.number} {words.ending(cell)}: {code}"
    for text in (cell.printed, *cell.displayed[:20]):
        yield from _indented(excerpt(text, lines=30).splitlines())
    if cell.figures:
        yield f"  ({describe_count(len(cell.figures), 'figure')})"
    if cell.exception or cell.message:
        yield f"  {one_line(f'{cell.exception}: {cell.message}', width=200)}"
    if cell.limit or cell.end:
        yield f"  limit: {one_line(str(cell.limit or cell.end))}"
    if cell.ran_on:
        yield f"  its imports and definitions were run: {one_line(', '.join(cell.ran_on), width=200)}"


def _receipt(report: Report) -> Iterator[str]:
    receipt = report.receipt
    yield f"received {words.moment(receipt.received)}, {words.received_by(receipt.received_by)}"
    yield f"file {one_line(receipt.filename)}, SHA-256 {one_line(receipt.blob)}"
    yield f"graded {words.moment(report.graded)}, revision {one_line(report.revision)}"
    layers = ", ".join(map(one_line, report.isolation.layers)) or "none"
    yield f"isolation level {report.isolation.level}, layers: {layers}"


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(clean(text[:4_000]), max(width, 20), break_on_hyphens=False)


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (indent(line, "  ", lambda _: True) for line in lines)


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", one_line(text, width=4_000))
