"""Submissions for adopted assignments are graded by the course's own tests, and told why."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from confined import confined_runner
from foreign_assignment import STUB, nbgrader, otter, submit
from patience import PATIENT

from autograder.domain.bundle import bundle
from autograder.domain.course import AdoptionSettings, InsideRule, StderrRule
from autograder.domain.report import Outcome, Report
from autograder.domain.report_json import from_json, to_json
from autograder.domain.submission import ReceivedBy, Submission
from autograder.foreign.model import ForeignQuestion, Profile, TestStyle, Where
from autograder.foreign.prove import prove_assignment
from autograder.grading.adopted import grade_adopted, open_adopted
from autograder.grading.batch import BriefReport
from autograder.grading.explain_adopted import explain_adopted
from autograder.render import words
from autograder.sandbox.runner import Runner

LIMITS = replace(PATIENT, memory_mb=900, notebook_mb=5)
PROVIDED = "import numpy as np\nimport sys"
SQUARE = "def square(x):\n    return x * x"
ANSWERS = {
    "sq": (STUB.format("square"), SQUARE),
    "mean": (STUB.format("mean"), "def mean(v):\n    return float(np.mean(v))"),
}
TESTS = {
    "t1": ("sq", "assert square(3) == 9\nassert square(12) == 144"),
    "t2": ("mean", "assert mean([1, 2, 6]) == 3"),
    "t3": ("mean", "1.5 if mean([2]) == 2 else 0"),
}


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with confined_runner() as made:
        yield made


@pytest.fixture(scope="module")
def course(runner, tmp_path_factory):
    """`course(**settings)`: the assignment of this module, opened."""
    folder = tmp_path_factory.mktemp("adopted")
    assignment = nbgrader(PROVIDED, ANSWERS, TESTS)
    # Of the first test, students see the first line alone.
    [notebook] = assignment.notebooks
    cells = tuple(
        replace(cell, released="assert square(3) == 9") if cell.id == "t1" else cell
        for cell in notebook.cells
    )
    questions = tuple(
        replace(question, tests=tuple(replace(test, hidden=True) for test in question.tests))
        if question.name == "t1"
        else question
        for question in assignment.questions
    )
    assignment = replace(assignment, notebooks=(replace(notebook, cells=cells),), questions=questions)
    profiles = prove_assignment(assignment, folder, runner, LIMITS)
    assert {profile.where for profile in profiles} == {Where.OUTSIDE}

    def open_with(profiles=profiles, assignment=assignment, **settings):
        own = AdoptionSettings("adopted/hw", **settings)
        return open_adopted(
            assignment, profiles, folder, settings=own, limits=LIMITS, revision="r", title="Homework"
        )

    open_with.profiles, open_with.assignment = profiles, assignment
    return open_with


def handed_in(content: bytes) -> Submission:
    return Submission("ada", "hw", content, datetime(2026, 1, 1, tzinfo=UTC), ReceivedBy.SERVER)


def graded(runner, opened, **answers: str) -> Report:
    report = grade_adopted(handed_in(submit(opened.assignment, answers)), opened, runner)
    assert from_json(json.loads(json.dumps(to_json(report)))) == report
    return report


def marks(report: Report) -> dict[str, Fraction | None]:
    return {verdict.question: verdict.earned for verdict in report.verdicts}


def test_a_right_answer_earns_what_its_tests_give(runner, course) -> None:
    report = graded(runner, course(), sq=SQUARE, mean=ANSWERS["mean"][1])
    assert marks(report) == {"t1": 2, "t2": 2, "t3": Fraction(3, 2)}
    [test] = to_json(report)["questions"][0]["tests"]
    assert (test["name"], test["passed"], test["where"]) == ("t1", True, "outside")
    assert (test["points"], test["earned"]) == (2.0, 2.0)


def test_what_is_handed_out_earns_nothing(runner, course) -> None:
    report = graded(runner, course())
    assert marks(report) == {"t1": 0, "t2": 0, "t3": 0}
    assert {verdict.outcome for verdict in report.verdicts} == {Outcome.NOT_ATTEMPTED}


def test_a_wrong_answer_is_shown_against_what_is_expected(runner, course) -> None:
    report = graded(
        runner, course(), sq="def square(x):\n    return x + x", mean="def mean(v):\n    return 4.0"
    )
    first, second, _ = report.verdicts
    assert first.outcome is Outcome.WRONG
    assert "`assert square(3) == 9`" in str(first.sentence)
    assert [(one.answer, one.expected) for one in second.examples] == [("4.0", "3")]


def test_what_is_hidden_stays_hidden(runner, course) -> None:
    """The hidden half of a test is neither quoted nor are its values told, nor what the code said there."""
    spy = "def square(x):\n    if x == 12:\n        raise ValueError(f'asked at {x}')\n    return x * x"
    report = graded(runner, course(), sq=spy)
    text = json.dumps(to_json(report)["questions"])
    assert "144" not in text and "asked at" not in text and "12" not in text.replace("12,", "")
    assert "not shown" in str(report.verdicts[0].sentence)
    assert not report.verdicts[0].examples  # the line that students see holds


def test_a_warning_on_stderr_earns_nothing_unless_the_course_says_so(runner, course) -> None:
    noisy = "def square(x):\n    print('careful', file=sys.stderr)\n    return x * x"
    assert marks(graded(runner, course(), sq=noisy))["t1"] == 0
    report = graded(runner, course(stderr=StderrRule.IGNORE), sq=noisy)
    assert marks(report)["t1"] == 2


def test_an_object_that_is_equal_to_everything_earns_nothing(runner, course) -> None:
    liar = "class Y:\n    def __eq__(self, o): return True\ndef square(x): return Y()"
    report = graded(runner, course(), sq=liar)
    assert marks(report)["t1"] == 0
    assert "object of yours" in str(report.verdicts[0].sentence)


@pytest.mark.parametrize(
    "rule, earned, outcome",
    [
        (InsideRule.ACCEPT, 2, Outcome.RIGHT),
        (InsideRule.ASK, None, Outcome.AWAITING_MARK),
        (InsideRule.MANUAL, None, Outcome.AWAITING_MARK),
    ],
)
def test_a_mark_that_could_be_forged_is_labelled(runner, course, rule, earned, outcome) -> None:
    inside = tuple(
        Profile(p.test, Where.INSIDE, "it was asked for") if p.test == "t1" else p for p in course.profiles
    )
    report = graded(runner, course(inside, inside=rule), sq=SQUARE, mean=ANSWERS["mean"][1])
    first = report.verdicts[0]
    assert (first.earned, first.outcome) == (earned, outcome)
    if rule is not InsideRule.MANUAL:
        assert first.tests[0].earned == 2
        assert "could be forged" in first.tests[0].label
        assert "forged" not in f"{first.sentence} {first.tests[0].note} {first.notes}", "a student reads it"
    assert marks(report)["t2"] == 2


def test_copied_split_and_lost_cells_end_nothing(runner, course) -> None:
    opened = course()
    document = json.loads(submit(opened.assignment, {"sq": SQUARE, "mean": "def mean(v):"}))
    cells = document["cells"]
    copy = json.loads(json.dumps(cells[1]))
    copy["source"] = "raise RuntimeError('an earlier version')"
    rest = {
        "cell_type": "code",
        "metadata": {},
        "source": "def mean(v):\n    return sum(v) / len(v)",
        "outputs": [],
    }
    document["cells"] = [cells[0], copy, *cells[1:4], rest, *cells[5:]]
    report = grade_adopted(handed_in(json.dumps(document).encode()), opened, runner)
    assert marks(report) == {"t1": 2, "t2": 0, "t3": Fraction(3, 2)}
    assert "t2" in str(report.notes[0])
    again = replace(opened.assignment, rules=replace(opened.assignment.rules, add_missing=True))
    report = grade_adopted(handed_in(json.dumps(document).encode()), course(assignment=again), runner)
    assert marks(report)["t1"] == 2


def test_cases_of_otter_share_points_as_otter_does(runner, tmp_path) -> None:
    cases = {
        "q1": [(">>> square(3)\n9", Fraction(1), False), (">>> square(4) == 17\nTrue", Fraction(3), True)]
    }
    for all_or_nothing, earned in ((False, 1), (True, 0)):
        assignment = otter({"q1": ANSWERS["sq"]}, cases, all_or_nothing=all_or_nothing)
        profiles = prove_assignment(assignment, tmp_path, runner, LIMITS)
        opened = open_adopted(
            assignment,
            profiles,
            tmp_path,
            settings=AdoptionSettings("adopted/hw"),
            limits=LIMITS,
            revision="r",
            title="",
        )
        source = [
            {"cell_type": "code", "metadata": {}, "source": text, "outputs": []}
            for text in (SQUARE, 'grader.check("q1")')
        ]
        content = json.dumps({"cells": source, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
        report = grade_adopted(handed_in(content), opened, runner)
        assert marks(report) == {"q1": earned}
        assert [test.passed for test in report.verdicts[0].tests] == [True, False]
        # What Otter's test calls False is told by its two sides.
        visible = [replace(t, hidden=False, text=">>> square(3) == 7 + 1\nTrue") for t in assignment.tests]
        question = replace(assignment.questions[0], tests=tuple(visible[:1]))
        shown = replace(opened, assignment=replace(assignment, questions=(question,)))
        [example] = grade_adopted(handed_in(content), shown, runner).verdicts[0].examples
        assert (example.answer, example.expected) == ("9", "8")
        assert TestStyle.OK is assignment.questions[0].tests[0].style


HOSTILE = [
    "def square(x):\n    while True:\n        pass",
    """import os
