"""Every message that crosses the wall, and how each is spelled: one frame of `protocol.py` holds one message.

The grader talks to a sealed process, which runs student code, over a socket pair of their own.

Grader to process (`TO_PROCESS`):

    RunCells           run these cells in turn and report each
    AskBatch           call a function on every call of a batch; its calls follow, in so many BatchCalls
    BatchCalls         arguments of calls, functions among them as recipes of what stands in for them
    RunExample         run a public example beside the notebook's names
    AskVariable        what is the value of this name?
    BindReferences     put functions of ours in place of the student's
    OracleValue        what the function that was asked returned
    OracleRefused      why the function that was asked has no value to give
    CallBack           before an AskOracle is answered: call this function, an argument of it
    WriteFiles         put these files into the folder
    RunWhole           run a cell as a kernel does: it ends where it raises
    Checked            the tests of an AskCheck have run: the cell goes on
    BeginTests         be the process that runs the instructor's tests of an adopted course
    RunTest            run a test; what it asks of the student's process goes through the grader
    ToPeer             what the other process of an adopted course asks, or answers

Process to grader (`TO_GRADER`); all of it is the student's word:

    Hello              which layers seal the process; the first message, before any student code ran
    CellDone           how a cell went; one for every cell of a RunCells
    BatchAnswers       answers to one or more calls, each a CallAnswer; also the answer to AskVariable
    ArgumentsChanged   which arguments a timed call changed, looked at when its clock had stopped
    ExampleDone        how an example went
    AskOracle          a function of ours is asked; OracleValue or OracleRefused is awaited
    CallbackDone       what a CallBack returned, or that it failed
    ReferencesBound    BindReferences is done
    FromPeer           what is asked of the other process of an adopted course, or answered to it
    FilesWritten       WriteFiles is done
    AskCheck           a cell of RunWhole asks for the tests of a question of Otter's; Checked is awaited
    WholeDone          how a cell of RunWhole went
    RanTest            how a test went

The grader talks to its fork server, which runs no student code, over a socket that keeps message borders and
carries descriptors.

Grader to fork server (`TO_SERVER`):

    PrepareServer      what to import, who may read what; read from standard input, before all others
    ForkChild          fork a process on these terms; one end of its wire comes along
    SplitServer        make another server of this one; its control line and a pidfd of its grader come along
    ReapChild          collect a process that was killed or ended

Fork server to grader (`FROM_SERVER`):

    ServerSplit        the first word of a server that was split off; a pidfd of it comes along
    ServerReady        the answer to PrepareServer: what was reached, what is missing
    ChildForked        the answer to ForkChild; a pidfd comes along, and the child's small disk if it has one
    ExitStatus         the answer to ReapChild

A message is spelled as a list: its word, then its fields in order. Its annotations are what is checked when
it is read, down to the items of lists: anything else, a word of the other direction included, is a
ProtocolFault. Fields that have a default, which is always an empty one, follow in one dictionary, without
those that are empty. They hold what is shown and never judged: where one is of another type than its own, it
counts as left out.
"""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from types import UnionType
from typing import Any, Literal, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import numpy as np

from autograder.sandbox.protocol import Make, Placeholder, ProtocolFault, Recognise, decode, encode
from autograder.sandbox.protocol_forms import KeptForms

Key = int | str
"""Which argument: by position, or by name. Where a function is asked, "=name" is a reference."""
CallEnding = Literal["returned", "raised", "undefined"]
_Need = Callable[[Any], bool]
_Class = TypeVar("_Class", bound=type)


class _Form:
    """How messages of one class are spelled and read."""

    __slots__ = ("kind", "read", "spell")

    def __init__(self, kind: type, word: str) -> None:
        self.kind = kind
        self.spell: Callable[[Any], list[Any]]
        self.read: Callable[[Any], Any]
        self.spell, self.read = _write_out(kind, word)


