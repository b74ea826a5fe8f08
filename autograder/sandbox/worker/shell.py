"""The shell that student code meets: magics, display and figures, no commands, no keyboard, no history.

Made once in the fork server, before any student code, and inherited by every child.
"""

import builtins
import functools
import getpass
import io
import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout, suppress
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from IPython.core import page
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from autograder.sandbox.worker.commands import pass_commands_over
from autograder.sandbox.worker.files import keep_file_calls
from autograder.sandbox.worker.threads import allow_threads_only

NO_COMMANDS = "Commands of the operating system (`!ls`, `%%bash`) do not run while a notebook is graded."
NO_INSTALLS = "Nothing is installed while a notebook is graded: the packages of the course are there already."
NO_KEYBOARD = "input() gets no answer: nobody is at the keyboard while a notebook is graded."
PYPLOT = "matplotlib.pyplot"
_DOTS_PER_INCH = 72
_LONGEST_SIDE = 2000
"""Pixels of a figure's longer side, at most."""
MOST_PNG = 2 << 20
"""Bytes of a picture that a page of a report bears."""
_INSTALLERS = ("pip", "pip3", "conda", "mamba", "uv")
_INSTALLS = re.compile(rf"\s*(\S*/)?(python[\d.]*\s+-m\s+)?({'|'.join(_INSTALLERS)})\b.*", re.DOTALL)
_SCRIPTS = (
    *("!", "bash", "cmd", "sh", "script", "sx", "system"),
    *("perl", "pypy", "python", "python2", "python3", "ruby"),
)
_PRINTER = (
    r"(ls|ll|cat|head|tail|echo|printf|pwd|cd|wc|date|cal|whoami|id|which|hostname|uname|uptime|free|df|du|tree"
    r"|clear|nvidia-smi|lscpu|ps|printenv|grep|cut|nl|diff|cmp|file|stat|md5sum|sha256sum|sleep|true"
    r"|python[\d.]*\s+(-V|--version)|jupyter\s+--version)([ \t][^|;&<>`$\n]*)?"
)
_PRINTS = re.compile(rf"{_PRINTER}((\||;|&&|\n)[ \t]*{_PRINTER})*")
"""Commands that do nothing but print: whatever they printed, what follows is the same."""
_MAGIC = re.compile(r"^\s*%%?(\w+)", re.MULTILINE)

Shown = Callable[[dict[str, Any]], None]


class _Publisher(DisplayPublisher):
    """Hands what `display(...)` shows to whoever listens."""

    listener: Shown | None = None

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **_options: Any) -> None:
        if self.listener is not None:
            self.listener(data)


class UnknownOutput:
    """What stands for the output of a command that was passed over: nothing can be worked out from it."""

    def __repr__(self) -> str:
        return NO_COMMANDS

    def _refuse(self, *_arguments: Any) -> Any:
        raise OSError(NO_COMMANDS)

    __getattr__ = __iter__ = __len__ = __bool__ = __getitem__ = __contains__ = _refuse
    __eq__ = __ne__ = __lt__ = __gt__ = __add__ = __radd__ = __call__ = _refuse
    __hash__ = None  # type: ignore[assignment] # as of a list


class Shell(InteractiveShell):
    """IPython's shell without what needs a terminal, a disk or another process."""

    passed_over: list[str] | None = None
    """Commands that the cell under way asked for, where it goes on as if they had run; None: they raise."""
    refuse: Callable[[str], Exception] | None = None
    """Where the instructor's tests run: what a command raises, as it needs the student's process."""
    raised: BaseException | None = None
    """What IPython has shown as an error and gone on from: raised under `%%capture`, or by `run_cell`."""
    cell_output: io.TextIOBase | None = None
    """Where the cell under way prints, whatever its code puts in the place of stdout."""
    keyboard: Callable[..., Any] | None = None
    """Who answers `input()` while a test of an adopted course calls the student's code: that test."""
    check_question: Callable[[str], bool] | None = None
    """Has the tests of a question of Otter's run, while a cell is under way that may ask for it; whether
    there are any."""

    def enable_gui(self, gui: str | None = None) -> None:
        """Figures are collected after each cell, whatever the notebook asks for."""

    def enable_matplotlib(self, gui: str | None = None) -> tuple[str, str]:
        """What `%matplotlib` asks for, answered as if it had been done."""
        return "inline", "inline"

    def ask_exit(self) -> None:
        """What `quit()` asks for: the cell ends there."""
        raise SystemExit

    def system(self, cmd: str) -> None:
        """Run no command: one that installs is passed over with a word, any other too or fails with one."""
        if _INSTALLS.fullmatch(cmd):
            sys.stdout.write(NO_INSTALLS + "\n")
        elif not self.pass_over(cmd, taken=False):
            raise RuntimeError(NO_COMMANDS)

    system_raw = system_piped = system

    def pass_over(self, command: str, *, taken: bool) -> bool:
        """Go on as if a command had run, if that may be; whether it may. `taken`: its output is looked at."""
        if self.refuse is not None:
            raise self.refuse("a command of the operating system")
        if self.passed_over is None:
            return False
        sys.stdout.write(NO_COMMANDS + "\n")
        if taken or not (_PRINTS.fullmatch(command.strip()) or _INSTALLS.fullmatch(command)):
            self.passed_over.append(command)
        return True

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:  # noqa: FBT001,FBT002 - IPython's
        """What a command prints: nothing that anybody knows, as none is run."""
        self.system(cmd)
        if self.passed_over is None:
            return []
        self.passed_over.append(cmd)
        return UnknownOutput()

    def load_magics(self, source: str) -> None:
        """Load the magics that a cell names, as IPython does when each is first used."""
        for name in _MAGIC.findall(source):
            self.find_magic(name)  # type: ignore[no-untyped-call] # IPython's

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        """Run a magic of one line, unless it is a command or sets what a terminal shows."""
        if magic_name in _INSTALLERS:
            return self.system(magic_name)
        if magic_name in ("sx", "system"):
            return self.getoutput(line)
        if magic_name == "alias":
            return self.system(line)
        if magic_name == "config" and line.strip().startswith("InlineBackend"):
            return None
        return super().run_line_magic(magic_name, line, _stack_depth=_stack_depth + 1)

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        """Run a magic of a whole cell, unless it is a script of the operating system."""
        if magic_name in _SCRIPTS:
            return self.system(cell)
        self.raised = None
        found = super().run_cell_magic(magic_name, line, cell)  # type: ignore[no-untyped-call] # IPython's
        if self.raised is not None:  # an error to a kernel too, and to nbgrader: it stands under the cell
            raise self.raised
        return found

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        """Show an error from which the cell goes on, as a kernel does for cells within cells, and keep it.

        It stands under the cell, and is no part of what `%%capture` puts aside.
        """
        self.raised = evalue
        with redirect_stdout(self.cell_output or sys.stdout):
            super()._showtraceback(etype, evalue, stb)


