"""Whatever is wrong with what is to be recorded is said at once, and nothing of it is recorded."""

import json
import os
import pwd
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import Result
from graded_course import final
from marking_course import Course
from quiz_course import QuizCourse

from autograder.course.opened import open_course

WHY = ("--why", "as agreed", "--yes")


def events(course: Course) -> int:
    with open_course(course.folder).gradebook(read_only=True) as book:
        return book.events.last()


def exam(course: Course, content: str | bytes, *more: str) -> Result:
    given = content.encode() if isinstance(content, str) else content
    (course.folder / "exam.csv").write_bytes(given)
    return course.run("exam", "exam.csv", *more)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", ["line 1: the file is empty"]),
        (b"\n \n", ["line 1: the file is empty"]),
        (b"\x00\x01", ["line 1: is a binary file, no table of text"]),
        ("id\texam (/20)\nada\t13,5\n".encode("utf-16"), ["line 1: is not text in UTF-8"]),
        ("id;exam (/20)\nada;1\nadé;1\n".encode("cp1252"), ["line 3: is not text in UTF-8"]),
        (b'id,exam (/20)\nben,3\nada,"13\n', ["line 3: cannot be read as a table"]),
        (
            "id;name;exam (/20)\nada;Adélaïde;13\nben;Ben;99\nzoe;Zoé;1\nzoë;Zoe;1\nall;All;\n".encode(
                "cp1252"
            ),
            [
                "line 2: is not text in UTF-8",
                "line 3: '99' is more than 20",
                "line 4: is not text in UTF-8",
                "line 5: is not text in UTF-8",
            ],
        ),
        (
            "id;prénom;exam (/20)\nada;Ada;=1+1\n".encode("cp1252"),
            ["line 1: is not text in UTF-8", "line 2: '=1+1' is no mark"],
        ),
        (
            b'id,exam (/20)\nben,99\nada,"13\n',
            ["line 2: '99' is more than 20", "line 3: cannot be read as a table"],
        ),
        (
            "id;exam (/20)\nada;ABI/20\nben;DEF\nall;13,5/10\nben;13\nADA;12\n",
            [
                "line 2: 'ABI/20' is no mark",
                "line 3: 'DEF' is no mark",
                "line 4: '13,5/10' is not out of 20",
                "line 5: 'ben' stands on line 3 already",
                "line 6: no student of the course has the id 'ADA'",
            ],
        ),
        ("id|exam (/20)\nada|13,5\n", ["line 1: there is no column exam (/20)"]),
        ("id;exam\nada;13\n", ["line 1: there is no column exam (/20)"]),
        (
            "id;exam (/20)\nada;+13\nben;-0\nall;１３\n",
            ["line 2: '+13' is no mark", "line 3: '-0' is no mark", "line 4: '１３' is no mark"],
        ),
        # What is wrong with the table hides nothing of what is wrong with its cells.
        (
            "id,exam (/20)\nada,13,5\nzoe,3\nben,99\nben\nall,ABJ.\n",
            [
                "line 2: has 3 columns",
                "line 3: no student of the course has the id 'zoe'",
                "line 4: '99' is more than 20",
                "line 5: has 1 column",
                "line 6: 'ABJ.' is no mark",
            ],
        ),
        ("ID;Exam (/20)\nada;\N{EN DASH}13\n", ["line 2"]),
        ("id,exam (/20)\nADA,13\n", ["line 2: no student of the course has the id 'ADA'"]),
        ("id,exam (/20)\n2.02E+07,13\n", ["line 2"]),
    ],
)
def test_every_flaw_of_a_list_is_told_in_the_order_of_its_lines(
    course: Course, content: str | bytes, said: list[str]
) -> None:
    told = str(exam(course, content, "--yes").exception)
    places = [told.find(f"exam.csv, {each}") for each in said]
    assert -1 not in places, told
    assert places == sorted(places)
    assert events(course) == 0


@pytest.mark.parametrize(
    "content",
    [
        "id,exam (/20)\r\nada,13.5\r\n",
        "id\texam (/20)\nada\t13,5\n",
        '\ufeff"id";"exam (/20)"\n"ada";"13,5"\n',
        "\n\nid;name;Exam ( / 20 )\n;;\nada;Ada;\N{NO-BREAK SPACE}13,5 / 20\n",
        'id,examen (/20)\nada,"13,5"\n',
    ],
)
def test_lists_are_read_as_spreadsheets_write_them(course: Course, content: str) -> None:
    told = exam(course, content, "--yes")
    assert told.exit_code == 0, told.exception
    assert final(course)["ada"]["final"] == "15.75"


