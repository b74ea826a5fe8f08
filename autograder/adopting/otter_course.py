"""An assignment of Otter's: from its master, its autograder.zip, or the notebook that students receive."""

import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from autograder.adopting.beside import find_files, read_requirements
from autograder.adopting.document import SourceNotebook, list_imports, read_notebook
from autograder.adopting.otter_master import (
    list_named_files,
    read_config_file,
    read_master_rules,
    split_fenced,
    take_apart,
)
from autograder.adopting.otter_notebook import (
    find_plugins,
    list_checks,
    list_manual_questions,
    list_question_names,
    read_own_tests,
    understand_otter,
)
from autograder.adopting.otter_zip import OtterAutograder, OtterRules, find_double_names, read_autograder
from autograder.adopting.reading import CourseReading, ReadAssignment, describe_files, hash_content, make_name
from autograder.adopting.their_tools import TheirPython
from autograder.errors import CourseError, Flaw
from autograder.foreign.model import (
    AdoptedAssignment,
    CellType,
    ForeignEnvironment,
    ForeignFile,
    ForeignNotebook,
    ForeignQuestion,
    ForeignSource,
    SourceKind,
    Tool,
)

_STAMP = re.compile(r"-autograder_\d{4}_\d{2}_\d{2}T[\d_]+$|[-_.]?autograder$")
_NOT_COPIED = ("dist", ".git", ".ipynb_checkpoints", "__pycache__", "node_modules")
_PLUGINS = re.compile(r"^\s*#?\s*plugins\s*:", re.MULTILINE)
_PLUGINS_OF_FILE = re.compile(r"^[^#\n]*\bplugins[\"']?\s*:", re.MULTILINE)
_CONFIG_FILE = re.compile(r"^\s*#?\s*config_file\s*:\s*[\"']?([^\"'#\n]*[^\"'#\s])", re.MULTILINE)
_CONFIG = re.compile(r"^\s*#?\s*ASSIGNMENT CONFIG", re.IGNORECASE)


def read_zip(path: Path) -> CourseReading:
    """The assignment of an autograder.zip; notebooks are looked for where `otter assign` puts them.

    Raises:
        CourseError: it is none, or uses what cannot be judged here.
    """
    name = _STAMP.sub("", path.stem) or path.stem
    solved, released = _find_notebooks(path, name)
    shown = released or solved
    if shown and (flaws := list(find_plugins(shown))):
        raise CourseError(flaws)
    understood = understand_otter(shown, solved) if shown else None
    notebook = understood.name if understood else name
    autograder = read_autograder(path, notebook=notebook)
    notices = [] if released else ["the notebook that students received is not known: names are not compared"]
    if not solved:
        notices.append("no solved notebook lies beside it: its tests cannot be tried on a solution")
    assignment = _assemble(
        ForeignSource(
            SourceKind.AUTOGRADER_ZIP,
            str(path.resolve()),
            autograder.rules.name or notebook,
            files=(ForeignFile(path.name, hash_content(path)),),
        ),
        understood or ForeignNotebook(notebook, ()),
        autograder,
        autograder.questions,
        notices,
    )
    return CourseReading((assignment,), title=notebook)


def _find_notebooks(path: Path, name: str) -> tuple[SourceNotebook | None, SourceNotebook | None]:
    """The solved and the released notebook of a zip that lies in dist/autograder/, or beside both folders."""
    found = []
    for folder in (path.parent, path.parent.parent / "student"):
        there = sorted(folder.glob("*.ipynb"))
        named = [each for each in there if each.stem == name] or (there if len(there) == 1 else [])
        found.append(read_notebook(named[0]) if named else None)
    solved, released = found
    return solved if path.parent.name == "autograder" else None, released


