"""Values that satisfy conditions: those given are put into the conditions and computed with 50 digits."""

import re
from collections.abc import Iterator
from fractions import Fraction

from autograder.domain.phrases import phrase
from autograder.domain.sentences import Sentence, join, say
from autograder.quiz.arithmetic import NoValueError, Value, check_condition, condition_flaw
from autograder.quiz.entries import LONGEST_ROWS, Rows, format_rows, read_rows
from autograder.quiz.format.lines import Mark
from autograder.quiz.kinds.drawn_arguments import draw_arguments
from autograder.quiz.kinds.kind import AnswerInput, Complaint, Judge, Kind
from autograder.quiz.model import Asked, QuestionKind, QuizQuestion
from autograder.quiz.numbers import Unread
from autograder.quiz.portable import Form, PortableQuestion
from autograder.quiz.seal import Seal
from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import AnswerVerdict, unreadable, verdict_for


class WitnessKind(Kind):
    """`give`, `need`, `show`: values by their names, such as `x = 1; y = 4`."""

    name = QuestionKind.WITNESS
    lines = frozenset({Mark.GIVE, Mark.NEED, Mark.SHOW})
    input = AnswerInput.VALUES
    vague_codes = frozenset({"need", "show"})

    def lacks(self, question: QuizQuestion) -> Iterator[tuple[str, str]]:
        """Something to show."""
        yield from super().lacks(question)
        if not question.show:
            yield f"{question.id} does not say what is to be shown", "show a > b"

    def judge(
        self, question: QuizQuestion, variant: Variant, raw: str, *, seal: Seal | None
    ) -> AnswerVerdict:
        """Right when every `need` and every `show` holds at the values given, which are as declared."""
        given = read_given(question.give, raw)
        if isinstance(given, Unread):
            return unreadable(given.sentence, code=given.code)
        reading = "; ".join(f"{name} = {format_rows(rows)}" for name, rows in given.items())
        more = {"reading": reading, "fingerprint": reading}
        values: dict[str, Value] = {**variant.drawn}
        for asked in question.give:
            values[asked.name] = as_value(given[asked.name], asked.shape)
        for conditions, code in ((question.need, "need"), (question.show, "show")):
            for condition in conditions:
                try:
                    found = check_condition(condition.text, values)
                except NoValueError as trouble:
                    told = {"condition": condition.text, "trouble": str(trouble)}
                    said = say("typed.the_condition_has_no_value", **told)
                    return verdict_for(Fraction(0), "undefined", said, **more)
                if not found.holds:
                    told = {"condition": condition.text, "left": str(found.left), "right": str(found.right)}
                    said = say("typed.the_condition_does_not_hold", **told)
                    return verdict_for(Fraction(0), code, said, **more)
        for asked in question.give:
            rows = given[asked.name]
            if asked.positive and rows[0][0] <= 0:
                return verdict_for(
                    Fraction(0), "need", say("typed.must_be_positive", name=asked.name), **more
                )
            if asked.symmetric and rows != tuple(zip(*rows, strict=True)):
                return verdict_for(
                    Fraction(0), "need", say("typed.must_be_symmetric", name=asked.name), **more
                )
        return verdict_for(Fraction(1), "right", **more)

    def check(self, question: QuizQuestion, variant: Variant, judge: Judge) -> Iterator[Complaint]:
        """Conditions must have values somewhere: they are tried at drawn ones."""
        values = next(draw_arguments(question))
        for condition in (*question.need, *question.show):
            if flaw := condition_flaw(condition.text, {**variant.drawn, **values}):
                yield condition.line, f"the condition {condition.text!r}: {flaw}", "such as x > 0"

    def instruction(self, question: QuizQuestion) -> str:
        """What is asked, in a few words."""
        return phrase("ask.witness")

    def portable(self, question: QuizQuestion, variant: Variant) -> PortableQuestion:
        """An essay: no other program computes."""
        lost = "a witness is not judged: it becomes a text that a person reads"
        return PortableQuestion(Form.ESSAY, lost=lost)


