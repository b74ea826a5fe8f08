"""What an outsider would try: foreign names in forms, archives that reach out, markup, keys in bytes."""

import base64
import io
import json
import logging
import re
import stat
import zipfile
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from class_course import RIGHT, notebook
from picture_files import bomb, decode, encode
from PIL import Image
from raw_requests import cookie_of, forms_of, open_asker
from web_course import LATE, ROSTER, URL, Visitor, WebCourse, without_keys, words_of
from whole_course import QUIZ, WRONG, RouteMap, WholeCourse, is_page, walk

from autograder.course.scaffold import make_course, sample_course
from autograder.web import guard
from autograder.web.app import make_app
from autograder.web.links import login_link
from autograder.web.rights import RIGHTS, Right
from autograder.web.site import ServedAt, Site

QUIZ_TABLE = '\n[quizzes.first]\ntitle = "First quiz"\nweight = "5 %"\nbonus = true\n'
MARKUP = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{7919*7907}}\u202eevil"


def everything_of(course: WebCourse, who: str) -> list[str]:
    """The ids of submissions that somebody has, as the store knows them."""
    found = course.site.gradebook.marked_submissions(students=[who])
    return [f"{each.id}/{each.number}/{each.blob}" for each in found]


@pytest.mark.parametrize("field", ["student", "who", "person", "id", "marker", "user", "by"])
def test_another_name_in_a_form_is_of_no_use(web: WebCourse, field: str) -> None:
    """Of a student's forms each acts for whoever is logged in."""
    ada, ben = web.visitor("ada"), web.visitor("ben")
    ben.hand_in(notebook(**RIGHT))
    before = everything_of(web, "ben"), ben.get("/me").text.count("form_key")
    for (method, route), right in RIGHTS.items():
        if method == "POST" and right in (Right.OWN, Right.PERSON):
            path = route.replace("{name}", "small").replace("{number}", "1").replace(":path", "")
            path = path.replace("{question}", "grad")
            sent = {"data": {field: "ben"}, "files": {"file": ("x.ipynb", notebook())}}
            key = ada.form_key() if ada.get("/me").status_code == 200 else web.visitor("ada").form_key()
            assert ada.post(f"{path}?{field}=ben", key=key, **sent).status_code < 500
    assert (everything_of(web, "ben"), ben.get("/me").text.count("form_key")) == before


def test_nothing_of_one_student_is_on_any_page_of_another(whole: WholeCourse) -> None:
    ada, ben = whole.pages("ada"), whole.visitor("ben")
    own = {each.blob for each in whole.site.gradebook.marked_submissions(students=["ada"])}
    assert own
    for path in ada:
        told = without_keys(ben.get(path).text)
        assert not [blob for blob in own if blob in told], path
        assert "Ada" not in told, path
        assert "ada@" not in told, path


def test_an_assistant_reads_nothing_of_another_group(whole: WholeCourse) -> None:
    """asa looks after G1; ben is of G2: neither his name nor his id stands on any page or in any table."""
    for path, answer in whole.pages("asa").items():
        told = unescape(answer.text)
        assert "Ben Okri" not in told, path
        assert not re.search(r"\bben\b", told), path


@pytest.mark.parametrize(
    "aim", ["//evil.example", "https:evil.example", "\\evil.example", "%2f%2fevil.example"]
)
@pytest.mark.parametrize("name", ["next", "return", "url", "continue", "to"])
def test_whoever_logs_in_is_led_home(web: WebCourse, name: str, aim: str) -> None:
    path = login_link(web.site.course, "ada", now=web.clock(), url=URL).removeprefix(URL)
    answer = web.visitor().client.post(f"{path}?{name}={aim}", data={name: aim})
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) in {(303, "/"), (303, "/me")}


