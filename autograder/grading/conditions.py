"""What students are told of how their notebook will be graded: by what Python and libraries, in what time."""

from collections.abc import Iterable

from autograder.domain.course import Limits

_LIBRARIES = {"numpy": "NumPy", "scipy": "SciPy", "matplotlib": "Matplotlib"}
_NO_LIBRARIES = frozenset(("autograder", "python"))


def tell_conditions(limits: Limits, versions: Iterable[tuple[str, str]]) -> str:
    """The Markdown of a cell for the head of a released notebook.

    Of each version of what runs it only what decides whether code runs: 3.11, not 3.11.7.
    """
    short = {name: ".".join(version.split(".")[:2]) for name, version in versions}
    named = [*_LIBRARIES, *(name for name in short if name not in _LIBRARIES and name not in _NO_LIBRARIES)]
    libraries = ", ".join(f"{_LIBRARIES.get(name, name)} {short[name]}" for name in named if name in short)
    whole = limits.questions_seconds
    together = "" if whole is None else f", {whole:g} seconds together"
    return f"""### By what it is graded

- **Python {short["python"]}**, with {libraries}. What only a newer Python reads cannot be run there, and
  other libraries may be missing.
- **Time**: all cells together have {limits.seconds:g} seconds, one cell {limits.seconds_per_cell:g}. The
  questions have time of their own{together}: each has {limits.seconds_per_question:g} seconds and one case of
  it {limits.seconds_per_case:g}, unless its statement says otherwise.
- **Memory**: {limits.memory_mb} MB. There is no network, and no other process can be started."""
