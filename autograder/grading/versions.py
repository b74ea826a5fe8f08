"""What decides a mark besides an assignment: the program, Python, and the libraries a notebook meets."""

from autograder import __version__
from autograder.sandbox.interpreter import Interpreter, this_interpreter


def versions_of(interpreter: Interpreter) -> tuple[tuple[str, str], ...]:
    """Names and versions where this interpreter runs student code, as a report tells them."""
    return (("autograder", __version__), *interpreter.versions)


def versions_here() -> tuple[tuple[str, str], ...]:
    """The same of the interpreter that grades."""
    return versions_of(this_interpreter())
