"""What a student may be told: a closed list of sentences, each a key and its variables.

A sentence is a value until it is shown; only then it becomes words, in English or through gettext in another
language. Its variables are names and numbers of the released notebook (questions, cells, lines, declared
sizes), words of closed sets, other sentences, and what an author wrote: the list below is all that a report
can say of a hidden case.

A template's `{name}` is a variable. `{name!l}` is a sentence with a small first letter, within another one;
`{name!c}` is one name or several as code: `f`, `g`; `{name!j}` is several, joined by commas; `{name!t}` is a
tuple as Python writes it: (n, d), (d,). Translations also have `{name!n}`, a number with the decimal sign of
their language, `{name!w}`, a word of ours that is translated by itself, and `{name!o}`, a day of the month.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from string import Formatter
from typing import Any

from autograder.domain.language import localize_number, translate
from autograder.domain.quiz_sentences import QUIZ_SENTENCES

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence for a student. Made by `say`; shown by `words`."""

    key: str
    values: tuple[tuple[str, Any], ...] = ()
    """Variables by name, in the order of the names: text, whole numbers, sentences, or tuples of these."""

    def __post_init__(self) -> None:
        if frozenset(name for name, _ in self.values) != variables_of(self.key):
            asked = ", ".join(sorted(variables_of(self.key))) or "none"
            raise TypeError(f"sentence {self.key!r} with {dict(self.values)}; its variables are: {asked}")
        for name, value in self.values:
            if not _is_sayable(value):
                raise TypeError(f"sentence {self.key!r}: {name} is of type {type(value).__name__}")

    def __str__(self) -> str:
        return words(self)

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return bool(words(self))


def say(key: str, **values: Any) -> Sentence:
    """The sentence of a key with its variables.

    Raises:
        KeyError: there is no such sentence.
        TypeError: a variable is missing, too many, or neither text, a whole number nor a sentence.
    """
    return Sentence(key, tuple(sorted(values.items())))


def say_count(key: str, number: int, /, **values: Any) -> Sentence:
    """A sentence about so many things; the key of that about one ends in `.one`, and it may say less."""
    if number != 1:
        return say(key, **values)
    one = f"{key}.one"
    return say(one, **{name: value for name, value in values.items() if name in variables_of(one)})


def authored(text: str) -> Sentence:
    """What an author of the course wrote, in their own language."""
    return say("authored", text=text) if text else SILENT


def as_stored(text: str) -> Sentence:
    """What a report of an earlier program says, as it stands there."""
    return say("as_stored", text=text) if text else SILENT


def words(sentence: Sentence, translate: Translate = translate) -> str:
    """A sentence in words; `translate` turns an English template into another language's."""
    sentence = _join_labels(sentence)
    template = SENTENCES[sentence.key]
    # gettext answers an empty text with the head of its catalogue.
    return fill_template(translate(template), dict(sentence.values), translate) if template else ""


def _join_labels(sentence: Sentence) -> Sentence:
    """A sentence on a part of a part with one label, not two in a row."""
    if sentence.key not in _LABELS:
        return sentence
    values = dict(sentence.values)
    inner = values["inner"] if isinstance(values["inner"], Sentence) else SILENT
    inner = _join_labels(inner)
    if inner.key not in _LABELS:
        return sentence
    within = dict(inner.values)
    part = say("part.within", part=within["part"], whole=values["part"])
    # The rest is right where it is right in both.
    key = "part" if inner.key == "part.alone" != sentence.key else inner.key
    return say(key, part=part, inner=within["inner"])


def fill_template(template: str, values: Mapping[str, Any], translate: Translate = translate) -> str:
    """A template in the language that is spoken, with its variables."""
    filled = ""
    for literal, name, spec, conversion in _parse(template):
        filled += literal
        if name is not None:
            filled += format(_convert(values[name], conversion, translate), spec or "")
    return filled


@cache
def _parse(template: str) -> tuple[tuple[str, str | None, str | None, str | None], ...]:
    return tuple(Formatter().parse(template))  # which takes longer than to fill it


def of_variable(sentence: Sentence) -> Sentence:
    """A sentence about what a function returned, as one about what a variable holds, also within others."""
    key = f"{sentence.key}.variable"
    values = tuple((n, of_variable(v) if isinstance(v, Sentence) else v) for n, v in sentence.values)
    return Sentence(key if key in SENTENCES else sentence.key, values)


def sentences_in(sentence: Sentence) -> Iterator[Sentence]:
    """The sentence itself, and all those within it."""
    yield sentence
    for _, value in sentence.values:
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Sentence):
                yield from sentences_in(part)


@cache
def variables_of(key: str) -> frozenset[str]:
    """The names of a sentence's variables. Raises KeyError where there is no such sentence."""
    if key not in SENTENCES:
        raise KeyError(f"{key!r} is no sentence of autograder/domain/sentences.py")
    return frozenset(name for _, name, _, _ in Formatter().parse(SENTENCES[key]) if name)


