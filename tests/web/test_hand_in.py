"""A student hands in: a receipt at once, whatever the file is, and a report as soon as there is one."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from class_course import RIGHT, notebook
from web_course import URL, Visitor, WebCourse, without_keys, words_of

from autograder.services.hand_in import QueuePlace, hand_in

GOOD = notebook(**RIGHT)
WRONG = notebook(**{**RIGHT, "grad": "def grad(A, w):\n    return 2 * A @ w"})


def zipped(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/"), data)
    return content.getvalue()


def test_a_file_is_received_its_receipt_told_and_its_report_follows(web: WebCourse) -> None:
    ada = web.visitor("ada")
    answer = ada.hand_in(WRONG, "my work.ipynb")
    assert (answer.status_code, answer.headers["location"]) == (303, "/work/small/1")
    page = ada.text("/work/small/1")
    assert sha256(WRONG).hexdigest() in page
    assert "Thursday 10 Dec 2026, 10:00:00" in page  # by the clock of the course
    assert "my work.ipynb" in page
    assert "yours is next" in page
    assert ada.get("/work/small/1/state").json() == {"state": "waiting", "before": 0}
    web.grade_waiting()
    assert ada.get("/work/small/1/state").json() == {"state": "report", "before": 0}
    page = ada.text("/work/small/1")
    assert "Your formula is right for some matrices only." in page
    assert "takes_A_symmetric" not in ada.get("/work/small/1").text
    assert sha256(WRONG).hexdigest() in page
    assert "4.5 of 6" in ada.text("/work/small")


def test_a_files_state_is_a_fragment_for_our_script_and_a_page_for_a_browser(web: WebCourse) -> None:
    ada = web.visitor("ada")
    ada.hand_in(GOOD)
    fragment = ada.get("/work/small/1/state", headers={"hx-request": "true"})
    assert "<html" not in fragment.text
    assert 'hx-get="/work/small/1/state"' in fragment.text
    assert "<html" in ada.get("/work/small/1/state", headers={"accept": "text/html"}).text
    web.grade_waiting()
    done = ada.get("/work/small/1/state", headers={"hx-request": "true"})
    assert done.headers["hx-refresh"] == "true"
    assert "hx-get" not in done.text


def test_whoever_waits_behind_many_is_told_to_ask_less_often(web: WebCourse) -> None:
    """Hundreds who ask every second would take the time that judging needs."""
    ada = web.visitor("ada")
    ada.hand_in(GOOD)
    assert ada.get("/work/small/1/state").headers["retry-after"] == "1"
    fragment = ada.get("/work/small/1/state", headers={"hx-request": "true"})
    assert 'hx-trigger="load delay:1s"' in fragment.text
    places = [QueuePlace(judging=False, before=before).again for before in (0, 9, 10, 45, 300)]
    assert places == [1, 1, 2, 5, 10]


def test_what_is_received_is_what_was_sent(web: WebCourse) -> None:
    ada = web.visitor("ada")
    ada.hand_in(GOOD, 'a"b\r\nX: y/../ü.ipynb')
    sent = ada.get("/work/small/1/file")
    assert sent.content == GOOD
    assert sent.headers["content-type"] == "application/octet-stream"
    assert sent.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in sent.headers["content-security-policy"]
    assert "x" not in sent.headers
    receipt = ada.get("/work/small/1/receipt.txt").text
    assert sha256(GOOD).hexdigest() in receipt
    assert re.search(r"signature  [0-9a-f]{32}", receipt)


def test_the_same_file_again_is_no_new_one(web: WebCourse) -> None:
    ada = web.visitor("ada")
    ada.hand_in(GOOD)
    web.clock.pass_by(days=4)
    ada = web.visitor("ada")
    answer = ada.hand_in(GOOD)
    assert answer.headers["location"] == "/work/small/1?again=1"
    assert "counts as it came then" in ada.text("/work/small/1?again=1")
    assert ada.get("/work/small/2").status_code == 404


def finish_slow_upload(web: WebCourse, content: bytes, **before: float) -> str:
    """A request of ada's that was begun a while ago has come whole; where it leads."""
    now = web.clock()
    received = now - timedelta(**before)
    done = hand_in(
        web.site.course, web.site.gradebook, "ada", "small", filename="", content=content, received=received
    )
    assert done.new
    return f"/work/small/{done.number}"


