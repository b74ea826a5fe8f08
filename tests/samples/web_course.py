"""The pages of a small course, asked without a network by people who log in and send forms."""

import atexit
import html
import re
import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal
from class_course import RIGHT, ClassCourse, notebook
from starlette.testclient import TestClient

from autograder.course.recipe import recipe_of
from autograder.grading.batch import keep_report
from autograder.web.app import make_app
from autograder.web.sessions import make_link
from autograder.web.site import ServedAt, Site, TrustedProxies

URL = "http://127.0.0.1:8000"
ROSTER = (
    "id,name,email,group\n"
    "ada,Ada Lovelace,ada@example.org,G1\n"
    "ben,Ben Okri,ben@example.org,G2\n"
    "tess,Tess Both,tess@example.org,G2\n"
)
STAFF = (
    "id,name,role,groups,assignments\n"
    "asa,Asa Assistant,assistant,G1,\n"
    "ina,Ina Instructor,instructor,,\n"
    "tess,Tess Both,assistant,,\n"
    "adm,Adm Admin,admin,,\n"
)
LATE = """
deadline = 2026-12-13T23:59:00
grace = "15 min"
[late]
penalty = "10 %"
until = "3 days"
free_days = 1
free_days_most = 1
"""
WRONG = notebook(**{**RIGHT, "grad": "def grad(A, w):\n    return 2 * A @ w"})
"""All right but for one known mistake."""
NOW = datetime(2026, 12, 10, 9, 0, 0, tzinfo=UTC)


@cache
def _loop() -> BlockingPortal:
    """The event loop in which pages of all tests are asked: to begin one takes as long as many a page."""
    running = start_blocking_portal()
    atexit.register(running.__exit__, None, None, None)
    return running.__enter__()


class Clock:
    """A clock that stands where it is put."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


class WebCourse(ClassCourse):
    """The course with people, and its pages."""

    def __init__(
        self,
        folder: Path,
        toml: str = LATE,
        *,
        url: str = URL,
        proxies: TrustedProxies = TrustedProxies(),  # noqa: B008 - frozen
    ) -> None:
        super().__init__(folder)
        settings = folder / "course.toml"
        settings.write_text(settings.read_text(encoding="utf-8") + toml, encoding="utf-8")
        (folder / "students.csv").write_text(ROSTER, encoding="utf-8")
        (folder / "staff.csv").write_text(STAFF, encoding="utf-8")
        self._serve(url, proxies)

    @classmethod
    def at(cls, folder: Path, *, url: str = URL) -> "WebCourse":
        """The course that a folder holds already."""
        found = cls.__new__(cls)
        found.folder, found.solutions = folder, folder / "solutions" / "small.py"
        found._serve(url, TrustedProxies())
        return found

    def _serve(self, url: str, proxies: TrustedProxies) -> None:
        self.clock = Clock()
        self.site = Site(self.folder, ServedAt(url), proxies=proxies, clock=self.clock, accept_level=1)
        self.app = make_app(self.site)

    def copy_to(self, folder: Path) -> "WebCourse":
        """The same course with all that was recorded, in another folder: quicker than to grade anew."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True, symlinks=True)
        found = WebCourse.at(folder)
        found.clock.now = self.clock()
        return found

    def close(self) -> None:
        self.site.close()

    def visitor(self, who: str = "") -> "Visitor":
        """A browser; logged in where somebody is named."""
        client = TestClient(self.app, base_url=self.site.served.url, follow_redirects=False)
        client.portal = _loop()
        found = Visitor(client)
        if who:
            found.log_in(f"/in/{make_link(self.site.transient, who, now=self.clock())}")
        return found

    def grade_waiting(self) -> None:
        """Grade what waits, as the service beside the pages does, in this process."""
        course = self.site.course
        for name in [each.name for each in course.course.assignments]:
            recipe = recipe_of(course, name, accept_level=1)
            with closing(recipe()) as grader:
                for waiting in self.site.gradebook.ungraded():
                    submission = self.site.gradebook.ungraded_submission(waiting.id)
                    if submission is not None and waiting.assignment == name:
                        files, prints = course.report_files(name), course.answer_prints(name)
                        keep_report(grader(submission), files, self.site.gradebook, prints)


class Visitor:
    """A browser without JavaScript: it keeps cookies, and sends the forms that it was shown."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self._keys: dict[str | None, str] = {}

    def log_in(self, link: str) -> None:
        path = link.partition("/in/")[2]
        answer = self.client.post(f"/in/{path}")
        assert answer.status_code == 303, answer.text

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, **more)

    def text(self, path: str) -> str:
        """What stands on a page, without its markup."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return words_of(answer.text)

    def form_key(self) -> str:
        """What every form carries while the session lasts; read from a page once."""
        session = self.client.cookies.get("session")
        if session is None or session not in self._keys:
            found = re.search(r'name="form_key" value="([^"]+)"', self.get("/me").text)
            assert found
            self._keys[session] = found[1]
        return self._keys[session]

    def post(self, path: str, *, key: str | None = None, **more: Any) -> Any:
        """Send a form as a page of ours would."""
        fields = {"form_key": self.form_key() if key is None else key, **more.pop("data", {})}
        return self.client.post(path, data=fields, **more)

    def press(self, path: str, page: str = "", *, typed: dict[str, str] | None = None, **more: Any) -> Any:
        """Press the button of the form on a page that is sent to `path`: of several the one that confirms."""
        page = page or self.get(path).text
        forms = re.findall(rf'<form method="post"[^>]* action="{re.escape(path)}".*?</form>', page, re.S)
        form = next((each for each in forms if 'name="state"' in each), forms[-1])
        fields = dict(re.findall(r'name="([^"]+)"[^>]*? value="([^"]*)"', form))
        fields.pop("do", None)
        return self.client.post(path, data={**fields, **(typed or {})}, **more)

    def hand_in(self, content: bytes, filename: str = "small.ipynb", work: str = "small") -> Any:
        """Hand a file in as the page's form does; the answer is the redirection to its receipt."""
        return self.post(f"/work/{work}", files={"file": (filename, content)})


def without_keys(page: str) -> str:
    """A page without the keys of its forms: at random, they hold any short word now and then."""
    return re.sub(r'value="[\w-]{20,}"', "", page)


def words_of(page: str) -> str:
    """The words of a page."""
    text = re.sub(r"<(script|style|title)\b.*?</\1>", " ", page, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())