def _write_out(kind: type, *word: str) -> tuple[Any, Any]:
    """The functions that spell and read a class, one step for each field, as `dataclass` writes its own.

    They are called between two processes that take turns, whose code has left the processor's cache each
    time: a loop over lists of checks took a submission 5 % longer.
    """
    hints = get_type_hints(kind)
    parts = fields(kind) if is_dataclass(kind) else ()
    optional = {
        part.name: hints.pop(part.name)
        for part in parts
        if (part.default, part.default_factory) != (MISSING, MISSING)
    }
    space: dict[str, Any] = {"kind": kind, "fits": {name: _fits(hint) for name, hint in optional.items()}}
    space["ProtocolFault"] = ProtocolFault
    tests, values, spelled = ["True"], list[str](), [*map(repr, word)]
    for name, hint in hints.items():
        types, need, part = _types_of(hint), _need_of(hint), _part_of(hint)
        space |= {f"types_{name}": types, f"need_{name}": need, f"read_{name}": part and _write_out(part)[1]}
        if types is not None:
            # One built-in type is looked at without a set of ours: what a child touches, it copies first.
            [space[f"type_{name}"], *more] = types
            tests.append(f"type({name}) in types_{name}" if more else f"type({name}) is type_{name}")
        tests += [f"need_{name}({name})"] if need is not None else []
        values.append(f"[*map(read_{name}, {name})]" if part else name)
        spelled.append(f"[*map(list, it.{name})]" if part else f"it.{name}")
    names = [*("_" for _ in word), *hints]
    if optional:
        names, spelled = [*names, "given"], [*spelled, "given"]
        tests.append("type(given) is dict and given.keys() <= fits.keys()")
        values.append("**{name: value for name, value in given.items() if fits[name](value)}")
    source = "\n".join(
        [
            "def spell(it):",
            *([" given = {}"] if optional else []),
            *[f" if it.{name}: given[{name!r}] = it.{name}" for name in optional],
            f" return [{', '.join(spelled)}]",
            "def read(node):",
            f" if type(node) is list and len(node) == {len(names)}:",
            f"  {''.join(f'{name}, ' for name in names)} = node",
            f"  if {' and '.join(tests)}:",
            f"   return kind({', '.join(values)})",
            " raise ProtocolFault(f'a {kind.__name__} of another form')",
        ]
    )
    exec(source, space)  # noqa: S102 - words and annotations of this module, nothing that was sent
    return space["spell"], space["read"]


def _part_of(hint: Any) -> type[tuple[Any, ...]] | None:
    """The class of the parts of a list of parts: named tuples, each spelled as a list."""
    part = get_args(hint)[0] if get_origin(hint) is list else None
    return part if isinstance(part, type) and issubclass(part, tuple) and hasattr(part, "_fields") else None


def _types_of(hint: Any) -> frozenset[type] | None:
    """The types that an annotation allows, exactly: a bool is no int. None where it allows any."""
    if hint is Any:
        return None
    if isinstance(hint, UnionType):
        return frozenset(get_args(hint))
    return frozenset([str if get_origin(hint) is Literal else get_origin(hint) or hint])


