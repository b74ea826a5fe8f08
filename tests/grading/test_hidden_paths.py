"""Reports name no folder of the machine that grades: a library's file is called as it is imported."""

import tempfile
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import autograder
from autograder.domain.answer import ExampleRun
from autograder.domain.receipt import Receipt
from autograder.domain.report import CellEnding, CellRun, Isolation, Outcome, Report, Verdict
from autograder.domain.report_json import to_text
from autograder.domain.sentences import say
from autograder.domain.submission import ReceivedBy, Submission
from autograder.grading.hidden_paths import hide_in_text, hide_paths
from autograder.sandbox.interpreter import Interpreter

OWN = Interpreter(Path("/opt/course/bin/python"), ("/opt/course", "/usr"), (("python", "3.12.1"),))


def hide(text: str) -> str:
    return hide_in_text(text, OWN)


def test_files_of_libraries_are_called_as_they_are_imported() -> None:
    """In tracebacks, in warnings, in what stands for an object."""
    assert (
        hide('  File "/opt/course/lib/python3.12/site-packages/numpy/linalg/_linalg.py", line 9, in inv')
        == '  File "numpy/linalg/_linalg.py", line 9, in inv'
    )
    assert (
        hide("/usr/lib/python3.12/json/decoder.py:3: UserWarning: x") == "json/decoder.py:3: UserWarning: x"
    )
    assert hide("/usr/lib/python3/dist-packages/a.py") == "/usr/lib/python3/dist-packages/a.py"
    module = "<module 'numpy' from '/opt/course/lib64/python3.12/site-packages/numpy/__init__.py'>"
    assert hide(module) == "<module 'numpy' from 'numpy/__init__.py'>"
    assert (
        hide("['/usr/lib/python312.zip', '/usr/lib/python3.12/lib-dynload']") == "['python', 'lib-dynload']"
    )


def test_folders_of_the_interpreter_of_this_program_and_of_the_run_are_not_named() -> None:
    """Though code may ask for all of them."""
    assert hide("/opt/course/bin/python /opt/course") == "python/bin/python python"
    own = Path(autograder.__file__).parent
    assert (
        hide(f"PermissionError: '{own}/grading/grade.py'") == "PermissionError: 'autograder/grading/grade.py'"
    )
    scratch = f"{tempfile.gettempdir()}/autograder-a1b2c3d4/run-x_y1z2w3"
    assert hide(f"{scratch} {scratch}/table.csv") == ". ./table.csv"


def test_what_students_write_stays_as_it_is() -> None:
    """A path of their own, a quotient, a folder with a similar name."""
    for text in ("/home/ada/data.csv", "a/b/c", "/usr/share/dict/words", "/opt/courses/x", "/usr"):
        assert hide(text) == text


def test_no_part_of_a_report_names_them() -> None:
    """What was printed, shown and raised, and what public examples say."""
    path, now = "/opt/course/lib/python3.12/site-packages/numpy/x.py", datetime(2027, 1, 1, tzinfo=UTC)
    cell = CellRun(2, CellEnding.RAISED, "f()", path, displayed=(path,), message=path, traceback=path)
    run = ExampleRun("assert f()", passed=False, traceback=path, answer=path, expected=path)
    verdict = Verdict("f", Fraction(1), Outcome.RAISED, Fraction(0), say("slow"), examples=(run,))
    receipt = Receipt.of(Submission("ada", "small", b"", now, ReceivedBy.SERVER))
    report = Report(receipt, "r1", (verdict,), Isolation(2), now, cells=(cell,))

    told = to_text(hide_paths(report, OWN))

    assert "/opt/course" not in told
    assert told.count('"numpy/x.py"') == 7
