"""How the notebooks of an adopted assignment are run: what they find, what tests know, what runs where."""

import ast
import builtins
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from symtable import symtable

from autograder.domain.course import Limits
from autograder.foreign.model import (
    FILES_FOLDER,
    AdoptedAssignment,
    CellType,
    ForeignCell,
    ForeignNotebook,
    ForeignRole,
    ForeignTest,
    Profile,
    TestStyle,
    Tool,
    Where,
)
from autograder.foreign.rebuild import Step, questions_of
from autograder.foreign.session import Surroundings, TestTerms, read_files
from autograder.foreign.stand_ins import spell_set_up

_RANDOM = re.compile(r"random|seed|shuffle|sample|choice|rng")
_FIGURES = re.compile(r"\bplt\b|pyplot|matplotlib|\bplot|seaborn|\bsns\b")
_FILES = re.compile(
    r"\bopen\b|Path|glob|listdir|walk|exists|isfile|read_|load|\bos\b|get_ipython|^\s*[%!]|=\s*!",
    re.MULTILINE,
)
_RUNS_FILES = re.compile(
    r"pickle|joblib|dill|shelve|marshal|torch\.load|load_model|\b(?:exec|eval|(?<!re\.)compile)\s*\("
    r"|yaml\.load\b|unsafe_load|importlib|__import__|runpy|ctypes|%run"
)
"""What could run a program that a file brings: the student may have written it."""
_PROMPT = re.compile(r"^[ \t]*(?:>>>|\.\.\.)(?: (.*))?$", re.MULTILINE)
_LIBRARY = "library:"


@dataclass(frozen=True, slots=True)
class NotebookTerms:
    """What holds for one notebook, whoever handed it in."""

    surroundings: Surroundings
    base: TestTerms
    """Without what profiles say."""
    provided: frozenset[str]
    """Functions and classes that cells define which the solution leaves as they are, and no answer does."""
    locked: frozenset[str]
    """Those of them that no student can change: nbgrader puts their cells back."""
    shown: frozenset[str] = frozenset()
    """Names that tests bind in what students see of them, and in nothing that is hidden."""
    called: str = ""
    """The text of the course's own functions that a test may call, in cells and in modules beside them."""

    def of_steps(self, steps: Sequence[Step]) -> TestTerms:
        """What tests know beside these cells, which may read what students see that tests bind."""
        sources = [step.source for step in steps if step.test is None]
        wanted = {*self.base.wanted, *self.shown & names_read(sources)}
        return replace(self.base, wanted=tuple(sorted(wanted)), reached=tuple(sorted(names_reached(sources))))

    def looks_at_files(self, test: ForeignTest) -> bool:
        """Whether a test, or a function of the course's that it may call, looks at files."""
        return bool(_FILES.search(f"{test.text}\n{self.called}"))

    def may_run_files(self, test: ForeignTest) -> bool:
        """Whether it could run what a file brings: then none may be the student's."""
        return bool(_RUNS_FILES.search(f"{test.text}\n{self.called}"))


def find_terms(assignment: AdoptedAssignment, notebook: ForeignNotebook, folder: Path) -> NotebookTerms:
    """What a notebook is run with; `folder` is where the assignment lies."""
    tests = [test for question in questions_of(assignment, notebook) for test in question.tests]
    code = [cell for cell in notebook.cells if cell.type is CellType.CODE]
    texts = [*(test.text for test in tests), *(cell.as_released for cell in code)]
    texts += [cell.source for cell in notebook.solved]
    everything = "\n".join(texts)
    readers = [cell for cell in code if cell.role is not ForeignRole.TEST]
    solved = {cell.id: cell.source for cell in notebook.solved}
    # In a notebook of Otter's, only a solution tells which cells are to be answered.
    known = assignment.tool is Tool.NBGRADER or notebook.solved
    given = [
        cell
        for cell in (readers if known else ())
        if cell.role is ForeignRole.PROVIDED and solved.get(cell.id, cell.as_released) == cell.as_released
    ]
    locked = [cell for cell in given if cell.locked]
    every = (*notebook.cells, *notebook.solved)
    setup = spell_set_up(otter=assignment.tool is Tool.OTTER, nose="nose" in everything)
    helpers = "\n\n".join(clean for cell in given if (clean := without_magics(cell.source)))
    called = f"{helpers}\n{read_own_modules(assignment, folder, everything)}"
    beside = "\n".join([called, *(test.text for test in tests)])
    everywhere = bool(_FILES.search(beside))
    files = [
        file.path
        for file in assignment.files
        if everywhere or file.helper or re.search(rf"\b{re.escape(Path(file.path).stem)}\b", beside)
    ]
    return NotebookTerms(
        Surroundings(
            read_files(folder / FILES_FOLDER, [file.path for file in assignment.files]),
            setup,
            notebook.checks,
        ),
        TestTerms(
            wanted=tuple(sorted(names_read(cell.as_released for cell in readers))),
            helpers=helpers,
            randomness=bool(_RANDOM.search(everything)),
            figures=bool(_FIGURES.search(everything)),
            files=tuple(files),
        ),
        _names_defined_only(given, every),
        _names_defined_only(locked, every),
        find_shown([cell for cell in code if cell.role is ForeignRole.TEST]),
        called,
    )


