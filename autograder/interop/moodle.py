"""Moodle XML: written here, and read back before it is handed out."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from autograder.errors import CourseError, Flaw
from autograder.interop.losses import Export, Loss, common_losses
from autograder.quiz.kinds.numeric import NEAR, slip_target, target
from autograder.quiz.model import EXACT, Choice, Key, QuestionKind, Quiz, QuizQuestion, Spread
from autograder.quiz.prose import to_html
from autograder.quiz.texts import fill
from autograder.quiz.units import UNITS
from autograder.quiz.variants import Variant, draw, plain

_WHOLE = (100, 90, 80, 75, 70, 60, 50, 40, 30, 25, 20, 10, 5, 0)
_GRADES: tuple[Fraction, ...] = (
    *map(Fraction, _WHOLE),
    *(Fraction(100, n) for n in (3, 6, 7, 8, 9)),
    Fraction(200, 3),
    Fraction(250, 3),
)
"""Fractions that Moodle takes for an answer; others make an import fail."""
_TYPES: Mapping[QuestionKind, str] = {
    QuestionKind.SINGLE: "multichoice",
    QuestionKind.MULTIPLE: "multichoice",
    QuestionKind.NUMERIC: "numerical",
    QuestionKind.SYMBOLIC: "shortanswer",
    QuestionKind.MATCH: "matching",
    QuestionKind.ORDER: "matching",
}
ESSAY = "essay"


def to_moodle(quiz: Quiz, *, copies: int = 1) -> Export:
    """The quiz as Moodle XML; a question that draws values is written in `copies` variants.

    The file is read back and compared with the quiz before it is returned; a difference is our fault and
    raises CourseError.
    """
    root = Element("quiz")
    category = SubElement(SubElement(root, "question", type="category"), "category")
    SubElement(category, "text").text = f"$course$/top/{quiz.title}"
    losses = list[Loss]()
    for question in quiz.questions:
        for number, variant in enumerate(_variants(question, copies), 1):
            name = question.id if not question.parameters or copies == 1 else f"{question.id} ({number})"
            root.append(_element(question, variant, name))
        losses += [Loss(question.id, what) for what in _losses(question, copies)]
    ElementTree.indent(root)
    content = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    read_back(content, quiz, copies=copies)
    return Export(content, tuple(losses))


def _variants(question: QuizQuestion, copies: int) -> list[Variant]:
    if not question.parameters or copies == 1:
        return [plain(question)]
    return [draw(question, f"moodle/{number}", shuffle=False) for number in range(copies)]


def _losses(question: QuizQuestion, copies: int) -> Iterator[str]:
    for what in common_losses(question):
        if "drawn once" in what and copies > 1:
            yield f"values are drawn for {copies} copies, not for each student"
        elif what != "hints":
            yield what
    if question.kind is QuestionKind.MULTIPLE and question.rule != "net":
        yield f"part credit is counted by rule net, not {question.rule}"
    if question.kind is QuestionKind.ORDER:
        yield "lines are put in order by choosing the place of each"
    if any(slip.credit and _grade(slip.credit) != slip.credit * 100 for slip in question.wrong):
        yield "credits are rounded to those that Moodle knows"
    if question.kind is QuestionKind.NUMERIC and question.keys[0].tolerance and _factor(question.keys[0]):
        yield "a tolerance by a factor becomes one by a distance, which is not the same below the key"


def _factor(key: Key) -> bool:
    return key.tolerance is not None and key.tolerance.spread is Spread.FACTOR


def _element(question: QuizQuestion, variant: Variant, name: str) -> Element:
    element = Element("question", type=_TYPES.get(question.kind, ESSAY))
    SubElement(SubElement(element, "name"), "text").text = name
    _html(element, "questiontext", question.prompt, variant)
    _html(element, "generalfeedback", question.solution, variant)
    SubElement(element, "defaultgrade").text = f"{float(question.points):g}"
    SubElement(element, "penalty").text = "0.3333333"
    SubElement(element, "hidden").text = "0"
    SubElement(element, "idnumber").text = ""
    _FILLERS.get(question.kind, _essay)(element, question, variant)
    for hint in question.hints:
        _html(element, "hint", hint, variant)
    return element


def _html(parent: Element, tag: str, text: str, variant: Variant) -> None:
    element = SubElement(parent, tag, format="html")
    SubElement(element, "text").text = str(to_html(fill(text, variant.drawn), tex=True)) if text else ""


def _choices(element: Element, question: QuizQuestion, variant: Variant) -> None:
    single = question.kind is QuestionKind.SINGLE
    SubElement(element, "single").text = str(single).lower()
    SubElement(element, "shuffleanswers").text = "true"
    SubElement(element, "answernumbering").text = "abc"
    for choice in question.choices:
        answer = SubElement(element, "answer", fraction=_written(_share(question, choice)), format="html")
        SubElement(answer, "text").text = str(to_html(fill(choice.text, variant.drawn), tex=True))
        _html(answer, "feedback", choice.feedback, variant)


def _share(question: QuizQuestion, choice: Choice) -> Fraction:
    """In per cent: for several boxes the rule net, right ones and wrong ones weigh alike."""
    if question.kind is QuestionKind.SINGLE:
        return Fraction(100 if choice.right else 0)
    share = Fraction(100, len(question.right))
    return share if choice.right else -share


def _numerical(element: Element, question: QuizQuestion, variant: Variant) -> None:
    for key in question.keys:
        quantity = target(key.text, key.unit, variant)
        tolerance = key.tolerance or EXACT
        room = {
            Spread.RELATIVE: abs(quantity.value) * tolerance.amount,
            Spread.ABSOLUTE: tolerance.amount,
            Spread.FACTOR: abs(quantity.value) * (tolerance.amount - 1),
        }[tolerance.spread]
        _number(element, quantity.value, room, Fraction(1), "", variant)
    for slip in question.wrong:
        wrong = slip_target(slip, question, variant)
        value = wrong.size / target(question.keys[0].text, question.keys[0].unit, variant).unit.scale
        _number(element, value, abs(value) * NEAR.amount, slip.credit, slip.feedback, variant)
    unit = question.keys[0].unit
    SubElement(element, "unitgradingtype").text = "1" if unit else "0"
    SubElement(element, "unitpenalty").text = "1.0"
    SubElement(element, "showunits").text = "0" if unit else "3"
    SubElement(element, "unitsleft").text = "0"
    if unit:
        units = SubElement(element, "units")
        for name, multiplier in _units_alike(unit):
            entry = SubElement(units, "unit")
            SubElement(entry, "multiplier").text = f"{float(multiplier):.10g}"
            SubElement(entry, "unit_name").text = name


def _units_alike(unit: str) -> Iterator[tuple[str, Fraction]]:
    """The key's unit first, then those of the same quantity with what the answer is multiplied by."""
    yield unit, Fraction(1)
    key = UNITS.get(unit)
    for name, other in UNITS.items():
        if key and key.dimensions and name != unit and other.dimensions == key.dimensions:
            yield name, key.scale / other.scale


