"""What `autograder quiz check` refuses: a key its checker rejects, a wrong answer that is right, and so on.

Values are drawn many times, because a listed wrong answer may be right for one draw only; where there are
few, all of them are tried.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import chain, product
from math import prod

from autograder.errors import Flaw
from autograder.quiz import formulas
from autograder.quiz.arithmetic import NoValueError, condition_flaw, values_of
from autograder.quiz.judge import judge
from autograder.quiz.kinds import code as sealed
from autograder.quiz.kinds import symbolic
from autograder.quiz.kinds.choices import judge_match, judge_order
from autograder.quiz.kinds.matrices import matrix, shape_of, written
from autograder.quiz.kinds.numeric import slip_target, target
from autograder.quiz.model import EXACT, ListedMistake, QuestionKind, Quiz, QuizQuestion, Spread
from autograder.quiz.numbers import shown
from autograder.quiz.texts import fill, holes
from autograder.quiz.variants import Variant, draw, letter_of
from autograder.quiz.verdicts import AnswerState, AnswerVerdict

SEEDS = 200
_UNCLEAR = (AnswerState.UNREADABLE, AnswerState.MANUAL)


def lint(quiz: Quiz, *, seeds: int = SEEDS) -> tuple[Flaw, ...]:
    """Everything that is wrong with a quiz that can be read, in order of lines."""
    found = dict[Flaw, int]()
    for question in quiz.questions:
        for line, what, allowed in chain(_texts(question), _judged(question, seeds)):
            found.setdefault(Flaw(f"{quiz.source}:{line}:1", f"{question.id}: {what}", allowed), line)
    return tuple(sorted(found, key=lambda flaw: found[flaw]))


Complaint = tuple[int, str, str]
"""A line, what is wrong there, what is allowed instead."""


def _texts(question: QuizQuestion) -> Iterator[Complaint]:
    """Formulas, holes, and what every question must say."""
    if not question.solution:
        yield question.line, "has no solution", "a line beginning with `: `"
    for line, text in texts_of(question):
        for formula in formulas.formulas(text):
            if said := formulas.complaint(formula):
                yield line, f"the formula ${formula}$: {said}", ""
        if formulas.stray_dollar(text):
            yield line, "a dollar sign opens no formula", r"\$ for the sign itself"
    drawn = {parameter.name for parameter in question.parameters}
    used = " ".join([question.prompt, *(hole for _, text in texts_of(question) for hole in holes(text))])
    for parameter in question.parameters:
        keys = " ".join(key.text for key in question.keys)
        if parameter.name not in f"{used} {keys}":
            yield parameter.line, f"{parameter.name} is drawn but used nowhere", ""
    if drawn and not any("{{" in text for _, text in texts_of(question)):
        yield (
            question.line,
            "values are drawn but never shown",
            "{{" + sorted(drawn)[0] + "}} in the question",
        )


def _variants(question: QuizQuestion, seeds: int) -> Iterator[Variant]:
    """Every combination of drawn values where there are no more than `seeds`, else as many draws."""
    names = [parameter.name for parameter in question.parameters]
    if prod(parameter.size for parameter in question.parameters) <= seeds:
        ranges = ([p.value(index) for index in range(p.size)] for p in question.parameters)
        for values in product(*ranges):
            yield replace(draw(question, "lint"), values=tuple(zip(names, values, strict=True)))
    else:
        yield from (draw(question, f"lint/{seed}") for seed in range(seeds))


def texts_of(question: QuizQuestion) -> Iterator[tuple[int, str]]:
    """All the prose of a question, with the line it begins on."""
    yield question.line, question.prompt
    for slip in question.wrong:
        yield slip.line, slip.feedback
    for choice in question.choices:
        yield choice.line, choice.text
        yield choice.line, choice.partner
        yield choice.line, choice.feedback
    for hint in question.hints:
        yield question.line, hint
    yield question.line, question.solution


def _judged(question: QuizQuestion, seeds: int) -> Iterator[Complaint]:
    """What judging the author's own answers shows, for many variants."""
    for variant in _variants(question, seeds):
        try:
            for _, text in texts_of(question):
                fill(text, variant.drawn)
            found = list(_CHECKS[question.kind](question, variant))
        except NoValueError as error:
            found = [(question.line, str(error), "an expression of the drawn values")]
        # One draw that fails is enough to tell of.
        if found:
            values = ", ".join(f"{name} = {shown(value)}" for name, value in variant.values)
            yield from (
                (line, f"{what} (for {values})" if values else what, advice) for line, what, advice in found
            )
            return


def _numeric(question: QuizQuestion, variant: Variant) -> Iterator[Complaint]:
    for key in question.keys:
        quantity = target(key.text, key.unit, variant)
        # Written with the digits that are asked for, the key must still be within its own tolerance.
        how = f"#.{question.digits}g" if question.digits else ".10g"
        answer = f"{float(quantity.value):{how}} {key.unit}".strip()
        yield from _key(question, variant, key.line, key.text, answer)
        if key.tolerance is None and quantity.value != Fraction(f"{float(quantity.value):.8g}"):
            yield (
                key.line,
                f"nobody can type {shown(quantity.value, 12)} exactly",
                "a tolerance, such as +- 1%",
            )
        if key.tolerance and key.tolerance.spread is Spread.RELATIVE and key.tolerance.amount >= 1:
            yield (
                key.line,
                "a tolerance of 100 % takes nearly everything",
                "+- factor 3 for an order of magnitude",
            )
    for slip in question.wrong:
        wrong = slip_target(slip, question, variant)
        for key in question.keys:
            right = target(key.text, key.unit, variant)
            if wrong.unit.dimensions != right.unit.dimensions:
                yield slip.line, f"the wrong answer {slip.text!r} has a unit of another kind than the key", ""
            elif (key.tolerance or EXACT).admits(wrong.size, right.size, right.unit.scale):
                yield slip.line, f"the wrong answer {slip.text!r} lies within the tolerance of the key", ""
            else:
                answer = f"{float(wrong.value):.10g} {wrong.unit.name}".strip()
                yield from _slip(slip, variant, judge(question, variant, answer))


