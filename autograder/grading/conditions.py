"""What students are told of how their notebook will be graded: by what Python and libraries, in what time."""

from collections.abc import Iterable

from autograder.domain.course import Limits
from autograder.domain.language import localize_number
from autograder.domain.phrases import phrase

_LIBRARIES = {"numpy": "NumPy", "scipy": "SciPy", "matplotlib": "Matplotlib"}
_NO_LIBRARIES = frozenset(("autograder", "python"))


def tell_conditions(limits: Limits, versions: Iterable[tuple[str, str]]) -> str:
    """The Markdown of a cell for the head of a released notebook, in the language that is spoken.

    Of each version of what runs it only what decides whether code runs: 3.11, not 3.11.7.
    """
    short = {name: ".".join(version.split(".")[:2]) for name, version in versions}
    named = [*_LIBRARIES, *(name for name in short if name not in _LIBRARIES and name not in _NO_LIBRARIES)]
    libraries = ", ".join(f"{_LIBRARIES.get(name, name)} {short[name]}" for name in named if name in short)
    whole = limits.questions_seconds
    return phrase(
        "handout.conditions",
        python=short["python"],
        libraries=libraries,
        seconds=localize_number(f"{limits.seconds:g}"),
        cell=localize_number(f"{limits.seconds_per_cell:g}"),
        together="" if whole is None else phrase("handout.together", seconds=localize_number(f"{whole:g}")),
        question=localize_number(f"{limits.seconds_per_question:g}"),
        case=localize_number(f"{limits.seconds_per_case:g}"),
        memory=limits.memory_mb,
    )
