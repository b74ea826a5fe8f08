"""Answers written in a notebook: `answers["quad-grad"] = "(A + A.T) @ w"`, read without running anything."""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from autograder.domain.report import Outcome, Verdict
from autograder.domain.sentences import Sentence, say
from autograder.quiz.carry import carried_values
from autograder.quiz.draw import shared_variant
from autograder.quiz.judge import judge, judge_part
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.model import Quiz, QuizQuestion
from autograder.quiz.seal import Askable, Seal
from autograder.quiz.service import LONGEST
from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import AnswerState, AnswerVerdict

VARIABLE = "answers"
MOST_ENTRIES = 10_000
"""Numbers of an array that is read as an answer."""


@dataclass(frozen=True, slots=True)
class NotebookAnswers:
    """What a notebook answers: the text for each question, as typed."""

    texts: Mapping[str, str]
    unread: tuple[str, ...] = ()
    """Questions whose answer is there, but is not a text that stands in the notebook."""


def read_answers(sources: Iterable[str]) -> NotebookAnswers:
    """The answers assigned in code cells, from top to bottom; the last one of each question counts.

    `answers = {"id": "text"}`, `answers["id"] = "text"` and `answers.update({...})` are read where they stand
    at the top level of a cell. Numbers, lists and tuples are taken as they would be typed.
    """
    texts, unread = dict[str, str](), dict[str, None]()
    for source in sources:
        for name, node in _assignments(source):
            text = _read_literal(node)
            texts.pop(name, None)
            unread.pop(name, None)
            if text is None:
                unread[name] = None
            else:
                texts[name] = text
    return NotebookAnswers(texts, tuple(unread))


def judge_notebook(
    quiz: Quiz,
    written: NotebookAnswers,
    *,
    sources: Sequence[str] = (),
    student: Askable | None = None,
    seal: Seal | None = None,
) -> tuple[Verdict, ...]:
    """A verdict of the report for every question of the quiz; all students meet the same variant.

    Args:
        quiz: what is asked.
        written: the answers, as they stand in the notebook.
        sources: of its code cells, in which the functions that are asked for are defined.
        student: the notebook, run: its functions are asked there.
        seal: runs a function that stands among the answers as a text.
    """
    return tuple(
        replace(
            _judge_function(question, written, sources, student, seal)
            if question.function
            else _judge_answer(quiz, question, written),
            title=title_of(quiz, question),
        )
        for question in quiz.shared_questions
    )


def title_of(quiz: Quiz, question: QuizQuestion) -> str:
    """What a report and the tables of marks call a question of a quiz."""
    return f"{quiz.title}: {question.id}"


def _judge_answer(quiz: Quiz, question: QuizQuestion, written: NotebookAnswers) -> Verdict:
    raw = written.texts.get(question.id, "")
    if question.id in written.unread:
        return _report_verdict(question, Outcome.UNJUDGED, None, say("quiz.not_text"))
    if not raw.strip():
        sentence = say("quiz.no_answer", question=question.id)
        return _report_verdict(question, Outcome.NOT_ATTEMPTED, Fraction(0), sentence)
    if len(raw) > LONGEST:
        return _report_verdict(question, Outcome.WRONG, Fraction(0), say("quiz.too_long", most=LONGEST))

    def variant_of(name: str) -> Variant | None:
        asked = quiz.question(name)
        return shared_variant(asked) if asked else None

    carried = carried_values(quiz, question, written.texts, variant_of)
    return as_report_verdict(question, judge_part(question, shared_variant(question), raw, carried))


def _judge_function(
    question: QuizQuestion,
    written: NotebookAnswers,
    sources: Sequence[str],
    student: Askable | None,
    seal: Seal | None,
) -> Verdict:
    """A function is asked where the notebook ran; one that stands among the answers as a text, on its own."""
    if question.id in written.unread:
        return _report_verdict(question, Outcome.UNJUDGED, None, say("quiz.not_text"))
    variant = shared_variant(question)
    raw = written.texts.get(question.id, "")
    if raw.strip() and len(raw) <= LONGEST:
        return as_report_verdict(question, judge(question, variant, raw, seal=seal))
    defined = [source for source in sources if re.search(rf"(?m)^def\s+{question.function}\b", source)]
    if not defined or defined[-1].strip() == skeleton(question):
        sentence = say("quiz.no_function", function=question.function)
        return _report_verdict(question, Outcome.NOT_ATTEMPTED, Fraction(0), sentence)
    where: Seal | None = None if student is None else lambda _: nullcontext(student)
    return as_report_verdict(question, judge(question, variant, defined[-1], seal=where))


