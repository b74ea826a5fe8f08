"""A report as the few lines that another platform shows beside a mark: HTML without styles."""

import re
from fractions import Fraction

from markupsafe import escape

from autograder.domain.phrases import phrase
from autograder.domain.report import Report
from autograder.domain.sentences import say
from autograder.render import words
from autograder.render.visible import one_line

_CODE = re.compile(r"`([^`]*)`")
_SPACES = re.compile(r"[ \t\r\n]+")


def render_feedback(report: Report, *, counts: Fraction | None = None) -> str:
    """The score, and for each question what it earned and why, as the report says them; on one line.

    `counts` are the points that it counts in the end: lateness and what people decided make another of it.
    """
    lines = []
    for verdict in report.verdicts:
        said = _CODE.sub(r"<code>\1</code>", str(escape(words.said(verdict.sentence))))
        question = escape(one_line(verdict.question))
        earned = phrase("feedback.question", earned=words.earned(verdict))
        lines.append(f"<li><code>{question}</code>{escape(earned)} {said}</li>")
    score = words.number(report.score_so_far, total=report.points)
    key = "feedback.score_so_far" if report.score is None else "feedback.score"
    told = f"<p>{escape(phrase(key, score=score, points=words.points(report.points)))}</p>"
    if counts is not None and report.score is not None and counts != report.score:
        counted = words.number(counts, total=report.points)
        said = words.said(say("feedback.counts", counted=counted, points=words.points(report.points)))
        told += f"<p>{escape(said)}</p>"
    told += f"<ul>{''.join(lines)}</ul>"
    return _SPACES.sub(" ", told)  # a no-break space stays one