def _matrix(question: QuizQuestion, variant: Variant) -> Iterator[Complaint]:
    shapes = set()
    for key in question.keys:
        rows = matrix(key.text, variant)
        if len({len(row) for row in rows}) != 1:
            yield key.line, f"the rows of {key.text!r} have different lengths", ""
            return
        shapes.add(shape_of(rows))
        exact = [[str(entry) for entry in row] for row in rows]
        yield from _key(question, variant, key.line, key.text, "; ".join(", ".join(row) for row in exact))
    for slip in question.wrong:
        rows = matrix(slip.text, variant)
        yield from _slip(slip, variant, judge(question, variant, written(rows)))


def _symbolic(question: QuizQuestion, variant: Variant) -> Iterator[Complaint]:
    if flaws := list(symbolic.key_flaws(question, variant)):
        yield from ((line, what, "") for line, what in flaws)
        return
    for key in question.keys:
        answer = fill(key.text, variant.drawn)
        yield from _key(question, variant, key.line, key.text, answer)
    for slip in question.wrong:
        yield from _slip(slip, variant, judge(question, variant, fill(slip.text, variant.drawn)))


def _witness(question: QuizQuestion, variant: Variant) -> Iterator[Complaint]:
    """Conditions must have values somewhere: they are tried at values drawn as for code."""
    values = next(iter(sealed.draw_cases(question, variant)))
    for condition in (*question.need, *question.show):
        if said := condition_flaw(condition.text, {**variant.drawn, **values}):
            yield condition.line, f"the condition {condition.text!r}: {said}", "such as x > 0"


def _code(question: QuizQuestion, variant: Variant) -> Iterator[Complaint]:
    for case in sealed.draw_cases(question, variant):
        right = values_of(question.keys[0].text, {**variant.drawn, **case})
        wrongs = [values_of(slip.text, {**variant.drawn, **case}) for slip in question.wrong]
        if any(wrong != right for wrong in wrongs) or not wrongs:
            return
    for slip in question.wrong:
        yield slip.line, f"the wrong answer {slip.text!r} equals the key on every case", ""


def _choice(question: QuizQuestion, variant: Variant) -> Iterator[Complaint]:
    texts = [fill(choice.text, variant.drawn) for choice in question.choices]
    if len(set(texts)) < len(texts):
        yield question.line, "two choices say the same", ""
    answer = ", ".join(letter_of(variant, index) for index in sorted(question.right))
    yield from _key(question, variant, question.line, answer, answer)
    for choice in question.choices:
        if question.kind is QuestionKind.SINGLE and not choice.right and not choice.feedback:
            yield (
                choice.line,
                f"nothing is said to whoever chooses {choice.text!r}",
                "- ( ) text | what helps",
            )


def _order(question: QuizQuestion, variant: Variant) -> Iterator[Complaint]:
    ranked = sorted(range(len(question.choices)), key=lambda index: question.choices[index].rank)
    answer = ", ".join(letter_of(variant, index) for index in ranked)
    if judge_order(question, variant, answer).state is not AnswerState.CORRECT:
        yield question.line, "its own order is not judged right", ""


def _match(question: QuizQuestion, variant: Variant) -> Iterator[Complaint]:
    chosen = [letter_of(variant, question.partners.index(item.partner)) for item in question.items]
    if judge_match(question, variant, " ".join(chosen)).state is not AnswerState.CORRECT:
        yield question.line, "its own pairs are not judged right", ""


def _text(question: QuizQuestion, variant: Variant) -> Iterator[Complaint]:
    return iter(())


def _key(question: QuizQuestion, variant: Variant, line: int, text: str, answer: str) -> Iterator[Complaint]:
    verdict = judge(question, variant, answer)
    if verdict.state is not AnswerState.CORRECT:
        yield (
            line,
            f"the key {text!r}, answered as {answer!r}, is judged {verdict.state}: {verdict.message}",
            "",
        )


def _slip(slip: ListedMistake, variant: Variant, verdict: AnswerVerdict) -> Iterator[Complaint]:
    """A listed wrong answer must be readable, wrong, and recognised as the one it is."""
    if verdict.state in _UNCLEAR:
        yield slip.line, f"the wrong answer {slip.text!r} cannot be read: {verdict.message}", ""
    elif verdict.state is AnswerState.CORRECT:
        yield slip.line, f"the wrong answer {slip.text!r} is right", ""
    elif verdict.message != fill(slip.feedback, variant.drawn):
        yield slip.line, f"the wrong answer {slip.text!r} is taken for another: {verdict.message}", ""


_CHECKS: Mapping[QuestionKind, Callable[[QuizQuestion, Variant], Iterator[Complaint]]] = {
    QuestionKind.SINGLE: _choice,
    QuestionKind.MULTIPLE: _choice,
    QuestionKind.NUMERIC: _numeric,
    QuestionKind.MATRIX: _matrix,
    QuestionKind.SYMBOLIC: _symbolic,
    QuestionKind.ORDER: _order,
    QuestionKind.MATCH: _match,
    QuestionKind.CODE: _code,
    QuestionKind.WITNESS: _witness,
    QuestionKind.TEXT: _text,
}
