"""The parts of a question with a small syntax of their own: tolerances, credits, drawn values, shapes."""

import re
from fractions import Fraction

from autograder.domain.handmark import Criterion
from autograder.quiz.format.lines import Complaints, Line, split_feedback
from autograder.quiz.model import Asked, Key, ListedMistake, NumericTolerance, Parameter, Spread
from autograder.quiz.units import find_unit

_DECIMAL = r"[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?"
_PLUS_MINUS = r"(?:\+-|\+/-|±)"
_TOLERANCE = re.compile(
    rf"^(?P<rest>.*?)\s*{_PLUS_MINUS}\s*(?P<factor>factor\s+)?(?P<amount>{_DECIMAL})\s*(?P<percent>%?)\s*$"
)
_CREDIT = re.compile(r"\[(?P<credit>[^\[\]]*)\]\s*$")
_NO_CREDIT = re.compile(r"\s\[\s*[-+]?\d+(?:[.,]\d+)?\s*%?\s*\]$")
_NUMBER = rf"[-+]?{_DECIMAL}"
_RANGE = re.compile(
    rf"(?P<name>\w+)\s+in\s+(?P<low>{_NUMBER})\s*\.\.\s*(?P<high>{_NUMBER})(?:\s+step\s+(?P<step>{_NUMBER}))?"
)
_SET = re.compile(r"(?P<name>\w+)\s+in\s+\{(?P<values>[^{}]*)\}")
_FROM = re.compile(r"(?P<name>\w+)\s+from\s+(?P<source>[A-Za-z0-9][A-Za-z0-9_-]*)")
MOST_VALUES = 100_000
"""Values a range may hold."""


def read_key(line: Line, complaints: Complaints, *, units: bool, tolerances: bool) -> Key:
    """An accepted answer, which may end in a unit and in a tolerance where its kind has them."""
    text, tolerance = line.text, None
    if tolerances and re.search(_PLUS_MINUS, text):
        match = _TOLERANCE.fullmatch(text)
        if match is None:
            complaints.add(
                line.number,
                f"cannot read the tolerance of {text!r}",
                "+- 3%, +- 0.5 or +- factor 3 at the end",
                column=line.column,
            )
            return Key(text, line=line.number)
        text, tolerance = match["rest"], _read_tolerance(match)
    expression, unit = split_unit(text) if units else (text, "")
    if not expression:
        complaints.add(line.number, "the key is empty", "= an expression", column=line.column)
    return Key(expression, unit, tolerance, line.number)


def _read_tolerance(match: re.Match[str]) -> NumericTolerance:
    amount = Fraction(match["amount"])
    if match["factor"]:
        return NumericTolerance(max(amount, Fraction(1)), Spread.FACTOR)
    if match["percent"]:
        return NumericTolerance(amount / 100, Spread.RELATIVE)
    return NumericTolerance(amount, Spread.ABSOLUTE)


def split_unit(text: str) -> tuple[str, str]:
    """`kcal*4184/86400 W` as the expression and its unit; the unit is the last word, if it is one."""
    expression, _, last = text.rpartition(" ")
    if expression.strip() and last and not last[0].isdigit() and find_unit(last):
        return expression.strip(), last
    return text.strip(), ""


def read_listed(line: Line, complaints: Complaints, *, units: bool) -> ListedMistake:
    """A known wrong answer: `answer [credit] | feedback`."""
    answer, feedback = split_feedback(line.text)
    credit = Fraction(0)
    if (match := _CREDIT.search(answer)) and (written := _read_share(match["credit"])) is not None:
        credit, answer = written, answer[: match.start()].strip()
    elif bracket := _NO_CREDIT.search(answer):
        complaints.add(
            line.number,
            f"the credit cannot be {bracket[0].strip()!r}",
            "from [0] to below [1], such as [0.5] or [50%]",
        )
    if credit == 1:
        complaints.add(
            line.number, "a wrong answer has full credit", "a credit below 1, or write it as a key"
        )
    if not answer:
        complaints.add(line.number, "the wrong answer is empty", "~ answer | feedback", column=line.column)
    if not feedback:
        complaints.add(
            line.number, f"nothing is said to whoever answers {answer!r}", f"~ {answer} | what helps"
        )
    expression, unit = split_unit(answer) if units else (answer, "")
    return ListedMistake(expression, credit, feedback, unit, line.number)


