"""Judges what is chosen, put in order or matched by letters; how part credit is counted."""

import re
from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from itertools import pairwise

from autograder.quiz.model import QuestionKind, QuizQuestion
from autograder.quiz.variants import LETTERS, Variant, letter_of, letters
from autograder.quiz.verdicts import AnswerPart, AnswerVerdict, PartMark, graded, unreadable

ZERO, ONE = Fraction(0), Fraction(1)


def judge_single(question: QuizQuestion, variant: Variant, raw: str) -> AnswerVerdict:
    """One letter, as shown: right, or the feedback of the choice."""
    picked = read_letters(raw, variant)
    if picked is None or len(picked) != 1:
        return unreadable(f"Answer with one letter, {_span(variant)}.")
    index = picked[0]
    choice = question.choices[index]
    message = choice.feedback or ("" if choice.right else "This is not it.")
    code = "right" if choice.right else f"choice-{LETTERS[index]}"
    reading = letter_of(variant, index)
    return graded(ONE if choice.right else ZERO, code, message, reading=reading, fingerprint=LETTERS[index])


def judge_multiple(question: QuizQuestion, variant: Variant, raw: str) -> AnswerVerdict:
    """Any number of letters, or `none`."""
    none = raw.strip().lower() in ("none", "-", "∅")
    picked = [] if none else read_letters(raw, variant)
    if picked is None:
        return unreadable(f"Answer with letters, {_span(variant)}, such as a, c; or none.")
    chosen = frozenset(picked)
    credit = CREDIT[question.rule](question.right, chosen, len(question.choices))
    shown = sorted(chosen, key=variant.order.index)
    parts = tuple(_ticked(question, variant, index) for index in shown)
    fingerprint = "".join(LETTERS[index] for index in sorted(chosen)) or "none"
    code = "right" if chosen == question.right else f"choices-{fingerprint}"
    reading = ", ".join(letter_of(variant, index) for index in shown) or "none"
    message = _remarks(question, chosen)
    return graded(credit, code, message, reading=reading, fingerprint=fingerprint, parts=parts)


def _ticked(question: QuizQuestion, variant: Variant, index: int) -> AnswerPart:
    right = question.choices[index].right
    feedback = "" if right else question.choices[index].feedback
    return AnswerPart(letter_of(variant, index), PartMark.RIGHT if right else PartMark.WRONG, feedback)


def _remarks(question: QuizQuestion, chosen: frozenset[int]) -> str:
    """What to say of wrong boxes, and that some are missing, without naming them."""
    wrong = [question.choices[index].feedback for index in sorted(chosen - question.right)]
    missed = len(question.right - chosen)
    said = [feedback for feedback in wrong if feedback]
    if len(said) < len(wrong):
        said.append("A box is ticked that should not be.")
    if missed:
        said.append("A right answer is missing." if missed == 1 else f"{missed} right answers are missing.")
    return " ".join(said)


def _net(right: Collection[int], chosen: Collection[int], count: int) -> Fraction:
    good = len(set(right) & set(chosen))
    return max(ZERO, Fraction(2 * good - len(chosen), len(right)))


def _coverage(right: Collection[int], chosen: Collection[int], count: int) -> Fraction:
    good = len(set(right) & set(chosen))
    return Fraction(good * good, len(right) * len(chosen)) if chosen else ZERO


def _proportional(right: Collection[int], chosen: Collection[int], count: int) -> Fraction:
    return ZERO if set(chosen) - set(right) else Fraction(len(set(chosen)), len(right))


def _each(right: Collection[int], chosen: Collection[int], count: int) -> Fraction:
    return Fraction(count - len(set(right) ^ set(chosen)), count)


def _all(right: Collection[int], chosen: Collection[int], count: int) -> Fraction:
    return ONE if set(right) == set(chosen) else ZERO


CREDIT: Mapping[str, Callable[[Collection[int], Collection[int], int], Fraction]] = {
    "all": _all,
    "net": _net,
    "coverage": _coverage,
    "proportional": _proportional,
    "each": _each,
}
"""Credit for the chosen boxes, given the right ones and how many boxes there are.

all: everything or nothing. net: (right boxes - wrong boxes) / right ones there are. coverage: share of the
right ones chosen times share of the chosen that are right. proportional: share of the right ones, nothing
once a wrong box is ticked. each: every box counts, so that a blank answer earns something.
"""


