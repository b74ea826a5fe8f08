"""Proving where each test of an adopted assignment can be judged, before any submission is.

The solution, what students receive, and a few mutants of the solution run twice: in one process, as the
course's own tool runs them, and with the tests in a process without their code. A test is judged there where
both agree on all of them; what the solution's objects were asked then is what a submission's may be asked.
"""

import ast
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

from autograder.domain.answer import Ending
from autograder.domain.counts import describe_count
from autograder.domain.course import Limits
from autograder.foreign.marks import same_marks
from autograder.foreign.model import (
    AdoptedAssignment,
    CellType,
    ForeignCell,
    ForeignNotebook,
    ForeignQuestion,
    ForeignRole,
    ForeignTest,
    Profile,
    Where,
)
from autograder.foreign.rebuild import Step, questions_of, rebuild_own
from autograder.foreign.session import Ran, Spawner, TestRun, run_inside, run_outside
from autograder.foreign.terms import (
    NotebookTerms,
    code_of,
    find_limits,
    find_pins,
    find_terms,
    names_read,
    spell_operators,
    steps_outside,
    with_profiles,
)

_MUTANTS = 3
_MOST_TRIPS = 10_000
"""Questions to the student's process in one test that is judged outside: each takes half a millisecond. Two
thousand rounds of a game, four questions each, are what courses of statistics ask for."""
_PATIENCE, _LEAST_PATIENCE = 4.0, 5.0
"""How much longer than the whole notebook as its author has it one test may take with a mistake in it, and
seconds that it may take in any case. Most of what takes longer has no end, at each test that calls it."""
_NO_SOLUTION = "no solution of the course was found to try it on"
_SOLUTION_FAILS = "the course's own solution does not pass it here"


def prove_assignment(
    assignment: AdoptedAssignment, folder: Path, spawner: Spawner, limits: Limits
) -> tuple[Profile, ...]:
    """The profile of every test, and of every question that a person marks, in order.

    Args:
        assignment: as it was read.
        folder: where it is kept, with its files.
        spawner: makes sealed processes.
        limits: what a submission may use.

    Raises:
        SandboxError, IsolationError: nothing can be run here.
    """
    found: dict[str, Profile] = {}
    for notebook in assignment.notebooks:
        found |= _Proof(assignment, notebook, folder, spawner, limits).find_profiles()
    return tuple(profile for question in assignment.questions for profile in _profiles_of(question, found))


def _profiles_of(question: ForeignQuestion, found: Mapping[str, Profile]) -> Iterator[Profile]:
    if question.by_hand:
        yield Profile(question.name, Where.BY_HAND, "a person marks it")
    for test in question.tests:
        yield found.get(test.name) or Profile(test.name, Where.NOT_JUDGED, "its notebook does not run it")


