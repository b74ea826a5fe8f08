"""Judging what a notebook answers: its public examples, its questions, its quizzes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from autograder.domain.answer import Answer
from autograder.domain.disclosure import disclose
from autograder.domain.report import Outcome, Verdict
from autograder.domain.sentences import say
from autograder.grading.as_it_stood import judge_as_it_stood
from autograder.grading.assignment import OpenAssignment
from autograder.grading.examples import judge_examples
from autograder.grading.obstacles import name_obstacle
from autograder.grading.stopped_cells import name_causes
from autograder.notebook.match import Matched
from autograder.questions.judge import judge
from autograder.questions.pictures import ask_pictures
from autograder.questions.solutions import Prepared
from autograder.sandbox.run import Run

if TYPE_CHECKING:
    from autograder.quiz.seal import Seal


def judge_answers(
    assignment: OpenAssignment, notebook: Matched, student: Run, seal: "Seal"
) -> tuple[Verdict, ...]:
    """A verdict on every question, in the order of the assignment, with what a student may see of it.

    `seal` runs code that was typed as an answer.
    """
    questions = name_causes(judge_questions(assignment, notebook, student), student.cells)
    settings, statements = assignment.settings, assignment.released.questions
    verdicts = (*questions, *judge_quizzes(assignment, notebook, student, seal))
    return tuple(disclose(name_obstacle(each, notebook, statements), settings) for each in verdicts)


def judge_questions(assignment: OpenAssignment, notebook: Matched, student: Run) -> Sequence[Verdict]:
    """Ask the public examples, then every question its ordinary cases; then judge one after the other."""
    seconds = assignment.settings.limits.seconds_per_question
    statements = assignment.released.text.statements
    sources = [example for statement in statements for example in statement.examples]
    examples = iter(student.examples(sources, seconds=seconds, still_valid=notebook.still_valid))
    claimed = {s.name: tuple(next(examples) for _ in s.examples) for s in statements}
    shown = judge_examples(assignment, student, claimed)
    hidden = {prepared.question.name: prepared for prepared in assignment.solutions.questions}
    # Whatever is shown comes from before the first hidden call: what follows may depend on hidden arguments.
    pictured = {name: ask_pictures(prepared.question, student) for name, prepared in hidden.items()}
    asked = _ask_all([hidden[s.name] for s in statements if not s.written], student, seconds)
    verdicts: dict[str, Verdict] = {}
    for statement in statements:
        if statement.written:
            key, points = statement.key, statement.points
            verdict = Verdict(key, points, Outcome.AWAITING_MARK, None, say("awaiting_mark"))
        else:
            prepared, answers = hidden[statement.name], asked.pop(statement.name, None)
            verdict = judge(
                prepared,
                student,
                seconds=seconds,
                earlier=verdicts,
                answers=answers,
                pictured=pictured[statement.name],
                stub=statement.stub,
            )
        verdicts[verdict.question] = replace(
            verdict, title=statement.title, number=statement.number, examples=shown.get(statement.name, ())
        )

    stubs = {statement.name: statement.stub for statement in statements}

    def judge_again(name: str, code: Run) -> Verdict:
        return judge(
            hidden[name], code, seconds=seconds, earlier=verdicts, pictured=pictured[name], stub=stubs[name]
        )

    better = judge_as_it_stood(
        verdicts,
        list(notebook.notebook.code),
        {statement.name: statement.examples for statement in statements},
        student.up_to,
        judge_again,
        seconds=seconds,
    )
    return list(better.values())


def _ask_all(questions: Sequence[Prepared], student: Run, seconds: float) -> dict[str, tuple[Answer, ...]]:
    """What the student's functions answer to ordinary cases, by question, up to where it is too much."""
    asked = [prepared for prepared in questions if not prepared.question.variable]
    batches = [(p.question.name, p.batch, p.budget(seconds)) for p in asked]
    answers = student.ask_all(batches)
    return {p.question.name: given for p, given in zip(asked, answers, strict=False)}


def judge_quizzes(
    assignment: OpenAssignment, notebook: Matched, student: Run, seal: "Seal"
) -> Iterator[Verdict]:
    """Judge what the notebook answers to the quizzes of the assignment, read where it stands."""
    if not assignment.quizzes:
        return
    # A tenth of a second, where there are any.
    from autograder.quiz.in_notebook import judge_notebook, read_answers

    sources = [cell.source for cell in notebook.notebook.code]
    written = read_answers(sources)
    for quiz in assignment.quizzes:
        yield from judge_notebook(quiz, written, sources=sources, student=student, seal=seal)