def _number(
    element: Element, value: Fraction, room: Fraction, credit: Fraction, feedback: str, variant: Variant
) -> None:
    answer = SubElement(element, "answer", fraction=_written(_grade(credit)), format="moodle_auto_format")
    SubElement(answer, "text").text = f"{float(value):.12g}"
    SubElement(answer, "tolerance").text = f"{float(room):.6g}"
    _html(answer, "feedback", feedback, variant)


def _short(element: Element, question: QuizQuestion, variant: Variant) -> None:
    SubElement(element, "usecase").text = "1"
    for key in question.keys:
        _typed(element, key.text, Fraction(1), "", variant)
    for slip in question.wrong:
        _typed(element, slip.text, slip.credit, slip.feedback, variant)


def _typed(element: Element, text: str, credit: Fraction, feedback: str, variant: Variant) -> None:
    answer = SubElement(element, "answer", fraction=_written(_grade(credit)), format="moodle_auto_format")
    # An asterisk is Moodle's wildcard.
    SubElement(answer, "text").text = fill(text, variant.drawn).replace("*", r"\*")
    _html(answer, "feedback", feedback, variant)


def _matching(element: Element, question: QuizQuestion, variant: Variant) -> None:
    SubElement(element, "shuffleanswers").text = "true"
    for choice in question.choices:
        pair = SubElement(element, "subquestion", format="html")
        text = fill(choice.text, variant.drawn)
        SubElement(pair, "text").text = str(to_html(text, tex=True)) if text else ""
        partner = (
            fill(choice.partner, variant.drawn) if question.kind is QuestionKind.MATCH else str(choice.rank)
        )
        SubElement(SubElement(pair, "answer"), "text").text = partner


