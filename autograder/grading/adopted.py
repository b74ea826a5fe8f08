"""Grading a submission for an assignment that was adopted from nbgrader or Otter, by its own tests.

The cells run sealed, as the course's own tool runs them; the tests run where no student code is, or, where
their profiles say so, once more beside the student's code. A mark is what that tool would give.
"""

import builtins
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

from autograder.domain.answer import Ending, ExampleRun
from autograder.domain.course import AdoptionSettings, InsideRule, Limits
from autograder.domain.receipt import Receipt
from autograder.domain.report import CellRun, Isolation, Outcome, Report, TestMark, Verdict
from autograder.domain.report_json import to_text
from autograder.domain.sentences import SILENT, Sentence, say, say_count
from autograder.domain.submission import Submission
from autograder.errors import IsolationError, SandboxError, SubmissionError
from autograder.foreign.marks import Earned, earn, profile_of, sum_up
from autograder.foreign.model import (
    AdoptedAssignment,
    ForeignNotebook,
    ForeignQuestion,
    ForeignTest,
    Profile,
    TestStyle,
    Where,
    read_inside,
)
from autograder.foreign.rebuild import RebuiltNotebook, questions_of, rebuild, split_submission
from autograder.foreign.session import Ran, run_outside
from autograder.foreign.terms import (
    NotebookTerms,
    find_limits,
    find_terms,
    steps_inside,
    steps_outside,
    with_profiles,
)
from autograder.foreign.titles import title_questions
from autograder.grading.grader import GradedSubmission
from autograder.grading.hidden_paths import hide_paths
from autograder.grading.make_report import tell_seconds
from autograder.grading.versions import versions_of
from autograder.sandbox.interpreter import Interpreter
from autograder.sandbox.runner import Runner

_PYTHON_NAME = re.compile(r"name '([A-Za-z_]\w{0,60})' is not defined")
_LONGEST_STATEMENT = 300


@dataclass(frozen=True, slots=True)
class OpenAdopted:
    """An adopted assignment, ready to grade with."""

    assignment: AdoptedAssignment
    profiles: Mapping[str, Profile]
    settings: AdoptionSettings
    limits: Limits
    revision: str
    """The hash of what decides a mark."""
    title: str
    terms: Mapping[str, NotebookTerms]
    """By the name of the notebook."""
    inside: Mapping[str, InsideRule]
    """What becomes of each test that is judged inside."""
    titles: Mapping[str, str]
    """Of the questions whose names tell nothing."""


def open_adopted(
    assignment: AdoptedAssignment,
    profiles: Sequence[Profile],
    folder: Path,
    *,
    settings: AdoptionSettings,
    limits: Limits,
    revision: str,
    title: str,
) -> OpenAdopted:
    """Prepare what submissions are graded with; `folder` is where the assignment lies."""
    terms = {notebook.name: find_terms(assignment, notebook, folder) for notebook in assignment.notebooks}
    by_test = {profile.test: profile for profile in profiles}
    answers = {(answer.test, answer.digest): answer for answer in read_inside(folder)}
    inside = {}
    for test in assignment.tests:
        rule, answer = settings.inside, answers.get((test.name, test.digest))
        if rule is InsideRule.ASK and answer is not None:
            rule = InsideRule.ACCEPT if answer.accepted else InsideRule.MANUAL
        inside[test.name] = rule
    titles = title_questions(assignment)
    return OpenAdopted(assignment, by_test, settings, limits, revision, title, terms, inside, titles)


def grade_adopted(submission: Submission, opened: OpenAdopted, runner: Runner) -> Report:
    """Grade one submission.

    Raises:
        IsolationError: the machine cannot seal student code as well as the runner was told to.
    """
    started, now = time.perf_counter(), datetime.now(UTC)
    try:
        report = hide_paths(_grade(submission, opened, runner, now), runner.interpreter)
    except SubmissionError as problem:
        report = ungraded_adopted(submission, opened, runner.interpreter, trouble=problem.sentence)
    except IsolationError:
        raise
    except SandboxError:
        report = ungraded_adopted(submission, opened, runner.interpreter)
    return replace(report, seconds=tell_seconds(time.perf_counter() - started))


