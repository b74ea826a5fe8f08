"""Answers to a quiz that stand in a notebook and that a person marks: texts, and what cannot be read."""

from collections.abc import Iterator

from autograder.domain.handmark import Criterion, find_standing_mark
from autograder.domain.notebook import Cell, CellKind
from autograder.domain.report import Outcome, Report
from autograder.errors import SubmissionError
from autograder.gradebook.store import Gradebook
from autograder.grading.assignment import OpenAssignment
from autograder.marking.answers import AnswerToMark, PartAnswers, WrittenPart, copy_number
from autograder.notebook.assignment import Statement
from autograder.notebook.match import match
from autograder.notebook.read import read
from autograder.notebook.written import WrittenAnswer
from autograder.questions.written import Written
from autograder.quiz.draw import shared_variant
from autograder.quiz.in_notebook import NotebookAnswers, read_answers, title_of
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.model import Quiz, QuizQuestion
from autograder.quiz.texts import fill

CRITERION = "points"
"""What the one column of marks is called where a question of a quiz has no rubric."""


def gather_quiz_answers(
    assignment: OpenAssignment, gradebook: Gradebook, *, secret: bytes
) -> Iterator[PartAnswers]:
    """The questions of the assignment's quizzes whose answers a person marks, with those answers."""
    if not assignment.quizzes:
        return
    name = assignment.settings.name
    reports = list(gradebook.latest_reports(name, as_graded=True))
    texts = {r.student: read_typed(assignment, gradebook.content(r.receipt.blob)) for r in reports}
    marks = gradebook.hand_marks.of(name)
    for quiz in assignment.quizzes:
        for question in quiz.shared_questions:
            part = make_part(quiz, question)
            found = []
            for report in reports:
                if awaits_person(report, part):
                    written = write_out(texts[report.student], question.id)
                    theirs = [m for m in marks if (m.student, m.part) == (report.student, part.title)]
                    mark = find_standing_mark(theirs, report.receipt.blob)
                    number = copy_number(report.student, name, secret=secret)
                    found.append(AnswerToMark(report.student, number, written, report, mark))
            if found or kind_of(question).awaits_mark:
                yield PartAnswers(part, tuple(sorted(found, key=lambda answer: answer.number)), ())


def rubric_of(question: QuizQuestion) -> tuple[Criterion, ...]:
    """What a person gives points for: the rubric of the quiz file, else all points as a whole."""
    return question.rubric or (Criterion(CRITERION, question.points),)


def make_part(quiz: Quiz, question: QuizQuestion) -> WrittenPart:
    """The question as a written part; its solution stands below what was asked, for whoever marks."""
    title, drawn = title_of(quiz, question), shared_variant(question).drawn
    asked = f"{fill(question.prompt, drawn)}\n\nSolution: {fill(question.solution, drawn)}"
    statement = Statement(question.id, title, question.points, asked)
    return WrittenPart(statement, Written(title, question.points, rubric_of(question)))


def awaits_person(report: Report, part: WrittenPart) -> bool:
    """Whether a person marks this answer; of a notebook that could not be run nothing is known."""
    open_ = (Outcome.AWAITING_MARK, Outcome.UNJUDGED)
    return not report.trouble and any(v.title == part.title and v.outcome in open_ for v in report.verdicts)


def write_out(answers: NotebookAnswers, question: str) -> WrittenAnswer:
    """The answer to a question as a cell of text."""
    raw = answers.texts.get(question, "(not a text: look at the notebook)")
    return WrittenAnswer((Cell(CellKind.MARKDOWN, raw),), empty=False, found=True)


def read_typed(assignment: OpenAssignment, content: bytes) -> NotebookAnswers:
    """The answers as grading read them: cells that were put back or left out included."""
    try:
        notebook = read(content, limit_mb=assignment.settings.limits.notebook_mb)
    except SubmissionError:  # it was read when it was graded, with another limit of size
        return NotebookAnswers({})
    matched = match(notebook, assignment.released)
    return read_answers(cell.source for cell in matched.notebook.code)
