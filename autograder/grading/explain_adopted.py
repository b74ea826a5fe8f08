"""Every test of one student in an adopted assignment, hidden ones too, with all it met: for appeals.

For instructors only: what stands here is not in any report.
"""

from collections.abc import Iterator, Mapping

from autograder.domain.answer import Ending
from autograder.domain.report import FORGEABLE
from autograder.domain.submission import Submission
from autograder.errors import SubmissionError
from autograder.foreign.marks import Earned, profile_of
from autograder.foreign.model import Where
from autograder.foreign.rebuild import questions_of, rebuild
from autograder.grading.adopted import OpenAdopted, notebooks_of, run_tests
from autograder.grading.explain import tell_question
from autograder.sandbox.runner import Runner

_WIDE = 2_000
"""Characters shown of one value."""


def explain_adopted(
    submission: Submission, opened: OpenAdopted, runner: Runner, *, question: str = ""
) -> Iterator[str]:
    """The lines of the explanation, question by question; of one alone where it is named.

    Raises:
        SubmissionError: a file cannot be read as a notebook.
        SandboxError: nothing can be run here.
    """
    assignment, limit = opened.assignment, opened.limits.notebook_mb
    for notebook, content in notebooks_of(submission, assignment, most=limit * 1_000_000):
        try:
            rebuilt = rebuild(content, notebook, assignment, limit_mb=limit)
        except SubmissionError as problem:
            if len(assignment.notebooks) == 1:
                raise
            yield f"{notebook.name}.ipynb cannot be read, and none of its questions is judged: {problem}"
            continue
        earned, _ = run_tests(rebuilt, notebook, opened, runner)
        for asked in questions_of(assignment, notebook):
            if question and asked.name != question:
                continue
            yield tell_question(asked.name, asked.points)
            if asked.by_hand or not asked.tests:
                yield "  a person marks it" if asked.points else "  nobody marks it: it is worth no points"
            for test in asked.tests:
                yield from (f"  {line}" for line in _tell_test(earned[test.name], opened))


def _tell_test(one: Earned, opened: OpenAdopted) -> Iterator[str]:
    """What became of a test: where it was judged, what it earned, where it stopped and at what values."""
    verdict = {True: "passes", False: "does not pass", None: "not judged"}[one.passed]
    points = "open" if one.points is None else f"{float(one.points):g}"
    hidden = ", hidden" if one.test.hidden else ""
    yield f"[{one.where}{hidden}] {one.test.name}: {verdict}, {points} of {float(one.test.points):g}"
    if one.where is Where.INSIDE:
        yield f"    {FORGEABLE}"
    why = one.reason or profile_of(opened.profiles, one.test.name).reason
    if one.where is not Where.OUTSIDE and why:
        yield f"    because {why}"
    if one.run is None:
        if one.where in (Where.OUTSIDE, Where.INSIDE):
            yield "    its cell is not in the notebook"
        return
    told, lines = one.run.told, dict[str, str]()
    if one.run.ending is not Ending.RETURNED:
        limit = f" ({one.run.limit})" if one.run.limit else ""
        lines["ended"] = f"{one.run.ending.value.replace('_', ' ')}{limit}"
    if told.exception and not one.run.passed:
        lines["raised"] = f"{told.exception}: {told.message}".removesuffix(": ")
        lines["stopped at"] = told.statement
    lines["expected"], lines["answered"] = told.expected, told.answer
    lines["on stderr"] = told.stderr if one.on_stderr else ""
    lines["believed"] = ", ".join(one.believed)
    yield from _list_lines(lines)


def _list_lines(lines: Mapping[str, str]) -> Iterator[str]:
    for key, text in lines.items():
        shown = text.strip()
        if shown:
            cut = shown if len(shown) <= _WIDE else f"{shown[:_WIDE]}... ({len(shown)} characters)"
            yield f"    {key:<10} " + cut.replace("\n", "\n" + " " * 15)