def _grade(submission: Submission, opened: OpenAdopted, runner: Runner, now: datetime) -> Report:
    verdicts: dict[str, Verdict] = {}
    cells: list[CellRun] = []
    notes: list[Sentence] = []
    isolation = Isolation(0)
    assignment = opened.assignment
    several, unread = len(assignment.notebooks) > 1, dict[str, Sentence]()
    for notebook, content in notebooks_of(submission, assignment, most=opened.limits.notebook_mb * 1_000_000):
        try:
            rebuilt = rebuild(content, notebook, assignment, limit_mb=opened.limits.notebook_mb)
        except SubmissionError as problem:
            if not several:
                raise
            file = f"{notebook.name}.ipynb"
            unread[notebook.name] = say("notebook.unread", file=file, inner=problem.sentence)
            continue
        earned, ran = run_tests(rebuilt, notebook, opened, runner)
        questions = questions_of(assignment, notebook)
        judged = (_judge(question, earned, rebuilt, opened) for question in questions)
        verdicts |= {verdict.question: _let_go(verdict) for verdict in judged}
        cells += [replace(cell, notebook=notebook.name) if several else cell for cell in ran.cells]
        notes += rebuilt.notes
        isolation = ran.isolation
    if unread and not verdicts:
        raise SubmissionError(next(iter(unread.values())))
    return Report(
        receipt=Receipt.of(submission, found=tuple(verdicts)),
        revision=opened.revision,
        verdicts=_titled(
            (
                verdicts.get(question.name)
                or _miss(question, opened.profiles, unread=question.notebook in unread)
                for question in assignment.questions
            ),
            opened,
        ),
        isolation=isolation,
        graded=now,
        title=opened.title,
        notes=(*unread.values(), *notes),
        cells=tuple(sorted(cells, key=lambda cell: cell.number))
        if len(assignment.notebooks) == 1
        else tuple(cells),
        versions=versions_of(runner.interpreter),
    )


def _titled(verdicts: Iterable[Verdict], opened: OpenAdopted) -> tuple[Verdict, ...]:
    return tuple(replace(verdict, title=opened.titles.get(verdict.question, "")) for verdict in verdicts)


def notebooks_of(
    submission: Submission, assignment: AdoptedAssignment, *, most: int
) -> Iterator[tuple[ForeignNotebook, bytes]]:
    """The notebooks of a submission, each with what it answers; those that are missing are left out.

    `most` bytes of each are read.
    """
    contents = split_submission(submission.content, assignment, most=most)
    for notebook in assignment.notebooks:
        if notebook.name in contents:
            yield notebook, contents[notebook.name]


def run_tests(
    rebuilt: RebuiltNotebook, notebook: ForeignNotebook, opened: OpenAdopted, runner: Runner
) -> tuple[dict[str, Earned], Ran]:
    """What each test earns, and how the cells went."""
    terms, assignment = opened.terms[notebook.name], opened.assignment
    tests = [test for question in questions_of(assignment, notebook) for test in question.tests]
    profiles = {test.name: profile_of(opened.profiles, test.name) for test in tests}
    for name, profile in profiles.items():
        if profile.where is Where.INSIDE and opened.inside[name] is InsideRule.MANUAL:
            profiles[name] = replace(profile, where=Where.BY_HAND)
    limits = find_limits(opened.limits, terms.surroundings)
    steps = steps_outside(rebuilt.steps, profiles)
    known = with_profiles(terms.of_steps(steps), profiles.values())
    outside = run_outside(runner, steps, limits, terms.surroundings, known)
    trials = dict(outside.trials)
    ended = {name for name, one in trials.items() if one.ending is Ending.RETURNED}
    own = {Path(file.path).parts[0].removesuffix(".py") for file in assignment.files if file.helper}
    steps, inside = steps_inside(rebuilt.steps, profiles, ended=ended, own_modules=own)
    if inside:
        beside = run_outside(runner, steps, limits, terms.surroundings, known, inside=inside).trials
        trials |= {name: one for name, one in beside.items() if profiles[name].where is Where.INSIDE}
    earned = {}
    for test in tests:
        profile, trial = profiles[test.name], trials.get(test.name)
        if profile.where in (Where.OUTSIDE, Where.INSIDE) and trial is not None:
            rules, stderr = assignment.rules, opened.settings.stderr
            earned[test.name] = earn(
                test, trial, profile, tool=assignment.tool, stderr=stderr, ignored=rules.ignored_stderr
            )
        elif profile.where in (Where.OUTSIDE, Where.INSIDE):  # its cell is not in the notebook
            earned[test.name] = Earned(test, profile.where, Fraction(0))
        else:
            earned[test.name] = Earned(test, profile.where, None, reason=profile.reason)
    return earned, outside