def square(x):
    for _ in range(10_000):
        try:
            os.fork()
        except OSError:
            pass
    return 0""",
    "import os, signal\ndef square(x):\n    os.kill(os.getpid(), signal.SIGKILL)",
    "def square(x):\n    return bytearray(10 ** 10)",
    """def square(x):
    with open('big', 'wb') as file:
        while True:
            file.write(bytes(1 << 20))""",
]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b'{"cells": [', b"[" * 100_000, b"{}"])
def test_a_file_that_cannot_be_read_costs_nobody_else_anything(runner, course, content: bytes) -> None:
    report = grade_adopted(handed_in(content), course(), runner)
    assert {verdict.mark for verdict in report.verdicts} == {None} and report.trouble
    assert report.trouble.key != "our_fault", "the student reads what is wrong with the file"
    assert marks(graded(runner, course(), sq=SQUARE, mean=ANSWERS["mean"][1]))["t1"] == 2


def test_a_class_with_hostile_notebooks_has_the_marks_of_each_alone(runner, course) -> None:
    """What is hostile costs its own question; all others, and everybody else, are as alone."""
    opened = replace(course(), limits=replace(LIMITS, seconds_per_cell=1.0, scratch_mb=8))
    mean = ANSWERS["mean"][1]
    for hostile in HOSTILE:
        report = graded(runner, opened, sq=hostile, mean=mean)
        assert marks(report) == {"t1": 0, "t2": 2, "t3": Fraction(3, 2)}
        assert not report.needs_person
        honest = marks(graded(runner, opened, sq=SQUARE, mean=mean))
        assert honest == {"t1": 2, "t2": 2, "t3": Fraction(3, 2)}


def open_two(course):
    """The assignment of this module twice, the second time with an essay: two notebooks, opened."""
    first = course.assignment
    [notebook] = first.notebooks
    second = replace(notebook, name="hw2")
    others = tuple(
        replace(
            question,
            name=f"hw2/{question.name}",
            notebook="hw2",
            tests=tuple(replace(test, name=f"hw2/{test.name}") for test in question.tests),
        )
        for question in first.questions
    )
    essay = ForeignQuestion("hw2/why", Fraction(3), "hw2", by_hand=True)
    both = replace(first, notebooks=(notebook, second), questions=(*first.questions, *others, essay))
    more = tuple(replace(profile, test=f"hw2/{profile.test}") for profile in course.profiles)
    return course((*course.profiles, *more), both)


def test_questions_of_a_notebook_that_is_missing_have_their_tests(runner, course) -> None:
    """Each with its points and 0, so that whoever reads the tests alone misses no points."""
    right = submit(course.assignment, {"sq": SQUARE, "mean": ANSWERS["mean"][1]})
    report = grade_adopted(handed_in(bundle({"hw": right})), open_two(course), runner)
    assert {cell.notebook for cell in report.cells} == {"hw"}, "each notebook counts its cells anew"
    missing = to_json(report)["questions"][3:]
    assert {each["outcome"] for each in missing} == {"missing"}
    told = [
        (t["name"], t["passed"], t["where"], t["points"], t["earned"]) for q in missing for t in q["tests"]
    ]
    assert told == [
        ("hw2/t1", False, "outside", 2.0, 0.0),
        ("hw2/t2", False, "outside", 2.0, 0.0),
        ("hw2/t3", False, "outside", 2.0, 0.0),
        ("hw2/why", False, "by hand", 3.0, 0.0),
    ]


@pytest.mark.parametrize("broken", [b'{"cells": [{"cell_type": "code", "so', b"%PDF-1.7", b"[]", b""])
def test_of_several_notebooks_one_that_cannot_be_read_costs_the_others_nothing(
    runner, course, broken: bytes
) -> None:
    """It is named, with what to do; a person looks at its questions, and nobody gives them 0."""
    right = submit(course.assignment, {"sq": SQUARE, "mean": ANSWERS["mean"][1]})
    opened = open_two(course)
    for name in ("hw2", "hw2 (1)"):
        report = grade_adopted(handed_in(bundle({"hw": right, name: broken})), opened, runner)
        assert from_json(json.loads(json.dumps(to_json(report)))) == report
        read, unread = report.verdicts[:3], report.verdicts[3:]
        assert [verdict.earned for verdict in read] == [2, 2, Fraction(3, 2)]
        assert {(verdict.outcome, verdict.mark) for verdict in unread} == {(Outcome.UNJUDGED, None)}
        assert {mark.earned for verdict in unread for mark in verdict.tests} == {None}
        assert "hw2.ipynb" in str(unread[0].sentence)
        assert not report.trouble and report.needs_person
        assert str(report.notes[0]).startswith(
            "`hw2.ipynb` cannot be read, so its questions are not judged. "
        )
        assert BriefReport.of(report).trouble == report.notes[0]
        told = words.summary(report)
        assert "cannot be read: a person will look" in told and "not your fault" not in told
        told = list(explain_adopted(handed_in(bundle({"hw": right, name: broken})), opened, runner))
        assert [line for line in told if "cannot be read" in line] == [told[-1]]


def test_where_none_of_several_notebooks_can_be_read_nothing_is_marked(runner, course) -> None:
    for content in (bundle({"hw": b"", "hw2": b"%PDF"}), bundle({"hw2": b"%PDF"}), b'{"cells": [{'):
        report = grade_adopted(handed_in(content), open_two(course), runner)
        assert {verdict.mark for verdict in report.verdicts} == {None}
        assert "hw" in str(report.trouble) and "cannot be read" in str(report.trouble)


def test_a_command_that_only_prints_costs_nothing_and_saves_nothing(runner, course) -> None:
    """The rest of its cell runs, as after a magic of IPython's; a wrong answer beside it is wrong."""
    around = (
        "!ls -l\n%ls\n%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n!pip install numpy\n%time 1\n"
    )
    report = graded(runner, course(), sq=around + SQUARE, mean=around + "mean = abs")
    assert marks(report) == {"t1": 2, "t2": 0, "t3": 0}
    assert not report.needs_person
    script = graded(runner, course(), sq=SQUARE, mean="%%bash\nmake mean").verdicts
    assert [verdict.outcome for verdict in script] == [Outcome.RIGHT, Outcome.UNJUDGED, Outcome.UNJUDGED]