def archive(name: str, content: bytes = b"{}", *, link: bool = False, encrypted: bool = False) -> bytes:
    """A zip with one member of this name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        member = zipfile.ZipInfo(name)
        member.external_attr = ((stat.S_IFLNK if link else stat.S_IFREG) | 0o777) << 16
        opened.writestr(member, content)
    raw = bytearray(made.getvalue())
    if encrypted:
        for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            raw[raw.index(mark) + at] |= 1
    return bytes(raw)


ARCHIVES = {
    "above": archive("../../escaped.ipynb"),
    "absolute": archive("/tmp/escaped.ipynb"),
    "drive": archive("C:\\escaped.ipynb"),
    "link": archive("escaped.ipynb", b"/etc/passwd", link=True),
    "encrypted": archive("escaped.ipynb", encrypted=True),
    "right to left": archive("\u202egnp.escaped.ipynb"),
    "zero": archive("escaped.ipynb\x00.txt"),
    "long": archive("e" * 60_000 + ".ipynb"),
}


@pytest.mark.parametrize("kind", ARCHIVES)
def test_an_archive_reaches_nothing_outside_of_the_store(web: WebCourse, kind: str) -> None:
    before = set(web.folder.parent.rglob("*escaped*"))
    ada = web.visitor("ada")
    answer = ada.hand_in(ARCHIVES[kind], "work.zip")
    assert answer.headers["location"] == "/work/small/1"
    assert ada.get("/work/small/1").status_code == 200
    assert "root:" not in ada.get("/work/small/1/file").text
    assert set(web.folder.parent.rglob("*escaped*")) == before
    assert not Path("/tmp/escaped.ipynb").exists()


def test_a_form_of_a_thousand_parts_is_refused(web: WebCourse) -> None:
    ada = web.visitor("ada")
    parts = [("file", (f"{k}.ipynb", b"x")) for k in range(1_000)]
    answer = ada.client.post("/work/small", data={"form_key": ada.form_key()}, files=parts)
    assert answer.status_code == 400
    assert everything_of(web, "ada") == []


@pytest.mark.parametrize(("kind", "piece"), [("stalls", b""), ("drips", b"x")])
def test_a_slow_body_is_given_up_and_keeps_nobodys_place(
    web: WebCourse, monkeypatch: pytest.MonkeyPatch, kind: str, piece: bytes
) -> None:
    """One that stalls, and one that comes byte by byte: a sentence, and nothing of it is received."""
    ada = web.visitor("ada")
    headers = [cookie_of(ada), (b"content-type", b"multipart/form-data; boundary=b")]
    begun = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
    with open_asker(web.app) as asker, monkeypatch.context() as hurried:
        hurried.setattr(guard, "_PATIENCE", 0.2)
        answer = asker.ask("POST", "/work/small", headers=headers, body=[begun], endless=piece)
    assert (answer.status, answer.headers["connection"]) == (408, "close"), kind
    assert "Nothing of it was received" in answer.body.decode()
    assert everything_of(web, "ada") == []
    assert ada.get("/work/small").status_code == 200


def test_pictures_of_a_notebook_are_drawn_anew_or_not_shown(web: WebCourse) -> None:
    """Of a wrong kind, far too large, animated, with a place in its metadata: none is sent as it came."""
    frames = [Image.new("RGB", (8, 4), colour) for colour in ("red", "green", "blue")]
    animated, exif = io.BytesIO(), Image.Exif()
    frames[0].save(animated, "PNG", save_all=True, append_images=frames[1:])
    exif[0x010E] = "45.1885 N, 5.7245 E"
    pictures = {
        "wrong": ("image/png", encode("JPEG")[:40]),
        "huge": ("image/png", bomb(30_000, 30_000)),
        "animated": ("image/png", base64.b64encode(animated.getvalue()).decode()),
        "placed": ("image/jpeg", encode("JPEG", exif=exif)),
        "moving": ("image/gif", encode("GIF")),
    }
    document: dict[str, Any] = json.loads(notebook(**RIGHT))
    document["cells"][1]["outputs"] = [
        {"output_type": "display_data", "metadata": {}, "data": {kind: content}}
        for kind, content in pictures.values()
    ]
    web.visitor("ada").hand_in(json.dumps(document).encode())
    page = web.visitor("ina").get("/class/work/small/student/ada/1/notebook").text
    drawn = re.findall(r'src="data:image/\w+;base64,([^"]+)"', page)
    assert not set(drawn) & {content for _, content in pictures.values()}
    assert [getattr(decode(each), "n_frames", 1) for each in drawn] == [1] * len(drawn)
    assert not [each for each in drawn if b"45.1885" in base64.b64decode(each)]
    assert len(drawn) == 2
    for why in ("it is damaged", "it has too many pixels", "Not shown: image/gif"):
        assert why in words_of(page)


@pytest.mark.parametrize(
    "formula",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\includegraphics{https://evil.example/x.png}",
        r"\htmlStyle{background:url(//evil.example)}{x}",
        r"\def\x{\x\x}\x",
        "{" * 10_000 + "x" + "}" * 10_000,
    ],
    ids=["link", "picture", "style", "loop", "braces"],
)
def test_a_hostile_formula_is_refused_and_its_source_shown(web: WebCourse, formula: str) -> None:
    """Neither in a notebook that staff read, nor in what is asked and told, does a formula more than draw."""
    document: dict[str, Any] = json.loads(notebook(**RIGHT))
    document["cells"][1] = {"cell_type": "markdown", "metadata": {}, "source": f"So ${formula}$ it is."}
    web.visitor("ada").hand_in(json.dumps(document).encode())
    page = web.visitor("ina").get("/class/work/small/student/ada/1/notebook").text
    assert active_parts(page) == []
    assert formula[:3_000] in unescape(page)
    assert "<math" not in page.partition("So ")[2].partition(" it is.")[0]


class _ActiveReader(HTMLParser):
    """Collects what could load, run or lead elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.active: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            own = (value or "").startswith(("/", "#", "?", "data:image/", "data:,")) or not value
            mails = (value or "").startswith("mailto:") and name == "href"
            if name.startswith("on") or name == "style":
                self.active.append(f"<{tag} {name}>")
            if name in ("src", "href", "action", "formaction", "data", "poster") and not (own or mails):
                self.active.append(f"<{tag} {name}={value}>")
            if name in ("src", "href") and (value or "").startswith(("//", "/\\")):
                self.active.append(f"<{tag} {name}={value}>")
        inside = dict(attrs)
        if tag in ("iframe", "object", "embed", "base", "style") or (tag == "script" and "src" not in inside):
            self.active.append(f"<{tag}>")


