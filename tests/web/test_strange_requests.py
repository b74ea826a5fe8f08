"""Whatever is sent to whatever address: no page fails, every answer is guarded, nothing is changed."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from raw_requests import Answer, Asker, ShownForm, cookie_of, forms_of, open_asker
from web_course import Visitor
from whole_course import WholeCourse, is_page

from autograder.web.rights import RIGHTS

METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
NAMES = (
    "small",
    "figures",
    "first",
    "ada",
    "ben",
    "grad",
    "1",
    "2",
    "0",
    "-1",
    "99999999999999999999",
    "٣",
    "１",
)
STRANGE = (
    *("", ".", "..", "%00", "\x00", "%2e%2e%2f", "a\r\nx: y", "\\evil", "//evil.example", "ü", "é" * 400),
    *("' OR 1=1 --", '"><script>', "{{7*7}}", "${7*7}", "=1+1", "\u202e", "\ufffd", "a" * 9000, "../../x"),
    *(
        "1e999",
        "NaN",
        "-Infinity",
        "1/0",
        "2026-13-45T99:99",
        "0x10",
        "1_000",
        " 1 ",
        "-0",
        "1,5",
        "[]",
        "null",
    ),
)
BYTES = (
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"%ff",
    b"%",
    b"&&==&",
    b"\x00",
    b"a=%00",
    b"{}",
    b'{"a": [',
    b"a" * 70_000,
)
GUARDED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}
PEOPLE = ("", "ada", "asa", "ina", "adm")
ROUTES = sorted({route for _, route in RIGHTS})

part = st.sampled_from([*NAMES, *STRANGE]) | st.text(max_size=20)
fields = st.lists(st.tuples(part, part), max_size=6)
content_types = st.sampled_from(
    (
        *("", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=b"),
        *("multipart/form-data; boundary=" + "b" * 300, "application/x-www-form-urlencoded; charset=utf-16"),
        *("application/json", "text/plain", "text/xml", "multipart/mixed; boundary=b", "\xff/\xff"),
    )
)
other_headers = st.lists(
    st.sampled_from(
        (
            (b"hx-request", b"true"),
            (b"accept", b"application/json"),
            (b"accept", b"text/html"),
            (b"accept-language", b"\xff\xff"),
            (b"content-length", b"-1"),
            (b"content-length", b"99999999"),
            (b"cookie", b"session=\xff; kept=\x00"),
            (b"cookie", b"session="),
            (b"cookie", b"kept=" + b"k" * 5000),
            (b"origin", b"https://evil.example"),
            (b"origin", b"http://["),
            (b"origin", b"null"),
            (b"sec-fetch-site", b"cross-site"),
            (b"x-forwarded-for", b"1.2.3.4, evil"),
            (b"x-forwarded-host", b"evil.example"),
            (b"x-form-key", b"\xe9"),
            (b"if-none-match", b'"\xff"'),
            (b"range", b"bytes=0-"),
            (b"user-agent", b"\xff" * 500),
            (b"authorization", b"Bearer \xff"),
            (b"remote-user", b"ina"),
            (b"expect", b"100-continue"),
        )
    ),
    max_size=4,
)


def encode(pairs: list[tuple[str, str]]) -> bytes:
    """Fields as a browser sends them."""
    quoted = [
        "=".join(quote_from_bytes(each.encode("utf-8", "surrogatepass")) for each in pair) for pair in pairs
    ]
    return "&".join(quoted).encode()


def multipart(pairs: list[tuple[str, str]], filename: str, content: bytes) -> bytes:
    """The same with a file, its parts' heads as they come."""
    lines = []
    for name, value in pairs:
        lines.append(f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n')
    lines.append(f'--b\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n\r\n')
    head = "".join(lines).encode("utf-8", "surrogatepass")
    return head + content + b"\r\n--b--\r\n"


bodies = (
    fields.map(encode)
    | st.builds(multipart, fields, part, st.sampled_from(BYTES))
    | st.sampled_from(BYTES)
    | st.binary(max_size=200)
)


@st.composite
def addresses(draw: Any) -> str:
    """An address of the table with anything for its parts, or anything."""
    route = draw(st.sampled_from(ROUTES))
    pieces = [draw(part) if each.startswith("{") else each for each in route.split("/")]
    after = draw(st.sampled_from(["", "", "", "/", "//", "/.", "/x", ";a", "/..", "/%00"]))
    return "/".join(pieces) + after


def require_guarded(answer: Answer) -> None:
    """Every answer says what a browser may do with it, errors included."""
    assert 200 <= answer.status < 500, (answer.status, answer.body[-2000:])
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    for name, value in GUARDED.items():
        assert answer.headers[name] == value
    assert answer.headers["cache-control"] in ("no-store", "public, max-age=31536000, immutable")
    assert all("\r" not in value and "\n" not in value for value in answer.headers.values())
    leads_to = answer.headers.get("location", "/")
    assert leads_to.startswith("/")
    assert not leads_to.startswith(("//", "/\\"))


class Watch:
    """Sees whether anything was written into the gradebook."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / ".autograder" / "gradebook.sqlite")

    def version(self) -> int:
        """Another number after anything was committed."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(scope="module")
def asker(whole: WholeCourse) -> Iterator[Asker]:
    """The pages of the course that nothing may change."""
    with open_asker(whole.app) as found:
        yield found


@pytest.fixture(scope="module")
def cookies(whole: WholeCourse) -> dict[str, list[tuple[bytes, bytes]]]:
    """What the browser of everybody sends."""
    return {who: [cookie_of(whole.visitor(who))] if who else [] for who in PEOPLE}


def sending(examples: int) -> Any:
    """How much is sent."""
    return settings(
        max_examples=examples,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.function_scoped_fixture,
            HealthCheck.data_too_large,
        ],
    )