def _judge(
    question: ForeignQuestion, earned: Mapping[str, Earned], rebuilt: RebuiltNotebook, opened: OpenAdopted
) -> Verdict:
    """The verdict on one question."""
    if question.by_hand or not question.tests:
        own = TestMark(question.name, None, Where.BY_HAND.value, question.points, None)
        if question.cell in rebuilt.unanswered:  # nbgrader gives nothing by itself for what was handed out
            unanswered = _zero(question, Outcome.NOT_ATTEMPTED, say("tests.no_response"))
            return replace(unanswered, tests=(replace(own, passed=False, earned=Fraction(0)),))
        awaited = say("awaiting_mark")
        return Verdict(question.name, question.points, Outcome.AWAITING_MARK, None, awaited, tests=(own,))
    every = [earned[test.name] for test in question.tests]
    marks = tuple(_mark_of(one) for one in every)
    examples = tuple(_examples(every, opened.assignment))
    made = Verdict(
        question.name,
        question.points,
        Outcome.UNJUDGED,
        None,
        say("tests.unjudged"),
        tests=marks,
        examples=examples,
    )
    if any(one.where is Where.NOT_JUDGED for one in every):
        told = [note for one in every if (note := _say_command(one)) != SILENT]
        return replace(made, notes=tuple(told[:1]))
    if any(one.where is Where.BY_HAND for one in every):
        return replace(made, outcome=Outcome.AWAITING_MARK, sentence=say("tests.by_hand"))
    if any(one.where is Where.INSIDE and opened.inside[one.test.name] is InsideRule.ASK for one in every):
        return replace(made, outcome=Outcome.AWAITING_MARK, sentence=say("tests.inside.open"))
    total = sum_up(question, every)
    failed = [one for one in every if not one.passed]
    mark = (
        Fraction(1)
        if not failed
        else (total or Fraction(0)) / question.points
        if question.points
        else Fraction(0)
    )
    outcome = Outcome.RIGHT if mark == 1 else _outcome_of(failed[0]) if not total else Outcome.WRONG
    sentence = say("right") if mark == 1 else _say_failed(every, failed, opened.assignment)
    return replace(made, outcome=outcome, mark=mark, sentence=sentence)


def waits_for_decision(verdict: Verdict, decided: Collection[str]) -> bool:
    """Whether a question waited for somebody to decide on tests inside, and all of them are decided on."""
    inside = {mark.name for mark in verdict.tests if mark.where == Where.INSIDE}
    return verdict.sentence.key == "tests.inside.open" and inside <= {*decided}


def _let_go(verdict: Verdict) -> Verdict:
    """The same, waiting for nobody where it is worth nothing: nbgrader counts 0 of 0 points at once."""
    if verdict.mark is not None or verdict.points:
        return verdict
    tests = tuple(replace(test, earned=test.earned or Fraction(0)) for test in verdict.tests)
    return replace(
        verdict,
        outcome=Outcome.NO_POINTS,
        mark=Fraction(1),
        sentence=say("tests.no_points"),
        notes=(),
        tests=tests,
    )