def make_shell() -> Shell:
    """The shell, with everything warmed that a child would otherwise pay for."""
    settings = Config()
    settings.HistoryManager.enabled = False
    settings.HistoryManager.hist_file = ":memory:"
    settings.InteractiveShell.colors = "NoColor"
    settings.InteractiveShell.cache_size = 0
    shell: Any = Shell.instance(config=settings, display_pub_class=_Publisher)
    as_hook: Any = page.as_hook
    shell.set_hook("show_in_pager", as_hook(page.display_page), 99)
    sys.meta_path.insert(0, FigureFinder(shell))
    allow_threads_only()
    pass_commands_over(shell)
    keep_file_calls()
    builtins.input = lambda *prompt: (shell.keyboard or _no_keyboard)(*prompt)
    getpass.getpass = _no_keyboard
    made: Shell = shell
    return made


class FigureFinder:
    """Finds pyplot, and prepares it for figures that are collected as soon as it has been imported.

    Who imports it first, the fork server or a notebook, makes no difference to what is shown.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._fonts: dict[str, bytes] = {}
        """Lists of the machine's fonts: to make one takes seconds, and no sealed process could read them."""
        for file in Path(os.environ.get("MPLCONFIGDIR", "/dev/null")).glob("fontlist-*.json"):
            with suppress(OSError):
                self._fonts[file.name] = file.read_bytes()
        if not self._fonts:  # it is made here, and kept for the next time
            with suppress(ImportError):  # a course's own environment may do without figures
                import_module("matplotlib.font_manager")

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """What is found of pyplot; nothing of any other module, which others find."""
        spec = PathFinder.find_spec(name, path, target) if name == PYPLOT else None
        if spec is not None and spec.loader is not None:
            loader: Any = spec.loader
            execute = loader.exec_module

            def execute_and_prepare(module: ModuleType) -> None:
                for name, content in self._fonts.items():
                    with suppress(OSError):
                        file = Path(os.environ["MPLCONFIGDIR"], name)
                        if not file.exists():
                            file.write_bytes(content)
                import_module("matplotlib").use("Agg")
                execute(module)
                _prepare_figures(self._shell, module)

            loader.exec_module = execute_and_prepare
        return spec


def _prepare_figures(shell: Any, plt: Any) -> None:
    backend: Any = import_module("matplotlib.backends.backend_agg")
    # One for all figures, which keeps what it has typeset. Saves 8 % of a class's processor time, in
    # notebooks that plot.
    backend.MathTextParser = functools.cache(backend.MathTextParser)
    formatter: Any = shell.display_formatter
    formatter.formatters["image/png"].for_type_by_name("matplotlib.figure", "Figure", png_of)
    plt.show = show_figures(shell)


def _no_keyboard(*_arguments: Any, **_options: Any) -> str:
    raise RuntimeError(NO_KEYBOARD)


def png_of(figure: Any) -> bytes:
    """A figure as PNG; one that is larger than a page bears is drawn smaller."""
    dots = min(_DOTS_PER_INCH, _LONGEST_SIDE / max(1e-3, *figure.get_size_inches()))
    while True:
        picture = io.BytesIO()
        figure.savefig(picture, format="png", dpi=dots, pil_kwargs={"compress_level": 3})
        if len(picture.getvalue()) <= MOST_PNG or dots < 1:
            return picture.getvalue()
        dots /= 2


def open_figures() -> list[Any]:
    """The figures pyplot holds, oldest first."""
    import matplotlib.pyplot as plt

    return [plt.figure(number) for number in plt.get_fignums()]


def show_figures(shell: Shell) -> Callable[..., None]:
    """What stands for `plt.show`: shows and closes all open figures, there and then."""

    def show(*_arguments: Any, **_options: Any) -> None:
        import matplotlib.pyplot as plt

        publisher: Any = shell.display_pub
        try:
            for figure in open_figures():
                publisher.publish({"image/png": png_of(figure)})
        finally:
            plt.close("all")

    return show
