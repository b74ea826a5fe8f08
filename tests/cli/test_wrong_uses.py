"""Whoever calls a command wrongly reads where, what and what to do: one line, one form, exit code 2."""

import re
import shlex
import sys

import pytest

from autograder.cli.main import main

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
    ("grade small -j many", "--jobs: 'many' is not a valid integer", EXAMPLE + "grade"),
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
    ("requests ada", "NUMBER: 'ada' is not a valid integer", EXAMPLE + "requests 4"),
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
]
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
