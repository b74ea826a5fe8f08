"""Where each test of an adopted assignment is judged, tried on a runner made for it."""

from dataclasses import replace
from pathlib import Path

from autograder.domain.course import Limits
from autograder.foreign.model import AdoptedAssignment, Profile
from autograder.foreign.prove import prove_assignment
from autograder.foreign.terms import find_modules
from autograder.sandbox.interpreter import Interpreter
from autograder.sandbox.runner import Runner

_USUAL_SECONDS = 30
"""nbgrader's limit of a cell, where its configuration says nothing."""


def prove(assignment: AdoptedAssignment, folder: Path, interpreter: Interpreter) -> tuple[Profile, ...]:
    """The profile of every test, and of every question that a person marks, in order.

    Args:
        assignment: as it was read.
        folder: where it is kept, with its `files/`; nothing is written there.
        interpreter: runs the course's code.

    Raises:
        SandboxError, IsolationError: nothing can be run on this machine.
    """
    limits = replace(Limits(), seconds_per_cell=float(assignment.rules.timeout or _USUAL_SECONDS))
    with Runner(preload=find_modules(assignment), interpreter=interpreter) as runner:
        return prove_assignment(assignment, folder, runner, limits)
