"""Typed mathematics: the language does the work, this joins it to questions and variants."""

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from autograder.domain.phrases import phrase
from autograder.domain.sentences import SILENT
from autograder.expressions.judge import PreparedKey, WrongAnswer, interpret, prepare
from autograder.expressions.judgement import JudgementState, Reading
from autograder.expressions.symbols import read_symbols
from autograder.expressions.unreadable import Unreadable
from autograder.quiz.arithmetic import NoValueError
from autograder.quiz.format.lines import Mark
from autograder.quiz.kinds.checks import check_key, check_listed
from autograder.quiz.kinds.kind import AnswerInput, Complaint, Judge, Kind
from autograder.quiz.model import ListedMistake, QuestionKind, QuizQuestion
from autograder.quiz.portable import Form, PortableAnswer, PortableQuestion
from autograder.quiz.seal import Seal
from autograder.quiz.texts import fill
from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import AnswerVerdict, unreadable, verdict_for


class SymbolicKind(Kind):
    """`= expression`: equal expressions are right, however they are spelled."""

    name = QuestionKind.SYMBOLIC
    lines = frozenset({Mark.KEY, Mark.WRONG})
    input = AnswerInput.LINE
    vague_codes = frozenset({"wrong", "other_shape"})

    def judge(
        self, question: QuizQuestion, variant: Variant, raw: str, *, seal: Seal | None
    ) -> AnswerVerdict:
        """The verdict of the language on an answer; raises NoValueError for a key that cannot be prepared."""
        judged = _key_of(question, variant).judge(raw)
        if judged.state is JudgementState.UNREADABLE:
            return unreadable(judged.said, code=str(judged.code), reading=judged.reading)
        return verdict_for(
            Fraction(judged.credit),
            str(judged.code),
            # To be told that a right answer is right, the state is enough.
            SILENT if judged.state is JudgementState.CORRECT else judged.said,
            reading=judged.reading,
            reading_mathml=judged.reading_mathml,
            fingerprint=judged.fingerprint,
        )

    def interpret(self, question: QuizQuestion, variant: Variant, raw: str) -> tuple[str, str]:
        """How an answer is read, as text and MathML; or the reason why it cannot be read."""
        reading = _read(question, variant, raw)
        if isinstance(reading, Unreadable):
            return reading.message, ""
        return reading.text, reading.mathml

    def reads(self, question: QuizQuestion, variant: Variant, raw: str) -> bool:
        """Whether the language reads it."""
        return not isinstance(_read(question, variant, raw), Unreadable)

    def check(self, question: QuizQuestion, variant: Variant, judge: Judge) -> Iterator[Complaint]:
        """Keys and wrong answers can be read, have values, and are judged as they are meant."""
        if flaws := list(key_flaws(question, variant)):
            yield from ((line, what, "") for line, what in flaws)
            return
        for key in question.keys:
            answer = fill(key.text, variant.drawn)
            yield from check_key(key.line, key.text, answer, judge(answer))
        for mistake in question.wrong:
            yield from check_listed(mistake, judge(fill(mistake.text, variant.drawn)))

    def instruction(self, question: QuizQuestion) -> str:
        """What is asked, in a few words."""
        return phrase("ask.expression")

    def portable(self, question: QuizQuestion, variant: Variant) -> PortableQuestion:
        """A short text: no other program knows that expressions are equal."""
        drawn = variant.drawn
        answers = [PortableAnswer(fill(key.text, drawn), Fraction(1)) for key in question.keys]
        answers += [
            PortableAnswer(fill(mistake.text, drawn), mistake.credit, fill(mistake.feedback, drawn))
            for mistake in question.wrong
        ]
        lost = "equal expressions in other spellings are not accepted; only the key as written"
        return PortableQuestion(Form.SHORT_TEXT, tuple(answers), lost=lost)


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
    for mistake in question.wrong if keys else ():
        try:
            prepare(keys, symbols, wrong=[_as_wrong_answer(mistake, variant)])
        except Unreadable as reason:
            yield mistake.line, f"the wrong answer {mistake.text!r} cannot be read: {reason.message}"


def _read(question: QuizQuestion, variant: Variant, raw: str) -> Reading | Unreadable:
    """What the key will judge; in a student's notebook, which holds none, what can be said without it."""
    if not question.keys:
        return interpret(raw, _read_symbols(question.symbols))
    return _key_of(question, variant).interpret(raw)


def _key_of(question: QuizQuestion, variant: Variant) -> PreparedKey:
    """The key that judges answers and reads them back; raises NoValueError where it cannot be read."""
    keys = tuple(fill(key.text, variant.drawn) for key in question.keys)
    wrong = tuple(_as_wrong_answer(mistake, variant) for mistake in question.wrong)
    try:
        return _prepare(keys, question.symbols, wrong, fill(question.prompt, variant.drawn))
    except Unreadable as reason:
        raise NoValueError(f"the key cannot be read: {reason.message}") from reason


# 22 kB each: so many as are typed at one time, where the values of each student's key are drawn.
@lru_cache(maxsize=1024)
def _prepare(keys: tuple[str, ...], symbols: str, wrong: tuple[WrongAnswer, ...], prompt: str) -> PreparedKey:
    """A key prepared once for all the answers to it."""
    return prepare(keys, _read_symbols(symbols), wrong=wrong, prompt=prompt)


_read_symbols = lru_cache(maxsize=128)(read_symbols)


def _as_wrong_answer(mistake: ListedMistake, variant: Variant) -> WrongAnswer:
    return WrongAnswer(
        fill(mistake.text, variant.drawn), mistake.credit, fill(mistake.feedback, variant.drawn)
    )
