"""Executing the files of an assignment as they are written, under names that clash with no other module.

`solutions/final/kernels.py` is `_solutions_final.kernels` while the program runs: an assignment may be called
`statistics` and hides nothing. Inside the package and in the proof file, `from final.kernels import gram` is
read as an import of that module.
"""

import ast
import importlib
import inspect
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

from autograder.domain.nearest import advise
from autograder.errors import CourseError, Flaw
from autograder.questions.files import SolutionsFiles
from autograder.timeout import TimeIsUpError, at_most

_PREFIX = "_solutions_"
_UNEXPECTED = re.compile(r"(\w+)\(\) got an unexpected keyword argument '(\w+)'")
_IMPORT_SECONDS = 60
"""An author's files may load a library, and data."""
_ADVICE = "leave to functions what takes long, and look for a loop that never ends"


def import_solutions(files: SolutionsFiles) -> tuple[ModuleType, ...]:
    """Execute a module, or a package and the files it imports; in the order in which they were done.

    Raises:
        CourseError: a file cannot be executed, or a package leaves one of its files out.
    """
    name = f"{_PREFIX}{files.name}"
    for known in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
        del sys.modules[known]
    done: list[ModuleType] = []
    _import(name, files, done)
    reached = {module.__file__ for module in done}
    left_out = [file for file in files.modules if str(file) not in reached]
    if left_out:
        start = files.modules[0]
        raise CourseError(
            Flaw(str(file), f"is not imported by {start}", f"write `from . import {file.stem}` there")
            for file in left_out
        )
    return tuple(done)


def import_proof(files: SolutionsFiles) -> ModuleType:
    """Execute the proof file over what `import_solutions` executed last.

    Raises:
        CourseError: it cannot be executed.
    """
    name = f"{_PREFIX}{files.name}_proof"
    sys.modules.pop(name, None)
    done: list[ModuleType] = []
    _import(name, files, done)
    return done[-1]


def find_module(file: Path) -> ModuleType | None:
    """The module that was executed last from a file."""
    return next((each for each in sys.modules.values() if getattr(each, "__file__", None) == str(file)), None)


def locate_error(error: BaseException, files: SolutionsFiles, *, otherwise: str = "") -> str:
    """File and line of the assignment where an error arose, or `otherwise`, or the root of the assignment."""
    own = {str(file) for file in files.read_by_check}
    if isinstance(error, SyntaxError) and error.filename in own:
        return f"{error.filename}:{error.lineno}"
    steps = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    places = [f"{file}:{line}" for file, line in steps if file in own]
    return places[-1] if places else str(otherwise or files.root)


def _import(name: str, files: SolutionsFiles, done: list[ModuleType]) -> None:
    with _found_first(_Finder(files, done)):
        try:
            with at_most(_IMPORT_SECONDS):
                importlib.import_module(name)
        except TimeIsUpError as error:
            what = f"runs for more than {_IMPORT_SECONDS} s when it is imported"
            raise CourseError([Flaw(locate_error(error, files), what, _ADVICE)]) from error
        except (Exception, SystemExit) as error:  # an author's file may fail in any way
            what = f"{type(error).__name__}: {error}".replace(_PREFIX, "")
            raise CourseError([Flaw(locate_error(error, files), what, _advise_on(error))]) from error


def _advise_on(error: BaseException) -> str:
    """What to do about an error of an author's file, where that is known."""
    if isinstance(error, ModuleNotFoundError) and not str(error.name).startswith(_PREFIX):
        return f"install it for {sys.executable}, or do without it"
    found = _UNEXPECTED.match(str(error)) if isinstance(error, TypeError) else None
    if found is None:
        return ""
    called = [frame.f_globals.get(found[1]) for frame, _ in traceback.walk_tb(error.__traceback__)]
    function = next((each for each in reversed(called) if callable(each)), None)
    return advise(found[2], inspect.signature(function).parameters, they="it takes") if function else ""


@contextmanager
def _found_first(finder: MetaPathFinder) -> Iterator[None]:
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Finder(MetaPathFinder):
    """Finds the files of one assignment, and nothing else."""

    def __init__(self, files: SolutionsFiles, done: list[ModuleType]) -> None:
        self._files, self._done = files, done

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        file = self._file(fullname)
        if file is None:
            return None
        loader = _Source(fullname, file, self._files, self._done)
        inside = [str(file.parent)] if file.name == "__init__.py" else None
        return spec_from_file_location(fullname, file, loader=loader, submodule_search_locations=inside)

    def _file(self, fullname: str) -> Path | None:
        head, *rest = fullname.split(".")
        if head == f"{_PREFIX}{self._files.name}_proof" and not rest:
            return self._files.proof
        if head != f"{_PREFIX}{self._files.name}":
            return None
        if not self._files.is_package:
            return None if rest else self._files.root
        at = self._files.root.joinpath(*rest)
        return next((f for f in (at / "__init__.py", at.with_name(f"{at.name}.py")) if f.is_file()), None)


class _Source(SourceFileLoader):
    """Loads what is written: Python's byte code would hide an edit of the same length within a second."""

    def __init__(self, name: str, file: Path, files: SolutionsFiles, done: list[ModuleType]) -> None:
        super().__init__(name, str(file))
        # In a module that is alone its own name means some other module, as in Python at large.
        alone = not files.is_package and file != files.proof
        self._own, self._done = "" if alone else files.name, done

    def get_code(self, fullname: str) -> CodeType:
        """Compile the text of the file."""
        tree = ast.parse(self.get_data(self.path), self.path)
        code: CodeType = self.source_to_code(_OwnImports(self._own).visit(tree), self.path)
        return code

    def exec_module(self, module: ModuleType) -> None:
        """Execute the file, and note that it is done."""
        super().exec_module(module)
        self._done.append(module)


class _OwnImports(ast.NodeTransformer):
    """Reads `from final.kernels import gram` and `import final` as imports of the assignment `final`."""

    def __init__(self, name: str) -> None:
        self._name = name

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        if node.level or not self._is_own(node.module or ""):
            return node
        return ast.copy_location(ast.ImportFrom(f"{_PREFIX}{node.module}", node.names, 0), node)

    def visit_Import(self, node: ast.Import) -> ast.AST:
        names: list[ast.alias] = []
        for alias in node.names:
            if not self._is_own(alias.name):
                names.append(alias)
                continue
            names.append(ast.alias(f"{_PREFIX}{alias.name}", alias.asname))
            if alias.asname is None:  # what `import final.kernels` binds is `final`
                names.append(ast.alias(f"{_PREFIX}{self._name}", self._name))
        return ast.fix_missing_locations(ast.copy_location(ast.Import(names), node))

    def _is_own(self, module: str) -> bool:
        return bool(self._name) and module.partition(".")[0] == self._name
