"""A question of Otter's is checked where its check stands, with the names as they are there."""

from dataclasses import replace

import pytest
from foreign_steps import case, cell
from otter_checks import FIRST, QUESTIONS
from patience import PATIENT

from autograder.domain.answer import Ending
from autograder.domain.report import CellEnding
from autograder.foreign.rebuild import Step
from autograder.foreign.session import Ran, Surroundings, TestTerms, run_inside, run_outside
from autograder.foreign.stand_ins import spell_set_up
from autograder.sandbox.runner import Runner

AROUND = Surroundings(setup=spell_set_up(otter=True, nose=False))


def run(
    runner: Runner, sources: list[str], tests: dict[str, str], *, inside: bool = False, seconds: float = 60.0
) -> Ran:
    """What becomes of cells and the tests of questions, a test each."""
    steps = [cell(source, number) for number, source in enumerate((FIRST, *sources), 1)]
    steps += [case(question, text, question) for question, text in tests.items()]
    limits, around = replace(PATIENT, seconds_per_cell=seconds), replace(AROUND, checks=tuple(tests))
    if inside:
        return run_inside(runner, steps, limits, around)
    return run_outside(runner, steps, limits, around, TestTerms(learning=True))


@pytest.mark.parametrize("inside", [False, True])
def test_each_is_judged_by_the_names_at_its_check(*, inside: bool, runner: Runner) -> None:
    """In a loop, a function, the middle of a cell; at the end where no check is reached; as Otter does."""
    sources = [source for question in QUESTIONS.values() for source in question.cells]
    tests = {name: f">>> {name} == 3\nTrue\n>>> {name} = 9\n" for name in QUESTIONS}
    ran = run(runner, sources, tests, inside=inside)
    found = {name: trial.passed for name, trial in ran.trials.items()}
    assert found == {name: question.right for name, question in QUESTIONS.items()}
    broken = [one for one in ran.cells if one.ending is not CellEnding.RAN]
    assert len(broken) == 4, "only the two that divide by 0, and the two that Otter raises in"


@pytest.mark.parametrize("inside", [False, True])
def test_what_a_cell_shows_after_a_check_is_still_shown(*, inside: bool, runner: Runner) -> None:
    ran = run(
        runner, ["q = 3\nprint('a')\ngrader.check('q')\nprint('b')\nq"], {"q": ">>> q\n3"}, inside=inside
    )
    assert (ran.cells[1].printed, ran.cells[1].displayed) == ("a\nb\n", ("3",))


def test_a_check_that_the_metadata_asks_for_runs_though_the_cell_raised(runner: Runner) -> None:
    steps = [cell(FIRST), cell("q = 3\n1 / 0", 2), Step("", question="q"), cell("q = 4", 3)]
    steps.append(case("q", ">>> q\n3", "q"))
    trials = run_outside(runner, steps, PATIENT, AROUND, TestTerms(learning=True)).trials
    assert trials["q"].passed


def test_a_cell_is_lost_for_what_it_does_after_its_check_and_the_check_counts(runner: Runner) -> None:
    ran = run(
        runner,
        ["q = 3\ngrader.check('q')\nimport os\nos._exit(3)", "r = 3\ngrader.check('r')"],
        {"q": ">>> q\n3", "r": ">>> r\n3"},
    )
    assert [one.ending for one in ran.cells][1] is CellEnding.CRASHED
    assert {name: trial.passed for name, trial in ran.trials.items()} == {"q": True, "r": True}


def test_a_test_that_takes_the_process_down_in_a_cell_costs_itself_alone(runner: Runner) -> None:
    ran = run(
        runner,
        ["def f():\n    import os\n    os._exit(3)\ngrader.check('q')\nr = 3\ngrader.check('r')\nr = 4"],
        {"q": ">>> f()\n3", "r": ">>> r\n3"},
    )
    assert ran.trials["q"].ending is Ending.CRASHED
    assert ran.trials["r"].passed
    assert ran.cells[1].ending is CellEnding.RAN


def test_checks_without_end_use_up_the_time_of_their_cell(runner: Runner) -> None:
    ran = run(
        runner,
        ["q = 3\nwhile True:\n    grader.check('q')", "r = 3"],
        {"q": ">>> q\n3", "r": ">>> r\n3"},
        seconds=1.0,
    )
    assert ran.cells[1].ending is CellEnding.TIMED_OUT
    assert all(trial.passed for trial in ran.trials.values())


def test_a_check_within_what_a_test_calls_is_passed_over(runner: Runner) -> None:
    """Otter would go down until Python ends it, and the outermost, which counts, is right."""
    ran = run(
        runner, ["def q():\n    grader.check('q')\n    return 3\ngrader.check('q')"], {"q": ">>> q()\n3"}
    )
    assert ran.trials["q"].passed


def test_a_thread_changes_nothing(runner: Runner) -> None:
    source = (
        "import threading\nq = 3\nt = threading.Thread(target=grader.check, args=('q',))\nt.start()\nt.join()"
    )
    ran = run(runner, [source], {"q": ">>> q\n3"})
    assert ran.trials["q"].passed
    assert ran.cells[1].ending is CellEnding.RAN


@pytest.mark.parametrize("inside", [False, True])
def test_a_check_of_no_question_raises_what_otter_raises(*, inside: bool, runner: Runner) -> None:
    """The rest of its cell does not run; the tests of the other questions do."""
    ran = run(
        runner,
        ["q = 3\ngrader.check('none')\nq = 4", "grader.check('q')\nr = 3"],
        {"q": ">>> q\n3", "r": ">>> r\n3"},
        inside=inside,
    )
    assert ran.cells[1].exception == "FileNotFoundError"
    assert ran.cells[1].message == "Test none does not exist"
    assert {name: trial.passed for name, trial in ran.trials.items()} == {"q": True, "r": True}


def test_a_check_is_taken_as_good_where_nobody_knows_what_can_be_checked(runner: Runner) -> None:
    """Of what was adopted before that was kept."""
    steps = [cell(FIRST), cell("grader.check('none')\nq = 3", 2), case("q", ">>> q\n3", "q")]
    trials = run_outside(runner, steps, PATIENT, AROUND, TestTerms(learning=True)).trials
    assert trials["q"].passed


@pytest.mark.parametrize("inside", [False, True])
def test_a_command_that_did_not_run_before_a_check_is_told_with_it(*, inside: bool, runner: Runner) -> None:
    ran = run(
        runner,
        ["!make data\nq = 3\ngrader.check('q')\n!make more", "r = 3\ngrader.check('r')"],
        {"q": ">>> q\n3", "r": ">>> r\n3"},
        inside=inside,
    )
    assert ran.trials["q"].passed_over.commands == ("make data",)
    assert ran.trials["r"].passed_over.commands[-1] == "make more"
