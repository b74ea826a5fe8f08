"""What right, wrong and empty answers earn: what their author declares of them."""

import ast
import inspect
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from autograder.check.subject import AssignmentUnderTest
from autograder.domain.answer import Answer, Ending, Opaque
from autograder.domain.report import Outcome, Verdict
from autograder.errors import Flaw
from autograder.notebook.assignment import Role, Statement
from autograder.notebook.code import find_names_read
from autograder.notebook.released import Released
from autograder.questions.arguments import make_argument
from autograder.questions.cases import Case, Group
from autograder.questions.in_process import PATIENCE, as_data, run_here
from autograder.questions.kinds import name_kind
from autograder.questions.memo import fingerprint
from autograder.questions.question import Alternate, Mistake, Question
from autograder.questions.solutions import Prepared
from autograder.timeout import TimeIsUpError, at_most

_SINGLE_PRECISION_LOSES = Fraction(9, 10)
_LITTLE = Fraction(1, 5)
"""What an answer without any thought earns less than."""


def check_stub(subject: AssignmentUnderTest, statement: Statement, prepared: Prepared) -> Iterator[Flaw]:
    """The stub has the reference's parameters, and counts as not attempted."""
    question, where = prepared.question, f"{subject.cell(statement, Role.STUB)}: {statement.name}"
    try:
        stub = _define_stub(statement)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever an author's stub raises
        yield Flaw(where, f"the stub cannot be run: {error!r}")
        return
    if statement.variable != question.variable:
        asks = "a variable" if statement.variable else "a function"
        yield Flaw(where, f"the stub asks for {asks}, the solutions do not", "write it the same way in both")
    elif _describe_parameters(stub) != _describe_parameters(question.reference):
        what = f"the reference is {question.name}{question.signature}, the stub {statement.signature}"
        yield Flaw(where, what, "give both the same parameters, with the same defaults")
    verdict = subject.rehearse(prepared, stub)
    if isinstance(verdict, Flaw) or verdict.mark != 0 or verdict.outcome is not Outcome.NOT_ATTEMPTED:
        ending = verdict.what if isinstance(verdict, Flaw) else f"{verdict.outcome}, earning {verdict.mark}"
        how = "write `name = ...`" if statement.variable else "let it raise NotImplementedError"
        yield Flaw(where, f"the stub is {ending}", how)


def _define_stub(statement: Statement) -> Callable[..., Any]:
    """The function that students find in the notebook; of a variable, one that gives what it holds."""
    namespace: dict[str, Any] = {"np": np}
    exec(compile(statement.stub, f"<stub of {statement.name}>", "exec"), namespace)  # noqa: S102 - author's
    found = namespace[statement.name]
    return (lambda: found) if statement.variable else found


def _describe_parameters(function: Callable[..., Any]) -> list[tuple[str, str, str]]:
    """Names, kinds and defaults: all of a signature that a caller can tell."""
    parameters = inspect.signature(function).parameters.values()
    return [(one.name, str(one.kind), repr(one.default)) for one in parameters]