@pytest.mark.parametrize(
    "source",
    [
        "!echo 'square = abs' > mine.py\nfrom mine import square",
        "files = !ls\nsquare = len(files)",
        "files = get_ipython().getoutput('ls')\nsquare = max if 'a' in files else min",
        "made = %sx ls\nsquare = abs if made == [] else None",
    ],
)
def test_where_the_work_of_a_command_is_needed_nobody_gets_0(runner, course, source) -> None:
    """Commands do not run: a test with less than its points is not judged after one, and all are told why."""
    report = graded(runner, course(), sq=source, mean=ANSWERS["mean"][1])
    assert marks(report) == {"t1": None, "t2": 2, "t3": None}
    first = report.verdicts[0]
    assert (first.outcome, first.tests[0].where) == (Outcome.UNJUDGED, "not judged")
    assert "which does not run while it is graded" in str(first.notes[0])
    assert "ls" in str(first.tests[0].note) or "mine.py" in str(first.tests[0].note)
    opened = course()
    told = list(explain_adopted(handed_in(submit(opened.assignment, {"sq": source})), opened, runner))
    assert any("because the notebook asks the operating system" in line for line in told)


def test_a_command_of_the_course_that_its_solution_passes_without_leaves_a_mistake_a_mistake(
    runner, tmp_path
) -> None:
    """The notebook that everybody receives fetches a file; whoever does not need it is judged as ever."""
    answers = {"sq": ("def square(x):\n    raise NotImplementedError", "def square(x):\n    return x * x")}
    assignment = nbgrader(
        PROVIDED + "\n!wget -q https://example.org/d.csv", answers, {"t1": ("sq", "assert square(3) == 9")}
    )
    profiles = prove_assignment(assignment, tmp_path, runner, LIMITS)
    assert [profile.commands for profile in profiles] == [("wget -q https://example.org/d.csv",)]
    settings = AdoptionSettings("adopted/hw")
    opened = open_adopted(
        assignment, profiles, tmp_path, settings=settings, limits=LIMITS, revision="r", title=""
    )
    assert marks(graded(runner, opened, sq="def square(x):\n    return x + x")) == {"t1": 0}
    for source in ("open('d.csv')\ndef square(x):\n    return x * x", "!make square\nsquare = abs"):
        report = graded(runner, opened, sq=source)
        assert [verdict.outcome for verdict in report.verdicts] == [Outcome.UNJUDGED], source
    assert "`make square`" in str(report.verdicts[0].notes[0])


