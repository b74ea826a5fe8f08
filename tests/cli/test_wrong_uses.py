"""Whoever calls a command wrongly reads where, what and what to do: one line, one form, exit code 2."""

import errno
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from marking_course import Course

from autograder.cli.main import main
from autograder.course.opened import open_course

EXAMPLE = "for example: autograder "
SMALL = "did you mean small?"
KNOWN = "known are small"
WRONG_USES = [
    # what is typed, what must be said of it, what to do
    ("grads small", "autograder: there is no command 'grads'", "did you mean grades or grade"),
    ("chek small", "there is no command 'chek'", "did you mean check?"),
    ("frobnicate", "there is no command 'frobnicate'", "`autograder --help` says more"),
    ("--verbose grade small", "there is no option --verbose", "`autograder --help` says more"),
    ("quiz tak first-quiz", "autograder quiz: there is no command 'tak'", "did you mean take?"),
    ("grade", "autograder grade: NAME is missing", EXAMPLE + "grade gradients submissions/gradients -j 2"),
    ("grade smal", "there is no assignment 'smal'", SMALL),
    ("grade Small", "there is no assignment 'Small'", SMALL),
    ("grade kernels", "there is no assignment 'kernels'", KNOWN),
    ("grade first-quiz", "'first-quiz' is a quiz, no assignment", "`autograder quiz --help`"),
    ("grade small nowhere", "FOLDER: Directory 'nowhere' does not exist", EXAMPLE + "grade"),
    ("grade small submisions", "Directory 'submisions' does not exist", "did you mean submissions"),
    ("grade small alone.ipynb", "'alone.ipynb' is a file", "with one folder a student"),
    ("grade small --student zoe", "zoe: is the id of no student", "students.csv"),
    ("grade small --student adda", "adda: is the id of no student", "did you mean ada?"),
    ("grade small --question nothing", "nothing", "double"),
    ("grade small -j 0", "--jobs: 0 is not in the range 1<=x<=64", EXAMPLE + "grade"),
    ("grade small -j many", "--jobs: 'many' is not a whole number", EXAMPLE + "grade"),
    ("grade small --studnet ada", "there is no option --studnet", "did you mean --student?"),
    ("grade small --on dusk", "--on dusk: is no place that is known", "dask:local=N"),
    ("grade small --accept-isolation 4", "4 is not in the range 1<=x<=3", EXAMPLE + "grade"),
    ("check smal", "there is no assignment 'smal'", SMALL),
    ("check first-quiz", "'first-quiz' is a quiz", "`autograder quiz --help`"),
    (
        "check lonely",
        "assignments/lonely/lonely.ipynb: there is no such file",
        "write the assignment's notebook",
    ),
    ("release", "autograder release: NAME is missing", EXAMPLE + "release gradients"),
    ("release small convexity", "unexpected extra argument (convexity)", EXAMPLE + "release gradients"),
    ("solution smal", "there is no assignment 'smal'", SMALL),
    ("collect small", "SOURCE is missing", EXAMPLE + "collect gradients"),
    ("collect small moodle.zip", "Path 'moodle.zip' does not exist", EXAMPLE + "collect"),
    ("collect small course.toml", "course.toml: is no archive that is known here", "give a folder, a zip"),
    ("explain small", "STUDENT is missing", EXAMPLE + "explain gradients"),
    ("explain small zoe", "zoe: is the id of no student", "write the id as in students.csv"),
    ("explain small ada doubel", "doubel", "double"),
    ("feedback small --student zoe", "zoe: is the id of no student", "write the id as in students.csv"),
    ("regrade small --student zoe", "zoe: is the id of no student", "write the id as in students.csv"),
    ("grades kernels", "kernels", KNOWN),
    ("grades --student ada", "there is no option --student", EXAMPLE + "grades"),
    ("grades --why zoe", "zoe: is the id of no student", "write the id as in students.csv"),
    ("mark nothing", "there is no assignment 'nothing'", KNOWN),
    ("stats smal", "there is no assignment 'smal'", SMALL),
    ("regrade smal", "there is no assignment 'smal'", SMALL),
    ("export small", "name an assignment or quiz, or --final, and --to", EXAMPLE + "export gradients"),
    ("export small --to moodle", "the platform's own file is completed", "--into FILE names it"),
    ("export small --to modle", "--to: 'modle' is no choice", "one of moodle, canvas"),
    ("export small --to moodle --into course.toml", "names no column", "ID number or e-mail"),
    ("return small", "--to is missing", "one of moodle, canvas, folder, mail"),
    ("exam", "FILE is missing", EXAMPLE + "exam exam.csv"),
    ("exam marks.csv", "File 'marks.csv' does not exist", EXAMPLE + "exam"),
    ("exam course.toml", "course.toml, line 1: there is no column exam", "the first line names the columns"),
    ("extend zoe small 2027-01-01 --why ill", "zoe: is the id of no student", "students.csv"),
    ("extend ada smal 2027-01-01 --why ill", "smal: is no assignment or quiz", SMALL),
    ("extend ada small soon --why ill", "soon", "write 2026-12-16T23:59"),
    ("excuse ada", "write STUDENT ASSIGNMENT, or STUDENT --exam", EXAMPLE + "excuse ada gradients"),
    ("override ada small", "write one of --mark", EXAMPLE + "override ada gradients"),
    ("override ada small/doubel --mark 1/2 --why so", "has no question 'doubel'", "double"),
    ("incident small", "", EXAMPLE + "incident gradients"),
    ("received small", "write NAME STUDENT[/NUMBER] TIME", EXAMPLE + "received gradients"),
    ("publish", "write NAME, or --final", EXAMPLE + "publish gradients"),
    ("whatif zoe", "zoe: is the id of no student", "write the id as in students.csv"),
    ("whatif ada --mark smal 1/2", "smal: is no assignment or quiz that counts", SMALL),
    ("quiz take nothing", "quiz/nothing.quiz.md: there is no such file", "the quizzes are first-quiz"),
    ("quiz check first-quizz", "quiz/first-quizz.quiz.md: there is no such file", "did you mean first-quiz?"),
    ("quiz scores nothing", "quiz/nothing.quiz.md: there is no such file", "the quizzes are first-quiz"),
    ("serve --host 0.0.0.0", "0.0.0.0 is not this machine alone", "--tls-cert and --tls-key"),
    ("token zoe", "zoe: is nobody of this course", "an id of students.csv or staff.csv"),
    ("restore nothing.zip", "File 'nothing.zip' does not exist", EXAMPLE + "restore"),
    ("erase ada", "unexpected extra argument (ada)", EXAMPLE + "erase --person"),
    ("adopt nothing --to there", "nothing", "name the folder of an nbgrader course"),
    ("requests 99", "99: is no request", "`autograder requests --all` lists them"),
    ("requests ada", "NUMBER: 'ada' is not a whole number", EXAMPLE + "requests 4"),
    ("requests --keep", "write the request's NUMBER and one of --keep", EXAMPLE + "requests 4"),
    (
        "requests 1 --left-out --full",
        "write one of --left-out, --full and --full-if-attempted",
        EXAMPLE + "requests 4",
    ),
    ("requests 1 --json", "--csv and --json are of the list", "without NUMBER"),
    ("requests --al", "there is no option --al", "did you mean --all"),
    ("todo small", "unexpected extra argument (small)", "for example: autograder todo;"),
    ("todo --jsn", "there is no option --jsn", "did you mean --json"),
    ("todo --csv --json", "--csv goes without --json", "for example: autograder todo;"),
    (
        "todo --csv nowhere/x.csv",
        "--csv: there is no folder 'nowhere'",
        "for example: autograder todo;",
    ),
    ("grades --csv small", "--csv: 'small' does not end in .csv", "NAMES stand before --csv"),
    (
        "explain small ada double --save nowhere/x.npz --case one",
        "nowhere/x.npz: there is no folder nowhere",
        "make it, or name another file",
    ),
    ("grades small --csv --attempts", "--csv goes without --json, --attempts and --why", EXAMPLE + "grades"),
    ("grade small --csv - --dry-run", "--csv goes without --json and --dry-run", EXAMPLE + "grade"),
    ("token", "either WHO, or --all with --csv FILE", EXAMPLE + "token"),
    ("token --all", "either WHO, or --all with --csv FILE", EXAMPLE + "token"),
    ("token ada --valid soon", "--valid: 'soon' is not a span of time", 'such as "90 s"'),
    ("token --all --group TP1 --csv links.csv", "group 'TP1': has no student", "known groups are TP 1, TP 2"),
    ("submit small", "FILE is missing", EXAMPLE + "submit gradients gradients.ipynb"),
    (
        "submit small alon.ipynb --server http://localhost:1",
        "File 'alon.ipynb' does not exist",
        "did you mean alone.ipynb?",
    ),
    ("submit small alone.ipynb", "--server is missing", EXAMPLE + "submit gradients"),
    (
        "submit small alone.ipynb --server localhost",
        "there is no token",
        "--token-file FILE or AUTOGRADER_TOKEN gives it",
    ),
    ("publish smal", "smal: is no assignment or quiz that counts", SMALL),
    ("publish small --final", "write NAME, or --final", EXAMPLE + "publish"),
    ("publish small --at soon", "there is no option --at", EXAMPLE + "publish"),
    ("regrade", "NAME is missing", EXAMPLE + "regrade gradients"),
    ("regrade small --question doubel", "there is no question 'doubel'", "known are double"),
    ("adopt", "SOURCE is missing", EXAMPLE + "adopt"),
    ("adopt . --to", "autograder adopt: --to needs a value", "`autograder adopt --help` says more"),
    (
        "adopt solutions --to there",
        "solutions: holds nothing to adopt",
        "name the folder of an nbgrader course",
    ),
    ("mark", "NAME is missing", EXAMPLE + "mark"),
    ("mark small", "small: has no part that is marked by hand", "`autograder todo` lists what waits"),
    ("mark first-quiz", "'first-quiz' is a quiz, no assignment", "`autograder quiz --help`"),
    ("mark small --csv nothing.csv", "File 'nothing.csv' does not exist", EXAMPLE + "mark"),
    ("explain small ada --save case.npz", "--save goes with a QUESTION", EXAMPLE + "explain"),
    ("explain small ada double --case one", "--case goes with --save", EXAMPLE + "explain"),
    ('init there --name "1 2"', "--name: '1 2' is no name", "that begins with a letter"),
    ("init there --timezone Mars/Base", "--timezone: 'Mars/Base' is no time zone", "such as"),
    ("init there --students nobody.csv", "--students: File 'nobody.csv' does not exist", EXAMPLE + "init"),
    ("stats small --csv --json", "--csv goes without --json", EXAMPLE + "stats"),
    ("quiz scores first-quiz --csv=- --json", "--csv goes without --json", EXAMPLE + "quiz scores"),
    ("init .", ".: exists and is not an empty folder", "name a new one"),
    # Paths where a name is wanted, names where a path is.
    ("check solutions/small.py", "there is no assignment 'solutions/small.py'", SMALL),
    ("release assignments/small/small.ipynb", "there is no assignment 'assignments/small", SMALL),
    ("grade submissions/small", "there is no assignment 'submissions/small'", SMALL),
    ("quiz take quiz/first-quizz.quiz.md", "quizz.quiz.md: there is no such file", "did you mean first-quiz"),
    ("stats small --out odd", "--out: File 'odd' is a directory", EXAMPLE + "stats"),
    ("release small --out alone.ipynb", "Directory 'alone.ipynb' is a file", EXAMPLE + "release"),
    ("restore odd", "BACKUP: File 'odd' is a directory", EXAMPLE + "restore"),
    ("quiz export good --to html --out no/x", "no/x: No such file", "its folder must be there"),
    ("adopt . --to there", ".: is a course of this program already", "`autograder grade NAME`"),
    # Files of other kinds: bytes at random, nothing at all, no backup, no list of people.
    ("exam odd/binary.csv", "binary.csv, line 1: is not text in UTF-8", "save the file as UTF-8"),
    ("exam odd/empty.csv", "empty.csv, line 1: the file is empty", "the first line names the columns"),
    ("exam odd/negative.csv", "negative.csv, line 2: '-3' is no mark", "a number such as 13,5"),
    ("exam odd/large.csv", "large.csv, line 2: '25' is more than 20", "mend the mark, or the heading"),
    ("exam odd/twice.csv", "twice.csv, line 3: 'ada' stands on line 2 already", "each student has one line"),
    ("exam odd/stranger.csv", "no student of the course has the id 'adda'", "did you mean ada?"),
    ("collect small odd/binary.csv", "odd/binary.csv: is no archive", "give a folder, a zip"),
    ("restore odd/binary.csv there", "is no backup of a course, or is damaged", "take another backup"),
    ("adopt odd/binary.csv --to there", "odd/binary.csv: is nothing to adopt", "name the folder"),
    ("quiz mark good --csv odd/binary.csv", "binary.csv: is no table", "`autograder mark` writes"),
    ("export small --to moodle --into odd/binary.csv", "binary.csv: is not text", "as the platform made it"),
    ("init there --students odd/binary.csv", "binary.csv, line 1: is not text", "save the file as UTF-8"),
    ("init there --students odd/empty.csv", "empty.csv, line 1: there is no column id", "names the columns"),
    # Numbers, dates and addresses.
    ("grade small --jobs -2", "--jobs: -2 is not in the range", EXAMPLE + "grade"),
    ("serve --port abc", "--port: 'abc' is not a whole number", EXAMPLE + "serve"),
    ("serve --port 99999", "--port: 99999 is not in the range", EXAMPLE + "serve"),
    ("quiz check good --seeds 0", "--seeds: 0 is not in the range x>=1", EXAMPLE + "quiz check"),
    ("quiz export good --to moodle --copies -1", "--copies: -1 is not in the range", EXAMPLE + "quiz export"),
    ("extend ada small 31/12/2026 --why ill", "UNTIL: '31/12/2026' is no time", "write 2026-12-16T23:59"),
    ("extend ada small 2026-13-01 --why ill", "'2026-13-01' is no time", "or a day: 2026-12-16"),
    ("received small ada 14h30 --why so", "TIME: '14h30' is no time", "write 2026-12-16T23:59"),
    ("incident small --minutes -5 --why so", "--minutes: -5 is not in the range", EXAMPLE + "incident"),
    ("override ada small --mark -1 --why so", "'-1' is no mark", "or as a share: 80 %"),
    ("override ada small --mark 30/20 --why so", "'30/20' is not out of 2", "write it as A/2"),
    ("override ada small --mark 3/2 --why so", "'3/2' is more than all", "or as a share: 80 %"),
    ("whatif ada --mark small", "--mark needs 2 values", EXAMPLE + "whatif"),
    ("grade small --student", "--student needs a value", EXAMPLE + "grade"),
    ("token ada --url course", "--url: 'course' is no address", EXAMPLE + "token"),
    ("token ada --valid -1h", "--valid: '-1h' is not a span of time", EXAMPLE + "token"),
    (
        "submit small alone.ipynb --server course --token-file students.csv",
        "--server: 'course' is no address",
        "write it as https://course.example.org",
    ),
    # What stands in another order, twice, or alone.
    ("extend small ada 2027-01-01 --why ill", "small: is the id of no student", "did you mean all?"),
    ("override ada/small --mark 1 --why so", "write STUDENT ASSIGNMENT[/QUESTION]", EXAMPLE + "override"),
    ("excuse ada small", "--why: is missing", "the student reads it: say why in a sentence"),
    ("excuse ada small --why ''", "--why: is missing", "the student reads it: say why in a sentence"),
    ("check small small", "unexpected extra argument (small)", EXAMPLE + "check"),
    ("quiz scores good good", "unexpected extra argument (good)", EXAMPLE + "quiz scores"),
    # Options that are none: no word is put into a mouth.
    ("check small --question one", "there is no option --question (for example", EXAMPLE + "check"),
    ("doctor --level 3", "there is no option --level (for example", EXAMPLE + "doctor"),
    # Help for what is no page, and for two at once.
    ("help tutorail", "there is no page or command 'tutorail'", "did you mean tutorial?"),
    ("help nothing", "there is no page or command 'nothing'", "`autograder help` lists the pages"),
    ("help tutorial install", "one page at a time", EXAMPLE + "help"),
    # Who is nobody of the course.
    ("quiz take good --student zoe", "zoe: is the id of no student", "write the id as in students.csv"),
    ("quiz take good --student adda", "adda: is the id of no student", "did you mean ada?"),
    ("quiz result good --student adda", "adda: is the id of no student", "did you mean ada?"),
    ("quiz result good --student ada", "good: ada has made no attempt", "`autograder quiz take good`"),
    ("erase --person zoe", "zoe: nothing is recorded of anybody of that name", "see students.csv"),
]
_LISTS = {"negative": "ada,-3", "large": "ada,25", "twice": "ada,1\nada,2", "stranger": "adda,1"}
_FORM = re.compile(r"(?s)autograder[^:\n]*: .+ \(.+\)\Z")


