"""Judges answers that come line by line as JSON: for scripts, and for trying a key."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import IO, Any

from autograder.quiz.draw import plain_variant
from autograder.quiz.judge import judge_or_leave
from autograder.quiz.model import Quiz, QuizQuestion
from autograder.quiz.verdicts import AnswerVerdict

_NUMBER = re.compile(r"[-+]?[0-9]{1,30}(?:\.[0-9]{0,30}|/[1-9][0-9]{0,29})?(?:e[-+]?[0-9]{1,3})?")


def judge_lines(quiz: Quiz, stream_in: Iterable[str], stream_out: IO[str]) -> int:
    """Read `{"question": ..., "answer": ..., "values": {...}}` lines and write a verdict for each, in order.

    A line that is no such object gets the state `error`. Returns how many of those there were.
    """
    errors = 0
    for line in stream_in:
        if not line.strip():
            continue
        answer = _judge_line(quiz, line)
        errors += answer["state"] == "error"
        stream_out.write(json.dumps(answer, ensure_ascii=False) + "\n")
        stream_out.flush()
    return errors


def _judge_line(quiz: Quiz, line: str) -> dict[str, Any]:
    try:
        question, raw, values = _read_line(quiz, line)
    except (ValueError, RecursionError) as error:
        return {"state": "error", "credit": None, "code": "line", "message": str(error), "reading": ""}
    return as_record(judge_or_leave(question, plain_variant(question, values), raw))


def as_record(verdict: AnswerVerdict) -> dict[str, Any]:
    """A verdict as it is written to a line; the credit is a number."""
    return {
        "state": verdict.state.value,
        "credit": None if verdict.credit is None else round(float(verdict.credit), 6),
        "code": verdict.code,
        "message": verdict.message,
        "reading": verdict.reading,
    }


def _read_line(quiz: Quiz, line: str) -> tuple[QuizQuestion, str, dict[str, Fraction]]:
    """Question, answer and values of a line; ValueError says what is wrong with it."""
    try:
        asked = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"this line is not JSON: {error}") from error
    if not isinstance(asked, dict) or "question" not in asked or "answer" not in asked:
        raise ValueError('write {"question": "...", "answer": "..."}')
    question = quiz.question(str(asked["question"]))
    if question is None:
        raise ValueError(f"there is no question {asked['question']!r} in {quiz.id}")
    return question, _answer_text(asked["answer"]), dict(_read_values(question, asked.get("values") or {}))


def _answer_text(answer: Any) -> str:
    if isinstance(answer, str):
        return answer
    if isinstance(answer, dict):
        return "; ".join(f"{name} = {_answer_text(value)}" for name, value in answer.items())
    return (
        ", ".join(answer)
        if isinstance(answer, list) and all(isinstance(a, str) for a in answer)
        else str(answer)
    )


def _read_values(question: QuizQuestion, given: Any) -> Iterator[tuple[str, Fraction]]:
    if not isinstance(given, Mapping):
        raise ValueError('"values" is an object of numbers by name')
    names = {parameter.name for parameter in question.parameters}
    for name, value in given.items():
        if name not in names:
            raise ValueError(f"{question.id} draws no value {name!r}")
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError(f"the value of {name} is not a number")
        if not _NUMBER.fullmatch(str(value)):
            raise ValueError(f"the value of {name} is not a number: {value!r}")
        yield name, Fraction(str(value))