def skeleton(question: QuizQuestion) -> str:
    """The function that a question asks for, without a body, as it is released."""
    arguments = ", ".join(asked.name for asked in question.give)
    return f"def {question.function}({arguments}):\n    ..."


def as_report_verdict(question: QuizQuestion, verdict: AnswerVerdict) -> Verdict:
    """A verdict of a quiz as a report shows it."""
    if verdict.state is AnswerState.MANUAL:
        # Code that nobody ran is our omission; a text is meant for a person.
        awaited = kind_of(question).awaits_mark
        outcome = Outcome.AWAITING_MARK if awaited else Outcome.UNJUDGED
        return _report_verdict(question, outcome, None, say("quiz.said", said=verdict.said))
    if verdict.state is AnswerState.UNREADABLE:
        # The student may never have run the cell that reads answers back: no zero for a missing bracket.
        sentence = say("quiz.unreadable", said=verdict.said)
        return _report_verdict(question, Outcome.UNJUDGED, None, sentence)
    credit = verdict.credit or Fraction(0)
    outcome = Outcome.RIGHT if credit == 1 else Outcome.WRONG
    mistake = verdict.code if verdict.code.startswith("listed") else None
    sentence = say("quiz.right" if credit == 1 else "quiz.wrong")
    if verdict.message:
        sentence = say("quiz.said", said=verdict.said)
    if verdict.reading:
        sentence = say("quiz.interpreted", said=sentence, reading=verdict.reading)
    return _report_verdict(question, outcome, credit, sentence, mistake=mistake)


def _report_verdict(
    question: QuizQuestion,
    outcome: Outcome,
    mark: Fraction | None,
    sentence: Sentence,
    *,
    mistake: str | None = None,
) -> Verdict:
    return Verdict(question.id, question.points, outcome, mark, sentence, mistake=mistake)


def _assignments(source: str) -> list[tuple[str, ast.expr]]:
    """Question and expression of each answer in a cell; a cell that does not parse has none."""
    # Magics and shell lines are not Python; nothing of theirs is wanted here.
    plain = re.sub(r"(?m)^[%!].*$", "", source)
    try:
        body = ast.parse(plain).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = list[tuple[str, ast.expr]]()
    for statement in body:
        match statement:
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Name(id="answers"), slice=ast.Constant(value=str(name)))]
            ):
                found.append((name, statement.value))
            case ast.Assign(targets=[ast.Name(id="answers")], value=ast.Dict() as entries):
                found += _entries(entries)
            case ast.AnnAssign(target=ast.Name(id="answers"), value=ast.Dict() as entries):
                found += _entries(entries)
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id="answers"), attr="update"),
                    args=[ast.Dict() as entries],
                )
            ):
                found += _entries(entries)
    return found


def _entries(entries: ast.Dict) -> list[tuple[str, ast.expr]]:
    pairs = zip(entries.keys, entries.values, strict=True)
    return [
        (key.value, value)
        for key, value in pairs
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    ]


def _read_literal(node: ast.expr) -> str | None:
    """The text of an expression that stands there whole; None for one that would have to be run."""
    try:
        return _as_typed(ast.literal_eval(node))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def as_typed(value: Any) -> str | None:
    """A value as it would be typed; None for one that is too large, nested too deep, or no answer at all."""
    if getattr(value, "size", 0) > MOST_ENTRIES:
        return None
    try:
        return _as_typed(value)
    except (ValueError, RecursionError):
        return None


def _as_typed(value: Any) -> str:
    """A value as it would be typed: letters of a list or set, numbers, or the text itself."""
    if isinstance(value, set | frozenset):
        value = sorted(value, key=str)
    if isinstance(value, list | tuple) and value and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    if isinstance(value, dict):
        return "; ".join(f"{name} = {_as_typed(part)}" for name, part in value.items())
    tolist = getattr(value, "tolist", None)
    return "" if value is None else str(tolist() if callable(tolist) else value)
