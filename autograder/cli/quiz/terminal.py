"""Taking a quiz on the terminal: questions, readings back, verdicts, as the quiz's settings allow."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from autograder.cli.quiz.plain_text import to_plain
from autograder.errors import AttemptError
from autograder.quiz.attempt_report import AttemptReport
from autograder.quiz.kinds.kind import AnswerInput
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.marks import BY_HAND
from autograder.quiz.model import QuizQuestion, Showing
from autograder.quiz.service import QuizService
from autograder.quiz.texts import fill
from autograder.quiz.variants import LETTERS, Variant
from autograder.quiz.verdicts import AnswerState, AnswerVerdict
from autograder.render.words import points

HELP = "Type an answer. ? for a hint, Enter to leave it, :back for the question before, :quit to go on later."
_LINES_END = "."


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where lines are shown and typed; `ask` raises EOFError where nothing more is typed."""

    say: Callable[[str], object]
    ask: Callable[[str], str]


class _Quit(Exception):  # noqa: N818 - no error: the student goes on later
    pass


def take(service: QuizService, student: str, terminal: Terminal) -> AttemptReport | None:
    """Let a student take a quiz; the result as far as it may be seen, or None where it is left open."""
    attempt = service.start(student)
    quiz = service.quiz
    terminal.say(f"{quiz.title}: {len(quiz.questions)} questions, {points(quiz.points)}.")
    if attempt.closes is not None:
        terminal.say(f"This attempt ends at {attempt.closes:%H:%M on %d %B %Z}.")
    terminal.say(HELP)
    place = 0
    try:
        while place < len(attempt.variants):
            variant = attempt.variants[place]
            question = quiz.question(variant.question)
            back = question is not None and _ask_question(
                service, attempt.id, question, variant, place + 1, terminal
            )
            place = max(0, place - 1) if back else place + 1
        return _hand_in(service, attempt.id, terminal)
    except (_Quit, EOFError):
        terminal.say("Your answers are kept. Take the quiz again to go on.")
        return None


def _ask_question(
    service: QuizService,
    attempt: str,
    question: QuizQuestion,
    variant: Variant,
    number: int,
    terminal: Terminal,
) -> bool:
    """Ask one question until it is answered or left; True to go back to the one before."""
    for line in question_lines(question, variant, number):
        terminal.say(line)
    before = service.answers(attempt).get(question.id)
    if before:
        terminal.say(f"Your answer so far: {before}")
    hints = iter(question.hints)
    while service.tries_left(attempt, question.id) != 0:
        typed = _read_answer(question, terminal)
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
                if _save_answer(service, attempt, question, typed, terminal):
                    return False
    return False


def _read_answer(question: QuizQuestion, terminal: Terminal) -> str:
    """One line; for code and texts, several, ended by a line with a full stop."""
    first = terminal.ask("> ")
    several = kind_of(question).input is AnswerInput.LINES
    if not several or first.strip() in ("", "?", ":back", ":quit"):
        return first
    lines = [first]
    while (line := terminal.ask(f"{_LINES_END} to end > ")).strip() != _LINES_END:
        lines.append(line)
    return "\n".join(lines)


def _save_answer(
    service: QuizService, attempt: str, question: QuizQuestion, typed: str, terminal: Terminal
) -> bool:
    """Save an answer, read it back, show the verdict if it may be seen; True when the question is done."""
    try:
        reading = service.save(attempt, question.id, typed)
    except AttemptError as refused:
        terminal.say(str(refused))
        return True
    if reading.text and reading.text != typed.strip():
        terminal.say(f"Interpreted as: {reading.text}")
    if service.quiz.settings.results is not Showing.AT_ONCE:
        return True
    verdict = service.check(attempt, question.id)
    terminal.say(verdict_text(verdict))
    return (
        verdict.state in (AnswerState.CORRECT, AnswerState.MANUAL)
        or service.tries_left(attempt, question.id) == 0
    )


def _hand_in(service: QuizService, attempt: str, terminal: Terminal) -> AttemptReport | None:
    """Hand in, after naming answers that cannot be read."""
    unread = service.submit(attempt)
    if unread:
        for one in unread:
            terminal.say(f"{one.question} cannot be read: {to_plain(one.message)}")
        if terminal.ask("Hand in all the same? They earn nothing. yes / no > ").strip().lower() not in (
            "y",
            "yes",
        ):
            raise _Quit
        service.submit(attempt, anyway=True)
    report = service.report(attempt)
    for line in report_lines(report):
        terminal.say(line)
    return report


def question_lines(question: QuizQuestion, variant: Variant, number: int) -> list[str]:
    """A question as lines of text."""
    kind = kind_of(question)
    lines = ["", f"{number}. [{question.id}, {points(question.points)}]"]
    lines += to_plain(fill(question.prompt, variant.drawn)).split("\n")
    numbered = [plain_line(text, variant) for text in kind.numbered_lines(question)]
    lettered = [plain_line(text, variant) for text in kind.lettered_lines(question, variant)]
    margin = "     " if numbered else "  "
    lines += [f"  {place}. {text}" for place, text in enumerate(numbered, 1)]
    lines += [f"{margin}{letter}) {text}" for letter, text in zip(LETTERS, lettered, strict=False)]
    lines += [f"  with {condition.text}" for condition in question.need]
    lines += [f"  so that {condition.text}" for condition in question.show]
    return [*lines, f"({kind.instruction(question)})"]


def plain_line(text: str, variant: Variant) -> str:
    """A text of a quiz with its values filled in, as a terminal can show it."""
    return to_plain(fill(text, variant.drawn))


def verdict_text(verdict: AnswerVerdict) -> str:
    """A verdict in words."""
    if verdict.code == BY_HAND and verdict.credit is not None:
        return f"Marked by hand ({float(100 * verdict.credit):.0f} %). {verdict.message}".strip()
    words = {
        AnswerState.CORRECT: "Right.",
        AnswerState.PARTIAL: f"Partly right ({float(100 * (verdict.credit or Fraction(0))):.0f} %).",
        AnswerState.WRONG: "Not right.",
        AnswerState.UNREADABLE: "This cannot be read; it costs nothing.",
        AnswerState.MANUAL: "A person will look.",
    }
    return f"{words[verdict.state]} {to_plain(verdict.message)}".strip()


def report_lines(report: AttemptReport) -> list[str]:
    """A report as lines of text, as far as it may be seen."""
    if not report.visible:
        return ["Handed in.", report.remark]
    lines = [f"{q.question}: {verdict_text(q.verdict)}" for q in report.questions if q.verdict is not None]
    for question in report.questions:
        if question.solution:
            lines += ["", f"Solution of {question.question}:", to_plain(question.solution)]
    score = report.score
    total = f"{float(report.points):g}"
    earned = "open: a part waits for a person" if score is None else f"{float(score):g} of {total}"
    return [*lines, "", f"Score: {earned}."]
