"""Judges typed mathematics: the language does the work, this joins it to questions and variants."""

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from autograder.expressions.judge import Judged, PreparedKey, WrongAnswer, interpret, prepare
from autograder.expressions.symbols import Symbols, read_symbols
from autograder.expressions.unreadable import Unreadable
from autograder.expressions.verdicts import State as Ending
from autograder.quiz.arithmetic import NoValueError
from autograder.quiz.model import ListedMistake, QuizQuestion
from autograder.quiz.texts import fill
from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import AnswerVerdict, graded, unreadable


def judge_symbolic(question: QuizQuestion, variant: Variant, raw: str) -> AnswerVerdict:
    """The verdict of the language on an answer; raises NoValueError for a key that cannot be prepared."""
    try:
        prepared = _prepared_for(question, variant)
    except Unreadable as reason:
        raise NoValueError(f"the key cannot be read: {reason.message}") from reason
    return _verdict(prepared.judge(raw))


def interpret_symbolic(question: QuizQuestion, variant: Variant, raw: str) -> tuple[str, str]:
    """How an answer is read, as text and MathML; what cannot be read is told by its message."""
    reading = interpret(raw, _symbols(question.symbols))
    if isinstance(reading, Unreadable):
        return reading.message, ""
    return reading.text, reading.mathml


def key_flaws(question: QuizQuestion, variant: Variant) -> Iterator[tuple[int, str]]:
    """What is wrong with symbols, keys and listed answers before any answer is judged, by line."""
    try:
        symbols = read_symbols(question.symbols)
    except Unreadable as reason:
        yield question.line, f"its symbols: {reason.message}"
        return
    keys = list[str]()
    for key in question.keys:
        text = fill(key.text, variant.drawn)
        try:
            if prepare([*keys, text], symbols).undefined:
                yield key.line, f"the key {text!r} has no value anywhere"
            keys.append(text)
        except Unreadable as reason:
            yield key.line, f"the key {text!r} cannot be read: {reason.message}"
    for slip in question.wrong if keys else ():
        try:
            prepare(keys, symbols, wrong=[_listed(slip, variant)])
        except Unreadable as reason:
            yield slip.line, f"the wrong answer {slip.text!r} cannot be read: {reason.message}"


def _prepared_for(question: QuizQuestion, variant: Variant) -> PreparedKey:
    keys = tuple(fill(key.text, variant.drawn) for key in question.keys)
    wrong = tuple(_listed(slip, variant) for slip in question.wrong)
    return _prepared(keys, question.symbols, wrong, fill(question.prompt, variant.drawn))


@lru_cache(maxsize=512)
def _prepared(
    keys: tuple[str, ...], symbols: str, wrong: tuple[WrongAnswer, ...], prompt: str
) -> PreparedKey:
    """A key prepared once for all the answers to it."""
    return prepare(keys, _symbols(symbols), wrong=wrong, prompt=prompt)


@lru_cache(maxsize=128)
def _symbols(text: str) -> Symbols:
    return read_symbols(text)


def _listed(slip: ListedMistake, variant: Variant) -> WrongAnswer:
    return WrongAnswer(fill(slip.text, variant.drawn), slip.credit, fill(slip.feedback, variant.drawn))


def _verdict(judged: Judged) -> AnswerVerdict:
    if judged.state is Ending.UNREADABLE:
        return unreadable(judged.message, code=str(judged.code), reading=judged.reading)
    # To be told that a right answer is right, the state is enough.
    message = "" if judged.state is Ending.CORRECT else judged.message
    return graded(
        Fraction(judged.credit),
        str(judged.code),
        message,
        reading=judged.reading,
        reading_mathml=judged.reading_mathml,
        fingerprint=judged.fingerprint,
    )
