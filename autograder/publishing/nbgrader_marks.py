"""Our marks as nbgrader keeps them: a score for each cell that carries points, a comment for each answer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from autograder.domain.course import Student
from autograder.domain.grade import WorkGrade
from autograder.domain.language import Language, speaking
from autograder.domain.phrases import phrase
from autograder.domain.report import Verdict
from autograder.gradebook.store import Gradebook
from autograder.interop.handout import Handout
from autograder.interop.nbgrader import CellUse, MarkedCell, list_marked_cells
from autograder.interop.nbgrader_gradebook import MarkedWork, NbgraderExport, NotebookMarks
from autograder.interop.nbgrader_notebook import make_error, show_submission
from autograder.publishing.counting import CountedReport, counted_reports
from autograder.render import words


@dataclass(frozen=True, slots=True)
class _Shown:
    """The released notebook, and the cells of it that nbgrader knows."""

    notebook: str
    cells: tuple[MarkedCell, ...]

    def of(self, question: str, use: CellUse) -> list[MarkedCell]:
        """The cells of a question with that use."""
        return [each for each in self.cells if (each.question, each.use) == (question, use)]


def nbgrader_marks(
    handout: Handout,
    works: Mapping[str, WorkGrade],
    gradebook: Gradebook,
    people: Sequence[Student],
    *,
    language: Language,
) -> NbgraderExport:
    """The marks of a class in one of our assignments, for the notebook that was released to nbgrader.

    Raises:
        StoreError: the gradebook cannot be read.
    """
    shown = _Shown(handout.name, tuple(list_marked_cells(handout.document, handout.text)))
    counted = list(counted_reports(handout.name, works, gradebook))
    points = {each.id: each.points for each in shown.cells if each.points is not None}
    without = {
        who: "is excused" if work.standing.excused else "was not judged" if work.file else "handed in nothing"
        for who, work in works.items()
    }
    for each in counted:
        del without[each.report.student]
    with speaking(language):
        marked = tuple(_work(each, shown, gradebook) for each in counted)
    return NbgraderExport(
        assignment=handout.name,
        points={shown.notebook: points},
        works=marked,
        people=tuple(people),
        without=without,
        remarks=tuple(_remarks(counted, shown)),
    )


def _work(counted: CountedReport, shown: _Shown, gradebook: Gradebook) -> MarkedWork:
    report = counted.report
    verdicts = {verdict.question: verdict for verdict in report.verdicts}
    content = gradebook.content(report.receipt.blob)
    document = show_submission(content, shown.cells, report.cells)
    document["metadata"]["autograder"] = {"blob": report.receipt.blob, "revision": report.revision}
    scores, comments, outputs = dict[str, Fraction | None](), dict[str, str](), {}
    for cell in shown.cells:
        verdict = verdicts.get(cell.question)
        if cell.points is not None:
            share = cell.points / verdict.points if verdict else Fraction(0)
            earned = verdict.earned if verdict else None
            scores[cell.id] = None if earned is None else earned * share
        if verdict is None:
            continue
        if cell.use is not CellUse.TESTS:
            comments |= {cell.id: text} if (text := write_comment(verdict)) else {}
        elif verdict.mark != 1 and cell is shown.of(cell.question, CellUse.TESTS)[0]:
            outputs[cell.id] = [make_error(words.outcome(verdict), words.said(verdict.sentence), "")]
    marks = NotebookMarks(content, document, scores, comments, outputs, counted.penalty)
    return MarkedWork(report.student, report.receipt.received, {shown.notebook: marks})


def write_comment(verdict: Verdict) -> str:
    """What the report says of a question, in plain text; nothing where there is no more to say."""
    if verdict.mark == 1 and not (verdict.notes or verdict.comment or verdict.rubric):
        return ""
    if verdict.mark is None:
        # A comment stands beside the mark that a person gives: only what will be true of it then is said.
        return phrase("feedback.no_response") if verdict.sentence.key == "awaiting_mark.empty" else ""
    told = {"outcome": words.outcome(verdict), "earned": words.earned(verdict)}
    lines = [phrase("feedback.verdict", said=words.said(verdict.sentence), **told)]
    lines += [verdict.hint] if verdict.hint else []
    lines += [words.said(each) for each in (*verdict.advice, *verdict.notes)]
    lines += [
        phrase("feedback.criterion", earned=words.earned_of(line), criterion=line.criterion)
        for line in verdict.rubric
    ]
    lines += [verdict.comment] if verdict.comment else []
    for group in verdict.groups:
        what = words.cases(group.name)
        told = {"share": words.percent(group.share), "worth": words.worth(group.worth)}
        lines.append(phrase("feedback.cases", cases=what, **told))
    return "\n\n".join(lines)


def _remarks(counted: Iterable[CountedReport], shown: _Shown) -> Iterator[str]:
    known = {cell.question for cell in shown.cells}
    strange: dict[str, Fraction] = {}
    for each in counted:
        strange |= {v.question: v.points for v in each.report.verdicts if v.question not in known}
        if each.note:
            yield f"{each.report.student}: {each.note}"
    if strange:
        total = words.points(sum(strange.values(), Fraction(0)))
        yield f"{', '.join(strange)} ({total}): asked in a quiz, and no cell of nbgrader's"
