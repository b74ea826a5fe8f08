"""Where the hidden side of an assignment stands: one module or a package, and a proof file beside it."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import CourseError, Flaw

_PROOF = "_proof"


@dataclass(frozen=True, slots=True)
class SolutionsFiles:
    """The files of one assignment."""

    name: str
    root: Path
    """`NAME.py`, or the folder of the package."""
    modules: tuple[Path, ...]
    """The Python that decides marks: `NAME.py`, or every file of the package, `__init__.py` first."""
    data: tuple[Path, ...] = ()
    """What else lies in a package."""
    proof: Path | None = None
    """What `check` alone reads, where there is such a file: `NAME_proof.py`."""

    @property
    def is_package(self) -> bool:
        """Whether the assignment is a folder with a file a topic."""
        return self.root.suffix != ".py"

    def home_of(self, function: Callable[..., Any]) -> Path:
        """The module that a function is written in; the first one where it is written elsewhere."""
        code = getattr(function, "__code__", None)
        return next((f for f in self.modules if code and code.co_filename == str(f)), self.modules[0])

    def place_of(self, function: Callable[..., Any]) -> str:
        """File and line where a function is written."""
        code = getattr(function, "__code__", None)
        home = self.home_of(function)
        return f"{home}:{code.co_firstlineno}" if code and code.co_filename == str(home) else str(home)

    @property
    def read_by_check(self) -> tuple[Path, ...]:
        """All the Python there is, the proof file last."""
        return (*self.modules, *([self.proof] if self.proof else []))


def locate(folder: Path, name: str) -> Path:
    """Where the solutions of an assignment stand in a folder: `NAME.py`, unless there is a folder instead."""
    module = folder / f"{name}.py"
    return folder / name if not module.is_file() and (folder / name).is_dir() else module


def find_solutions(path: Path) -> SolutionsFiles:
    """The files of an assignment, whose solutions are at `NAME.py` or in the folder `NAME`.

    Raises:
        CourseError: there is nothing, no package in the folder, or both a module and a package.
    """
    name = path.name.removesuffix(".py")
    root = locate(path.parent, name)
    start = path.parent / name / "__init__.py"
    if root.suffix == ".py" and not root.is_file():
        raise CourseError(
            [Flaw(str(path), "there is no such file", "write the references of the assignment there")]
        )
    if not start.is_file() and root.is_dir():
        raise CourseError([Flaw(str(start), "there is no such file", "import the files of the folder there")])
    if start.is_file() and root.is_file():
        what = f"there is a package {start.parent} as well"
        raise CourseError([Flaw(str(root), what, "keep one of them")])
    proof = path.parent / f"{name}{_PROOF}.py"
    found = proof if proof.is_file() else None
    if root.is_file():
        return SolutionsFiles(name, root, (root,), proof=found)
    inside = [file for file in sorted(_list_files(root)) if file != start]
    modules = tuple(file for file in inside if file.suffix == ".py")
    data = tuple(file for file in inside if file.suffix != ".py")
    return SolutionsFiles(name, root, (start, *modules), data, found)


def find_stray_proofs(folder: Path, assignments: Path) -> Iterator[Flaw]:
    """The proof files of a folder that prove nothing, and are no assignment that happens to be called so."""
    for file in sorted(folder.glob(f"*{_PROOF}.py")):
        if find_proven(file) is None and not (assignments / file.stem).is_dir():
            there = file.with_name(f"{file.stem.removesuffix(_PROOF)}.py")
            yield Flaw(str(file), f"proves nothing: there is no {there}", "name it after its assignment")


def find_proven(file: Path) -> Path | None:
    """The module or package that a proof file belongs to; None for any other file."""
    if not file.stem.endswith(_PROOF):
        return None
    root = locate(file.parent, file.stem.removesuffix(_PROOF))
    return root if root.exists() else None


def find_own_imports(
    tree: ast.AST, files: SolutionsFiles, file: Path
) -> Iterator[tuple[ast.ImportFrom, Path]]:
    """The statements `from ... import ...` of a file that name files of the same assignment, with these."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            imported = _find_imported(node, files, file)
            if imported is not None:
                yield node, imported


def _find_imported(node: ast.ImportFrom, files: SolutionsFiles, file: Path) -> Path | None:
    parts = node.module.split(".") if node.module else []
    if node.level:
        at = file.parents[node.level - 1].joinpath(*parts)
    elif parts[0] == files.name and (files.is_package or file == files.proof):
        at = files.root.parent.joinpath(*parts)
    else:
        return None
    package = at / "__init__.py"
    return package if package.is_file() else at.with_name(f"{at.name}.py")


def _list_files(folder: Path) -> Iterator[Path]:
    """Every file below a folder that somebody wrote: nothing hidden, no byte code, no copy of an editor's."""
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name == "__pycache__" or path.name.endswith("~"):
            continue
        if path.is_dir():
            yield from _list_files(path)
        else:
            yield path
