"""The JSON of jupyterquiz: a quiz shown in a notebook, with the answers in the page."""

import json
from collections.abc import Iterator
from typing import Any

from autograder.interop.losses import Export, Loss, common_losses
from autograder.quiz.kinds.numeric import slip_target, target
from autograder.quiz.model import EXACT, QuestionKind, Quiz, QuizQuestion
from autograder.quiz.numbers import shown
from autograder.quiz.texts import fill
from autograder.quiz.variants import plain

_TYPES = {
    QuestionKind.SINGLE: "multiple_choice",
    QuestionKind.MULTIPLE: "many_choice",
    QuestionKind.NUMERIC: "numeric",
    QuestionKind.SYMBOLIC: "string",
}


def to_jupyterquiz(quiz: Quiz) -> Export:
    """The quiz for `jupyterquiz.display_quiz`; kinds it does not have are left out, and said."""
    entries = [_entry(question) for question in quiz.questions if question.kind in _TYPES]
    losses = [Loss(question.id, what) for question in quiz.questions for what in _losses(question)]
    losses.insert(0, Loss("all", "the answers stand in the page, for whoever looks"))
    content = json.dumps(entries, ensure_ascii=False, indent=1) + "\n"
    return Export(content.encode(), tuple(losses))


def _losses(question: QuizQuestion) -> Iterator[str]:
    if question.kind not in _TYPES:
        yield f"left out: there is no kind {question.kind}"
        return
    yield from common_losses(question)
    if question.kind is QuestionKind.NUMERIC and question.keys[0].unit:
        yield f"the unit is said in the question ({question.keys[0].unit}), not read"
    if any(slip.credit for slip in question.wrong) or question.kind is QuestionKind.MULTIPLE:
        yield "part credit"


def _entry(question: QuizQuestion) -> dict[str, Any]:
    drawn = plain(question).drawn
    prompt = fill(question.prompt, drawn)
    if question.kind is QuestionKind.NUMERIC and question.keys[0].unit:
        prompt += f" (in {question.keys[0].unit})"
    return {"question": prompt, "type": _TYPES[question.kind], "answers": list(_answers(question))}


def _answers(question: QuizQuestion) -> Iterator[dict[str, Any]]:
    variant = plain(question)
    if question.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE):
        for choice in question.choices:
            said = fill(choice.feedback, variant.drawn) or ("Right." if choice.right else "No.")
            yield {"answer": fill(choice.text, variant.drawn), "correct": choice.right, "feedback": said}
    elif question.kind is QuestionKind.NUMERIC:
        yield from _numbers(question)
    else:
        for key in question.keys:
            yield {
                "answer": fill(key.text, variant.drawn),
                "correct": True,
                "feedback": "Right.",
                "match_case": True,
            }
        for slip in question.wrong:
            wrong = fill(slip.text, variant.drawn)
            yield {
                "answer": wrong,
                "correct": False,
                "feedback": fill(slip.feedback, variant.drawn),
                "match_case": True,
            }


def _numbers(question: QuizQuestion) -> Iterator[dict[str, Any]]:
    variant = plain(question)
    unit = target(question.keys[0].text, question.keys[0].unit, variant).unit.scale
    for key in question.keys:
        value = target(key.text, key.unit, variant).value
        tolerance = key.tolerance or EXACT
        low, high = tolerance.bounds(value)
        yield {"type": "range", "range": [float(low), float(high)], "correct": True, "feedback": "Right."}
    for slip in question.wrong:
        wrong = slip_target(slip, question, variant).size / unit
        yield {
            "type": "value",
            "value": float(shown(wrong)),
            "correct": False,
            "feedback": fill(slip.feedback, variant.drawn),
        }
    yield {"type": "default", "feedback": "This is not the right value."}