def _need_of(hint: Any) -> _Need | None:
    """What must hold of a value of the right type; None where the annotation says no more than that type."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        return frozenset(parts).__contains__
    if origin is list and _part_of(hint) is None:
        item = _fits(parts[0])
        return lambda value: not value or all(map(item, value))
    if origin is tuple and parts[-1] is not Ellipsis:
        items = [_fits(part) for part in parts]
        return lambda value: (
            len(value) == len(items) and all(fits(one) for fits, one in zip(items, value, strict=False))
        )
    if origin is dict:
        key, item = map(_fits, parts)
        return lambda value: not value or (all(map(key, value)) and all(map(item, value.values())))
    return None


def _fits(hint: Any) -> _Need:
    """Whether a value is what an annotation asks for."""
    types, need = _types_of(hint), _need_of(hint)
    return lambda value: (types is None or type(value) in types) and (need is None or need(value))


Forms = dict[str, _Form]
TO_PROCESS: Forms = {}
TO_GRADER: Forms = {}
TO_SERVER: Forms = {}
FROM_SERVER: Forms = {}
_FORM_OF: dict[type, _Form] = {}


def _message(word: str, direction: Forms) -> Callable[[_Class], _Class]:
    """Enter a class among the messages of a direction."""

    def enter(kind: _Class) -> _Class:
        direction[word] = _FORM_OF[kind] = _Form(kind, word)
        return kind

    return enter


def encode_message(message: object, *, recognise: Recognise | None = None) -> list[bytes]:
    """The frame that carries a message, in pieces; ProtocolFault if it is too large for one."""
    spelled = _FORM_OF[type(message)].spell(message)
    if type(message) is AskOracle and not message.kwargs:
        return _ASKED.spell(spelled, message.slot, message.args, recognise=recognise)
    if type(message) is OracleValue:
        return _TOLD.spell(spelled, None, (message.value,), recognise=recognise)
    return encode(spelled, recognise=recognise)


def decode_message(
    frame: bytes | bytearray | memoryview,
    direction: Forms,
    *,
    make: Make | None = None,
    opaque: Callable[[str], object] = Placeholder,
) -> Any:
    """The message of one whole frame; ProtocolFault if it is none of this direction.

    Without `make` a recipe in it is a fault; `opaque` stands for what is not data.
    """
    kept = _ASKED if direction is TO_GRADER else _TOLD if direction is TO_PROCESS else None
    known = kept and kept.read(frame)
    if known is not None:
        return known
    node = decode(frame, make=make, opaque=opaque)
    form = direction.get(node[0]) if type(node) is list and node and type(node[0]) is str else None
    if form is None:
        raise ProtocolFault("no message")
    message = form.read(node)
    if type(message) is AskOracle and not message.kwargs:
        slot = message.slot
        _ASKED.learn(frame, node, message.args, lambda numbers: AskOracle(slot, tuple(numbers), {}))
    elif type(message) is OracleValue:
        _TOLD.learn(frame, node, (message.value,), lambda numbers: OracleValue(*numbers))
    return message


_ASKED, _TOLD = KeptForms(), KeptForms()


@_message("cells", TO_PROCESS)
@dataclass(frozen=True, slots=True)
class RunCells:
    """Run cells in turn; a CellDone for each."""

    cells: list[tuple[int, str, int, int | float, str]]
    """Its number here, its name in tracebacks, the bytes of its source, its seconds, and how much is run.

    That is "all" of it; or only what it "defines", where no name is bound yet; or that "anew", replacing what
    is bound.
    """
    sources: np.ndarray
    """The sources of all cells, one after the other in UTF-8: as one text they could be too long."""
    characters: int
    """How much of what a cell prints is kept."""
    figures: int
    """How many figures of all cells together are kept."""


@_message("batch", TO_PROCESS)
@dataclass(frozen=True, slots=True)
class AskBatch:
    """Call a function on every call of a batch."""

    name: str
    """Of the function; nothing where each call has it as its first argument."""
    timed: bool
    """Its one call is timed: what it changed is told when its answer has been sent."""
    together: bool
    """Whether quick and small answers may wait for each other."""
    frames: int
    """How many BatchCalls follow."""


@_message("calls", TO_PROCESS)
@dataclass(frozen=True, slots=True)
class BatchCalls:
    """Calls of a batch: positional arguments, named arguments."""

    calls: list[tuple[tuple, dict]]  # type: ignore[type-arg] # what is in them is anything


@_message("example", TO_PROCESS)
@dataclass(frozen=True, slots=True)
class RunExample:
    """Run a public example."""

    name: str
    """What its code is called in tracebacks."""
    source: str


@_message("variable", TO_PROCESS)
@dataclass(frozen=True, slots=True)
class AskVariable:
    """Tell the value of one of the notebook's names, in a BatchAnswers of one."""

    name: str


