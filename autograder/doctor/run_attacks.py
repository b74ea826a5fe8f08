"""Grade hostile notebooks by the real path, and check everything that must hold afterwards."""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from autograder.doctor.attack import Attack
from autograder.doctor.decoys import Decoys
from autograder.doctor.target import LIMITS, MARKS, Target, open_target
from autograder.domain.report import Outcome, Report
from autograder.domain.report_json import to_json
from autograder.grading.grade import grade
from autograder.render import render_html
from autograder.sandbox.runner import Runner

MOST_MEMORY_MB = 700
"""By how much the grader itself may grow for one hostile notebook."""


@dataclass(frozen=True, slots=True)
class AttackOutcome:
    """How one attack ended: what it achieved, which is nothing if it was stopped."""

    attack: Attack
    breaches: tuple[str, ...]
    seconds: float
    megabytes: int
    """By which the grader grew for a while."""

    @property
    def stopped(self) -> bool:
        """Whether it achieved nothing."""
        return not self.breaches


class AttackRun:
    """A target assignment, a warm runner and decoys around them: attacks are tried one after the other."""

    def __init__(self, runner: Runner, decoys: Decoys) -> None:
        self._runner = runner
        self.decoys = decoys
        self.target: Target = open_target(decoys.path / "private", decoys.canary)
        runner.isolation  # noqa: B018 - launches the fork server before processes are counted
        self._processes = find_descendants()
        self._honest = _Page.of(
            grade(self.target.make_submission(None, "honest"), self.target.assignment, runner)
        )
        decoys.accept_files()

    def run(self, attack: Attack) -> AttackOutcome:
        """Grade one hostile notebook, and look for everything it may have achieved."""
        with suppress(OSError):  # a kernel without it: the peak is that of the whole run
            Path("/proc/self/clear_refs").write_text("5")
        resident = _read_status("VmRSS")
        report = grade(self.target.make_submission(attack, "mallory"), self.target.assignment, self._runner)
        megabytes = (_read_status("VmHWM") - resident) >> 10
        breaches = [
            *_find_wrong_marks(attack, report),
            *self._find_in_report(attack, report),
            *self._find_remains(),
        ]
        if megabytes > MOST_MEMORY_MB:
            breaches.append(f"the grader came to need {megabytes} MB more")
        return AttackOutcome(attack, tuple(breaches), report.seconds, megabytes)

    def _find_in_report(self, attack: Attack, report: Report) -> Iterator[str]:
        text = json.dumps(to_json(report))
        page = render_html(report, course="The course", name="Mallory")
        if any(words in text or words in page for words in self.target.hidden):
            yield "something hidden is in the report"
        if attack.says and attack.says not in text:
            yield f"the report does not say: {attack.says}"
        if sum(len(cell.figures) for cell in report.cells) > LIMITS.figures:
            yield "more figures are kept than may be"
        active = _Page.read(page).active - self._honest.active
        if active:
            yield f"the page holds {', '.join(sorted(active))}"
        if any(character in page for character in _INVISIBLE):
            yield "the page holds characters that hide or reorder others"

    def _find_remains(self) -> Iterator[str]:
        strangers = find_descendants() - self._processes - {self.decoys.pid}
        if strangers:
            yield f"processes are left: {sorted(strangers)}"
        _, base = self._runner.whereabouts()
        files = [path.name for path in base.iterdir() if path.name.startswith("run-")]
        if files:
            yield f"files are left: {files}"
        yield from self.decoys.find_harm()


def run_attacks(attacks: Iterable[Attack], *, accept_level: int) -> Iterator[AttackOutcome]:
    """Try attacks one after the other, and yield how each ended.

    Raises:
        IsolationError: the machine cannot seal student code as well as demanded.
    """
    with Decoys() as decoys, Runner(accept_level=accept_level) as runner:
        run = AttackRun(runner, decoys)
        for attack in attacks:
            yield run.run(attack)


def _find_wrong_marks(attack: Attack, report: Report) -> Iterator[str]:
    expected = MARKS | dict(attack.marks)
    for verdict in report.verdicts:
        found = (str(verdict.mark), str(verdict.outcome))
        if expected.get(verdict.question) not in found:
            yield f"{verdict.question}: {' '.join(found)} instead of {expected.get(verdict.question)}"
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
    """What is active in a page: elements, handlers, addresses that are fetched or run; each is counted."""

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


def find_descendants() -> frozenset[int]:
    """Numbers of all processes that descend from this one, and its own."""
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


def _read_status(key: str) -> int:
    """A figure that the kernel keeps of this process, in kilobytes; 0 if it keeps none."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{key}:"):
            return int(line.split()[1])
    return 0