def test_what_is_worth_nothing_and_judged_by_nobody_waits_for_nobody(runner, course) -> None:
    """An essay of 0 points, and a test of 0 points that only the student's process can run."""
    free = tuple(
        replace(
            each, points=Fraction(0), tests=tuple(replace(test, points=Fraction(0)) for test in each.tests)
        )
        if each.name == "t1"
        else each
        for each in course.assignment.questions
    )
    essay = ForeignQuestion("why", Fraction(0), "hw", "why", by_hand=True)
    assignment = replace(course.assignment, questions=(*free, essay))
    profiles = tuple(
        Profile(p.test, Where.INSIDE, "it was asked for") if p.test == "t1" else p for p in course.profiles
    )
    report = graded(runner, course(profiles, assignment, inside=InsideRule.ASK), sq=SQUARE, mean="mean = abs")
    told = {verdict.question: (verdict.outcome, verdict.earned) for verdict in report.verdicts}
    assert told["t1"] == told["why"] == (Outcome.NO_POINTS, 0)
    assert report.score is not None
    assert words.summary(report).startswith("None of two questions is right; two earned nothing yet.")
    assert [test.earned for verdict in report.verdicts for test in verdict.tests] == [0, 0, 0, 0]
    assert "nothing waits" in str(report.verdicts[0].sentence)


