"""Where cases are heavy, the statement says how long one may take."""

import re
import time
from collections.abc import Iterator

from autograder.check.subject import AssignmentUnderTest
from autograder.domain.course import Limits
from autograder.errors import Flaw
from autograder.notebook.assignment import Role, Statement
from autograder.questions.in_process import run_here
from autograder.questions.solutions import Prepared

_HEAVY = 0.1
"""Part of the limit that a reference needs of which students must know the limit."""
_SECONDS = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)[\s~$\\,]*(?:s|sec|seconds?)\b")


def check_limit(subject: AssignmentUnderTest, statement: Statement, prepared: Prepared) -> Iterator[Flaw]:
    """A limit of its own, or one of which the reference needs more than a tenth, stands in the statement."""
    question = prepared.question
    limit = prepared.batch.seconds_per_call or question.seconds_per_case or Limits().seconds_per_case
    if question.variable or any(float(said) == limit for said in _SECONDS.findall(statement.markdown)):
        return
    if question.seconds_per_case is None and not _is_heavy(prepared, limit):
        return
    what = f"a case may take {limit:g} s, and the statement does not say so"
    where = f"{subject.cell(statement, Role.STATEMENT)}: {question.name}"
    yield Flaw(where, what, f"write into it: at most {limit:g} seconds a case")


def _is_heavy(prepared: Prepared, limit: float) -> bool:
    """Whether the reference needs a good part of the limit for one of the ordinary cases."""
    for call in prepared.batch.calls:
        began = time.process_time()
        run_here(prepared.question.reference, call)
        if time.process_time() - began > _HEAVY * limit:
            return True
    return False
