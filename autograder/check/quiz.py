"""What `autograder quiz check` refuses: a key its checker rejects, a wrong answer that is right, and so on.

Values are drawn many times, because a listed wrong answer may be right for one draw only; where there are
few, all of them are tried.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, product
from math import prod
from pathlib import Path

from autograder.domain.counts import describe_count
from autograder.errors import CourseError, Flaw
from autograder.quiz import formulas
from autograder.quiz.arithmetic import NoValueError
from autograder.quiz.draw import draw_variant, settle
from autograder.quiz.format.reader import read_quiz
from autograder.quiz.judge import judge
from autograder.quiz.kinds.kind import Complaint
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.model import Quiz, QuizQuestion
from autograder.quiz.numbers import format_number
from autograder.quiz.pictures import picture_flaws
from autograder.quiz.texts import HOLE, fill, fill_feedback, find_holes
from autograder.quiz.variants import Variant

SEEDS = 200
"""How many draws of a question are tried."""


@dataclass(frozen=True, slots=True)
class QuizCheck:
    """What is to mend in one quiz; written out, it is the sentence that sums it up."""

    quiz: Quiz | None
    """None for a file that cannot be read."""
    flaws: tuple[Flaw, ...]

    def __str__(self) -> str:
        if self.quiz is None:
            what = "cannot be read"
        else:
            asked, written = len(self.quiz.shared_questions), len(self.quiz.questions)
            of = "" if asked == written else f"{asked} of "
            what = f"{of}{describe_count(written, 'question')}, {describe_count(self.quiz.points, 'point')}"
        return f"{what}, {len(self.flaws)} to mend." if self.flaws else f"{what}, nothing to mend."


def check_quiz(path: Path, *, seeds: int = SEEDS) -> QuizCheck:
    """Read a quiz and look for everything that would harm a student."""
    try:
        quiz = read_quiz(path)
    except CourseError as error:
        return QuizCheck(None, tuple(error.flaws))
    flaws = lint(quiz, seeds=seeds)
    if path.name != f"{quiz.id}.quiz.md":
        # Attempts are recorded by the id, and looked for by the name of the file.
        what, how = (
            f"its id is {quiz.id}",
            f"write id: {path.name.removesuffix('.quiz.md')}, or rename the file",
        )
        flaws = (Flaw(f"{quiz.source}:1:1", what, how), *flaws)
    return QuizCheck(quiz, flaws)


def lint(quiz: Quiz, *, seeds: int = SEEDS) -> tuple[Flaw, ...]:
    """Everything that is wrong with a quiz that can be read, in order of lines."""
    found = dict[Flaw, int]()
    for question in quiz.questions:
        for line, what, allowed in chain(
            _check_pictures(quiz, question),
            _check_texts(question),
            _check_parts(question),
            _check_draws(question, seeds),
        ):
            found.setdefault(Flaw(f"{quiz.source}:{line}:1", f"{question.id}: {what}", allowed), line)
    return tuple(sorted(found, key=lambda flaw: found[flaw]))


def _check_texts(question: QuizQuestion) -> Iterator[Complaint]:
    """Formulas, holes, and what every question must say."""
    if not question.solution:
        yield question.line, "has no solution", "a line beginning with `: `"
    for line, text in texts_of(question):
        for formula in formulas.find_formulas(text):
            if flaw := formulas.formula_flaw(formula):
                yield line, f"the formula ${formula}$: {flaw}", ""
        if formulas.has_stray_dollar(text):
            yield line, "a dollar sign opens no formula", r"\$ for the sign itself"
        if question.parameters and "{{" in re.sub(r"\$[^$]+\$", "", HOLE.sub("", text)):
            yield line, "what begins with {{ is no drawn value", "{{expression}} or {{expression:.2f}}"
    own = [p for p in question.parameters if not p.origin and not p.expression]
    drawn = {parameter.name for parameter in own}
    used = " ".join([question.prompt, *(hole for _, text in texts_of(question) for hole in find_holes(text))])
    for parameter in own:
        keys = " ".join(key.text for key in question.keys)
        if parameter.name not in f"{used} {keys}":
            yield parameter.line, f"{parameter.name} is drawn but used nowhere", ""
    if drawn and not any("{{" in text for _, text in texts_of(question)):
        yield (
            question.line,
            "values are drawn but never shown",
            "{{" + sorted(drawn)[0] + "}} in the question",
        )


def _check_pictures(quiz: Quiz, question: QuizQuestion) -> Iterator[Complaint]:
    """Pictures that are not there or may not be shown, each with its own line of the file."""
    for name, what, allowed in picture_flaws(quiz, question):
        yield _line_of(f"]({name})", quiz, question), what, allowed


def _line_of(text: str, quiz: Quiz, question: QuizQuestion) -> int:
    """The line of the file on which a text of the question stands; of its heading, where it is not found."""
    path = Path(quiz.source)
    lines = path.read_text(encoding="utf-8").split("\n") if path.is_file() else []
    below = enumerate(lines[question.line :], question.line + 1)
    return next((number for number, line in below if text in line), question.line)


def _check_parts(question: QuizQuestion) -> Iterator[Complaint]:
    """What is taken from an answer above must not be told before that is answered."""
    asked = [(question.line, question.prompt), *((question.line, hint) for hint in question.hints)]
    asked += [(choice.line, text) for choice in question.choices for text in (choice.text, choice.partner)]
    for parameter in question.parameters:
        for line, text in asked:
            holes = " ".join(find_holes(text))
            if parameter.expression and re.search(rf"\b{re.escape(parameter.name)}\b", holes):
                what = f"{parameter.name} is the answer of {parameter.source}, which this text tells"
                yield line, what, "keep it to keys, listed wrong answers and the solution"


def _variants(question: QuizQuestion, seeds: int) -> Iterator[Variant]:
    """Every combination of drawn values where there are no more than `seeds`, else as many draws."""
    names = [parameter.name for parameter in question.parameters if not parameter.expression]
    if prod(parameter.size for parameter in question.parameters) <= seeds:
        drawn = [p for p in question.parameters if not p.expression]
        ranges = ([p.value(index) for index in range(p.size)] for p in drawn)
        for values in product(*ranges):
            settled = settle(question, dict(zip(names, values, strict=True)))
            yield replace(draw_variant(question, "lint"), values=settled)
    else:
        yield from (draw_variant(question, f"lint/{seed}") for seed in range(seeds))


def texts_of(question: QuizQuestion) -> Iterator[tuple[int, str]]:
    """All the prose of a question, with the line it begins on."""
    yield question.line, question.prompt
    for mistake in question.wrong:
        yield mistake.line, mistake.feedback
    for choice in question.choices:
        yield choice.line, choice.text
        yield choice.line, choice.partner
        yield choice.line, choice.feedback
    for hint in question.hints:
        yield question.line, hint
    yield question.line, question.solution


def _check_draws(question: QuizQuestion, seeds: int) -> Iterator[Complaint]:
    """What judging the author's own answers shows, for many variants."""
    for variant in _variants(question, seeds):
        try:
            for _, text in texts_of(question):
                fill(text, variant.drawn)
            filled = fill_feedback(question, variant.drawn)
            found = list(kind_of(question).check(filled, variant, partial(judge, question, variant)))
        except NoValueError as error:
            found = [(question.line, str(error), "an expression of the drawn values")]
        # One draw that fails is enough to tell of.
        if found:
            values = ", ".join(f"{name} = {format_number(value)}" for name, value in variant.values)
            yield from (
                (line, f"{what} (for {values})" if values else what, advice) for line, what, advice in found
            )
            return