def read_own_modules(assignment: AdoptedAssignment, folder: Path, text: str) -> str:
    """The text of the course's own modules that a text names, and of those that these name."""
    left = {Path(file.path).stem: file.path for file in assignment.files if file.helper}
    found = ""
    while named := [name for name in left if re.search(rf"\b{re.escape(name)}\b", f"{text}\n{found}")]:
        for _, content in read_files(folder / FILES_FOLDER, [left.pop(name) for name in named]):
            found += content.decode("utf-8", "replace") + "\n"
    return found


def find_shown(tests: Iterable[ForeignCell]) -> frozenset[str]:
    """The names that test cells bind where students see it, and nowhere that they do not."""
    shown: Counter[str] = Counter()
    bound: Counter[str] = Counter()
    for cell in tests:
        shown.update(names_bound(cell.as_released))
        bound.update(names_bound(cell.source))
    return frozenset(name for name, count in shown.items() if count == bound[name])


def with_profiles(base: TestTerms, profiles: Iterable[Profile]) -> TestTerms:
    """What tests know of a notebook whose tests have these profiles."""
    pins, libraries, sharing, written = {}, set(), [], set()
    for profile in profiles:
        written |= {*profile.written}
        sharing += [profile.test] if profile.shares_files else []
        for pin in profile.pinned:
            name, _, what = pin.partition("=")
            pins[name] = what
        libraries |= {word.removeprefix(_LIBRARY) for word in profile.operators if word.startswith(_LIBRARY)}
    libraries |= {what for what in pins.values() if what != "helper"}
    return replace(
        base,
        pins=pins,
        libraries=tuple(sorted(libraries)),
        sharing=tuple(sharing),
        written=tuple(sorted(written)),
    )


def find_pins(arrived: Iterable[tuple[str, str]], provided: Iterable[str]) -> dict[str, str]:
    """The names that are never the student's word, by what they were in the instructor's own notebook."""
    own, pins = frozenset(provided), {}
    for name, what in arrived:
        if what.startswith("library "):
            pins[name] = what.removeprefix("library ")
        elif what == "missing" and hasattr(builtins, name):
            pins[name] = f"builtins:{name}"
        elif what == "function" and name in own:
            pins[name] = "helper"
    return pins


def spell_operators(used: Iterable[str], libraries: Iterable[str]) -> tuple[str, ...]:
    """What a profile allows, from what the solution needed."""
    return (*sorted(used), *sorted(f"{_LIBRARY}{name}" for name in libraries))


def steps_outside(steps: Sequence[Step], profiles: Mapping[str, Profile]) -> list[Step]:
    """The cells, and the tests that are judged where no student code is."""
    return [step for step in steps if step.test is None or _is_at(step, profiles, Where.OUTSIDE)]


def steps_inside(
    steps: Sequence[Step],
    profiles: Mapping[str, Profile],
    *,
    ended: Collection[str],
    own_modules: Collection[str] = (),
) -> tuple[list[Step], frozenset[str]]:
    """What runs where some tests need the student's process, and which tests run in it.

    Those that it alone can judge do, those that bind what these read, and those that use modules of the
    course's own, which may keep something. Other tests run outside once more, for what they have the
    student's code change, as far as they `ended` before. Empty where there is none.
    """
    inside = [step for step in steps if _is_at(step, profiles, Where.INSIDE)]
    if not inside:
        return [], frozenset()
    tests = [step for step in steps if step.test is not None]
    read = names_read(code_of(step) for step in inside)
    if not read & {"In", "Out", "_", "__"}:  # a kernel's history counts every cell
        keeping = {
            name
            for name, profile in profiles.items()
            for pin in profile.pinned
            if re.split(r"[.:]", pin.partition("=")[2])[0] in own_modules
        }
        needed = read | names_read(step.source for step in steps if step.test is None)
        tests = [
            step
            for step in tests
            if step in inside
            or needed & set(names_bound(code_of(step)))
            or (step.test is not None and step.test.name in keeping)
        ]
    again = [
        step
        for step in steps[: steps.index(inside[-1])]
        if step.test is not None
        and step.test.name in ended
        and _is_at(step, profiles, Where.OUTSIDE)
        and step not in tests
        and any(isinstance(node, ast.Call) for node in ast.walk(_parse(without_magics(code_of(step)))))
    ]
    chosen = [step for step in steps if step.test is None or step in tests or step in again]
    return chosen, frozenset(step.test.name for step in tests if step.test is not None)


