"""Taking a quiz on the terminal: questions, readings back, verdicts, as the quiz's settings allow."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from autograder.cli.quiz.spelt import to_plain
from autograder.errors import AttemptError
from autograder.quiz.attempts import Desk
from autograder.quiz.model import Kind, Question, Showing
from autograder.quiz.results import Result
from autograder.quiz.texts import fill
from autograder.quiz.variants import LETTERS, Variant
from autograder.quiz.verdicts import State, Verdict
from autograder.render.quiz import instruction, points_said

HELP = "Type an answer. ? for a hint, Enter to leave it, :back for the question before, :quit to go on later."
_LINES_END = "."


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where lines are shown and typed; `ask` raises EOFError where nothing more is typed."""

    say: Callable[[str], object]
    ask: Callable[[str], str]


class _Quit(Exception):  # noqa: N818 - no error: the student goes on later
    pass


def take(desk: Desk, student: str, terminal: Terminal) -> Result | None:
    """Let a student take a quiz; the result as far as it may be seen, or None where it is left open."""
    attempt = desk.start(student)
    quiz = desk.quiz
    terminal.say(f"{quiz.title}: {len(quiz.questions)} questions, {points_said(quiz.points)}.")
    if attempt.closes is not None:
        terminal.say(f"This attempt ends at {attempt.closes:%H:%M on %d %B %Z}.")
    terminal.say(HELP)
    place = 0
    try:
        while place < len(attempt.variants):
            variant = attempt.variants[place]
            question = quiz.question(variant.question)
            back = question is not None and _one(desk, attempt.id, question, variant, place + 1, terminal)
            place = max(0, place - 1) if back else place + 1
        return _hand_in(desk, attempt.id, terminal)
    except (_Quit, EOFError):
        terminal.say("Your answers are kept. Take the quiz again to go on.")
        return None


def _one(
    desk: Desk, attempt: str, question: Question, variant: Variant, number: int, terminal: Terminal
) -> bool:
    """Ask one question until it is answered or left; True to go back to the one before."""
    for line in shown(question, variant, number):
        terminal.say(line)
    before = desk.answers(attempt).get(question.id)
    if before:
        terminal.say(f"Your answer so far: {before}")
    hints = iter(question.hints)
    while desk.tries_left(attempt, question.id) != 0:
        typed = _typed(question, terminal)
        match typed.strip():
            case "":
                return False
            case ":back":
                return True
            case ":quit":
                raise _Quit
            case "?":
                hint = next(hints, "")
                terminal.say(
                    f"Hint: {to_plain(fill(hint, variant.drawn))}" if hint else "There is no other hint."
                )
            case _:
                if _answered(desk, attempt, question, typed, terminal):
                    return False
    return False


def _typed(question: Question, terminal: Terminal) -> str:
    """One line; for code and texts, several, ended by a line with a full stop."""
    first = terminal.ask("> ")
    if question.kind not in (Kind.CODE, Kind.TEXT) or first.strip() in ("", "?", ":back", ":quit"):
        return first
    lines = [first]
    while (line := terminal.ask(f"{_LINES_END} to end > ")).strip() != _LINES_END:
        lines.append(line)
    return "\n".join(lines)


def _answered(desk: Desk, attempt: str, question: Question, typed: str, terminal: Terminal) -> bool:
    """Save an answer, read it back, tell the verdict if it may be told; True when the question is done."""
    try:
        reading = desk.save(attempt, question.id, typed)
    except AttemptError as refused:
        terminal.say(str(refused))
        return True
    if reading.text and reading.text != typed.strip():
        terminal.say(f"Interpreted as: {reading.text}")
    if desk.quiz.settings.results is not Showing.AT_ONCE:
        return True
    verdict = desk.check(attempt, question.id)
    terminal.say(told(verdict))
    return verdict.state in (State.CORRECT, State.MANUAL) or desk.tries_left(attempt, question.id) == 0


def _hand_in(desk: Desk, attempt: str, terminal: Terminal) -> Result | None:
    """Hand in, after naming answers that cannot be read."""
    unread = desk.submit(attempt)
    if unread:
        for one in unread:
            terminal.say(f"{one.question} cannot be read: {to_plain(one.message)}")
        if terminal.ask("Hand in all the same? They earn nothing. yes / no > ").strip().lower() not in (
            "y",
            "yes",
        ):
            raise _Quit
        desk.submit(attempt, anyway=True)
    result = desk.result(attempt)
    for line in lines_of(result):
        terminal.say(line)
    return result


def shown(question: Question, variant: Variant, number: int) -> list[str]:
    """A question as lines of text."""
    lines = ["", f"{number}. [{question.id}, {points_said(question.points)}]"]
    lines += to_plain(fill(question.prompt, variant.drawn)).split("\n")
    if question.kind is Kind.MATCH:
        items = [item.text for item in question.items]
        partners = [question.partners[index] for index in variant.order]
        lines += [f"  {place}. {_line(text, variant)}" for place, text in enumerate(items, 1)]
        lines += [
            f"     {letter}) {_line(text, variant)}" for letter, text in zip(LETTERS, partners, strict=False)
        ]
    else:
        texts = [question.choices[index].text for index in variant.order]
        lines += [f"  {letter}) {_line(text, variant)}" for letter, text in zip(LETTERS, texts, strict=False)]
    lines += [f"  with {condition.text}" for condition in question.need]
    lines += [f"  so that {condition.text}" for condition in question.show]
    return [*lines, f"({instruction(question)})"]


def _line(text: str, variant: Variant) -> str:
    return to_plain(fill(text, variant.drawn))


def told(verdict: Verdict) -> str:
    """A verdict in words."""
    words = {
        State.CORRECT: "Right.",
        State.PARTIAL: f"Partly right ({float(100 * (verdict.credit or Fraction(0))):.0f} %).",
        State.WRONG: "Not right.",
        State.UNREADABLE: "This cannot be read; it costs nothing.",
        State.MANUAL: "A person will look.",
    }
    return f"{words[verdict.state]} {to_plain(verdict.message)}".strip()


def lines_of(result: Result) -> list[str]:
    """A result as lines of text, as far as it may be seen."""
    if not result.visible:
        return ["Handed in.", result.remark]
    lines = [f"{line.question}: {told(line.verdict)}" for line in result.lines if line.verdict is not None]
    for line in result.lines:
        if line.solution:
            lines += ["", f"Solution of {line.question}:", to_plain(line.solution)]
    score = result.score
    total = f"{float(result.points):g}"
    said = "open: a part waits for a person" if score is None else f"{float(score):g} of {total}"
    return [*lines, "", f"Score: {said}."]
