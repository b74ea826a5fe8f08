"""Student code has no more right to a processor than the grader that started it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

GROUP = Path("/proc/self/autogroup")
NICE = """
import os
from autograder.domain.course import Limits
from autograder.sandbox.isolation import LIMITS_ONLY
from autograder.sandbox.runner import Runner

os.nice(3)
with Runner(accept_level=LIMITS_ONLY) as runner:
    server, _ = runner.whereabouts()
    print(open("/proc/self/autogroup").read().split()[-1])
    print(open(f"/proc/{server}/autogroup").read().split()[-1])
"""


@pytest.mark.skipif(not GROUP.exists(), reason="this kernel groups no processes by their sessions")
def test_the_session_of_student_code_is_as_nice_as_its_grader() -> None:
    done = subprocess.run([sys.executable, "-c", NICE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    own, servers = map(int, done.stdout.split())
    assert servers == min(19, own + os.nice(0) + 3)
