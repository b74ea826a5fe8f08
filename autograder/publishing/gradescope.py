"""A report as Gradescope shows it: an entry a question, marks hidden where the course discloses nothing."""

from collections.abc import Collection, Iterator
from fractions import Fraction
from typing import Any

from autograder.domain.answer import ExampleRun
from autograder.domain.phrases import phrase
from autograder.domain.report import Outcome, Report, Verdict
from autograder.interop.gradescope_results import GradescopeTest, write_results
from autograder.publishing.nbgrader_marks import write_comment
from autograder.render import words
from autograder.render.visible import excerpt


def gradescope_results(
    report: Report | None,
    *,
    hidden: Collection[str] = (),
    trouble: str = "",
    score: Fraction | None = None,
    show_stdout: bool = False,
) -> dict[str, Any]:
    """The document that Gradescope reads.

    Args:
        report: on the submission; None where there was nothing to grade.
        hidden: questions whose marks are shown after grades are published only: nothing is disclosed of their
            hidden cases, and who hands in again and again could find them by their marks.
        trouble: why there is no report.
        score: of the whole, where it is not what the questions earned.
        show_stdout: whether students see what our program prints, after grades are published.
    """
    if report is None:
        return write_results(
            (), score=Fraction(0), output=trouble, seconds=0.0, extra={}, show_stdout=show_stdout
        )
    tests = tuple(
        test for verdict in report.verdicts for test in _tests(verdict, hides=verdict.question in hidden)
    )
    return write_results(
        tests,
        score=report.score_so_far if score is None else score,
        output=_head(report, hides=bool(hidden)),
        seconds=report.seconds,
        extra={
            "revision": report.revision,
            "blob": report.receipt.blob,
            "isolation": report.isolation.level,
            "needs_person": report.needs_person,
            "forgeable": [
                test.name
                for verdict in report.verdicts
                for test in verdict.tests
                if test.label and test.earned
            ],
        },
        show_stdout=show_stdout,
    )


def _head(report: Report, *, hides: bool) -> str:
    lines = []
    if report.trouble:
        key = "feedback.not_graded" if report.needs_person else "feedback.not_run"
        lines.append(phrase(key, trouble=words.said(report.trouble)))
    elif not hides:
        lines.append(words.summary(report))
    lines += [words.said(note) for note in report.notes]
    return "\n\n".join(line for line in lines if line)


def _tests(verdict: Verdict, *, hides: bool) -> Iterator[GradescopeTest]:
    """The entry of a question; where its mark is hidden, its public examples have one of their own."""
    name = f"{verdict.question}: {verdict.title}" if verdict.title else verdict.question
    shown = [text for run in verdict.examples if not run.passed and (text := _example(run))]
    if hides and verdict.examples:
        passed = all(run.passed for run in verdict.examples)
        told = "\n\n".join(shown) or phrase("feedback.examples_pass")
        yield GradescopeTest(phrase("feedback.examples", question=name), told, passed=passed)
        shown = []
    said = "" if verdict.mark is None else write_comment(verdict)
    by_hand = verdict.outcome is Outcome.AWAITING_MARK
    output = "\n\n".join([said or words.said(verdict.sentence), *shown])
    visible = not hides or by_hand
    yield GradescopeTest(name, output, verdict.points, verdict.earned, visible=visible)


def _example(run: ExampleRun) -> str:
    """A public example that fails, as the report shows it."""
    lines = [phrase("feedback.example", source=run.source)]
    lines += [phrase("feedback.answer", answer=run.answer)] if run.answer else []
    lines += [phrase("feedback.expected", expected=run.expected)] if run.expected else []
    lines += [run.traceback] if run.traceback else []
    return "\n".join(excerpt(line, lines=30) for line in lines)
