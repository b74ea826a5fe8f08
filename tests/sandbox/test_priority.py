"""Student code has no more right to a processor than the grader that started it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

GROUP = Path("/proc/self/autogroup")
NICE = """
import os
from pathlib import Path
from autograder.domain.course import Limits
from autograder.sandbox.isolation import LIMITS_ONLY
from autograder.sandbox.runner import Runner

os.nice(3)
with Runner(accept_level=LIMITS_ONLY) as runner:
    process, _ = runner.spawn(Limits())
    print(os.getpriority(os.PRIO_PROCESS, process.pid), end=":")
    print(open(f"/proc/{process.pid}/autogroup").read().rpartition(" ")[2].strip())
    process.kill()
"""
# As a service of the machine's first process sees it, and every program in a container that began no session.
UNGROUPED = """
from pathlib import Path
read_text = Path.read_text
Path.read_text = lambda path, *a, **named: "" if path.name == "autogroup" else read_text(path, *a, **named)
"""


def niceness_of_student_code(program: str) -> int:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    process, session = done.stdout.strip().split(":")
    return int(session or process)


@pytest.mark.skipif(not GROUP.exists(), reason="this kernel groups no processes by their sessions")
def test_the_session_of_student_code_is_as_nice_as_its_grader() -> None:
    own = int(GROUP.read_text().rpartition(" ")[2] or 0)
    assert niceness_of_student_code(NICE) == min(19, own + os.nice(0) + 3)


@pytest.mark.skipif(not GROUP.exists(), reason="this kernel groups no processes by their sessions")
@pytest.mark.soak
def test_so_it_is_where_the_grader_is_in_no_session_of_its_own() -> None:
    assert niceness_of_student_code(UNGROUPED + NICE) == min(19, os.nice(0) + 3)