@_message("stand", TO_PROCESS)
@dataclass(frozen=True, slots=True)
class BindReferences:
    """Bind these names to functions that ask the grader's references."""

    names: list[str]


@_message("told", TO_PROCESS)
@dataclass(frozen=True, slots=True)
class OracleValue:
    """What a function of the grader's returned."""

    value: Any


@_message("refused", TO_PROCESS)
@dataclass(frozen=True, slots=True)
class OracleRefused:
    """Why a function of the grader's was not asked, or has no value there."""

    why: str


@_message("back", TO_PROCESS)
@dataclass(frozen=True, slots=True)
class CallBack:
    """Call a function of the student's that is an argument of the question being answered."""

    number: int
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


@_message("hello", TO_GRADER)
@dataclass(frozen=True, slots=True)
class Hello:
    """What seals the process, as far as it can tell."""

    active: dict[str, Any]
    failed: dict[str, str]
    """Layers that could not be put in place, with the kernel's reason."""


@_message("cell", TO_GRADER)
@dataclass(frozen=True, slots=True)
class CellDone:
    """How a cell went."""

    number: int
    printed: str = ""
    cut: bool = False
    """Whether more was printed or shown than is kept."""
    displayed: list[str] = field(default_factory=list)
    figures: list[np.ndarray] = field(default_factory=list)
    """Pictures, each the bytes of a PNG."""
    exception: str = ""
    """Its nearest built-in class; nothing where the cell ran to its end."""
    message: str = ""
    traceback: str = ""
    line: int = 0
    """Of the cell, where it stopped; 0 where it ran to its end or could not begin."""
    ran_on: list[str] = field(default_factory=list)
    """What its remaining imports and definitions bound."""
    skipped: bool = False
    """Whether nothing else of it was run: the time of the notebook was over."""


class CallAnswer(NamedTuple):
    """The answer to one call; part of a message. A tuple: a submission gives a hundred and more of them."""

    number: int
    """Of the call in its batch."""
    ending: CallEnding
    exception: str
    message: str
    changed: list[Key]
    """Arguments that are not what they were; always empty in a timed call."""
    value: Any


@_message("answers", TO_GRADER)
@dataclass(frozen=True, slots=True)
class BatchAnswers:
    """Answers, in the order of their calls."""

    answers: list[CallAnswer]


@_message("changed", TO_GRADER)
@dataclass(frozen=True, slots=True)
class ArgumentsChanged:
    """The arguments that a timed call changed: looking for them is not the student's time."""

    changed: list[Key]


@_message("example", TO_GRADER)
@dataclass(frozen=True, slots=True)
class ExampleDone:
    """How a public example went."""

    passed: bool = False
    traceback: str = ""
    answer: str = ""
    """What the comparison that failed compared, as it is printed; nothing where it was none."""
    expected: str = ""


@_message("ask", TO_GRADER)
@dataclass(frozen=True, slots=True)
class AskOracle:
    """A question to a function of the grader's."""

    slot: Key
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


@_message("backed", TO_GRADER)
@dataclass(frozen=True, slots=True)
class CallbackDone:
    """How a CallBack went."""

    returned: bool
    value: Any


@_message("standing", TO_GRADER)
@dataclass(frozen=True, slots=True)
class ReferencesBound:
    """The references stand in place of the student's functions."""


@_message("files", TO_PROCESS)
@dataclass(frozen=True, slots=True)
class WriteFiles:
    """Put files into the process's folder, and go on in a folder below it."""

    folder: str
    """Where it goes on, below its own; nothing for its own."""
    paths: list[str]
    """Below its folder."""
    contents: list[np.ndarray]
    """Of each, its bytes."""
    kept: list[str]
    """The paths of others, whose bytes the fork server was given."""


