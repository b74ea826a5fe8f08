"""A function written as an answer: asked in the sealed process, compared with the key's values.

The key is an expression of the arguments, so a quiz file holds no code; the cases are drawn from a stream
of the question's own.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from keyword import iskeyword
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.domain.answer import Answer, Batch, Call, Ending
from autograder.domain.phrases import phrase
from autograder.domain.sentences import Sentence, say
from autograder.questions.case_score import CaseScore, Tolerance
from autograder.questions.compare import compare_values
from autograder.quiz.arithmetic import Value, evaluate_value
from autograder.quiz.format.lines import Mark
from autograder.quiz.kinds.drawn_arguments import draw_arguments
from autograder.quiz.kinds.kind import AnswerInput, Complaint, Judge, Kind
from autograder.quiz.model import QuestionKind, QuizQuestion
from autograder.quiz.portable import Form, PortableQuestion
from autograder.quiz.seal import Askable, Seal
from autograder.quiz.variants import Variant
from autograder.quiz.verdicts import AnswerVerdict, manual, verdict_for

SECONDS = 10.0
_TOLERANCE = Tolerance()


class CodeKind(Kind):
    """`{code 2 name=the_function}`, `give` its arguments, `= expression` of them."""

    name = QuestionKind.CODE
    lines = frozenset({Mark.GIVE, Mark.KEY, Mark.WRONG})
    option = "name=the_function"
    longest = None
    input = AnswerInput.LINES

    def read_option(self, name: str, value: str) -> dict[str, Any] | None:
        """The name of the function to write."""
        named = name == "name" and value.isidentifier() and not iskeyword(value)
        return {"function": value} if named else None

    def lacks(self, question: QuizQuestion) -> Iterator[tuple[str, str]]:
        """The name of the function."""
        yield from super().lacks(question)
        if not question.function:
            yield f"{question.id} does not name the function", "{code 2 name=the_function}"

    def judge(
        self, question: QuizQuestion, variant: Variant, raw: str, *, seal: Seal | None
    ) -> AnswerVerdict:
        """Judged where there is a sealed process to run it in; else it waits, and is never judged wrong."""
        if seal is None:
            return manual(say("typed.the_code_waits_to_be"), code="not_run")
        with seal(raw) as student:
            return judge_function(question, variant, student)

    def interpret(self, question: QuizQuestion, variant: Variant, raw: str) -> tuple[str, str]:
        """Code is read as it stands; nothing is run for that."""
        return raw.strip(), ""

    def check(self, question: QuizQuestion, variant: Variant, judge: Judge) -> Iterator[Complaint]:
        """Some case must tell the key from the wrong answers."""
        for case in draw_arguments(question):
            right = evaluate_value(question.keys[0].text, {**variant.drawn, **case})
            wrongs = [evaluate_value(mistake.text, {**variant.drawn, **case}) for mistake in question.wrong]
            if any(wrong != right for wrong in wrongs) or not wrongs:
                return
        for mistake in question.wrong:
            yield mistake.line, f"the wrong answer {mistake.text!r} equals the key on every case", ""

    def instruction(self, question: QuizQuestion) -> str:
        """What is asked, in a few words."""
        return phrase("ask.function")

    def portable(self, question: QuizQuestion, variant: Variant) -> PortableQuestion:
        """An essay: other programs run nothing."""
        lost = "a code is not judged: it becomes a text that a person reads"
        return PortableQuestion(Form.ESSAY, monospaced=True, lost=lost)


def judge_function(question: QuizQuestion, variant: Variant, student: Askable) -> AnswerVerdict:
    """The worst of the cases decides; a listed wrong answer is recognised by agreement on all of them."""
    cases = list(draw_arguments(question))
    calls = tuple(Call(tuple(as_array(case[asked.name]) for asked in question.give)) for case in cases)
    answers = student.ask(question.function, Batch(calls), seconds=SECONDS)
    if len(answers) != len(cases):
        return manual(say("typed.the_function_could_not_be"), code="unjudged")
    failed = next((answer for answer in answers if answer.ending is not Ending.RETURNED), None)
    if failed is not None:
        return _judge_failure(question, failed)
    scores = _compare(question.keys[0].text, variant, cases, answers)
    worst = min(scores, key=lambda score: score.credit)
    if worst.credit < 1:
        for index, mistake in enumerate(question.wrong):
            if all(score.credit == 1 for score in _compare(mistake.text, variant, cases, answers)):
                return verdict_for(mistake.credit, f"listed-{index + 1}", mistake.feedback)
    code = "right" if worst.credit == 1 else str(worst.finding)
    return verdict_for(worst.credit, code, worst.sentence)


def as_array(value: Value) -> float | NDArray[np.float64]:
    """A value as student code receives it: a float, `(d,)` for a vector, `(r, c)` for a matrix."""
    if isinstance(value, Fraction | int | float):
        return float(value)
    return np.array(value, float)


def _compare(
    expression: str, variant: Variant, cases: Sequence[Mapping[str, Value]], answers: Sequence[Answer]
) -> list[CaseScore]:
    drawn: dict[str, Value] = dict(variant.drawn)
    return [
        compare_values(
            answer.value, as_array(evaluate_value(expression, {**drawn, **case})), None, _TOLERANCE
        )
        for case, answer in zip(cases, answers, strict=True)
    ]


def _judge_failure(question: QuizQuestion, answer: Answer) -> AnswerVerdict:
    """What is said of code that did not return."""
    name = question.function
    messages: dict[Ending, Sentence] = {
        Ending.UNDEFINED: say("typed.there_is_no_function", name=name),
        Ending.RAISED: say("typed.raised", name=name, error=answer.exception or say("typed.an_exception")),
        Ending.TIMED_OUT: say("typed.took_too_long", name=name),
        Ending.OUT_OF_MEMORY: say("typed.needed_too_much_memory", name=name),
        Ending.CRASHED: say("typed.the_process_crashed_while_was", name=name),
    }
    if answer.ending not in messages:
        return manual(say("typed.the_function_could_not_be"), code="unjudged")
    return verdict_for(Fraction(0), str(answer.ending), messages[answer.ending])
