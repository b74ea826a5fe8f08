"""Commands of the operating system that a notebook has Python run: passed over where those of its cells are.

Libraries that ask for a program hear that there is none, as before: they can do without.
"""

import os
import subprocess
import sys
from typing import Any

_BETWEEN = frozenset((subprocess.__file__, os.__file__, "<frozen os>", __file__))
_TAKES_OUTPUT = slice(12, 14)
"""Of the arguments of `Popen._execute_child`: the two ends of what is read from the program."""
_HANDLES = slice(10, 16)


def pass_commands_over(shell: Any) -> None:
    """Have `subprocess` and `os.system` ask the shell about commands of the notebook's own code."""
    program: Any = subprocess.Popen
    refuse = program._execute_child
    run = os.system

    def execute(self: Any, command: Any, *given: Any) -> None:
        read, written = (command, *given)[_TAKES_OUTPUT]
        taken = read != -1 or written not in (-1, getattr(self, "_devnull", -1))
        if not (_is_asked_by_notebook() and shell.pass_over(_spell(command), taken=taken)):
            refuse(self, command, *given)
            return
        self._close_pipe_fds(*(command, *given)[_HANDLES])
        self.pid, self.returncode, self._child_created = 0, 0, True

    def system(command: Any) -> int:
        if _is_asked_by_notebook() and shell.pass_over(_spell(command), taken=False):
            return 0
        return run(command)

    program._execute_child = execute
    functions: Any = os
    functions.system = system


def _spell(command: Any) -> str:
    words = command if isinstance(command, list | tuple) else [command]
    return " ".join(os.fsdecode(word) for word in words)


def _is_asked_by_notebook() -> bool:
    """Whether who asks is a cell or a module beside the notebook, and no library."""
    frame: Any = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename in _BETWEEN:
        frame = frame.f_back
    libraries = (sys.prefix, sys.base_prefix, "<frozen ")
    return frame is not None and not frame.f_code.co_filename.startswith(libraries)