def active_parts(page: str) -> list[str]:
    """What of a page could load, run or lead elsewhere."""
    reader = _ActiveReader()
    reader.feed(page)
    return reader.active


def test_the_reader_of_active_parts_sees_them() -> None:
    for page in (
        "<script>1</script>",
        "<a href='javascript:1'>",
        "<img src=//evil/x>",
        "<p onclick=1>",
        "<base>",
    ):
        assert active_parts(page), page


@pytest.mark.soak
def test_markup_in_names_and_files_is_text_on_every_page(tmp_path: Path) -> None:
    """Of students, groups, files, cells, outputs and answers: no page runs it, links to it or loads it."""
    course = WholeCourse(tmp_path)
    try:
        name = '"' + MARKUP.replace('"', '""') + '"'
        roster = ROSTER.replace("Ada Lovelace", name).replace("G1", '"<b>G1</b>"')
        (tmp_path / "students.csv").write_text(roster, encoding="utf-8")
        ada = course.visitor("ada")
        content = notebook(**{**RIGHT, "grad": f"# {MARKUP}\nraise ValueError('<script>alert(3)</script>')"})
        ada.hand_in(content, MARKUP)
        ada.hand_in(MARKUP.encode(), "<script>.ipynb")
        ada.post("/quiz/first")
        ada.post("/quiz/first/1", data={"grad": MARKUP, "why": MARKUP})
        course.grade_waiting()
        count = 0
        for who in ("ada", "asa", "ina", "adm"):
            for path, answer in walk(course.visitor(who), each=4).items():
                if is_page(answer):
                    assert active_parts(answer.text) == [], (who, path)
                    assert str(7919 * 7907) not in answer.text, (who, path)
                    count += MARKUP[:4] not in answer.text and "&lt;img src=x" in answer.text
        assert count  # it was shown somewhere, as text
    finally:
        course.close()


