"""Masters and autograder.zips of Otter's are read as Otter grades by them; nothing of theirs is changed."""

import json
import stat
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import nbgrader_course
import otter_course as sample
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from autograder.adopting.adopt import adopt
from autograder.adopting.otter_tests import read_test_file, share_points
from autograder.adopting.source import read_source
from autograder.adopting.their_tools import TheirPython
from autograder.cli.adopt import command
from autograder.errors import CourseError
from autograder.foreign.model import (
    AdoptedAssignment,
    ForeignQuestion,
    ForeignRole,
    ForeignSeed,
    SourceKind,
    TestStyle,
    Tool,
)

PYTHON = TheirPython()
NO_OTTER = TheirPython(Path("/usr/bin/false"))


def read(path: Path) -> AdoptedAssignment:
    """The only assignment of a source."""
    reading = read_source(path, PYTHON)
    assert not reading.refused
    (found,) = reading.read
    return found.assignment


def question(text: str) -> ForeignQuestion:
    """The question of a test file."""
    return read_test_file(text, "tests/q1.py", notebook="nb")


class TestOkFormat:
    def test_cases_have_names_points_and_hidden_flags(self) -> None:
        q1 = question(sample.OK_TEST)
        assert (q1.name, q1.points, q1.all_or_nothing) == ("q1", 2, False)
        assert [(t.name, t.points, t.hidden, t.style) for t in q1.tests] == [
            ("q1 - 1", Fraction(1, 2), False, TestStyle.OK),
            ("q1 - 2", Fraction(3, 2), True, TestStyle.OK),
        ]
        assert q1.tests[0].text == ">>> square(2)\n4"

    def test_the_indent_of_a_case_is_taken_off_and_hidden_is_the_usual(self) -> None:
        text = "test = {'name': 'q', 'suites': [{'cases': [{'code': '  >>> 1\\n  1'}]}]}"
        (case,) = question(text).tests
        assert (case.text, case.hidden, case.points) == (">>> 1\n1", True, 1)

    def test_a_file_is_not_run(self, tmp_path: Path) -> None:
        assert question(f"open({str(tmp_path / 'ran')!r}, 'w')\n{sample.OK_TEST}").name == "q1"
        assert not (tmp_path / "ran").exists()

    @pytest.mark.parametrize(
        "old, new, words",
        [
            ('"name": "q1"', '"name": make()', "line 3: test is worked out by code"),
            ('"setup": ""', '"setup": ">>> import os"', "has a setup"),
            ('"type": "doctest"', '"type": "concept"', "of type 'concept'"),
            ('"points": 2', '"points": "2"', "its points are '2'"),
            ('"points": 2', '"points": 1', "its cases have 1.5 points, and the question 1"),
            ('"points": 2', '"points": [1]', "has 2 cases and points for 1"),
            ('"code"', '"text"', "has no code"),
            ("OK_FORMAT = True", "OK_FORMAT = (", "line 1: is no Python"),
            ('"suites"', '"sweets"', "no name or no suites"),
        ],
    )
    def test_what_otter_refuses_is_refused_with_its_place(self, old: str, new: str, words: str) -> None:
        assert old in sample.OK_TEST
        with pytest.raises(CourseError) as caught:
            question(sample.OK_TEST.replace(old, new, 1))
        assert str(caught.value).startswith("tests/q1.py")
        assert words in str(caught.value)


class TestExceptionStyle:
    def test_functions_are_the_cases(self) -> None:
        q2 = question(sample.EXCEPTION_TEST)
        assert (q2.name, q2.points, q2.all_or_nothing) == ("q2", 3, True)
        assert [(t.name, t.function, t.points, t.hidden, t.failure) for t in q2.tests] == [
            ("q2 - 1", "check_one", 1, False, "Cubes keep the sign."),
            ("q2 - 2", "check_two", 2, True, ""),
        ]
        assert {t.text for t in q2.tests} == {sample.EXCEPTION_TEST}

    def test_arguments_by_position_and_names_of_their_own(self) -> None:
        text = (
            "from otter import test_files\nname = 'q'\n@test_files.test_case('own', 2, True)\ndef f(): pass\n"
        )
        (case,) = question(text).tests
        assert (case.name, case.points, case.hidden) == ("own", 2, True)

    @pytest.mark.parametrize(
        "old, new, words",
        [
            ("points=1", "points=worth()", "line 11: points of @test_case is worked out by code"),
            ('name = "q2"', "pass", "has neither test nor name"),
            ("@test_case", "@other", "has no function with @test_case"),
            ("points = None", "points = compute()", "line 6: points is worked out by code"),
            ("points=1", "points=True", "its points are True"),
        ],
    )
    def test_what_otter_refuses_is_refused_with_its_place(self, old: str, new: str, words: str) -> None:
        with pytest.raises(CourseError) as caught:
            question(sample.EXCEPTION_TEST.replace(old, new))
        assert words in str(caught.value)


