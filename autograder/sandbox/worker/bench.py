"""The process in which the instructor's tests run: sealed as any other, and without any student code.

A test sees the names of the notebook as if it stood in it. What is data is fetched; all else stays in the
student's process, and a stand-in asks there. What was believed of the student's word is told as well.
"""

import ast
import builtins
import doctest
import importlib
import inspect
import io
import linecache
import re
import sys
import types
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import asdict
from types import CodeType
from typing import Any

import numpy as np
from IPython.core.displayhook import DisplayHook
from IPython.utils.capture import capture_output

from autograder.sandbox.messages import BeginTests, RanTest, RunTest
from autograder.sandbox.protocol import ProtocolFault
from autograder.sandbox.worker import inspected
from autograder.sandbox.worker.cells import plain_python
from autograder.sandbox.worker.compared import COMPARED, Comparisons, keep_compared
from autograder.sandbox.worker.examples import Sides, describe_comparison, describe_sides, find_failed
from autograder.sandbox.worker.generators import Generators, find_standings, stand_at
from autograder.sandbox.worker.patches import PatchedModules, find_process_changes
from autograder.sandbox.worker.peer import (
    Peer,
    UnsupportedError,
    change_in_place,
    library_name,
    make_exception,
    pickle_library_instance,
)
from autograder.sandbox.worker.printing import CapturedStream, OutputBuffer, show_warnings_again
from autograder.sandbox.worker.remote import Remote, is_remote
from autograder.sandbox.worker.shared_files import SharedFolder, TooManyFilesError, refuse_code_of_files
from autograder.sandbox.worker.shell import PYPLOT
from autograder.sandbox.worker.student_side import MOST_WARNINGS
from autograder.sandbox.worker.tracebacks import message_of
from autograder.sandbox.worker.type_calls import (
    CLASS_OF,
    IS_SUBCLASS,
    ask_class,
    ask_class_in_modules,
    asks_class,
)
from autograder.sandbox.worker.values import Node
from autograder.sandbox.worker.wire_end import WireEnd

_ABSENT = object()
_MOST_PRINTED = 20_000
_MOST_SHOWN = 2000
_INSIDE_ONLY = ("Out", "__", "___", "_i", "_ii", "_ih", "_oh", "exit", "quit")
_FRAMES = ("gi_", "cr_", "ag_", "f_", "tb_", "co_", "func_", "_")
_TIMED = re.compile(r"\A(\s*)%%(?:time|capture)\b[^\n]*")
"""A cell that is timed, or whose output is put aside: of all that a test is to show, only that is lost."""
_TIMERS = ("time", "timeit")
_OPTIONS = re.compile(r"(?:\s*-[nrp]\s*\d+|\s*-[tcqov]+\b)*")
"""Of `%timeit`, before the code."""
_CAPTURED = re.compile(r"\A\s*%%capture\b([^\n]*)")
_PRINT = print
_SHARED = frozenset((bool, int, float, complex, str, bytes, tuple, frozenset, range, type(None)))
_OF_SHELL = frozenset(("In", "Out", "get_ipython", "exit", "quit", "open", "display"))
_OWN_NAMES = frozenset(
    ("__builtins__", "__name__", "get_ipython", "display", "In", CLASS_OF, IS_SUBCLASS, COMPARED)
)


class Names(dict[str, Any]):
    """The names that a test sees: those that tests have bound, else the notebook's."""

    def __init__(self, bench: "Bench", known: Mapping[str, Any] = types.MappingProxyType({})) -> None:
        super().__init__(known)
        self._bench = bench

    def __missing__(self, name: str) -> Any:
        self._bench.fetch([name], self)
        if dict.__contains__(self, name):
            return dict.__getitem__(self, name)
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        if dict.__contains__(self, name):
            return True
        with suppress(KeyError):
            self[name]  # type: ignore[index]
            return True
        return False

    def get(self, name: str, default: Any = None) -> Any:
        """As of any dictionary, the notebook's names among it."""
        return self[name] if name in self else default  # noqa: SIM401 - which would call this

    def __iter__(self) -> Iterator[str]:
        self._bench.fetch_all(self)
        return super().__iter__()

    def keys(self) -> Any:
        """All names, the notebook's too."""
        self._bench.fetch_all(self)
        return super().keys()

    def values(self) -> Any:
        """What all names are bound to."""
        self._bench.fetch_all(self)
        return super().values()

    def items(self) -> Any:
        """All names with what they are bound to."""
        self._bench.fetch_all(self)
        return super().items()

    def copy(self) -> "Names":
        """Other names that begin as these: what is bound there is not bound here."""
        return Names(self._bench, dict(dict.items(self)))