def read_master(master: SourceNotebook, python: TheirPython) -> CourseReading:
    """The assignment of a master notebook, by the course's own `otter assign`, in a folder of its own.

    Raises:
        CourseError: Otter is not installed there, refuses the master, or the master uses plugins.
    """
    path = master.path.resolve()
    if master.language != "python":
        what = f"is written in {master.language}"
        raise CourseError([Flaw(str(path), what, "only Python can be judged here")])
    flaws = list(find_plugins(master))
    what = "uses plugins, which may change notebooks and marks while Otter grades: none is run here"
    for cell in split_fenced(master.cells):
        if not _CONFIG.match(cell.source):
            continue
        if _PLUGINS.search(cell.source):
            flaws.append(Flaw(master.place(cell), what, "take plugins out, or go on with Otter"))
        if found := _CONFIG_FILE.search(cell.source):
            place, text = read_config_file(found[1], path)
            if _PLUGINS_OF_FILE.search(text):  # `otter assign` would run them
                flaws.append(Flaw(place, what, "take plugins out, or go on with Otter"))
    if flaws:
        raise CourseError(flaws)
    if not python.has("otter"):
        return _read_by_its_marks(master, path, python)
    with tempfile.TemporaryDirectory(prefix="autograder-adopt-") as scratch:
        # What Otter writes lands in a copy; a folder of links would lead it back.
        copy, made = Path(scratch, "master"), Path(scratch, "dist")
        find_files(path.parent, _NOT_COPIED)  # refuses what is too large
        shutil.copytree(path.parent, copy, ignore=shutil.ignore_patterns(*_NOT_COPIED))
        arguments = ["assign", path.name, str(made), "--no-run-tests", "--no-pdfs"]
        said = python.run("otter", arguments, folder=copy)
        if said:
            raise CourseError([Flaw(str(path), f"`otter assign` refuses it: {said}", "mend the master")])
        solved = read_notebook(made / "autograder" / path.name)
        released = read_notebook(made / "student" / path.name)
        try:
            autograder = _read_made(solved, made / "autograder")
        except CourseError as error:
            # The place is a folder that is gone when the sentence is read.
            flaws = [replace(flaw, where=f"{path}: {Path(flaw.where).name}") for flaw in error.flaws]
            raise CourseError(flaws) from error
        return _join_master(master, released, solved, autograder, [])


def _read_by_its_marks(master: SourceNotebook, path: Path, python: TheirPython) -> CourseReading:
    """The assignment of a master without Otter. Raises CourseError where only Otter could read it."""
    parts = take_apart(master)
    notices = [f"{python.path} does not have otter-grader: the master is read by its marks"]
    autograder = OtterAutograder(
        parts.questions,
        read_master_rules(parts.config, str(path)),
        list_named_files(parts.config, path),
        tuple(map(str, requirements))
        if isinstance(requirements := parts.config.get("requirements"), list)
        else read_requirements(path.parent),
        str(parts.config.get("python_version") or ""),
    )
    return _join_master(master, parts.released, parts.solved, autograder, notices)


def _join_master(
    master: SourceNotebook,
    released: SourceNotebook,
    solved: SourceNotebook,
    autograder: OtterAutograder,
    notices: list[str],
) -> CourseReading:
    """The questions that tests judge and those that a person marks, in the order of the master."""
    path = master.path.resolve()
    judged = {question.name for question in autograder.questions}
    by_hand = list(list_manual_questions(master))
    notices += [
        f"{question.name} is marked by a person and has tests: the tests alone are judged here"
        for question in by_hand
        if question.name in judged
    ]
    found = [*autograder.questions, *(each for each in by_hand if each.name not in judged)]
    if flaws := list(find_double_names((str(path), each) for each in found)):
        raise CourseError(flaws)
    order = {name: place for place, name in reversed(list(enumerate(list_question_names(master))))}
    questions = sorted(found, key=lambda question: order.get(question.name, len(order)))
    source = ForeignSource(
        SourceKind.MASTER,
        str(path),
        autograder.rules.name or path.stem,
        files=(ForeignFile(path.name, hash_content(path)),),
    )
    notebook = understand_otter(released, solved)
    return CourseReading((_assemble(source, notebook, autograder, questions, notices),), title=path.stem)