_LEADING = re.compile(
    r"^\s*(?:prenons|prendre|posons|soit|soient|on\s+prend|take|let|choose|with|avec|par\s+exemple|for\s+example"
    r"|e\.g|p\.\s?ex|(?:the|le|la)\s+(?:vector|vecteur|matrix|matrice|point)(?=\s+\w+\s*=))\b\.?\s*:?",
    re.IGNORECASE,
)
_CONCLUSION = re.compile(
    r"\s*(?:=>|⇒|\\implies|\\Rightarrow|\b(?:so|donc|alors|then|car|since|because)\b).*$", re.S
)
_BESIDE = re.compile(r",\s*(?=[^,;()\[\]]*[=<>])")
"""Before what an answer says of its values: `b = -1, ab = -1 < 0`."""


def read_given(asked: tuple[Asked, ...], raw: str) -> dict[str, Rows] | Unread:
    """The values in `x = 1; A = [[1, 0], [0, 1]]`; a single one may stand without its name."""
    if len(raw) > LONGEST_ROWS:
        return Unread(say("typed.the_answer_is_too_long", most=LONGEST_ROWS))
    names = "|".join(re.escape(one.name) for one in sorted(asked, key=lambda one: -len(one.name)))
    raw = _CONCLUSION.sub("", _LEADING.sub("", raw.replace("$", " ")))
    raw = re.sub(
        r"^\s*\\?\{(.*)\}\s*$", lambda braced: braced[1].removesuffix("\\"), raw, flags=re.S
    )  # {"a": 1}
    text = _as_values_by_name(asked, raw.strip())
    pieces = re.split(rf"(?:^|[;,\n\s])\s*[\"']?({names})[\"']?\s*(?::=|={{1,2}}|:|<-(?=\s))(?!=)", text)
    texts = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    if len(asked) == 1 and len(pieces) == 1:
        texts = {asked[0].name: raw}
    elif pieces[0].strip() or len(texts) * 2 + 1 != len(pieces):
        return Unread(_example(asked))
    values = dict[str, Rows]()
    for one in asked:
        if not texts.get(one.name, "").strip():
            return Unread(join([say("typed.you_did_not_give", name=one.name), _example(asked)]), "missing")
        text = texts[one.name] if one.shape else _BESIDE.split(texts[one.name])[0]
        written = re.sub(r"(?:[\s;,&]|\band\b|\bet\b)+$", "", text)
        rows = read_rows(written.strip(), one.shape)
        if isinstance(rows, Unread):
            return Unread(say("typed.of_value", name=one.name, inner=rows.sentence), rows.code)
        values[one.name] = rows
    return values


def _as_values_by_name(asked: tuple[Asked, ...], text: str) -> str:
    """`(a, b) = (1, -1)`, and `(1, -1)` alone, as `a = 1; b = -1`."""
    tuple_of_names = r"\s*,\s*".join(re.escape(one.name) for one in asked)
    match = re.fullmatch(rf"(?:\(?\s*{tuple_of_names}\s*\)?\s*=)?\s*([^=:<>]+)", text)
    if match is None or len(asked) < 2 or any(one.shape for one in asked):
        return text
    rows = read_rows(match[1], (len(asked),))
    if isinstance(rows, Unread):
        return text
    return "; ".join(f"{one.name} = {value}" for one, value in zip(asked, rows[0], strict=True))


def as_value(rows: Rows, shape: tuple[int, ...]) -> Value:
    """The rows as the expression language takes them: a number, a vector, or rows."""
    if not shape:
        return rows[0][0]
    return rows[0] if len(shape) == 1 else rows


def _example(asked: tuple[Asked, ...]) -> Sentence:
    example = "; ".join(f"{one.name} = {_sample(one.shape)}" for one in asked)
    return say("typed.answer_such_as", example=example)


def _sample(shape: tuple[int, ...]) -> str:
    if not shape:
        return "1"
    row = ", ".join("1" * shape[-1])
    return f"({row})" if len(shape) == 1 else "[" + ", ".join([f"[{row}]"] * shape[0]) + "]"
