"""Pools of questions in a quiz file: `# pick 3 of` above them, `# ask all` below."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.domain.counts import describe_count
from autograder.quiz.format.lines import Complaints
from autograder.quiz.model import Pool, QuizQuestion

_HOW = "# pick 3 of, above the questions of which three are asked; # ask all, below them"
_HEADING = re.compile(r"#\s+(?:pick|ask)\b")
_PICK = re.compile(r"#\s+pick\s+([1-9][0-9]{0,2})\s+of\b.*")
_ALL = re.compile(r"#\s+ask\s+all\s*")


@dataclass(frozen=True, slots=True)
class PoolHeading:
    """Where a pool begins, and how many of its questions are asked."""

    count: int
    line: int


@dataclass(frozen=True, slots=True)
class Block:
    """A heading with the lines below it, and the pool it stands in."""

    number: int
    """Of its first line."""
    lines: list[str]
    pool: PoolHeading | None = None


def is_pool_heading(line: str) -> bool:
    """Whether a line outside a fence begins or ends a pool, rightly written or not."""
    return bool(_HEADING.match(line))


def read_pool_heading(line: str, number: int, complaints: Complaints) -> PoolHeading | None:
    """The pool that begins on a line; None where one ends, or the line says neither (and that is noted)."""
    if match := _PICK.fullmatch(line.rstrip()):
        return PoolHeading(int(match[1]), number)
    if not _ALL.fullmatch(line):
        complaints.add(number, f"cannot read {line.strip()!r}", _HOW)
    return None


def read_pools(
    blocks: Sequence[Block], questions: Sequence[QuizQuestion], complaints: Complaints
) -> tuple[Pool, ...]:
    """The pools with their questions. Whoever meets whichever of them, the points are the same."""
    known = {question.line: question for question in questions}
    headings = dict.fromkeys(block.pool for block in blocks if block.pool is not None)
    pools = []
    for heading in headings:
        inside = [known[b.number] for b in blocks if b.pool == heading and b.number in known]
        if heading.count >= len(inside):
            verb = "is" if heading.count == 1 else "are"
            what = f"{heading.count} of {describe_count(len(inside), 'question')} {verb} picked"
            complaints.add(heading.line, what, "fewer than there are, or no pool")
        if len({question.points for question in inside}) > 1:
            listed = ", ".join(f"{question.id} {float(question.points):g}" for question in inside)
            what = f"the questions of this pool have different points: {listed}"
            complaints.add(heading.line, what, "equal points, so that nobody is asked for more than others")
        pools.append(Pool(heading.count, tuple(question.id for question in inside), heading.line))
    return tuple(pools)
