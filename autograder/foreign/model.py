"""An assignment of an nbgrader or Otter course, adopted: its notebooks, its tests, and where they are judged.

Values only, and their JSON. `adopting` reads them from a course and writes them below our own course:

    course.toml                 [assignments.NAME] with adopted = "adopted/NAME"
    adopted/NAME/
        assignment.json         an AdoptedAssignment: the source it was read from, notebooks, questions, tests
        profiles.json           a list of Profile, one for each test, as the proof found them
        inside.json             a list of InsideAnswer, where somebody was asked
        files/                  data files and helper modules, at the places where notebooks look for them

The folder holds hidden tests and solutions: it is for the course's owner alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from autograder.errors import CourseError, Flaw

FORMAT = 1
"""Raised when a field changes its meaning or goes."""
ASSIGNMENT_FILE = "assignment.json"
PROFILES_FILE = "profiles.json"
INSIDE_FILE = "inside.json"
FILES_FOLDER = "files"


class Tool(StrEnum):
    """The program a course was written for."""

    NBGRADER = "nbgrader"
    OTTER = "otter"


class SourceKind(StrEnum):
    """What was adopted."""

    COURSE_FOLDER = "course folder"
    """nbgrader's: source/, release/, gradebook.db."""
    MASTER = "master"
    """A notebook as `otter assign` takes it."""
    AUTOGRADER_ZIP = "autograder.zip"
    STUDENT_VERSION = "student version"
    """Otter's notebook as students receive it, with the tests that it brings."""
    NOTEBOOK = "notebook"
    """nbgrader's, by itself."""


class ForeignRole(StrEnum):
    """What a cell is for."""

    STUDENT = "student"
    """An answer, judged by tests elsewhere."""
    PROVIDED = "provided"
    TEST = "test"
    """nbgrader's: a cell of code that earns its points by running without an error."""
    BY_HAND = "by hand"
    """An answer that a person marks."""
    TASK = "task"
    """nbgrader's: a statement with points; students answer in cells of their own, and a person marks them."""


class CellType(StrEnum):
    """The type of a cell in the file."""

    CODE = "code"
    MARKDOWN = "markdown"
    RAW = "raw"


class TestStyle(StrEnum):
    """How the text of a test is run."""

    __test__ = False  # to pytest, the name looks like a class of tests
    CELL = "cell"
    """A cell, in its place in the notebook, in the notebook's own names (nbgrader)."""
    OK = "ok"
    """A doctest, on a copy of the names where `grader.check` stands (Otter)."""
    EXCEPTION = "exception"
    """A function of a test file; its parameters are names of the notebook, `env` is all of them (Otter)."""


class Where(StrEnum):
    """Where a test is judged."""

    OUTSIDE = "outside"
    """In a process without any student's code."""
    INSIDE = "inside"
    """In the student's process: the mark could be forged."""
    BY_HAND = "by hand"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class ForeignCell:
    """One cell of their notebook, in the version that grading starts from."""

    id: str
    """nbgrader's grade_id; the id of the file's cell elsewhere, or `cell-N` where it has none."""
    role: ForeignRole
    type: CellType
    source: str
    """nbgrader: as in its table source_cell, solutions taken out, hidden tests in. Otter: as released."""
    released: str | None = None
    """The text that students receive; None where it is `source`."""
    points: Fraction = Fraction(0)
    """Of a test, an answer marked by hand, a task."""
    locked: bool = False
    """nbgrader puts the source back, whatever the student made of it."""
    checksum: str = ""
    """nbgrader's, of `source`; by it an answer that was left as it was is known."""
    graded: bool = False
    """nbgrader's: its gradebook knows the cell; others have no grade_id, and students may delete them."""
    checks: tuple[str, ...] = ()
    """Otter's: questions that the metadata of the cell has checked after it."""
    ignored: bool = False
    """Otter's: left out when a submission is graded (tag `otter_ignore`)."""

    @property
    def as_released(self) -> str:
        """The text that students receive."""
        return self.source if self.released is None else self.released

    @property
    def nbgrader(self) -> dict[str, bool]:
        """The flags of nbgrader's metadata."""
        by_hand = self.role is ForeignRole.BY_HAND
        return {
            "grade": by_hand or self.role is ForeignRole.TEST,
            "solution": by_hand or self.role is ForeignRole.STUDENT,
            "locked": self.locked,
            "task": self.role is ForeignRole.TASK,
        }


