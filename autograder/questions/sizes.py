"""Shapes that are wrong, in the letters of the statement: "shape (d, 1) instead of (d,)".

Nobody but the author knows what a length is called. So letters are read where the author wrote them, in the
question's `sizes=`, else in the docstring of the stub or of the reference: `X: array of shape (n, d)`,
`Returns an array of shape (n_steps + 1, d)`. A letter is said only if it is right in every failing case; a
length that is none of these stays a question mark, so that no length a student's code chose can carry
anything out.
"""

import ast
import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.domain.sentences import Sentence, say
from autograder.questions.compare import as_real
from autograder.questions.judged_case import JudgedCase
from autograder.questions.question import Question

_SHAPE = re.compile(r"shape\s+`{0,2}\$?\(([^()]*)\)")
_RETURNS = re.compile(r"\bReturns?\b")
_MOST_DIMENSIONS = 4
_LETTERS = re.compile(r"[A-Za-z_0-9 +*/,-]*")
Lengths = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sizes:
    """The shapes of a question in the statement's letters."""

    parameters: tuple[str, ...]
    arguments: Mapping[str, Lengths]
    returned: tuple[Lengths, ...]
    """Of each array that is asked for, in order."""


def read_sizes(question: Question, stub: str = "") -> Sizes:
    """The shapes that the author wrote: declared, in the stub's docstring, or in the reference's."""
    texts = (question.sizes, _docstring(stub), inspect.cleandoc(question.reference.__doc__ or ""))
    parameters = () if question.variable else tuple(question.signature.parameters)
    told = [_read(text, parameters) for text in texts if text]
    return next((sizes for sizes in told if sizes.returned), told[0] if told else Sizes(parameters, {}, ()))


def _docstring(stub: str) -> str:
    try:
        body = ast.parse(stub).body
    except (SyntaxError, ValueError):
        return ""
    functions = [node for node in body if isinstance(node, ast.FunctionDef)]
    return next((ast.get_docstring(function) or "" for function in functions), "")


def _read(text: str, parameters: Sequence[str]) -> Sizes:
    arguments = {}
    for name in parameters:
        line = re.search(rf"^\s*{re.escape(name)}: (?!function)(.*)$", text, re.MULTILINE)
        found = _shapes(line[1]) if line else []
        if len(found) == 1:
            arguments[name] = found[0]
    about = _RETURNS.split(text)[-1] if _RETURNS.search(text) else "" if arguments else text
    return Sizes(tuple(parameters), arguments, tuple(_shapes(about)))


def _shapes(text: str) -> list[Lengths]:
    """The shapes in a text, `(n_steps + 1, d)` as its two lengths."""
    inner = [found for found in _SHAPE.findall(text) if _LETTERS.fullmatch(found)]
    return [tuple(part.strip() for part in found.split(",") if part.strip()) for found in inner]


def name_shapes(sentence: Sentence, judged: Sequence[JudgedCase], sizes: Sizes) -> Sentence:
    """The sentence on these failing cases, with the shapes it speaks of named, where all cases agree."""
    leaf, path = sentence, list[Sentence]()
    while leaf.key not in _NAMED:
        inner = dict(leaf.values).get("inner")
        if not isinstance(inner, Sentence):
            return sentence
        path.append(leaf)
        leaf = inner
    parts = [dict(outer.values)["part"] for outer in path if outer.key.startswith("part")]
    named = _name(leaf, judged, parts, sizes)
    for outer in reversed(path):
        named = Sentence(outer.key, tuple((n, named if n == "inner" else v) for n, v in outer.values))
    return named


_NAMED = {
    "shape": "shape.named",
    "shape.numbers_right": "shape.numbers_right.named",
    "shape.answer_right": "shape.answer_right.named",
}
_OTHER = {
    "shape": "shape.other",
    "shape.numbers_right": "shape.numbers_right.other",
    "shape.answer_right": "shape.answer_right.other",
}
_BY_AXES = {
    "shape": "shape.axes",
    "shape.numbers_right": "shape.numbers_right.axes",
    "shape.answer_right": "shape.answer_right.axes",
}


def _name(leaf: Sentence, judged: Sequence[JudgedCase], parts: Sequence[Sentence], sizes: Sizes) -> Sentence:
    pairs = [_shapes_of(one, parts) for one in judged]
    known = [pair for pair in pairs if pair is not None]
    ranks = {(len(given), len(asked)) for given, asked in known}
    if len(known) < len(pairs) or len(ranks) != 1:
        return leaf
    [(rank, asked_rank)] = ranks
    lengths = _lengths_asked(judged[0], parts, sizes)
    worlds = [_world(one, asked, lengths, sizes) for one, (_, asked) in zip(judged, known, strict=True)]
    asked_shapes = [asked for _, asked in known]
    asked = _spell("asked", asked_shapes, lengths if len(lengths) == asked_rank else (), worlds)
    given = _spell("given", [given for given, _ in known], lengths, worlds)
    said = dict(asked.values).get("lengths", ())
    if "?" in said:
        deep = max(rank, asked_rank) > _MOST_DIMENSIONS
        return leaf if deep or rank == asked_rank else say(_BY_AXES[leaf.key], given=rank, asked=asked_rank)
    letters = dict(given.values).get("lengths", ())
    if rank == asked_rank and "?" in letters:
        return say(_OTHER[leaf.key], asked=asked)
    if letters == said:
        return leaf  # they do not tell the two apart
    return say(_NAMED[leaf.key], shapes=say("shapes", given=given, asked=asked))


