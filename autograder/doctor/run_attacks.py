"""Trying the catalogue: every hostile notebook graded by the real path, and all that must hold afterwards."""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from autograder.doctor.attack import Attack
from autograder.doctor.decoys import Ground
from autograder.doctor.target import LIMITS, MARKS, Vault, open_vault
from autograder.domain.report import Outcome, Report
from autograder.domain.report_json import to_json
from autograder.grading.grade import grade
from autograder.render import render_html
from autograder.sandbox.runner import Runner

MOST_MEMORY_MB = 700
"""What the grader itself may come to need for one hostile notebook."""


@dataclass(frozen=True, slots=True)
class Stand:
    """How one attack went: what it achieved, nothing if it was stopped."""

    attack: Attack
    breaches: tuple[str, ...]
    seconds: float
    megabytes: int
    """By which the grader grew for a while."""

    @property
    def stopped(self) -> bool:
        return not self.breaches


class Siege:
    """A vault, a warm runner and decoys around them, on which attacks are tried one after the other."""

    def __init__(self, runner: Runner, ground: Ground) -> None:
        self._runner = runner
        self.ground = ground
        self.vault: Vault = open_vault(ground.path / "private", ground.canary)
        runner.isolation  # noqa: B018 - launches the fork server before processes are counted
        self._processes = descendants()
        self._honest = _Page.of(grade(self.vault.submission(None, "honest"), self.vault.assignment, runner))
        ground.settle()

    def stand(self, attack: Attack) -> Stand:
        """Grade one hostile notebook and look at everything."""
        resident = _reset_peak()
        report = grade(self.vault.submission(attack, "mallory"), self.vault.assignment, self._runner)
        megabytes = (_peak() - resident) >> 10
        breaches = [*_wrong_marks(attack, report), *self._seen(attack, report), *self._left()]
        if megabytes > MOST_MEMORY_MB:
            breaches.append(f"the grader came to need {megabytes} MB more")
        return Stand(attack, tuple(breaches), report.seconds, megabytes)

    def _seen(self, attack: Attack, report: Report) -> Iterator[str]:
        told = json.dumps(to_json(report))
        page = render_html(report, course="The course", name="Mallory")
        if any(words in told or words in page for words in self.vault.hidden):
            yield "something hidden is in the report"
        if attack.says and attack.says not in told:
            yield f"the report does not say: {attack.says}"
        if sum(len(cell.figures) for cell in report.cells) > LIMITS.figures:
            yield "more figures are kept than may be"
        active = _Page.read(page).active - self._honest.active
        if active:
            yield f"the page holds {', '.join(sorted(active))}"
        if any(character in page for character in _INVISIBLE):
            yield "the page holds characters that hide or reorder others"

    def _left(self) -> Iterator[str]:
        strangers = descendants() - self._processes - {self.ground.decoy}
        if strangers:
            yield f"processes are left: {sorted(strangers)}"
        _, base = self._runner.whereabouts()
        files = [path.name for path in base.iterdir() if path.name.startswith("run-")]
        if files:
            yield f"files are left: {files}"
        yield from self.ground.harm()


def besiege(attacks: Iterable[Attack], *, accept_level: int) -> Iterator[Stand]:
    """Try attacks, one after the other.

    Raises:
        IsolationError: the machine cannot seal student code as well as is asked.
    """
    with Ground() as ground, Runner(preload=("matplotlib.pyplot",), accept_level=accept_level) as runner:
        siege = Siege(runner, ground)
        for attack in attacks:
            yield siege.stand(attack)


def _wrong_marks(attack: Attack, report: Report) -> Iterator[str]:
    expected = MARKS | dict(attack.marks)
    for verdict in report.verdicts:
        told = (str(verdict.mark), str(verdict.outcome))
        if expected.get(verdict.question) not in told:
            yield f"{verdict.question}: {' '.join(told)} instead of {expected.get(verdict.question)}"
        if verdict.outcome is Outcome.UNJUDGED:
            yield f"{verdict.question} could not be judged"
    if {verdict.question for verdict in report.verdicts} != set(MARKS):
        yield "the questions are others than were asked"
    if report.points != sum(verdict.points for verdict in report.verdicts) or report.points != 9:
        yield "the points are others than were offered"


_INVISIBLE = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x1B, 0x9B, 0x00, 0x07)]
_CALLS = ("href", "src", "action", "formaction", "xlink:href", "data", "srcdoc", "poster", "background")
_TAGS = frozenset(
    [
        "script",
        "iframe",
        "object",
        "embed",
        "form",
        "input",
        "button",
        "base",
        "link",
        "frame",
        "applet",
        "audio",
        "video",
        "foreignobject",
        "animate",
        "set",
        "marquee",
        "textarea",
        "select",
        "template",
        "h1",
        "title",
        "style",
    ]
)


class _Page(HTMLParser):
    """What could act in a page: elements, handlers, addresses that are fetched or run; how many of each."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.active: set[str] = set()
        self._counts: dict[str, int] = {}

    @classmethod
    def read(cls, text: str) -> "_Page":
        page = cls()
        page.feed(text)
        page.close()
        return page

    @classmethod
    def of(cls, report: Report) -> "_Page":
        return cls.read(render_html(report, course="The course", name="Mallory"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _TAGS:
            self._add(f"<{tag}>")
        for name, value in attrs:
            address = (value or "").strip().lower()
            if name.startswith("on"):
                self._add(f"{name}=")
            elif name in _CALLS and not address.startswith(("#", "data:image/png;base64,")):
                self._add(f"{name}={address[:40]}")
            elif name == "style" and "url(" in address:
                self._add(f"style={address[:40]}")

    def _add(self, what: str) -> None:
        self._counts[what] = self._counts.get(what, 0) + 1
        self.active.add(f"{what} #{self._counts[what]}")


def descendants() -> frozenset[int]:
    """Numbers of all processes that come from this one, the decoy aside."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, IndexError, ValueError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found, size = {os.getpid()}, 0
    while size != len(found):
        size = len(found)
        found |= {pid for pid, parent in parents.items() if parent in found}
    return frozenset(found)


def _reset_peak() -> int:
    """Forget the largest size this process ever had; its size now, in kilobytes."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _peak() -> int:
    return _status("VmHWM")


def _status(key: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{key}:"):
            return int(line.split()[1])
    return 0
