"""What runs beside student code in an adopted course, for tests that run elsewhere.

All that it says is the student's word. Cells are run as a kernel runs them, so that marks are those of the
tool a course comes from.
"""

import builtins
import importlib
import linecache
import os
import re
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from IPython.core import interactiveshell

from autograder.sandbox.messages import FilesWritten, ToPeer, WriteFiles
from autograder.sandbox.protocol import ProtocolFault
from autograder.sandbox.worker.generators import Generators
from autograder.sandbox.worker.patches import Patching
from autograder.sandbox.worker.peer import Peer, copied, is_mutable, same_nodes
from autograder.sandbox.worker.printing import show_warnings_again
from autograder.sandbox.worker.shared_files import SharedFolder, TooManyFilesError, list_module_folders
from autograder.sandbox.worker.shell import PYPLOT, Shell
from autograder.sandbox.worker.values import Node, Speller
from autograder.sandbox.worker.wire_end import WireEnd

_ABSENT = object()
_NEVER = (object(), None)
_OPEN = getattr(interactiveshell, "_modified_open", open)
"""What IPython binds `open` to: a test has Python's own, and does not take the student's word for a file."""
MOST_WARNINGS = 100
_FEW = 500
"""Items of a container that is looked at after each call."""
_MOST_DATA = 48 << 20
"""Bytes of arrays and tables that cross together; what is beyond stays there, to be asked for its parts."""


def write_files(wire: WireEnd, request: WriteFiles, kept: Mapping[str, np.ndarray]) -> None:
    """Put files into the folder of this process, and go on in the notebook's own."""
    trouble, made = "", set()
    try:
        every = [
            *zip(request.paths, request.contents, strict=True),
            *((path, kept[path]) for path in request.kept),
        ]
        for path, content in every:
            folder = os.path.dirname(path)  # noqa: PTH120 - a third of the time that paths take
            if folder and folder not in made:
                os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - as above
                made.add(folder)
            with open(path, "wb") as file:  # noqa: PTH123 - as above
                file.write(content.data)
        if request.folder:
            Path(request.folder).mkdir(parents=True, exist_ok=True)
            os.chdir(request.folder)
    except OSError as error:
        trouble = str(error)
    wire.send(FilesWritten(trouble))