@_message("whole", TO_PROCESS)
@dataclass(frozen=True, slots=True)
class RunWhole:
    """Run a cell as a kernel does: nothing is run of it below the statement that raises."""

    name: str
    """In tracebacks."""
    seconds: int | float
    characters: int
    """How much of what it prints is kept."""
    figures: int
    source: str


@_message("checked", TO_PROCESS)
@dataclass(frozen=True, slots=True)
class Checked:
    """The tests that a cell asked for have run, or are not run since its time is over."""

    over: bool
    unknown: bool = False
    """Whether there are no such tests."""


@_message("tests", TO_PROCESS)
@dataclass(frozen=True, slots=True)
class BeginTests:
    """What a process needs to know in which the instructor's tests run."""

    learning: bool
    """Whether the notebook is the instructor's own: what arrives is believed, and told."""
    pins: dict[str, str]
    """Names that are made here and never asked of the student's process: `numpy`, or `numpy.linalg:norm`."""
    libraries: list[str]
    """Functions and classes of libraries that may be made here where they arrive: `numpy.linalg:norm`."""
    wanted: list[str]
    """Names that are handed over when a test binds them, because cells of the notebook read them."""
    reached: list[str]
    """Names that functions of the student's read from outside: what a test passes them is no secret."""
    helpers: str
    """Definitions of the cells that students cannot edit, for those of their names that are pinned."""
    sources: list[str]
    """The student's cells, in order: what `inspect` looks at."""
    randomness: bool
    """Whether states of random generators are carried along."""
    figures: bool
    """Whether pyplot is that of the student's process."""
    written: list[str]
    """Files of the course's own that its solution writes: the student's are looked at."""


@_message("test", TO_PROCESS)
@dataclass(frozen=True, slots=True)
class RunTest:
    """Run one test."""

    form: Literal["cell", "ok", "exception"]
    """A cell of nbgrader's; a case of doctest; a `function` of a file."""
    name: str
    """In tracebacks; nothing of it tells what is hidden."""
    source: str
    function: str
    cells: int
    """How many cells of the notebook have run before it."""
    settle: bool
    """Whether what it binds is handed over at its end: a cell of the notebook comes next."""
    files: bool
    """Whether files that it or the student's code writes are found by both."""


@_message("peer", TO_PROCESS)
@dataclass(frozen=True, slots=True)
class ToPeer:
    """What the other process of an adopted course says, passed on by the grader as it came."""

    body: Any


@_message("peer", TO_GRADER)
@dataclass(frozen=True, slots=True)
class FromPeer:
    """What is to be passed on to the other process: spelled as it is read there."""

    body: Any


@_message("written", TO_GRADER)
@dataclass(frozen=True, slots=True)
class FilesWritten:
    """The files are there."""

    trouble: str = ""


@_message("check", TO_GRADER)
@dataclass(frozen=True, slots=True)
class AskCheck:
    """A cell asks for the tests of a question before it goes on: `grader.check("q1")`."""

    question: str
    commands: list[str] = field(default_factory=list)
    """What the cell has asked the operating system for so far, as WholeDone tells it."""


@_message("whole", TO_GRADER)
@dataclass(frozen=True, slots=True)
class WholeDone:
    """How a cell went that was run as a kernel runs it."""

    exception: str = ""
    """Its class; nothing where the cell ran to its end."""
    builtin: str = ""
    """The nearest built-in class of it."""
    message: str = ""
    traceback: str = ""
    line: int = 0
    printed: str = ""
    stderr: str = ""
    shown: str = ""
    """The value of its last expression, as a kernel shows it."""
    displayed: list[str] = field(default_factory=list)
    figures: list[np.ndarray] = field(default_factory=list)
    cut: bool = False
    commands: list[str] = field(default_factory=list)
    """Of the operating system, that it asked for and that were passed over; not those that only print."""