def _is_sayable(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(not isinstance(part, tuple) and _is_sayable(part) for part in value)
    return isinstance(value, str | Sentence) or type(value) is int


def _convert(value: Any, conversion: str | None, translate: Translate) -> Any:
    """What is put into a template: one of several, or a sentence, as the template asks for it."""
    parts = [
        words(part, translate) if isinstance(part, Sentence) else part
        for part in (value if isinstance(value, tuple) else (value,))
    ]
    match conversion:
        case "c":
            return ", ".join(f"`{part}`" for part in parts)
        case "j":
            return ", ".join(map(str, parts))
        case "t":
            return f"({', '.join(map(str, parts))}{',' if len(parts) == 1 else ''})"
        case "l":
            text = str(parts[0])
            return text[:1].lower() + text[1:]
        case "u":
            return str(parts[0]).capitalize()
        case "n":
            return localize_number(str(parts[0]))
        case "w":
            return translate(str(parts[0]))
        case "o":
            return "1er" if parts[0] == 1 else parts[0]
        case _:
            return parts[0]


def join(sentences: Sequence[Sentence]) -> Sentence:
    """Several sentences, one after the other; silent where there is none."""
    told = [each for each in sentences if each]
    return reduce(lambda inner, other: say("both", inner=inner, other=other), told) if told else SILENT


def join_names(names: Sequence[str]) -> Sentence | str:
    """Several names in one sentence: `A and B and C`."""
    told: Sentence | str = names[0]
    for name in names[1:]:
        told = say("and", first=told, second=name)
    return told


def sentence_to_json(sentence: Sentence) -> dict[str, Any]:
    """The variables as JSON: another sentence is an object with its `key` and `values`."""
    return {name: _value_to_json(value) for name, value in sentence.values}


def _value_to_json(value: Any) -> Any:
    if isinstance(value, Sentence):
        return {"key": value.key, "values": sentence_to_json(value)}
    return list(map(_value_to_json, value)) if isinstance(value, tuple) else value


def sentence_from_json(key: str, values: Mapping[str, Any]) -> Sentence:
    """The sentence that was written as JSON.

    Raises:
        KeyError: there is no such sentence.
        TypeError: its variables are others.
    """
    return say(key, **{name: _value_from_json(value) for name, value in values.items()})


def _value_from_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return sentence_from_json(value["key"], value["values"])
    return tuple(map(_value_from_json, value)) if isinstance(value, list) else value


_LABELS = frozenset(("part", "part.alone", "part.observed"))
"""What begins with which part it is about."""


TEMPLATES: Mapping[str, str] = {
    "silent": "",
    "authored": "{text}",
    "as_stored": "{text}",
    # How a question ended.
    "right": "Everything that was asked of it is right.",
    "unjudged": "This question could not be judged through a fault of ours; a person will look.",
    "forbidden": "This question does not allow {names!c}, and your function uses it, itself or through "
    "another.",
    "forbidden.several": "This question does not allow {names!c}, and your function uses them, itself or "
    "through another.",
    "missing": "Your notebook defines no function called `{question}` that could be called.",
    "missing.cell_not_python": "Cell {cell}, which seems to define `{question}`, is not valid Python and "
    "could not be run.",
    "missing.cell_refused": "Cell {cell}, which defines `{question}`, is refused by Python at line {line}: "
    "nothing of it was run.",
    "missing.cell_stopped": "Cell {cell} stopped at line {line} (`{what}`), and `{question}` was "
    "not defined.",
    "missing.newer_python": "Cell {cell}, which defines `{question}`, needs Python {python} (line {line}: "
    "{what}); notebooks are graded by Python {grading}.",
    "raised.library": "`{question}` needs `{module}`, which is not installed where notebooks are graded "
    "(cell {cell}, line {line}).",
    "missing_variable": "Your notebook defines no variable called `{question}`.",
    "not_attempted": "Your function still raises NotImplementedError: this question was not attempted.",
    "not_attempted_variable": "`{question}` is still `...`: this question was not attempted.",
    "awaiting_mark": "A person marks this part.",
    "awaiting_mark.empty": "A person marks this part. Below its heading, nothing was found but what was "
    "handed out.",
    "marked": "Marked by hand on {day} {month} {year}.",
    "not_graded": "Not graded: see above.",
    "undisclosed.right": "Right.",
    "undisclosed.wrong": "Not all of it is right; this course tells no more of hidden cases.",
    "changes_arguments": "All values are right, but your function changes its arguments.",
    "carried_forward": "With our {names!c} in place of yours: {inner!l}",
    "ends_without": "Your notebook ends without `{question}`: {change}.",
    "in_group": "Right on ordinary cases; not on {group}. {inner}",
    "both": "{inner} {other}",
    "some_cases": "{inner} This concerns only some of the ordinary cases.",
    "limit": "{inner} The limit is {limit}.",
    # Tests of assignments that were adopted from another tool.
    "tests.failed": "The test of this question does not pass.",
    "tests.failed.some": "{number} of the {count} tests of this question do not pass.",
    "tests.failed.some.one": "One of the {count} tests of this question does not pass.",
    "tests.partial": "The test of this question gives part of its points.",
    "tests.statement": "{inner} It stops at this statement: `{statement}`",
    "tests.kinds": "{inner} There your answer is `{answer}`, and `{expected}` is expected.",
    "tests.hidden": "{inner} It stops in a part that is not shown.",
    "tests.raised": "{inner} It ends with {error}.",
    "tests.undefined": "{inner} Your notebook defines no `{name}` there.",
    "tests.timed_out": "{inner} It took longer than {limit}.",
    "tests.out_of_memory": "{inner} It used up the memory that a submission may use.",
    "tests.crashed": "{inner} Your notebook's process ended during it.",
    "tests.on_stderr": "The test passes, and something was written to stderr meanwhile, a warning for "
    "instance: by the rules of this course it earns nothing.",
    "tests.believed": "This test asked an object of yours to decide whether it is right, which no right "
    "answer makes necessary: that earns nothing.",
    "tests.exception": "{name}",
    "tests.exception.own": "an exception of its own",
    "tests.inside": "It ran together with your own code.",
    "tests.inside.open": "A person decides on this question: a test of it ran together with your own code.",
    "tests.by_hand": "A person marks this test.",
    "tests.no_response": "Your answer is what was handed out: this question was not attempted.",
    "notebook.unread": "`{file}` cannot be read, so its questions are not judged. {inner}",
    "notebook.unread.question": "Not judged, since `{file}` cannot be read.",
    "missing.notebook": "No notebook for this question was handed in.",
    "tests.command": "Your notebook asks the operating system for `{command}`, which does not run while it "
    "is graded: what it would have done is not known.",
    "tests.no_points": "This question is worth no points, and no program judges it: nothing waits for it.",
    "tests.unjudged": "A test of this question could not be judged; a person will look.",
    "foreign.missing": "Cells that earn points are missing from your notebook, and the rules of this course "
    "do not put them back: {cells!c}.",
    "tests.no_cell": "The cell of this test is missing from your notebook.",
    "foreign.put_back": "Cells that were missing from your notebook were put back: {cells!c}.",
    # Limits, within other sentences.
    "limit.cell": "{amount} s for a cell",
    "limit.notebook": "{amount} s for the whole notebook",
    "limit.case": "{amount} s for one case",
    "limit.question": "{amount} s for this question",
    "limit.questions": "{amount} s for all questions together",
    "limit.examples": "{amount} s for all examples together",
    "limit.memory": "{amount} MB of memory",
    "limit.files": "{amount} MB of files",
    "limit.answers": "{amount} MB for one question",
    "limit.processor": "{amount} s of processor time",
    "limit.machine": "the memory of the machine",
    # Cells that stopped.
    "cell.ran_on": "Cell {cell} stopped at line {line} (`{what}`); its remaining imports and definitions "
    "were run: {names!c}.",
    "cell.ran_on.limit": "Cell {cell} was stopped at line {line} (limit: {limit}); its remaining imports and "
    "definitions were run: {names!c}.",
    "cells.skipped": "The time of the notebook was used up ({limit}): of what stands from cell {cell} on, "
    "only imports and definitions were run. The questions have time of their own.",
    "cell.defined": "Cell {cell} did not run to its end; its imports and definitions were run: {names!c}.",
    # Why an answer cannot be called as it is asked for.
    "obstacle.raise_left": "The line `raise NotImplementedError` still stands in cell {cell}, line {line}: "
    "delete it.",
    "obstacle.raise_left_in": "`{question}` uses `{name}`, and there the line `raise NotImplementedError` "
    "still stands (cell {cell}, line {line}).",
    "obstacle.coroutine": "`{question}` is defined by `async def` (cell {cell}, line {line}): calling it "
    "gives a coroutine, not a value. Write `def`.",
    "obstacle.generator": "`{question}` holds `yield` (cell {cell}, line {line}): calling it gives a "
    "generator, not a value. Write `return`.",
    "obstacle.order": "`{question}` takes its parameters in another order than it is called (cell {cell}, "
    "line {line}): it is asked for as `{signature}`.",
    "obstacle.parameters": "`{question}` takes other parameters than it is called with (cell {cell}, line "
    "{line}): it is asked for as `{signature}`.",
    "obstacle.method": "`{question}` stands inside a class (cell {cell}, line {line}), where nobody can call "
    "it by its name alone: move it out of the class, without `self`.",
    "obstacle.nested": "`{question}` stands inside another function (cell {cell}, line {line}), where nobody "
    "else can call it: move it out, to the margin.",
    "obstacle.magic": "Cell {cell}, line {line}: `%%{magic}` keeps the notebook from defining `{question}`. "
    "Delete that line.",
    "obstacle.magic_other": "Cell {cell}, line {line}: the magic there keeps the notebook from defining "
    "`{question}`. Delete that line.",
    "obstacle.commented": "The definition of `{question}` is commented out (cell {cell}, line {line}).",
    "obstacle.quoted": "The definition of `{question}` stands within quotes (cell {cell}, line {line}), as "
    "text that is not run.",
    "obstacle.text_cell": "`{question}` stands in a text cell (cell {cell}, line {line}), which is not run: "
    "write it into a code cell.",
    "obstacle.cached": "`{question}` is wrapped in `{name}` (cell {cell}, line {line}), which cannot keep "
    "answers to arrays: take that line away.",
    "obstacle.processes": "`{question}` needs other processes (`{name}`: cell {cell}, line {line}), and none "
    "can be started while a notebook is graded. Use one process, or a pool of threads.",
    "obstacle.keyboard": "`{question}` waits for `{name}()` (cell {cell}, line {line}), and nobody is at the "
    "keyboard while a notebook is graded.",
    "obstacle.not_in_numpy": "`{question}` uses `{name}` (cell {cell}, line {line}), which the NumPy that "
    "grades notebooks, {numpy}, does not have.",
    "obstacle.shadowed": "`{question}` calls `{name}`, and cell {cell}, line {line} has put something else "
    "in place of Python's own: give it another name there.",
    "obstacle.strict": "`{name}` (cell {cell}, line {line}) makes errors of warnings, and such an error "
    "ended `{question}`.",
    "obstacle.kept_default": "`{question}` changes the default of its parameter `{name}` (cell {cell}, line "
    "{line}), which is made once and kept from call to call: begin with a new one in the function.",
    "obstacle.kept_name": "`{question}` changes `{name}`, which is made once (cell {cell}, line {line}) "
    "and kept from call to call: begin with a new one in the function.",
    "obstacle.kept_values": "`{question}` keeps values in `{name}` (cell {cell}, line {line}) from one call "
    "to the next: are they right for other arguments too?",
    "obstacle.several": "`{question}` returns {count} values together (cell {cell}, line {line}), where one "
    "is asked for.",
    "obstacle.trial_data": "`{question}` computes with `{name}` of cell {cell} (line {line}) and leaves "
    "parameters of its own unused.",
    "obstacle.endless": "Nothing in the loop of cell {cell}, line {line} changes what its condition reads: "
    "once it has begun, how does it end?",
    "obstacle.loop": "`{question}` runs a `while` loop (cell {cell}, line {line}): does it end for every "
    "input?",
    "obstacle.no_return": "`{question}` has no `return` with a value (cell {cell}, line {line}): it "
    "returns None.",
    "obstacle.return_inside": "The `return` in cell {cell}, line {line} stands inside a loop and ends it at "
    "its first turn.",
    # Syntax that the Python which grades does not know, within other sentences.
    "newer.f_string": "an f-string that holds its own quotes, a backslash or a comment",
    "newer.type": "a `type` statement",
    "newer.generic": "type parameters in brackets",
    "newer.default": "type parameters with defaults",
    "newer.except": "several exceptions without parentheses",
    "newer.t_string": "a t-string",
    # Groups of cases, within other sentences.
    "group.core": "ordinary cases",
    "group.edge": "special cases (one dimension, one sample, zeros, singular matrices)",
    "group.dtype": "other kinds of numbers (integers, float32)",
    "group.magnitude": "very large or very small numbers",
    "group.kink": "points without a derivative",
    "group.speed": "large input",
    # How a call ended.
    "raised": "Your function raised {error}.",
    "place.example": "It does so on the public example as well: cell {cell}, line {line}.",
    "place.defined": "`{question}` is defined in cell {cell}, line {line}.",
    "place.defined_again": "`{question}` is defined in cell {first} and again in cell {cell}, line {line}: "
    "what is defined last counts.",
    "raised.variable": "Reading your variable raised {error}.",
    "raised_other": "Your function raised {error}, not the error that is asked for.",
    "raised_other.variable": "Reading your variable raised {error}, not the error that is asked for.",
    "an_error": "an error",
    "not_raised": "Your function returned where it should have raised an error.",
    "not_raised.variable": "Your variable holds a value where an error is asked for.",
    "no_time_left": "`{question}` was not asked: no time was left for it ({limit}). A person will look.",
    "not_returned": "Your function did not return.",
    "not_returned.variable": "Your variable was not computed.",
    "timed_out": "Your function did not return in time.",
    "timed_out.variable": "Your variable was not computed in time.",
    "asks_again": "Your function did not return in time: it calls a function it was given again and again.",
    "asks_again.variable": "Your variable was not computed in time: it calls a function it was given again "
    "and again.",
    "out_of_memory": "Your function used more memory than is allowed.",
    "out_of_memory.variable": "Your variable used more memory than is allowed.",
    "crashed": "Your function ended the whole process.",
    "crashed.variable": "Reading your variable ended the whole process.",
    "no_function": "There is no such function.",
    "slow": "Right, but too slow on large input.",
    # What came back, and what was asked for.
    "returned_none": "Your function returned None: is a `return` missing?",
    "returned_none.too_often": "Your function returned None where there is something to return.",
    "returned_none.variable": "Your variable holds None: was it assigned?",
    "returned": "Your function returned {what}.",
    "returned.variable": "Your variable holds {what}.",
    "too_large": "Your function returned {what} that is too large or too deeply nested to be looked at.",
    "too_large.variable": "Your variable holds {what} that is too large or too deeply nested to be looked "
    "at.",
    "returned_not": "Your function returned {what}; {asked} asked for.",
    "returned_not.variable": "Your variable holds {what}; {asked} asked for.",
    "returned_for_none": "Your function returned {what} where None is asked for.",
    "returned_for_none.variable": "Your variable holds {what} where None is asked for.",
    "other_form": "Your function returned {what} of another form than is asked for.",
    "other_form.variable": "Your variable holds {what} of another form than is asked for.",
    "asked_other_form": "Your function calls a function it was given on something of another form.",
    "asked_other_form.variable": "Your variable calls a function it was given on something of another form.",
    "ragged": "Your function returned parts of different lengths, not an array.",
    "ragged.variable": "Your variable holds parts of different lengths, not an array.",
    "beyond_range": "Your function returned numbers beyond the range of float64.",
    "beyond_range.variable": "Your variable holds numbers beyond the range of float64.",
    "wrong_count": "{asked} values are asked for; your function returned {count} of them.",
    "wrong_count.one": "One value is asked for; your function returned {count} of them.",
    "wrong_count.variable": "{asked} values are asked for; your variable holds {count} of them.",
    "wrong_count.one.variable": "One value is asked for; your variable holds {count} of them.",
    "values_right.more": "The {asked} values that are asked for are right, but your function returned "
    "{count}.",
    "values_right.more.variable": "The {asked} values that are asked for are right, but your variable holds "
    "{count}.",
    "values_right.kind": "The values are right, but your function returned {what} of them; {asked} values "
    "are asked for.",
    "values_right.kind.variable": "The values are right, but your variable holds {what} of them; {asked} "
    "values are asked for.",
    "no_values": "{asked} values are asked for; your function returned {what}.",
    "no_values.one": "A tuple or a list of one value is asked for; your function returned {what}.",
    "no_values.variable": "{asked} values are asked for; your variable holds {what}.",
    "no_values.one.variable": "A tuple or a list of one value is asked for; your variable holds {what}.",
    "wrong_keys": "Your function must return a dictionary with the keys {keys!j}.",
    "wrong_keys.variable": "Your variable must hold a dictionary with the keys {keys!j}.",
    "other_keys": "Your function must return a dictionary with the keys that are asked for.",
    "other_keys.variable": "Your variable must hold a dictionary with the keys that are asked for.",
    "digits_lost": "The formula is right, but digits are lost: compute in float64, avoid differences of "
    "nearly equal numbers, and let what you iterate converge.",
    "finite": "Your answer is finite where an infinite one is asked for.",
    "not_finite": "Your answer holds NaN or infinite numbers.",
    "shape": "Your answer has another shape than is asked for.",
    "shape.named": "Your answer has {shapes}.",
    "shape.other": "Your answer has another shape than {asked}.",
    "shape.numbers_right.other": "The numbers are right, but the shape is not {asked}.",
    "shape.answer_right.other": "The answer is right, but its shape is not {asked}.",
    "shape.axes": "`np.ndim` of your answer is {given}; it should be {asked}.",
    "shape.numbers_right": "The numbers are right, but have another shape than is asked for.",
    "shape.numbers_right.axes": "The numbers are right, but `np.ndim` of your answer is {given}; it should "
    "be {asked}.",
    "shape.answer_right.axes": "The answer is right, but its `np.ndim` is {given}; it should be {asked}.",
    "shape.numbers_right.named": "The numbers are right but have {shapes}.",
    "shape.answer_right": "The answer is right, but has another shape than is asked for.",
    "shape.answer_right.named": "The answer is right but has {shapes}.",
    "property": "This should hold and does not: {property}.",
    "not_asked": "What your function returns is not what is asked for.",
    "not_asked.variable": "What your variable holds is not what is asked for.",
    "part_not_asked": "What you return is not what is asked for.",
    "part_not_asked.variable": "What you have is not what is asked for.",
    # One of several values.
    "part": "In {part}: {inner}",
    "part.alone": "In {part} (the rest is right): {inner}",
    "part.observed": "In {part}: {inner!l}",
    "part.within": "{part} of {whole}",
    "part.value": "value {number} of {total}",
    "part.entry": "entry {entry}",
    "part.some_entry": "one of the entries",
    # What is asked for, within other sentences.
    "asked.numbers": "numbers are",
    "asked.real_numbers": "real numbers are",
    "asked.string": "a string is",
    "asked.truth": "True or False is",
    "asked.text": "text is",
    "asked.number": "a number is",
    # Shapes, within other sentences.
    "shapes": "{given} instead of {asked}",
    "shape_given": "shape {lengths!t}",
    "shape_asked": "{lengths!t}",
    "shape_number": "no dimension (a number)",
    "shape_deep": "more than {most} dimensions",
    # Kinds of things, within other sentences.
    "kind.bool": "a truth value",
    "kind.int": "a whole number",
    "kind.float": "a number",
    "kind.complex": "a complex number",
    "kind.str": "a string",
    "kind.bytes": "a byte string",
    "kind.list": "a list",
    "kind.tuple": "a tuple",
    "kind.dict": "a dictionary",
    "kind.ndarray": "an array",
    "kind.set": "a set",
    "kind.frozenset": "a set",
    "kind.range": "a range",
    "kind.map": "a map object, not its values",
    "kind.zip": "a zip object, not its values",
    "kind.filter": "a filter object, not its values",
    "kind.generator": "a generator, not its values",
    "kind.function": "a function, not its value",
    "kind.builtin_function_or_method": "a function, not its value",
    "kind.method": "a method, not its value",
    "kind.type": "a class",
    "kind.module": "a module",
    "kind.slice": "a slice",
    "kind.ellipsis": "`...`",
    "kind.solution": "all that a solver of SciPy found, not its solution alone",
    "kind.other": "an object of another kind",
    "content.truth": "truth values",
    "content.complex": "complex numbers",
    "content.text": "text",
    "content.other": "parts that are not numbers",
    # What was seen of numbers that are wrong.
    "same_in_all": "Your answer is the same in several cases, where different ones are asked for.",
    "zero": "Your answer is zero everywhere.",
    "zero.number": "Your answer is zero.",
    "minus": "Your answer is minus what is asked for.",
    "factor": "Your answer is {factor} what is asked for.",
    "factor_unnamed": "Your answer is what is asked for up to a factor, the same in all cases.",
    "factor.quarter": "a quarter of",
    "factor.third": "a third of",
    "factor.three": "three times",
    "factor.half": "half of",
    "factor.twice": "twice",
    "factor.four": "four times",
    "factor.minus_half": "minus half of",
    "factor.minus_twice": "minus twice",
    "mean_for_sum": "Your answer is off by a factor that is the number of {counted}: a mean where a sum is "
    "asked for?",
    "sum_for_mean": "Your answer is off by a factor that is the number of {counted}: a sum where a mean is "
    "asked for?",
    "length_in_factor": "Your answer is off by a factor in which the number of {counted} occurs: a mean for "
    "a sum, or a sum for a mean, and a constant?",
    "root_of_length": "Your answer is off by a factor that is the square root of the number of {counted}, or "
    "one over it.",
    "less_one": "Your answer is off by a factor in which the number of {counted} less one occurs.",
    "counted.entries": "entries",
    "counted.samples": "samples",
    "counted.rows": "rows",
    "counted.coordinates": "coordinates",
    "transposed": "Your answer is the transpose of what is asked for.",
    "one_step.iterates_behind": "Your iterates are one step behind.",
    "one_step.iterates_ahead": "Your iterates are one step ahead.",
    "one_step.entries_behind": "Your entries are one step behind.",
    "one_step.entries_ahead": "Your entries are one step ahead.",
    "same_rows": "All rows of your answer are the same.",
    "truncated": "The fractional part of your answer is lost.",
    "differs.first": "Only the first entry differs from what is asked for.",
    "differs.last": "Only the last entry differs from what is asked for.",
    "differs.diagonal": "Only entries on the diagonal differ from what is asked for.",
    "differs.above": "Only entries above the diagonal differ from what is asked for.",
    "differs.below": "Only entries below the diagonal differ from what is asked for.",
    "differs.off": "Only entries off the diagonal differ from what is asked for.",
    "first_alone.entry": "Only the first entry of your answer is right; all others are zero.",
    "first_alone.row": "Only the first row of your answer is right; all others are zero.",
    "rounded": "Your answer is rounded.",
    "function.absolute": "Your answer is the absolute value of what is asked for.",
    "function.square": "Your answer is the square of what is asked for.",
    "function.root": "Your answer is the square root of what is asked for.",
    "function.exponential": "Your answer is the exponential of what is asked for.",
    "function.logarithm": "Your answer is the logarithm of what is asked for.",
    "function.reciprocal": "Your answer is one over what is asked for.",
    "function.one_minus": "Your answer is one minus what is asked for.",
    "function.off_by_one.more": "Your answer is what is asked for plus one.",
    "function.off_by_one.less": "Your answer is what is asked for minus one.",
    "part_of_matrix.diagonal": "Your answer has the right diagonal, and zeros beside it.",
    "part_of_matrix.symmetric": "Your answer is the symmetric part of what is asked for.",
    "part_of_matrix.upper": "Your answer is right on and above the diagonal, and zero below it.",
    "part_of_matrix.lower": "Your answer is right on and below the diagonal, and zero above it.",
    "order.entries_reversed": "Your entries are right, but in reverse order.",
    "order.rows_reversed": "Your rows are right, but in reverse order.",
    "order.columns_reversed": "Your columns are right, but in reverse order.",
    "order.rows_for_columns": "Your rows are what is asked for as columns.",
    "order.row_of_eigenvectors": "Your answer fits a row of a matrix of which a column is asked for.",
    "order.entries": "Your entries are right, but in another order.",
    "order.rows": "Your rows are right, but in another order.",
    "order.columns": "Your columns are right, but in another order.",
    "order.values": "Your values are right, but in another order.",
    "shifted": "All entries of your answer are off by the same number.",
    "rows.start": "The first row of your answer already differs from what is asked for.",
    "rows.some": "Some rows of your answer differ from what is asked for.",
    "rows.last": "Only the last row of your answer is wrong.",
    "rows.later": "The first row of your answer is right, and not all others are.",
    "direction": "Your answer has the right direction, but not the right length.",
    "lines.rows.missing_first": "The first row is missing; the others are right.",
    "lines.entries.missing_first": "The first entry is missing; the others are right.",
    "lines.rows.missing_last": "The last row is missing; the others are right.",
    "lines.entries.missing_last": "The last entry is missing; the others are right.",
    "lines.rows.extra_first": "There is one row too many, at the beginning; the others are right.",
    "lines.entries.extra_first": "There is one entry too many, at the beginning; the others are right.",
    "lines.rows.extra_last": "There is one row too many, at the end; the others are right.",
    "lines.entries.extra_last": "There is one entry too many, at the end; the others are right.",
    "lines.rows.end_early": "Your rows are right as far as they go, but they end too early.",
    "lines.entries.end_early": "Your entries are right as far as they go, but they end too early.",
    "only.first.row": "Your function returns the first row alone; all rows are asked for.",
    "only.first.row.variable": "Your variable holds the first row alone; all rows are asked for.",
    "only.first.entry": "Your function returns the first entry alone; all entries are asked for.",
    "only.first.entry.variable": "Your variable holds the first entry alone; all entries are asked for.",
    "only.last.row": "Your function returns the last row alone; all rows are asked for.",
    "only.last.row.variable": "Your variable holds the last row alone; all rows are asked for.",
    "only.last.entry": "Your function returns the last entry alone; all entries are asked for.",
    "only.last.entry.variable": "Your variable holds the last entry alone; all entries are asked for.",
    "not_summed": "Your answer would be right if it were summed over one axis, or over all.",
    "summed": "Your answer is a sum over what is asked for.",
    "true_for_false": "Your answer is True where False is asked for.",
    "false_for_true": "Your answer is False where True is asked for.",
    "other_word": "Your answer is another word than is asked for.",
    "not_symmetric": "Your answer is not symmetric, and what is asked for always is.",
    "truth_both_ways": "Your answer is True where False is asked for, and False where True is.",
    # What is said of wrong numbers that nothing explains.
    "tendency.sign": "Your answer has the wrong sign.",
    "tendency.large": "Your answer is too large.",
    "tendency.small": "Your answer is too small.",
    "tendency.same_everywhere": "All entries of your answer are the same number, where different ones are "
    "asked for.",
    "tendency.in_part": "Some entries of your answer are right, others are not.",
    "tendency.entries_large": "The entries of your answer that are wrong are too large.",
    "tendency.entries_small": "The entries of your answer that are wrong are too small.",
    "tendency.length": "Your answer has the right length, but not the right direction.",
    "tendency.against": "Your answer points against what is asked for rather than along it.",
    "tendency.longer": "Your answer as a whole, measured by its norm, is too large.",
    "tendency.shorter": "Your answer as a whole, measured by its norm, is too small.",
    "slip.transposed": "Your answer is right for the transpose of `{name}`.",
    "slip.swapped": "Your answer is right with `{one}` and `{other}` in each other's place.",
    "slip.negated": "Your answer is right with minus `{name}` in place of `{name}`.",
    "slip.left_out": "Your answer is what comes out where `{name}` is zero: it leaves a term out.",
    "slip.first_row": "Your answer leaves the first row of `{name}` out: does a loop begin too late?",
    "slip.last_row": "Your answer leaves the last row of `{name}` out: does a loop end too early?",
    "slip.first_column": "Your answer leaves the first column of `{name}` out: does a loop begin too late?",
    "slip.last_column": "Your answer leaves the last column of `{name}` out: does a loop end too early?",
    "slip.squared": "Your answer is right with the square of `{name}` in place of `{name}`.",
    "slip.inverted": "Your answer is right with one over `{name}` in place of `{name}`.",
    "slip.missing": "Your answer is right with 1 in place of `{name}`: is it missing somewhere?",
    "slip.multiple": "Your answer is right with a multiple of `{name}` in place of `{name}`: check what "
    "it is multiplied by.",
    "slip.factor": "Your answer is off by a power of `{name}`: is it missing somewhere, or there too often?",
    "slip.rest": "Your answer is right in what `{name}` contributes to it; the rest is right up to a factor.",
    "slip.without_last": "Your answer leaves the last index out: does a loop end one too early?",
    "slip.without_first": "Your answer leaves the first index out: does a loop begin one too late?",
    "slip.first_alone": "In your answer the first index alone counts: does `return` stand inside a loop?",
    "slip.last_alone": "In your answer the last index alone counts: does each turn of a loop forget the one "
    "before?",
    "slip.first_row_alone": "In your answer the first row of `{name}` alone counts: does `return` stand "
    "inside a loop?",
    "slip.last_row_alone": "In your answer the last row of `{name}` alone counts: where does your sum begin "
    "anew?",
    "right_where.symmetric": "Of all that was tried, your answer is right just where `{name}` is symmetric.",
    "slip.labels": "Your formula is the one for labels 0 and 1; here those in `{name}` are -1 and 1.",
    "slip.sum_of_sizes": "Your answer is right with the sum of absolute values in place of the length of a "
    "difference.",
    # What to try next.
    "try.return": "Check that every path of your function ends with `return`.",
    "try.return.variable": "Check that the cell that computes your variable assigns it.",
    "try.shape": "Print `np.shape(...)` of what your function returns and compare it with the statement.",
    "try.shape.variable": "Print `np.shape(...)` of what your variable holds and compare it with the "
    "statement.",
    "try.type": "Print `type(...)` of what your function returns and compare it with the statement.",
    "try.type.variable": "Print `type(...)` of what your variable holds and compare it with the statement.",
    "try.call": "Call your function on the public example, then on one dimension and on zeros.",
    "try.kinds": "Call your function with the same numbers as floats, as integers and as float32: where do "
    "the answers part?",
    "try.sizes": "Call your function with numbers near 1e8 and near 1e-8, and print what it computes on the "
    "way.",
    "try.call.variable": "Run the cell that computes your variable, and print what it holds.",
    "try.finite": "Look for a division by zero, or a logarithm or a root of a negative number.",
    "try.loop": "Look for the loop in which it is called: does its condition ever become false?",
    "try.time": "Time your function on input as large as the statement allows: it may be right and too slow, "
    "or a loop in it may not end.",
    "try.memory": "Look for an array that grows, or one that is larger than the answer needs.",
    "try.dtype": "Print `.dtype` along your computation: everything should be float64.",
    "try.whole_arrays": "Replace Python loops over the entries by operations on whole arrays, and a costly "
    "routine by one that does no more than is needed.",
    "try.by_hand": "Work out the smallest case by hand (one dimension, then two) and compare it with what "
    "you return.",
    "try.by_hand.variable": "Work out the smallest case by hand (one dimension, then two) and compare it "
    "with what you have.",
    "try.copy": "Work on a copy: `w = w.copy()`, and `w = w - step` in place of `w -= step`.",
    "try.arguments": "Does your function use its arguments, and not what other cells or the example hold?",
    "try.arguments.variable": "Does it depend on what it should depend on?",
    "try.filled": "Print the array you fill, line by line: is it ever written to, and is it the one you "
    "return?",
    "try.filled.variable": "Print the array you fill, line by line: is it ever written to, and is it the one "
    "you have?",
    "try.sign": "Follow the sign through one line of your derivation.",
    "try.constant": "Check the constant in the smallest case: one dimension, one sample, everything equal "
    "to 1.",
    "try.twice": "Reread the statement: what happens to the answer when every sample is there twice?",
    "try.row": "Which index is the row?",
    "try.ends": "What should entry 0 hold, and what the last one?",
    "try.break": "Look for what ends your loop before its last turn.",
    "try.return_inside": "Look where `return` stands: inside a loop it ends the loop at its first turn.",
    "try.all_digits": "Return all digits: rounding is for printing.",
    "try.borders": "Where does one word end and the next begin? Try your function on both sides.",
    "try.symmetric": "Swap the two indices in your formula: what changes?",
    "try.reread": "Reread what is asked for, word by word.",
    "try.small_matrix": "Print your answer and what you expect for a matrix of two rows and two columns.",
    "try.columns": "Routines for eigenvectors give them as columns: is it `vectors[:, k]`?",
    "try.order": "In which order does the statement ask for them, and in which does your routine give them?",
    "try.constant_term": "Which term does not depend on the entry? Work out one of them by hand.",
    "try.length": "Work out the length (the norm) of your answer in the smallest case.",
    "try.product": "`*` multiplies entry by entry; is a product of matrices meant, `@`, or a sum missing?",
    "try.copies": "A list that holds one array many times shows its last state everywhere: store copies.",
    "try.integers": "An array made from integers stays an integer array: what is the `.dtype` of the array "
    "you fill?",
    # What else was noticed of a question.
    "also.returned_none": "Your function returned None in every case.",
    "also.changes_arguments": "Your function changes its arguments in place; whoever calls it loses their "
    "data. That costs a fifth of the question.",
    "also.as_it_stood": "Judged as it stood after cell {cell}: {change}.",
    "also.was": "Before this was graded again, its mark was {was} of {points}.",
    "also.never_down": "Graded again, this would earn less; what was published stays.",
    "also.carried_forward": "Judged again with our {names!c} in place of yours: an error made there is not "
    "counted twice. This question keeps {kept} of what it then earns.",
    # What became of a name, within other sentences.
    "change.assigned": "cell {cell} put another value in place of `{name}`",
    "change.looped": "cell {cell} used `{name}` as the variable of a loop",
    "change.defined": "cell {cell} defined `{name}` again",
    "change.imported": "cell {cell} imported something else as `{name}`",
    "change.deleted": "cell {cell} deleted `{name}`",
    "change.reset": "cell {cell} cleared all names",
    "change.changed": "cell {cell} changed `{name}` in place",
    "change.handed_over": "cell {cell} gave `{name}` to a function or another name, where it may have been "
    "changed",
    "change.indirect": "cell {cell} reaches all names, by `globals()`, `exec` or `get_ipython()`",
    # Quizzes answered in a notebook; the judge of a quiz has its own words.
    "quiz.not_text": "Your answer is not a text; a person looks.",
    "quiz.no_answer": 'There is no answer: write answers["{question}"] = "...".',
    "quiz.too_long": "An answer has at most {most} characters.",
    "quiz.no_function": "There is no answer: write the function {function}.",
    "quiz.unreadable": "Your answer cannot be read, so a person looks at it. {said}",
    "quiz.said": "{said}",
    "quiz.interpreted": "{said} (Interpreted as: {reading})",
    "quiz.right": "Right.",
    "quiz.wrong": "Not right.",
    # Lateness.
    "late": "Received {late} after the deadline.",
    "late_by.days": "{days} days",
    "late_by.hours": "{hours} h {minutes:02d} min",
    "days_late": "{days} days late",
    "days_late.one": "{days} day late",
    # Which of several files counts, or of several attempts at a quiz: for instructors.
    "counts.last": "{work}: the last file counts that came early enough",
    "counts.last.attempt": "{work}: the last attempt counts that came early enough",
    "counts.best": "{work}: the best file counts, lateness paid for",
    "counts.best.attempt": "{work}: the best attempt counts, lateness paid for",
    "counts.file": "{work}, file {number}: counts, and gives {mark}",
    "counts.file.attempt": "{work}, attempt {number}: counts, and gives {mark}",
    "counts.open": "{work}, file {number}: counts, and is open",
    "counts.open.attempt": "{work}, attempt {number}: counts, and is open",
    "counts.other": "{work}, file {number}: would give {mark}",
    "counts.other.attempt": "{work}, attempt {number}: would give {mark}",
    "counts.same": "{work}, file {number}: the same as file {first}",
    "counts.too_late": "{work}, file {number}: came too late to count, and would have given {mark}",
    "counts.too_late.attempt": "{work}, attempt {number}: came too late to count, and would have given "
    "{mark}",
    "doubtful": "{work}: {count} times of receipt are doubtful, and nobody is late by them.",
    "doubtful.one": "{work}: {count} time of receipt is doubtful, and nobody is late by it.",
    "regraded": "Graded again on {day} {month} {year}: {why}",
    "regraded.plain": "Graded again on {day} {month} {year}, after the homework or the program changed.",
    # Why nothing of a notebook could be run.
    "our_fault": "Grading failed through a fault of ours, not of yours. A person will look at it.",
    "notebook_too_slow": "The notebook did not run to its end within its limit: {limit}.",
    "other_homework": "This is the notebook of {other}, not of {assignment}: it defines {names!c}, which "
    "{other} asks for, and no question of {assignment}. If that was a mistake, hand in the right one.",
    "other_homework.more": "This is the notebook of {other}, not of {assignment}: it defines {names!c} and "
    "{more} more, which {other} asks for, and no question of {assignment}. If that was a mistake, hand in "
    "the right one.",
    "other_homework.seems": "This seems to be the notebook of {other}, not of {assignment}: it defines "
    "{names!c}, which {other} asks for, and no question of {assignment}. If that was a mistake, hand in the "
    "right one.",
    "unread.cells": "The notebook has {count} cells; at most {most} are read. Delete what does not belong to "
    "the assignment, save and submit again.",
    "unread.code": "The code cells hold {count} characters; at most {most} are read. Load data from a file "
    "or compute it instead of writing it out, and submit again.",
    "unread.large": "The file has {size} MB; at most {most} MB are read. Clear the outputs (in Jupyter: "
    "Kernel > Restart Kernel and Clear Outputs), save and submit again.",
    "unread.not_taken": "The file was handed in, but could not be taken when the submissions were collected. "
    "If it is large, clear the outputs (in Jupyter: Kernel > Restart Kernel and Clear Outputs), save and "
    "submit again.",
    "unread.no_cells": "The file is JSON but not a notebook: it has no list of cells. Submit the .ipynb file "
    "that Jupyter saved.",
    "unread.deep": "The file is nested far deeper than any notebook. Submit what Jupyter saved.",
    "unread.lists": "The file holds more lists than any notebook needs. Clear the outputs (in Jupyter: "
    "Kernel > Restart Kernel and Clear Outputs), save and submit again.",
    "unread.empty": "The file is empty. Save the notebook in Jupyter and submit the .ipynb file itself.",
    "unread.zeros": "The file is empty (it holds only zero bytes, as an interrupted synchronisation leaves "
    "them). Save the notebook in Jupyter and submit the .ipynb file itself.",
    "unread.zip": "This is not a notebook but a zip archive (or an office document). Unpack it and submit "
    "the .ipynb file inside it.",
    "unread.archive": "This is not a notebook but a compressed archive. Unpack it and submit the .ipynb file "
    "inside it.",
    "unread.pdf": "This is not a notebook but a PDF document. Save the notebook in Jupyter and submit the "
    ".ipynb file itself.",
    "unread.picture": "This is not a notebook but a picture. Save the notebook in Jupyter and submit the "
    ".ipynb file itself.",
    "unread.lfs": "This is not a notebook but a pointer left by Git LFS, without the content. Save the "
    "notebook in Jupyter and submit the .ipynb file itself.",
    "unread.page": "This is a web page saved under the name of a notebook. Download the file itself (on "
    "GitHub: Raw; in Jupyter: File > Download) and submit that.",
    "unread.conflict": "The file holds unresolved merge conflicts of git (lines of <<<<<<< and >>>>>>>). "
    "Resolve them, open the notebook in Jupyter, save it and submit it again.",
    "unread.python": "This is Python code under the name of a notebook. Copy it into the cells of the "
    "released notebook, save that in Jupyter and submit it.",
    "unread.cut": "The file ends in the middle of the notebook, at line {line}, after character {length}: it "
    "was not saved or uploaded completely. Save it again in Jupyter and submit the new file.",
    "unread.json": "The file cannot be read as a notebook: at line {line}, column {column} it is not what "
    "Jupyter writes. If you edited it as text, undo that. Save the notebook in Jupyter and submit the .ipynb "
    "file itself.",
    # What was mended to read a file.
    "read.no_cells": "The notebook has no cells.",
    "read.format_3": "The notebook is in the old format 3; it was converted.",
    "read.language": "The notebook says that it is written in {language}; it was run as Python.",
    "read.kernel": "The notebook asks for the kernel {kernel}; it was run with plain Python 3.",
    "read.cells": "{cells}: {what}.",
    "read.not_a_cell": "not a cell, left out",
    "read.kind": "of a kind that notebooks do not have, kept as text that is not run",
    "read.parts": "parts of it are not text, left out",
    "read.content": "its content is not text, read as empty",
    "read.surrogates": "holds halves of characters (lone surrogates), replaced by \ufffd",
    "read.zeros": "The file ends in zero bytes; they were ignored.",
    "read.mark": "The file begins with a byte order mark; it was ignored.",
    "read.encoding": "The file is written in {encoding}, not in UTF-8; it was converted.",
    "read.damaged": "Some bytes of the file are damaged; \ufffd stands in their place.",
    "cells.one": "Cell {last}",
    "cells.several": "Cells {cells!j} and {last}",
    "cells.many": "Cells {cells!j} and {more} more",
    # What was mended of its cells.
    "match.text_cell": "Cell {cell}: a text cell that holds Python and defines {names!c}; it was run as "
    "code.",
    "match.repeated_stub": "Cell {cell}: the stub of `{question}`, which cell {defined} defines already; the "
    "stub was left out.",
    "match.not_python": "Cell {cell}: not Python ({why}); it was run as it stands.",
    "match.newer_python": "Cell {cell} needs Python {python} (line {line}: {what}); notebooks are graded by "
    "Python {grading}.",
    "match.timeit": "Cell {cell}: a notebook keeps nothing of what `%%timeit` runs; since it defines "
    "{names!c}, the cell was run once without it.",
    "match.fences": "Cell {cell}: lines of three backticks are not Python; they were left out.",
    "match.joined": "Cell {next} goes on with `{question}`, which cell {cell} begins; it was run as a part "
    "of that cell, from line {line} of it on.",
    "match.renamed": "Cell {cell}: no cell defines `{question}`; `{name}`, which has its parameters, was "
    "taken for it.",
    "match.restored": "The released cell that defines {names!c} is missing; it was run first.",
    # Pictures that nobody would see.
    "picture": "Cell {cell}: a picture of it {why}, so that whoever marks it does not see it. {how}",
    "picture.lost": "is named in the text but is not in the notebook: a copied text leaves its pictures "
    "behind",
    "picture.file": "is a file that was not handed in with the notebook",
    "picture.web": "is a link to the web, which is not followed",
    "picture.heic": "is a HEIC photograph, which browsers do not show",
    "picture.svg": "is a drawing in SVG, which is not shown, since it could hold a program",
    "picture.kind": "is of a kind ({format}) that cannot be shown",
    "picture.none": "is not a picture",
    "try.drag": "Drag the picture itself into the cell.",
    "try.jpeg": "Convert the photograph to JPEG (an iPhone takes JPEG with Settings > Camera > Formats > "
    "Most Compatible) and drag that into the cell.",
    "try.save": "Save it as PNG or JPEG and drag that into the cell.",
    "match.more": "{count} more notes of this kind are left out.",
    "match.more.one": "One more note of this kind is left out.",
    # Beside a mark on another platform.
    "feedback.counts": "It counts as {counted} of {points}: lateness and decisions are taken into account.",
    # What was submitted to Gradescope and is not one notebook.
    "gradescope.no_notebook": "There is no notebook in what you submitted. Submit the .ipynb file itself.",
    "gradescope.names": "No file that you submitted has the name under which it was handed out. Submit "
    "{files}.",
    "gradescope.several": "What you submitted holds {count} notebooks. Submit one, called {file}.",
    # A mail with a report.
    "mail.subject": "{course}: your report on {title}",
    "mail.body": "Your report on {title} is attached; it opens in any browser.",
}

SENTENCES: Mapping[str, str] = {**TEMPLATES, **QUIZ_SENTENCES}
"""All of them, those of quizzes too."""

SILENT = say("silent")
"""Says nothing."""