class StudentSide(Peer):
    """Serves the process in which tests run."""

    def __init__(self, wire: WireEnd, shell: Shell, folder: SharedFolder) -> None:
        super().__init__(wire)
        self._shell = shell
        self._namespace: dict[str, Any] = shell.user_ns
        self._folder = folder
        self._yours: dict[str, tuple[object, Node]] = {}
        """What names were bound to when the tests' own binding of them was the newer one, and how that was
        spelled where the notebook may change it."""
        self._had: dict[str, object] = {}
        """What names of the notebook were bound to before a test took them away."""
        self._told: dict[str, tuple[object, Node]] = {}
        """The names that were asked for, and how their values were spelled where these may change."""
        self._generators = Generators()
        self._patching = Patching()
        self._carried = False
        self._printer: Any = None
        """What the test has put in the place of `print`."""
        self._filters: list[Any] = []
        """What the test wants done with warnings, before all that the notebook wants."""
        self._warned: list[Node] = []
        self._room = _MOST_DATA
        """Bytes that may still cross among the names that are asked for."""

    def answer(self, message: ToPeer) -> None:
        """Do what is asked. ProtocolFault where nothing is."""
        match message.body:
            case ["?", before, str(verb), *parts]:
                show_warnings_again()
                self._filters, self._warned = [], []
                # What the test has put in the place of `input` answers, as it would in one process.
                self._shell.keyboard = lambda *prompt: self.ask("input", *map(str, prompt))
                try:
                    with self._telling_warnings():
                        self.serve(before, verb, parts)
                finally:
                    self._shell.keyboard = None
            case _:
                raise ProtocolFault("no question")

    def hear_before(self, told: Node) -> None:
        self.home = ""
        self._printer = None
        self._shell.passed_over = []  # the cells have told theirs
        if told is None:
            self._carried = False
            return
        bound, gone, back, others, states, files, printer, filters, patches = told
        self._patching.follow(patches, self.read)
        self._printer = printer and self.read(printer)
        self._filter_warnings(filters)
        if files is not None:
            self.home = self._folder.root
            self._folder.take(files)
        values = self.read_all([node for _, node in bound])
        for (name, _), value in zip(bound, values, strict=True):
            self._keep(name)
            self._namespace[name] = value
            kept = copied(self.speller().spell(value)) if is_mutable(value) else None
            self._yours[name] = value, kept
        for name in gone:
            self._keep(name)
            self._namespace.pop(name, None)
        for name in back:
            self._yours.pop(name, None)
            if name in self._had:
                self._namespace[name] = self._had.pop(name)
        for name in others:
            self._yours[name] = self._namespace.get(name, _ABSENT), None
        self._carried = states is not None
        if states is not None:
            self._generators.follow(states)

    def _keep(self, name: str) -> None:
        """Remember what the notebook has bound a name to, since a test takes it away."""
        value = self._namespace.get(name, _ABSENT)
        if value is not _ABSENT and self._yours.get(name, _NEVER)[0] is not value:
            self._had[name] = value

    @contextmanager
    def standing_in(self) -> Iterator[None]:
        """With what a test has put in the place of `print`."""
        usual = builtins.print
        builtins.print = usual if self._printer is None else self._printer
        try:
            yield
        finally:
            builtins.print = usual

    @contextmanager
    def _telling_warnings(self) -> Iterator[None]:
        """Have warnings told to the test, which may count them; without it they would be text on stderr."""
        usual, tell = warnings.showwarning, self._tell_warning
        warnings.showwarning = tell
        try:
            yield
        finally:
            if warnings.showwarning is tell:  # student code may have put its own in its place
                warnings.showwarning = usual
            for item in self._filters:
                with suppress(ValueError):
                    warnings.filters.remove(item)  # type: ignore[attr-defined] # a list, whatever is declared
            show_warnings_again()

    def _tell_warning(
        self, message: Any, category: Any, filename: str, lineno: int, file: Any = None, line: Any = None
    ) -> None:
        if file is not None or len(self._warned) >= MOST_WARNINGS:
            (file or sys.stderr).write(warnings.formatwarning(message, category, filename, lineno, line))
            return
        text = linecache.getline(filename, lineno) if line is None else str(line)
        speller = self.speller()
        self._warned.append([speller.spell(category), str(message)[:2000], str(filename), lineno, text[:500]])

    def _filter_warnings(self, told: Sequence[Any]) -> None:
        for action, message, category, module, line in reversed(told):
            patterns = (
                re.compile(message, re.IGNORECASE) if message else None,
                module and re.compile(module),
            )
            self._filters.append((action, patterns[0], self.read(category), patterns[1], line))
            warnings.filters.insert(0, self._filters[-1])  # type: ignore[attr-defined] # as above
        if told:
            show_warnings_again()

    def after_serving(self) -> Node:
        changes = self._find_changes() if self.called else []
        self.called = False
        commands, self._shell.passed_over = self._shell.passed_over, []
        warned, self._warned = self._warned, []
        if not self._carried and not changes and not self.home and not commands and not warned:
            return None
        files = None
        if self.home:
            try:
                files = self._folder.changes()
            except TooManyFilesError as error:
                files = str(error)
        return [self._generators.tell() if self._carried else None, changes, files, commands, warned]

    def spell_answer(self, value: object) -> Node:
        """An array too large to cross stays here: it is asked for its parts, as if it were no data."""
        return self.handle(value) if size_of(value) > _MOST_DATA else super().spell_answer(value)

    def _find_changes(self) -> list[Node]:
        """The names whose values are not what they were when they were asked for, with what they are."""
        changes = []
        for name, (value, was) in [*self._told.items()]:
            found = self._namespace.get(name, _ABSENT)
            if found is _ABSENT or (found is value and was is None):
                continue
            node = self.speller().spell(found)
            if found is not value or not same_nodes(node, was):
                self._told[name] = (found, self._kept(found, node))
                changes.append([name, node])
        return changes

    def _kept(self, value: object, node: Node) -> Node:
        return copied(node) if type(value) in (list, dict, set) and len(value) < _FEW else None  # type: ignore[arg-type] # one of these

    def find_library(self, name: str) -> Any:
        """What a test names is imported: it is the instructor's word."""
        module, _, path = name.partition(":")
        found: Any = importlib.import_module(module)
        for word in path.split(".") if path else ():
            found = getattr(found, word)
        return found

    def unpickle(self, raw: bytes) -> Any:
        """What a test has made of a library's class. It comes from the instructor's side alone."""
        import pickle

        return pickle.loads(raw)  # noqa: S301 - the other way, nothing is ever pickled

    def serve_own(self, verb: str, parts: Sequence[Any]) -> Any:
        match verb, parts:
            case "names", [list(names), bool(first)]:
                if first:  # that the test under way asks for
                    self._told.clear()
                speller, self._room = self.speller(), _MOST_DATA
                return [self._tell(speller, name) for name in names]
            case "nothing", []:
                return None
            case "close figures", []:
                pyplot = sys.modules.get(PYPLOT)
                return pyplot and pyplot.close("all")
            case "bound", []:
                return ["l", list(self._namespace)]
            case "paths", []:
                return ["l", list_module_folders(self._folder.root)]
            case "module", [str(module), str(name)]:
                return self.speller().spell(getattr(sys.modules[module], name))
        raise ProtocolFault(f"nothing is known of {verb}")

    def _tell(self, speller: Speller, name: str) -> Node:
        """The value of a name: none where it is not bound, or where a test's own binding is newer."""
        value = self._namespace.get(name, _ABSENT)
        own, was = self._yours.get(name, _NEVER)
        if own is value and (was is None or same_nodes(self.speller().spell(value), was)):
            return ["yours"]
        if own is value:  # a cell has changed in place what a test had made
            del self._yours[name]
        if value is _ABSENT or value is _OPEN:
            return ["missing"]
        try:
            self._room -= size_of(value)
            if self._room < 0:
                return ["value", self.handle(value)]
            node = speller.spell(value)
            if not callable(value):
                self._told[name] = (value, self._kept(value, node))
            return ["value", node]
        except Exception:  # noqa: BLE001 - a container that changes while it is read, or of a class of theirs
            return ["value", self.handle(value)]


def size_of(value: Any) -> int:
    """Bytes of an array or a table; of all else, which is smaller or does not cross at once, 0."""
    if type(value) is np.ndarray:
        return int(value.nbytes)
    if type(value).__module__.startswith("pandas") and hasattr(value, "memory_usage"):
        return int(np.sum(value.memory_usage()))
    return 0