def call(command: str, folder, capsys, monkeypatch) -> tuple[int, str]:
    """What a command ends with in a course, and what it says where errors go."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["autograder", *shlex.split(command)])
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code, capsys.readouterr().err.strip()


@pytest.fixture(scope="module")
def folder(graded):
    (graded.folder / "quiz").mkdir(exist_ok=True)
    (graded.folder / "quiz" / "first-quiz.quiz.md").touch()
    (graded.folder / "solutions" / "lonely.py").touch()
    (graded.folder / "alone.ipynb").touch()
    good = "---\nid: good\ntitle: G\n---\n## a {numeric 1}\nWhat is 1 + 1?\n= 2\n: 2\n"
    (graded.folder / "quiz" / "good.quiz.md").write_text(good)
    odd = graded.folder / "odd"
    odd.mkdir()
    (odd / "binary.csv").write_bytes(b"\xff\x00\x9d,\xa7\n" * 50)
    (odd / "empty.csv").touch()
    for name, lines in _LISTS.items():
        (odd / f"{name}.csv").write_text(f"id,exam (/20)\n{lines}\n")
    return graded.folder


@pytest.mark.parametrize(("command", "what", "advice"), WRONG_USES, ids=[each[0] for each in WRONG_USES])
def test_a_wrong_use_is_told_with_what_to_do(command, what, advice, folder, capsys, monkeypatch):
    """Nothing is done; nobody is left searching."""
    before = sorted(folder.iterdir())

    code, told = call(command, folder, capsys, monkeypatch)

    assert code == 2
    assert what in told
    assert advice in told
    assert _FORM.match(told), told
    assert len(told.splitlines()) == 1
    assert str(folder) not in told
    assert sorted(folder.iterdir()) == before


def test_outside_of_a_course_the_way_to_one_is_said(tmp_path, capsys, monkeypatch):
    """The commonest mistake of all: the terminal is in another folder."""
    code, told = call("grade gradients", tmp_path, capsys, monkeypatch)

    assert code == 2
    assert "there is no course.toml here or above" in told
    assert "`autograder init DIR` or go to a course" in told


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "make room on that disk, and give the same command again"),
        (errno.EACCES, "name another place, or ask whoever owns it"),
        (errno.ENOTDIR, "a part of it is a file, no folder"),
        (errno.EIO, "mend that, and give the same command again"),
    ],
)
def test_what_the_system_refuses_is_told_with_what_to_do(number, advice, folder, capsys, monkeypatch):
    """A full disk above all; the file is named as it is seen from here."""

    def refuse(*_args, **_options):
        raise OSError(number, os.strerror(number), str(folder / "small-class.html"))

    monkeypatch.setattr("autograder.cli.stats.write_whole", refuse)
    code, told = call("stats small", folder, capsys, monkeypatch)

    assert code == 2
    told = told.splitlines()[-1]
    assert told.startswith(f"autograder: small-class.html: {os.strerror(number)} (")
    assert advice in told


def test_a_reader_who_has_seen_enough_ends_a_command_without_a_word(folder):
    """`autograder policy | head -1`: a closed pipe is no error."""
    ran = subprocess.run(
        f"{shlex.quote(sys.executable)} -m autograder help threat-model | head -1",
        shell=True,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.count("\n") == 1
    assert ran.stderr == ""


def test_a_folder_above_or_below_the_one_that_is_wanted_is_recognised(folder, capsys, monkeypatch):
    """One student's folder, and the folder of all assignments: which one to give is said."""
    _, above = call("grade small submissions", folder, capsys, monkeypatch)
    _, below = call("grade small submissions/small/ada", folder, capsys, monkeypatch)

    assert "it holds students' folders: give it itself, submissions/small" in above
    assert (
        "submissions/small/ada: is the folder of one student; give the one around it, submissions/small"
        in below
    )