class Bench(Peer):
    """Runs tests, one after the other."""

    tells_causes = False

    def __init__(self, wire: WireEnd, shell: Any, begin: BeginTests, folder: SharedFolder) -> None:
        super().__init__(wire)
        self._folder = folder
        folder.writable = None if begin.learning else frozenset(begin.written)
        self._refuses_code = False
        self._shell = shell
        shell.refuse = self.unsupported
        self._begin = begin
        self._commands: list[str] = []
        """Of the operating system, that functions of the student's asked for during the test under way."""
        self._wanted = frozenset(begin.wanted)
        self._reached = frozenset(begin.reached)
        self._passed: list[Any] = []
        """What the call under way passes to the student's code."""
        self._libraries = frozenset(begin.libraries)
        self._used: set[str] = set()
        self._arrived: dict[str, str] = {}
        self._seen_libraries: set[str] = set()
        self._trouble = ""
        self._fetched: dict[str, object] = {}
        """What names were bound to when they came from the notebook."""
        self._came: dict[str, object] = {}
        """The same, and it stays known when a test has taken it away: the test may put it back."""
        self._told: dict[str, object] = {}
        """What names are bound to there because a test has bound them."""
        self._own: set[str] = set()
        """Names that tests have bound."""
        self._asked: set[str] = set()
        """Names that were asked for during the test under way."""
        self._generators = Generators(find_standings() if begin.randomness else (None, None))
        self._helpers = compile_helpers(begin.helpers, begin.pins)
        self._plain_filters = [*warnings.filters]
        self._patches = PatchedModules()
        self._compared = Comparisons()
        self._text = ""
        """Of the test under way."""
        self._history = [""]
        self._passed_cells = 0
        """How many of the notebook's own cells stand in it."""
        self.names = Names(self)
        self.names |= self._own_names()
        sys.modules["__main__"] = _Main(self.names)
        self._settling = False
        self._texts = inspected.look_at_text(begin.sources)
        ask_class_in_modules(folder.root)
        if begin.figures:
            self._pyplot = _Pyplot(self)
            sys.modules[PYPLOT] = self._pyplot
            library: Any = sys.modules.get("matplotlib")
            if library is not None:
                library.pyplot = self._pyplot

    def _own_names(self) -> dict[str, Any]:
        shell = self._shell

        def display(*things: Any, **_options: Any) -> None:
            for thing in things:
                sys.stdout.write(f"{thing!r}\n")

        return {
            "__builtins__": builtins,
            "__name__": "__main__",
            "get_ipython": lambda: _Shell(self, shell),
            "display": display,
            "In": self._history,
        }

    # What a peer is asked.

    def note(self, what: str) -> None:
        self._used.add(what[:200])

    def unsupported(self, what: str) -> Exception:
        self._trouble = self._trouble or what
        return UnsupportedError(what)

    def _spell_attributes(self, error: BaseException) -> Node:
        """Nothing of what a test's own exceptions keep goes to the student's process."""
        return self.speller().spell({})

    def pickled(self, value: object) -> Node:
        """An instance of a library's class goes to the student's process whole: nothing there is trusted."""
        before = self._trouble
        node = pickle_library_instance(value)
        self._trouble = before
        return node

    def may_look_up(self, name: str) -> bool:
        return not name.startswith(_FRAMES)

    def find_library(self, name: str) -> Any:
        """What of a library may stand here by its name: all that the solution's own run has shown."""
        module, _, path = name.partition(":")
        if module == PYPLOT and path and self._begin.figures:
            return None  # what pyplot does, it does to the figures of the student's process
        if self._begin.learning:
            self._seen_libraries.add(name)
        elif name not in self._libraries and not (
            # The test compares with what every object has: `Box.__repr__ is not object.__repr__`.
            module == "builtins" and path.startswith("object.__") and path in self._text
        ):
            return None
        if module == PYPLOT and not path:
            return sys.modules.get(PYPLOT)
        return find_by_name(name)

    def call(self, thing: Remote, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """As any call; what is passed may be handed over by its name as well."""
        # Equal numbers and texts may be one object: that one is passed does not tell that the other is.
        given = [value for value in (*args, *kwargs.values()) if type(value) not in _SHARED]
        before, self._passed = self._passed, given
        try:
            return super().call(thing, args, kwargs)
        finally:
            self._passed = before

    def serve_own(self, verb: str, parts: Sequence[Any]) -> Any:
        if verb != "input":
            return super().serve_own(verb, parts)
        return self.spell_answer(builtins.input(*self.read_all(parts)))

    def find_class(self, name: str) -> type | None:
        if self._begin.learning:
            with suppress(ImportError):
                importlib.import_module(name.partition(":")[0])
        return super().find_class(name)

    def before_asking(self) -> Node:
        """Names that tests have bound or deleted, where the notebook's own cells look for them."""
        bound, gone, back, others = self._changes()
        files = self._new_files()
        states = self._generators.tell() if self._begin.randomness else None
        # `patch("builtins.print")` sees what student code prints, as it would in one process.
        printer = None if builtins.print is _PRINT else self.handle(builtins.print)
        filters = self._new_filters()
        patches = self._patches.tell(lambda value: self.speller().spell(value)) if self._patches else []
        named = bound or gone or back or others or patches
        if not named and states is None and files is None and printer is None and not filters:
            return None
        speller = self.speller()
        spelled = [[name, speller.spell(value)] for name, value in bound]
        return [spelled, gone, back, others, states, files, printer, filters, patches]

    def _new_filters(self) -> list[Node]:
        """What the test, or a library that it has imported, wants done with warnings."""
        found: list[Node] = []
        if warnings.filters != self._plain_filters:
            for action, message, category, module, line in warnings.filters:
                if (action, message, category, module, line) not in self._plain_filters:
                    patterns = [getattr(each, "pattern", each) for each in (message, module)]
                    spelled = self.speller().spell(category)
                    found.append([action, patterns[0], spelled, patterns[1], line])
        return found

    def _new_files(self) -> Node:
        """What the test has written, where it shares files."""
        if not self.home:
            return None
        try:
            return self._folder.changes()
        except TooManyFilesError as error:
            raise self.unsupported(str(error)) from None

    def _share_files(self, *, wanted: bool) -> None:
        """Find here what the student's code has written, and have it find what this test writes."""
        self.home = ""
        if not wanted:
            return
        with suppress(TooManyFilesError):
            self._folder.changes()  # what tests before have written is their own
        self.home = self._folder.root
        if not self._refuses_code:
            self._refuses_code = True
            refuse_code_of_files(lambda: bool(self.home), self._folder, self.unsupported)
        self.ask_spelled("nothing")

    def _changes(self) -> tuple[list[tuple[str, Any]], list[str], list[str], list[str]]:
        """Names bound to a test's own, deleted, put back as they were, and bound to what stays here."""
        bound: list[tuple[str, Any]] = []
        gone: list[str] = []
        back: list[str] = []
        others: list[str] = []
        for name in {**self._fetched, **self._told}:
            if dict.get(self.names, name, _ABSENT) is _ABSENT:
                gone.append(name)
                self._fetched.pop(name, None)
                self._told.pop(name, None)
                self._own.discard(name)
        for name, value in [*dict.items(self.names)]:
            if name in _OWN_NAMES or self._fetched.get(name, _ABSENT) is value:
                continue
            # What was there goes back by its name: nothing of a test crosses with it, whoever names it, and a
            # function of the course's own that stands for it here is not what the notebook had.
            if self._came.get(name, _ABSENT) is value and not (name in self._wanted and may_change(value)):
                back.append(name)
                self._fetched[name] = value
                self._told.pop(name, None)
                self._own.discard(name)
                continue
            # What a test passes is no secret: a function may read it by the test's name for it, by mistake.
            passed = name in self._reached and any(value is given for given in self._passed)
            known = self._told.get(name, _ABSENT) is value
            if known and not passed and not (self._settling and may_change(value)):
                continue
            self._told[name] = value
            self._fetched.pop(name, None)
            self._own.add(name)
            # What a test imports is no secret, and functions of the notebook may count on it. One of Python's
            # own names is taken to see whether student code uses it: `sum = None`.
            taken = hasattr(builtins, name) and (value is None or callable(value))
            if passed or taken or name in self._wanted or library_name(value):
                bound.append((name, value))
            else:
                others.append(name)
        return bound, gone, back, others

    def hear_after(self, told: Node) -> None:
        if told is None:
            return
        states, changes, files, commands, warned = told
        for told_of in warned[:MOST_WARNINGS]:
            match told_of:
                case [category, str(message), str(filename), int(lineno), str(line)]:
                    kind = self.read(category)
                case _:
                    raise ProtocolFault("no warning")
            if isinstance(kind, type) and issubclass(kind, Warning):
                made: Any = make_exception(kind, (message,))
                # Public, and so what a test has put in its place: it may collect what student code warns of.
                warnings.showwarning(made, kind, filename, lineno, line=line)
        if type(commands) is list:
            self._commands += [each[:200] for each in commands[:20] if type(each) is str]
        if self.home and type(files) is str:
            raise self.unsupported(f"{files[:200]} of the student's")
        if self.home:
            self._folder.take(files)
        if states is not None and self._begin.randomness:
            with suppress(ValueError, TypeError):
                self._generators.follow(states)
        for name, node in changes:
            self._follow(name, self.read(node, None))

    def _follow(self, name: str, value: Any) -> None:
        """A name of the notebook is bound to something else since a function of it was called."""
        before = self._fetched.get(name, _ABSENT)
        if before is _ABSENT or dict.get(self.names, name, _ABSENT) is not before:
            return
        # The test may hold it by another name as well: it stays the same thing.
        if type(before) is type(value) and type(value) in (list, dict, set):
            change_in_place(before, value, self)
            return
        self._fetched[name] = value
        self.names[name] = value

    # Names.

    def fetch(self, names: Sequence[str], into: Names) -> None:
        """Bind those of these names that are bound in the notebook."""
        wanted = [name for name in names if name not in self._asked and name not in _OWN_NAMES]
        first = not self._asked
        self._asked.update(wanted)
        if wanted:
            nodes = self.ask_spelled("names", wanted, first)
            if type(nodes) is not list or len(nodes) != len(wanted):
                raise ProtocolFault("other names than were asked for")
            values = [node[1] for node in nodes if node[0] == "value"]
            read = iter(self.read_all(values, None))
            for name, node in zip(wanted, nodes, strict=True):
                self._bind(name, node[0], read, into)

    def fetch_all(self, into: Names) -> None:
        """Bind all names of the notebook: a test looks through them."""
        self.fetch(sorted(name for name in self.list_bound() if not name.startswith("_")), into)

    def list_bound(self) -> list[str]:
        """The names of the notebook."""
        return [name for name in self.read(self.ask_spelled("bound")) if type(name) is str]

    def _bind(self, name: str, how: str, read: Iterator[Any], into: Names) -> None:
        value = next(read) if how == "value" else _ABSENT
        if self._begin.learning:
            self._arrived[name] = describe_arrival(value) if how == "value" else how
        if how == "yours":
            return
        pin = self._begin.pins.get(name)
        if value is _ABSENT:
            into.pop(name, None)
            self._fetched.pop(name, None)
            return
        # A name of the course's own is never the student's word, unless it is data now: that cannot judge.
        if pin is not None and not is_data(value):
            value = self._pinned(name, pin, into)
        dict.__setitem__(into, name, value)
        self._own.discard(name)
        if into is self.names:
            self._fetched[name] = self._came[name] = value

    def _pinned(self, name: str, pin: str, into: Names) -> Any:
        if pin != "helper":
            found = sys.modules[PYPLOT] if pin == f"{PYPLOT}:" else find_by_name(pin)
            if found is None:
                raise self.unsupported(f"{pin} cannot be imported")
            return found
        if name not in self._helpers:  # the profile is of an older program: no mark is lost by that
            raise self.unsupported(f"{name}, which is no function of the course's own: adopt it again")
        space: dict[str, Any] = into
        exec(self._helpers[name], space)  # noqa: S102 - the instructor's own text
        return dict.__getitem__(into, name)

    def reset(self) -> None:
        """Delete all names, as `%reset -f` does: those of tests and those of the notebook."""
        for name in self.list_bound():
            if not name.startswith("_") and name not in _OF_SHELL:
                self._fetched.setdefault(name, _ABSENT)
        self.names.clear()
        self.names |= self._own_names()

    # Tests.

    def run(self, test: RunTest) -> RanTest:
        """Run one test; how it went."""
        self._used.clear()
        self._arrived, self._seen_libraries, self._trouble, self.trips = {}, set(), "", 0
        self._asked, self._texts.cells, self._commands = set(), test.cells, []
        self._compared.clear()
        # Cells may have bound names to something else since, or deleted them.
        for name, value in [*self._fetched.items()]:
            if dict.get(self.names, name, _ABSENT) is value:
                del self._fetched[name], self.names[name]
        self._text = test.source
        # What a kernel keeps of its cells: here it is what was handed in, and not the student's word.
        passed, self._passed_cells = self._passed_cells, test.cells
        self._history += [text for text in self._begin.sources[passed : test.cells] if text.strip()]
        self._history.append(test.source)
        out, err = OutputBuffer(_MOST_PRINTED), OutputBuffer(_MOST_PRINTED)
        outcome: dict[str, Any]
        show_warnings_again()
        with (
            redirect_stdout(CapturedStream(out, "<stdout>")),
            redirect_stderr(CapturedStream(err, "<stderr>")),
        ):
            try:
                self._share_files(wanted=test.files)
                outcome = getattr(self, f"_run_{test.form}")(test)
            except UnsupportedError as error:
                self._trouble = self._trouble or message_of(error)
                outcome = {"exception": "UnsupportedError"}
            except ProtocolFault:  # nobody knows what the two processes wait for: this one ends
                raise
            except BaseException as error:  # noqa: BLE001 - the instructor's code, at the student's values
                outcome = self._describe(error, test)
        if test.form == "cell" and self._begin.figures and self.trips:  # as a kernel does after each cell
            self.ask_spelled("close figures")
        if test.settle:
            self._settle()
        self.home = ""
        return RanTest(
            **{"passed": False, **outcome},
            printed=out.text,
            stderr=err.text,
            unsupported=self._trouble[:200],
            used=sorted(self._used)[:500],
            arrived=sorted(self._arrived.items()),
            libraries=sorted(self._seen_libraries),
            trips=self.trips,
            commands=self._commands[:20],
            written=sorted(self._folder.taken),
        )

    def _settle(self) -> None:
        """Hand over what is left: a cell of the notebook runs next."""
        self._settling = True
        try:
            if self._is_unsettled():
                self.ask_spelled("nothing")
        except Exception:  # noqa: BLE001 - what is handed over is a test's own, and may be of any kind
            self._trouble = self._trouble or "what the test binds cannot be handed over"
        finally:
            self._settling = False

    def _is_unsettled(self) -> bool:
        """Whether anything is left to be handed over."""
        if self._begin.randomness or self.home or self._patches:
            return True
        names = dict.items(self.names)
        known = ((n, v) for n, v in names if n not in _OWN_NAMES)
        return any(self._fetched.get(n, _ABSENT) is not v for n, v in known) or any(
            not dict.__contains__(self.names, name) for name in (*self._fetched, *self._told)
        )

    def _describe(self, error: BaseException, test: RunTest) -> dict[str, Any]:
        """What was raised, where, and what the statement there compared."""
        found: dict[str, Any] = {"exception": type(error).__name__[:200], "message": message_of(error)}
        statement = None
        if test.form == "cell":
            with suppress(SyntaxError, ValueError):
                statement = find_failed(_TIMED.sub(r"\1", test.source), error, test.name)
        if statement is not None:
            found |= {"line": statement.lineno, "statement": ast.unparse(statement)[:_MOST_SHOWN]}
            failed, place = statement, (statement.lineno, statement.col_offset)
            found |= asdict(
                self._look_aside(
                    lambda: describe_sides(failed, error, lambda side, _: self._compared.side(place, side))
                )
            )
        return found

    def _look_aside(self, look: Callable[[], Sides]) -> Sides:
        """What a comparison compared; looking at it is no part of the test, and leaves nothing behind."""
        trips, used, trouble, commands = self.trips, set(self._used), self._trouble, [*self._commands]
        standings = find_standings() if self._begin.randomness else None
        try:
            return look()
        except BaseException:  # noqa: BLE001 - what is looked at may be the student's
            return Sides()
        finally:
            if standings is not None:
                stand_at(standings)
            self.trips, self._used, self._trouble, self._commands = trips, used, trouble, commands

    def _run_cell(self, test: RunTest) -> dict[str, Any]:
        body, last = self._compile(test)
        aside = _CAPTURED.match(test.source)
        if aside:
            hidden: Any = DisplayHook.semicolon_at_end_of_expression  # then IPython keeps nothing
            text = test.source[aside.end() :]
            self._run_aside(body, last, aside[1].split(), kept=not hidden(text))
            return {"passed": True}
        exec(body, self.names)  # noqa: S102 - this is what this process is for
        if last is not None:
            value = eval(last, self.names)  # noqa: S307 - as above
            return {"passed": True, "shown": self._show(value)}
        return {"passed": True}

    def _run_aside(self, body: CodeType, last: CodeType | None, words: Sequence[str], *, kept: bool) -> None:
        """Run what stands under `%%capture`, whose output is kept under a name or thrown away."""
        shown = {word: f"--no-{word}" not in words for word in ("stdout", "stderr")}
        with capture_output(**shown, display=False) as output:
            try:
                exec(body, self.names)  # noqa: S102 - as of any test
                if last is not None:
                    eval(last, self.names)  # noqa: S307 - as above
            finally:  # IPython binds the name where the cell raises, too
                for name in (word for word in words if not word.startswith("-")):
                    self.names[name] = output
                    if not kept:
                        del self.names[name]

    def _compile(self, test: RunTest) -> tuple[CodeType, CodeType | None]:
        source = _TIMED.sub(r"\1", test.source)
        try:
            tree = ast.parse(source, test.name)
        except SyntaxError:
            source = plain_python(source)
            tree = ast.parse(source, test.name)
        linecache.cache[test.name] = (len(source), None, source.splitlines(keepends=True), test.name)
        tree = ask_class(tree, source)
        self._prefetch(tree, self.names)
        keep_compared(tree)
        last = None
        if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
            expression = ast.Expression(tree.body.pop().value)  # type: ignore[attr-defined] # it is an Expr
            last = compile(expression, test.name, "eval", dont_inherit=True)
        return compile(tree, test.name, "exec", dont_inherit=True), last

    def _prefetch(self, tree: ast.AST, into: Names) -> None:
        """Fetch at once what the test reads."""
        nodes = list(ast.walk(tree))
        imports = any(isinstance(node, ast.Import | ast.ImportFrom) for node in nodes)
        if imports and any("/" in path and path.endswith(".py") for path in self._folder.given):
            # The course's own modules are looked for where cells of the notebook have Python look for them.
            named = self.read(self.ask_spelled("paths"))
            sys.path += [path for path in self._folder.module_folders(named) if path not in sys.path]
        names = [node for node in nodes if isinstance(node, ast.Name)]
        read = (
            {node.id for node in names if not isinstance(node.ctx, ast.Store)} - _OWN_NAMES - _imported(tree)
        )
        if read & set(_INSIDE_ONLY) - {node.id for node in names if isinstance(node.ctx, ast.Store)}:
            raise self.unsupported("IPython's history, or the end of the kernel")
        if read & {"dir", "vars", "globals", "locals"}:
            into["dir"] = _listing(self, into)
        if read:
            self.fetch(sorted(read), into)
        for change in find_process_changes(tree):
            raise self.unsupported(change)
        self._patches.watch(tree, into)

    def _show(self, value: Any) -> str:
        """The text of a value, as a kernel shows it."""
        if value is None:
            return ""
        if is_remote(value):
            return repr(value)[:_MOST_SHOWN]
        data, _ = self._shell.display_formatter.format(value, include={"text/plain"})
        return str(data.get("text/plain", ""))[:_MOST_SHOWN]

    def _run_ok(self, test: RunTest) -> dict[str, Any]:
        """A case of doctest, by doctest itself, on a copy of the names."""
        names = self.names.copy()  # as Otter does: nothing that a case binds is there for the next
        examples = [
            part
            for part in doctest.DocTestParser().parse(test.source, test.name)
            if isinstance(part, doctest.Example)
        ]
        given = {example.lineno: example.source for example in examples}
        for example in examples:
            with suppress(SyntaxError):
                tree = ask_class(ast.parse(example.source), example.source)
                self._prefetch(tree, names)
                # What is False where True is wanted is told by what is not equal.
                if (example.want == "True\n" and keep_compared(tree, example.lineno)) or asks_class(
                    example.source
                ):
                    example.source = ast.unparse(tree) + "\n"
        case = doctest.DocTest(examples, {}, test.name, None, None, test.source)
        case.globs = names
        words = io.StringIO()
        runner = _CaseRunner(verbose=False)
        with redirect_stdout(words), redirect_stderr(words), _no_display():
            runner.run(case, compileflags=0, out=lambda _text: None, clear_globs=False)
        if not runner.failed:
            return {"passed": True}
        line, got, want, error = runner.failed[0]
        source, place = given[line], (line + 1, 0)
        raised = type(error).__name__ if error is not None else "AssertionError"
        sides = Sides()
        if error is None and (got.strip(), want.strip()) == ("False", "True"):  # what is not equal says more
            with suppress(SyntaxError, ValueError):
                compared = ast.parse(source.strip(), mode="eval").body
                sides = self._look_aside(
                    lambda: describe_comparison(compared, lambda side, _: self._compared.side(place, side))
                )
        return {
            "exception": raised,
            "message": message_of(error)[:_MOST_SHOWN] if error is not None else "",
            "statement": source[:_MOST_SHOWN],
            **asdict(sides if sides.answer else Sides(got[:_MOST_SHOWN], want[:_MOST_SHOWN])),
        }

    def _run_exception(self, test: RunTest) -> dict[str, Any]:
        """A function of a test file: its parameters are names of the notebook."""
        space: dict[str, Any] = {"__name__": "tests"}
        linecache.cache[test.name] = (
            len(test.source),
            None,
            test.source.splitlines(keepends=True),
            test.name,
        )
        with _otter_tests() as cases:
            tree = ask_class(ast.parse(test.source, test.name), test.source)
            exec(compile(tree, test.name, "exec", dont_inherit=True), space)  # noqa: S102 - instructor's
        found: Any = space[test.function]
        function = found.function if isinstance(found, cases) else found
        names = self.names.copy()
        wanted = list(inspect.signature(function).parameters)
        self.fetch([name for name in wanted if name != "env"], names) if len(wanted) > 1 else None
        function(**{name: names if name == "env" else names.get(name) for name in wanted})
        return {"passed": True}


class _CaseRunner(doctest.DocTestRunner):
    """doctest's own runner, which keeps what failed."""

    def __init__(self, *, verbose: bool) -> None:
        super().__init__(verbose=verbose)
        self.failed: list[tuple[int, str, str, BaseException | None]] = []

    def report_failure(self, out: Any, test: Any, example: Any, got: str) -> None:
        self.failed.append((example.lineno, got, example.want, None))

    def report_unexpected_exception(self, out: Any, test: Any, example: Any, exc_info: Any) -> None:
        if isinstance(exc_info[1], UnsupportedError | ProtocolFault):
            raise exc_info[1]
        self.failed.append((example.lineno, "", example.want, exc_info[1]))


class _Shell:
    """What a test finds as IPython's shell: nothing that would have to run in the student's process."""

    def __init__(self, bench: Bench, shell: Any) -> None:
        self._bench = bench
        self._shell = shell

    @property
    def user_ns(self) -> Names:
        """The names of the notebook, as the test sees them."""
        return self._bench.names

    def run_line_magic(self, name: str, line: str, **_options: Any) -> Any:
        """Magics that set up figures do nothing, code is timed; all others are of the student's process."""
        if name in ("matplotlib", "config", "load_ext", "autoreload"):
            return None
        if name == "reset" and line.split() == ["-f"]:
            return self._bench.reset()
        if name not in _TIMERS:
            raise self._bench.unsupported(f"the magic %{name}")
        return self._time(self._shell.find_line_magic(name), name, line)

    def run_cell_magic(self, name: str, line: str, cell: str) -> Any:
        """Code is timed; no other magic works on the names of a test."""
        if name not in _TIMERS:
            raise self._bench.unsupported(f"the magic %%{name}")
        return self._time(self._shell.find_cell_magic(name), name, line, cell)

    def _time(self, magic: Callable[..., Any], name: str, line: str, *cell: str) -> Any:
        """Run code on the names of the test, once where it says no number: its time tells nothing."""
        options = _OPTIONS.match(line)[0]  # type: ignore[index] # of no options too
        if name == "timeit":
            line = "".join(f"-{each} 1 " for each in "nr" if f"-{each}" not in options) + line
        usual, self._shell.user_ns = self._shell.user_ns, self._bench.names
        try:
            return magic(line, *cell)
        finally:
            self._shell.user_ns = usual

    def system(self, _command: str) -> Any:
        """Commands of the operating system run nowhere here."""
        raise self._bench.unsupported("a command of the operating system")

    getoutput = system

    def __getattr__(self, name: str) -> Any:
        raise self._bench.unsupported(f"IPython's {name}")


class _Main(types.ModuleType):
    """Stands for `__main__`: a test that imports it finds the names of the notebook."""

    def __init__(self, names: Names) -> None:
        super().__init__("__main__")
        object.__setattr__(self, "_names", names)

    def __getattribute__(self, name: str) -> Any:
        names = object.__getattribute__(self, "_names")
        if name == "__dict__":
            return names
        if name in names:
            return names[name]
        return super().__getattribute__(name)

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value

    def __delattr__(self, name: str) -> None:
        del self.__dict__[name]


class _Pyplot(types.ModuleType):
    """Stands for pyplot: figures are those of the student's process."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(PYPLOT)
        self.__dict__["_bench"] = bench
        self.__dict__["__path__"] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        bench = self.__dict__["_bench"]
        return bench.read(bench.ask_spelled("module", PYPLOT, name), None)


def _imported(tree: ast.AST) -> set[str]:
    """The names that statements at the margin import, before all else that reads them."""
    found = set()
    for statement in getattr(tree, "body", ()):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            found |= {(part.asname or part.name).partition(".")[0] for part in statement.names}
        elif not isinstance(statement, ast.Expr | ast.Assert | ast.Assign | ast.FunctionDef):
            break
    return found


def find_by_name(name: str) -> Any:
    """What a library has under this name, imported: `numpy.linalg:norm`, `numpy:`; None if nothing."""
    module, _, path = name.partition(":")
    try:
        found: Any = importlib.import_module(module)
    except ImportError:
        return None
    for word in path.split(".") if path else ():
        found = getattr(found, word, None)
    return found


def describe_arrival(value: Any) -> str:
    """What came for a name: `library numpy:`, `data`, `thing` or `function`."""
    if is_remote(value):
        return "function" if callable(value) else "thing"
    name = f"{PYPLOT}:" if isinstance(value, _Pyplot) else library_name(value)
    return f"library {name}" if name else "data"


def is_data(value: Any) -> bool:
    """Whether a value is data, which cannot judge."""
    return not is_remote(value) and not callable(value) and not isinstance(value, types.ModuleType)


def may_change(value: Any) -> bool:
    """Whether a thing that was handed over may have changed since."""
    if is_remote(value):  # it is the other process's; to ask of what class would count as asked by the test
        return False
    return isinstance(value, list | dict | set | bytearray | np.ndarray) or type(value).__module__.startswith(
        "pandas"
    )


def compile_helpers(source: str, pins: Mapping[str, str]) -> dict[str, CodeType]:
    """The definitions of those pinned names that are the course's own functions and classes."""
    found: dict[str, CodeType] = {}
    if "helper" not in pins.values():  # as in most courses: to read all cells takes a millisecond and more
        return found
    with suppress(SyntaxError):
        for statement in ast.parse(source).body:
            name = getattr(statement, "name", "")
            if name and pins.get(name) == "helper":
                tree = ask_class(ast.Module([statement], []), source)
                found[name] = compile(tree, "<provided>", "exec", dont_inherit=True)
    return found


def _listing(bench: Bench, names: Names) -> Any:
    def listing(*things: Any) -> Any:
        if things:
            return builtins.dir(*things)
        return sorted({*dict.keys(names), *bench.list_bound()})

    return listing


@contextmanager
def _no_display() -> Iterator[None]:
    before = sys.displayhook
    sys.displayhook = sys.__displayhook__
    try:
        yield
    finally:
        sys.displayhook = before


@contextmanager
def _otter_tests() -> Iterator[Any]:
    """What a test file imports of Otter, without Otter: `from otter.test_files import test_case`."""

    class Case:
        """Takes what Otter's own takes, and keeps the function."""

        def __init__(self, *_args: Any, **_options: Any) -> None:
            self.function: Any = None

        def __call__(self, function: Any) -> "Case":
            self.function = function
            return self

    package, module = types.ModuleType("otter"), types.ModuleType("otter.test_files")
    package.test_files = module  # type: ignore[attr-defined] # a module made here
    module.test_case = Case  # type: ignore[attr-defined] # as above
    kept = {name: sys.modules.get(name) for name in ("otter", "otter.test_files")}
    sys.modules |= {"otter": package, "otter.test_files": module}
    try:
        yield Case
    finally:
        for name, before in kept.items():
            if before is None:
                del sys.modules[name]
            else:
                sys.modules[name] = before
