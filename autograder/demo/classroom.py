"""A class of generated submissions that covers everything that occurs: to show the program and to try it."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from random import Random

from autograder.access import Access, write_whole
from autograder.demo.answers import Answers, read_answers
from autograder.demo.coding_errors import CODING_ERRORS
from autograder.demo.damaged_notebooks import DAMAGES
from autograder.demo.notebook_builder import NotebookBuilder

RIGHT = "right"
MISTAKEN = "mistaken"
ARCHETYPES = (RIGHT, MISTAKEN, *(edit.__name__ for edit in (*CODING_ERRORS, *DAMAGES)))
"""Everything that occurs, by name."""
MISTAKES_EACH = 5
"""How many questions a student who has misunderstood something gets wrong."""

_SEED = 20
_EDITS = {edit.__name__: edit for edit in (*CODING_ERRORS, *DAMAGES)}
_RIGHT_IN_A_ROUND = 8


@dataclass(frozen=True, slots=True)
class Sample:
    """One generated submission."""

    student: str
    """The id, as `amelie.durand`."""
    name: str
    archetype: str
    notebook: bytes = field(repr=False)
    mistakes: Mapping[str, str] = field(default_factory=dict)
    """Per question answered wrongly, the name of the mistake."""


def make_class(released: bytes, solutions: Path, *, size: int = 60, seed: int = _SEED) -> tuple[Sample, ...]:
    """Make a class of students, the same for the same arguments.

    Args:
        released: the notebook that is handed out.
        solutions: the solutions module; only its text is read.
        size: how many students. Sixty show every archetype and every known mistake.
        seed: for everything that is drawn.
    """
    rng = Random(seed)  # noqa: S311 - a sample, no secret
    answers = read_answers(solutions)
    hands = _deal_mistakes(answers)
    people = islice(_draw_people(rng), size)
    one_round = [RIGHT] * _RIGHT_IN_A_ROUND + [MISTAKEN] * len(hands) + list(_EDITS)
    rng.shuffle(one_round)
    archetypes, hand = islice(cycle(one_round), size), cycle(hands)
    return tuple(
        make_sample(released, answers, archetype, rng, person, next(hand) if archetype == MISTAKEN else {})
        for person, archetype in zip(people, archetypes, strict=True)
    )


def make_sample(
    released: bytes,
    answers: Mapping[str, Answers],
    archetype: str,
    rng: Random,
    person: str = "Amélie Durand",
    mistakes: Mapping[str, str] | None = None,
) -> Sample:
    """Make the submission of one student: right answers in styles drawn from `rng`, then what went wrong."""
    notebook, mistakes = NotebookBuilder(released), dict(mistakes or {})
    for question in notebook.questions:
        known = answers[question]
        style = rng.choice(known.right)
        notebook.answer(question, known.mistakes[mistakes[question]] if question in mistakes else style)
    if archetype in _EDITS:
        _EDITS[archetype](notebook)
    plain = unicodedata.normalize("NFKD", person).encode("ascii", "ignore").decode()
    student = plain.lower().replace(" ", ".").replace("'", "")
    return Sample(student, person, archetype, notebook.to_bytes(), mistakes)


def format_roster(samples: Iterable[Sample]) -> str:
    """The text of a students.csv that lists them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("id", "name", "email", "group"))
    for number, student in enumerate(samples):
        writer.writerow(
            (student.student, student.name, f"{student.student}@example.org", f"G{number % 3 + 1}")
        )
    return text.getvalue()


def hand_in(
    samples: Iterable[Sample],
    folder: Path,
    *,
    filename: str,
    access: Access = Access(),  # noqa: B008 - frozen
) -> None:
    """Write each notebook to FOLDER/STUDENT/FILENAME."""
    for student in samples:
        place = folder / student.student
        access.make_folder(place)
        write_whole(place / filename, student.notebook, access)


def _deal_mistakes(answers: Mapping[str, Answers]) -> list[dict[str, str]]:
    """Deal all known mistakes to students, so that nobody has two on one question."""
    deepest = max(len(known.mistakes) for known in answers.values())
    dealt = [
        (question, list(known.mistakes)[depth])
        for depth in range(deepest)
        for question, known in answers.items()
        if depth < len(known.mistakes)
    ]
    hands: list[dict[str, str]] = [{}]
    for question, mistake in dealt:
        if question in hands[-1] or len(hands[-1]) == MISTAKES_EACH:
            hands.append({})
        hands[-1][question] = mistake
    return hands


def _draw_people(rng: Random) -> Iterator[str]:
    """Names without end, no two the same."""
    everyone = [f"{first} {last}" for first in _FIRST for last in _LAST]
    rng.shuffle(everyone)
    yield from everyone
    for number, person in enumerate(cycle(everyone)):
        yield f"{person} {number // len(everyone) + 2}"


_FIRST: Sequence[str] = (
    "Amélie", "Baptiste", "Camille", "Dana", "Élise", "Farid", "Giulia", "Hugo", "Inès", "Jonas",
    "Katarzyna", "Léa", "Mehdi", "Nina", "Oscar", "Priya", "Quentin", "Rosa", "Samir", "Théo",
    "Ulrike", "Victor", "Wei", "Xenia", "Yanis", "Zoé",
)  # fmt: skip
_LAST: Sequence[str] = (
    "Arnaud", "Benali", "Chen", "Durand", "Esposito", "Fournier", "García", "Haddad", "Ivanova", "Joly",
    "Kowalski", "Lefèvre", "Müller", "Nguyen", "Okafor", "Petit", "Rossi", "Silva", "Traoré", "Vidal",
)  # fmt: skip