_SHARES = st.one_of(st.none(), st.integers(0, 4), st.sampled_from([0.5, 0.25]))


@pytest.mark.soak
class TestPoints:
    """By Otter's own rules, exactly."""

    @given(
        st.one_of(_SHARES, st.lists(_SHARES, min_size=1, max_size=4)),
        st.lists(_SHARES, min_size=1, max_size=4),
    )
    def test_points_are_shared_as_otter_shares_them(self, total: Any, cases: list[Any]) -> None:
        abstract_test = pytest.importorskip("otter.test_files.abstract_test")
        theirs = [abstract_test.TestCase("", "", False, each, None, None) for each in cases]
        ours = [None if each is None else Fraction(str(each)) for each in cases]
        try:
            expected = abstract_test.TestFile.resolve_test_file_points(total, theirs)
        except ValueError:
            with pytest.raises(CourseError):
                share_points(total, ours, "")
            return
        assert [float(each) for each in share_points(total, ours, "")] == pytest.approx(
            [case.points for case in expected]
        )


class TestZip:
    def test_questions_files_and_rules(self, tmp_path: Path) -> None:
        config = {
            "seed": 42,
            "seed_variable": "rng_seed",
            "points_possible": 10,
            "score_threshold": 0.5,
            "show_hidden": True,
            "show_stdout": True,
            "assignment_name": "Squares",
            "token": "a-secret",
        }
        files = {"data.csv": "1\n", "lib/__init__.py": "", "helper.py": "two = 2\n"}
        assignment = read(
            sample.write_zip(
                tmp_path / "hw1-autograder_2026_11_29T10_00_00_1.zip", config=config, files=files
            )
        )
        assert (assignment.name, assignment.title, assignment.tool) == ("hw1", "Squares", Tool.OTTER)
        assert [q.name for q in assignment.questions] == ["q1", "q2"]
        assert assignment.points == 5
        assert assignment.seed == ForeignSeed(42, "rng_seed")
        assert (assignment.points_possible, assignment.score_threshold) == (10, Fraction(1, 2))
        assert [(f.path, f.helper) for f in assignment.files] == [
            ("data.csv", False),
            ("helper.py", True),
            ("lib/__init__.py", True),
        ]
        assert assignment.environment.python == "3.12"
        assert "numpy>=2" in assignment.environment.requirements
        assert assignment.show_hidden and assignment.show_stdout
        assert any("its score_threshold, 50 %, holds" in notice for notice in assignment.notices)

    def test_a_question_without_a_case_is_left_out_with_a_notice(self, tmp_path: Path) -> None:
        """Otter gives nothing for it, and nothing is lost by it."""
        empty = "OK_FORMAT = True\ntest = {'name': 'q0', 'points': 3, 'suites': [{'cases': []}]}\n"
        path = sample.write_zip(
            tmp_path / "hw1.zip",
            {"q0.py": empty, "q1.py": sample.OK_TEST, "q2.py": sample.EXCEPTION_TEST},
        )
        assignment = read(path)
        assert ([q.name for q in assignment.questions], assignment.points) == (["q1", "q2"], 5)
        assert any("q0 has no case" in notice for notice in assignment.notices)

    def test_a_question_is_checked_by_the_name_of_its_file(self, tmp_path: Path) -> None:
        """As Otter does, whatever the test calls itself; a file without a case can be checked too."""
        empty = "OK_FORMAT = True\ntest = {'name': 'Question 0', 'suites': [{'cases': []}]}\n"
        own = sample.OK_TEST.replace('"name": "q1"', '"name": "Question 1"')
        path = sample.write_zip(tmp_path / "hw1.zip", {"q0.py": empty, "q1_1.py": own})
        assignment = read(path)
        assert [(q.name, q.checked_as) for q in assignment.questions] == [("Question 1", "q1_1")]
        assert assignment.notebooks[0].checks == ("q0", "q1_1")

    def test_a_token_is_not_kept(self, tmp_path: Path) -> None:
        path = sample.write_zip(tmp_path / "hw1.zip", config={"token": "a-secret"})
        adopt(path, tmp_path / "ours", python=PYTHON)
        for file in (tmp_path / "ours").rglob("*"):
            assert not file.is_file() or b"a-secret" not in file.read_bytes()

    def test_notebooks_of_otter_assign_are_found(self, tmp_path: Path) -> None:
        dist = tmp_path / "dist"
        path = sample.write_zip(dist / "autograder/hw1-autograder_2026_11_29T10_00_00_1.zip")
        shown, answer = nbgrader_course.cell("a = 1"), nbgrader_course.cell("def square(x): return x * x")
        stub = nbgrader_course.cell("def square(x): ...")
        stub["metadata"] = {"otter": {"tests": ["q1"]}, "tags": ["otter_ignore"]}
        nbgrader_course.write_notebook(dist / "autograder/hw1.ipynb", [shown, answer])
        nbgrader_course.write_notebook(dist / "student/hw1.ipynb", [shown, stub])
        (notebook,) = read(path).notebooks
        assert [cell.role for cell in notebook.cells] == [ForeignRole.PROVIDED, ForeignRole.STUDENT]
        assert notebook.solved[1].source == answer["source"]
        assert (notebook.cells[1].checks, notebook.cells[1].ignored) == (("q1",), True)

    def test_the_notebook_of_students_is_found_without_a_solved_one(self, tmp_path: Path) -> None:
        path = sample.write_zip(tmp_path / "dist/autograder/hw1-autograder.zip")
        shown = nbgrader_course.cell("import numpy as np")
        nbgrader_course.write_notebook(tmp_path / "dist/student/hw1.ipynb", [shown])
        assignment = read(path)
        (notebook,) = assignment.notebooks
        assert ([cell.source for cell in notebook.cells], notebook.solved) == (["import numpy as np"], ())
        assert [notice for notice in assignment.notices if "not known" in notice] == []

    def test_a_zip_in_one_folder_is_read(self, tmp_path: Path) -> None:
        assert read(sample.write_zip(tmp_path / "hw1.zip", prefix="hw1/")).points == 5

    @pytest.mark.parametrize(
        "config, words",
        [
            ({"plugins": ["otter.plugins.builtin.GoogleSheetsGradeOverride"]}, "GoogleSheetsGradeOverride"),
            ({"plugins": [{"mine.Plugin": {"key": 1}}, "other.Plugin"]}, "(mine.Plugin, other.Plugin)"),
            ({"grade_from_log": True}, "grade_from_log"),
            ({"lang": "r"}, "lang is 'r'"),
            ({"seed": "1"}, "seed is '1'"),
            ({"points_possible": "ten"}, "points_possible is 'ten'"),
            ("{", "is no JSON"),
            ("[]", "is no table of settings"),
        ],
    )
    def test_what_is_not_done_here_is_refused_aloud(self, tmp_path: Path, config: Any, words: str) -> None:
        with pytest.raises(CourseError) as caught:
            read(sample.write_zip(tmp_path / "hw1.zip", config=config))
        assert "hw1.zip, otter_config.json" in str(caught.value)
        assert words in str(caught.value)

    def test_all_broken_tests_are_told_at_once(self, tmp_path: Path) -> None:
        with pytest.raises(CourseError) as caught:
            read(sample.write_zip(tmp_path / "hw1.zip", {"a.py": "x = (", "b.py": "y = 1"}))
        assert [flaw.where.rpartition("/")[2] for flaw in caught.value.flaws] == ["a.py, line 1", "b.py"]

    def test_two_questions_of_one_name_are_refused(self, tmp_path: Path) -> None:
        """Otter would count the later one alone; the message names both files, and no case of theirs."""
        path = sample.write_zip(tmp_path / "hw1.zip", {"a.py": sample.OK_TEST, "b.py": sample.OK_TEST})
        with pytest.raises(CourseError) as caught:
            read(path)
        (flaw,) = caught.value.flaws
        assert flaw.where == f"{path}, tests/a.py and {path}, tests/b.py"
        assert (flaw.what, flaw.allowed) == (
            "'q1' is the name of two questions",
            "give one of them another name, or take it out",
        )

    def test_two_cases_of_one_name_are_refused(self, tmp_path: Path) -> None:
        other = sample.OK_TEST.replace('"name": "q1"', '"name": "q2"')
        named = other.replace('"code"', '"name": "q1 - 1", "code"', 1)
        path = sample.write_zip(tmp_path / "hw1.zip", {"a.py": sample.OK_TEST, "b.py": named})
        with pytest.raises(CourseError, match=r"a\.py and .*b\.py: 'q1 - 1' is the name of two cases"):
            read(path)

    def test_tests_in_folders_below_are_left_out_as_otter_leaves_them_out(self, tmp_path: Path) -> None:
        tests = {"q1.py": sample.OK_TEST, "old/q1.py": sample.OK_TEST, "old/__init__.py": ""}
        found = read(sample.write_zip(tmp_path / "hw1.zip", tests))
        assert [question.name for question in found.questions] == ["q1"]
        assert "tests/old/q1.py is left out: Otter reads no tests in folders below tests/" in found.notices

    def test_a_zip_of_something_else_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(CourseError, match=r"holds no tests/\*\.py"):
            read(sample.write_zip(tmp_path / "hw1.zip", {}))

    def test_tests_in_r_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(CourseError, match="holds tests in R"):
            read(sample.write_zip(tmp_path / "hw1.zip", {"q1.R": ""}))

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"\x80\x04K\x01."])
    def test_what_is_no_zip_is_refused(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "hw1.zip").write_bytes(content)
        with pytest.raises(CourseError, match="is no zip that can be read"):
            read(tmp_path / "hw1.zip")

    @pytest.mark.parametrize("name", ["files/../../out.txt", "/files/out.txt", "files\\..\\out.txt"])
    def test_a_path_that_leads_out_is_refused(self, tmp_path: Path, name: str) -> None:
        path = sample.write_zip(tmp_path / "hw1.zip")
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(name, "x")
        with pytest.raises(CourseError, match="leads out of it"):
            adopt(path, tmp_path / "ours", python=PYTHON)
        assert not (tmp_path / "ours").exists()

    def test_a_link_is_refused(self, tmp_path: Path) -> None:
        path = sample.write_zip(tmp_path / "hw1.zip")
        link = zipfile.ZipInfo("files/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(link, "/etc/passwd")
        with pytest.raises(CourseError, match="is a link"):
            read(path)

    def test_magics_in_a_doctest_are_refused_with_the_case(self, tmp_path: Path) -> None:
        text = sample.OK_TEST.replace(">>> square(2)\\n4", ">>> %mine x")
        first, second, *_ = read(sample.write_zip(tmp_path / "hw1.zip", {"q1.py": text})).tests
        assert "uses %mine" in first.obstacle
        assert not second.obstacle


@pytest.mark.soak
class TestMaster:
    """Through the course's own `otter assign`."""

    @pytest.fixture(scope="module")
    @classmethod
    def theirs(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return sample.write_master(tmp_path_factory.mktemp("otter") / "hw")

    @pytest.fixture(scope="module")
    @classmethod
    def assignment(cls, theirs: Path) -> AdoptedAssignment:
        before = {path: path.read_bytes() for path in sorted(theirs.parent.rglob("*"))}
        found = read(theirs)
        assert {path: path.read_bytes() for path in sorted(theirs.parent.rglob("*"))} == before
        return found

    def test_questions_in_the_order_of_the_master(self, assignment: AdoptedAssignment) -> None:
        asked = [(q.name, q.points, q.by_hand) for q in assignment.questions]
        assert asked == [("q1", 2, False), ("why", 3, True)]
        assert assignment.source.kind is SourceKind.MASTER

    def test_hidden_cases_and_seeds(self, assignment: AdoptedAssignment) -> None:
        assert [test.hidden for test in assignment.tests] == [False, True]
        assert assignment.seed == ForeignSeed(7, "rng_seed")

    def test_students_get_no_solution(self, assignment: AdoptedAssignment) -> None:
        (notebook,) = assignment.notebooks
        assert not any("x * x" in cell.source for cell in notebook.cells)
        (answer,) = [cell for cell in notebook.solved if "x * x" in cell.source]
        assert answer.role is ForeignRole.STUDENT

    def test_data_files_come_along(self, assignment: AdoptedAssignment) -> None:
        assert [file.path for file in assignment.files] == ["data.csv"]

    def test_plugins_are_refused_with_the_cell(self, tmp_path: Path) -> None:
        master = sample.write_master(tmp_path, sample.master_cells("plugins:\n  - mine.Plugin\n"))
        with pytest.raises(CourseError, match=r"squares\.ipynb, cell 1: uses plugins"):
            read(master)

    def test_a_master_that_otter_refuses(self, tmp_path: Path) -> None:
        master = sample.write_master(tmp_path, sample.master_cells("no_such_key: 1\n"))
        with pytest.raises(CourseError, match=r"`otter assign` refuses it: .*no_such_key"):
            read(master)

    def test_without_otter_it_is_read_by_its_marks_to_the_same_tests(
        self, theirs: Path, assignment: AdoptedAssignment
    ) -> None:
        ours = read_by_marks(theirs)
        assert (ours.questions, ours.files, ours.seed) == (
            assignment.questions,
            assignment.files,
            assignment.seed,
        )
        made, wanted = ours.notebooks[0], assignment.notebooks[0]
        for ours_, theirs_ in ((made.cells, wanted.cells), (made.solved, wanted.solved)):
            assert [c.source for c in ours_ if c.type == "code"] == [
                c.source for c in theirs_ if c.type == "code"
            ]
        assert "does not have otter-grader: the master is read by its marks" in ours.notices[0]


def read_by_marks(master: Path) -> AdoptedAssignment:
    """The assignment of a master, where Otter is not installed."""
    (found,) = read_source(master, TheirPython(Path("/usr/bin/false"))).read
    return found.assignment


class TestMasterByItsMarks:
    """Where Otter is not installed."""

    def test_tests_of_the_exception_style(self, tmp_path: Path) -> None:
        cells = [
            sample.raw("# ASSIGNMENT CONFIG\ntests:\n  ok_format: false\n"),
            sample.raw("# BEGIN QUESTION\nname: q1\npoints:\n  each: 2\nall_or_nothing: true\n"),
            sample.raw("# BEGIN TESTS"),
            nbgrader_course.cell("def test_one(env):\n    assert env['x'] == 1\n\ntest_one(globals())"),
            nbgrader_course.cell(
                '""" # BEGIN TEST CONFIG\nhidden: true\nfailure_message: Look again.\n""" # END TEST CONFIG\n'
                "def test_two(x):\n    assert x > 0\n"
            ),
            sample.raw("# END TESTS"),
            sample.raw("# END QUESTION"),
        ]
        (q1,) = read_by_marks(sample.write_master(tmp_path, cells)).questions
        assert (q1.points, q1.all_or_nothing) == (4, True)
        assert [(t.function, t.hidden, t.failure, t.style) for t in q1.tests] == [
            ("test_one", False, "", TestStyle.EXCEPTION),
            ("test_two", True, "Look again.", TestStyle.EXCEPTION),
        ]

    def test_marks_in_fences(self, tmp_path: Path) -> None:
        """Some write masters in editors without raw cells."""
        fence = "```otter\n{}\n```"
        shown = nbgrader_course.cell("square(2)")
        shown["outputs"] = [{"output_type": "execute_result", "data": {"text/plain": ["4"]}, "metadata": {}}]
        cells = [
            nbgrader_course.cell(fence.format("# BEGIN QUESTION\nname: q1"), "markdown"),
            nbgrader_course.cell("Write it.\n" + fence.format("# BEGIN SOLUTION"), "markdown"),
            nbgrader_course.cell("square = lambda x: x * x  # SOLUTION"),
            nbgrader_course.cell(
                f"{fence.format('# END SOLUTION')}\n{fence.format('# BEGIN TESTS')}", "markdown"
            ),
            shown,
            nbgrader_course.cell(
                f"{fence.format('# END TESTS')}\n{fence.format('# END QUESTION')}", "markdown"
            ),
        ]
        assignment = read_by_marks(sample.write_master(tmp_path, cells))
        (test,) = assignment.tests
        assert test.text == ">>> square(2)\n4"
        assert "square = ..." in [cell.source for cell in assignment.notebooks[0].cells]

    @pytest.mark.parametrize(
        "cells, words",
        [
            ([sample.raw("# BEGIN TESTS")], "cell 1: begins a tests block outside of a question"),
            (
                [sample.raw("# BEGIN QUESTION\nname: q"), sample.raw("# END TESTS")],
                "cell 2: ends a tests block",
            ),
            ([sample.raw("# BEGIN QUESTION\nname: q")], "has a question block that does not end"),
            ([sample.raw("# BEGIN QUESTION\npoints: 1")], "cell 1: begins a question without a name"),
            ([sample.raw("# BEGIN QUESTION\nname: &q x")], "cell 1: its settings use"),
            ([sample.raw("# ASSIGNMENT CONFIG\nconfig_file: hw.yml")], "hw.yml cannot be read (No such file"),
            ([sample.raw("# ASSIGNMENT CONFIG\nconfig_file: ../hw.yml")], "outside of the master's folder"),
            ([sample.raw("# ASSIGNMENT CONFIG\nfiles:\n- no.csv")], "no.csv is not there"),
            ([sample.raw("# ASSIGNMENT CONFIG\nfiles: [../../etc/passwd]")], "is not there"),
        ],
    )
    def test_what_cannot_be_read_is_refused_with_its_cell(
        self, tmp_path: Path, cells: list[sample.Cell], words: str
    ) -> None:
        with pytest.raises(CourseError) as caught:
            read_by_marks(sample.write_master(tmp_path, cells))
        assert "squares.ipynb" in str(caught.value)
        assert words in str(caught.value)


HERE = "config_file: hw.yml\nseed:\n  autograder_value: 7\n"
IN_FILE = "files:\n- data.csv\nseed:\n  variable: rng_seed\n  autograder_value: 1\n  student_value: 3\n"


@pytest.mark.parametrize(
    "python", [NO_OTTER, pytest.param(PYTHON, marks=pytest.mark.soak)], ids=["its marks", "otter assign"]
)
def test_settings_in_a_file_are_those_of_the_master_and_its_own_go_before(
    tmp_path: Path, python: TheirPython
) -> None:
    """A file that names plugins is refused before Otter is asked, which would run them."""
    master = sample.write_master(tmp_path / "hw", sample.master_cells(HERE))
    (tmp_path / "hw/hw.yml").write_text(IN_FILE)
    [found] = read_source(master, python).read
    assert (found.assignment.seed, [file.path for file in found.assignment.files]) == (
        ForeignSeed(7, "rng_seed"),
        ["data.csv"],
    )
    (tmp_path / "hw/hw.yml").write_text("# plugins: no\ngenerate: {plugins: [mine.Plugin]}\n")
    with pytest.raises(CourseError, match=r"hw\.yml: uses plugins"):
        read_source(master, python)


@pytest.mark.parametrize(
    "line", ['grader.run_plugin("mine.Plugin")', "# BEGIN PLUGIN\nplugin: x\n# END PLUGIN"]
)
def test_a_cell_that_runs_a_plugin_is_refused(tmp_path: Path, line: str) -> None:
    cells = [*sample.master_cells(), nbgrader_course.cell(line)]
    with pytest.raises(CourseError, match=r"squares\.ipynb, cell 19: runs a plugin of Otter's"):
        read(sample.write_master(tmp_path, cells))


def test_a_question_with_tests_that_a_person_marks_as_well(tmp_path: Path) -> None:
    cells = sample.master_cells()
    cells[2] = sample.raw("# BEGIN QUESTION\nname: q1\npoints: 2\nmanual: true\n")
    assignment = read_by_marks(sample.write_master(tmp_path, cells))
    assert [(q.name, q.by_hand) for q in assignment.questions] == [("q1", False), ("why", True)]
    assert any("q1 is marked by a person and has tests" in notice for notice in assignment.notices)


class TestVersionOfStudents:
    def test_tests_in_the_metadata(self, tmp_path: Path) -> None:
        spec = {"name": "q1", "suites": [{"cases": [{"code": ">>> x\n1", "hidden": False}]}]}
        path = nbgrader_course.write_notebook(
            tmp_path / "hw.ipynb",
            [nbgrader_course.cell("import otter\ntester = otter.Notebook()"), nbgrader_course.cell("x = 1")],
            otter={"OK_FORMAT": True, "tests": {"q1": spec, "q2": sample.EXCEPTION_TEST}},
        )
        assignment = read(path)
        assert [q.name for q in assignment.questions] == ["q1", "q2"]
        assert "hidden tests, seeds and a solution are not known" in assignment.notices[0]

    def test_tests_in_a_folder_that_serves_several_notebooks(self, tmp_path: Path) -> None:
        (tmp_path / "tests").mkdir()
        (tmp_path / "tests/q1.py").write_text(sample.OK_TEST)
        (tmp_path / "tests/q2.py").write_text(sample.EXCEPTION_TEST)
        path = nbgrader_course.write_notebook(
            tmp_path / "hw.ipynb", [nbgrader_course.cell('grader.check("q2")')]
        )
        assert [q.name for q in read(path).questions] == ["q2"]

    def test_a_folder_is_looked_through(self, tmp_path: Path) -> None:
        """Each notebook that can be adopted is, of either tool; lectures are passed over."""
        nbgrader_course.write_notebook(tmp_path / "week1/hw.ipynb", nbgrader_course.usual_cells())
        spec = {"name": "q1", "suites": [{"cases": [{"code": ">>> x\n1"}]}]}
        nbgrader_course.write_notebook(
            tmp_path / "week2/hw.ipynb", [nbgrader_course.cell("x = 1")], otter={"tests": {"q1": spec}}
        )
        nbgrader_course.write_notebook(tmp_path / "lecture.ipynb", [nbgrader_course.cell("x = 1")])
        locked = nbgrader_course.cell("Read.", "markdown", locked=True, grade_id="read")
        nbgrader_course.write_notebook(tmp_path / "locked.ipynb", [locked])
        ran = CliRunner().invoke(command, [str(tmp_path), "--to", str(tmp_path.parent / "ours"), "--json"])
        assert ran.exit_code == 0, ran.output
        found = json.loads(ran.stdout)["assignments"]
        assert [(each["name"], each["tool"]) for each in found] == [("hw", "nbgrader"), ("hw-2", "otter")]


def test_a_course_of_nbgraders_below_the_folder_is_told_of(tmp_path: Path) -> None:
    """Of the folder above, only its notebooks are taken."""
    nbgrader_course.write_notebook(tmp_path / "101/source/ps1/hw.ipynb", nbgrader_course.usual_cells())
    (told,) = read_source(tmp_path, PYTHON).notices
    assert told.startswith("101 is a course of nbgrader's") and "adopt that folder" in told
    assert read_source(tmp_path / "101", PYTHON).notices == ()


def test_a_notebook_of_otters_that_was_nbgraders_once_is_otters(tmp_path: Path) -> None:
    """Tests of nbgrader's are what makes a notebook its own, not what else it has left there."""
    left = [
        nbgrader_course.cell("Read.", "markdown", locked=True, grade_id="business"),
        nbgrader_course.cell("More.", "markdown", locked=True, grade_id="business"),
    ]
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/q1.py").write_text(sample.OK_TEST)
    cells = [*left, nbgrader_course.cell("def square(x): ..."), nbgrader_course.cell('grader.check("q1")')]
    path = nbgrader_course.write_notebook(tmp_path / "hw.ipynb", cells)
    assert (read(path).tool, [each.name for each in read(path).questions]) == (Tool.OTTER, ["q1"])
    cells.insert(2, nbgrader_course.essay("why"))
    cells[1]["metadata"]["nbgrader"]["grade_id"] = "other"
    with_points = read(nbgrader_course.write_notebook(path, cells))
    assert (with_points.tool, [each.name for each in with_points.questions]) == (Tool.OTTER, ["q1"])
    assert any("that a person gives, to why" in notice for notice in with_points.notices)
    cells += [nbgrader_course.answer("a"), nbgrader_course.check("t")]
    assert read(nbgrader_course.write_notebook(path, cells)).tool is Tool.NBGRADER
    master = [*left, *sample.master_cells()]
    assert (
        read_source(sample.write_master(tmp_path / "m", master), NO_OTTER).read[0].assignment.tool
        is Tool.OTTER
    )