def test_a_receipt_stays_true_when_a_slow_upload_that_was_begun_before_it_is_done(web: WebCourse) -> None:
    """Numbers follow the order of recording; what is late, and what came last, the time of receipt."""
    ada = web.visitor("ada")
    assert ada.hand_in(GOOD).headers["location"] == "/work/small/1"
    held = ada.get("/work/small/1/receipt.txt").text
    slow = finish_slow_upload(web, WRONG, minutes=5)
    assert slow == "/work/small/2"
    assert ada.get("/work/small/1/receipt.txt").text == held
    assert ada.get("/work/small/1/file").content == GOOD
    assert ada.get(f"{slow}/file").content == WRONG
    assert "9:55:00" in ada.text(slow)
    web.grade_waiting()
    assert "6 of 6, file 1," in ada.text("/grade")
    assert "4.5 of 6" in ada.text(slow) and "6 of 6" in ada.text("/work/small/1")
    ina = web.visitor("ina")
    assert ina.get("/class/work/small/student/ada/1/file").content == GOOD
    assert "not your last file" in refused_withdrawal(ada, 2)
    assert ada.post("/work/small/1/withdraw").headers["location"] == "/work/small/3"
    assert ada.get("/work/small/3/file").content == WRONG


def refused_withdrawal(visitor: Visitor, number: int) -> str:
    answer = visitor.post(f"/work/small/{number}/withdraw")
    assert answer.status_code == 409
    return str(answer.text)


def test_of_a_file_that_is_sent_twice_the_earlier_time_counts_whichever_is_done_first(web: WebCourse) -> None:
    """Sent before the due date, and once more after it because nothing seemed to happen."""
    web.clock.pass_by(days=5)
    ada = web.visitor("ada")
    ada.hand_in(GOOD)
    assert "file 1, 15 Dec 2026 10:00:00, 2 days late, not judged so far" in ada.text("/grade")
    first = finish_slow_upload(web, GOOD, days=4)
    assert first == "/work/small/2"
    web.grade_waiting()
    page = ada.text("/grade")
    assert "6 of 6, file 1, the same as file 2, 15 Dec 2026 10:00:00, in time" in page
    assert "only file" in refused_withdrawal(ada, 1)


@pytest.mark.parametrize(
    ("later", "told", "late"),
    [
        ({"days": 0}, "in time", False),
        ({"days": 3, "hours": 14, "minutes": 13, "seconds": 59}, "in time", False),
        ({"days": 3, "hours": 14, "minutes": 14, "seconds": 1}, "1 day late; a free day covers it", True),
        ({"days": 5}, "2 days late; 1 free day would be spent, and a faultless file would lose 10 %", True),
        ({"days": 9}, "too late to count", True),
    ],
)
def test_it_is_said_beforehand_what_handing_in_now_would_mean(
    web: WebCourse, later: dict[str, int], told: str, *, late: bool
) -> None:
    """The due date is 13 December, 23:59 in Paris, and 15 minutes of grace."""
    ada = web.visitor("ada")
    web.clock.pass_by(**later)
    ada = web.visitor("ada")
    assert told in ada.text("/work/small")
    assert ada.hand_in(GOOD).status_code == 303  # received whenever it comes
    assert ("after the due date" in ada.text("/work/small")) is late


