"""nbgrader course folders are read as nbgrader grades by them, and nothing of theirs is changed."""

import hashlib
import json
import shutil
import sqlite3
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import nbgrader_course as sample
import pytest
from click.testing import CliRunner

from autograder.adopting.adopt import adopt
from autograder.adopting.nbgrader_course import read_nbgrader_course
from autograder.adopting.nbgrader_gradebook import read_gradebook
from autograder.adopting.reading import CourseReading, ReadAssignment
from autograder.adopting.source import read_source
from autograder.adopting.their_tools import TheirPython
from autograder.cli.adopt import command
from autograder.course.opened import open_course
from autograder.errors import CourseError
from autograder.foreign.model import (
    AdoptedAssignment,
    ForeignRole,
    Tool,
    Where,
    read_assignment_file,
    read_profiles,
)
from tests.interop.real_tools import HAND_OUT, python

PYTHON = TheirPython()


def hashes(folder: Path) -> dict[str, str]:
    """Every file below a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def read(folder: Path) -> CourseReading:
    return read_nbgrader_course(folder, PYTHON)


def only(folder: Path) -> ReadAssignment:
    """The only assignment of a course; none was refused."""
    reading = read(folder)
    assert not reading.refused
    (assignment,) = reading.read
    return assignment


def refusal(tmp_path: Path, *cells: sample.Cell) -> str:
    """Why the only assignment, of these cells, is refused."""
    sample.write_notebook(tmp_path / "source/ps1/nb.ipynb", cells)
    reading = read(tmp_path)
    assert not reading.read
    return "\n".join(map(str, reading.refused[0].flaws))


class TestSource:
    """From source/ alone."""

    def test_questions_and_points_are_told_in_order(self, tmp_path: Path) -> None:
        assignment = only(sample.write_course(tmp_path)).assignment
        asked = [(q.name, q.points, q.by_hand, len(q.tests)) for q in assignment.questions]
        assert asked == [("square_test", 2, False, 1), ("why", 3, True, 0), ("draw", 4, True, 0)]
        assert (assignment.tool, assignment.points) == (Tool.NBGRADER, Fraction(9))

    def test_students_get_the_stub_and_neither_hidden_tests_nor_marking_schemes(self, tmp_path: Path) -> None:
        notebook = only(sample.write_course(tmp_path)).assignment.notebooks[0]
        texts = {cell.id: cell.as_released for cell in notebook.cells}
        assert texts["square"] == "def square(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
        assert texts["square_test"] == "assert square(2) == 4"
        assert texts["draw"] == "Draw it."
        assert texts["why"] == "YOUR ANSWER HERE"

    def test_tests_keep_their_hidden_part_and_the_solution_is_kept_for_proofs(self, tmp_path: Path) -> None:
        assignment = only(sample.write_course(tmp_path)).assignment
        (test,) = assignment.tests
        assert (test.text, test.hidden) == (sample.TEST, True)
        solved = {cell.id: cell.source for cell in assignment.notebooks[0].solved}
        assert solved["square"] == sample.SOLUTION
        assert [cell.id for cell in assignment.notebooks[0].cells] == [*map(str, solved)]

    def test_data_files_and_helper_modules_are_found(self, tmp_path: Path) -> None:
        assignment = only(sample.write_course(tmp_path)).assignment
        assert [(f.path, f.helper) for f in assignment.files] == [
            ("data/points.csv", False),
            ("helper.py", True),
        ]
        assert assignment.environment.imports == ("numpy",)

    def test_a_header_and_a_footer_are_put_around(self, tmp_path: Path) -> None:
        config = 'c = get_config()\nc.IncludeHeaderFooter.header = "source/header.ipynb"\n'
        sample.write_course(tmp_path, {"nbgrader_config.py": config})
        sample.write_notebook(tmp_path / "source/header.ipynb", [sample.cell("name = ''")])
        assert only(tmp_path).assignment.notebooks[0].cells[0].source == "name = ''"

    def test_regions_in_an_answer_that_is_replaced_whole_are_never_seen(self, tmp_path: Path) -> None:
        """nbgrader takes solutions out first, and so takes this one, which shows how it is marked."""
        scheme = "BEGIN MARK SCHEME\n2 for the reason\nEND MARK SCHEME"
        sample.write_notebook(
            tmp_path / "source/ps1/nb.ipynb",
            [
                sample.cell(scheme, "markdown", solution=True, grade=True, grade_id="why", points=2),
                sample.check("t"),
            ],
        )
        why, _ = only(tmp_path).assignment.notebooks[0].cells
        assert why.as_released == "YOUR ANSWER HERE"

    def test_a_grade_id_of_two_notebooks_is_told_apart(self, tmp_path: Path) -> None:
        for name in ("a", "b"):
            sample.write_notebook(
                tmp_path / f"source/ps1/{name}.ipynb", [sample.answer("x"), sample.check("t")]
            )
        assert [q.name for q in only(tmp_path).assignment.questions] == ["a/t", "b/t"]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = sample.write_course(tmp_path_factory.mktemp("course"))
    cells = [
        sample.answer("whole", "y = 3"),
        sample.check("half", "assert y == 3", 0.5),
        sample.cell("z = 1\n", solution=True, grade=True, grade_id="by_hand", points=1),
        sample.cell("print('é')", locked=True, grade_id="locked"),
    ]
    sample.write_notebook(folder / "source/ps2/other.ipynb", cells)
    python(HAND_OUT, "ps1", "ps2", at=folder)
    return folder


@pytest.mark.soak
class TestAgainstNbgrader:
    """The same cells, texts, checksums and points as the real nbgrader keeps in its gradebook."""

    def test_every_kept_cell_is_as_we_make_it(self, course: Path, tmp_path: Path) -> None:
        stored = read_gradebook(course / "gradebook.db").assignments
        for name in ("ps1", "ps2"):
            for file in (course / "source" / name).rglob("*"):
                target = tmp_path / "source" / name / file.relative_to(course / "source" / name)
                target.parent.mkdir(parents=True, exist_ok=True)
                if file.is_file():
                    target.write_bytes(file.read_bytes())
        for ours in read(tmp_path).read:
            for notebook in ours.assignment.notebooks:
                made = [
                    (c.id, c.role, c.type, c.source, c.locked, c.checksum, c.points)
                    for c in notebook.cells
                    if c.graded
                ]
                kept = [
                    (c.name, c.role, c.type, c.source, c.locked, c.checksum, c.points)
                    for c in stored[ours.assignment.source.assignment].notebooks[notebook.name]
                ]
                assert made == kept

    def test_release_and_gradebook_suffice(self, course: Path, tmp_path: Path) -> None:
        """Where an instructor has lost source/, hidden tests come from the gradebook."""
        for part in ("release", "gradebook.db"):
            subprocess.run(["cp", "-r", course / part, tmp_path], check=True)
        whole, lost = read(course).read[0].assignment, read(tmp_path).read[0].assignment
        assert lost.questions == whole.questions
        assert [c.as_released for c in lost.notebooks[0].cells] == [
            c.as_released for c in whole.notebooks[0].cells
        ]
        assert lost.notebooks[0].solved == ()
        assert not lost.notices

    def test_release_alone_says_that_hidden_tests_are_not_known(self, course: Path, tmp_path: Path) -> None:
        subprocess.run(["cp", "-r", course / "release", tmp_path], check=True)
        assignment = read(tmp_path).read[0].assignment
        assert [test.text for test in assignment.tests] == ["assert square(2) == 4"]
        assert "hidden tests are not known" in assignment.notices[0]

    def test_a_gradebook_alone_has_the_graded_cells(self, course: Path, tmp_path: Path) -> None:
        subprocess.run(["cp", course / "gradebook.db", tmp_path], check=True)
        assignment = read(tmp_path).read[0].assignment
        assert [q.name for q in assignment.questions] == ["square_test", "why", "draw"]
        assert "its other cells are not known" in assignment.notices[0]

    def test_the_gradebook_goes_before_a_source_that_changed(self, course: Path, tmp_path: Path) -> None:
        subprocess.run(["cp", "-r", course / "source", course / "gradebook.db", tmp_path], check=True)
        cells = sample.usual_cells()
        cells[3] = sample.check("square_test", "assert True", 50)
        sample.write_notebook(tmp_path / "source/ps1/squares.ipynb", cells)
        assignment = read(tmp_path).read[0].assignment
        (test,) = assignment.tests
        assert (test.text, test.points) == (sample.TEST, 2)
        assert "gradebook.db has another text for square_test" in assignment.notices[0]

    def test_nothing_of_theirs_is_changed(self, course: Path, tmp_path: Path) -> None:
        before = hashes(course)
        adopt(course, tmp_path / "ours", python=PYTHON)
        assert hashes(course) == before


class TestSchemas:
    """What nbgrader wrote over the years."""

    def test_schema_0_has_points_as_text_and_no_version(self, tmp_path: Path) -> None:
        old = sample.cell("assert True")
        old["metadata"]["nbgrader"] = {"grade": True, "grade_id": "t", "points": "1.5", "locked": True}
        free = sample.cell("assert True")
        free["metadata"]["nbgrader"] = {"grade": True, "grade_id": "free", "points": ""}
        negative = sample.cell("assert True")
        negative["metadata"]["nbgrader"] = {"grade": True, "grade_id": "less", "points": -2}
        none = sample.cell("x = 1")
        none["metadata"]["nbgrader"] = {"grade_id": "nothing", "points": 3}
        sample.write_notebook(tmp_path / "source/ps1/nb.ipynb", [old, free, negative, none])
        questions = only(tmp_path).assignment.questions
        assert [(q.name, q.points) for q in questions] == [("t", Fraction(3, 2)), ("free", 0), ("less", 0)]

    @pytest.mark.parametrize("version", [1, 2, 3])
    def test_schemas_1_to_3_are_read(self, tmp_path: Path, version: int) -> None:
        test = sample.check("t")
        test["metadata"]["nbgrader"]["schema_version"] = version
        sample.write_notebook(tmp_path / "source/ps1/nb.ipynb", [test])
        assert [q.name for q in only(tmp_path).assignment.questions] == ["t"]

    @pytest.mark.parametrize("version", [4, -1, "3", None, 2.5])
    def test_another_schema_is_refused_with_its_cell(self, tmp_path: Path, version: Any) -> None:
        test = sample.check("t")
        test["metadata"]["nbgrader"]["schema_version"] = version
        assert f"nb.ipynb, cell 1: its nbgrader metadata is of schema {version!r}" in refusal(tmp_path, test)

    def test_an_exact_share_of_a_point_stays_exact(self, tmp_path: Path) -> None:
        sample.write_notebook(
            tmp_path / "source/ps1/nb.ipynb", [sample.check(f"t{k}", points=0.1) for k in range(10)]
        )
        assert only(tmp_path).assignment.points == 1


class TestNotebookByItself:
    """Notebooks that are kept without a course folder, as in many repositories."""

    def by_itself(self, tmp_path: Path, *cells: sample.Cell) -> AdoptedAssignment:
        path = sample.write_notebook(tmp_path / "nb.ipynb", cells)
        (found,) = read_source(path, PYTHON).read
        return found.assignment

    def test_the_author_s(self, tmp_path: Path) -> None:
        notebook = self.by_itself(tmp_path, *sample.usual_cells()).notebooks[0]
        assert notebook.cells[2].source.endswith("raise NotImplementedError()")
        assert notebook.solved[2].source == sample.SOLUTION

    def test_what_nbgrader_s_checks_refuse_is_read(self, tmp_path: Path) -> None:
        unmarked = sample.cell("# BEGIN SOLUTION\nx = 1\n# END SOLUTION")
        assignment = self.by_itself(tmp_path, unmarked, sample.check(" 3a-vi"))
        assert [q.name for q in assignment.questions] == [" 3a-vi"]
        (answer, _), (solved, _) = assignment.notebooks[0].cells, assignment.notebooks[0].solved
        assert "x = 1" not in answer.source
        assert (answer.role, solved.source) == (ForeignRole.STUDENT, unmarked["source"])

    def released(self, course: Path) -> list[sample.Cell]:
        cells: list[sample.Cell] = json.loads((course / "release/ps1/squares.ipynb").read_text())["cells"]
        return cells

    def test_what_students_received_is_taken_as_it_is(self, course: Path, tmp_path: Path) -> None:
        assignment = self.by_itself(tmp_path, *self.released(course))
        assert assignment.notebooks[0].cells[2].source.endswith("raise NotImplementedError()")
        assert assignment.notebooks[0].solved == ()
        assert "hidden tests are not known" in assignment.notices[0]

    def test_what_is_filled_in_is_a_solution(self, course: Path, tmp_path: Path) -> None:
        cells = self.released(course)
        cells[2]["source"] = "def square(x):\n    return x * x"
        notebook = self.by_itself(tmp_path, *cells).notebooks[0]
        assert notebook.solved[2].source == cells[2]["source"]
        assert notebook.cells[2].source == "# YOUR CODE HERE\nraise NotImplementedError()"


class TestRefused:
    """What nbgrader refuses, all of it at once, each with its cell."""

    def test_double_ids(self, tmp_path: Path) -> None:
        said = refusal(tmp_path, sample.check("t"), sample.answer("a"), sample.check("t"))
        assert "nb.ipynb, cells 1 and 3: have one grade_id, 't'" in said

    @pytest.mark.parametrize(
        "wrong, words",
        [
            (
                sample.cell("x", "markdown", grade=True, grade_id="t", points=1),
                "is a test and a markdown cell",
            ),
            (
                sample.cell("x", "markdown", solution=True, grade_id="t"),
                "autograded answer and a markdown cell",
            ),
            (sample.cell("x", task=True, grade_id="t", points=1), "manually graded task and a code cell"),
            (sample.cell("x", "raw", grade=True, grade_id="t", points=1), "is a raw cell"),
            (sample.cell("x", solution=True), "has no grade_id"),
            (sample.cell("x", solution=True, grade_id=""), "has no grade_id"),
            (sample.cell("x", solution=True, grade_id="a b"), "its grade_id is 'a b'"),
            (sample.cell("x", solution="yes", grade_id="a"), "solution is 'yes'"),
            (sample.check("t", points=-1), "its points are -1"),
            (sample.check("t", points="2"), "its points are '2'"),
            (sample.check("t", points=float("nan")), "its points are nan"),
            (sample.check("t", points=True), "its points are True"),
            (sample.answer("a", "### BEGIN SOLUTION\n1"), 'has a "BEGIN SOLUTION" without its end'),
            (sample.answer("a", "# BEGIN SOLUTION\n# BEGIN SOLUTION\n# END SOLUTION"), "second"),
            (sample.cell("# BEGIN SOLUTION\n1\n# END SOLUTION"), "is not marked as an answer"),
            (sample.cell("# BEGIN HIDDEN TESTS\n1\n# END HIDDEN TESTS"), "is not marked as a test"),
        ],
    )
    def test_a_cell_of_a_wrong_kind(self, tmp_path: Path, wrong: sample.Cell, words: str) -> None:
        said = refusal(tmp_path, sample.cell("x = 1"), wrong)
        assert "nb.ipynb, cell 2: " in said
        assert words in said

    def test_another_language(self, tmp_path: Path) -> None:
        kernel = {"name": "ir", "language": "R", "display_name": "R"}
        sample.write_notebook(tmp_path / "source/ps1/nb.ipynb", [sample.check("t")], kernelspec=kernel)
        assert "is written in r" in str(read(tmp_path).refused[0].flaws[0])

    def test_a_broken_assignment_does_not_keep_others_from_being_adopted(self, tmp_path: Path) -> None:
        course = sample.write_course(tmp_path / "theirs")
        (course / "source/ps2").mkdir()
        (course / "source/ps2/nb.ipynb").write_text("{ no notebook")
        ran = CliRunner().invoke(command, [str(course), "--to", str(tmp_path / "ours"), "--json"])
        assert ran.exit_code == 1
        said = json.loads(ran.stdout)
        assert [each["name"] for each in said["assignments"]] == ["ps1"]
        assert [each["assignment"] for each in said["refused"]] == ["ps2"]
        assert "ps2 is not adopted" in ran.stderr
        assert ran.stderr.startswith("Trying 1 test of ps1 ...\n"), "it may take minutes"

    def test_an_empty_folder_is_no_course(self, tmp_path: Path) -> None:
        (tmp_path / "gradebook.db").touch()
        with pytest.raises(CourseError, match="has no table"):
            read(tmp_path)


class TestGradebook:
    def test_a_database_of_others_is_refused(self, tmp_path: Path) -> None:
        with sqlite3.connect(tmp_path / "gradebook.db") as database:
            database.execute("create table other (a)")
        with pytest.raises(CourseError, match="is no gradebook of nbgrader: it has no table assignment"):
            read_gradebook(tmp_path / "gradebook.db")

    def test_one_of_an_old_nbgrader_is_told_and_costs_no_assignment_that_lies_in_a_folder(
        self, tmp_path: Path
    ) -> None:
        """Such files lie in repositories for years; only what stands in them alone is lost without them."""
        with sqlite3.connect(tmp_path / "gradebook.db") as database:
            for table in ("assignment", "notebook", "source_cell", "student", "grade_cell"):
                database.execute(f"create table {table} (id, name)")
        with pytest.raises(CourseError, match=r"gradebook\.db: is of an nbgrader before 0\.6"):
            read(tmp_path)
        reading = read(sample.write_course(tmp_path))
        assert len(reading.read) == 1
        (notice,) = reading.notices
        assert "gradebook.db is of an nbgrader before 0.6 and is not read" in notice

    def test_a_file_that_is_no_database_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "gradebook.db").write_text("a,b\n" * 999)
        with pytest.raises(CourseError, match="cannot be read as an SQLite database"):
            read_gradebook(tmp_path / "gradebook.db")

    @pytest.mark.parametrize("mode", ["delete", "wal"])
    def test_what_a_writer_has_not_finished_does_not_count(self, tmp_path: Path, mode: str) -> None:
        """Read in the middle of a transaction, the gradebook is as before it, and the writer goes on."""
        theirs = tmp_path / "theirs"
        theirs.mkdir()
        writer = sqlite3.connect(theirs / "gradebook.db", isolation_level=None)
        writer.execute(f"pragma journal_mode={mode}")
        writer.execute("pragma cache_size=1")  # changes reach the file before they are finished
        for table in ("assignment(id, name, duedate)", "notebook(id, name, assignment_id)", "base_cell(id)"):
            writer.execute(f"create table {table}")
        writer.execute("create table source_cell(name, cell_type, source, locked, checksum, notebook_id)")
        writer.execute("create table student(id, first_name, last_name, email)")
        writer.execute("insert into student values ('ada', 'Ada', 'L', '')")
        writer.execute("begin")
        for number in range(2000):
            writer.execute("insert into student values (?, 'x', 'y', '')", (f"s{number}" * 20,))
        before = hashes(theirs)
        assert [student.id for student in read_gradebook(theirs / "gradebook.db").students] == ["ada"]
        assert hashes(theirs) == before
        writer.execute("commit")
        assert len(read_gradebook(theirs / "gradebook.db").students) == 2001
        writer.close()


class TestConfig:
    """nbgrader_config.py is read, not run."""

    def configured(self, tmp_path: Path, text: str) -> ReadAssignment:
        return only(sample.write_course(tmp_path, {"nbgrader_config.py": text}))

    def test_it_is_not_run(self, tmp_path: Path) -> None:
        self.configured(tmp_path, f"open({str(tmp_path / 'ran')!r}, 'w')\nraise SystemExit\n")
        assert not (tmp_path / "ran").exists()

    def test_other_marks_stubs_and_rules(self, tmp_path: Path) -> None:
        text = (
            "c = get_config()\n"
            "stub = '# HERE'\n"
            'c.ClearSolutions.code_stub = {"python": stub + "\\npass"}\n'
            "c.ClearHiddenTests.begin_test_delimeter = 'SECRET'\n"
            "c.ClearHiddenTests.end_test_delimeter = 'TERCES'\n"
            "c.OverwriteCells.add_missing_cells = True\n"
            "c.IgnorePattern.enabled, c.IgnorePattern.pattern = True, 'Warn'\n"
            "c.IgnorePattern.enabled = True\n"
            "c.IgnorePattern.pattern = 'Warn'\n"
            "c.Execute.timeout = 60\n"
        )
        assignment = self.configured(tmp_path, text).assignment
        notebook = assignment.notebooks[0]
        assert notebook.cells[2].source == "def square(x):\n    # HERE\n    pass"
        assert notebook.cells[3].as_released == sample.TEST
        assert (assignment.rules.add_missing, assignment.rules.ignored_stderr, assignment.rules.timeout) == (
            True,
            "Warn",
            60,
        )

    def test_what_is_worked_out_by_code_is_said(self, tmp_path: Path) -> None:
        text = "c = get_config()\nc.ClearSolutions.text_stub = ask()\nc.NbGrader.logfile = ask()\n"
        reading = read(sample.write_course(tmp_path, {"nbgrader_config.py": text}))
        (notice,) = reading.notices
        assert "line 2: c.ClearSolutions.text_stub is worked out by code" in notice

    def test_folders_of_other_names(self, tmp_path: Path) -> None:
        text = (
            "c = get_config()\nc.CourseDirectory.source_directory = 'masters'\n"
            "c.CourseDirectory.directory_structure = '{nbgrader_step}/hw-{assignment_id}/{student_id}'\n"
        )
        (tmp_path / "nbgrader_config.py").write_text(text)
        sample.write_notebook(tmp_path / "masters/hw-1/nb.ipynb", [sample.check("t")])
        assignment = only(tmp_path).assignment
        assert (assignment.name, assignment.source.assignment) == ("assignment-1", "1")

    @pytest.mark.parametrize(
        "text", ["c = (", "c = get_config()\nc.ClearSolutions.text_stub = 3", "c.Execute.timeout = '5'"]
    )
    def test_a_broken_one_is_refused_with_its_path(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(CourseError, match=r"nbgrader_config\.py"):
            read(sample.write_course(tmp_path, {"nbgrader_config.py": text}))


class TestObstacles:
    def test_magics_of_a_course_s_own_are_refused_with_the_cell(self, tmp_path: Path) -> None:
        sample.write_notebook(
            tmp_path / "source/ps1/nb.ipynb",
            [
                sample.check("own", "%%tests\nassert x"),
                sample.check("known", "%time x = 7 \\\n  %y\nassert x"),
            ],
        )
        own, known = only(tmp_path).assignment.tests
        assert own.obstacle == "it uses %%tests, which IPython does not have"
        assert not known.obstacle

    def test_a_test_that_is_a_script_is_judged_by_nobody(self, tmp_path: Path) -> None:
        """`test -e` fails in nbgrader where no such file is; here no command runs, and none would fail."""
        sample.write_notebook(
            tmp_path / "source/ps1/nb.ipynb",
            [
                sample.check("script", "%%bash\ncd ..\ntest -e ~/.git"),
                sample.check("captured", "%%capture\n!ls\nassert x"),
            ],
        )
        script, captured = only(tmp_path).assignment.tests
        assert script.obstacle == "it is a script (%%bash), and no command of the operating system runs here"
        assert not captured.obstacle

    @pytest.mark.soak
    def test_autotests_are_written_by_nbgrader_itself(self, tmp_path: Path) -> None:
        """They come from running the solution, which nbgrader does in a copy of the course."""
        templates = (
            'python3:\n  setup: "from hashlib import sha1"\n'
            '  hash: "sha1(str({{snippet}}).encode()).hexdigest()"\n'
            '  dispatch: "type({{ snippet }})"\n  normalize: "str({{ snippet }})"\n'
            '  check: \'assert {{ snippet }} == """{{ value }}""", """{{ message }}"""\'\n'
            '  templates:\n    default:\n      - test: "{{ snippet }}"\n        fail: "not right"\n'
        )
        course = sample.write_course(tmp_path / "theirs", {"autotests.yml": templates})
        cells = [sample.answer("a", "x = 7"), sample.check("t", "### AUTOTEST x", 1)]
        sample.write_notebook(course / "source/ps1/squares.ipynb", cells)
        before = hashes(course)
        (test,) = only(course).assignment.tests
        assert "AUTOTEST" not in test.text
        assert "assert" in test.text
        assert not test.obstacle
        assert hashes(course) == before

    def test_autotests_without_nbgrader_are_not_judged(self, tmp_path: Path) -> None:
        sample.write_notebook(tmp_path / "source/ps1/nb.ipynb", [sample.check("t", "### AUTOTEST x", 1)])
        none = TheirPython(Path("/usr/bin/false"))
        assignment = read_nbgrader_course(tmp_path, none).read[0].assignment
        (test,) = assignment.tests
        assert "nbgrader has not written yet" in test.obstacle
        assert "need nbgrader, which /usr/bin/false does not have" in assignment.notices[0]


class TestAdopt:
    """The command."""

    def test_it_prints_what_scripts_rely_on(self, tmp_path: Path) -> None:
        course = sample.write_course(tmp_path / "theirs")
        ran = CliRunner().invoke(command, [str(course), "--to", str(tmp_path / "ours"), "--json"])
        assert ran.exit_code == 0
        (assignment,) = json.loads(ran.stdout)["assignments"]
        assert (assignment["name"], assignment["points"]) == ("ps1", 9)
        assert assignment["tests"].keys() == {"outside", "inside", "by_hand", "not_judged"}
        assert sum(assignment["tests"].values()) == 3
        assert {"test": "why", "where": "by hand", "why": "a person marks it"} in assignment["reasons"]

    def test_it_says_it_for_people(self, tmp_path: Path) -> None:
        course = sample.write_course(tmp_path / "theirs")
        ran = CliRunner().invoke(command, [str(course), "--to", str(tmp_path / "ours")])
        assert "ps1 (nbgrader): 3 questions, 9 points" in ran.stdout
        assert "by hand, because a person marks it: why, draw" in ran.stdout

    def test_the_course_can_be_opened(self, tmp_path: Path) -> None:
        adopt(sample.write_course(tmp_path / "theirs"), tmp_path / "ours", python=PYTHON)
        course = open_course(tmp_path / "ours")
        folder = course.adopted_folder("ps1")
        assignment = read_assignment_file(folder)
        assert assignment.points == 9
        assert [p.where for p in read_profiles(folder)][1:] == [Where.BY_HAND] * 2
        assert (folder / "files/data/points.csv").read_text() == "1,2\n"
        assert (folder / "files/helper.py").stat().st_mode & 0o077 == 0
        assert course.course.settings("ps1").weight == 1

    def test_students_and_due_dates_come_along(self, course: Path, tmp_path: Path) -> None:
        course = Path(shutil.copytree(course, tmp_path / "theirs"))
        with sqlite3.connect(course / "gradebook.db") as database:
            database.execute("update assignment set duedate = '2026-10-18 21:59:00.000000'")
            database.execute(
                "insert into student (id, first_name, last_name) values ('ada', 'Ada', 'Lovelace')"
            )
        adopt(course, tmp_path / "ours", python=PYTHON)
        ours = open_course(tmp_path / "ours").course
        assert ours.settings("ps2").weight == Fraction(1, 2)
        assert ours.settings("ps1").deadline.isoformat() == "2026-10-18T21:59:00+00:00"
        assert [(student.id, student.name) for student in ours.roster] == [("ada", "Ada Lovelace")]

    def test_adopting_again_keeps_the_settings(self, tmp_path: Path) -> None:
        theirs, ours = sample.write_course(tmp_path / "theirs"), tmp_path / "ours"
        adopt(theirs, ours, python=PYTHON)
        settings = (ours / "course.toml").read_text().replace('inside = "ask"', 'inside = "manual"')
        (ours / "course.toml").write_text(settings)
        cells = [*sample.usual_cells(), sample.check("more")]
        sample.write_notebook(theirs / "source/ps1/squares.ipynb", cells)
        sample.write_notebook(theirs / "source/ps2/nb.ipynb", [sample.check("t")])
        adopt(theirs, ours, python=PYTHON)
        assert (ours / "course.toml").read_text().startswith(settings.rstrip())
        assert read_assignment_file(ours / "adopted/ps1").points == 11
        assert open_course(ours).course.settings("ps2").weight == Fraction(1, 2)

    def test_names_stay_when_assignments_are_added(self, tmp_path: Path) -> None:
        """`hw+1` and `hw 1` are `hw-1` to us: whichever was first keeps the name."""
        theirs, ours = tmp_path / "theirs", tmp_path / "ours"
        sample.write_notebook(theirs / "source/hw+1/nb.ipynb", [sample.check("t")])
        adopt(theirs, ours, python=PYTHON)
        sample.write_notebook(theirs / "source/hw 1/nb.ipynb", [sample.check("t")])
        adopt(theirs, ours, python=PYTHON)
        names = [
            read_assignment_file(ours / "adopted" / name).source.assignment for name in ("hw-1", "hw-1-2")
        ]
        assert names == ["hw+1", "hw 1"]

    def test_a_folder_of_something_else_is_refused(self, tmp_path: Path) -> None:
        ours = tmp_path / "ours"
        ours.mkdir()
        (ours / "notes.txt").touch()
        with pytest.raises(CourseError, match="exists and is no course of ours"):
            adopt(sample.write_course(tmp_path / "theirs"), ours, python=PYTHON)
        assert hashes(ours).keys() == {"notes.txt"}

    def test_another_course_s_assignment_is_not_written_over(self, tmp_path: Path) -> None:
        adopt(sample.write_course(tmp_path / "a"), tmp_path / "ours", python=PYTHON)
        before = hashes(tmp_path / "ours")
        with pytest.raises(CourseError, match="ps1 was adopted from"):
            adopt(sample.write_course(tmp_path / "b"), tmp_path / "ours", python=PYTHON)
        assert hashes(tmp_path / "ours") == before

    @pytest.mark.parametrize(
        "name, words",
        [
            ("results.pkl", "none is ever read"),
            ("gradebook.db", "name the folder in which it lies"),
            ("hw.Rmd", "is a document in R"),
            ("hw.txt", "is nothing to adopt"),
        ],
    )
    def test_what_is_no_course_is_refused(self, tmp_path: Path, name: str, words: str) -> None:
        (tmp_path / name).write_bytes(b"cos\nsystem\n(S'touch ran'\ntR.")
        with pytest.raises(CourseError, match=words):
            adopt(tmp_path / name, tmp_path / "ours", python=PYTHON)
        assert not (tmp_path / "ours").exists()

    def test_what_is_not_there_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(CourseError, match="there is no such file or folder"):
            adopt(tmp_path / "nowhere", tmp_path / "ours", python=PYTHON)


def test_roles_say_what_nbgrader_s_flags_say() -> None:
    assert {str(role) for role in ForeignRole} == {"student", "provided", "test", "by hand", "task"}


def test_a_folder_of_notebooks_with_settings_and_no_source_is_read(tmp_path: Path) -> None:
    """Each notebook by itself, with what the settings beside it say of stubs."""
    (tmp_path / "nbgrader_config.py").write_text(
        "c = get_config()\nc.ClearSolutions.code_stub = {'python': '# DU'}\n"
    )
    for name in ("one", "two"):
        sample.write_notebook(
            tmp_path / f"{name}.ipynb", [sample.answer(f"{name}_a"), sample.check(f"{name}_t")]
        )
    reading = read_source(tmp_path, PYTHON)
    assert [each.assignment.name for each in reading.read] == ["one", "two"]
    (answer, _) = reading.read[0].assignment.notebooks[0].cells
    assert "# DU" in answer.as_released
    for each in tmp_path.glob("*.ipynb"):
        each.unlink()
    with pytest.raises(CourseError, match=r"no notebook is in source/NAME or release/NAME.*both lie"):
        read_source(tmp_path, PYTHON)


@pytest.mark.parametrize("there", [False, True])
def test_what_stands_for_nose_where_it_is_missing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, there: bool
) -> None:
    """Its tests pass here, and fail with nbgrader in the same Python."""
    monkeypatch.setattr("autograder.adopting.write.can_import", lambda *_: there)
    cells = [sample.answer("square"), sample.check("t", "from nose.tools import eq_\neq_(square(2), 4)")]
    notebook = sample.write_notebook(tmp_path / "theirs/source/ps1/squares.ipynb", cells)
    asked = [str(tmp_path / "theirs"), "--to", str(tmp_path / "ours")]
    done = CliRunner().invoke(command, asked)
    assert done.exit_code == 0, done.output
    told = "Note: nose is not there, or does not work with this Python: its functions are ours here, and with"
    assert (told in done.stdout) is not there
    sample.write_notebook(notebook, [sample.answer("square"), sample.check("t", "diagnose = square(2)")])
    monkeypatch.setattr("autograder.adopting.write.can_import", lambda *_: False)
    done = CliRunner().invoke(command, asked)
    assert done.exit_code == 0 and told not in done.stdout