def send_anything(whole: WholeCourse, asker: Asker, cookies: Any, data: st.DataObject) -> None:
    """One request of anybody who has no key of a form."""
    who = data.draw(st.sampled_from(PEOPLE))
    body = data.draw(bodies)
    at = data.draw(st.integers(0, len(body)))
    kind = data.draw(content_types).encode("latin-1")
    watch = Watch(whole.folder)
    before = watch.version()
    answer = asker.ask(
        data.draw(st.sampled_from(METHODS)),
        data.draw(addresses()),
        query=data.draw(fields.map(encode) | st.sampled_from(BYTES)),
        headers=[*cookies[who], *([(b"content-type", kind)] if kind else []), *data.draw(other_headers)],
        body=[body[:at], body[at:]],
        leaves=data.draw(st.sampled_from([False, False, False, True])),
    )
    assert watch.version() == before
    watch.close()
    require_guarded(answer)


@sending(60)
@given(st.data())
def test_whatever_a_stranger_sends_fails_nothing_and_changes_nothing(
    whole: WholeCourse, asker: Asker, cookies: Any, data: st.DataObject
) -> None:
    send_anything(whole, asker, cookies, data)


@pytest.mark.soak
@sending(20_000)
@given(st.data())
def test_the_same_twenty_thousand_times(
    whole: WholeCourse, asker: Asker, cookies: Any, data: st.DataObject
) -> None:
    send_anything(whole, asker, cookies, data)


@pytest.fixture(scope="module")
def used(whole: WholeCourse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeCourse]:
    """A copy of the course, in which forms are sent."""
    for who in PEOPLE[1:]:
        whole.pages(who)  # whose sessions the copy has then
    course = whole.copy(tmp_path_factory.mktemp("used"))
    yield course
    course.close()


def find_forms(whole: WholeCourse, who: str) -> list[tuple[Visitor, ShownForm]]:
    """The forms of all pages that somebody is given, with their browser; a copy knows both."""
    pages = [answer.text for answer in whole.pages(who).values() if is_page(answer)]
    forms = dict.fromkeys(form for page in pages for form in forms_of(page))
    ends = ("/logout", "/me/sessions")
    return [
        (whole.browser_of(who), form)
        for form in forms
        if form.method == "POST" and not form.action.endswith(ends)
    ]