def check_reference(subject: AssignmentUnderTest, question: Question) -> Iterator[Flaw]:
    """The reference has a value on generic data, and earns everything, in every draw."""
    where = f"{subject.line(question.reference)}: {question.name}"
    if _draws_otherwise(question):
        what = f"@{question.name}.cases draws other cases each time"
        yield Flaw(where, what, "draw all that is random from the rng that it is given")
        return
    core = [a for draw in subject.draws for a in _answers_to_core(draw.question(question.name))]
    if all(answer.ending is Ending.RETURNED and answer.value is None for _, answer in core):
        yield Flaw(where, "its reference returns nothing, in any core case", "let it end with `return ...`")
        return
    strange = next((found for _, answer in core if (found := _find_no_data(answer.value))), "")
    if strange and not question.comparison.own:
        what = f"its reference returns {strange}, which cannot be compared"
        yield Flaw(where, what, "return numbers, text, or arrays, lists, tuples, dictionaries of them")
        return
    name = question.comparison.name
    parts = next((kind for _, answer in core if (kind := _find_parts(answer.value))), "")
    if parts and name in _OF_ONE_ARRAY:
        what = f"compare={name!r} compares arrays, and its reference returns {parts}"
        yield Flaw(where, what, f"return the array alone, or judge its parts in @{question.name}.accepts")
        return
    for draw in subject.draws:
        prepared = draw.question(question.name)
        failing = next(_find_without_value(prepared), None)
        if failing is not None:
            allowed = "a case in which that is right is an edge case: yield edge(...)"
            yield Flaw(where, _say_draw(draw.name, f"its reference {failing}"), allowed)
            return
        verdict = subject.rehearse(prepared, question.reference)
        if isinstance(verdict, Flaw):
            yield Flaw(where, _say_draw(draw.name, verdict.what))
            return  # a rule that never ends takes its time in every draw
        if verdict.mark != 1 and _varies(prepared):
            what = "its reference gives another value whenever it is called"
            yield Flaw(where, what, "draw what is random in the cases, from their rng, and hand it over")
            return
        if verdict.mark != 1 or verdict.notes:
            yield Flaw(
                where, _say_draw(draw.name, f"the reference itself earns {verdict.mark}: {verdict.sentence}")
            )
            return


def _draws_otherwise(question: Question) -> bool:
    """Whether cases that are drawn again from the same random numbers have other arguments."""
    drawn = []
    for _ in range(2):
        with at_most(PATIENCE):
            cases = question.draw(np.random.default_rng(0))
        values = (value for case in cases for _, value in case.call.named())
        # One by one: of what is no data, or too much, there is no print, and nothing is said by it.
        drawn.append([fingerprint([_make_answer(as_data(value))]) for value in values])
    return drawn[0] != drawn[1]


def _find_no_data(value: Any) -> str:
    """What of a value is no data, in words; empty where all of it is."""
    if isinstance(value, Opaque):
        if value.type_name == "ndarray":
            return "an array of objects"
        return f"{'an' if value.type_name[0] in 'AEIOUaeiou' else 'a'} {value.type_name}"
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return next(filter(None, map(_find_no_data, inner)), "")


_OF_ONE_ARRAY = ("trajectory", "up to sign", "same span")


def _find_parts(value: Any) -> str:
    """What of several parts or of no numbers a value is, in words; empty where it is one array."""
    if isinstance(value, Mapping | str):
        return str(name_kind(value))
    try:
        np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return str(name_kind(value))
    return ""


def _answers_to_core(prepared: Prepared) -> list[tuple[Case, Answer]]:
    """The core cases with what the reference answers."""
    # Speed cases come last, and are left out where a machine's speed shall decide nothing.
    answered = zip(prepared.cases, prepared.expected.reference, strict=False)
    return [(case, answer) for case, answer in answered if case.group is Group.CORE]


def _varies(prepared: Prepared) -> bool:
    """Whether the reference does not give the same again."""
    known = prepared.expected.reference[: prepared.ordinary]
    again = (run_here(prepared.question.reference, call) for call in prepared.batch.calls)
    pairs = zip(known, again, strict=True)
    return any(
        fingerprint([replace(one, seconds=0.0)]) != fingerprint([replace(other, seconds=0.0)])
        for one, other in pairs
    )


def _find_without_value(prepared: Prepared) -> Iterator[str]:
    """What a reference does in core cases instead of giving a value that others can be compared with."""
    for case, answer in _answers_to_core(prepared):
        if answer.ending is Ending.RAISED:
            yield f"raises {answer.exception}: {answer.message} in the core case {case.label!r}"
        elif isinstance(answer.value, float | np.ndarray | np.generic) and _has_nan(answer.value):
            yield f"gives NaN in the core case {case.label!r}"


def _has_nan(value: Any) -> bool:
    numbers = np.asarray(value)
    return numbers.dtype.kind in "fc" and bool(np.isnan(numbers).any())


