"""A master of Otter's, read by its marks where Otter itself is not installed."""

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from autograder.adopting.beside import find_files
from autograder.adopting.document import SourceCell, SourceNotebook
from autograder.adopting.otter_tests import read_ok_test, read_test_file
from autograder.adopting.otter_zip import OtterRules, read_rules
from autograder.adopting.plain_yaml import read_settings
from autograder.errors import CourseError, Flaw
from autograder.foreign.model import CellType, ForeignQuestion

_ADVICE = "mend it, or name an interpreter that has otter-grader with --python"
_PROMPT = "_Type your answer here, replacing this text._"
_IGNORED = re.compile(r"(?:##\s*ignore\s*##|#\s*ignore\s*$)", re.IGNORECASE)
_BEGIN_CONFIG = re.compile(r"(?:.\s*=\s*)?\"\"\"?\s*#\s*BEGIN\s*TEST\s*CONFIG", re.IGNORECASE)
_END_CONFIG = re.compile(r"\"\"\"?\s*#\s*END\s*TEST\s*CONFIG", re.IGNORECASE)
_ASSIGNED = re.compile(r"(\s*(?:[\w.]+(?=[^\w.])(?:\[['\"]?.*['\"]?\])*(?:,\s*)?)+\s*=).* ?# ?SOLUTION")
_LINE = re.compile(r"(\s*).* ?# ?SOLUTION")
_BEGIN_SOLUTION = re.compile(r"(\s*)# BEGIN SOLUTION( NO PROMPT)?")
_LEFT_OUT = ("# SOLUTION NO PROMPT", "# BEGIN PROMPT", "# END PROMPT", "# SEED")


class MasterBlock(StrEnum):
    """What stands between two marks of a master."""

    QUESTION = "question"
    PROMPT = "prompt"
    SOLUTION = "solution"
    TESTS = "tests"


@dataclass(frozen=True, slots=True)
class MasterParts:
    """What a master comes apart into."""

    released: SourceNotebook
    solved: SourceNotebook
    questions: tuple[ForeignQuestion, ...]
    """Those that tests judge."""
    config: dict[str, Any]
    """Of the assignment."""


def take_apart(master: SourceNotebook) -> MasterParts:
    """The notebook that students receive, the solved one, and the tests of a master.

    Raises:
        CourseError: a mark is where none may be, or settings cannot be read.
    """
    reader = _MasterReader(master)
    for cell in split_fenced(master.cells):
        reader.take(cell)
    return reader.finish()


def split_fenced(cells: Sequence[SourceCell]) -> Iterator[SourceCell]:
    """The cells of a master; what stands in a text between ```otter and ``` is a raw cell of its own."""
    for cell in cells:
        if cell.type is not CellType.MARKDOWN or "```otter" not in cell.source:
            yield cell
            continue
        for number, part in enumerate(
            re.split(r"^```otter[ \t]*$|^```[ \t]*$", cell.source, flags=re.MULTILINE)
        ):
            if part.strip():
                kind = CellType.RAW if number % 2 else CellType.MARKDOWN
                yield replace(cell, type=kind, source=part.strip("\n"), id=f"{cell.id}-{number}")


def boundary(cell: SourceCell) -> tuple[str, str] | None:
    """The mark a raw cell is: `("begin", "tests")`, say, or `("assignment", "config")`."""
    first = cell.source.lstrip("\n").partition("\n")[0]
    match = re.match(
        r"#\s+(begin|end|assignment)\s+(question|prompt|solution|tests|config)\b", first, re.IGNORECASE
    )
    return (match[1].lower(), match[2].lower()) if match and cell.type is CellType.RAW else None


@dataclass(slots=True)
class _Question:
    config: dict[str, Any]
    number: int
    cases: list[dict[str, Any]] = field(default_factory=list)
    prompted: bool = False
    """Whether students get a cell of their own to answer in."""
    answered: bool = False


