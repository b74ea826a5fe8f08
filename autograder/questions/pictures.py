"""A picture of what an answer does on a public case, drawn for the report and worth no marks.

Its numbers are shown with all their digits. So the public case is asked before any hidden one: a process that
knows hidden arguments could answer with them.
"""

import logging
import math
from collections.abc import Iterator, Sequence

import numpy as np

from autograder.domain.answer import Answer, Ending
from autograder.domain.report import Chart, Outcome, Series, Verdict
from autograder.errors import JudgingError
from autograder.questions.author_bounds import any_large, bound
from autograder.questions.comparand import Seen
from autograder.questions.compare import as_real
from autograder.questions.in_process import run_here
from autograder.questions.question import Picture, Question
from autograder.questions.student_code import StudentCode
from autograder.quiet import quiet
from autograder.timeout import TimeIsUpError

_SECONDS = 2.0
_LONGEST = 400
_log = logging.getLogger(__name__)


def ask_pictures(question: Question, student: StudentCode) -> tuple[Answer, ...]:
    """What a student's function answers to the public case of each picture.

    To be called before that process is asked any hidden case, of this question or another.
    """
    return tuple(
        student.ask(question.name, picture.batch, seconds=_SECONDS)[0] for picture in question.pictures
    )


def draw_pictures(question: Question, answers: Sequence[Answer], verdict: Verdict) -> tuple[Chart, ...]:
    """The pictures of an answer that returned something; of any other there are none.

    Args:
        question: what was asked.
        answers: from `ask_pictures`.
        verdict: on the question.

    Raises:
        JudgingError: the author's function fails on the reference itself.
    """
    if verdict.outcome not in (Outcome.RIGHT, Outcome.WRONG):
        return ()
    pairs = zip(question.pictures, answers, strict=False)
    return tuple(chart for picture, answer in pairs for chart in _charts(picture, question, answer))


def _charts(picture: Picture, question: Question, answer: Answer) -> Iterator[Chart]:
    expected = run_here(question.reference, picture.case.call)
    right = _series(picture, expected, expected)
    if right is None:
        raise JudgingError(f"the picture of {question.name} cannot be drawn for the reference itself")
    yours = _series(picture, expected, answer)
    if yours is not None:
        pair = Series("yours", yours), Series("expected", right)
        yield Chart(picture.title, pair, picture.across, picture.logarithmic)


def _series(picture: Picture, expected: Answer, answer: Answer) -> tuple[float | None, ...] | None:
    """What the author's function makes of an answer; None where it makes nothing that can be drawn."""
    if answer.ending is not Ending.RETURNED:
        return None
    given, _ = as_real(answer.value)
    if given is None or not given.size:
        return None

    def draw() -> tuple[float | None, ...] | None:
        with quiet():
            drawn = np.asarray(picture.series(given, Seen.of(picture.case, expected, answer)), float)
        if drawn.ndim != 1 or not drawn.size:
            return None
        return tuple(float(v) if math.isfinite(v) else None for v in drawn[:_LONGEST])

    try:
        return bound(draw, seconds=_SECONDS, large=any_large([answer], [expected]))
    except (Exception, SystemExit, TimeIsUpError) as error:  # noqa: BLE001 - an author's function meets a student's value
        _log.info("no picture: %r", error)
        return None
