"""The JSON of jupyterquiz: a quiz shown in a notebook, with the answers in the page."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from autograder.interop.losses import Export, Loss, common_losses, prompt_with_unit
from autograder.quiz.draw import plain_variant
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.model import Quiz, QuizQuestion
from autograder.quiz.numbers import format_number
from autograder.quiz.portable import Form, PortableNumber, PortableQuestion
from autograder.quiz.texts import fill

_TYPES: Mapping[Form, str] = {
    Form.ONE_CHOICE: "multiple_choice",
    Form.SEVERAL_CHOICES: "many_choice",
    Form.NUMBER: "numeric",
    Form.SHORT_TEXT: "string",
}
"""The types jupyterquiz has."""


def to_jupyterquiz(quiz: Quiz) -> Export:
    """The quiz for `jupyterquiz.display_quiz`; kinds it does not have are left out, and said."""
    entries = list[dict[str, Any]]()
    losses = [Loss("all", "the answers stand in the page, for whoever looks")]
    for question in quiz.questions:
        variant = plain_variant(question)
        portable = kind_of(question).portable(question, variant)
        losses += [Loss(question.id, what) for what in _losses(question, portable)]
        if portable.form in _TYPES:
            prompt = prompt_with_unit(fill(question.prompt, variant.drawn), portable)
            answers = list(_answers(portable))
            entries.append({"question": prompt, "type": _TYPES[portable.form], "answers": answers})
    content = json.dumps(entries, ensure_ascii=False, indent=1) + "\n"
    return Export(content.encode(), tuple(losses))


def _losses(question: QuizQuestion, portable: PortableQuestion) -> Iterator[str]:
    if portable.form not in _TYPES:
        yield f"left out: there is no kind {question.kind}"
        return
    yield from common_losses(question, portable)
    if portable.unit:
        yield f"the unit is said in the question ({portable.unit}), not read"
    if any(mistake.credit for mistake in question.wrong) or portable.form is Form.SEVERAL_CHOICES:
        yield "part credit"


def _answers(portable: PortableQuestion) -> Iterator[dict[str, Any]]:
    if portable.form is Form.NUMBER:
        yield from map(_number, portable.numbers)
        yield {"type": "default", "feedback": "This is not the right value."}
        return
    for answer in portable.answers:
        entry = {"answer": answer.text, "correct": answer.right, "feedback": answer.feedback}
        if portable.form is Form.SHORT_TEXT:
            right = answer.credit == 1
            feedback = "Right." if right else answer.feedback
            yield entry | {"correct": right, "feedback": feedback, "match_case": True}
        else:
            yield entry | {"feedback": answer.feedback or ("Right." if answer.right else "No.")}


def _number(number: PortableNumber) -> dict[str, Any]:
    if number.credit == 1:
        interval = [float(number.low), float(number.high)]
        return {"type": "range", "range": interval, "correct": True, "feedback": "Right."}
    value = float(format_number(number.value))
    return {"type": "value", "value": value, "correct": False, "feedback": number.feedback}