class _MasterReader:
    def __init__(self, master: SourceNotebook) -> None:
        self._master = master
        self._config: dict[str, Any] = {}
        self._blocks: list[MasterBlock] = []
        self._question: _Question | None = None
        self._questions: list[_Question] = []
        self._released: list[SourceCell] = []
        self._solved: list[SourceCell] = []
        self._prompt_at: int | None = None

    def take(self, cell: SourceCell) -> None:
        if _IGNORED.match(cell.source.partition("\n")[0]):
            return
        mark = boundary(cell)
        if mark is None:
            self._keep(cell)
        elif mark[0] == "assignment":
            self._configure(self._settings(cell))
        elif mark[0] == "begin":
            self._begin(MasterBlock(mark[1]), cell)
        else:
            self._end(MasterBlock(mark[1]), cell)

    def finish(self) -> MasterParts:
        if self._blocks:
            what = f"has a {self._blocks[-1]} block that does not end"
            raise CourseError([Flaw(str(self._master.path), what, _ADVICE)])
        solved = [*self._start(), *self._solved]
        released = [*self._start(), *map(self._seed_for_students, self._released)]
        questions = tuple(self._make(each) for each in self._questions if each.cases)
        return MasterParts(
            replace(self._master, cells=tuple(released)),
            replace(self._master, cells=tuple(solved)),
            questions,
            self._config,
        )

    def _start(self) -> Iterator[SourceCell]:
        """The cell that starts Otter."""
        if self._config.get("init_cell", True):
            source = f'# Initialize Otter\nimport otter\ngrader = otter.Notebook("{self._master.path.name}")'
            yield SourceCell(0, "otter-start", CellType.CODE, source, {})

    def _seed_for_students(self, cell: SourceCell) -> SourceCell:
        """A cell with the seed that students have, where it sets the variable of the seed."""
        seed = self._config.get("seed")
        variable = seed.get("variable") if isinstance(seed, dict) else None
        if not variable:
            return cell
        shape = rf"^([ \t]*){re.escape(str(variable))}\s*=\s*.*$"
        value = f"{variable} = {seed.get('student_value')}" if isinstance(seed, dict) else ""
        return cell.with_source(re.sub(shape, rf"\g<1>{value}", cell.source, flags=re.MULTILINE))

    def _configure(self, own: Mapping[str, Any]) -> None:
        """Take the settings of a cell; over those of the file that it names, as Otter does."""
        named = own.get("config_file")
        if named:
            place, text = read_config_file(str(named), self._master.path)
            try:
                kept = read_settings(text)
            except ValueError as error:
                raise CourseError([Flaw(place, f"its settings {error}", _ADVICE)]) from error
            if not isinstance(kept, dict):
                raise CourseError([Flaw(place, "its settings are no table", _ADVICE)])
            own = kept | {
                key: kept[key] | value
                if isinstance(value, dict) and isinstance(kept.get(key), dict)
                else value
                for key, value in own.items()
            }
        self._config |= own

    def _settings(self, cell: SourceCell) -> dict[str, Any]:
        try:
            settings = read_settings(cell.source)
        except ValueError as error:
            raise self._refuse(cell, f"its settings {error}") from error
        if not isinstance(settings, dict):
            raise self._refuse(cell, "its settings are no table")
        return settings

    def _refuse(self, cell: SourceCell, what: str) -> CourseError:
        return CourseError([Flaw(self._master.place(cell), what, _ADVICE)])

    def _begin(self, block: MasterBlock, cell: SourceCell) -> None:
        if (block is MasterBlock.QUESTION) == bool(self._blocks) or len(self._blocks) > 1:
            inside = f"inside a {self._blocks[-1]} block" if self._blocks else "outside of a question"
            raise self._refuse(cell, f"begins a {block} block {inside}")
        if block is MasterBlock.QUESTION:
            config = self._settings(cell)
            if not config.get("name"):
                raise self._refuse(cell, "begins a question without a name")
            self._question = _Question(config, cell.number)
            self._questions.append(self._question)
        elif self._question and block is MasterBlock.PROMPT:
            self._question.prompted = True
        elif self._question and block is MasterBlock.SOLUTION:
            self._question.answered = True
            self._prompt_at = len(self._released)
        self._blocks.append(block)

    def _end(self, block: MasterBlock, cell: SourceCell) -> None:
        if not self._blocks or self._blocks[-1] is not block:
            raise self._refuse(cell, f"ends a {block} block that is not begun")
        self._blocks.pop()
        question = self._question
        if block is MasterBlock.QUESTION and question is not None:
            if question.cases and question.config.get("check_cell", True):
                check = f'grader.check("{question.config["name"]}")'
                both = SourceCell(cell.number, f"check-{cell.number}", CellType.CODE, check, {})
                self._released.append(both)
                self._solved.append(both)
            self._question = None

    def _keep(self, cell: SourceCell) -> None:
        cell = cell.with_source("\n".join(self._take_out_ignored(cell)))
        block = self._blocks[-1] if self._blocks else None
        if block is MasterBlock.TESTS and self._question:
            if cell.type is not CellType.CODE:
                raise self._refuse(cell, "stands among tests and is no code")
            self._question.cases.append(self._read_case(cell))
        elif block is MasterBlock.SOLUTION and self._question:
            self._solved.append(cell)
            if cell.type is CellType.CODE:
                self._released.append(cell.with_source("\n".join(self._take_out_solution(cell))))
            elif not self._question.prompted:
                self._question.prompted = True
                prompt = SourceCell(cell.number, f"answer-{cell.number}", CellType.MARKDOWN, _PROMPT, {})
                self._released.insert(self._prompt_at or len(self._released), prompt)
        else:
            self._released.append(cell)
            self._solved.append(cell)

    def _take_out_ignored(self, cell: SourceCell) -> Iterator[str]:
        inside = False
        for line in cell.source.split("\n"):
            if line.rstrip().endswith("# END IGNORE"):
                inside = False
            elif re.match(r"\s*#\s*BEGIN\s*IGNORE\s*", line, re.IGNORECASE):
                inside = True
            elif not inside and not line.rstrip().endswith("# IGNORE"):
                yield line

    def _take_out_solution(self, cell: SourceCell) -> Iterator[str]:
        inside = False
        for line in cell.source.split("\n"):
            ends, begins = line.rstrip().endswith("# END SOLUTION"), _BEGIN_SOLUTION.match(line)
            if ends or begins:
                if bool(ends) != inside:
                    raise self._refuse(cell, "has a solution that begins twice or never")
                inside = not ends
                if begins and not begins[2]:
                    yield f"{begins[1]}..."
            elif not inside and not any(line.rstrip().endswith(end) for end in _LEFT_OUT):
                assigned, whole = _ASSIGNED.match(line), _LINE.match(line)
                yield f"{assigned[1]} ..." if assigned else f"{whole[1]}..." if whole else line
        if inside:
            raise self._refuse(cell, "has a solution that does not end")

    def _read_case(self, cell: SourceCell) -> dict[str, Any]:
        lines = cell.source.split("\n")
        first = lines[0].lstrip()
        hidden = first.startswith("#") and bool(re.search(r"\bhidden\b", first, re.IGNORECASE))
        start, config = int(hidden), {}
        if _BEGIN_CONFIG.match(lines[0]):
            end = next((n for n, line in enumerate(lines) if _END_CONFIG.match(line)), None)
            if end is None:
                raise self._refuse(cell, "has settings of a test that do not end")
            config = self._settings(cell.with_source("\n".join(lines[1:end])))
            start = end + 1
        try:
            tree = ast.parse("\n".join(lines[start:]))
        except SyntaxError as error:
            raise self._refuse(cell, f"is a test that is no Python, at line {error.lineno}") from error
        return {"hidden": hidden, **config, "tree": tree, "printed": cell.printed}

    def _make(self, question: _Question) -> ForeignQuestion:
        config, name = question.config, str(question.config["name"])
        points = config.get("points")
        if isinstance(points, dict):
            points = points.get("each", 1) * len(question.cases)
        place = f"{self._master.path}, question {name}"
        tests = self._config.get("tests")
        if isinstance(tests, dict) and tests.get("ok_format") is False:
            text = _write_exception_test(name, points, question, place)
            return read_test_file(text, place, notebook=self._master.path.stem)
        cases = [
            {
                "code": _write_doctest(case["tree"], case["printed"]),
                **{key: case[key] for key in _CASE_KEYS if case.get(key) is not None},
            }
            for case in question.cases
        ]
        spec = {
            "name": name,
            "points": points,
            "all_or_nothing": bool(config.get("all_or_nothing", False)),
            "suites": [{"cases": cases}],
        }
        return read_ok_test(spec, place, notebook=self._master.path.stem)