NOT_NOTEBOOKS = {
    "text": b"hello",
    "nothing": b"",
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "half": GOOD[: len(GOOD) // 2],
    "deep": b'{"cells": ' + b"[" * 100_000,
    "numbers": b"[" + b"NaN," * 1000 + b"1]",
    "page": b"<script>alert(1)</script>",
    "surrogates": b'{"cells": [], "nbformat": 4, "x": "\\ud800"}',
    "twice": b'{"cells": 1, "cells": []}',
    "damaged zip": b"PK\x03\x04" + bytes(40),
}


@pytest.mark.parametrize("kind", NOT_NOTEBOOKS)
def test_every_file_has_a_receipt_and_what_is_no_notebook_is_told(web: WebCourse, kind: str) -> None:
    ada, content = web.visitor("ada"), NOT_NOTEBOOKS[kind]
    answer = ada.hand_in(content, "small.ipynb")
    assert answer.headers["location"] == "/work/small/1"
    assert sha256(content).hexdigest() in ada.text("/work/small/1")
    if kind != "surrogates":
        assert "it is not a notebook" in ada.text("/work/small/1")
    web.grade_waiting()
    assert ada.get("/work/small/1/state").json()["state"] == "report"
    if kind not in ("surrogates", "twice"):  # in which no cell is found
        assert "received; not all of it could be judged" in ada.text("/")


def test_a_zip_with_one_notebook_is_that_notebook(web: WebCourse) -> None:
    ada = web.visitor("ada")
    content = zipped(
        **{
            "work__small.ipynb": GOOD,
            "work__.ipynb_checkpoints__small.ipynb": WRONG,
            "work__data.csv": b"1,2",
        }
    )
    ada.hand_in(content, "work.zip")
    assert ada.get("/work/small/1/file").content == GOOD


def bomb() -> bytes:
    return zipped(**{"small.ipynb": b"0" * 30_000_000})


ODD_ZIPS: dict[str, Callable[[], bytes]] = {
    "two": lambda: zipped(**{"a.ipynb": GOOD, "b.ipynb": WRONG}),
    "none": lambda: zipped(**{"a.txt": b"hello"}),
    "many": lambda: zipped(**{f"{k}.txt": b"" for k in range(5_000)}),
    "bomb": bomb,
    "nested": lambda: zipped(**{"inner.zip": zipped(**{"small.ipynb": GOOD})}),
}
"""Made where they are handed in: every worker imports this module, and one needs them."""


@pytest.mark.parametrize("kind", ODD_ZIPS)
def test_a_zip_in_which_no_notebook_is_found_is_kept_as_it_came(web: WebCourse, kind: str) -> None:
    ada, content = web.visitor("ada"), ODD_ZIPS[kind]()
    assert ada.hand_in(content, "work.zip").status_code == 303
    assert ada.get("/work/small/1/file").content == content
    left = [each for each in web.folder.rglob("*") if each.suffix in (".ipynb", ".zip")]
    assert [each.relative_to(web.folder).parts[0] for each in left] == ["assignments"]


def test_a_file_over_the_bound_is_the_one_thing_that_is_refused(web: WebCourse) -> None:
    ada = web.visitor("ada")
    settings = web.folder / "course.toml"
    settings.write_text(settings.read_text() + "\n[assignments.small.limits]\nnotebook_mb = 1\n")
    inside = GOOD + b" " * (1_000_000 - len(GOOD))
    assert ada.hand_in(inside).status_code == 303
    answer = ada.hand_in(inside + b" ")
    assert answer.status_code == 413
    assert "at most 1 MB are taken" in words_of(answer.text)
    for page, links in (
        (f"{URL}/work/small", 1),
        ("https://evil.example/work/small", 0),
        (f"{URL}//evil", 0),
    ):
        refused = ada.post(
            "/work/small", files={"file": ("x", inside + b" ")}, headers={"referer": page}
        ).text
        assert refused.count('href="/work/small"') == links  # one is led back to where one was
        assert "evil" not in refused
    assert ada.get("/work/small/2").status_code == 404


@pytest.mark.parametrize(
    ("sent", "most"),
    [
        ({"files": {"file": ("x.ipynb", b"{" + b" " * 2_000_000)}}, "1 MB"),
        ({"data": {"pasted": "{" + " " * 1_000_000}, "files": {"file": ("", b"")}}, "1 MB"),
    ],
    ids=["a file of more than the page reads", "a notebook pasted"],
)
def test_what_is_so_large_that_it_is_not_read_is_told_the_bound(
    web: WebCourse, sent: dict[str, Any], most: str
) -> None:
    settings = web.folder / "course.toml"
    settings.write_text(settings.read_text() + "\n[assignments.small.limits]\nnotebook_mb = 1\n")
    answer = web.visitor("ada").post("/work/small", **sent)
    assert answer.status_code == 413
    assert f"Nothing of it was received: at most {most} are taken here." in words_of(answer.text)


def test_a_form_without_a_file_says_what_to_do(web: WebCourse) -> None:
    ada = web.visitor("ada")
    answer = ada.post("/work/small", files={"file": ("", b"")})
    assert answer.status_code == 422
    assert "Choose the file first" in words_of(answer.text)
    assert 'aria-invalid="true"' in answer.text
    assert ada.post("/work/small").status_code == 422


def test_two_files_of_one_form_are_refused(web: WebCourse) -> None:
    ada = web.visitor("ada")
    answer = ada.post("/work/small", files=[("file", ("a", GOOD)), ("file", ("b", WRONG))])
    assert answer.status_code == 400
    assert ada.get("/work/small/1").status_code == 404


def test_what_a_form_says_of_other_people_is_not_asked(web: WebCourse) -> None:
    ada, ben = web.visitor("ada"), web.visitor("ben")
    more = {"student": "ben", "marker": "ina", "received": "2020-01-01", "as": "ben"}
    ada.post("/work/small?student=ben", data=more, files={"file": ("a.ipynb", GOOD)})
    assert ada.get("/work/small/1").status_code == 200
    assert ben.get("/work/small/1").status_code == 404
    (event,) = web.site.gradebook.history("ada")
    assert event.received == web.clock.now


def test_a_student_finds_nothing_of_anothers(web: WebCourse) -> None:
    """Same status and same bytes as of what is not there."""
    ada, ben = web.visitor("ada"), web.visitor("ben")
    ada.hand_in(GOOD)
    web.grade_waiting()
    blob = sha256(GOOD).hexdigest()
    unknown = ben.get("/work/small/77").text
    for path in ("/work/small/1", "/work/small/1/file", "/work/small/1/state", "/work/small/1/receipt.txt"):
        answer = ben.get(path)
        assert (answer.status_code, answer.text) == (404, unknown), path
    for path in (f"/work/small/{blob}", "/work/ada/1", "/work/small/-1", "/work/small/0", "/work/small/1e0"):
        assert ben.get(path).status_code == 404, path
    for path in ("/", "/work/small", "/grade"):
        assert "Ada" not in without_keys(ben.get(path).text), path


def test_nobody_but_a_student_hands_in(web: WebCourse) -> None:
    for who in ("ina", "asa", "adm"):
        visitor = web.visitor(who)
        assert visitor.hand_in(GOOD).status_code == 404
    stranger = web.visitor()
    answer = stranger.client.post("/work/small", files={"file": ("a", GOOD)})
    assert answer.headers["location"] == "/login?lost=1"
    assert not web.site.gradebook.ungraded()


@pytest.mark.parametrize("name", ["unknown", "..%2f..%2fstudents.csv", "%00", "small'--", "SMALL", "a/b/c"])
def test_what_is_no_assignment_is_not_there(web: WebCourse, name: str) -> None:
    ada = web.visitor("ada")
    assert ada.get(f"/work/{name}").status_code == 404
    assert ada.client.post(f"/work/{name}", data={"form_key": ada.form_key()}).status_code == 404


def test_files_are_received_as_fast_as_a_person_can_send_them(web: WebCourse) -> None:
    ada = web.visitor("ada")
    files = [notebook(**RIGHT, before=f"x = {k}") for k in range(21)]
    answers = [ada.hand_in(each).status_code for each in files]
    assert answers == [303] * 20 + [429]
    assert web.visitor("ben").hand_in(GOOD).status_code == 303  # nobody else waits
    web.clock.pass_by(minutes=1)
    assert ada.hand_in(files[-1]).status_code == 303


def test_the_time_of_receipt_is_when_the_request_began(web: WebCourse) -> None:
    """A long upload that begins in time is in time."""
    ada = web.visitor("ada")
    key = ada.form_key()
    begun = datetime(2026, 12, 13, 23, 13, 59, tzinfo=UTC)
    web.clock.now = begun
    ada = web.visitor("ada")
    key = ada.form_key()
    boundary = b"--x"
    head = f'--x\r\ncontent-disposition: form-data; name="form_key"\r\n\r\n{key}\r\n'.encode()
    part = b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.ipynb"\r\n\r\n'

    def slowly() -> object:
        yield head + part
        web.clock.pass_by(minutes=20)
        yield GOOD + b"\r\n" + boundary + b"--\r\n"

    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = ada.client.post("/work/small", content=slowly(), headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 303, answer.text
    (event,) = web.site.gradebook.history("ada")
    assert event.received in (begun, begun.replace(hour=23, minute=33))  # a client may send it whole


HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{7919*7907}}</title>'


def test_what_a_stranger_wrote_is_shown_as_text(web: WebCourse) -> None:
    roster = web.folder / "students.csv"
    roster.write_text(roster.read_text().replace("Ada Lovelace", "<b>Ada</b> {{7919*7907}}"))
    ada = web.visitor("ada")
    cells = json.loads(GOOD)
    cells["cells"].append(
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {},
            "outputs": [{"output_type": "display_data", "data": {"text/html": HOSTILE}, "metadata": {}}],
            "source": f"print({HOSTILE!r})\nraise ValueError({HOSTILE!r})",
        }
    )
    ada.hand_in(json.dumps(cells).encode(), HOSTILE)
    web.grade_waiting()
    for path in ("/", "/work/small", "/work/small/1", "/grade", "/me"):
        page = ada.get(path).text
        assert "<img src=x" not in page, path
        assert "<script>alert" not in page, path
        assert "<b>Ada" not in page, path
        assert str(7919 * 7907) not in page, path


