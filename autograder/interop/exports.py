"""One way into all exports of a quiz, by the name of the format."""

from dataclasses import replace
from functools import partial

from autograder.interop.losses import Export, Loss
from autograder.quiz.model import Quiz, QuizQuestion
from autograder.quiz.pictures import find_pictures, without_pictures
from autograder.quiz.prose import spell_markup

ENDINGS = {"moodle": ".moodle.xml", "qti": ".qti.zip", "jupyterquiz": ".jupyterquiz.json"}
"""What files of each format are called."""
_TO_PICK = "the other program is to pick {} of it"


def export_quiz(quiz: Quiz, format_: str, *, copies: int = 1) -> Export:
    """The quiz in a format of `ENDINGS`, with what is lost; drawn questions in `copies` variants (moodle)."""
    shown = quiz
    if format_ != "moodle":
        questions = [_in_words(one, in_formulas=format_ == "jupyterquiz") for one in quiz.questions]
        shown = replace(quiz, questions=tuple(questions))
    made = _export(shown, format_, copies)
    losses = [
        Loss(
            "all",
            f"the pool of line {pool.line} is exported whole: {_TO_PICK.format(pool.count)}",
        )
        for pool in quiz.pools
    ]
    losses += [
        Loss(question.id, f"the picture {name} is left out: its words stand in its place")
        for question in quiz.questions
        if format_ != "moodle"
        for _, name in find_pictures(question.prompt)
    ]
    losses += [
        Loss(question.id, f"errors made in {source} are not carried forward")
        for question in quiz.questions
        for source in sorted(question.sources)
    ]
    if quiz.settings.penalty:
        losses.append(Loss("all", "the penalty of further tries is to be set in the other program"))
    return Export(made.content, (*losses, *made.losses))


def _in_words(question: QuizQuestion, *, in_formulas: bool) -> QuizQuestion:
    """The question with words in place of its pictures, and nothing in it that would be taken for HTML."""
    spell = partial(spell_markup, in_formulas=in_formulas)
    return replace(
        question,
        prompt=spell(without_pictures(question.prompt)),
        solution=spell(without_pictures(question.solution)),
        choices=tuple(
            replace(one, text=spell(one.text), partner=spell(one.partner), feedback=spell(one.feedback))
            for one in question.choices
        ),
        wrong=tuple(replace(one, feedback=spell(one.feedback)) for one in question.wrong),
    )


def _export(quiz: Quiz, format_: str, copies: int) -> Export:
    match format_:
        case "moodle":
            from autograder.interop.moodle import to_moodle

            return to_moodle(quiz, copies=copies)
        case "qti":
            from autograder.interop.qti import to_qti

            return to_qti(quiz)
        case "jupyterquiz":
            from autograder.interop.jupyterquiz import to_jupyterquiz

            return to_jupyterquiz(quiz)
    raise ValueError(f"there is no format {format_!r}; known are {', '.join(ENDINGS)}")
