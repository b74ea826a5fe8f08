"""Otter's tests, read without running them: in the OK format and in the exception-based one."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from textwrap import dedent
from typing import Any

from autograder.adopting.magics import find_own_magics
from autograder.domain.counts import describe_count
from autograder.domain.given_marks import as_written
from autograder.errors import CourseError, Flaw
from autograder.foreign.model import ForeignQuestion, ForeignTest, TestStyle

_LITERAL = "write it as plain values: the file is read, not run"


@dataclass(frozen=True, slots=True)
class _Case:
    """A case whose points are not worked out yet."""

    test: ForeignTest
    points: Fraction | None


def read_test_file(text: str, place: str, *, notebook: str) -> ForeignQuestion:
    """The question that a test file asks.

    Args:
        text: of the file.
        place: the file, as messages name it.
        notebook: the name of the notebook it belongs to.

    Raises:
        CourseError: what Otter refuses, and what could only be known by running the file.
    """
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        raise CourseError([Flaw(f"{place}{line}", "is no Python", "mend the test file")]) from error
    names = _read_names(body)
    if "test" in names and names.get("OK_FORMAT") is not False:
        return read_ok_test(_need_literal(names, "test", body, place), place, notebook=notebook)
    return _read_exception_test(text, body, names, place, notebook)


def _read_names(body: Sequence[ast.stmt]) -> dict[str, Any]:
    """Names that are given plain values; those given others have the value `...`."""
    names: dict[str, Any] = {}
    for statement in body:
        targets: list[ast.expr] = []
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign) and statement.value:
            targets = [statement.target]
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(statement, ast.Assign | ast.AnnAssign):
                names[target.id] = _evaluate(statement.value)
    return names


def _evaluate(node: ast.expr | None) -> Any:
    try:
        return ast.literal_eval(node) if node else None
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return ...


def _need_literal(names: Mapping[str, Any], name: str, body: Sequence[ast.stmt], place: str) -> Any:
    if names[name] is not ...:
        return names[name]
    line = next(
        each.lineno
        for each in body
        if isinstance(each, ast.Assign)
        and any(isinstance(t, ast.Name) and t.id == name for t in each.targets)
    )
    raise CourseError([Flaw(f"{place}, line {line}", f"{name} is worked out by code", _LITERAL)])


def read_ok_test(spec: Any, place: str, *, notebook: str) -> ForeignQuestion:
    """The question of a test in the OK format. Raises CourseError where Otter would not take it."""
    suites = spec.get("suites") if isinstance(spec, dict) else None
    name = spec.get("name") if isinstance(spec, dict) else None
    if not isinstance(name, str) or not isinstance(suites, list):
        raise CourseError([Flaw(place, "is no test in the OK format: it has no name or no suites")])
    if len(suites) != 1 or not isinstance(suites[0], dict):
        what = f"has {describe_count(len(suites), 'suite')}, and Otter takes one"
        raise CourseError([Flaw(place, what, "put all cases into one suite")])
    suite = suites[0]
    for key in ("setup", "teardown"):
        if suite.get(key):
            raise CourseError(
                [Flaw(place, f"its suite has a {key}, which Otter does not run", "take it out")]
            )
    if suite.get("type", "doctest") != "doctest":
        raise CourseError([Flaw(place, f"its suite is of type {suite['type']!r}", "doctest")])
    cases = suite.get("cases")
    if not isinstance(cases, list):
        raise CourseError([Flaw(place, "has no list of cases")])
    read = [_read_ok_case(case, number, name, place) for number, case in enumerate(cases, 1)]
    return _make_question(
        name,
        notebook,
        read,
        spec.get("points"),
        place,
        all_or_nothing=bool(spec.get("all_or_nothing", False)),
    )


def _read_ok_case(case: Any, number: int, question: str, place: str) -> _Case:
    if not isinstance(case, dict) or not isinstance(case.get("code"), str):
        raise CourseError([Flaw(f"{place}, case {number}", "has no code")])
    text = dedent(case["code"])
    own = sorted(set(find_own_magics(text.replace(">>> ", "").replace("... ", ""))))
    test = ForeignTest(
        str(case.get("name") or f"{question} - {number}"),
        TestStyle.OK,
        text,
        Fraction(0),
        hidden=bool(case.get("hidden", True)),
        success=str(case.get("success_message") or ""),
        failure=str(case.get("failure_message") or ""),
        obstacle=f"it uses {', '.join(own)}, and a doctest knows no magics" if own else "",
    )
    return _Case(test, _read_points(case.get("points"), f"{place}, case {number}"))


def _read_exception_test(
    text: str, body: Sequence[ast.stmt], names: Mapping[str, Any], place: str, notebook: str
) -> ForeignQuestion:
    if "name" not in names:
        raise CourseError([Flaw(place, "is no test of Otter's: it has neither test nor name")])
    for key in ("name", "points", "all_or_nothing"):
        if key in names:
            _need_literal(names, key, body, place)
    name = str(names["name"])
    cases: list[_Case] = []
    for statement in body:
        found = _find_decorator(statement)
        if found is not None and isinstance(statement, ast.FunctionDef):
            cases.append(_read_exception_case(text, statement, found, len(cases) + 1, name, place))
    if not cases:
        raise CourseError([Flaw(place, "has no function with @test_case")])
    return _make_question(
        name,
        notebook,
        cases,
        names.get("points"),
        place,
        all_or_nothing=bool(names.get("all_or_nothing", False)),
    )


def _find_decorator(statement: ast.stmt) -> ast.Call | None:
    """The `@test_case(...)` of a function."""
    decorators = statement.decorator_list if isinstance(statement, ast.FunctionDef) else []
    for decorator in decorators:
        if isinstance(decorator, ast.Call):
            called = decorator.func
            word = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if word == "test_case":
                return decorator
    return None


_ARGUMENTS = ("name", "points", "hidden", "success_message", "failure_message")


def _read_exception_case(
    text: str, function: ast.FunctionDef, decorator: ast.Call, number: int, question: str, place: str
) -> _Case:
    place = f"{place}, line {function.lineno}"
    said = dict(zip(_ARGUMENTS, map(_evaluate, decorator.args), strict=False))
    said |= {keyword.arg or "**": _evaluate(keyword.value) for keyword in decorator.keywords}
    for key, value in said.items():
        if value is ...:
            raise CourseError([Flaw(place, f"{key} of @test_case is worked out by code", _LITERAL)])
    test = ForeignTest(
        str(said.get("name") or f"{question} - {number}"),
        TestStyle.EXCEPTION,
        text,
        Fraction(0),
        hidden=bool(said.get("hidden", False)),
        function=function.name,
        success=str(said.get("success_message") or ""),
        failure=str(said.get("failure_message") or ""),
    )
    return _Case(test, _read_points(said.get("points"), place))


def _read_points(written: Any, place: str) -> Fraction | None:
    if written is None:
        return None
    if isinstance(written, bool) or not isinstance(written, int | float):
        raise CourseError([Flaw(place, f"its points are {written!r}", "a number")])
    try:
        return Fraction(str(written))
    except ValueError as error:  # NaN and infinities
        raise CourseError([Flaw(place, f"its points are {written!r}", "a number")]) from error


def in_file(question: ForeignQuestion, file: str) -> ForeignQuestion:
    """The question of a test file that is called so, without `.py`."""
    return replace(question, file="" if file == question.name else file)


def _make_question(
    name: str, notebook: str, cases: Sequence[_Case], total: Any, place: str, *, all_or_nothing: bool
) -> ForeignQuestion:
    points = share_points(total, [case.points for case in cases], place)
    names: set[str] = set()
    tests = []
    for case, share in zip(cases, points, strict=True):
        if case.test.name in names:
            raise CourseError([Flaw(place, f"two cases are called {case.test.name!r}", "name them apart")])
        names.add(case.test.name)
        tests.append(replace(case.test, points=share))
    return ForeignQuestion(
        name, sum(points, Fraction(0)), notebook, tests=tuple(tests), all_or_nothing=all_or_nothing
    )


def share_points(total: Any, cases: Sequence[Fraction | None], place: str) -> list[Fraction]:
    """The points of each case, by Otter's rules: what is left is shared by those without their own.

    Where nothing is said, or zeros alone, a question is worth 1.

    Raises:
        CourseError: the cases have more points than the question, or a list of them is of another length.

    >>> share_points(2, [Fraction(1), None, None], "")
    [Fraction(1, 1), Fraction(1, 2), Fraction(1, 2)]
    >>> share_points(None, [Fraction(1), None], "")
    [Fraction(1, 1), Fraction(0, 1)]
    """
    if isinstance(total, list):
        if len(total) != len(cases):
            what = f"has {describe_count(len(cases), 'case')} and points for {len(total)}"
            raise CourseError([Flaw(place, what, "one number for each case")])
        cases, total = [_read_points(each, place) for each in total], None
    whole = _read_points(total, place)
    given = sum((each for each in cases if each is not None), Fraction(0))
    if whole is not None and given > whole:
        what = f"its cases have {describe_count(given, 'point')}, and the question {as_written(whole)}"
        raise CourseError([Flaw(place, what, "make one smaller or the other larger")])
    if whole is None:
        # Zeros alone count as nothing said.
        whole = Fraction(1) if not any(cases) else given
    left = sum(each is None for each in cases)
    share = (whole - given) / left if left else Fraction(0)
    return [share if each is None else each for each in cases]