def test_no_page_leads_to_or_loads_from_anywhere_else(whole: WholeCourse) -> None:
    for who in ("", "ada", "asa", "ina", "adm"):
        for path, answer in whole.pages(who).items():
            if is_page(answer):
                assert active_parts(answer.text) == [], (who, path)


def test_no_page_of_a_student_tells_how_many_others_handed_in(web: WebCourse) -> None:
    """Neither by a count nor by a number that goes up: alone or among others, the bytes are the same."""

    def seen(visitor: Visitor) -> list[object]:
        """Of an archive what it holds, without the moments at which that was put in."""
        found: list[object] = []
        for answer in walk(visitor, each=4).values():
            if answer.content.startswith(b"PK"):
                with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
                    found.append({name: opened.read(name) for name in opened.namelist()})
            else:
                found.append(without_keys(answer.text))
        return found

    ada = web.visitor("ada")
    ada.hand_in(notebook(**RIGHT))
    web.grade_waiting()
    alone = seen(ada)
    for who in ("ben", "tess"):
        web.visitor(who).hand_in(notebook(**WRONG))
    web.grade_waiting()
    assert seen(ada) == alone


def secrets_of(quiz: str) -> set[str]:
    """Sentences of a quiz that are shown after an answer alone: of wrong ones, and solutions."""
    told = re.findall(r"\|\s*(.+)$", quiz, re.M) + re.findall(r"^:\s+(.+)$", quiz, re.M)
    return {each.strip() for each in told if len(each) > 20}


def test_no_byte_that_a_student_can_fetch_holds_a_key(tmp_path: Path) -> None:
    """The whole sample course: every page, notebook, style and script, before anything is handed in."""
    make_course(tmp_path)
    settings = tmp_path / "course.toml"
    for file in (tmp_path / "quiz").glob("*.quiz.md"):  # one of them has the name of an assignment
        text = file.read_text(encoding="utf-8").replace("\nid: ", "\nid: quiz-", 1)
        file.with_name(f"quiz-{file.name}").write_text(text, encoding="utf-8")
        file.unlink()
    quizzes = sorted((tmp_path / "quiz").glob("*.quiz.md"))
    tables = [QUIZ_TABLE.replace("first]", f"{file.name.removesuffix('.quiz.md')}]") for file in quizzes]
    settings.write_text(settings.read_text(encoding="utf-8") + "".join(tables), encoding="utf-8")
    (tmp_path / "students.csv").write_text(ROSTER, encoding="utf-8")
    (tmp_path / "staff.csv").write_text("id,name,role,groups,assignments\nina,Ina,instructor,,\n")
    hidden = {each for file in quizzes for each in secrets_of(file.read_text(encoding="utf-8"))}
    for file in sorted((sample_course() / "solutions").rglob("*.py")):
        source = file.read_text(encoding="utf-8")
        hidden |= set(re.findall(r"\.mistake(?:\([^)]*\))?\ndef (\w+_\w+)\(", source))
        hidden |= set(re.findall(r'^    """(.{30,}?)(?:"""|$)', source, re.M))
    assert len(hidden) > 300
    course = WebCourse.__new__(WebCourse)
    course.folder, course.site = tmp_path, Site(tmp_path, ServedAt(URL))
    course.clock, course.app = course.site.clock, make_app(course.site)  # type: ignore[assignment] # the real one
    try:
        ada = course.visitor("ada")
        for file in quizzes:
            ada.post(f"/quiz/{file.name.removesuffix('.quiz.md')}")
        found = {path: answer.content for path, answer in walk(ada, each=9).items()}
        for name in course.site.static.files:
            found[name] = ada.get(f"/static/{course.site.static.digest}/{name}").content
        assert len([path for path in found if "/quiz/" in path]) >= 2 * len(quizzes)
        public = b"".join(
            file.read_bytes() for file in sorted((tmp_path / "assignments").rglob("*.ipynb"))
        ).decode()
        for path, content in found.items():
            text = unescape(content.decode("utf-8", "replace"))
            assert [each for each in hidden if each in text and each not in public] == [], path
    finally:
        course.site.close()