def test_what_no_solution_showed_an_object_may_be_asked_is_not_judged(runner, tmp_path) -> None:
    """It may be what a right answer needs, and it may be a lie: a person looks, and nobody gets 0 for it."""
    answers = {"box": ("class Box:\n    pass", "class Box:\n    side = 2")}
    tests = {"t1": ("box", "assert Box().side == 2\nassert Box() == Box()")}
    assignment = nbgrader(PROVIDED, answers, tests)
    unsolved = replace(
        assignment, notebooks=tuple(replace(notebook, solved=()) for notebook in assignment.notebooks)
    )
    profiles = prove_assignment(unsolved, tmp_path, runner, LIMITS)
    assert not any(profile.tried for profile in profiles)
    opened = open_adopted(
        unsolved,
        profiles,
        tmp_path,
        settings=AdoptionSettings("adopted/hw"),
        limits=LIMITS,
        revision="r",
        title="",
    )
    equal = "class Box:\n    side = 2\n    def __eq__(self, other):\n        return True"
    report = graded(runner, opened, box=equal)
    assert [verdict.outcome for verdict in report.verdicts] == [Outcome.UNJUDGED]
    assert report.needs_person
    assert [test.where for verdict in report.verdicts for test in verdict.tests] == ["not judged"]
    report = graded(runner, opened, box="class Box:\n    side = 3")
    assert [verdict.earned for verdict in report.verdicts] == [0]