def code_of(step: Step) -> str:
    """The code of a step: of a doctest, what stands behind its prompts."""
    if step.test is None or step.test.style is not TestStyle.OK:
        return step.source
    return "\n".join(found[1] or "" for found in _PROMPT.finditer(step.source))


def _is_at(step: Step, profiles: Mapping[str, Profile], where: Where) -> bool:
    profile = profiles.get(step.test.name) if step.test is not None else None
    return profile is not None and profile.where is where


def find_modules(assignment: AdoptedAssignment) -> tuple[str, ...]:
    """The modules of the assignment, to be imported once before any notebook runs, where they are there."""
    found = [
        name
        for name in assignment.environment.imports
        if name not in ("otter", "nose", "IPython", "__future__")
    ]
    texts = [test.text for test in assignment.tests]
    texts += [cell.source for notebook in assignment.notebooks for cell in notebook.cells]
    found += [name for name in _SLOW if any(name in text for text in texts)]
    if any("nose" in text for text in texts):
        found += ["nose.tools", "unittest"]  # the second for what stands for the first where that is missing
    if assignment.tool is Tool.OTTER:
        found.append("doctest")
    return tuple(dict.fromkeys(found))


def list_given(assignment: AdoptedAssignment) -> list[str]:
    """The cells that run in every submission and that no student writes; none of them is a test."""
    cells = (cell for notebook in assignment.notebooks for cell in notebook.cells)
    provided = [
        cell.as_released
        for cell in cells
        if cell.type is CellType.CODE and cell.role is ForeignRole.PROVIDED and cell.released is None
    ]
    return list(dict.fromkeys(provided))


_SLOW = ("matplotlib.pyplot", "scipy.stats", "scipy.optimize", "scipy.linalg", "scipy.integrate")
"""Modules within others whose import takes long."""


def find_limits(limits: Limits, surroundings: Surroundings) -> Limits:
    """The limits of a submission, with room for the files of the course."""
    size = sum(len(content) for _, content in surroundings.files) >> 20
    return replace(limits, scratch_mb=limits.scratch_mb + size + 1 if size else limits.scratch_mb)


def without_magics(source: str) -> str:
    """A cell without lines that are no Python; nothing of one that is none even so."""
    lines = ["" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines()]
    text = "\n".join(lines)
    return text if _parse(text).body else ""


def _parse(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def names_read(sources: Iterable[str]) -> frozenset[str]:
    """The names that pieces of code read."""
    return frozenset().union(*(_names_in(source)[0] for source in sources))


def names_reached(sources: Iterable[str]) -> frozenset[str]:
    """The names that functions in pieces of code read from outside of all functions."""
    return frozenset().union(*(_names_in(source)[1] for source in sources))


# Most cells are the same in every submission. Saves up to 6 % of its processor time.
@lru_cache(maxsize=500)
def _names_in(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a piece of code reads, and those that its functions read from outside of them."""
    plain, reached = without_magics(source), set[str]()
    read = {node.id for node in ast.walk(_parse(plain)) if isinstance(node, ast.Name)}
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        tables = symtable(plain, "cell", "exec").get_children()
        while tables:
            table = tables.pop()
            tables += table.get_children()
            reached.update(each.get_name() for each in table.get_symbols() if each.is_global())
    return frozenset(read), frozenset(reached)


def names_bound(source: str) -> Iterator[str]:
    """The names that a piece of code binds, and those of what it changes: `a[0] = 1`, `b.append(2)`."""
    for node in ast.walk(_parse(without_magics(source))):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            yield _name_before(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield _name_before(node.value.func)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((part.asname or part.name).partition(".")[0] for part in node.names)


def _name_before(node: ast.expr) -> str:
    """The name that `name.part[0].other` begins with; empty where it begins with none."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _names_defined_only(there: Collection[ForeignCell], every: Iterable[ForeignCell]) -> frozenset[str]:
    """The functions and classes that some cells define, and none of the others."""
    ids = {cell.id for cell in there}
    return frozenset(names_defined(there)) - {*names_defined(cell for cell in every if cell.id not in ids)}


def names_defined(cells: Iterable[ForeignCell]) -> Iterator[str]:
    """The functions and classes that cells define at their margin."""
    for cell in cells:
        if cell.type is CellType.CODE:
            for node in _parse(without_magics(cell.source)).body:
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    yield node.name
