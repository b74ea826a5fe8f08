"""`python -m benchmarks.draws`: 200 honest submissions in different styles, under 20 draws of the cases.

A submission answers every question in a way its author declared to be right, drawn at random: the reference
or an alternate in double precision. It is judged against cases drawn from 20 secrets. A mark below full is a
false rejection, except for the time that a loop takes on large data, which is counted apart: statements ask
for speed there. What a function earns does not depend on the other functions of a submission, so each is
judged once per draw, and submissions are put together of those verdicts.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.course import read_course
from autograder.domain.course import Limits
from autograder.domain.report import Verdict
from autograder.questions.in_process import InProcessCode
from autograder.questions.judge import judge
from autograder.questions.question import Question
from autograder.questions.solutions import Prepared, load, prepare

COURSE = Path(__file__).parents[1]
_PATIENCE = 300.0
"""Seconds for the cases of a question: generous, so that a busy machine plays no role."""
Function = Callable[..., Any]
Style = tuple[str, str]
"""A question and the name of a way to answer it."""


@dataclass(frozen=True, slots=True)
class HonestTrial:
    """How the honest submissions of one assignment were judged."""

    assignment: str
    questions: int
    ways: int
    submissions: int
    draws: int
    judgements: int
    rejections: tuple[str, ...]
    """What was refused: question, style, draw and sentence."""
    slow: int
    """Ways that are right and too slow on large data."""
    seconds: float


def try_honest(assignment: str, *, submissions: int, draws: int, seed: int = 0) -> HonestTrial:
    """Judge honest submissions of one assignment."""
    began = time.perf_counter()
    module = COURSE / "solutions" / f"{assignment}.py"
    ways = {question.name: dict(_list_ways(question)) for question in load(module, proof=True)}
    rng = random.Random(seed)
    handed_in = [{name: rng.choice(sorted(ways[name])) for name in ways} for _ in range(submissions)]
    used = sorted({style for one in handed_in for style in one.items()})
    refused: dict[Style, str] = {}
    slow: set[Style] = set()
    for draw in range(draws):
        for style, verdict in _judge_all(assignment, module, draw, used):
            if _is_lost_to_time(verdict):
                slow.add(style)
            elif verdict.mark != 1:
                refused.setdefault(style, f"draw {draw}, {verdict.mark}: {verdict.sentence}")
    rejections = (style for one in handed_in for style in one.items() if style in refused)
    return HonestTrial(
        assignment=assignment,
        questions=len(ways),
        ways=sum(map(len, ways.values())),
        submissions=submissions,
        draws=draws,
        judgements=submissions * len(ways) * draws,
        rejections=tuple(f"{name} by {way}, {refused[name, way]}" for name, way in rejections),
        slow=len(slow),
        seconds=time.perf_counter() - began,
    )


def _judge_all(
    assignment: str, module: Path, draw: int, used: Sequence[Style]
) -> Iterator[tuple[Style, Verdict]]:
    """What each way earns under one draw of the cases."""
    solutions = prepare(assignment, module, secret=b"honest %d" % draw, limits=Limits(), proof=True)
    references = {p.question.name: p.question.reference for p in solutions.questions}
    for prepared in solutions.questions:
        ways = dict(_list_ways(prepared.question))
        # Time is measured under the first draw only: it depends on sizes, and these are the same.
        cases = prepared.cases if draw == 0 else prepared.cases[: prepared.ordinary]
        prepared.question.seconds = _PATIENCE
        for name, way in used:
            if name == prepared.question.name:
                yield (name, way), _judge_way(replace(prepared, cases=cases), ways[way], references)


def _list_ways(question: Question) -> Iterator[tuple[str, Function]]:
    yield "the reference", question.reference
    for alternate in question.alternates:
        if not alternate.float32:
            yield alternate.name, alternate.function


def _judge_way(prepared: Prepared, function: Function, references: Mapping[str, Function]) -> Verdict:
    name = prepared.question.name
    student = InProcessCode({**references, name: function}, source=f"def {name}(): pass")
    return judge(prepared, student, seconds=_PATIENCE)


def _is_lost_to_time(verdict: Verdict) -> bool:
    """Whether all that a verdict lost is the speed group."""
    lost = [group.name for group in verdict.groups if group.worth < 1]
    return lost == ["speed"] and ("slow" in str(verdict.sentence) or "in time" in str(verdict.sentence))


def main() -> None:
    """Try the submissions and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.draws", description=__doc__)
    parser.add_argument("--submissions", type=int, default=200, help="of all assignments together")
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("names", nargs="*", metavar="NAME", help="assignments; default all")
    wanted = parser.parse_args()
    names = wanted.names or [assignment.name for assignment in read_course(COURSE).assignments]
    print(
        f"{'assignment':<12}{'questions':>10}{'ways':>6}{'submitted':>11}{'judged':>8}{'rejected':>10}{'slow':>6}{'s':>7}"
    )
    everything = []
    for k, name in enumerate(names):
        share = wanted.submissions // len(names) + (k < wanted.submissions % len(names))
        trial = try_honest(name, submissions=share, draws=wanted.draws)
        everything.append(trial)
        _show(trial)
        for rejection in sorted(set(trial.rejections)):
            print(f"    {rejection}")
    judged = sum(trial.judgements for trial in everything)
    rejected = sum(len(trial.rejections) for trial in everything)
    tally = f"{wanted.submissions} submissions, {wanted.draws} draws, {judged} verdicts"
    print(f"{tally}: {rejected} false rejections")


def _show(trial: HonestTrial) -> None:
    print(
        f"{trial.assignment:<12}{trial.questions:>10}{trial.ways:>6}{trial.submissions:>11}"
        f"{trial.judgements:>8}{len(trial.rejections):>10}{trial.slow:>6}{trial.seconds:>7.0f}"
    )


if __name__ == "__main__":
    main()