def check_alternate(subject: AssignmentUnderTest, question: Question, alternate: Alternate) -> Iterator[Flaw]:
    """Another right way earns everything, or loses digits where it computes in single precision."""
    where = f"{subject.line(alternate.function)}: {question.name}: alternate {alternate.name}"
    due = _SINGLE_PRECISION_LOSES if alternate.float32 else Fraction(1)
    for draw in subject.draws:
        prepared = draw.question(question.name)
        answers = _answer_in_time(prepared, alternate.function)
        if answers[-1].ending is Ending.TIMED_OUT:
            label, limit = prepared.cases[len(answers) - 1].label, prepared.batch.seconds_per_call
            what = f"takes more than {limit:g} s, which is all that students have, in the case {label!r}"
            yield Flaw(where, _say_draw(draw.name, what), "look for a loop that never ends")
            return  # one that never ends takes its time in every draw
        verdict = subject.replay(prepared, answers, alternate.function)
        if isinstance(verdict, Flaw):
            yield Flaw(where, _say_draw(draw.name, verdict.what))
            continue
        slow = any(group.name == "speed" and group.worth == 0 for group in verdict.groups)
        at_ease = 1 - sum((group.share for group in verdict.groups if group.name == "speed"), Fraction(0))
        if alternate.float32 and verdict.mark is not None and due < verdict.mark < 1:
            continue  # by chance, cases of one kind or another have kept all their digits
        if verdict.mark != due and not (slow and verdict.mark == due * at_ease):
            yield Flaw(where, _say_draw(draw.name, f"earns {verdict.mark}, not {due}: {verdict.sentence}"))
            return


def _answer_in_time(prepared: Prepared, function: Callable[..., Any]) -> tuple[Answer, ...]:
    """What a function answers to all ordinary cases, or to those up to the first that takes too long."""
    answers = list[Answer]()
    for call in prepared.batch.calls:
        answers.append(run_here(function, call, seconds=prepared.batch.seconds_per_call or PATIENCE))
        if answers[-1].ending is Ending.TIMED_OUT:
            break
    return tuple(answers)


def check_mistake(subject: AssignmentUnderTest, question: Question, mistake: Mistake) -> Iterator[Flaw]:
    """A known mistake is caught, and told from every other, in every draw."""
    where = f"{subject.line(mistake.function)}: {question.name}: mistake {mistake.name}"
    if mistake.same_as and question.mistake_named(mistake.same_as) is None:
        yield Flaw(where, f"same_as={mistake.same_as!r} names no mistake of this question")
    for draw in subject.draws:
        prepared = draw.question(question.name)
        answers = prepared.expected.mistakes[mistake.name]
        first, raised = answers[0], all(each.ending is Ending.RAISED for each in answers)
        if all(each.ending is Ending.TIMED_OUT for each in answers):
            yield Flaw(where, "never ends, in any case", "let it return what students return who make it")
            return
        if raised and _describe_parameters(mistake.function) != _describe_parameters(question.reference):
            call = f"{question.name}{question.signature}"
            yield Flaw(where, f"cannot be called as {call}", "give it the parameters of the reference")
            return
        if raised:
            what = f"raises {first.exception} in every case: {first.message}"
            yield Flaw(where, _say_draw(draw.name, what), "let it return what students return who make it")
            return
        verdict = subject.replay(prepared, answers, mistake.function)
        if isinstance(verdict, Flaw):
            yield Flaw(where, _say_draw(draw.name, verdict.what))
        elif verdict.mark == 1:
            yield Flaw(where, _say_draw(draw.name, "is not caught: it earns everything"))
            return
        elif verdict.mistake not in (mistake.name, mistake.same_as):
            taken = verdict.mistake or "an unknown error"
            allowed = f"same_as={verdict.mistake!r} declares that they cannot be told apart"
            yield Flaw(
                where, _say_draw(draw.name, f"is taken for {taken}"), allowed if verdict.mistake else ""
            )
            return