def _miss(question: ForeignQuestion, profiles: Mapping[str, Profile], *, unread: bool) -> Verdict:
    """The verdict on a question whose notebook is not there: 0, and so has each of its tests.

    Of one that cannot be read there is none, and a person looks.
    """
    earned, passed = (None, None) if unread else (Fraction(0), False)
    marks = [
        TestMark(test.name, passed, profile_of(profiles, test.name).where.value, test.points, earned)
        for test in question.tests
    ]
    if question.by_hand or not marks:
        marks = [TestMark(question.name, passed, Where.BY_HAND.value, question.points, earned)]
    made = replace(_zero(question, Outcome.MISSING, say("missing.notebook")), tests=tuple(marks))
    if not unread:
        return made
    sentence = say("notebook.unread.question", file=f"{question.notebook}.ipynb")
    return _let_go(replace(made, outcome=Outcome.UNJUDGED, mark=None, sentence=sentence))


def _say_command(one: Earned) -> Sentence:
    """That a test is not judged after a command that was not run; nothing where that is not so."""
    return say("tests.command", command=one.command[:_LONGEST_STATEMENT]) if one.command else SILENT


def _mark_of(one: Earned) -> TestMark:
    note = _say_command(one)
    if one.where is Where.INSIDE:
        note = say("tests.inside")
    elif one.on_stderr:
        note = say("tests.on_stderr")
    elif one.believed:
        note = say("tests.believed")
    return TestMark(one.test.name, one.passed, one.where.value, one.test.points, one.points, note)


def _outcome_of(one: Earned) -> Outcome:
    run = one.run
    if run is None:
        return Outcome.MISSING
    if one.on_stderr or one.believed:
        return Outcome.WRONG
    if run.ending is not Ending.RETURNED:
        known = {Ending.TIMED_OUT: Outcome.TIMED_OUT, Ending.OUT_OF_MEMORY: Outcome.OUT_OF_MEMORY}
        return known.get(run.ending, Outcome.CRASHED)
    match run.told.exception:
        case "NotImplementedError":
            return Outcome.NOT_ATTEMPTED
        case "AssertionError" | "":
            return Outcome.WRONG
        case "NameError":
            return Outcome.MISSING
    return Outcome.RAISED


def _say_failed(every: Sequence[Earned], failed: Sequence[Earned], assignment: AdoptedAssignment) -> Sentence:
    """Why a question has not all of its points: how many tests fail, and what the first of them met."""
    first = failed[0]
    if first.run is None:
        return say("tests.no_cell")
    if first.on_stderr:
        return say("tests.on_stderr")
    if first.believed:
        return say("tests.believed")
    if first.points:
        return say("tests.partial")
    sentence = say("tests.failed")
    if len(every) > 1:
        sentence = say_count("tests.failed.some", len(failed), number=len(failed), count=len(every))
    run = first.run
    if run.ending is Ending.TIMED_OUT:
        return say("tests.timed_out", inner=sentence, limit=run.limit.sentence if run.limit else SILENT)
    if run.ending is not Ending.RETURNED:
        kind = "out_of_memory" if run.ending is Ending.OUT_OF_MEMORY else "crashed"
        return say(f"tests.{kind}", inner=sentence)
    return _say_where(first, sentence, assignment)


def _say_where(one: Earned, sentence: Sentence, assignment: AdoptedAssignment) -> Sentence:
    """The same with the statement where the test stopped, if students may see that."""
    assert one.run is not None  # noqa: S101 - asked before
    told = one.run.told
    shown = visible_text(one.test, assignment)
    if told.exception not in ("AssertionError", ""):
        missing = _PYTHON_NAME.search(told.message) if told.exception == "NameError" else None
        if missing and re.search(rf"\b{missing[1]}\b", shown):
            sentence = say("tests.undefined", inner=sentence, name=missing[1])
        else:
            sentence = say("tests.raised", inner=sentence, error=_exception_of(told.exception))
    statement = told.statement.strip()
    if statement and is_shown(statement, shown):
        sentence = say("tests.statement", inner=sentence, statement=statement[:_LONGEST_STATEMENT])
        if told.answer_kind and told.expected_kind:
            kinds = {"answer": told.answer_kind, "expected": told.expected_kind}
            sentence = say("tests.kinds", inner=sentence, **kinds)
        return sentence
    return say("tests.hidden", inner=sentence) if one.test.hidden else sentence