def judge_order(question: QuizQuestion, variant: Variant, raw: str) -> AnswerVerdict:
    """The letters of the lines, in the right order."""
    picked = read_letters(raw, variant)
    count = len(question.choices)
    if picked is None or sorted(picked) != list(range(count)):
        return unreadable(f"Answer with each of the letters {_span(variant)} once, in order.")
    ranks = [question.choices[index].rank for index in picked]
    neighbours = sum(after == before + 1 for before, after in pairwise(ranks))
    right = ranks == list(range(1, count + 1))
    credit = ONE if right else Fraction(neighbours, count - 1) if question.rule == "neighbours" else ZERO
    first = next((place for place, rank in enumerate(ranks, 1) if rank != place), 0)
    reversed_ = ranks == list(range(count, 0, -1))
    message = (
        "This is the right order turned round."
        if reversed_
        else f"The order is right up to place {first - 1}."
    )
    code = "right" if right else "reversed" if reversed_ else f"order-{'-'.join(map(str, ranks))}"
    reading = ", ".join(letter_of(variant, index) for index in picked)
    fingerprint = "-".join(map(str, ranks))
    return graded(credit, code, "" if right else message, reading=reading, fingerprint=fingerprint)


def judge_match(question: QuizQuestion, variant: Variant, raw: str) -> AnswerVerdict:
    """A letter for each numbered line: `1b 2a 3c`, or the letters alone, in the order of the lines."""
    items = question.items
    pairs = _read_pairs(raw, variant, len(items))
    if pairs is None:
        example = " ".join(f"{number}{letter}" for number, letter in enumerate(LETTERS[: len(items)], 1))
        return unreadable(f"Answer with a letter for each line, such as {example}.")
    given = [question.partners[index] for index in pairs]
    marks = [item.partner == partner for item, partner in zip(items, given, strict=True)]
    parts = tuple(
        AnswerPart(str(number), PartMark.RIGHT if right else PartMark.WRONG, "" if right else item.feedback)
        for number, (item, right) in enumerate(zip(items, marks, strict=True), 1)
    )
    credit = Fraction(sum(marks), len(marks)) if question.rule == "each" else Fraction(all(marks))
    wrong = [part.name for part in parts if part.mark is PartMark.WRONG]
    message = (
        ""
        if not wrong
        else " ".join([f"Not right: {', '.join(wrong)}.", *(p.message for p in parts if p.message)])
    )
    reading = " ".join(f"{n}{letter_of(variant, index)}" for n, index in enumerate(pairs, 1))
    fingerprint = "".join(LETTERS[index] for index in pairs)
    code = "right" if not wrong else f"match-{fingerprint}"
    return graded(credit, code, message, reading=reading, fingerprint=fingerprint, parts=parts)


def _read_pairs(raw: str, variant: Variant, count: int) -> list[int] | None:
    """For each item, the index of its partner; None if the text does not say it."""
    shown = letters(variant)
    found = re.findall(r"([0-9]{1,2})\s{0,3}[-:=.)>]{0,3}\s{0,3}([A-Za-z])", raw)
    if found:
        chosen = {int(number): letter.lower() for number, letter in found}
        whole = not re.sub(r"[0-9]{1,2}\s{0,3}[-:=.)>]{0,3}\s{0,3}[A-Za-z]|[\s,;]", "", raw)
        if not whole or len(found) != count or sorted(chosen) != list(range(1, count + 1)):
            return None
        names = [chosen[number] for number in range(1, count + 1)]
    else:
        names = re.findall(r"[A-Za-z]", raw.lower()) if re.fullmatch(r"[A-Za-z\s,;]+", raw) else []
    if len(names) != count or any(name not in shown for name in names):
        return None
    return [shown[name] for name in names]


def read_letters(raw: str, variant: Variant) -> list[int] | None:
    """The indices of the lines whose letters are given (`b`, `B)`, `a, c`, `ac`), or None."""
    shown = letters(variant)
    text = re.sub(r"\band\b", " ", raw.strip().lower())
    if not re.fullmatch(r"[a-z().,;\[\]{}'\"\s]+", text):
        return None
    words = re.findall(r"[a-z]+", text)
    names = (
        words if all(len(word) == 1 for word in words) else list("".join(words)) if len(words) == 1 else []
    )
    if not names or len(set(names)) != len(names) or any(name not in shown for name in names):
        return None
    return [shown[name] for name in names]


def _span(variant: Variant) -> str:
    return f"a to {LETTERS[len(variant.order) - 1]}"


JUDGES = {
    QuestionKind.SINGLE: judge_single,
    QuestionKind.MULTIPLE: judge_multiple,
    QuestionKind.ORDER: judge_order,
    QuestionKind.MATCH: judge_match,
}
