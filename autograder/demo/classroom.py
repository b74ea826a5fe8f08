"""A class of generated submissions, over everything that occurs: to show the program, and to try it on."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from random import Random

from autograder.demo.answers import Answers, read_answers
from autograder.demo.coding_errors import SLIPS
from autograder.demo.damaged_notebooks import MISHAPS
from autograder.demo.notebook_builder import Draft

RIGHT = "right"
MISTAKEN = "mistaken"
ARCHETYPES = (RIGHT, MISTAKEN, *(edit.__name__ for edit in (*SLIPS, *MISHAPS)))
"""Everything that occurs, by name."""
MISTAKES_EACH = 5
"""How many questions a student who has misunderstood something gets wrong."""

_SEED = 20
_EDITS = {edit.__name__: edit for edit in (*SLIPS, *MISHAPS)}
_RIGHT_IN_A_ROUND = 9


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


def sample_class(
    released: bytes, solutions: Path, *, size: int = 60, seed: int = _SEED
) -> tuple[Sample, ...]:
    """A class of students, the same for the same arguments.

    Args:
        released: the notebook that is handed out.
        solutions: the solutions module; only its text is read.
        size: how many students. Sixty show every archetype and every known mistake.
        seed: of everything that is drawn.
    """
    rng = Random(seed)  # noqa: S311 - a sample, no secret
    answers = read_answers(solutions)
    hands = cycle(_hands(answers))
    people = islice(_people(rng), size)
    archetypes = islice(_archetypes(answers, rng), size)
    return tuple(
        sample(released, answers, archetype, rng, person, next(hands) if archetype == MISTAKEN else {})
        for person, archetype in zip(people, archetypes, strict=True)
    )


def sample(
    released: bytes,
    answers: Mapping[str, Answers],
    archetype: str,
    rng: Random,
    person: str = "Amélie Durand",
    mistakes: Mapping[str, str] | None = None,
) -> Sample:
    """The submission of one student: right answers in styles drawn from `rng`, then what went wrong."""
    draft, mistakes = Draft(released), dict(mistakes or {})
    for question in draft.questions:
        known = answers[question]
        style = rng.choice(known.right)
        draft.answer(question, known.mistakes[mistakes[question]] if question in mistakes else style)
    if archetype in _EDITS:
        _EDITS[archetype](draft)
    return Sample(_student_id(person), person, archetype, draft.content(), mistakes)


def roster(samples: Iterable[Sample]) -> str:
    """The text of a students.csv that lists them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("id", "name", "email", "group"))
    for number, student in enumerate(samples):
        writer.writerow(
            (student.student, student.name, f"{student.student}@example.org", f"G{number % 3 + 1}")
        )
    return text.getvalue()


def hand_in(samples: Iterable[Sample], folder: Path, *, filename: str) -> None:
    """Write each notebook to FOLDER/STUDENT/FILENAME."""
    for student in samples:
        place = folder / student.student
        place.mkdir(parents=True, exist_ok=True)
        (place / filename).write_bytes(student.notebook)


def _hands(answers: Mapping[str, Answers]) -> list[dict[str, str]]:
    """All known mistakes, dealt to students so that none has two on one question."""
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


def _archetypes(answers: Mapping[str, Answers], rng: Random) -> Iterator[str]:
    """Archetypes without end, shuffled; one round has all of them and all mistakes."""
    one_round = [RIGHT] * _RIGHT_IN_A_ROUND + [MISTAKEN] * len(_hands(answers)) + list(_EDITS)
    rng.shuffle(one_round)
    return cycle(one_round)


def _people(rng: Random) -> Iterator[str]:
    """Names without end, no two the same."""
    everyone = [f"{first} {last}" for first in _FIRST for last in _LAST]
    rng.shuffle(everyone)
    yield from everyone
    for number, person in enumerate(cycle(everyone)):
        yield f"{person} {number // len(everyone) + 2}"


def _student_id(person: str) -> str:
    plain = unicodedata.normalize("NFKD", person).encode("ascii", "ignore").decode()
    return plain.lower().replace(" ", ".").replace("'", "")


_FIRST: Sequence[str] = (
    "Amélie", "Baptiste", "Camille", "Dana", "Élise", "Farid", "Giulia", "Hugo", "Inès", "Jonas",
    "Katarzyna", "Léa", "Mehdi", "Nina", "Oscar", "Priya", "Quentin", "Rosa", "Samir", "Théo",
    "Ulrike", "Victor", "Wei", "Xenia", "Yanis", "Zoé",
)  # fmt: skip
_LAST: Sequence[str] = (
    "Arnaud", "Benali", "Chen", "Durand", "Esposito", "Fournier", "García", "Haddad", "Ivanova", "Joly",
    "Kowalski", "Lefèvre", "Müller", "Nguyen", "Okafor", "Petit", "Rossi", "Silva", "Traoré", "Vidal",
)  # fmt: skip
