"""Reads answers back where they are written: in a student's own notebook, which holds no key.

The released notebook has what is needed to read its questions as text; `read_back` says how each answer is
read, or why it cannot be, and nothing of right or wrong.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.quiz.model import Quiz, QuizQuestion

_GRADER = "autograder.sandbox.worker"


def describe(quiz: "Quiz") -> str:
    """What is needed to read the answers of a quiz, as text without a key."""
    from autograder.quiz.kinds.registry import kind_of

    asked = [kind_of(question).without_key(question) for question in quiz.shared_questions]
    return json.dumps(
        [
            {
                "id": question.id,
                "kind": question.kind.value,
                "symbols": question.symbols,
                "keys": [[key.text, key.unit] for key in question.keys],
                "lines": [[line.text, line.right, line.rank, line.partner] for line in question.choices],
                "function": question.function,
                "give": [[one.name, one.shape, one.positive, one.symmetric] for one in question.give],
            }
            for question in asked
        ]
    )


def read_back(answers: Mapping[str, Any], asked: str, language: str = "en") -> None:
    """Print how each of `answers` is read, in a language; `asked` is what `describe` gave.

    Where a notebook is graded nothing is printed: there the grader reads, in a process of its own.
    """
    if _GRADER in sys.modules:
        return
    from autograder.domain.language import Language, speaking

    with speaking(Language(language)):
        for line in readings(answers, asked):
            print(line)  # noqa: T201 - in a student's notebook, this is the way to tell


def readings(answers: Mapping[str, Any], asked: str) -> Iterator[str]:
    """A line for each question: the reading, or why there is none; then answers to no question."""
    from autograder.domain.phrases import phrase
    from autograder.quiz.draw import plain_variant
    from autograder.quiz.in_notebook import as_typed
    from autograder.quiz.judge import can_read, interpret

    questions = [_question(one) for one in json.loads(asked)]
    for question in questions:
        if question.function:
            continue
        raw = as_typed(answers.get(question.id, ""))
        if raw is None:
            yield phrase("cells.no_text", question=question.id)
        elif not raw.strip():
            yield phrase("cells.no_answer", question=question.id)
        else:
            variant = plain_variant(question)
            reading = interpret(question, variant, raw)[0]
            readable = can_read(question, variant, raw)
            if readable:
                yield phrase("cells.read", question=question.id, reading=reading)
            else:
                yield phrase("cells.unread", question=question.id, reason=reading)
    known = {question.id for question in questions}
    for name in answers:
        if name not in known:
            listed = ", ".join(sorted(known))
            yield phrase("cells.no_question", name=repr(str(name)[:80]), questions=listed)


def _question(text: Mapping[str, Any]) -> "QuizQuestion":
    from autograder.quiz.model import Asked, Choice, Key, QuestionKind, QuizQuestion

    return QuizQuestion(
        id=text["id"],
        kind=QuestionKind(text["kind"]),
        points=Fraction(1),
        prompt="",
        version="",
        symbols=text["symbols"],
        function=text["function"],
        keys=tuple(Key(key, unit) for key, unit in text["keys"]),
        choices=tuple(
            Choice(line, right, rank=rank, partner=partner) for line, right, rank, partner in text["lines"]
        ),
        give=tuple(Asked(name, tuple(shape), *more) for name, shape, *more in text["give"]),
    )