def test_nothing_that_is_hidden_is_ever_sent_to_a_student(web: WebCourse) -> None:
    """All bytes that a student can be given are looked through for what must not be in them."""
    ada = web.visitor("ada")
    ada.hand_in(WRONG)
    web.grade_waiting()
    paths = ("/", "/work/small", "/work/small/1", "/work/small/1/state", "/grade", "/me", "/nowhere")
    given = b"".join(ada.get(path).content for path in paths)
    for hidden in (b"takes_A_symmetric", b"random, d=", b"A.T @ w", b"x * x between", b"5e5e5e"):
        assert hidden not in given, hidden


def test_the_released_notebook_is_given_once_it_is_released(web: WebCourse) -> None:
    ada = web.visitor("ada")
    assert ada.get("/work/small/notebook").status_code == 404
    assert web.run("release", "small", "--force").exit_code in (0, 2)
    released = web.folder / "release" / "small" / "small.ipynb"
    released.parent.mkdir(parents=True, exist_ok=True)
    released.write_bytes(notebook())
    assert ada.get("/work/small/notebook").content == notebook()
    assert "as it was released" in ada.text("/work/small")


@pytest.mark.parametrize("chosen", [None, ("", b"")], ids=["no file", "an empty field"])
def test_a_notebook_is_pasted_where_no_file_can_be_chosen(
    web: WebCourse, chosen: tuple[str, bytes] | None
) -> None:
    """A telephone may have no file to choose. A file that is chosen goes before what was pasted."""
    ada = web.visitor("ada")
    files = {"file": chosen} if chosen else None
    answer = ada.post("/work/small", data={"pasted": GOOD.decode()}, files=files)
    assert answer.headers["location"] == "/work/small/1"
    assert ada.get("/work/small/1/file").content == GOOD
    both = ada.post("/work/small", data={"pasted": "{}"}, files={"file": ("small.ipynb", GOOD + b" ")})
    assert ada.get(f"{both.headers['location']}/file").content == GOOD + b" "
    assert ada.post("/work/small", data={"pasted": " \r\n"}).status_code == 422
    assert ada.post("/work/small", data={"pasted": "no notebook"}).status_code == 303, "received all the same"


def test_the_page_tells_the_hash_of_the_notebook_that_it_gives(web: WebCourse) -> None:
    released = web.folder / "release" / "small" / "small.ipynb"
    released.parent.mkdir(parents=True, exist_ok=True)
    released.write_bytes(GOOD)
    ada = web.visitor("ada")
    assert sha256(ada.get("/work/small/notebook").content).hexdigest() in ada.text("/work/small")