def _exception_of(name: str) -> Sentence:
    """An exception by its built-in name: a name of the student's own could tell what is hidden."""
    known = getattr(builtins, name, None)
    if isinstance(known, type) and issubclass(known, BaseException):
        return say("tests.exception", name=name)
    return say("tests.exception.own")


def visible_text(test: ForeignTest, assignment: AdoptedAssignment) -> str:
    """What students may see of a test."""
    if not test.hidden:
        return test.text
    for notebook in assignment.notebooks:
        for cell in notebook.cells:
            if test.style is TestStyle.CELL and cell.source == test.text:
                return cell.as_released
    return ""


def is_shown(statement: str, text: str) -> bool:
    """Whether a statement stands in a text, however it is spaced there."""
    return bool(statement) and _squeeze(statement) in _squeeze(text)


def _squeeze(text: str) -> str:
    return re.sub(r"[\s'\"()]+", "", text)


def _examples(every: Sequence[Earned], assignment: AdoptedAssignment) -> Iterator[ExampleRun]:
    """The tests that students may see, with what the statement compared where one failed."""
    for one in every:
        shown = visible_text(one.test, assignment)
        run = one.run
        if run is None or not shown or one.passed is None:
            continue
        told = run.told
        seen = (not one.test.hidden and not told.statement) or is_shown(told.statement, shown)
        if not one.passed and (told.passed or not seen):
            continue  # what students may see of it holds, or nobody can say that it does not
        why = f"{told.exception}: {told.message}" if told.exception and told.message else told.exception
        yield ExampleRun(
            shown,
            bool(one.passed),
            traceback="" if one.passed else why[:2000],
            answer=told.answer,
            expected=told.expected,
        )


def _zero(question: ForeignQuestion, outcome: Outcome, sentence: Sentence) -> Verdict:
    return Verdict(question.name, question.points, outcome, Fraction(0), sentence)


def ungraded_adopted(
    submission: Submission,
    opened: OpenAdopted,
    interpreter: Interpreter,
    *,
    trouble: Sentence | None = None,
) -> Report:
    """The report on a file that could not be graded: no mark is given, a person looks."""
    sentence = say("not_graded")
    return Report(
        receipt=Receipt.of(submission),
        revision=opened.revision,
        verdicts=_titled(
            (
                Verdict(question.name, question.points, Outcome.UNJUDGED, None, sentence)
                for question in opened.assignment.questions
            ),
            opened,
        ),
        isolation=Isolation(0),
        graded=datetime.now(UTC),
        title=opened.title,
        trouble=trouble or say("our_fault"),
        versions=versions_of(interpreter),
    )


class AdoptedGrader:
    """Grades submissions for an adopted assignment, as a Grader does those of our own."""

    def __init__(self, opened: OpenAdopted, runner: Runner, page_renderer: Callable[[Report], str]) -> None:
        self._opened = opened
        self.runner = runner
        self._render = page_renderer

    def __call__(self, submission: Submission) -> GradedSubmission:
        report = grade_adopted(submission, self._opened, self.runner)
        return GradedSubmission(report, self._render(report), text=to_text(report))

    def ungraded(self, submission: Submission) -> GradedSubmission:
        """The report on a submission that ended its worker, or on which grading itself failed."""
        report = ungraded_adopted(submission, self._opened, self.runner.interpreter)
        return GradedSubmission(report, self._render(report), text=to_text(report))

    def close(self) -> None:
        """Stop the runner's fork server."""
        self.runner.close()
