"""The released notebook, as its author wrote it -> the questions it asks.

How an assignment is written (docs/notebook-format.md tells it to authors):

- The first level-1 heading is the title; what stands between it and the first question are the conventions.
- `## 3. Gradient of the quadratic form (3 points)` starts question 3; its statement is the markdown up to
  the stub. `## 11. Losses of 20 starts (2 points, by hand)` starts a written question, which has no stub.
- The stub is a code cell with one function alone: a docstring and `raise NotImplementedError`.
- The stub of a question that asks for a variable is a code cell with `name = ...` alone.
- A code cell with an `assert`, after the stub, holds public examples: asserts, assignments, imports only.
- Every other code cell is support: imports, data, plots.
- A level-2 heading without a number, or another level-1 heading, ends the question before it.
"""

import ast
from copy import deepcopy
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from autograder.domain.notebook import Cell, CellKind
from autograder.errors import CourseError, Flaw, SubmissionError
from autograder.notebook.code import is_stub, parse, stub_of_variable, understand
from autograder.notebook.headings import HOW, Heading, read_heading
from autograder.notebook.read import read


class Role(StrEnum):
    """What a cell of the released notebook is for."""

    TEXT = "text"
    STATEMENT = "statement"
    STUB = "stub"
    EXAMPLES = "examples"
    SUPPORT = "support"


@dataclass(frozen=True, slots=True)
class Part:
    """One cell of the released notebook, and what it is for."""

    cell: Cell
    role: Role
    question: int = 0
    """Number of the question it belongs to, 0 for none."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What the released notebook says of one question."""

    name: str
    """Of the function or variable to write; empty for a written question."""
    title: str
    points: Fraction
    markdown: str
    """The statement, without its heading."""
    signature: str = ""
    """As `quad_grad(A, w)`."""
    stub: str = ""
    """Source of the stub's cell."""
    examples: tuple[str, ...] = ()
    """Sources of the cells of public examples."""
    number: int = 0
    """As in its heading."""
    parameters: tuple[str, ...] = ()
    variable: bool = False
    """Whether it asks for a variable, not for a function."""

    @property
    def key(self) -> str:
        """What reports call the question: its function, or `written-4` where it has none."""
        return self.name or f"written-{self.number}"

    @property
    def written(self) -> bool:
        """Whether it is answered in words and marked by hand."""
        return not self.name


@dataclass(frozen=True, slots=True)
class AssignmentText:
    """The released notebook, understood."""

    title: str
    conventions: str
    """Markdown between the title and the first question."""
    statements: tuple[Statement, ...]
    parts: tuple[Part, ...]
    """All cells, in order."""

    @property
    def points(self) -> Fraction:
        """Points of all questions together."""
        return sum((statement.points for statement in self.statements), Fraction(0))

    def statement(self, name: str) -> Statement | None:
        """The statement of the question whose function is called `name`, or None."""
        return next((statement for statement in self.statements if statement.name == name), None)


def read_assignment(content: bytes, *, path: str = "") -> AssignmentText:
    """The questions of a released notebook.

    Raises CourseError with all mistakes of its author at once, each with the number of its cell; `path` is
    put in front of them.
    """
    before = f"{path}, " if path else ""
    try:
        notebook = read(content, limit_mb=100)
    except SubmissionError as problem:
        raise CourseError([Flaw(path or "notebook", str(problem))]) from problem
    reading = _Reading(before)
    for cell in notebook.cells:
        reading.take(cell)
    return reading.finish()


_EARLY, _AFTER = "holds examples (asserts) before any stub", "put them after the stub they are for"
_IN_EXAMPLES = (ast.Assert, ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom)