def _shapes_of(one: JudgedCase, parts: Sequence[Sentence]) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """The shape that came and the one that is asked for, of one of several values."""
    given, asked = one.answer.value, one.expected.value
    for part in parts:
        place = _place(part, asked)
        try:
            given, asked = given[place], asked[place]
        except (TypeError, KeyError, IndexError):
            return None
    came, _ = as_real(given)
    return None if came is None else (came.shape, np.shape(asked))


def _place(part: Sentence, asked: Any) -> Any:
    """The index or the key that a sentence on one of several values speaks of."""
    values = dict(part.values)
    if part.key == "part.value":
        return values["number"] - 1
    return next((key for key in asked if repr(key) == values["entry"]), None)


def _lengths_asked(one: JudgedCase, parts: Sequence[Sentence], sizes: Sizes) -> Lengths:
    """What the statement calls the lengths of what is asked for; nothing where it is not sure."""
    if not parts:
        return sizes.returned[0] if len(sizes.returned) == 1 else ()
    whole = one.expected.value
    if len(parts) > 1 or not isinstance(whole, tuple):
        return ()
    arrays = [place for place, value in enumerate(whole) if np.ndim(value)]
    place = _place(parts[0], whole)
    if len(arrays) != len(sizes.returned) or place not in arrays:
        return ()
    return sizes.returned[arrays.index(place)]


def _world(one: JudgedCase, asked: tuple[int, ...], lengths: Lengths, sizes: Sizes) -> dict[str, int]:
    """What every name and length of the statement is in one case; empty where the statement does not fit."""
    names = {n: v for n, v in _arguments(one, sizes).items() if type(v) is int}
    shapes = [
        (sizes.arguments[n], v.shape)
        for n, v in _arguments(one, sizes).items()
        if n in sizes.arguments and isinstance(v, np.ndarray)
    ]
    if len(lengths) == len(asked):
        shapes.append((lengths, asked))
    spoken = [
        pair for said, shape in shapes if len(said) == len(shape) for pair in zip(said, shape, strict=True)
    ]
    for said, length in spoken:
        if said.isidentifier() and names.setdefault(said, length) != length:
            return {}
    world = {**names}
    for said, length in spoken:
        value = _value(said, names)
        if value is not None and value != length:
            return {}
        world[said] = length
    for name in names:
        world |= {f"{name} + 1": names[name] + 1, f"{name} - 1": names[name] - 1}
    return world


def _arguments(one: JudgedCase, sizes: Sizes) -> dict[str, Any]:
    """The arguments by the names of the signature."""
    call = one.case.call
    return {**dict(zip(sizes.parameters, call.args, strict=False)), **call.kwargs}


def _value(said: str, names: Mapping[str, int]) -> int | None:
    """The value of `n_steps + 1`; None where a name is not known."""
    try:
        tree = ast.parse(said, mode="eval")
    except SyntaxError:
        return None
    return _evaluate(tree.body, names)


def _evaluate(node: ast.expr, names: Mapping[str, int]) -> int | None:
    match node:
        case ast.Constant(int(value)):
            return value
        case ast.Name(name):
            return names.get(name)
        case ast.BinOp(left, operator, right):
            one, other = _evaluate(left, names), _evaluate(right, names)
            if one is None or other is None:
                return None
            match operator:
                case ast.Add():
                    return one + other
                case ast.Sub():
                    return one - other
                case ast.Mult():
                    return one * other
                case ast.FloorDiv() | ast.Div():
                    return one // other if other else None
    return None


def _spell(
    role: str, shapes: Sequence[tuple[int, ...]], lengths: Lengths, worlds: Sequence[Mapping[str, int]]
) -> Sentence:
    """A shape that all cases have alike, in letters."""
    rank = len(shapes[0])
    if not rank:
        return say("shape_number")
    if rank > _MOST_DIMENSIONS:
        return say("shape_deep", most=_MOST_DIMENSIONS)
    spelt = []
    for axis in range(rank):
        column = [shape[axis] for shape in shapes]
        likely = lengths[axis] if axis < len(lengths) else ""
        spelt.append(_letter(column, likely, worlds))
    return say(f"shape_{role}", lengths=tuple(spelt))


def _letter(column: Sequence[int], likely: str, worlds: Sequence[Mapping[str, int]]) -> str:
    """The one name that has these values, case by case; the likely one first."""

    def fits(name: str) -> bool:
        return all(world.get(name) == length for world, length in zip(worlds, column, strict=True))

    if likely and fits(likely):
        return likely
    if set(column) in ({0}, {1}):
        return str(column[0])
    named = [name for name in worlds[0] if fits(name)]
    plain = [name for name in named if name.isidentifier()] or named
    return plain[0] if len(plain) == 1 else "?"
