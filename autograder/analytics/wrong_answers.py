"""Equal wrong answers of a class, and which mistake each would be called if one more were declared."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.domain.answer import Answer
from autograder.domain.answer_print import AGREE, AnswerPrint, CasePrint, ValuePrint
from autograder.questions.judged_case import JudgedCase
from autograder.questions.prints import print_cases, print_symptoms
from autograder.questions.score_case import score_case
from autograder.questions.solutions import Prepared


@dataclass(frozen=True, slots=True)
class EqualAnswers:
    """Students whose wrong answers to a question agree in every hidden case."""

    print: AnswerPrint
    students: tuple[str, ...]

    @property
    def endings(self) -> tuple[str, ...]:
        """How the calls ended, each way once: "returned", or the exception, or the limit that was met."""
        return tuple(dict.fromkeys(case.exception or case.ending for case in self.print.cases))


@dataclass(frozen=True, slots=True)
class ReadyMistake:
    """A mistake to paste, or why there is none for this group."""

    name: str
    code: str = ""
    why_not: str = ""
    named: tuple[str, ...] = ()
    """Whom it would name."""
    renamed: tuple[str, ...] = ()
    """Who would not be told of the mistake any more that they are told of today."""
    wrong: int = 0
    """How many wrong answers to the question were looked at."""


def find_equal(answers: Mapping[str, AnswerPrint]) -> list[EqualAnswers]:
    """The wrong answers of a question, of students by name, equal ones together; most students first.

    Answers that are known mistakes are left out: they are told by their names.
    """
    alike: defaultdict[Any, list[tuple[str, AnswerPrint]]] = defaultdict(list)
    for student, answer in answers.items():
        if answer.cases:
            form = ((c.ending, c.exception, c.changed, _form_of_value(c.value)) for c in answer.cases)
            alike[tuple(form)].append((student, answer))
    found = [each for group in alike.values() for each in _split(group)]
    return sorted(found, key=lambda each: (-len(each.students), each.students))


def _form_of_value(value: ValuePrint) -> Any:
    """All that equal values have in common to the letter."""
    numbers = value.numbers
    form = (numbers.shape, numbers.truth, numbers.finite) if numbers else None
    # A tuple and a list may be equal; what an array and a list have in common is their numbers.
    parts = tuple(map(_form_of_value, value.parts)) if value.kind in ("tuple", "entries") else ()
    return value.word, form, parts


def _split(group: Sequence[tuple[str, AnswerPrint]]) -> list[EqualAnswers]:
    """Answers of one form, equal ones together: only those are compared whose first numbers are near."""
    first: list[tuple[float, int]] = []
    members: list[list[str]] = []
    prints: list[AnswerPrint] = []
    for student, answer in group:
        key = next((number for case in answer.cases for number in _numbers(case.value)), 0.0)
        reach = 2 * AGREE * abs(key) + 1e-290
        at = bisect_left(first, (key - reach, -1))
        while at < len(first) and first[at][0] <= key + reach:
            if answer.agrees(prints[first[at][1]]):
                members[first[at][1]].append(student)
                break
            at += 1
        else:
            insort(first, (key, len(prints)))
            prints.append(answer)
            members.append([student])
    return [EqualAnswers(p, tuple(who)) for p, who in zip(prints, members, strict=True)]


def _numbers(value: ValuePrint) -> Sequence[float]:
    """The size of the first array of a value that has one."""
    if value.numbers is not None:
        return (value.numbers.size,)
    return next((found for part in value.parts if (found := _numbers(part))), ())


@dataclass(frozen=True, slots=True)
class DeclaredMistake:
    """A mistake as its answers are known by."""

    name: str
    told: tuple[Any, ...]
    """Its hint and its credit."""
    print: AnswerPrint


@dataclass(frozen=True, slots=True)
class Recogniser:
    """Tells by prints alone what `questions.recognise` would call a wrong answer."""

    right: tuple[CasePrint, ...]
    mistakes: tuple[DeclaredMistake, ...]

    @classmethod
    def of(cls, prepared: Prepared) -> "Recogniser":
        """What knows the mistakes that are declared."""
        known, count = prepared.expected, prepared.ordinary
        mistakes = tuple(
            DeclaredMistake(
                mistake.name,
                (mistake.hint, mistake.credit),
                print_of(prepared, known.mistakes[mistake.name]),
            )
            for mistake in prepared.question.mistakes
        )
        return cls(print_cases(known.reference[:count]), mistakes)

    def with_one(self, mistake: DeclaredMistake) -> "Recogniser":
        """What knows one mistake more, declared below the others."""
        return Recogniser(self.right, (*self.mistakes, mistake))

    def name(self, answer: AnswerPrint) -> str:
        """The mistake that an answer is, or the first that explains one of its parts; or empty."""
        if answer.mistake:
            return answer.mistake
        for mistake in self.mistakes:
            if answer.agrees(mistake.print):
                return mistake.name
        return self._by_symptoms(answer) or self._in_parts(answer)

    def _by_symptoms(self, answer: AnswerPrint) -> str:
        if not answer.symptoms:
            return ""
        fitting = [
            mistake
            for mistake in self.mistakes
            if mistake.print.symptoms == answer.symptoms and answer.looks in ("", mistake.print.looks)
        ]
        return fitting[0].name if len({mistake.told for mistake in fitting}) == 1 else ""

    def _in_parts(self, answer: AnswerPrint) -> str:
        """The first part's mistake, where every wrong part is explained by one."""
        given = [case.value.parts for case in answer.cases]
        right = [case.value.parts for case in self.right]
        if not given or not given[0] or len({len(parts) for parts in (*given, *right)}) != 1:
            return ""
        found = []
        for place in range(len(given[0])):
            own, asked = [parts[place] for parts in given], [parts[place] for parts in right]
            if not _all_agree(own, asked):
                found.append(self._in_part(place, own, asked))
        return found[0] if found and all(found) else ""

    def _in_part(self, place: int, own: Sequence[ValuePrint], right: Sequence[ValuePrint]) -> str:
        for mistake in self.mistakes:
            values = [case.value.parts for case in mistake.print.cases]
            if any(len(parts) <= place for parts in values):
                continue
            theirs = [parts[place] for parts in values]
            if _all_agree(theirs, own) and not _all_agree(theirs, right):
                return mistake.name
        return ""


def _all_agree(some: Sequence[ValuePrint], others: Sequence[ValuePrint]) -> bool:
    return all(one.agrees(other) for one, other in zip(some, others, strict=True))


def print_of(prepared: Prepared, answers: Sequence[Answer]) -> AnswerPrint:
    """The print of answers to the ordinary cases, as if a student had given them."""
    question, cases = prepared.question, print_cases(answers)
    if not question.comparison.own:
        return AnswerPrint(question.name, cases=cases)
    known = prepared.expected
    judged = [
        JudgedCase(case, right, answer, score_case(question, case, right, scale, answer))
        for case, right, scale, answer in zip(
            prepared.cases, known.reference, known.scales, answers, strict=False
        )
    ]
    symptoms, looks = print_symptoms(judged)
    return AnswerPrint(question.name, cases=cases, symptoms=symptoms, looks=looks)