def check_thoughtless_answers(subject: AssignmentUnderTest, question: Question) -> Iterator[Flaw]:
    """Whoever returns the same whatever is asked, or what was given, earns next to nothing."""
    where = f"{subject.line(question.reference)}: {question.name}"
    for draw in subject.draws:
        prepared = draw.question(question.name)
        for name, answers in _answer_without_thought(prepared):
            verdict = subject.replay(prepared, answers)
            if isinstance(verdict, Verdict) and verdict.mark is not None and verdict.mark >= _LITTLE:
                as_what = f" as mistake {verdict.mistake}" if verdict.mistake else ""
                what = f"returning {name} always earns {verdict.mark}{as_what}"
                several = any(isinstance(one.value, Mapping | tuple) for one in prepared.expected.reference)
                way = '; with parts="worst" only all parts together earn something' if several else ""
                yield Flaw(where, _say_draw(draw.name, what), f"it should earn less than 1/5{way}")


def _answer_without_thought(prepared: Prepared) -> Iterator[tuple[str, tuple[Answer, ...]]]:
    """The shortest wrong answers, by name."""
    calls, expected = prepared.batch.calls, prepared.expected.reference
    for constant in (None, 0.0, 1.0, True, False, (), ""):
        yield repr(constant), tuple(_make_answer(constant) for _ in calls)
    for name, number in (("zeros of the right shape", 0), ("ones of the right shape", 1)):
        yield name, tuple(_make_answer(_fill(known.value, number)) for known in expected[: len(calls)])
    firsts = (
        next((as_data(make_argument(argument)) for _, argument in call.named()), None) for call in calls
    )
    yield "the first argument", tuple(map(_make_answer, firsts))


def _make_answer(value: Any) -> Answer:
    return Answer(Ending.RETURNED, value=value)


def _fill(value: Any, number: int) -> Any:
    """Something of the form of `value` with this number everywhere, in place of None too."""
    if isinstance(value, tuple | list):
        return tuple(_fill(item, number) for item in value)
    if isinstance(value, Mapping):
        return {key: _fill(item, number) for key, item in value.items()}
    if isinstance(value, bool | np.bool_):
        return bool(number)
    return np.full(np.shape(value), float(number)) if isinstance(value, np.ndarray) else float(number)


def check_examples(subject: AssignmentUnderTest, statement: Statement) -> Iterator[Flaw]:
    """The examples of the notebook hold for the references."""
    for which, example in enumerate(statement.examples):
        cell = subject.cell(statement, Role.EXAMPLES, which)
        name = f"<{cell}>"
        try:
            with at_most(PATIENCE):
                exec(compile(example, name, "exec"), _make_namespace(subject, example))  # noqa: S102 - author's
        except (Exception, SystemExit, TimeIsUpError) as error:  # noqa: BLE001 - whatever an example raises
            lines = [
                step.lineno for step in traceback.extract_tb(error.__traceback__) if step.filename == name
            ]
            line = f", line {lines[-1]}" if lines else ""
            endless = isinstance(error, TimeIsUpError)
            how = f"takes more than {PATIENCE:g} s" if endless else f"fails for the reference: {error!r}"
            yield Flaw(f"{cell}{line}: {statement.name}", f"an example of the notebook {how}")


def _make_namespace(subject: AssignmentUnderTest, example: str) -> dict[str, Any]:
    """The references, and what cells of the notebook define that the example uses."""
    variables = {p.question.name for p in subject.solutions.questions if p.question.variable}
    references = {name: f() if name in variables else f for name, f in subject.references.items()}
    space: dict[str, Any] = {"np": np, **references}
    used = find_names_read(ast.parse(example)) - space.keys()
    for support in Released.from_text(subject.text).support:
        if support.names & used:
            for cell in (*support.needs, support.cell):
                exec(compile(cell.source, f"<cell {cell.number}>", "exec"), space)  # noqa: S102 - author's
    return space


def _say_draw(draw: str, what: str) -> str:
    return f"in another draw of the cases ({draw}): {what}" if draw else what