def _read_made(solved: SourceNotebook, folder: Path) -> OtterAutograder:
    zips = sorted(folder.glob("*.zip"))
    if zips:
        return read_autograder(zips[0], notebook=solved.path.stem)
    # A master with `generate: false` has no zip; its tests are beside the notebook or in it.
    contents = {name: file.read_bytes() for name, file in find_files(folder, ("tests",)).items()}
    return OtterAutograder(tuple(read_own_tests(solved)), OtterRules(), contents, read_requirements(folder))


def read_student_version(notebook: SourceNotebook) -> CourseReading:
    """The assignment of a notebook as students receive it, with the tests that it brings: none is hidden.

    Raises:
        CourseError: with all that is wrong with its tests.
    """
    path = notebook.path.resolve()
    if notebook.language != "python":
        what = f"is written in {notebook.language}"
        raise CourseError([Flaw(str(path), what, "only Python can be judged here")])
    questions = read_own_tests(notebook)
    if flaws := list(find_plugins(notebook)):
        raise CourseError(flaws)
    source = ForeignSource(
        SourceKind.STUDENT_VERSION,
        str(path),
        path.stem,
        files=(ForeignFile(path.name, hash_content(path)),),
    )
    contents: dict[str, bytes | Path] = dict(find_files(path.parent, ("tests", "dist")))
    autograder = OtterAutograder(tuple(questions), OtterRules(), {}, read_requirements(path.parent))
    understood = understand_otter(notebook)
    notices = ["it is the version of students: hidden tests, seeds and a solution are not known"]
    assignment = _assemble(source, understood, replace(autograder, files=contents), questions, notices)
    return CourseReading((assignment,), title=path.stem)


def _assemble(
    source: ForeignSource,
    notebook: ForeignNotebook,
    autograder: OtterAutograder,
    questions: Sequence[ForeignQuestion],
    notices: Sequence[str],
) -> ReadAssignment:
    checked, rules = list_checks(notebook), autograder.rules
    checks = tuple(question.checked_as for question in questions if not question.by_hand)
    lost = [name for name in checked if name not in checks]
    told = [*notices, *autograder.notices]
    if lost and notebook.cells:
        told.append(f"the notebook checks {', '.join(dict.fromkeys(lost))}, of which there is no test")
    empty = [question.name for question in questions if not question.tests and not question.by_hand]
    told += [f"question {name} has no case: Otter gives nothing for it, and it is left out" for name in empty]
    questions = [question for question in questions if question.name not in empty]
    if rules.score_threshold is not None:
        least = f"{float(100 * rules.score_threshold):g} %"
        told.append(
            f"its score_threshold, {least}, holds on Gradescope alone: here each question has its points"
        )
    texts = [cell.source for cell in (*notebook.cells, *notebook.solved) if cell.type is CellType.CODE]
    texts += [test.text for question in questions for test in question.tests]
    helpers = {Path(name).parts[0].removesuffix(".py") for name in autograder.files}
    return ReadAssignment(
        AdoptedAssignment(
            name=make_name(notebook.name),
            title=rules.name or notebook.name,
            tool=Tool.OTTER,
            source=source,
            notebooks=(replace(notebook, checks=checks),),
            questions=tuple(questions),
            files=describe_files(autograder.files),
            environment=ForeignEnvironment(
                autograder.python,
                autograder.requirements,
                tuple(sorted(list_imports(*texts) - helpers)),
            ),
            seed=rules.seed,
            points_possible=rules.points_possible,
            score_threshold=rules.score_threshold,
            show_hidden=rules.show_hidden,
            show_stdout=rules.show_stdout,
            notices=tuple(told),
        ),
        autograder.files,
    )