def test_exam_marks_are_taken_back_where_they_hold(course: Course) -> None:
    exam(course, "id,exam (/20)\nada,13\nben,13\n", "--yes")
    exam(course, "id,exam (/20)\nada,15\n", "--yes")
    again = "id,exam (/20)\nada,15\nben,12\nall,\n"
    assert "is missing" in str(exam(course, again, "--revoke", "--yes").exception)
    told = exam(course, again, "--revoke", "--why", "of another course")
    assert told.exit_code == 2
    assert events(course) == 3
    told = exam(course, again, "--revoke", *WHY)
    assert "2 marks in the list, 1 of them hold" in told.output
    assert "recorded otherwise or not at all: ben" in told.output
    assert "ada: final grade 16.50 -> 15.50  DOWN" in told.output
    assert events(course) == 4
    assert "Nothing to record." in exam(course, again, "--revoke", *WHY).output
    assert "Nothing to record." in exam(course, again, "--revoke", "--session", "2", *WHY).output
    assert final(course)["ada"]["final"] == "15.50"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("extend", "adda", "small", "2026-12-16"), "did you mean ada"),
        (("extend", "", "small", "2026-12-16"), "STUDENT: is the id of no student"),
        (("extend", "--group", "", "small", "2026-12-16"), "--group: is no group of this course"),
        (("extend", "--all", "--group", "TP 1", "small", "2026-12-16"), "write one student, or"),
        (("extend", "ada", "smal", "2026-12-16"), "is no assignment or quiz that counts"),
        (("extend", "ada", "small", "2026-13-01"), "'2026-13-01' is no time"),
        (("extend", "ada", "small", "16/12/2026"), "'16/12/2026' is no time"),
        (("extend", "ada", "small", "--revoke"), "there is no extension to take back"),
        (("excuse", "ada", "small", "--revoke"), "there is no absence to take back"),
        (("excuse", "ada", "--exam", "--revoke"), "there is no absence to take back"),
        (("excuse", "zoe", "small"), "is the id of no student of this course"),
        (("excuse", "ada", ""), "ASSIGNMENT: is no assignment or quiz that counts"),
        (("incident", "small/dubble", "--full"), "did you mean double?"),
        (("incident", "/double", "--full"), "ASSIGNMENT: is no assignment or quiz that counts"),
        (("incident", "small/", "--full"), "small has no question ''"),
        (("incident", "small", "--until", "soon"), "'soon' is no time"),
        (("incident", "small/double", "--revoke"), "there is no incident to take back"),
        (("received", "smal", "ada", "2026-10-17"), "there is no assignment 'smal'"),
        (("received", "small", "all", "2026-10-17"), "handed in nothing for small"),
        (("received", "small", "zoe", "2026-10-17"), "is the id of no student of this course"),
        (("received", "small", "ada/2", "2026-10-17"), "has no file 2 for small"),
        (("received", "small", "ada", "9999-12-31"), "'9999-12-31' is in the future"),
        (("received", "small", "ada", "--revoke"), "there is no time to take back"),
        (("override", "ada", "small", "--revoke"), "there is no decision to take back"),
    ],
)
def test_a_command_that_cannot_hold_says_why(course: Course, command: tuple[str, ...], said: str) -> None:
    assert said in str(course.run(*command, *WHY).exception)
    assert events(course) == 0


@pytest.mark.parametrize(
    "command",
    [
        ("extend", "ada", "small"),
        ("extend", "--all", "ada", "small", "2026-12-16"),
        ("extend", "ada", "small", "--minutes", "0"),
        ("extend", "ada", "small", "2026-12-16", "--minutes", "5"),
        ("excuse", "ada"),
        ("excuse", "ada", "small", "--exam"),
        ("excuse", "ada", "--exam", "--session", "3"),
        ("incident", "small"),
        ("incident", "small", "--minutes", "5", "--until", "2026-12-16"),
        ("incident", "small/double", "--minutes", "5"),
        ("incident", "small/double", "--full", "--left-out"),
        ("received", "small"),
        ("received", "small", "ada"),
        ("received", "small", "ada", "--confirm"),
        ("override", "ada", "small"),
        ("extend", "ada", "small", "2026-12-16", "--note", "\udcff"),
        ("extend", "ada", "small", "2026-12-16", "--why", "\udcff"),
    ],
)
def test_a_command_that_is_not_whole_is_no_command(course: Course, command: tuple[str, ...]) -> None:
    told = course.run(*command, *WHY[(2 if "--why" in command else 0) :])
    assert told.exit_code == 2, (told.output, told.exception)
    assert events(course) == 0


