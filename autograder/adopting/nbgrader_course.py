"""An nbgrader course folder: source/ or release/, and gradebook.db, which nbgrader itself goes by."""

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.adopting.beside import find_files, read_requirements
from autograder.adopting.document import SourceNotebook, list_imports, read_notebook
from autograder.adopting.nbgrader_config import NbgraderConfig, read_config
from autograder.adopting.nbgrader_gradebook import (
    OldGradebookError,
    StoredCell,
    StoredGradebook,
    read_gradebook,
    read_server_gradebook,
)
from autograder.adopting.nbgrader_notebook import (
    is_answered,
    is_released,
    keep_stored,
    list_questions,
    understand,
)
from autograder.adopting.reading import (
    CourseReading,
    ReadAssignment,
    RefusedAssignment,
    RosterLine,
    describe_files,
    hash_content,
    make_name,
)
from autograder.adopting.their_tools import TheirPython
from autograder.errors import CourseError, Flaw
from autograder.foreign.model import (
    AdoptedAssignment,
    CellType,
    ForeignEnvironment,
    ForeignFile,
    ForeignNotebook,
    ForeignSource,
    SourceKind,
    Tool,
)


@dataclass(frozen=True, slots=True)
class NbgraderCourse:
    """A course folder, its configuration and what its gradebook keeps."""

    config: NbgraderConfig
    gradebook: StoredGradebook
    database: Path | None
    """The gradebook's file, where it is one."""
    python: TheirPython


class NoAssignmentError(CourseError):
    """What looks like an nbgrader course has no assignment."""


def read_nbgrader_course(folder: Path, python: TheirPython) -> CourseReading:
    """All assignments of an nbgrader course folder.

    Raises:
        NoAssignmentError: there is no assignment in it.
        CourseError: its configuration or gradebook cannot be read.
    """
    config = read_config(folder)
    notices, database = list(config.notices), _find_database(config)
    gradebook = StoredGradebook({}, ())
    if config.database.startswith("postgresql"):
        gradebook = read_server_gradebook(config.database, f"{config.root}: db_url")
    elif database is None:
        kind = config.database.partition(":")[0]
        notices.append(f"its gradebook is kept by {kind} and is not read: source/ and release/ are taken")
    elif database.is_file():
        try:
            gradebook = read_gradebook(database)
        except OldGradebookError:
            # It lies there since a term long ago; the assignments themselves need nothing of it.
            if not _list_assignments(config, gradebook):
                raise
            notices.append(
                f"{database.name} is of an nbgrader before 0.6 and is not read, so no due dates and students"
                f" are known: {config.source}/ and {config.release}/ are taken"
            )
            database = None
    else:
        database = None
    course = NbgraderCourse(config, gradebook, database, python)
    names = _list_assignments(config, gradebook)
    if not names:
        places = f"{config.source}/NAME or {config.release}/NAME"
        what = f"holds no assignment of nbgrader: no notebook is in {places}"
        allowed = "name the folder in which both lie, or a notebook by itself"
        raise NoAssignmentError([Flaw(str(config.root), what, allowed)])
    read: list[ReadAssignment] = []
    refused: list[RefusedAssignment] = []
    for name in names:
        try:
            read.append(read_assignment(course, name, make_name(name, [e.assignment.name for e in read])))
        except CourseError as error:
            refused.append(RefusedAssignment(name, error.flaws))
    students = tuple(
        RosterLine(each.id, f"{each.first_name} {each.last_name}".strip(), each.email)
        for each in gradebook.students
    )
    return CourseReading(tuple(read), tuple(refused), config.root.resolve().name, students, tuple(notices))


def holds_course(folder: Path) -> bool:
    """Whether a folder looks like an nbgrader course."""
    marks = ("gradebook.db", "nbgrader_config.py", "nbgrader_config.json")
    if any((folder / mark).is_file() for mark in marks):
        return True
    return any(any(folder.glob(f"{step}/*/*.ipynb")) for step in ("source", "release"))