_CASE_KEYS = ("hidden", "points", "success_message", "failure_message")


def _write_doctest(tree: ast.Module, printed: str) -> str:
    """A test as Otter writes it: without annotations, with prompts, then what the cell gave."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
    written: list[str] = []
    for line in filter(None, ast.unparse(tree).split("\n")):
        goes_on = line.startswith((" ", "\t", "elif ", "else:", "finally:")) or re.match(
            r"except[\s\w]*:", line
        )
        after = bool(written) and written[-1].strip().endswith("\\")
        written.append(f"{'...' if goes_on or after else '>>>'} {line}")
    return "\n".join([*written, *printed.split("\n")])


def _write_exception_test(name: str, points: Any, question: _Question, place: str) -> str:
    """A test file in the exception-based style, as Otter writes it."""
    parts = [
        "from otter.test_files import test_case",
        "OK_FORMAT = False",
        f"name = {name!r}",
        f"points = {points!r}",
    ]
    if question.config.get("all_or_nothing"):
        parts.append("all_or_nothing = True")
    for case in question.cases:
        body = case["tree"].body
        if not body or len(body) > 2 or not isinstance(body[0], ast.FunctionDef):
            raise CourseError([Flaw(place, "has a test that is not one function", _ADVICE)])
        said = ", ".join(f"{key}={case[key]!r}" for key in _CASE_KEYS if case.get(key) is not None)
        parts.append(f"@test_case({said})\n{ast.unparse(body[0])}")
    return "\n\n".join(parts) + "\n"


def read_master_rules(config: Mapping[str, Any], place: str) -> OtterRules:
    """What the settings of a master say of grading, as `otter assign` writes it into otter_config.json.

    Raises:
        CourseError: they ask for what is not done here.
    """
    generate = config.get("generate")
    said = dict(generate) if isinstance(generate, dict) else {}
    seed = config.get("seed")
    if isinstance(seed, dict) and seed.get("variable"):
        said |= {"seed": seed.get("autograder_value"), "seed_variable": seed["variable"]}
    if config.get("name"):
        said["assignment_name"] = config["name"]
    return read_rules(json.dumps(said).encode(), place)


def read_config_file(named: str, master: Path) -> tuple[str, str]:
    """The file in which a master has its settings: its place, as messages name it, and its text.

    Raises:
        CourseError: it is not there, or lies outside of the master's folder.
    """
    root = master.parent.resolve()
    path = (root / named).resolve()
    try:
        if path.is_relative_to(root):
            return str(path), path.read_text(encoding="utf-8-sig")
        what = f"{named} lies outside of the master's folder"
    except (OSError, ValueError) as error:
        what = f"{named} cannot be read ({getattr(error, 'strerror', None) or 'it is no text'})"
    raise CourseError([Flaw(f"{master}: config_file", what, "put the file beside the master")])


def list_named_files(config: Mapping[str, Any], master: Path) -> dict[str, bytes | Path]:
    """The files that a master names, and all in folders that it names, by their path beside it.

    Raises:
        CourseError: one is not there, or lies outside of the master's folder.
    """
    root = master.parent.resolve()
    found: dict[str, bytes | Path] = {}
    for key in ("files", "autograder_files"):
        named = config.get(key) or []
        for name in named if isinstance(named, list) else [named]:
            path = (root / str(name)).resolve()
            if not path.is_relative_to(root) or not path.exists():
                raise CourseError(
                    [Flaw(f"{master}: {key}", f"{name} is not there", "name files beside the master")]
                )
            inner = path.relative_to(root).as_posix()
            if path.is_dir():
                found |= {f"{inner}/{each}": file for each, file in find_files(path).items()}
            else:
                found[inner] = path
    return found