def _read_share(text: str) -> Fraction | None:
    """A credit in [0, 1]: `0.5`, `1/2`, `50%`; None if it is none."""
    match = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+|/[1-9][0-9]*)?)\s*(%?)\s*", text)
    if match is None:
        return None
    share = Fraction(match[1]) / (100 if match[2] else 1)
    return share if share <= 1 else None


def read_points(text: str) -> Fraction | None:
    """Points above zero: `1`, `0.5`, `1/2`; None if it is none."""
    match = re.fullmatch(r"[0-9]{1,4}(?:\.[0-9]{1,4}|/[1-9][0-9]{0,3})?", text)
    points = Fraction(text) if match else Fraction(0)
    return points if points > 0 else None


def read_criterion(line: Line, complaints: Complaints) -> Criterion | None:
    """A line of a rubric: points, then what earns them; None if it is none, and that is noted."""
    worth, _, sentence = " ".join(line.text.split()).partition(" ")
    points = read_points(worth)
    if points is None or not sentence:
        complaints.add(
            line.number,
            f"a line of the rubric cannot be {line.text[:40]!r}",
            "points, then what earns them: + 0.5 both neurons are named",
            column=line.column,
        )
        return None
    return Criterion(sentence, points)


def read_parameter(line: Line, complaints: Complaints) -> Parameter | None:
    """`name in low..high step s`, `name in {a, b, c}` or `name from question`."""
    if match := _FROM.fullmatch(line.text):
        return Parameter(match["name"], source=match["source"], line=line.number)
    if match := _SET.fullmatch(line.text):
        written = [part.strip() for part in match["values"].split(",")]
        if all(re.fullmatch(rf"{_NUMBER}|[-+]?[0-9]+/[1-9][0-9]*", part) for part in written):
            return Parameter(match["name"], tuple(Fraction(part) for part in written), line=line.number)
    elif match := _RANGE.fullmatch(line.text):
        low, high, step = Fraction(match["low"]), Fraction(match["high"]), Fraction(match["step"] or 1)
        count = int((high - low) / step) + 1 if step > 0 else 0
        if 0 < count <= MOST_VALUES:
            return Parameter(match["name"], low=low, step=step, count=count, line=line.number)
        what, how = (
            f"{match['name']} has no value in {line.text!r}",
            "the smaller number first, a step above 0",
        )
        if count > 0:
            what, how = f"{match['name']} has {count} values", f"at most {MOST_VALUES}: a larger step"
        complaints.add(line.number, what, how, column=line.column)
        return None
    complaints.add(
        line.number,
        f"cannot read the drawn value {line.text!r}",
        "@ name in 150..300 step 10, @ name in {5, 10}, or @ name from a-question-above",
        column=line.column,
    )
    return None


_SHAPES = re.compile(r"(scalar\+?)|vec\s+(\d)|mat\s+(\d)\s+(\d)|sym\s+(\d)")


def read_asked(line: Line, complaints: Complaints) -> tuple[Asked, ...]:
    """`x: scalar, A: mat 2 2, u: vec 2`."""
    asked = []
    for part in line.text.split(","):
        name, _, shape = (piece.strip() for piece in part.partition(":"))
        match = _SHAPES.fullmatch(shape)
        if match is None or not re.fullmatch(r"[^\W\d]\w*'?", name):
            complaints.add(
                line.number,
                f"cannot read {part.strip()!r}",
                "x: scalar, u: vec 2, A: mat 2 2 or S: sym 2, separated by commas",
                column=line.column,
            )
            continue
        sizes = tuple(int(size) for size in match.groups()[1:4] if size)
        square = (int(match[5]),) * 2 if match[5] else sizes
        asked.append(Asked(name, square, match[1] == "scalar+", bool(match[5])))
    return tuple(asked)