def send_changed_form(data: st.DataObject, forms: list[tuple[Visitor, ShownForm]], asker: Asker) -> None:
    """One form of a page, with its key and anything in its other fields."""
    visitor, form = data.draw(st.sampled_from(forms))
    pairs = []
    for name, value in form.fields:
        if name == "form_key":
            pairs.append((name, value))
        else:
            kept = data.draw(st.sampled_from(["as it is", "other", "gone", "twice"]))
            pairs += [(name, value)] * {"as it is": 1, "other": 0, "gone": 0, "twice": 2}[kept]
            pairs += [(name, data.draw(part))] if kept == "other" else []
    pairs += data.draw(fields)
    content = data.draw(st.sampled_from(BYTES))
    as_file = bool(form.files) or data.draw(st.booleans())
    plain = [pair for pair in pairs if not set('\r\n"') & set("".join(pair))]
    body = multipart(plain, data.draw(part), content) if as_file else encode(pairs)
    kind = b"multipart/form-data; boundary=b" if as_file else b"application/x-www-form-urlencoded"
    headers = [
        cookie_of(visitor),
        (b"content-type", kind),
        *data.draw(st.just([]) | st.just([(b"hx-request", b"true")])),
    ]
    require_guarded(asker.ask("POST", form.action.partition("?")[0], headers=headers, body=[body]))


def send_forms(whole: WholeCourse, used: WholeCourse, examples: int) -> None:
    """Send the forms of everybody, changed, so many times."""
    forms = [(visitor, form) for who in PEOPLE[1:] for visitor, form in find_forms(whole, who)]
    assert forms
    with open_asker(used.app) as asker:

        @sending(examples)
        @given(st.data())
        def send(data: st.DataObject) -> None:
            send_changed_form(data, forms, asker)

        send()


def test_whatever_stands_in_the_fields_of_a_form_fails_nothing(whole: WholeCourse, used: WholeCourse) -> None:
    send_forms(whole, used, 50)


@pytest.mark.soak
def test_the_same_of_forms_five_thousand_times(whole: WholeCourse, used: WholeCourse) -> None:
    send_forms(whole, used, 5_000)


@pytest.mark.parametrize("who", ["", "ada"])
@pytest.mark.parametrize("count", [2_000, 10_000])
def test_thousands_of_fields_are_refused_or_read_everywhere(
    asker: Asker, cookies: Any, who: str, count: int
) -> None:
    body = encode([(f"f{k}", "1") for k in range(count)])
    headers = [*cookies[who], (b"content-type", b"application/x-www-form-urlencoded")]
    for method, route in RIGHTS:
        if method == "POST":
            path = route.replace("{name}", "small").replace("{number}", "1")
            require_guarded(asker.ask("POST", path, headers=headers, body=[body]))


@pytest.mark.parametrize("who", ["", "ada", "ina"])
def test_whoever_leaves_in_the_middle_of_a_form_is_no_failure_of_ours(
    asker: Asker, cookies: Any, who: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A browser is closed or a line breaks every day: the log tells of faults alone."""
    headers = [*cookies[who], (b"content-type", b"application/x-www-form-urlencoded")]
    for method, route in RIGHTS:
        if method == "POST":
            path = route.replace("{name}", "small").replace("{number}", "1")
            require_guarded(asker.ask("POST", path, headers=headers, body=[b"a=1"], leaves=True))
    assert caplog.text == ""


def test_a_body_without_length_and_without_end_is_not_read_to_its_end(asker: Asker, cookies: Any) -> None:
    headers = [
        *cookies["ada"],
        (b"transfer-encoding", b"chunked"),
        (b"content-type", b"multipart/form-data; boundary=b"),
    ]
    pieces = [
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n',
        *[b"x" * 65_536] * 700,
    ]
    answer = asker.ask("POST", "/work/small", headers=headers, body=pieces)
    require_guarded(answer)
    assert answer.status == 413
