"""What a student may be told: a closed list of sentences, each a key and its variables.

A sentence is a value until it is shown; only then it becomes words, in English or through gettext in another
language. Its variables are names and numbers of the released notebook (questions, cells, lines, declared
sizes), words of closed sets, other sentences, and what an author wrote: the list below is all that a report
can say of a hidden case.

A template's `{name}` is a variable. `{name!l}` is a sentence with a small first letter, within another one;
`{name!c}` is one name or several as code: `f`, `g`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

Variable = "str | int | tuple[str, ...] | Sentence"
Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence for a student. Made by `say`; shown by `words`."""

    key: str
    values: tuple[tuple[str, Any], ...] = ()

    def __post_init__(self) -> None:
        if self.key not in TEMPLATES:
            raise KeyError(f"{self.key!r} is no sentence of autograder/domain/sentences.py")

    def __str__(self) -> str:
        return words(self)

    def __bool__(self) -> bool:
        return bool(words(self))


def say(key: str, **values: Any) -> Sentence:
    """The sentence of a key with its variables. Raises KeyError where there is no such sentence."""
    return Sentence(key, tuple(sorted(values.items())))


def authored(text: str) -> Sentence:
    """What an author of the course wrote, in their own language."""
    return say("authored", text=text)


def words(sentence: Sentence, translate: Translate = str) -> str:
    """A sentence in words; `translate` turns an English template into another language's."""
    return _Words(translate).vformat(translate(TEMPLATES[sentence.key]), (), dict(sentence.values))


def of_variable(sentence: Sentence) -> Sentence:
    """A sentence about what a function returned, as one about what a variable holds, also within others."""
    key = f"{sentence.key}.variable"
    values = tuple((n, of_variable(v) if isinstance(v, Sentence) else v) for n, v in sentence.values)
    return Sentence(key if key in TEMPLATES else sentence.key, values)


class _Words(Formatter):
    """Puts variables into templates."""

    def __init__(self, translate: Translate) -> None:
        self._translate = translate

    def convert_field(self, value: Any, conversion: str | None) -> Any:
        if conversion == "c":
            names = (value,) if isinstance(value, str) else value
            return ", ".join(f"`{name}`" for name in names)
        text = words(value, self._translate) if isinstance(value, Sentence) else str(value)
        return text[:1].lower() + text[1:] if conversion == "l" else text


def sentence_to_json(sentence: Sentence) -> dict[str, Any]:
    """The variables as JSON: another sentence is an object with its `key` and `values`."""
    return {name: _value_to_json(value) for name, value in sentence.values}


def _value_to_json(value: Any) -> Any:
    if isinstance(value, Sentence):
        return {"key": value.key, "values": sentence_to_json(value)}
    return list(value) if isinstance(value, tuple) else value


def sentence_from_json(key: str, values: Mapping[str, Any]) -> Sentence:
    """The sentence that was written as JSON. Raises KeyError where there is no such sentence."""
    return say(key, **{name: _value_from_json(value) for name, value in values.items()})


def _value_from_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return sentence_from_json(value["key"], value["values"])
    return tuple(value) if isinstance(value, list) else value


TEMPLATES: Mapping[str, str] = {
    "authored": "{text}",
    "silent": "",
    # How a question ended.
    "right": "Everything that was asked of it is right.",
    "unjudged": "This question could not be judged through a fault of ours; a person will look.",
    "forbidden": "This question does not allow {names!c}, and your function uses it, itself or through "
    "another.",
    "missing": "Your notebook defines no function called `{question}` that could be called.",
    "missing.cell_not_python": "Cell {cell}, which seems to define `{question}`, is not valid Python and "
    "could not be run.",
    "missing.cell_stopped": "Cell {cell} stopped at line {line} (`{what}`), and `{question}` was "
    "not defined.",
    "raised.library": "`{question}` needs `{module}`, which is not installed where notebooks are graded "
    "(cell {cell}, line {line}).",
    "missing_variable": "Your notebook defines no variable called `{question}`.",
    "not_attempted": "Your function still raises NotImplementedError: this question was not attempted.",
    "not_attempted.variable": "`{question}` is still `...`: this question was not attempted.",
    "awaiting_mark": "A person marks this part.",
    "awaiting_mark.empty": "A person marks this part. Below its heading, nothing was found but what was "
    "handed out.",
    "marked": "Marked by hand on {day} {month} {year}.",
    "not_graded": "Not graded: see above.",
    "undisclosed.right": "Right.",
    "undisclosed.wrong": "Not all of it is right; this course tells no more of hidden cases.",
    "carried_forward": "With our {names!c} in place of yours: {inner!l}",
    "in_group": "Right on ordinary cases; not on {group}. {inner}",
    "some_cases": "{inner} This concerns only some of the ordinary cases.",
    "limit": "{inner} The limit is {limit}.",
    # Cells that stopped.
    "cell.ran_on": "Cell {cell} stopped at line {line} (`{what}`); its remaining imports and definitions "
    "were run: {names!c}.",
    "cell.ran_on.limit": "Cell {cell} was stopped at line {line} (limit: {limit}); its remaining imports and "
    "definitions were run: {names!c}.",
    "cell.defined": "Cell {cell} did not run to its end; its imports and definitions were run: {names!c}.",
    # Groups of cases, within other sentences.
    "group.core": "ordinary cases",
    "group.edge": "special cases (one dimension, one sample, zeros, singular matrices)",
    "group.dtype": "other kinds of numbers (integers, float32)",
    "group.magnitude": "very large or very small numbers",
    "group.kink": "points without a derivative",
    "group.speed": "large input",
}
