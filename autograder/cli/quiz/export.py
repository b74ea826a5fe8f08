"""One way into all exports, by the name of the format."""

from autograder.interop.losses import Export
from autograder.quiz.model import Quiz

ENDINGS = {"moodle": ".moodle.xml", "qti": ".qti.zip", "jupyterquiz": ".jupyterquiz.json", "html": ".html"}
"""What files of each format are called."""


def written(
    quiz: Quiz, format_: str, *, solutions: bool = False, seed: str | None = None, copies: int = 1
) -> Export:
    """The quiz in a format of `ENDINGS`, with what is lost."""
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
        case "html":
            from autograder.render.quiz import printable

            return Export(printable(quiz, solutions=solutions, seed=seed).encode(), ())
    raise ValueError(f"there is no format {format_!r}; known are {', '.join(ENDINGS)}")