def _essay(element: Element, question: QuizQuestion, variant: Variant) -> None:
    SubElement(element, "responseformat").text = (
        "monospaced" if question.kind is QuestionKind.CODE else "editor"
    )
    SubElement(element, "responserequired").text = "1"
    _html(element, "graderinfo", question.solution, variant)


_FILLERS = {
    QuestionKind.SINGLE: _choices,
    QuestionKind.MULTIPLE: _choices,
    QuestionKind.NUMERIC: _numerical,
    QuestionKind.SYMBOLIC: _short,
    QuestionKind.MATCH: _matching,
    QuestionKind.ORDER: _matching,
}


def _grade(credit: Fraction) -> Fraction:
    """The nearest credit that Moodle knows, in per cent."""
    return min(_GRADES, key=lambda grade: abs(grade - credit * 100))


def _written(percent: Fraction) -> str:
    return str(percent.numerator) if percent.denominator == 1 else f"{float(percent):.5f}"


def read_back(content: bytes, quiz: Quiz, *, copies: int = 1) -> None:
    """Parse what was written and hold it against the quiz; raises CourseError where they differ."""
    root = ElementTree.fromstring(content)  # noqa: S314 - written by us just now
    found = [element for element in root.iter("question") if element.get("type") != "category"]
    expected = [q for q in quiz.questions for _ in range(copies if q.parameters else 1)]
    flaws = list[Flaw]()
    if len(found) != len(expected):
        flaws.append(Flaw(quiz.source, f"{len(found)} questions were written of {len(expected)}"))
    for element, question in zip(found, expected, strict=False):
        flaws += [Flaw(f"{quiz.source}:{question.line}", what) for what in _differences(element, question)]
    if flaws:
        raise CourseError(flaws)


def _differences(element: Element, question: QuizQuestion) -> Iterator[str]:
    kind = element.get("type")
    name = element.findtext("name/text") or ""
    if not name.startswith(question.id) or kind != _TYPES.get(question.kind, ESSAY):
        yield f"{question.id} was written as {name}, {kind}"
    if Fraction(element.findtext("defaultgrade") or "0") != Fraction(f"{float(question.points):g}"):
        yield f"{question.id} lost its points"
    if not (element.findtext("questiontext/text") or "").strip():
        yield f"{question.id} lost its question"
    answers = element.findall("answer")
    expected = len(question.choices) if kind == "multichoice" else len(question.keys) + len(question.wrong)
    if kind in ("multichoice", "numerical", "shortanswer") and len(answers) != expected:
        yield f"{question.id} has {len(answers)} answers of {expected}"
    fractions = [float(answer.get("fraction", "nan")) for answer in answers]
    right = sum(fraction for fraction in fractions if fraction > 0)
    full = abs(right - 100) < 0.01 if kind == "multichoice" else 100.0 in fractions
    if answers and not full:
        yield f"{question.id} cannot earn full marks"
    if kind == "matching" and len(element.findall("subquestion")) != len(question.choices):
        yield f"{question.id} lost lines to match"