def test_a_reason_is_asked_for(course: Course) -> None:
    for command in (
        ("extend", "ada", "small", "2026-12-16"),
        ("excuse", "ada", "small"),
        ("incident", "small/double", "--full"),
        ("received", "small", "ada", "2026-10-17"),
        ("override", "ada", "small", "--mark", "1/2"),
    ):
        for why in ((), ("--why", " ")):
            assert "--why: is missing" in str(course.run(*command, *why, "--yes").exception)
    assert events(course) == 0


def test_a_quiz_takes_the_same_nouns(tmp_path: Path) -> None:
    course = QuizCourse(tmp_path)
    course.take("ada", "2 A w", "yes", "equal", ".")
    for target, given in (
        (("extend", "ada", "weekly"), ("--minutes", "20")),
        (("excuse", "ada", "weekly"), ()),
        (("incident", "weekly/why"), ("--full",)),
        (("override", "ada", "weekly/why"), ("--mark", "3/3")),
    ):
        for told in (course.run(*target, *given, *WHY), course.run(*target, "--revoke", *WHY)):
            assert told.exit_code == 0, (target, told.output, told.exception)
            assert "recorded (event" in told.output
    told = course.run("incident", "weekly/wy", "--full", *WHY)
    assert "did you mean why?" in str(told.exception)


def test_a_class_without_students_is_told(course: Course) -> None:
    shutil.rmtree(course.folder / ".autograder")
    (course.folder / "students.csv").write_text("id,name\n", encoding="utf-8")
    told = course.run("incident", "small/double", "--full", *WHY)
    assert told.exit_code == 0, told.exception
    assert "No grade changes." in told.output


def test_a_report_follows_a_deadline_that_is_moved(course: Course) -> None:
    """Graded, then the class is given five days: nobody reads of the old deadline."""
    assert [note for note in course.report("ada")["notes"] if "after the deadline" in note]
    toml = course.folder / "course.toml"
    moved = toml.read_text(encoding="utf-8").replace("deadline = 2026-10-18", "deadline = 2026-10-23")
    toml.write_text(moved, encoding="utf-8")
    assert course.grade().exit_code == 0
    assert not [note for note in course.report("ada")["notes"] if "after the deadline" in note]
    page = course.folder / "reports" / "small" / "ada" / "report.html"
    assert "after the deadline" not in page.read_text(encoding="utf-8")


def begin(course: Course, *arguments: str) -> int:
    """A command in a process of its own; its number."""
    child = os.fork()  # of a program that is loaded: to start one anew takes longer than all the rest
    if child:
        return child
    try:
        done = course.run(*arguments)
        print(done.output)
        sys.stdout.flush()
        os._exit(done.exit_code)
    finally:
        os._exit(1)


def test_two_who_record_at_once_lose_nothing(course: Course) -> None:
    """Real processes, each of which sees what the others recorded before it records."""
    commands = [
        ("extend", "ada", "small", "2026-10-20"),
        ("excuse", "all", "small"),
        ("override", "ben", "small", "--mark", "1/2"),
        ("incident", "small/double", "--full-if-attempted"),
    ]
    started = [begin(course, *command, *WHY) for command in commands]
    assert [os.waitstatus_to_exitcode(os.waitpid(each, 0)[1]) for each in started] == [0] * len(commands)
    assert events(course) == len(commands)
    with open_course(course.folder).gradebook(read_only=True) as book:
        assert sorted(each.kind.value for each in book.events.all()) == sorted(
            ("extension", "absence", "override", "bad question")
        )
    assert json.loads(course.run("grades", "--final", "--json").stdout)["students"]


def test_a_policy_that_changed_after_publication_is_told(course: Course) -> None:
    course.run("publish", "small", "--yes")
    assert "The policy in course.toml" not in course.run("publish", "small").output
    toml = course.folder / "course.toml"
    stricter = toml.read_text(encoding="utf-8").replace('penalty = "10 %"', 'penalty = "20 %"')
    toml.write_text(stricter, encoding="utf-8")
    assert "unpublished changes of small: 1 student, 1 down" in course.run("grades").output
    told = course.run("publish", "small")
    assert told.exit_code == 2
    assert "The policy in course.toml is not the one of the last publication." in told.output
    assert "ada: 9/10 -> 4/5  DOWN" in told.output
    assert events(course) == 1


def test_who_recorded_it_is_the_unix_user_whatever_the_environment_says(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "somebody else")
    assert course.run("excuse", "all", "small", *WHY).exit_code == 0
    with open_course(course.folder).gradebook(read_only=True) as book:
        [event] = book.events.all()
    assert event.by == pwd.getpwuid(os.getuid()).pw_name
    assert (event.what.why, event.note) == ("as agreed", "")
    assert "as agreed" in course.run("grades", "--why", "all").output