def test_another_shape_or_type_is_told_where_the_statement_is_shown(runner, course) -> None:
    """Of a hidden statement neither is: it would tell what is expected there."""
    report = graded(runner, course(), sq="def square(x):\n    return np.full(2, x * x)", mean="mean = str")
    first, second, _ = report.verdicts
    assert "There your answer is `ndarray of shape (2,)`, and `int` is expected." in str(first.sentence)
    assert "There your answer is `str`, and `int` is expected." in str(second.sentence)
    spy = "def square(x):\n    return x * x if x < 10 else [x]"
    assert "expected" not in str(graded(runner, course(), sq=spy).verdicts[0].sentence)
    near = graded(runner, course(), sq="def square(x):\n    return x * x + 0.5").verdicts[0]
    assert "expected" not in str(near.sentence)


LEDGER = "log = []\ndef book(money):\n    log.append(money)\n    return sum(log)"


def test_a_test_inside_meets_what_tests_outside_had_the_students_code_do(runner, tmp_path) -> None:
    """A test that binds nothing has the student's code change a list: the next one looks, in its process."""
    sources = {
        "t1": "assert book(5) == 5",
        "t2": "assert len(_ih) and log == [5]",
        "t3": "assert book(1) == 6",
    }
    tests = {name: ("book", text) for name, text in sources.items()}
    assignment = nbgrader("", {"book": (STUB.format("book"), LEDGER)}, tests)
    profiles = prove_assignment(assignment, tmp_path, runner, LIMITS)
    assert [profile.where for profile in profiles] == [Where.OUTSIDE, Where.INSIDE, Where.OUTSIDE]
    own = AdoptionSettings("adopted/hw", InsideRule.ACCEPT)
    opened = open_adopted(
        assignment, profiles, tmp_path, settings=own, limits=LIMITS, revision="r", title="Homework"
    )
    assert marks(graded(runner, opened, book=LEDGER)) == {"t1": 2, "t2": 2, "t3": 2}
    twice = LEDGER.replace("log.append(money)", "log.extend([money, 0])")
    assert marks(graded(runner, opened, book=twice)) == {"t1": 2, "t2": 0, "t3": 2}