def test_of_an_assignment_that_nobody_has_graded_the_way_to_grade_is_said(tmp_path):
    """No page and no list of nothing is left without a word."""
    course = Course(tmp_path)
    with open_course(course.folder).gradebook():
        pass  # begun, and empty
    for command in ("feedback small", "regrade small", "return small --to folder"):
        ran = course.run(*command.split())
        assert "today's" not in ran.stdout, command
        assert "Nothing of small is graded yet: `autograder grade small` grades" in ran.stderr, command


def test_whole_sentences_stand_in_every_list_of_commands(folder, capsys, monkeypatch):
    """Nothing ends in three dots."""
    for group in ("", "quiz "):
        monkeypatch.setattr(sys, "argv", ["autograder", *f"{group}--help".split()])
        with pytest.raises(SystemExit):
            main()
        lines = capsys.readouterr().out.partition("Commands:")[2].strip().splitlines()
        assert len(lines) >= 9
        assert not [line for line in lines if line.endswith("...")]


def test_without_dask_it_is_said_how_to_have_it(folder, capsys, monkeypatch):
    """Also where nothing of what grades on a cluster is loaded so far."""
    for module in [name for name in sys.modules if name.split(".")[:2] == ["autograder", "cluster"]]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.delattr("autograder.cluster", raising=False)  # put back for whoever looks there later
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, told = call("grade small submissions/small --on dask:local=2", folder, capsys, monkeypatch)

    assert code == 2
    assert "autograder: --on: Dask is not installed here" in told
    assert "`autograder help install`" in told


@pytest.mark.parametrize("command", ["serve", "submit"])
def test_a_python_without_ssl_is_told_what_is_missing(command: str, tmp_path: Path) -> None:
    """As one is that was built where OpenSSL was not; other commands do without."""
    (tmp_path / "ssl.py").write_text('raise ModuleNotFoundError("No module named \'_ssl\'", name="_ssl")\n')
    run = subprocess.run(
        [sys.executable, "-m", "autograder", command, "--help"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert run.stderr.startswith(f"autograder: autograder {command}: needs the module ssl, which this Python")


def test_a_command_that_is_stopped_says_what_became_of_its_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By Ctrl-C, with an exit code of its own: with 1 a script would look for what needs a person."""

    def stop() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("autograder.cli.todo.course_here", stop)
    done = Course(tmp_path).run("todo")
    assert done.exit_code == 130
    assert done.stderr.strip() == "Stopped: what was recorded until then is kept."
