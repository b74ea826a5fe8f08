"""One way into all exports of a quiz, by the name of the format."""

from dataclasses import replace

from autograder.interop.losses import Export, Loss
from autograder.quiz.model import Quiz, QuizQuestion
from autograder.quiz.pictures import find_pictures, without_pictures

ENDINGS = {"moodle": ".moodle.xml", "qti": ".qti.zip", "jupyterquiz": ".jupyterquiz.json"}
"""What files of each format are called."""
_TO_PICK = "the other program is to pick {} of it"


def export_quiz(quiz: Quiz, format_: str, *, copies: int = 1) -> Export:
    """The quiz in a format of `ENDINGS`, with what is lost; drawn questions in `copies` variants (moodle)."""
    shown = quiz if format_ == "moodle" else replace(quiz, questions=tuple(map(_in_words, quiz.questions)))
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


def _in_words(question: QuizQuestion) -> QuizQuestion:
    """The question with words in place of its pictures."""
    return replace(
        question,
        prompt=without_pictures(question.prompt),
        solution=without_pictures(question.solution),
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