@dataclass(slots=True)
class _Draft:
    """A question while its cells are being read."""

    heading: Heading
    cell: Cell
    """Where its heading stands."""
    lines: list[str] = field(default_factory=list)
    function: ast.FunctionDef | None = None
    variable: str = ""
    """The name, where a variable is asked for."""
    stub: str = ""
    examples: list[str] = field(default_factory=list)
    early: list[Cell] = field(default_factory=list)
    """Cells of examples above the stub: a mistake of their own only where there is one."""
    solved: int = 0
    """A cell that defines a function with a body where the stub should be, 0 for none."""
    classes: list[str] = field(default_factory=list)
    """The classes that stand where the stub should be."""

    @property
    def name(self) -> str:
        """Of the function or variable that its stub defines; empty before there is one."""
        return self.function.name if self.function else self.variable

    def statement(self) -> Statement:
        name = self.name
        parameters: tuple[str, ...] = ()
        if self.function:
            arguments = self.function.args
            listed = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
            parameters = tuple(part.arg for part in listed)
        signature = f"{name}({_parameters(self.function)})" if self.function else name
        return Statement(
            name,
            self.heading.title,
            self.heading.points,
            "\n".join(self.lines).strip(),
            signature,
            self.stub,
            tuple(self.examples),
            self.heading.number,
            parameters,
            bool(self.variable),
        )