class _Proof:
    """The proof of one notebook's tests."""

    def __init__(
        self,
        assignment: AdoptedAssignment,
        notebook: ForeignNotebook,
        folder: Path,
        spawner: Spawner,
        limits: Limits,
    ) -> None:
        self._assignment = assignment
        self._notebook = notebook
        self._spawner = spawner
        self._terms: NotebookTerms = find_terms(assignment, notebook, folder)
        self._limits = find_limits(limits, self._terms.surroundings)
        self._written: set[str] = set()
        """Files of the course's own that its solution writes."""
        self._own: frozenset[str] = frozenset()
        """Functions and classes of the course's own, whoever hands in."""
        self._tests: list[ForeignTest] = [
            test for question in questions_of(assignment, notebook) for test in question.tests
        ]

    def find_profiles(self) -> dict[str, Profile]:
        """The profile of each test."""
        tests = [test for test in self._tests if not test.obstacle]
        refused = {
            test.name: Profile(test.name, Where.NOT_JUDGED, test.obstacle)
            for test in self._tests
            if test.obstacle
        }
        if not tests:
            return refused
        own = self._notebook.solved or released_cells(self._notebook.cells)
        began = time.monotonic()
        plain = self._run_plain(own, self._limits)
        self._own = self._find_own(plain)
        patience = max(_LEAST_PATIENCE, _PATIENCE * (time.monotonic() - began))
        lookers = [test for test in tests if self._terms.looks_at_files(test)]
        profiles = self._learn(own, plain, tests, lookers)
        apart = [
            test
            for test in lookers
            if self._terms.may_run_files(test) or profiles[test.name].where is Where.INSIDE
        ]
        if apart:
            profiles |= self._learn(own, plain, apart, ())
            for test in apart if self._written else ():
                reason = f"it looks at files, and the notebook writes the course's own {min(self._written)}"
                profiles[test.name] = _move_inside(profiles[test.name], reason)
        others = [released_cells(self._notebook.cells)] if self._notebook.solved else []
        others += list(mutate(self._notebook.solved, _MUTANTS))
        proven = self._compare(own, plain, profiles)
        # A function of the course's own may count on names that only the notebook has: then it stays there.
        again = {
            name: replace(profile, pinned=tuple({*profile.pinned}.difference(_helpers_of(profile))))
            for name, profile in profiles.items()
            if proven[name].where is not profile.where and _helpers_of(profile)
        }
        if again:
            proven |= self._compare(own, plain, again)
        hurried = replace(self._limits, seconds_per_cell=min(self._limits.seconds_per_cell, patience))
        for cells in others:
            ran = self._run_plain(cells, hurried)
            # What has no end shows nothing of where a test can be judged, and would take its time there too.
            if not any(trial.ending is Ending.TIMED_OUT for trial in ran.trials.values()):
                proven = self._compare(cells, ran, proven)
        return refused | proven

    def _find_own(self, plain: Ran) -> frozenset[str]:
        """The functions and classes that are the course's own, as far as tests need them.

        One that students can change is, unless a test names it that the solution does not pass: there it may
        be what they are to write, in a cell that its author forgot to mark.
        """
        tests = [test for test in self._tests if not test.obstacle]
        failed = [test for test in tests if (ran := plain.trials.get(test.name)) is None or not ran.passed]
        doubtful = self._terms.provided - self._terms.locked
        if failed and doubtful:
            named = [
                names_read([code_of(step)])
                for step in self._steps(self._notebook.cells)
                if step.test in failed
            ]
            doubtful = doubtful.difference(*named)
        return self._terms.locked | (doubtful if self._notebook.solved else frozenset())

    def _learn(
        self,
        own: Sequence[ForeignCell],
        plain: Ran,
        tests: Sequence[ForeignTest],
        sharing: Sequence[ForeignTest],
    ) -> dict[str, Profile]:
        """What the instructor's own notebook shows of tests, some of which share files with its code."""
        names = tuple(test.name for test in sharing)
        steps, around = self._steps(own), self._terms.surroundings
        terms = replace(self._terms.of_steps(steps), learning=True, sharing=names)
        learnt = run_outside(self._spawner, steps, self._limits, around, terms)
        self._written |= {path for trial in learnt.trials.values() for path in trial.told.written}
        made = {test.name: self._make_profile(test, plain, learnt) for test in tests}
        arrived = {name for trial in learnt.trials.values() for name in trial.told.arrived}
        found = find_pins(arrived, self._own)
        pins = {name: what for name, what in found.items() if what == "helper"}
        if pins:
            # Functions of the course's own run beside the tests: what they read is learnt where they do.
            with_helpers = run_outside(self._spawner, steps, self._limits, around, replace(terms, pins=pins))
            for test in tests:
                profile = self._make_profile(test, plain, with_helpers)
                if profile.where is Where.OUTSIDE:
                    made[test.name] = profile
        outside = {name for name, profile in made.items() if profile.where is Where.OUTSIDE}
        return made | {name: replace(made[name], shares_files=True) for name in outside & {*names}}

    def _steps(self, cells: Sequence[ForeignCell]) -> tuple[Step, ...]:
        return rebuild_own(cells, self._notebook, self._assignment).steps

    def _run_plain(self, cells: Sequence[ForeignCell], limits: Limits) -> Ran:
        return run_inside(self._spawner, self._steps(cells), limits, self._terms.surroundings)

    def _make_profile(self, test: ForeignTest, plain: Ran, learnt: Ran) -> Profile:
        """What the instructor's own notebook shows of a test."""
        there, here = plain.trials.get(test.name), learnt.trials.get(test.name)
        if there is None or here is None:
            return Profile(test.name, Where.NOT_JUDGED, "its notebook does not run it")
        reason = ""
        if not self._notebook.solved:
            reason = _NO_SOLUTION
        elif not there.passed:
            reason = f"{_SOLUTION_FAILS}: {there.told.exception or there.ending.value.replace('_', ' ')}"
        if there.ours:
            return Profile(test.name, Where.NOT_JUDGED, there.ours)
        needless = () if reason else there.passed_over.commands
        inside = ""
        if here.ours:
            inside = _obstacle(here)
        elif here.told.trips > _MOST_TRIPS:
            inside = f"it asks the student's process {describe_count(here.told.trips, 'time')}"
        elif not same_marks(self._assignment, test, there, here):
            inside = _disagreement("the course's own notebook", there, here)
        if inside:
            return Profile(test.name, Where.INSIDE, inside, commands=needless)
        pins = find_pins(here.told.arrived, self._own)
        return Profile(
            test.name,
            Where.OUTSIDE,
            reason,
            written=tuple(here.told.written),
            pinned=tuple(f"{name}={what}" for name, what in sorted(pins.items())),
            operators=spell_operators(here.told.used, set(here.told.libraries) - set(pins.values())),
            tried=not reason,
            commands=needless,
        )

    def _compare(
        self, cells: Sequence[ForeignCell], plain: Ran, profiles: dict[str, Profile]
    ) -> dict[str, Profile]:
        """The profiles, with those inside on which the two ways of running these cells do not agree."""
        if not any(profile.where is Where.OUTSIDE for profile in profiles.values()):
            return profiles
        steps, around = steps_outside(self._steps(cells), profiles), self._terms.surroundings
        terms = with_profiles(self._terms.of_steps(steps), profiles.values())
        ran = run_outside(self._spawner, steps, self._limits, around, terms)
        found = dict(profiles)
        for test in self._tests:
            profile = found.get(test.name)
            there, here = plain.trials.get(test.name), ran.trials.get(test.name)
            if profile is None or profile.where is not Where.OUTSIDE or there is None or here is None:
                continue
            own = cells is self._notebook.solved
            # What its own objects decide and the profile does not allow, would cost the solution its marks.
            believed = sorted({*here.told.used}.difference(profile.operators)) if own and here.passed else []
            if here.ours or believed or not same_marks(self._assignment, test, there, here):
                reason = _disagreement("the solution" if own else "a notebook of the course", there, here)
                if believed or here.ours:
                    reason = f"it needs {', '.join(believed)}" if believed else _obstacle(here)
                found[test.name] = _move_inside(profile, reason)
        return found