def read_single_notebook(notebook: SourceNotebook) -> CourseReading:
    """A notebook of nbgrader's by itself, the author's or what students received, as an assignment.

    Raises:
        CourseError: with all that nbgrader refuses in it; or the configuration beside it cannot be read.
    """
    path = notebook.path.resolve()
    config = read_config(path.parent)
    course = NbgraderCourse(config, StoredGradebook({}, ()), None, TheirPython())
    released = is_released(notebook)
    understood = understand(
        notebook,
        # Whoever keeps notebooks without a course folder may well do without nbgrader's checks of them.
        replace(
            course.config,
            solution=replace(course.config.solution, enforced=False),
            hidden_tests=replace(course.config.hidden_tests, enforced=False),
            mark_scheme=replace(course.config.mark_scheme, enforced=False),
        ),
        solutions=not released or is_answered(notebook),
        any_id=True,
    )
    notices = [*understood.notices]
    if released:
        notices.append("it is the version of students: hidden tests are not known")
    contents = find_files(path.parent, course.config.ignored)
    notebooks = (understood.notebook,)
    source = ForeignSource(
        SourceKind.NOTEBOOK, str(path), path.stem, files=(ForeignFile(path.name, hash_content(path)),)
    )
    assignment = AdoptedAssignment(
        name=make_name(path.stem),
        title=path.stem,
        tool=Tool.NBGRADER,
        source=source,
        notebooks=notebooks,
        questions=tuple(list_questions(notebooks, autotest=course.config.autotest)),
        files=describe_files(contents),
        environment=_describe_environment(course, path.parent, notebooks, contents),
        notices=tuple(notices),
    )
    return CourseReading((ReadAssignment(assignment, contents),), title=path.stem)


def _find_database(config: NbgraderConfig) -> Path | None:
    """Where the gradebook is, if it is a file."""
    if not config.database:
        return config.root / "gradebook.db"
    if config.database.startswith("sqlite:///"):
        return config.root / config.database.removeprefix("sqlite:///")
    return None


def _list_assignments(config: NbgraderConfig, gradebook: StoredGradebook) -> list[str]:
    """The names of all assignments with a notebook, those in folders first."""
    names: dict[str, None] = {}
    for step in (config.source, config.release):
        place = config.structure.format(nbgrader_step=step, student_id=".", assignment_id="\0")
        parts = Path(place).parts
        shape = re.compile("/".join("([^/]+)".join(map(re.escape, part.split("\0"))) for part in parts))
        for found in sorted(config.root.glob("/".join(part.replace("\0", "*") for part in parts))):
            match = shape.fullmatch(found.relative_to(config.root).as_posix())
            if match and any(found.glob("*.ipynb")):
                names[match[1]] = None
    stored = gradebook.assignments.values()
    return list(names | {each.name: None for each in stored if any(each.notebooks.values())})


def read_assignment(course: NbgraderCourse, name: str, ours: str) -> ReadAssignment:
    """One assignment under a name of ours. Raises CourseError with all that is wrong with it."""
    config, known = course.config, course.gradebook.assignments.get(name)
    stored = known.notebooks if known else {}
    source, release = config.folder(config.source, name), config.folder(config.release, name)
    files, solutions = sorted(source.glob("*.ipynb")), True
    if not files:
        files, solutions = sorted(release.glob("*.ipynb")), False
    notices: list[str] = []
    notebooks: list[ForeignNotebook] = []
    flaws: list[Flaw] = []
    written = _write_autotests(course, name, files, notices) if solutions and not any(stored.values()) else {}
    for file in files:
        handed_out = release / file.name
        try:
            understood = understand(
                add_header(read_notebook(file), config) if solutions else read_notebook(file),
                config,
                stored=stored.get(file.stem) or written.get(file.stem, ()),
                released=read_notebook(handed_out) if solutions and handed_out.is_file() else None,
                solutions=solutions,
            )
        except CourseError as error:
            flaws += error.flaws
            continue
        notebooks.append(understood.notebook)
        notices += [f"{file.name}: {notice}" for notice in understood.notices]
    if flaws:
        raise CourseError(flaws)
    notices += _compare(stored, [file.stem for file in files], solutions=solutions)
    notebooks += [
        ForeignNotebook(notebook, tuple(keep_stored(cell, config) for cell in cells))
        for notebook, cells in stored.items()
        if cells and notebook not in [file.stem for file in files]
    ]
    contents = find_files(source if source.is_dir() else release, config.ignored)
    questions = tuple(list_questions(notebooks, autotest=config.autotest))
    return ReadAssignment(
        AdoptedAssignment(
            name=ours,
            title=name,
            tool=Tool.NBGRADER,
            source=_describe_source(course, name, files),
            notebooks=tuple(notebooks),
            questions=questions,
            files=describe_files(contents),
            environment=_describe_environment(course, source, notebooks, contents),
            rules=config.rules,
            notices=tuple(notices),
        ),
        contents,
        known.due if known else None,
    )


