"""Why an answer could not be understood: never a fault that costs an attempt."""

from autograder.domain.sentences import Sentence, authored


def quoted(text: str) -> str:
    """What was typed in quotation marks, its backslashes as they are."""
    return repr(text).replace("\\\\", "\\")


class Unreadable(Exception):  # noqa: N818 -- it is an ending that is returned as often as it is raised
    """A text that cannot be read, names an unknown symbol, or mixes shapes; the message is for its writer."""

    code = "unreadable"

    def __init__(self, said: Sentence | str, *, reading: str = "", reading_mathml: str = "") -> None:
        self.sentence = said if isinstance(said, Sentence) else authored(said)
        super().__init__(str(self.sentence))
        self.reading = reading
        self.reading_mathml = reading_mathml

    @property
    def message(self) -> str:
        """The sentence in the language that is spoken."""
        return str(self.sentence)


class UnknownSymbol(Unreadable):
    """A name that the question does not declare."""

    code = "unknown_symbol"


class IllTyped(Unreadable):
    """Well written, but its shapes do not fit together."""

    code = "ill_typed"