@dataclass(frozen=True, slots=True)
class ForeignTest:
    """One test as its tool counts it: a test cell, or a case of an Otter question."""

    __test__ = False  # to pytest, the name looks like a class of tests
    name: str
    """Unique in the assignment: nbgrader's grade_id (NOTEBOOK/grade_id where two notebooks use one), Otter's
    name of the case, such as `q1 - 2`."""
    style: TestStyle
    text: str
    """The cell; the doctest, without its indent; the whole test file of the exception style."""
    points: Fraction
    hidden: bool = False
    """Whether students never see it, or not all of it."""
    function: str = ""
    """Exception style: which function of the file."""
    success: str = ""
    """What Otter shows to students when it passes."""
    failure: str = ""
    obstacle: str = ""
    """Why it cannot be judged at all, as far as reading it tells: a sentence for the instructor."""

    @property
    def digest(self) -> str:
        """By it a text is known to be another."""
        return sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class ForeignQuestion:
    """What reports call a question: it has points, tests, or a person who marks it."""

    name: str
    """nbgrader's grade_id (as in ForeignTest.name), Otter's name of the question."""
    points: Fraction
    notebook: str
    """The name of the notebook it stands in."""
    cell: str = ""
    """The id of the graded cell (nbgrader)."""
    tests: tuple[ForeignTest, ...] = ()
    """In the order they run. Empty where the question is marked by hand alone."""
    by_hand: bool = False
    """Marked by a person; nbgrader gives 0 by itself where the answer was left as it was."""
    all_or_nothing: bool = False
    file: str = ""
    """Otter's: what its test file is called, without `.py`; empty where that is its name."""

    @property
    def checked_as(self) -> str:
        """By what a notebook of Otter's has it checked."""
        return self.file or self.name


@dataclass(frozen=True, slots=True)
class ForeignNotebook:
    """One notebook of the assignment, as released and as solved."""

    name: str
    """Of the file, without `.ipynb`."""
    cells: tuple[ForeignCell, ...]
    solved: tuple[ForeignCell, ...] = ()
    """The author's solution, for proofs: cells of the same ids with nbgrader; empty where it is not known."""
    checks: tuple[str, ...] = ()
    """Otter's: what the notebook can have checked, tests without a case too; others raise."""


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """A data file or a helper module beside their notebooks; its copy lies in `files/`."""

    path: str
    """Relative to the folder in which a notebook runs."""
    sha256: str
    helper: bool = False
    """A module that notebooks can import."""


@dataclass(frozen=True, slots=True)
class ForeignEnvironment:
    """What their code is meant to run with, as far as their files say it."""

    python: str = ""
    """A version, such as `3.11`."""
    requirements: tuple[str, ...] = ()
    """Lines of a requirements.txt or an environment.yml."""
    imports: tuple[str, ...] = ()
    """Top modules that notebooks and tests import and that are no helpers."""


@dataclass(frozen=True, slots=True)
class ForeignSeed:
    """Otter's intercell seeding: before every code cell a variable is set, or random and np.random are."""

    value: int
    variable: str = ""


@dataclass(frozen=True, slots=True)
class NbgraderRules:
    """What nbgrader_config.py says of autograding, where it differs from the usual."""

    add_missing: bool = False
    """Whether graded cells that a student deleted are put back (OverwriteCells.add_missing_cells)."""
    ignored_stderr: str = ""
    """A regular expression; text on stderr in which it is found does no harm (IgnorePattern)."""
    timeout: int | None = None
    """Seconds a cell may take (Execute.timeout)."""


@dataclass(frozen=True, slots=True)
class ForeignSource:
    """Where it was read, so that marks find their way back."""

    kind: SourceKind
    path: str
    """Absolute: the course folder, the master, the zip."""
    assignment: str
    """What their tool calls the assignment."""
    gradebook: str = ""
    """nbgrader's: address of the database, as its API takes it; empty where there is none."""
    files: tuple[ForeignFile, ...] = ()
    """What was read, relative to `path` where it is a folder; a change there asks for adopting again."""


