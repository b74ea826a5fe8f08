"""Moodle XML: written here, and read back before it is handed out."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from autograder.domain.counts import describe_count
from autograder.errors import CourseError, Flaw
from autograder.interop.losses import Export, Loss, common_losses
from autograder.quiz.draw import draw_variant, plain_variant
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.model import Quiz, QuizQuestion, Spread
from autograder.quiz.pictures import QuizPicture, find_pictures, pictures_of
from autograder.quiz.portable import Form, PortableQuestion
from autograder.quiz.prose import to_html
from autograder.quiz.texts import fill
from autograder.quiz.units import UNITS
from autograder.quiz.variants import Variant

_WHOLE = (100, 90, 80, 75, 70, 60, 50, 40, 30, 25, 20, 10, 5, 0)
_GRADES: tuple[Fraction, ...] = (
    *map(Fraction, _WHOLE),
    *(Fraction(100, n) for n in (3, 6, 7, 8, 9)),
    Fraction(200, 3),
    Fraction(250, 3),
)
"""Fractions that Moodle takes for an answer; others make an import fail."""
_TYPES: Mapping[Form, str] = {
    Form.ONE_CHOICE: "multichoice",
    Form.SEVERAL_CHOICES: "multichoice",
    Form.NUMBER: "numerical",
    Form.SHORT_TEXT: "shortanswer",
    Form.MATCHING: "matching",
    Form.ORDERING: "matching",
    Form.ESSAY: "essay",
}


def to_moodle(quiz: Quiz, *, copies: int = 1) -> Export:
    """The quiz as Moodle XML; a question that draws values is written in `copies` variants.

    The file is read back and compared with the quiz before it is returned; a difference is our fault and
    raises CourseError.
    """
    root = Element("quiz")
    category = SubElement(SubElement(root, "question", type="category"), "category")
    title = quiz.title.replace("/", "//")  # a single one begins a category within
    SubElement(category, "text").text = f"$course$/top/{title}"
    losses = list[Loss]()
    pictures = pictures_of(quiz)
    for question in quiz.questions:
        drawn = [draw_variant(question, f"moodle/{number}", shuffle=False) for number in range(copies)]
        variants = drawn if question.parameters and copies > 1 else [plain_variant(question)]
        for number, variant in enumerate(variants, 1):
            name = question.id if not question.parameters or copies == 1 else f"{question.id} ({number})"
            root.append(_element(question, variant, name, pictures))
        losses += [Loss(question.id, what) for what in _losses(question, copies)]
    ElementTree.indent(root)
    content = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    read_back(content, quiz, copies=copies)
    return Export(content, tuple(losses))


def _losses(question: QuizQuestion, copies: int) -> Iterator[str]:
    portable = kind_of(question).portable(question, plain_variant(question))
    for what in common_losses(question, portable):
        if "drawn once" in what and copies > 1:
            yield f"values are drawn for {copies} copies, not for each student"
        elif what != "hints":
            yield what
    if portable.form is Form.SEVERAL_CHOICES and question.rule != "net":
        yield f"part credit is counted by rule net, not {question.rule}"
    if portable.form is Form.ORDERING:
        yield "lines are put in order by choosing the place of each"
    if any(mistake.credit and _grade(mistake.credit) != mistake.credit * 100 for mistake in question.wrong):
        yield "credits are rounded to those that Moodle knows"
    tolerance = question.keys[0].tolerance if portable.form is Form.NUMBER else None
    if tolerance and tolerance.spread is Spread.FACTOR:
        yield "a tolerance by a factor becomes one by a distance, which is not the same below the key"


def _element(
    question: QuizQuestion, variant: Variant, name: str, pictures: Mapping[str, QuizPicture]
) -> Element:
    portable = kind_of(question).portable(question, variant)
    element = Element("question", type=_TYPES[portable.form])
    SubElement(SubElement(element, "name"), "text").text = name
    _html(element, "questiontext", fill(question.prompt, variant.drawn), pictures)
    _html(element, "generalfeedback", fill(question.solution, variant.drawn), pictures)
    SubElement(element, "defaultgrade").text = f"{float(question.points):g}"
    SubElement(element, "penalty").text = "0.3333333"
    SubElement(element, "hidden").text = "0"
    SubElement(element, "idnumber").text = ""
    match portable.form:
        case Form.ONE_CHOICE | Form.SEVERAL_CHOICES:
            _add_choices(element, portable)
        case Form.NUMBER:
            _add_numbers(element, portable)
        case Form.SHORT_TEXT:
            _add_short_texts(element, portable)
        case Form.MATCHING | Form.ORDERING:
            _add_pairs(element, portable)
        case Form.ESSAY:
            SubElement(element, "responseformat").text = "monospaced" if portable.monospaced else "editor"
            SubElement(element, "responserequired").text = "1"
            rubric = "".join(f"\n- {float(one.points):g}: {one.sentence}" for one in question.rubric)
            told = fill(question.solution, variant.drawn) + (f"\n{rubric}" if rubric else "")
            _html(element, "graderinfo", told)
    for hint in question.hints:
        _html(element, "hint", fill(hint, variant.drawn))
    return element


def _html(
    parent: Element, tag: str, text: str, pictures: Mapping[str, QuizPicture] = MappingProxyType({})
) -> None:
    element = SubElement(parent, tag, format="html")
    used = {name: pictures[name] for _, name in find_pictures(text) if name in pictures}
    # Moodle keeps files beside a text, under names without folders.
    files = {name: name.replace("/", "-") for name in used}
    shown = {name: f"@@PLUGINFILE@@/{file}" for name, file in files.items()}
    SubElement(element, "text").text = str(to_html(text, tex=True, pictures=shown)) if text else ""
    for name, picture in used.items():
        SubElement(element, "file", name=files[name], path="/", encoding="base64").text = picture.base64


def _add_choices(element: Element, portable: PortableQuestion) -> None:
    SubElement(element, "single").text = str(portable.form is Form.ONE_CHOICE).lower()
    SubElement(element, "shuffleanswers").text = "true"
    SubElement(element, "answernumbering").text = "abc"
    for choice in portable.answers:
        answer = SubElement(element, "answer", fraction=_percent(choice.credit * 100), format="html")
        SubElement(answer, "text").text = str(to_html(choice.text, tex=True))
        _html(answer, "feedback", choice.feedback)


def _add_numbers(element: Element, portable: PortableQuestion) -> None:
    for number in portable.numbers:
        answer = _add_answer(element, f"{float(number.value):.12g}", number.credit)
        # Moodle knows a distance, the same on both sides; that of a factor is the wider one.
        room = max(number.high - number.value, number.value - number.low)
        SubElement(answer, "tolerance").text = f"{float(room):.6g}"
        _html(answer, "feedback", number.feedback)
    unit = portable.unit
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


def _add_short_texts(element: Element, portable: PortableQuestion) -> None:
    SubElement(element, "usecase").text = "1"
    for text in portable.answers:
        # An asterisk is Moodle's wildcard.
        answer = _add_answer(element, text.text.replace("*", r"\*"), text.credit)
        _html(answer, "feedback", text.feedback)


def _add_answer(element: Element, text: str, credit: Fraction) -> Element:
    fraction = _percent(_grade(credit))
    answer = SubElement(element, "answer", fraction=fraction, format="moodle_auto_format")
    SubElement(answer, "text").text = text
    return answer


def _add_pairs(element: Element, portable: PortableQuestion) -> None:
    SubElement(element, "shuffleanswers").text = "true"
    for line, partner in portable.pairs:
        pair = SubElement(element, "subquestion", format="html")
        SubElement(pair, "text").text = str(to_html(line, tex=True)) if line else ""
        SubElement(SubElement(pair, "answer"), "text").text = partner


def _grade(credit: Fraction) -> Fraction:
    """The nearest credit that Moodle knows, in per cent."""
    return min(_GRADES, key=lambda grade: abs(grade - credit * 100))


def _percent(percent: Fraction) -> str:
    return str(percent.numerator) if percent.denominator == 1 else f"{float(percent):.5f}"


def read_back(content: bytes, quiz: Quiz, *, copies: int = 1) -> None:
    """Parse what was written and hold it against the quiz; raises CourseError where they differ."""
    root = ElementTree.fromstring(content)  # noqa: S314 - written by us just now
    found = [element for element in root.iter("question") if element.get("type") != "category"]
    expected = [q for q in quiz.questions for _ in range(copies if q.parameters else 1)]
    flaws = list[Flaw]()
    if len(found) != len(expected):
        flaws.append(
            Flaw(quiz.source, f"{len(found)} of {describe_count(len(expected), 'question')} came out")
        )
    for element, question in zip(found, expected, strict=False):
        flaws += [Flaw(f"{quiz.source}:{question.line}", what) for what in _differences(element, question)]
    if flaws:
        raise CourseError(flaws)


def _differences(element: Element, question: QuizQuestion) -> Iterator[str]:
    portable = kind_of(question).portable(question, plain_variant(question))
    kind = element.get("type")
    name = element.findtext("name/text") or ""
    if not name.startswith(question.id) or kind != _TYPES[portable.form]:
        yield f"{question.id} was written as {name}, {kind}"
    if Fraction(element.findtext("defaultgrade") or "0") != Fraction(f"{float(question.points):g}"):
        yield f"{question.id} lost its points"
    if not (element.findtext("questiontext/text") or "").strip():
        yield f"{question.id} lost its question"
    answers = element.findall("answer")
    expected = len(portable.answers) + len(portable.numbers)
    if kind in ("multichoice", "numerical", "shortanswer") and len(answers) != expected:
        yield f"{question.id} has {len(answers)} answers of {expected}"
    fractions = [float(answer.get("fraction", "nan")) for answer in answers]
    right = sum(fraction for fraction in fractions if fraction > 0)
    full = abs(right - 100) < 0.01 if kind == "multichoice" else 100.0 in fractions
    if answers and not full:
        yield f"{question.id} cannot earn full marks"
    if kind == "matching" and len(element.findall("subquestion")) != len(portable.pairs):
        yield f"{question.id} lost lines to match"