class _Reading:
    """Walks through the cells of a released notebook and keeps what it understood, flaws included."""

    def __init__(self, before: str) -> None:
        self._before = before
        self._flaws: list[Flaw] = []
        self._title = ""
        self._conventions: list[str] = []
        self._drafts: list[_Draft] = []
        self._current: _Draft | None = None
        self._parts: list[Part] = []
        self._stubs: dict[str, int] = {}
        self._bound: list[tuple[Cell, str]] = []

    def take(self, cell: Cell) -> None:
        """Read the next cell."""
        role = Role.TEXT
        if cell.kind is CellKind.CODE:
            role = self._code(cell)
        elif cell.kind is CellKind.MARKDOWN:
            role = self._markdown(cell)
        self._parts.append(Part(cell, role, self._current.heading.number if self._current else 0))

    def finish(self) -> AssignmentText:
        """What was read. Raises CourseError."""
        if not self._title:
            self._flaw(None, "the notebook has no title", "begin it with `# Title`")
        if not self._drafts:
            self._flaw(None, "the notebook asks no question", HOW)
        for position, draft in enumerate(self._drafts, 1):
            self._check(draft, position)
        for cell, name in self._bound:
            if name in self._stubs:
                what = f"defines `{name}`, which the stub in cell {self._stubs[name]} asks for"
                self._flaw(cell, what, "a solved notebook is never released")
        if self._flaws:
            raise CourseError(self._flaws)
        return AssignmentText(
            self._title,
            "\n".join(self._conventions).strip(),
            tuple(draft.statement() for draft in self._drafts),
            tuple(self._parts),
        )

    def _flaw(self, cell: Cell | None, what: str, allowed: str = "") -> None:
        where = f"cell {cell.number}" if cell else "notebook"
        self._flaws.append(Flaw(self._before + where, what, allowed))

    # markdown

    def _markdown(self, cell: Cell) -> Role:
        fenced = False
        for line in cell.source.split("\n"):
            fenced ^= line.lstrip().startswith("```")
            heading = None if fenced else read_heading(line)
            if heading is None or not self._starts(cell, heading):
                self._keep(line)
        return Role.TEXT if self._current is None or self._current.name else Role.STATEMENT

    def _starts(self, cell: Cell, heading: Heading) -> bool:
        """Whether the heading is the title's or a question's; any other is part of the text around it."""
        if heading.level == 1 and not self._title and not self._drafts:
            self._title = heading.text
            return True
        self._current = None
        if heading.flaw:
            self._flaw(cell, heading.flaw, heading.allowed)
        if heading.number:
            self._current = _Draft(heading, cell)
            self._drafts.append(self._current)
        return heading.number > 0

    def _keep(self, line: str) -> None:
        if self._current is None:
            if not self._drafts:
                self._conventions.append(line)
        elif not self._current.name:
            self._current.lines.append(line)

    # code

    def _code(self, cell: Cell) -> Role:
        try:
            tree, _ = parse(cell.source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
            self._flaw(cell, f"is not Python: {problem}")
            return Role.SUPPORT
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        stubs = [function for function in functions if is_stub(function)]
        if stubs:
            self._stub(cell, tree, stubs)
            return Role.STUB
        if variable := next(filter(None, map(stub_of_variable, tree.body)), ""):
            self._stub_of_variable(cell, tree, variable)
            return Role.STUB
        if any(isinstance(node, ast.Assert) for node in tree.body):
            self._examples(cell, tree)
            return Role.EXAMPLES
        self._bound += [(cell, name) for name in sorted(understand(cell.source).names)]
        if self._current and not self._current.name:
            self._current.solved = cell.number if functions else self._current.solved
            self._current.classes += [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
        return Role.SUPPORT

    def _stub(self, cell: Cell, tree: ast.Module, stubs: list[ast.FunctionDef]) -> None:
        stub, current = stubs[0], self._current
        if len(tree.body) > 1:
            self._flaw(cell, f"holds more than the stub of `{stub.name}`", "give each stub a cell of its own")
        if ast.get_docstring(stub) is None:
            self._flaw(cell, f"the stub of `{stub.name}` has no docstring", "say shapes and units in one")
        for function in stubs:
            self._note_stub(cell, function.name)
        if self._may_have_stub(cell, stub.name) and current:
            current.function, current.stub = stub, cell.source

    def _stub_of_variable(self, cell: Cell, tree: ast.Module, name: str) -> None:
        if len(tree.body) > 1:
            self._flaw(cell, f"holds more than the stub of `{name}`", "give each stub a cell of its own")
        self._note_stub(cell, name)
        if self._may_have_stub(cell, name) and self._current:
            self._current.variable, self._current.stub = name, cell.source

    def _note_stub(self, cell: Cell, name: str) -> None:
        if name in self._stubs:
            self._flaw(cell, f"`{name}` has another stub in cell {self._stubs[name]}", "one stub a name")
        self._stubs.setdefault(name, cell.number)

    def _may_have_stub(self, cell: Cell, name: str) -> bool:
        """Whether the question above waits for a stub."""
        current = self._current
        if current is None:
            self._flaw(cell, f"the stub of `{name}` stands under no question's heading", HOW)
        elif current.heading.written:
            self._flaw(cell, f"question {current.heading.number} is marked by hand, but has a stub")
        elif current.name:
            what = f"question {current.heading.number} has a second stub, `{name}`"
            self._flaw(cell, what, "one function a question")
        else:
            return True
        return False

    def _examples(self, cell: Cell, tree: ast.Module) -> None:
        odd = next((node for node in tree.body if not isinstance(node, _IN_EXAMPLES)), None)
        if odd is not None:
            what = f"line {odd.lineno} of the examples is neither an assert nor an assignment nor an import"
            self._flaw(cell, what, "put anything else in a cell without asserts")
        if self._current is None:
            self._flaw(cell, _EARLY, _AFTER)
        elif self._current.name:
            self._current.examples.append(cell.source)
        else:
            self._current.early.append(cell)

    def _check(self, draft: _Draft, position: int) -> None:
        number = draft.heading.number
        if number != position:
            self._flaw(draft.cell, f"question {number} is the {position}. one", "number them 1, 2, 3")
        if not "".join(draft.lines).strip():
            self._flaw(draft.cell, f"question {number} has no statement", "write one below its heading")
        for cell in draft.early if draft.name or draft.heading.written else ():
            self._flaw(cell, _EARLY, _AFTER)
        if not draft.name and not draft.heading.written:
            why = f": cell {draft.solved} has a function with a body" if draft.solved else ""
            allowed = "a function of a docstring and `raise NotImplementedError`, or `name = ...`"
            if draft.classes:
                why = f": `{draft.classes[0]}` is a class, which is no question"
                allowed = "let a function that uses it be the stub"
            if any(line.strip() == "raise NotImplementedError" for line in draft.lines):
                why, allowed = ": it stands in a text cell", "make that a code cell"
            self._flaw(draft.cell, f"question {number} has no stub{why}", allowed)


def _parameters(function: ast.FunctionDef) -> str:
    """The parameters without annotations, as a reader would type them."""
    bare = deepcopy(function.args)
    for node in ast.walk(bare):
        if isinstance(node, ast.arg):
            node.annotation = None
    return ast.unparse(bare)