@dataclass(frozen=True, slots=True)
class AdoptedAssignment:
    """All that is known of an assignment of theirs."""

    name: str
    """Ours: letters, digits, _ and -."""
    title: str
    tool: Tool
    source: ForeignSource
    notebooks: tuple[ForeignNotebook, ...]
    questions: tuple[ForeignQuestion, ...]
    files: tuple[ForeignFile, ...] = ()
    environment: ForeignEnvironment = ForeignEnvironment()
    rules: NbgraderRules = NbgraderRules()
    seed: ForeignSeed | None = None
    points_possible: Fraction | None = None
    """Otter's: what the score is out of, where it is not the sum of the questions."""
    score_threshold: Fraction | None = None
    """Otter's: the share of the points from which the score is all of them, else none."""
    show_hidden: bool = False
    """Otter's: whether students see results of hidden tests."""
    show_stdout: bool = False
    """Otter's: whether students see on Gradescope what the program that grades prints."""
    notices: tuple[str, ...] = ()
    """What its reader had to decide, a sentence each, for the instructor."""

    @property
    def points(self) -> Fraction:
        """Of all questions together."""
        return sum((question.points for question in self.questions), Fraction(0))

    @property
    def tests(self) -> Iterator[ForeignTest]:
        """Of all questions, in order."""
        return (test for question in self.questions for test in question.tests)

    def notebook(self, name: str) -> ForeignNotebook | None:
        """The notebook of that name, or None."""
        return next((each for each in self.notebooks if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Profile:
    """How a test, or a question marked by hand, is judged, and what that may need: found by the proof."""

    test: str
    """The name of the test, or of the question that is marked by hand."""
    where: Where
    reason: str
    """A sentence for the instructor; empty for a test judged outside."""
    pinned: tuple[str, ...] = ()
    """Names that never come from the student's process: modules, builtins, classes, provided functions."""
    operators: tuple[str, ...] = ()
    """What the solution's handles were asked: `==`, `bool`, `len`, `isinstance`; others fail with a label."""
    tried: bool = True
    """Whether a solution that passes has shown what its objects are asked; else nobody knows what may be."""
    shares_files: bool = False
    """Whether the test finds files that the student's code writes, and that code those of the test."""
    written: tuple[str, ...] = ()
    """Files of the course's own that its solution writes: the test looks at the student's."""
    commands: tuple[str, ...] = ()
    """Of the operating system, that the solution's notebook asks for before and passes without."""


@dataclass(frozen=True, slots=True)
class InsideAnswer:
    """What somebody decided on a test that only the student's process can run."""

    test: str
    digest: str
    """Of the text that was shown: a test that was changed since is asked about anew."""
    accepted: bool
    """Whether its marks count, though they could be forged; else a person marks it."""
    by: str
    at: datetime


def write_assignment(assignment: AdoptedAssignment) -> str:
    """The text of assignment.json."""
    return _write("assignment", assignment)


def write_profiles(profiles: Iterable[Profile]) -> str:
    """The text of profiles.json."""
    return _write("profiles", tuple(profiles))


def read_assignment_file(folder: Path) -> AdoptedAssignment:
    """The assignment adopted in `folder`. Raises CourseError."""
    assignment: AdoptedAssignment = _read(folder / ASSIGNMENT_FILE, "assignment")
    return assignment


def read_profiles(folder: Path) -> tuple[Profile, ...]:
    """The profiles of the tests of the assignment adopted in `folder`. Raises CourseError."""
    profiles: tuple[Profile, ...] = _read(folder / PROFILES_FILE, "profiles")
    return profiles


def read_inside(folder: Path) -> tuple[InsideAnswer, ...]:
    """What was decided on tests of the assignment adopted in `folder`. Raises CourseError."""
    if not (folder / INSIDE_FILE).exists():
        return ()
    answers: tuple[InsideAnswer, ...] = _read(folder / INSIDE_FILE, "inside")
    return answers


def write_inside(answers: Iterable[InsideAnswer]) -> str:
    """The text of inside.json."""
    return _write("inside", tuple(answers))


def compute_revision(folder: Path, rules: object, limits: object) -> str:
    """The hash of what decides a mark of the assignment adopted in `folder`.

    Args:
        folder: where it lies.
        rules: what course.toml says of it; printed, it tells all of it.
        limits: what a submission may use, likewise.

    Raises:
        CourseError: it is not there.
    """
    made = sha256(repr((rules, limits)).encode())
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    if not files:
        raise CourseError([Flaw(str(folder), "there is no adopted assignment", "adopt it again")])
    for file in files:
        made.update(str(file.relative_to(folder)).encode())
        made.update(file.read_bytes())
    return made.hexdigest()[:16]


@cache
def _adapter(key: str) -> Any:
    from pydantic import TypeAdapter  # late: only who opens an adopted assignment pays for it

    shapes: dict[str, Any] = {
        "assignment": AdoptedAssignment,
        "profiles": tuple[Profile, ...],
        "inside": tuple[InsideAnswer, ...],
    }
    return TypeAdapter(shapes[key])


def _write(key: str, value: Any) -> str:
    import json

    body = _adapter(key).dump_python(value, mode="json", exclude_defaults=True)
    return json.dumps({"format": FORMAT, key: body}, indent=1) + "\n"


def _read(path: Path, key: str) -> Any:
    import json

    from pydantic import ValidationError

    again = "adopt the assignment again"
    try:
        data = json.loads(path.read_bytes())
        if data["format"] != FORMAT:
            what = f"is written in format {data['format']!r}, and only {FORMAT} is known here"
            raise CourseError([Flaw(str(path), what, again)])
        return _adapter(key).validate_python(data[key])
    except OSError as error:
        raise CourseError([Flaw(str(path), f"cannot be read ({error.strerror})", again)]) from error
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise CourseError([Flaw(str(path), f"{place}: {error.errors()[0]['msg']}", again)]) from error
    except (ValueError, TypeError, KeyError) as error:
        raise CourseError([Flaw(str(path), "is not what `autograder adopt` wrote", again)]) from error
