"""Whatever files of a course say of a person goes when they are erased, and what others typed stays."""

import csv
import fcntl
import io
import os
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from marking_course import Course, notebook
from sqlalchemy import select

from autograder.access import Access
from autograder.course.in_use import in_use
from autograder.course.opened import open_course
from autograder.errors import CourseError, ErasedError
from autograder.grading.answer_prints import AnswerPrints
from autograder.regrading.spool import Spool
from autograder.services.persons import person_of
from autograder.upkeep.traces import Person, drop_lines

PEOPLE = (
    "id;name;email;group\nada;Ada Lovelace;ada@x.org;\nbob;Bob Hope;bob@x.org;\n"
    "1;Jean Martin;;\n2;Jean Martin;;\n"
)
WRONG = "def double(x):\n    # {who}_wrote_this\n    return -2 * x"
STUDENTS = ("ada", "bob", "1", "2")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Four wrong answers, a marking sheet half filled in, exports, pages and reports given back."""
    course = Course(tmp_path_factory.mktemp("graded"))
    (course.folder / "students.csv").write_text(PEOPLE)
    for who in STUDENTS:
        course.hand_in(who, notebook(answer=WRONG.format(who=f"x{who}"), comment=f"Words of x{who}."))
    assert course.grade().exit_code == 0
    assert course.run("mark", "small").exit_code == 0
    lines = course.table.read_text(encoding="utf-8-sig").splitlines()
    course.table.write_text("\n".join([lines[0], *(line.replace(",,,", ",1,,", 1) for line in lines[1:])]))
    (course.folder / "marking/small/by-name.csv").write_text("student,part,mark\nada,x,1\n1,x,2\n2,x,1\n")
    for arguments in (
        ("return", "small", "--to", "folder"),
        ("return", "small", "--to", "mail"),
        ("export", "small", "--to", "csv"),
        ("export", "--person", "ada"),
    ):
        told = course.run(*arguments)
        assert told.exit_code in (0, 1), (arguments, told.output, told.exception)
    with zipfile.ZipFile(course.folder / "returned/small-moodle.zip", "w") as archive:
        archive.writestr("Lovelace Ada_12_assignsubmission_file_/report.html", "<p>")
    (course.folder / "exports/apogee.txt").write_bytes(b"nr\tname\n219\tLOVELACE\tAda\n220\tHope\tBob\n")
    (course.folder / "small-class.html").write_text("a page on the class")
    opened = open_course(course.folder)
    blobs = {}
    with opened.gradebook(read_only=True) as book:
        for who in STUDENTS:
            blobs[who] = book.history(who)[0].blob
        [ada] = [each for each in book.latest_reports("small") if each.student == "ada"]
        [bob] = [each for each in book.latest_reports("small") if each.student == "bob"]
    prints: AnswerPrints = opened.answer_prints("small")
    for blob in (*blobs.values(), blobs["ada"]):
        prints.add(blob, "of another revision", ())
    spool: Spool = opened.spool("small")
    spool.add(1, ada)
    spool.add(2, bob)
    return course


def erase(course: Course, who: str) -> None:
    told = course.run("erase", "--person", who, "--yes")
    assert told.exit_code == 0, (told.output, told.exception)


def named(course: Course, *words: bytes) -> list[str]:
    """Files that hold one of these words, or are called so; zips are looked into."""
    found = []
    for path in course.folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                content = b"".join(name.encode() + archive.read(name) for name in archive.namelist())
        if any(word in content or word in path.name.encode() for word in words):
            found.append(str(path.relative_to(course.folder)))
    return found


def test_no_file_holds_anything_of_an_erased_person(course: Course) -> None:
    """Not what is kept to be quick, nor what was exported, given back, drawn or put into sheets."""
    assert len(named(course, b"ada@x.org", b"Lovelace", b"xada", b"Words of xada")) > 6
    opened = open_course(course.folder)
    with opened.gradebook(read_only=True) as book:
        blob = book.history("ada")[0].blob.encode()
        copies = [each.encode() for each in person_of(opened, book, "ada").copies]
    erase(course, "ada")
    assert named(course, b"ada@x.org", b"Lovelace", b"xada", *copies) == []
    # The chain names a file by its hash, and says that it is erased.
    assert named(course, blob) == [".autograder/gradebook.sqlite"]
    assert "ada" not in {path.stem for path in course.folder.rglob("*")}
    assert (course.folder / "exports/apogee.txt").read_text() == "nr\tname\n220\tHope\tBob\n"


def test_what_is_of_others_stays(course: Course) -> None:
    """Their lines, mails, folders, prints and judged reports; and marks that were typed and not yet read."""
    before = list(csv.reader(io.StringIO(course.table.read_text())))
    erase(course, "ada")
    after = list(csv.reader(io.StringIO(course.table.read_text())))
    assert len(after) == len(before) - 1
    assert next(row for row in before if row not in after)[2] == "1"
    folder = course.folder
    assert (folder / "marking/small/by-name.csv").read_text() == "student,part,mark\n1,x,2\n2,x,1\n"
    assert [p.name for p in sorted((folder / "returned/small").iterdir())] == ["1", "2", "bob"]
    assert (folder / "returned/small-mail/bob.eml").is_file()
    assert "bob" in (folder / "exports/small.csv").read_text()
    opened = open_course(folder)
    assert len(opened.answer_prints("small").read("of another revision")) == 3
    assert [each.student for each in opened.spool("small").read().values()] == ["bob"]
    assert course.run("grade", "small").exit_code == 0
    assert course.run("mark", "small", "--csv", str(course.table)).exit_code in (0, 1)


def test_people_of_one_name_are_told_apart(course: Course) -> None:
    """Nor is a mark of 1 taken for the student 1."""
    erase(course, "1")
    folder = course.folder
    assert (folder / "students.csv").read_text() == PEOPLE.replace("1;Jean Martin;;\n", "")
    assert (folder / "marking/small/by-name.csv").read_text() == "student,part,mark\nada,x,1\n2,x,1\n"
    assert [p.name for p in sorted((folder / "returned/small").iterdir())] == ["2", "ada", "bob"]
    with open_course(folder).gradebook(read_only=True) as book:
        assert book.students() == ("2", "ada", "bob")


def test_it_is_said_before_what_goes(course: Course) -> None:
    told = course.run("erase", "--person", "ada")
    assert told.exit_code == 2
    for line in (
        "submissions/small/ada goes",
        "returned/small/ada goes",
        "returned/small-mail/ada.eml goes",
        "returned/small-moodle.zip goes, and can be made again without them",
        "exports/small.csv loses their lines",
        "marking/small/written-2.csv loses their lines",
        "small-class.html goes, and can be made again without them",
    ):
        assert line in told.output, told.output
    assert (course.folder / "returned/small/ada").is_dir()


@pytest.mark.parametrize(
    ("table", "left"),
    [
        ("id,name\nada,Ada\nbob,Bob\n", "id,name\nbob,Bob\n"),
        ("ID\tmark\r\nbob\t1\r\nada\t2\r\n", "ID\tmark\r\nbob\t1\r\n"),
        ('name,login\n"Love,\nlace",ada\n"a ""b""",bob\n', 'name,login\n"a ""b""",bob\n'),
        ("login;text\nbob;ada said so\nada;no\n", "login;text\nbob;ada said so\n"),
        ("mail\nada@x.org\nbob@x.org\n", "mail\nbob@x.org\n"),
        ("name;mark\n'ada/2;1\nbob/1;1\n", "name;mark\nbob/1;1\n"),
        ("", ""),
        ("id\n", "id\n"),
    ],
)
@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_lines_of_one_person_are_taken_out_of_a_table(
    tmp_path: Path, table: str, left: str, coding: str
) -> None:
    """And every byte of the others stays."""
    file = tmp_path / "t.csv"
    file.write_bytes(table.encode(coding))
    drop_lines(file, Person("ada", "Ada Lovelace", "ada@x.org", others=frozenset(["bob"])), Access())
    assert file.read_bytes().decode(coding) == left