@_message("tested", TO_GRADER)
@dataclass(frozen=True, slots=True)
class RanTest:
    """How a test went, in the process that holds no student code."""

    passed: bool = False
    exception: str = ""
    """Name of the class of what was raised."""
    message: str = ""
    line: int = 0
    """Of the test, where it stopped."""
    statement: str = ""
    """The statement there."""
    answer: str = ""
    """What that statement compared, as it is printed; nothing where it was no comparison."""
    expected: str = ""
    answer_kind: str = ""
    """What the answer is, where that alone tells it from what is expected: `ndarray of shape (3,)`."""
    expected_kind: str = ""
    printed: str = ""
    stderr: str = ""
    shown: str = ""
    """The value of the test's last expression, as a kernel shows it."""
    unsupported: str = ""
    """What the stand-ins of the student's objects cannot do: the test is not judged by this run."""
    used: list[str] = field(default_factory=list)
    """What was believed of the student's objects: `eq`, `call:fit`, `class:sklearn.svm:SVC`."""
    arrived: list[tuple[str, str]] = field(default_factory=list)
    """Where the run is believed: the names that were asked for, and what each was."""
    libraries: list[str] = field(default_factory=list)
    """Where the run is believed: what of libraries arrived."""
    trips: int = 0
    """How often the student's process was asked."""
    commands: list[str] = field(default_factory=list)
    """Of the operating system, that functions of the student's asked for and that were passed over."""
    written: list[str] = field(default_factory=list)
    """Files of the course's own that the notebook's code wrote, as far as the run is believed."""


@_message("prepare", TO_SERVER)
@dataclass(frozen=True, slots=True)
class PrepareServer:
    """What a fork server is to prepare for its children."""

    preload: list[str]
    """Modules to import."""
    readable: list[str]
    """Folders that student code may read, besides the system's."""
    keep: list[str]
    """Folders that are the grader's: never covered, removed when the grader is gone."""
    uid: int | None
    """The user that student code will run as; None: as the grader."""
    given: list[str]
    """Sources of the cells that every student was given."""
    stand_ins: list[str]
    """Programs of ours that put modules in the place of missing ones."""
    paths: list[str]
    """Of the files that lie beside every notebook."""
    contents: list[np.ndarray]
    """Of each, its bytes."""


@_message("fork", TO_SERVER)
@dataclass(frozen=True, slots=True)
class ForkChild:
    """The terms on which a process is forked."""

    scratch: str
    uid: int | None
    memory_mb: int
    scratch_mb: int
    processor_seconds: int
    processor: int | None
    """The one it runs on, with the grader; None: on any."""


@_message("split", TO_SERVER)
@dataclass(frozen=True, slots=True)
class SplitServer:
    """Make another fork server of this one, which shares with it all that is prepared.

    With it come that server's control line, and a handle on the process that it serves. Whatever is split
    forks no children itself.
    """

    keep: list[str]
    uid: int | None
    niceness: int
    """Of its processes among those of its session."""
    session_niceness: int
    """Of its session among all others."""


@_message("reap", TO_SERVER)
@dataclass(frozen=True, slots=True)
class ReapChild:
    """Wait for a process that has ended, or was killed."""

    pid: int


@_message("was split", FROM_SERVER)
@dataclass(frozen=True, slots=True)
class ServerSplit:
    """A fork server was made of another one. With it comes a handle on its process."""

    pid: int


@_message("prepared", FROM_SERVER)
@dataclass(frozen=True, slots=True)
class ServerReady:
    """What a fork server could prepare."""

    namespaces: list[str]
    trouble: str
    """Why student code cannot run here; nothing if it can."""
    missing: list[str]
    """Modules that could not be imported."""
    modules: list[str]
    """Of this program, those that are loaded there: a test wants few."""


@_message("forked", FROM_SERVER)
@dataclass(frozen=True, slots=True)
class ChildForked:
    """A process was forked."""

    pid: int
    """As the server numbers it."""


@_message("reaped", FROM_SERVER)
@dataclass(frozen=True, slots=True)
class ExitStatus:
    """How a process ended: an exit code, or minus the number of a signal."""

    status: int
    cpu_seconds: float
