"""The source of a reference as it can stand in a notebook: without decorators, with the helpers it uses."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError, Flaw
from autograder.questions.files import SolutionsFiles, find_own_imports, find_solutions
from autograder.questions.question import Question
from autograder.questions.variable import literal


@dataclass(frozen=True, slots=True)
class Definition:
    """A statement at the top level of a file, which binds names; ordered as the files import each other."""

    file: Path
    place: tuple[int, int]
    """Of the file among the files, of the line in the file."""
    node: ast.stmt
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.node.lineno}"


class Definitions:
    """What the files of an assignment define at their top level, and what of it a piece of code needs."""

    def __init__(self, files: SolutionsFiles, *, proof: bool = False) -> None:
        self._files = files
        texts = {f: f.read_text(encoding="utf-8") for f in (files.read_by_check if proof else files.modules)}
        self._trees = {file: ast.parse(text) for file, text in texts.items()}
        self._found: dict[Path, dict[str, Definition]] = {}
        self._imported: dict[Path, dict[str, tuple[Path, str]]] = {}
        """Per file and name: in which file it is defined, and under which name."""
        self._whole: dict[Path, list[Path]] = {}
        """Per file, those of which it imports everything."""
        for rank, file in enumerate(self._in_order()):
            own = list(find_own_imports(self._trees[file], files, file))
            names = [(alias, source) for node, source in own for alias in node.names]
            self._imported[file] = {a.asname or a.name: (source, a.name) for a, source in names}
            self._whole[file] = [source for alias, source in names if alias.name == "*"]
            skipped = {node for node, _ in own}
            # `ast.get_source_segment` would go through the whole text for every definition.
            lines = texts[file].encode().split(b"\n")
            self._found[file] = {}
            for node in self._trees[file].body:
                if node not in skipped:
                    part = lines[node.lineno - 1 : node.end_lineno]
                    part[-1] = part[-1][: node.end_col_offset]
                    part[0] = part[0][node.col_offset :]
                    made = Definition(file, (rank, node.lineno), node, b"\n".join(part).decode())
                    self._found[file] |= dict.fromkeys(_find_names_bound(node), made)

    def functions(self) -> Iterator[Definition]:
        """Every function, file by file."""
        for found in self._found.values():
            yield from (each for each in found.values() if isinstance(each.node, ast.FunctionDef))

    def by_name(self) -> dict[str, Definition]:
        """Every definition by the names it binds; of two files that bind one name, the one imported first."""
        return {name: each for found in reversed(self._found.values()) for name, each in found.items()}

    def needed_by(self, code: ast.AST, file: Path, *, without: Iterable[str] = ()) -> list[Definition]:
        """What code of a file uses, and what that uses, in an order in which it can be executed.

        Names in `without` are defined elsewhere already.

        Raises:
            CourseError: two definitions of one name are needed, or one under a name that is not its own.
        """
        known, needed = set(without), dict[str, Definition]()
        waiting: list[tuple[ast.AST, Path]] = [(code, file)]
        while waiting:
            tree, home = waiting.pop()
            for name in find_names_used(tree):
                definition = None if name in known else self._resolve(name, home)
                if definition is None:
                    continue
                if name not in needed:
                    needed[name] = definition
                    waiting.append((definition.node, definition.file))
                elif needed[name].text != definition.text:
                    what = f"{name} means something else at {needed[name]}"
                    how = "rename one: in a solved notebook both would stand side by side"
                    raise CourseError([Flaw(str(definition), what, how)])
        return sorted(set(needed.values()), key=lambda definition: definition.place)

    def _resolve(self, name: str, file: Path) -> Definition | None:
        """What a name of a file stands for, in whichever file that is defined."""
        if name in self._found.get(file, {}):
            return self._found[file][name]
        if name in self._imported.get(file, {}):
            source, original = self._imported[file][name]
            if original != name or source.parent / f"{name}.py" in self._trees:
                what = f"a reference uses {name}, which is a file or has another name at home"
                how = "import the functions it uses by their own names, as in `from .kernels import gram`"
                raise CourseError([Flaw(str(file), what, how)])
            return self._resolve(name, source)
        return next(
            (self._found[s][name] for s in self._whole.get(file, ()) if name in self._found.get(s, {})), None
        )

    def _in_order(self) -> Iterator[Path]:
        """The files, each after those it imports."""
        seen: set[Path] = set()

        def visit(file: Path) -> Iterator[Path]:
            if file in seen or file not in self._trees:
                return
            seen.add(file)
            for node, source in find_own_imports(self._trees[file], self._files, file):
                yield from visit(source)
                # `from . import kernels` names files.
                for alias in node.names:
                    yield from visit(source.parent / f"{alias.name}.py")
            yield file

        for file in self._trees:
            yield from visit(file)


def answers_to(solutions: Path, questions: Sequence[Question]) -> dict[str, str]:
    """Per question, Python that answers it: its reference's source, or its variable with its value."""
    variables = {q.name: f"{q.name} = {literal(q.reference())}" for q in questions if q.variable}
    return reference_sources(solutions, frozenset(question.name for question in questions)) | variables


def reference_sources(solutions: Path, names: frozenset[str]) -> dict[str, str]:
    """Per question of `names`, the source of its reference and of what else of the assignment it needs.

    Where a reference calls another question's, the notebook has that already.

    Raises:
        CourseError: what a reference needs cannot stand in a notebook.
    """
    definitions = Definitions(find_solutions(solutions))
    return {
        reference.node.name: "\n\n\n".join(
            each.text
            for each in (*definitions.needed_by(reference.node, reference.file, without=names), reference)
        )
        for reference in definitions.functions()
        if isinstance(reference.node, ast.FunctionDef) and reference.node.name in names
    }


def find_names_used(tree: ast.AST) -> Iterator[str]:
    """The names that code uses; of a function, not those of its decorators."""
    body = tree.body if isinstance(tree, ast.FunctionDef) else [tree]
    for part in body:
        yield from (node.id for node in ast.walk(part) if isinstance(node, ast.Name))


def _find_names_bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") != "autograder":
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
