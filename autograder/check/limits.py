"""Where cases are heavy, the statement says how long one may take."""

import re
import time
from collections.abc import Iterator

from autograder.check.subject import AssignmentUnderTest
from autograder.domain.counts import describe_count
from autograder.domain.course import Limits
from autograder.errors import Flaw
from autograder.notebook.assignment import Role, Statement
from autograder.questions.in_process import run_here
from autograder.questions.solutions import Prepared

_HEAVY = 0.1
"""Part of the limit that a reference needs of which students must know the limit."""
_SECONDS = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)[\s~$\\,]*(?:s|sec|seconds?)\b")


def check_limit(subject: AssignmentUnderTest, statement: Statement, prepared: Prepared) -> Iterator[Flaw]:
    """The limits of a question that a student may meet stand in its statement.

    These are the limit of one case, where it is the question's own or the reference needs more than a tenth
    of it; and its own limit of all cases together, where that may end them before each has used up its own.
    """
    question = prepared.question
    if question.variable:
        return
    stated = {float(said) for said in _SECONDS.findall(statement.markdown)}
    where = f"{subject.cell(statement, Role.STATEMENT)}: {question.name}"
    limit = prepared.batch.seconds_per_call or question.seconds_per_case or Limits().seconds_per_case
    if limit not in stated and (question.seconds_per_case is not None or _is_heavy(prepared, limit)):
        what = f"a case may take {limit:g} s, and the statement does not say so"
        yield Flaw(where, what, f"write into it: at most {describe_count(limit, 'second')} a case")
    whole, cases = question.seconds, len(prepared.cases)
    if whole is not None and whole not in stated and whole < limit * cases:
        what = f"all cases together may take {whole:g} s, and the statement does not say so"
        yield Flaw(
            where, what, f"write into it: at most {describe_count(whole, 'second')} for all cases together"
        )


def _is_heavy(prepared: Prepared, limit: float) -> bool:
    """Whether the reference needs a good part of the limit for one of the ordinary cases."""
    for call in prepared.batch.calls:
        began = time.process_time()
        run_here(prepared.question.reference, call)
        if time.process_time() - began > _HEAVY * limit:
            return True
    return False