def _compare(
    stored: Mapping[str, Sequence[StoredCell]], files: Sequence[str], *, solutions: bool
) -> Iterator[str]:
    """What source/ or release/ and the gradebook do not have alike."""
    if not any(stored.values()):
        if not solutions:
            yield "hidden tests are not known: neither source/ nor gradebook.db has this assignment"
        return
    for file in files:
        if not stored.get(file):
            yield f"{file}.ipynb is not in gradebook.db: nbgrader does not grade it yet"
    for notebook, cells in stored.items():
        if cells and notebook not in files:
            yield f"{notebook}.ipynb is in gradebook.db alone: its other cells are not known"


def add_header(notebook: SourceNotebook, config: NbgraderConfig) -> SourceNotebook:
    """A notebook between the course's header and footer, as nbgrader hands it out. Raises CourseError."""
    around = [
        read_notebook(config.root / name).cells if name else () for name in (config.header, config.footer)
    ]
    cells = (*around[0], *notebook.cells, *around[1])
    numbered = tuple(replace(cell, number=number) for number, cell in enumerate(cells, 1))
    return replace(notebook, cells=numbered) if any(around) else notebook


def _write_autotests(
    course: NbgraderCourse, name: str, files: Sequence[Path], notices: list[str]
) -> Mapping[str, Sequence[StoredCell]]:
    """The cells as nbgrader keeps them once it has written the tests that AUTOTEST lines ask for.

    It runs the solution for that, so it does so itself, in a copy of the course; where it cannot, the tests
    stay as they are, and are not judged.
    """
    config = course.config
    texts = (
        cell.source for file in files for cell in read_notebook(file).cells if cell.type is CellType.CODE
    )
    if not any(config.autotest in text for text in texts):
        return {}
    if not course.python.has("nbgrader"):
        notices.append(f"its {config.autotest} lines need nbgrader, which {course.python.path} does not have")
        return {}
    with tempfile.TemporaryDirectory(prefix="autograder-adopt-") as folder:
        copy = Path(folder)
        shutil.copytree(config.folder(config.source, name), copy / "source" / name)
        for each in ("autotests.yml", "nbgrader_config.py"):
            if (config.root / each).is_file():
                shutil.copyfile(config.root / each, copy / each)
        said = course.python.run(
            "nbgrader",
            [
                "generate_assignment",
                name,
                "--create",
                f"--CourseDirectory.root={copy}",
                f"--CourseDirectory.db_url=sqlite:///{copy}/gradebook.db",
                "--CourseDirectory.source_directory=source",
                "--CourseDirectory.directory_structure={nbgrader_step}/{student_id}/{assignment_id}",
            ],
            folder=copy,
        )
        written = read_gradebook(copy / "gradebook.db") if not said else StoredGradebook({}, ())
    if said:
        notices.append(f"nbgrader could not write the tests of its {config.autotest} lines: {said}")
    return written.assignments[name].notebooks if name in written.assignments else {}


def _describe_source(course: NbgraderCourse, name: str, files: Sequence[Path]) -> ForeignSource:
    root = course.config.root.resolve()
    config = [root / each for each in ("nbgrader_config.py", "nbgrader_config.json")]
    read = [file.resolve() for file in files] + [file for file in config if file.is_file()]
    database = course.config.database
    if course.database is not None:
        database = f"sqlite:///{course.database.resolve()}"
    return ForeignSource(
        SourceKind.COURSE_FOLDER,
        str(root),
        name,
        database,
        tuple(
            ForeignFile(
                str(file.relative_to(root) if file.is_relative_to(root) else file), hash_content(file)
            )
            for file in read
        ),
    )


def _describe_environment(
    course: NbgraderCourse, source: Path, notebooks: Sequence[ForeignNotebook], contents: Mapping[str, Path]
) -> ForeignEnvironment:
    texts = [
        cell.source
        for notebook in notebooks
        for cell in (*notebook.cells, *notebook.solved)
        if cell.type is CellType.CODE
    ]
    helpers = {Path(path).parts[0].removesuffix(".py") for path in contents}
    return ForeignEnvironment(
        requirements=read_requirements(source, course.config.root),
        imports=tuple(sorted(list_imports(*texts) - helpers)),
    )
