"""nbgrader_config.py, read without running it: the settings that decide how it hands out and grades."""

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

from autograder.errors import CourseError, Flaw
from autograder.foreign.model import NbgraderRules

_FILES = ("nbgrader_config.py", "nbgrader_config.json")
_USUAL = NbgraderRules()
_STRUCTURE = "{nbgrader_step}/{student_id}/{assignment_id}"
_IGNORED = (".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback")
_CODE = "# YOUR CODE HERE\nraise NotImplementedError()"


@dataclass(frozen=True, slots=True)
class Region:
    """The marks between which a region stands."""

    begin: str
    end: str
    enforced: bool = True
    """Whether it may stand in cells of its kind alone."""


@dataclass(frozen=True, slots=True)
class NbgraderConfig:
    """What a course says of itself; the usual where it says nothing."""

    root: Path
    source: str = "source"
    release: str = "release"
    structure: str = _STRUCTURE
    database: str = ""
    """Its address; empty for gradebook.db in the root."""
    code_stub: str = _CODE
    text_stub: str = "YOUR ANSWER HERE"
    solution: Region = Region("BEGIN SOLUTION", "END SOLUTION")
    hidden_tests: Region = Region("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
    mark_scheme: Region = Region("BEGIN MARK SCHEME", "END MARK SCHEME")
    autotest: str = "AUTOTEST"
    header: str = ""
    footer: str = ""
    ignored: tuple[str, ...] = _IGNORED
    rules: NbgraderRules = _USUAL
    notices: tuple[str, ...] = ()

    def folder(self, step: str, assignment: str) -> Path:
        """Where the files of an assignment are at a step, such as `source`."""
        place = self.structure.format(nbgrader_step=step, student_id=".", assignment_id=assignment)
        return self.root / place


def read_config(folder: Path) -> NbgraderConfig:
    """What the configuration beside an nbgrader course says; the usual where there is none.

    Raises:
        CourseError: the file is no Python, or a setting that matters has a value of the wrong type.
    """
    settings: dict[str, Any] = {}
    notices: list[str] = []
    for name in _FILES:
        path = folder / name
        if path.is_file():
            read = _read_json(path) if path.suffix == ".json" else _read_python(path, notices)
            settings |= read
    try:
        return _make_config(folder, settings, tuple(notices))
    except (TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
        what = f"a setting has a value that nbgrader does not take ({error})"
        raise CourseError([Flaw(str(folder / _FILES[0]), what, "see nbgrader's page on options")]) from error


def _make_config(folder: Path, settings: Mapping[str, Any], notices: tuple[str, ...]) -> NbgraderConfig:
    said = _Settings(settings)
    stub = settings.get("ClearSolutions.code_stub", _CODE)
    root = folder / Path(said.text("CourseDirectory.root", ".")).expanduser()
    if not root.is_dir():
        notices += (f"CourseDirectory.root, {root}, is not here: {folder} is taken instead",)
        root = folder
    timeout = settings.get("Execute.timeout", settings.get("ExecutePreprocessor.timeout"))
    if timeout is not None and type(timeout) is not int:
        raise TypeError("Execute.timeout is no whole number")
    config = NbgraderConfig(
        root=root,
        source=said.text("CourseDirectory.source_directory", "source"),
        release=said.text("CourseDirectory.release_directory", "release"),
        structure=said.text("CourseDirectory.directory_structure", _STRUCTURE),
        database=said.text("CourseDirectory.db_url", ""),
        code_stub=stub.get("python", _CODE) if isinstance(stub, dict) else str(stub),
        text_stub=said.text("ClearSolutions.text_stub", "YOUR ANSWER HERE"),
        solution=said.region("ClearSolutions", "solution", "SOLUTION"),
        hidden_tests=said.region("ClearHiddenTests", "test", "HIDDEN TESTS"),
        mark_scheme=said.region("ClearMarkScheme", "mark_scheme", "MARK SCHEME"),
        autotest=said.text("InstantiateTests.autotest_delimiter", "AUTOTEST"),
        header=said.text("IncludeHeaderFooter.header", ""),
        footer=said.text("IncludeHeaderFooter.footer", ""),
        ignored=tuple(settings.get("CourseDirectory.ignore", _IGNORED)),
        rules=NbgraderRules(
            add_missing=bool(settings.get("OverwriteCells.add_missing_cells", False)),
            ignored_stderr=said.text("IgnorePattern.pattern", "")
            if settings.get("IgnorePattern.enabled")
            else "",
            timeout=timeout,
        ),
        notices=notices,
    )
    config.folder("source", "name")  # a structure with other keys fails here
    return config


class _Settings:
    """Settings by their dotted names."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings

    def text(self, name: str, usual: str) -> str:
        value = self._settings.get(name, usual)
        if not isinstance(value, str):
            raise TypeError(f"{name} is no text")
        return value

    def region(self, owner: str, key: str, words: str) -> Region:
        return Region(
            self.text(f"{owner}.begin_{key}_delimeter", f"BEGIN {words}"),
            self.text(f"{owner}.end_{key}_delimeter", f"END {words}"),
            enforced=bool(self._settings.get(f"{owner}.enforce_metadata", True)),
        )


_MATTERS = (
    "CourseDirectory.root",
    "CourseDirectory.source_directory",
    "CourseDirectory.release_directory",
    "CourseDirectory.directory_structure",
    "CourseDirectory.db_url",
    "CourseDirectory.ignore",
    "ClearSolutions.code_stub",
    "ClearSolutions.text_stub",
    "ClearSolutions.begin_solution_delimeter",
    "ClearSolutions.end_solution_delimeter",
    "ClearHiddenTests.begin_test_delimeter",
    "ClearHiddenTests.end_test_delimeter",
    "ClearMarkScheme.begin_mark_scheme_delimeter",
    "ClearMarkScheme.end_mark_scheme_delimeter",
    "IncludeHeaderFooter.header",
    "IncludeHeaderFooter.footer",
    "OverwriteCells.add_missing_cells",
    "IgnorePattern.pattern",
    "IgnorePattern.enabled",
    "Execute.timeout",
    "ExecutePreprocessor.timeout",
    "GenerateAssignment.preprocessors",
    "Autograde.preprocessors",
    "Autograde.sanitize_preprocessors",
    "Autograde.autograde_preprocessors",
)
"""Settings that decide what is handed out or how it is judged; others may be worked out as they like."""


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes())
    except (ValueError, OSError) as error:
        raise CourseError([Flaw(str(path), "is no JSON", "mend it or put it aside")]) from error
    owners = data.items() if isinstance(data, dict) else ()
    return {
        f"{owner}.{key}": value
        for owner, table in owners
        if isinstance(table, dict)
        for key, value in table.items()
    }


def _read_python(path: Path, notices: list[str]) -> dict[str, Any]:
    try:
        body = ast.parse(path.read_bytes()).body
    except (SyntaxError, ValueError, OSError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        raise CourseError([Flaw(f"{path}{line}", "is no Python", "mend it or put it aside")]) from error
    reader = _ConfigReader(path)
    for statement in body:
        reader.take(statement)
    notices += reader.notices
    return reader.settings


class _ConfigReader:
    """Follows assignments of plain values, in order; what is worked out by code is said, never run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names: dict[str, Any] = {}
        self.settings: dict[str, Any] = {}
        self.notices: list[str] = []

    def take(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                self._assign(target, statement.value)
            return
        for touched in _list_settings(statement):
            self._say(statement, touched)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for each, part in zip(target.elts, value.elts, strict=False):
                self._assign(each, part)
            return
        name = _dotted(target)
        try:
            found = self._evaluate(value)
        except ValueError:
            if name.startswith("c."):
                self._say(value, name.removeprefix("c."))
            return
        if isinstance(target, ast.Name):
            self._names[target.id] = found
        elif isinstance(target, ast.Subscript) and _dotted(target.value).startswith("c."):
            # c.ClearSolutions.code_stub["python"] = ...
            table = self.settings.setdefault(_dotted(target.value).removeprefix("c."), {})
            if isinstance(table, dict):
                table[self._evaluate(target.slice)] = found
        elif name.startswith("c."):
            self.settings[name.removeprefix("c.")] = found

    def _say(self, node: ast.AST, name: str) -> None:
        if any(name == each or name.startswith(f"{each}.") for each in _MATTERS):
            line = getattr(node, "lineno", 0)
            self.notices.append(
                f"{self._path}, line {line}: c.{name} is worked out by code, which is not run here; "
                "the usual value is taken"
            )

    def _evaluate(self, node: ast.expr) -> Any:
        """The value of an expression of literals, names of such, sums of texts, and joined paths.

        Raises ValueError for any other.
        """
        if isinstance(node, ast.Name) and node.id in self._names:
            return self._names[node.id]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self._evaluate(node.left), self._evaluate(node.right)
            if isinstance(left, str) and isinstance(right, str):
                return left + right
        if isinstance(node, ast.List | ast.Tuple):
            return [self._evaluate(each) for each in node.elts]
        if isinstance(node, ast.Dict) and None not in node.keys:
            keys = [self._evaluate(key) for key in node.keys if key]
            return dict(zip(keys, map(self._evaluate, node.values), strict=True))
        if isinstance(node, ast.Call) and not node.keywords:
            return self._evaluate_call(node)
        if isinstance(node, ast.JoinedStr):
            return "".join(str(self._evaluate(part)) for part in node.values)
        if isinstance(node, ast.FormattedValue) and node.format_spec is None and node.conversion == -1:
            return self._evaluate(node.value)
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
            raise ValueError("is worked out by code") from error

    def _evaluate_call(self, node: ast.Call) -> str:
        called = _dotted(node.func)
        if called in ("os.getcwd", "Path.cwd"):
            return "."
        arguments = [self._evaluate(each) for each in node.args]
        if not arguments or not all(isinstance(each, str) for each in arguments):
            raise ValueError("is worked out by code")
        if called == "os.path.join":
            return str(Path(*arguments))
        if called in ("dedent", "textwrap.dedent"):
            return dedent(arguments[0])
        if called in ("os.path.abspath", "os.path.expanduser", "str", "Path"):
            return str(arguments[0])
        raise ValueError("is worked out by code")


def _dotted(node: ast.expr) -> str:
    """`c.ClearSolutions.text_stub` of such an expression; the empty string of any other."""
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return node.id if isinstance(node, ast.Name) else ""


def _list_settings(statement: ast.stmt) -> Iterator[str]:
    """Settings that a statement of another kind touches."""
    attributes = [node for node in ast.walk(statement) if isinstance(node, ast.Attribute)]
    parts = {id(node.value) for node in attributes}
    for node in attributes:
        if id(node) not in parts and (name := _dotted(node)).startswith("c."):
            yield name.removeprefix("c.")