def test_what_is_read_back_while_typing_tells_no_right_answer_from_a_wrong_one(whole: WholeCourse) -> None:
    """Headers, status and length of what is said differ by what was typed alone."""
    ada = whole.visitor("ada")
    key = ada.form_key()
    told = [
        ada.post("/quiz/first/2/grad/read", key=key, data={"grad": typed})
        for typed in ("A w + A^T w", "A w - A^T w")
    ]
    assert [each.status_code for each in told] == [200, 200]
    heads = [{k: v for k, v in each.headers.items() if k != "content-length"} for each in told]
    assert heads[0] == heads[1]
    assert re.sub(r"<mo>.</mo>", "", told[0].text) == re.sub(r"<mo>.</mo>", "", told[1].text)
    for each in told:
        assert not [secret for secret in secrets_of(QUIZ) if secret in each.text]


def test_no_log_tells_who_did_what(web: WebCourse, caplog: pytest.LogCaptureFixture) -> None:
    """Nor links, cookies, keys of forms, answers and marks: whoever reads logs learns none of them."""
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "asyncio", "anyio"):
        caplog.set_level(logging.CRITICAL, logger=name)  # the visitor's own
    link = login_link(web.site.course, "ada", now=web.clock(), url=URL)
    ada = web.visitor()
    ada.log_in(link)
    key = ada.form_key()
    ada.hand_in(notebook(**WRONG), "my secret name.ipynb")
    ada.hand_in(b"not a notebook at all")
    ada.get("/work/nothing")
    ada.client.post("/work/small", data={"form_key": "guessed"})
    web.grade_waiting()
    walk(ada)
    settings = web.folder / "course.toml"
    settings.write_text(settings.read_text() + "\nbroken")
    ada.get("/grade")
    web.site.transient.close()
    logged = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("autograder")
    )
    cookie = ada.client.cookies["session"]
    for secret in (
        link.rpartition("/")[2],
        cookie,
        key,
        "Ada",
        "ada@",
        "my secret name",
        "guessed",
        "x.missing",
    ):
        assert secret not in logged, secret


def test_every_form_carries_the_key_of_its_session(whole: WholeCourse) -> None:
    """No form that changes something can be sent by another site."""
    count = 0
    for who in ("ada", "asa", "ina", "adm"):
        for path, answer in whole.pages(who).items():
            for form in forms_of(answer.text) if is_page(answer) else ():
                if form.method == "POST":
                    count += 1
                    assert any(name == "form_key" and value for name, value in form.fields), (who, path, form)
    assert count > 5


def test_a_page_that_is_left_shows_nothing_to_whoever_comes_next(web: WebCourse) -> None:
    ada = web.visitor("ada")
    routes = RouteMap()
    public = {route for (_, route), right in RIGHTS.items() if right is Right.PUBLIC}
    paths = [path for path in walk(ada) if routes.find(path.partition("?")[0]) not in public]
    left = ada.post("/logout")
    assert '"cache"' in left.headers["clear-site-data"]
    for path in paths:
        answer = ada.get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (303, "no-store"), path


def test_answers_that_are_saved_too_often_are_refused_and_the_last_text_is_taken_afterwards(
    tmp_path: Path,
) -> None:
    (tmp_path / "quiz").mkdir()
    (tmp_path / "quiz" / "first.quiz.md").write_text(QUIZ, encoding="utf-8")
    course = WebCourse(tmp_path, LATE + QUIZ_TABLE)
    try:
        ada = course.visitor("ada")
        ada.post("/quiz/first")
        key, statuses = ada.form_key(), []
        for number in range(110):
            sent: dict[str, Any] = {"grad": f"{number} w", "shown-grad": ""}
            statuses.append(ada.post("/quiz/first/1/grad", key=key, data=sent).status_code)
        assert 429 in statuses
        course.clock.pass_by(minutes=1)
        shown = re.search(r'name="shown-grad" value="(\w+)"', ada.get("/quiz/first/1").text)
        assert shown
        last = {"grad": "109 w", "shown-grad": shown[1]}
        assert ada.post("/quiz/first/1/grad", key=key, data=last).status_code == 200
        assert 'value="109 w"' in ada.get("/quiz/first/1").text
    finally:
        course.close()