def test_nobody_is_erased_while_others_are_at_work(course: Course) -> None:
    """What a run has read would come back: so `erase` waits for it, and says so."""
    with (course.folder / "course.toml").open() as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        command = [sys.executable, "-m", "autograder", "erase", "--person", "ada", "--yes"]
        with subprocess.Popen(
            command, cwd=course.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as waiting:
            assert waiting.stderr is not None and waiting.stdout is not None
            assert f"(process {os.getpid()}) to end" in waiting.stderr.readline()
            with open_course(course.folder).gradebook(read_only=True) as book:
                assert book.history("ada")
            fcntl.flock(file, fcntl.LOCK_UN)
            assert "Erased; what is left stands under" in waiting.stdout.read()
        assert waiting.returncode == 0
    told: list[str] = []
    with (
        in_use(course.folder / "reports"),
        pytest.raises(CourseError, match="another command is still at work"),
        in_use(course.folder, alone=True, patience=0.1, waits=lambda _: told.append("waits")),
    ):
        raise AssertionError
    assert told == ["waits"]


SLOW = "import time\n\ndef double(x):\n    time.sleep(0.4)\n    # {who}_wrote_this\n    return -2 * x"


def test_nothing_comes_back_from_a_run_that_is_under_way(course: Course) -> None:
    """A `grade` that has read the files before, and has recorded some of them."""
    for who in STUDENTS:
        course.hand_in(who, notebook(answer=SLOW.format(who=f"x{who}")))
    environment = {**os.environ, "COLUMNS": "120"}
    grade = [sys.executable, "-m", "autograder", "grade", "small", "-j", "1"]
    with subprocess.Popen(grade, cwd=course.folder, env=environment) as grading:
        opened = open_course(course.folder)
        while grading.poll() is None:
            with opened.gradebook(read_only=True) as book:
                if len(book.history("ada")) > 1:
                    break
            time.sleep(0.1)
        done = course.run("erase", "--person", "ada", "--yes")
    assert (grading.returncode, done.exit_code) == (0, 0), done.output
    assert named(course, b"ada@x.org", b"Lovelace", b"xada") == []
    assert course.run("grade", "small").exit_code == 0
    with open_course(course.folder).gradebook(read_only=True) as book:
        assert book.students() == ("1", "2", "bob")
    assert course.run("doctor", "--store").exit_code == 0


def test_what_the_web_pages_keep_goes_too(course: Course) -> None:
    """Links of that person alone."""
    from autograder.gradebook.transient import links
    from autograder.web.sessions import make_link

    opened, now = open_course(course.folder), datetime.now(UTC)
    with opened.transient() as transient:
        for who in ("ada", "bob"):
            make_link(transient, who, now=now)
    erase(course, "ada")
    with opened.transient() as transient, transient.reading() as connection:
        assert connection.execute(select(links.c.person)).scalars().all() == ["bob"]


def test_a_report_of_somebody_who_was_erased_meanwhile_is_told_apart(course: Course) -> None:
    """The pages grade on: it is no damage of the gradebook."""
    with open_course(course.folder).gradebook() as book:
        report = next(iter(book.latest_reports("small", students=["ada"], as_graded=True)))
        book.erase_person("ada")
        with pytest.raises(ErasedError):
            book.record(replace(report, revision="another"))