def _move_inside(profile: Profile, reason: str) -> Profile:
    return Profile(profile.test, Where.INSIDE, reason, commands=profile.commands)


def _helpers_of(profile: Profile) -> list[str]:
    """Its pins of functions that are the course's own, and run beside the test."""
    return [pin for pin in profile.pinned if pin.endswith("=helper")]


def _obstacle(outside: TestRun) -> str:
    """Why a test is not judged outside, of one that cannot be."""
    if outside.ending is Ending.RETURNED:
        return f"it needs {outside.ours}, which only the student's process has"
    return f"outside of the student's process, {outside.ours}"


def _disagreement(whose: str, plain: TestRun, outside: TestRun) -> str:
    verdict = "passes" if plain.passed else "fails"
    how = ", where it is not done in time" if outside.ending is Ending.TIMED_OUT else ""
    return f"{whose} {verdict} it in its own process, and not outside of it{how}"


def released_cells(cells: Sequence[ForeignCell]) -> tuple[ForeignCell, ...]:
    """The cells as students receive them; tests whole."""
    return tuple(
        cell if cell.role is ForeignRole.TEST else replace(cell, source=cell.as_released) for cell in cells
    )


def mutate(cells: Sequence[ForeignCell], most: int) -> Iterator[tuple[ForeignCell, ...]]:
    """Solutions with a mistake each: a number, an operator or a returned value is another."""
    places = [
        (place, point)
        for place, cell in enumerate(cells)
        if cell.role is ForeignRole.STUDENT and cell.type is CellType.CODE
        for point in range(count_mutations(cell.source))
    ]
    chosen = random.Random(0).sample(places, min(most, len(places)))  # noqa: S311 - no secret
    for place, point in chosen:
        changed = list(cells)
        changed[place] = replace(cells[place], source=mutate_source(cells[place].source, point))
        yield tuple(changed)


class _Mutation(ast.NodeTransformer):
    """Changes the point with a number; counts them all."""

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.count = 0

    def _is_it(self) -> bool:
        self.count += 1
        return self.count - 1 == self.wanted

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """A number becomes the next one."""
        if type(node.value) in (int, float) and self._is_it():
            return ast.copy_location(ast.Constant(node.value + 1), node)  # type: ignore[operator] # a number
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """A sum becomes a difference, anything else a sum."""
        self.generic_visit(node)
        if self._is_it():
            node.op = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        """Nothing is returned."""
        self.generic_visit(node)
        if node.value is not None and self._is_it():
            node.value = ast.copy_location(ast.Constant(None), node.value)
        return node


def count_mutations(source: str) -> int:
    """How many points of a piece of code can be changed."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 0
    counter = _Mutation(-1)
    counter.visit(tree)
    return counter.count


def mutate_source(source: str, point: int) -> str:
    """A piece of code with one point changed."""
    tree = _Mutation(point).visit(deepcopy(ast.parse(source)))
    return ast.unparse(ast.fix_missing_locations(tree))
